use super::*;
use crate::rules::test_support::{self, LAGE};

fn read(text: &str) -> Bloecke {
    let rules = test_support::rules();
    let message = test_support::mail().with_text(text);
    let mail = crate::rules::prepare::Prepared::new(&message, &LAGE, rules.stammdaten(), &rules.regeln.begriffe);
    mail.bloecke()[0].clone()
}

#[test]
fn every_way_of_marking_is_read() {
    use BlockArt::{Einleitung, Kopfzeilen, Weiterleitung};
    let outlook = "zur Bearbeitung\n\n-----Ursprüngliche Nachricht-----\nVon: Y. Saurbier <y@gmx.example>\n\
        Gesendet: Montag, 15. April 2024 18:40\nAn: _BA-Bonn <Bonn@arbeitsagentur.example>\nBetreff: Kurs\n\nHallo";
    let thunderbird = "-------- Weitergeleitete Nachricht --------\nBetreff: \tSperrzeit\nDatum: \tMon, 8 Apr 2024\n\
        Von: \tK. R. <y@gmx.example>\nAn: \tBonn@arbeitsagentur.example\n\n\nich habe";
    let gmail = "---------- Forwarded message ---------\nVon: Y <y@gmx.example>\nDate: Mo.\nSubject: x\n\
        To: <bonn@arbeitsagentur.example>\n\n\nHallo";
    let english = "From: Y [mailto:y@gmx.example]\nSent: Monday\nTo: Bonn@arbeitsagentur.example;\n Kalle <k@x.example>\n\
        Subject: x\n\nHallo";
    let stars = "*Von:* Y <y@gmx.example>\n*Gesendet:* Montag\n*An:* Bonn@arbeitsagentur.example\n*Betreff:* x\n";
    let quoted =
        "> Von: Y <y@gmx.example>\n> Gesendet: Montag\n> An: Bonn@arbeitsagentur.example\n> Betreff: x\n>\n> Hallo";
    let spaced = "Von: Y <y@gmx.example>\n\nGesendet: Montag\n\nAn: Bonn@arbeitsagentur.example\n\nBetreff: x\n\nHallo";
    for (text, art) in [
        (outlook, Kopfzeilen),
        (thunderbird, Weiterleitung),
        (gmail, Weiterleitung),
        (english, Kopfzeilen),
        (stars, Kopfzeilen),
        (quoted, Kopfzeilen),
        (spaced, Kopfzeilen),
    ] {
        let found = read(text);
        assert_eq!(found.bloecke.len(), 1, "{text}\n{found:?}");
        let block = &found.bloecke[0];
        assert_eq!((block.art, block.absender.as_slice()), (art, &["y@gmx.example".to_owned()][..]), "{text}");
        assert_eq!(block.empfaenger[0], "bonn@arbeitsagentur.example", "{text}");
    }
    for text in [
        "ok\n\nAm 15.04.2024 um 11:47 schrieb Y <y@gmx.example>:\n> Guten Tag",
        "Am Mo., 15. Apr. 2024 um 11:47 Uhr schrieb Agentur für Arbeit in Bonn <\ny@gmx.example>:\n> x",
        "On Mon, Apr 15, 2024 at 11:47 AM Y <y@gmx.example> wrote:\n> x",
        "Am Montag, 15. April 2024 um 11:47:30 MESZ hat Y <y@gmx.example> Folgendes geschrieben:\nx",
        "> Am 15.04.24 schrieb y@gmx.example:\n>> x",
    ] {
        let found = read(text);
        assert_eq!(found.bloecke.len(), 1, "{text}\n{found:?}");
        assert_eq!(found.bloecke[0].art, Einleitung, "{text}");
        assert_eq!(found.bloecke[0].absender, ["y@gmx.example"], "{text}");
    }
}

#[test]
fn running_text_is_no_block() {
    for text in [
        "Von: Bonn\nAn: Köln\nich fahre",
        "Von: y@gmx.example",
        "Am 15. schrieb ich an Bonn@arbeitsagentur.example, aber niemand antwortete.",
        "Am 15. schrieb mir die Dame von Bonn@arbeitsagentur.example folgendes",
        "An: a@x.example\nBetreff: x\nDatum: y",
        "",
    ] {
        assert!(read(text).bloecke.is_empty(), "{text}");
    }
    let sentence = read("Am 15. schrieb mir die Dame von Bonn@arbeitsagentur.example folgendes:\nx");
    assert!(sentence.bloecke.iter().all(|block| block.absender.is_empty()), "{sentence:?}");
}

#[test]
fn the_words_of_each_block_are_its_own() {
    let text = "Vorwort\nVon: a@x.example\nGesendet: 1\nAn: b@x.example\nBetreff: 1\n\nerste\n\
        Am 3.4. schrieb <c@x.example>:\n> zweite\n";
    let found = read(text);
    let words: Vec<&str> = found.bloecke.iter().map(|block| text[block.text.clone()].trim()).collect();
    assert_eq!(words, ["erste", "> zweite"]);
}

#[test]
fn bounds_mean_doubt() {
    let block = "Von: a@x.example\nGesendet: 1\nAn: b@x.example\nBetreff: 1\n\nx\n";
    assert!(!read(&block.repeat(50)).ueberlauf);
    assert!(read(&block.repeat(51)).ueberlauf);
    let crowd = "b@x.example, ".repeat(300);
    assert!(read(&format!("Von: a@x.example\nGesendet: 1\nAn: {crowd}\nBetreff: 1\n\nx\n")).ueberlauf);
}

#[test]
fn hostile_texts_take_linear_time() {
    for part in ["An: x\n", "Am \n", "Am x schrieb\n", "> ", "Von:", "-", "Von: a@b\nAn: c@d\nx\n"] {
        read(&part.repeat(128 * 1024 / part.len()));
    }
}
