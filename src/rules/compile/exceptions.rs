//! Compiles the exceptions.

use std::collections::BTreeSet;

use crate::diagnostic::Source;
use crate::domain::decision::{Entscheidung, Vorgangsart};
use crate::domain::stammdaten::Stammdaten;
use crate::rules::distance::nearest;
use crate::rules::exception::Ausnahme;
use crate::rules::file::{self, Word, Words};
use crate::rules::read::At;

use super::Compiler;

/// Longest name of an exception; it is kept with each decision.
const MAX_NAME: usize = 60;

impl Compiler<'_, '_> {
    /// All exceptions that are sound, in the order of the files.
    pub(super) fn ausnahmen(&mut self, stammdaten: &Stammdaten) -> Vec<Ausnahme> {
        let mut names = BTreeSet::new();
        let mut all = Vec::new();
        for at in &self.written.ausnahme {
            let name = &at.value.name;
            if !names.insert(name.get_ref()) {
                let title = format!("the exception {:?} exists twice", name.get_ref());
                self.problem(at.source, name.span(), title, Some("give each a name of its own".to_owned()));
            }
            all.extend(self.ausnahme(at, stammdaten));
        }
        all
    }

    fn ausnahme(&mut self, at: &At<'_, file::Ausnahme>, stammdaten: &Stammdaten) -> Option<Ausnahme> {
        let (source, value) = (at.source, &at.value);
        self.check_name(source, &value.name);
        let ticket = value.ticket.as_ref().filter(|ticket| !ticket.get_ref().trim().is_empty());
        if ticket.is_none() {
            let title = format!("the exception {:?} has no ticket", value.name.get_ref());
            let help = "say with ticket = \"...\" who asked for it, so that somebody can take it out again".to_owned();
            let place = value.ticket.as_ref().unwrap_or(&value.name).span();
            self.problem(source, place, title, Some(help));
        }
        let ziel = self.ziel(source, value, stammdaten);
        let gueltigkeit = self.gueltigkeit(source, value.gueltig_ab.as_ref(), value.gueltig_bis.as_ref());
        let vorgangsarten = value.vorgangsarten.as_ref().map(|arten| {
            self.filled(source, arten.get_ref(), arten.span());
            self.touched(source, arten.get_ref())
        });
        let wenn = self.ausdruck(source, &value.wenn, stammdaten);
        Some(Ausnahme {
            name: value.name.get_ref().clone(),
            beschreibung: value.beschreibung.clone(),
            ticket: ticket?.get_ref().trim().to_owned(),
            wenn: wenn?,
            ziel: ziel?,
            gueltigkeit,
            vorgangsarten,
        })
    }

    /// The name goes into the ledger with every decision, so it is a plain word.
    fn check_name(&mut self, source: &Source, name: &Word) {
        let word = name.get_ref();
        let is_plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-');
        if word.is_empty() || word.len() > MAX_NAME || !word.bytes().all(is_plain) {
            let title = format!("{word:?} cannot be the name of an exception");
            let help = format!("small letters a to z, digits, _ and -, at most {MAX_NAME}; no names of people");
            self.problem(source, name.span(), title, Some(help));
        }
    }

    fn ziel(&mut self, source: &Source, value: &file::Ausnahme, stammdaten: &Stammdaten) -> Option<Entscheidung> {
        let help = || Some("give agentur = \"slug\" or bleibt = \"verbleibt_sc\"".to_owned());
        match (&value.agentur, &value.bleibt) {
            (Some(word), None) => {
                let agentur = stammdaten.by_slug(word.get_ref());
                if agentur.is_none() {
                    let slugs = stammdaten.agenturen().iter().map(|agentur| agentur.slug.as_str());
                    let help = match nearest(word.get_ref(), slugs) {
                        Some(near) => format!("did you mean {near}?"),
                        None => "use the word in the column slug of agenturen.csv".to_owned(),
                    };
                    self.problem(source, word.span(), format!("unknown Agentur {:?}", word.get_ref()), Some(help));
                }
                agentur.map(Entscheidung::Uebergeben)
            }
            (None, Some(word)) => {
                let outcomes = [
                    Entscheidung::VerbleibtSc,
                    Entscheidung::Fremd,
                    Entscheidung::Automatisch,
                    Entscheidung::Ungeklaert,
                ];
                self.choice(source, word, "state", &outcomes.map(|outcome| (outcome.as_str(), outcome)))
            }
            (Some(_), Some(second)) => {
                let title = format!("the exception {:?} has two targets", value.name.get_ref());
                self.problem(source, second.span(), title, help());
                None
            }
            (None, None) => {
                let title = format!("the exception {:?} has no target", value.name.get_ref());
                self.problem(source, value.name.span(), title, help());
                None
            }
        }
    }

    fn touched(&mut self, source: &Source, words: &Words) -> BTreeSet<Vorgangsart> {
        let kinds = Vorgangsart::ALL.map(|art| (art.as_str(), art));
        let mut arten = BTreeSet::new();
        for word in words {
            let Some(art) = self.choice(source, word, "kind of message", &kinds) else { continue };
            if Ausnahme::NIE.contains(&art) {
                let title = format!("no exception touches mail of the kind {}", art.as_str());
                self.problem(source, word.span(), title, Some("take the word out".to_owned()));
            }
            arten.insert(art);
        }
        arten
    }
}
