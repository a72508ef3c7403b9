//! The ledger's rows, as far as the invariants speak of them.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use crate::support::ledger;

#[derive(Clone, Debug)]
#[expect(dead_code, reason = "some fields are for the story of a mail only")]
pub struct Vorgang {
    pub id: i64,
    pub mailbox: String,
    pub fingerprint: [u8; 16],
    pub folder: String,
    pub uid: u32,
    pub present: bool,
    /// Something about it was seen once only.
    pub open: bool,
    pub pinned: bool,
    pub grund: String,
}

#[derive(Clone, Debug)]
pub struct Operation {
    pub id: i64,
    pub vorgang: i64,
    pub source: (String, u32),
    pub target: String,
    pub target_uid: Option<u32>,
    /// COPY mode: the proved copy.
    pub copy_uid: Option<u32>,
    /// `move` or `copy`.
    pub weg: String,
    pub state: String,
    pub attempt: u32,
}

#[derive(Clone, Debug)]
#[expect(dead_code, reason = "some fields are for the story of a mail only")]
pub struct Event {
    pub id: i64,
    pub vorgang: i64,
    pub operation: Option<i64>,
    pub art: String,
    pub rolle: String,
    pub agentur: Option<String>,
    pub von_agentur: Option<String>,
    pub grund: String,
    /// Unix milliseconds.
    pub at: i64,
}

#[derive(Clone, Debug)]
pub struct Books {
    pub vorgaenge: Vec<Vorgang>,
    pub operations: Vec<Operation>,
    pub events: Vec<Event>,
}

impl Books {
    pub fn read(state_dir: &Path) -> Books {
        let ledger = Connection::open_with_flags(ledger::path(state_dir), OpenFlags::SQLITE_OPEN_READ_ONLY)
            .expect("the ledger is there");
        Self::of_one_moment(&ledger).expect("the ledger can be read")
    }

    /// All that the ledger holds, as of one moment; `None`: it cannot be read now.
    pub fn of_one_moment(ledger: &Connection) -> Option<Books> {
        let moment = ledger.unchecked_transaction().ok()?;
        let known = moment.query_row(
            "SELECT count(*) FROM pragma_table_info('vorgang') WHERE name = 'offen_seit'",
            [],
            |row| row.get::<_, i64>(0),
        );
        (known.ok()? == 1).then(|| Self::of(&moment))
    }

    fn of(ledger: &Connection) -> Books {
        let vorgaenge = rows(
            ledger,
            "SELECT vorgang.id, postfach.name, fingerprint, folder.name, uid, gone_at IS NULL, festgehalten, grund,
                offen_seit IS NOT NULL
             FROM vorgang JOIN postfach ON postfach.id = vorgang.postfach JOIN folder ON folder.id = vorgang.folder",
            |row| {
                Ok(Vorgang {
                    id: row.get(0)?,
                    mailbox: row.get(1)?,
                    fingerprint: row.get(2)?,
                    folder: row.get(3)?,
                    uid: row.get(4)?,
                    present: row.get(5)?,
                    pinned: row.get(6)?,
                    grund: row.get(7)?,
                    open: row.get(8)?,
                })
            },
        );
        let operations = rows(
            ledger,
            "SELECT operation.id, vorgang, source.name, source_uid, target.name, target_uid, state, attempt, kopie_uid, weg
             FROM operation JOIN folder AS source ON source.id = source_folder
             JOIN folder AS target ON target.id = target_folder ORDER BY operation.id",
            |row| {
                Ok(Operation {
                    id: row.get(0)?,
                    vorgang: row.get(1)?,
                    source: (row.get(2)?, row.get(3)?),
                    target: row.get(4)?,
                    target_uid: row.get(5)?,
                    state: row.get(6)?,
                    attempt: row.get(7)?,
                    copy_uid: row.get(8)?,
                    weg: row.get(9)?,
                })
            },
        );
        let events = rows(
            ledger,
            "SELECT id, vorgang, operation, art, grund, at, rolle, agentur, von_agentur FROM event ORDER BY id",
            |row| {
                Ok(Event {
                    id: row.get(0)?,
                    vorgang: row.get(1)?,
                    operation: row.get(2)?,
                    art: row.get(3)?,
                    grund: row.get(4)?,
                    at: row.get(5)?,
                    rolle: row.get(6)?,
                    agentur: row.get(7)?,
                    von_agentur: row.get(8)?,
                })
            },
        );
        Books { vorgaenge, operations, events }
    }
}

fn rows<T>(ledger: &Connection, sql: &str, row: fn(&rusqlite::Row<'_>) -> rusqlite::Result<T>) -> Vec<T> {
    let mut statement = ledger.prepare(sql).expect("the ledger has this schema");
    let rows = statement.query_map([], row).expect("the ledger can be read");
    rows.collect::<Result<_, _>>().expect("the ledger can be read")
}
