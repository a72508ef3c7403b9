//! People in the same mailbox, and mails that look the same.

use std::sync::LazyLock;

use crate::support::accounts::{Account, Accounts};
use crate::support::binary::{self, Outcome};
use crate::support::config::ConfigDir;
use crate::support::dovecot::Options;
use crate::support::{ledger, mails};

static ACCOUNTS: LazyLock<Accounts> = LazyLock::new(|| Accounts::start(8, Options::default()));

const KIEL: &str = "INBOX/Agentur Kiel";

fn once(config: &ConfigDir) -> Outcome {
    binary::once(&config.file()).expect_code(0)
}

/// A person takes every mail of one folder and puts it into another.
fn drag(account: &Account<'_>, from: &str, to: &str) {
    let mut client = account.client();
    client.select(from);
    let uids: Vec<u32> = client.fetch_all().iter().map(|mail| mail.uid).collect();
    client.move_to(&uids, to);
}

#[test]
fn f30_byte_identical_twins_are_both_moved() {
    let twin = mails::to("Kiel", 1);
    let account = ACCOUNTS.with(&[KIEL], &[twin.clone(), twin.clone()]);
    let config = account.config("sc-nord");
    once(&config);
    assert_eq!((account.count("INBOX"), account.count(KIEL)), (0, 2));
    // One that arrives later is a mail of its own, too.
    account.deliver(&[twin]);
    once(&config);
    assert_eq!((account.count("INBOX"), account.count(KIEL)), (0, 3));
    assert_eq!(ledger::events(&config.state_dir(), "uebergeben"), 3);
}

#[test]
fn f25_what_a_person_drags_back_stays() {
    let mail = mails::to("Kiel", 1);
    let account = ACCOUNTS.with(&[KIEL], std::slice::from_ref(&mail));
    let config = account.config("sc-nord");
    once(&config);
    drag(&account, KIEL, "INBOX");
    for round in 0..3 {
        let outcome = once(&config);
        assert_eq!(outcome.mailbox("sc-nord")["left"]["zurueckgegeben"], 1, "round {round}");
        assert_eq!(account.count("INBOX"), 1, "round {round}");
    }
    assert_eq!(ledger::events(&config.state_dir(), "zurueckgegeben"), 1);

    // A twin that arrives later was dragged by nobody.
    account.deliver(&[mail]);
    let outcome = once(&config);
    assert_eq!(outcome.mailbox("sc-nord")["moved"], 1);
    assert_eq!((account.count("INBOX"), account.count(KIEL)), (1, 1));
    assert_eq!(once(&config).json()["write_commands"], 0);
}

#[test]
fn what_a_person_took_and_brought_back_stays() {
    let account = ACCOUNTS.with(&[KIEL, "Ablage"], &[mails::to("Niemand", 1)]);
    let config = account.config("sc-nord");
    once(&config);
    drag(&account, "INBOX", "Ablage");
    once(&config);
    drag(&account, "Ablage", "INBOX");
    assert_eq!(once(&config).mailbox("sc-nord")["left"]["zurueckgegeben"], 1);
}

#[test]
fn mail_of_an_agentur_without_folder_waits_for_it() {
    let account = ACCOUNTS.with(&[KIEL], &[mails::to("Kiel", 1), mails::to("Flensburg", 2)]);
    let config = account.config("sc-nord");
    let outcome = once(&config).expect_words(&["flensburg"]);
    assert_eq!(outcome.mailbox("sc-nord")["left"]["ordner_fehlt"], 1);
    assert_eq!((account.count("INBOX"), account.count(KIEL)), (1, 1));
    account.create_folders(&["INBOX/Agentur Flensburg"]);
    once(&config);
    assert_eq!(account.count("INBOX/Agentur Flensburg"), 1);
}
