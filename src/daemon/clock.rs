//! Whether the wall clock of this machine can be believed.
//!
//! Waits are monotonic and do not care. But days, ages and deadlines are read off the wall clock; if that jumps, somebody
//! has to know, and nothing that cannot be undone may rest on it.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

/// A difference that slow running or daylight saving time does not explain.
const JUMP: SignedDuration = SignedDuration::from_hours(1);

/// Compares the two clocks from time to time.
#[derive(Debug)]
pub struct ClockWatch {
    wall: Timestamp,
    monotonic: Instant,
}

impl ClockWatch {
    /// Begins now.
    pub fn new() -> Self {
        ClockWatch { wall: Timestamp::now(), monotonic: Instant::now() }
    }

    /// How far the wall clock has jumped since it was looked at last: forward if positive. `None`: not by an hour.
    pub fn jump(&mut self) -> Option<SignedDuration> {
        let (wall, monotonic) = (Timestamp::now(), Instant::now());
        let jump = jump(wall.duration_since(self.wall), monotonic.duration_since(self.monotonic));
        (self.wall, self.monotonic) = (wall, monotonic);
        jump
    }
}

impl Default for ClockWatch {
    fn default() -> Self {
        Self::new()
    }
}

fn jump(wall: SignedDuration, monotonic: Duration) -> Option<SignedDuration> {
    let passed = SignedDuration::try_from(monotonic).unwrap_or(SignedDuration::MAX);
    let difference = wall.saturating_sub(passed);
    (difference.abs() >= JUMP).then_some(difference)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_time_does_not_explain_is_a_jump() {
        let (hours, days) = (SignedDuration::from_hours, |days: i64| SignedDuration::from_hours(24 * days));
        let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
        for (wall, monotonic, expected) in [
            (SignedDuration::from_secs(30), minutes(0), None),
            (hours(10), minutes(600), None),
            (hours(1), minutes(30), None),
            (days(400), minutes(1), Some(days(400) - SignedDuration::from_mins(1))),
            (-days(1), minutes(0), Some(-days(1))),
            (SignedDuration::from_mins(-50), minutes(0), None),
        ] {
            assert_eq!(jump(wall, monotonic), expected, "{wall:?} in {monotonic:?}");
        }
    }
}
