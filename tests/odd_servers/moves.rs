//! Answers to UID MOVE: what is proved counts, what is not is looked for.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::account::{Account, Asked, FLENSBURG, INBOX, KIEL, copyuid, is_move, named, uids};
use crate::server::{Oddity, Reply};
use crate::support::{ledger, mails};

/// Moves what a UID MOVE names; returns the COPYUID code.
fn do_it(asked: &Asked<'_>, account: &mut Account) -> String {
    let target = named(asked.command).expect("UID MOVE names a folder");
    let pairs = account.move_out(&uids(asked.command), target);
    copyuid(account.folder(target), &pairs)
}

type Answer = fn(&Asked<'_>, &mut Account) -> String;

#[test]
fn f18_a_proof_counts_in_every_shape() {
    let shapes: [(&str, Answer); 5] = [
        ("untagged", |asked, account| format!("* OK {}\r\n{{tag}} OK done\r\n", do_it(asked, account))),
        ("bare, as Exchange 2013 sends it", |asked, account| {
            format!("{}\r\n* 1 EXPUNGE\r\n* 0 EXISTS\r\n{{tag}} OK MOVE completed.\r\n", do_it(asked, account))
        }),
        ("tagged", |asked, account| format!("* 1 EXPUNGE\r\n{{tag}} OK {} done\r\n", do_it(asked, account))),
        ("with text", |asked, account| format!("* OK {} Moved UIDs.\r\n{{tag}} OK done\r\n", do_it(asked, account))),
        ("after a flood", |asked, account| {
            let flood = "* 1 EXPUNGE\r\n* 7 FETCH (FLAGS (\\Seen))\r\n".repeat(300);
            format!("{flood}* OK {}\r\n{flood}{{tag}} OK done\r\n", do_it(asked, account))
        }),
    ];
    for (shape, answer) in shapes {
        let oddity = Oddity::new(move |asked, account| match is_move(asked.command) {
            true => Reply::Say(answer(asked, account)),
            false => Reply::Usual,
        });
        let outcome = oddity.once().expect_code(0);
        let mailbox = outcome.mailbox("sc-nord");
        assert_eq!((&mailbox["moved"], &mailbox["reconciled"]), (&2.into(), &0.into()), "{shape}: {mailbox}");
        assert_eq!((oddity.count(KIEL), oddity.count(FLENSBURG)), (1, 1), "{shape}");
        assert_eq!(oddity.take_commands("UID MOVE").len(), 2, "{shape}");
        assert_eq!(oddity.once().expect_code(0).json()["write_commands"], 0, "{shape}");
    }
}

#[test]
fn what_was_done_without_proof_is_found() {
    let shapes: [(&str, Answer); 5] = [
        ("OK alone", |_, _| "{tag} OK done\r\n".into()),
        ("an empty COPYUID", |_, _| "* OK [COPYUID 15  ]\r\n{tag} OK done\r\n".into()),
        ("a COPYUID of other mails", |_, _| "* OK [COPYUID 15 77 1]\r\n{tag} OK done\r\n".into()),
        ("sets of different sizes", |_, _| "* OK [COPYUID 15 1:2 1]\r\n{tag} OK done\r\n".into()),
        ("a refusal after the deed", |_, _| "{tag} NO something went wrong\r\n".into()),
    ];
    for (shape, answer) in shapes {
        for done in [true, false] {
            let refused = AtomicUsize::new(0);
            let oddity = Oddity::new(move |asked, account| {
                // A server that does nothing does so once and then comes to its senses.
                if !is_move(asked.command) || (!done && refused.fetch_add(1, Ordering::SeqCst) >= 2) {
                    return Reply::Usual;
                }
                if done {
                    do_it(asked, account);
                }
                Reply::Say(answer(asked, account))
            });
            let mailbox = oddity.once().expect_code(0).mailbox("sc-nord");
            let what = format!("{shape}, done: {done}: {mailbox}");
            assert_eq!(mailbox["reconciled"], 2, "{what}");
            assert_eq!(mailbox["moved"], if done { 2 } else { 0 }, "{what}");
            let left: u64 = mailbox["left"].as_object().expect("reasons").values().filter_map(|n| n.as_u64()).sum();
            assert_eq!(left, if done { 0 } else { 2 }, "{what}");
            // The next run moves what is still there, and nothing twice.
            oddity.once().expect_code(0);
            assert_eq!((oddity.count(KIEL), oddity.count(FLENSBURG)), (1, 1), "{what}");
            assert_eq!(oddity.count(INBOX), 0, "{what}");
            assert_eq!(ledger::events(&oddity.state_dir(), "uebergeben"), 2, "{what}");
            assert_eq!(ledger::open_operations(&oddity.state_dir()), 0, "{what}");
        }
    }
}

#[test]
fn f24_what_a_clerk_took_first_is_gone_and_not_an_error() {
    let oddity = Oddity::new(|asked, account| {
        if !is_move(asked.command) {
            return Reply::Usual;
        }
        // The clerk was faster; the server says what Exchange says.
        account.folder_mut(INBOX).mails.retain(|mail| !uids(asked.command).contains(&mail.uid));
        Reply::Say("* OK [COPYUID 15  ]\r\n{tag} OK MOVE completed.\r\n".into())
    });
    let outcome = oddity.once().expect_code(0);
    assert_eq!(outcome.mailbox("sc-nord")["moved"], 0);
    assert_eq!(ledger::events(&oddity.state_dir(), "anderswo"), 2);
    assert_eq!(oddity.once().expect_code(0).json()["events"], 0);
}

#[test]
fn f31_a_refused_folder_concerns_its_agentur_only() {
    for (refusal, word) in [
        ("NO [TRYCREATE] Mailbox does not exist", "ordner_fehlt"),
        ("NO [NONEXISTENT] gone", "ordner_fehlt"),
        ("NO [OVERQUOTA] full", "postfach_voll"),
        ("NO [NOPERM] not yours", "keine_berechtigung"),
        ("BAD Command Argument Error. 11", "nicht_verstanden"),
        ("NO no", "abgelehnt"),
    ] {
        let oddity = Oddity::new(move |asked, _| match is_move(asked.command) && asked.command.contains(KIEL) {
            true => Reply::Say(format!("{{tag}} {refusal}\r\n")),
            false => Reply::Usual,
        });
        let mailbox = oddity.once().expect_code(0).mailbox("sc-nord");
        assert_eq!((&mailbox["moved"], &mailbox["left"][word]), (&1.into(), &1.into()), "{refusal}: {mailbox}");
        assert_eq!((oddity.count(INBOX), oddity.count(FLENSBURG)), (1, 1), "{refusal}");
    }
}

#[test]
fn a_folder_that_cannot_be_looked_at_counts_as_missing() {
    let oddity = Oddity::new(|asked, _| match asked.command.starts_with("STATUS") && asked.command.contains(KIEL) {
        true => Reply::Say("{tag} NO [NOPERM] not yours\r\n".into()),
        false => Reply::Usual,
    });
    let mailbox = oddity.once().expect_code(0).mailbox("sc-nord");
    assert_eq!((&mailbox["moved"], &mailbox["left"]["ordner_fehlt"]), (&1.into(), &1.into()), "{mailbox}");
    assert_eq!(oddity.take_commands("UID MOVE").len(), 1);
}

#[test]
fn without_uidplus_the_target_tells() {
    let mut account = Account::new((0..5).map(|number| mails::to("Kiel", number).bytes).collect());
    account.capabilities = "IMAP4rev1 MOVE";
    let oddity = Oddity::of(account, |asked, account| match is_move(asked.command) {
        true => {
            do_it(asked, account);
            Reply::Say("{tag} OK done\r\n".into())
        }
        false => Reply::Usual,
    });
    let mailbox = oddity.once().expect_code(0).mailbox("sc-nord");
    assert_eq!((&mailbox["moved"], &mailbox["reconciled"]), (&5.into(), &5.into()), "{mailbox}");
    assert_eq!(oddity.take_commands("UID MOVE").len(), 1, "sets as usual");
    assert_eq!(ledger::events(&oddity.state_dir(), "uebergeben"), 5);
}

#[test]
fn with_neither_move_nor_uidplus_nothing_is_moved() {
    let mut account = Account::new(vec![mails::to("Kiel", 1).bytes]);
    account.capabilities = "IMAP4rev1";
    let oddity = Oddity::of(account, |_, _| Reply::Usual);
    let mailbox = oddity.once().expect_code(1).mailbox("sc-nord");
    assert!(mailbox["error"].as_str().is_some_and(|error| error.contains("neither MOVE nor UIDPLUS")), "{mailbox}");
    assert!(mailbox["hint"].as_str().is_some_and(|hint| hint.contains("RFC 6851")), "{mailbox}");
    assert_eq!(oddity.count(INBOX), 1);
    assert!(oddity.take_commands("SELECT").is_empty());
}

#[test]
fn f19_a_read_only_inbox_is_left_alone() {
    let oddity = Oddity::new(|asked, _| match asked.command.starts_with("SELECT") {
        true => Reply::Rewritten(Box::new(|usual| usual.replace(" OK done", " OK [READ-ONLY] done"))),
        false => Reply::Usual,
    });
    let outcome = oddity.once().expect_code(0).expect_words(&["INBOX is read-only", "full access"]);
    assert_eq!(outcome.mailbox("sc-nord")["left"]["nur_lesbar"], 2);
    assert_eq!(outcome.json()["write_commands"], 0);
}
