//! `verlauf`: the life of a Vorgang after a real cycle.

use std::path::PathBuf;
use std::sync::LazyLock;

use serde_json::Value;

use crate::support::accounts::Accounts;
use crate::support::binary::{self, Outcome};
use crate::support::config::ConfigDir;
use crate::support::dovecot::Options;
use crate::support::imap_client::Mail;
use crate::support::{ledger, mails};

static ACCOUNTS: LazyLock<Accounts> = LazyLock::new(|| Accounts::start(8, Options::default()));

const KIEL: &str = "INBOX/Agentur Kiel";

/// A mailbox whose mails were served once.
fn served(mails: &[Mail]) -> ConfigDir {
    let account = ACCOUNTS.with(&[KIEL], mails);
    let config = account.config("sc-nord");
    binary::once(&config.file()).expect_code(0);
    config
}

fn file(config: &ConfigDir, mail: &Mail) -> PathBuf {
    let file = config.dir().join("mail.eml");
    std::fs::write(&file, &mail.bytes).expect("the directory is ours");
    file
}

fn verlauf(config: &ConfigDir, arguments: &[&str]) -> Outcome {
    binary::run(&[&["verlauf"], arguments].concat(), &config.file())
}

fn by_file(config: &ConfigDir, file: &std::path::Path, further: &[&str]) -> Outcome {
    verlauf(config, &[&["--mailbox", "sc-nord", file.to_str().expect("a plain name")], further].concat())
}

#[test]
fn a_mail_is_found_by_number_and_by_file_and_nothing_is_stored() {
    let mail = mails::to("Kiel", 1);
    let config = served(std::slice::from_ref(&mail));
    // A reader may leave the index of the WAL beside it.
    let stored = || std::fs::read(ledger::path(&config.state_dir())).expect("the ledger");
    let before = stored();
    let page = verlauf(&config, &["1"]).expect_code(0).stdout;
    for words in [
        "Vorgang 1, Postfach sc-nord",
        "Eingegangen 16.04.2024 09:01, Größe bis 10 KB.",
        "Liegt, soweit bekannt, in INBOX/Agentur Kiel.",
        "Stand: bei der Agentur, ohne Kennzeichen (Kiel).",
        "an die Agentur für Arbeit Kiel zu übergeben; an eine Anschrift der Agentur geschrieben",
        "Anschrift der Agentur in An: Kiel",
        "Regeln dürfen ihn bewegen",
        "übergeben, Dienst, Agentur Kiel",
    ] {
        let flat = page.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains(words), "{words:?} is not in\n{page}");
    }
    assert!(page.lines().all(|line| line.chars().count() <= 100), "{page}");
    assert_eq!(by_file(&config, &file(&config, &mail), &[]).expect_code(0).stdout, page);
    for secret in ["Anfrage 1", "kunde-1", "anfrage-1@"] {
        assert!(!page.contains(secret), "{page}");
    }
    let log = config.state_dir().join("ledger.sqlite-wal");
    assert!(std::fs::metadata(log).map_or(0, |found| found.len()) == 0 && stored() == before, "nothing is stored");
}

#[test]
fn what_people_did_has_a_day_and_no_time() {
    let mail = mails::to("Kiel", 1);
    let config = served(&[mail]);
    let database = rusqlite::Connection::open(ledger::path(&config.state_dir())).expect("the ledger");
    database
        .execute_batch(
            "INSERT INTO event (vorgang, art, rolle, agentur, at) VALUES
                 (1, 'in_bearbeitung', 'eingangszone', 'kiel', 1713251533000),
                 (1, 'bearbeitet', 'eingangszone', 'kiel', 1713337933000),
                 (1, 'geloescht', 'unbekannt', 'kiel', 1713424333000);
             INSERT INTO event (vorgang, art, rolle, agentur, von_agentur, at) VALUES
                 (1, 'umgeordnet', 'sc', 'flensburg', 'kiel', 1713424333000);
             UPDATE vorgang SET gone_at = 1713424333000",
        )
        .expect("it can be written");
    let page = verlauf(&config, &["1"]).expect_code(0).stdout;
    for day in ["16.04.2024", "17.04.2024", "18.04.2024"] {
        assert!(page.lines().any(|line| line.trim_start().starts_with(day)), "{day} is not in\n{page}");
    }
    // 09:12:13 in Berlin, of each of these events.
    assert!(!page.contains("2024 09:12"), "{page}");
    assert!(page.contains("von Kiel, Agentur Flensburg"), "{page}");
    assert!(page.contains("Seit 18.04.2024 nicht mehr gesehen"), "{page}");

    let answer = verlauf(&config, &["1", "--format", "json"]).expect_code(0).json();
    let keys = |value: &Value| value.as_object().expect("an object").keys().cloned().collect::<Vec<_>>().join(" ");
    assert_eq!(
        keys(&answer),
        "aeltere_geloescht eingang entscheidung ereignisse fort_seit groesse haltegrund ordner postfach stand vorgang"
    );
    for event in answer["ereignisse"].as_array().expect("events") {
        let by_program = event["rolle"] == "dienst";
        assert_eq!(event["am"].as_str().expect("a time").contains('T'), by_program, "{event}");
    }
    assert_eq!(answer["fort_seit"], "2024-04-18");
}

