//! The file of the ledger: where it lies, who may read it, and how a connection to it behaves.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::error::{Class, Failure};

/// Older versions can lose a committed transaction when a checkpoint resets the WAL at the wrong moment.
const OLDEST_SAFE_SQLITE: i32 = 3_051_003;

const FILE_NAME: &str = "ledger.sqlite";
/// How much of the WAL stays on disk after a checkpoint.
const WAL_LIMIT_BYTES: i64 = 16 * 1024 * 1024;
const CACHE_KIB: i64 = 16 * 1024;
/// More than there are different statements in this module.
const STATEMENT_CACHE: usize = 128;

/// What the tests need to set; the program takes the default.
#[derive(Clone, Copy, Debug)]
pub(super) struct Settings {
    /// How long a call waits for another process that holds the file.
    pub(super) busy_timeout: Duration,
    /// The file may not grow beyond this many pages, as if the disk were full then.
    pub(super) max_pages: Option<u32>,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { busy_timeout: Duration::from_secs(5), max_pages: None }
    }
}

/// Where the ledger of a state directory lies.
pub fn ledger_path(state_dir: &Path) -> PathBuf {
    state_dir.join(FILE_NAME)
}

/// Opens it for the writer; makes the directory (0700) and the file (0600) if they are missing.
pub(super) fn open_for_writing(path: &Path, settings: Settings) -> Result<Connection, Failure> {
    require_safe_sqlite(rusqlite::version_number())?;
    if let Some(directory) = path.parent() {
        DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
    }
    // Before SQLite does it with whatever the umask allows; its -wal and -shm take over these rights.
    create_private(path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    harden(&connection, settings)?;
    let mode: String = connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    if mode != "wal" {
        return Err(Class::Io.into());
    }
    // FULL: what is committed survives a power failure. The journal of moves rests on it.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "secure_delete", true)?;
    connection.pragma_update(None, "journal_size_limit", WAL_LIMIT_BYTES)?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    if let Some(pages) = settings.max_pages {
        connection.pragma_update(None, "max_page_count", pages)?;
    }
    Ok(connection)
}

/// Opens it for a reader, which can neither write nor checkpoint.
pub(super) fn open_for_reading(path: &Path) -> Result<Connection, Failure> {
    require_safe_sqlite(rusqlite::version_number())?;
    File::open(path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    harden(&connection, Settings::default())?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

/// Makes an empty file that only its owner may read, or takes the rights of others from one that is there.
pub(super) fn create_private(path: &Path) -> io::Result<()> {
    let file = OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(path)?;
    if file.metadata()?.permissions().mode() & 0o077 != 0 {
        fs::set_permissions(path, Permissions::from_mode(0o600))?;
    }
    Ok(())
}

fn harden(connection: &Connection, settings: Settings) -> Result<(), Failure> {
    connection.busy_timeout(settings.busy_timeout)?;
    connection.set_prepared_statement_cache_capacity(STATEMENT_CACHE);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    // No temporary files with data beside the ledger.
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    Ok(())
}

fn require_safe_sqlite(version: i32) -> Result<(), Failure> {
    if version < OLDEST_SAFE_SQLITE {
        return Err(Class::OldSqlite { found: version }.into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_sqlite_that_can_lose_data_is_refused() {
        assert!(require_safe_sqlite(3_051_003).is_ok());
        assert!(matches!(require_safe_sqlite(3_040_001), Err(Failure::Class(Class::OldSqlite { found: 3_040_001 }))));
    }

    #[test]
    fn a_connection_has_the_promised_settings() {
        let dir = tempfile::tempdir().unwrap();
        let connection = open_for_writing(&ledger_path(dir.path()), Settings::default()).unwrap();
        for (pragma, expected) in [
            ("synchronous", 2),
            ("foreign_keys", 1),
            ("secure_delete", 1),
            ("trusted_schema", 0),
            ("busy_timeout", 5000),
            ("journal_size_limit", WAL_LIMIT_BYTES),
        ] {
            let found: i64 = connection.pragma_query_value(None, pragma, |row| row.get(0)).unwrap();
            assert_eq!(found, expected, "{pragma}");
        }
        let mode: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
        assert_eq!(mode, "wal");
    }

    #[test]
    fn only_the_owner_may_read_it() {
        let outer = tempfile::tempdir().unwrap();
        let state_dir = outer.path().join("state/postweiche");
        let path = ledger_path(&state_dir);
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        drop(open_for_writing(&path, Settings::default()).unwrap());
        assert_eq!((mode(&state_dir), mode(&path)), (0o700, 0o600));

        fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
        let connection = open_for_writing(&path, Settings::default()).unwrap();
        connection.execute_batch("CREATE TABLE t (x TEXT) STRICT").unwrap();
        for suffix in ["", "-wal", "-shm"] {
            assert_eq!(mode(Path::new(&format!("{}{suffix}", path.display()))), 0o600, "{suffix}");
        }
    }
}
