//! The truth file: what ought to become of each mail.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use crate::config::csv_file::{Cell, Column, CsvFile, Row, optional, required};
use crate::config::{Postfach, nearest};
use crate::diagnostic::{Diagnostic, Source};
use crate::domain::agentur::AgenturId;
use crate::domain::decision::Vorgangsart;
use crate::domain::postfach::Profil;
use crate::domain::stammdaten::Stammdaten;

/// The columns; those that only a person reads are known so that nobody is told about them.
const COLUMNS: &[Column] = &[
    required("file"),
    optional("tier"),
    required("region"),
    optional("vorgang"),
    optional("zustaendig"),
    optional("aktion"),
    required("ziel"),
    required("ziel_streng"),
    optional("entscheidend"),
    optional("evidenz"),
    optional("beschreibung"),
];

/// Word of a target: stays with the Service Center.
const VERBLEIBT_SC: &str = "verbleibt-sc";
/// Word of a target: left for a person.
const UNGEKLAERT: &str = "ungeklaert";

/// What ought to become of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ziel {
    Agentur(AgenturId),
    /// Left for a person.
    Ungeklaert,
    /// Not for an Agentur.
    VerbleibtSc,
}

/// One row.
#[derive(Debug)]
pub struct Expected<'a> {
    /// As it stands in the row.
    pub file: &'a str,
    pub path: PathBuf,
    /// Empty if the file does not say.
    pub tier: &'a str,
    pub postfach: &'a Postfach,
    /// None if the file does not say.
    pub vorgang: Option<Vorgangsart>,
    ziel_weit: Ziel,
    ziel_streng: Ziel,
    row: Row<'a>,
}

impl Expected<'_> {
    /// The target under a profile.
    pub fn ziel(&self, profil: Profil) -> Ziel {
        match profil {
            Profil::Streng => self.ziel_streng,
            Profil::Weit => self.ziel_weit,
        }
    }

    /// The target in words.
    pub fn ziel_text(&self, profil: Profil, stammdaten: &Stammdaten) -> String {
        match self.ziel(profil) {
            Ziel::Agentur(id) => stammdaten.agentur(id).slug.clone(),
            Ziel::Ungeklaert => UNGEKLAERT.to_owned(),
            Ziel::VerbleibtSc => VERBLEIBT_SC.to_owned(),
        }
    }

    /// An error about its mail file.
    pub fn file_error(&self, title: impl Into<String>) -> Diagnostic {
        self.row.cell("file").error(title)
    }
}

/// The truth file as text and cells; none if its header does not do, which is reported.
pub fn parse(source: Source, problems: &mut Vec<Diagnostic>) -> Option<CsvFile> {
    CsvFile::parse(source, COLUMNS, problems)
}

/// The sound rows. What is wrong with the others is reported.
pub fn rows<'a>(
    file: &'a CsvFile,
    dir: &Path,
    postfaecher: &'a [Postfach],
    stammdaten: &Stammdaten,
    problems: &mut Vec<Diagnostic>,
) -> Vec<Expected<'a>> {
    let mut seen = HashSet::new();
    let mut rows = Vec::new();
    for row in file.rows() {
        let (name, region) = (row.cell("file"), row.cell("region"));
        if !seen.insert((name.text, region.text)) {
            problems.push(name.error(format!("{:?} in {:?} has two rows", name.text, region.text)));
        }
        let postfach = postfach(region, postfaecher, problems);
        let vorgang = vorgang(row.cell("vorgang"), problems);
        let ziel_weit = ziel(row.cell("ziel"), stammdaten, problems);
        let ziel_streng = ziel(row.cell("ziel_streng"), stammdaten, problems);
        if let (Some(postfach), Some(vorgang), Some(ziel_weit), Some(ziel_streng)) =
            (postfach, vorgang, ziel_weit, ziel_streng)
        {
            let (tier, path) = (row.cell("tier").text, dir.join(name.text));
            rows.push(Expected { file: name.text, path, tier, postfach, vorgang, ziel_weit, ziel_streng, row });
        }
    }
    rows
}

fn postfach<'a>(region: Cell<'_>, postfaecher: &'a [Postfach], problems: &mut Vec<Diagnostic>) -> Option<&'a Postfach> {
    let found = postfaecher.iter().find(|postfach| postfach.name == region.text);
    if found.is_none() {
        let names: Vec<&str> = postfaecher.iter().map(|postfach| postfach.name.as_str()).collect();
        let title = format!("the configuration has no mailbox {:?}", region.text);
        problems.push(region.error(title).help(format!("there are {}", names.join(", "))));
    }
    found
}

/// The outer `None`: the word is unknown, which is reported.
fn vorgang(cell: Cell<'_>, problems: &mut Vec<Diagnostic>) -> Option<Option<Vorgangsart>> {
    if cell.text.is_empty() {
        return Some(None);
    }
    let found = Vorgangsart::ALL.into_iter().find(|art| art.as_str() == cell.text);
    if found.is_none() {
        let words = Vorgangsart::ALL.map(Vorgangsart::as_str);
        problems.push(
            cell.error(format!("unknown kind of mail {:?}", cell.text))
                .help(format!("it is one of {}", words.join(", "))),
        );
    }
    found.map(Some)
}

fn ziel(cell: Cell<'_>, stammdaten: &Stammdaten, problems: &mut Vec<Diagnostic>) -> Option<Ziel> {
    let found = match cell.text {
        VERBLEIBT_SC => Some(Ziel::VerbleibtSc),
        UNGEKLAERT => Some(Ziel::Ungeklaert),
        slug => stammdaten.by_slug(slug).map(Ziel::Agentur),
    };
    if found.is_none() {
        let slugs = stammdaten.agenturen().iter().map(|agentur| agentur.slug.as_str());
        let help = match nearest(cell.text, slugs.chain([VERBLEIBT_SC, UNGEKLAERT])) {
            Some(near) => format!("did you mean {near:?}?"),
            None => format!("a target is a slug of agenturen.csv, {VERBLEIBT_SC} or {UNGEKLAERT}"),
        };
        problems.push(cell.error(format!("unknown Agentur {:?}", cell.text)).help(help));
    }
    found
}
