//! Reading secrets from where they stand. A message of this module names the place, never the value.

use std::env;
use std::ffi::OsString;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use thiserror::Error;
use zeroize::Zeroizing;

use super::SecretSource;
use crate::diagnostic::Diagnostic;

/// Why a secret could not be had. Trying again helps only after somebody has changed something.
#[derive(Debug, Error)]
pub enum SecretError {
    /// The file is missing, not allowed, or not a file.
    #[error("cannot read the secret in {place} ({})", source.kind())]
    Unreadable { place: String, source: io::Error },
    /// The variable is not in the environment of this process.
    #[error("the secret in {place} is not there: the variable is not set")]
    NotSet { place: String },
    /// The service manager passed no credentials.
    #[error("the secret in {place} is not there: $CREDENTIALS_DIRECTORY is not set (LoadCredential= in the unit)")]
    NoCredentials { place: String },
    /// Nothing in it.
    #[error("the secret in {place} is empty")]
    Empty { place: String },
    /// Not text.
    #[error("the secret in {place} is not UTF-8 text")]
    NotText { place: String },
    /// NUL, CR or LF, which no login can carry; usually a second line in the file.
    #[error("the secret in {place} has more than one line, or a NUL character")]
    NotOneLine { place: String },
}

/// Names the place for messages: `file /etc/...`, `environment variable X`, `credential x`.
impl fmt::Display for SecretSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "file {}", path.display()),
            Self::Env(name) => write!(f, "environment variable {name}"),
            Self::Credential(name) => write!(f, "credential {name}"),
        }
    }
}

impl SecretSource {
    /// Reads the secret as it is now. One trailing line end of a file is not part of it.
    ///
    /// # Errors
    /// If it is not there, empty, or not one line of text.
    pub fn read(&self) -> Result<SecretString, SecretError> {
        self.read_in(&|name| env::var_os(name))
    }

    /// [`SecretSource::read`] with a given environment.
    fn read_in(&self, environment: &dyn Fn(&str) -> Option<OsString>) -> Result<SecretString, SecretError> {
        let place = self.to_string();
        let bytes = match self {
            Self::Env(name) => match environment(name) {
                Some(value) => Zeroizing::new(value.into_encoded_bytes()),
                None => return Err(SecretError::NotSet { place }),
            },
            Self::File(_) | Self::Credential(_) => {
                let Some(path) = self.path_in(environment) else {
                    return Err(SecretError::NoCredentials { place });
                };
                match std::fs::read(path) {
                    Ok(bytes) => Zeroizing::new(bytes),
                    Err(source) => return Err(SecretError::Unreadable { place, source }),
                }
            }
        };
        let Ok(text) = std::str::from_utf8(&bytes) else {
            return Err(SecretError::NotText { place });
        };
        let text = text.strip_suffix('\n').map_or(text, |line| line.strip_suffix('\r').unwrap_or(line));
        if text.is_empty() {
            return Err(SecretError::Empty { place });
        }
        if text.contains(['\0', '\r', '\n']) {
            return Err(SecretError::NotOneLine { place });
        }
        Ok(SecretString::from(text.to_owned()))
    }

    fn path_in(&self, environment: &dyn Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
        match self {
            Self::File(path) => Some(path.clone()),
            Self::Env(_) => None,
            Self::Credential(name) => Some(Path::new(&environment("CREDENTIALS_DIRECTORY")?).join(name)),
        }
    }

    /// A warning if people who need not know the secret can read it: everybody, or a group that may also write.
    /// `None` also if there is no file, which [`SecretSource::read`] tells.
    pub fn mode_too_open(&self) -> Option<Diagnostic> {
        let path = self.path_in(&|name| env::var_os(name))?;
        let mode = mode(&path)?;
        if mode & 0o027 == 0 {
            return None;
        }
        let problem = Diagnostic::file(&path, format!("the secret can be read or changed by others (mode {mode:04o})"));
        Some(problem.warning().help(format!("chmod 0600 {}", path.display())))
    }
}

#[cfg(unix)]
fn mode(path: &Path) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).ok().map(|metadata| metadata.permissions().mode() & 0o777)
}

#[cfg(not(unix))]
fn mode(_path: &Path) -> Option<u32> {
    None
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn a_secret_is_one_line_of_text() {
        let dir = tempfile::tempdir().unwrap();
        for (content, expected) in [
            (&b"geheim"[..], Ok("geheim")),
            (b"geheim\n", Ok("geheim")),
            (b"geheim\r\n", Ok("geheim")),
            (b" geheim ", Ok(" geheim ")),
            (b"geheim\n\n", Err("more than one line")),
            (b"eins\nzwei\n", Err("more than one line")),
            (b"\n", Err("is empty")),
            (b"", Err("is empty")),
            (b"gr\xfc\xdfe", Err("not UTF-8")),
        ] {
            let path = dir.path().join("kennwort");
            std::fs::write(&path, content).unwrap();
            let directory = dir.path().as_os_str().to_owned();
            for source in [SecretSource::File(path), SecretSource::Credential("kennwort".to_owned())] {
                let read = source.read_in(&|_| Some(directory.clone()));
                match (&read, expected) {
                    (Ok(secret), Ok(text)) => assert_eq!(secret.expose_secret(), text),
                    (Err(error), Err(part)) => {
                        let text = format!("{error} {error:?}");
                        assert!(text.contains(part), "{text}");
                        assert!(!text.contains("geheim") && !text.contains("zwei"), "{text}");
                    }
                    _ => panic!("{content:?} from {source}: {read:?}"),
                }
            }
        }
    }

    #[test]
    fn what_is_not_there_is_told_by_its_place() {
        let nothing = |_: &str| None;
        for (source, part) in [
            (SecretSource::File("/nicht/da".into()), "cannot read the secret in file /nicht/da (entity not found)"),
            (SecretSource::Env("PW_NORD".to_owned()), "environment variable PW_NORD is not there"),
            (SecretSource::Credential("nord".to_owned()), "$CREDENTIALS_DIRECTORY is not set"),
        ] {
            let text = source.read_in(&nothing).unwrap_err().to_string();
            assert!(text.contains(part), "{text}");
        }
        let set = SecretSource::Env("PW".to_owned()).read_in(&|_| Some("x y".into())).unwrap();
        assert_eq!(set.expose_secret(), "x y");
    }

    #[cfg(unix)]
    #[test]
    fn an_open_file_is_a_warning() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("kennwort");
        std::fs::write(&path, "geheim").unwrap();
        for (mode, open) in
            [(0o600, false), (0o400, false), (0o640, false), (0o660, true), (0o644, true), (0o604, true)]
        {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            let warning = SecretSource::File(path.clone()).mode_too_open();
            assert_eq!(warning.is_some(), open, "{mode:o}");
        }
        assert_eq!(SecretSource::File(dir.path().join("nicht-da")).mode_too_open(), None);
    }
}
