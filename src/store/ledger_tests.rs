//! The ledger as its callers see it, and what is in the file afterwards.

use std::fs;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::Connection;
use tempfile::TempDir;

use super::file::Settings;
use crate::domain::vorgang::*;
use super::*;
use crate::domain::id::{Fingerprint, FolderName, Place, RegelwerkVersion, Uid, UidValidity};
use crate::domain::postfach::Betriebsart;

const NORD: &str = "sc-nord";
const VALIDITY: UidValidity = UidValidity(7);
const TARGET_VALIDITY: UidValidity = UidValidity(11);

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_713_250_000 + second).unwrap()
}

fn version(number: u8) -> RegelwerkVersion {
    RegelwerkVersion(format!("{number:064x}"))
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

/// A new message in the inbox whose pseudonym follows from its UID.
fn seen(uid: u8, decision: DecisionRecord) -> Zuordnung {
    Zuordnung {
        vorgang: None,
        place: inbox(uid.into()),
        fingerprint: fingerprint(uid),
        eingang: at(-3600),
        size: 20_000,
        decision,
        regelwerk: version(1),
        betriebsart: Betriebsart::Betrieb,
    }
}

fn intent(vorgang: VorgangId, uid: u32) -> Intent {
    Intent {
        vorgang,
        source: inbox(uid),
        target: target(),
        target_uidvalidity: Some(TARGET_VALIDITY),
        target_uidnext: Some(Uid(500)),
    }
}

fn moved(uid: u32) -> Outcome {
    Outcome::Moved { uidvalidity: TARGET_VALIDITY, uid: Uid(uid) }
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
        self.ledger.record(NORD, vec![zuordnung], at(0)).await.unwrap()[0]
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

#[tokio::test]
async fn a_new_message_arrives_and_is_decided() {
    for (entscheidung, agentur, expected) in [
        ("uebergeben", Some("kiel"), "zugeordnet dienst kiel"),
        ("ungeklaert", None, "ungeklaert dienst -"),
        ("verbleibt_sc", None, "verbleibt_sc dienst -"),
        ("fremd", None, "fremd dienst -"),
        ("automatisch", None, "automatisch dienst -"),
    ] {
        let fixture = Fixture::new();
        fixture.record(seen(1, decision(entscheidung, agentur, "plz"))).await;
        assert_eq!(fixture.events(), ["eingegangen unbekannt -", expected]);
    }
}

#[tokio::test]
async fn an_event_is_added_only_when_the_words_change() {
    let mut again = seen(1, to_kiel());
    again.regelwerk = version(2);
    for (name, second, events) in [
        ("the very same", seen(1, to_kiel()), 2),
        ("another rule set, same words", again, 2),
        ("another Agentur", seen(1, decision("uebergeben", Some("flensburg"), "plz")), 3),
        ("another reason", seen(1, decision("uebergeben", Some("kiel"), "mehrheit")), 3),
        ("another outcome", seen(1, decision("ungeklaert", None, "widerspruch")), 3),
    ] {
        let fixture = Fixture::new();
        let first = fixture.record(seen(1, to_kiel())).await;
        assert_eq!(fixture.record(second.clone()).await, first, "{name}: known by its place");
        let named = Zuordnung { vorgang: Some(first), ..second.clone() };
        assert_eq!(fixture.record(named).await, first, "{name}: known by its number");
        assert_eq!(fixture.ledger.event_count().await.unwrap(), events, "{name}");

        let known = fixture.inbox().await;
        assert_eq!(known.len(), 1, "{name}");
        assert_eq!(known[0].entscheidung, second.decision.entscheidung);
        assert_eq!(known[0].agentur, second.decision.agentur);
        assert_eq!(known[0].current, second.regelwerk == version(1), "{name}");
    }
}

#[tokio::test]
async fn a_folder_is_listed_by_uid_without_what_is_gone() {
    let fixture = Fixture::new();
    for uid in [30, 10, 20] {
        fixture.record(seen(uid, to_kiel())).await;
    }
    fixture.ledger.gone(NORD, &FolderName::inbox(), VALIDITY, vec![Uid(20), Uid(99)], at(5)).await.unwrap();
    fixture.ledger.gone("sc-other", &FolderName::inbox(), VALIDITY, vec![Uid(10)], at(5)).await.unwrap();
    let uids: Vec<_> = fixture.inbox().await.iter().map(|mail| mail.uid.0).collect();
    assert_eq!(uids, [10, 30]);
    for (postfach, uidvalidity) in [("sc-other", VALIDITY), (NORD, UidValidity(8))] {
        let known = fixture.ledger.known(postfach, &FolderName::inbox(), uidvalidity, &version(1)).await.unwrap();
        assert!(known.is_empty(), "{postfach} {uidvalidity}");
    }
}

#[tokio::test]
async fn what_a_listing_missed_is_the_same_vorgang_but_another_message_is_not() {
    let fixture = Fixture::new();
    let first = fixture.record(seen(1, to_kiel())).await;
    let inbox = FolderName::inbox();
    let vanish = || fixture.ledger.gone(NORD, &inbox, VALIDITY, vec![Uid(1)], at(5));
    vanish().await.unwrap();
    assert_eq!(fixture.record(seen(1, to_kiel())).await, first);
    assert_eq!(fixture.inbox().await.len(), 1);

    // Some servers let a UIDVALIDITY come back.
    vanish().await.unwrap();
    let other = Zuordnung { fingerprint: fingerprint(99), ..seen(1, to_kiel()) };
    assert_ne!(fixture.record(other).await, first);
    assert_eq!(fixture.ledger.event_count().await.unwrap(), 4);
}

#[tokio::test]
async fn a_new_key_changes_the_pseudonym_and_nothing_else() {
    let fixture = Fixture::new();
    let first = fixture.record(seen(1, to_kiel())).await;
    let rekeyed = Zuordnung { fingerprint: fingerprint(77), ..seen(1, to_kiel()) };
    assert_eq!(fixture.record(rekeyed).await, first);
    assert_eq!(fixture.inbox().await[0].fingerprint, fingerprint(77));
}

#[tokio::test]
async fn twins_are_two_vorgaenge() {
    let fixture = Fixture::new();
    let first = fixture.record(seen(1, to_kiel())).await;
    let twin = fixture.record(Zuordnung { fingerprint: fingerprint(1), ..seen(2, to_kiel()) }).await;
    assert_ne!(first, twin);
    let places = fixture.ledger.places_of(NORD, fingerprint(1)).await.unwrap();
    assert_eq!(places, [(first, inbox(1), false), (twin, inbox(2), false)]);
    assert!(fixture.ledger.places_of("sc-other", fingerprint(1)).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_vorgang_follows_its_message_to_a_new_incarnation_of_the_folder() {
    let fixture = Fixture::new();
    let first = fixture.record(seen(1, to_kiel())).await;
    let rebound = Place { uidvalidity: UidValidity(8), ..inbox(40) };
    let found = Zuordnung { vorgang: Some(first), place: rebound.clone(), ..seen(1, to_kiel()) };
    assert_eq!(fixture.record(found).await, first);
    assert!(fixture.inbox().await.is_empty());
    assert_eq!(fixture.ledger.places_of(NORD, fingerprint(1)).await.unwrap(), [(first, rebound, false)]);
    assert_eq!(fixture.ledger.event_count().await.unwrap(), 2);
}

#[tokio::test]
async fn each_outcome_leaves_its_own_traces() {
    struct Case {
        outcome: Outcome,
        event: Option<&'static str>,
        in_inbox: bool,
        in_target: bool,
        pinned: bool,
    }
    for case in [
        Case {
            outcome: moved(501),
            event: Some("uebergeben dienst kiel"),
            in_inbox: false,
            in_target: true,
            pinned: false,
        },
        Case {
            outcome: Outcome::Gone,
            event: Some("anderswo unbekannt kiel"),
            in_inbox: false,
            in_target: false,
            pinned: false,
        },
        Case {
            outcome: Outcome::NotMoved { grund: "overquota" },
            event: None,
            in_inbox: true,
            in_target: false,
            pinned: false,
        },
        Case {
            outcome: Outcome::Ambiguous,
            event: Some("mehrdeutig dienst kiel"),
            in_inbox: true,
            in_target: false,
            pinned: true,
        },
    ] {
        let outcome = &case.outcome;
        let fixture = Fixture::new();
        let vorgang = fixture.record(seen(1, to_kiel())).await;
        let operation = fixture.intend(vorgang, 1).await;
        let open = fixture.ledger.open_operations(NORD).await.unwrap();
        assert_eq!(
            open,
            [OpenOperation {
                id: operation,
                vorgang,
                source: inbox(1),
                target: target(),
                target_uidvalidity: Some(TARGET_VALIDITY),
                target_uidnext: Some(Uid(500)),
                fingerprint: fingerprint(1),
                attempt: 1,
            }]
        );
        assert!(fixture.ledger.open_operations("sc-other").await.unwrap().is_empty());

        let added = u64::from(case.event.is_some());
        assert_eq!(fixture.settle(operation, outcome.clone()).await.unwrap(), added, "{outcome:?}");
        assert_eq!(fixture.settle(operation, outcome.clone()).await.unwrap(), 0, "{outcome:?} again");
        assert_eq!(fixture.events().get(2).map(String::as_str), case.event, "{outcome:?}");
        assert!(fixture.ledger.open_operations(NORD).await.unwrap().is_empty());
        let inbox = fixture.inbox().await;
        assert_eq!(!inbox.is_empty(), case.in_inbox, "{outcome:?}");
        assert_eq!(inbox.iter().any(|mail| mail.pinned), case.pinned, "{outcome:?}");
        assert_eq!(fixture.claimed_in_target().await == [Uid(501)], case.in_target, "{outcome:?}");

        for other in [moved(502), Outcome::Gone, Outcome::NotMoved { grund: "" }, Outcome::Ambiguous] {
            if std::mem::discriminant(&other) != std::mem::discriminant(outcome)
                || matches!(other, Outcome::Moved { .. })
            {
                let error = fixture.settle(operation, other).await.unwrap_err();
                assert_eq!(refusal(&error), Refusal::OtherwiseSettled(operation), "{outcome:?}");
            }
        }
    }
}

#[tokio::test]
async fn only_a_refused_move_is_tried_again() {
    for (outcome, again) in [
        (None, false),
        (Some(moved(501)), false),
        (Some(Outcome::Gone), false),
        (Some(Outcome::Ambiguous), false),
        (Some(Outcome::NotMoved { grund: "throttle" }), true),
    ] {
        let fixture = Fixture::new();
        let vorgang = fixture.record(seen(1, to_kiel())).await;
        let other = fixture.record(seen(2, to_kiel())).await;
        let operation = fixture.intend(vorgang, 1).await;
        if let Some(outcome) = outcome.clone() {
            fixture.settle(operation, outcome).await.unwrap();
        }
        let before = fixture.ledger.open_operations(NORD).await.unwrap();
        let result = fixture.ledger.intend(NORD, vec![intent(other, 2), intent(vorgang, 1)], at(3)).await;
        let open = fixture.ledger.open_operations(NORD).await.unwrap();
        if again {
            assert_eq!(result.unwrap()[1], operation);
            assert_eq!(open.iter().map(|open| open.attempt).collect::<Vec<_>>(), [2, 1]);
            assert_eq!(fixture.settle(operation, moved(501)).await.unwrap(), 1);
        } else {
            let expected = Refusal::AlreadyTried { vorgang, operation };
            assert_eq!(refusal(&result.unwrap_err()), expected, "{outcome:?}");
            assert_eq!(open, before, "{outcome:?}: nothing was written, not even the good one");
        }
    }
}

#[tokio::test]
async fn moves_that_contradict_the_ledger_are_refused() {
    let fixture = Fixture::new();
    let here = fixture.record(seen(1, to_kiel())).await;
    let pinned = fixture.record(seen(2, to_kiel())).await;
    fixture.ledger.pin(pinned, inbox(2), at(1)).await.unwrap();
    let left = fixture.record(seen(3, to_kiel())).await;
    fixture.ledger.gone(NORD, &FolderName::inbox(), VALIDITY, vec![Uid(3)], at(1)).await.unwrap();
    let unknown = VorgangId(99);
    for (intent, expected) in [
        (intent(unknown, 1), Refusal::UnknownVorgang(unknown)),
        (intent(here, 9), Refusal::NotThere(here)),
        (intent(left, 3), Refusal::NotThere(left)),
        (intent(pinned, 2), Refusal::Pinned(pinned)),
    ] {
        let error = fixture.ledger.intend(NORD, vec![intent], at(2)).await.unwrap_err();
        assert_eq!(refusal(&error), expected);
        assert!(!error.retry());
    }
    let error = fixture.ledger.intend("sc-other", vec![intent(here, 1)], at(2)).await.unwrap_err();
    assert_eq!(refusal(&error), Refusal::UnknownVorgang(here));
    let error = fixture.settle(OperationId(5), Outcome::Gone).await.unwrap_err();
    assert_eq!(refusal(&error), Refusal::UnknownOperation(OperationId(5)));
    assert!(fixture.ledger.open_operations(NORD).await.unwrap().is_empty());
}

#[tokio::test]
async fn one_target_uid_cannot_be_claimed_twice() {
    let fixture = Fixture::new();
    let first = fixture.record(seen(1, to_kiel())).await;
    let second = fixture.record(seen(2, to_kiel())).await;
    let operations = fixture.ledger.intend(NORD, vec![intent(first, 1), intent(second, 2)], at(1)).await.unwrap();
    let settlements = operations.iter().map(|&operation| Settlement { operation, outcome: moved(501) }).collect();
    let error = fixture.ledger.settle(settlements, at(2)).await.unwrap_err();
    assert_eq!(refusal(&error), Refusal::PlaceTaken { wanted: second, owner: first });
    assert_eq!(fixture.ledger.open_operations(NORD).await.unwrap().len(), 2, "neither is settled");
    assert!(fixture.claimed_in_target().await.is_empty());
}

#[tokio::test]
async fn what_reappears_where_it_was_moved_from_is_left_to_a_person() {
    let fixture = Fixture::new();
    let vorgang = fixture.record(seen(1, to_kiel())).await;
    let operation = fixture.intend(vorgang, 1).await;
    fixture.settle(operation, Outcome::Gone).await.unwrap();
    assert_eq!(fixture.record(seen(1, to_kiel())).await, vorgang);
    assert!(fixture.inbox().await[0].pinned);
}

#[tokio::test]
async fn a_mail_dragged_back_is_recognised_and_pinned() {
    let fixture = Fixture::new();
    let vorgang = fixture.record(seen(1, to_kiel())).await;
    let operation = fixture.intend(vorgang, 1).await;
    fixture.settle(operation, moved(501)).await.unwrap();
    let in_target = Place { folder: target(), uidvalidity: TARGET_VALIDITY, uid: Uid(501) };
    let found = fixture.ledger.places_of_all(NORD, vec![fingerprint(1), fingerprint(2)]).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[&fingerprint(1)], [(vorgang, in_target, true)]);

    for _ in 0..2 {
        fixture.ledger.pin(vorgang, inbox(9), at(4)).await.unwrap();
    }
    assert_eq!(fixture.events()[2..], ["uebergeben dienst kiel", "zurueckgegeben eingangszone kiel"]);
    let known = fixture.inbox().await;
    assert_eq!((known[0].vorgang, known[0].uid, known[0].pinned), (vorgang, Uid(9), true));
    assert!(fixture.claimed_in_target().await.is_empty());

    let other = fixture.record(seen(3, to_kiel())).await;
    let error = fixture.ledger.pin(vorgang, inbox(3), at(5)).await.unwrap_err();
    assert_eq!(refusal(&error), Refusal::PlaceTaken { wanted: vorgang, owner: other });
    let error = fixture.ledger.pin(VorgangId(99), inbox(50), at(5)).await.unwrap_err();
    assert_eq!(refusal(&error), Refusal::UnknownVorgang(VorgangId(99)));
}

#[tokio::test]
async fn the_state_of_a_folder_is_kept_until_it_is_forgotten() {
    let fixture = Fixture::new();
    let inbox = FolderName::inbox();
    assert_eq!(fixture.ledger.folder_state(NORD, &inbox).await.unwrap(), None);
    for uidnext in [Some(Uid(u32::MAX)), None] {
        let state = FolderState { uidvalidity: VALIDITY, uidnext, exists: 3 };
        fixture.ledger.set_folder_state(NORD, &inbox, state, at(0)).await.unwrap();
        assert_eq!(fixture.ledger.folder_state(NORD, &inbox).await.unwrap(), Some(state));
        assert_eq!(fixture.ledger.folder_state("sc-other", &inbox).await.unwrap(), None);
    }
    fixture.ledger.forget_folder_state(NORD, &inbox, at(1)).await.unwrap();
    assert_eq!(fixture.ledger.folder_state(NORD, &inbox).await.unwrap(), None);
}

#[tokio::test]
async fn events_cannot_be_changed_and_an_operation_ends_once() {
    let fixture = Fixture::new();
    let vorgang = fixture.record(seen(1, to_kiel())).await;
    let operation = fixture.intend(vorgang, 1).await;
    fixture.settle(operation, moved(501)).await.unwrap();
    for forbidden in [
        "UPDATE event SET art = 'fremd'",
        "INSERT INTO event (vorgang, operation, art, rolle, at) VALUES (1, 1, 'uebergeben', 'dienst', 0)",
        "INSERT INTO event (vorgang, art, rolle, at) VALUES (1, 'erfunden', 'dienst', 0)",
        "UPDATE vorgang SET entscheidung = 'ungeklaert'",
        "UPDATE operation SET state = 'absicht'",
    ] {
        assert!(fixture.file().execute(forbidden, []).is_err(), "{forbidden}");
    }
}

#[tokio::test]
async fn a_crash_keeps_what_was_committed() {
    let fixture = Fixture::new();
    let run = fixture.ledger.begin_run("1.0", at(0)).await.unwrap();
    let vorgang = fixture.record(seen(1, to_kiel())).await;
    let operation = fixture.intend(vorgang, 1).await;
    // What kill -9 leaves on the disk: the file and its log, at any moment.
    let crashed = tempfile::tempdir().unwrap();
    for file in ["ledger.sqlite", "ledger.sqlite-wal"] {
        fs::copy(fixture.dir.path().join(file), crashed.path().join(file)).unwrap();
    }
    fixture.settle(operation, moved(501)).await.unwrap();

    let fixture = Fixture { ledger: Ledger::open(crashed.path()).unwrap(), dir: crashed };
    let open = fixture.ledger.open_operations(NORD).await.unwrap();
    assert_eq!(open.iter().map(|open| (open.id, open.vorgang)).collect::<Vec<_>>(), [(operation, vorgang)]);
    assert_eq!(fixture.settle(operation, moved(501)).await.unwrap(), 1);
    let ended: Option<i64> =
        fixture.file().query_row("SELECT ended_at FROM lauf WHERE id = ?1", [run], |row| row.get(0)).unwrap();
    assert_eq!(ended, None);
    let program: String =
        fixture.file().query_row("SELECT program_version FROM regelwerk", [], |row| row.get(0)).unwrap();
    assert_eq!(program, "1.0");
}

#[tokio::test]
async fn closing_leaves_one_file_and_ends_every_clone() {
    let fixture = Fixture::new();
    let run = fixture.ledger.begin_run("1.0", at(0)).await.unwrap();
    fixture.record(seen(1, to_kiel())).await;
    fixture.ledger.end_run(run, at(9)).await.unwrap();
    let clone = fixture.ledger.clone();
    fixture.ledger.close().await.unwrap();
    assert_eq!(fs::read_dir(fixture.dir.path()).unwrap().count(), 1);
    let error = clone.event_count().await.unwrap_err();
    assert_eq!(error.class(), &Class::Gone);
    assert!(!error.retry());

    let again = Ledger::open(fixture.dir.path()).unwrap();
    assert_eq!(again.event_count().await.unwrap(), 2);
}

#[tokio::test]
async fn a_call_whose_caller_left_is_carried_out() {
    let fixture = Fixture::new();
    let ledger = fixture.ledger.clone();
    let mut call = Box::pin(ledger.record(NORD, vec![seen(1, to_kiel())], at(0)));
    // Polled once, the call is handed over; then the caller is cancelled.
    tokio::select! {
        biased;
        _ = &mut call => {}
        () = std::future::ready(()) => {}
    }
    drop(call);
    assert_eq!(fixture.ledger.event_count().await.unwrap(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mailboxes_work_side_by_side() {
    let fixture = Fixture::new();
    let tasks: Vec<_> = (0..5)
        .map(|number| {
            let ledger = fixture.ledger.clone();
            tokio::spawn(async move {
                let postfach = format!("sc-{number}");
                for uid in 1..=20 {
                    ledger.record(&postfach, vec![seen(uid, to_kiel())], at(0)).await.unwrap();
                }
                ledger.known(&postfach, &FolderName::inbox(), VALIDITY, &version(1)).await.unwrap().len()
            })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap(), 20);
    }
    let summary = fixture.ledger.summary().await.unwrap();
    assert_eq!(summary.len(), 5);
    assert!(summary.iter().all(|row| row.vorgaenge == 20 && row.uebergeben == 0));
}

#[tokio::test]
async fn a_reader_sees_what_is_committed_and_cannot_write() {
    let fixture = Fixture::new();
    let vorgang = fixture.record(seen(1, to_kiel())).await;
    fixture.record(seen(2, decision("ungeklaert", None, "kein_hinweis"))).await;
    let reader = Reader::open(fixture.dir.path()).unwrap();
    let operation = fixture.intend(vorgang, 1).await;
    fixture.settle(operation, moved(501)).await.unwrap();
    assert_eq!(reader.event_count().unwrap(), 5);
    let row = |entscheidung: &str, agentur: Option<&str>, grund: &str, uebergeben| SummaryRow {
        postfach: NORD.to_owned(),
        entscheidung: entscheidung.to_owned(),
        agentur: agentur.map(str::to_owned),
        grund: grund.to_owned(),
        vorgaenge: 1,
        uebergeben,
    };
    let expected = [row("uebergeben", Some("kiel"), "plz", 1), row("ungeklaert", None, "kein_hinweis", 0)];
    assert_eq!(reader.summary().unwrap(), expected);
    assert_eq!(fixture.ledger.summary().await.unwrap(), expected);
    let connection = file::open_for_reading(&ledger_path(fixture.dir.path())).unwrap();
    assert!(connection.execute("DELETE FROM event", []).is_err());
}

#[test]
fn a_reader_makes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let error = Reader::open(dir.path()).unwrap_err();
    assert_eq!(error.class(), &Class::Missing);
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn a_full_disk_stops_writing_and_nothing_else() {
    let fixture = Fixture::new();
    let vorgang = fixture.record(seen(1, to_kiel())).await;
    let Fixture { dir, ledger } = fixture;
    ledger.close().await.unwrap();
    let pages: u32 = Connection::open(ledger_path(dir.path()))
        .unwrap()
        .pragma_query_value(None, "page_count", |row| row.get(0))
        .unwrap();
    let full = Settings { max_pages: Some(pages + 4), ..Settings::default() };
    let fixture = Fixture { ledger: Ledger::open_with(dir.path(), full).unwrap(), dir };

    let many: Vec<_> = (2..=250).map(|uid| seen(uid, to_kiel())).collect();
    let error = fixture.ledger.record(NORD, many.clone(), at(0)).await.unwrap_err();
    assert_eq!(error.class(), &Class::Full);
    assert!(error.retry());
    assert_eq!(fixture.inbox().await.len(), 1, "all or nothing");
    assert_eq!(fixture.ledger.event_count().await.unwrap(), 2);
    fixture.ledger.close().await.unwrap();

    let fixture = Fixture { ledger: Ledger::open(fixture.dir.path()).unwrap(), dir: fixture.dir };
    fixture.ledger.record(NORD, many, at(0)).await.unwrap();
    assert_eq!(fixture.inbox().await.len(), 250);
    fixture.intend(vorgang, 1).await;
}

#[tokio::test]
async fn another_process_in_the_way_is_busy() {
    let dir = tempfile::tempdir().unwrap();
    let impatient = Settings { busy_timeout: Duration::ZERO, ..Settings::default() };
    let ledger = Ledger::open_with(dir.path(), impatient).unwrap();
    let other = Connection::open(ledger_path(dir.path())).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = ledger.record(NORD, vec![seen(1, to_kiel())], at(0)).await.unwrap_err();
    assert_eq!(error.class(), &Class::Busy);
    assert!(error.retry());
    other.execute_batch("ROLLBACK").unwrap();
    ledger.record(NORD, vec![seen(1, to_kiel())], at(0)).await.unwrap();
}

#[tokio::test]
async fn a_newer_schema_is_refused_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    Ledger::open(dir.path()).unwrap().close().await.unwrap();
    let path = ledger_path(dir.path());
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 4).unwrap();
    let before = fs::read(&path).unwrap();
    let newer = Class::NewerSchema { found: 4, known: 1 };
    assert_eq!(open_error(dir.path()).class(), &newer);
    assert_eq!(Reader::open(dir.path()).unwrap_err().class(), &newer);
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[tokio::test]
async fn a_damaged_file_is_named_as_such() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(ledger_path(dir.path()), "Sehr geehrte Damen und Herren, dies ist keine Datenbank.".repeat(200)).unwrap();
    let error = open_error(dir.path());
    assert_eq!(error.class(), &Class::Corrupt);
    assert!(!error.retry());
    assert!(error.hint().contains("backup"), "{}", error.hint());
    assert!(!error.to_string().contains("geehrte"));

    let dir = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(dir.path()).unwrap();
    ledger.record(NORD, (1..=250).map(|uid| seen(uid, to_kiel())).collect(), at(0)).await.unwrap();
    ledger.close().await.unwrap();
    let mut bytes = fs::read(ledger_path(dir.path())).unwrap();
    // Everything but the schema, as after a bad sector.
    let schema_end = 4096 * 4;
    bytes[schema_end..].fill(0xa5);
    fs::write(ledger_path(dir.path()), bytes).unwrap();
    let error = match Ledger::open(dir.path()) {
        Ok(ledger) => ledger.known(NORD, &FolderName::inbox(), VALIDITY, &version(1)).await.unwrap_err(),
        Err(error) => error,
    };
    assert_eq!(error.class(), &Class::Corrupt);
}

#[test]
fn a_directory_that_cannot_be_written_is_named_as_such() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o500)).unwrap();
    if fs::write(dir.path().join("probe"), "").is_ok() {
        return; // This user may write everywhere.
    }
    let error = open_error(dir.path());
    assert_eq!(error.class(), &Class::ReadOnly);
    assert!(error.retry());
}

#[test]
fn a_state_directory_that_is_a_file_is_an_error_in_words() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("state");
    fs::write(&file, "").unwrap();
    let error = open_error(&file);
    assert_eq!(error.class(), &Class::Io);
    assert!(error.to_string().starts_with(&format!("ledger {}", file.display())), "{error}");
}

fn open_error(state_dir: &Path) -> LedgerError {
    match Ledger::open(state_dir) {
        Ok(_) => panic!("it opened"),
        Err(error) => error,
    }
}
