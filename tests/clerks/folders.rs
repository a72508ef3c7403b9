//! Folders that come, go, change their names or their numbers.

use crate::desk::{BEARBEITET, Desk, HANDED_OVER, INBOX, KIEL, ZU_LOESCHEN, exchange};
use crate::support::exchange::profile::Renumbers;
use crate::support::{ledger, mails};

const MARKED: [&str; 2] = ["bearbeitet eingangszone kiel (impliziert)", "loeschvorgemerkt eingangszone kiel"];
/// A name that says nothing to the program.
const UNKNOWN: &str = "INBOX/Agentur Kiel/Kann weg (Frau Meier)";
const NO_LONGER_THERE: &str = "a watched folder is no longer there";
const CALLED_LIKE_NO_MARK: &str = "is called like no mark";

/// One mail that lies in "Zu löschen".
fn marked() -> Desk {
    let desk = Desk::new(&[mails::to("Kiel", 1)]);
    desk.once();
    desk.mark(KIEL, ZU_LOESCHEN);
    desk.expect_life(&HANDED_OVER, &MARKED);
    desk
}

#[test]
fn a_mark_folder_that_gets_an_unknown_name_takes_nothing_away() {
    let desk = marked();
    desk.outlook().rename(ZU_LOESCHEN, UNKNOWN);
    let said = desk.once().stderr;
    let count = |words| said.matches(words).count();
    assert_eq!((count(NO_LONGER_THERE), count(CALLED_LIKE_NO_MARK)), (1, 1), "{said}");
    assert!(!said.contains("Meier"), "{said}");
    for _ in 0..3 {
        let said = desk.once().stderr;
        assert!(!said.contains(NO_LONGER_THERE), "it was told before: {said}");
    }
    desk.expect_life(&HANDED_OVER, &MARKED);
    desk.expect_quiet();

    desk.outlook().rename(UNKNOWN, ZU_LOESCHEN);
    desk.rounds(3);
    desk.expect_life(&HANDED_OVER, &MARKED);
    desk.expect_quiet();
    desk.delete(ZU_LOESCHEN);
    desk.rounds(3);
    desk.expect_life(&HANDED_OVER, &[&MARKED[..], &["geloescht unbekannt kiel"]].concat());
}

#[test]
fn a_mark_folder_that_gets_another_known_name_is_the_same_mark() {
    let desk = marked();
    desk.config.replace("[kennzeichen]\n", "[kennzeichen]\nzu_loeschen = [\"Zu löschen\", \"Kann weg\"]\n");
    desk.outlook().rename(ZU_LOESCHEN, "INBOX/Agentur Kiel/KANN WEG");
    desk.rounds(4);
    desk.expect_life(&HANDED_OVER, &MARKED);
    desk.expect_quiet();
}

#[test]
fn a_mark_folder_may_come_later() {
    let desk = Desk::new(&[mails::to("Kiel", 1)]);
    desk.rounds(2);
    let later = "INBOX/Agentur Kiel/EZ bearbeitet";
    desk.outlook().create(later);
    desk.mark(KIEL, later);
    desk.expect_life(&HANDED_OVER, &["bearbeitet eingangszone kiel"]);
    desk.expect_quiet();
}

#[test]
fn a_mark_folder_may_get_another_uidvalidity() {
    let desk = marked();
    let before = desk.account.client().examine(ZU_LOESCHEN).uid_validity;
    desk.outlook().remake(ZU_LOESCHEN);
    assert_ne!(desk.account.client().examine(ZU_LOESCHEN).uid_validity, before);
    desk.rounds(4);
    desk.expect_life(&HANDED_OVER, &MARKED);
    desk.expect_quiet();
}

#[test]
fn what_lay_in_a_mark_folder_before_the_first_look_is_not_counted() {
    let desk = Desk::new(&[]);
    desk.outlook().file(BEARBEITET, &[mails::to("Kiel", 1)]);
    desk.rounds(3);
    desk.expect_lives(&[]);
    desk.outlook().file(BEARBEITET, &[mails::to("Kiel", 2)]);
    desk.rounds(2);
    desk.expect_lives(&[&["eingegangen unbekannt", "uebergeben sc kiel (direkt)", "bearbeitet eingangszone kiel"]]);
    desk.expect_quiet();
}

#[test]
fn what_is_from_before_our_time_is_never_counted_wherever_it_goes() {
    let desk = Desk::exchange(exchange(Renumbers::OnEdit), &[], "");
    desk.outlook().file(BEARBEITET, &[mails::to("Kiel", 1)]);
    desk.rounds(2);
    desk.handle(BEARBEITET);
    desk.rounds(2);
    desk.mark(BEARBEITET, ZU_LOESCHEN);
    desk.outlook().remake(ZU_LOESCHEN);
    desk.rounds(2);
    desk.outlook().rename(ZU_LOESCHEN, UNKNOWN);
    desk.rounds(2);
    desk.outlook().rename(UNKNOWN, ZU_LOESCHEN);
    desk.rounds(2);
    desk.mark(ZU_LOESCHEN, KIEL);
    desk.mark(KIEL, BEARBEITET);
    desk.expect_lives(&[]);
    desk.expect_quiet();
}

#[test]
fn a_folder_of_the_service_center_that_nobody_named_is_not_seen() {
    let desk = Desk::new(&[mails::to("niemand", 1)]);
    desk.once();
    let theirs = "INBOX/Ungeklärt/Frau Meier";
    desk.outlook().create(theirs);
    desk.drag(INBOX, theirs);
    let said = desk.once().stderr;
    assert!(said.contains("sc_ordner") && !said.contains("Meier"), "{said}");
    desk.rounds(3);
    let kept = ledger::all_bytes(&desk.config.state_dir());
    assert!(!kept.windows(5).any(|bytes| bytes == b"Meier"), "the name of a folder is kept");
}
