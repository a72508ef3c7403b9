//! COPY mode, for servers with UIDPLUS and without MOVE.
//!
//! A move takes four steps here: the intent, UID COPY, the proof of the copy in the ledger, and the deletion of the
//! source. Before the last one the copy is read back from its folder, because what is deleted cannot be had again. Each
//! step can be cut: what is only intended is looked for by [`super::recovery`], what is copied is finished by [`finish`],
//! in the same cycle or in the next one.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use jiff::Timestamp;
use tracing::{error, warn};

use super::cycle::{Pass, reopen_inbox};
use super::dienst::Dienst;
use super::error::CycleError;
use super::flight::{Flown, Packed, account_trouble, intend};
use super::link::Link;
use super::recovery::{Offen, find_renumbered, fingerprint, unless_refused};
use super::report::CycleReport;
use crate::config::Postfach;
use crate::domain::id::{FolderName, Uid, UidValidity};
use crate::domain::vorgang::{Kopie, OpenOperation, OperationId, Outcome, Settlement, VorgangId, Weg, Zweifel};
use crate::imap::error::{ImapError, RefusalClass};
use crate::imap::fetch::{identify, present};
use crate::imap::folder;
use crate::imap::mover::{Proof, delete, send_sets, undelete};
use crate::plan::settle::{CopyVerdict, judge_copy};

/// So many copies that could not be recognised within [`DOUBT_LASTS`], and no more are made: each one is a doubled mail. Those
/// whose answer nobody heard do not count: they say nothing about the server.
const DOUBTFUL_COPIES: u64 = 3;
const DOUBT_LASTS: Duration = Duration::from_secs(24 * 3600);

/// Whether copies of this mailbox cannot be recognised in their folders, so that another one would be doubled as well.
pub(super) async fn is_doubtful(dienst: &Dienst, config: &Postfach) -> Result<bool, CycleError> {
    let doubtful = dienst.ledger.ambiguous_copies(&config.name, Timestamp::now() - DOUBT_LASTS).await?;
    if doubtful >= DOUBTFUL_COPIES {
        error!(
            mailbox = %config.name, count = doubtful,
            "copies cannot be recognised in their folders: nothing more is copied for a day; look at the messages that \
             lie in INBOX and in their folder, and report this with the server's product and version"
        );
    }
    // Sources that the server does not delete would be joined by more.
    let unfinished = dienst.ledger.open_operations(&config.name).await?;
    Ok(doubtful >= DOUBTFUL_COPIES || unfinished.iter().any(|operation| operation.kopie.is_some()))
}

/// Copies all sets and deletes the sources, one flight after the other. Afterwards INBOX is open.
pub(super) async fn copy_all(
    pass: &Pass<'_>,
    link: &mut Link,
    packed: &Packed,
    report: &mut CycleReport,
) -> Result<Flown, CycleError> {
    let Pass { config, dienst, .. } = pass;
    let depth = if pass.careful { 1 } else { dienst.config.pipeline_depth };
    let mut flown = Flown::default();
    for sets in packed.sets.chunks(depth) {
        if dienst.stop.is_cancelled() {
            return Err(CycleError::Stopped);
        }
        let Some(flight) = intend(pass, packed, Some(sets), report).await? else { continue };
        let answer = send_sets(&mut link.session, Weg::Copy, &flight.sets).await;
        let kopien: Vec<Kopie> = answer
            .proofs
            .iter()
            .filter_map(|(uid, proof)| match *proof {
                Proof::There { uidvalidity, uid: new } => {
                    Some(Kopie { operation: flight.operations[uid], uidvalidity, uid: new })
                }
                Proof::Unknown => None,
            })
            .collect();
        flown.unproved += flight.operations.len() - kopien.len();
        flown.refusals.extend(answer.refusals);
        // Whatever ended the commands: what is proved is recorded before anything else is said.
        let copied: HashSet<OperationId> = kopien.iter().map(|kopie| kopie.operation).collect();
        if !kopien.is_empty() {
            dienst.ledger.copied(kopien).await?;
        }
        // A server that hangs up behind a refusal has said why.
        if let Some(error) = account_trouble(&flown.refusals).or(answer.error) {
            return Err(error.into());
        }
        let mut open = dienst.ledger.open_operations(&config.name).await?;
        open.retain(|operation| copied.contains(&operation.id) && operation.kopie.is_some());
        // A place that somebody else has was not noted.
        flown.unproved += copied.len() - open.len();
        let finished = finish(link, dienst, config, &open).await?;
        flown.unproved += finished.still_open.len();
        dienst.progress.done(finished.outcomes.len());
        for (_, _, outcome) in finished.outcomes {
            match outcome {
                Outcome::Moved { .. } => report.moved += 1,
                _ => report.leave("mehrdeutig", 1),
            }
        }
        reopen_inbox(pass, link).await?;
    }
    if dienst.stop.is_cancelled() { Err(CycleError::Stopped) } else { Ok(flown) }
}

