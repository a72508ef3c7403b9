//! Runs of the program.

use jiff::Timestamp;
use rusqlite::{Transaction, params};

use super::error::Failure;

/// See `Ledger::begin_run`.
pub(super) fn begin(transaction: &Transaction<'_>, program_version: &str, at: Timestamp) -> Result<i64, Failure> {
    transaction.execute(
        "INSERT INTO lauf (program_version, started_at) VALUES (?1, ?2)",
        params![program_version, at.as_millisecond()],
    )?;
    Ok(transaction.last_insert_rowid())
}

/// See `Ledger::end_run`.
pub(super) fn end(transaction: &Transaction<'_>, run: i64, at: Timestamp) -> Result<(), Failure> {
    transaction.execute("UPDATE lauf SET ended_at = ?2 WHERE id = ?1", [run, at.as_millisecond()])?;
    Ok(())
}
