//! People and administrators at work in the same folders.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::scene::{Service, behind, check_at_rest, doveadm, observe_to_the_end};
use crate::support::imap_client::Mail;
use crate::support::proxy::{Action, Line, Side, at_nth, pass};
use crate::support::wait::eventually;
use crate::support::{binary, ledger, mails};
use crate::{ACCOUNTS, KIEL, QUICK};

const FLENSBURG: &str = "INBOX/Agentur Flensburg";

#[test]
fn f21_numbers_used_again_while_moves_are_open_concern_no_other_mail() {
    let account = ACCOUNTS.with(&[KIEL, FLENSBURG], &[mails::to("Kiel", 1), mails::to("Kiel", 2)]);
    let stalled = Arc::new(AtomicBool::new(false));
    let fault = at_nth(Side::Client, 1, "UID MOVE", Action::Stall);
    let seen = stalled.clone();
    let filter = Box::new(move |line: Line<'_>| {
        let action = fault(line);
        seen.fetch_or(action == Action::Stall, Ordering::SeqCst);
        action
    });
    let (_proxy, config) = behind(&account, filter, QUICK);
    let service = Service::start(&config);
    eventually("the proxy stalls", || stalled.load(Ordering::SeqCst));
    service.kill();
    assert_eq!(ledger::open_operations(&config.state_dir()), 2);
    // A backup is played back: another UIDVALIDITY, and the numbers of the open moves belong to others now.
    doveadm(&["expunge", "-u", &account.user, "mailbox", "INBOX", "all"]);
    doveadm(&["mailbox", "update", "-u", &account.user, "--uid-validity", "4711", "INBOX"]);
    account.deliver(&[mails::to("Niemand", 7), mails::to("Flensburg", 8), mails::to("Kiel", 2), mails::to("Kiel", 1)]);
    binary::once(&config.file()).expect_code(0);
    let counts = ["INBOX", KIEL, FLENSBURG].map(|folder| account.count(folder));
    assert_eq!(counts, [1, 2, 1]);
    assert_eq!(ledger::events(&config.state_dir(), "uebergeben"), 3);
    check_at_rest(&config, "renumbered INBOX");
}

#[test]
fn f22_a_renumbered_or_remade_target_folder_changes_nothing_and_takes_further_mail() {
    for remade in [false, true] {
        let account = ACCOUNTS.with(&[KIEL], &[mails::to("Kiel", 1), mails::to("Kiel", 2)]);
        let config = account.config("sc-nord");
        binary::once(&config.file()).expect_code(0);
        match remade {
            true => {
                let mut client = account.client();
                client.ok(&format!("DELETE \"{KIEL}\""));
                client.create(KIEL);
            }
            false => doveadm(&["mailbox", "update", "-u", &account.user, "--uid-validity", "4711", KIEL]),
        }
        let kept = account.count(KIEL);
        observe_to_the_end(&config);
        let gone = if remade { 2 } else { 0 };
        assert_eq!(ledger::events(&config.state_dir(), "verschwunden"), gone, "remade: {remade}");
        check_at_rest(&config, "renumbered target");
        account.deliver(&[mails::to("Kiel", 3)]);
        assert_eq!(binary::once(&config.file()).expect_code(0).mailbox("sc-nord")["moved"], 1);
        assert_eq!((account.count("INBOX"), account.count(KIEL)), (0, kept + 1));
        assert_eq!(ledger::events(&config.state_dir(), "uebergeben"), 3);
        check_at_rest(&config, "renumbered target, one more");
    }
}

