//! The journal of moves: written before the server is asked, closed with what the server proved.
//!
//! ```text
//! intend -> absicht [-> copied] -> settle -> verschoben | verschwunden | mehrdeutig      for good
//!              ^                             abgelehnt                                   may be tried again
//!              '----------- intend --------------'
//! ```
//!
//! On a server without MOVE a message is copied first; `copied` notes that the server has proved the copy, and only then
//! is the source deleted.
//!
//! What is still `absicht` after a crash may or may not have reached the server; the daemon finds out and settles it.

use jiff::Timestamp;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::error::{Failure, Refusal};
use super::event;
use super::key::{KeyedPlace, Keys};
use super::place;
use crate::domain::ereignis::Art;
use crate::domain::id::{Fingerprint, FolderName, Place, Uid, UidValidity};
use crate::domain::vorgang::{
    Haltegrund, Intent, Kopie, OpenOperation, OperationId, Outcome, Settlement, VorgangId, Weg, Zweifel,
};

/// Notes intended moves, and gives when the newest of these messages arrived; see `Ledger::intend`.
pub(super) fn intend(
    transaction: &Transaction<'_>,
    postfach: &str,
    intents: &[Intent],
    at: Timestamp,
) -> Result<(Vec<OperationId>, Timestamp), Failure> {
    let mut keys = Keys::new(transaction, postfach)?;
    let mut operations = Vec::with_capacity(intents.len());
    let mut newest = Timestamp::UNIX_EPOCH;
    for intent in intents {
        let source = keys.place(&intent.source)?;
        let target = keys.folder(&intent.target)?;
        let operation = match find_reopenable(transaction, keys.postfach(), source, intent)? {
            Some(operation) => reopen(transaction, operation, target, intent, at)?,
            None => open(transaction, source, target, intent, at)?,
        };
        operations.push(operation);
        let eingang = transaction
            .prepare_cached("SELECT eingang FROM vorgang WHERE id = ?1")?
            .query_row([intent.vorgang.0], |row| row.get(0))?;
        newest = newest.max(place::timestamp(eingang)?);
    }
    Ok((operations, newest))
}

/// Refuses what contradicts the ledger, or could not be found again after a crash because its pseudonym has just expired; the
/// operation of an earlier, refused attempt if there was one.
fn find_reopenable(
    transaction: &Transaction<'_>,
    postfach: i64,
    source: KeyedPlace,
    intent: &Intent,
) -> Result<Option<OperationId>, Failure> {
    let KeyedPlace { folder, uidvalidity, uid } = source;
    let vorgang = intent.vorgang;
    let (in_place, pinned, tried): (bool, bool, Option<(i64, bool)>) = transaction
        .prepare_cached(
            "SELECT vorgang.folder = ?3 AND vorgang.uidvalidity = ?4 AND vorgang.uid = ?5 AND vorgang.gone_at IS NULL
                        AND vorgang.entlinkt = 0,
                    vorgang.festgehalten, operation.id, operation.state = 'abgelehnt'
             FROM vorgang LEFT JOIN operation ON operation.source_folder = ?3 AND operation.source_uidvalidity = ?4
                AND operation.source_uid = ?5 AND operation.kind = 'move'
             WHERE vorgang.id = ?1 AND vorgang.postfach = ?2",
        )?
        .query_row(params![vorgang.0, postfach, folder, uidvalidity, uid], |row| {
            let operation: Option<i64> = row.get(2)?;
            let tried = match operation {
                Some(operation) => Some((operation, row.get(3)?)),
                None => None,
            };
            Ok((row.get(0)?, row.get(1)?, tried))
        })
        .optional()?
        .ok_or(Refusal::UnknownVorgang(vorgang))?;
    match tried {
        Some((operation, false)) => Err(Refusal::AlreadyTried { vorgang, operation: OperationId(operation) }.into()),
        _ if !in_place => Err(Refusal::NotThere(vorgang).into()),
        _ if pinned => Err(Refusal::Pinned(vorgang).into()),
        tried => Ok(tried.map(|(operation, _)| OperationId(operation))),
    }
}

