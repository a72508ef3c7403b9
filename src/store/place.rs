//! Where each Vorgang lies.

use std::collections::HashMap;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::error::{Failure, Refusal};
use super::event;
use super::key::{self, KeyedPlace, Keys};
use super::nebenstueck;
use crate::domain::ereignis::Ereignis;
use crate::domain::id::{Fingerprint, FolderName, Place, RegelwerkVersion, Uid, UidValidity};
use crate::domain::vorgang::{Haltegrund, KnownMail, Sighting, VorgangId};

/// Notes that a Vorgang lies there now; `handed_over` if the program moved it there, and when.
///
/// # Errors
/// [`Refusal::PlaceTaken`] if another one does, unless the server has just proved this one: then the other one must
/// have left, though nobody saw it (a folder made anew with its old UIDVALIDITY).
pub(super) fn put(
    transaction: &Transaction<'_>,
    vorgang: VorgangId,
    place: KeyedPlace,
    handed_over: Option<i64>,
) -> Result<(), Failure> {
    let KeyedPlace { folder, uidvalidity, uid } = place;
    let owner: Option<(i64, Option<i64>)> = transaction
        .prepare_cached(
            "SELECT id, uebergeben_am FROM vorgang
             WHERE folder = ?1 AND uidvalidity = ?2 AND uid = ?3 AND gone_at IS NULL AND id <> ?4",
        )?
        .query_row(params![folder, uidvalidity, uid, vorgang.0], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    // It may have been taken for a copy before it was known whose move it was.
    nebenstueck::remove(transaction, place)?;
    match (owner, handed_over) {
        (None, _) => {}
        (Some((owner, since)), Some(at)) if since != Some(at) => {
            transaction.prepare_cached("UPDATE vorgang SET gone_at = ?2 WHERE id = ?1")?.execute([owner, at])?;
        }
        // No proof, or one answer that gives two messages one place.
        (Some((owner, _)), _) => {
            return Err(Refusal::PlaceTaken { wanted: vorgang, owner: VorgangId(owner) }.into());
        }
    }
    transaction
        .prepare_cached(
            "UPDATE vorgang SET folder = ?2, uidvalidity = ?3, uid = ?4, gone_at = NULL, vermisst_runden = 0, abgeschlossen = 0,
                offen_seit = CASE WHEN ?5 IS NULL THEN offen_seit END,
                uebergeben_am = COALESCE(?5, uebergeben_am)
             WHERE id = ?1",
        )?
        .execute(params![vorgang.0, folder, uidvalidity, uid, handed_over])?;
    Ok(())
}

/// Rules never move it again.
pub(super) fn hold(transaction: &Transaction<'_>, vorgang: VorgangId, grund: Haltegrund) -> rusqlite::Result<()> {
    transaction
        .prepare_cached("UPDATE vorgang SET festgehalten = 1, haltegrund = ?2 WHERE id = ?1")?
        .execute(params![vorgang.0, grund.as_str()])?;
    Ok(())
}

/// Why rules must not move it, if they must not.
pub(super) fn haltegrund(connection: &Connection, vorgang: VorgangId) -> rusqlite::Result<Option<Haltegrund>> {
    connection
        .prepare_cached("SELECT CASE WHEN festgehalten THEN haltegrund END FROM vorgang WHERE id = ?1")?
        .query_row([vorgang.0], halt)
}

fn halt(row: &Row<'_>) -> rusqlite::Result<Option<Haltegrund>> {
    let last = row.as_ref().column_count() - 1;
    Ok(row.get::<_, Option<String>>(last)?.map(|word| Haltegrund::from_word(&word)))
}

/// Notes that a person put it there; see `Ledger::pin`.
pub(super) fn pin(
    transaction: &Transaction<'_>,
    vorgang: VorgangId,
    place: &Place,
    ereignisse: &[Ereignis],
    at: Timestamp,
) -> Result<(), Failure> {
    let postfach: String = transaction
        .prepare_cached(
            "SELECT postfach.name FROM vorgang JOIN postfach ON postfach.id = vorgang.postfach WHERE vorgang.id = ?1",
        )?
        .query_row([vorgang.0], |row| row.get(0))
        .optional()?
        .ok_or(Refusal::UnknownVorgang(vorgang))?;
    let keyed = Keys::new(transaction, &postfach)?.place(place)?;
    let KeyedPlace { folder, uidvalidity, uid } = keyed;
    let done: bool = transaction
        .prepare_cached(
            "SELECT festgehalten = 1 AND folder = ?2 AND uidvalidity = ?3 AND uid = ?4 AND gone_at IS NULL
             FROM vorgang WHERE id = ?1",
        )?
        .query_row(params![vorgang.0, folder, uidvalidity, uid], |row| row.get(0))?;
    if done {
        return Ok(());
    }
    put(transaction, vorgang, keyed, None)?;
    hold(transaction, vorgang, Haltegrund::Zurueckgegeben)?;
    for ereignis in ereignisse {
        event::add_observed(transaction, vorgang, ereignis, at.as_millisecond())?;
    }
    transaction
        .prepare_cached("UPDATE vorgang SET offen_seit = NULL, abgeschlossen = 0 WHERE id = ?1")?
        .execute([vorgang.0])?;
    Ok(())
}

/// Notes that messages are no longer listed; see `Ledger::gone`.
pub(super) fn gone(
    transaction: &Transaction<'_>,
    postfach: &str,
    folder: &FolderName,
    uidvalidity: UidValidity,
    uids: &[Uid],
    at: Timestamp,
) -> Result<(), Failure> {
    let Some(folder) = key::find_folder(transaction, postfach, folder)? else {
        return Ok(());
    };
    let Some(postfach) = key::find_postfach(transaction, postfach)? else {
        return Ok(());
    };
    leave(transaction, postfach, folder, uidvalidity.0, uids, at.as_millisecond())
}

/// The same in numbers. A Vorgang of which a copy lies in a watched folder lies there from now on.
pub(super) fn leave(
    transaction: &Transaction<'_>,
    postfach: i64,
    folder: i64,
    uidvalidity: u32,
    uids: &[Uid],
    at: i64,
) -> Result<(), Failure> {
    for uid in uids {
        nebenstueck::leave(transaction, KeyedPlace { folder, uidvalidity, uid: uid.0 }, at)?;
        let left: Option<(i64, [u8; 16])> = transaction
            .prepare_cached(
                "UPDATE vorgang SET gone_at = ?4, vermisst_runden = 0
                 WHERE folder = ?1 AND uidvalidity = ?2 AND uid = ?3 AND gone_at IS NULL
                 RETURNING id, fingerprint",
            )?
            .query_row(params![folder, uidvalidity, uid.0, at], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let Some((vorgang, fingerprint)) = left else { continue };
        if let Some(copy) = nebenstueck::take_copy(transaction, postfach, Fingerprint(fingerprint))? {
            put(transaction, VorgangId(vorgang), copy, None)?;
            transaction.prepare_cached("UPDATE vorgang SET offen_seit = ?2 WHERE id = ?1")?.execute([vorgang, at])?;
        }
    }
    Ok(())
}

/// What lies in a folder, by UID; see `Ledger::known`.
pub(super) fn in_folder(
    connection: &Connection,
    postfach: &str,
    folder: &FolderName,
    uidvalidity: UidValidity,
    regelwerk: &RegelwerkVersion,
) -> Result<Vec<KnownMail>, Failure> {
    let Some(folder) = key::find_folder(connection, postfach, folder)? else {
        return Ok(Vec::new());
    };
    let regelwerk = key::find_regelwerk(connection, regelwerk)?;
    let mut statement = connection.prepare_cached(
        "SELECT id, uid, fingerprint, eingang, grund, agentur, regelwerk IS ?3,
                CASE WHEN festgehalten THEN haltegrund END
         FROM vorgang WHERE folder = ?1 AND uidvalidity = ?2 AND gone_at IS NULL ORDER BY uid",
    )?;
    let rows = statement.query_map(params![folder, uidvalidity.0, regelwerk], |row| {
        Ok(KnownMail {
            vorgang: VorgangId(row.get(0)?),
            uid: Uid(row.get(1)?),
            fingerprint: Fingerprint(row.get(2)?),
            eingang: timestamp(row.get(3)?)?,
            grund: row.get(4)?,
            agentur: row.get(5)?,
            current: row.get(6)?,
            halt: halt(row)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The UIDs of a folder that some Vorgang owns, in order; see `Ledger::claimed`.
pub(super) fn claimed(
    connection: &Connection,
    postfach: &str,
    folder: &FolderName,
    uidvalidity: UidValidity,
) -> Result<Vec<Uid>, Failure> {
    let Some(folder) = key::find_folder(connection, postfach, folder)? else {
        return Ok(Vec::new());
    };
    let mut statement = connection.prepare_cached(
        "SELECT uid FROM vorgang WHERE folder = ?1 AND uidvalidity = ?2 AND gone_at IS NULL ORDER BY uid",
    )?;
    let rows = statement.query_map(params![folder, uidvalidity.0], |row| row.get(0).map(Uid))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Where messages with these pseudonyms were seen last; see `Ledger::places_of`.
pub(super) fn places(
    connection: &Connection,
    postfach: &str,
    fingerprints: &[Fingerprint],
) -> Result<HashMap<Fingerprint, Vec<Sighting>>, Failure> {
    let mut found = HashMap::new();
    let Some(postfach) = key::find_postfach(connection, postfach)? else {
        return Ok(found);
    };
    let mut statement = connection.prepare_cached(
        "SELECT vorgang.id, folder.name, vorgang.uidvalidity, vorgang.uid, vorgang.gone_at IS NULL
         FROM vorgang JOIN folder ON folder.id = vorgang.folder
         WHERE vorgang.fingerprint = ?1 AND vorgang.postfach = ?2 ORDER BY vorgang.id",
    )?;
    for &fingerprint in fingerprints {
        let rows = statement.query_map(params![fingerprint.0, postfach], |row| {
            let place =
                Place { folder: FolderName(row.get(1)?), uidvalidity: UidValidity(row.get(2)?), uid: Uid(row.get(3)?) };
            Ok(Sighting { vorgang: VorgangId(row.get(0)?), place, present: row.get(4)? })
        })?;
        let sightings = rows.collect::<Result<Vec<_>, _>>()?;
        if !sightings.is_empty() {
            found.insert(fingerprint, sightings);
        }
    }
    Ok(found)
}

/// A time as it is kept: unix milliseconds.
pub(super) fn timestamp(milliseconds: i64) -> rusqlite::Result<Timestamp> {
    Timestamp::from_millisecond(milliseconds).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(0, milliseconds))
}
