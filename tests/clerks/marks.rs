//! What the mark folders say.

use crate::desk::{BEARBEITET, BEARBEITET_AU, Desk, HANDED_OVER, IN_BEARBEITUNG, KIEL, ZU_LOESCHEN, at_each_exchange};
use crate::support::mails;

/// A mail that the program has handed over to Kiel takes this way through the mark folders.
#[track_caller]
fn way(folders: &[&str], expected: &[&str]) {
    at_each_exchange(&[mails::to("Kiel", 1)], |desk| walk(desk, folders, expected));
}

/// The same where numbers stay: what is no row of the table is shown once.
#[track_caller]
fn further_way(folders: &[&str], expected: &[&str]) {
    walk(&Desk::new(&[mails::to("Kiel", 1)]), folders, expected);
}

#[track_caller]
fn walk(desk: &Desk, folders: &[&str], expected: &[&str]) {
    desk.once();
    let mut from = KIEL;
    for to in folders {
        desk.mark(from, to);
        from = to;
    }
    desk.expect_life(&HANDED_OVER, expected);
    desk.expect_quiet();
}

#[test]
fn in_bearbeitung() {
    way(&[IN_BEARBEITUNG], &["in_bearbeitung eingangszone kiel"]);
}

#[test]
fn in_bearbeitung_taken_away() {
    way(&[IN_BEARBEITUNG, KIEL], &["in_bearbeitung eingangszone kiel", "bearbeitung_beendet eingangszone kiel"]);
}

#[test]
fn bearbeitet() {
    way(&[BEARBEITET], &["bearbeitet eingangszone kiel"]);
}

#[test]
fn bearbeitet_after_in_bearbeitung() {
    further_way(&[IN_BEARBEITUNG, BEARBEITET], &["in_bearbeitung eingangszone kiel", "bearbeitet eingangszone kiel"]);
}

#[test]
fn bearbeitet_au() {
    way(&[BEARBEITET_AU], &["bearbeitet eingangszone kiel (au)"]);
}

#[test]
fn bearbeitet_au_corrects_the_vorgangsart() {
    further_way(
        &[BEARBEITET, BEARBEITET_AU, BEARBEITET],
        &[
            "bearbeitet eingangszone kiel",
            "vorgangsart_berichtigt eingangszone kiel (au)",
            "vorgangsart_berichtigt eingangszone kiel",
        ],
    );
}

#[test]
fn wiedereroeffnet() {
    way(&[BEARBEITET, KIEL], &["bearbeitet eingangszone kiel", "wiedereroeffnet eingangszone kiel"]);
}

#[test]
fn wiedereroeffnet_by_in_bearbeitung() {
    further_way(
        &[BEARBEITET, IN_BEARBEITUNG],
        &["bearbeitet eingangszone kiel", "wiedereroeffnet eingangszone kiel", "in_bearbeitung eingangszone kiel"],
    );
}

#[test]
fn zu_loeschen_after_bearbeitet() {
    way(&[BEARBEITET, ZU_LOESCHEN], &["bearbeitet eingangszone kiel", "loeschvorgemerkt eingangszone kiel"]);
}

#[test]
fn zu_loeschen_implies_bearbeitet() {
    way(&[ZU_LOESCHEN], &["bearbeitet eingangszone kiel (impliziert)", "loeschvorgemerkt eingangszone kiel"]);
}

#[test]
fn zu_loeschen_that_implies_nothing() {
    let desk = Desk::new(&[mails::to("Kiel", 1)]);
    desk.config.replace("[kennzeichen]\n", "[kennzeichen]\nloeschen_impliziert_bearbeitet = false\n");
    walk(&desk, &[ZU_LOESCHEN], &["loeschvorgemerkt eingangszone kiel"]);
}

#[test]
fn zu_loeschen_taken_back() {
    further_way(
        &[ZU_LOESCHEN, BEARBEITET, KIEL],
        &[
            "bearbeitet eingangszone kiel (impliziert)",
            "loeschvorgemerkt eingangszone kiel",
            "vormerkung_aufgehoben eingangszone kiel",
            "wiedereroeffnet eingangszone kiel",
        ],
    );
}
