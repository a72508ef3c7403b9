use proptest::prelude::*;

use super::*;

/// A word of the small language of these tests: `i` INBOX, `s` a Service Center folder, `-` gone, or an Agentur with a
/// mark: `a` none, `aw` in Bearbeitung, `ab` bearbeitet, `au` bearbeitet AU, `al` zu löschen, `az` zurück an SC.
fn observed(word: &str) -> Beobachtung {
    let kennzeichen = match word.get(1..) {
        Some("w") => Some(Kennzeichen::InBearbeitung),
        Some("b") => Some(Kennzeichen::Bearbeitet),
        Some("u") => Some(Kennzeichen::BearbeitetAu),
        Some("l") => Some(Kennzeichen::ZuLoeschen),
        Some("z") => Some(Kennzeichen::ZurueckAnSc),
        _ => None,
    };
    match &word[..1] {
        "i" => Beobachtung::Gesehen(Ort::Inbox),
        "s" => Beobachtung::Gesehen(Ort::Sc),
        "-" => Beobachtung::Fort,
        agentur => Beobachtung::Gesehen(Ort::Agentur { agentur: agentur.to_owned(), kennzeichen }),
    }
}

fn event(art: Art, agentur: Option<&str>) -> Ereignis {
    Ereignis { art, rolle: Rolle::Dienst, agentur: agentur.map(str::to_owned), von: None, grund: "" }
}

/// Observes one after the other; returns what happened after the beginning, in words.
fn life(beginning: &[Ereignis], words: &str, implied: bool) -> String {
    let mut stand = Stand::of(beginning);
    let mut story = Vec::new();
    for word in words.split(' ') {
        for _ in 0..2 {
            let new = ereignisse(&stand, &observed(word), implied);
            stand = new.iter().fold(stand, |stand, ereignis| stand.after(ereignis));
            story.extend(new);
        }
    }
    let told = story.iter().map(|Ereignis { art, agentur, von, grund, .. }| {
        let mut told = art.as_str().to_owned();
        for part in [von.as_deref().filter(|von| Some(*von) != agentur.as_deref()), agentur.as_deref(), Some(*grund)] {
            told += &part.filter(|part| !part.is_empty()).map(|part| format!(":{part}")).unwrap_or_default();
        }
        told
    });
    told.collect::<Vec<_>>().join(" ")
}

