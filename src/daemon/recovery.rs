//! What became of an operation whose end nobody saw.
//!
//! Runs before any new work of a mailbox, and after a move that the server did not prove. It asks the server where each
//! message lies, lets [`crate::plan::settle`] judge, and records. Every step can be cut and repeated.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;
use tracing::{info, warn};

use super::dienst::Dienst;
use super::error::CycleError;
use super::link::Link;
use super::report::CycleReport;
use crate::config::Postfach;
use crate::domain::id::{Fingerprint, FolderName, Uid, UidValidity};
use crate::domain::vorgang::{OpenOperation, OperationId, Outcome, Settlement};
use crate::imap::error::{ImapError, RefusalClass};
use crate::imap::fetch::{Identified, identify, identify_from};
use crate::imap::folder;
use crate::plan::settle::{Checked, settle};

/// Settles all open operations of a mailbox. Leaves some folder open that is not INBOX, if there was anything to do.
pub async fn settle_open(
    link: &mut Link,
    dienst: &Dienst,
    config: &Postfach,
    report: &mut CycleReport,
) -> Result<(), CycleError> {
    let open = dienst.ledger.open_operations(&config.name).await?;
    if open.is_empty() {
        return Ok(());
    }
    let in_source = find_in_sources(link, dienst, &open).await?;
    let mut by_target: BTreeMap<FolderName, Vec<&OpenOperation>> = BTreeMap::new();
    for operation in &open {
        by_target.entry(operation.target.clone()).or_default().push(operation);
    }
    for (target, operations) in by_target {
        let checked: Vec<Checked> = operations
            .iter()
            .map(|operation| Checked {
                operation: operation.id,
                fingerprint: operation.fingerprint,
                in_source: in_source.contains(&operation.id),
            })
            .collect();
        let (uidvalidity, found) = find_in_target(link, dienst, config, &target, &operations).await?;
        let settlements = settle(&checked, uidvalidity, &found);
        report.reconciled += settlements.len() as u64;
        report.moved += settlements.iter().filter(|one| matches!(one.outcome, Outcome::Moved { .. })).count() as u64;
        log(config, &settlements);
        dienst.ledger.settle(settlements, Timestamp::now()).await?;
    }
    Ok(())
}

fn log(config: &Postfach, settlements: &[Settlement]) {
    for settlement in settlements {
        let outcome = match settlement.outcome {
            Outcome::Moved { .. } => "moved",
            Outcome::Gone => "handled elsewhere",
            Outcome::NotMoved { .. } => "not moved",
            Outcome::Ambiguous => "ambiguous",
        };
        info!(mailbox = %config.name, operation = settlement.operation.0, outcome, "settled an open operation");
    }
}

/// Which operations' messages still lie in their source folder.
async fn find_in_sources(
    link: &mut Link,
    dienst: &Dienst,
    open: &[OpenOperation],
) -> Result<HashSet<OperationId>, CycleError> {
    let mut by_source: BTreeMap<&FolderName, Vec<&OpenOperation>> = BTreeMap::new();
    for operation in open {
        by_source.entry(&operation.source.folder).or_default().push(operation);
    }
    let mut present = HashSet::new();
    for (source, operations) in by_source {
        let opened = folder::examine(&mut link.session, source).await?;
        let (same, renumbered): (Vec<&OpenOperation>, Vec<_>) =
            operations.into_iter().partition(|operation| operation.source.uidvalidity == opened.uidvalidity);
        if !same.is_empty() {
            let uids: Vec<Uid> = same.iter().map(|operation| operation.source.uid).collect();
            let found: HashSet<(Uid, Fingerprint)> =
                with_fingerprints(dienst, identify(&mut link.session, &uids).await?).collect();
            present.extend(
                same.iter()
                    .filter(|operation| found.contains(&(operation.source.uid, operation.fingerprint)))
                    .map(|operation| operation.id),
            );
        }
        if !renumbered.is_empty() {
            warn!("UIDVALIDITY of a source folder has changed: open operations are looked for by fingerprint");
            // Counted, not only looked up: of two twins one may have gone.
            let mut counts: HashMap<Fingerprint, usize> = HashMap::new();
            for (_, fingerprint) in with_fingerprints(dienst, identify_from(&mut link.session, Uid(1)).await?) {
                *counts.entry(fingerprint).or_default() += 1;
            }
            for operation in renumbered {
                if let Some(count) = counts.get_mut(&operation.fingerprint).filter(|count| **count > 0) {
                    *count -= 1;
                    present.insert(operation.id);
                }
            }
        }
    }
    Ok(present)
}

/// Messages in the target folder that may be the ones moved: new enough, and owned by no Vorgang.
async fn find_in_target(
    link: &mut Link,
    dienst: &Dienst,
    config: &Postfach,
    target: &FolderName,
    operations: &[&OpenOperation],
) -> Result<(UidValidity, Vec<(Uid, Fingerprint)>), CycleError> {
    let opened = match folder::examine(&mut link.session, target).await {
        Ok(opened) => opened,
        // A folder that is gone holds nothing.
        Err(ImapError::Refused { refusal, .. }) if refusal.class == RefusalClass::NoSuchFolder => {
            return Ok((UidValidity(0), Vec::new()));
        }
        Err(error) => return Err(error.into()),
    };
    let same = operations.iter().all(|operation| operation.target_uidvalidity == Some(opened.uidvalidity));
    let lowest = operations.iter().map(|operation| operation.target_uidnext.unwrap_or(Uid(1))).min();
    let from = lowest.filter(|_| same).unwrap_or(Uid(1));
    if opened.exists == 0 {
        return Ok((opened.uidvalidity, Vec::new()));
    }
    let claimed: HashSet<Uid> =
        dienst.ledger.claimed(&config.name, target, opened.uidvalidity).await?.into_iter().collect();
    let found = with_fingerprints(dienst, identify_from(&mut link.session, from).await?)
        .filter(|(uid, _)| !claimed.contains(uid))
        .collect();
    Ok((opened.uidvalidity, found))
}

/// The fingerprints of identified messages.
pub(super) fn with_fingerprints(dienst: &Dienst, found: Vec<Identified>) -> impl Iterator<Item = (Uid, Fingerprint)> {
    found.into_iter().map(|message| (message.uid, dienst.key.fingerprint(&message.fields, message.internal_date)))
}
