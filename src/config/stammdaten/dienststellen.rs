//! `dienststellen.csv`: three-digit numbers, current and abolished ones.

use std::collections::HashMap;

use super::csv_file::{Column, CsvFile, required};
use super::{gueltigkeit, slug};
use crate::diagnostic::Diagnostic;
use crate::domain::agentur::{AgenturId, Gueltigkeit};
use crate::domain::stammdaten::Stammdaten;

pub const COLUMNS: &[Column] = &[required("dienststelle"), required("agentur"), gueltigkeit::AB, gueltigkeit::BIS];

/// A number may name several Agenturen (it was split), so only exact repetition is odd.
pub fn read(file: &CsvFile, stammdaten: &mut Stammdaten, problems: &mut Vec<Diagnostic>) {
    let mut seen: HashMap<(&str, AgenturId), Vec<(Gueltigkeit, usize)>> = HashMap::new();
    for row in file.rows() {
        let nummer = row.cell("dienststelle");
        let is_number = nummer.text.len() == 3 && nummer.text.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number {
            let problem = nummer.error(format!("{:?} is no Dienststelle", nummer.text));
            problems.push(
                problem.label("must be three digits").help("Excel drops leading zeros: format the column as text"),
            );
        }
        let gueltigkeit = gueltigkeit::read(row, problems);
        let Some(agentur) = slug::one(row.cell("agentur"), stammdaten, problems) else {
            continue;
        };
        if !is_number {
            continue;
        }
        let earlier = seen.entry((nummer.text, agentur)).or_default();
        if let Some((_, line)) = earlier.iter().find(|(other, _)| gueltigkeit::overlap(*other, gueltigkeit)) {
            let problem = nummer.error("this number already names this Agentur").label(format!("also in line {line}"));
            problems.push(problem.warning());
        }
        earlier.push((gueltigkeit, row.line()));
        stammdaten.add_dienststelle(nummer.text, agentur, gueltigkeit);
    }
}
