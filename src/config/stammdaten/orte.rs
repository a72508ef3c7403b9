//! `orte.csv`: names of towns.

use super::csv_file::{Column, CsvFile, required};
use super::{gueltigkeit, slug};
use crate::diagnostic::Diagnostic;
use crate::domain::stammdaten::{Stammdaten, fold_ort};

pub const COLUMNS: &[Column] = &[required("ort"), required("agentur"), gueltigkeit::AB, gueltigkeit::BIS];

/// A name in several rows, or with several Agenturen in one, is a set and decides nothing alone.
pub fn read(file: &CsvFile, stammdaten: &mut Stammdaten, problems: &mut Vec<Diagnostic>) {
    for row in file.rows() {
        let ort = row.cell("ort");
        let gueltigkeit = gueltigkeit::read(row, problems);
        if fold_ort(ort.text).is_empty() {
            problems.push(ort.error(format!("{:?} is no name of a town", ort.text)));
            continue;
        }
        for agentur in slug::several(row.cell("agentur"), stammdaten, problems).unwrap_or_default() {
            stammdaten.add_ort(ort.text, agentur, gueltigkeit);
        }
    }
}
