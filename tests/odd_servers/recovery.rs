//! Operations whose end nobody saw, at servers that make it hard to find out.

use crate::account::{Account, FLENSBURG, INBOX, KIEL, copyuid, is_move, named, uids};
use crate::server::{Oddity, Reply, Switch};
use crate::support::{ledger, mails};

#[test]
fn a_target_folder_that_refuses_to_be_opened_does_not_stop_the_mailbox() {
    for (refusal, word) in [("NO [NOPERM] no", "keine_berechtigung"), ("NO Mailbox does not exist", "abgelehnt")] {
        let oddity = Oddity::new(move |asked, _| {
            let opens = is_move(asked.command) || asked.command.starts_with("EXAMINE");
            match opens && asked.command.contains(KIEL) {
                true => Reply::Say(format!("{{tag}} {refusal}\r\n")),
                false => Reply::Usual,
            }
        });
        // Each run is a restart.
        for number in 0..3 {
            let mailbox = oddity.good_run();
            assert_eq!((&mailbox["moved"], &mailbox["left"][word]), (&1.into(), &1.into()), "{refusal}: {mailbox}");
            assert_eq!((oddity.count(INBOX), oddity.count(FLENSBURG)), (1, number + 1), "{refusal}");
            oddity.change(|account| account.put(INBOX, mails::to("Flensburg", 10 + number).bytes));
        }
    }
}

#[test]
fn what_lies_behind_a_closed_folder_stays_open_until_it_can_be_seen() {
    let (closed, full, moved) = (Switch::default(), Switch::default(), Switch::default());
    let oddity = Oddity::new({
        let (closed, full) = (closed.clone(), full.clone());
        move |asked, account| {
            let kiel = asked.command.contains(KIEL);
            if kiel && is_move(asked.command) && moved.first() {
                // Done, but the answer is lost, and then nobody may look.
                closed.turn(true);
                account.move_out(&uids(asked.command), KIEL);
                return Reply::SayAndClose(String::new());
            }
            match () {
                () if kiel && closed.is_on() && asked.command.starts_with("EXAMINE") => {
                    Reply::Say("{tag} NO [NOPERM] no\r\n".into())
                }
                () if full.is_on() && is_move(asked.command) => Reply::Say("{tag} NO [OVERQUOTA] full\r\n".into()),
                () => Reply::Usual,
            }
        }
    });
    oddity.once().expect_code(0);
    assert_eq!(oddity.count(FLENSBURG), 1);
    oddity.take_commands("");
    for (number, is_full) in [(10, false), (20, true), (30, false)] {
        full.turn(is_full);
        oddity.change(|account| {
            account.put(INBOX, mails::to("Flensburg", number).bytes);
            account.put(INBOX, mails::to("Flensburg", number + 1).bytes);
        });
        let mailbox = oddity.good_run();
        assert_eq!(mailbox["left"].get("nicht_bestaetigt"), None, "it is not in INBOX: {mailbox}");
        assert_eq!(oddity.take_commands("UID MOVE").len(), 1, "sets as usual");
        assert_eq!(ledger::open_operations(&oddity.state_dir()), 1);
    }
    closed.turn(false);
    let mailbox = oddity.good_run();
    assert_eq!((&mailbox["moved"], &mailbox["reconciled"]), (&1.into(), &1.into()), "{mailbox}");
    assert_eq!(ledger::open_operations(&oddity.state_dir()), 0);
    assert_eq!(ledger::events(&oddity.state_dir(), "uebergeben"), 8);
    assert_eq!((oddity.count(INBOX), oddity.count(KIEL), oddity.count(FLENSBURG)), (0, 1, 7));
}

#[test]
fn mails_over_which_the_server_breaks_off_do_not_keep_the_others() {
    for poison in [&[2][..], &[1, 4], &[5], &[1, 2, 3, 4, 5]] {
        let account = Account::new((0..5).map(|number| mails::to("Kiel", number).bytes).collect());
        let oddity = Oddity::of(account, move |asked, _| {
            let broken = is_move(asked.command) && uids(asked.command).iter().any(|uid| poison.contains(uid));
            match broken {
                true => Reply::SayAndClose("* BYE Server Unavailable. 15\r\n".into()),
                false => Reply::Usual,
            }
        });
        let healthy = 5 - poison.len();
        oddity.once().expect_code(1);
        let moves = oddity.take_commands("UID MOVE");
        let single = |command: &&String| uids(command).len() == 1;
        assert_eq!(moves.iter().skip(1).filter(|command| !single(command)).count(), 0, "one by one: {moves:?}");
        oddity.once().expect_code(1);
        assert_eq!((oddity.count(KIEL), oddity.count(INBOX)), (healthy, poison.len()), "{poison:?}: {moves:?}");
        assert_eq!(ledger::events(&oddity.state_dir(), "uebergeben"), healthy as u64, "{poison:?}");
    }
}

