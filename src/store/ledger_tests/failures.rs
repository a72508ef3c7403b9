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

#[tokio::test]
async fn a_damaged_file_is_named_as_such() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(ledger_path(dir.path()), "Sehr geehrte Damen und Herren, dies ist keine Datenbank.".repeat(200)).unwrap();
    let error = Ledger::open(dir.path()).unwrap_err();
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
