//! `doctor` and marks: which readers can work at a server that has keywords, and the self-test of an office.

use std::sync::LazyLock;

use crate::support::accounts::{Account, Accounts};
use crate::support::binary::{self, Outcome};
use crate::support::config::ConfigDir;
use crate::support::dovecot::Options;
use crate::support::imap_client::Mail;

static ACCOUNTS: LazyLock<Accounts> = LazyLock::new(|| Accounts::start(6, Options::default()));

const KIEL: &str = "INBOX/Agentur Kiel";
const FOLDERS: [&str; 5] = [
    KIEL,
    "INBOX/Agentur Kiel/Bearbeitet",
    "INBOX/Agentur Kiel/Bearbeitet/AU",
    "INBOX/Agentur Kiel/Zu löschen",
    "INBOX/Agentur Kiel/Zurück an SC",
];

/// A mail of the office to itself.
fn mail(subject: &str, further_header: &str, flags: &[&str]) -> Mail {
    let text = format!(
        "From: eingangszone@arbeitsagentur.example\r\nTo: eingangszone@arbeitsagentur.example\r\nSubject: {subject}\r\n\
         Date: Tue, 16 Apr 2024 09:12:00 +0200\r\n{further_header}\r\nTest\r\n"
    );
    Mail { flags: flags.iter().map(|&flag| flag.to_owned()).collect(), ..Mail::new(text) }
}

fn config(account: &Account<'_>, lines: &str) -> ConfigDir {
    let config = ConfigDir::new([account.postfach("sc-nord").extra(lines)], "");
    config.few_agenturen(&["kiel"]);
    config
}

fn selbsttest(config: &ConfigDir) -> Outcome {
    binary::run(&["doctor", "--selbsttest", "kiel", "--format", "json"], &config.file())
}

/// The findings of this word, as severity and text.
fn about(outcome: &Outcome, id: &str) -> Vec<(String, String)> {
    let found = outcome.mailbox("sc-nord")["findings"].as_array().expect("findings").clone();
    let of_id = found.iter().filter(|finding| finding["id"] == id);
    of_id.map(|finding| (finding["severity"].as_str().expect("a word").to_owned(), finding.to_string())).collect()
}

fn expect(outcome: &Outcome, id: &str, severity: &str, words: &str) {
    let found = about(outcome, id);
    let right = found.iter().any(|(told, text)| told == severity && text.contains(words));
    assert!(right, "{id} {severity} {words:?} is not among {found:#?} in {outcome:#?}");
}

#[test]
fn a_self_test_that_went_well_is_confirmed_and_nothing_is_changed() {
    let account = ACCOUNTS.with(&FOLDERS, &[]);
    let mut client = account.client();
    for (folder, subject) in [
        (FOLDERS[1], "Postweiche-Selbsttest EZ Bearbeitet"),
        (FOLDERS[2], "=?utf-8?Q?Postweiche-Selbsttest_EZ_Bearbeitet_AU?="),
        (FOLDERS[3], "=?utf-8?Q?Postweiche-Selbsttest_EZ_Zu_l=C3=B6schen?="),
        (FOLDERS[4], "Postweiche-Selbsttest EZ Zurueck an SC"),
        (FOLDERS[4], "Widerspruch Frau Geheim-4711"),
    ] {
        client.append(folder, &mail(subject, "", &[]));
    }
    let category = mail(
        "Postweiche-Selbsttest Kategorie Geheim-4711",
        "Keywords: EZ Bearbeitet\r\n",
        &["\\Flagged", "EZ-Bearbeitet"],
    );
    client.append(KIEL, &category);
    let before = account.snapshot();
    let outcome = selbsttest(&config(&account, "")).expect_code(0);
    let quicksteps = about(&outcome, "selbsttest_quickstep");
    assert!(quicksteps.len() == 4 && quicksteps.iter().all(|(severity, _)| severity == "ok"), "{quicksteps:#?}");
    expect(&outcome, "selbsttest_mails", "hinweis", "5 mails were seen; each counts as one Vorgang");
    for (id, words) in [
        ("kennzeichen_markierung", "\"markierung\\\" would work"),
        ("kennzeichen_schluesselwort", "\"schluesselwort\\\" would work"),
        ("kennzeichen_kopfzeile", "keywords_kopfzeile_geprueft = 2"),
    ] {
        expect(&outcome, id, "hinweis", words);
    }
    assert_eq!(account.snapshot(), before);
    let page = binary::run(&["doctor", "--selbsttest", "kiel"], &config(&account, "").file()).expect_code(0).stdout;
    assert!(page.contains("ok      QuickStep EZ Zu löschen: its test mail lies in the folder Zu löschen"), "{page}");
    for text in [page, outcome.stdout, outcome.stderr] {
        assert!(!text.contains("4711") && !text.contains("eingangszone@"), "{text}");
    }
    // What is configured and works is ok.
    let readers = "kennzeichen_leser = [\"markierung\", \"schluesselwort\", \"keywords_kopfzeile\"]\n\
                   keywords_kopfzeile_geprueft = 2024-04-16";
    let outcome = selbsttest(&config(&account, readers)).expect_code(0);
    for id in ["kennzeichen_markierung", "kennzeichen_schluesselwort", "kennzeichen_kopfzeile"] {
        expect(&outcome, id, "ok", "the reader works");
    }
}

