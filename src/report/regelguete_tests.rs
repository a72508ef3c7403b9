//! What counts as what.

use super::*;

/// Since when hits are young.
const YOUNG: &str = "2024-04-29T22:00:00Z";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A step in short: `d>kiel` the program hands it over, `s>kiel` the Service Center does, `u>flensburg` re-assigned,
/// `z` given back.
fn schritt(short: &str) -> Schritt {
    let (kind, agentur) = short.split_once('>').unwrap_or((short, ""));
    let (art, rolle) = match kind {
        "d" => (Art::Uebergeben, Rolle::Dienst),
        "s" => (Art::Uebergeben, Rolle::Sc),
        "u" => (Art::Umgeordnet, Rolle::Eingangszone),
        "z" => (Art::Zurueckgegeben, Rolle::Eingangszone),
        other => panic!("{other}"),
    };
    let agentur = if agentur.is_empty() { "kiel" } else { agentur };
    Schritt { art, rolle, agentur: Some(agentur.to_owned()) }
}

/// A mail decided for Kiel by its postcode, and what happened then.
fn fall(schritte: &str) -> Fall {
    Fall {
        entschieden_am: at("2024-04-16T07:12:00Z"),
        entscheidung: "uebergeben".to_owned(),
        agentur: Some("kiel".to_owned()),
        regel: "evidenz.plz".to_owned(),
        grund: "plz".to_owned(),
        evidenz: "plz:kiel@signatur".to_owned(),
        zweiter: None,
        schritte: schritte.split_whitespace().map(schritt).collect(),
    }
}

fn stays(grund: &str, schritte: &str) -> Fall {
    Fall { entscheidung: "ungeklaert".to_owned(), agentur: None, grund: grund.to_owned(), ..fall(schritte) }
}

fn count(faelle: impl IntoIterator<Item = Fall>) -> Regelguete {
    let mut guete = Regelguete::default();
    for fall in faelle {
        guete.add(&fall, at(YOUNG));
    }
    guete
}

#[test]
fn what_people_do_says_whether_the_rule_was_right() {
    // steps; moved, with an Agentur, confirmed, umgeordnet, zurueckgegeben, handed over differently; right answer
    for (schritte, expected, answer) in [
        ("", [0, 0, 0, 0, 0, 0], None),
        ("d>kiel", [1, 1, 0, 0, 0, 0], None),
        ("s>kiel", [0, 1, 1, 0, 0, 0], None),
        ("s>flensburg", [0, 1, 0, 0, 0, 1], Some("flensburg")),
        ("d>kiel u>flensburg", [1, 1, 0, 1, 0, 0], Some("flensburg")),
        ("d>kiel z", [1, 1, 0, 0, 1, 0], None),
        ("d>kiel z s>flensburg", [1, 1, 0, 0, 1, 0], Some("flensburg")),
        ("d>kiel u>flensburg u>bonn", [1, 1, 0, 1, 0, 0], Some("bonn")),
        ("d>kiel u>flensburg z>flensburg", [1, 1, 0, 1, 0, 0], None),
        ("s>kiel u>flensburg", [0, 1, 0, 1, 0, 0], Some("flensburg")),
        // Taken back.
        ("d>kiel u>flensburg u>kiel", [1, 1, 0, 0, 0, 0], None),
        ("d>kiel z s>kiel", [1, 1, 0, 0, 0, 0], None),
        ("s>flensburg u>kiel", [0, 1, 1, 0, 0, 0], None),
    ] {
        let found = count([fall(schritte)]).gesamt;
        let Guete { verschoben, uebergeben, bestaetigt, umgeordnet, zurueckgegeben, anders_uebergeben, .. } = found;
        let counts = [verschoben, uebergeben, bestaetigt, umgeordnet, zurueckgegeben, anders_uebergeben];
        assert_eq!((found.treffer, counts), (1, expected), "{schritte:?}");
        assert_eq!(found.antworten.haeufigste(), answer.map(|agentur| (agentur, 1)), "{schritte:?}");
    }
}

