//! Master data: six CSV files that an office can keep in Excel, checked completely.
//!
//! A row with a fault is reported and left out, and reading goes on; if any fault is an error, there are no
//! [`Stammdaten`] at all. A missing file is an error too: evidence that nobody can recognise cannot contradict other
//! evidence, so without the file mail would move that is left with it. Only `vertretungen.csv` may be absent.

mod agenturen;
pub mod csv_file;
mod dienststellen;
mod gueltigkeit;
mod liegenschaften;
mod orte;
mod plz;
mod slug;
mod vertretungen;

use std::io::ErrorKind;
use std::path::Path;

use self::csv_file::{Column, CsvFile};
use crate::config::text_file::{Fault, read_text};
use crate::diagnostic::{Diagnostic, Severity, Source, has_errors};
use crate::domain::stammdaten::Stammdaten;

/// More problems than this in one file are only counted: it is then one fault, such as a wrong separator or sort.
const MOST_PROBLEMS: usize = 50;

/// What became of a directory of master data.
#[derive(Debug, Default)]
pub struct LoadedStammdaten {
    /// Only if there is no error among the problems.
    pub stammdaten: Option<Stammdaten>,
    /// All files that could be read as text, in the order of reading.
    pub quellen: Vec<Source>,
    pub problems: Vec<Diagnostic>,
}

/// A file that refers to Agenturen.
struct Part {
    name: &'static str,
    columns: &'static [Column],
    /// What the program would be blind to without the file; none if the file may be absent.
    blind_to: Option<&'static str>,
    read: fn(&CsvFile, &mut Stammdaten, &mut Vec<Diagnostic>),
}

const PARTS: [Part; 5] = [
    Part {
        name: "dienststellen.csv",
        columns: dienststellen::COLUMNS,
        blind_to: Some("the numbers of the Dienststellen"),
        read: dienststellen::read,
    },
    Part {
        name: "liegenschaften.csv",
        columns: liegenschaften::COLUMNS,
        blind_to: Some("the addresses of the Agenturen"),
        read: liegenschaften::read,
    },
    Part { name: "plz.csv", columns: plz::COLUMNS, blind_to: Some("the postcodes"), read: plz::read },
    Part { name: "orte.csv", columns: orte::COLUMNS, blind_to: Some("the towns"), read: orte::read },
    Part { name: "vertretungen.csv", columns: vertretungen::COLUMNS, blind_to: None, read: vertretungen::read },
];

/// Reads and checks the master data in a directory.
pub fn load_stammdaten(dir: &Path) -> LoadedStammdaten {
    let mut loaded = LoadedStammdaten::default();
    let mut stammdaten = loaded.agenturen(dir);
    for part in &PARTS {
        loaded.part(dir, part, &mut stammdaten);
    }
    if !has_errors(&loaded.problems) {
        loaded.stammdaten = Some(stammdaten);
    }
    loaded
}

impl LoadedStammdaten {
    /// The Agenturen, which all else refers to; without them the other files are checked as far as possible.
    fn agenturen(&mut self, dir: &Path) -> Stammdaten {
        let path = dir.join("agenturen.csv");
        let mut problems = Vec::new();
        let agenturen = match read_source(&path) {
            Ok(source) => {
                self.quellen.push(source.clone());
                CsvFile::parse(source, agenturen::COLUMNS, &mut problems)
                    .map(|file| agenturen::read(&file, &mut problems))
                    .unwrap_or_default()
            }
            Err(fault) => {
                problems.push(fault.into_diagnostic(&path));
                Vec::new()
            }
        };
        self.problems.extend(capped(&path, problems));
        Stammdaten::new(agenturen)
    }

    fn part(&mut self, dir: &Path, part: &Part, stammdaten: &mut Stammdaten) {
        let path = dir.join(part.name);
        let mut problems = Vec::new();
        match read_source(&path) {
            Ok(source) => {
                self.quellen.push(source.clone());
                if let Some(file) = CsvFile::parse(source, part.columns, &mut problems) {
                    (part.read)(&file, stammdaten, &mut problems);
                }
            }
            Err(Fault::Io(error)) if error.kind() == ErrorKind::NotFound => {
                problems.extend(part.blind_to.map(|what| missing(&path, what, part.columns)));
            }
            Err(fault) => problems.push(fault.into_diagnostic(&path)),
        }
        self.problems.extend(capped(&path, problems));
    }
}

/// Without the file the program would take evidence for absent that it only cannot see.
fn missing(path: &Path, blind_to: &str, columns: &[Column]) -> Diagnostic {
    let title = format!("there is no such file; without it the program is blind to {blind_to}");
    let needed: Vec<&str> = columns.iter().filter(|column| column.required).map(|column| column.name).collect();
    let help = format!("if there is really nothing to enter, keep a file with only the line {}", needed.join(","));
    Diagnostic::file(path, title).help(help)
}

fn read_source(path: &Path) -> Result<Source, Fault> {
    read_text(path).map(|text| Source { path: path.to_owned(), text: text.into() })
}

/// At most [`MOST_PROBLEMS`], errors before warnings if there are more, and how many were left out.
fn capped(path: &Path, mut problems: Vec<Diagnostic>) -> Vec<Diagnostic> {
    if problems.len() <= MOST_PROBLEMS {
        return problems;
    }
    problems.sort_by_key(|problem| problem.severity);
    let rest = problems.split_off(MOST_PROBLEMS);
    let errors = rest.iter().filter(|problem| problem.severity == Severity::Error).count();
    let title = format!("and {} more problems in this file, {errors} of them errors", rest.len());
    let more =
        Diagnostic::file(path, title).help("so many usually have one cause; mend the first ones and check again");
    problems.push(if errors > 0 { more } else { more.warning() });
    problems
}

#[cfg(test)]
#[path = "stammdaten_tests.rs"]
mod tests;
