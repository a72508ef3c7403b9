use super::*;
use crate::doctor::facts::{ListedFolders, Target};
use crate::doctor::judge::tests::{check, facts, find};
use crate::domain::id::FolderName;
use crate::domain::kennzeichen::Kennzeichen::{self, Bearbeitet, ZuLoeschen, ZurueckAnSc};
use crate::imap::reply::ListedFolder;

const FOLDERS: [&str; 4] = ["", "/Bearbeitet", "/Zu löschen", "/Zurück an SC"];

fn mail(gemeint: Option<Kennzeichen>, liegt: Option<Kennzeichen>) -> TestMail {
    TestMail { gemeint, liegt, flagged: false, keywords: Words::None, field: Words::None }
}

/// An office with these folders below that of the Agentur and these test mails.
fn office(folders: &[&str], mails: &[TestMail], leser: &[Leser]) -> MailboxFacts {
    let mut facts = MailboxFacts { leser: leser.to_vec(), ..facts() };
    let folder = |below: &str| FolderName(format!("INBOX/kiel{below}"));
    let line = |below: &&str| ListedFolder { name: Some(folder(below)), separator: Some('/'), selectable: true };
    facts.inside.folders = Some(ListedFolders { separator: Some('/'), lines: folders.iter().map(line).collect() });
    facts.inside.targets = vec![Target {
        agentur: "Agentur für Arbeit Kiel".to_owned(),
        slug: "kiel".to_owned(),
        path: "INBOX/kiel".to_owned(),
        ordner: "kiel".to_owned(),
        folder: Some(folder("")),
        later: false,
        answers: Some(true),
    }];
    let watched = facts.inside.watch(&facts.wahl).folders;
    facts.inside.selbsttest = Some(Selbsttest {
        slug: "kiel".to_owned(),
        looked_into: watched.iter().map(|watched| watched.ort.kennzeichen()).collect(),
        mails: mails.to_vec(),
    });
    facts
}

/// What is said of the QuickSteps, in their order.
fn quicksteps_of(facts: &MailboxFacts) -> Vec<Finding> {
    selbsttest(facts).into_iter().filter(|finding| finding.id == Kennung::SelbsttestQuickstep).collect()
}

#[test]
fn each_quickstep_is_judged_by_where_its_test_mail_lies() {
    let done = [
        mail(Some(Bearbeitet), Some(Bearbeitet)),
        mail(Some(ZuLoeschen), Some(ZuLoeschen)),
        mail(Some(ZurueckAnSc), Some(ZurueckAnSc)),
    ];
    let found = quicksteps_of(&office(&FOLDERS, &done, &[]));
    let severities: Vec<_> = found.iter().map(|finding| (finding.looked_at.as_str(), finding.severity)).collect();
    assert_eq!(
        severities,
        [
            ("QuickStep EZ Bearbeitet", Severity::Ok),
            ("QuickStep EZ Zu löschen", Severity::Ok),
            ("QuickStep EZ Zurück an SC", Severity::Ok),
            // It need not be there.
            ("QuickStep EZ Bearbeitet AU", Severity::Hinweis),
        ]
    );
    for (first, severity, words) in [
        (mail(None, Some(Bearbeitet)), Severity::Ok, "lies in the folder Bearbeitet"),
        (mail(Some(Bearbeitet), None), Severity::Fehler, "still lies in the folder of the Agentur"),
        (mail(Some(Bearbeitet), Some(ZuLoeschen)), Severity::Fehler, "another mark, that of EZ Zu löschen"),
        (mail(None, None), Severity::Fehler, "in none of the folders"),
        // A mail for another QuickStep proves nothing about this one.
        (mail(Some(ZurueckAnSc), Some(Bearbeitet)), Severity::Fehler, "in none of the folders"),
    ] {
        check(&quicksteps_of(&office(&FOLDERS, &[first], &[]))[..1], Kennung::SelbsttestQuickstep, severity, words);
    }
    let without = quicksteps_of(&office(&FOLDERS[..1], &done[..1], &[]));
    check(&without[..1], Kennung::SelbsttestQuickstep, Severity::Ok, "Bearbeitet");
    check(&without[1..], Kennung::SelbsttestQuickstep, Severity::Fehler, "there is no folder Zu löschen");
    let mut closed = office(&FOLDERS, &done[..1], &[]);
    closed.inside.selbsttest.as_mut().unwrap().looked_into.retain(|mark| *mark != Some(ZuLoeschen));
    check(&quicksteps_of(&closed)[1..], Kennung::SelbsttestQuickstep, Severity::Fehler, "could not be looked into");
}

#[test]
fn a_reader_works_if_a_test_mail_shows_something() {
    let plain = mail(None, None);
    for (leser, mail, configured, unless_configured, words) in [
        (Leser::Markierung, TestMail { flagged: true, ..plain }, Severity::Ok, Severity::Hinweis, "\\Flagged"),
        (Leser::Markierung, plain, Severity::Fehler, Severity::Hinweis, "no test mail shows \\Flagged"),
        (
            Leser::Schluesselwort,
            TestMail { keywords: Words::Mark, ..plain },
            Severity::Ok,
            Severity::Hinweis,
            "as keyword",
        ),
        (
            Leser::Schluesselwort,
            TestMail { keywords: Words::Unknown, ..plain },
            Severity::Fehler,
            Severity::Hinweis,
            "none of them is the name of a mark",
        ),
        (
            Leser::KeywordsKopfzeile,
            TestMail { field: Words::Mark, ..plain },
            Severity::Ok,
            Severity::Hinweis,
            "in its Keywords field",
        ),
        (Leser::KeywordsKopfzeile, plain, Severity::Fehler, Severity::Hinweis, "no test mail shows categories"),
    ] {
        for (readers, severity) in [(&[leser][..], configured), (&[], unless_configured)] {
            let findings = selbsttest(&office(&FOLDERS, &[plain, mail], readers));
            check(&findings, kennung(leser), severity, words);
        }
    }
    let seen = TestMail { field: Words::Mark, ..plain };
    let day = "keywords_kopfzeile_geprueft = 2024-04-16";
    let findings = selbsttest(&office(&FOLDERS, &[seen], &[]));
    check(&findings, Kennung::KennzeichenKopfzeile, Severity::Hinweis, day);
    check(&findings, Kennung::SelbsttestMails, Severity::Hinweis, "counts as one Vorgang");
}

#[test]
fn without_test_mails_nothing_is_said_of_quicksteps_and_readers() {
    let findings = selbsttest(&office(&FOLDERS, &[], &[Leser::Markierung]));
    check(&findings, Kennung::SelbsttestMails, Severity::Fehler, "Postweiche-Selbsttest");
    assert_eq!(find(&findings, Kennung::KennzeichenMarkierung), None);
    // The folders that are missing are told nevertheless.
    let told: Vec<_> = findings.iter().filter(|finding| finding.id == Kennung::SelbsttestQuickstep).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].found.contains("there is no folder Bearbeitet/AU"), "{told:?}");
}
