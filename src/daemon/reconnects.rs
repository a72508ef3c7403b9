//! How often a mailbox may be connected to.

use std::time::{Duration, Instant};

/// Connections that may follow each other quickly: after a restart of the server, or of a firewall between.
const AT_ONCE: u32 = 5;

/// After those, one in this time. Exchange counts connections against the account, lingering ones too, and a server that
/// lets us in and drops us each time is not helped by more.
const SPACING: Duration = Duration::from_secs(60);

/// A limit on connections, successful ones too; [`super::backoff::Backoff`] knows failures only, and forgets them when a
/// cycle succeeds.
///
/// A bucket: [`AT_ONCE`] connections fit, and one runs out every [`SPACING`].
#[derive(Clone, Copy, Debug)]
pub struct Reconnects {
    spacing: Duration,
    /// When the bucket will be empty.
    empty_at: Option<Instant>,
}

impl Reconnects {
    /// An empty bucket. No connection waits longer than `longest`: whoever asks for quick retries gets them.
    pub fn new(longest: Duration) -> Self {
        Reconnects { spacing: SPACING.min(longest), empty_at: None }
    }

    /// A connection is attempted.
    pub fn note(&mut self, now: Instant) {
        let from = self.empty_at.map_or(now, |empty_at| empty_at.max(now));
        self.empty_at = Some(from + self.spacing);
    }

    /// How long to wait before the next connection.
    pub fn wait(&self, now: Instant) -> Duration {
        let fill = self.empty_at.map_or(Duration::ZERO, |empty_at| empty_at.saturating_duration_since(now));
        fill.saturating_sub(self.spacing * (AT_ONCE - 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_connections_at_once_then_one_a_minute() {
        let start = Instant::now();
        let mut now = start;
        let mut reconnects = Reconnects::new(Duration::from_secs(900));
        let mut waits = Vec::new();
        for _ in 0..8 {
            waits.push(reconnects.wait(now).as_secs());
            now += reconnects.wait(now);
            reconnects.note(now);
        }
        assert_eq!(waits, [0, 0, 0, 0, 0, 60, 60, 60]);
        // After a quiet while it is as at the start.
        now += Duration::from_secs(300);
        assert_eq!(reconnects.wait(now), Duration::ZERO);
        for _ in 0..5 {
            reconnects.note(now);
        }
        assert_eq!(reconnects.wait(now), Duration::from_secs(60));
        assert_eq!(reconnects.wait(now + Duration::from_secs(59)), Duration::from_secs(1));
    }

    #[test]
    fn a_shorter_longest_wait_is_kept() {
        let now = Instant::now();
        let mut reconnects = Reconnects::new(Duration::from_secs(1));
        for _ in 0..5 {
            reconnects.note(now);
        }
        assert_eq!(reconnects.wait(now), Duration::from_secs(1));
    }
}
