//! The state of a Vorgang before the events that are still there: what the expired ones came to.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use crate::domain::ereignis::{Stand, Status};
use crate::domain::vorgang::VorgangId;

/// The state that the events of a Vorgang go on from; that of a new one if none has expired.
pub(super) fn before_events(connection: &Connection, vorgang: VorgangId) -> rusqlite::Result<Stand> {
    Ok(kept(connection, vorgang)?.unwrap_or_default())
}

/// The state that expired events came to; nothing if none has expired.
pub(super) fn kept(connection: &Connection, vorgang: VorgangId) -> rusqlite::Result<Option<Stand>> {
    connection
        .prepare_cached("SELECT status, vorher, agentur, bearbeitet, au, anderswo FROM stand WHERE vorgang = ?1")?
        .query_row([vorgang.0], |row| {
            Ok(Stand {
                status: status(row, 0)?,
                vorher: status(row, 1)?,
                agentur: row.get(2)?,
                bearbeitet: row.get(3)?,
                au: row.get(4)?,
                anderswo: row.get(5)?,
            })
        })
        .optional()
}

/// Keeps the state that expiring events came to.
pub(super) fn keep(transaction: &Transaction<'_>, vorgang: VorgangId, stand: &Stand) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "INSERT OR REPLACE INTO stand (vorgang, status, vorher, agentur, bearbeitet, au, anderswo)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            vorgang.0,
            stand.status.as_str(),
            stand.vorher.as_str(),
            stand.agentur,
            stand.bearbeitet,
            stand.au,
            stand.anderswo,
        ])?;
    Ok(())
}

/// The column is checked: a word of a newer program cannot stand there.
fn status(row: &Row<'_>, column: usize) -> rusqlite::Result<Status> {
    Ok(Status::from_word(&row.get::<_, String>(column)?).unwrap_or_default())
}
