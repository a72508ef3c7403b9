//! From a path to a checked [`Config`], or to everything that is wrong with it.
//!
//! Syntax errors do not end the reading: what could be understood is checked all the same.

use std::collections::BTreeSet;
use std::env;
use std::ffi::OsString;
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::de::DeTable;

use super::Config;
use super::mend::mend;
use super::redact::redact;
use super::table::Findings;
use super::text_file::read_text;
use super::validate::{self, Surroundings};
use crate::diagnostic::{Diagnostic, Source, has_errors};

/// What became of a configuration file.
#[derive(Debug, Default)]
pub struct Loaded {
    /// Only if there is no error among the problems.
    pub config: Option<Config>,
    /// Where the master data are, also if something else is wrong, so that they can be checked in the same breath.
    pub stammdaten_dir: Option<PathBuf>,
    /// Where the rule files are, likewise.
    pub regelwerk_dir: Option<PathBuf>,
    /// Where the mailboxes stand in the file, for problems that show only together with the master data.
    pub origin: Option<Origin>,
    pub problems: Vec<Diagnostic>,
}

/// Where in the configuration file the mailboxes stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The file, with secrets blanked out.
    pub source: Source,
    /// The place of each mailbox's name, in the order of [`Config::postfaecher`].
    pub postfaecher: Vec<Range<usize>>,
}

/// Reads and checks a configuration file. Relative paths in it are relative to the file; `$STATE_DIRECTORY` (set by
/// systemd) is the default of `state_dir`.
pub fn load(path: &Path) -> Loaded {
    load_in(path, env::var_os("STATE_DIRECTORY"))
}

fn load_in(path: &Path, state_directory: Option<OsString>) -> Loaded {
    let text = match read_text(path) {
        Ok(text) => text,
        Err(fault) => return Loaded { problems: vec![fault.into_diagnostic(path)], ..Loaded::default() },
    };
    let mended = mend(&text);
    let (table, syntax_errors) = DeTable::parse_recoverable(&mended.text);
    let broken = !syntax_errors.is_empty() || !mended.braces.is_empty();
    let shown = redact(&text, table.get_ref(), broken);
    let source = Source { path: path.to_owned(), text: shown.into() };
    let mut findings = Findings::new(source.clone());
    findings.broken = broken;

    let surroundings = Surroundings {
        base: path.parent().map(Path::to_owned).unwrap_or_default(),
        // systemd separates several directories by colons; the first one is ours.
        state_directory: state_directory
            .and_then(|dirs| env::split_paths(&dirs).next())
            .filter(|dir| !dir.as_os_str().is_empty()),
    };
    let checked = validate::document(table.get_ref(), &surroundings, &mut findings);
    let unclosed = mended.braces.iter().map(|brace| unclosed(&source, brace));
    let syntax_errors = syntax_errors.iter().map(|error| syntax(&source, error));
    let problems = merge(unclosed.chain(syntax_errors).collect(), findings.problems);
    let config = checked.config.filter(|_| !has_errors(&problems));
    let postfaecher = checked.postfach_spans;
    Loaded {
        config,
        stammdaten_dir: checked.stammdaten_dir,
        regelwerk_dir: checked.regelwerk_dir,
        origin: Some(Origin { source, postfaecher }),
        problems,
    }
}

/// Syntax errors and findings in the order of the file. A finding on a line that could not be parsed is left out: it
/// is about what the parser made of the rest.
fn merge(syntax_errors: Vec<Diagnostic>, findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut problems = syntax_errors;
    let broken: BTreeSet<usize> = problems.iter().filter_map(Diagnostic::line_column).map(|(line, _)| line).collect();
    let sound = |finding: &Diagnostic| match finding.line_column() {
        Some((line, _)) => {
            broken.is_empty()
                || finding.place.as_ref().is_some_and(|(_, span)| !span.is_empty()) && !broken.contains(&line)
        }
        None => true,
    };
    problems.extend(findings.into_iter().filter(sound));
    problems.sort_by_key(|problem| problem.place.as_ref().map_or(0, |(_, span)| span.start));
    problems
}

fn unclosed(source: &Source, brace: &Range<usize>) -> Diagnostic {
    Diagnostic::error(source, brace.clone(), "not valid TOML: the { is never closed")
        .help("write the } on the same line")
}

fn syntax(source: &Source, error: &toml::de::Error) -> Diagnostic {
    let message = error.message().lines().collect::<Vec<_>>().join("; ");
    let problem = Diagnostic::error(source, error.span().unwrap_or(0..0), format!("not valid TOML: {message}"));
    match error.message() {
        "duplicate key" => problem.help("each key once per table; a further mailbox begins with its own [[postfach]]"),
        _ => problem.help("texts stand in quotes; in \"...\" a backslash is written twice, in '...' once"),
    }
}

#[cfg(test)]
#[path = "file_tests.rs"]
mod tests;