#[test]
fn a_mail_in_its_source_is_found_by_its_uid_though_the_key_is_another() {
    let (cut, closed) = (Switch::default(), Switch::default());
    let oddity = Oddity::new({
        let closed = closed.clone();
        move |asked, _| {
            if is_move(asked.command) && cut.first() {
                closed.turn(true);
                return Reply::SayAndClose(String::new());
            }
            match closed.is_on() && asked.command.starts_with("LOGIN") {
                true => Reply::Say("{tag} NO [UNAVAILABLE] later\r\n".into()),
                false => Reply::Usual,
            }
        }
    });
    oddity.once().expect_code(1);
    assert_eq!(ledger::open_operations(&oddity.state_dir()), 2);
    std::fs::remove_file(oddity.state_dir().join("hash.key")).expect("there is a key");
    closed.turn(false);
    // A new key is a loss: first it only looks.
    let mailbox = oddity.good_run();
    assert_eq!((&mailbox["left"]["wiederaufbau"], &mailbox["reconciled"]), (&2.into(), &2.into()), "{mailbox}");
    assert_eq!(oddity.good_run()["moved"], 2);
    assert_eq!((oddity.count(KIEL), oddity.count(FLENSBURG)), (1, 1));
    assert_eq!(oddity.good_run()["seen"], 0);
    assert_eq!(ledger::events(&oddity.state_dir(), "anderswo"), 0);
    assert_eq!(ledger::open_operations(&oddity.state_dir()), 0);
}

#[test]
fn a_mail_in_its_source_is_found_though_its_header_fields_do_not_show_or_differ() {
    let changed = "From: x\r\n\r\n";
    let other = format!(
        "* 1 FETCH (UID 1 INTERNALDATE \"16-Apr-2024 09:12:00 +0200\" \
         BODY[HEADER.FIELDS (MESSAGE-ID DATE FROM RECEIVED)] {{{}}}\r\n{changed})\r\n{{tag}} OK done\r\n",
        changed.len()
    );
    for answer in ["{tag} OK FETCH completed.\r\n".to_owned(), other] {
        let refused = Switch::default();
        let oddity = Oddity::of(Account::new(vec![mails::to("Kiel", 1).bytes]), {
            let answer = answer.clone();
            move |asked, _| match () {
                () if is_move(asked.command) && refused.first() => Reply::Say("{tag} NO not now\r\n".into()),
                () if asked.command.contains("HEADER.FIELDS") => Reply::Say(answer.clone()),
                () => Reply::Usual,
            }
        });
        let mailbox = oddity.good_run();
        assert_eq!((&mailbox["left"]["abgelehnt"], &mailbox["reconciled"]), (&1.into(), &1.into()), "{answer}");
        // What does not show as what was decided is read again and then moved.
        assert_eq!(oddity.good_run()["moved"], 1, "{answer}");
        assert_eq!((oddity.count(INBOX), oddity.count(KIEL)), (0, 1), "{answer}");
        assert_eq!(ledger::events(&oddity.state_dir(), "anderswo"), 0, "{answer}");
    }
}

#[test]
fn a_mail_that_still_shows_after_a_proved_move_is_held_and_concerns_only_itself() {
    let oddity = Oddity::of(Account::new(vec![mails::to("Kiel", 1).bytes]), |asked, account| {
        if !is_move(asked.command) || uids(asked.command) != [1] {
            return Reply::Usual;
        }
        // A copy instead of a move.
        let target = named(asked.command).expect("UID MOVE names a folder");
        let bytes = account.folder(INBOX).mails[0].bytes.clone();
        let new = account.put(target, bytes);
        Reply::Say(format!("* OK {}\r\n{{tag}} OK done\r\n", copyuid(account.folder(target), &[(1, new)])))
    });
    assert_eq!(oddity.good_run()["moved"], 1);
    oddity.change(|account| account.put(INBOX, mails::to("Flensburg", 9).bytes));
    for moved in [1, 0] {
        let mailbox = oddity.good_run();
        assert_eq!((&mailbox["moved"], &mailbox["left"]["zurueckgegeben"]), (&moved.into(), &1.into()), "{mailbox}");
    }
    assert_eq!((oddity.count(INBOX), oddity.count(KIEL), oddity.count(FLENSBURG)), (1, 1, 1));
}
