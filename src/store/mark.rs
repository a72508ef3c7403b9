//! Marks as columns: their word, or nothing.

use rusqlite::Row;

use crate::domain::kennzeichen::Kennzeichen;

/// The word of a mark; empty for none.
pub(super) fn word(kennzeichen: Option<Kennzeichen>) -> &'static str {
    kennzeichen.map_or("", Kennzeichen::as_str)
}

/// The same of a column that may not be known.
pub(super) fn read_if_known(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Option<Kennzeichen>>> {
    Ok(row.get::<_, Option<String>>(column)?.map(|word| Kennzeichen::from_word(&word)))
}

/// The mark in a column. A word of a newer program, in a ledger that was put back, is none.
pub(super) fn read(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Kennzeichen>> {
    Ok(Kennzeichen::from_word(&row.get::<_, String>(column)?))
}
