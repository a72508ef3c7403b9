//! A look at a ledger in whatever state it is, for whoever wants to know whether it is well.

use std::path::Path;

use jiff::Timestamp;
use rusqlite::Connection;

use super::attempt;
use super::error::{Failure, LedgerError};
use super::file;
use super::migrate;
use crate::domain::versuch::Vorsicht;

/// What a ledger says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Survey {
    /// Its schema.
    pub schema: i64,
    /// The schema of this program.
    pub known: i64,
    /// Whether `PRAGMA quick_check` finds nothing.
    pub sound: bool,
    /// Moves that were intended and are not settled; none if the schema is not this program's.
    pub open_operations: Option<u64>,
    /// Messages that are set aside because they could not be read; likewise.
    pub set_aside: Option<u64>,
}

/// Looks at the ledger of a state directory without changing it. Takes time with the size of the file.
///
/// # Errors
/// If there is none, or if it cannot be read at all.
pub fn survey(state_dir: &Path, now: Timestamp) -> Result<Survey, LedgerError> {
    let path = file::ledger_path(state_dir);
    let failed = |failure| LedgerError::new("look at it", &path, failure);
    let connection = file::open_for_reading(&path).map_err(failed)?;
    look(&connection, now).map_err(failed)
}

fn look(connection: &Connection, now: Timestamp) -> Result<Survey, Failure> {
    let (schema, known) = migrate::schema_and_known(connection)?;
    let verdict: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    let current = schema == known;
    let open_operations = || -> Result<u64, Failure> {
        let count = "SELECT count(*) FROM operation WHERE settled_at IS NULL";
        Ok(connection.query_row(count, [], |row| row.get::<_, i64>(0))?.unsigned_abs())
    };
    let set_aside = || -> Result<u64, Failure> {
        let attempts = attempt::of_all_folders(connection)?;
        Ok(attempts.iter().filter(|versuch| versuch.vorsicht(now) == Vorsicht::Beiseite).count() as u64)
    };
    Ok(Survey {
        schema,
        known,
        sound: verdict == "ok",
        open_operations: current.then(open_operations).transpose()?,
        set_aside: current.then(set_aside).transpose()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Class, Ledger};

    #[tokio::test]
    async fn a_ledger_is_looked_at_in_every_state() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(survey(dir.path(), Timestamp::now()).unwrap_err().class(), &Class::Missing);
        Ledger::open(dir.path()).unwrap().close().await.unwrap();
        let well = survey(dir.path(), Timestamp::now()).unwrap();
        assert_eq!((well.schema, well.sound), (well.known, true));
        assert_eq!((well.open_operations, well.set_aside), (Some(0), Some(0)));

        let path = file::ledger_path(dir.path());
        Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
        let newer = survey(dir.path(), Timestamp::now()).unwrap();
        assert_eq!((newer.schema, newer.open_operations), (99, None));

        std::fs::write(&path, "no ledger at all, but long enough to be taken for the header of one ...... ".repeat(20))
            .unwrap();
        assert_eq!(survey(dir.path(), Timestamp::now()).unwrap_err().class(), &Class::Corrupt);
    }
}