/// What came of copied messages.
#[derive(Debug, Default)]
pub(super) struct Finished {
    /// How each settled operation ended, with its Vorgang and target folder.
    pub(super) outcomes: Vec<(VorgangId, FolderName, Outcome)>,
    /// Operations that stay open, because a folder cannot be looked into or a source is still there.
    pub(super) still_open: Vec<Offen>,
}

/// Deletes the sources of proved copies after reading the copies back, and records what came of it. Leaves the source
/// folder open.
pub(super) async fn finish(
    link: &mut Link,
    dienst: &Dienst,
    config: &Postfach,
    open: &[OpenOperation],
) -> Result<Finished, CycleError> {
    let copies = look_at_copies(link, dienst, config, open).await?;
    let mut by_source: BTreeMap<&FolderName, Vec<&OpenOperation>> = BTreeMap::new();
    let mut finished = Finished::default();
    for operation in open {
        if copies.contains_key(&operation.id) {
            by_source.entry(&operation.source.folder).or_default().push(operation);
        } else {
            finished.still_open.push(Offen::of(operation));
        }
    }
    for (source, operations) in by_source {
        let opened = folder::select(&mut link.session, source).await?;
        if opened.read_only {
            warn!(mailbox = %config.name, "INBOX is read-only: copied messages stay in both folders until it can be written");
            finished.still_open.extend(operations.iter().map(|operation| Offen::of(operation)));
            continue;
        }
        let (same, renumbered): (Vec<&OpenOperation>, Vec<_>) =
            operations.into_iter().partition(|operation| operation.source.uidvalidity == opened.uidvalidity);
        let found = find_renumbered(link, dienst, &opened, &renumbered).await?;
        // By fingerprint alone nothing is deleted; and what stays must not go with somebody else's EXPUNGE.
        let left: Vec<Uid> = found.values().copied().collect();
        unless_refused(undelete(&mut link.session, &left).await)?;
        let mut outcomes: Vec<(&OpenOperation, Outcome)> = renumbered
            .into_iter()
            .map(|operation| match found.contains_key(&operation.id) {
                true => (operation, Outcome::Ambiguous(Zweifel::Unerkannt)),
                false => (operation, moved(operation)),
            })
            .collect();
        let (settled, still_open) = finish_in_place(link, dienst, &same, &copies).await?;
        outcomes.extend(settled);
        finished.still_open.extend(still_open);
        record(dienst, config, outcomes, &mut finished).await?;
    }
    Ok(finished)
}

