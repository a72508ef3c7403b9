//! The ledger, read with plain SQL and beside the program, as an auditor would.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

/// Where the ledger of a state directory lies.
pub fn path(state_dir: &Path) -> PathBuf {
    state_dir.join("ledger.sqlite")
}

/// How many events of this kind there are.
pub fn events(state_dir: &Path, art: &str) -> u64 {
    number(state_dir, &format!("SELECT count(*) FROM event WHERE art = '{art}'"))
}

/// The same, of one mailbox.
pub fn events_of(state_dir: &Path, postfach: &str, art: &str) -> u64 {
    let of = "vorgang IN (SELECT id FROM vorgang WHERE postfach = (SELECT id FROM postfach WHERE name =";
    number(state_dir, &format!("SELECT count(*) FROM event WHERE art = '{art}' AND {of} '{postfach}'))"))
}

/// How many operations have no recorded end.
pub fn open_operations(state_dir: &Path) -> u64 {
    number(state_dir, "SELECT count(*) FROM operation WHERE state = 'absicht'")
}

/// The one number that a query gives; 0 as long as there is no ledger, or one without tables yet.
pub fn number(state_dir: &Path, sql: &str) -> u64 {
    let Ok(ledger) = Connection::open_with_flags(path(state_dir), OpenFlags::SQLITE_OPEN_READ_ONLY) else { return 0 };
    match ledger.query_row(sql, [], |row| row.get::<_, i64>(0)) {
        Ok(number) => number.try_into().expect("a count is not negative"),
        Err(error) if error.to_string().contains("no such table") => 0,
        Err(error) => panic!("{sql}: {error}"),
    }
}

/// Every byte of the state directory: the ledger, what SQLite keeps beside it, lock and key.
pub fn all_bytes(state_dir: &Path) -> Vec<u8> {
    let entries = std::fs::read_dir(state_dir).expect("the state directory can be read");
    let files = entries.map(|entry| entry.expect("the state directory can be read").path());
    files.flat_map(|file| std::fs::read(file).expect("the state directory holds files")).collect()
}
