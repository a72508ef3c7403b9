//! Which readers of marks can work here, besides the folders (`mark_folders`).
//!
//! A reader that is configured and cannot work would leave every mark unseen: that is a `fehler`. Of one that is not
//! configured it is only good to know.

use super::counted;
use crate::doctor::facts::{Flags, Inside, MailboxFacts, Words};
use crate::doctor::finding::{Finding, Kennung, Severity};
use crate::domain::kennzeichen::{Kennzeichennamen, Leser};
use crate::imap::reply::FolderFlags;

pub(super) fn marks(facts: &MailboxFacts) -> Vec<Finding> {
    let Inside { flags: Flags { there, kept }, .. } = &facts.inside;
    // A folder that is only looked at may say that no flag can be kept; then what there is at all has to do.
    let kept = kept.as_ref().filter(|flags| **flags != FolderFlags::default());
    let mut findings = Vec::new();
    if let Some(flags) = kept.or(there.as_ref()) {
        let seen = Seen { flags, sure: kept.is_some() };
        findings.push(seen.markierung(facts.leser.contains(&Leser::Markierung)));
        findings.push(seen.gelesen());
        findings.push(seen.schluesselwort(facts.leser.contains(&Leser::Schluesselwort), &facts.wahl.namen));
    }
    findings.extend(kopfzeile(facts));
    findings
}

/// The flags of a folder.
struct Seen<'a> {
    flags: &'a FolderFlags,
    /// The server said which are kept.
    sure: bool,
}

impl Seen<'_> {
    fn whether_kept(&self) -> &'static str {
        if self.sure { "" } else { "; whether they are kept cannot be told by looking only (EXAMINE)" }
    }

    fn markierung(&self, configured: bool) -> Finding {
        if self.flags.flagged {
            let answered = if self.flags.answered { " and \\Answered" } else { "" };
            let found = format!("\\Flagged{answered} are there{}", self.whether_kept());
            return Finding::ok(Kennung::KennzeichenMarkierung, "marks by flag", found);
        }
        cannot_work(Leser::Markierung, configured, "the server has no \\Flagged")
    }

    fn gelesen(&self) -> Finding {
        if self.flags.seen {
            let found = format!(
                "\\Seen is there{}; it is a weak sign, since looking at a mail may set it",
                self.whether_kept()
            );
            return Finding::ok(Kennung::KennzeichenGelesen, "read and unread", found);
        }
        let advice = "use marks by folder";
        Finding::new(
            Kennung::KennzeichenGelesen,
            Severity::Hinweis,
            "read and unread",
            "the server has no \\Seen",
            advice,
        )
    }

    fn schluesselwort(&self, configured: bool, namen: &Kennzeichennamen) -> Finding {
        let ok = |found: String| Finding::ok(Kennung::KennzeichenSchluesselwort, "marks by keyword", found);
        if self.flags.new_keywords {
            return ok("everybody may set keywords (\\*)".to_owned());
        }
        let in_use = counted(self.flags.keywords.len(), "keyword is", "keywords are");
        match Words::of(&self.flags.keywords, namen) {
            Words::Mark => ok(format!("{in_use} in use, names of marks among them{}", self.whether_kept())),
            _ if self.sure => {
                let found = format!(
                    "{in_use} kept here, none with the name of a mark, and no new ones can be set: as with Exchange, \
                     where categories do not show as keywords"
                );
                cannot_work(Leser::Schluesselwort, configured, &found)
            }
            _ => Finding::new(
                Kennung::KennzeichenSchluesselwort,
                Severity::Hinweis,
                "marks by keyword",
                format!(
                    "{in_use} in use, none with the name of a mark; whether such could be set cannot be told by looking \
                     only (EXAMINE)"
                ),
                "nothing to do for marks by folder; to read keywords, let an office do the self-test first (postweiche \
                 doctor --selbsttest AGENTUR)",
            ),
        }
    }
}

/// A reader that would see nothing.
fn cannot_work(leser: Leser, configured: bool, found: &str) -> Finding {
    let id = kennung(leser);
    let looked_at = looked_at(leser);
    if configured {
        let advice = format!(
            "take \"{}\" out of kennzeichen_leser and let the QuickSteps move mail into the mark folders: by this reader no \
             mark is ever seen",
            leser.as_str()
        );
        return Finding::new(id, Severity::Fehler, looked_at, found, advice);
    }
    Finding::new(id, Severity::Hinweis, looked_at, found, "use marks by folder")
}

/// What the findings about a reader are called.
pub(super) fn kennung(leser: Leser) -> Kennung {
    match leser {
        Leser::Markierung => Kennung::KennzeichenMarkierung,
        Leser::Schluesselwort => Kennung::KennzeichenSchluesselwort,
        Leser::KeywordsKopfzeile => Kennung::KennzeichenKopfzeile,
    }
}

/// What is looked at for a reader.
pub(super) fn looked_at(leser: Leser) -> &'static str {
    match leser {
        Leser::Markierung => "marks by flag",
        Leser::Schluesselwort => "marks by keyword",
        Leser::KeywordsKopfzeile => "marks by Keywords field",
    }
}

/// That a server shows categories in the field is only proved by a category that somebody has just set.
fn kopfzeile(facts: &MailboxFacts) -> Option<Finding> {
    let (of, with) = facts.inside.keywords?;
    let found = format!(
        "{with} of {} a Keywords field, which senders can write too; looking alone does not prove that categories show there",
        counted(of, "message has", "messages have")
    );
    let advice = match facts.leser.contains(&Leser::KeywordsKopfzeile) {
        true => {
            "the reader is configured: repeat the self-test of an office (postweiche doctor --selbsttest AGENTUR) after each \
             update of the server, and renew keywords_kopfzeile_geprueft"
        }
        false => {
            "nothing to do for marks by folder; to read categories, let an office do the self-test of its QuickStep guide and \
             run postweiche doctor --selbsttest AGENTUR. Only if it sees the category, add \"keywords_kopfzeile\" to \
             kennzeichen_leser and the day as keywords_kopfzeile_geprueft = YYYY-MM-DD"
        }
    };
    let id = Kennung::KennzeichenKopfzeile;
    Some(Finding::new(id, Severity::Hinweis, looked_at(Leser::KeywordsKopfzeile), found, advice))
}
