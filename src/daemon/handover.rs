//! Intend, move, settle: the second half of a cycle.
//!
//! The order is the promise: the intents of all sets of a flight are one durable commit, then the commands go out, then
//! what the server has proved is one commit. Whatever happens in between, the open intents tell the next pass what to
//! look for.

use std::collections::HashMap;

use jiff::Timestamp;
use tracing::{info, warn};

use super::cycle::Mailbox;
use super::dienst::Dienst;
use super::error::CycleError;
use super::link::Link;
use super::recovery;
use super::report::CycleReport;
use crate::domain::id::{FolderName, Place, Uid};
use crate::domain::vorgang::{Intent, OperationId, Outcome, Settlement, VorgangId};
use crate::imap::error::{ImapError, Refusal, RefusalClass};
use crate::imap::command::Verb;
use crate::imap::folder::{self, Opened};
use crate::imap::mover::{MoveSet, Proof, move_sets};
use crate::plan::moves::{Candidate, plan};
use crate::plan::target::target_folder;
use crate::rules::RuleSet;

/// Hands over these messages of the opened INBOX as far as the mode of the mailbox and the folders allow. Afterwards
/// INBOX is open again. `true`: nothing is left to be done sooner than the next change.
pub async fn hand_over(
    mailbox: &mut Mailbox,
    link: &mut Link,
    dienst: &Dienst,
    rules: &RuleSet,
    inbox: &Opened,
    candidates: Vec<Candidate>,
    report: &mut CycleReport,
) -> Result<bool, CycleError> {
    if candidates.is_empty() {
        return Ok(true);
    }
    if !mailbox.config.betriebsart.moves() {
        dienst.progress.done(candidates.len());
        report.leave("schatten", candidates.len() as u64);
        return Ok(true);
    }
    if inbox.read_only {
        dienst.progress.done(candidates.len());
        report.leave("nur_lesbar", candidates.len() as u64);
        return Ok(true);
    }
    let (sets, vorgaenge, complete) = pack(mailbox, link, dienst, rules, candidates, report).await?;
    let depth = if mailbox.careful { 1 } else { dienst.config.pipeline_depth };
    let mut refusals = Vec::new();
    let mut unproved = 0;
    for flight in sets.chunks(depth) {
        if dienst.stop.is_cancelled() {
            return Err(CycleError::Stopped);
        }
        unproved += fly(mailbox, link, dienst, inbox, flight, &vorgaenge, report, &mut refusals).await?;
    }
    if unproved == 0 {
        return Ok(complete);
    }
    look_after(mailbox, link, dienst, &refusals, unproved, report).await?;
    Ok(false)
}

/// Sorts candidates into sets by folder. Says whether every candidate has a folder.
async fn pack(
    mailbox: &Mailbox,
    link: &mut Link,
    dienst: &Dienst,
    rules: &RuleSet,
    candidates: Vec<Candidate>,
    report: &mut CycleReport,
) -> Result<(Vec<MoveSet>, HashMap<Uid, VorgangId>, bool), CycleError> {
    let folder_of = |link: &Link, slug: &str| {
        let agentur = rules.stammdaten().by_slug(slug).map(|id| rules.stammdaten().agentur(id))?;
        let folder = target_folder(&mailbox.config.folder_for(agentur), link.folders.separator)?;
        link.can_open(&folder).then_some(folder)
    };
    link.refresh_folders().await?;
    let first = plan(candidates, |slug| folder_of(link, slug));
    let targets: Vec<FolderName> = first.moves.keys().cloned().collect();
    link.learn_status(&targets, dienst.config.pipeline_depth).await?;
    // A folder may be listed and yet refuse to be opened: STATUS has shown which.
    let mut without_folder = first.without_folder;
    let batch = if mailbox.careful { 1 } else { dienst.config.move_batch };
    let (mut sets, mut vorgaenge) = (Vec::new(), HashMap::new());
    for (folder, candidates) in first.moves {
        if !link.can_open(&folder) {
            without_folder.extend(candidates);
            continue;
        }
        let uids: Vec<Uid> = candidates.iter().map(|candidate| candidate.uid).collect();
        vorgaenge.extend(candidates.iter().map(|candidate| (candidate.uid, candidate.vorgang)));
        sets.extend(MoveSet::pack(&folder, &uids, batch));
    }
    note_missing_folders(mailbox, &without_folder);
    report.leave(RefusalClass::NoSuchFolder.as_str(), without_folder.len() as u64);
    dienst.progress.done(without_folder.len());
    let complete = without_folder.is_empty();
    Ok((sets, vorgaenge, complete))
}

