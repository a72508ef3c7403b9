//! When a mailbox may be tried again.

use std::time::{Duration, Instant};

use super::backoff::Backoff;
use super::error::CycleError;
use super::passwords::{Answer, Passwords};
use super::reconnects::Reconnects;
use crate::config;
use crate::imap::connect_error::{ConnectError, Phase};
use crate::imap::error::ImapError;
use crate::imap::refusal::Refusal;

/// All that slows the work on one mailbox down. It outlives the worker: one that died of a defect and is started again
/// does not begin to count anew.
#[derive(Clone, Debug)]
pub struct Pace {
    backoff: Backoff,
    passwords: Passwords,
    reconnects: Reconnects,
}

/// What follows from a cycle that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setback {
    pub wait: Duration,
    /// The password was refused for the first time since it was accepted last.
    pub alarm: bool,
}

impl Pace {
    /// Nothing has happened yet.
    pub fn new(dienst: &config::Dienst) -> Self {
        Pace {
            backoff: Backoff::new(dienst.retry_initial, dienst.retry_max),
            passwords: Passwords::default(),
            reconnects: Reconnects::new(dienst.retry_max),
        }
    }

    /// A connection is about to be made.
    pub fn connecting(&mut self, now: Instant) {
        self.reconnects.note(now);
    }

    /// A cycle ran to its end; the next one comes after `poll_interval`, if its connection is `kept`.
    pub fn succeeded(&mut self, poll_interval: Duration, kept: bool, now: Instant) -> Duration {
        self.backoff.reset();
        self.passwords.note(Answer::Accepted, now);
        if kept { poll_interval } else { poll_interval.max(self.reconnects.wait(now)) }
    }

    /// A cycle failed; `kept` says whether its connection is still good.
    pub fn failed(&mut self, failure: &CycleError, kept: bool, jitter: f64, now: Instant) -> Setback {
        let alarm = self.passwords.note(answer(failure), now);
        let own = self.backoff.next(failure.wait(), jitter);
        Setback { wait: if kept { own } else { own.max(self.connection_wait(now)) }, alarm }
    }

    /// The worker died of a defect, and its connection with it.
    pub fn died(&mut self, jitter: f64, now: Instant) -> Duration {
        self.backoff.next(None, jitter).max(self.connection_wait(now))
    }

    fn connection_wait(&self, now: Instant) -> Duration {
        self.passwords.wait(now).max(self.reconnects.wait(now))
    }
}

/// What a failed cycle says of the password.
fn answer(failure: &CycleError) -> Answer {
    match failure {
        CycleError::Imap(ImapError::Connect(error)) => of_connect(*error),
        CycleError::Imap(ImapError::TlsConfig(_)) | CycleError::Secret(_) => Answer::NotAsked,
        // Whatever failed, it was after login.
        CycleError::Imap(_) => Answer::Accepted,
        CycleError::Ledger(_) | CycleError::InboxChanged | CycleError::UnknownRefusal => Answer::Accepted,
        CycleError::JudgeGone | CycleError::Stopped => Answer::NotAsked,
    }
}

fn of_connect(error: ConnectError) -> Answer {
    match error {
        ConnectError::LoginRefused { class: Refusal::Credentials } => Answer::Refused,
        ConnectError::LoginRefused { .. }
        | ConnectError::Timeout { phase: Phase::Login }
        | ConnectError::Closed { phase: Phase::Login }
        | ConnectError::Protocol { phase: Phase::Login } => Answer::Unclear,
        ConnectError::Timeout { phase: Phase::CapabilityAfterLogin }
        | ConnectError::Closed { phase: Phase::CapabilityAfterLogin }
        | ConnectError::Protocol { phase: Phase::CapabilityAfterLogin } => Answer::Accepted,
        ConnectError::Timeout { .. } | ConnectError::Closed { .. } | ConnectError::Protocol { .. } => Answer::NotAsked,
        ConnectError::Resolve
        | ConnectError::Connect { .. }
        | ConnectError::Tls { .. }
        | ConnectError::NotLoopback
        | ConnectError::Greeting(_)
        | ConnectError::StarttlsNotOffered
        | ConnectError::InjectedPlaintext
        | ConnectError::NoLoginMethod => Answer::NotAsked,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn pace() -> Pace {
        Pace {
            backoff: Backoff::new(SECOND, 900 * SECOND),
            passwords: Passwords::default(),
            reconnects: Reconnects::new(900 * SECOND),
        }
    }

    fn connect(error: ConnectError) -> CycleError {
        error.into()
    }

    #[test]
    fn a_refused_password_is_spared_whatever_else_fails_and_whoever_dies() {
        let refused = connect(ConnectError::LoginRefused { class: Refusal::Credentials });
        let unreachable = connect(ConnectError::Resolve);
        let not_connected = connect(ConnectError::LoginRefused { class: Refusal::Unavailable });
        let mut pace = pace();
        let start = Instant::now();
        let at = |seconds| start + seconds * SECOND;
        let mut failed = |failure: &CycleError, seconds| {
            let Setback { wait, alarm } = pace.failed(failure, false, 0.0, at(seconds));
            (wait.as_secs(), alarm)
        };
        assert_eq!(failed(&refused, 0), (1, true));
        assert_eq!(failed(&not_connected, 1), (2, false));
        assert_eq!(failed(&refused, 3), (4, false));
        assert_eq!(failed(&refused, 7), (900, false));
        assert_eq!(failed(&unreachable, 10), (897, false));
        assert_eq!(pace.died(0.0, at(11)).as_secs(), 896);
        let wait = pace.succeeded(30 * SECOND, true, at(12));
        assert_eq!((wait.as_secs(), pace.failed(&refused, false, 0.0, at(13)).alarm), (30, true));
    }

    #[test]
    fn a_server_that_lets_us_in_and_drops_us_is_not_visited_every_second() {
        let mut pace = pace();
        let mut now = Instant::now();
        let start = now;
        let lost = CycleError::Imap(ImapError::Closed { verb: crate::imap::command::Verb::Select });
        let mut connections = 0;
        while now < start + 3600 * SECOND {
            // Let in, served, and found closed at the next poll.
            pace.connecting(now);
            connections += 1;
            now += pace.succeeded(SECOND, true, now);
            now += pace.failed(&lost, false, 0.0, now).wait;
        }
        assert!(connections <= 65, "{connections} connections in an hour");
    }
}
