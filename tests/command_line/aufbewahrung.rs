//! `postweiche aufbewahrung`: shows by default, deletes when asked and alone.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use postweiche::daemon::instance::InstanceLock;
use postweiche::domain::id::{Fingerprint, FolderName, MessageIdHash, Place, RegelwerkVersion, Uid, UidValidity};
use postweiche::domain::postfach::Betriebsart;
use postweiche::domain::vorgang::{DecisionRecord, Zuordnung};
use postweiche::store::Ledger;
use serde_json::Value;

use crate::support::binary;

/// A mail that arrived, and was decided, so many days ago.
fn mail(uid: u8, days: i64) -> (Zuordnung, Timestamp) {
    let at = Timestamp::now() - SignedDuration::from_hours(24 * days);
    let decision = DecisionRecord {
        vorgangsart: "freie-email",
        entscheidung: "ungeklaert",
        agentur: None,
        regel: "evidenz".to_owned(),
        grund: "kein_hinweis",
        evidenz: String::new(),
        zweiter: None,
    };
    let zuordnung = Zuordnung {
        vorgang: None,
        place: Place { folder: FolderName::inbox(), uidvalidity: UidValidity(7), uid: Uid(uid.into()) },
        fingerprint: Fingerprint([uid; 16]),
        message_id: Some(MessageIdHash([uid; 16])),
        eingang: at,
        size: 1_000,
        kopfzeile: None,
        decision,
        bestand_unklar: false,
        regelwerk: RegelwerkVersion("0".repeat(64)),
        betriebsart: Betriebsart::Schatten,
    };
    (zuordnung, at)
}

fn write_ledger(state_dir: &Path) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let ledger = Ledger::open(state_dir).expect("a new ledger");
        for (zuordnung, at) in [mail(1, 200), mail(2, 100), mail(3, 2)] {
            ledger.record("sc-nord", vec![zuordnung], at).await.expect("it can be written");
        }
        ledger.close().await.expect("it can be closed");
    });
}

/// The counts of `key` by class that are not 0.
fn counts(answer: &str, key: &str) -> Vec<(String, u64)> {
    let answer: Value = serde_json::from_str(answer).expect("JSON");
    let classes = answer["klassen"].as_array().expect("a list").clone();
    let count =
        |class: Value| (class["klasse"].as_str().expect("a word").to_owned(), class[key].as_u64().expect("a count"));
    classes.into_iter().map(count).filter(|(_, count)| *count > 0).collect()
}

#[test]
fn it_shows_what_is_due_and_deletes_it_only_when_asked_and_alone() {
    let config = super::config();
    let json = |further: &[&'static str]| {
        let arguments: Vec<&str> = [&["aufbewahrung", "--format", "json"], further].concat();
        binary::run(&arguments, &config.file())
    };
    let outcome = json(&[]).expect_code(1);
    assert!(outcome.stderr.contains("ledger"), "{}", outcome.stderr);
    assert!(!config.state_dir().join("ledger.sqlite").exists(), "a look makes nothing");
    json(&["--ausfuehren"]).expect_code(1);

    write_ledger(&config.state_dir());
    let due = [("hashes".to_owned(), 1), ("ereignisse".to_owned(), 4)];
    for _ in 0..2 {
        assert_eq!(counts(&json(&[]).expect_code(0).stdout, "faellig"), due, "a look changes nothing");
    }
    let page = binary::run(&["aufbewahrung"], &config.file()).expect_code(0).stdout;
    for words in ["hashes", "höchstens 180", "Nichts wurde gelöscht", "einmal am Tag"] {
        assert!(page.contains(words), "{words} is not in\n{page}");
    }

    let lock = InstanceLock::take(&config.state_dir()).expect("nobody else is here");
    let outcome = json(&["--ausfuehren"]).expect_code(1);
    assert!(outcome.stderr.contains("deletes by itself"), "{}", outcome.stderr);
    assert_eq!(counts(&json(&[]).expect_code(0).stdout, "faellig"), due, "to look is allowed beside the service");
    drop(lock);

    let answer = json(&["--ausfuehren"]).expect_code(0).stdout;
    assert_eq!(counts(&answer, "geloescht"), due);
    assert_eq!(counts(&answer, "faellig"), []);
    let again = json(&["--ausfuehren"]).expect_code(0).stdout;
    assert_eq!(counts(&again, "geloescht"), []);
    let page = binary::run(&["aufbewahrung"], &config.file()).expect_code(0).stdout;
    assert!(page.contains("Letzte Löschungen") && page.contains("ereignisse 4"), "{page}");
}

#[test]
fn bad_periods_are_told() {
    let config = super::config();
    let mut text = std::fs::read_to_string(config.file()).expect("it was just written");
    text.push_str("\n[aufbewahrung]\nhashes_tage = 200\nereignisse_tage = 1\n");
    std::fs::write(config.file(), text).expect("the directory is ours");
    let outcome = binary::run(&["aufbewahrung"], &config.file()).expect_code(2);
    for words in ["\"hashes_tage\" is larger than \"hashes_hoechstens_tage\"", "\"ereignisse_tage\" is out of range"] {
        assert!(outcome.stderr.contains(words), "{words} is not in\n{}", outcome.stderr);
    }
}
