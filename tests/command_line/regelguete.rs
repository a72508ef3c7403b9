//! `regelguete`: figures of a seeded ledger, whole pages.

use std::path::Path;

use jiff::Timestamp;
use postweiche::domain::ereignis::{Art, Ereignis, Rolle};
use postweiche::domain::id::{Fingerprint, FolderName, Place, RegelwerkVersion, Uid, UidValidity};
use postweiche::domain::postfach::Betriebsart;
use postweiche::domain::sichtung::Fortgang;
use postweiche::domain::vorgang::{DecisionRecord, Intent, Outcome, Settlement, VorgangId, Weg, Zuordnung};
use postweiche::store::Ledger;

use crate::config;
use crate::support::binary;
use crate::support::config::ConfigDir;
use crate::support::ledger;

const NORD: &str = "sc-nord";

/// What a ledger of some days holds: rule, evidence, and what happened after a decision for Kiel.
const DECIDED: [(&str, &str, &str); 10] = [
    ("plz", "plz:kiel@signatur", "moved"),
    ("plz", "plz:kiel@signatur", "moved"),
    ("plz", "plz:kiel@anschrift", "moved"),
    ("plz", "plz:kiel@anschrift anrede:kiel@anrede", "moved u>flensburg"),
    ("plz", "plz:kiel@signatur", "moved z s>flensburg"),
    ("empfaenger_liegenschaft", "empfaenger_liegenschaft:kiel@to plz:flensburg@text", "moved"),
    ("empfaenger_liegenschaft", "empfaenger_liegenschaft:kiel@to", "s>kiel"),
    ("empfaenger_liegenschaft", "empfaenger_liegenschaft:kiel@to", "s>heide"),
    ("anrede", "anrede:kiel@anrede", ""),
    ("anrede", "anrede:kiel@anrede", "moved z"),
];

/// The same of what stayed.
const STAYED: [(&str, &str); 4] = [
    ("kein_hinweis", ""),
    ("kein_hinweis", "s>flensburg"),
    ("kein_hinweis", "s>flensburg"),
    ("widerspruch", "s>kiel z"),
];

fn at(day: u32) -> Timestamp {
    format!("2024-04-{day:02}T07:12:00Z").parse().expect("a day of April")
}

fn zuordnung(number: u32, entscheidung: &'static str, grund: &'static str, evidenz: &str) -> Zuordnung {
    Zuordnung {
        vorgang: None,
        place: Place { folder: FolderName::inbox(), uidvalidity: UidValidity(7), uid: Uid(number) },
        fingerprint: Fingerprint([number as u8; 16]),
        message_id: None,
        eingang: at(1),
        size: 20_000,
        kopfzeile: None,
        decision: DecisionRecord {
            vorgangsart: "freie-email",
            entscheidung,
            agentur: (entscheidung == "uebergeben").then(|| "kiel".to_owned()),
            regel: format!("evidenz.{grund}"),
            grund,
            evidenz: evidenz.to_owned(),
            zweiter: None,
        },
        bestand_unklar: false,
        regelwerk: RegelwerkVersion(format!("{:064x}", 0xabc)),
        betriebsart: Betriebsart::Betrieb,
    }
}

/// The ledger of this state directory after some days of work.
#[tokio::main(flavor = "current_thread")]
async fn seed(state_dir: &Path) {
    let book = Ledger::open(state_dir).expect("a new ledger");
    let decided = DECIDED.map(|(grund, evidenz, then)| ("uebergeben", grund, evidenz, then));
    let stayed = STAYED.map(|(grund, then)| ("ungeklaert", grund, "", then));
    for (number, (entscheidung, grund, evidenz, then)) in decided.into_iter().chain(stayed).enumerate() {
        let number = number as u32 + 1;
        let recorded = book.record(NORD, vec![zuordnung(number, entscheidung, grund, evidenz)], at(number)).await;
        let vorgang = recorded.expect("recorded")[0].vorgang;
        for step in then.split_whitespace() {
            happens(&book, vorgang, number, step).await;
        }
    }
    book.close().await.expect("closed");
}

async fn happens(book: &Ledger, vorgang: VorgangId, number: u32, step: &str) {
    let (kind, to) = step.split_once('>').unwrap_or((step, "kiel"));
    let (art, rolle) = match kind {
        "moved" => return moved(book, vorgang, number).await,
        "s" => (Art::Uebergeben, Rolle::Sc),
        "u" => (Art::Umgeordnet, Rolle::Eingangszone),
        _ => (Art::Zurueckgegeben, Rolle::Eingangszone),
    };
    let ereignis = Ereignis { art, rolle, agentur: Some(to.to_owned()), von: None, grund: "" };
    let fortgang = Fortgang { vorgang, ereignisse: vec![ereignis] };
    book.go_on(vec![fortgang], at(number + 1)).await.expect("noted");
}

