//! Reads everything an admin wrote and checks it as a whole.

use std::fs;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::tell;
use crate::config::{self, Config, SecretSource};
use crate::diagnostic::{Diagnostic, Source, has_errors, render};
use crate::rules::{self, RuleSet};

/// Checked configuration and rules.
#[derive(Debug)]
pub struct Setup {
    pub config: Config,
    pub rules: Arc<RuleSet>,
    /// What somebody should look at; nothing in it stops the program.
    pub warnings: Vec<Diagnostic>,
}

/// Where the configuration is looked for.
pub fn default_path() -> PathBuf {
    let system = PathBuf::from("/etc/postweiche/postweiche.toml");
    if system.exists() { system } else { PathBuf::from("config/postweiche.toml") }
}

/// Reads and checks configuration, master data and rules.
///
/// # Errors
/// Every problem of every file, warnings included, if one of them is an error.
pub fn load(path: &Path) -> Result<Setup, Vec<Diagnostic>> {
    let loaded = config::load(path);
    let mut problems = loaded.problems;
    let postfaecher = loaded.config.iter().flat_map(|config| &config.postfaecher);
    let secrets = postfaecher.map(|postfach| &postfach.password);
    let secrets = secrets.chain(loaded.config.iter().filter_map(|config| config.dienst.hash_key.as_ref()));
    problems.extend(secrets.filter_map(SecretSource::mode_too_open));
    let mut rules = None;
    if let Some(dir) = &loaded.stammdaten_dir {
        let master = config::load_stammdaten(dir);
        problems.extend(master.problems);
        if let Some(stammdaten) = master.stammdaten.map(Arc::new) {
            if let (Some(config), Some(origin)) = (&loaded.config, &loaded.origin) {
                problems.extend(config::cross_check(config, origin, &stammdaten));
            }
            if let Some(dir) = &loaded.regelwerk_dir {
                let (files, unreadable) = rule_files(dir);
                // Without a file that cannot be read, whatever it holds would be called missing.
                if unreadable.is_empty() {
                    let (compiled, found) = rules::compile(&files, stammdaten, &master.quellen);
                    problems.extend(found.into_iter().map(|problem| in_directory(problem, dir)));
                    rules = compiled;
                }
                problems.extend(unreadable);
            }
        }
    }
    match (loaded.config, rules) {
        (Some(config), Some(rules)) if !has_errors(&problems) => {
            Ok(Setup { config, rules: Arc::new(rules), warnings: problems })
        }
        _ => Err(problems),
    }
}

/// A problem of all rule files together says where they are.
fn in_directory(mut problem: Diagnostic, dir: &Path) -> Diagnostic {
    problem.path = problem.path.map(|path| if path == Path::new("*.toml") { dir.join(path) } else { path });
    problem
}

/// The same for commands: shows what is wrong on standard error if there is nothing to work with.
pub fn load_or_show(path: &Path) -> Option<Setup> {
    load(path).map_err(|problems| show(&problems)).ok()
}

/// Whether the configuration has a mailbox of this name; says on standard error which there are if not.
pub fn has_mailbox_or_show(setup: &Setup, name: &str) -> bool {
    let postfaecher = &setup.config.postfaecher;
    let found = postfaecher.iter().any(|postfach| postfach.name == name);
    if !found {
        let names: Vec<_> = postfaecher.iter().map(|postfach| postfach.name.as_str()).collect();
        tell(format_args!("error: no mailbox is called {name:?}; there are {}\n", names.join(", ")));
    }
    found
}

/// Shows problems on standard error, as a compiler would.
pub fn show(problems: &[Diagnostic]) {
    tell(format_args!("{}", render(problems, io::stderr().is_terminal())));
}

/// The rule files, in the order of their names.
fn rule_files(dir: &Path) -> (Vec<Source>, Vec<Diagnostic>) {
    let unreadable = |error: &io::Error| {
        Diagnostic::file(dir, format!("the rule files cannot be read ({})", error.kind()))
            .help("check [regelwerk] dir and the permissions")
    };
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) => return (Vec::new(), vec![unreadable(&error)]),
    };
    let mut paths: Vec<PathBuf> = Vec::new();
    let mut problems = Vec::new();
    for entry in entries {
        match entry {
            Ok(entry) if entry.path().extension().is_some_and(|extension| extension == "toml") => {
                paths.push(entry.path());
            }
            Ok(_) => {}
            Err(error) => problems.push(unreadable(&error)),
        }
    }
    if paths.is_empty() && problems.is_empty() {
        let help = "copy the shipped rules there, or check [regelwerk] dir";
        problems.push(Diagnostic::file(dir, "there are no rule files (*.toml) in this directory").help(help));
    }
    paths.sort();
    let mut files = Vec::new();
    for path in paths {
        match config::read_text(&path) {
            Ok(text) => files.push(Source { path, text: text.into() }),
            Err(fault) => problems.push(fault.into_diagnostic(&path)),
        }
    }
    (files, problems)
}
