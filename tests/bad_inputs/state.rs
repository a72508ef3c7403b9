//! A ledger that cannot be used: no writable ledger means no move.

use std::fs;
use std::process::Command;

use rusqlite::Connection;

use crate::support::accounts::Account;
use crate::support::binary::{self, Outcome};
use crate::support::config::ConfigDir;
use crate::support::imap_client::Mail;
use crate::support::{ledger, mails};
use crate::{ACCOUNTS, KIEL};

const MAILS: usize = 40;

fn account() -> Account<'static> {
    let mails: Vec<Mail> = (0..MAILS).map(|number| mails::to("Kiel", number)).collect();
    ACCOUNTS.with(&[KIEL], &mails)
}

#[test]
fn without_a_usable_ledger_nothing_is_touched() {
    type Spoil = fn(&ConfigDir);
    let cases: [(&str, Spoil, &[&str]); 3] = [
        (
            "a file in place of the state directory",
            |config| {
                fs::remove_dir(config.state_dir()).expect("it is empty");
                fs::write(config.state_dir(), "").expect("the directory is ours");
            },
            &["state", "cannot be locked"],
        ),
        (
            "a directory in place of the ledger",
            |config| fs::create_dir(ledger::path(&config.state_dir())).expect("the directory is ours"),
            &["ledger"],
        ),
        (
            "a newer ledger",
            |config| {
                let ledger = Connection::open(ledger::path(&config.state_dir())).expect("SQLite opens it");
                ledger.execute_batch("CREATE TABLE t (x); PRAGMA user_version = 99").expect("SQLite writes");
            },
            &["schema 99 of a newer version", "install the version of the program that ran last"],
        ),
    ];
    let account = account();
    let before = account.snapshot();
    for (what, spoil, words) in cases {
        let config = account.config("sc-nord");
        spoil(&config);
        for command in ["once", "run"] {
            println!("{what}: {command}");
            binary::run(&[command], &config.file()).expect_code(1).expect_words(words);
        }
        assert_eq!(account.snapshot(), before, "{what}");
    }
}

/// Runs a shell script that may mount file systems, which vanish with it. `None`: this system does not allow that.
fn with_mounts(script: &str, config: &ConfigDir) -> Option<Outcome> {
    let state = config.state_dir();
    let unshare = |script: &str| {
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "--mount", "sh", "-c", script, "sh"]);
        command.arg(&state).arg(binary::path()).arg(config.file()).arg(config.dir());
        command
    };
    let allowed = unshare("mount -t tmpfs none \"$1\"").output().is_ok_and(|output| output.status.success());
    if !allowed {
        println!("skipped: this system lets nobody mount a small disk");
        return None;
    }
    Some(binary::finish(&mut unshare(script)))
}

#[test]
fn a_read_only_disk_is_told_and_nothing_is_touched() {
    let account = account();
    let before = account.snapshot();
    let config = account.config("sc-nord");
    let script = r#"mount -t tmpfs -o ro none "$1" && exec "$2" once --config "$3""#;
    let Some(outcome) = with_mounts(script, &config) else { return };
    outcome.expect_code(1).expect_words(&["cannot be locked", "read-only"]);
    assert_eq!(account.snapshot(), before);
}

#[test]
fn a_full_disk_stops_moving_and_loses_nothing() {
    // From a disk that is full at once to one that is full somewhere on the way.
    for kibibytes in [4, 64, 160, 200, 240, 280] {
        let account = account();
        let config = account.config("sc-nord");
        let script = format!(
            r#"mount -t tmpfs -o size={kibibytes}k none "$1"
            "$2" once --config "$3" --format json
            echo "first: $?" >&2
            mount -t tmpfs -o remount,size=50m none "$1"
            "$2" once --config "$3" --format json >/dev/null
            echo "second: $?" >&2
            cp "$1"/ledger.sqlite* "$4""#
        );
        let Some(outcome) = with_mounts(&script, &config) else { return };
        let outcome = outcome.expect_code(0).expect_words(&["second: 0"]);
        // Beyond that it depends on how many mails one commit holds.
        assert!(outcome.stderr.contains("first: 1") || kibibytes > 200, "{kibibytes} KiB suffice: {outcome:#?}");
        if outcome.stderr.contains("first: 1") {
            let said = outcome.stdout + &outcome.stderr;
            assert!(said.contains("the disk is full") && said.contains("free space on this disk"), "{said}");
        }
        assert_eq!((account.count("INBOX"), account.count(KIEL)), (0, MAILS), "{kibibytes} KiB");
        assert_eq!(ledger::events(config.dir(), "uebergeben"), MAILS as u64, "{kibibytes} KiB");
        assert_eq!(ledger::open_operations(config.dir()), 0, "{kibibytes} KiB");
    }
}
