//! Intend, move, settle: the second half of a cycle.
//!
//! The order is the promise: the intents of all sets of a flight are one durable commit, then the commands go out, then
//! what the server has proved is one commit. Whatever happens in between, the open intents tell the next pass what to
//! look for.

use std::collections::HashMap;

use jiff::Timestamp;
use tracing::{info, warn};

use super::cycle::Pass;
use super::error::CycleError;
use super::link::Link;
use super::recovery;
use super::report::CycleReport;
use crate::config::Postfach;
use crate::domain::id::{FolderName, Place, Uid};
use crate::domain::vorgang::{Intent, OperationId, Outcome, Settlement, VorgangId};
use crate::imap::command::Verb;
use crate::imap::error::{ImapError, Refusal, RefusalClass};
use crate::imap::folder;
use crate::imap::mover::{MoveSet, Proof, move_sets};
use crate::plan::moves::{Candidate, plan};
use crate::plan::target::target_folder;

/// What handing over led to.
#[derive(Clone, Copy, Debug)]
pub struct HandedOver {
    /// Nothing is left to be done before something changes.
    pub settled: bool,
    /// The server proved every move by its answer.
    pub proved: bool,
}

/// Hands over these messages of the opened INBOX as far as the mode of the mailbox and the folders allow. Afterwards
/// INBOX is open again.
pub async fn hand_over(
    pass: &Pass<'_>,
    link: &mut Link,
    candidates: Vec<Candidate>,
    report: &mut CycleReport,
) -> Result<HandedOver, CycleError> {
    let Pass { config, dienst, inbox, .. } = pass;
    let hindrance = match () {
        () if !config.betriebsart.moves() => Some("schatten"),
        () if inbox.read_only => Some("nur_lesbar"),
        () => None,
    };
    if let Some(word) = hindrance {
        dienst.progress.done(candidates.len());
        report.leave(word, candidates.len() as u64);
        return Ok(HandedOver { settled: true, proved: true });
    }
    if candidates.is_empty() {
        return Ok(HandedOver { settled: true, proved: true });
    }
    let packed = pack(pass, link, candidates, report).await?;
    let depth = if pass.careful { 1 } else { dienst.config.pipeline_depth };
    let mut refusals = Vec::new();
    let mut unproved = 0;
    for flight in packed.sets.chunks(depth) {
        if dienst.stop.is_cancelled() {
            return Err(CycleError::Stopped);
        }
        unproved += fly(pass, link, flight, &packed.vorgaenge, report, &mut refusals).await?;
    }
    if unproved > 0 {
        look_after(pass, link, &refusals, unproved, report).await?;
    }
    Ok(HandedOver { settled: packed.complete && unproved == 0, proved: unproved == 0 })
}

/// Messages sorted into sets by folder.
struct Packed {
    sets: Vec<MoveSet>,
    vorgaenge: HashMap<Uid, VorgangId>,
    /// Every candidate has a folder.
    complete: bool,
}

async fn pack(
    pass: &Pass<'_>,
    link: &mut Link,
    candidates: Vec<Candidate>,
    report: &mut CycleReport,
) -> Result<Packed, CycleError> {
    let Pass { config, dienst, rules, .. } = pass;
    let folder_of = |link: &Link, slug: &str| {
        let agentur = rules.stammdaten().by_slug(slug).map(|id| rules.stammdaten().agentur(id))?;
        let folder = target_folder(&config.folder_for(agentur), link.folders.separator)?;
        link.can_open(&folder).then_some(folder)
    };
    link.refresh_folders().await?;
    let first = plan(candidates, |slug| folder_of(link, slug));
    let targets: Vec<FolderName> = first.moves.keys().cloned().collect();
    link.learn_status(&targets, dienst.config.pipeline_depth).await?;
    // A folder may be listed and yet refuse to be opened: STATUS has shown which.
    let mut without_folder = first.without_folder;
    let batch = if pass.careful { 1 } else { dienst.config.move_batch };
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
    note_missing_folders(config, &without_folder);
    report.leave(RefusalClass::NoSuchFolder.as_str(), without_folder.len() as u64);
    dienst.progress.done(without_folder.len());
    Ok(Packed { sets, vorgaenge, complete: without_folder.is_empty() })
}

fn note_missing_folders(config: &Postfach, without_folder: &[Candidate]) {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for candidate in without_folder {
        *counts.entry(candidate.agentur.as_str()).or_default() += 1;
    }
    for (agentur, count) in counts {
        warn!(mailbox = %config.name, agentur, count, "the folder of this Agentur cannot be opened; its mail stays in INBOX");
    }
}

/// One flight: intents, commands, proofs. Gives back how many messages are not proved; their operations stay open.
async fn fly(
    pass: &Pass<'_>,
    link: &mut Link,
    flight: &[MoveSet],
    vorgaenge: &HashMap<Uid, VorgangId>,
    report: &mut CycleReport,
    refusals: &mut Vec<(FolderName, Refusal)>,
) -> Result<usize, CycleError> {
    let Pass { config, dienst, inbox, .. } = pass;
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
    let operations = dienst.ledger.intend(&config.name, intents, Timestamp::now()).await?;
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
    pass: &Pass<'_>,
    link: &mut Link,
    refusals: &[(FolderName, Refusal)],
    unproved: usize,
    report: &mut CycleReport,
) -> Result<(), CycleError> {
    let Pass { config, dienst, .. } = pass;
    for (folder, refusal) in refusals {
        if refusal.class == RefusalClass::NoSuchFolder {
            link.refuse(folder);
        }
    }
    info!(mailbox = %config.name, count = unproved, "the server did not prove these moves; looking for the messages");
    let moved_before = report.moved;
    recovery::settle_open(link, dienst, config, report).await?;
    let left = unproved as u64 - (report.moved - moved_before).min(unproved as u64);
    let word = refusals.first().map_or("nicht_bestaetigt", |(_, refusal)| refusal.class.as_str());
    report.leave(word, left);
    dienst.progress.done(unproved);
    folder::select(&mut link.session, &FolderName::inbox()).await?;
    Ok(())
}