/// The same for messages whose UIDs in the opened source still hold. Gives outcomes, and what stays open.
async fn finish_in_place<'a>(
    link: &mut Link,
    dienst: &Dienst,
    operations: &[&'a OpenOperation],
    copies: &HashMap<OperationId, bool>,
) -> Result<(Vec<(&'a OpenOperation, Outcome)>, Vec<Offen>), CycleError> {
    let uids: Vec<Uid> = operations.iter().map(|operation| operation.source.uid).collect();
    let answering = present(&mut link.session, &uids).await?;
    let mut recognised = HashSet::new();
    let looked = identify(&mut link.session, &uids, |message| {
        recognised.insert((message.uid, fingerprint(dienst, &message)));
    })
    .await;
    if unless_refused(looked)?.is_none() {
        return Ok((Vec::new(), operations.iter().map(|operation| Offen::of(operation)).collect()));
    }
    let verdict = |operation: &OpenOperation| {
        let uid = operation.source.uid;
        let same = recognised.contains(&(uid, operation.fingerprint));
        judge_copy(answering.contains(&uid), same && copies[&operation.id])
    };
    let of = |wanted: CopyVerdict| -> Vec<Uid> {
        operations
            .iter()
            .filter(|operation| verdict(operation) == wanted)
            .map(|operation| operation.source.uid)
            .collect()
    };
    let to_delete = of(CopyVerdict::DeleteSource);
    // What stays must not go with somebody else's EXPUNGE.
    let mut to_keep = of(CopyVerdict::Ambiguous);
    if unless_refused(delete(&mut link.session, &to_delete).await)?.is_none() {
        warn!("the server refuses to delete copied messages; they stay in both folders, and no more are copied");
        to_keep.extend(&to_delete);
    }
    unless_refused(undelete(&mut link.session, &to_keep).await)?;
    let left = present(&mut link.session, &to_delete).await?;
    let (mut settled, mut still_open) = (Vec::new(), Vec::new());
    for &operation in operations {
        match verdict(operation) {
            CopyVerdict::DeleteSource if left.contains(&operation.source.uid) => still_open.push(Offen::of(operation)),
            CopyVerdict::DeleteSource | CopyVerdict::Moved => settled.push((operation, moved(operation))),
            CopyVerdict::Ambiguous => settled.push((operation, Outcome::Ambiguous(Zweifel::Unerkannt))),
        }
    }
    Ok((settled, still_open))
}

fn moved(operation: &OpenOperation) -> Outcome {
    let (uidvalidity, uid) = place_of_copy(operation);
    Outcome::Moved { uidvalidity, uid }
}

fn place_of_copy(operation: &OpenOperation) -> (UidValidity, Uid) {
    operation.kopie.expect("only proved copies come here")
}

/// Whether each copy lies where the server said, recognised by its fingerprint. No entry: its folder cannot be opened at
/// the moment.
async fn look_at_copies(
    link: &mut Link,
    dienst: &Dienst,
    config: &Postfach,
    open: &[OpenOperation],
) -> Result<HashMap<OperationId, bool>, CycleError> {
    let mut by_target: BTreeMap<&FolderName, Vec<&OpenOperation>> = BTreeMap::new();
    for operation in open {
        by_target.entry(&operation.target).or_default().push(operation);
    }
    let mut seen = HashMap::new();
    for (target, operations) in by_target {
        let opened = match folder::examine(&mut link.session, target).await {
            Ok(opened) => Some(opened),
            // A folder that is gone holds nothing.
            Err(ImapError::Refused { refusal, .. }) if refusal.class == RefusalClass::NoSuchFolder => None,
            Err(ImapError::Refused { refusal, .. }) if !refusal.concerns_account() => {
                warn!(mailbox = %config.name, folder = %target, reason = refusal.class.as_str(), "a target folder cannot be opened; the sources of its copies stay");
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        let uids: Vec<Uid> = operations.iter().map(|operation| place_of_copy(operation).1).collect();
        let mut found = HashSet::new();
        if opened.is_some() {
            let looked = identify(&mut link.session, &uids, |message| {
                found.insert((message.uid, fingerprint(dienst, &message)));
            })
            .await;
            if unless_refused(looked)?.is_none() {
                warn!(mailbox = %config.name, folder = %target, "a copy cannot be identified; its source stays");
                continue;
            }
        }
        for operation in operations {
            let (uidvalidity, uid) = place_of_copy(operation);
            let there = opened.is_some_and(|opened| opened.uidvalidity == uidvalidity)
                && found.contains(&(uid, operation.fingerprint));
            seen.insert(operation.id, there);
        }
    }
    Ok(seen)
}

async fn record(
    dienst: &Dienst,
    config: &Postfach,
    outcomes: Vec<(&OpenOperation, Outcome)>,
    finished: &mut Finished,
) -> Result<(), CycleError> {
    if outcomes.is_empty() {
        return Ok(());
    }
    let settlements = outcomes
        .iter()
        .map(|(operation, outcome)| Settlement { operation: operation.id, outcome: outcome.clone() })
        .collect();
    dienst.ledger.settle(settlements, Timestamp::now()).await?;
    for (operation, outcome) in outcomes {
        if matches!(outcome, Outcome::Ambiguous(_)) {
            warn!(mailbox = %config.name, vorgang = operation.vorgang.0, "a copied message is not found as it was copied; the one in INBOX stays, a person has to look at both");
        }
        finished.outcomes.push((operation.vorgang, operation.target.clone(), outcome));
    }
    Ok(())
}
