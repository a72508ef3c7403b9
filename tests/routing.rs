//! The sample mails, read, and decided by the shipped rules on the shipped master data, against their truth.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::date;
use postweiche::config::load_stammdaten;
use postweiche::diagnostic::{Source, render};
use postweiche::domain::decision::{Decision, Entscheidung, EvidenzArt, Grund};
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
    let lage = Lage {
        region: &truth.region,
        address: &address,
        profil,
        gespraech: &[],
        groesse: None,
        tag: date(2024, 4, 16),
    };
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
fn every_sample_goes_where_it_should_in_both_profiles() {
    let rules = shipped_rules();
    for truth in truths() {
        for (profil, expected) in [(Profil::Streng, &truth.ziel_streng), (Profil::Weit, &truth.ziel)] {
            let decision = classify(&rules, &truth, profil);
            assert_eq!(ziel(&rules, &decision), *expected, "{} {profil:?}: {decision:?}", truth.file);
            let action = match decision.entscheidung {
                Entscheidung::Uebergeben(_) => "verschieben",
                Entscheidung::Ungeklaert if decision.grund == Grund::AndereScRegion => "fremdregion",
                Entscheidung::Ungeklaert => "klaerung",
                _ => "verbleibt",
            };
            // What mere hints would decide waits under `streng`.
            let expected = if truth.ziel == truth.ziel_streng { truth.aktion.as_str() } else { action };
            let is_hint = profil == Profil::Streng && decision.grund == Grund::NurHinweise;
            assert!(action == expected || is_hint, "{} {profil:?}: {decision:?}", truth.file);
        }
    }
}

#[test]
fn what_decided_is_what_the_truth_names() {
    let rules = shipped_rules();
    for truth in truths().iter().filter(|truth| truth.aktion == "verschieben") {
        let decision = classify(&rules, truth, Profil::Weit);
        let decided = match decision.grund {
            Grund::Mehrheit => "Mehrheit",
            Grund::Evidenz(EvidenzArt::EmpfaengerLiegenschaft) => "A",
            Grund::Evidenz(EvidenzArt::Plz | EvidenzArt::Ortsname) => "W",
            Grund::Evidenz(EvidenzArt::KundennummerPraefix) => "K",
            _ => "?",
        };
        assert_eq!(decided, truth.entscheidend, "{}: {decision:?}", truth.file);
    }
}

#[test]
fn what_is_left_says_why() {
    let rules = shipped_rules();
    for (file, grund) in [
        ("29-zwei-agenturen.eml", Grund::Widerspruch),
        ("11-kundennummer-betreff.eml", Grund::NurHinweise),
        ("31-aufgehobene-geteilt.eml", Grund::Widerspruch),
        ("33-nichts.eml", Grund::KeinHinweis),
        ("50-nachgeahmter-systemabsender.eml", Grund::AbsenderUnbestaetigt),
        ("53-person-statt-team.eml", Grund::KeinHinweis),
        ("57-zwei-agenturen-fremder-wohnsitz.eml", Grund::Widerspruch),
    ] {
        let truth = truths().into_iter().find(|truth| truth.file == file).unwrap();
        assert_eq!(classify(&rules, &truth, Profil::Streng).grund, grund, "{file}");
    }
}
