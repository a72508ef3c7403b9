//! Homes in the address fields of a system mail.

use super::ResidenceFinder;
use crate::domain::decision::{EvidenzArt, Fundort};
use crate::domain::stammdaten::fold_ort;
use crate::rules::evidence::Fund;
use crate::rules::explanation::{Ausschluss, Fundstelle, Verworfen};
use crate::rules::fields;
use crate::rules::fold::fold;
use crate::rules::postcode;
use crate::rules::prepare::Prepared;

/// Most fields behind an address that may say when it is valid.
const MAX_BEHIND: usize = 2;

/// Labels of fields, folded.
#[derive(Clone, Debug)]
pub(in crate::rules) struct Formularfelder {
    /// The sender's address.
    pub anschrift: Vec<String>,
    /// A new one.
    pub neu: Vec<String>,
    /// The town alone.
    pub ort: Vec<String>,
}

/// Reads the fields. Each is a paragraph of its own: what another field names says nothing about this one.
pub(super) fn find(finder: &ResidenceFinder, mail: &Prepared<'_>) -> Fund {
    let text = &mail.message.text;
    let mut fund = Fund::default();
    for labels in [&finder.formular.neu, &finder.formular.anschrift] {
        // A new address beats the others.
        let beaten = !fund.evidenz.is_empty();
        for field in fields::all(text, labels) {
            // Street, postcode and town may stand below each other.
            let has_number = !postcode::find(&field.text).is_empty();
            let value = if has_number { field.text.clone() } else { format!("{}\n{}", field.text, field.following) };
            for number in value.lines().flat_map(postcode_in_line) {
                let agenturen = mail.stammdaten.plz(&number.0, mail.lage.tag);
                if agenturen.is_empty() {
                    continue;
                }
                let (art, fundort, wortlaut) = (EvidenzArt::Plz, Fundort::Feld, number.0);
                let warum = against(finder, mail, &value, number.1)
                    .or(is_later(finder, mail, text, field.above).then_some(Ausschluss::KuenftigeAnschrift))
                    .or(is_anothers(finder, text, field.above).then_some(Ausschluss::AnderePerson))
                    .or(beaten.then_some(Ausschluss::NeuereAnschrift));
                match warum {
                    Some(warum) => fund.verworfen.push(Verworfen { art, fundort, wortlaut, warum }),
                    None => fund.evidenz.push(Fundstelle { art, agenturen, fundort, wortlaut }),
                }
            }
        }
    }
    if fund.evidenz.is_empty() {
        towns(finder, mail, &mut fund);
    }
    fund
}

/// Whether the next fields say that the address is valid only later: `Gültig ab: 01.07.2024`.
fn is_later(finder: &ResidenceFinder, mail: &Prepared<'_>, text: &str, above: usize) -> bool {
    text.lines().skip(above + 1).take(MAX_BEHIND).map(fold).any(|line| {
        let is_about_time = finder.worte.gueltig.at_start_of(&line).is_some();
        is_about_time
            && (finder.worte.kuenftig.is_in(&line) || finder.worte.sprache.kalender.begins_later(&line, mail.lage.tag))
    })
}

/// The numbers of a line, and whether they are foreign.
fn postcode_in_line(line: &str) -> Vec<(String, bool)> {
    postcode::find(line).into_iter().map(|number| (line[number.digits.clone()].to_owned(), number.is_foreign)).collect()
}

/// Whether the fields above an address are about a doctor, an employer or another person: the line above names one, or
/// the last name above is another than the first.
fn is_anothers(finder: &ResidenceFinder, text: &str, above: usize) -> bool {
    let lines: Vec<String> = text.lines().take(above).map(fold).filter(|line| !line.is_empty()).collect();
    let about_others = |line: &String| {
        // One that has its address already says nothing about the next.
        let has_address = !postcode::find(line).is_empty();
        let label = line.split(':').next().unwrap_or_default();
        !has_address
            && (finder.worte.personen.is_in(label)
                || finder.worte.fachleute.is_in(label)
                || finder.worte.names_a_body(label))
    };
    let mut names = lines.iter().filter_map(|line| finder.worte.name_in(line));
    let first = names.next();
    let has_second_name = first.is_some() && names.next_back().is_some_and(|last| Some(last) != first);
    lines.last().is_some_and(about_others) || has_second_name
}

fn towns(finder: &ResidenceFinder, mail: &Prepared<'_>, fund: &mut Fund) {
    for value in fields::all(&mail.message.text, &finder.formular.ort) {
        let wortlaut = fold_ort(&value.text);
        let agenturen = mail.stammdaten.ort(&wortlaut, mail.lage.tag);
        let (art, fundort) = (EvidenzArt::Ortsname, Fundort::Feld);
        let warum = against(finder, mail, &value.text, false)
            .or((agenturen.len() > 1).then_some(Ausschluss::OrtMehrdeutig))
            .or(is_anothers(finder, &mail.message.text, value.above).then_some(Ausschluss::AnderePerson));
        match warum {
            _ if agenturen.is_empty() => {}
            Some(warum) => fund.verworfen.push(Verworfen { art, fundort, wortlaut, warum }),
            None => fund.evidenz.push(Fundstelle { art, agenturen, fundort, wortlaut }),
        }
    }
}

