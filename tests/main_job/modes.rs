//! When a mail is left alone although its target is known: the mode of the mailbox, a clerk's mark, its age.

use std::sync::LazyLock;

use crate::support::accounts::Accounts;
use crate::support::binary;
use crate::support::config::ConfigDir;
use crate::support::dovecot::Options;
use crate::support::imap_client::Mail;
use crate::support::{ledger, mails};

static ACCOUNTS: LazyLock<Accounts> = LazyLock::new(|| Accounts::start(16, Options::default()));

const KIEL: &str = "INBOX/Agentur Kiel";

#[test]
fn each_mode_does_what_its_name_says() {
    // mode, moved, left, events of arrival
    for (betriebsart, moved, left, recorded) in [
        ("aus", None, None, 0),
        ("beobachten", Some(0), Some("beobachtet"), 0),
        ("schatten", Some(0), Some("schatten"), 1),
        ("betrieb", Some(1), None, 1),
        ("auslauf", Some(1), None, 1),
    ] {
        let account = ACCOUNTS.with(&[KIEL], &[mails::to("Kiel", 1)]);
        let postfach = account.postfach("sc-nord").extra(&format!("betriebsart = \"{betriebsart}\""));
        let config = ConfigDir::new([postfach], "");
        let outcome = binary::once(&config.file()).expect_code(0);
        let mailboxes = outcome.json()["mailboxes"].as_array().expect("a list").clone();
        match moved {
            None => assert!(mailboxes.is_empty(), "{mailboxes:?}"),
            Some(moved) => {
                assert_eq!(mailboxes[0]["moved"], moved, "{betriebsart}");
                assert_eq!(left.map(|word| mailboxes[0]["left"][word].clone()), left.map(|_| 1.into()));
            }
        }
        assert_eq!(account.count(KIEL) as u64, moved.unwrap_or(0), "{betriebsart}");
        assert_eq!(ledger::events(&config.state_dir(), "eingegangen"), recorded, "{betriebsart}");
        assert_eq!(ledger::events(&config.state_dir(), "zugeordnet"), recorded, "{betriebsart}");
    }
}

#[test]
fn what_was_decided_in_the_shadow_is_moved_when_the_mode_changes() {
    let account = ACCOUNTS.with(&[KIEL], &[mails::to("Kiel", 1), mails::to("Niemand", 2)]);
    let config = ConfigDir::new([account.postfach("sc-nord").extra("betriebsart = \"schatten\"")], "");
    for _ in 0..2 {
        let summary = binary::once(&config.file()).expect_code(0).json();
        assert_eq!(summary["write_commands"], 0);
    }
    assert_eq!((account.count("INBOX"), ledger::events(&config.state_dir(), "zugeordnet")), (2, 1));
    config.replace("betriebsart = \"schatten\"", "betriebsart = \"betrieb\"");
    let summary = binary::once(&config.file()).expect_code(0).json();
    assert_eq!((account.count("INBOX"), account.count(KIEL)), (1, 1));
    assert_eq!(
        (&summary["write_commands"], &summary["events"]),
        (&1.into(), &1.into()),
        "not decided again: {summary}"
    );
}

#[test]
fn mail_that_a_person_works_on_is_left_alone() {
    for (flag, word) in [
        ("\\Flagged", "nachverfolgung"),
        ("\\Answered", "beantwortet"),
        ("\\Draft", "entwurf"),
        ("\\Deleted", "geloescht_markiert"),
    ] {
        let account = ACCOUNTS.with(&[KIEL], &[Mail { flags: vec![flag.into()], ..mails::to("Kiel", 1) }]);
        let config = account.config("sc-nord");
        let before = account.snapshot();
        let outcome = binary::once(&config.file()).expect_code(0);
        assert_eq!(outcome.mailbox("sc-nord")["left"][word], 1, "{flag}");
        assert_eq!(account.snapshot(), before, "{flag}");

        // Nobody works on it any more.
        let mut client = account.client();
        client.select("INBOX");
        client.store(&[1], "-FLAGS", flag);
        binary::once(&config.file()).expect_code(0);
        assert_eq!(account.count(KIEL), 1, "{flag}");
    }
}

#[test]
fn mail_that_is_too_old_or_too_young_stays() {
    let now = Mail { internaldate: None, ..mails::to("Kiel", 3) };
    for (key, mail, word) in [
        ("start_datum = 2024-04-17", mails::to("Kiel", 1), Some("altbestand")),
        ("start_datum = 2024-04-16", mails::to("Kiel", 2), None),
        ("karenz_seconds = 3600", now, Some("karenz")),
        ("karenz_seconds = 3600", mails::to("Kiel", 4), None),
    ] {
        let account = ACCOUNTS.with(&[KIEL], &[mail]);
        let config = ConfigDir::new([account.postfach("sc-nord").extra(key)], "");
        let outcome = binary::once(&config.file()).expect_code(0);
        assert_eq!(account.count(KIEL), usize::from(word.is_none()), "{key}");
        if let Some(word) = word {
            assert_eq!(outcome.mailbox("sc-nord")["left"][word], 1, "{key}");
        }
    }
}
