//! `postweiche verlauf`: the life of one Vorgang.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use super::load::{Setup, has_mailbox_or_show, load_or_show};
use super::{AnswerFormat, Outcome, answer, tell, verlauf_json, verlauf_text};
use crate::daemon::hash_key;
use crate::daemon::judge::zone;
use crate::domain::vorgang::VorgangId;
use crate::imap::fetch::FETCH_LIMIT;
use crate::report::verlauf::Verlauf;
use crate::store::{LedgerError, Reader};

/// Options of `verlauf`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The mailbox (its name in the configuration) that the mail came into; then a mail file is meant.
    #[arg(long, value_name = "NAME")]
    pub mailbox: Option<String>,
    /// The form of the answer; `json` gives one object a line.
    #[arg(long, default_value = "text")]
    pub format: AnswerFormat,
    /// The number of the Vorgang, as log and reports show it; with --mailbox a mail file (.eml).
    #[arg(value_name = "NUMBER or FILE")]
    pub which: PathBuf,
}

/// Why there is nothing to show.
enum Nothing {
    Ledger(LedgerError),
    Unreadable(io::ErrorKind),
    /// In words for a person, with how to go on.
    NotFound(String),
}

impl From<LedgerError> for Nothing {
    fn from(error: LedgerError) -> Self {
        Nothing::Ledger(error)
    }
}

/// Looks the Vorgang up and prints its life.
pub fn run(config: &Path, args: &Args) -> anyhow::Result<Outcome> {
    let Some(setup) = load_or_show(config) else { return Ok(Outcome::BadInput) };
    let found = match &args.mailbox {
        Some(name) if !has_mailbox_or_show(&setup, name) => return Ok(Outcome::BadInput),
        Some(name) => by_file(&setup, name, &args.which)?,
        None => match args.which.to_str().and_then(|text| text.parse().ok()) {
            Some(number) => by_number(&setup, VorgangId(number)),
            None => {
                tell(format_args!("error: {} is no number; for a mail file add --mailbox\n", args.which.display()));
                return Ok(Outcome::BadInput);
            }
        },
    };
    match found {
        Ok(verlaeufe) => show(&setup, &verlaeufe, args).map(|()| Outcome::Done),
        Err(nothing) => {
            nothing.tell(&args.which);
            Ok(Outcome::Failed)
        }
    }
}

fn by_number(setup: &Setup, number: VorgangId) -> Result<Vec<Verlauf>, Nothing> {
    let reader = Reader::open(&setup.config.dienst.state_dir)?;
    let verlauf = reader.verlauf(number)?.ok_or_else(|| {
        Nothing::NotFound(format!(
            "Im Buch steht kein Vorgang {}. Vielleicht ist seine Frist abgelaufen, oder das Buch wurde neu begonnen.",
            number.0
        ))
    })?;
    Ok(vec![verlauf])
}

/// By the keyed hash of its Message-ID: a file does not have the time of arrival that its pseudonym is made of.
///
/// # Errors
/// If there is a key and it cannot be used.
fn by_file(setup: &Setup, postfach: &str, file: &Path) -> anyhow::Result<Result<Vec<Verlauf>, Nothing>> {
    let dienst = &setup.config.dienst;
    let raw = match beginning(file) {
        Ok(raw) => raw,
        Err(error) => return Ok(Err(Nothing::Unreadable(error.kind()))),
    };
    let Some(key) = hash_key::existing(dienst.hash_key.as_ref(), &dienst.state_dir)? else {
        return Ok(Err(Nothing::NotFound(
            "Es gibt noch keinen Schlüssel (hash.key): Der Dienst lief noch nie.".into(),
        )));
    };
    let Some(hash) = key.message_id(&raw) else {
        return Ok(Err(Nothing::NotFound(format!("Die Datei nennt keine brauchbare Message-ID. {GO_ON}"))));
    };
    let look = || {
        let reader = Reader::open(&dienst.state_dir)?;
        let numbers = reader.with_message_id(postfach, hash)?;
        let verlaeufe = numbers.into_iter().filter_map(|number| reader.verlauf(number).transpose());
        let verlaeufe = verlaeufe.collect::<Result<Vec<_>, _>>()?;
        match verlaeufe.is_empty() {
            false => Ok(verlaeufe),
            true if reader.has_other_key(&key.probe())? => Err(Nothing::NotFound(OTHER_KEY.to_owned())),
            true => Err(Nothing::NotFound(format!("Das Postfach {postfach} kennt diese Mail nicht. {GO_ON}"))),
        }
    };
    Ok(look())
}

/// How to go on when a file leads nowhere.
const GO_ON: &str = "Über ihre Datei lässt sie sich nicht finden: Sie wurde noch nicht gesehen, kam in ein anderes \
                     Postfach, wurde beim Sichern verändert, oder die Frist ihrer Kennung ist abgelaufen. Wenn das \
                     Protokoll die Nummer des Vorgangs nennt: postweiche verlauf NUMMER.";

const OTHER_KEY: &str = "Das Buch wurde mit einem anderen Schlüssel geschrieben, als die Konfiguration jetzt nennt. Mit \
                         ihm lässt sich keine Mail finden: den früheren hash_key angeben oder die Nummer des Vorgangs.";

/// As much of the file as the daemon fetches of a mail; the header is in it.
fn beginning(file: &Path) -> io::Result<Vec<u8>> {
    let mut raw = Vec::new();
    File::open(file)?.take(FETCH_LIMIT.into()).read_to_end(&mut raw)?;
    Ok(raw)
}

fn show(setup: &Setup, verlaeufe: &[Verlauf], args: &Args) -> anyhow::Result<()> {
    let zone = zone();
    let mut text = String::new();
    for (number, verlauf) in verlaeufe.iter().enumerate() {
        match args.format {
            AnswerFormat::Json => {
                text.push_str(&serde_json::to_string(&verlauf_json::line(verlauf, &zone))?);
                text.push('\n');
            }
            AnswerFormat::Text => {
                text.push_str(if number > 0 { "\n" } else { "" });
                text.push_str(&verlauf_text::text(verlauf, &zone, setup.rules.stammdaten()));
            }
        }
    }
    Ok(answer(|out| out.write_all(text.as_bytes()))?)
}

impl Nothing {
    fn tell(&self, which: &Path) {
        match self {
            Nothing::Ledger(error) => tell(format_args!("error: {error} ({})\n", error.hint())),
            Nothing::Unreadable(kind) => tell(format_args!("error: {}: cannot be read ({kind})\n", which.display())),
            Nothing::NotFound(words) => tell(format_args!("{words}\n")),
        }
    }
}