fn note_missing_folders(mailbox: &Mailbox, without_folder: &[Candidate]) {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for candidate in without_folder {
        *counts.entry(candidate.agentur.as_str()).or_default() += 1;
    }
    for (agentur, count) in counts {
        warn!(mailbox = %mailbox.config.name, agentur, count, "the folder of this Agentur cannot be opened; its mail stays in INBOX");
    }
}

/// One flight: intents, commands, proofs. Gives back how many messages are not proved; their operations stay open.
#[expect(clippy::too_many_arguments, reason = "the parts of one step, none of which belongs to another")]
async fn fly(
    mailbox: &Mailbox,
    link: &mut Link,
    dienst: &Dienst,
    inbox: &Opened,
    flight: &[MoveSet],
    vorgaenge: &HashMap<Uid, VorgangId>,
    report: &mut CycleReport,
    refusals: &mut Vec<(FolderName, Refusal)>,
) -> Result<usize, CycleError> {
    let mut uids = Vec::new();
    let mut intents = Vec::new();
    for set in flight {
        let status = link.status(&set.target);
        for &uid in set.uids.uids() {
            uids.push(uid);
            intents.push(Intent {
                vorgang: vorgaenge[&uid],
                source: Place { folder: FolderName::inbox(), uidvalidity: inbox.uidvalidity, uid },
                target: set.target.clone(),
                target_uidvalidity: status.map(|status| status.uidvalidity),
                target_uidnext: status.and_then(|status| status.uidnext),
            });
        }
    }
    let operations = dienst.ledger.intend(&mailbox.config.name, intents, Timestamp::now()).await?;
    let operations: HashMap<Uid, OperationId> = uids.into_iter().zip(operations).collect();

    // From here to the record there is no look at `stop`, and no future is dropped half-way.
    let answer = move_sets(&mut link.session, flight).await;
    let settlements: Vec<Settlement> = answer
        .proofs
        .iter()
        .filter_map(|(uid, proof)| match proof {
            Proof::Moved { uidvalidity, uid: new } => Some(Settlement {
                operation: operations[uid],
                outcome: Outcome::Moved { uidvalidity: *uidvalidity, uid: *new },
            }),
            Proof::Unknown => None,
        })
        .collect();
    let moved = settlements.len();
    dienst.ledger.settle(settlements, Timestamp::now()).await?;
    dienst.progress.done(moved);
    report.moved += moved as u64;
    if let Some(error) = answer.error {
        return Err(error.into());
    }
    refusals.extend(answer.refusals);
    if let Some((_, refusal)) = refusals.iter().find(|(_, refusal)| must_wait(refusal)) {
        return Err(ImapError::Refused { verb: Verb::Move, refusal: *refusal }.into());
    }
    Ok(operations.len() - moved)
}

/// A refusal that concerns the whole account and not one folder.
fn must_wait(refusal: &Refusal) -> bool {
    matches!(refusal.class, RefusalClass::Throttled | RefusalClass::Unavailable | RefusalClass::NotConnected)
}

/// Finds out what became of the messages that no answer proved.
async fn look_after(
    mailbox: &mut Mailbox,
    link: &mut Link,
    dienst: &Dienst,
    refusals: &[(FolderName, Refusal)],
    unproved: usize,
    report: &mut CycleReport,
) -> Result<(), CycleError> {
    for (folder, refusal) in refusals {
        if refusal.class == RefusalClass::NoSuchFolder {
            link.refuse(folder);
        }
    }
    // Without UIDPLUS no answer ever proves anything, and sets are as good as single messages.
    mailbox.careful = link.session.capabilities().uidplus;
    info!(mailbox = %mailbox.config.name, count = unproved, "the server did not prove these moves; looking for the messages");
    let moved_before = report.moved;
    recovery::settle_open(link, dienst, &mailbox.config, report).await?;
    let left = unproved as u64 - (report.moved - moved_before).min(unproved as u64);
    let word = refusals.first().map_or("nicht_bestaetigt", |(_, refusal)| refusal.class.as_str());
    report.leave(word, left);
    dienst.progress.done(unproved);
    folder::select(&mut link.session, &FolderName::inbox()).await?;
    Ok(())
}
