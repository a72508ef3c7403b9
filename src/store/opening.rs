//! Opening the ledger: is it there, is it whole, and is it the one that was written last?

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};

use super::error::{Class, Failure, LedgerError};
use super::file::{self, Settings};
use super::migrate::{self, MIGRATIONS};
use super::note;

/// A ledger was lost: what was found instead. Until the folders have been looked through, nothing is moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verlust {
    /// There was one, and now there is none.
    Fehlt,
    /// It was damaged and lies aside.
    Beschaedigt { aside: PathBuf },
    /// It is another one than that written last.
    Anderer,
    /// It is an older state of it: a backup was put back.
    Aelter,
}

impl Verlust {
    /// What happened, for an operator.
    pub fn words(&self) -> &'static str {
        match self {
            Self::Fehlt => "the ledger is missing; a new one was begun",
            Self::Beschaedigt { .. } => "the ledger is damaged; it was put aside, and a new one was begun",
            Self::Anderer => "this is another ledger than the one that was written last",
            Self::Aelter => "this is an older state of the ledger, as from a backup",
        }
    }

    /// What follows, and what to look at.
    pub fn hint(&self) -> &'static str {
        "first the folders are looked through and nothing is moved; mail in INBOX that may have been sorted before stays \
         for a person (bestand_unklar); figures from before may be missing. If a newer backup exists, stop, put it in \
         place and start again"
    }
}

/// A ledger that can be worked with.
pub(super) struct Opened {
    pub(super) connection: Connection,
    pub(super) kennung: String,
    pub(super) verlust: Option<Verlust>,
    /// When a cycle was completed last, as the note says.
    pub(super) letzter_zyklus: Option<Timestamp>,
}

/// Opens the ledger of a state directory for the writer, brings its schema up to date, and notices a loss.
pub(super) fn open(state_dir: &Path, settings: Settings) -> Result<Opened, LedgerError> {
    let path = file::ledger_path(state_dir);
    let failed = |tried, failure| LedgerError::new(tried, &path, failure);
    let note = note::read(state_dir).map_err(|error| failed("read the note beside it", error.into()))?;
    let existed = path.exists();
    let (mut connection, aside) = match open_whole(&path, settings) {
        Ok(connection) => (connection, None),
        Err((_, Failure::Class(Class::Corrupt))) if existed => {
            let aside = put_aside(&path).map_err(|error| failed("put the damaged file aside", error.into()))?;
            (open_whole(&path, settings).map_err(|(tried, failure)| failed(tried, failure))?, Some(aside))
        }
        Err((tried, failure)) => return Err(failed(tried, failure)),
    };
    let identify = |connection: &mut Connection| -> Result<(String, Option<Verlust>), Failure> {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let Identity { kennung, kopie, lauf, ereignis } = identity(&transaction)?;
        let verlust = match (&note, aside) {
            (_, Some(aside)) => Some(Verlust::Beschaedigt { aside }),
            (Some(_), None) if !existed => Some(Verlust::Fehlt),
            (Some(note), None) if note.kennung != kennung => Some(Verlust::Anderer),
            _ if kopie => Some(Verlust::Aelter),
            (Some(note), None) if note.lauf > lauf || note.ereignis > ereignis => Some(Verlust::Aelter),
            _ => None,
        };
        if verlust.is_some() {
            let last = note.as_ref().and_then(|note| note.letzter_zyklus);
            note_loss(&transaction, last)?;
        }
        transaction.commit()?;
        Ok((kennung, verlust))
    };
    let (kennung, verlust) =
        identify(&mut connection).map_err(|failure| failed("find out which one it is", failure))?;
    let letzter_zyklus = note.and_then(|note| note.letzter_zyklus);
    Ok(Opened { connection, kennung, verlust, letzter_zyklus })
}

