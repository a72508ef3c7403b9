//! How long to stay away from a server after trouble.

use std::time::Duration;

/// Growing, jittered waits between a first and a longest one.
#[derive(Clone, Debug)]
pub struct Backoff {
    initial: Duration,
    max: Duration,
    failures: u32,
}

/// No server can make us wait longer than this.
const LONGEST_ASKED: Duration = Duration::from_secs(3600);

impl Backoff {
    /// Starts with no failure.
    pub fn new(initial: Duration, max: Duration) -> Self {
        Backoff { initial, max, failures: 0 }
    }

    /// All is well again.
    pub fn reset(&mut self) {
        self.failures = 0;
    }

    /// The wait after one more failure: doubled each time, of which a random half is taken off (`jitter` from 0 to 1),
    /// so that five mailboxes do not come back in step. What the server asks for is honoured if it is more.
    pub fn next(&mut self, asked: Option<Duration>, jitter: f64) -> Duration {
        let doubled = self.initial.saturating_mul(1 << self.failures.min(16)).min(self.max);
        self.failures = self.failures.saturating_add(1);
        let own = doubled.mul_f64(1.0 - jitter.clamp(0.0, 1.0) / 2.0);
        own.max(asked.unwrap_or_default().min(LONGEST_ASKED))
    }
}

/// A random number from 0 to 1 for the jitter; a half if the system gives none, which harms nobody.
pub fn jitter() -> f64 {
    let mut bytes = [0; 4];
    match getrandom::fill(&mut bytes) {
        Ok(()) => f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX),
        Err(_) => 0.5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_the_longest_and_begin_again() {
        let seconds = Duration::from_secs;
        let mut backoff = Backoff::new(seconds(5), seconds(60));
        let waits: Vec<_> = (0..6).map(|_| backoff.next(None, 0.0)).collect();
        assert_eq!(waits, [5, 10, 20, 40, 60, 60].map(seconds));
        backoff.reset();
        assert_eq!(backoff.next(None, 1.0), Duration::from_millis(2500));
        assert_eq!(backoff.next(Some(seconds(300)), 0.0), seconds(300));
        assert_eq!(backoff.next(Some(seconds(86_400)), 0.0), seconds(3600));
    }
}