#[test]
fn only_evidence_that_spoke_for_the_agentur_answers_for_it() {
    for (agentur, grund, zweiter, evidenz, expected) in [
        ("kiel", "plz", None, "plz:kiel@signatur", "plz"),
        ("kiel", "plz", None, "plz:bonn|kiel@text plz:kiel@signatur", "plz"),
        (
            "kiel",
            "mehrheit",
            None,
            "plz:kiel@text kundennummer_praefix:kiel@betreff anrede:bonn@anrede",
            "kundennummer_praefix plz",
        ),
        ("kiel", "vertretung", Some("bonn"), "plz:bonn@text", "plz"),
        ("kiel", "mehrheit", Some("bonn"), "plz:bonn@text", ""),
        ("kiel", "plz", None, "", ""),
        ("kiel", "plz", None, "plz:kiel-land@text", ""),
    ] {
        let fall = Fall {
            agentur: Some(agentur.to_owned()),
            grund: grund.to_owned(),
            zweiter: zweiter.map(str::to_owned),
            evidenz: evidenz.to_owned(),
            ..fall("d>kiel")
        };
        let found: Vec<String> = count([fall]).evidenz.into_keys().collect();
        assert_eq!(found.join(" "), expected, "{evidenz}");
    }
}

#[test]
fn few_cases_have_no_share() {
    for (alle, has_share) in [(0, false), (2, false), (3, true)] {
        let guete = count((0..alle).map(|_| fall("d>kiel"))).gesamt;
        assert_eq!(guete.genauigkeit().is_some(), has_share, "{alle}");
    }
    // What nobody could correct says nothing.
    let shadow = count((0..5).map(|_| fall(""))).gesamt;
    assert_eq!((shadow.treffer, shadow.genauigkeit()), (5, None));
    let some = count(["d>kiel", "d>kiel", "d>kiel", "d>kiel u>bonn", ""].map(fall)).gesamt;
    assert_eq!(some.genauigkeit().unwrap().wert, 0.75);
}

#[test]
fn what_stays_and_was_handed_over_is_counted_under_its_reason() {
    let guete = count([
        stays("kein_hinweis", ""),
        stays("kein_hinweis", "s>bonn"),
        stays("kein_hinweis", "s>kiel u>bonn"),
        stays("kein_hinweis", "s>kiel"),
        stays("widerspruch", "s>kiel z"),
    ]);
    assert_eq!(guete.gesamt, Guete::default());
    let rows: Vec<_> = guete
        .geblieben
        .iter()
        .map(|((_, grund), row)| (grund.as_str(), row.vorgaenge, row.von_hand, row.antworten.haeufigste()))
        .collect();
    assert_eq!(rows, [("kein_hinweis", 4, 3, Some(("bonn", 2))), ("widerspruch", 1, 1, None)]);
}

#[test]
fn young_hits_are_told() {
    for (entschieden_am, young) in
        [("2024-04-29T21:59:59Z", 0), ("2024-04-29T22:00:00Z", 1), ("2024-05-01T12:00:00Z", 1)]
    {
        let guete = count([Fall { entschieden_am: at(entschieden_am), ..fall("d>kiel") }]);
        assert_eq!(guete.junge, young, "{entschieden_am}");
    }
}

#[test]
fn of_answers_equally_common_the_first_by_name_is_told() {
    let guete = count(["d>kiel u>bonn", "d>kiel u>aachen", "d>kiel u>zwickau", "d>kiel u>zwickau"].map(fall)).gesamt;
    assert_eq!(guete.antworten.haeufigste(), Some(("zwickau", 2)));
    let guete = count(["d>kiel u>bonn", "d>kiel u>aachen"].map(fall)).gesamt;
    assert_eq!(guete.antworten.haeufigste(), Some(("aachen", 1)));
}
