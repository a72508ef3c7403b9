//! Servers in trouble, and servers that lie.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::account::{Account, FLENSBURG, INBOX, KIEL, copyuid, is_move, named, uids};
use crate::scene::{Service, behind, check_at_rest};
use crate::server::{Oddity, Reply, Switch};
use crate::support::config::{ConfigDir, Postfach, replace_in};
use crate::support::dovecot::PASSWORD;
use crate::support::proxy::{Action, Side, at_nth};
use crate::support::wait::eventually;
use crate::support::{binary, ledger, mails};
use crate::{ACCOUNTS, QUICK};

const THROTTLED: &str = "Request is throttled. Suggested Backoff Time: 299910 milliseconds";

#[test]
fn f09_a_throttled_command_is_no_empty_mailbox_and_the_wait_is_given() {
    for at in ["LOGIN", "CAPABILITY", "RFC822.SIZE", "BODY.PEEK[]", "STATUS", "UID MOVE"] {
        for word in ["NO", "BAD"] {
            let oddity = Oddity::new(move |asked, _| match asked.command.contains(at) {
                true => Reply::Say(format!("{{tag}} {word} {THROTTLED}\r\n")),
                false => Reply::Usual,
            });
            oddity.config().replace("[dienst]", &format!("[dienst]\n{QUICK}"));
            let service = Service::start(oddity.config());
            service.until_said("retry_in_seconds=299", 1);
            let log = service.stop();
            assert_eq!(log.matches("the cycle failed").count(), 1, "{at} {word}: {log}");
            assert!(!log.contains("Suggested Backoff"), "{at} {word}: text of the server in {log}");
            assert_eq!(oddity.count(INBOX), 2, "{at} {word}");
            assert_eq!(ledger::number(&oddity.state_dir(), "SELECT count(*) FROM vorgang WHERE gone_at NOT NULL"), 0);
        }
    }
}

#[test]
fn f10_a_refused_command_is_tried_again_and_never_counts_as_done() {
    for at in ["LIST", "SELECT", "RFC822.SIZE", "BODY.PEEK[]", "UID MOVE"] {
        for refusal in ["NO no", "BAD Command Argument Error. 11"] {
            let over = Switch::default();
            let oddity = Oddity::new({
                let over = over.clone();
                move |asked, _| match asked.command.contains(at) && !over.is_on() {
                    true => Reply::Say(format!("{{tag}} {refusal}\r\n")),
                    false => Reply::Usual,
                }
            });
            oddity.once();
            assert_eq!((oddity.count(INBOX), ledger::events(&oddity.state_dir(), "uebergeben")), (2, 0), "{at}");
            over.turn(true);
            oddity.once().expect_code(0);
            assert_eq!((oddity.count(KIEL), oddity.count(FLENSBURG)), (1, 1), "{at} {refusal}");
            check_at_rest(oddity.config(), at);
        }
    }
}

#[test]
fn f11_a_polite_end_after_any_answer_is_a_failure_and_no_empty_answer() {
    // Every answer of a whole run, one after the other.
    for nth in 1..=12 {
        let account = ACCOUNTS.with(&[KIEL], &[mails::to("Kiel", 1), mails::to("Kiel", 2)]);
        let seen = AtomicUsize::new(0);
        let filter = Box::new(move |line: crate::support::proxy::Line<'_>| {
            let tagged = line.side == Side::Server && line.begins && !line.bytes.starts_with(b"*");
            match tagged && seen.fetch_add(1, Ordering::SeqCst) + 1 == nth {
                true => Action::CutBefore,
                false => Action::Pass,
            }
        });
        let (_proxy, config) = behind(&account, filter, "");
        binary::once(&config.file());
        assert_eq!(account.count(INBOX) + account.count(KIEL), 2, "{nth}");
        binary::once(&config.file()).expect_code(0);
        assert_eq!((account.count(INBOX), account.count(KIEL)), (0, 2), "{nth}");
        assert_eq!(ledger::events(&config.state_dir(), "uebergeben"), 2, "{nth}");
        check_at_rest(&config, &format!("answer {nth}"));
    }
}

