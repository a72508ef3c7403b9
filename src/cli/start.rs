//! What `run` and `once` have in common: lock, key, ledger, judging threads.

use std::num::NonZero;
use std::path::Path;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use anyhow::Context;
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;
use tracing::{error, warn};

use super::load::Setup;
use crate::config::{Aufbewahrung, Postfach};
use crate::daemon::dienst::Dienst;
use crate::daemon::hash_key;
use crate::daemon::in_hand::InHand;
use crate::daemon::instance::InstanceLock;
use crate::daemon::judge::Judge;
use crate::store::{Ledger, LedgerError, Verlust};

/// Everything the workers need. The lock is held until this is dropped.
pub struct Started {
    pub dienst: Arc<Dienst>,
    pub postfaecher: Vec<Postfach>,
    pub aufbewahrung: Aufbewahrung,
    pub lock: InstanceLock,
}

/// Logs what somebody should look at, takes the lock, opens the ledger, reads the key and starts the judging threads.
///
/// # Errors
/// A second instance, an unusable state directory or ledger, no key ([`hash_key::HashKeyError`]).
pub async fn start(setup: Setup) -> anyhow::Result<Started> {
    for warning in &setup.warnings {
        warn!("{warning}");
    }
    let state_dir = &setup.config.dienst.state_dir;
    let lock = InstanceLock::take(state_dir)?;
    let ledger = Ledger::open(state_dir).map_err(with_hint)?;
    if let Some(verlust) = ledger.verlust() {
        error!(hint = verlust.hint(), aside = ?aside_of(verlust), "{}", verlust.words());
    }
    let key = Arc::new(hash_key::load(setup.config.dienst.hash_key.as_ref(), state_dir)?);
    if ledger.check_key(key.probe()).await.map_err(with_hint)? {
        error!(
            hint = "put the old hash_key back if it was not meant to change; else nothing is to be done",
            "the key of the pseudonyms is another one: what was seen before is looked for again in the folders before anything is moved"
        );
    }
    let in_hand = take_over(state_dir, &ledger).await?;
    let threads = available_parallelism().map_or(2, NonZero::get);
    let judge = Judge::start(threads, Arc::clone(&key), &in_hand).context("no threads for reading mail")?;
    let dienst = Dienst::new(
        setup.config.dienst,
        setup.config.kennzeichen,
        ledger,
        judge,
        key,
        setup.rules,
        CancellationToken::new(),
    );
    let (postfaecher, aufbewahrung) = (setup.config.postfaecher, setup.config.aufbewahrung);
    Ok(Started { dienst: Arc::new(dienst), postfaecher, aufbewahrung, lock })
}

/// Where a damaged ledger was put.
fn aside_of(verlust: &Verlust) -> Option<&Path> {
    match verlust {
        Verlust::Beschaedigt { aside } => Some(aside),
        Verlust::Fehlt | Verlust::Anderer | Verlust::Aelter => None,
    }
}

/// Notes in the ledger which mails were being read when an earlier process died. A file that says nothing is no reason not
/// to start.
async fn take_over(state_dir: &Path, ledger: &Ledger) -> anyhow::Result<InHand> {
    let (in_hand, left) = match InHand::open(state_dir) {
        Ok(opened) => opened,
        Err(error) => {
            warn!("{error}; going on without: a mail over which the program dies would not be set aside");
            return Ok(InHand::without());
        }
    };
    for (postfach, place) in &left {
        warn!(
            mailbox = postfach,
            uid = place.uid.0,
            "the program ended while it read this mail; it is read last and alone now, and not at all after another time"
        );
    }
    if !left.is_empty() {
        ledger.note_crashes(left, Timestamp::now()).await.map_err(with_hint)?;
    }
    if let Err(error) = in_hand.clear() {
        warn!(kind = %error.kind(), "which mails are in hand cannot be noted; going on without");
        return Ok(InHand::without());
    }
    Ok(in_hand)
}

/// Records the end of a run and closes the ledger. No mail is to blame for this end.
///
/// # Errors
/// What was recorded before stays recorded.
pub async fn end(dienst: &Dienst, lauf: i64) -> Result<(), LedgerError> {
    if let Err(error) = dienst.judge.end() {
        warn!(kind = %error.kind(), "that no mail is in hand any more cannot be noted; some may be held to have ended the program");
    }
    dienst.ledger.end_run(lauf, Timestamp::now()).await?;
    dienst.ledger.clone().close().await
}

/// What went wrong with the ledger, and what to do about it.
pub fn with_hint(error: LedgerError) -> anyhow::Error {
    anyhow::anyhow!("{error} ({})", error.hint())
}

/// How long to wait for a look-up of a host name that nobody needs any more.
const LINGER: Duration = Duration::from_secs(1);

/// Does asynchronous work to its end. The sockets of a handful of mailboxes are served by one thread as well as by more.
pub fn run_to_end<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("no runtime")?;
    let result = runtime.block_on(work);
    // A name service that does not answer must not keep the process from ending.
    runtime.shutdown_timeout(LINGER);
    result
}
