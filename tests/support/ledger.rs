//! The ledger, read with plain SQL and beside the program, as an auditor would.

use std::collections::BTreeMap;
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

/// What happened to each Vorgang, in the order in which they were taken up. An event reads
/// `art rolle agentur <von_agentur (grund)`, without what it does not have: `umgeordnet eingangszone flensburg <kiel`.
pub fn lives(state_dir: &Path) -> Vec<Vec<String>> {
    let ledger = open(state_dir).expect("there is a ledger");
    let mut statement = ledger
        .prepare("SELECT vorgang, art, rolle, agentur, von_agentur, grund FROM event ORDER BY vorgang, id")
        .expect("the ledger has events");
    let mut rows = statement.query([]).expect("events can be read");
    let mut lives: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    while let Some(row) = rows.next().expect("events can be read") {
        let text = |column| row.get::<_, Option<String>>(column).expect("it is text").filter(|text| !text.is_empty());
        let words = [
            text(1),
            text(2),
            text(3),
            text(4).map(|von| format!("<{von}")),
            text(5).map(|grund| format!("({grund})")),
        ];
        let event = words.into_iter().flatten().collect::<Vec<_>>().join(" ");
        lives.entry(row.get(0).expect("it is a number")).or_default().push(event);
    }
    lives.into_values().collect()
}

/// Every column that the ledger has, as `table.column`, in the order of their names.
pub fn columns(state_dir: &Path) -> Vec<String> {
    let ledger = open(state_dir).expect("there is a ledger");
    let mut statement = ledger
        .prepare(
            "SELECT m.name || '.' || c.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c
             WHERE m.type IN ('table', 'view') ORDER BY 1",
        )
        .expect("every ledger has a schema");
    let rows = statement.query_map([], |row| row.get(0)).expect("the schema can be read");
    rows.collect::<Result<_, _>>().expect("the schema can be read")
}

fn open(state_dir: &Path) -> rusqlite::Result<Connection> {
    Connection::open_with_flags(path(state_dir), OpenFlags::SQLITE_OPEN_READ_ONLY)
}

/// The one number that a query gives; 0 as long as there is no ledger, or one without tables yet.
pub fn number(state_dir: &Path, sql: &str) -> u64 {
    let Ok(ledger) = open(state_dir) else { return 0 };
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
