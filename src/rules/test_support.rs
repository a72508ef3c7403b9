//! What the tests of several modules need: master data, messages, and the shipped rules.

use std::sync::{Arc, OnceLock};

use jiff::civil::{Date, date};

use crate::diagnostic::{Source, render};
use crate::domain::agentur::{Agentur, AgenturId, Gueltigkeit};
use crate::domain::decision::Decision;
use crate::domain::message::{Address, HeaderField, Message};
use crate::domain::postfach::Profil;
use crate::domain::stammdaten::Stammdaten;

use super::{Lage, RuleSet, compile};

pub(super) const TAG: Date = date(2024, 4, 16);
pub(super) const BONN: AgenturId = AgenturId(0);
pub(super) const KOELN: AgenturId = AgenturId(1);
pub(super) const ESSEN: AgenturId = AgenturId(2);
pub(super) const KIEL: AgenturId = AgenturId(3);

/// Bonn, Köln and Essen in `sc-west`, Kiel in `sc-nord`; 323, 357, 343 and 131; 53111, 50667, 45127 and 24103.
pub(super) fn stammdaten() -> Stammdaten {
    let row = |slug: &str, name: &str, region: &str| Agentur {
        slug: slug.to_owned(),
        name: name.to_owned(),
        sc_region: region.to_owned(),
        regionaldirektion: String::new(),
        bundesland: String::new(),
        ordner: name.to_owned(),
        verteiler: None,
        gueltigkeit: Gueltigkeit::default(),
    };
    let mut daten = Stammdaten::new(vec![
        row("bonn", "Bonn", "sc-west"),
        row("koeln", "Köln", "sc-west"),
        row("essen", "Essen", "sc-west"),
        row("kiel", "Kiel", "sc-nord"),
    ]);
    let always = Gueltigkeit::default();
    for (id, town, nummer, plz) in [
        (BONN, "Bonn", "323", "53111"),
        (KOELN, "Koeln", "357", "50667"),
        (ESSEN, "Essen", "343", "45127"),
        (KIEL, "Kiel", "131", "24103"),
    ] {
        daten.add_adresse(&format!("{town}@arbeitsagentur.example"), id, always);
        daten.add_muster(town, "arbeitsagentur.example", id, always);
        daten.add_dienststelle(nummer, id, always);
        daten.add_plz(plz, id, always);
        daten.add_ort(town, id, always);
    }
    daten.add_adresse("Siegburg@arbeitsagentur.example", BONN, always);
    daten.add_ort("Siegburg", BONN, always);
    daten.add_ort("Bad Honnef", BONN, always);
    daten.add_adresse("Husum@arbeitsagentur.example", BONN, always);
    daten.add_ort("Husum", BONN, always);
    daten.add_ort("Husum", ESSEN, always);
    daten.add_dienststelle("399", BONN, always);
    daten.add_dienststelle("399", KOELN, always);
    daten
}

/// The shipped rule files, as the command line would give them.
pub(super) fn shipped_files() -> Vec<Source> {
    let files = [
        ("10-vorgangsarten.toml", include_str!("../../rules/10-vorgangsarten.toml")),
        ("20-evidenz.toml", include_str!("../../rules/20-evidenz.toml")),
        ("30-entscheidung.toml", include_str!("../../rules/30-entscheidung.toml")),
        ("40-texte.toml", include_str!("../../rules/40-texte.toml")),
        ("50-ausnahmen.toml", include_str!("../../rules/50-ausnahmen.toml")),
    ];
    files.into_iter().map(|(path, text)| Source { path: path.into(), text: text.into() }).collect()
}

/// The shipped rules on these master data.
pub(super) fn rules_with(stammdaten: Stammdaten) -> RuleSet {
    let (rules, problems) = compile(&shipped_files(), Arc::new(stammdaten), &[]);
    rules.unwrap_or_else(|| panic!("{}", render(&problems, false)))
}

/// Compiled once for all tests of a process.
pub(super) fn rules() -> &'static RuleSet {
    static RULES: OnceLock<RuleSet> = OnceLock::new();
    RULES.get_or_init(|| rules_with(stammdaten()))
}

pub(super) const LAGE: Lage<'static> = Lage {
    region: "sc-west",
    address: "sc-west@arbeitsagentur.example",
    profil: Profil::Streng,
    gespraech: &[],
    groesse: Some(20_000),
    tag: TAG,
};

fn addresses(list: &[&str]) -> Vec<Address> {
    list.iter().map(|address| Address { name: None, address: (*address).to_owned() }).collect()
}

/// A message from a customer to the mailbox, then changed as the test needs.
pub(super) fn mail() -> Message {
    Message {
        from: addresses(&["kunde@web.example"]),
        to: addresses(&["sc-west@arbeitsagentur.example"]),
        content_type: "text/plain".to_owned(),
        subject: "Frage".to_owned(),
        text: "Guten Tag".to_owned(),
        ..Message::default()
    }
}

impl Message {
    pub(super) fn with_from(mut self, list: &[&str]) -> Self {
        self.from = addresses(list);
        self
    }

    pub(super) fn with_to(mut self, list: &[&str]) -> Self {
        self.to = addresses(list);
        self
    }

    pub(super) fn with_cc(mut self, list: &[&str]) -> Self {
        self.cc = addresses(list);
        self
    }

    pub(super) fn with_subject(mut self, subject: &str) -> Self {
        self.subject = subject.to_owned();
        self
    }

    pub(super) fn with_text(mut self, text: &str) -> Self {
        self.text = text.to_owned();
        self
    }

    pub(super) fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push(HeaderField { name: name.to_ascii_lowercase(), value: value.to_owned() });
        self
    }

    pub(super) fn with_attached(mut self, attached: Message) -> Self {
        self.attached.push(attached);
        self
    }
}

/// `entscheidung agentur grund`, as short as a table of cases wants it.
pub(super) fn outcome(rules: &RuleSet, decision: &Decision) -> String {
    match decision.entscheidung.agentur() {
        Some(id) => rules.stammdaten().agentur(id).slug.clone(),
        None => decision.grund.as_str().to_owned(),
    }
}
