//! The ledger is full, lost, damaged, old, or the clock jumps.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::scene::check_at_rest;
use crate::support::accounts::Account;
use crate::support::binary::{self, Outcome, Running};
use crate::support::config::ConfigDir;
use crate::support::imap_client::Mail;
use crate::support::wait::eventually;
use crate::support::{ledger, mails};
use crate::{ACCOUNTS, KIEL};

const HEIDE: &str = "INBOX/Agentur Heide";
const FEW: [&str; 2] = ["kiel", "heide"];

/// Mails for Kiel and Heide in turn.
fn post(count: usize) -> Vec<Mail> {
    (0..count).map(|number| mails::to(["Kiel", "Heide"][number % 2], number)).collect()
}

/// The command of a cycle (or of the daemon) that can write no file beyond this size, as on a full disk. Below 33,000 bytes
/// SQLite has no room for the memory that its processes share, and does not even open.
fn limited(config: &ConfigDir, verb: &str, bytes: u64) -> Command {
    let program = binary::path();
    let mut command = Command::new("sh");
    // Without the trap the system would end the process instead of refusing the write.
    let script = r#"trap "" XFSZ; limit=$1; shift; exec prlimit --fsize="$limit:unlimited" "$@""#;
    command.args(["-c", script, "sh", &bytes.to_string()]).arg(program).arg(verb).arg("--config").arg(config.file());
    if verb == "once" {
        command.args(["--format", "json"]);
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// The program has worked once on an empty mailbox.
fn settled(account: &Account<'_>, dienst: &str) -> ConfigDir {
    let config = ConfigDir::new([account.postfach("sc-nord")], dienst);
    config.few_agenturen(&FEW);
    binary::once(&config.file()).expect_code(0);
    config
}

fn moved(account: &Account<'_>) -> usize {
    account.count(KIEL) + account.count(HEIDE)
}

/// Full at every write that a cycle makes, one after the other.
#[test]
fn f38_f39_disk_full_at_any_write() {
    let mut reached = [0; 3];
    for step in 0..20 {
        let account = ACCOUNTS.with(&[KIEL, HEIDE], &[]);
        let config = settled(&account, "move_batch = 2\npipeline_depth = 1");
        account.deliver(&post(8));
        let outcome = limited(&config, "once", 33_000 + 16_480 * step).output().expect("the binary starts");
        let outcome = Outcome {
            code: outcome.status.code(),
            stdout: String::from_utf8_lossy(&outcome.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&outcome.stderr).into_owned(),
        };
        let intended = ledger::number(&config.state_dir(), "SELECT count(*) FROM operation");
        let done = moved(&account);
        assert!(done as u64 <= intended, "nothing is moved without an intent: {done} of {intended}, {outcome:#?}");
        assert_eq!(account.count("INBOX") + done, 8, "{outcome:#?}");
        if outcome.code != Some(0) {
            let told = format!("{}{}", outcome.stdout, outcome.stderr);
            assert!(told.contains("disk"), "it is told in words: {outcome:#?}");
            assert!(done <= intended as usize);
        }
        reached[usize::from(outcome.code == Some(0)) + usize::from(done > 0)] += 1;
        binary::once(&config.file()).expect_code(0);
        assert_eq!(moved(&account), 8);
        assert_eq!(ledger::events(&config.state_dir(), "uebergeben"), 8, "each is counted once");
        assert_eq!(ledger::open_operations(&config.state_dir()), 0);
        check_at_rest(&config, "at the end");
    }
    assert!(reached.iter().all(|&count| count > 0), "before the first move, between, and never: {reached:?}");
}

#[test]
fn f38_goes_on_by_itself_when_there_is_room_again() {
    let account = ACCOUNTS.with(&[KIEL, HEIDE], &[]);
    let config = settled(&account, "poll_interval_seconds = 1\nretry_initial_seconds = 1\nretry_max_seconds = 1");
    account.deliver(&post(8));
    let daemon = Running { child: limited(&config, "run", 50_000).spawn().expect("the binary starts") };
    // Its log is not read here; what it has done shows.
    eventually("it has begun", || ledger::number(&config.state_dir(), "SELECT count(*) FROM lauf") == 2);
    let status = Command::new("prlimit").args(["--pid", &daemon.child.id().to_string(), "--fsize=unlimited"]).status();
    assert!(status.expect("prlimit runs").success());
    eventually("all are moved", || ledger::events(&config.state_dir(), "uebergeben") == 8);
    drop(daemon);
    assert_eq!(moved(&account), 8);
    check_at_rest(&config, "at the end");
}

/// What may become of a ledger.
#[derive(Clone, Copy, Debug)]
enum Loss {
    Deleted,
    Damaged,
    Older,
}

fn lose(loss: Loss, config: &ConfigDir, backup: &Path) {
    let file = ledger::path(&config.state_dir());
    for beside in ["-wal", "-shm"] {
        // They are there only after a crash.
        let _ = std::fs::remove_file(format!("{}{beside}", file.display()));
    }
    match loss {
        Loss::Deleted => std::fs::remove_file(&file).expect("it was there"),
        Loss::Damaged => std::fs::write(&file, "kaputt".repeat(10_000)).expect("the directory is ours"),
        Loss::Older => drop(std::fs::copy(backup, &file).expect("a backup was made")),
    }
}

#[test]
fn f40_db_gone() {
    for loss in [Loss::Deleted, Loss::Damaged, Loss::Older] {
        let account = ACCOUNTS.with(&[KIEL, HEIDE], &[]);
        let config = settled(&account, "");
        let backup = config.dir().join("sicherung.sqlite");
        let backup_name = backup.to_str().expect("temporary directories have plain names");
        binary::run(&["backup", backup_name], &config.file()).expect_code(0);
        account.deliver(&post(4));
        binary::once(&config.file()).expect_code(0);
        // A clerk puts one back, and another one stays in its folder.
        let mut clerk = account.client();
        clerk.select(KIEL);
        let first = clerk.fetch_all()[0].uid;
        clerk.move_to(&[first], "INBOX");
        lose(loss, &config, &backup);
        // One that arrives after the loss is new. Servers tell arrival in whole seconds.
        let second =
            || std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970").as_secs();
        let then = second();
        eventually("the next second begins", || second() > then);
        let new = Mail { internaldate: None, ..mails::to("Heide", 50) };
        let before = account.count(HEIDE);
        account.deliver(&[new]);

        let looked = binary::once(&config.file()).expect_code(0).expect_words(&["ledger", "bestand_unklar"]);
        assert_eq!(looked.json()["write_commands"], 0, "{loss:?}: it only looks");
        let left = looked.mailbox("sc-nord")["left"].clone();
        assert_eq!((&left["bestand_unklar"], &left["wiederaufbau"]), (&1.into(), &1.into()), "{loss:?}: {left}");

        let served = binary::once(&config.file()).expect_code(0);
        assert_eq!(served.mailbox("sc-nord")["moved"], 1, "{loss:?}");
        assert_eq!((account.count("INBOX"), account.count(HEIDE)), (1, before + 1), "{loss:?}: what was sorted stays");
        assert_eq!(ledger::events(&config.state_dir(), "uebergeben"), 4, "{loss:?}: three found, one moved");
        check_at_rest(&config, "at the end");
        // What lies in the folders is known: dragged back, it is recognised.
        clerk.select(HEIDE);
        let found = clerk.fetch_all()[0].uid;
        clerk.move_to(&[found], "INBOX");
        let again = binary::once(&config.file()).expect_code(0);
        assert_eq!(again.mailbox("sc-nord")["left"]["zurueckgegeben"], 1, "{loss:?}");
        assert_eq!(account.count("INBOX"), 2, "{loss:?}");
    }
}

#[test]
fn f40_damaged_while_it_runs() {
    let account = ACCOUNTS.with(&[KIEL, HEIDE], &post(2));
    let config = settled(&account, "poll_interval_seconds = 1");
    let daemon = binary::spawn(&["run"], &config.file());
    eventually("it has begun", || ledger::number(&config.state_dir(), "SELECT count(*) FROM lauf") == 2);
    drop(daemon);
    lose(Loss::Damaged, &config, Path::new("unused"));
    account.deliver(&[Mail { internaldate: None, ..mails::to("Kiel", 9) }]);
    let looked = binary::once(&config.file()).expect_code(0).expect_words(&["damaged", "beschaedigt"]);
    assert_eq!(looked.json()["write_commands"], 0);
    assert_eq!(binary::once(&config.file()).expect_code(0).mailbox("sc-nord")["moved"], 1);
    check_at_rest(&config, "at the end");
}

/// A first start is no loss, and neither is one with a new state directory.
#[test]
fn f40_a_first_start_moves_at_once() {
    let account = ACCOUNTS.with(&[KIEL, HEIDE], &post(4));
    let config = ConfigDir::new([account.postfach("sc-nord")], "");
    config.few_agenturen(&FEW);
    assert_eq!(binary::once(&config.file()).expect_code(0).mailbox("sc-nord")["moved"], 4);
}

#[test]
fn a_backup_is_whole_private_and_overwrites_nothing() {
    use std::os::unix::fs::PermissionsExt;
    let account = ACCOUNTS.with(&[KIEL, HEIDE], &post(4));
    let config = settled(&account, "poll_interval_seconds = 1");
    let daemon = binary::spawn(&["run"], &config.file());
    eventually("the daemon has the ledger", || ledger::number(&config.state_dir(), "SELECT count(*) FROM lauf") == 2);
    let to = config.dir().join("kopie.sqlite");
    let name = to.to_str().expect("temporary directories have plain names");
    let told = binary::run(&["backup", name], &config.file()).expect_code(0);
    assert!(told.stdout.contains("hash_key"), "{told:#?}");
    assert_eq!(std::fs::metadata(&to).expect("it was made").permissions().mode() & 0o777, 0o600);
    let copy = rusqlite::Connection::open(&to).expect("a database");
    let events: i64 =
        copy.query_row("SELECT count(*) FROM event WHERE art = 'uebergeben'", [], |row| row.get(0)).unwrap();
    assert_eq!(events, 4);
    binary::run(&["backup", name], &config.file()).expect_code(1).expect_words(&["already", "overwritten"]);
    let nowhere = config.dir().join("fehlt/kopie.sqlite");
    binary::run(&["backup", nowhere.to_str().expect("plain")], &config.file()).expect_code(1);
    let into = config.dir().join("sicherungen");
    std::fs::create_dir(&into).expect("the directory is ours");
    binary::run(&["backup", into.to_str().expect("plain")], &config.file()).expect_code(0);
    let made: Vec<_> = std::fs::read_dir(&into).expect("it is there").collect();
    assert_eq!(made.len(), 1, "and nothing unfinished");
    drop(daemon);
}

#[test]
fn a_newer_ledger_is_refused_and_left_alone() {
    let account = ACCOUNTS.with(&[KIEL], &post(2));
    let config = settled(&account, "");
    let file = ledger::path(&config.state_dir());
    let connection = rusqlite::Connection::open(&file).expect("a database");
    connection.pragma_update(None, "user_version", 99).expect("it can be written");
    drop(connection);
    let before = std::fs::read(&file).expect("it is there");
    account.deliver(&post(2));
    let inbox = account.count("INBOX");
    binary::once(&config.file()).expect_code(1).expect_words(&["newer version"]);
    assert_eq!(std::fs::read(&file).expect("it is there"), before);
    assert_eq!(account.count("INBOX"), inbox);
}

#[test]
fn backup_of_the_same_run_put_back() {
    let account = ACCOUNTS.with(&[KIEL, HEIDE], &[]);
    let config = settled(&account, "poll_interval_seconds = 1");
    let daemon = binary::spawn(&["run"], &config.file());
    eventually("it has begun", || ledger::number(&config.state_dir(), "SELECT count(*) FROM lauf") == 2);
    let backup = config.dir().join("sicherung.sqlite");
    binary::run(&["backup", backup.to_str().expect("plain names")], &config.file()).expect_code(0);
    account.deliver(&post(4));
    eventually("all are moved", || ledger::events(&config.state_dir(), "uebergeben") == 4);
    drop(daemon);
    let mut clerk = account.client();
    clerk.select(KIEL);
    let first = clerk.fetch_all()[0].uid;
    clerk.move_to(&[first], "INBOX");
    lose(Loss::Older, &config, &backup);
    binary::once(&config.file()).expect_code(0);
    binary::once(&config.file()).expect_code(0);
    assert_eq!(account.count("INBOX"), 1, "what a person put back stays");
}

#[test]
fn older_ledger_that_knew_the_mail_in_inbox() {
    let account = ACCOUNTS.with(&[HEIDE], &[]);
    let config = settled(&account, "");
    account.deliver(&[mails::to("Kiel", 0)]);
    binary::once(&config.file()).expect_code(0);
    let backup = config.dir().join("sicherung.sqlite");
    binary::run(&["backup", backup.to_str().expect("plain names")], &config.file()).expect_code(0);
    let mut clerk = account.client();
    clerk.create(KIEL);
    assert_eq!(binary::once(&config.file()).expect_code(0).mailbox("sc-nord")["moved"], 1);
    clerk.select(KIEL);
    let first = clerk.fetch_all()[0].uid;
    clerk.move_to(&[first], "INBOX");
    lose(Loss::Older, &config, &backup);
    binary::once(&config.file()).expect_code(0).expect_words(&["older state"]);
    binary::once(&config.file()).expect_code(0);
    assert_eq!(account.count("INBOX"), 1, "what a person put back stays");
}

#[test]
fn loss_noticed_while_the_clock_was_ahead() {
    let account = ACCOUNTS.with(&[KIEL, HEIDE], &post(2));
    let config = settled(&account, "");
    lose(Loss::Deleted, &config, Path::new("unused"));
    binary::once(&config.file()).expect_code(0);
    let file = rusqlite::Connection::open(ledger::path(&config.state_dir())).unwrap();
    // As if the clock had been a year ahead when the loss was noticed, and was mended before the cycle.
    file.execute("UPDATE kennung SET verlust_am = verlust_am + 31536000000", []).unwrap();
    drop(file);
    account.deliver(&[Mail { internaldate: None, ..mails::to("Kiel", 9) }]);
    for _ in 0..3 {
        binary::once(&config.file()).expect_code(0);
    }
    assert_eq!(account.count("INBOX"), 0, "moved sooner or later");
}
