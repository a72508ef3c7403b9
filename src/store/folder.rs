//! What SELECT said of a folder when it was last listed completely with nothing left to do.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::error::Failure;
use super::key::{self, Keys};
use crate::domain::id::{FolderName, Uid, UidValidity};
use crate::domain::vorgang::FolderState;

/// See `Ledger::folder_state`.
pub(super) fn state(
    connection: &Connection,
    postfach: &str,
    folder: &FolderName,
) -> Result<Option<FolderState>, Failure> {
    let Some(folder) = key::find_folder(connection, postfach, folder)? else {
        return Ok(None);
    };
    let state = connection
        .prepare_cached(
            "SELECT uidvalidity, uidnext, exists_count FROM folder WHERE id = ?1 AND uidvalidity IS NOT NULL",
        )?
        .query_row([folder], |row| {
            Ok(FolderState {
                uidvalidity: UidValidity(row.get(0)?),
                uidnext: row.get::<_, Option<u32>>(1)?.map(Uid),
                exists: row.get(2)?,
            })
        })
        .optional()?;
    Ok(state)
}

/// See `Ledger::set_folder_state` and, for `None`, `Ledger::forget_folder_state`.
pub(super) fn set_state(
    transaction: &Transaction<'_>,
    postfach: &str,
    folder: &FolderName,
    state: Option<FolderState>,
    at: Timestamp,
) -> Result<(), Failure> {
    let folder = Keys::new(transaction, postfach)?.folder(folder)?;
    transaction
        .prepare_cached(
            "UPDATE folder SET uidvalidity = ?2, uidnext = ?3, exists_count = ?4, listed_at = ?5 WHERE id = ?1",
        )?
        .execute(params![
            folder,
            state.map(|state| state.uidvalidity.0),
            state.and_then(|state| state.uidnext).map(|uid| uid.0),
            state.map(|state| state.exists),
            state.map(|_| at.as_millisecond()),
        ])?;
    Ok(())
}
