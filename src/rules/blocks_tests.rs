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

fn zeichen() -> &'static Zitatzeichen {
    &test_support::rules().regeln.begriffe.zeichen
}

/// How many blocks, the address of the last one's sender, and whether there was more.
fn last_of(text: &str) -> (usize, Option<String>, bool) {
    let found = zeichen().read(text);
    let sender = found.bloecke.last().and_then(|block| block.absender.first().cloned());
    (found.bloecke.len(), sender, found.ueberlauf)
}

#[test]
fn lines_and_their_marks() {
    let said: Vec<(usize, &str, bool)> =
        lines("ä \n> > b\r\n  >c\n\n d").into_iter().map(|line| (line.start, line.said, line.is_marked)).collect();
    assert_eq!(said, [(0, "ä", false), (4, "b", true), (11, "c", true), (16, "", false), (17, "d", false)]);
    assert!(lines("").is_empty());
}

#[test]
fn small_signs() {
    for (above, line, goes_on) in [
        (Some(""), "x", true),
        (Some("a,"), "x", true),
        (Some("a;"), "x", true),
        (Some("a <"), "x", true),
        (Some("a"), "x", false),
        (Some("a"), "; x", true),
        (Some("a"), ", x", true),
        (None, "x", false),
        (None, ",", true),
    ] {
        assert_eq!(continues(above, line), goes_on, "{above:?} {line:?}");
    }
    for (text, is_time) in [
        ("um 11:47 x", true),
        ("11:47", true),
        ("1:47 x", false),
        ("x1:47", false),
        ("11:4x", false),
        ("11:x7", false),
        ("11.47", false),
        ("x1x:47", false),
        ("1:4", false),
        ("", false),
    ] {
        assert_eq!(names_a_time(text), is_time, "{text}");
    }
    assert_eq!(bounded(&"x".repeat(201)).len(), 200);
    assert_eq!(bounded(&format!("{}ä", "x".repeat(199))).len(), 199);
    assert_eq!(bounded("Ott"), "Ott");
}

#[test]
fn lines_that_announce_a_copied_message() {
    for (line, forwarded, rule) in [
        ("-------- Weitergeleitete Nachricht --------", true, false),
        ("- Weitergeleitete Nachricht", true, false),
        ("Weitergeleitete Nachricht:", true, false),
        ("Weitergeleitete Nachricht -", true, false),
        ("Weitergeleitete Nachricht", false, false),
        ("- Weitergeleitete Nachricht an x -", false, false),
        ("-----Ursprüngliche Nachricht-----", false, true),
        ("Ursprüngliche Nachricht", false, true),
        ("___", false, true),
        ("-=*_", false, true),
        ("__", false, false),
        ("___x", false, false),
    ] {
        assert_eq!((zeichen().says_forwarded(line), zeichen().is_rule(line)), (forwarded, rule), "{line}");
    }
    let long = |dashes: usize| format!("{}Original Message", "-".repeat(dashes));
    assert!(zeichen().is_rule(&long(600 - 16)) && !zeichen().is_rule(&long(601 - 16)));
}

#[test]
fn labels_and_their_values() {
    let label = |line: &'static str| zeichen().label(line);
    assert_eq!(label("Von: Y <y@x.example>"), Some((Label::Absender, "Y <y@x.example>")));
    assert_eq!(label("*Von:* Y | "), Some((Label::Absender, "Y")));
    assert_eq!(label("_ an _:x"), Some((Label::Empfaenger, "x")));
    assert_eq!(label("Von Y"), None);
    assert_eq!(label("Bald: x"), None);
    let far = |blanks: usize| format!("Von{}: x", " ".repeat(blanks));
    assert!(zeichen().label(&far(36)).is_some() && zeichen().label(&far(37)).is_none());
}

