//! When a mailbox may be tried again.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::account::Account;
use super::backoff::Backoff;
use super::error::CycleError;
use super::passwords::Answer;
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
    account: Arc<Account>,
    reconnects: Reconnects,
}

impl Pace {
    /// Nothing has happened yet. `account` is what the mailbox logs in with.
    pub fn new(dienst: &config::Dienst, account: Arc<Account>) -> Self {
        Pace {
            backoff: Backoff::new(dienst.retry_initial, dienst.retry_max),
            account,
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
        if kept { poll_interval } else { poll_interval.max(self.reconnects.wait(now)) }
    }

    /// A cycle failed; `kept` says whether its connection is still good.
    pub fn failed(&mut self, failure: &CycleError, kept: bool, jitter: f64, now: Instant) -> Duration {
        let own = self.backoff.next(failure.wait(), jitter);
        if kept { own } else { own.max(self.connection_wait(now)) }
    }

    /// The worker died of a defect, and its connection with it.
    pub fn died(&mut self, jitter: f64, now: Instant) -> Duration {
        self.backoff.next(None, jitter).max(self.connection_wait(now))
    }

    fn connection_wait(&self, now: Instant) -> Duration {
        self.account.wait(now).max(self.reconnects.wait(now))
    }
}

/// What a failed attempt to connect says of the password.
pub(super) fn answer(failure: &CycleError) -> Answer {
    match failure {
        CycleError::Imap(ImapError::Connect(error)) => of_connect(*error),
        CycleError::Imap(ImapError::TlsConfig(_)) | CycleError::Secret(_) => Answer::NotAsked,
        // Whatever failed, it was after login.
        CycleError::Imap(_) => Answer::Accepted,
        CycleError::Ledger(_) | CycleError::InboxChanged | CycleError::UnknownRefusal => Answer::Accepted,
        CycleError::JudgeGone | CycleError::Stopped | CycleError::Spared { .. } => Answer::NotAsked,
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
    use crate::daemon::passwords::TRIES;

    const SECOND: Duration = Duration::from_secs(1);

    fn pace() -> Pace {
        let account = Arc::new(Account::new(TRIES));
        Pace { backoff: Backoff::new(SECOND, 900 * SECOND), account, reconnects: Reconnects::new(900 * SECOND) }
    }

    fn connect(error: ConnectError) -> CycleError {
        error.into()
    }

    #[tokio::test]
    async fn a_refused_password_is_spared_whatever_else_fails_and_whoever_dies() {
        let refused = connect(ConnectError::LoginRefused { class: Refusal::Credentials });
        let unreachable = connect(ConnectError::Resolve);
        let mut pace = pace();
        let start = Instant::now();
        for expected in [1, 2, 900] {
            let account = Arc::clone(&pace.account);
            account.turn().await.expect("it is not spared").end(answer(&refused), start);
            assert_eq!(pace.failed(&refused, false, 0.0, start).as_secs(), expected);
        }
        assert_eq!(pace.failed(&unreachable, false, 0.0, start + 3 * SECOND).as_secs(), 897);
        assert_eq!(pace.died(0.0, start + 4 * SECOND).as_secs(), 896);
        // A mailbox that is connected still does not ask.
        assert_eq!(pace.succeeded(30 * SECOND, true, start + 5 * SECOND).as_secs(), 30);
        assert_eq!(pace.failed(&unreachable, false, 0.0, start + 6 * SECOND).as_secs(), 894);
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
            now += pace.failed(&lost, false, 0.0, now);
        }
        assert!(connections <= 65, "{connections} connections in an hour");
    }
}
