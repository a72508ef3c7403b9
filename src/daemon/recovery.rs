//! What became of an operation whose end nobody saw.
//!
//! Runs before any new work of a mailbox, and after a move that the server did not prove. It asks the server where each
//! message lies, lets [`crate::plan::settle`] judge, and records. Every step can be cut and repeated.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;
use tracing::{debug, info, warn};

use super::copying::{self, Finished};
use super::dienst::Dienst;
use super::error::CycleError;
use super::link::Link;
use super::report::CycleReport;
use crate::config::Postfach;
use crate::domain::id::{Fingerprint, FolderName, Place, Uid, UidValidity};
use crate::domain::vorgang::{OpenOperation, OperationId, Outcome, VorgangId, Weg, Zweifel};
use crate::imap::error::{ImapError, RefusalClass};
use crate::imap::fetch::{Identified, identify_from, present};
use crate::imap::folder::{self, Opened};
use crate::plan::settle::{Checked, settle};

/// What was found out.
#[derive(Debug, Default)]
pub struct Settled {
    /// How each settled operation ended, with its target folder.
    pub outcomes: Vec<(FolderName, Outcome)>,
    /// What turned out to be in its source still.
    pub not_moved: Vec<VorgangId>,
    /// Operations that stay open because their target folder cannot be looked into at the moment.
    pub still_open: Vec<Offen>,
}

/// An operation that stays open.
#[derive(Clone, Debug)]
pub struct Offen {
    pub vorgang: VorgangId,
    /// Where the message lay before.
    pub source: Place,
}

impl Offen {
    pub(super) fn of(operation: &OpenOperation) -> Self {
        Offen { vorgang: operation.vorgang, source: operation.source.clone() }
    }
}

/// Settles the open operations of a mailbox; `ours` are those that this cycle has asked for and heard an answer to. Leaves
/// some folder open that is not INBOX, if there was anything to do.
pub async fn settle_open(
    link: &mut Link,
    dienst: &Dienst,
    config: &Postfach,
    ours: Option<&HashSet<VorgangId>>,
    report: &mut CycleReport,
) -> Result<Settled, CycleError> {
    let mut settled = Settled::default();
    let open = dienst.ledger.open_operations(&config.name).await?;
    if open.is_empty() {
        return Ok(settled);
    }
    let (copied, open): (Vec<_>, Vec<_>) = open.into_iter().partition(|operation| operation.kopie.is_some());
    finish_copies(link, dienst, config, &copied, report, &mut settled).await?;
    // Old rows, or another key: what lies in a folder may not be recognised.
    let unsure = dienst.ledger.verlustlage(&config.name).await?.is_some_and(|verlust| !verlust.wiederaufgebaut);
    let doubt = Doubt { ours, unsure };
    let in_source = find_in_sources(link, dienst, config, &open).await?;
    let mut by_target: BTreeMap<FolderName, Vec<&OpenOperation>> = BTreeMap::new();
    for operation in &open {
        by_target.entry(operation.target.clone()).or_default().push(operation);
    }
    for (target, mut operations) in by_target {
        let mut found = Found::default();
        // A message that is still in its source need not be looked for, so a folder that cannot be opened does not keep
        // its mail from being tried again. Unless it may have been copied: then it may be in both.
        let is_decided = |operation: &OpenOperation| operation.weg == Weg::Move && in_source.contains(&operation.id);
        if !operations.iter().all(|operation| is_decided(operation)) {
            match look_into_target(link, dienst, config, &target, &operations).await? {
                Some(seen) => found = seen,
                None => {
                    let unseen = operations.extract_if(.., |operation| !is_decided(operation));
                    settled.still_open.extend(unseen.map(Offen::of));
                }
            }
        }
        record(dienst, config, &target, &operations, &in_source, &found, &doubt, report, &mut settled).await?;
    }
    let count = |wanted: fn(&Outcome) -> bool| settled.outcomes.iter().filter(|(_, outcome)| wanted(outcome)).count();
    info!(
        mailbox = %config.name,
        moved = count(|outcome| matches!(outcome, Outcome::Moved { .. })),
        not_moved = count(|outcome| matches!(outcome, Outcome::NotMoved { .. })),
        handled_elsewhere = count(|outcome| matches!(outcome, Outcome::Gone)),
        still_open = settled.still_open.len(),
        "settled open operations"
    );
    Ok(settled)
}

