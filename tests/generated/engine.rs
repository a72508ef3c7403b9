//! The program under test: raw bytes in, explanation out.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use jiff::civil::date;
use postweiche::config::load_stammdaten;
use postweiche::diagnostic::{Source, render};
use postweiche::domain::decision::Entscheidung;
use postweiche::domain::message::Message;
use postweiche::domain::postfach::Profil as Profile;
use postweiche::parse::parse;
use postweiche::rules::explanation::Explanation;
use postweiche::rules::{Lage, RuleSet, compile};

use super::reference::{Profil, Verdict};
use super::register::Register;

pub fn rules() -> &'static RuleSet {
    static RULES: OnceLock<RuleSet> = OnceLock::new();
    RULES.get_or_init(|| {
        let project = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let loaded = load_stammdaten(&project.join("config/stammdaten"));
        let stammdaten = loaded.stammdaten.unwrap_or_else(|| panic!("{}", render(&loaded.problems, false)));
        let (rules, problems) = compile(&rule_files(&project.join("rules")), Arc::new(stammdaten), &loaded.quellen);
        rules.unwrap_or_else(|| panic!("{}", render(&problems, false)))
    })
}

pub fn register() -> &'static Register {
    static REGISTER: OnceLock<Register> = OnceLock::new();
    REGISTER.get_or_init(Register::load)
}

fn rule_files(dir: &Path) -> Vec<Source> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    let source = |path: PathBuf| Source { text: std::fs::read_to_string(&path).unwrap().into(), path };
    paths.into_iter().map(source).collect()
}

/// A mail as the rules see it.
pub fn read(raw: &[u8]) -> Message {
    parse(raw, true)
}

/// All that the program says about a mail in the mailbox of a region.
pub fn explain(message: &Message, region: &str, profil: Profil) -> Explanation {
    let address = format!("{region}@arbeitsagentur.example");
    let profil = match profil {
        Profil::Streng => Profile::Streng,
        Profil::Weit => Profile::Weit,
    };
    let lage = Lage { region, address: &address, profil, gespraech: &[], groesse: None, tag: date(2024, 4, 16) };
    rules().explain(message, &lage)
}

/// Its verdict in the words of the expectation.
pub fn verdict(explanation: &Explanation) -> Verdict {
    match explanation.decision.entscheidung {
        Entscheidung::Uebergeben(agentur) => Verdict::Agentur(rules().stammdaten().agentur(agentur).slug.clone()),
        Entscheidung::Ungeklaert => Verdict::Ungeklaert,
        Entscheidung::VerbleibtSc | Entscheidung::Fremd | Entscheidung::Automatisch => Verdict::Bleibt,
    }
}
