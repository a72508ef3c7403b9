//! W: where the sender lives, by postcode or, without one, by town.
//!
//! Every five-digit number of the author's own text that the table knows is a [`Kandidat`]: [`labelled`] finds those
//! behind a word such as *Anschrift*, [`place`] those in signature and letter head. Then the reasons against each are
//! looked at. What is left are homes of the sender; if nothing is, [`town`] looks for a town. A system mail has no
//! letter: [`form`] reads its fields.

mod form;
mod gap;
mod labelled;
mod period;
mod place;
mod subject;
mod town;

use std::cell::OnceCell;

use crate::domain::decision::{EvidenzArt, Fundort};
use crate::rules::explanation::{Ausschluss, Fundstelle, Verworfen};
use crate::rules::language::Sprache;
use crate::rules::letter::{Absatz, Teil};
use crate::rules::names::Namen;
use crate::rules::phrases::Phrases;
use crate::rules::postcode::{self, Number};
use crate::rules::prepare::Prepared;
use crate::rules::vocabulary::Vocabulary;

use super::{Finder, Fund};
pub(in crate::rules) use form::Formularfelder;
use labelled::Label;

/// Most numbers and labels that are looked at in one text; one with more is a list, and nobody knows which is the home.
const MAX_NUMBERS: usize = 400;
const MAX_LABELS: usize = 100;
/// Most discarded numbers that are kept for the explanation.
const MAX_DISCARDED: usize = 20;
/// Words that may stand in the next line beside the name of a country.
const COUNTRY_LINE: usize = 3;

/// Finds homes.
#[derive(Clone, Debug)]
pub(in crate::rules) struct ResidenceFinder {
    pub worte: Wohnworte,
    pub formular: Formularfelder,
}

/// The words around addresses, from the rule files, all folded.
#[derive(Clone, Debug)]
pub(in crate::rules) struct Wohnworte {
    /// `anschrift`, `plz/ort`: an address follows.
    pub bezeichnungen: Phrases,
    /// `ich wohne`: the sender's own address follows.
    pub eigene: Phrases,
    /// Those of them that do not say who: `wohnhaft`.
    pub ohne_person: Phrases,
    /// `umgezogen nach`: a new address follows.
    pub umzug: Phrases,
    /// Those behind which a town alone is enough.
    pub ort_genuegt: Phrases,
    /// `ich`, `wir`: the sender speaks of himself.
    pub ich: Phrases,
    /// `hier ist`, `mein name ist`: the sender's name follows.
    pub vorstellung: Phrases,
    /// `meine`, `unsere`: directly before a label, it is his own.
    pub eigen: Phrases,
    /// Those of them that a firm says, too: `unsere`.
    pub mehrzahl: Phrases,
    /// `neue`: it beats others.
    pub neu: Phrases,
    /// `alte`, `bisherige`.
    pub alt: Phrases,
    /// `private`, `aktuelle`, `hier`: may stand before a label and say nothing about whose it is.
    pub zusatz: Phrases,
    /// `ist`, `lautet`: between a label and its address, but not behind `ich wohne`.
    pub gleich: Phrases,
    /// `seit`, `in`, `derzeit`: may stand between a label and its address.
    pub fuellwoerter: Phrases,
    /// `nicht`, `war`: what follows is no home, or not any more.
    pub verneinung: Phrases,
    /// `falls`, `angeblich`: anywhere before in the sentence, what follows is not said to be so.
    pub bedingung: Phrases,
    /// `stimmt nicht`: the address just named is none.
    pub ungueltig: Phrases,
    /// `naechsten monat`: not yet.
    pub kuenftig: Phrases,
    /// `tochter`, `mandant`: the talk is of them.
    pub personen: Phrases,
    /// `arzt`, `vermieter`: the talk is of them only where the sender does not speak of himself.
    pub fachleute: Phrases,
    /// `seine`, `ihre`, directly before the label; `der`, `des`, `von` directly behind it.
    pub fremder_besitz: Phrases,
    pub fremder_besitz_danach: Phrases,
    /// `etage`, `hinterhaus`: part of an address.
    pub anschriftteile: Phrases,
    /// `im Auftrag`: the sender acts for somebody.
    pub vertretung: Phrases,
    /// `name`: the field of a name.
    pub namensfelder: Phrases,
    /// `bei`, `mit`: whoever follows lives there, too.
    pub gemeinsam: Phrases,
    /// `herr`, `frau`: a name follows.
    pub titel: Phrases,
    /// `sehr geehrte`: whoever follows is spoken to and not of.
    pub anreden: Phrases,
    /// `suche`, `kurs`: the talk is of something else.
    pub anderes_thema: Phrases,
    pub sprache: Sprache,
    /// `gueltig`, `ab`: since when an address is valid.
    pub gueltig: Phrases,
    /// `von`, `nach`: out of one home into another.
    pub umzug_von: Phrases,
    pub umzug_nach: Phrases,
    /// `bin`, `als`: the sender is that person himself.
    pub selbst: Phrases,
    /// `in`: where somebody stays.
    pub aufenthalt: Phrases,
    /// `geb.`: where somebody was born.
    pub geburt: Phrases,
    /// `fuer`: on whose behalf.
    pub zugunsten: Phrases,
    /// Companies and other bodies.
    pub fremde_stellen: Vocabulary,
    pub postfach: Phrases,
    pub laender: Phrases,
    /// `nr`, `telefon`: the number behind it is no postcode.
    pub nummernworte: Phrases,
    /// `strasse`, `weg`: what a street ends in.
    pub strassen: Vocabulary,
}