/// Why it is not known how operations ended.
struct Doubt<'a> {
    /// Those whose answer was heard, if any was.
    ours: Option<&'a HashSet<VorgangId>>,
    unsure: bool,
}

impl Doubt<'_> {
    fn of(&self, vorgang: VorgangId) -> Zweifel {
        match self.ours {
            Some(ours) if ours.contains(&vorgang) => Zweifel::Unerkannt,
            _ => Zweifel::Unterbrochen,
        }
    }
}

#[expect(clippy::too_many_arguments, reason = "one step of the loop above, under a name")]
async fn record(
    dienst: &Dienst,
    config: &Postfach,
    target: &FolderName,
    operations: &[&OpenOperation],
    in_source: &HashSet<OperationId>,
    found: &Found,
    doubt: &Doubt<'_>,
    report: &mut CycleReport,
    settled: &mut Settled,
) -> Result<(), CycleError> {
    let checked: Vec<Checked> = operations
        .iter()
        .map(|operation| Checked {
            operation: operation.id,
            fingerprint: operation.fingerprint,
            in_source: in_source.contains(&operation.id),
            weg: operation.weg,
            zweifel: doubt.of(operation.vorgang),
            unsure: doubt.unsure,
        })
        .collect();
    let settlements = settle(&checked, found.uidvalidity, &found.messages);
    dienst.ledger.settle(settlements.clone(), Timestamp::now()).await?;
    for (operation, settlement) in operations.iter().zip(settlements) {
        debug!(mailbox = %config.name, operation = settlement.operation.0, outcome = ?settlement.outcome, "settled");
        report.reconciled += 1;
        match settlement.outcome {
            Outcome::Moved { .. } => report.moved += 1,
            Outcome::NotMoved { .. } => settled.not_moved.push(operation.vorgang),
            Outcome::Gone | Outcome::Ambiguous(_) => {}
        }
        settled.outcomes.push((target.clone(), settlement.outcome));
    }
    Ok(())
}

/// Finishes messages that were copied and whose source may still be there.
async fn finish_copies(
    link: &mut Link,
    dienst: &Dienst,
    config: &Postfach,
    copied: &[OpenOperation],
    report: &mut CycleReport,
    settled: &mut Settled,
) -> Result<(), CycleError> {
    if !config.betriebsart.moves() {
        settled.still_open.extend(copied.iter().map(Offen::of));
        return Ok(());
    }
    let Finished { outcomes, still_open } = copying::finish(link, dienst, config, copied).await?;
    settled.still_open.extend(still_open);
    for (_, target, outcome) in outcomes {
        report.reconciled += 1;
        report.moved += u64::from(matches!(outcome, Outcome::Moved { .. }));
        settled.outcomes.push((target, outcome));
    }
    Ok(())
}

/// Which operations' messages still lie in their source folder.
async fn find_in_sources(
    link: &mut Link,
    dienst: &Dienst,
    config: &Postfach,
    open: &[OpenOperation],
) -> Result<HashSet<OperationId>, CycleError> {
    let mut by_source: BTreeMap<&FolderName, Vec<&OpenOperation>> = BTreeMap::new();
    for operation in open {
        by_source.entry(&operation.source.folder).or_default().push(operation);
    }
    let mut here = HashSet::new();
    for (source, operations) in by_source {
        let opened = folder::examine(&mut link.session, source).await?;
        let (same, renumbered): (Vec<&OpenOperation>, Vec<_>) =
            operations.into_iter().partition(|operation| operation.source.uidvalidity == opened.uidvalidity);
        // While UIDVALIDITY stays, a UID never names another message (RFC 3501, 2.3.1.1): that it answers is enough. Its
        // fingerprint would say less: the key may be another one now, and Exchange may show other headers.
        let uids: Vec<Uid> = same.iter().map(|operation| operation.source.uid).collect();
        let answering = present(&mut link.session, &uids).await?;
        here.extend(
            same.iter().filter(|operation| answering.contains(&operation.source.uid)).map(|operation| operation.id),
        );
        if !renumbered.is_empty() {
            warn!(mailbox = %config.name, "UIDVALIDITY of a source folder has changed: open operations are looked for by fingerprint");
            here.extend(find_renumbered(link, dienst, &opened, &renumbered).await?.into_keys());
        }
    }
    Ok(here)
}

