//! What it costs when nothing happens.

use std::net::{Ipv4Addr, TcpListener};
use std::time::{Duration, Instant};

use crate::ACCOUNTS;
use crate::daemon::Daemon;
use crate::support::config::{ConfigDir, Postfach};
use crate::support::dovecot::SC_REGIONS;
use crate::support::ledger;
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

/// Closed ports refuse at once, black holes accept and say nothing: neither is a reason to spin.
#[test]
fn five_servers_that_are_down_cost_next_to_nothing() {
    let hole = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has free ports");
    let closed = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has free ports");
    let [silent, refusing] = [&hole, &closed].map(|port| port.local_addr().expect("a bound socket has an address"));
    drop(closed);
    // Shorter waits than by default, so that there is something to see.
    let limits = "poll_interval_seconds = 1\nretry_initial_seconds = 1\nretry_max_seconds = 2\n\
                  connect_timeout_seconds = 1\ngreeting_timeout_seconds = 1";
    let daemons = [refusing, silent].map(|address| {
        let config = ConfigDir::new(SC_REGIONS.map(|region| Postfach::plain(region, address)), limits);
        (Daemon::start(&config), config)
    });
    for (_, config) in &daemons {
        eventually("it has begun", || ledger::number(&config.state_dir(), "SELECT count(*) FROM lauf") == 1);
    }
    let (from, used) = (Instant::now(), daemons.each_ref().map(|(daemon, _)| processor_time(daemon.process())));
    // Time has to pass; that is what is measured.
    std::thread::sleep(Duration::from_secs(setting(SECONDS, 10).max(10)));
    for ((daemon, _), (used, what)) in daemons.into_iter().zip(used.into_iter().zip(["closed", "silent"])) {
        let share = (processor_time(daemon.process()) - used).as_secs_f64() / from.elapsed().as_secs_f64() * 100.0;
        println!("every server {what}: {share:.3} % of a core");
        assert!(share < 2.0, "every server {what}: {share:.3} % of a core");
        let log = daemon.stop();
        assert!(log.contains("the cycle failed"), "{log}");
    }
}
