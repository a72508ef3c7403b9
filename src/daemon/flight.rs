//! Sets of moves on their way: intents, commands, proofs.
//!
//! The order is the promise: the intents of a flight are one durable commit, then its commands go out, then what the
//! server has proved is one commit. Whatever happens in between, the open intents tell the next pass what to look for.

use std::collections::HashMap;

use jiff::Timestamp;
use tracing::warn;

use super::cycle::Pass;
use super::error::CycleError;
use super::link::Link;
use super::report::CycleReport;
use crate::domain::id::{FolderName, Place, Uid};
use crate::domain::vorgang::{Intent, OperationId, Outcome, Settlement, VorgangId, Weg};
use crate::imap::command::Verb;
use crate::imap::error::{ImapError, Refusal};
use crate::imap::folder::Status;
use crate::imap::mover::{MoveSet, Proof, send_sets};

/// Messages sorted into sets by folder.
pub(super) struct Packed {
    pub(super) sets: Vec<MoveSet>,
    pub(super) vorgaenge: HashMap<Uid, VorgangId>,
    pub(super) weg: Weg,
    /// What STATUS said of the target folders.
    pub(super) statuses: HashMap<FolderName, Status>,
}

/// What came of all flights.
#[derive(Default)]
pub(super) struct Flown {
    /// Messages whose move is not proved; their operations stay open.
    pub(super) unproved: usize,
    pub(super) refusals: Vec<(FolderName, Refusal)>,
}

/// Sets whose commands are under way together, and their recorded intents.
pub(super) struct Flight {
    pub(super) sets: Vec<MoveSet>,
    pub(super) operations: HashMap<Uid, OperationId>,
}

/// Moves all sets by UID MOVE, one flight after the other.
///
/// While the server works on a flight, the ledger works on its neighbours: it records what the one before has proved
/// and what the next one intends. So neither waits for the other, and the order of the promise holds for each flight. A
/// careful pass intends nothing ahead: if the connection is lost, the one open operation tells over which message.
pub(super) async fn fly_all(
    pass: &Pass<'_>,
    link: &mut Link,
    packed: &Packed,
    report: &mut CycleReport,
) -> Result<Flown, CycleError> {
    let Pass { dienst, .. } = pass;
    let depth = if pass.careful { 1 } else { dienst.config.pipeline_depth };
    let mut flights = packed.sets.chunks(depth);
    let mut flown = Flown::default();
    let mut proved = Vec::new();
    let mut next = intend(pass, packed, flights.next(), report).await?;
    while let Some(flight) = next.take() {
        let (answer, recorded) = tokio::join!(send_sets(&mut link.session, Weg::Move, &flight.sets), async {
            settle(pass, &mut proved, report).await?;
            // No intent for what will not be asked for any more.
            if pass.careful || dienst.stop.is_cancelled() {
                return Ok(None);
            }
            intend(pass, packed, flights.next(), report).await
        });
        flown.unproved += flight.operations.len();
        for (uid, proof) in &answer.proofs {
            if let Proof::There { uidvalidity, uid: new } = *proof {
                let outcome = Outcome::Moved { uidvalidity, uid: new };
                proved.push(Settlement { operation: flight.operations[uid], outcome });
                flown.unproved -= 1;
            }
        }
        flown.refusals.extend(answer.refusals);
        // A server that hangs up behind a refusal has said why.
        let trouble = account_trouble(&flown.refusals).or(answer.error);
        match (recorded, trouble) {
            (Ok(following), None) => next = following,
            (recorded, trouble) => {
                // Whatever ended the flights: what is proved is recorded before anything else is said.
                settle(pass, &mut proved, report).await?;
                recorded?;
                trouble.map_or(Ok(()), |error| Err(CycleError::from(error)))?;
            }
        }
        if pass.careful && !dienst.stop.is_cancelled() {
            settle(pass, &mut proved, report).await?;
            next = intend(pass, packed, flights.next(), report).await?;
        }
    }
    settle(pass, &mut proved, report).await?;
    if dienst.stop.is_cancelled() { Err(CycleError::Stopped) } else { Ok(flown) }
}

/// Records the intents of a flight in one durable commit. What contradicts the ledger is left out and stays; that is no
/// reason to leave the others.
pub(super) async fn intend(
    pass: &Pass<'_>,
    packed: &Packed,
    sets: Option<&[MoveSet]>,
    report: &mut CycleReport,
) -> Result<Option<Flight>, CycleError> {
    let Some(sets) = sets else { return Ok(None) };
    let mut sets = sets.to_vec();
    loop {
        let intents = intents(pass, packed, &sets);
        let uids: Vec<Uid> = intents.iter().map(|intent| intent.source.uid).collect();
        match pass.dienst.ledger.intend(&pass.config.name, intents, Timestamp::now()).await {
            Ok(operations) => {
                return Ok(Some(Flight { sets, operations: uids.into_iter().zip(operations).collect() }));
            }
            Err(error) => {
                let refused = error.refused_vorgang().ok_or(error)?;
                let Some(uid) = uids.into_iter().find(|uid| packed.vorgaenge.get(uid) == Some(&refused)) else {
                    return Err(CycleError::UnknownRefusal);
                };
                warn!(mailbox = %pass.config.name, vorgang = refused.0, "the journal knows another end of this message's move; it stays for a person");
                sets = sets.iter().filter_map(|set| set.without(uid)).collect();
                report.leave("journal_widerspruch", 1);
                pass.dienst.progress.done(1);
            }
        }
    }
}

fn intents(pass: &Pass<'_>, packed: &Packed, sets: &[MoveSet]) -> Vec<Intent> {
    let mut intents = Vec::new();
    for set in sets {
        let status = packed.statuses.get(&set.target);
        intents.extend(set.uids.uids().iter().map(|&uid| Intent {
            vorgang: packed.vorgaenge[&uid],
            weg: packed.weg,
            source: Place { folder: FolderName::inbox(), uidvalidity: pass.inbox.uidvalidity, uid },
            target: set.target.clone(),
            target_uidvalidity: status.map(|status| status.uidvalidity),
            target_uidnext: status.and_then(|status| status.uidnext),
        }));
    }
    intents
}

/// Records what is proved, if anything is.
async fn settle(pass: &Pass<'_>, proved: &mut Vec<Settlement>, report: &mut CycleReport) -> Result<(), CycleError> {
    let settlements = std::mem::take(proved);
    let moved = settlements.len();
    if moved > 0 {
        pass.dienst.ledger.settle(settlements, Timestamp::now()).await?;
        pass.dienst.progress.done(moved);
        report.moved += moved as u64;
    }
    Ok(())
}

/// A refusal that concerns the whole account and not one folder ends the pass.
pub(super) fn account_trouble(refusals: &[(FolderName, Refusal)]) -> Option<ImapError> {
    refusals
        .iter()
        .find(|(_, refusal)| refusal.concerns_account())
        .map(|(_, refusal)| ImapError::Refused { verb: Verb::Move, refusal: *refusal })
}
