//! `plz.csv`: postcodes.

use std::collections::HashMap;

use super::csv_file::{Column, CsvFile, required};
use super::{gueltigkeit, slug};
use crate::config::nearest::nearest;
use crate::diagnostic::Diagnostic;
use crate::domain::agentur::Gueltigkeit;
use crate::domain::stammdaten::Stammdaten;

pub const COLUMNS: &[Column] =
    &[required("plz"), required("agentur"), required("art"), gueltigkeit::AB, gueltigkeit::BIS];

const ARTEN: [&str; 2] = ["zustellung", "sonstige"];

/// Only `zustellung` counts as a home; `sonstige` are post-office boxes and bulk receivers.
pub fn read(file: &CsvFile, stammdaten: &mut Stammdaten, problems: &mut Vec<Diagnostic>) {
    let mut seen: HashMap<&str, Vec<(Gueltigkeit, usize)>> = HashMap::new();
    for (row, number) in file.rows().zip(0usize..) {
        let (plz, art) = (row.cell("plz"), row.cell("art"));
        let is_plz = plz.text.len() == 5 && plz.text.bytes().all(|byte| byte.is_ascii_digit());
        if !is_plz {
            let problem = plz.error(format!("{:?} is no postcode", plz.text));
            problems.push(
                problem.label("must be five digits").help("Excel drops leading zeros: format the column as text"),
            );
        }
        if !ARTEN.contains(&art.text) {
            let problem = art.error(format!("unknown art {:?}", art.text));
            problems.push(match nearest(art.text, ARTEN) {
                Some(near) => problem.help(format!("did you mean \"{near}\"?")),
                None => problem.help("\"zustellung\" (people live there) or \"sonstige\" (post-office boxes)"),
            });
        }
        let gueltigkeit = gueltigkeit::read(row, problems);
        let earlier = seen.entry(plz.text).or_default();
        if let Some((_, other)) = earlier.iter().find(|(other, _)| gueltigkeit::overlap(*other, gueltigkeit)) {
            let line = file.rows().nth(*other).map_or(0, |row| row.line());
            let problem =
                plz.error(format!("postcode {} occurs twice", plz.text)).label(format!("also in line {line}"));
            problems.push(problem.warning().help("several Agenturen stand in one cell, separated by |"));
        }
        earlier.push((gueltigkeit, number));
        if let Some(agenturen) = slug::several(row.cell("agentur"), stammdaten, problems)
            && is_plz
            && art.text == "zustellung"
        {
            agenturen.into_iter().for_each(|agentur| stammdaten.add_plz(plz.text, agentur, gueltigkeit));
        }
    }
}
