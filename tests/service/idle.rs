//! What it costs when nothing happens.

use std::time::{Duration, Instant};

use crate::ACCOUNTS;
use crate::daemon::Daemon;
use crate::support::config::{ConfigDir, Postfach};
use crate::support::dovecot::SC_REGIONS;
use crate::support::process::{peak_memory, processor_time};
use crate::support::proxy::transcript::{Transcript, writes};
use crate::support::proxy::{Proxy, pass};
use crate::support::wait::eventually;

/// Seconds to watch, for a measurement by hand; 3 if unset.
const SECONDS: &str = "POSTWEICHE_IDLE_SECONDS";
/// Seconds between two polls, likewise; 1 if unset.
const POLL: &str = "POSTWEICHE_IDLE_POLL";

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().expect("a number of seconds"))
}

#[test]
fn five_quiet_mailboxes_cost_next_to_nothing() {
    let transcript = Transcript::default();
    let proxy = Proxy::filtering(ACCOUNTS.dovecot().address(), transcript.before(pass()));
    let postfaecher = SC_REGIONS.map(|region| {
        let account = ACCOUNTS.fresh();
        Postfach { port: proxy.address().port(), ..account.postfach(region) }
    });
    let (seconds, poll) = (setting(SECONDS, 3), setting(POLL, 1));
    let config = ConfigDir::new(postfaecher, &format!("poll_interval_seconds = {poll}"));
    let daemon = Daemon::start(&config);
    let selects = |commands: &[String]| commands.iter().filter(|command| command.starts_with("SELECT")).count();
    let mut begun = 0;
    eventually("every mailbox was listed", || {
        begun += selects(&transcript.take());
        begun >= 2 * SC_REGIONS.len()
    });
    let (from, used) = (Instant::now(), processor_time(daemon.process()));
    let mut commands = Vec::new();
    // Time has to pass; nothing shall happen in it.
    while from.elapsed() < Duration::from_secs(seconds) {
        std::thread::sleep(Duration::from_millis(100));
        commands.extend(transcript.take());
    }
    let used = processor_time(daemon.process()) - used;
    let share = used.as_secs_f64() / from.elapsed().as_secs_f64() * 100.0;
    println!(
        "{share:.3} % of a core over {seconds} s, a poll every {poll} s, {} commands, peak memory {} MB",
        commands.len(),
        peak_memory(daemon.process()) >> 20
    );
    assert!(share < 5.0, "{share:.3} % of a core");
    assert_eq!(writes(&commands), [""; 0]);
    let polls = selects(&commands) as u64;
    assert!(polls <= SC_REGIONS.len() as u64 * (seconds / poll + 2), "{polls} polls");
    assert_eq!(commands.len() as u64, polls, "a quiet poll is one command: {commands:?}");
    daemon.stop();
}
