use std::path::Path;

use jiff::civil::date;

use super::*;
use crate::anleitung::quickstep::quicksteps;
use crate::domain::kennzeichen::{Kennzeichen, Kennzeichennamen, Leser};

fn kiel() -> Anleitung {
    let namen = Kennzeichennamen::new(vec![
        ("In Bearbeitung".into(), Kennzeichen::InBearbeitung),
        ("Bearbeitet".into(), Kennzeichen::Bearbeitet),
        ("EZ Bearbeitet".into(), Kennzeichen::Bearbeitet),
        ("Bearbeitet/AU".into(), Kennzeichen::BearbeitetAu),
        ("Zu löschen".into(), Kennzeichen::ZuLoeschen),
        ("Zurück an SC".into(), Kennzeichen::ZurueckAnSc),
    ]);
    Anleitung {
        agentur: "Agentur für Arbeit Kiel".to_owned(),
        slug: "kiel".to_owned(),
        postfach: "sc-nord".to_owned(),
        adresse: "sc-nord@arbeitsagentur.example".to_owned(),
        ordner: "INBOX/Agentur Kiel".to_owned(),
        quicksteps: quicksteps(&namen),
        leser: Vec::new(),
        loeschen_impliziert_bearbeitet: true,
        stand: date(2024, 4, 16),
    }
}

/// Guides that differ in all that the page depends on.
fn variants() -> Vec<Anleitung> {
    let alles = Anleitung { leser: Leser::ALL.to_vec(), loeschen_impliziert_bearbeitet: false, ..kiel() };
    let wenig = Anleitung {
        quicksteps: kiel().quicksteps.into_iter().take(1).collect(),
        ordner: "Agentur Kiel".to_owned(),
        ..kiel()
    };
    vec![kiel(), alles, wenig]
}

/// Rewritten by `UPDATE_GOLDEN=1 cargo test --lib anleitung`.
#[test]
fn the_page_is_as_it_was_approved() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/quickstep-anleitung.html");
    let page = seite(&kiel());
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&golden, &page).expect("the golden file can be written");
    }
    let approved = std::fs::read_to_string(&golden).unwrap_or_default();
    let differing = approved.lines().zip(page.lines()).find(|(then, now)| then != now);
    assert!(approved == page, "the page differs from {}, first here: {differing:#?}", golden.display());
}

/// The opening tags of a page, each without its brackets.
fn tags(page: &str) -> Vec<&str> {
    let after_open = page.split('<').skip(1);
    after_open.filter_map(|rest| rest.split_once('>')).map(|(tag, _)| tag).filter(|tag| !tag.starts_with('/')).collect()
}

fn name(tag: &str) -> &str {
    tag.split_whitespace().next().unwrap_or_default()
}

#[test]
fn the_page_is_sound_for_everyone() {
    for anleitung in variants() {
        let page = seite(&anleitung);
        let tags = tags(&page);
        let count = |wanted: &str| tags.iter().filter(|tag| name(tag) == wanted).count();
        assert_eq!((count("h1"), count("main"), count("title"), count("style")), (1, 1, 1, 1));
        assert!(page.starts_with("<!DOCTYPE html>\n<html lang=\"de\">"), "the language is told");
        // Headings never leave out a level.
        let levels = tags.iter().filter_map(|tag| name(tag).strip_prefix('h')?.parse::<u8>().ok());
        levels.fold(0, |before, level| {
            assert!(level <= before + 1, "h{level} after h{before}");
            level
        });
        // Every table says what it is, and every heading cell for what.
        assert!(count("table") >= 3);
        for table in page.split("<table").skip(1) {
            assert!(table.starts_with(">\n<caption>"), "{table}");
        }
        for cell in tags.iter().filter(|tag| name(tag) == "th") {
            assert!(cell.contains("scope=\"col\"") || cell.contains("scope=\"row\""), "{cell}");
        }
        // The skip link comes first, and every link leads somewhere on this page.
        let links: Vec<&str> = tags.iter().filter_map(|tag| tag.split_once("href=\"")?.1.split('"').next()).collect();
        assert_eq!(links.first(), Some(&"#inhalt"));
        for link in links {
            let target = link.strip_prefix('#').unwrap_or_else(|| panic!("{link} leads away"));
            assert_eq!(page.matches(&format!("id=\"{target}\"")).count(), 1, "{link}");
        }
    }
}

#[test]
fn the_page_needs_nothing_from_elsewhere() {
    for anleitung in variants() {
        let page = seite(&anleitung);
        for forbidden in ["<script", "<link", "<img", "<iframe", "http:", "https:", "src=", "url(", "@import", " on"] {
            let found = tags(&page).iter().any(|tag| format!("<{tag}").contains(forbidden)) || STIL.contains(forbidden);
            assert!(!found, "{forbidden}");
        }
    }
}

