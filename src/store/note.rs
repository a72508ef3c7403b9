//! The note beside the ledger: which ledger was written last, and how far it was.
//!
//! A ledger cannot tell by itself that it is missing, or that it is an old one put back from a backup. The note can: it
//! names the ledger and its newest run. Its time of change says when a cycle was completed last. Losing the note does no
//! harm; it is written anew at the next start.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use jiff::Timestamp;

/// Name of the file in the state directory.
const FILE: &str = "ledger.stand";

/// What the note says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Note {
    pub(super) kennung: String,
    pub(super) lauf: i64,
    /// When a cycle was completed last, if that is known.
    pub(super) letzter_zyklus: Option<Timestamp>,
}

fn path(state_dir: &Path) -> PathBuf {
    state_dir.join(FILE)
}

/// Reads the note; nothing if there is none, or one that cannot be understood.
pub(super) fn read(state_dir: &Path) -> io::Result<Option<Note>> {
    let path = path(state_dir);
    let text = match fs::read(&path) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let changed = fs::metadata(&path)?.modified().ok().and_then(|time| Timestamp::try_from(time).ok());
    let mut words = text.split_whitespace();
    let mut note = || Some((words.next()?.to_owned(), words.next()?.parse().ok()?));
    Ok(note().map(|(kennung, lauf)| Note { kennung, lauf, letzter_zyklus: changed }))
}

/// Writes the note, whole or not at all.
pub(super) fn write(state_dir: &Path, note: &Note) -> io::Result<()> {
    let path = path(state_dir);
    let aside = path.with_extension("stand.neu");
    let mut options = OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&aside)?;
    writeln!(file, "{} {}", note.kennung, note.lauf)?;
    // That a run begins is no completed cycle.
    if let Some(time) = note.letzter_zyklus {
        file.set_modified(time.into())?;
    }
    file.sync_all()?;
    fs::rename(&aside, &path)?;
    // The name is in the directory for certain only when that is written, too.
    File::open(state_dir)?.sync_all()
}

/// Notes that a cycle was completed now.
pub(super) fn touch(state_dir: &Path) -> io::Result<()> {
    OpenOptions::new().append(true).open(path(state_dir))?.set_modified(SystemTime::now())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_read_as_written_and_a_damaged_one_is_none() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(read(dir.path()).unwrap(), None);
        let note = Note { kennung: "abc".to_owned(), lauf: 7, letzter_zyklus: None };
        write(dir.path(), &note).unwrap();
        touch(dir.path()).unwrap();
        let read_back = read(dir.path()).unwrap().unwrap();
        assert_eq!((read_back.kennung.as_str(), read_back.lauf), ("abc", 7));
        assert!(Timestamp::now().duration_since(read_back.letzter_zyklus.unwrap()).as_secs() < 60);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
        for damaged in [&b""[..], b"abc", b"abc x", b"\xff\xff\xff"] {
            fs::write(path(dir.path()), damaged).unwrap();
            assert_eq!(read(dir.path()).unwrap(), None, "{damaged:?}");
        }
    }
}
