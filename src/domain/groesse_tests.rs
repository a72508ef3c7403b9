use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

fn event(art: Art, rolle: Rolle, agentur: Option<&str>, von: Option<&str>, grund: &'static str) -> Ereignis {
    Ereignis { art, rolle, agentur: agentur.map(str::to_owned), von: von.map(str::to_owned), grund }
}

/// The figures of a history, as `figure agentur count`.
fn figures(history: &[Ereignis]) -> Vec<String> {
    let mut stand = Stand::default();
    let mut counts: BTreeMap<(String, String), u32> = BTreeMap::new();
    for ereignis in history {
        let next = stand.after(ereignis);
        for zaehlung in zaehle(&stand, ereignis, &next, "freie-email") {
            *counts.entry((zaehlung.word(), zaehlung.agentur.unwrap_or("-".to_owned()))).or_default() += 1;
        }
        stand = next;
    }
    counts.into_iter().map(|((word, agentur), count)| format!("{word} {agentur} {count}")).collect()
}

#[test]
fn histories_count_what_the_measures_need() {
    use Art::*;
    use Rolle::{Dienst, Eingangszone, Sc, Unbekannt};
    let came = || event(Eingegangen, Unbekannt, None, None, "");
    let ez = |art, grund| event(art, Eingangszone, Some("a"), None, grund);
    let handed = || {
        vec![
            came(),
            event(Zugeordnet, Dienst, Some("a"), None, "plz"),
            event(Uebergeben, Dienst, Some("a"), None, "plz"),
        ]
    };
    let moved_on = ["eingang/freie-email - 1", "erst_zugeordnet a 1", "uebergabe_dienst a 1", "zugang a 1"];
    let cases: [(&str, Vec<Ereignis>, &[&str]); 8] = [
        ("processed", vec![ez(Bearbeitet, "")], &["bearbeitet/freie-email a 1"]),
        (
            "processed as AU, corrected, reopened",
            vec![ez(Bearbeitet, "au"), ez(VorgangsartBerichtigt, ""), ez(Wiedereroeffnet, "")],
            &[
                "bearbeitet/evm-au a 1",
                "berichtigt_von/evm-au a 1",
                "berichtigt_zu/freie-email a 1",
                "wiedereroeffnet/freie-email a 1",
            ],
        ),
        (
            "with another Agentur: both have their line",
            vec![event(Umgeordnet, Eingangszone, Some("b"), Some("a"), "")],
            &["abgegeben a 1", "umordnung a 1", "zugang b 1"],
        ),
        (
            "given back",
            vec![event(Zurueckgegeben, Eingangszone, Some("a"), Some("a"), "")],
            &["abgegeben a 1", "rueckgabe a 1"],
        ),
        (
            "marked for deletion, gone, there again",
            vec![
                ez(Bearbeitet, "impliziert"),
                ez(Loeschvorgemerkt, ""),
                event(Geloescht, Unbekannt, Some("a"), None, ""),
                event(Wiedergesehen, Unbekannt, Some("a"), None, ""),
                ez(VormerkungAufgehoben, ""),
            ],
            &[
                "bearbeitet/freie-email a 1",
                "geloescht a 1",
                "loeschung_widerlegt a 1",
                "vorgemerkt a 1",
                "vormerkung_aufgehoben a 1",
            ],
        ),
        (
            "gone without a mark, there again",
            vec![
                event(Verschwunden, Unbekannt, Some("a"), None, ""),
                event(Wiedergesehen, Unbekannt, Some("a"), None, ""),
            ],
            &["ohne_kennzeichen a 1", "wiedergesehen a 1"],
        ),
        ("a later decision is not the first", vec![event(Ungeklaert, Dienst, None, None, "widerspruch")], &[]),
        ("begun", vec![ez(InBearbeitung, ""), ez(BearbeitungBeendet, "")], &[]),
    ];
    for (what, further, expected) in cases {
        let mut expected: Vec<&str> = moved_on.iter().chain(expected).copied().collect();
        expected.sort_unstable();
        assert_eq!(figures(&[handed(), further].concat()), expected, "{what}");
    }
    let by_hand =
        [came(), event(Ungeklaert, Dienst, None, None, ""), event(Uebergeben, Sc, Some("a"), None, "manuell")];
    assert_eq!(figures(&by_hand), ["eingang/freie-email - 1", "erst_ungeklaert - 1", "uebergabe_sc a 1", "zugang a 1"]);
    let left = [came(), event(Ungeklaert, Dienst, None, None, ""), event(Verschwunden, Unbekannt, None, None, "")];
    assert_eq!(figures(&left), ["eingang/freie-email - 1", "erst_ungeklaert - 1", "verschwunden - 1"]);
}

fn any_event() -> impl Strategy<Value = Ereignis> {
    let agentur = || prop::sample::select(vec![None, Some("a"), Some("b")]);
    let art = prop::sample::select(Art::ALL.to_vec());
    (art, agentur(), agentur(), any::<bool>())
        .prop_map(|(art, agentur, von, au)| event(art, Rolle::Eingangszone, agentur, von, if au { "au" } else { "" }))
}

proptest! {
    /// Whatever happens in whatever order, also what never happens: what came in and went out of a Bestand is what is in it.
    #[test]
    fn the_balance_holds(history in prop::collection::vec(any_event(), 0..40)) {
        let mut stand = Stand::default();
        let mut sums: BTreeMap<String, i32> = BTreeMap::new();
        for ereignis in &history {
            let next = stand.after(ereignis);
            for Zaehlung { groesse, agentur, .. } in zaehle(&stand, ereignis, &next, "freie-email") {
                let change = match groesse {
                    Groesse::Zugang | Groesse::Wiedereroeffnet | Groesse::Wiedergesehen => 1,
                    Groesse::Bearbeitet | Groesse::Abgegeben | Groesse::OhneKennzeichen => -1,
                    _ => continue,
                };
                *sums.entry(agentur.expect("a Bestand is somebody's")).or_default() += change;
            }
            stand = next;
            for agentur in ["a", "b"] {
                let there = stand.im_bestand() && stand.agentur.as_deref() == Some(agentur);
                prop_assert_eq!(sums.get(agentur).copied().unwrap_or(0), i32::from(there), "{} after {:?}", agentur, ereignis);
            }
        }
    }
}
