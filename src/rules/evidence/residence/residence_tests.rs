//! What the tests of several parts need, and the small functions of the whole.

use super::*;
use crate::domain::message::{Address, Message};
use crate::rules::test_support::{self, LAGE};

pub(super) fn worte() -> &'static Wohnworte {
    &test_support::rules().regeln.residence.worte
}

/// Gudula Offermanns.
pub(super) fn gudula() -> Namen {
    Namen::new(["Gudula Offermanns"])
}

/// A paragraph of folded lines.
pub(super) fn absatz(teil: Teil, lines: &[&str]) -> Absatz {
    let (mut text, mut zeilen) = (String::new(), Vec::new());
    for line in lines {
        if !text.is_empty() {
            text.push(' ');
        }
        zeilen.push(text.len()..text.len() + line.len());
        text.push_str(line);
    }
    Absatz { teil, text, zeilen }
}

/// Does something with a letter of Gudula Offermanns.
pub(super) fn with_letter<T>(text: &str, see: impl FnOnce(&Umfeld<'_, '_>) -> T) -> T {
    let from = vec![Address { name: Some("Gudula Offermanns".into()), address: "gudula@web.example".into() }];
    let message = Message { from, ..test_support::mail().with_text(text) };
    let rules = test_support::rules();
    let mail = Prepared::new(&message, &LAGE, rules.stammdaten(), &rules.regeln.begriffe);
    see(&Umfeld::new(worte(), &mail))
}

#[test]
fn names_of_others_behind_a_title() {
    for (text, is_other) in [
        ("herr peter ott", true),
        ("herr gudula offermanns", false),
        ("herr offermanns", false),
        ("sehr geehrter herr ott", false),
        ("ja sehr geehrter a b c herr ott", true),
        ("herr, ott", true),
        ("herr", false),
        ("herr in bonn", false),
        ("herr offermanns, peter", false),
        ("herr gudula offermanns meier", false),
        ("peter ott", false),
    ] {
        assert_eq!(names_somebody_else(worte(), text, &gudula()), is_other, "{text}");
    }
    assert!(!names_somebody_else(worte(), "herr peter ott", &Namen::default()));
}

#[test]
fn persons_other_than_the_sender() {
    for (text, is_person) in [
        ("meine mutter", true),
        ("bei meiner mutter", false),
        ("mit der kleinen alten mutter", true),
        ("ich bin mutter", false),
        ("als vater", false),
        ("nachbar", true),
        ("bonn", false),
    ] {
        assert_eq!(worte().names_a_person(text, &gudula()), is_person, "{text}");
    }
    assert!(!worte().names_a_person("nachbar", &Namen::new(["Peter Nachbar"])));
}

#[test]
fn words_that_say_nothing() {
    for (text, only_zusatz, nothing) in [
        ("", true, true),
        ("private, aktuelle", true, true),
        ("meine neue", true, true),
        ("alte adresse", true, true),
        ("x", true, false),
        ("12", true, true),
        ("ab 1. juli", true, false),
        ("derzeit", false, true),
        ("gudula", false, true),
        ("firma", false, false),
        ("private firma", false, false),
    ] {
        assert_eq!(worte().zusatz_only(text), only_zusatz, "{text}");
        assert_eq!(worte().says_nothing(text, &gudula()), nothing, "{text}");
    }
}

#[test]
fn whose_a_paragraph_of_a_signature_is() {
    let letter = [
        absatz(Teil::Text, &["x"]),
        absatz(Teil::Signatur, &["eva"]),
        absatz(Teil::Signatur, &["stahl"]),
        absatz(Teil::Signatur, &["weg 5"]),
        absatz(Teil::Signatur, &["eva roth", "weg 5"]),
        absatz(Teil::Text, &["weg 5"]),
    ];
    let owners = |index: usize| owners_of(&letter, index).iter().map(|absatz| &*absatz.text).collect::<Vec<_>>();
    assert_eq!(owners(3), ["eva", "stahl"]);
    assert!(owners(4).is_empty() && owners(5).is_empty() && owners(0).is_empty());
}

#[test]
fn numbers_are_read_line_by_line() {
    let found = numbers_by_line(&absatz(Teil::Text, &["x d-53111 bonn", "f 45127", "und 50667"]));
    let places: Vec<_> = found.iter().map(|number| (number.start, number.digits.clone(), number.is_foreign)).collect();
    assert_eq!(places, [(2, 4..9, false), (17, 17..22, true), (27, 27..32, false)]);
}

#[test]
fn lines_that_name_a_country() {
    let finder = &test_support::rules().regeln.residence;
    for (line, has_town, is_country) in [
        ("france", true, true),
        ("france", false, true),
        ("la belle france", false, true),
        ("la tres belle france", false, false),
        ("atlantis", true, true),
        ("atlantis", false, false),
        ("neu atlantis", true, false),
        ("atlantis2", true, false),
        ("deutschland", true, false),
        ("telefon", true, false),
    ] {
        assert_eq!(finder.is_a_country_line(line, has_town), is_country, "{line} {has_town}");
    }
    for (lines, is_abroad) in [
        (&["53111 bonn, france"][..], true),
        (&["53111 bonn. danach france"], false),
        (&["france. ich wohne 53111 bonn"], false),
        (&["53111 bonn", "france"], true),
        (&["53111 bonn", "atlantis"], true),
        (&["53111", "atlantis"], false),
        (&["53111 bad", "honnef"], false),
        (&["weg 5, 53111 bad", "honnef"], false),
        (&["53111 bonn", "honnef"], true),
        (&["france", "53111 bonn"], false),
        (&["53111 bonn"], false),
    ] {
        let absatz = absatz(Teil::Text, lines);
        let number = &numbers_by_line(&absatz)[0];
        let found = with_letter("", |umfeld| finder.names_a_country(umfeld.mail, &absatz, number));
        assert_eq!(found, is_abroad, "{lines:?}");
    }
    for (text, abroad) in [
        ("ich bin in italien", true),
        ("ich bin im schoenen italien", true),
        ("ich bin im sehr schoenen italien", false),
        ("geboren in italien", false),
        ("italien", false),
        ("ich bin in bonn", false),
    ] {
        assert_eq!(finder.stays_abroad(&absatz(Teil::Text, &[text])), abroad, "{text}");
    }
    assert!(finder.stays_abroad(&absatz(Teil::Text, &["geboren gestern", "jetzt in italien"])));
}

#[test]
fn lists_are_no_letters() {
    let numbers = |count: usize| with_letter(&"53111 ".repeat(count), |umfeld| umfeld.is_a_list());
    assert!(!numbers(400) && numbers(401));
    let labels = |count: usize| with_letter(&"Anschrift ".repeat(count), |umfeld| umfeld.is_a_list());
    assert!(!labels(100) && labels(101));
}
