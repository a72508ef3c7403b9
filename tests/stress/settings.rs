//! How long and how hard.

use std::ops::Range;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The working day of the clerks.
#[derive(Clone, Debug)]
pub struct Settings {
    pub seed: u64,
    pub duration: Duration,
    /// What the feeder delivers in that time.
    pub mails: usize,
    /// What all clerks together do in a second.
    pub operations_per_second: u64,
    /// Milliseconds between a start of the daemon and the next kill.
    pub kills: Range<u64>,
}

impl Settings {
    /// The full form with POSTWEICHE_STRESS=1: half an hour and 20,000 mails. Else a minute, mails in proportion, and
    /// more kills.
    pub fn read() -> Settings {
        let full = std::env::var("POSTWEICHE_STRESS").is_ok_and(|value| value == "1");
        let seconds = number("POSTWEICHE_STRESS_SECONDS").unwrap_or(if full { 1_800 } else { 60 });
        Settings {
            seed: number("POSTWEICHE_STRESS_SEED").unwrap_or_else(some_seed),
            duration: Duration::from_secs(seconds),
            mails: usize::try_from(seconds * 20_000 / 1_800).expect("a number of mails"),
            operations_per_second: number("POSTWEICHE_STRESS_RATE").unwrap_or(20),
            kills: if full { 20_000..60_000 } else { 1_000..6_000 },
        }
    }

    /// The same in half the time.
    pub fn half(self) -> Settings {
        Settings { duration: self.duration / 2, mails: self.mails / 2, ..self }
    }
}

/// A number from the environment.
pub fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}

fn some_seed() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is later than 1970");
    u64::from(since.subsec_nanos()) ^ since.as_secs()
}
