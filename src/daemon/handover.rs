//! Handing over: the second half of a cycle.
//!
//! Sorts what is decided by folder, lets [`super::flight`] move it, and looks after what the server did not prove.

use std::collections::{HashMap, HashSet};

use tracing::{info, warn};

use super::cycle::{Pass, reopen_inbox};
use super::error::CycleError;
use super::flight::{Flown, Packed, fly_all};
use super::link::Link;
use super::report::CycleReport;
use super::{copying, recovery};
use crate::config::Postfach;
use crate::domain::id::{FolderName, Uid};
use crate::domain::vorgang::{Outcome, VorgangId, Weg};
use crate::imap::error::{ImapError, RefusalClass};
use crate::imap::mover::MoveSet;
use crate::plan::moves::{Candidate, plan};
use crate::plan::target::target_folder;

/// Hands over these messages of the opened INBOX as far as the mode of the mailbox and the folders allow. Afterwards
/// INBOX is open again. `true`: the server proved every move by its answer.
pub async fn hand_over(
    pass: &Pass<'_>,
    link: &mut Link,
    candidates: Vec<Candidate>,
    report: &mut CycleReport,
) -> Result<bool, CycleError> {
    let Pass { config, dienst, inbox, .. } = pass;
    let hindrance = match () {
        () if !config.betriebsart.moves() => Some("schatten"),
        () if inbox.read_only => Some("nur_lesbar"),
        () if pass.only_looks => Some("wiederaufbau"),
        () => None,
    };
    if let Some(word) = hindrance {
        dienst.progress.done(candidates.len());
        report.leave(word, candidates.len() as u64);
        return Ok(true);
    }
    if candidates.is_empty() {
        return Ok(true);
    }
    let weg = link.session.capabilities().weg().ok_or(ImapError::CannotMove)?;
    if weg == Weg::Copy && copying::is_doubtful(dienst, config).await? {
        dienst.progress.done(candidates.len());
        report.leave("kopie_unklar", candidates.len() as u64);
        return Ok(true);
    }
    let packed = pack(pass, link, weg, candidates, report).await?;
    carry_out(pass, link, packed, report).await
}

/// Moves what is packed, and finds out what became of what no answer proved. Afterwards INBOX is open again. `true`: the
/// server proved every move by its answer.
pub(super) async fn carry_out(
    pass: &Pass<'_>,
    link: &mut Link,
    packed: Packed,
    report: &mut CycleReport,
) -> Result<bool, CycleError> {
    let flown = match packed.weg {
        Weg::Move => fly_all(pass, link, &packed, report).await?,
        Weg::Copy => copying::copy_all(pass, link, &packed, report).await?,
    };
    if flown.unproved > 0 {
        look_after(pass, link, &packed, &flown, report).await?;
    }
    Ok(flown.unproved == 0)
}

/// Sorts candidates into sets by folder.
async fn pack(
    pass: &Pass<'_>,
    link: &mut Link,
    weg: Weg,
    candidates: Vec<Candidate>,
    report: &mut CycleReport,
) -> Result<Packed, CycleError> {
    let Pass { config, dienst, rules, .. } = pass;
    link.refresh_folders().await?;
    let separator = link.folders.separator;
    let target_of = |slug: &str| {
        let agentur = rules.stammdaten().by_slug(slug).map(|id| rules.stammdaten().agentur(id))?;
        target_folder(&config.folder_for(agentur), separator)
    };
    let first = plan(candidates, |slug| target_of(slug).filter(|folder| link.can_open(folder)));
    let targets: Vec<FolderName> = first.moves.keys().cloned().collect();
    link.learn_status(&targets, dienst.config.pipeline_depth).await?;
    // A folder may be listed and yet refuse to be opened: STATUS has shown which.
    let mut without_folder = first.without_folder;
    let batch = if pass.careful { 1 } else { dienst.config.move_batch };
    let (mut sets, mut vorgaenge, mut statuses) = (Vec::new(), HashMap::new(), HashMap::new());
    for (folder, candidates) in first.moves {
        if !link.can_open(&folder) {
            without_folder.extend(candidates);
            continue;
        }
        let uids: Vec<Uid> = candidates.iter().map(|candidate| candidate.uid).collect();
        vorgaenge.extend(candidates.iter().map(|candidate| (candidate.uid, candidate.vorgang)));
        sets.extend(MoveSet::pack(&folder, &uids, batch));
        statuses.extend(link.status(&folder).map(|status| (folder, status)));
    }
    sets.sort_by_key(|set| set.uids.uids().iter().any(|uid| pass.troublesome.contains(&vorgaenge[uid])));
    note_missing_folders(config, link, &without_folder);
    for candidate in &without_folder {
        let missing = RefusalClass::NoSuchFolder.as_str();
        report.leave(target_of(&candidate.agentur).map_or(missing, |folder| link.hindrance(&folder)), 1);
    }
    dienst.progress.done(without_folder.len());
    Ok(Packed { sets, vorgaenge, weg, statuses })
}

/// Says so once per list of folders, and not at every poll.
fn note_missing_folders(config: &Postfach, link: &mut Link, without_folder: &[Candidate]) {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for candidate in without_folder {
        *counts.entry(candidate.agentur.as_str()).or_default() += 1;
    }
    for (agentur, count) in counts {
        if link.note_missing(agentur) {
            warn!(mailbox = %config.name, agentur, count, "the folder of this Agentur cannot be opened; its mail stays in INBOX");
        }
    }
}

/// Finds out what became of the messages that no answer proved.
async fn look_after(
    pass: &Pass<'_>,
    link: &mut Link,
    packed: &Packed,
    Flown { unproved, refusals }: &Flown,
    report: &mut CycleReport,
) -> Result<(), CycleError> {
    let Pass { config, dienst, .. } = pass;
    let mut words: HashMap<&FolderName, &'static str> = HashMap::new();
    for (folder, refusal) in refusals.iter().filter(|(_, refusal)| refusal.class != RefusalClass::AlreadyGone) {
        let word = refusal.class.as_str();
        if words.insert(folder, word).is_none() {
            warn!(mailbox = %config.name, folder = %folder, reason = word, "a folder refuses mail; it is left alone for a while");
        }
        link.refuse(folder, word);
    }
    info!(mailbox = %config.name, count = unproved, "the server did not prove these moves; looking for the messages");
    let ours: HashSet<VorgangId> = packed.vorgaenge.values().copied().collect();
    let settled = recovery::settle_open(link, dienst, config, Some(&ours), report).await?;
    for (folder, outcome) in &settled.outcomes {
        match outcome {
            Outcome::NotMoved { .. } => report.leave(words.get(folder).unwrap_or(&"nicht_bestaetigt"), 1),
            Outcome::Ambiguous(_) => report.leave("mehrdeutig", 1),
            Outcome::Moved { .. } | Outcome::Gone => {}
        }
    }
    // Others may be open from before; they are not in this listing.
    let unseen = settled.still_open.iter().filter(|open| ours.contains(&open.vorgang)).count();
    report.leave("nicht_bestaetigt", unseen as u64);
    dienst.progress.done(*unproved);
    reopen_inbox(pass, link).await
}
