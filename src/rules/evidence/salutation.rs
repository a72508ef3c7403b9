//! N: the Agentur that the salutation, or an address line at the top of the text, names.

use std::sync::Arc;

use crate::domain::decision::{EvidenzArt, Fundort};
use crate::domain::stammdaten::fold_ort;
use crate::rules::agentur_names::Agenturnamen;
use crate::rules::explanation::Fundstelle;
use crate::rules::letter::{Absatz, Teil};
use crate::rules::phrases::Phrases;
use crate::rules::prepare::Prepared;

use super::{Finder, Fund};

/// Most words of a name.
const MAX_WORDS: usize = 5;
/// Most bytes before the office in an address line: `An die`, `z. Hd. Frau Ott,`.
const MAX_BEFORE: usize = 30;
/// Most lines of an address.
const MAX_LINES: usize = 12;

/// Finds offices that are spoken to.
#[derive(Clone, Debug)]
pub(in crate::rules) struct SalutationFinder {
    /// `agentur fuer arbeit`, folded; the name follows.
    pub agenturworte: Phrases,
    /// `an die`: begins an address line.
    pub adresszeilen: Phrases,
    /// `in`: stands between the two.
    pub fuellwoerter: Vec<String>,
    pub namen: Arc<Agenturnamen>,
}

impl Finder for SalutationFinder {
    fn find(&self, mail: &Prepared<'_>) -> Fund {
        let mut fund = Fund::default();
        if mail.absender.system.is_some() {
            return fund;
        }
        let mut lines_seen = 0;
        for absatz in mail.letter() {
            for index in 0..absatz.zeilen.len() {
                lines_seen += 1;
                let line = &absatz.text[absatz.zeilen[index].clone()];
                let speaks_to = mail.begins_with_salutation(line)
                    || (lines_seen <= MAX_LINES && self.is_address_line(line, absatz));
                if !speaks_to {
                    continue;
                }
                let Some(hit) = self.agenturworte.find(line).next() else { continue };
                let behind = &line[hit.end..];
                let named = self.named(behind, mail).or_else(|| self.on_next_line(absatz, index, behind, mail));
                fund.evidenz.extend(named.map(|(wortlaut, agenturen)| Fundstelle {
                    art: EvidenzArt::Anrede,
                    agenturen,
                    fundort: Fundort::Anrede,
                    wortlaut,
                }));
            }
        }
        fund
    }
}

type Named = (String, crate::domain::agentur::AgenturSet);

impl SalutationFinder {
    /// `An die Agentur für Arbeit Fürth`, or a line of an address at the top that begins with the office.
    fn is_address_line(&self, line: &str, absatz: &Absatz) -> bool {
        let Some(hit) = self.agenturworte.find(line).next() else { return false };
        let short = line.split_whitespace().count() <= MAX_WORDS + 8;
        short
            && hit.start <= MAX_BEFORE
            && (self.adresszeilen.at_start_of(line).is_some()
                || (absatz.teil == Teil::Kopf && line[..hit.start].chars().all(|c| !c.is_alphanumeric())))
    }

    /// The longest name at the beginning of a text.
    fn named(&self, text: &str, mail: &Prepared<'_>) -> Option<Named> {
        let end = text.find([',', ';', ':', '!', '?']).unwrap_or(text.len());
        let folded = fold_ort(&text[..end]);
        let mut words: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).collect();
        while words.first().is_some_and(|first| self.fuellwoerter.iter().any(|filler| filler == first)) {
            words.remove(0);
        }
        (1..=words.len().min(MAX_WORDS)).rev().find_map(|count| {
            let name = words[..count].join(" ");
            let agenturen = self.namen.named(&name, mail.stammdaten, mail.lage.tag);
            (!agenturen.is_empty()).then_some((name, agenturen))
        })
    }

    /// The office stands alone on its line; the next one is its name and nothing else.
    fn on_next_line(&self, absatz: &Absatz, index: usize, behind: &str, mail: &Prepared<'_>) -> Option<Named> {
        let next = &absatz.text[absatz.zeilen.get(index + 1)?.clone()];
        let is_alone = !behind.chars().any(char::is_alphanumeric);
        let is_name = !next.bytes().any(|byte| byte.is_ascii_digit());
        let named = (is_alone && is_name).then(|| self.named(next, mail))??;
        (named.0 == fold_ort(next)).then_some(named)
    }
}