impl Wohnworte {
    /// The name in a line such as `Name: Gudula Offermanns`.
    fn name_in(&self, line: &str) -> Option<String> {
        let end = self.namensfelder.at_start_of(line)?;
        let name = line[end..].trim_start().trim_start_matches(':');
        Some(name.replace(|c: char| !c.is_alphanumeric() && c != '-', " ").trim().to_owned())
    }

    /// Whether a company or another body is named; street names do not count.
    fn names_a_body(&self, text: &str) -> bool {
        self.fremde_stellen.any_in(text, |word| self.strassen.fits(word))
    }

    /// Whether a text holds only words that may stand before a label.
    fn zusatz_only(&self, text: &str) -> bool {
        self.sprache
            .kalender
            .without_dates(text)
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .all(|word| {
                [&self.zusatz, &self.eigen, &self.neu, &self.alt, &self.bezeichnungen]
                    .iter()
                    .any(|words| words.is_all_of(word))
                    || word.chars().count() == 1
                    || word.bytes().all(|byte| byte.is_ascii_digit())
            })
    }

    /// Whether a text holds only words that may stand between a label and its colon.
    fn says_nothing(&self, text: &str, author: &Namen) -> bool {
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).all(|word| {
            let known = [&self.zusatz, &self.eigen, &self.neu, &self.alt, &self.bezeichnungen, &self.fuellwoerter];
            known.iter().any(|words| words.is_all_of(word))
                || author.contains(word)
                || word.bytes().all(|byte| byte.is_ascii_digit())
        })
    }

    /// Whether a text speaks of a relative or somebody else, not only of whom the sender lives with or is.
    fn names_a_person(&self, text: &str, author: &Namen) -> bool {
        self.personen.find(text).any(|hit| {
            let before = labelled::last_words(&text[..hit.start], 3);
            // Some are family names, too.
            !author.contains(&text[hit.start..hit.end]) && !self.gemeinsam.is_in(before) && !self.selbst.is_in(before)
        })
    }
}

/// A number that may be the postcode of a home.
struct Kandidat {
    absatz: usize,
    number: Number,
    fundort: Fundort,
    neu: bool,
    /// What speaks against it already.
    warum: Option<Ausschluss>,
}

/// The letter in which homes are looked for, with what is worked out once.
struct Umfeld<'m, 'a> {
    worte: &'m Wohnworte,
    mail: &'m Prepared<'a>,
    absaetze: &'m [Absatz],
    /// The numbers of each paragraph.
    numbers: Vec<Vec<Number>>,
    /// The labels of each paragraph.
    labels: Vec<Vec<Label>>,
    acts_for_others: OnceCell<bool>,
}

impl<'m, 'a> Umfeld<'m, 'a> {
    fn new(worte: &'m Wohnworte, mail: &'m Prepared<'a>) -> Self {
        let absaetze = mail.letter();
        let numbers = absaetze.iter().map(numbers_by_line).collect();
        let labels = absaetze.iter().map(|absatz| labelled::labels(worte, &absatz.text)).collect();
        Umfeld { worte, mail, absaetze, numbers, labels, acts_for_others: OnceCell::new() }
    }

    fn is_a_list(&self) -> bool {
        self.numbers.iter().map(Vec::len).sum::<usize>() > MAX_NUMBERS
            || self.labels.iter().map(Vec::len).sum::<usize>() > MAX_LABELS
    }