#[test]
fn how_much_makes_a_block() {
    let y = || Some("y@x.example".to_owned());
    for (text, expected) in [
        ("Von: y@x.example\nAn: b@x.example\nx", (0, None, false)),
        ("Von: y@x.example\nAn: b@x.example\nCc: c@x.example\nx", (0, None, false)),
        ("Von: y@x.example\nAn: b@x.example\nBetreff: x\nx", (1, y(), false)),
        ("Weitergeleitete Nachricht:\nVon: y@x.example\nx", (0, None, false)),
        ("Weitergeleitete Nachricht:\nVon: y@x.example\nAn: b@x.example\nx", (1, y(), false)),
        ("Weitergeleitete Nachricht:\n\nVon: y@x.example\nAn: b@x.example\nx", (1, y(), false)),
        // Words between mark and head take the mark's meaning away.
        ("Weitergeleitete Nachricht:\nx\nVon: y@x.example\nAn: b@x.example\nx", (0, None, false)),
        // One empty line may stand between fields, not two, and nothing else.
        ("Von: y@x.example\n\nAn: b@x.example\n\nBetreff: x", (1, y(), false)),
        ("Von: y@x.example\n\n\nAn: b@x.example\n\nBetreff: x", (0, None, false)),
        ("Von: y@x.example\nx\nAn: b@x.example\nBetreff: x", (0, None, false)),
        ("Von:\ny@x.example\nAn: b@x.example\nBetreff: x", (1, y(), false)),
        ("Von:\n\ny@x.example\nAn: b@x.example\nBetreff: x", (0, None, false)),
        // The sender of the first such line is meant, and all addresses count.
        ("Betreff: x\nVon: y@x.example\nAn: b@x.example", (1, y(), false)),
    ] {
        assert_eq!(last_of(text), expected, "{text}");
    }
    let head = "Von: a@x.example\nAn: b@x.example,\n c@x.example\nCc: d@x.example\nBetreff: x\n\nAm Ende: x";
    let block = &read(head).bloecke[0];
    assert_eq!(block.empfaenger, ["b@x.example", "c@x.example", "d@x.example"]);
    assert_eq!((block.absender_wortlaut.as_str(), &head[block.text.clone()]), ("a@x.example", "\nAm Ende: x"));
    let two = read("Von: Eva <a@x.example>\nVon: Ott <b@x.example>\nAn: c@x.example\nBetreff: x\n");
    assert_eq!(two.bloecke[0].absender, ["a@x.example", "b@x.example"]);
    assert_eq!(two.bloecke[0].absender_wortlaut, "Eva <a@x.example>");
}

#[test]
fn long_heads_are_cut_with_doubt() {
    let head = |lines: usize| format!("Von: a@x.example\nAn: b@x.example\n{}", "Betreff: x\n".repeat(lines - 2));
    for (text, blocks, doubt) in [
        (head(60), 1, false),
        (head(60) + "\nx", 1, true),
        (head(59) + "x\n", 1, false),
        (head(59) + "x\ny\nz\n", 1, false),
        (head(61), 1, true),
        // Many lines without a sender are no block, and nobody knows what the next ones would have been.
        ("An: x\n".repeat(60), 0, false),
        ("An: x\n".repeat(61), 0, true),
        // Cut in the middle of a list of addresses.
        (format!("Von: a@x.example\nBetreff: x\nAn:\n{}", "b@x.example,\n".repeat(57)), 1, false),
        (format!("Von: a@x.example\nBetreff: x\nAn:\n{}", "b@x.example,\n".repeat(58)), 1, true),
    ] {
        let found = zeichen().read(&text);
        assert_eq!((found.bloecke.len(), found.ueberlauf), (blocks, doubt), "{} lines", text.lines().count());
    }
    let crowd = |count: usize| format!("Von: {}\nAn: b@x.example\nBetreff: 1\n", vec!["a@x.example"; count].join(", "));
    assert!(!zeichen().read(&crowd(200)).ueberlauf && zeichen().read(&crowd(201)).ueberlauf);
}

#[test]
fn where_a_head_begins() {
    let head = "Von: a@x.example\nAn: b@x.example\nBetreff: x\n";
    for (above, belongs) in [
        ("-----Ursprüngliche Nachricht-----\n", true),
        ("______\n", true),
        ("______\n\n", true),
        ("Weitergeleitete Nachricht:\n", true),
        ("______\nGruß\n", false),
        ("Gruß\n", false),
    ] {
        let text = format!("Vorwort\n{above}{head}x");
        let found = zeichen().read(&text);
        let expected = "Vorwort\n".len() + if belongs { 0 } else { above.len() };
        assert_eq!(found.bloecke[0].kopf, expected, "{above}");
    }
    let twice = format!("______\n{head}x\n{head}y");
    let begins: Vec<usize> = zeichen().read(&twice).bloecke.iter().map(|block| block.kopf).collect();
    assert_eq!(begins, [0, "______\n".len() + head.len() + "x\n".len()]);
    let forwarded = format!("Weitergeleitete Nachricht:\n{head}x\n{head}y");
    let arten: Vec<BlockArt> = zeichen().read(&forwarded).bloecke.iter().map(|block| block.art).collect();
    assert_eq!(arten, [BlockArt::Weiterleitung, BlockArt::Kopfzeilen]);
}

