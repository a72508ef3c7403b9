//! `agenturen.csv`: the Agenturen and their folders.

use std::collections::HashMap;

use super::csv_file::{Cell, Column, CsvFile, optional, required};
use super::gueltigkeit;
use crate::config::ordner::folder_problem;
use crate::diagnostic::{Diagnostic, has_errors};
use crate::domain::agentur::Agentur;

pub const COLUMNS: &[Column] = &[
    required("slug"),
    required("name"),
    required("sc_region"),
    required("regionaldirektion"),
    required("bundesland"),
    required("ordner"),
    optional("verteiler"),
    gueltigkeit::AB,
    gueltigkeit::BIS,
];

/// All rows, also faulty ones: their slugs are known then, and other files get no problems that are none.
pub fn read(file: &CsvFile, problems: &mut Vec<Diagnostic>) -> Vec<Agentur> {
    let mut agenturen = Vec::new();
    let mut slugs = HashMap::new();
    let mut folders = HashMap::new();
    for row in file.rows() {
        let text = |column| row.cell(column).text.to_owned();
        check_slug(row.cell("slug"), problems);
        if let Some(problem) = folder_problem(row.cell("ordner").text) {
            problems.push(row.cell("ordner").error(format!("the folder {problem}")));
        }
        unique(&mut slugs, text("slug"), row.line(), row.cell("slug"), "this Agentur occurs twice", problems);
        // Exchange does not tell "agentur essen" from "Agentur Essen".
        let folder = (text("sc_region"), text("ordner").to_lowercase());
        let title = "two Agenturen of one SC region have the same folder";
        unique(&mut folders, folder, row.line(), row.cell("ordner"), title, problems);
        agenturen.push(Agentur {
            slug: text("slug"),
            name: text("name"),
            sc_region: text("sc_region"),
            regionaldirektion: text("regionaldirektion"),
            bundesland: text("bundesland"),
            ordner: text("ordner"),
            verteiler: Some(text("verteiler")).filter(|verteiler| !verteiler.is_empty()),
            gueltigkeit: gueltigkeit::read(row, problems),
        });
    }
    if agenturen.is_empty() && !has_errors(problems) {
        problems.push(Diagnostic::file(&file.source().path, "there is no Agentur in this file"));
    }
    if agenturen.len() > usize::from(u16::MAX) {
        problems.push(Diagnostic::file(&file.source().path, "there are more than 65535 Agenturen in this file"));
        agenturen.truncate(usize::from(u16::MAX));
    }
    agenturen
}

/// The slug is a key in the ledger and in reports.
fn check_slug(cell: Cell<'_>, problems: &mut Vec<Diagnostic>) {
    if !cell.text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-')) {
        let problem = cell.error(format!("{:?} cannot be a slug", cell.text));
        problems.push(problem.help("small letters a to z, digits and hyphens; umlauts as ae, oe, ue, ss"));
    }
}

fn unique<K: Eq + std::hash::Hash>(
    seen: &mut HashMap<K, usize>,
    key: K,
    line: usize,
    cell: Cell<'_>,
    title: &str,
    problems: &mut Vec<Diagnostic>,
) {
    if let Some(earlier) = seen.insert(key, line) {
        problems.push(cell.error(title).label(format!("also in line {earlier}")));
    }
}
