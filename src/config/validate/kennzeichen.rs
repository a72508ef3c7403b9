//! `[kennzeichen]`: how the marks of clerks are called.

use crate::config::Kennzeichenwahl;
use crate::config::ordner::folder_problem;
use crate::config::table::{Findings, TableReader};
use crate::domain::kennzeichen::{Kennzeichen, Kennzeichennamen};

/// Keys, marks and default names. What has no name is not read.
const MARKS: [(&str, Kennzeichen, &[&str]); 5] = [
    ("in_bearbeitung", Kennzeichen::InBearbeitung, &[]),
    ("bearbeitet", Kennzeichen::Bearbeitet, &["Bearbeitet", "EZ Bearbeitet"]),
    ("bearbeitet_au", Kennzeichen::BearbeitetAu, &["Bearbeitet/AU", "EZ Bearbeitet AU"]),
    ("zu_loeschen", Kennzeichen::ZuLoeschen, &["Zu löschen", "EZ Zu löschen"]),
    ("zurueck_an_sc", Kennzeichen::ZurueckAnSc, &["Zurück an SC", "EZ Zurück an SC"]),
];
const SC_ORDNER: [&str; 2] = ["INBOX/Ungeklärt", "INBOX/Fremdvorgänge"];

pub fn read(table: Option<TableReader<'_>>, findings: &mut Findings) -> Kennzeichenwahl {
    let empty = toml::de::DeTable::new();
    let mut table = table.unwrap_or_else(|| TableReader::new("[kennzeichen]", 0..0, &empty));
    let mut namen = Vec::new();
    for (key, kennzeichen, default) in MARKS {
        namen.extend(names(&mut table, findings, key, default).into_iter().map(|name| (name, kennzeichen)));
    }
    let sc_ordner = names(&mut table, findings, "sc_ordner", &SC_ORDNER);
    let loeschen_impliziert_bearbeitet = table.flag(findings, "loeschen_impliziert_bearbeitet", true);
    table.finish(findings);
    Kennzeichenwahl { namen: Kennzeichennamen::new(namen), sc_ordner, loeschen_impliziert_bearbeitet }
}

fn names(table: &mut TableReader<'_>, findings: &mut Findings, key: &'static str, default: &[&str]) -> Vec<String> {
    let Some(texts) = table.texts(findings, key) else {
        return default.iter().map(|&name| name.to_owned()).collect();
    };
    let mut names = Vec::new();
    for text in texts {
        match folder_problem(text.get_ref()) {
            Some(problem) => {
                let title = format!("{}: \"{key}\" {problem}", table.what());
                findings.push(findings.error(text.span(), title));
            }
            None => names.push((*text.get_ref()).to_owned()),
        }
    }
    names
}
