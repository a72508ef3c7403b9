//! Marks that are no folders: the follow-up flag, keywords, and categories in the header.

use crate::desk::{Desk, HANDED_OVER, KIEL, exchange};
use crate::support::exchange::profile::{Profile, Renumbers};
use crate::support::imap_client::Mail;
use crate::support::{binary, mails};

const DONE: &str = "bearbeitet eingangszone kiel";
const REOPENED: &str = "wiedereroeffnet eingangszone kiel";
const HEADER: &str = "kennzeichen_leser = [\"keywords_kopfzeile\"]\nkeywords_kopfzeile_geprueft = 2024-04-10";

/// A mail whose sender has written such a field.
fn with_keywords(words: &str) -> Mail {
    let mut mail = mails::to("Kiel", 1);
    mail.bytes = [format!("Keywords: {words}\r\n").as_bytes(), &mail.bytes].concat();
    mail
}

#[test]
fn the_follow_up_flag() {
    for renumbers in [Renumbers::OnFlag, Renumbers::Never] {
        let desk = Desk::exchange(exchange(renumbers), &[mails::to("Kiel", 1)], "kennzeichen_leser = [\"markierung\"]");
        desk.once();
        let uid = desk.only(KIEL);
        let uid = desk.outlook().flag(KIEL, uid);
        desk.once();
        desk.expect_life(&HANDED_OVER, &[]);
        desk.once();
        desk.expect_life(&HANDED_OVER, &[DONE]);
        desk.expect_quiet();
        desk.outlook().unflag(KIEL, uid);
        desk.rounds(2);
        desk.expect_life(&HANDED_OVER, &[DONE, REOPENED]);
        desk.expect_quiet();
    }
}

#[test]
fn a_flag_says_nothing_where_nobody_reads_it() {
    let desk = Desk::new(&[mails::to("Kiel", 1)]);
    desk.once();
    let uid = desk.only(KIEL);
    desk.outlook().flag(KIEL, uid);
    let mut client = desk.account.client();
    client.select(KIEL);
    client.store(&[uid], "+FLAGS", "EZ_Bearbeitet");
    desk.rounds(2);
    desk.expect_life(&HANDED_OVER, &[]);
    desk.expect_quiet();
}

#[test]
fn keywords() {
    let desk = Desk::with(&[mails::to("Kiel", 1)], "kennzeichen_leser = [\"schluesselwort\"]");
    desk.once();
    let uid = desk.only(KIEL);
    let store = |item: &str, word: &str| {
        let mut client = desk.account.client();
        client.select(KIEL);
        client.store(&[uid], item, word);
        desk.rounds(2);
    };
    store("+FLAGS", "EZ_Bearbeitet");
    desk.expect_life(&HANDED_OVER, &[DONE]);
    store("-FLAGS", "EZ_Bearbeitet");
    desk.expect_life(&HANDED_OVER, &[DONE, REOPENED]);
    store("+FLAGS", "Irgendetwas \\Flagged");
    desk.expect_life(&HANDED_OVER, &[DONE, REOPENED]);
    store("+FLAGS", "ez-zu-loeschen");
    let life = [DONE, REOPENED, "bearbeitet eingangszone kiel (impliziert)", "loeschvorgemerkt eingangszone kiel"];
    desk.expect_life(&HANDED_OVER, &life);
    desk.expect_quiet();
}

#[test]
fn categories_in_the_header() {
    for renumbers in [Renumbers::OnCategory, Renumbers::Never] {
        let profile = Profile { shows_categories: true, ..exchange(renumbers) };
        let desk = Desk::exchange(profile, &[mails::to("Kiel", 1)], HEADER);
        desk.once();
        let uid = desk.only(KIEL);
        let uid = desk.outlook().categorise(KIEL, uid, "EZ Bearbeitet");
        desk.once();
        desk.expect_life(&HANDED_OVER, &[]);
        desk.once();
        desk.expect_life(&HANDED_OVER, &[DONE]);
        desk.expect_quiet();
        desk.outlook().uncategorise(KIEL, uid, "EZ Bearbeitet");
        desk.rounds(2);
        desk.expect_life(&HANDED_OVER, &[DONE, REOPENED]);
        desk.expect_quiet();
    }
}

#[test]
fn what_the_sender_wrote_is_no_mark() {
    for renumbers in [Renumbers::OnCategory, Renumbers::Never] {
        let profile = Profile { shows_categories: true, ..exchange(renumbers) };
        let desk = Desk::exchange(profile, &[with_keywords("EZ Bearbeitet")], HEADER);
        desk.rounds(3);
        desk.expect_life(&HANDED_OVER, &[]);
        desk.handle(KIEL);
        desk.rounds(2);
        desk.expect_life(&HANDED_OVER, &[]);
        // A clerk says something else.
        let uid = desk.only(KIEL);
        desk.outlook().categorise(KIEL, uid, "EZ Zu loeschen");
        desk.rounds(2);
        desk.expect_life(
            &HANDED_OVER,
            &["bearbeitet eingangszone kiel (impliziert)", "loeschvorgemerkt eingangszone kiel"],
        );
        desk.expect_quiet();
    }
}

#[test]
fn what_the_sender_of_a_mail_in_the_folder_of_an_agentur_wrote_is_no_mark() {
    let desk = Desk::with(&[], HEADER);
    desk.once();
    desk.outlook().file(KIEL, &[with_keywords("EZ Bearbeitet")]);
    desk.rounds(3);
    desk.expect_life(&["eingegangen unbekannt"], &["uebergeben sc kiel (direkt)"]);
    desk.expect_quiet();
}

#[test]
fn the_header_is_read_only_where_that_was_tested() {
    let desk = Desk::with(&[], "kennzeichen_leser = [\"keywords_kopfzeile\"]");
    let outcome = binary::run(&["check"], &desk.config.file()).expect_code(2);
    let said = outcome.stdout + &outcome.stderr;
    assert!(said.contains("keywords_kopfzeile_geprueft"), "{said}");
}
