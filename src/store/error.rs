//! What can go wrong with the ledger, in words that may be logged.
//!
//! An error names what was tried, on which file, and a closed class. It keeps no text of SQLite or of the operating
//! system, only their numbers: such texts could quote stored values or statements.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

use crate::domain::vorgang::{OperationId, VorgangId};

/// A call of the ledger that failed. Nothing of the call was written.
#[derive(Debug, thiserror::Error)]
#[error("ledger {}: cannot {tried}: {class}{}", path.display(), number(*code))]
pub struct LedgerError {
    tried: &'static str,
    path: PathBuf,
    class: Class,
    code: Option<Code>,
}

/// Why a call failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Class {
    /// The disk is full.
    Full,
    /// The file or its directory cannot be written.
    ReadOnly,
    /// There is no ledger.
    Missing,
    /// The file is not a ledger, or is damaged.
    Corrupt,
    /// A newer version of the program wrote it.
    NewerSchema { found: i64, known: i64 },
    /// It was written by an older version and is not migrated yet; only for readers.
    OlderSchema { found: i64, known: i64 },
    /// The program is linked with an SQLite that can lose committed data.
    OldSqlite { found: i32 },
    /// Another process holds it.
    Busy,
    /// Reading or writing the disk failed.
    Io,
    /// There is a file already where one was to be made.
    Exists,
    /// The writer thread has ended.
    Gone,
    /// The call contradicts what is recorded: an error of the program, not of the disk.
    Refused(Refusal),
    /// Anything else.
    Other,
}

/// What a call contradicts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No such Vorgang in this mailbox.
    UnknownVorgang(VorgangId),
    /// No such operation.
    UnknownOperation(OperationId),
    /// Another Vorgang lies in the place that this one is to have.
    PlaceTaken { wanted: VorgangId, owner: VorgangId },
    /// A move of something that is recorded to lie elsewhere, or to be gone.
    NotThere(VorgangId),
    /// A move of something that rules must not move any more.
    Pinned(VorgangId),
    /// A move from a place for which an operation is open or ended for good.
    AlreadyTried { vorgang: VorgangId, operation: OperationId },
    /// The operation ended otherwise.
    OtherwiseSettled(OperationId),
}

/// The number behind a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Code {
    /// Extended result code of SQLite.
    Sqlite(i32),
    /// `errno`.
    Os(i32),
}

/// Inside the store: a failure that does not know yet what was tried.
#[derive(Debug)]
pub(super) enum Failure {
    Sqlite(rusqlite::Error),
    Io(io::Error),
    Class(Class),
}

impl Failure {
    /// The class it will have.
    pub(super) fn class(&self) -> Class {
        match self {
            Failure::Sqlite(error) => classify(error).0,
            Failure::Io(error) => classify_io(error),
            Failure::Class(class) => class.clone(),
        }
    }
}

impl LedgerError {
    pub(super) fn new(tried: &'static str, path: &Path, failure: Failure) -> Self {
        let (class, code) = match failure {
            Failure::Sqlite(error) => classify(&error),
            Failure::Io(error) => (classify_io(&error), error.raw_os_error().map(Code::Os)),
            Failure::Class(class) => (class, None),
        };
        LedgerError { tried, path: path.to_owned(), class, code }
    }

    /// Why it failed.
    pub fn class(&self) -> &Class {
        &self.class
    }

    /// The Vorgang whose move was refused: without it, the others of the call can be handed in again.
    pub fn refused_vorgang(&self) -> Option<VorgangId> {
        match self.class {
            Class::Refused(
                Refusal::UnknownVorgang(vorgang)
                | Refusal::NotThere(vorgang)
                | Refusal::Pinned(vorgang)
                | Refusal::AlreadyTried { vorgang, .. },
            ) => Some(vorgang),
            _ => None,
        }
    }

    /// Whether the same call can succeed later without a restart of the program: once there is room, once the disk can
    /// be written again, once another process lets go.
    pub fn retry(&self) -> bool {
        matches!(self.class, Class::Full | Class::ReadOnly | Class::Busy | Class::Io)
    }