#[test]
fn a_self_test_that_went_wrong_says_what_to_do() {
    let account = ACCOUNTS.with(&FOLDERS[..4], &[]);
    let mut client = account.client();
    client.append(KIEL, &mail("Postweiche-Selbsttest EZ Bearbeitet", "", &[]));
    client.append(FOLDERS[1], &mail("Postweiche-Selbsttest EZ Zu loeschen", "", &[]));
    let outcome = selbsttest(&config(&account, "kennzeichen_leser = [\"markierung\"]")).expect_code(1);
    for (id, severity, words) in [
        ("selbsttest_quickstep", "fehler", "still lies in the folder of the Agentur"),
        ("selbsttest_quickstep", "fehler", "in the folder of another mark, that of EZ Bearbeitet"),
        ("selbsttest_quickstep", "fehler", "there is no folder Zurück an SC"),
        ("selbsttest_quickstep", "hinweis", "QuickStep EZ Bearbeitet AU"),
        ("kennzeichen_markierung", "fehler", "take \\\"markierung\\\" out of kennzeichen_leser"),
        ("kennzeichen_kopfzeile", "hinweis", "no test mail shows categories"),
    ] {
        expect(&outcome, id, severity, words);
    }
}

#[test]
fn only_the_newest_mails_of_a_folder_are_looked_at() {
    let account = ACCOUNTS.with(&FOLDERS[..2], &[]);
    let test = mail("Postweiche-Selbsttest EZ Bearbeitet", "", &[]);
    let others: Vec<Mail> = (0..49).map(|number| mail(&format!("Anfrage {number}"), "", &[])).collect();
    let mut client = account.client();
    client.append(FOLDERS[1], &test);
    client.append_all(FOLDERS[1], &others);
    let config = config(&account, "");
    expect(&selbsttest(&config), "selbsttest_quickstep", "ok", "lies in the folder Bearbeitet");
    client.append(FOLDERS[1], &mail("Anfrage 50", "", &[]));
    expect(&selbsttest(&config), "selbsttest_mails", "fehler", "none is among the newest 50");
}

#[test]
fn keywords_that_are_in_use_are_seen_without_a_self_test() {
    let account = ACCOUNTS.with(&FOLDERS, &[]);
    account.create_folders(&["INBOX/Agentur Kiel/Frau Geheim-4711"]);
    account.client().append(KIEL, &mail("Anfrage", "", &["EZ-Bearbeitet"]));
    let config = config(&account, "kennzeichen_leser = [\"schluesselwort\"]");
    let outcome = binary::run(&["doctor", "--format", "json"], &config.file()).expect_code(0);
    expect(&outcome, "kennzeichen_schluesselwort", "ok", "names of marks among them");
    expect(&outcome, "kennzeichen_ordner", "ok", "Zurück an SC 1 of 1");
    expect(&outcome, "kennzeichen_unbekannt", "warnung", "kiel 1");
    expect(&outcome, "faehigkeit_condstore", "ok", "cheaper");
    assert!(!outcome.stdout.contains("4711"), "{outcome:#?}");
}

#[test]
fn an_unknown_agentur_is_told() {
    let outcome = binary::run(&["doctor", "--selbsttest", "kiehl"], &crate::config().file()).expect_code(2);
    outcome.expect_words(&["no Agentur is called \"kiehl\"; there are kiel, "]);
}
