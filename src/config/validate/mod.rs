//! The whole document: which tables there are, and what must hold between mailboxes.

mod aufbewahrung;
mod dienst;
mod kennzeichen;
mod password;
mod postfach;

use std::collections::HashMap;
use std::ops::Range;
use std::path::PathBuf;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use self::postfach::Entry;
use super::Config;
use super::path::tidy;
use super::table::{Findings, TableReader};
use crate::diagnostic::Diagnostic;

/// What the meaning of a file depends on besides its text.
#[derive(Debug)]
pub struct Surroundings {
    /// The directory of the file.
    pub base: PathBuf,
    /// `$STATE_DIRECTORY`, if there is one.
    pub state_directory: Option<PathBuf>,
}

impl Surroundings {
    fn resolve(&self, path: &str) -> PathBuf {
        tidy(&self.base.join(path))
    }
}

/// What could be made of a document.
#[derive(Debug)]
pub struct Checked {
    /// Only meaningful if no error was found; incomplete mailboxes are left out.
    pub config: Option<Config>,
    pub stammdaten_dir: Option<PathBuf>,
    pub regelwerk_dir: Option<PathBuf>,
    /// Places of the mailbox names, in the order of `config.postfaecher`.
    pub postfach_spans: Vec<Range<usize>>,
}

pub fn document(table: &DeTable<'_>, surroundings: &Surroundings, findings: &mut Findings) -> Checked {
    let mut root = TableReader::new("the file", 0..0, table);
    let dienst = dienst::read(sub_table(&mut root, findings, "dienst"), surroundings, findings);
    let kennzeichen = kennzeichen::read(sub_table(&mut root, findings, "kennzeichen"), findings);
    let aufbewahrung = aufbewahrung::read(sub_table(&mut root, findings, "aufbewahrung"), findings);
    let stammdaten_dir = directory(&mut root, findings, "stammdaten", surroundings);
    let regelwerk_dir = directory(&mut root, findings, "regelwerk", surroundings);
    let entries = postfaecher(&mut root, surroundings, findings);
    root.finish(findings);
    unique(&entries, findings);

    let (postfach_spans, postfaecher): (Vec<_>, Vec<_>) =
        entries.into_iter().filter_map(|entry| Some((entry.name?.span(), entry.postfach?))).unzip();
    let config = match (&stammdaten_dir, &regelwerk_dir) {
        (Some(stammdaten_dir), Some(regelwerk_dir)) if !postfaecher.is_empty() => Some(Config {
            dienst,
            kennzeichen,
            aufbewahrung,
            stammdaten_dir: stammdaten_dir.clone(),
            regelwerk_dir: regelwerk_dir.clone(),
            postfaecher,
        }),
        _ => None,
    };
    Checked { config, stammdaten_dir, regelwerk_dir, postfach_spans }
}

/// `[key]`; without it there are only defaults.
fn sub_table<'a>(root: &mut TableReader<'a>, findings: &mut Findings, key: &'static str) -> Option<TableReader<'a>> {
    let value = root.value(key)?;
    match value.get_ref() {
        DeValue::Table(table) => Some(TableReader::new(format!("[{key}]"), value.span(), table)),
        DeValue::Array(_) => {
            let title = format!("\"{key}\" must be one table");
            findings.push(findings.error(value.span(), title).help(format!("write [{key}], once")));
            None
        }
        other => {
            root.wrong_type(findings, key, value.span(), other, "a table");
            None
        }
    }
}

/// `[stammdaten]` and `[regelwerk]`: a directory each, by default of the same name and beside the file.
fn directory(
    root: &mut TableReader<'_>,
    findings: &mut Findings,
    key: &'static str,
    surroundings: &Surroundings,
) -> Option<PathBuf> {
    let Some(mut table) = sub_table(root, findings, key) else {
        return Some(surroundings.resolve(key));
    };
    let present = table.value("dir").is_some();
    let dir = table.text(findings, "dir").map(|dir| surroundings.resolve(dir.get_ref()));
    table.finish(findings);
    if present { dir } else { Some(surroundings.resolve(key)) }
}

fn postfaecher(root: &mut TableReader<'_>, surroundings: &Surroundings, findings: &mut Findings) -> Vec<Entry> {
    let Some(value) = root.value("postfach") else {
        if !findings.broken {
            let problem = Diagnostic::file(findings.path(), "no mailbox is configured");
            findings.push(problem.help("add a table [[postfach]] for each mailbox"));
        }
        return Vec::new();
    };
    let DeValue::Array(array) = value.get_ref() else {
        let problem = findings.error(value.span(), "mailboxes are a list of tables");
        findings.push(problem.help("write [[postfach]] with two brackets before each mailbox"));
        return Vec::new();
    };
    let mut entries = Vec::with_capacity(array.len());
    for (number, item) in (1..).zip(array.iter()) {
        match item.get_ref() {
            DeValue::Table(table) => entries.push(postfach::read(number, item.span(), table, surroundings, findings)),
            other => root.wrong_type(findings, "postfach", item.span(), other, "a list of tables"),
        }
    }
    entries
}

/// What must differ between mailboxes: the name, the address, and where one logs in. Case never makes a difference.
fn unique(entries: &[Entry], findings: &mut Findings) {
    let names = entries.iter().filter_map(|entry| entry.name.as_ref());
    report_repeated(names, "two mailboxes have this name", findings);
    let addresses = entries.iter().filter_map(|entry| entry.address.as_ref());
    report_repeated(addresses, "two mailboxes have this address", findings);
    let accounts = entries.iter().filter_map(|entry| entry.account.as_ref());
    report_repeated(
        accounts,
        "two mailboxes log in to the same account, and two workers would get in each other's way",
        findings,
    );
}

fn report_repeated<'a>(values: impl Iterator<Item = &'a Spanned<String>>, title: &str, findings: &mut Findings) {
    let mut lines = HashMap::new();
    for value in values {
        let line = findings.line(value.span());
        if let Some(earlier) = lines.insert(value.get_ref().to_lowercase(), line) {
            findings.push(findings.error(value.span(), title).label(format!("also in line {earlier}")));
        }
    }
}