#[test]
fn f15_an_answer_that_comes_too_late_is_never_taken_for_another() {
    for at in ["RFC822.SIZE", "BODY[]<0>", "* STATUS", "[COPYUID"] {
        let account = ACCOUNTS.with(&[KIEL], &[mails::to("Kiel", 1), mails::to("Niemand", 2)]);
        let (_proxy, config) = behind(&account, at_nth(Side::Server, 1, at, Action::Stall), "read_timeout_seconds = 1");
        let mailbox = binary::once(&config.file()).expect_code(0).mailbox("sc-nord");
        assert_eq!((&mailbox["moved"], &mailbox["left"]["kein_hinweis"]), (&1.into(), &1.into()), "{at}: {mailbox}");
        check_at_rest(&config, at);
    }
}

#[test]
fn f17_a_line_that_nobody_understands_ends_the_connection_three_times_and_shows_nothing() {
    for line in ["* XFOO geheim-4711\r\n", "geheim-4711\r\n", "* 1 FETCH (geheim-4711\r\n", "* \0geheim-4711\0\r\n"] {
        let oddity = Oddity::new(move |asked, _| match asked.command.contains("RFC822.SIZE") {
            true => Reply::SayAndClose(line.into()),
            false => Reply::Usual,
        });
        let outcome = oddity.once();
        assert!(!format!("{outcome:?}").contains("4711"), "{line:?}: {outcome:#?}");
        assert!(oddity.take_commands("LOGIN").len() <= 3, "{line:?}");
        assert_eq!(oddity.count(INBOX), 2, "{line:?}");
    }
}

#[test]
fn f17_lines_of_extensions_do_no_harm() {
    for line in ["* VANISHED 7:9\r\n", "* ESEARCH (TAG \"A1\") UID ALL 1:3\r\n", "* ENABLED\r\n"] {
        let once = Switch::default();
        let oddity = Oddity::new(move |asked, _| match asked.command.contains("RFC822.SIZE") && once.first() {
            true => Reply::Rewritten(Box::new(move |usual| format!("{line}{usual}"))),
            false => Reply::Usual,
        });
        oddity.once().expect_code(0);
        assert_eq!((oddity.count(KIEL), oddity.count(FLENSBURG)), (1, 1), "{line:?}");
        check_at_rest(oddity.config(), line);
    }
}

#[test]
fn f19_a_mailbox_that_is_read_only_for_a_while_is_served_afterwards() {
    let read_only = Switch::default();
    read_only.turn(true);
    let oddity = Oddity::new({
        let read_only = read_only.clone();
        move |asked, _| match asked.command.starts_with("SELECT") && read_only.is_on() {
            true => Reply::Rewritten(Box::new(|usual| usual.replace(" OK done", " OK [READ-ONLY] done"))),
            false => Reply::Usual,
        }
    });
    assert_eq!(oddity.good_run()["left"]["nur_lesbar"], 2);
    assert_eq!(oddity.heard("UID MOVE"), 0);
    read_only.turn(false);
    assert_eq!(oddity.good_run()["moved"], 2);
    check_at_rest(oddity.config(), "read-only");
}

#[test]
fn f41_rules_that_cannot_be_used_start_nothing() {
    let account = ACCOUNTS.with(&[KIEL], &[mails::to("Kiel", 1)]);
    let too_big = "[[ausnahme]]\nname = \"a\"\nbeschreibung = \"b\"\nticket = \"T-1\"\n\
                   wenn = { feld = \"text\", regex = '\\w{9000}' }\nagentur = \"kiel\"\n";
    for (what, text, words) in [
        ("cut in the middle", "[[ausnahme]]\nname = \"x", "50-ausnahmen.toml"),
        ("unknown words", "nichts = 1\n", "nichts"),
        ("a regular expression that is too big", too_big, "the regular expression is too big"),
    ] {
        let config = account.config("sc-nord");
        let rules = config.own_rules();
        std::fs::write(rules.join("50-ausnahmen.toml"), text).expect("the directory is ours");
        for command in ["check", "run", "once"] {
            binary::run(&[command], &config.file()).expect_code(2).expect_words(&[words]);
        }
        assert_eq!(account.count(INBOX), 1, "{what}");
    }
    let config = account.config("sc-nord");
    let stammdaten = config.own_stammdaten();
    replace_in(&stammdaten.join("agenturen.csv"), "Agentur Kiel", "iNbOx");
    config.replace("INBOX/{ordner}", "{ordner}");
    binary::run(&["check"], &config.file()).expect_code(2).expect_words(&["is the INBOX itself"]);
}