/// Opens, checks and migrates. The error says what was tried, and the class `Corrupt` whenever the file is to blame.
fn open_whole(path: &Path, settings: Settings) -> Result<Connection, (&'static str, Failure)> {
    let corrupt = |tried| {
        move |failure: Failure| match failure.class() {
            Class::Corrupt => (tried, Failure::Class(Class::Corrupt)),
            _ => (tried, failure),
        }
    };
    let mut connection = file::open_for_writing(path, settings).map_err(corrupt("open it"))?;
    quick_check(&connection).map_err(corrupt("check it"))?;
    migrate::migrate(&mut connection, path, &MIGRATIONS).map_err(corrupt("bring its schema up to date"))?;
    Ok(connection)
}

/// Reads the whole file and looks for damage.
pub(super) fn quick_check(connection: &Connection) -> Result<(), Failure> {
    let verdict: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if verdict == "ok" { Ok(()) } else { Err(Class::Corrupt.into()) }
}

/// Notes that something was lost, so that nothing is moved before the folders were looked through. `last`: up to when mail
/// may have been sorted.
pub(super) fn note_loss(transaction: &Transaction<'_>, last: Option<Timestamp>) -> Result<(), Failure> {
    transaction.execute(
        "UPDATE kennung SET verlust_am = ?1, letzter_zyklus = ?2, kopie = 0",
        params![Timestamp::now().as_millisecond(), last.map(Timestamp::as_millisecond)],
    )?;
    transaction.execute("UPDATE postfach SET wiederaufgebaut_am = NULL", [])?;
    Ok(())
}

/// Which ledger this is, and how far.
struct Identity {
    kennung: String,
    /// It is a backup that was put in place.
    kopie: bool,
    /// Number of its newest run, and of its newest event.
    lauf: i64,
    ereignis: i64,
}

/// Which ledger this is. A new one gets a name.
fn identity(transaction: &Transaction<'_>) -> Result<Identity, Failure> {
    let kennung: Option<String> =
        transaction.query_row("SELECT kennung FROM kennung", [], |row| row.get(0)).optional()?;
    let kennung = match kennung {
        Some(kennung) => kennung,
        None => {
            transaction
                .execute("INSERT INTO kennung (nur_eine, kennung) VALUES (1, lower(hex(randomblob(16))))", [])?;
            transaction.query_row("SELECT kennung FROM kennung", [], |row| row.get(0))?
        }
    };
    let kopie = transaction.query_row("SELECT kopie FROM kennung", [], |row| row.get(0))?;
    let lauf = transaction.query_row("SELECT COALESCE(MAX(id), 0) FROM lauf", [], |row| row.get(0))?;
    Ok(Identity { kennung, kopie, lauf, ereignis: newest_event(transaction)? })
}

/// The number of the newest event; 0 if there is none.
pub(super) fn newest_event(connection: &Connection) -> Result<i64, Failure> {
    Ok(connection.query_row("SELECT COALESCE(MAX(id), 0) FROM event", [], |row| row.get(0))?)
}

/// Whether the key of the pseudonyms is another one than before; see `Ledger::check_key`.
pub(super) fn check_key(transaction: &Transaction<'_>, probe: &str, last: Option<Timestamp>) -> Result<bool, Failure> {
    let known: Option<String> = transaction.query_row("SELECT schluessel FROM kennung", [], |row| row.get(0))?;
    if known.as_deref() == Some(probe) {
        return Ok(false);
    }
    transaction.execute("UPDATE kennung SET schluessel = ?1", [probe])?;
    if known.is_some() {
        note_loss(transaction, last)?;
    }
    Ok(known.is_some())
}

/// Gives a damaged ledger, with what SQLite keeps beside it, a name that says when.
fn put_aside(path: &Path) -> io::Result<PathBuf> {
    let when = Timestamp::now().strftime("%Y%m%dT%H%M%S").to_string();
    let aside = with_suffix(path, &format!(".beschaedigt-{when}"));
    for beside in ["-wal", "-shm"] {
        match fs::rename(with_suffix(path, beside), with_suffix(&aside, beside)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    fs::rename(path, &aside)?;
    Ok(aside)
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}
