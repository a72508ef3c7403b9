//! What the mark folders say.

use crate::desk::{BEARBEITET, BEARBEITET_AU, Desk, IN_BEARBEITUNG, KIEL, ZU_LOESCHEN};
use crate::support::mails;
use crate::way::{further_way, walk, way};

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
