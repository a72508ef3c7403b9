//! `postweiche check`: every problem of every file, then the effective order of the rules.

use std::io::Write;
use std::path::Path;

use super::load::{load_or_show, show};
use super::{Outcome, answer};

/// Checks and prints.
pub fn run(config: &Path) -> anyhow::Result<Outcome> {
    let Some(setup) = load_or_show(config) else { return Ok(Outcome::BadInput) };
    show(&setup.warnings);
    let stammdaten = setup.rules.stammdaten();
    answer(|out| {
        writeln!(
            out,
            "valid: {} mailboxes, {} Agenturen, rule set {}",
            setup.config.postfaecher.len(),
            stammdaten.agenturen().len(),
            setup.rules.version().short()
        )?;
        writeln!(out, "\nThe rules, in the order in which they are asked:")?;
        for (number, line) in setup.rules.order().iter().enumerate() {
            writeln!(out, "{:>4}  {line}", number + 1)?;
        }
        Ok(())
    })?;
    Ok(Outcome::Done)
}