#[test]
fn the_table() {
    let arrived = vec![event(Art::Eingegangen, None), event(Art::Ungeklaert, None)];
    let handed =
        vec![event(Art::Eingegangen, None), event(Art::Zugeordnet, Some("a")), event(Art::Uebergeben, Some("a"))];
    for (beginning, words, implied, expected) in [
        (&vec![], "a", true, "uebergeben:a:direkt"),
        (&arrived, "i", true, ""),
        (&arrived, "a", true, "uebergeben:a:manuell"),
        (&arrived, "ab", true, "uebergeben:a:manuell bearbeitet:a"),
        (&arrived, "-", true, "verschwunden"),
        (&arrived, "- a", true, "verschwunden wiedergesehen uebergeben:a:manuell"),
        (&handed, "a", true, ""),
        (&handed, "aw", true, "in_bearbeitung:a"),
        (&handed, "aw a", true, "in_bearbeitung:a bearbeitung_beendet:a"),
        (&handed, "aw ab", true, "in_bearbeitung:a bearbeitet:a"),
        (&handed, "ab", true, "bearbeitet:a"),
        (&handed, "ab a", true, "bearbeitet:a wiedereroeffnet:a"),
        (&handed, "ab aw", true, "bearbeitet:a wiedereroeffnet:a in_bearbeitung:a"),
        (&handed, "au", true, "bearbeitet:a:au"),
        (&handed, "ab au ab", true, "bearbeitet:a vorgangsart_berichtigt:a:au vorgangsart_berichtigt:a"),
        (&handed, "ab al", true, "bearbeitet:a loeschvorgemerkt:a"),
        (&handed, "al", true, "bearbeitet:a:impliziert loeschvorgemerkt:a"),
        (&handed, "al", false, "loeschvorgemerkt:a"),
        (&handed, "al a", false, "loeschvorgemerkt:a bearbeitung_beendet:a"),
        (&handed, "al -", false, "loeschvorgemerkt:a bearbeitet:a:impliziert geloescht:a"),
        (&handed, "al ab", true, "bearbeitet:a:impliziert loeschvorgemerkt:a vormerkung_aufgehoben:a"),
        (&handed, "al a", true, "bearbeitet:a:impliziert loeschvorgemerkt:a wiedereroeffnet:a"),
        (&handed, "ab -", true, "bearbeitet:a geloescht:a"),
        (&handed, "ab al -", true, "bearbeitet:a loeschvorgemerkt:a geloescht:a"),
        (&handed, "ab - ab", true, "bearbeitet:a geloescht:a wiedergesehen:a"),
        (&handed, "-", true, "verschwunden:a"),
        (&handed, "- a", true, "verschwunden:a wiedergesehen:a"),
        (&handed, "- ab", true, "verschwunden:a wiedergesehen:a bearbeitet:a"),
        (&handed, "b", true, "umgeordnet:a:b"),
        (&handed, "bb", true, "umgeordnet:a:b bearbeitet:b"),
        (&handed, "ab b", true, "bearbeitet:a wiedereroeffnet:a umgeordnet:a:b"),
        (&handed, "az", true, "zurueckgegeben:a"),
        (&handed, "az i", true, "zurueckgegeben:a"),
        (&handed, "az a", true, "zurueckgegeben:a uebergeben:a:manuell"),
        (&handed, "i", true, "zurueckgegeben:a"),
        (&handed, "s", true, "zurueckgegeben:a"),
        (&handed, "ab i", true, "bearbeitet:a wiedereroeffnet:a zurueckgegeben:a"),
        (&handed, "i b", true, "zurueckgegeben:a uebergeben:b:manuell"),
        (&handed, "i -", true, "zurueckgegeben:a verschwunden"),
    ] {
        assert_eq!(life(beginning, words, implied), expected, "{words}");
    }
}

fn any_observation() -> impl Strategy<Value = Beobachtung> {
    let words = ["i", "s", "-", "a", "aw", "ab", "au", "al", "az", "b", "bw", "bb", "bu", "bl", "bz"];
    prop::sample::select(words.to_vec()).prop_map(observed)
}

proptest! {
    /// The balance of each Agentur, counted from the events alone, is its Bestand as the states say.
    #[test]
    fn the_balance_holds(observations in prop::collection::vec(any_observation(), 0..30), implied: bool) {
        let mut stand = Stand::of(&[event(Art::Eingegangen, None)]);
        let mut balance = std::collections::BTreeMap::from([("a".to_owned(), 0), ("b".to_owned(), 0)]);
        for observation in observations {
            for ereignis in ereignisse(&stand, &observation, implied) {
                let mut count = |agentur: &Option<String>, change: i32| {
                    *balance.get_mut(agentur.as_ref().expect("it concerns an Agentur")).expect("there are two") += change;
                };
                let before = stand.clone();
                stand = stand.after(&ereignis);
                match ereignis.art {
                    Art::Uebergeben => count(&ereignis.agentur, 1),
                    Art::Umgeordnet => {
                        count(&ereignis.von, -1);
                        count(&ereignis.agentur, 1);
                    }
                    Art::Zurueckgegeben => count(&ereignis.von, -1),
                    Art::Bearbeitet => count(&ereignis.agentur, -1),
                    Art::Wiedereroeffnet => count(&ereignis.agentur, 1),
                    Art::Verschwunden if before.im_bestand() => count(&ereignis.agentur, -1),
                    Art::Wiedergesehen if stand.im_bestand() => count(&ereignis.agentur, 1),
                    _ => {}
                }
                for (agentur, sum) in &balance {
                    let there = stand.im_bestand() && stand.agentur.as_ref() == Some(agentur);
                    prop_assert_eq!(*sum, i32::from(there), "{} after {:?}", agentur, ereignis);
                }
            }
            prop_assert!(ereignisse(&stand, &observation, implied).is_empty(), "to observe again is no news");
        }
    }
}
