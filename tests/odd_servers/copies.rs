//! Servers without MOVE, and what they may answer to a copy.

use crate::account::{Account, Asked, FLENSBURG, INBOX, KIEL, copyuid, named, uids};
use crate::server::{Oddity, Reply, Switch};
use crate::support::{ledger, mails};

const NO_MOVE: &str = "IMAP4rev1 UIDPLUS UNSELECT IDLE NAMESPACE LITERAL+";

/// A server without MOVE, with mails for Kiel at odd and for Flensburg at even UIDs.
fn without_move(count: usize, quirk: impl Fn(&Asked<'_>, &mut Account) -> Reply + Send + Sync + 'static) -> Oddity {
    let name = |number: usize| if number % 2 == 1 { "Kiel" } else { "Flensburg" };
    let mut account = Account::new((1..=count).map(|number| mails::to(name(number), number).bytes).collect());
    account.capabilities = NO_MOVE;
    Oddity::of(account, quirk)
}

fn is_copy(asked: &Asked<'_>) -> bool {
    asked.command.starts_with("UID COPY ")
}

fn doubtful(oddity: &Oddity) -> u64 {
    ledger::events(&oddity.state_dir(), "mehrdeutig")
}

/// Another cycle sends nothing that changes anything.
fn is_quiet(oddity: &Oddity) {
    let summary = oddity.once().expect_code(0).json();
    assert_eq!((&summary["write_commands"], &summary["events"]), (&0.into(), &0.into()), "{summary}");
}

#[test]
fn a_copy_is_read_back_before_its_source_is_deleted() {
    let oddity = without_move(4, |_, _| Reply::Usual);
    assert_eq!(oddity.good_run()["moved"], 4);
    assert_eq!((oddity.count(INBOX), oddity.count(KIEL), oddity.count(FLENSBURG)), (0, 2, 2));
    let commands = oddity.take_commands("");
    let first = |pattern: &str| commands.iter().position(|command| command.contains(pattern)).expect(pattern);
    assert!(first("UID COPY") < first("EXAMINE \"INBOX/Agentur Kiel\""));
    assert!(first("EXAMINE \"INBOX/Agentur Kiel\"") < first("UID STORE"));
    assert!(first("UID STORE") < first("UID EXPUNGE"));
    assert!(!commands.iter().any(|command| command == "EXPUNGE" || command == "CLOSE"));
    is_quiet(&oddity);
}

#[test]
fn a_refused_copy_leaves_the_mail_and_the_others_go() {
    let oddity = without_move(2, |asked, _| match is_copy(asked) && named(asked.command) == Some(KIEL) {
        true => Reply::Say("{tag} NO [OVERQUOTA] full\r\n".into()),
        false => Reply::Usual,
    });
    let mailbox = oddity.good_run();
    assert_eq!((&mailbox["moved"], &mailbox["left"]["postfach_voll"]), (&1.into(), &1.into()), "{mailbox}");
    assert_eq!((oddity.count(INBOX), oddity.count(KIEL), oddity.count(FLENSBURG)), (1, 0, 1));
}

#[test]
fn an_ok_without_copyuid_proves_nothing_and_what_is_found_in_both_is_kept() {
    let oddity = without_move(1, |asked, account| {
        if !is_copy(asked) {
            return Reply::Usual;
        }
        account.copy_out(&uids(asked.command), KIEL);
        Reply::Say("{tag} OK COPY completed.\r\n".into())
    });
    oddity.good_run();
    assert_eq!((oddity.count(INBOX), oddity.count(KIEL), doubtful(&oddity)), (1, 1, 1));
    is_quiet(&oddity);
    assert_eq!((oddity.count(INBOX), oddity.count(KIEL)), (1, 1), "it is not copied again");
}

#[test]
fn an_ok_to_nothing_is_no_copy() {
    let works = Switch::default();
    let oddity = without_move(1, {
        let works = works.clone();
        move |asked, _| match is_copy(asked) && !works.is_on() {
            true => Reply::Say("{tag} OK COPY completed.\r\n".into()),
            false => Reply::Usual,
        }
    });
    assert_eq!(oddity.good_run()["left"]["nicht_bestaetigt"], 1);
    works.turn(true);
    assert_eq!(oddity.good_run()["moved"], 1);
    assert_eq!((oddity.count(INBOX), oddity.count(KIEL), doubtful(&oddity)), (0, 1, 0));
}

#[test]
fn a_claimed_copy_that_is_not_there_keeps_its_source_and_soon_no_more_are_made() {
    let oddity = without_move(6, |asked, account| {
        if !is_copy(asked) {
            return Reply::Usual;
        }
        let target = named(asked.command).expect("UID COPY names a folder").to_string();
        let pairs: Vec<(u32, u32)> = uids(asked.command).into_iter().map(|uid| (uid, uid + 100)).collect();
        Reply::Say(format!("{{tag}} OK {} done\r\n", copyuid(account.folder(&target), &pairs)))
    });
    assert_eq!(oddity.good_run()["left"]["mehrdeutig"], 6);
    assert_eq!(oddity.count(INBOX), 6);
    oddity.change(|account| account.put(INBOX, mails::to("Kiel", 9).bytes));
    oddity.take_commands("");
    assert_eq!(oddity.good_run()["left"]["kopie_unklar"], 1);
    assert!(oddity.take_commands("UID COPY").is_empty());
}

#[test]
fn a_source_that_the_server_does_not_remove_is_removed_when_it_does() {
    let works = Switch::default();
    let oddity = without_move(2, {
        let works = works.clone();
        move |asked, _| match asked.command.starts_with("UID EXPUNGE") && !works.is_on() {
            true => Reply::Say("{tag} OK done\r\n".into()),
            false => Reply::Usual,
        }
    });
    oddity.good_run();
    assert_eq!((oddity.count(INBOX), ledger::open_operations(&oddity.state_dir())), (2, 2));
    oddity.good_run();
    assert_eq!((oddity.count(KIEL), oddity.count(FLENSBURG)), (1, 1), "it is not copied again");
    works.turn(true);
    oddity.good_run();
    assert_eq!((oddity.count(INBOX), ledger::events(&oddity.state_dir(), "uebergeben")), (0, 2));
    assert_eq!(doubtful(&oddity), 0);
    is_quiet(&oddity);
}
