//! Homes named by their town alone: *ich wohne in ...*, *Wohnort: ...*.

use super::labelled::{self, Label, LabelArt};
use super::{ResidenceFinder, Umfeld, Wohnworte, gap, period, subject};
use crate::domain::agentur::AgenturSet;
use crate::domain::decision::{EvidenzArt, Fundort};
use crate::domain::stammdaten::fold_ort;
use crate::rules::evidence::Fund;
use crate::rules::explanation::{Ausschluss, Fundstelle, Verworfen};
use crate::rules::letter::Absatz;
use crate::rules::postcode;
use crate::rules::prepare::Prepared;

/// Most words of a town's name.
const MAX_WORDS: usize = 5;
/// Most words between *wohne* and *in*.
const MAX_BEFORE_IN: usize = 8;

/// All homes named so.
pub(super) fn find(finder: &ResidenceFinder, umfeld: &Umfeld<'_, '_>) -> Fund {
    let Umfeld { worte, mail, absaetze, .. } = umfeld;
    let mut fund = Fund::default();
    for (index, absatz) in absaetze.iter().enumerate() {
        for label in &umfeld.labels[index] {
            let words = &absatz.text[label.hit.start..label.hit.end];
            let region = labelled::region(worte, absatz, label);
            // With a number it is an address; that number has been judged.
            if !postcode::find(&absatz.text[region.clone()]).is_empty() {
                continue;
            }
            let Some(start) = town_in(umfeld, absatz, label, words) else { continue };
            let Some((wortlaut, agenturen, end)) = longest_known(&absatz.text[start..region.end], mail) else {
                continue;
            };
            let way = region.start..start;
            let zeit = period::of(worte, absatz, label, absatz, way, start + end, mail.lage.tag);
            let (art, fundort) = (EvidenzArt::Ortsname, Fundort::Anschrift);
            let somebody_else = (!subject::is_the_sender(umfeld, index, label)).then_some(Ausschluss::AnderePerson);
            let warum = against(finder, absatz, label)
                .or(somebody_else)
                .or(zeit.warum)
                .or((agenturen.len() > 1).then_some(Ausschluss::OrtMehrdeutig));
            match warum {
                Some(warum) => fund.verworfen.push(Verworfen { art, fundort, wortlaut, warum }),
                None => fund.evidenz.push(Fundstelle { art, agenturen, fundort, wortlaut }),
            }
        }
    }
    fund
}

/// Where a town should begin: directly behind the label, or behind its *in*.
fn town_in(umfeld: &Umfeld<'_, '_>, absatz: &Absatz, label: &Label, words: &str) -> Option<usize> {
    let worte = umfeld.worte;
    let region = &absatz.text[labelled::region(worte, absatz, label)];
    let begin = label.hit.end + region.len() - region.trim_start_matches([':', ' ', '-', '=']).len();
    let behind = &absatz.text[begin..label.hit.end + region.len()];
    let skip_in = |text: &str| if text.starts_with("in ") { 3 } else { 0 };
    if worte.ort_genuegt.is_all_of(words) && label.art != LabelArt::Umzug {
        let fillers = filler_len(worte, behind);
        return Some(begin + fillers + skip_in(&behind[fillers..]));
    }
    // `ich wohne seit mai in bonn`
    let with_in = |verb: &str| worte.ort_genuegt.is_all_of(&format!("{verb} in"));
    if !with_in(words) && !with_in(words.trim_start_matches("ich ").trim_start_matches("wir ")) {
        return None;
    }
    let at = if behind.starts_with("in ") { 0 } else { behind.find(" in ")? + 1 };
    let way = &behind[..at];
    let near = way.split_whitespace().count() <= MAX_BEFORE_IN && gap::leads_to_address(umfeld, label.art, way, false);
    near.then_some(begin + at + 3)
}

/// Words such as *jetzt* that stand before the town.
fn filler_len(worte: &Wohnworte, text: &str) -> usize {
    let mut at = 0;
    while let Some(word) = text[at..].split_whitespace().next() {
        let start = at + text[at..].find(word).unwrap_or(0);
        if word == "in" || !worte.fuellwoerter.is_all_of(word) {
            break;
        }
        at = (start + word.len() + 1).min(text.len());
    }
    at
}

