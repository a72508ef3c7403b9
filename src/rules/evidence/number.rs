//! K: the first three digits of a Kundennummer name the Dienststelle that gave it out.

use crate::domain::decision::{EvidenzArt, Fundort};
use crate::rules::explanation::{Ausschluss, Fundstelle, Verworfen};
use crate::rules::kundennummer;
use crate::rules::prepare::Prepared;

use super::{Finder, Fund};

/// Most numbers looked at in one place, and most discarded ones that are kept.
const MAX_NUMBERS: usize = 200;
const MAX_DISCARDED: usize = 20;

/// Finds Kundennummern.
#[derive(Clone, Debug)]
pub(in crate::rules) struct NumberFinder {
    /// Best first.
    pub fundorte: Vec<Fundort>,
}

impl Finder for NumberFinder {
    fn find(&self, mail: &Prepared<'_>) -> Fund {
        let mut fund = Fund::default();
        for &fundort in &self.fundorte {
            let is_beaten = !fund.evidenz.is_empty();
            for text in mail.number_places(fundort) {
                read(text, fundort, is_beaten, mail, &mut fund);
            }
        }
        for line in &mail.passages().fremde {
            for found in kundennummer::find(line).take(MAX_NUMBERS) {
                let wortlaut = line[found.span].to_owned();
                discard(&mut fund, Fundort::Text, wortlaut, Ausschluss::FremdeWorte);
            }
        }
        fund
    }
}

fn read(text: &str, fundort: Fundort, is_beaten: bool, mail: &Prepared<'_>, fund: &mut Fund) {
    for (index, found) in kundennummer::find(text).enumerate() {
        if index == MAX_NUMBERS {
            // A list of numbers names nobody's office.
            fund.unlesbar = true;
            return;
        }
        let agenturen = mail.stammdaten.dienststelle(&found.dienststelle, mail.lage.tag);
        let wortlaut = text[found.span].split_whitespace().collect::<Vec<_>>().join(" ");
        if agenturen.is_empty() {
            discard(fund, fundort, wortlaut, Ausschluss::UnbekannteDienststelle);
        } else if is_beaten {
            discard(fund, fundort, wortlaut, Ausschluss::BessererFundort);
        } else {
            let art = EvidenzArt::KundennummerPraefix;
            fund.evidenz.push(Fundstelle { art, agenturen, fundort, wortlaut });
        }
    }
}

fn discard(fund: &mut Fund, fundort: Fundort, wortlaut: String, warum: Ausschluss) {
    if fund.verworfen.len() < MAX_DISCARDED {
        fund.verworfen.push(Verworfen { art: EvidenzArt::KundennummerPraefix, fundort, wortlaut, warum });
    }
}
