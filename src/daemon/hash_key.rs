//! The key of the pseudonyms: from the configuration, or made once and kept beside the ledger.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use secrecy::ExposeSecret;
use thiserror::Error;
use tracing::warn;

use crate::config::SecretError;
use crate::config::SecretSource;
use crate::parse::fingerprint::FingerprintKey;

/// Name of the generated key in the state directory.
const FILE: &str = "hash.key";

/// Why there is no key.
#[derive(Debug, Error)]
pub enum HashKeyError {
    #[error("hash_key: {0}")]
    Secret(#[from] SecretError),
    #[error("hash_key: the key is shorter than 16 bytes")]
    TooShort,
    #[error("{path}: the generated key cannot be read or written ({kind})")]
    Io { path: PathBuf, kind: io::ErrorKind },
    #[error("the system gives no random numbers")]
    NoRandomness,
}

impl HashKeyError {
    /// Whether starting again is of no use until somebody has changed something.
    pub fn needs_a_person(&self) -> bool {
        match self {
            Self::Secret(_) | Self::TooShort => true,
            Self::Io { .. } | Self::NoRandomness => false,
        }
    }

    /// What to do.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Secret(_) => {
                "provide the key where [dienst] hash_key says it stands, and do not change it afterwards"
            }
            Self::TooShort => "take at least 16 bytes, such as from `openssl rand -hex 32`",
            Self::Io { .. } => "may the service's user read and write the state directory, and is there room?",
            Self::NoRandomness => "restart the machine, or set [dienst] hash_key",
        }
    }
}

/// Reads the key, or makes one in `state_dir` (mode 0600) and says so.
pub fn load(source: Option<&SecretSource>, state_dir: &Path) -> Result<FingerprintKey, HashKeyError> {
    let secret = match source {
        Some(source) => source.read()?.expose_secret().as_bytes().to_vec(),
        None => generated(&state_dir.join(FILE))?,
    };
    FingerprintKey::new(secret).ok_or(HashKeyError::TooShort)
}

/// Where a usable key stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyPlace {
    /// Where the configuration says.
    Configured,
    /// In the state directory, made by the program.
    Generated,
    /// Nowhere yet: the first start makes one.
    NotMadeYet,
}

/// Where a key stands, without making one.
pub fn look(source: Option<&SecretSource>, state_dir: &Path) -> Result<KeyPlace, HashKeyError> {
    match (existing(source, state_dir)?, source) {
        (None, _) => Ok(KeyPlace::NotMadeYet),
        (Some(_), Some(_)) => Ok(KeyPlace::Configured),
        (Some(_), None) => Ok(KeyPlace::Generated),
    }
}

/// The key, if there is one already; never makes one.
pub fn existing(source: Option<&SecretSource>, state_dir: &Path) -> Result<Option<FingerprintKey>, HashKeyError> {
    let secret = match source {
        Some(source) => Some(source.read()?.expose_secret().as_bytes().to_vec()),
        None => made(&state_dir.join(FILE))?,
    };
    secret.map(|secret| FingerprintKey::new(secret).ok_or(HashKeyError::TooShort)).transpose()
}

/// The key that the program once made; an empty file is none.
fn made(path: &Path) -> Result<Option<Vec<u8>>, HashKeyError> {
    match fs::read(path) {
        Ok(key) if !key.is_empty() => Ok(Some(key)),
        Ok(_) => Ok(None),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(HashKeyError::Io { path: path.to_owned(), kind: error.kind() }),
    }
}

fn generated(path: &Path) -> Result<Vec<u8>, HashKeyError> {
    let failed = |error: io::Error| HashKeyError::Io { path: path.to_owned(), kind: error.kind() };
    if let Some(key) = made(path)? {
        return Ok(key);
    }
    let mut key = [0; 32];
    getrandom::fill(&mut key).map_err(|_| HashKeyError::NoRandomness)?;
    // Written aside and renamed: a key cut by a crash would make strangers of all known mails.
    let aside = path.with_extension("key.neu");
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(&aside).map_err(failed)?;
    file.write_all(&key).and_then(|()| file.sync_all()).map_err(failed)?;
    fs::rename(&aside, path).and_then(|()| sync_directory_of(path)).map_err(failed)?;
    warn!(path = %path.display(), "no hash_key is configured: one was made; set hash_key to a credential for production");
    Ok(key.to_vec())
}

/// Makes a new name in a directory last: until then a power cut may take it back.
#[cfg(unix)]
fn sync_directory_of(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), |dir| fs::File::open(dir)?.sync_all())
}

#[cfg(not(unix))]
fn sync_directory_of(_path: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(look(None, dir.path()).unwrap(), KeyPlace::NotMadeYet);
        load(None, dir.path()).unwrap();
        let made = fs::read(dir.path().join(FILE)).unwrap();
        load(None, dir.path()).unwrap();
        assert_eq!(look(None, dir.path()).unwrap(), KeyPlace::Generated);
        assert_eq!(fs::read(dir.path().join(FILE)).unwrap(), made);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "nothing is left beside it");
    }

    #[test]
    fn what_needs_a_person_is_told_apart() {
        let dir = tempfile::tempdir().unwrap();
        let short = dir.path().join("kurz");
        fs::write(&short, "0123456789abcde\n").unwrap();
        for source in [SecretSource::File(short), SecretSource::File(dir.path().join("fehlt"))] {
            assert!(load(Some(&source), dir.path()).is_err_and(|error| error.needs_a_person()), "{source}");
        }
        assert!(load(None, &dir.path().join("fehlt")).is_err_and(|error| !error.needs_a_person()));
    }
}