/// The longest known town at the beginning, its Agenturen, and how many bytes it takes.
fn longest_known(text: &str, mail: &Prepared<'_>) -> Option<(String, AgenturSet, usize)> {
    let end = text.find([',', ';', '.', '!', '?']).filter(|&at| at > 2).unwrap_or(text.len());
    let folded = fold_ort(&text[..end]);
    let words: Vec<&str> = folded.split(' ').take(MAX_WORDS).collect();
    (1..=words.len()).rev().find_map(|count| {
        let name = words[..count].join(" ");
        let agenturen = mail.stammdaten.ort(&name, mail.lage.tag);
        let taken = text.match_indices(' ').nth(count - 1).map_or(text.len(), |(at, _)| at).min(end);
        (!agenturen.is_empty()).then_some((name, agenturen, taken))
    })
}

fn against(finder: &ResidenceFinder, absatz: &Absatz, label: &Label) -> Option<Ausschluss> {
    let sentence = finder.worte.sprache.saetze.around(&absatz.text, label.hit.start);
    if finder.worte.names_a_body(&absatz.text) {
        Some(Ausschluss::FremdeStelle)
    } else {
        finder.worte.laender.is_in(&absatz.text[sentence]).then_some(Ausschluss::Ausland)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{absatz, with_letter, worte};
    use super::*;
    use crate::rules::letter::Teil;

    #[test]
    fn fillers_before_a_town() {
        for (text, len) in
            [("jetzt in bonn", 6), ("in bonn", 0), ("bonn", 0), ("jetzt  noch bonn", 12), ("jetzt", 5), ("", 0)]
        {
            assert_eq!(filler_len(worte(), text), len, "{text}");
        }
    }

    #[test]
    fn where_a_town_begins() {
        let of_words = |count: usize| format!("ich wohne {}in Bonn", "noch ".repeat(count));
        for (text, expected) in [
            ("Wohnort: Bonn", Some("bonn")),
            ("Wohnort - = Bonn", Some("bonn")),
            ("Wohnort: jetzt Bonn", Some("bonn")),
            ("Wohnort in Bonn", Some("bonn")),
            ("wohnhaft jetzt in Bonn", Some("bonn")),
            ("ich wohne in Bonn", Some("bonn")),
            ("wir wohnen jetzt in Bonn", Some("bonn")),
            ("ich wohne in der Gasse in Bonn", Some("der gasse in bonn")),
            ("ich wohne Bonn", None),
            ("ich wohne gern in Bonn", None),
            ("Anschrift in Bonn", None),
            ("umgezogen nach Bonn", None),
            (&of_words(8), Some("bonn")),
            (&of_words(9), None),
        ] {
            let found = with_letter(&format!("Hallo,\n\n{text}"), |umfeld| {
                let absatz = &umfeld.absaetze[1];
                let label = &umfeld.labels[1][0];
                let start = town_in(umfeld, absatz, label, &absatz.text[label.hit.start..label.hit.end])?;
                Some(absatz.text[start..].to_owned())
            });
            assert_eq!(found.as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn the_longest_town_counts() {
        for (text, expected) in [
            ("bonn", Some(("bonn", 4))),
            ("bonn, x", Some(("bonn", 4))),
            ("bonn jetzt", Some(("bonn", 4))),
            ("siegburg.", Some(("siegburg", 8))),
            ("nirgendwo bonn", None),
            ("", None),
        ] {
            let found = with_letter("x", |umfeld| longest_known(text, umfeld.mail));
            let found = found.map(|(name, _, end)| (name, end));
            assert_eq!(found, expected.map(|(name, end)| (name.to_owned(), end)), "{text}");
        }
        let finder = &crate::rules::test_support::rules().regeln.residence;
        for (text, expected) in [
            ("wohnort: bonn", None),
            ("wohnort: bonn, stahl gmbh", Some(Ausschluss::FremdeStelle)),
            ("wohnort: bonn, france", Some(Ausschluss::Ausland)),
            ("wohnort: bonn. dann france", None),
        ] {
            let absatz = absatz(Teil::Text, &[text]);
            let label = labelled::labels(worte(), text)[0];
            assert_eq!(against(finder, &absatz, &label), expected, "{text}");
        }
    }
}
