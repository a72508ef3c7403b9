//! Looks for the test mails of an office, in the folder of the Agentur and those of its marks. EXAMINE and PEEK only; a
//! subject is compared and forgotten.

use super::asker::Asker;
use super::facts::{Question, Selbsttest, TestMail, Words};
use crate::anleitung::selbsttest::erkenne;
use crate::config::Kennzeichenwahl;
use crate::domain::id::{FolderName, Uid};
use crate::domain::kennzeichen::Kennzeichen;
use crate::imap::error::ImapError;
use crate::imap::exchange::Session;
use crate::imap::marks::{Shown, show_with_subject};
use crate::imap::{folder, listing};
use crate::parse::keywords::keywords_field;
use crate::parse::subject::subject_field;

/// How many of the newest mails of each folder are looked at.
pub const NEWEST: usize = 50;

impl Asker<'_> {
    /// Looks into the folders that are listed.
    pub(super) async fn test_mails(&mut self, slug: &str, wahl: &Kennzeichenwahl) {
        let watched = self.inside.watch(wahl).folders;
        let mut found = Selbsttest { slug: slug.to_owned(), ..Selbsttest::default() };
        for watched in watched.iter().filter(|watched| watched.ort.agentur().is_some()) {
            if !self.may_ask() {
                break;
            }
            let liegt = watched.ort.kennzeichen();
            let answer = in_folder(self.session, &watched.folder, liegt, wahl).await;
            if let Some(mails) = self.note(Question::Selbsttest, answer) {
                found.looked_into.push(liegt);
                found.mails.extend(mails);
            }
        }
        self.inside.selbsttest = Some(found);
    }
}

/// The test mails among the newest mails of a folder.
async fn in_folder(
    session: &mut Session,
    name: &FolderName,
    liegt: Option<Kennzeichen>,
    wahl: &Kennzeichenwahl,
) -> Result<Vec<TestMail>, ImapError> {
    let opened = folder::examine(session, name).await?;
    let listing = listing::list(session, &opened).await?;
    let mut uids: Vec<Uid> = listing.messages.iter().rev().take(NEWEST).map(|message| message.uid).collect();
    uids.reverse();
    let mut mails = Vec::new();
    show_with_subject(session, &uids, |shown| mails.extend(test_mail(&shown, liegt, wahl))).await?;
    Ok(mails)
}

fn test_mail(shown: &Shown, liegt: Option<Kennzeichen>, wahl: &Kennzeichenwahl) -> Option<TestMail> {
    let known = erkenne(&subject_field(&shown.header)?)?;
    Some(TestMail {
        gemeint: known.gemeint,
        liegt,
        flagged: shown.flagged,
        keywords: Words::of(&shown.keywords, &wahl.namen),
        field: Words::of(&keywords_field(&shown.header), &wahl.namen),
    })
}