    /// Whether the sender writes on somebody's behalf.
    fn acts_for_others(&self) -> bool {
        let any = || self.absaetze.iter().any(|absatz| subject::acts_for_others(self.worte, &absatz.text));
        *self.acts_for_others.get_or_init(any)
    }
}

impl Finder for ResidenceFinder {
    fn find(&self, mail: &Prepared<'_>) -> Fund {
        if mail.absender.system.is_some() {
            return form::find(self, mail);
        }
        let umfeld = Umfeld::new(&self.worte, mail);
        if umfeld.is_a_list() {
            return Fund { unlesbar: true, ..Fund::default() };
        }
        let mut fund = self.homes(&umfeld);
        // A postcode says it all; one that does not count may still say that a town does not, either.
        if fund.evidenz.is_empty() {
            let towns = town::find(self, &umfeld);
            fund.evidenz.extend(towns.evidenz);
            fund.verworfen.extend(towns.verworfen);
        }
        self.others_words(mail, &mut fund);
        fund.verworfen.truncate(MAX_DISCARDED);
        fund
    }
}

impl ResidenceFinder {
    fn homes(&self, umfeld: &Umfeld<'_, '_>) -> Fund {
        let (mail, absaetze) = (umfeld.mail, umfeld.absaetze);
        let labels = labelled::find(umfeld);
        let mut candidates = Vec::new();
        for (index, (absatz, numbers)) in absaetze.iter().zip(&umfeld.numbers).enumerate() {
            let of_paragraph = if numbers.is_empty() { None } else { self.against_paragraph(absaetze, index) };
            for number in numbers {
                if mail.stammdaten.plz(&absatz.text[number.digits.clone()], mail.lage.tag).is_empty() {
                    continue;
                }
                let label = labels.iter().find(|label| label.absatz == index && label.number == number.digits.start);
                let (fundort, neu, warum) = match label {
                    Some(label) => (Fundort::Anschrift, label.neu, label.warum),
                    None => match place::of(umfeld, index, number) {
                        Some(fundort) => (fundort, false, None),
                        None => (Fundort::Text, false, Some(Ausschluss::KeineAnschrift)),
                    },
                };
                let is_abroad = number.is_foreign || self.names_a_country(mail, absatz, number);
                let warum = is_abroad.then_some(Ausschluss::Ausland).or(of_paragraph).or(warum);
                candidates.push(Kandidat { absatz: index, number: number.clone(), fundort, neu, warum });
            }
        }
        self.judge(mail, absaetze, candidates)
    }

    /// What in a paragraph speaks against every home in it.
    fn against_paragraph(&self, absaetze: &[Absatz], index: usize) -> Option<Ausschluss> {
        let text = &absaetze[index].text;
        let names_a_body = || {
            let owners = owners_of(absaetze, index).iter();
            std::iter::once(&absaetze[index]).chain(owners).any(|absatz| self.worte.names_a_body(&absatz.text))
        };
        if self.stays_abroad(&absaetze[index]) {
            Some(Ausschluss::Ausland)
        } else if self.worte.postfach.is_in(text) {
            Some(Ausschluss::Postfach)
        } else {
            names_a_body().then_some(Ausschluss::FremdeStelle)
        }
    }

    /// The sender is in another country: `ich bin in Italien`.
    fn stays_abroad(&self, absatz: &Absatz) -> bool {
        self.worte.laender.find(&absatz.text).any(|hit| {
            let before = labelled::last_words(&absatz.text[..hit.start], 2);
            let is_birth = self.worte.geburt.is_in(&absatz.text[absatz.line_at(hit.start).start..hit.start]);
            !is_birth && self.worte.aufenthalt.is_in(before)
        })
    }

    /// A country in the line, as far as it is the same sentence, or alone in the next line. One word alone below an address
    /// is a country, too, in whatever language, unless it is the rest of a town: `25785 Blomesche`, `Wildnis`.
    fn names_a_country(&self, mail: &Prepared<'_>, absatz: &Absatz, number: &Number) -> bool {
        let line = absatz.line_at(number.start);
        let sentence = self.worte.sprache.saetze.around(&absatz.text, number.start);
        let (start, end) = (line.start.max(sentence.start), line.end.min(sentence.end));
        self.worte.laender.is_in(&absatz.text[start..end])
            || absatz.next_line(number.start).is_some_and(|next| {
                let town = &absatz.text[number.digits.end..line.end];
                let is_rest_of_town = !mail.stammdaten.ort(&format!("{town} {next}"), mail.lage.tag).is_empty();
                !is_rest_of_town && self.is_a_country_line(next, town.chars().any(char::is_alphabetic))
            })
    }

