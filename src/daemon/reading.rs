//! Fetch, judge, record: the first half of a cycle.
//!
//! Messages stream from the server through the judging threads into the ledger. Only what is on its way is in memory:
//! what the connection holds, a few messages before the threads, and the closed words of a batch before its commit.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::mpsc;
use tracing::{debug, warn};

use super::cycle::Mailbox;
use super::dienst::Dienst;
use super::error::CycleError;
use super::judge::{Job, Judged};
use super::link::Link;
use super::report::CycleReport;
use crate::domain::id::{FolderName, Place, Uid};
use crate::domain::vorgang::Zuordnung;
use crate::imap::fetch::Fetch;
use crate::imap::folder::Opened;
use crate::plan::moves::Candidate;
use crate::plan::triage::ToRead;
use crate::rules::RuleSet;

/// Decisions in one commit: enough to make a durable commit cheap, few enough to be lost without regret.
const RECORD_BATCH: usize = 250;

/// Reads and decides these messages of the opened INBOX and records every decision. Gives back what is to be handed
/// over; what stays is counted in the report.
///
/// # Errors
/// What was judged before the error is recorded all the same.
pub async fn read(
    mailbox: &Mailbox,
    link: &mut Link,
    dienst: &Dienst,
    rules: &Arc<RuleSet>,
    inbox: &Opened,
    messages: &[ToRead],
    report: &mut CycleReport,
) -> Result<Vec<Candidate>, CycleError> {
    if messages.is_empty() {
        return Ok(Vec::new());
    }
    let (reply, judged) = mpsc::channel(RECORD_BATCH);
    let (fetched, recorded) = tokio::join!(
        feed(mailbox, link, dienst, rules, messages, reply),
        record(mailbox, dienst, rules, inbox, judged, report),
    );
    let candidates = recorded?;
    let missing = fetched?;
    if missing > 0 {
        report.leave("nicht_abrufbar", missing as u64);
        warn!(mailbox = %mailbox.config.name, count = missing, "messages were listed but could not be fetched; they stay");
    }
    Ok(candidates)
}

/// Fetches and passes on to the judging threads. Gives back how many messages did not come.
async fn feed(
    mailbox: &Mailbox,
    link: &mut Link,
    dienst: &Dienst,
    rules: &Arc<RuleSet>,
    messages: &[ToRead],
    reply: mpsc::Sender<Judged>,
) -> Result<usize, CycleError> {
    let uids: Vec<Uid> = messages.iter().map(|message| message.listed.uid).collect();
    let mut fetch = Fetch::new(&mut link.session, &uids)?;
    while let Some(fetched) = fetch.next().await? {
        if dienst.stop.is_cancelled() {
            return Err(CycleError::Stopped);
        }
        // Messages are listed ascending by UID, and a fetch gives only what was asked for.
        let Ok(position) = messages.binary_search_by_key(&fetched.uid, |message| message.listed.uid) else { continue };
        let job = Job {
            message: messages[position],
            raw: fetched.raw,
            complete: fetched.complete,
            standort: Arc::clone(&mailbox.standort),
            rules: Arc::clone(rules),
            reply: reply.clone(),
        };
        if !dienst.judge.submit(job).await {
            return Err(CycleError::JudgeGone);
        }
    }
    Ok(fetch.missing())
}

/// Records what comes from the judging threads, batch by batch.
async fn record(
    mailbox: &Mailbox,
    dienst: &Dienst,
    rules: &Arc<RuleSet>,
    inbox: &Opened,
    mut judged: mpsc::Receiver<Judged>,
    report: &mut CycleReport,
) -> Result<Vec<Candidate>, CycleError> {
    let mut candidates = Vec::new();
    let mut batch = Vec::with_capacity(RECORD_BATCH);
    while judged.recv_many(&mut batch, RECORD_BATCH).await > 0 {
        // A short wait for more would only delay: what has come is what is recorded.
        let zuordnungen = batch.drain(..).map(|judged| zuordnung(mailbox, rules, inbox, judged)).collect::<Vec<_>>();
        let words: Vec<_> = zuordnungen
            .iter()
            .map(|zuordnung| (zuordnung.place.uid, zuordnung.decision.agentur.clone(), zuordnung.decision.grund))
            .collect();
        let vorgaenge = dienst.ledger.record(&mailbox.config.name, zuordnungen, Timestamp::now()).await?;
        dienst.progress.done(words.len());
        report.decided += words.len() as u64;
        for (vorgang, (uid, agentur, grund)) in vorgaenge.into_iter().zip(words) {
            debug!(mailbox = %mailbox.config.name, vorgang = vorgang.0, uid = uid.0, agentur, grund, "decided");
            match agentur {
                Some(agentur) => candidates.push(Candidate { vorgang, uid, agentur }),
                None => report.leave(grund, 1),
            }
        }
    }
    dienst.progress.expect(candidates.len());
    Ok(candidates)
}

fn zuordnung(mailbox: &Mailbox, rules: &RuleSet, inbox: &Opened, judged: Judged) -> Zuordnung {
    let listed = judged.message.listed;
    Zuordnung {
        vorgang: judged.message.again,
        place: Place { folder: FolderName::inbox(), uidvalidity: inbox.uidvalidity, uid: listed.uid },
        fingerprint: judged.fingerprint,
        eingang: listed.eingang,
        size: listed.size,
        decision: judged.decision,
        regelwerk: rules.version().clone(),
        betriebsart: mailbox.config.betriebsart,
    }
}
