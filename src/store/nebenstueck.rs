//! Messages in watched folders that are no Vorgang: copies, and what is from before our time.

use rusqlite::{OptionalExtension, Transaction, params};

use super::key::KeyedPlace;
use crate::domain::id::Fingerprint;
use crate::domain::sichtung::Neu;

/// Notes one. `altbestand`: it is never counted, wherever it goes.
pub(super) fn note(
    transaction: &Transaction<'_>,
    place: KeyedPlace,
    neu: &Neu,
    altbestand: bool,
    at: i64,
) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "INSERT OR REPLACE INTO nebenstueck (folder, uidvalidity, uid, fingerprint, gesehen_am, eingang, altbestand)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            place.folder,
            place.uidvalidity,
            place.uid,
            neu.fingerprint.0,
            at,
            neu.eingang.as_millisecond(),
            altbestand,
        ])?;
    Ok(())
}

/// Whether a message with this pseudonym was ever seen in a watched folder without being a Vorgang: then a person has put
/// it wherever it is now. `Some(true)`: it is from before our time.
pub(super) fn met(
    transaction: &Transaction<'_>,
    postfach: i64,
    fingerprint: Fingerprint,
) -> rusqlite::Result<Option<bool>> {
    transaction
        .prepare_cached(
            "SELECT MAX(altbestand) FROM nebenstueck JOIN folder ON folder.id = nebenstueck.folder
             WHERE fingerprint = ?1 AND folder.postfach = ?2",
        )?
        .query_row(params![fingerprint.0, postfach], |row| row.get(0))
}

/// Whether one lies there.
pub(super) fn lies_at(transaction: &Transaction<'_>, place: KeyedPlace) -> rusqlite::Result<bool> {
    transaction
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM nebenstueck
             WHERE folder = ?1 AND uidvalidity = ?2 AND uid = ?3 AND verlassen_am IS NULL)",
        )?
        .query_row(params![place.folder, place.uidvalidity, place.uid], |row| row.get(0))
}

/// It is no longer listed there. Without its pseudonym nothing of it can be found again.
pub(super) fn leave(transaction: &Transaction<'_>, place: KeyedPlace, at: i64) -> rusqlite::Result<()> {
    transaction
        .prepare_cached("DELETE FROM nebenstueck WHERE folder = ?1 AND uidvalidity = ?2 AND uid = ?3 AND entlinkt = 1")?
        .execute(params![place.folder, place.uidvalidity, place.uid])?;
    transaction
        .prepare_cached("UPDATE nebenstueck SET verlassen_am = ?4 WHERE folder = ?1 AND uidvalidity = ?2 AND uid = ?3")?
        .execute(params![place.folder, place.uidvalidity, place.uid, at])?;
    Ok(())
}

/// Nothing of a folder is listed any more, or nothing under another UIDVALIDITY than this one.
pub(super) fn leave_folder(
    transaction: &Transaction<'_>,
    folder: i64,
    but: Option<u32>,
    at: i64,
) -> rusqlite::Result<()> {
    transaction
        .prepare_cached("DELETE FROM nebenstueck WHERE folder = ?1 AND uidvalidity IS NOT ?2 AND entlinkt = 1")?
        .execute(params![folder, but])?;
    transaction
        .prepare_cached(
            "UPDATE nebenstueck SET verlassen_am = ?3
             WHERE folder = ?1 AND uidvalidity IS NOT ?2 AND verlassen_am IS NULL",
        )?
        .execute(params![folder, but, at])?;
    Ok(())
}

/// What lies there is no such message, or is one no longer.
pub(super) fn remove(transaction: &Transaction<'_>, place: KeyedPlace) -> rusqlite::Result<()> {
    transaction
        .prepare_cached("DELETE FROM nebenstueck WHERE folder = ?1 AND uidvalidity = ?2 AND uid = ?3")?
        .execute(params![place.folder, place.uidvalidity, place.uid])?;
    Ok(())
}

/// Takes a copy of a Vorgang that lies in a watched folder, if there is one: it is the Vorgang from now on.
pub(super) fn take_copy(
    transaction: &Transaction<'_>,
    postfach: i64,
    fingerprint: Fingerprint,
) -> rusqlite::Result<Option<KeyedPlace>> {
    let copy = transaction
        .prepare_cached(
            "SELECT folder, uidvalidity, uid FROM nebenstueck JOIN folder ON folder.id = nebenstueck.folder
             WHERE fingerprint = ?1 AND folder.postfach = ?2 AND verlassen_am IS NULL
             ORDER BY gesehen_am DESC, uid LIMIT 1",
        )?
        .query_row(params![fingerprint.0, postfach], |row| {
            Ok(KeyedPlace { folder: row.get(0)?, uidvalidity: row.get(1)?, uid: row.get(2)? })
        })
        .optional()?;
    if let Some(place) = copy {
        remove(transaction, place)?;
    }
    Ok(copy)
}
