//! Rules and master data as they are shipped, and the memory they take.

use std::path::Path;
use std::sync::Arc;

use postweiche::config::{load_stammdaten, read_text};
use postweiche::diagnostic::Source;
use postweiche::rules::{RuleSet, compile};

/// Reads and compiles everything, as the program does at its start.
pub fn rules() -> RuleSet {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
    let loaded = load_stammdaten(&repository.join("config/stammdaten"));
    let stammdaten = loaded.stammdaten.expect("the shipped master data are sound");
    let entries = std::fs::read_dir(repository.join("rules")).expect("the rules are there");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("the directory can be listed").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    let read = |path: &Path| read_text(path).expect("the rules can be read").into();
    let files: Vec<Source> = paths.into_iter().map(|path| Source { text: read(&path), path }).collect();
    compile(&files, Arc::new(stammdaten), &loaded.quellen).0.expect("the shipped rules are sound")
}

/// The memory of this process at present, in bytes.
pub fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux tells it");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a line with it");
    let kibibytes: u64 = line.trim().trim_end_matches(" kB").parse().expect("a number");
    kibibytes << 10
}
