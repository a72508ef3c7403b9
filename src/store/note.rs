//! The note beside the ledger: which ledger was written last, and how far it was.
//!
//! A ledger cannot tell by itself that it is missing, or that it is an old one put back from a backup. The note can: it
//! names the ledger, its newest run and its newest event. Its time of change says up to when mail may have been sorted. Losing
//! the note does no harm; it is written anew at the next start.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

/// Name of the file in the state directory.
const FILE: &str = "ledger.stand";

/// What the note says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Note {
    pub(super) kennung: String,
    pub(super) lauf: i64,
    /// Number of the newest event.
    pub(super) ereignis: i64,
    /// Up to when mail may have been sorted, if that is known.
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
    let mut note = || Some((words.next()?.to_owned(), words.next()?.parse().ok()?, words.next()?.parse().ok()?));
    Ok(note().map(|(kennung, lauf, ereignis)| Note { kennung, lauf, ereignis, letzter_zyklus: changed }))
}

/// Writes the note, whole or not at all. Without `durable` a power cut may bring the one before back.
pub(super) fn write(state_dir: &Path, note: &Note, durable: bool) -> io::Result<()> {
    let path = path(state_dir);
    let aside = path.with_extension("stand.neu");
    let mut options = OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&aside)?;
    writeln!(file, "{} {} {}", note.kennung, note.lauf, note.ereignis)?;
    // That a run begins is no completed cycle.
    if let Some(time) = note.letzter_zyklus {
        file.set_modified(time.into())?;
    }
    if !durable {
        return fs::rename(&aside, &path);
    }
    file.sync_all()?;
    fs::rename(&aside, &path)?;
    // The name is in the directory for certain only when that is written, too.
    File::open(state_dir)?.sync_all()
}

/// Notes that mail may have been sorted up to this moment.
pub(super) fn touch(state_dir: &Path, at: Timestamp) -> io::Result<()> {
    OpenOptions::new().append(true).open(path(state_dir))?.set_modified(at.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_read_as_written_and_a_damaged_one_is_none() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(read(dir.path()).unwrap(), None);
        let note = Note { kennung: "abc".to_owned(), lauf: 7, ereignis: 12, letzter_zyklus: None };
        write(dir.path(), &note, true).unwrap();
        touch(dir.path(), Timestamp::now()).unwrap();
        let read_back = read(dir.path()).unwrap().unwrap();
        assert_eq!((read_back.kennung.as_str(), read_back.lauf, read_back.ereignis), ("abc", 7, 12));
        assert!(Timestamp::now().duration_since(read_back.letzter_zyklus.unwrap()).as_secs() < 60);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
        for damaged in [&b""[..], b"abc", b"abc 7", b"abc x 12", b"\xff\xff\xff"] {
            fs::write(path(dir.path()), damaged).unwrap();
            assert_eq!(read(dir.path()).unwrap(), None, "{damaged:?}");
        }
    }
}
