//! D: the field of an eService mail that names the Dienststelle.

use std::sync::Arc;

use jiff::civil::Date;

use crate::domain::agentur::AgenturSet;
use crate::domain::decision::{EvidenzArt, Fundort};
use crate::domain::stammdaten::{Stammdaten, fold_ort};
use crate::rules::agentur_names::Agenturnamen;
use crate::rules::explanation::Fundstelle;
use crate::rules::fields::{self, Value};
use crate::rules::postcode;
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
    pub namen: Arc<Agenturnamen>,
}

impl Finder for FieldFinder {
    fn find(&self, mail: &Prepared<'_>) -> Fund {
        let mut fund = Fund::default();
        if mail.absender.system.as_deref() != Some(self.systemabsender.as_str()) {
            return fund;
        }
        for value in fields::all(&mail.message.text, &self.felder) {
            let mut agenturen = AgenturSet::new();
            fund.unlesbar |= !self.read(&value, mail.stammdaten, mail.lage.tag, &mut agenturen);
            if !agenturen.is_empty() {
                let (art, fundort) = (EvidenzArt::EserviceFeld, Fundort::Feld);
                fund.evidenz.push(Fundstelle { art, agenturen, fundort, wortlaut: value.text });
            }
        }
        fund
    }
}

impl FieldFinder {
    /// Adds the Agenturen of a value; false if anything stands there that nobody knows, or that perhaps belongs to the
    /// next field.
    fn read(&self, value: &Value, stammdaten: &Stammdaten, day: Date, found: &mut AgenturSet) -> bool {
        let whole = self.resolve(&value.text, stammdaten, day);
        if let Resolved::Agenturen(agenturen) = whole {
            found.extend(agenturen);
            return true;
        }
        let (mut readable, mut names_an_office) = (true, false);
        let mut pieces = vec![value.text.as_str()];
        for trenner in &self.trenner {
            pieces = pieces.into_iter().flat_map(|piece| piece.split(trenner.as_str())).collect();
        }
        for piece in pieces {
            match self.resolve(piece, stammdaten, day) {
                Resolved::Agenturen(agenturen) if value.beside_label => {
                    found.extend(agenturen);
                    names_an_office = true;
                }
                Resolved::Nothing => {}
                // The office's own address.
                Resolved::Unknown if names_an_office && is_address(piece) => {}
                Resolved::Agenturen(_) | Resolved::Unknown => readable = false,
            }
        }
        readable
    }

    /// One office: by name, by number, by the town of a Geschäftsstelle, by any town, a former one by who works for it;
    /// in this order.
    fn resolve(&self, piece: &str, stammdaten: &Stammdaten, day: Date) -> Resolved {
        let mut key = format!(" {} ", fold_ort(piece));
        for word in &self.fuellwoerter {
            key = key.replace(&format!(" {word} "), " ");
        }
        let is_number = |word: &&str| word.len() == 3 && word.bytes().all(|byte| byte.is_ascii_digit());
        let (numbers, words): (Vec<&str>, Vec<&str>) = key.split_whitespace().partition(is_number);
        if numbers.is_empty() && words.is_empty() {
            return Resolved::Nothing;
        }
        let mut agenturen = AgenturSet::new();
        for number in numbers {
            let behind = stammdaten.dienststelle(number, day);
            if behind.is_empty() {
                return Resolved::Unknown;
            }
            agenturen.extend(behind);
        }
        if !words.is_empty() {
            let named = self.namen.named(&words.join(" "), stammdaten, day);
            if named.is_empty() {
                return Resolved::Unknown;
            }
            agenturen.extend(named);
        }
        Resolved::Agenturen(agenturen)
    }
}

/// `Butzweilerhofallee 1` or `50829 Köln`.
fn is_address(piece: &str) -> bool {
    let piece = piece.trim();
    postcode::ends_in_house_number(piece) || postcode::find(piece).first().is_some_and(|number| number.start == 0)
}

/// What became of a piece of the field.
enum Resolved {
    /// Never empty.
    Agenturen(AgenturSet),
    /// No more than signs and words that say *office*.
    Nothing,
    /// Something else stands there.
    Unknown,
}
