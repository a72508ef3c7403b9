//! What the fuzz targets share: the rules and the master data as they are shipped.
#![forbid(unsafe_code)]

use std::path::Path;
use std::sync::Arc;

use postweiche::config::{load_stammdaten, read_text};
use postweiche::diagnostic::Source;
use postweiche::domain::stammdaten::Stammdaten;

/// The shipped master data.
///
/// # Panics
/// If they cannot be read, or have faults.
pub fn stammdaten() -> Arc<Stammdaten> {
    let loaded = load_stammdaten(&repository().join("config/stammdaten"));
    Arc::new(loaded.stammdaten.expect("the shipped master data are sound"))
}

/// The shipped rule files, in the order of their names.
///
/// # Panics
/// If they cannot be read.
pub fn rule_files() -> Vec<Source> {
    let entries = std::fs::read_dir(repository().join("rules")).expect("the rules are there");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("the directory can be listed").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    let read = |path: &Path| read_text(path).expect("the rules can be read").into();
    paths.into_iter().map(|path| Source { text: read(&path), path }).collect()
}

fn repository() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}