#[test]
fn every_element_is_closed() {
    for anleitung in variants() {
        let page = seite(&anleitung);
        let mut open = Vec::new();
        for rest in page.split('<').skip(1) {
            let (tag, _) = rest.split_once('>').expect("a tag ends");
            match tag.strip_prefix('/') {
                Some(closed) => assert_eq!(open.pop(), Some(closed), "{rest}"),
                None if ["!DOCTYPE", "meta"].contains(&name(tag)) => {}
                None => open.push(name(tag)),
            }
        }
        assert_eq!(open, [""; 0]);
    }
}

#[test]
fn what_an_admin_wrote_is_never_markup() {
    let evil = |what: &str| format!("{what}<script>alert('x')</script>\"&amp;");
    let page = seite(&Anleitung {
        agentur: evil("agentur"),
        slug: evil("slug"),
        postfach: evil("postfach"),
        adresse: evil("adresse"),
        ordner: evil("INBOX/ordner"),
        quicksteps: quicksteps(&Kennzeichennamen::new(vec![(evil("Erledigt"), Kennzeichen::Bearbeitet)])),
        ..kiel()
    });
    assert!(!page.contains("<script") && !page.contains("alert('x')"), "{page}");
    for value in ["agentur", "slug", "postfach", "adresse", "ordner", "Erledigt"] {
        // "/" is hierarchy in folder names.
        assert!(page.contains(&format!("{value}&lt;script&gt;alert(&#39;x&#39;)&lt;")), "{value}");
    }
    assert!(page.contains("&quot;&amp;amp;"));
}

#[test]
fn what_counts_besides_the_folder_is_told() {
    let page = |leser: &[Leser], implied| {
        seite(&Anleitung { leser: leser.to_vec(), loeschen_impliziert_bearbeitet: implied, ..kiel() })
    };
    for (leser, implied, words, said) in [
        (&[][..], true, "zugleich als bearbeitet", true),
        (&[], false, "zugleich als bearbeitet", false),
        (&[], false, "als bearbeitet erst, wenn sie gelöscht ist", true),
        (&[], true, "als bearbeitet erst", false),
        (&[], true, "allein der Ordner", true),
        (&[], true, "Fähnchen) zählt", false),
        (&[Leser::Markierung], true, "(Fähnchen), zählt als bearbeitet", true),
        (&[Leser::Markierung], true, "allein der Ordner", true),
        (&[Leser::Schluesselwort], true, "Auch die Kategorie wird", true),
        (&[Leser::KeywordsKopfzeile], true, "Auch eine Kategorie", true),
    ] {
        let page = page(leser, implied);
        // In the source a text may be broken anywhere between two words, never in the page.
        assert_eq!(page.contains(words), said, "{leser:?} {implied} {words}");
    }
}

#[test]
fn what_becomes_of_the_test_mails_is_told() {
    let words = "wenden Sie auf alle Test-E-Mails <b>EZ Zu löschen</b> an";
    assert!(seite(&kiel()).contains(words));
    let bearbeitet = kiel().quicksteps.into_iter().filter(|step| step.kennzeichen == Kennzeichen::Bearbeitet).collect();
    assert!(!seite(&Anleitung { quicksteps: bearbeitet, ..kiel() }).contains("<b>EZ Zu löschen</b>"));
}

/// Contrast as WCAG 2.1 defines it (1.4.3), of the colours that the style has.
#[test]
fn all_text_has_contrast() {
    let luminance = |colour: u32| {
        let part = |shift: u32| {
            let value = f64::from(colour >> shift & 0xff) / 255.0;
            if value <= 0.03928 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(16) + 0.7152 * part(8) + 0.0722 * part(0)
    };
    for text in [0x1a_1a_1a, 0x00_50_7d] {
        for ground in [0xff_ff_ff, 0xe8_f1_f6, 0xf2_f2_f2] {
            let contrast = (luminance(ground) + 0.05) / (luminance(text) + 0.05);
            assert!(contrast >= 4.5, "#{text:06x} on #{ground:06x}: {contrast}");
        }
    }
    let colours = STIL.split('#').skip(1).map(|rest| rest.split([';', ' ', '}']).next().unwrap_or_default());
    for colour in colours {
        let known = ["fff", "1a1a1a", "00507d", "e8f1f6", "f2f2f2", "595959"];
        assert!(known.contains(&colour), "#{colour} is not looked at here");
    }
}
