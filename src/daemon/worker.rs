//! The loop around the cycle of one mailbox.

use std::time::Duration;

use jiff::Timestamp;
use tracing::{error, info, warn};

use super::backoff::{Backoff, jitter};
use super::clock::ClockWatch;
use super::cycle::{Mailbox, cycle};
use super::dienst::Dienst;
use super::error::CycleError;
use super::report::CycleReport;
use crate::imap::connect_error::Retry;
use crate::imap::error::ImapError;

/// How often `once` connects anew after a connection broke.
const RECONNECTS_IN_ONCE: usize = 2;

/// Refused passwords before the account is spared.
const PASSWORD_TRIES: u32 = 3;

/// Pause between logins after that: no account is locked by four of them an hour.
const PASSWORD_PAUSE: Duration = Duration::from_secs(900);

/// Serves a mailbox until the process is asked to stop.
///
/// # Errors
/// What only a new process can mend.
pub async fn run(mut mailbox: Mailbox, dienst: &Dienst) -> Result<(), CycleError> {
    let name = mailbox.config.name.clone();
    let mut backoff = Backoff::new(dienst.config.retry_initial, dienst.config.retry_max);
    let mut refused_passwords = 0;
    let mut clock = ClockWatch::new();
    info!(mailbox = %name, mode = mailbox.config.betriebsart.as_str(), "serving");
    loop {
        if let Some(jump) = clock.jump() {
            warn!(mailbox = %name, seconds = jump.as_secs(), "the clock of this machine has jumped; ages and days are read off it: check it");
        }
        let mut report = CycleReport::default();
        let wait = match cycle(&mut mailbox, dienst, &mut report).await {
            Ok(()) => {
                if let Err(error) = dienst.ledger.cycle_completed(Timestamp::now()) {
                    warn!(mailbox = %name, error = %error, hint = error.hint(), "that a cycle was completed cannot be noted");
                }
                backoff.reset();
                refused_passwords = 0;
                dienst.config.poll_interval
            }
            Err(CycleError::Stopped) => break,
            Err(failure) if failure.is_fatal() => {
                error!(mailbox = %name, error = %failure, hint = failure.hint(), "only a new start can help");
                return Err(failure);
            }
            Err(failure) => {
                let mut wait = backoff.next(failure.wait(), jitter());
                if is_password_refusal(&failure) {
                    refused_passwords += 1;
                    if refused_passwords >= PASSWORD_TRIES {
                        wait = wait.max(PASSWORD_PAUSE);
                    }
                    if refused_passwords == PASSWORD_TRIES {
                        error!(mailbox = %name, "the server refuses the password; from now on one try every 15 minutes");
                    }
                }
                warn!(mailbox = %name, error = %failure, hint = failure.hint(), retry_in_seconds = wait.as_secs(), "the cycle failed");
                wait
            }
        };
        log(&name, &report);
        tokio::select! {
            biased;
            () = dienst.stop.cancelled() => break,
            () = tokio::time::sleep(wait) => {}
        }
    }
    goodbye(&mut mailbox).await;
    info!(mailbox = %name, "stopped");
    Ok(())
}

/// One complete cycle. A connection that breaks is made anew at most twice; stored waits play no part.
pub async fn once(mailbox: &mut Mailbox, dienst: &Dienst) -> (CycleReport, Option<CycleError>) {
    let mut report = CycleReport::default();
    let mut result = cycle(mailbox, dienst, &mut report).await;
    for _ in 0..RECONNECTS_IN_ONCE {
        match &result {
            Err(failure) if failure.retry_at_once() && !dienst.stop.is_cancelled() => {
                warn!(mailbox = %mailbox.config.name, error = %failure, "connecting anew");
                result = cycle(mailbox, dienst, &mut report).await;
            }
            _ => break,
        }
    }
    if result.is_ok()
        && let Err(error) = dienst.ledger.cycle_completed(Timestamp::now())
    {
        result = Err(error.into());
    }
    log(&mailbox.config.name, &report);
    goodbye(mailbox).await;
    (report, result.err())
}

async fn goodbye(mailbox: &mut Mailbox) {
    if let Some(link) = mailbox.link.take() {
        link.session.logout().await;
    }
}

fn is_password_refusal(failure: &CycleError) -> bool {
    matches!(failure, CycleError::Imap(ImapError::Connect(error)) if matches!(error.retry(), Retry::Credentials))
}

fn log(name: &str, report: &CycleReport) {
    if report.decided > 0 || report.moved > 0 || report.reconciled > 0 {
        info!(
            mailbox = %name,
            seen = report.seen,
            decided = report.decided,
            moved = report.moved,
            stay = report.left.values().sum::<u64>(),
            reconciled = report.reconciled,
            "cycle done"
        );
    }
}
