//! Which mails the judging threads have in hand, in a file that outlives the process.
//!
//! A mail may kill the process: a defect that overflows a stack cannot be caught. So each thread writes into its line of
//! this file which mail it is about to read, and wipes it when it is done. What the next start finds there was being read
//! when the process died. The lines are not forced to the disk: they have to survive the process and not the machine,
//! and a power cut is no mail's fault.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use thiserror::Error;
use tracing::warn;

use crate::domain::id::{FolderName, Place, Uid, UidValidity};

/// Name of the file in the state directory.
const FILE: &str = "in_arbeit";
/// Bytes of a line, its end included: two numbers and the name of a mailbox.
const LINE: usize = 256;

/// Why the file cannot be used.
#[derive(Debug, Error)]
#[error("{path}: which mails are in hand cannot be noted ({kind})")]
pub struct InHandError {
    path: PathBuf,
    kind: io::ErrorKind,
}

/// The file, open for the threads of this process.
#[derive(Clone, Debug)]
pub struct InHand {
    /// `None`: it cannot be used, or is not to be used any more.
    file: Arc<RwLock<Option<File>>>,
}

impl InHand {
    /// Opens the file of a state directory and leaves in it what it holds. Also gives that: what an earlier process had in
    /// hand when it died, by mailbox. Note it before anything is read, then [`clear`](Self::clear).
    ///
    /// # Errors
    /// If the file cannot be read or written.
    pub fn open(state_dir: &Path) -> Result<(Self, Vec<(String, Place)>), InHandError> {
        let path = state_dir.join(FILE);
        let failed = |error: io::Error| InHandError { path: path.clone(), kind: error.kind() };
        let left = match std::fs::read(&path) {
            Ok(bytes) => bytes.chunks(LINE).filter_map(read_line).collect(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(failed(error)),
        };
        let mut options = OpenOptions::new();
        let file = options.write(true).create(true).truncate(false).mode(0o600).open(&path).map_err(failed)?;
        Ok((InHand { file: Arc::new(RwLock::new(Some(file))) }, left))
    }

    /// Where the file cannot be used: the program works without, and a mail that ends it is not found out.
    pub fn without() -> Self {
        InHand { file: Arc::default() }
    }

    /// Forgets what an earlier process had in hand.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn clear(&self) -> io::Result<()> {
        let file = self.file.read().unwrap_or_else(PoisonError::into_inner);
        file.as_ref().map_or(Ok(()), |file| file.set_len(0))
    }

    /// The process ends in good order: what its threads still have in hand has not killed it. Nothing is noted any more.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn close(&self) -> io::Result<()> {
        let file = self.file.write().unwrap_or_else(PoisonError::into_inner).take();
        file.map_or(Ok(()), |file| file.set_len(0))
    }

    /// The thread with this number begins to read a mail.
    pub fn take(&self, thread: usize, postfach: &str, uidvalidity: UidValidity, uid: Uid) {
        self.write(thread, &format!("{uidvalidity} {uid} {postfach}"));
    }

    /// It has done so.
    pub fn put_down(&self, thread: usize) {
        self.write(thread, "");
    }

    fn write(&self, thread: usize, words: &str) {
        let file = self.file.read().unwrap_or_else(PoisonError::into_inner);
        let Some(file) = &*file else { return };
        let mut line = [b' '; LINE];
        let words = &words.as_bytes()[..words.len().min(LINE - 1)];
        line[..words.len()].copy_from_slice(words);
        line[LINE - 1] = b'\n';
        // On a full disk a mail that kills the process is found out later, or never; others are not kept waiting for it.
        if let Err(error) = file.write_all_at(&line, (thread * LINE) as u64) {
            warn!(error = %error.kind(), "which mail is being read cannot be noted");
        }
    }
}

/// Nothing if the line is empty or was cut.
fn read_line(line: &[u8]) -> Option<(String, Place)> {
    let text = std::str::from_utf8(line).ok()?.trim_end();
    let mut words = text.splitn(3, ' ');
    let uidvalidity = UidValidity(words.next()?.parse().ok()?);
    let uid = Uid(words.next()?.parse().ok()?);
    let postfach = words.next()?.to_owned();
    Some((postfach, Place { folder: FolderName::inbox(), uidvalidity, uid }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_hand_outlives_the_process() {
        let dir = tempfile::tempdir().unwrap();
        let (in_hand, left) = InHand::open(dir.path()).unwrap();
        assert!(left.is_empty());
        in_hand.take(1, "sc-nord", UidValidity(7), Uid(12));
        in_hand.take(0, "sc ost", UidValidity(7), Uid(3));
        in_hand.put_down(1);
        in_hand.take(2, "sc-nord", UidValidity(4_294_967_295), Uid(4_294_967_295));
        let (next, left) = InHand::open(dir.path()).unwrap();
        let left: Vec<_> = left.iter().map(|(postfach, place)| (postfach.as_str(), place.uid.0)).collect();
        assert_eq!(left, [("sc ost", 3), ("sc-nord", 4_294_967_295)]);
        next.clear().unwrap();
        assert!(InHand::open(dir.path()).unwrap().1.is_empty());
        next.take(0, "sc-nord", UidValidity(7), Uid(12));
        next.close().unwrap();
        next.take(0, "sc-nord", UidValidity(7), Uid(13));
        assert!(InHand::open(dir.path()).unwrap().1.is_empty(), "an orderly end is no mail's fault");
    }

    #[test]
    fn a_damaged_file_says_nothing() {
        let dir = tempfile::tempdir().unwrap();
        for bytes in [&b"\xff\xfe"[..], b"7", b"7 x sc-nord\n", &[0; 5000]] {
            std::fs::write(dir.path().join(FILE), bytes).unwrap();
            assert!(InHand::open(dir.path()).unwrap().1.is_empty());
        }
        std::fs::remove_file(dir.path().join(FILE)).unwrap();
        std::fs::create_dir(dir.path().join(FILE)).unwrap();
        assert!(InHand::open(dir.path()).is_err());
        let without = InHand::without();
        without.take(0, "sc-nord", UidValidity(7), Uid(1));
        without.put_down(0);
        without.clear().unwrap();
    }
}