    /// What an operator can do, as a line of its own.
    pub fn hint(&self) -> &'static str {
        match self.class {
            Class::Full => "free space on this disk; until then nothing is moved, and nothing is lost",
            Class::ReadOnly => {
                "make the file and its directory writable for the user of the service, on a file system that is not \
                 mounted read-only"
            }
            Class::Missing => "start the service once, or check state_dir in the configuration",
            Class::Corrupt => {
                "stop the service, keep the file for analysis, and put a backup in its place, or start with none: the \
                 mailboxes themselves are untouched, and what they hold is recorded again"
            }
            Class::NewerSchema { .. } => {
                "install the version of the program that ran last, or put back the backup made before its upgrade"
            }
            Class::OlderSchema { .. } => "start the service once: it upgrades the ledger",
            Class::OldSqlite { .. } => "build the program with its bundled SQLite",
            Class::Busy => "end the other program that has the file open",
            Class::Io => "check the disk and the system log",
            Class::Exists => "choose another name; nothing is overwritten",
            Class::Gone => "restart the service and look in the log for what ended it",
            Class::Refused(_) => "report this to the maintainers; nothing was written, the mail stays where it is",
            Class::Other => "report this to the maintainers with the number",
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Class::Full => f.write_str("the disk is full"),
            Class::ReadOnly => f.write_str("it cannot be opened for writing"),
            Class::Missing => f.write_str("there is none"),
            Class::Corrupt => f.write_str("the file is damaged or not a ledger"),
            Class::NewerSchema { found, known } => {
                write!(f, "it has schema {found} of a newer version of the program, this one knows {known}")
            }
            Class::OlderSchema { found, known } => write!(f, "it still has schema {found} instead of {known}"),
            Class::OldSqlite { found } => write!(f, "SQLite {found} is too old to be safe"),
            Class::Busy => f.write_str("another program holds it"),
            Class::Io => f.write_str("the disk reports an error"),
            Class::Exists => f.write_str("there is such a file already"),
            Class::Gone => f.write_str("its writer has ended"),
            Class::Refused(refusal) => refusal.fmt(f),
            Class::Other => f.write_str("SQLite reports an error"),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Refusal::UnknownVorgang(VorgangId(id)) => write!(f, "there is no Vorgang {id} in this mailbox"),
            Refusal::UnknownOperation(OperationId(id)) => write!(f, "there is no operation {id}"),
            Refusal::PlaceTaken { wanted: VorgangId(wanted), owner: VorgangId(owner) } => {
                write!(f, "Vorgang {wanted} cannot lie where Vorgang {owner} lies")
            }
            Refusal::NotThere(VorgangId(id)) => write!(f, "Vorgang {id} is not known to lie in the source"),
            Refusal::Pinned(VorgangId(id)) => write!(f, "Vorgang {id} must not be moved by rules any more"),
            Refusal::AlreadyTried { vorgang: VorgangId(vorgang), operation: OperationId(operation) } => {
                write!(f, "operation {operation} already decided about the place of Vorgang {vorgang}")
            }
            Refusal::OtherwiseSettled(OperationId(id)) => write!(f, "operation {id} has ended otherwise"),
        }
    }
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Failure::Sqlite(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Failure::Io(error)
    }
}

impl From<Class> for Failure {
    fn from(class: Class) -> Self {
        Failure::Class(class)
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Failure::Class(Class::Refused(refusal))
    }
}

fn number(code: Option<Code>) -> String {
    match code {
        None => String::new(),
        Some(Code::Sqlite(number)) => format!(" (SQLite code {number})"),
        Some(Code::Os(number)) => format!(" (os error {number})"),
    }
}

fn classify(error: &rusqlite::Error) -> (Class, Option<Code>) {
    let Some(sqlite) = error.sqlite_error() else {
        // A stored value that does not fit what the program once wrote there.
        let unreadable = matches!(
            error,
            rusqlite::Error::FromSqlConversionFailure(..)
                | rusqlite::Error::IntegralValueOutOfRange(..)
                | rusqlite::Error::InvalidColumnType(..)
        );
        return (if unreadable { Class::Corrupt } else { Class::Other }, None);
    };
    let class = match sqlite.code {
        ErrorCode::DiskFull => Class::Full,
        ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen => Class::ReadOnly,
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Class::Corrupt,
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::FileLockingProtocolFailed => Class::Busy,
        ErrorCode::SystemIoFailure => Class::Io,
        _ => Class::Other,
    };
    (class, Some(Code::Sqlite(sqlite.extended_code)))
}

fn classify_io(error: &io::Error) -> Class {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Class::Full,
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Class::ReadOnly,
        io::ErrorKind::NotFound => Class::Missing,
        _ => Class::Io,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sqlite(extended_code: i32) -> LedgerError {
        let text = "UNIQUE constraint failed: secret".to_owned();
        let error = rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(extended_code), Some(text));
        LedgerError::new("record decisions", Path::new("/state/ledger.sqlite"), error.into())
    }

    #[test]
    fn every_code_has_a_class_and_an_answer_to_try_again() {
        for (code, class, retry) in [
            (13, Class::Full, true),
            (8, Class::ReadOnly, true),
            (1544, Class::ReadOnly, true),
            (14, Class::ReadOnly, true),
            (11, Class::Corrupt, false),
            (26, Class::Corrupt, false),
            (5, Class::Busy, true),
            (517, Class::Busy, true),
            (778, Class::Io, true),
            (2067, Class::Other, false),
        ] {
            let error = sqlite(code);
            assert_eq!((error.class(), error.retry()), (&class, retry), "{code}");
            assert!(!error.hint().is_empty());
        }
    }

    #[test]
    fn the_text_of_sqlite_is_not_repeated() {
        assert_eq!(
            sqlite(13).to_string(),
            "ledger /state/ledger.sqlite: cannot record decisions: the disk is full (SQLite code 13)"
        );
        assert!(!format!("{:?} {}", sqlite(2067), sqlite(2067)).contains("secret"));
    }

    #[test]
    fn errors_of_the_file_system_have_classes_too() {
        for (kind, class) in [
            (io::ErrorKind::StorageFull, Class::Full),
            (io::ErrorKind::ReadOnlyFilesystem, Class::ReadOnly),
            (io::ErrorKind::PermissionDenied, Class::ReadOnly),
            (io::ErrorKind::NotADirectory, Class::Io),
        ] {
            let error = LedgerError::new("open it", Path::new("/state"), io::Error::from(kind).into());
            assert_eq!(error.class(), &class, "{kind}");
        }
    }
}
