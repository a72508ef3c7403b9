//! Numbers that mean another mail than before: nothing is moved by what was known of the old one.

use crate::account::{Account, FLENSBURG, INBOX, KIEL, is_move};
use crate::server::{Oddity, Reply, Switch};
use crate::support::{ledger, mails};

/// A server at which no mail can be moved while the switch is on.
fn full_while(full: &Switch, mails: Vec<Vec<u8>>) -> Oddity {
    let full = full.clone();
    Oddity::of(Account::new(mails), move |asked, _| match full.is_on() && is_move(asked.command) {
        true => Reply::Say("{tag} NO [OVERQUOTA] full\r\n".into()),
        false => Reply::Usual,
    })
}

#[test]
fn mail_is_handed_over_in_the_same_run_in_which_inbox_got_new_numbers() {
    let full = Switch::default();
    full.turn(true);
    let oddity = full_while(&full, vec![mails::to("Kiel", 1).bytes, mails::to("Flensburg", 2).bytes]);
    assert_eq!(oddity.good_run()["left"]["postfach_voll"], 2);
    full.turn(false);
    oddity.change(|account| account.folder_mut(INBOX).uid_validity = 99);
    let mailbox = oddity.good_run();
    assert_eq!((&mailbox["seen"], &mailbox["moved"]), (&2.into(), &2.into()), "{mailbox}");
    assert_eq!((oddity.count(KIEL), oddity.count(FLENSBURG)), (1, 1));
    assert_eq!(oddity.good_run()["seen"], 0);
    assert_eq!(ledger::number(&oddity.state_dir(), "SELECT count(*) FROM vorgang"), 2, "no mail counts twice");
    assert_eq!(ledger::events(&oddity.state_dir(), "zurueckgegeben"), 0);
}

#[test]
fn inbox_made_anew_while_another_folder_is_open_ends_the_pass() {
    let (armed, done) = (Switch::default(), Switch::default());
    let twin = mails::to("Kiel", 1).bytes;
    let other = mails::to("Niemand", 77).bytes;
    let oddity = Oddity::of(Account::new(vec![twin.clone()]), {
        let (armed, other) = (armed.clone(), other.clone());
        move |asked, account| {
            // The twin makes the program look into the folder of its brother; meanwhile a backup is played back.
            let looks = asked.command.starts_with("EXAMINE") && asked.command.contains(KIEL);
            if armed.is_on() && looks && done.first() {
                let inbox = account.folder_mut(INBOX);
                inbox.uid_validity = 99;
                inbox.mails.last_mut().expect("there are two").bytes = other.clone();
            }
            Reply::Usual
        }
    });
    assert_eq!(oddity.good_run()["moved"], 1);
    armed.turn(true);
    oddity.change(|account| {
        account.put(INBOX, twin.clone());
        account.put(INBOX, mails::to("Flensburg", 9).bytes);
    });
    oddity.take_commands("");
    // `once` makes a new pass at once.
    let mailbox = oddity.good_run();
    assert_eq!((&mailbox["moved"], &mailbox["left"]["kein_hinweis"]), (&1.into(), &1.into()), "{mailbox}");
    assert_eq!(oddity.mails(INBOX), [other]);
    assert_eq!((oddity.count(KIEL), oddity.count(FLENSBURG)), (2, 0));
    assert_eq!(oddity.take_commands("UID MOVE").len(), 1, "nothing was tried by the old numbers");
    assert_eq!(oddity.good_run()["moved"], 0);
}

#[test]
fn another_mail_at_a_known_uid_is_read_anew() {
    for (before, after, kiel, flensburg) in [("Kiel", "Flensburg", 0, 1), ("Kiel", "Niemand", 0, 0)] {
        let full = Switch::default();
        full.turn(true);
        let oddity = full_while(&full, vec![mails::to(before, 1).bytes]);
        assert_eq!(oddity.good_run()["left"]["postfach_voll"], 1);
        full.turn(false);
        oddity.change(|account| account.folder_mut(INBOX).mails[0].bytes = mails::to(after, 5).bytes);
        oddity.good_run();
        assert_eq!((oddity.count(KIEL), oddity.count(FLENSBURG)), (kiel, flensburg), "{after}");
    }
}

#[test]
fn numbers_given_a_second_time_concern_only_the_mails_that_have_them() {
    let oddity = Oddity::new(|_, _| Reply::Usual);
    assert_eq!(oddity.good_run()["moved"], 2);
    // The mailbox was restored: UIDVALIDITY is the same, UIDs begin again.
    oddity.change(|account| {
        account.folder_mut(INBOX).uid_next = 1;
        for (ort, number) in [("Kiel", 7), ("Kiel", 8), ("Flensburg", 9)] {
            account.put(INBOX, mails::to(ort, number).bytes);
        }
    });
    for moved in [1, 0] {
        let mailbox = oddity.good_run();
        assert_eq!(mailbox["moved"], moved, "{mailbox}");
        assert_eq!(mailbox["left"]["journal_widerspruch"], 2, "{mailbox}");
    }
    assert_eq!((oddity.count(KIEL), oddity.count(FLENSBURG)), (1, 2));
    assert_eq!(ledger::events(&oddity.state_dir(), "uebergeben"), 3);
}

#[test]
fn a_mail_renumbered_by_the_server_is_not_taken_for_a_returned_one() {
    for at in ["BODY.PEEK[]", "RFC822.SIZE"] {
        let (armed, cut) = (Switch::default(), Switch::default());
        let account = Account::new(vec![mails::to("Niemand", 1).bytes]);
        let oddity = Oddity::of(account, {
            let armed = armed.clone();
            move |asked, _| match armed.is_on() && asked.command.contains(at) && cut.first() {
                true => Reply::SayAndClose(String::new()),
                false => Reply::Usual,
            }
        });
        assert_eq!(oddity.good_run()["left"]["kein_hinweis"], 1, "{at}");
        // Exchange gives a message that somebody changed another UID; the connection is cut before it is recognised.
        oddity.change(|account| {
            let inbox = account.folder_mut(INBOX);
            (inbox.mails[0].uid, inbox.uid_next) = (5, 6);
        });
        armed.turn(true);
        for _ in 0..2 {
            let mailbox = oddity.good_run();
            assert_eq!(mailbox["left"]["kein_hinweis"], 1, "{at}: {mailbox}");
        }
        assert_eq!(ledger::events(&oddity.state_dir(), "zurueckgegeben"), 0, "{at}");
        assert_eq!(ledger::number(&oddity.state_dir(), "SELECT count(*) FROM vorgang"), 1, "{at}");
    }
}