#[test]
fn what_has_expired_is_still_told_by_the_state_that_was_kept() {
    let config = served(&[mails::to("Kiel", 1), mails::to("Kiel", 2), mails::to("Kiel", 3)]);
    {
        let database = rusqlite::Connection::open(ledger::path(&config.state_dir())).expect("the ledger");
        // The second was found by a look, the third was worked on yesterday. The newest event of all never goes.
        database
            .execute_batch(
                "DELETE FROM event WHERE vorgang = 2 AND art = 'zugeordnet';
                 UPDATE vorgang SET regel = 'beobachtung', grund = 'direkt' WHERE id = 2;
                 CREATE TEMP TABLE old AS SELECT * FROM event;
                 UPDATE old SET at = 1713251533000;
                 DELETE FROM event;
                 INSERT INTO event SELECT * FROM old;
                 INSERT INTO event (vorgang, art, rolle, agentur, at) VALUES
                     (1, 'bearbeitet', 'eingangszone', 'kiel', 1713337933000),
                     (3, 'in_bearbeitung', 'eingangszone', 'kiel', (unixepoch() - 86400) * 1000);",
            )
            .expect("it can be written");
    }
    let page = |number: &str| verlauf(&config, &[number]).expect_code(0).stdout;
    let json = |number: &str| verlauf(&config, &[number, "--format", "json"]).expect_code(0).json();
    let (before, before_json) = (page("1"), json("1"));
    assert!(!before.contains("sind gelöscht") && before_json["aeltere_geloescht"] == false, "{before}");
    binary::run(&["aufbewahrung", "--ausfuehren"], &config.file()).expect_code(0);

    // All but the events is as it was.
    let told = |page: &str| page.split_once("Was geschah").expect("the heading").0.to_owned();
    let after = page("1");
    assert_eq!(told(&after), told(&before));
    for words in ["Stand: bearbeitet", "an die Agentur für Arbeit Kiel zu übergeben", "ältere Ereignisse sind gelöscht"]
    {
        assert!(after.contains(words), "{words:?} is not in\n{after}");
    }
    let mut expected = before_json;
    expected["aeltere_geloescht"] = true.into();
    expected["ereignisse"] = Value::Array(Vec::new());
    assert_eq!(json("1"), expected);

    let found = page("2");
    assert!(found.contains("Nicht von Regeln entschieden") && found.contains("bei der Agentur"), "{found}");
    assert_eq!(json("2")["entscheidung"], Value::Null);

    let in_work = json("3");
    assert_eq!((&in_work["stand"]["status"], &in_work["stand"]["agentur"]), (&"in_bearbeitung".into(), &"kiel".into()));
    assert_eq!(in_work["ereignisse"].as_array().map(Vec::len), Some(1));
    assert_eq!(in_work["aeltere_geloescht"], true);
}

#[test]
fn twins_are_shown_both() {
    let mail = mails::to("Kiel", 1);
    let config = served(&[mail.clone(), mail.clone(), mails::to("Kiel", 2)]);
    let answer = by_file(&config, &file(&config, &mail), &["--format", "json"]).expect_code(0).stdout;
    assert_eq!(answer.lines().count(), 2, "{answer}");
}

#[test]
fn what_cannot_be_found_is_told_with_how_to_go_on() {
    let config = served(&[mails::to("Kiel", 1)]);
    verlauf(&config, &["4711"]).expect_code(1).expect_words(&["kein Vorgang 4711"]);
    let stranger = file(&config, &mails::to("Kiel", 2));
    by_file(&config, &stranger, &[]).expect_code(1).expect_words(&["kennt diese Mail nicht", "postweiche verlauf"]);
    std::fs::write(&stranger, "Subject: x\r\n\r\nText\r\n").expect("the directory is ours");
    by_file(&config, &stranger, &[]).expect_code(1).expect_words(&["keine brauchbare Message-ID"]);
    by_file(&config, &config.dir().join("fehlt.eml"), &[]).expect_code(1).expect_words(&["cannot be read"]);
    verlauf(&config, &["mail.eml"]).expect_code(2).expect_words(&["--mailbox"]);
    verlauf(&config, &["--mailbox", "sc-mitte", "mail.eml"]).expect_code(2);

    // With another key nothing is recognised, and that is said.
    std::fs::write(config.state_dir().join("hash.key"), "0123456789abcdef").expect("the directory is ours");
    let known = file(&config, &mails::to("Kiel", 1));
    by_file(&config, &known, &[]).expect_code(1).expect_words(&["anderen Schlüssel"]);
    // None is made.
    std::fs::remove_file(config.state_dir().join("hash.key")).expect("the key is there");
    by_file(&config, &known, &[]).expect_code(1).expect_words(&["noch keinen Schlüssel"]);
    assert!(!config.state_dir().join("hash.key").exists());
}
