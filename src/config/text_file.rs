//! Reading files that people write.

use std::io;
use std::path::Path;

use thiserror::Error;

use crate::diagnostic::Diagnostic;

/// Why there is no text. A file that cannot be read is never taken for one that is not there.
#[derive(Debug, Error)]
pub enum Fault {
    #[error("cannot read the file: {0}")]
    Io(io::Error),
    /// Windows-1252, usually.
    #[error("line {line}: not UTF-8 text{}", more_lines(*.more))]
    NotUtf8 {
        /// The first such line, from 1.
        line: usize,
        /// How many follow.
        more: usize,
    },
}

fn more_lines(more: usize) -> String {
    match more {
        0 => String::new(),
        1 => ", and 1 more line".to_owned(),
        more => format!(", and {more} more lines"),
    }
}

impl Fault {
    pub fn into_diagnostic(self, path: &Path) -> Diagnostic {
        let problem = Diagnostic::file(path, self.to_string());
        match self {
            Fault::Io(_) => problem.help("is the name right, and may the service's user read it?"),
            Fault::NotUtf8 { .. }
                if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv")) =>
            {
                problem.help("save the file as UTF-8 (in Excel as \"CSV UTF-8\")")
            }
            Fault::NotUtf8 { .. } => problem.help("save the file as UTF-8; editors call it the encoding of the file"),
        }
    }
}

/// The text of a file, without a byte order mark.
///
/// # Errors
/// If there is no file, or one that cannot be read or is not UTF-8.
pub fn read_text(path: &Path) -> Result<String, Fault> {
    let mut bytes = std::fs::read(path).map_err(Fault::Io)?;
    if bytes.starts_with(b"\xef\xbb\xbf") {
        bytes.drain(..3);
    }
    String::from_utf8(bytes).map_err(|error| {
        let lines = error.as_bytes().split(|byte| *byte == b'\n').zip(1..);
        let mut bad = lines.filter(|(line, _)| std::str::from_utf8(line).is_err()).map(|(_, number)| number);
        let line = bad.next().unwrap_or(1);
        Fault::NotUtf8 { line, more: bad.count() }
    })
}
