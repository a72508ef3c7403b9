//! The ledger as its callers see it, and what is in the file afterwards.

mod conversations;
mod decisions;
mod failures;
mod moves;
mod observation;
mod retention;

use jiff::Timestamp;
use rusqlite::Connection;
use tempfile::TempDir;

use super::*;
use crate::domain::ereignis::{Art, Ereignis, Rolle};
use crate::domain::id::{Fingerprint, FolderName, MessageIdHash, Place, RegelwerkVersion, Uid, UidValidity};
use crate::domain::postfach::Betriebsart;
use crate::domain::sichtung::{Fortgang, Gezeigt, Neu, Sichtung};
use crate::domain::vorgang::*;

const NORD: &str = "sc-nord";
const VALIDITY: UidValidity = UidValidity(7);
const TARGET_VALIDITY: UidValidity = UidValidity(11);

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_713_250_000 + second).unwrap()
}

fn version(number: u8) -> RegelwerkVersion {
    RegelwerkVersion(format!("{number:064x}"))
}

fn sighting(vorgang: VorgangId, place: Place) -> Sighting {
    Sighting { vorgang, place, present: true }
}

fn inbox(uid: u32) -> Place {
    Place { folder: FolderName::inbox(), uidvalidity: VALIDITY, uid: Uid(uid) }
}

fn target() -> FolderName {
    FolderName("INBOX/Agentur Kiel".to_owned())
}

fn decision(entscheidung: &'static str, agentur: Option<&str>, grund: &'static str) -> DecisionRecord {
    DecisionRecord {
        vorgangsart: "freie-email",
        entscheidung,
        agentur: agentur.map(str::to_owned),
        regel: format!("evidenz.{grund}"),
        grund,
        evidenz: "plz:kiel|flensburg@text".to_owned(),
        zweiter: None,
    }
}

fn to_kiel() -> DecisionRecord {
    decision("uebergeben", Some("kiel"), "plz")
}

fn fingerprint(number: u8) -> Fingerprint {
    Fingerprint([number; 16])
}

fn message_id(number: u8) -> MessageIdHash {
    MessageIdHash([number; 16])
}

/// A new message in the inbox whose pseudonyms follow from its UID.
fn seen(uid: u8, decision: DecisionRecord) -> Zuordnung {
    Zuordnung {
        vorgang: None,
        place: inbox(uid.into()),
        fingerprint: fingerprint(uid),
        message_id: Some(message_id(uid)),
        eingang: at(-3600),
        size: 20_000,
        kopfzeile: None,
        decision,
        bestand_unklar: false,
        regelwerk: version(1),
        betriebsart: Betriebsart::Betrieb,
    }
}

fn intent(vorgang: VorgangId, uid: u32) -> Intent {
    Intent {
        vorgang,
        weg: Weg::Move,
        source: inbox(uid),
        target: target(),
        target_uidvalidity: Some(TARGET_VALIDITY),
        target_uidnext: Some(Uid(500)),
    }
}

fn moved(uid: u32) -> Outcome {
    Outcome::Moved { uidvalidity: TARGET_VALIDITY, uid: Uid(uid) }
}

/// What it means that a clerk put a mail back into INBOX.
fn put_back() -> Vec<Ereignis> {
    let kiel = Some("kiel".to_owned());
    let (art, rolle) = (Art::Zurueckgegeben, Rolle::Eingangszone);
    vec![Ereignis { art, rolle, agentur: kiel.clone(), von: kiel, grund: "" }]
}

struct Fixture {
    dir: TempDir,
    ledger: Ledger,
}

impl Fixture {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(dir.path()).unwrap();
        Fixture { dir, ledger }
    }

    async fn record(&self, zuordnung: Zuordnung) -> VorgangId {
        self.ledger.record(NORD, vec![zuordnung], at(0)).await.unwrap()[0].vorgang
    }

    async fn intend(&self, vorgang: VorgangId, uid: u32) -> OperationId {
        self.ledger.intend(NORD, vec![intent(vorgang, uid)], at(1)).await.unwrap()[0]
    }

    async fn settle(&self, operation: OperationId, outcome: Outcome) -> Result<u64, LedgerError> {
        self.ledger.settle(vec![Settlement { operation, outcome }], at(2)).await
    }

    async fn inbox(&self) -> Vec<KnownMail> {
        self.ledger.known(NORD, &FolderName::inbox(), VALIDITY, &version(1)).await.unwrap()
    }

    async fn claimed_in_target(&self) -> Vec<Uid> {
        self.ledger.claimed(NORD, &target(), TARGET_VALIDITY).await.unwrap()
    }

    fn file(&self) -> Connection {
        Connection::open(ledger_path(self.dir.path())).unwrap()
    }

    /// Art, role and Agentur of all events, in order.
    fn events(&self) -> Vec<String> {
        let file = self.file();
        let mut statement =
            file.prepare("SELECT art || ' ' || rolle || ' ' || COALESCE(agentur, '-') FROM event ORDER BY id").unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
    }
}

fn refusal(error: &LedgerError) -> Refusal {
    match error.class() {
        Class::Refused(refusal) => *refusal,
        other => panic!("{other:?}"),
    }
}