#[test]
fn introductions_listed_and_unlisted() {
    let y = || Some("y@x.example".to_owned());
    for (text, expected) in [
        ("Y <y@x.example> schrieb am 3.4.:\nx", (1, y(), false)),
        ("am 3.4. schrieb Y <y@x.example>:\nx", (1, y(), false)),
        // Over three lines, not over four, and not over an empty one.
        ("Am 3.4.\nschrieb Y\n<y@x.example>:\nx", (1, y(), false)),
        ("Am 3.4.\nschrieb\nY\n<y@x.example>:\nx", (1, None, false)),
        ("um 11:47\nY <y@x.example>:\n> x", (1, y(), false)),
        ("um 11:47\n\nY <y@x.example>:\n> x", (0, None, false)),
        // A broken address is put together.
        ("Am 3.4. schrieb Y <\ny@x.example>:\nx", (1, y(), false)),
        // A form that nobody listed: its sender is known only where marked words follow.
        ("3.4., 11:47, <y@x.example>:\n> x", (1, y(), false)),
        ("3.4., 11:47, <y@x.example>:\n\n> x", (1, y(), false)),
        ("3.4., 11:47, <y@x.example>:\nx", (1, None, false)),
        ("3.4., 11:47, <y@x.example> -\n> x", (1, y(), false)),
        ("3.4., 11:47, <y@x.example>.\n> x", (0, None, false)),
        ("3.4., 11:47, Y:\n> x", (0, None, false)),
        ("3.4., <y@x.example>:\n> x", (0, None, false)),
        ("3.4. hat geschrieben <y@x.example>:\n> x", (1, y(), false)),
        ("Mail an <y@x.example>:\n> x", (0, None, false)),
    ] {
        assert_eq!(last_of(text), expected, "{text}");
    }
    let long = |bytes: usize| format!("11:47 {} <y@x.example>:\n> x", "z".repeat(bytes - 21));
    assert_eq!((last_of(&long(600)), last_of(&long(601))), ((1, y(), false), (0, None, false)));
    let both = "Vorwort\n11:47\n<y@x.example>:\n> x";
    let block = &zeichen().read(both).bloecke[0];
    assert_eq!((block.kopf, &both[block.text.clone()]), ("Vorwort\n".len(), "> x"));
    assert_eq!(block.absender_wortlaut, "11:47 <y@x.example>:");
}

#[test]
fn marks_without_a_head() {
    for (text, blocks) in [
        ("x\n-----Ursprüngliche Nachricht-----\ny", 1),
        ("x\n---- Ott schrieb ----\ny", 1),
        ("x\n---- Ott sprach ----\ny", 0),
        ("x\n- Ursprüngliche Nachricht -\ny", 0),
        ("x\n-----Ursprüngliche Nachricht\ny", 0),
        ("x\nUrsprüngliche Nachricht-----\ny", 0),
        // With a field below it belongs to a head, or to what is none.
        ("x\n-----Ursprüngliche Nachricht-----\n\nVon: a@x.example\ny", 0),
        ("x\n-----Ursprüngliche Nachricht-----\nBald: y", 1),
        ("x\n-----Ursprüngliche Nachricht-----", 1),
    ] {
        let found = zeichen().read(text);
        assert_eq!(found.bloecke.len(), blocks, "{text}");
        assert!(found.bloecke.iter().all(|block| block.absender.is_empty() && block.absender_wortlaut.is_empty()));
    }
    let long = |bytes: usize| format!("--{} Ott schrieb --\ny", "-".repeat(bytes - 17));
    assert_eq!([600, 601].map(|bytes| zeichen().read(&long(bytes)).bloecke.len()), [1, 0]);
}
