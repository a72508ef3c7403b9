//! How often a password may be shown to a server that refuses it.

use std::time::{Duration, Instant};

/// Refused passwords before the account is spared.
pub const TRIES: u32 = 3;

/// Pause between two tries after that: no account is locked by four of them an hour.
pub const PAUSE: Duration = Duration::from_secs(900);

/// What a server said to the password in one attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It was let in, whatever came after.
    Accepted,
    Refused,
    /// It may have been heard: the answer is missing, or says something else.
    Unclear,
    /// It was not sent.
    NotAsked,
}

/// The tries of one account.
///
/// A success alone forgets the refusals. Neither other trouble between them nor a new worker makes tries come faster:
/// once spared, an account hears a password at most every [`PAUSE`], and an attempt whose answer is missing counts.
#[derive(Clone, Copy, Debug)]
pub struct Passwords {
    tries: u32,
    refused: u32,
    spared_until: Option<Instant>,
}

impl Passwords {
    /// So many may be refused before the account is spared: [`TRIES`] in a service, one where nobody waits for a better
    /// answer.
    pub fn new(tries: u32) -> Self {
        Passwords { tries, refused: 0, spared_until: None }
    }

    /// Takes note of an attempt. `true`: the first refusal, of which somebody has to be told.
    pub fn note(&mut self, answer: Answer, now: Instant) -> bool {
        match answer {
            Answer::Accepted => *self = Passwords::new(self.tries),
            Answer::Refused => self.refused = self.refused.saturating_add(1),
            Answer::Unclear | Answer::NotAsked => {}
        }
        if self.refused >= self.tries && answer != Answer::NotAsked {
            self.spared_until = Some(now + PAUSE);
        }
        self.refused == 1 && answer == Answer::Refused
    }

    /// How many attempts may be refused now before the account is spared: one, if it was before.
    pub fn tries_left(&self) -> u32 {
        self.tries.saturating_sub(self.refused).max(1)
    }

    /// How long the password must not be sent.
    pub fn wait(&self, now: Instant) -> Duration {
        self.spared_until.map_or(Duration::ZERO, |until| until.saturating_duration_since(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_tries_then_one_every_quarter_of_an_hour_and_one_alarm() {
        use Answer::{Accepted, NotAsked, Refused, Unclear};
        let start = Instant::now();
        let mut passwords = Passwords::new(TRIES);
        // Seconds after the start, what came, whether it alarms, seconds to wait.
        for (second, answer, alarm, wait) in [
            (0, NotAsked, false, 0),
            (1, Refused, true, 0),
            (2, Unclear, false, 0),
            (3, Refused, false, 0),
            (4, NotAsked, false, 0),
            (5, Refused, false, 900),
            // Other trouble neither shortens the wait nor begins it anew, unless the password may have been heard.
            (605, NotAsked, false, 300),
            (905, Refused, false, 900),
            (1805, Unclear, false, 900),
            (2705, NotAsked, false, 0),
            (2706, Refused, false, 900),
            (3606, Accepted, false, 0),
            (3607, Refused, true, 0),
            (3608, Refused, false, 0),
        ] {
            let now = start + Duration::from_secs(second);
            assert_eq!(passwords.note(answer, now), alarm, "{second}: {answer:?}");
            assert_eq!(passwords.wait(now), Duration::from_secs(wait), "{second}: {answer:?}");
        }
    }
}