/// The same by fingerprint, with the new UIDs. Each message counts once: of two twins one may have gone.
pub(super) async fn find_renumbered(
    link: &mut Link,
    dienst: &Dienst,
    opened: &Opened,
    operations: &[&OpenOperation],
) -> Result<HashMap<OperationId, Uid>, CycleError> {
    if operations.is_empty() {
        return Ok(HashMap::new());
    }
    let mut found: HashMap<Fingerprint, Vec<Uid>> =
        operations.iter().map(|operation| (operation.fingerprint, Vec::new())).collect();
    identify_from(&mut link.session, opened, Uid(1), |message| {
        if let Some(uids) = found.get_mut(&fingerprint(dienst, &message)) {
            uids.push(message.uid);
        }
    })
    .await?;
    let take = |operation: &&OpenOperation| Some((operation.id, found.get_mut(&operation.fingerprint)?.pop()?));
    Ok(operations.iter().filter_map(take).collect())
}

/// What a target folder holds that may be what was moved.
#[derive(Debug)]
struct Found {
    uidvalidity: UidValidity,
    messages: Vec<(Uid, Fingerprint)>,
}

impl Default for Found {
    fn default() -> Self {
        Found { uidvalidity: UidValidity(0), messages: Vec::new() }
    }
}

/// Messages in the target folder that are new enough, owned by no Vorgang, and carry a fingerprint that is looked for.
/// `None`: the folder cannot be opened at the moment.
async fn look_into_target(
    link: &mut Link,
    dienst: &Dienst,
    config: &Postfach,
    target: &FolderName,
    operations: &[&OpenOperation],
) -> Result<Option<Found>, CycleError> {
    let opened = match folder::examine(&mut link.session, target).await {
        Ok(opened) => opened,
        // A folder that is gone holds nothing.
        Err(ImapError::Refused { refusal, .. }) if refusal.class == RefusalClass::NoSuchFolder => {
            return Ok(Some(Found::default()));
        }
        Err(ImapError::Refused { refusal, .. }) if !refusal.concerns_account() => {
            warn!(mailbox = %config.name, folder = %target, reason = refusal.class.as_str(), "a target folder cannot be opened; its operations stay open");
            return Ok(None);
        }
        Err(error) => return Err(error.into()),
    };
    let same = operations.iter().all(|operation| operation.target_uidvalidity == Some(opened.uidvalidity));
    let lowest = operations.iter().map(|operation| operation.target_uidnext.unwrap_or(Uid(1))).min();
    let from = lowest.filter(|_| same).unwrap_or(Uid(1));
    let wanted: HashSet<Fingerprint> = operations.iter().map(|operation| operation.fingerprint).collect();
    let claimed: HashSet<Uid> =
        dienst.ledger.claimed(&config.name, target, opened.uidvalidity).await?.into_iter().collect();
    let mut messages = Vec::new();
    let looked = identify_from(&mut link.session, &opened, from, |message| {
        let fingerprint = fingerprint(dienst, &message);
        if wanted.contains(&fingerprint) && !claimed.contains(&message.uid) {
            messages.push((message.uid, fingerprint));
        }
    })
    .await;
    if unless_refused(looked)?.is_none() {
        warn!(mailbox = %config.name, folder = %target, "a message of a target folder cannot be identified; the operations on that folder stay open");
        return Ok(None);
    }
    link.learn(target, &opened);
    Ok(Some(Found { uidvalidity: opened.uidvalidity, messages }))
}

/// `None`: refused for a reason of that folder or message; the connection is as good as before.
pub(super) fn unless_refused<T>(result: Result<T, ImapError>) -> Result<Option<T>, ImapError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(ImapError::Refused { refusal, .. }) if !refusal.concerns_account() => Ok(None),
        Err(error) => Err(error),
    }
}

/// The fingerprint of an identified message.
pub(super) fn fingerprint(dienst: &Dienst, message: &Identified) -> Fingerprint {
    dienst.key.fingerprint(&message.fields, message.internal_date)
}
