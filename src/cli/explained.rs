//! One mail file, read and judged as the daemon would.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use jiff::Timestamp;
use jiff::civil::Date;

use super::load::Setup;
use super::needed::needed;
use crate::config::Postfach;
use crate::daemon::judge::{day_of, zone};
use crate::domain::message::Message;
use crate::domain::postfach::Profil;
use crate::domain::stammdaten::Stammdaten;
use crate::imap::fetch::FETCH_LIMIT;
use crate::parse;
use crate::rules::Lage;
use crate::rules::explanation::Explanation;

/// An explanation with what is needed to show it.
#[derive(Debug)]
pub struct Explained<'a> {
    /// The mail file, as it was named.
    pub datei: String,
    /// Name of the mailbox.
    pub postfach: &'a str,
    pub profil: Profil,
    pub explanation: Explanation,
    /// Path of the folder it goes to.
    pub ordner: Option<String>,
    /// Whether the mail belongs to a conversation, whose earlier mails only the daemon knows.
    pub is_reply: bool,
    /// What would have been needed, for a mail that stays.
    pub needed: Option<String>,
    /// The master data that the Agenturen are of.
    pub stammdaten: &'a Stammdaten,
    /// Version of the rule set.
    pub regelwerk: &'a str,
}

/// Explains a mail that came into a mailbox. `eingang` is the day it arrived; without it the day of its Date field,
/// without that today.
pub fn explain<'a>(
    setup: &'a Setup,
    postfach: &'a Postfach,
    profil: Profil,
    file: &Path,
    mail: &MailFile,
    eingang: Option<Date>,
) -> Explained<'a> {
    let MailFile { message, groesse } = mail;
    let tag = eingang.unwrap_or_else(|| day_of(message.date.unwrap_or_else(Timestamp::now), &zone()));
    let lage =
        Lage { region: &postfach.name, address: &postfach.address, profil, gespraech: &[], groesse: *groesse, tag };
    let explanation = setup.rules.explain(message, &lage);
    let agentur = explanation.decision.entscheidung.agentur();
    Explained {
        datei: file.display().to_string(),
        postfach: &postfach.name,
        profil,
        ordner: agentur.map(|id| postfach.folder_for(setup.rules.stammdaten().agentur(id))),
        is_reply: ["in-reply-to", "references"].iter().any(|name| message.header_values(name).next().is_some()),
        needed: needed(&explanation, profil, &setup.rules),
        explanation,
        stammdaten: setup.rules.stammdaten(),
        regelwerk: &setup.rules.version().0,
    }
}

/// Reads as much of a mail file as the daemon fetches of a mail, so that both say the same.
///
/// # Errors
/// If the file cannot be opened or read.
pub fn read(file: &Path) -> io::Result<MailFile> {
    let file = File::open(file)?;
    let groesse = file.metadata().ok().filter(std::fs::Metadata::is_file).map(|metadata| metadata.len());
    Ok(MailFile { message: as_fetched(file)?, groesse })
}

/// A mail from a file.
pub struct MailFile {
    pub message: Message,
    /// Its whole size in bytes, where the file has one.
    pub groesse: Option<u64>,
}

fn as_fetched(mail: impl Read) -> io::Result<Message> {
    let mut raw = Vec::new();
    mail.take(FETCH_LIMIT.into()).read_to_end(&mut raw)?;
    Ok(parse::parse(&raw, raw.len() < FETCH_LIMIT as usize))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::message::Note;

    #[test]
    fn no_more_is_read_than_the_daemon_fetches() {
        for (length, cut) in [(100, false), (70_000, true), (140_000, true)] {
            let raw = [b"From: a@b.example\r\n\r\n".as_slice(), &vec![b'x'; length]].concat();
            assert_eq!(as_fetched(raw.as_slice()).unwrap().has(Note::TextTruncated), cut, "{length}");
        }
    }
}
