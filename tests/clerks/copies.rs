//! Mails that look the same: twins, and copies that a clerk has made.

use crate::desk::{BEARBEITET, Desk, FLENSBURG, HANDED_OVER, KIEL, ZU_LOESCHEN};
use crate::support::mails;

const MARKED: &str = "bearbeitet eingangszone kiel";

fn life<'a>(rest: &[&'a str]) -> Vec<&'a str> {
    [&HANDED_OVER, rest].concat()
}

#[test]
fn twins_have_a_life_each() {
    let twin = mails::to("Kiel", 1);
    let desk = Desk::new(&[twin.clone(), twin]);
    desk.once();
    desk.expect_lives(&[&HANDED_OVER, &HANDED_OVER]);
    let first = desk.outlook().uids(KIEL)[0];
    desk.outlook().drag(KIEL, first, BEARBEITET);
    desk.rounds(2);
    desk.expect_lives(&[&life(&[MARKED]), &HANDED_OVER]);
    desk.expect_quiet();
    desk.drag(KIEL, BEARBEITET);
    desk.rounds(2);
    desk.expect_lives(&[&life(&[MARKED]), &life(&[MARKED])]);
    desk.expect_quiet();
    let first = desk.outlook().uids(BEARBEITET)[0];
    desk.outlook().delete(BEARBEITET, first);
    desk.rounds(3);
    assert_eq!((desk.count("bearbeitet"), desk.count("geloescht")), (2, 1));
    desk.expect_quiet();
}

#[test]
fn twins_that_part_between_two_looks() {
    let twin = mails::to("Kiel", 1);
    let desk = Desk::new(&[twin.clone(), twin]);
    desk.once();
    let uids = desk.outlook().uids(KIEL);
    desk.outlook().drag(KIEL, uids[0], FLENSBURG);
    desk.outlook().drag(KIEL, uids[1], ZU_LOESCHEN);
    desk.rounds(2);
    let mut lives = desk.lives();
    lives.sort_by_key(Vec::len);
    let moved = life(&["umgeordnet eingangszone flensburg <kiel"]);
    let marked = life(&["bearbeitet eingangszone kiel (impliziert)", "loeschvorgemerkt eingangszone kiel"]);
    assert_eq!(lives, [moved, marked]);
    desk.expect_quiet();
}

#[test]
fn a_copy_in_a_mark_folder_is_no_mark_until_the_original_is_gone() {
    let desk = Desk::new(&[mails::to("Kiel", 1)]);
    desk.once();
    let uid = desk.only(KIEL);
    desk.outlook().copy(KIEL, uid, BEARBEITET);
    desk.rounds(3);
    desk.expect_life(&HANDED_OVER, &[]);
    desk.expect_quiet();
    desk.delete(KIEL);
    desk.rounds(3);
    desk.expect_life(&HANDED_OVER, &[MARKED]);
    desk.expect_quiet();
}

#[test]
fn a_copy_that_is_removed_again_says_nothing() {
    let desk = Desk::new(&[mails::to("Kiel", 1)]);
    desk.once();
    let uid = desk.only(KIEL);
    desk.outlook().copy(KIEL, uid, BEARBEITET);
    desk.rounds(2);
    desk.delete(BEARBEITET);
    desk.rounds(3);
    desk.expect_life(&HANDED_OVER, &[]);
    desk.expect_quiet();
}

#[test]
fn a_mark_that_is_set_and_taken_back_between_two_looks_never_was() {
    for looks_between in [0, 1] {
        let desk = Desk::new(&[mails::to("Kiel", 1)]);
        desk.once();
        desk.drag(KIEL, BEARBEITET);
        desk.rounds(looks_between);
        desk.drag(BEARBEITET, KIEL);
        desk.rounds(3);
        desk.expect_life(&HANDED_OVER, &[]);
        desk.expect_quiet();
    }
}
