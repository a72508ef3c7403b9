//! Only one instance works on a state directory.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

use thiserror::Error;

/// The lock, held as long as this value lives; the system frees it when the process ends, however it ends.
#[derive(Debug)]
pub struct InstanceLock {
    _file: File,
}

/// Why the lock could not be had.
#[derive(Debug, Error)]
pub enum InstanceError {
    #[error("{path}: another instance is at work here ({holder})")]
    Held { path: PathBuf, holder: String },
    #[error("{path}: cannot be locked ({kind})")]
    Io { path: PathBuf, kind: io::ErrorKind },
}

impl InstanceLock {
    /// Takes the lock in this directory, creating the directory if it is missing, and writes down who holds it.
    ///
    /// # Errors
    /// [`InstanceError::Held`] names the process that has it.
    pub fn take(state_dir: &Path) -> Result<Self, InstanceError> {
        let path = state_dir.join("lock");
        let failed = |error: &io::Error| InstanceError::Io { path: path.clone(), kind: error.kind() };
        create_private_dir(state_dir).map_err(|error| failed(&error))?;
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(|error| failed(&error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // What the other one wrote is a courtesy; without it the refusal stands all the same.
                let _ = file.read_to_string(&mut holder);
                let holder = holder.trim();
                let holder = if holder.is_empty() { "process unknown" } else { holder }.to_owned();
                return Err(InstanceError::Held { path, holder });
            }
            Err(TryLockError::Error(error)) => return Err(failed(&error)),
        }
        let words = format!("process {}, started {}\n", std::process::id(), jiff::Timestamp::now());
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| file.write_all(words.as_bytes()))
            .map_err(|error| failed(&error))?;
        Ok(InstanceLock { _file: file })
    }
}

/// Who holds the lock of this directory, as far as can be seen without touching it: to try the lock would, for a moment,
/// keep a starting instance from it.
pub fn holder(state_dir: &Path) -> Option<String> {
    let path = state_dir.join("lock");
    let words = std::fs::read_to_string(&path).ok()?;
    let locks = std::fs::read_to_string("/proc/locks").ok()?;
    let process = words.strip_prefix("process ")?.split(',').next()?;
    is_held(&locks, process, inode(&path)?).then(|| words.trim().to_owned())
}

/// Whether this list (proc_locks(5)) has a whole-file lock of `process` on the file with this number.
fn is_held(locks: &str, process: &str, inode: u64) -> bool {
    // "1: FLOCK  ADVISORY  WRITE 708 00:13:1295 0 EOF"
    locks.lines().any(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let file = words.get(5).and_then(|file| file.rsplit(':').next()?.parse().ok());
        words.get(1) == Some(&"FLOCK") && words.get(4) == Some(&process) && file == Some(inode)
    })
}

#[cfg(unix)]
fn inode(path: &Path) -> Option<u64> {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(path).ok().map(|metadata| metadata.ino())
}

#[cfg(not(unix))]
fn inode(_path: &Path) -> Option<u64> {
    None
}

/// Creates a directory that only its owner may enter.
fn create_private_dir(path: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_instance_is_told_who_has_the_lock_until_it_is_free() {
        let dir = tempfile::tempdir().unwrap();
        let state = dir.path().join("state");
        let first = InstanceLock::take(&state).unwrap();
        let words = InstanceLock::take(&state).unwrap_err().to_string();
        assert!(words.contains(&format!("process {}", std::process::id())), "{words}");
        drop(first);
        InstanceLock::take(&state).unwrap();
    }

    #[test]
    fn a_held_lock_is_seen_in_the_list_of_locks() {
        let locks = "1: POSIX  ADVISORY  WRITE 12 08:01:77 0 EOF\n2: FLOCK  ADVISORY  WRITE 708 00:13:1295 0 EOF\n";
        for (process, inode, held) in
            [("708", 1295, true), ("70", 1295, false), ("708", 295, false), ("12", 77, false), ("", 0, false)]
        {
            assert_eq!(is_held(locks, process, inode), held, "{process} {inode}");
        }
    }
}
