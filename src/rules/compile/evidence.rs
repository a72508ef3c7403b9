//! Compiles the rules about evidence and how it is weighed.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diagnostic::Source;
use crate::domain::decision::{EvidenzArt, Fundort};
use crate::domain::stammdaten::fold_ort;
use crate::rules::agentur_names::Agenturnamen;
use crate::rules::decide::Abwaegung;
use crate::rules::evidence::address::{AddressFinder, Quelle};
use crate::rules::evidence::field::FieldFinder;
use crate::rules::evidence::number::NumberFinder;
use crate::rules::evidence::salutation::SalutationFinder;
use crate::rules::file::Words;
use crate::rules::fold::fold;
use crate::rules::glob::Glob;
use crate::rules::read::At;

use super::Compiler;

/// Places that a level of evidence A may name.
const ORTE: [(&str, Quelle); 6] = [
    ("to", Quelle::To),
    ("cc", Quelle::Cc),
    ("received-for", Quelle::ReceivedFor),
    ("zitat-empfaenger", Quelle::ZitatEmpfaenger),
    ("anhang-empfaenger", Quelle::AnhangEmpfaenger),
    ("zitat-absender", Quelle::ZitatAbsender),
];

impl Compiler<'_, '_> {
    /// The finder of evidence A.
    pub(super) fn address(&mut self) -> Option<AddressFinder> {
        let at = self.written.empfaenger_liegenschaft.as_ref()?;
        let mut stufen = Vec::new();
        for stufe in at.value.stufe.get_ref() {
            let mut quellen = Vec::new();
            for word in &stufe.orte {
                quellen.extend(self.choice(at.source, word, "place", &ORTE));
            }
            if stufe.orte.is_empty() && stufe.kopfzeilen.is_empty() {
                self.filled(at.source, &stufe.orte, at.value.stufe.span());
            }
            for word in &stufe.kopfzeilen {
                self.header_name(at.source, word.get_ref(), word.span());
            }
            let kopfzeilen = self.words(at.source, &stufe.kopfzeilen);
            quellen.extend(kopfzeilen.into_iter().map(|name| Quelle::Kopfzeile(name.to_ascii_lowercase())));
            stufen.push(quellen);
        }
        let groups: Vec<(&str, &At<'_, Words>)> =
            self.written.adressgruppe.iter().map(|(name, at)| (&**name, at)).collect();
        let mut nie = Vec::new();
        for word in &at.value.nie_gruppen {
            if let Some(group) = self.choice(at.source, word, "adressgruppe", &groups) {
                nie.extend(self.globs(group.source, &group.value));
            }
        }
        let teamwoerter = self.folded(at.source, &at.value.teamwoerter).iter().map(|word| Glob::new(word)).collect();
        Some(AddressFinder { stufen, teamwoerter, ziffer_genuegt: at.value.ziffer_genuegt, nie })
    }

    /// The finder of evidence D.
    pub(super) fn field(&mut self, namen: &Arc<Agenturnamen>) -> Option<FieldFinder> {
        let at = self.written.eservice_feld.as_ref()?;
        let known: Vec<(&str, &str)> = self.written.systemabsender.keys().map(|key| (&**key, &**key)).collect();
        let systemabsender = self.choice(at.source, &at.value.systemabsender, "system sender", &known);
        self.filled(at.source, &at.value.bezeichnungen, at.span.clone());
        let fuellwoerter = self.words(at.source, &at.value.fuellwoerter);
        let mut fuellwoerter: Vec<String> = fuellwoerter.into_iter().map(fold_ort).collect();
        // The longer one first: "Agentur für Arbeit" before "Agentur".
        fuellwoerter.sort_by_key(|word| std::cmp::Reverse(word.len()));
        Some(FieldFinder {
            systemabsender: systemabsender?.to_owned(),
            felder: self.folded(at.source, &at.value.bezeichnungen),
            fuellwoerter,
            trenner: self.words(at.source, &at.value.trenner).into_iter().map(separator).collect(),
            namen: Arc::clone(namen),
        })
    }

    /// The finder of evidence K.
    pub(super) fn number(&mut self) -> Option<NumberFinder> {
        let at = self.written.kundennummer_praefix.as_ref()?;
        let known = [Fundort::Betreff, Fundort::Text, Fundort::Anhangname].map(|fundort| (fundort.as_str(), fundort));
        let words = at.value.fundorte.get_ref();
        self.filled(at.source, words, at.value.fundorte.span());
        let fundorte = words.iter().filter_map(|word| self.choice(at.source, word, "place", &known)).collect();
        Some(NumberFinder { fundorte })
    }

    /// The finder of evidence N.
    pub(super) fn salutation(&mut self, namen: &Arc<Agenturnamen>) -> Option<SalutationFinder> {
        let at = self.written.anrede.as_ref()?;
        let (source, value, place) = (at.source, &at.value, &at.span);
        Some(SalutationFinder {
            agenturworte: self.phrases(source, &value.agenturworte, place)?,
            adresszeilen: self.phrases(source, &value.adresszeilen, place)?,
            fuellwoerter: self.folded(source, &value.fuellwoerter),
            namen: Arc::clone(namen),
        })
    }

    /// How all evidence is weighed.
    pub(super) fn abwaegung(&mut self) -> Option<Abwaegung> {
        let written = self.written;
        let (at, streng, weit) = (written.entscheidung.as_ref()?, written.streng.as_ref()?, written.weit.as_ref()?);
        let reihenfolge = self.arten(at.source, at.value.reihenfolge.get_ref());
        let mut counts: BTreeMap<EvidenzArt, usize> = EvidenzArt::ALL.iter().map(|&art| (art, 0)).collect();
        reihenfolge.iter().for_each(|art| *counts.entry(*art).or_default() += 1);
        for (art, count) in counts.into_iter().filter(|&(_, count)| count != 1) {
            let title = format!("reihenfolge names {} {count} times", art.as_str());
            let help = "every kind of evidence stands there exactly once".to_owned();
            self.problem(at.source, at.value.reihenfolge.span(), title, Some(help));
        }
        if *at.value.mindestens.get_ref() < 2 {
            let title = "a majority needs at least 2".to_owned();
            self.problem(at.source, at.value.mindestens.span(), title, None);
        }
        Some(Abwaegung {
            allein: self.arten(at.source, &at.value.allein),
            voters: self.arten(at.source, &at.value.stimmen),
            mindestens: *at.value.mindestens.get_ref(),
            reihenfolge,
            hinweise_streng: self.arten(streng.source, &streng.value.hinweise).into_iter().collect(),
            hinweise_weit: self.arten(weit.source, &weit.value.hinweise).into_iter().collect(),
        })
    }

    fn arten(&mut self, source: &Source, words: &Words) -> Vec<EvidenzArt> {
        let known = EvidenzArt::ALL.map(|art| (art.as_str(), art));
        words.iter().filter_map(|word| self.choice(source, word, "kind of evidence", &known)).collect()
    }
}

/// A word between two offices stands alone; a sign may touch its neighbours.
fn separator(written: &str) -> String {
    let word = fold(written);
    if word.chars().any(char::is_alphanumeric) { format!(" {word} ") } else { word }
}
