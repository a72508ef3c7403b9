//! Messages that could not be read, and when the program gives up on one.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::id::Uid;

/// The word for a message that is set aside: neither fetched nor read.
pub const ZURUECKGESTELLT: &str = "zurueckgestellt";

/// The program has died so often while it read a message: it never touches it again.
const CRASHES: u32 = 2;
/// The server has failed so often to give a message: it is left alone for a while.
const ERRORS: u32 = 3;
/// How long, the first time: a virus scanner may have held it.
const FIRST_REST: Duration = Duration::from_secs(3600);
/// How long after each further failure.
const REST: Duration = Duration::from_secs(24 * 3600);

/// What is held against a message of INBOX.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Versuch {
    pub uid: Uid,
    /// How often this version of the program died while it read it.
    pub abstuerze: u32,
    /// How often the server did not give it, or broke off over it.
    pub fehler: u32,
    /// When that was the last time.
    pub zuletzt: Timestamp,
}

/// What follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vorsicht {
    /// To be read after all others and alone, so that nobody waits for it or dies with it.
    Zuletzt,
    /// Not to be touched.
    Beiseite,
}

impl Versuch {
    /// How to treat the message now.
    pub fn vorsicht(&self, now: Timestamp) -> Vorsicht {
        let rest = if self.fehler > ERRORS { REST } else { FIRST_REST };
        let rest = SignedDuration::try_from(rest).unwrap_or(SignedDuration::MAX);
        // A clock that was set back must not make it wait for longer than that.
        let rests = self.fehler >= ERRORS && now.duration_since(self.zuletzt).abs() < rest;
        if self.abstuerze >= CRASHES || rests { Vorsicht::Beiseite } else { Vorsicht::Zuletzt }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn when_to_give_up() {
        let now: Timestamp = "2024-04-16T12:00:00Z".parse().unwrap();
        let minutes = |minutes: i64| now - SignedDuration::from_mins(minutes);
        for (abstuerze, fehler, zuletzt, expected) in [
            (1, 0, minutes(0), Vorsicht::Zuletzt),
            (2, 0, minutes(100_000), Vorsicht::Beiseite),
            (0, 2, minutes(0), Vorsicht::Zuletzt),
            (0, 3, minutes(59), Vorsicht::Beiseite),
            (0, 3, minutes(61), Vorsicht::Zuletzt),
            (0, 4, minutes(61), Vorsicht::Beiseite),
            (0, 4, minutes(24 * 60 + 1), Vorsicht::Zuletzt),
            (0, 3, minutes(-30), Vorsicht::Beiseite),
            (0, 3, minutes(-100), Vorsicht::Zuletzt),
            (1, 3, minutes(59), Vorsicht::Beiseite),
        ] {
            let versuch = Versuch { uid: Uid(1), abstuerze, fehler, zuletzt };
            assert_eq!(versuch.vorsicht(now), expected, "{versuch:?}");
        }
    }
}