fn open(
    transaction: &Transaction<'_>,
    source: KeyedPlace,
    target: i64,
    intent: &Intent,
    at: Timestamp,
) -> Result<OperationId, Failure> {
    transaction
        .prepare_cached(
            "INSERT INTO operation (vorgang, source_folder, source_uidvalidity, source_uid, target_folder,
                target_uidvalidity, target_uidnext, weg, intended_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute(params![
            intent.vorgang.0,
            source.folder,
            source.uidvalidity,
            source.uid,
            target,
            intent.target_uidvalidity.map(|number| number.0),
            intent.target_uidnext.map(|number| number.0),
            intent.weg.as_str(),
            at.as_millisecond(),
        ])?;
    Ok(OperationId(transaction.last_insert_rowid()))
}

fn reopen(
    transaction: &Transaction<'_>,
    operation: OperationId,
    target: i64,
    intent: &Intent,
    at: Timestamp,
) -> Result<OperationId, Failure> {
    transaction
        .prepare_cached(
            "UPDATE operation SET state = 'absicht', attempt = attempt + 1, grund = '', settled_at = NULL,
                vorgang = ?2, target_folder = ?3, target_uidvalidity = ?4, target_uidnext = ?5, weg = ?6,
                kopie_uid = NULL, intended_at = ?7
             WHERE id = ?1",
        )?
        .execute(params![
            operation.0,
            intent.vorgang.0,
            target,
            intent.target_uidvalidity.map(|number| number.0),
            intent.target_uidnext.map(|number| number.0),
            intent.weg.as_str(),
            at.as_millisecond(),
        ])?;
    Ok(operation)
}

/// Notes copies that the server has proved; see `Ledger::copied`.
pub(super) fn copied(transaction: &Transaction<'_>, kopien: &[Kopie]) -> Result<(), Failure> {
    for Kopie { operation, uidvalidity, uid } in kopien {
        let target: i64 = transaction
            .prepare_cached("SELECT target_folder FROM operation WHERE id = ?1 AND state = 'absicht' AND weg = 'copy'")?
            .query_row([operation.0], |row| row.get(0))
            .optional()?
            .ok_or(Refusal::UnknownOperation(*operation))?;
        // A place that somebody else has proves nothing: the operation stays without a copy, and is looked into.
        transaction
            .prepare_cached(
                "UPDATE operation SET kopie_uid = ?3, target_uidvalidity = ?2
                 WHERE id = ?1
                    AND NOT EXISTS (SELECT 1 FROM vorgang
                        WHERE folder = ?4 AND uidvalidity = ?2 AND uid = ?3 AND gone_at IS NULL)
                    AND NOT EXISTS (SELECT 1 FROM operation AS other
                        WHERE other.id <> ?1 AND other.state = 'absicht' AND other.target_folder = ?4
                            AND other.target_uidvalidity = ?2 AND other.kopie_uid = ?3)",
            )?
            .execute(params![operation.0, uidvalidity.0, uid.0, target])?;
    }
    Ok(())
}

/// Notes how operations ended and returns how many events that added; see `Ledger::settle`.
pub(super) fn settle(transaction: &Transaction<'_>, settlements: &[Settlement], at: Timestamp) -> Result<u64, Failure> {
    let mut events = 0;
    for settlement in settlements {
        events += settle_one(transaction, settlement, at.as_millisecond())?;
    }
    Ok(events)
}

struct Journalled {
    vorgang: VorgangId,
    state: String,
    target_folder: i64,
    target_uidvalidity: Option<u32>,
    target_uid: Option<u32>,
}

fn settle_one(transaction: &Transaction<'_>, settlement: &Settlement, at: i64) -> Result<u64, Failure> {
    let Settlement { operation, outcome } = settlement;
    let journalled = transaction
        .prepare_cached(
            "SELECT vorgang, state, target_folder, target_uidvalidity, target_uid FROM operation WHERE id = ?1",
        )?
        .query_row([operation.0], |row| {
            Ok(Journalled {
                vorgang: VorgangId(row.get(0)?),
                state: row.get(1)?,
                target_folder: row.get(2)?,
                target_uidvalidity: row.get(3)?,
                target_uid: row.get(4)?,
            })
        })
        .optional()?
        .ok_or(Refusal::UnknownOperation(*operation))?;
    if journalled.state != "absicht" {
        return match journalled.ended_as(outcome) {
            true => Ok(0),
            false => Err(Refusal::OtherwiseSettled(*operation).into()),
        };
    }
    close(transaction, *operation, outcome, at)?;
    let vorgang = journalled.vorgang;
    let art = match outcome {
        Outcome::Moved { uidvalidity, uid } => {
            let folder = journalled.target_folder;
            let target = KeyedPlace { folder, uidvalidity: uidvalidity.0, uid: uid.0 };
            place::put(transaction, vorgang, target, Some(at))?;
            if !is_for_an_agentur(transaction, vorgang)? {
                // Set aside: nobody has it now, and no hand-over is counted.
                return Ok(0);
            }
            Art::Uebergeben
        }
        Outcome::Gone => {
            // It may have been seen somewhere else meanwhile.
            transaction
                .prepare_cached(
                    "UPDATE vorgang SET gone_at = ?2 WHERE id = ?1 AND gone_at IS NULL
                        AND (folder, uidvalidity, uid) =
                            (SELECT source_folder, source_uidvalidity, source_uid FROM operation WHERE id = ?3)",
                )?
                .execute([vorgang.0, at, operation.0])?;
            Art::Anderswo
        }
        Outcome::NotMoved { .. } => return Ok(0),
        Outcome::Ambiguous(_) => {
            place::hold(transaction, vorgang, Haltegrund::Mehrdeutig)?;
            Art::Mehrdeutig
        }
    };
    event::add(transaction, vorgang, Some(*operation), art, at)?;
    Ok(1)
}

fn is_for_an_agentur(transaction: &Transaction<'_>, vorgang: VorgangId) -> rusqlite::Result<bool> {
    transaction
        .prepare_cached("SELECT agentur IS NOT NULL FROM vorgang WHERE id = ?1")?
        .query_row([vorgang.0], |row| row.get(0))
}

fn close(transaction: &Transaction<'_>, operation: OperationId, outcome: &Outcome, at: i64) -> Result<(), Failure> {
    let (place, grund) = match outcome {
        Outcome::Moved { uidvalidity, uid } => (Some((uidvalidity.0, uid.0)), ""),
        Outcome::NotMoved { grund } => (None, *grund),
        Outcome::Ambiguous(zweifel) => (None, zweifel.as_str()),
        Outcome::Gone => (None, ""),
    };
    transaction
        .prepare_cached(
            "UPDATE operation SET state = ?2, grund = ?3, settled_at = ?4,
                target_uidvalidity = COALESCE(?5, target_uidvalidity), target_uid = ?6
             WHERE id = ?1",
        )?
        .execute(params![
            operation.0,
            state(outcome),
            grund,
            at,
            place.map(|(uidvalidity, _)| uidvalidity),
            place.map(|(_, uid)| uid),
        ])?;
    Ok(())
}

impl Journalled {
    fn ended_as(&self, outcome: &Outcome) -> bool {
        self.state == state(outcome)
            && match outcome {
                Outcome::Moved { uidvalidity, uid } => {
                    (self.target_uidvalidity, self.target_uid) == (Some(uidvalidity.0), Some(uid.0))
                }
                _ => true,
            }
    }
}

fn state(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Moved { .. } => "verschoben",
        Outcome::Gone => "verschwunden",
        Outcome::NotMoved { .. } => "abgelehnt",
        Outcome::Ambiguous(_) => "mehrdeutig",
    }
}

