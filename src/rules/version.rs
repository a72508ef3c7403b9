//! The version of a rule set: one number for everything that can change an answer.

use sha2::{Digest, Sha256};

use crate::diagnostic::Source;
use crate::domain::id::RegelwerkVersion;

/// Counts the changes of this program that give the same files another meaning.
const PROGRAM_FORMAT: u32 = 1;

/// SHA-256 over the program's format, the rule files in their order and the master data by file name. Each part is
/// preceded by its length, so no two different inputs look alike; directories do not take part.
pub(super) fn version(files: &[Source], stammdaten: &[Source]) -> RegelwerkVersion {
    let mut hash = Sha256::new();
    hash.update(PROGRAM_FORMAT.to_be_bytes());
    let name = |source: &Source| source.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut sorted: Vec<&Source> = stammdaten.iter().collect();
    sorted.sort_by_key(|source| name(source));
    for group in [files.iter().collect(), sorted] {
        let group: Vec<&Source> = group;
        hash.update(length(group.len()));
        for source in group {
            for part in [name(source).as_bytes(), source.text.as_bytes()] {
                hash.update(length(part.len()));
                hash.update(part);
            }
        }
    }
    RegelwerkVersion(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

fn length(of: usize) -> [u8; 8] {
    u64::try_from(of).unwrap_or(u64::MAX).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str, text: &str) -> Source {
        Source { path: path.into(), text: text.into() }
    }

    #[test]
    fn the_version_changes_with_content_and_name_only() {
        let base = version(&[source("r/a.toml", "x")], &[source("s/b.csv", "y"), source("s/c.csv", "z")]);
        assert_eq!(base.0.len(), 64);
        assert_eq!(base, version(&[source("q/a.toml", "x")], &[source("c.csv", "z"), source("b.csv", "y")]));
        for other in [
            version(&[source("a.toml", "xx")], &[source("b.csv", "y"), source("c.csv", "z")]),
            version(&[source("b.toml", "x")], &[source("b.csv", "y"), source("c.csv", "z")]),
            version(&[source("a.toml", "x"), source("b.csv", "y")], &[source("c.csv", "z")]),
            version(&[source("a.toml", "x")], &[source("b.csv", "yc.csvz")]),
            version(&[], &[]),
        ] {
            assert_ne!(base, other);
        }
    }
}
