//! Very many at once.

use crate::desk::{BEARBEITET, Desk, KIEL};
use crate::support::imap_client::Mail;
use crate::support::{ledger, mails};

const MANY: usize = 5_000;

fn post(count: usize) -> Vec<Mail> {
    (0..count).map(|number| mails::to("Kiel", number)).collect()
}

#[test]
fn five_thousand_are_marked_at_once() {
    let desk = Desk::new(&[]);
    desk.outlook().file(KIEL, &post(MANY));
    desk.rounds(2);
    desk.outlook().drag_all(KIEL, BEARBEITET);
    desk.rounds(2);
    let all = ["eingegangen", "uebergeben", "bearbeitet"].map(|art| desk.count(art));
    assert_eq!(all, [MANY as u64; 3]);
    let events = ledger::number(&desk.config.state_dir(), "SELECT count(*) FROM event");
    assert_eq!(events, 3 * MANY as u64, "there is nothing else");
    desk.expect_quiet();
}

#[test]
fn a_folder_is_emptied() {
    let desk = Desk::new(&post(40));
    desk.once();
    desk.outlook().drag_all(KIEL, BEARBEITET);
    desk.rounds(2);
    desk.account.deliver(&(40..60).map(|number| mails::to("Kiel", number)).collect::<Vec<_>>());
    desk.once();
    desk.outlook().empty(KIEL);
    desk.outlook().empty(BEARBEITET);
    desk.rounds(3);
    let counts = ["uebergeben", "bearbeitet", "geloescht", "verschwunden"].map(|art| desk.count(art));
    assert_eq!(counts, [60, 40, 40, 20]);
    desk.expect_quiet();
}
