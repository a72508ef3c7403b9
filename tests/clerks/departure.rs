//! What is gone, and what comes back.

use crate::desk::{ABLAGE, BEARBEITET, Desk, HANDED_OVER, INBOX, KIEL, UNRESOLVED, ZU_LOESCHEN, at_each_exchange};
use crate::support::exchange::profile::Profile;
use crate::support::mails;

/// It counts as gone after two complete rounds that began after it was missed, and not before.
const UNTIL_GONE: usize = 3;

#[test]
fn geloescht_after_bearbeitet() {
    at_each_exchange(&[mails::to("Kiel", 1)], |desk| {
        desk.once();
        desk.mark(KIEL, BEARBEITET);
        desk.delete(BEARBEITET);
        desk.rounds(UNTIL_GONE - 1);
        desk.expect_life(&HANDED_OVER, &["bearbeitet eingangszone kiel"]);
        desk.once();
        desk.expect_life(&HANDED_OVER, &["bearbeitet eingangszone kiel", "geloescht unbekannt kiel"]);
        desk.expect_quiet();
    });
}

#[test]
fn geloescht_after_zu_loeschen() {
    at_each_exchange(&[mails::to("Kiel", 1)], |desk| {
        desk.once();
        desk.mark(KIEL, ZU_LOESCHEN);
        desk.delete(ZU_LOESCHEN);
        desk.rounds(UNTIL_GONE);
        desk.expect_life(
            &HANDED_OVER,
            &[
                "bearbeitet eingangszone kiel (impliziert)",
                "loeschvorgemerkt eingangszone kiel",
                "geloescht unbekannt kiel",
            ],
        );
        desk.expect_quiet();
    });
}

#[test]
fn verschwunden_is_what_is_gone_without_a_mark() {
    at_each_exchange(&[mails::to("Kiel", 1)], |desk| {
        desk.once();
        desk.handle(KIEL);
        desk.once();
        desk.delete(KIEL);
        desk.rounds(UNTIL_GONE - 1);
        desk.expect_life(&HANDED_OVER, &[]);
        desk.once();
        desk.expect_life(&HANDED_OVER, &["verschwunden unbekannt kiel"]);
        desk.expect_quiet();
    });
}

#[test]
fn verschwunden_out_of_inbox() {
    at_each_exchange(&[mails::to("niemand", 1)], |desk| {
        desk.once();
        desk.delete(INBOX);
        desk.rounds(UNTIL_GONE);
        desk.expect_life(&UNRESOLVED, &["verschwunden unbekannt"]);
        desk.expect_quiet();
    });
}

#[test]
fn wiedergesehen_after_verschwunden() {
    at_each_exchange(&[mails::to("Kiel", 1)], |desk| {
        desk.once();
        desk.drag(KIEL, ABLAGE);
        desk.rounds(UNTIL_GONE);
        desk.mark(ABLAGE, KIEL);
        desk.expect_life(&HANDED_OVER, &["verschwunden unbekannt kiel", "wiedergesehen unbekannt kiel"]);
        desk.expect_quiet();
    });
}

#[test]
fn wiedergesehen_after_geloescht() {
    at_each_exchange(&[mails::to("Kiel", 1)], |desk| {
        desk.once();
        desk.mark(KIEL, BEARBEITET);
        desk.drag(BEARBEITET, ABLAGE);
        desk.rounds(UNTIL_GONE);
        desk.mark(ABLAGE, BEARBEITET);
        let events = ["bearbeitet eingangszone kiel", "geloescht unbekannt kiel", "wiedergesehen unbekannt kiel"];
        desk.expect_life(&HANDED_OVER, &events);
        desk.expect_quiet();
    });
}

#[test]
fn wiedergesehen_in_time_is_no_event() {
    at_each_exchange(&[mails::to("Kiel", 1)], |desk| {
        desk.once();
        desk.mark(KIEL, BEARBEITET);
        desk.drag(BEARBEITET, ABLAGE);
        desk.rounds(UNTIL_GONE - 1);
        desk.mark(ABLAGE, BEARBEITET);
        desk.expect_life(&HANDED_OVER, &["bearbeitet eingangszone kiel"]);
        desk.expect_quiet();
    });
}

#[test]
fn geloescht_where_something_comes_and_goes_inside_every_command() {
    let desk = Desk::exchange(Profile::exchange_2016(), &[mails::to("Kiel", 1)], "");
    desk.once();
    desk.mark(KIEL, BEARBEITET);
    desk.delete(BEARBEITET);
    desk.rounds(UNTIL_GONE);
    desk.expect_life(&HANDED_OVER, &["bearbeitet eingangszone kiel", "geloescht unbekannt kiel"]);
}
