//! How a Vorgang begins, and how it comes to an Agentur.

use crate::desk::{
    ABLAGE, BEARBEITET, Desk, FLENSBURG, HANDED_OVER, INBOX, KIEL, UNRESOLVED, at_each_exchange, at_each_exchange_with,
};
use crate::support::mails;

#[test]
fn eingegangen_is_what_came_after_the_start_date() {
    let young = mails::to("niemand", 1);
    let mut old = mails::to("niemand", 2);
    old.internaldate = Some("15-Apr-2024 23:59:59 +0200".into());
    at_each_exchange_with(&[young, old], "start_datum = 2024-04-16", |desk| {
        desk.rounds(2);
        desk.expect_lives(&[&UNRESOLVED]);
        desk.expect_quiet();
    });
}

#[test]
fn zugeordnet_is_no_hand_over() {
    at_each_exchange_with(&[mails::to("Kiel", 1)], "betriebsart = \"schatten\"", |desk| {
        desk.rounds(2);
        desk.handle(INBOX);
        desk.once();
        desk.expect_life(&HANDED_OVER[..2], &[]);
        desk.expect_quiet();
    });
}

#[test]
fn uebergeben_by_the_program() {
    at_each_exchange(&[mails::to("Kiel", 1)], |desk| {
        desk.once();
        desk.handle(KIEL);
        desk.rounds(2);
        desk.expect_life(&HANDED_OVER, &[]);
        desk.expect_quiet();
    });
}

#[test]
fn uebergeben_direkt_is_what_was_first_seen_in_the_folder_of_an_agentur() {
    at_each_exchange(&[], |desk| {
        desk.outlook().file(KIEL, &[mails::to("Kiel", 1)]);
        desk.once();
        desk.expect_life(&["eingegangen unbekannt"], &[]);
        desk.handle(KIEL);
        desk.once();
        desk.expect_life(&["eingegangen unbekannt"], &["uebergeben sc kiel (direkt)"]);
        desk.handle(KIEL);
        desk.expect_quiet();
    });
}

#[test]
fn uebergeben_direkt_and_marked_at_once() {
    at_each_exchange(&[], |desk| {
        desk.once();
        desk.outlook().file(BEARBEITET, &[mails::to("Kiel", 1)]);
        desk.once();
        desk.handle(BEARBEITET);
        desk.once();
        desk.expect_life(&["eingegangen unbekannt"], &["uebergeben sc kiel (direkt)", "bearbeitet eingangszone kiel"]);
        desk.expect_quiet();
    });
}

#[test]
fn uebergeben_manuell_is_what_a_person_took_out_of_inbox() {
    at_each_exchange(&[mails::to("niemand", 1)], |desk| {
        desk.once();
        desk.expect_life(&UNRESOLVED, &[]);
        desk.mark(INBOX, KIEL);
        desk.expect_life(&UNRESOLVED, &["uebergeben sc kiel (manuell)"]);
        desk.expect_quiet();
    });
}

#[test]
fn uebergeben_manuell_to_another_agentur_than_the_rules_say() {
    at_each_exchange_with(&[mails::to("Kiel", 1)], "betriebsart = \"schatten\"", |desk| {
        desk.once();
        desk.mark(INBOX, FLENSBURG);
        desk.expect_life(&HANDED_OVER[..2], &["uebergeben sc flensburg (manuell)"]);
        desk.expect_quiet();
    });
}

#[test]
fn uebergeben_manuell_after_a_way_round() {
    let desk = Desk::new(&[mails::to("niemand", 1)]);
    desk.once();
    desk.drag(INBOX, ABLAGE);
    desk.once();
    desk.mark(ABLAGE, KIEL);
    desk.expect_life(&UNRESOLVED, &["uebergeben sc kiel (manuell)"]);
    desk.expect_quiet();
}

#[test]
fn ungeklaert_counts_once() {
    at_each_exchange(&[mails::to("niemand", 1)], |desk| {
        for _ in 0..3 {
            desk.once();
            desk.handle(INBOX);
        }
        desk.expect_life(&UNRESOLVED, &[]);
        desk.expect_quiet();
    });
}
