//! `liegenschaften.csv`: addresses and patterns of local offices.

use std::collections::HashMap;

use super::csv_file::{Cell, Column, CsvFile, optional, required};
use super::{gueltigkeit, slug};
use crate::config::adresse::is_address;
use crate::diagnostic::Diagnostic;
use crate::domain::agentur::{AgenturId, Gueltigkeit};
use crate::domain::stammdaten::Stammdaten;

pub const COLUMNS: &[Column] =
    &[required("agentur"), required("adresse"), optional("muster"), gueltigkeit::AB, gueltigkeit::BIS];

pub fn read(file: &CsvFile, stammdaten: &mut Stammdaten, problems: &mut Vec<Diagnostic>) {
    let mut owners = Owners::default();
    for row in file.rows() {
        let (adresse, muster) = (row.cell("adresse"), row.cell("muster"));
        let adresse_ok = check_adresse(adresse, problems);
        let parts = parse_muster(muster, problems);
        let gueltigkeit = gueltigkeit::read(row, problems);
        let Some(agentur) = slug::one(row.cell("agentur"), stammdaten, problems) else {
            continue;
        };
        let owner = Owner { agentur, gueltigkeit, line: row.line() };
        if adresse_ok {
            owners.claim(adresse, owner, problems);
            stammdaten.add_adresse(adresse.text, agentur, gueltigkeit);
        }
        if let Some((stamm, domain)) = parts {
            // Several addresses of one Agentur may repeat its pattern; it is entered once per period.
            if owners.claim(muster, owner, problems) {
                stammdaten.add_muster(stamm, domain, agentur, gueltigkeit);
            }
        }
    }
}

fn check_adresse(cell: Cell<'_>, problems: &mut Vec<Diagnostic>) -> bool {
    let ok = is_address(cell.text);
    if !ok {
        let problem = cell.error(format!("{:?} is no address", cell.text));
        problems.push(if cell.text.contains('*') {
            problem.help("a pattern belongs into the column \"muster\"")
        } else {
            problem.help("one address of the form Ort@domain")
        });
    }
    ok
}

/// The two ends of `Stamm.*@domain`.
fn parse_muster<'a>(cell: Cell<'a>, problems: &mut Vec<Diagnostic>) -> Option<(&'a str, &'a str)> {
    if cell.text.is_empty() {
        return None;
    }
    let parts = cell.text.split_once(".*@").filter(|(stamm, domain)| is_address(&format!("{stamm}@{domain}")));
    if parts.is_none() {
        let problem = cell.error(format!("{:?} is no pattern", cell.text));
        problems.push(problem.help("write Stamm.*@domain, such as Essen.*@arbeitsagentur.example"));
    }
    parts
}

/// Who has claimed an address or a pattern, and when.
#[derive(Default)]
struct Owners(HashMap<String, Vec<Owner>>);

#[derive(Clone, Copy)]
struct Owner {
    agentur: AgenturId,
    gueltigkeit: Gueltigkeit,
    line: usize,
}

impl Owners {
    /// Enters an owner. An address that leads to two Agenturen on the same day is an error; the same Agentur twice is
    /// harmless. Returns whether the claim is new.
    fn claim(&mut self, cell: Cell<'_>, owner: Owner, problems: &mut Vec<Diagnostic>) -> bool {
        let owners = self.0.entry(cell.text.to_lowercase()).or_default();
        let overlapping = |other: &&Owner| gueltigkeit::overlap(other.gueltigkeit, owner.gueltigkeit);
        if let Some(other) = owners.iter().filter(overlapping).find(|other| other.agentur != owner.agentur) {
            let problem = cell.error(format!("{} belongs to two Agenturen at the same time", cell.text));
            problems.push(problem.label(format!("also in line {}", other.line)));
        }
        let new = !owners.iter().any(|other| other.agentur == owner.agentur && other.gueltigkeit == owner.gueltigkeit);
        owners.push(owner);
        new
    }
}
