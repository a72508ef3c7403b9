//! Cells that name Agenturen.

use super::csv_file::Cell;
use crate::config::nearest::nearest;
use crate::diagnostic::Diagnostic;
use crate::domain::agentur::AgenturId;
use crate::domain::stammdaten::Stammdaten;

/// The Agentur that a cell names.
pub fn one(cell: Cell<'_>, stammdaten: &Stammdaten, problems: &mut Vec<Diagnostic>) -> Option<AgenturId> {
    find(cell, cell.text, stammdaten, problems)
}

/// The Agenturen that a cell names, separated by `|`; none if one of them is unknown.
pub fn several(cell: Cell<'_>, stammdaten: &Stammdaten, problems: &mut Vec<Diagnostic>) -> Option<Vec<AgenturId>> {
    let found: Vec<_> = cell.text.split('|').map(|slug| find(cell, slug.trim(), stammdaten, problems)).collect();
    found.into_iter().collect()
}

fn find(cell: Cell<'_>, slug: &str, stammdaten: &Stammdaten, problems: &mut Vec<Diagnostic>) -> Option<AgenturId> {
    let id = stammdaten.by_slug(slug);
    // Without any Agentur the fault is in agenturen.csv and reported there.
    if id.is_none() && !stammdaten.agenturen().is_empty() {
        let problem = cell.error(format!("unknown Agentur {slug:?}")).label("not in agenturen.csv");
        let near = nearest(slug, stammdaten.agenturen().iter().map(|agentur| agentur.slug.as_str()));
        problems.push(match near {
            Some(near) => problem.help(format!("did you mean \"{near}\"?")),
            None => problem.help("use the word in the column \"slug\" of agenturen.csv"),
        });
    }
    id
}
