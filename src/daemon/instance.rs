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
}
