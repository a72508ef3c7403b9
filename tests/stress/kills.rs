//! The daemon, killed again and again.

use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crate::office::Office;
use crate::rng::Rng;
use crate::settings::Settings;
use crate::support::binary::{self, Running};
use crate::support::ledger;
use crate::support::wait::within;

/// How long recovery may take before it counts as stuck.
const STUCK: Duration = Duration::from_secs(60);

/// What the kills came to.
#[derive(Debug, Default)]
pub struct Kills {
    pub count: usize,
    /// Kills that left operations open.
    pub in_flight: usize,
    pub slowest_recovery: Duration,
}

/// Where the log of all starts is.
pub fn log_file(office: &Office) -> PathBuf {
    office.config.dir().join("daemon.log")
}

/// Starts the daemon.
pub fn start(office: &Office) -> Running {
    binary::spawn_with_log(&["run"], &office.config.file(), &log_file(office))
}

/// Kills and starts the daemon until `end`; half of the kills come while a move is under way.
pub fn kill_until(office: &Office, settings: &Settings, end: Instant) -> Kills {
    let mut rng = Rng::new(settings.seed ^ 0xdead);
    let state = office.config.state_dir();
    let mut kills = Kills::default();
    loop {
        let daemon = start(office);
        recover(office, &mut kills);
        let span = usize::try_from(settings.kills.end - settings.kills.start).expect("a minute or so");
        let pause = Duration::from_millis(settings.kills.start + rng.below(span) as u64);
        std::thread::sleep(pause.min(end.saturating_duration_since(Instant::now())));
        if rng.chance(50) {
            let before = office.moves.load(Ordering::SeqCst);
            within(Duration::from_secs(2), || office.moves.load(Ordering::SeqCst) > before);
            std::thread::sleep(Duration::from_micros(rng.below(30_000) as u64));
        }
        drop(daemon);
        kills.count += 1;
        kills.in_flight += usize::from(ledger::open_operations(&state) > 0);
        if Instant::now() >= end {
            return kills;
        }
    }
}

/// Waits until what the last kill left open is settled, and takes the time.
fn recover(office: &Office, kills: &mut Kills) {
    let state = office.config.state_dir();
    if ledger::open_operations(&state) == 0 {
        return;
    }
    let latest = ledger::number(&state, "SELECT max(id) FROM operation");
    let left = format!("SELECT count(*) FROM operation WHERE state = 'absicht' AND id <= {latest}");
    let started = Instant::now();
    let settled = within(STUCK, || ledger::number(&state, &left) == 0);
    assert!(settled, "open operations are not settled {STUCK:?} after a start");
    kills.slowest_recovery = kills.slowest_recovery.max(started.elapsed());
}