fn against(finder: &ResidenceFinder, mail: &Prepared<'_>, value: &str, is_foreign: bool) -> Option<Ausschluss> {
    let qualifier = value.find([':', ')']).map_or("", |end| &value[..end]);
    // `Anschrift Arzt: x`, `Anschrift des ...: x`
    let first = value.split_whitespace().next().unwrap_or_default();
    let names_another = finder.worte.personen.at_start_of(value).is_some()
        || finder.worte.fachleute.at_start_of(value).is_some()
        || finder.worte.names_a_body(qualifier)
        || finder.worte.fremder_besitz_danach.is_all_of(first);
    if finder.worte.alt.is_in(qualifier) || finder.worte.sprache.kalender.ended_before(value, mail.lage.tag) {
        Some(Ausschluss::AlteAnschrift)
    } else if names_another {
        Some(Ausschluss::AnderePerson)
    } else if is_foreign || finder.worte.laender.is_in(value) {
        Some(Ausschluss::Ausland)
    } else if finder.worte.postfach.is_in(value) {
        Some(Ausschluss::Postfach)
    } else if finder.worte.names_a_body(value) {
        Some(Ausschluss::FremdeStelle)
    } else {
        let later =
            finder.worte.kuenftig.is_in(value) || finder.worte.sprache.kalender.begins_later(value, mail.lage.tag);
        later.then_some(Ausschluss::KuenftigeAnschrift)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::test_support::{self, LAGE, mail};

    fn with_form<T>(text: &str, see: impl FnOnce(&ResidenceFinder, &Prepared<'_>) -> T) -> T {
        let message = mail().with_from(&["eservice-noreply@arbeitsagentur.example"]).with_text(text);
        let rules = test_support::rules();
        let mail = Prepared::new(&message, &LAGE, rules.stammdaten(), &rules.regeln.begriffe);
        see(&rules.regeln.residence, &mail)
    }

    #[test]
    fn what_speaks_against_an_address() {
        for (value, is_foreign, expected) in [
            ("weg 5, 53111 bonn", false, None),
            ("weg 5, 53111 bonn", true, Some(Ausschluss::Ausland)),
            ("alt: weg 5, 53111 bonn", false, Some(Ausschluss::AlteAnschrift)),
            ("weg 5, 53111 bonn bis 31.03.2024", false, Some(Ausschluss::AlteAnschrift)),
            ("mutter: weg 5, 53111 bonn", false, Some(Ausschluss::AnderePerson)),
            ("arzt: weg 5, 53111 bonn", false, Some(Ausschluss::AnderePerson)),
            ("stahl gmbh: weg 5, 53111 bonn", false, Some(Ausschluss::AnderePerson)),
            ("der weg 5, 53111 bonn", false, Some(Ausschluss::AnderePerson)),
            ("weg 5, 53111 bonn, france", false, Some(Ausschluss::Ausland)),
            ("postfach 5, 53111 bonn", false, Some(Ausschluss::Postfach)),
            ("stahl gmbh, 53111 bonn", false, Some(Ausschluss::FremdeStelle)),
            ("53111 bonn ab 1.7.2024", false, Some(Ausschluss::KuenftigeAnschrift)),
            ("53111 bonn demnaechst", false, Some(Ausschluss::KuenftigeAnschrift)),
        ] {
            let found = with_form("x", |finder, mail| against(finder, mail, value, is_foreign));
            assert_eq!(found, expected, "{value}");
        }
    }

    #[test]
    fn fields_around_an_address() {
        for (text, anothers) in [
            ("Name: Ott\nAnschrift", false),
            ("Arzt: Ott\nAnschrift", true),
            ("Mutter: Ott\nAnschrift", true),
            ("Arbeitgeber: Ott\nAnschrift", true),
            ("Arbeitgeber: Ott\n\nAnschrift", true),
            ("Arbeitgeber: Ott\nName: Ott\nAnschrift", false),
            ("Krank: Arzt\nAnschrift", false),
            ("Name: Ott\nName: Ott\nAnschrift", false),
            ("Name: Ott\nName: Roth\nAnschrift", true),
            ("Name: Ott\nx\nName: Roth\ny\nAnschrift", true),
            ("Anschrift", false),
        ] {
            let above = text.lines().count() - 1;
            let found = with_form("x", |finder, _| is_anothers(finder, text, above));
            assert_eq!(found, anothers, "{text}");
        }
        for (text, later) in [
            ("Anschrift\nGültig ab: 01.07.2024", true),
            ("Anschrift\nx\nGültig ab: 01.07.2024", true),
            ("Anschrift\nx\ny\nGültig ab: 01.07.2024", false),
            ("Anschrift\nGültig demnächst", true),
            ("Anschrift\nGültig seit: 01.03.2024", false),
            ("Anschrift\nKurs am 01.07.2024", false),
            ("Anschrift", false),
        ] {
            let found = with_form("x", |finder, mail| is_later(finder, mail, text, 0));
            assert_eq!(found, later, "{text}");
        }
    }

    #[test]
    fn fields_of_every_kind() {
        for (text, expected, discarded) in [
            ("Anschrift: 53111 Bonn", "53111", ""),
            ("Anschrift: Weg 5\n53111 Bonn", "53111", ""),
            ("Anschrift: 99999 Nirgendwo", "", ""),
            ("Anschrift: 53111 Bonn\nAnschrift: 45127 Essen", "53111 45127", ""),
            ("Neue Anschrift: 53111 Bonn\nAnschrift: 45127 Essen", "53111", "45127"),
            ("Wohnort: Siegburg", "siegburg", ""),
            ("Wohnort: Husum", "", "husum"),
            ("Wohnort: Nirgendwo", "", ""),
            ("Anschrift: 53111 Bonn\nWohnort: Siegburg", "53111", ""),
        ] {
            let fund = with_form(text, find);
            let found: Vec<&str> = fund.evidenz.iter().map(|piece| &*piece.wortlaut).collect();
            let others: Vec<&str> = fund.verworfen.iter().map(|piece| &*piece.wortlaut).collect();
            assert_eq!((found.join(" "), others.join(" ")), (expected.to_owned(), discarded.to_owned()), "{text}");
        }
    }
}
