//! `postweiche explain`: why a mail goes where.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use super::load::{Setup, load_or_show};
use super::{AnswerFormat, Outcome, answer, tell, words};
use crate::config::Postfach;
use crate::daemon::judge::{day_of, zone};
use crate::domain::decision::Decision;
use crate::domain::message::Message;
use crate::domain::stammdaten::Stammdaten;
use crate::imap::fetch::FETCH_LIMIT;
use crate::parse;
use crate::rules::Lage;

/// Options of `explain`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The mailbox (its name in the configuration) that the mail came into.
    #[arg(long, value_name = "NAME")]
    pub mailbox: String,
    /// The day the mail arrived; without it the day of its Date field, without that today.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub eingang: Option<Date>,
    /// The form of the answer; `json` gives one object a line.
    #[arg(long, default_value = "text")]
    pub format: AnswerFormat,
    /// Mail files (.eml).
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
}

/// The answer for one mail, as programs read it.
#[derive(Debug, Serialize)]
struct Explanation {
    datei: String,
    postfach: String,
    vorgangsart: &'static str,
    entscheidung: &'static str,
    /// Slug of the Agentur it goes to.
    agentur: Option<String>,
    /// Path of its folder.
    ordner: Option<String>,
    regel: String,
    grund: &'static str,
    evidenz: Vec<EvidenzLine>,
    /// Version of the rule set.
    regelwerk: String,
}

#[derive(Debug, Serialize)]
struct EvidenzLine {
    art: &'static str,
    agentur: Vec<String>,
    fundort: &'static str,
}

/// Reads the files and explains each.
pub fn run(config: &Path, args: &Args) -> anyhow::Result<Outcome> {
    let Some(setup) = load_or_show(config) else { return Ok(Outcome::BadInput) };
    let Some(postfach) = setup.config.postfaecher.iter().find(|postfach| postfach.name == args.mailbox) else {
        let names: Vec<_> = setup.config.postfaecher.iter().map(|postfach| postfach.name.as_str()).collect();
        tell(format_args!("error: no mailbox is called {:?}; there are {}\n", args.mailbox, names.join(", ")));
        return Ok(Outcome::BadInput);
    };
    let mut outcome = Outcome::Done;
    for file in &args.files {
        match fs::read(file) {
            Ok(raw) => {
                let explanation = explain(&setup, postfach, file, &raw, args.eingang);
                let text = match args.format {
                    AnswerFormat::Json => format!("{}\n", serde_json::to_string(&explanation)?),
                    AnswerFormat::Text => explanation.text(setup.rules.stammdaten()),
                };
                answer(|out| out.write_all(text.as_bytes()))?;
            }
            Err(error) => {
                tell(format_args!("error: {}: cannot be read ({})\n", file.display(), error.kind()));
                outcome = Outcome::Failed;
            }
        }
    }
    Ok(outcome)
}

fn explain(setup: &Setup, postfach: &Postfach, file: &Path, raw: &[u8], eingang: Option<Date>) -> Explanation {
    let message = as_fetched(raw);
    let tag = eingang.unwrap_or_else(|| day_of(message.date.unwrap_or_else(Timestamp::now), &zone()));
    let lage = Lage { region: &postfach.name, address: &postfach.address, profil: postfach.profil, tag };
    let Decision { vorgangsart, entscheidung, regel, grund, evidenz, .. } = setup.rules.classify(&message, &lage);
    let stammdaten = setup.rules.stammdaten();
    let slug = |id| stammdaten.agentur(id).slug.clone();
    Explanation {
        datei: file.display().to_string(),
        postfach: postfach.name.clone(),
        vorgangsart: vorgangsart.as_str(),
        entscheidung: entscheidung.as_str(),
        agentur: entscheidung.agentur().map(slug),
        ordner: entscheidung.agentur().map(|id| postfach.folder_for(stammdaten.agentur(id))),
        regel,
        grund: grund.as_str(),
        evidenz: evidenz
            .iter()
            .map(|evidenz| EvidenzLine {
                art: evidenz.art.as_str(),
                agentur: evidenz.agenturen.iter().map(|&id| slug(id)).collect(),
                fundort: evidenz.fundort.as_str(),
            })
            .collect(),
        regelwerk: setup.rules.version().to_string(),
    }
}

/// Reads as much of a mail as the daemon fetches, so that both say the same.
fn as_fetched(raw: &[u8]) -> Message {
    let limit = usize::try_from(FETCH_LIMIT).unwrap_or(usize::MAX);
    parse::parse(&raw[..raw.len().min(limit)], raw.len() < limit)
}

impl Explanation {
    fn text(&self, stammdaten: &Stammdaten) -> String {
        let agentur =
            self.agentur.as_deref().and_then(|slug| stammdaten.by_slug(slug)).map(|id| stammdaten.agentur(id));
        let target = match (agentur, &self.ordner) {
            (Some(agentur), Some(ordner)) => format!(" to {agentur}, folder {ordner}"),
            _ => " (stays where it is)".to_owned(),
        };
        let mut text = format!(
            "{}\n  kind      {}\n  decision  {}{target}\n  reason    {} ({})\n  rule      {}\n",
            self.datei,
            self.vorgangsart,
            self.entscheidung,
            words::reason(self.grund),
            self.grund,
            self.regel
        );
        for evidenz in &self.evidenz {
            text.push_str(&format!(
                "  evidence  {}: {}, found in {}\n",
                evidenz.art,
                evidenz.agentur.join(" or "),
                words::place(evidenz.fundort)
            ));
        }
        text.push('\n');
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::message::Note;

    #[test]
    fn no_more_is_read_than_the_daemon_fetches() {
        for (length, cut) in [(100, false), (70_000, true), (140_000, true)] {
            let raw = [b"From: a@b.example\r\n\r\n".as_slice(), &vec![b'x'; length]].concat();
            assert_eq!(as_fetched(&raw).has(Note::TextTruncated), cut, "{length}");
        }
    }
}
