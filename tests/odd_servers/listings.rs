//! Listings that do not show everything: what they lack is neither gone nor new when it shows again.

use crate::account::{Account, Asked, INBOX, KIEL};
use crate::server::{Oddity, Reply, Switch};
use crate::support::{ledger, mails};

fn lists(asked: &Asked<'_>) -> bool {
    asked.command.ends_with("(UID FLAGS INTERNALDATE RFC822.SIZE)")
}

/// Takes the lines about a UID out of an answer.
fn without_uid(answer: &str, uid: u32) -> String {
    answer.split_inclusive('\n').filter(|line| !line.contains(&format!("(UID {uid} "))).collect()
}

#[test]
fn what_a_listing_lacks_is_not_gone_and_not_returned() {
    type Fault = fn(&str) -> String;
    let faults: [(&str, u64, Fault); 3] = [
        ("an OK without data", 2, |_| "{tag} OK FETCH completed.\r\n".into()),
        ("one line missing", 1, |usual| without_uid(usual, 2)),
        ("one line without a date", 1, |usual| usual.replacen("INTERNALDATE", "X-DATE", 1)),
    ];
    for (what, missing, fault) in faults {
        let short = Switch::default();
        let account = Account::new(vec![mails::to("Niemand", 1).bytes, mails::to("Niemand", 2).bytes]);
        let oddity = Oddity::of(account, {
            let short = short.clone();
            move |asked, _| match short.is_on() && lists(asked) {
                true => {
                    let tag = asked.tag.to_owned();
                    Reply::Rewritten(Box::new(move |usual| fault(usual).replace("{tag}", &tag)))
                }
                false => Reply::Usual,
            }
        });
        assert_eq!(oddity.good_run()["left"]["kein_hinweis"], 2, "{what}");
        short.turn(true);
        let mailbox = oddity.good_run();
        assert_eq!(mailbox["left"]["nicht_abrufbar"], missing, "{what}: {mailbox}");
        let gone = ledger::number(&oddity.state_dir(), "SELECT count(*) FROM vorgang WHERE gone_at IS NOT NULL");
        assert_eq!(gone, 0, "{what}");
        short.turn(false);
        for _ in 0..2 {
            assert_eq!(oddity.good_run()["left"]["kein_hinweis"], 2, "{what}");
        }
        assert_eq!(ledger::events(&oddity.state_dir(), "zurueckgegeben"), 0, "{what}");
    }
}

#[test]
fn a_mail_that_no_listing_shows_is_moved_when_one_does() {
    let short = Switch::default();
    short.turn(true);
    let oddity = Oddity::new({
        let short = short.clone();
        move |asked, _| match short.is_on() && lists(asked) {
            true => Reply::Rewritten(Box::new(|usual| without_uid(usual, 1))),
            false => Reply::Usual,
        }
    });
    let mailbox = oddity.good_run();
    assert_eq!((&mailbox["moved"], &mailbox["left"]["nicht_abrufbar"]), (&1.into(), &1.into()), "{mailbox}");
    short.turn(false);
    assert_eq!(oddity.good_run()["moved"], 1);
    assert_eq!((oddity.count(INBOX), oddity.count(KIEL)), (0, 1));
}
