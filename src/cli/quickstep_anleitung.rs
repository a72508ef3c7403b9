//! `postweiche quickstep-anleitung`: the page by which an office sets up its QuickSteps.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::load::{Setup, load_or_show, show};
use super::{Outcome, agentur, answer, tell};
use crate::anleitung::quickstep::quicksteps;
use crate::anleitung::{Anleitung, seite};
use crate::config::Postfach;
use crate::daemon::judge::{day_of, zone};
use crate::domain::agentur::Agentur;

/// Options of `quickstep-anleitung`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The Agentur, by its `slug` in agenturen.csv.
    #[arg(long, value_name = "SLUG")]
    pub agentur: String,
    /// The mailbox that it must belong to; without it the one of its region.
    #[arg(long, value_name = "NAME")]
    pub mailbox: Option<String>,
    /// The file to write; one that is there is replaced. Without it the page goes to standard output.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// Writes the page.
pub fn run(config: &Path, args: &Args) -> anyhow::Result<Outcome> {
    let Some(setup) = load_or_show(config) else { return Ok(Outcome::BadInput) };
    show(&setup.warnings);
    let (agentur, postfach) = match agentur::find(&setup, &args.agentur, args.mailbox.as_deref()) {
        Ok(found) => found,
        Err(problem) => {
            tell(format_args!("error: {problem}\n"));
            return Ok(Outcome::BadInput);
        }
    };
    let anleitung = anleitung(&setup, agentur, postfach);
    if anleitung.quicksteps.is_empty() {
        tell(format_args!("error: no mark has a name under [kennzeichen], so there is no QuickStep to set up\n"));
        return Ok(Outcome::BadInput);
    }
    let page = seite::seite(&anleitung);
    match &args.out {
        None => answer(|out| out.write_all(page.as_bytes()))?,
        Some(file) => {
            if let Err(error) = fs::write(file, &page) {
                tell(format_args!("error: {} cannot be written ({})\n", file.display(), error.kind()));
                return Ok(Outcome::Failed);
            }
        }
    }
    Ok(Outcome::Done)
}

fn anleitung(setup: &Setup, agentur: &Agentur, postfach: &Postfach) -> Anleitung {
    let wahl = &setup.config.kennzeichen;
    Anleitung {
        agentur: agentur.to_string(),
        slug: agentur.slug.clone(),
        postfach: postfach.name.clone(),
        adresse: postfach.address.clone(),
        ordner: postfach.folder_for(agentur),
        quicksteps: quicksteps(&wahl.namen),
        leser: postfach.leser.clone(),
        loeschen_impliziert_bearbeitet: wahl.loeschen_impliziert_bearbeitet,
        stand: day_of(Timestamp::now(), &zone()),
    }
}
