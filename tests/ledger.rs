//! What the ledger costs: run with `cargo test --release --test ledger -- --ignored --nocapture`.

use std::fs;
use std::time::Instant;

use jiff::Timestamp;
use postweiche::domain::id::{Fingerprint, FolderName, MessageIdHash, Place, RegelwerkVersion, Uid, UidValidity};
use postweiche::domain::postfach::Betriebsart;
use postweiche::domain::vorgang::{DecisionRecord, Intent, Outcome, Settlement, VorgangId, Weg, Zuordnung};
use postweiche::store::Ledger;

const POSTFACH: &str = "sc-nord";
const MAILS: u32 = 20_000;
const WINDOW: usize = 250;
const SET: usize = 50;
const FOLDERS: u32 = 30;

/// Numbers that look as random as the keyed hash does.
fn fingerprint(number: u32) -> Fingerprint {
    let mix = |salt: u64| {
        let mut z = u64::from(number).wrapping_add(salt).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z ^ (z >> 27)
    };
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&mix(1).to_be_bytes());
    bytes[8..].copy_from_slice(&mix(2).to_be_bytes());
    Fingerprint(bytes)
}

fn place(uid: u32) -> Place {
    Place { folder: FolderName::inbox(), uidvalidity: UidValidity(1), uid: Uid(uid) }
}

fn target(uid: u32) -> FolderName {
    FolderName(format!("INBOX/Agentur {}", uid % FOLDERS))
}

fn zuordnung(uid: u32) -> Zuordnung {
    Zuordnung {
        vorgang: None,
        place: place(uid),
        fingerprint: fingerprint(uid),
        message_id: Some(MessageIdHash(fingerprint(MAILS + uid).0)),
        eingang: Timestamp::UNIX_EPOCH,
        size: 20_000,
        kopfzeile: None,
        decision: DecisionRecord {
            vorgangsart: "freie-email",
            entscheidung: "uebergeben",
            agentur: Some(format!("agentur-{}", uid % FOLDERS)),
            regel: "evidenz.empfaenger_liegenschaft".to_owned(),
            grund: "empfaenger_liegenschaft",
            evidenz: "empfaenger_liegenschaft:agentur-1@to plz:agentur-1|agentur-2@text anrede:agentur-1@text"
                .to_owned(),
            zweiter: None,
        },
        bestand_unklar: false,
        regelwerk: RegelwerkVersion("0".repeat(64)),
        betriebsart: Betriebsart::Betrieb,
    }
}

/// Processor time of this process so far, in seconds.
fn cpu_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<_> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks: f64 = fields[11..13].iter().map(|field| field.parse::<f64>().unwrap()).sum();
    ticks / 100.0
}

#[tokio::test]
#[ignore = "a measurement, meaningful in release builds only"]
async fn twenty_thousand_mails_cost_less_than_a_second_and_a_half() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(dir.path()).unwrap();
    let at = Timestamp::UNIX_EPOCH;
    let uids: Vec<u32> = (1..=MAILS).collect();
    let windows: Vec<Vec<Zuordnung>> =
        uids.chunks(WINDOW).map(|window| window.iter().copied().map(zuordnung).collect()).collect();
    let begun = Instant::now();
    let mut spent = cpu_seconds();
    let mut step = |name: &str| {
        let now = cpu_seconds();
        println!("{name}: {:.2} s CPU", now - spent);
        spent = now;
        now
    };
    let start = cpu_seconds();

    let mut vorgaenge: Vec<VorgangId> = Vec::new();
    for window in windows {
        let recorded = ledger.record(POSTFACH, window, at).await.unwrap();
        vorgaenge.extend(recorded.into_iter().map(|recorded| recorded.vorgang));
    }
    step("record");
    let known =
        ledger.known(POSTFACH, &FolderName::inbox(), UidValidity(1), &RegelwerkVersion("0".repeat(64))).await.unwrap();
    assert_eq!(known.len(), uids.len());
    step("known");
    let pairs: Vec<_> = uids.iter().copied().zip(vorgaenge).collect();
    let mut events = 0;
    for set in pairs.chunks(SET) {
        let intents = set
            .iter()
            .map(|&(uid, vorgang)| Intent {
                vorgang,
                weg: Weg::Move,
                source: place(uid),
                target: target(uid),
                target_uidvalidity: Some(UidValidity(1)),
                target_uidnext: Some(Uid(uid)),
            })
            .collect();
        let operations = ledger.intend(POSTFACH, intents, at).await.unwrap();
        let settlements = operations
            .into_iter()
            .zip(set)
            .map(|(operation, &(uid, _))| Settlement {
                operation,
                outcome: Outcome::Moved { uidvalidity: UidValidity(1), uid: Uid(uid) },
            })
            .collect();
        events += ledger.settle(settlements, at).await.unwrap();
    }
    let cost = step("intend and settle") - start;
    assert_eq!(events, u64::from(MAILS));
    ledger.close().await.unwrap();
    step("close");
    println!(
        "in all {cost:.2} s CPU, {:.2} s, {} KiB",
        begun.elapsed().as_secs_f64(),
        fs::metadata(postweiche::store::ledger_path(dir.path())).unwrap().len() / 1024
    );
    assert!(cost < 1.5, "{cost}");
}
