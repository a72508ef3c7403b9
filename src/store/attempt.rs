//! What is held against messages that could not be read.

use jiff::Timestamp;
use rusqlite::{Connection, Row, Transaction, params};

use super::error::Failure;
use super::key::{self, KeyedPlace, Keys};
use super::place::timestamp;
use crate::domain::id::{FolderName, Place, Uid, UidValidity};
use crate::domain::versuch::Versuch;

/// Why a message is noted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Schuld {
    Absturz,
    Fehler,
}

/// Counts one more of a kind against these messages; see `Ledger::note_errors` and `Ledger::note_crashes`.
pub(super) fn count(
    transaction: &Transaction<'_>,
    postfach: &str,
    places: &[Place],
    schuld: Schuld,
    at: Timestamp,
) -> Result<(), Failure> {
    let mut keys = Keys::new(transaction, postfach)?;
    let (abstuerze, fehler) = match schuld {
        Schuld::Absturz => (1, 0),
        Schuld::Fehler => (0, 1),
    };
    let mut statement = transaction.prepare_cached(
        "INSERT INTO versuch (folder, uidvalidity, uid, abstuerze, fehler, program_version, zuletzt_am)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (folder, uidvalidity, uid) DO UPDATE SET
            abstuerze = excluded.abstuerze
                + CASE WHEN program_version = excluded.program_version THEN abstuerze ELSE 0 END,
            fehler = excluded.fehler + CASE WHEN program_version = excluded.program_version THEN fehler ELSE 0 END,
            program_version = excluded.program_version, zuletzt_am = excluded.zuletzt_am",
    )?;
    for place in places {
        let KeyedPlace { folder, uidvalidity, uid } = keys.place(place)?;
        let version = env!("CARGO_PKG_VERSION");
        statement.execute(params![folder, uidvalidity, uid, abstuerze, fehler, version, at.as_millisecond()])?;
    }
    Ok(())
}

/// What is held against messages of a folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attempts {
    /// By ascending UID.
    pub here: Vec<Versuch>,
    /// Something is still noted under another UIDVALIDITY, where nothing is any more.
    pub outdated: bool,
}

/// What is held against messages of a folder; see `Ledger::attempts`.
pub(super) fn of_folder(
    connection: &Connection,
    postfach: &str,
    folder: &FolderName,
    uidvalidity: UidValidity,
) -> Result<Attempts, Failure> {
    let Some(folder) = key::find_folder(connection, postfach, folder)? else {
        return Ok(Attempts::default());
    };
    let mut statement = connection.prepare_cached(
        "SELECT uid, abstuerze, fehler, zuletzt_am FROM versuch
         WHERE folder = ?1 AND uidvalidity = ?2 AND program_version = ?3 ORDER BY uid",
    )?;
    let rows = statement.query_map(params![folder, uidvalidity.0, env!("CARGO_PKG_VERSION")], versuch)?;
    let here = rows.collect::<Result<_, _>>()?;
    let outdated = connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM versuch WHERE folder = ?1 AND uidvalidity <> ?2)")?
        .query_row(params![folder, uidvalidity.0], |row| row.get(0))?;
    Ok(Attempts { here, outdated })
}

/// The same of all folders of all mailboxes.
pub(super) fn of_all_folders(connection: &Connection) -> Result<Vec<Versuch>, Failure> {
    let statement = "SELECT uid, abstuerze, fehler, zuletzt_am FROM versuch WHERE program_version = ?1";
    let mut statement = connection.prepare_cached(statement)?;
    let rows = statement.query_map([env!("CARGO_PKG_VERSION")], versuch)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn versuch(row: &Row<'_>) -> rusqlite::Result<Versuch> {
    Ok(Versuch { uid: Uid(row.get(0)?), abstuerze: row.get(1)?, fehler: row.get(2)?, zuletzt: timestamp(row.get(3)?)? })
}

/// Forgets what is held against a message that was decided.
pub(super) fn forgive(transaction: &Transaction<'_>, place: KeyedPlace) -> rusqlite::Result<()> {
    transaction
        .prepare_cached("DELETE FROM versuch WHERE folder = ?1 AND uidvalidity = ?2 AND uid = ?3")?
        .execute(params![place.folder, place.uidvalidity, place.uid])?;
    Ok(())
}

/// Forgets messages that have left a folder; see `Ledger::forget_attempts`.
pub(super) fn forget(
    transaction: &Transaction<'_>,
    postfach: &str,
    folder: &FolderName,
    uidvalidity: UidValidity,
    uids: &[Uid],
) -> Result<(), Failure> {
    let Some(folder) = key::find_folder(transaction, postfach, folder)? else {
        return Ok(());
    };
    for uid in uids {
        forgive(transaction, KeyedPlace { folder, uidvalidity: uidvalidity.0, uid: uid.0 })?;
    }
    // What lay here under other numbers is not here any more.
    transaction
        .prepare_cached("DELETE FROM versuch WHERE folder = ?1 AND uidvalidity <> ?2")?
        .execute(params![folder, uidvalidity.0])?;
    Ok(())
}
