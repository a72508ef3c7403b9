//! The test mails of an office: did each QuickStep do what it should, and which readers see something?

use super::counted;
use super::marks::{kennung, looked_at};
use crate::anleitung::quickstep::{QuickStep, is_required, name, quicksteps};
use crate::anleitung::selbsttest::{BETREFF, KATEGORIE, betreff};
use crate::doctor::facts::{MailboxFacts, Selbsttest, TestMail, Words};
use crate::doctor::finding::{Finding, Kennung, Severity};
use crate::doctor::selbsttest::NEWEST;
use crate::domain::kennzeichen::Leser;
use crate::plan::watch::Watch;

pub(super) fn selbsttest(facts: &MailboxFacts) -> Vec<Finding> {
    let Some(test) = &facts.inside.selbsttest else { return Vec::new() };
    let watch = facts.inside.watch(&facts.wahl);
    let mut findings = vec![mails(test)];
    findings.extend(quicksteps(&facts.wahl.namen).iter().filter_map(|step| quickstep(step, test, &watch)));
    if !test.mails.is_empty() {
        findings.extend(Leser::ALL.map(|leser| reader(leser, facts, test)));
    }
    findings
}

fn mails(test: &Selbsttest) -> Finding {
    let looked_at = format!("test mails of {}", test.slug);
    if test.mails.is_empty() {
        let found = format!("none is among the newest {NEWEST} of each folder");
        let advice = format!(
            "let the office do the self-test at the end of its QuickStep guide: mails of its own whose subject begins with \
             {BETREFF}, moved into the folder of the Agentur"
        );
        return Finding::new(Kennung::SelbsttestMails, Severity::Fehler, looked_at, found, advice);
    }
    let found = format!(
        "{} seen; each counts as one Vorgang in the figures",
        counted(test.mails.len(), "mail was", "mails were")
    );
    let advice = "do the self-test once only, and let the office mark what is left in the folder of the Agentur";
    Finding::new(Kennung::SelbsttestMails, Severity::Hinweis, looked_at, found, advice)
}

/// What became of the test mail of one QuickStep. Nothing is said if there are no test mails at all.
fn quickstep(step: &QuickStep, test: &Selbsttest, watch: &Watch) -> Option<Finding> {
    let QuickStep { kennzeichen, ordner, .. } = step;
    let mark = Some(*kennzeichen);
    let looked_at = format!("QuickStep {}", step.name());
    let severity = if is_required(*kennzeichen) { Severity::Fehler } else { Severity::Hinweis };
    let finding = |severity, found: String, advice: String| {
        Some(Finding::new(Kennung::SelbsttestQuickstep, severity, looked_at.clone(), found, advice))
    };
    let is_its_own = |mail: &&TestMail| mail.gemeint == mark;
    if test.mails.iter().any(|mail| mail.liegt == mark && (mail.gemeint.is_none() || is_its_own(&mail))) {
        let found = format!("its test mail lies in the folder {ordner}");
        return Some(Finding::ok(Kennung::SelbsttestQuickstep, looked_at.clone(), found));
    }
    if !watch.folders.iter().any(|watched| watched.ort.kennzeichen() == mark) {
        return finding(
            severity,
            format!("there is no folder {ordner} below that of the Agentur"),
            "create it, spelled like this and with the rights of the folder of the Agentur, then repeat the test for this \
             QuickStep"
                .to_owned(),
        );
    }
    if !test.looked_into.contains(&mark) {
        let advice = "give the service account rights on it, then run this again".to_owned();
        return finding(Severity::Fehler, format!("the folder {ordner} could not be looked into"), advice);
    }
    match test.mails.iter().find(is_its_own).map(|mail| mail.liegt) {
        Some(Some(other)) => finding(
            Severity::Fehler,
            format!("its test mail lies in the folder of another mark, that of {}", name(other)),
            format!("correct the folder in the QuickStep: it must be {ordner} below the folder of this Agentur"),
        ),
        Some(None) => finding(
            severity,
            "its test mail still lies in the folder of the Agentur".to_owned(),
            format!(
                "click the QuickStep on it and run this again; if the mail stays, the QuickStep lacks the action \"In Ordner \
                 verschieben\" with the folder {ordner}"
            ),
        ),
        None if test.mails.is_empty() => None,
        None => finding(
            severity,
            format!("its test mail is in none of the folders, as far as the newest {NEWEST} of each tell"),
            format!(
                "move a mail with the subject \"{}\" into the folder of the Agentur, click the QuickStep and run this again; \
                 if the mail vanishes, the QuickStep moves it into another mailbox or deletes it",
                betreff(*kennzeichen)
            ),
        ),
    }
}

