//! A copy of the ledger at one moment, made while others write.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::error::{Class, Failure};
use super::file::create_private;
use super::opening::quick_check;

/// Copies what `connection` sees to a new file that only its owner may read, checks it, and returns its size in bytes.
///
/// It is written under another name first, so that what bears the name of a backup is a whole one.
pub(super) fn back_up(connection: &Connection, target: &Path) -> Result<u64, Failure> {
    if target.exists() {
        return Err(Class::Exists.into());
    }
    let unfinished = unfinished(target);
    match fs::remove_file(&unfinished) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    let written = write(connection, &unfinished).and_then(|size| {
        put_in_place(&unfinished, target)?;
        Ok(size)
    });
    match fs::remove_file(&unfinished) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => written.and(Err(error.into())),
        _ => written,
    }
}

/// A link fails where a rename would overwrite what has come there meanwhile. Some network drives know no links.
fn put_in_place(unfinished: &Path, target: &Path) -> io::Result<()> {
    match fs::hard_link(unfinished, target) {
        Err(error) if matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::Unsupported) => {
            drop(File::create_new(target)?);
            fs::rename(unfinished, target)
        }
        linked => linked,
    }
}

fn write(connection: &Connection, unfinished: &Path) -> Result<u64, Failure> {
    create_private(unfinished)?;
    let name = unfinished.to_str().ok_or_else(|| io::Error::from(io::ErrorKind::InvalidFilename))?;
    // A reader may not even write elsewhere; the file itself it cannot write, as it was opened.
    connection.pragma_update(None, "query_only", false)?;
    connection.execute("VACUUM INTO ?1", [name])?;
    let copy = Connection::open(unfinished)?;
    quick_check(&copy)?;
    // Put in place, it is known as what it is.
    if copy.column_exists(None, "kennung", "kopie")? {
        copy.execute("UPDATE kennung SET kopie = 1", [])?;
    }
    copy.close().map_err(|(_, error)| error)?;
    let file = File::open(unfinished)?;
    file.sync_all()?;
    Ok(file.metadata()?.len())
}

fn unfinished(target: &Path) -> PathBuf {
    let mut name = OsString::from(target);
    name.push(".unfinished");
    name.into()
}
