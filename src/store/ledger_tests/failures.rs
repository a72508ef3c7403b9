//! Crashes, ends, full disks and damaged files.

use std::fs;
use std::time::Duration;

use super::super::file::Settings;
use super::*;

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
    assert_eq!(names(fixture.dir.path()), ["ledger.sqlite", "ledger.stand"]);
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
    let file = Connection::open(&path).unwrap();
    let known: i64 = file.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    file.pragma_update(None, "user_version", known + 2).unwrap();
    drop(file);
    let before = fs::read(&path).unwrap();
    let newer = Class::NewerSchema { found: known + 2, known };
    assert_eq!(Ledger::open(dir.path()).unwrap_err().class(), &newer);
    assert_eq!(Reader::open(dir.path()).unwrap_err().class(), &newer);
    assert_eq!(fs::read(&path).unwrap(), before);
}

/// Names of what lies in a directory, in order.
fn names(dir: &std::path::Path) -> Vec<String> {
    let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = entries.collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_damaged_file_is_put_aside_and_a_new_one_begun() {
    let no_database = tempfile::tempdir().unwrap();
    Ledger::open(no_database.path()).unwrap().close().await.unwrap();
    fs::write(ledger_path(no_database.path()), "Sehr geehrte Damen und Herren, keine Datenbank.".repeat(200)).unwrap();
    let bad_sectors = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(bad_sectors.path()).unwrap();
    ledger.record(NORD, (1..=250).map(|uid| seen(uid, to_kiel())).collect(), at(0)).await.unwrap();
    ledger.close().await.unwrap();
    let mut bytes = fs::read(ledger_path(bad_sectors.path())).unwrap();
    // Everything but the schema.
    bytes[4096 * 6..].fill(0xa5);
    fs::write(ledger_path(bad_sectors.path()), bytes).unwrap();
    for dir in [no_database, bad_sectors] {
        let damaged = fs::read(ledger_path(dir.path())).unwrap();
        let ledger = Ledger::open(dir.path()).unwrap();
        let Some(Verlust::Beschaedigt { aside }) = ledger.verlust() else { panic!("{:?}", ledger.verlust()) };
        assert_eq!(fs::read(aside).unwrap(), damaged, "kept for analysis");
        assert_eq!(ledger.event_count().await.unwrap(), 0);
        assert!(ledger.verlustlage(NORD).await.unwrap().is_some_and(|verlust| !verlust.wiederaufgebaut));
        assert!(
            !format!("{}{}", ledger.verlust().unwrap().words(), ledger.verlust().unwrap().hint()).contains("geehrte")
        );
    }
}

#[tokio::test]
async fn a_missing_or_older_ledger_is_noticed_and_a_first_start_is_none() {
    let dir = tempfile::tempdir().unwrap();
    let first = Ledger::open(dir.path()).unwrap();
    assert_eq!((first.verlust(), first.verlustlage(NORD).await.unwrap()), (None, None));
    first.begin_run("1.0", at(0)).await.unwrap();
    first.cycle_completed(Timestamp::now()).await.unwrap();
    first.close().await.unwrap();
    let backup = fs::read(ledger_path(dir.path())).unwrap();

    let second = Ledger::open(dir.path()).unwrap();
    assert_eq!(second.verlust(), None, "an orderly start");
    second.begin_run("1.0", at(1)).await.unwrap();
    second.close().await.unwrap();
    fs::write(ledger_path(dir.path()), backup).unwrap();
    let older = Ledger::open(dir.path()).unwrap();
    assert_eq!(older.verlust(), Some(&Verlust::Aelter));
    older.begin_run("1.0", at(2)).await.unwrap();
    older.rebuilt(NORD, Timestamp::now()).await.unwrap();
    older.close().await.unwrap();
    let after = Ledger::open(dir.path()).unwrap();
    assert_eq!(after.verlust(), None, "told once");
    let loss = after.verlustlage(NORD).await.unwrap().unwrap();
    assert!(loss.wiederaufgebaut && loss.letzter_zyklus.is_some(), "and remembered");
    after.close().await.unwrap();

    fs::remove_file(ledger_path(dir.path())).unwrap();
    let missing = Ledger::open(dir.path()).unwrap();
    assert_eq!(missing.verlust(), Some(&Verlust::Fehlt));
    missing.close().await.unwrap();
    let other = tempfile::tempdir().unwrap();
    Ledger::open(other.path()).unwrap().close().await.unwrap();
    fs::copy(ledger_path(other.path()), ledger_path(dir.path())).unwrap();
    assert_eq!(Ledger::open(dir.path()).unwrap().verlust(), Some(&Verlust::Anderer));
}

#[tokio::test]
async fn what_the_folders_hold_is_written_down_once() {
    let fixture = Fixture::new();
    let in_inbox = fixture.record(seen(1, to_kiel())).await;
    fixture.ledger.gone(NORD, &FolderName::inbox(), VALIDITY, vec![Uid(1)], at(1)).await.unwrap();
    fixture.record(seen(3, to_kiel())).await;
    let found = |uid, number| Wiedergefunden {
        uid: Uid(uid),
        fingerprint: fingerprint(number),
        message_id: Some(message_id(number)),
        eingang: at(0),
        size: 2_000,
    };
    let place = (target(), TARGET_VALIDITY);
    for added in [1, 0] {
        // Moved after the backup, unknown, and a twin of one that still lies in INBOX.
        let all = vec![found(500, 1), found(501, 2), found(502, 3)];
        let version = version(1);
        let new =
            fixture.ledger.rebuild(NORD, place.clone(), "kiel", all, &version, Betriebsart::Betrieb).await.unwrap();
        assert_eq!(new, added);
    }
    assert_eq!(fixture.claimed_in_target().await, [Uid(500), Uid(501)]);
    let told: Vec<String> = fixture.events().into_iter().filter(|event| event.starts_with("uebergeben")).collect();
    assert_eq!(told.len(), 2);
    let conversations = fixture.ledger.conversations(NORD, vec![vec![message_id(2)]]).await.unwrap();
    assert_eq!(conversations[0].iter().collect::<Vec<_>>(), ["kiel"]);
    let here = fixture.ledger.places_of(NORD, vec![fingerprint(1)]).await.unwrap();
    assert_eq!((here[&fingerprint(1)][0].vorgang, here[&fingerprint(1)][0].present), (in_inbox, true));
}

#[tokio::test]
async fn a_directory_that_cannot_be_written_is_named_as_such() {
    use std::os::unix::fs::PermissionsExt;
    for with_ledger in [false, true] {
        let dir = tempfile::tempdir().unwrap();
        if with_ledger {
            Ledger::open(dir.path()).unwrap().close().await.unwrap();
            fs::set_permissions(ledger_path(dir.path()), fs::Permissions::from_mode(0o400)).unwrap();
        }
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o500)).unwrap();
        if fs::write(dir.path().join("probe"), "").is_ok() {
            return; // Nothing is forbidden to the superuser.
        }
        let error = Ledger::open(dir.path()).unwrap_err();
        assert_eq!(error.class(), &Class::ReadOnly, "{with_ledger}");
        assert!(error.retry());
    }
}

#[test]
fn a_state_directory_that_is_a_file_is_an_error_in_words() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("state");
    fs::write(&file, "").unwrap();
    let error = Ledger::open(&file).unwrap_err();
    assert_eq!(error.class(), &Class::Io);
    assert!(error.to_string().starts_with(&format!("ledger {}", file.display())), "{error}");
}
