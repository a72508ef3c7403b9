use std::path::Path;

use super::*;
use crate::config::{LoadedStammdaten, load, load_stammdaten};
use crate::diagnostic::{Severity, has_errors};

/// One mailbox with this name and template, and these Agenturen (region, slug, folder).
fn check(name: &str, ordner: &str, agenturen: &[(&str, &str, &str)]) -> Vec<Diagnostic> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("postweiche.toml");
    let text = format!(
        "[[postfach]]\nname = \"{name}\"\naddress = \"a@office.example\"\nhost = \"h\"\nuser = \"u\"\n\
         password = {{ env = \"P\" }}\nordner = \"{ordner}\"\n"
    );
    std::fs::write(&path, text).unwrap();
    let mut csv = "slug,name,sc_region,regionaldirektion,bundesland,ordner\n".to_owned();
    for (region, slug, folder) in agenturen {
        csv += &format!("{slug},{slug},{region},R,B,{folder}\n");
    }
    std::fs::write(dir.path().join("agenturen.csv"), csv).unwrap();
    for (name, header) in [
        ("dienststellen.csv", "dienststelle,agentur\n"),
        ("liegenschaften.csv", "agentur,adresse\n"),
        ("plz.csv", "plz,agentur,art\n"),
        ("orte.csv", "ort,agentur\n"),
    ] {
        std::fs::write(dir.path().join(name), header).unwrap();
    }
    let loaded = load(&path);
    let LoadedStammdaten { stammdaten, problems, .. } = load_stammdaten(dir.path());
    assert!(!has_errors(&problems), "{problems:?}");
    cross_check(&loaded.config.unwrap(), &loaded.origin.unwrap(), &stammdaten.unwrap())
}

#[test]
fn mailboxes_and_agenturen_fit_together() {
    let agenturen = [("sc-nord", "kiel", "Agentur Kiel"), ("sc-ost", "riesa", "Agentur Riesa")];
    assert_eq!(check("sc-nord", "INBOX/{ordner}", &agenturen), []);

    let unknown = check("sc-nrod", "INBOX/{ordner}", &agenturen);
    assert_eq!((unknown.len(), unknown[0].severity), (1, Severity::Warning));
    assert_eq!(unknown[0].line_column(), Some((2, 8)));
    assert!(unknown[0].help.as_ref().unwrap().contains("\"sc-nord\""));
}

#[test]
fn each_agentur_has_a_folder_of_its_own() {
    for (ordner, agenturen, expected) in [
        ("{ordner}", [("sc-nord", "kiel", "Inbox"), ("sc-ost", "a", "A")], "is the INBOX itself"),
        ("{ordner}", [("sc-nord", "kiel", "inbox/K"), ("sc-ost", "a", "A")], ""),
        ("{ordner}", [("sc-nord", "kiel", "K"), ("sc-ost", "a", "K")], ""),
        ("{ordner}", [("sc-nord", "kiel", "iNBOX"), ("sc-ost", "a", "A")], "is the INBOX itself"),
        ("{ordner}", [("sc-nord", "kiel", "user/sc-ost/Inbox"), ("sc-ost", "a", "A")], "is the INBOX itself"),
        ("{ordner}", [("sc-nord", "kiel", "INBOX/Inboxen"), ("sc-ost", "a", "A")], ""),
    ] {
        let found = check("sc-nord", ordner, &agenturen);
        match expected {
            "" => assert_eq!(found, [], "{agenturen:?}"),
            part => assert!(found.len() == 1 && found[0].title.contains(part), "{agenturen:?}: {found:?}"),
        }
    }
}

#[test]
fn what_cannot_be_read_does_not_go_to_an_agentur() {
    let agenturen = [("sc-nord", "kiel", "Agentur Kiel"), ("sc-ost", "riesa", "Agentur Riesa")];
    for (pruefordner, expected) in [("Prüfen", 0), ("INBOX/Agentur Riesa", 0), ("inbox/agentur KIEL", 1)] {
        let ordner = format!("INBOX/{{ordner}}\"\npruefordner = \"{pruefordner}");
        let found = check("sc-nord", &ordner, &agenturen);
        assert_eq!(found.len(), expected, "{found:?}");
    }
}

#[test]
fn the_shipped_example_is_without_fault() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let loaded = load(&root.join("config/postweiche.toml"));
    assert_eq!(loaded.problems, []);
    let config = loaded.config.unwrap();
    let daten = load_stammdaten(&config.stammdaten_dir);
    assert_eq!(daten.problems, []);
    let stammdaten = daten.stammdaten.unwrap();
    assert_eq!(cross_check(&config, &loaded.origin.unwrap(), &stammdaten), []);

    assert_eq!(config.postfaecher.len(), 5);
    assert_eq!(stammdaten.agenturen().len(), 150);
    let lines =
        |name: &str| daten.quellen.iter().find(|source| source.path.ends_with(name)).unwrap().text.lines().count() - 1;
    assert_eq!((lines("plz.csv"), lines("dienststellen.csv"), lines("liegenschaften.csv")), (10_820, 155, 173));
    for agentur in stammdaten.agenturen() {
        let served = config.postfaecher.iter().find(|postfach| postfach.name == agentur.sc_region);
        assert_eq!(served.unwrap().folder_for(agentur), format!("INBOX/Agentur {}", agentur.name));
    }
    let day = jiff::civil::date(2024, 4, 16);
    let names = |set: crate::domain::agentur::AgenturSet| -> Vec<String> {
        set.into_iter().map(|id| stammdaten.agentur(id).slug.clone()).collect()
    };
    assert_eq!(names(stammdaten.dienststelle("095", day)), ["thueringen-mitte", "thueringen-nord"]);
    assert_eq!(names(stammdaten.plz("10115", day)), ["berlin-mitte", "berlin-nord", "berlin-sued"]);
    assert_eq!(names(stammdaten.adresse("aachen@arbeitsagentur.example", day)), ["aachen-dueren"]);
    assert_eq!(names(stammdaten.ort("Essen", day)), ["essen"]);
    assert!(names(stammdaten.ort("Neustadt", day)).len() > 1);
}
