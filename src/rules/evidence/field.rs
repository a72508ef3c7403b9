//! D: the field of an eService mail that names the Dienststelle.

use std::collections::HashMap;

use jiff::civil::Date;

use crate::domain::agentur::{AgenturId, AgenturSet};
use crate::domain::decision::{Evidenz, EvidenzArt, Fundort};
use crate::domain::stammdaten::{Stammdaten, fold_ort};
use crate::rules::fields::{self, Value};
use crate::rules::prepare::Prepared;

use super::{Finder, Fund};

/// Finds the Dienststelle named by a system mail.
#[derive(Clone, Debug)]
pub(in crate::rules) struct FieldFinder {
    /// Only in mails of this system sender.
    pub systemabsender: String,
    /// Labels, folded.
    pub felder: Vec<String>,
    /// Words that say *office* without saying which, spelled as town names are.
    pub fuellwoerter: Vec<String>,
    /// What stands between two offices, folded.
    pub trenner: Vec<String>,
    /// All Agenturen by name and slug, also those no longer or not yet valid.
    pub namen: HashMap<String, Vec<AgenturId>>,
}

impl Finder for FieldFinder {
    fn find(&self, mail: &Prepared<'_>) -> Fund {
        let mut fund = Fund::default();
        if mail.absender.system.as_deref() != Some(self.systemabsender.as_str()) {
            return fund;
        }
        let mut agenturen = AgenturSet::new();
        for value in fields::values(&mail.message.text, &self.felder) {
            fund.unlesbar |= !self.read(&value, mail.stammdaten, mail.lage.tag, &mut agenturen);
        }
        if !agenturen.is_empty() {
            fund.evidenz.push(Evidenz { art: EvidenzArt::EserviceFeld, agenturen, fundort: Fundort::Feld });
        }
        fund
    }
}

impl FieldFinder {
    /// Adds the Agenturen of a value; false if an office stands there that nobody knows, or perhaps one that belongs to
    /// the next field.
    fn read(&self, value: &Value, stammdaten: &Stammdaten, day: Date, found: &mut AgenturSet) -> bool {
        let whole = self.resolve(&value.text, stammdaten, day);
        if let Some(agenturen) = whole.agenturen {
            found.extend(agenturen);
            return true;
        }
        let mut readable = true;
        let mut pieces = vec![value.text.as_str()];
        for trenner in &self.trenner {
            pieces = pieces.into_iter().flat_map(|piece| piece.split(trenner.as_str())).collect();
        }
        for piece in pieces {
            let answer = self.resolve(piece, stammdaten, day);
            match answer.agenturen {
                Some(agenturen) if value.beside_label => found.extend(agenturen),
                Some(_) => readable = false,
                None => readable &= !answer.says_office,
            }
        }
        readable
    }

    /// One office: by name, by number, by town, a former one by who works for it; in this order.
    fn resolve(&self, piece: &str, stammdaten: &Stammdaten, day: Date) -> Resolved {
        let mut key = format!(" {} ", fold_ort(piece));
        let mut says_office = false;
        for word in &self.fuellwoerter {
            let word = format!(" {word} ");
            says_office |= key.contains(&word);
            key = key.replace(&word, " ");
        }
        let is_number = |word: &&str| word.len() == 3 && word.bytes().all(|byte| byte.is_ascii_digit());
        let (numbers, words): (Vec<&str>, Vec<&str>) = key.split_whitespace().partition(is_number);
        says_office |= !numbers.is_empty() && words.is_empty();
        let name = words.join(" ");
        let mut agenturen: AgenturSet = numbers.iter().flat_map(|nr| stammdaten.dienststelle(nr, day)).collect();
        if !name.is_empty() {
            let ids = self.namen.get(&name).map(Vec::as_slice).unwrap_or_default();
            let is_valid = |&id: &AgenturId| stammdaten.agentur(id).gueltigkeit.contains(day);
            let mut named: AgenturSet = ids.iter().copied().filter(is_valid).collect();
            if named.is_empty() {
                named = stammdaten.ort(&name);
            }
            if named.is_empty() {
                named = ids.iter().map(|&id| stammdaten.vertretung(id, day)).filter(is_valid).collect();
            }
            if named.is_empty() {
                return Resolved { agenturen: None, says_office };
            }
            agenturen.extend(named);
        }
        Resolved { agenturen: Some(agenturen).filter(|agenturen| !agenturen.is_empty()), says_office }
    }
}

/// What became of a piece of the field.
struct Resolved {
    agenturen: Option<AgenturSet>,
    /// An office seems to be meant.
    says_office: bool,
}