async fn moved(book: &Ledger, vorgang: VorgangId, number: u32) {
    let intent = Intent {
        vorgang,
        weg: Weg::Move,
        source: Place { folder: FolderName::inbox(), uidvalidity: UidValidity(7), uid: Uid(number) },
        target: FolderName("INBOX/Agentur Kiel".to_owned()),
        target_uidvalidity: None,
        target_uidnext: None,
    };
    let operation = book.intend(NORD, vec![intent], at(number)).await.expect("intended")[0];
    let outcome = Outcome::Moved { uidvalidity: UidValidity(11), uid: Uid(number) };
    book.settle(vec![Settlement { operation, outcome }], at(number)).await.expect("settled");
}

fn seeded() -> ConfigDir {
    let config = config();
    seed(&config.state_dir());
    config
}

fn regelguete(config: &ConfigDir, further: &[&str]) -> binary::Outcome {
    binary::run(&[&["regelguete"], further].concat(), &config.file())
}

/// Compares with the file, or writes it anew if UPDATE_GOLDEN is set.
fn expect_golden(name: &str, answer: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/command_line/golden").join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&file, answer).expect("the repository can be written");
    }
    let expected = std::fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(answer, expected, "{name} differs; UPDATE_GOLDEN=1 writes it anew");
}

#[test]
fn the_figures_are_as_they_were() {
    let config = seeded();
    expect_golden("regelguete.txt", &regelguete(&config, &[]).expect_code(0).stdout);
    let answer = regelguete(&config, &["--format", "json"]).expect_code(0).json();
    let pretty = serde_json::to_string_pretty(&answer).expect("it was JSON");
    expect_golden("regelguete.json", &format!("{pretty}\n"));
}

#[test]
fn days_mailbox_and_rule_set_choose() {
    let config = seeded();
    for (further, hits, stayed) in [
        (&["--von", "2024-04-09"][..], 2, 4),
        (&["--von", "2024-04-09", "--bis", "2024-04-09"], 1, 0),
        (&["--bis", "2024-04-03"], 3, 0),
        (&["--mailbox", "sc-nord", "--regelwerk", "000"], 10, 4),
    ] {
        let answer = regelguete(&config, &[&["--format", "json"], further].concat()).expect_code(0).json();
        assert_eq!(answer["gesamt"]["treffer"], hits, "{further:?}");
        let rows = answer["geblieben"].as_array().expect("rows");
        let count: u64 = rows.iter().map(|row| row["vorgaenge"].as_u64().expect("a count")).sum();
        assert_eq!(count, stayed, "{further:?}");
    }
}

#[test]
fn what_is_not_there_and_what_is_wrong_have_codes_of_their_own() {
    let config = config();
    regelguete(&config, &[]).expect_code(1).expect_words(&["there is none", "start the service once"]);
    seed(&config.state_dir());
    for nothing in [["--mailbox", "sc-west"], ["--regelwerk", "abc"], ["--bis", "2024-03-31"]] {
        let page = regelguete(&config, &nothing).expect_code(1).stdout;
        assert!(page.contains("keine Entscheidung im Buch"), "{page}");
    }
    regelguete(&config, &["--mailbox", "sc-mitte"]).expect_code(2).expect_words(&["no mailbox is called"]);
    regelguete(&config, &["--regelwerk", "neu"]).expect_code(2);
    regelguete(&config, &["--von", "gestern"]).expect_code(2);
}

#[test]
fn what_no_rule_decided_and_what_has_expired_is_no_hit() {
    let config = seeded();
    let database = rusqlite::Connection::open(ledger::path(&config.state_dir())).expect("the ledger");
    database
        .execute_batch(
            // Retention took one; another was found in the folder of an Agentur.
            "DELETE FROM event WHERE vorgang = 1;
             DELETE FROM event WHERE vorgang = 2 AND art = 'zugeordnet';
             UPDATE vorgang SET regel = 'beobachtung', evidenz = '' WHERE id = 2;",
        )
        .expect("it can be written");
    let answer = regelguete(&config, &["--format", "json"]).expect_code(0).json();
    assert_eq!(answer["gesamt"]["treffer"], 8);
    assert!(answer["regeln"].as_array().expect("rows").iter().all(|row| row["name"] != "beobachtung"));
}