/// Whether a reader sees something in any of the test mails.
fn reader(leser: Leser, facts: &MailboxFacts, test: &Selbsttest) -> Finding {
    let configured = facts.leser.contains(&leser);
    let shown = test.mails.iter().map(|mail| shows(leser, mail));
    let best = shown.fold(Words::None, |best, one| match (best, one) {
        (Words::Mark, _) | (_, Words::Mark) => Words::Mark,
        (Words::Unknown, _) | (_, Words::Unknown) => Words::Unknown,
        _ => Words::None,
    });
    let (id, looked_at) = (kennung(leser), looked_at(leser));
    let severity = if configured { Severity::Fehler } else { Severity::Hinweis };
    match best {
        Words::Mark if configured => Finding::ok(id, looked_at, format!("{}: the reader works", sign(leser))),
        Words::Mark => {
            let found = format!("{}: the reader \"{}\" would work here", sign(leser), leser.as_str());
            Finding::new(id, Severity::Hinweis, looked_at, found, how_to_configure(leser, facts))
        }
        Words::Unknown => {
            let found = format!("a test mail shows {}, and none of them is the name of a mark", what(leser));
            let advice = "call the category as in the QuickStep guide, or add its name under [kennzeichen]; then run this \
                          again";
            Finding::new(id, severity, looked_at, found, advice)
        }
        Words::None => {
            let found = format!("no test mail shows {}", what(leser));
            Finding::new(id, severity, looked_at, found, if_unseen(leser, configured))
        }
    }
}

fn shows(leser: Leser, mail: &TestMail) -> Words {
    match leser {
        Leser::Markierung if mail.flagged => Words::Mark,
        Leser::Markierung => Words::None,
        Leser::Schluesselwort => mail.keywords,
        Leser::KeywordsKopfzeile => mail.field,
    }
}

fn sign(leser: Leser) -> &'static str {
    match leser {
        Leser::Markierung => "a test mail shows \\Flagged",
        Leser::Schluesselwort => "a test mail shows the name of a mark as keyword",
        Leser::KeywordsKopfzeile => "a test mail shows the name of a mark in its Keywords field",
    }
}

fn what(leser: Leser) -> &'static str {
    match leser {
        Leser::Markierung => "\\Flagged",
        Leser::Schluesselwort => "keywords",
        Leser::KeywordsKopfzeile => "categories in its Keywords field",
    }
}

fn how_to_configure(leser: Leser, facts: &MailboxFacts) -> String {
    let word = leser.as_str();
    match leser {
        Leser::Markierung => format!(
            "nothing to do for marks by folder; with \"{word}\" in kennzeichen_leser every flag for follow-up would mean \
             bearbeitet"
        ),
        Leser::Schluesselwort => {
            format!("nothing to do for marks by folder; to read it as well, add \"{word}\" to kennzeichen_leser")
        }
        Leser::KeywordsKopfzeile => format!(
            "nothing to do for marks by folder; to read it as well, add \"{word}\" to kennzeichen_leser and \
             keywords_kopfzeile_geprueft = {} to the mailbox",
            facts.today
        ),
    }
}

fn if_unseen(leser: Leser, configured: bool) -> String {
    let set = match leser {
        Leser::Markierung => "flag",
        Leser::Schluesselwort | Leser::KeywordsKopfzeile => "categorise",
    };
    let then = match configured {
        true => format!("take \"{}\" out of kennzeichen_leser", leser.as_str()),
        false => "it is for the eye only, and the folders count".to_owned(),
    };
    format!(
        "{set} the test mail \"{BETREFF} {KATEGORIE}\" in Outlook and run this again; if it still does not show, {then}"
    )
}

#[cfg(test)]
#[path = "selbsttest_tests.rs"]
mod tests;