#[test]
fn f44_a_refused_password_is_tried_three_times_with_one_alarm() {
    for refusal in ["NO LOGIN failed.", "NO [EXPIRED] Password has expired.", "BAD [EXPIRED] token"] {
        let oddity = Oddity::new(move |asked, _| match asked.command.starts_with("LOGIN") {
            true => Reply::Say(format!("{{tag}} {refusal}\r\n")),
            false => Reply::Usual,
        });
        oddity.config().replace("[dienst]", &format!("[dienst]\n{QUICK}"));
        let service = Service::start(oddity.config());
        service.until_said("retry_in_seconds=900", 1);
        let log = service.stop();
        assert_eq!(oddity.heard("LOGIN"), 3, "{log}");
        assert_eq!(log.matches("ERROR").count(), 1, "{log}");
        assert!(log.contains("every 15 minutes") && log.contains("check user name and password"), "{log}");
        assert!(!log.contains(PASSWORD), "{log}");
    }
}

#[test]
fn f44_mailboxes_of_one_account_share_the_tries_of_its_password() {
    const REGIONS: [&str; 5] = ["sc-nord", "sc-ost", "sc-sued", "sc-suedwest", "sc-west"];
    let oddity = Oddity::new(|asked, _| match asked.command.starts_with("LOGIN") {
        true => Reply::Say("{tag} NO LOGIN failed.\r\n".into()),
        false => Reply::Usual,
    });
    let mailbox =
        |name| Postfach { user: format!("DOMAIN\\svc-postweiche\\{name}"), ..Postfach::plain(name, oddity.address()) };
    let config = ConfigDir::new(REGIONS.map(mailbox), QUICK);
    let outcome = binary::once(&config.file()).expect_code(1);
    assert_eq!(oddity.take_commands("LOGIN").len(), 1, "{outcome:#?}");
    let refused = REGIONS.map(|name| outcome.mailbox(name)["error"].to_string());
    assert_eq!(refused.iter().filter(|error| error.contains("was refused before")).count(), 4, "{refused:?}");

    binary::run(&["doctor"], &config.file()).expect_code(1);
    assert_eq!(oddity.take_commands("LOGIN").len(), 1, "doctor");

    let service = Service::start(&config);
    // Each mailbox comes to rest, whoever used up the tries.
    for name in REGIONS {
        eventually(&format!("{name} rests"), || {
            let log = service.log();
            log.lines().any(|line| line.contains(name) && (line.contains("seconds=900") || line.contains("seconds=89")))
        });
    }
    let log = service.stop();
    assert_eq!(oddity.heard("LOGIN"), 3, "{log}");
    assert_eq!(log.matches("ERROR").count(), 1, "{log}");
}

#[test]
fn f44_logged_in_and_not_connected_is_no_wrong_password() {
    let hidden = "OK [Error=\"WrongServerException: Cross Server access\" Service=Imap4] completed.";
    for (at, answer) in [
        ("LOGIN", hidden),
        ("LOGIN", "BAD User is authenticated but not connected."),
        ("LIST", "BAD User is authenticated but not connected."),
        ("LIST", hidden),
        ("SELECT", hidden),
        ("RFC822.SIZE", hidden),
        ("UID MOVE", hidden),
    ] {
        let oddity = Oddity::new(move |asked, _| match asked.command.contains(at) {
            true => Reply::Say(format!("{{tag}} {answer}\r\n")),
            false => Reply::Usual,
        });
        oddity.config().replace("[dienst]", &format!("[dienst]\n{QUICK}"));
        let service = Service::start(oddity.config());
        // More than three: nobody counts it as a wrong password.
        service.until_said("the cycle failed", 4);
        let log = service.stop();
        assert!(!log.contains("ERROR") && !log.contains("=900"), "{at}: {log}");
        assert!(log.contains("nicht_verbunden") || log.contains("not available"), "{at}: {log}");
        assert!(oddity.heard("LOGIN") >= 4, "{at}: each time a new connection");
        assert_eq!(oddity.count(INBOX), 2, "{at}");
    }
}

