//! The loop around the cycle of one mailbox.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use jiff::Timestamp;
use tracing::{error, info, warn};

use super::backoff::jitter;
use super::clock::ClockWatch;
use super::cycle::cycle;
use super::dienst::Dienst;
use super::error::CycleError;
use super::mailbox::Mailbox;
use super::observe::Extent;
use super::pace::Pace;
use super::passwords;
use super::report::CycleReport;

/// How often `once` connects anew after a connection broke.
const RECONNECTS_IN_ONCE: usize = 2;

/// The pace of one mailbox, kept by whoever starts its workers.
pub type SharedPace = Arc<Mutex<Pace>>;

/// Serves a mailbox until the process is asked to stop.
///
/// # Errors
/// What only a new process can mend.
pub async fn run(mut mailbox: Mailbox, pace: SharedPace, dienst: &Dienst) -> Result<(), CycleError> {
    let name = mailbox.config.name.clone();
    let mut clock = ClockWatch::new();
    info!(mailbox = %name, mode = mailbox.config.betriebsart.as_str(), "serving");
    loop {
        if let Some(jump) = clock.jump() {
            warn!(mailbox = %name, seconds = jump.as_secs(), "the clock of this machine has jumped; ages and days are read off it: check it");
        }
        if mailbox.link.is_none() {
            lock(&pace).connecting(Instant::now());
        }
        let mut report = CycleReport::default();
        let result = cycle(&mut mailbox, dienst, Extent::Allowed, &mut report).await;
        let (kept, now) = (mailbox.link.is_some(), Instant::now());
        let wait = match result {
            Ok(()) => {
                note_completed(&name, dienst).await;
                lock(&pace).succeeded(dienst.config.poll_interval, kept, now)
            }
            Err(CycleError::Stopped) => break,
            Err(failure) if failure.is_fatal() => {
                error!(mailbox = %name, error = %failure, hint = failure.hint(), "only a new start can help");
                return Err(failure);
            }
            Err(failure) => {
                let wait = lock(&pace).failed(&failure, kept, jitter(), now);
                if std::mem::take(&mut mailbox.alarm) {
                    error!(
                        mailbox = %name, hint = failure.hint(),
                        "the server refuses the password; it is tried {} times, then every {} minutes",
                        passwords::TRIES, passwords::PAUSE.as_secs() / 60
                    );
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

/// The pace is plain numbers: one that a dying worker held is as good as any.
pub(super) fn lock(pace: &Mutex<Pace>) -> MutexGuard<'_, Pace> {
    pace.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One complete cycle. A connection that breaks is made anew at most twice; stored waits play no part.
pub async fn once(mailbox: &mut Mailbox, dienst: &Dienst) -> (CycleReport, Option<CycleError>) {
    let mut report = CycleReport::default();
    let mut result = cycle(mailbox, dienst, Extent::Whole, &mut report).await;
    for _ in 0..RECONNECTS_IN_ONCE {
        match &result {
            Err(failure) if failure.retry_at_once() && !dienst.stop.is_cancelled() => {
                warn!(mailbox = %mailbox.config.name, error = %failure, "connecting anew");
                result = cycle(mailbox, dienst, Extent::Whole, &mut report).await;
            }
            _ => break,
        }
    }
    if result.is_ok()
        && let Err(error) = dienst.ledger.cycle_completed(Timestamp::now()).await
    {
        result = Err(error.into());
    }
    log(&mailbox.config.name, &report);
    goodbye(mailbox).await;
    (report, result.err())
}

async fn note_completed(name: &str, dienst: &Dienst) {
    if let Err(error) = dienst.ledger.cycle_completed(Timestamp::now()).await {
        warn!(mailbox = %name, error = %error, hint = error.hint(), "that a cycle was completed cannot be noted");
    }
}

async fn goodbye(mailbox: &mut Mailbox) {
    if let Some(link) = mailbox.link.take() {
        link.session.logout().await;
    }
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
