//! `vertretungen.csv`: one Agentur works for another for a while.

use super::csv_file::{Cell, Column, CsvFile, required};
use super::gueltigkeit::{self, overlap};
use super::slug;
use crate::diagnostic::Diagnostic;
use crate::domain::agentur::{AgenturId, Gueltigkeit};
use crate::domain::stammdaten::Stammdaten;

pub const COLUMNS: &[Column] =
    &[required("von"), required("an"), required(gueltigkeit::AB.name), required(gueltigkeit::BIS.name)];

struct Vertretung<'a> {
    von: AgenturId,
    an: AgenturId,
    gueltigkeit: Gueltigkeit,
    line: usize,
    cell: Cell<'a>,
}

pub fn read(file: &CsvFile, stammdaten: &mut Stammdaten, problems: &mut Vec<Diagnostic>) {
    let mut vertretungen: Vec<Vertretung<'_>> = Vec::new();
    for row in file.rows() {
        let gueltigkeit = gueltigkeit::read(row, problems);
        let von = slug::one(row.cell("von"), stammdaten, problems);
        let an = slug::one(row.cell("an"), stammdaten, problems);
        let (Some(von), Some(an)) = (von, an) else {
            continue;
        };
        let vertretung = Vertretung { von, an, gueltigkeit, line: row.line(), cell: row.cell("an") };
        check(&vertretung, &vertretungen, stammdaten, problems);
        vertretungen.push(vertretung);
        stammdaten.add_vertretung(von, an, gueltigkeit);
    }
    warn_of_rings(&vertretungen, problems);
}

fn check(new: &Vertretung<'_>, earlier: &[Vertretung<'_>], stammdaten: &Stammdaten, problems: &mut Vec<Diagnostic>) {
    if new.von == new.an {
        problems.push(new.cell.error("an Agentur cannot stand in for itself"));
    } else if stammdaten.agentur(new.von).sc_region != stammdaten.agentur(new.an).sc_region {
        let problem = new.cell.error("the two Agenturen belong to different SC regions").warning();
        problems.push(problem.help("mail is never moved to another region: it will stay where it is"));
    }
    let same_time = |other: &&Vertretung<'_>| other.von == new.von && overlap(other.gueltigkeit, new.gueltigkeit);
    if let Some(other) = earlier.iter().find(same_time) {
        let problem = new.cell.error("this Agentur already has a Vertretung in this period");
        problems.push(problem.label(format!("see line {}", other.line)));
    }
}

/// A ring does no harm, since only one step is followed, but hardly anybody means it.
fn warn_of_rings(vertretungen: &[Vertretung<'_>], problems: &mut Vec<Diagnostic>) {
    for start in vertretungen.iter().filter(|start| start.von != start.an) {
        let (mut current, mut steps) = (start, 1);
        while let Some(next) = vertretungen
            .iter()
            .find(|next| next.von == current.an && next.von != next.an && overlap(next.gueltigkeit, start.gueltigkeit))
        {
            if next.an == start.von {
                let problem = start.cell.error("the Vertretungen form a ring").warning();
                problems
                    .push(problem.label(format!("line {} leads back", next.line)).help("only one step is followed"));
                break;
            }
            current = next;
            steps += 1;
            if steps > vertretungen.len() {
                break;
            }
        }
    }
}
