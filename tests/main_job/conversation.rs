//! Replies go where the mail is that they answer.

use std::sync::LazyLock;

use crate::support::accounts::{Account, Accounts};
use crate::support::binary::{self, Outcome};
use crate::support::config::ConfigDir;
use crate::support::dovecot::Options;
use crate::support::imap_client::Mail;
use crate::support::{ledger, mails};

static ACCOUNTS: LazyLock<Accounts> = LazyLock::new(|| Accounts::start(8, Options::default()));

const KIEL: &str = "INBOX/Agentur Kiel";
const FLENSBURG: &str = "INBOX/Agentur Flensburg";

fn once(config: &ConfigDir) -> Outcome {
    binary::once(&config.file()).expect_code(0)
}

/// The Message-ID of [`mails::to`].
fn id_of(number: usize) -> String {
    format!("anfrage-{number}@post.example")
}

/// A mail that says nothing about its Agentur but which mails it answers.
fn reply(number: usize, fields: &str) -> Mail {
    let text = format!(
        "From: kunde@post.example\r\nTo: sc-nord@arbeitsagentur.example\r\nSubject: AW: Anfrage\r\n\
         Date: Wed, 17 Apr 2024 09:12:00 +0200\r\nMessage-ID: <antwort-{number}@post.example>\r\n{fields}\r\n\r\n\
         Vielen Dank.\r\n"
    );
    Mail { internaldate: Some(format!("17-Apr-2024 09:{:02}:00 +0200", number % 60)), ..Mail::new(text) }
}

/// A person takes every mail of one folder and puts it into another.
fn drag(account: &Account<'_>, from: &str, to: &str) {
    let mut client = account.client();
    client.select(from);
    let uids: Vec<u32> = client.fetch_all().iter().map(|mail| mail.uid).collect();
    client.move_to(&uids, to);
}

#[test]
fn replies_follow_the_mail_they_answer() {
    let account = ACCOUNTS.with(&[KIEL, FLENSBURG], &[mails::to("Kiel", 1), mails::to("Flensburg", 2)]);
    let config = account.config("sc-nord");
    once(&config);
    assert_eq!((account.count(KIEL), account.count(FLENSBURG)), (1, 1));

    let (kiel, flensburg) = (id_of(1), id_of(2));
    account.deliver(&[
        reply(1, &format!("In-Reply-To: <{kiel}>")),
        reply(2, &format!("References: <fremd-1@web.example>\r\n\t<{kiel}>\r\n <fremd-2@web.example>")),
        reply(3, &format!("In-Reply-To: {flensburg}")),
        reply(4, "In-Reply-To: <nie-gesehen@post.example>"),
        reply(5, &format!("References: <{kiel}> <{flensburg}>")),
        reply(6, "Subject: ohne Bezug"),
    ]);
    let outcome = once(&config);
    assert_eq!((account.count(KIEL), account.count(FLENSBURG)), (3, 2));
    let mailbox = outcome.mailbox("sc-nord");
    assert_eq!((&mailbox["moved"], &mailbox["left"]["widerspruch"]), (&3.into(), &1.into()), "{mailbox}");
    assert_eq!(account.count("INBOX"), 3, "{mailbox}");

    // A reply to a reply.
    account.deliver(&[reply(7, "In-Reply-To: <antwort-3@post.example>")]);
    once(&config);
    assert_eq!(account.count(FLENSBURG), 3);
    let by_conversation = "SELECT count(*) FROM event WHERE art = 'uebergeben' AND grund = 'gespraech'";
    assert_eq!(ledger::number(&config.state_dir(), by_conversation), 4);
}

#[test]
fn more_replies_than_are_looked_up_at_once_all_arrive() {
    let account = ACCOUNTS.with(&[KIEL], &[mails::to("Kiel", 1)]);
    let config = account.config("sc-nord");
    once(&config);
    let fields = format!("In-Reply-To: <{}>", id_of(1));
    let replies: Vec<Mail> = (1..=40).map(|number| reply(number, &fields)).collect();
    account.deliver(&replies);
    once(&config);
    assert_eq!((account.count("INBOX"), account.count(KIEL)), (0, 41));
}

#[test]
fn what_is_with_nobody_draws_no_reply() {
    for (case, betriebsart) in [("dragged back", "betrieb"), ("taken away", "betrieb"), ("only decided", "schatten")] {
        let account = ACCOUNTS.with(&[KIEL, "Ablage"], &[]);
        let postfach = account.postfach("sc-nord").extra(&format!("betriebsart = \"{betriebsart}\""));
        let config = ConfigDir::new([postfach], "");
        account.deliver(&[mails::to(if case == "taken away" { "Niemand" } else { "Kiel" }, 1)]);
        once(&config);
        match case {
            "dragged back" => drag(&account, KIEL, "INBOX"),
            "taken away" => drag(&account, "INBOX", "Ablage"),
            _ => {}
        }
        once(&config);
        let moved = ledger::events(&config.state_dir(), "uebergeben");
        account.deliver(&[reply(1, &format!("In-Reply-To: <{}>", id_of(1)))]);
        let outcome = once(&config);
        assert_eq!(outcome.mailbox("sc-nord")["left"]["kein_hinweis"], 1, "{case}");
        assert_eq!(account.count(KIEL), 0, "{case}");
        assert_eq!(ledger::events(&config.state_dir(), "uebergeben"), moved, "{case}");
    }
}

#[test]
fn a_reply_is_judged_again_in_the_light_of_its_conversation() {
    let account = ACCOUNTS.with(&[KIEL], &[reply(1, &format!("In-Reply-To: <{}>", id_of(1)))]);
    let config = account.config("sc-nord");
    let rules = config.own_rules();
    once(&config);
    account.deliver(&[mails::to("Kiel", 1)]);
    once(&config);
    assert_eq!((account.count("INBOX"), account.count(KIEL)), (1, 1), "the reply came first");

    let file = rules.join("40-texte.toml");
    let text = std::fs::read_to_string(&file).expect("a rule file");
    std::fs::write(&file, format!("{text}\n# Another version.\n")).expect("a rule file of our own");
    once(&config);
    assert_eq!((account.count("INBOX"), account.count(KIEL)), (0, 2));
}

#[test]
fn no_message_id_is_kept_or_said() {
    let account = ACCOUNTS.with(&[KIEL], &[mails::to("Kiel", 1)]);
    let config = account.config("sc-nord");
    let talk = || {
        let mut talkative = binary::command(&["once"], &config.file());
        talkative.envs([("POSTWEICHE_LOG", "trace"), ("RUST_LOG", "trace")]);
        let outcome = binary::finish(&mut talkative).expect_code(0).expect_words(&["decided"]);
        outcome.stdout + &outcome.stderr
    };
    let mut said = talk();
    account.deliver(&[reply(1, &format!("References: <kanarienvogel@web.example> <{}>", id_of(1)))]);
    said += &talk();
    assert_eq!(account.count(KIEL), 2);
    let kept = String::from_utf8_lossy(&ledger::all_bytes(&config.state_dir())).into_owned();
    assert_eq!(ledger::number(&config.state_dir(), "SELECT count(*) FROM gespraech"), 2);
    for canary in ["anfrage-1", "antwort-1", "kanarienvogel", "post.example", "web.example"] {
        assert!(!kept.contains(canary), "{canary} is kept in the state directory");
        assert!(!said.contains(canary), "{canary} is said");
    }
}
