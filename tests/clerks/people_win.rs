//! What a person moved is never moved again by rules.

use crate::desk::{
    BEARBEITET, Desk, FLENSBURG, HANDED_OVER, INBOX, KIEL, UNGEKLAERT, at_each_exchange, at_each_exchange_with,
    exchange,
};
use crate::support::exchange::profile::{Profile, Renumbers};
use crate::support::{binary, ledger, mails};

const GIVEN_BACK: &str = "zurueckgegeben eingangszone kiel <kiel";
const SHADOW: &str = "betriebsart = \"schatten\"";

/// The mail lies in INBOX and is left there, however often the program starts and whatever numbers change.
#[track_caller]
fn expect_left(desk: &Desk) {
    for _ in 0..2 {
        desk.expect_quiet();
        desk.handle(INBOX);
    }
    desk.expect_quiet();
    assert_eq!(desk.counts([INBOX, KIEL, FLENSBURG]), [1, 0, 0]);
}

#[test]
fn dragged_to_inbox() {
    at_each_exchange(&[mails::to("Kiel", 1)], |desk| {
        desk.once();
        desk.drag(KIEL, INBOX);
        desk.once();
        expect_left(desk);
        desk.expect_life(&HANDED_OVER, &[GIVEN_BACK]);
    });
}

#[test]
fn dragged_to_an_inbox_that_gets_another_uidvalidity() {
    let desk = Desk::exchange(exchange(Renumbers::OnEdit), &[mails::to("Kiel", 1)], "");
    desk.once();
    desk.drag(KIEL, INBOX);
    desk.once();
    desk.reach_through(Profile { inbox_uidvalidity: 15, ..exchange(Renumbers::OnEdit) });
    desk.once();
    expect_left(&desk);
    desk.expect_life(&HANDED_OVER, &[GIVEN_BACK]);
}

#[test]
fn moved_to_the_wrong_agentur_and_back_to_inbox() {
    at_each_exchange_with(&[mails::to("Kiel", 1)], SHADOW, |desk| {
        desk.once();
        desk.mark(INBOX, FLENSBURG);
        desk.drag(FLENSBURG, INBOX);
        desk.once();
        desk.config.replace("schatten", "betrieb");
        desk.once();
        expect_left(desk);
        let events = ["uebergeben sc flensburg (manuell)", "zurueckgegeben eingangszone flensburg <flensburg"];
        desk.expect_life(&HANDED_OVER[..2], &events);
    });
}

#[test]
fn moved_to_an_agentur_before_anybody_looked_and_back_to_inbox() {
    let desk = Desk::new(&[mails::to("Kiel", 1)]);
    desk.drag(INBOX, FLENSBURG);
    desk.rounds(2);
    desk.drag(FLENSBURG, INBOX);
    desk.once();
    expect_left(&desk);
    desk.expect_life(
        &["eingegangen unbekannt"],
        &["uebergeben sc flensburg (direkt)", "zurueckgegeben eingangszone flensburg <flensburg"],
    );
}

#[test]
fn given_back_by_way_of_a_folder_of_the_service_center() {
    at_each_exchange(&[mails::to("Kiel", 1)], |desk| {
        desk.once();
        desk.mark(KIEL, UNGEKLAERT);
        desk.drag(UNGEKLAERT, INBOX);
        desk.once();
        expect_left(desk);
        desk.expect_life(&HANDED_OVER, &[GIVEN_BACK]);
    });
}

#[test]
fn put_aside_by_the_service_center_and_back() {
    at_each_exchange_with(&[mails::to("Kiel", 1)], SHADOW, |desk| {
        desk.once();
        desk.mark(INBOX, UNGEKLAERT);
        desk.drag(UNGEKLAERT, INBOX);
        desk.once();
        desk.config.replace("schatten", "betrieb");
        desk.once();
        expect_left(desk);
        desk.expect_life(&HANDED_OVER[..2], &[]);
    });
}

#[test]
fn given_back_so_long_ago_that_its_pseudonym_has_expired() {
    let desk = Desk::exchange(exchange(Renumbers::OnEdit), &[mails::to("Kiel", 1)], "");
    desk.once();
    desk.drag(KIEL, INBOX);
    desk.once();
    desk.config.replace("[dienst]", "[aufbewahrung]\nhashes_hoechstens_tage = 30\n\n[dienst]");
    let deleted = binary::run(&["aufbewahrung", "--ausfuehren"], &desk.config.file()).expect_code(0);
    assert_eq!(
        ledger::number(&desk.config.state_dir(), "SELECT count(*) FROM vorgang WHERE entlinkt = 1"),
        1,
        "{deleted:?}"
    );
    desk.handle(INBOX);
    desk.once();
    assert_eq!(
        desk.counts([INBOX, KIEL, FLENSBURG]),
        [1, 0, 0],
        "a mail that nobody knows any more stays for a person"
    );
}

#[test]
fn dragged_to_inbox_from_where_it_lay_before_our_time() {
    let desk = Desk::new(&[]);
    desk.outlook().file(BEARBEITET, &[mails::to("Kiel", 1)]);
    desk.rounds(2);
    desk.drag(BEARBEITET, INBOX);
    desk.once();
    expect_left(&desk);
}
