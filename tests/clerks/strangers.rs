//! Mail in INBOX that is not read, because somebody is at work on it or the mode decides nothing, and that the ledger knows
//! all the same.

use crate::desk::{
    ABLAGE, Desk, FLENSBURG, HANDED_OVER, INBOX, KIEL, UNRESOLVED, at_each_exchange, at_each_exchange_with, exchange,
};
use crate::support::exchange::profile::Renumbers;
use crate::support::imap_client::Mail;
use crate::support::mails;

const GIVEN_BACK: &str = "zurueckgegeben eingangszone kiel <kiel";
const SHADOW: &str = "betriebsart = \"schatten\"";
const WORKING: &str = "betriebsart = \"betrieb\"";

/// A clerk does what sets this flag on the only mail of a folder.
#[track_caller]
fn set(desk: &Desk, folder: &str, flag: &str) {
    let uid = desk.only(folder);
    desk.outlook().set(folder, uid, flag);
}

#[track_caller]
fn unset(desk: &Desk, folder: &str, flag: &str) {
    let uid = desk.only(folder);
    desk.outlook().unset(folder, uid, flag);
}

#[test]
fn given_back_with_a_flag_on() {
    for flag in ["\\Flagged", "\\Answered", "\\Draft", "\\Deleted"] {
        at_each_exchange(&[mails::to("Kiel", 1)], |desk| {
            desk.once();
            desk.drag(KIEL, INBOX);
            set(desk, INBOX, flag);
            desk.once();
            desk.expect_life(&HANDED_OVER, &[GIVEN_BACK]);
            for _ in 0..3 {
                desk.expect_quiet();
            }
            unset(desk, INBOX, flag);
            desk.rounds(2);
            desk.expect_quiet();
            assert_eq!(desk.counts([INBOX, KIEL]), [1, 0], "{flag}: what a person gave back stays");
            desk.expect_life(&HANDED_OVER, &[GIVEN_BACK]);
        });
    }
}

#[test]
fn given_back_while_it_is_young() {
    let young = Mail { internaldate: None, ..mails::to("Kiel", 1) };
    let desk = Desk::exchange(exchange(Renumbers::OnEdit), &[], "karenz_seconds = 3600");
    desk.outlook().file(KIEL, &[young]);
    desk.rounds(2);
    desk.drag(KIEL, INBOX);
    desk.rounds(4);
    desk.expect_life(&["eingegangen unbekannt"], &["uebergeben sc kiel (direkt)", GIVEN_BACK]);
}

#[test]
fn flagged_in_inbox_and_renumbered_by_it() {
    let desk = Desk::exchange(exchange(Renumbers::OnFlag), &[mails::to("niemand", 1)], "");
    desk.once();
    set(&desk, INBOX, "\\Flagged");
    desk.rounds(4);
    desk.expect_life(&UNRESOLVED, &[]);
    unset(&desk, INBOX, "\\Flagged");
    desk.rounds(2);
    desk.expect_quiet();
    desk.expect_life(&UNRESOLVED, &[]);
}

#[test]
fn flagged_in_inbox_renumbered_by_it_and_routed_when_the_flag_is_gone() {
    let desk = Desk::exchange(exchange(Renumbers::OnFlag), &[mails::to("Kiel", 1)], SHADOW);
    desk.once();
    set(&desk, INBOX, "\\Flagged");
    desk.rounds(4);
    desk.config.replace("schatten", "betrieb");
    desk.rounds(2);
    assert_eq!(desk.counts([INBOX, KIEL]), [1, 0]);
    desk.expect_life(&HANDED_OVER[..2], &[]);
    unset(&desk, INBOX, "\\Flagged");
    desk.rounds(2);
    assert_eq!(desk.counts([INBOX, KIEL]), [0, 1], "nobody gave it back");
    desk.expect_life(&HANDED_OVER, &[]);
}

#[test]
fn flagged_and_new_becomes_no_vorgang() {
    for postfach in ["", "betriebsart = \"beobachten\""] {
        let flagged = Mail { flags: vec!["\\Flagged".into()], ..mails::to("Kiel", 1) };
        let desk = Desk::with(&[flagged, mails::to("niemand", 2)], postfach);
        desk.rounds(2);
        let expected: &[&[&str]] = if postfach.is_empty() { &[&UNRESOLVED] } else { &[] };
        desk.expect_lives(expected);
        desk.expect_quiet();
    }
}

#[test]
fn a_flagged_twin_is_not_the_one_that_was_handed_over() {
    let desk = Desk::new(&[mails::to("Kiel", 1)]);
    desk.once();
    desk.outlook().file(INBOX, &[Mail { flags: vec!["\\Flagged".into()], ..mails::to("Kiel", 1) }]);
    desk.rounds(3);
    desk.expect_life(&HANDED_OVER, &[]);
    desk.expect_quiet();
    assert_eq!(desk.counts([INBOX, KIEL]), [1, 1]);
}

#[test]
fn given_back_where_nothing_is_decided() {
    at_each_exchange_with(&[mails::to("Kiel", 1)], WORKING, |desk| {
        desk.once();
        desk.config.replace("\"betrieb\"", "\"beobachten\"");
        desk.drag(KIEL, INBOX);
        desk.transcript.take();
        for _ in 0..4 {
            let summary = desk.once().json();
            assert_eq!(summary["write_commands"], 0, "{summary}");
            assert_eq!(summary["mailboxes"][0]["left"]["beobachtet"], 1, "{summary}");
            desk.handle(INBOX);
        }
        desk.expect_quiet();
        desk.expect_life(&HANDED_OVER, &[GIVEN_BACK]);
        desk.config.replace("\"beobachten\"", "\"betrieb\"");
        desk.rounds(2);
        assert_eq!(desk.counts([INBOX, KIEL]), [1, 0]);
        desk.expect_life(&HANDED_OVER, &[GIVEN_BACK]);
    });
}

#[test]
fn taken_by_hand_where_nothing_is_decided() {
    for (to, event) in [(FLENSBURG, "uebergeben sc flensburg (manuell)"), (ABLAGE, "verschwunden unbekannt")] {
        at_each_exchange_with(&[mails::to("Kiel", 1)], SHADOW, |desk| {
            desk.once();
            desk.config.replace("schatten", "beobachten");
            desk.rounds(2);
            desk.expect_life(&HANDED_OVER[..2], &[]);
            desk.drag(INBOX, to);
            desk.rounds(4);
            desk.expect_life(&HANDED_OVER[..2], &[event]);
            desk.expect_quiet();
        });
    }
}