/// Not in the table: answers to MOVE that contradict themselves or each other.
#[test]
fn what_contradicts_itself_proves_nothing() {
    type Answer = fn(&str, &str) -> String;
    let answers: [(&str, Answer); 4] = [
        ("two places", |code, other| format!("* OK {code}\r\n* OK {other}\r\n{{tag}} OK done\r\n")),
        ("twice the same", |code, _| format!("* OK {code}\r\n* OK {code}\r\n{{tag}} OK {code} done\r\n")),
        ("a refusal after the proof", |code, _| format!("* OK {code}\r\n{{tag}} NO failed\r\n")),
        ("an end of a command never sent", |code, _| format!("* OK {code}\r\nA9999 OK done\r\n")),
    ];
    for (what, answer) in answers {
        let oddity = Oddity::new(move |asked, account| {
            if !is_move(asked.command) {
                return Reply::Usual;
            }
            let target = named(asked.command).expect("UID MOVE names a folder");
            let pairs = account.move_out(&uids(asked.command), target);
            let others: Vec<_> = pairs.iter().map(|(from, to)| (*from, to + 500)).collect();
            let folder = account.folder(target);
            Reply::Say(answer(&copyuid(folder, &pairs), &copyuid(folder, &others)))
        });
        for _ in 0..2 {
            oddity.once();
        }
        assert_eq!((oddity.count(INBOX), oddity.count(KIEL), oddity.count(FLENSBURG)), (0, 1, 1), "{what}");
        assert_eq!(ledger::events(&oddity.state_dir(), "uebergeben"), 2, "{what}");
        let wrong = "SELECT count(*) FROM vorgang WHERE uid > 100";
        assert_eq!(ledger::number(&oddity.state_dir(), wrong), 0, "{what}: a place where nothing lies");
        check_at_rest(oddity.config(), what);
    }
}

/// Not in the table: one new place for two mails.
#[test]
fn a_place_that_is_named_twice_is_looked_at() {
    let account = Account::new(vec![mails::to("Kiel", 1).bytes, mails::to("Kiel", 2).bytes]);
    let lied = Switch::default();
    let oddity = Oddity::of(account, move |asked, account| {
        if !is_move(asked.command) || !lied.first() {
            return Reply::Usual;
        }
        account.move_out(&uids(asked.command), KIEL);
        Reply::Say("* OK [COPYUID 15 1:2 1,1]\r\n{tag} OK done\r\n".into())
    });
    for _ in 0..2 {
        oddity.once();
    }
    assert_eq!((oddity.count(INBOX), oddity.count(KIEL)), (0, 2));
    assert_eq!(ledger::events(&oddity.state_dir(), "uebergeben"), 2);
    check_at_rest(oddity.config(), "one place for two");
}

/// Not in the table: numbers at the edge of what there can be.
#[test]
fn numbers_at_the_edge_are_numbers() {
    let mut account = Account::new(vec![]);
    account.folder_mut(INBOX).uid_next = 990;
    account.put(INBOX, mails::to("Kiel", 1).bytes);
    // UIDNEXT goes backwards: below the mail that is there.
    account.folder_mut(INBOX).uid_next = 5;
    let oddity = Oddity::of(account, |_, _| Reply::Usual);
    let mailbox = oddity.good_run();
    assert_eq!(oddity.count(INBOX) + oddity.count(KIEL), 1, "{mailbox}");
    assert_eq!(ledger::number(&oddity.state_dir(), "SELECT count(*) FROM vorgang WHERE gone_at NOT NULL"), 0);

    let oddity = Oddity::new(|asked, _| match asked.command.starts_with("SELECT") {
        true => Reply::Rewritten(Box::new(|usual| usual.replace("[UIDVALIDITY 14]", "[UIDVALIDITY 0]"))),
        false => Reply::Usual,
    });
    let mailbox = oddity.once().expect_code(1).mailbox("sc-nord");
    assert!(mailbox["error"].as_str().is_some_and(|error| error.contains("UIDVALIDITY")), "{mailbox}");
    assert_eq!(oddity.count(INBOX), 2);
}
