//! The sample mails, read, and decided by the shipped rules on the shipped master data, against their truth.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::date;
use postweiche::config::load_stammdaten;
use postweiche::diagnostic::{Source, render};
use postweiche::domain::decision::{Decision, Entscheidung, Grund};
use postweiche::domain::message::Message;
use postweiche::domain::postfach::Profil;
use postweiche::parse::parse;
use postweiche::rules::{Lage, RuleSet, compile};

/// One row of `truth.csv`.
#[derive(Debug)]
struct Truth {
    file: String,
    region: String,
    vorgang: String,
    aktion: String,
    ziel: String,
    ziel_streng: String,
    entscheidend: String,
}

fn project() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn truths() -> Vec<Truth> {
    let mut reader = csv::Reader::from_path(project().join("tests/samples/truth.csv")).unwrap();
    let headers = reader.headers().unwrap().clone();
    reader
        .records()
        .map(|record| {
            let record = record.unwrap();
            let row: BTreeMap<&str, &str> = headers.iter().zip(record.iter()).collect();
            let cell = |name: &str| row[name].to_owned();
            Truth {
                file: cell("file"),
                region: cell("region"),
                vorgang: cell("vorgang"),
                aktion: cell("aktion"),
                ziel: cell("ziel"),
                ziel_streng: cell("ziel_streng"),
                entscheidend: cell("entscheidend"),
            }
        })
        .collect()
}

fn rule_files(dir: &Path) -> Vec<Source> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap().into();
            Source { path, text }
        })
        .collect()
}

fn shipped_rules() -> RuleSet {
    let loaded = load_stammdaten(&project().join("config/stammdaten"));
    let stammdaten = loaded.stammdaten.unwrap_or_else(|| panic!("{}", render(&loaded.problems, false)));
    let files = rule_files(&project().join("rules"));
    let (rules, problems) = compile(&files, Arc::new(stammdaten), &loaded.quellen);
    rules.unwrap_or_else(|| panic!("{}", render(&problems, false)))
}

fn sample(truth: &Truth) -> Message {
    parse(&std::fs::read(project().join("tests/samples").join(&truth.file)).unwrap(), true)
}

fn classify(rules: &RuleSet, truth: &Truth, profil: Profil) -> Decision {
    let address = format!("{}@arbeitsagentur.example", truth.region);
    let lage = Lage { region: &truth.region, address: &address, profil, tag: date(2024, 4, 16) };
    rules.classify(&sample(truth), &lage)
}

/// A decision in the words of the truth file.
fn ziel(rules: &RuleSet, decision: &Decision) -> String {
    match decision.entscheidung {
        Entscheidung::Uebergeben(agentur) => rules.stammdaten().agentur(agentur).slug.clone(),
        Entscheidung::Ungeklaert => "ungeklaert".to_owned(),
        Entscheidung::VerbleibtSc | Entscheidung::Fremd | Entscheidung::Automatisch => "verbleibt-sc".to_owned(),
    }
}

#[test]
fn every_sample_has_its_kind() {
    let rules = shipped_rules();
    for truth in truths() {
        let decision = classify(&rules, &truth, Profil::Streng);
        assert_eq!(decision.vorgangsart.as_str(), truth.vorgang, "{}: {decision:?}", truth.file);
    }
}

#[test]
fn what_kind_or_address_decide_is_decided() {
    let rules = shipped_rules();
    let mut decided = 0;
    for truth in truths() {
        let by_kind = truth.aktion == "verbleibt";
        // In 27 number and address agree against a new home: the address alone leads to the same Agentur.
        let by_address = truth.entscheidend == "A" || truth.file == "27-umzugsmeldung.eml";
        for (profil, expected) in [(Profil::Streng, &truth.ziel_streng), (Profil::Weit, &truth.ziel)] {
            if by_kind || by_address || expected == "ungeklaert" {
                let decision = classify(&rules, &truth, profil);
                assert_eq!(ziel(&rules, &decision), *expected, "{} {profil:?}: {decision:?}", truth.file);
                decided += usize::from(decision.entscheidung.agentur().is_some());
            }
        }
    }
    assert_eq!(decided, 2 * 17, "mails handed over by their address alone");
}

#[test]
fn no_sample_goes_to_a_wrong_agentur() {
    let rules = shipped_rules();
    for truth in truths() {
        for profil in [Profil::Streng, Profil::Weit] {
            let decision = classify(&rules, &truth, profil);
            if decision.entscheidung.agentur().is_some() {
                assert_eq!(ziel(&rules, &decision), truth.ziel_streng, "{} {profil:?}", truth.file);
            }
        }
    }
}

#[test]
fn what_is_left_says_why() {
    let rules = shipped_rules();
    for truth in truths() {
        let decision = classify(&rules, &truth, Profil::Streng);
        if decision.entscheidung.agentur().is_none() && truth.ziel != "ungeklaert" && truth.ziel != "verbleibt-sc" {
            assert_eq!(decision.grund, Grund::NichtAuswertbar, "{}: {decision:?}", truth.file);
        }
        assert!(!decision.regel.is_empty());
    }
    for (file, grund) in [
        ("29-zwei-agenturen.eml", Grund::Widerspruch),
        ("33-nichts.eml", Grund::KeinHinweis),
        ("50-nachgeahmter-systemabsender.eml", Grund::AbsenderUnbestaetigt),
        ("53-person-statt-team.eml", Grund::KeinHinweis),
        ("26-mehrheit-gegen-adresse.eml", Grund::NichtAuswertbar),
        ("57-zwei-agenturen-fremder-wohnsitz.eml", Grund::Widerspruch),
    ] {
        let truth = truths().into_iter().find(|truth| truth.file == file).unwrap();
        assert_eq!(classify(&rules, &truth, Profil::Streng).grund, grund, "{file}");
    }
}