#[test]
fn f26_a_target_folder_that_vanishes_while_running_keeps_its_mail_in_inbox() {
    for command in ["DELETE \"{}\"", "RENAME \"{}\" \"INBOX/Weg\""] {
        let account = ACCOUNTS.with(&[KIEL, FLENSBURG], &[mails::to("Kiel", 1), mails::to("Flensburg", 2)]);
        let vanished = AtomicBool::new(false);
        let (user, command) = (account.user.clone(), command.replace("{}", KIEL));
        // After the folder was listed and its STATUS known, in the moment before MOVE.
        let filter = Box::new(move |line: Line<'_>| {
            if line.side == Side::Client && line.contains("UID MOVE") && !vanished.swap(true, Ordering::SeqCst) {
                ACCOUNTS.dovecot().client(&user).ok(&command);
            }
            Action::Pass
        });
        let (_proxy, config) = behind(&account, filter, "");
        let outcome = binary::once(&config.file()).expect_code(0);
        let mailbox = outcome.mailbox("sc-nord");
        assert_eq!((&mailbox["moved"], &mailbox["left"]["ordner_fehlt"]), (&1.into(), &1.into()), "{mailbox}");
        assert_eq!(outcome.stderr.matches("a folder refuses mail").count(), 1, "{outcome:#?}");
        assert_eq!((account.count("INBOX"), account.count(FLENSBURG)), (1, 1));
        check_at_rest(&config, "vanished");
        account.create_folders(&[KIEL]);
        assert_eq!(binary::once(&config.file()).expect_code(0).mailbox("sc-nord")["moved"], 1);
        check_at_rest(&config, "made again");
    }
}

fn with_header(from: &str, to: &str, number: usize) -> Mail {
    let mail = mails::to("Kiel", number);
    let text = String::from_utf8(mail.bytes.clone()).expect("mails of these tests are ASCII");
    assert!(text.contains(from), "{from}");
    Mail { bytes: text.replacen(from, to, 1).into_bytes(), ..mail }
}

#[test]
fn f32_message_ids_may_be_missing_doubled_endless_or_changed() {
    let id = |number: usize| format!("Message-ID: <anfrage-{number}@post.example>\r\n");
    let endless = format!("Message-ID: <{}@post.example>\r\n", "x".repeat(50_000));
    let two = format!("{}Message-ID: <zweite@post.example>\r\n", id(2));
    let mails = [
        with_header(&id(1), "", 1),
        with_header(&id(2), &two, 2),
        with_header(&id(3), &endless, 3),
        // The same Message-ID as another mail has.
        with_header(&id(4), &id(5), 4),
        mails::to("Kiel", 5),
    ];
    let account = ACCOUNTS.with(&[KIEL], &mails);
    let config = account.config("sc-nord");
    let mailbox = binary::once(&config.file()).expect_code(0).mailbox("sc-nord");
    assert_eq!(mailbox["moved"], 5, "{mailbox}");
    assert_eq!(account.count(KIEL), 5);
    assert_eq!(ledger::events(&config.state_dir(), "uebergeben"), 5);
    check_at_rest(&config, "Message-IDs");
}

#[test]
fn f35_what_a_mail_says_becomes_no_line_no_command_and_no_statement() {
    let evil = "Subject: =?utf-8?q?a=0D=0AA1_LOGOUT=0D=0A=1B[31m=E2=80=AE=00?= '; DROP TABLE vorgang;-- <script>\r\n";
    let run = |mail: Mail| {
        let account = ACCOUNTS.with(&[KIEL], &[mail]);
        let transcript = crate::support::proxy::transcript::Transcript::default();
        let (_proxy, config) = behind(&account, transcript.before(pass()), "");
        let outcome = binary::once(&config.file()).expect_code(0);
        assert_eq!(account.count(KIEL), 1);
        (outcome, transcript.take(), ledger::number(&config.state_dir(), "SELECT count(*) FROM vorgang"))
    };
    let (plain, plain_commands, _) = run(mails::to("Kiel", 1));
    let from = "From: kunde-1@post.example\r\n";
    let evil_from = "From: \"=?utf-8?q?x=0D=0A=1B]0;y=07?= '; DROP TABLE event;--\" <kunde-1@post.example>\r\n";
    for mail in [with_header("Subject: Anfrage 1\r\n", evil, 1), with_header(from, evil_from, 1)] {
        let (outcome, commands, rows) = run(mail);
        assert_eq!(outcome.stderr.lines().count(), plain.stderr.lines().count(), "{outcome:#?}");
        assert_eq!(commands.len(), plain_commands.len(), "{commands:?}");
        let odd = |c: char| c.is_control() && c != '\n' || ('\u{202a}'..='\u{202e}').contains(&c);
        assert!(!outcome.stderr.contains(odd) && !outcome.stdout.contains(odd), "{outcome:#?}");
        for word in ["DROP", "script", "LOGOUT"] {
            assert!(!outcome.stderr.contains(word) && !outcome.stdout.contains(word), "{word}: {outcome:#?}");
        }
        assert_eq!(rows, 1);
    }
}
