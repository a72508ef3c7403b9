//! Brings the schema up to date: numbered steps, all in one transaction, after a backup.
//!
//! A crash midway leaves the old schema, since `user_version` is part of the same transaction. A ledger of a newer
//! program is refused: to go on would mean to guess what the newer columns are for.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, TransactionBehavior};
use rusqlite_migration::{M, Migrations};

use super::backup;
use super::error::{Class, Failure};

const STEPS: &[M<'static>] = &[
    M::up(include_str!("schema/0001_init.sql")),
    M::up(include_str!("schema/0002_conversations.sql")),
    M::up(include_str!("schema/0003_copy_mode.sql")),
    M::up(include_str!("schema/0004_attempts.sql")),
    M::up(include_str!("schema/0005_ledger_loss.sql")),
    M::up(include_str!("schema/0006_marks.sql")),
    M::up(include_str!("schema/0007_retention.sql")),
];

/// Every schema this program knows, in order; the last one is the one it uses.
pub(super) const MIGRATIONS: Migrations<'static> = Migrations::from_slice(STEPS);

/// Brings the file at `path`, open as `connection`, to the last schema of `migrations`.
///
/// A file that already has a schema is copied first, to `<path>.schema-<number>`, with the rights of the original.
pub(super) fn migrate(
    connection: &mut Connection,
    path: &Path,
    migrations: &Migrations<'static>,
) -> Result<(), Failure> {
    let found = schema(connection)?;
    let pending = i64::from(pending(connection, migrations)?);
    if pending < 0 {
        return Err(Class::NewerSchema { found, known: found + pending }.into());
    }
    if pending == 0 {
        return Ok(());
    }
    if found > 0 {
        back_up(connection, &backup_path(path, found))?;
    }
    connection.set_transaction_behavior(TransactionBehavior::Immediate);
    migrations.to_latest(connection).map_err(from_migration)
}

/// Refuses a file whose schema is not exactly the last one of this program, without changing it.
pub(super) fn require_current(connection: &Connection) -> Result<(), Failure> {
    let (found, known) = schema_and_known(connection)?;
    match known - found {
        0 => Ok(()),
        1.. => Err(Class::OlderSchema { found, known }.into()),
        _ => Err(Class::NewerSchema { found, known }.into()),
    }
}

/// The schema that is there, and the last one of this program.
pub(super) fn schema_and_known(connection: &Connection) -> Result<(i64, i64), Failure> {
    let found = schema(connection)?;
    Ok((found, found + i64::from(pending(connection, &MIGRATIONS)?)))
}

fn schema(connection: &Connection) -> Result<i64, Failure> {
    Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

fn pending(connection: &Connection, migrations: &Migrations<'static>) -> Result<i32, Failure> {
    migrations.pending_migrations(connection).map_err(from_migration)
}

fn backup_path(path: &Path, schema: i64) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(format!(".schema-{schema}"));
    name.into()
}

/// Copies the file before its schema changes.
fn back_up(connection: &Connection, target: &Path) -> Result<(), Failure> {
    match fs::remove_file(target) {
        // Of an earlier attempt that failed behind it, or of an earlier upgrade.
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    backup::back_up(connection, target).map(drop)
}

fn from_migration(error: rusqlite_migration::Error) -> Failure {
    match error {
        rusqlite_migration::Error::RusqliteError { err, .. } => err.into(),
        rusqlite_migration::Error::InvalidUserVersion => Class::Corrupt.into(),
        _ => Class::Other.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_schema_is_backed_up_and_upgraded() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ledger.sqlite");
        let mut connection = Connection::open(&path).unwrap();
        let first = || M::up("CREATE TABLE note (words TEXT NOT NULL) STRICT");
        let second = || M::up("DROP TABLE note");
        migrate(&mut connection, &path, &Migrations::new(vec![first()])).unwrap();
        assert!(!backup_path(&path, 0).exists(), "a new file needs no backup");
        connection.execute("INSERT INTO note (words) VALUES ('kept')", []).unwrap();
        // What a crash during an earlier backup leaves behind.
        fs::write(dir.path().join("ledger.sqlite.schema-1.unfinished"), "rest").unwrap();

        migrate(&mut connection, &path, &Migrations::new(vec![first(), second()])).unwrap();
        assert_eq!(schema(&connection).unwrap(), 2);
        let backup = Connection::open(backup_path(&path, 1)).unwrap();
        assert_eq!(schema(&backup).unwrap(), 1);
        let kept: String = backup.query_row("SELECT words FROM note", [], |row| row.get(0)).unwrap();
        assert_eq!(kept, "kept");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2, "the ledger and its backup");
    }

    #[test]
    fn a_step_that_fails_leaves_the_old_schema() {
        let mut connection = Connection::open_in_memory().unwrap();
        let steps = vec![M::up("CREATE TABLE a (x TEXT) STRICT"), M::up("no SQL")];
        let failed = migrate(&mut connection, Path::new("none"), &Migrations::new(steps));
        assert!(failed.is_err());
        assert_eq!(schema(&connection).unwrap(), 0);
        assert!(!connection.table_exists(None, "a").unwrap());
    }

    #[test]
    fn readers_want_exactly_this_schema() {
        let connection = Connection::open_in_memory().unwrap();
        let known = STEPS.len() as i64;
        for (version, class) in [
            (0, Some(Class::OlderSchema { found: 0, known })),
            (known - 1, Some(Class::OlderSchema { found: known - 1, known })),
            (known, None),
            (known + 1, Some(Class::NewerSchema { found: known + 1, known })),
        ] {
            connection.pragma_update(None, "user_version", version).unwrap();
            match (require_current(&connection), class) {
                (Ok(()), None) => {}
                (Err(Failure::Class(found)), Some(class)) => assert_eq!(found, class),
                (other, _) => panic!("{version}: {other:?}"),
            }
        }
    }
}