/// The operations of a mailbox whose end is not recorded, oldest first; see `Ledger::open_operations`.
pub(super) fn open_operations(connection: &Connection, postfach: &str) -> Result<Vec<OpenOperation>, Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT operation.id, operation.vorgang, source.name, operation.source_uidvalidity, operation.source_uid,
                target.name, operation.target_uidvalidity, operation.target_uidnext, vorgang.fingerprint,
                operation.attempt, operation.weg, operation.kopie_uid
         FROM operation
         JOIN folder AS source ON source.id = operation.source_folder
         JOIN folder AS target ON target.id = operation.target_folder
         JOIN postfach ON postfach.id = source.postfach
         JOIN vorgang ON vorgang.id = operation.vorgang
         WHERE operation.state = 'absicht' AND postfach.name = ?1
         ORDER BY operation.id",
    )?;
    let rows = statement.query_map([postfach], open_operation)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn open_operation(row: &Row<'_>) -> rusqlite::Result<OpenOperation> {
    let target_uidvalidity = row.get::<_, Option<u32>>(6)?.map(UidValidity);
    let weg: String = row.get(10)?;
    Ok(OpenOperation {
        id: OperationId(row.get(0)?),
        vorgang: VorgangId(row.get(1)?),
        source: Place { folder: FolderName(row.get(2)?), uidvalidity: UidValidity(row.get(3)?), uid: Uid(row.get(4)?) },
        target: FolderName(row.get(5)?),
        target_uidvalidity,
        target_uidnext: row.get::<_, Option<u32>>(7)?.map(Uid),
        fingerprint: Fingerprint(row.get(8)?),
        attempt: row.get(9)?,
        weg: Weg::from_word(&weg).ok_or(rusqlite::Error::InvalidColumnType(10, weg, Type::Text))?,
        kopie: target_uidvalidity.zip(row.get::<_, Option<u32>>(11)?.map(Uid)),
    })
}

/// How many copies could not be recognised; see `Ledger::ambiguous_copies`.
pub(super) fn ambiguous_copies(connection: &Connection, postfach: &str, since: Timestamp) -> Result<u64, Failure> {
    let count: i64 = connection
        .prepare_cached(
            "SELECT count(*) FROM operation
             JOIN folder ON folder.id = operation.source_folder JOIN postfach ON postfach.id = folder.postfach
             WHERE operation.state = 'mehrdeutig' AND operation.weg = 'copy' AND operation.grund = ?3
                AND operation.settled_at >= ?2 AND postfach.name = ?1",
        )?
        .query_row(params![postfach, since.as_millisecond(), Zweifel::Unerkannt.as_str()], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}