    fn is_a_country_line(&self, line: &str, has_town: bool) -> bool {
        let words = line.split_whitespace().count();
        let is_plain = line.chars().all(|c| c.is_alphabetic() || c == ' ');
        let is_known = self.worte.fuellwoerter.is_all_of(line) || self.worte.nummernworte.is_all_of(line);
        words <= COUNTRY_LINE && (self.worte.laender.is_in(line) || (has_town && words == 1 && is_plain && !is_known))
    }

    fn judge(&self, mail: &Prepared<'_>, absaetze: &[Absatz], candidates: Vec<Kandidat>) -> Fund {
        let there_is_a_new_one = candidates.iter().any(|candidate| candidate.neu && candidate.warum.is_none());
        // A new address that may be the sender's says that the others may be his old ones.
        let unlesbar =
            candidates.iter().any(|candidate| candidate.neu && candidate.warum == Some(Ausschluss::AnderePerson))
                && candidates.iter().any(|candidate| candidate.warum.is_none());
        let mut fund = Fund { unlesbar, ..Fund::default() };
        for candidate in candidates {
            let wortlaut =
                absaetze[candidate.absatz].text[candidate.number.start..candidate.number.digits.end].to_owned();
            let warum =
                candidate.warum.or((there_is_a_new_one && !candidate.neu).then_some(Ausschluss::NeuereAnschrift));
            let (art, fundort) = (EvidenzArt::Plz, candidate.fundort);
            match warum {
                Some(warum) => fund.verworfen.push(Verworfen { art, fundort, wortlaut, warum }),
                None => {
                    let plz = &absaetze[candidate.absatz].text[candidate.number.digits];
                    let agenturen = mail.stammdaten.plz(plz, mail.lage.tag);
                    fund.evidenz.push(Fundstelle { art, agenturen, fundort, wortlaut });
                }
            }
        }
        fund
    }

    /// Postcodes in other people's words, for the explanation.
    fn others_words(&self, mail: &Prepared<'_>, fund: &mut Fund) {
        for line in &mail.passages().fremde {
            if fund.verworfen.len() >= MAX_DISCARDED {
                return;
            }
            for number in postcode::find(line) {
                let wortlaut = line[number.digits].to_owned();
                if !mail.stammdaten.plz(&wortlaut, mail.lage.tag).is_empty() {
                    let (art, fundort, warum) = (EvidenzArt::Plz, Fundort::Text, Ausschluss::FremdeWorte);
                    fund.verworfen.push(Verworfen { art, fundort, wortlaut, warum });
                }
            }
        }
    }
}

/// A country code counts at the beginning of a line, so each line is read on its own.
fn numbers_by_line(absatz: &Absatz) -> Vec<Number> {
    let in_line = |line: &std::ops::Range<usize>| {
        let start = line.start;
        postcode::find(&absatz.text[line.clone()]).into_iter().map(move |number| Number {
            digits: number.digits.start + start..number.digits.end + start,
            start: number.start + start,
            is_foreign: number.is_foreign,
        })
    };
    absatz.zeilen.iter().flat_map(in_line).collect()
}

/// In a signature, the paragraphs above an address that has no name of its own say whose it is.
fn owners_of(absaetze: &[Absatz], index: usize) -> &[Absatz] {
    let absatz = &absaetze[index];
    let first = absatz.lines().next().unwrap_or_default();
    let has_no_name = first.bytes().any(|byte| byte.is_ascii_digit());
    let above = absaetze[..index].iter().rev().take_while(|above| above.teil == Teil::Signatur).count();
    if absatz.teil == Teil::Signatur && has_no_name { &absaetze[index - above..index] } else { &[] }
}

/// Whether a name that is not the author's stands behind a title, and is not spoken to.
fn names_somebody_else(worte: &Wohnworte, text: &str, author: &Namen) -> bool {
    !author.is_unknown()
        && worte.titel.find(text).any(|hit| {
            let rest = &text[hit.end..];
            let end = rest.find([',', ';', ':', '.', '(']).filter(|&end| end > 1).unwrap_or(rest.len());
            let words = rest[..end].split_whitespace().take_while(|word| !worte.fuellwoerter.is_all_of(word));
            let name = words.take(2).collect::<Vec<_>>().join(" ");
            let is_spoken_to = worte.anreden.is_in(labelled::last_words(&text[..hit.start], 3));
            !name.is_empty() && !is_spoken_to && !author.is_named_in(&name)
        })
}

#[cfg(test)]
#[path = "residence_tests.rs"]
mod tests;
