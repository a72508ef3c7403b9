//! Reading for statistics, on a connection that cannot write.

use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::backup;
use super::error::{Failure, LedgerError};
use super::file;
use super::life;
use super::migrate;
use super::quality::{self, Auswahl};
use super::retention::{self, Bestand, Geloescht};
use super::tageswert::{self, Tageswert};
use crate::domain::id::MessageIdHash;
use crate::domain::vorgang::{SummaryRow, VorgangId};
use crate::plan::aufbewahrung::Stichtage;
use crate::report::regelguete::Fall;
use crate::report::verlauf::Verlauf;

/// A reader beside the daemon or without it. Its calls block; each sees the ledger as of its own moment.
///
/// Keep its calls short: while one lasts, the writer cannot shrink the WAL.
#[derive(Debug)]
pub struct Reader {
    connection: Connection,
    path: PathBuf,
}

impl Reader {
    /// Opens the ledger of a state directory; never makes or migrates one.
    ///
    /// # Errors
    /// If there is none, if it is not of exactly this program's schema, or if it cannot be read.
    pub fn open(state_dir: &Path) -> Result<Self, LedgerError> {
        let path = file::ledger_path(state_dir);
        let connection = file::open_for_reading(&path)
            .and_then(|connection| migrate::require_current(&connection).map(|()| connection))
            .map_err(|failure| LedgerError::new("open it for reading", &path, failure))?;
        Ok(Reader { connection, path })
    }

    /// How many Vorgänge were decided how, by mailbox, decision, Agentur and reason.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn summary(&self) -> Result<Vec<SummaryRow>, LedgerError> {
        self.read("count the decisions", summary)
    }

    /// How many events there are.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn event_count(&self) -> Result<u64, LedgerError> {
        self.read("count the events", event_count)
    }

    /// What of each deletion class is there and due.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn retention(&self, stichtage: &Stichtage) -> Result<Vec<Bestand>, LedgerError> {
        self.read("count what is due", |connection| retention::survey(connection, stichtage))
    }

    /// The protocol of so many last deletions, newest first.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn deletions(&self, runs: u32) -> Result<Vec<Geloescht>, LedgerError> {
        self.read("read the protocol of deletions", |connection| retention::protocol(connection, runs))
    }

    /// All daily figures, of events that have expired and of those that are still there.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn tageswerte(&self, stichtage: &Stichtage) -> Result<Vec<Tageswert>, LedgerError> {
        self.read("count by day", |connection| tageswert::all(connection, stichtage))
    }

    /// Hands over each Vorgang about which rules decided, with what happened to it since; by number.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn each_decided(&self, auswahl: &Auswahl, each: impl FnMut(&Fall)) -> Result<(), LedgerError> {
        self.read("read the decisions", |connection| quality::each_decided(connection, auswahl, each))
    }

    /// All that is known of a Vorgang; nothing if there is none with this number.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn verlauf(&self, vorgang: VorgangId) -> Result<Option<Verlauf>, LedgerError> {
        self.read("read a Vorgang", |connection| life::verlauf(connection, vorgang))
    }

    /// The Vorgänge of a mailbox whose mails have this Message-ID, by number. Twins share it.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn with_message_id(&self, postfach: &str, hash: MessageIdHash) -> Result<Vec<VorgangId>, LedgerError> {
        self.read("look for a mail", |connection| life::with_message_id(connection, postfach, hash))
    }

    /// Whether the pseudonyms are of another key than the one with this probe. Until a first cycle nobody knows.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn has_other_key(&self, probe: &str) -> Result<bool, LedgerError> {
        self.read("look at the key's probe", |connection| life::has_other_key(connection, probe))
    }

    /// Copies the ledger to a new file, 0600, and checks the copy. Returns its size in bytes.
    ///
    /// # Errors
    /// If there is such a file already, or the copy cannot be written whole.
    pub fn back_up(&self, target: &Path) -> Result<u64, LedgerError> {
        backup::back_up(&self.connection, target)
            .map_err(|failure| LedgerError::new("back the ledger up to this file", target, failure))
    }

    fn read<T>(
        &self,
        tried: &'static str,
        work: impl FnOnce(&Connection) -> Result<T, Failure>,
    ) -> Result<T, LedgerError> {
        work(&self.connection).map_err(|failure| LedgerError::new(tried, &self.path, failure))
    }
}

pub(super) fn summary(connection: &Connection) -> Result<Vec<SummaryRow>, Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT postfach.name, entscheidung, agentur, grund, count(*), count(uebergeben_am)
         FROM vorgang JOIN postfach ON postfach.id = vorgang.postfach
         GROUP BY postfach.name, entscheidung, agentur, grund
         ORDER BY postfach.name, entscheidung, agentur, grund",
    )?;
    let rows = statement.query_map([], |row| {
        Ok(SummaryRow {
            postfach: row.get(0)?,
            entscheidung: row.get(1)?,
            agentur: row.get(2)?,
            grund: row.get(3)?,
            vorgaenge: row.get::<_, i64>(4)?.unsigned_abs(),
            uebergeben: row.get::<_, i64>(5)?.unsigned_abs(),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(super) fn event_count(connection: &Connection) -> Result<u64, Failure> {
    let count: i64 = connection.prepare_cached("SELECT count(*) FROM event")?.query_row([], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}
