//! Postcodes behind a label: *Anschrift*, *PLZ/Ort*, *ich wohne*.
//!
//! A label alone proves little: courses, employers and mothers have addresses, too. So it must be clear that the label is
//! the sender's ([`super::subject`]), that nothing but an address stands between it and the number ([`super::gap`]), and
//! that the address is valid on the day of arrival ([`super::period`]). Everything else does not count.

use std::ops::Range;

use super::{Umfeld, Wohnworte, gap, period, subject};
use crate::rules::explanation::Ausschluss;
use crate::rules::letter::Absatz;
use crate::rules::phrases::Hit;
use crate::rules::postcode::Number;

/// Most words between the postcodes of two homes.
const MAX_BETWEEN_HOMES: usize = 9;
/// Most words of a label's line behind the label, where the address is the next paragraph.
const MAX_BEHIND_LABEL: usize = 3;

/// A postcode with its label.
#[derive(Clone, Copy, Debug)]
pub(super) struct Labelled {
    pub absatz: usize,
    /// Where its digits begin.
    pub number: usize,
    pub neu: bool,
    pub warum: Option<Ausschluss>,
}

/// What a label is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LabelArt {
    /// `Anschrift`: anybody's.
    Neutral,
    /// `ich wohne`: the sender's by its words.
    Eigen,
    /// `umgezogen nach`: somebody's, and new.
    Umzug,
}

/// A label in a paragraph.
#[derive(Clone, Copy, Debug)]
pub(super) struct Label {
    pub hit: Hit,
    pub art: LabelArt,
}

/// All postcodes that have a label.
pub(super) fn find(umfeld: &Umfeld<'_, '_>) -> Vec<Labelled> {
    let Umfeld { worte, mail, absaetze, .. } = umfeld;
    let mut found = Vec::new();
    for (index, absatz) in absaetze.iter().enumerate() {
        for label in &umfeld.labels[index] {
            let mut region = region(worte, absatz, label);
            let mut place = index;
            // A label alone: the address is the next paragraph, unless that has a label of its own.
            if region.end == absatz.text.len() && is_only_a_label(&absatz.text[region.clone()]) {
                let Some(next) = absaetze.get(index + 1) else { continue };
                if !umfeld.labels[index + 1].is_empty() {
                    continue;
                }
                (place, region) = (index + 1, 0..next.text.len());
            }
            let text = &absaetze[place].text;
            let numbers = || umfeld.numbers[place].iter().filter(|number| region.contains(&number.digits.start));
            // From one home to the next: the last one is meant.
            let start = if label.art == LabelArt::Umzug { behind_from(worte, text, &region) } else { region.start };
            let first =
                numbers().find(|number| number.start >= start && !is_other_number(worte, &text[start..number.start]));
            let Some(first) = first else { continue };
            let way = &text[start..first.start];
            let is_field = place != index || gap::is_field(absatz, label);
            if !gap::leads_to_address(umfeld, label.art, way, is_field) {
                continue;
            }
            let zeit =
                period::of(worte, absatz, label, &absaetze[place], start..first.start, first.digits.end, mail.lage.tag);
            let warum =
                if subject::is_the_sender(umfeld, index, label) { zeit.warum } else { Some(Ausschluss::AnderePerson) };
            let mut keep = |number: &Number| {
                found.push(Labelled { absatz: place, number: number.digits.start, neu: zeit.neu, warum });
            };
            keep(first);
            numbers()
                .filter(|number| number.start > first.digits.end)
                .take_while(|number| is_second_home(worte, &text[first.digits.end..number.start]))
                .for_each(keep);
        }
    }
    found
}

/// All labels of a paragraph, in order.
pub(super) fn labels(worte: &Wohnworte, text: &str) -> Vec<Label> {
    let mut labels: Vec<Label> = Vec::new();
    for (phrases, art) in
        [(&worte.eigene, LabelArt::Eigen), (&worte.umzug, LabelArt::Umzug), (&worte.bezeichnungen, LabelArt::Neutral)]
    {
        for hit in phrases.find(text) {
            let overlaps = |label: &Label| label.hit.start < hit.end && hit.start < label.hit.end;
            if !labels.iter().any(overlaps) {
                labels.push(Label { hit, art });
            }
        }
    }
    labels.sort_by_key(|label| label.hit.start);
    labels
}

/// What a label speaks of: to the end of its sentence, or to the next line with a label of any kind.
pub(super) fn region(worte: &Wohnworte, absatz: &Absatz, label: &Label) -> Range<usize> {
    let start = label.hit.end;
    let mut end = worte.sprache.saetze.around(&absatz.text, start).end;
    for line in absatz.zeilen.iter().filter(|line| line.start > start && line.start < end) {
        if is_field(&absatz.text[line.clone()]) {
            end = line.start;
            break;
        }
    }
    start..end
}

/// A line like `Telefon: 0170 ...`.
pub(super) fn is_field(line: &str) -> bool {
    const MAX_LABEL: usize = 40;
    const MAX_WORDS: usize = 4;
    line.find(':').is_some_and(|colon| {
        colon <= MAX_LABEL
            && !line[..colon].ends_with(|c: char| c.is_ascii_digit())
            && line[..colon].split_whitespace().count() <= MAX_WORDS
    })
}

/// `:`, `lautet:`, or nothing behind a label.
fn is_only_a_label(behind: &str) -> bool {
    let behind = behind.trim();
    matches!(behind, "" | "-") || (behind.ends_with(':') && behind.split_whitespace().count() <= MAX_BEHIND_LABEL)
}

/// Behind the *nach* of `von ... nach ...`, otherwise the beginning.
fn behind_from(worte: &Wohnworte, text: &str, region: &Range<usize>) -> usize {
    let said = &text[region.clone()];
    let is_from = worte.umzug_von.at_start_of(said).is_some();
    let into = is_from.then(|| worte.umzug_nach.find(said).next()).flatten();
    into.map_or(region.start, |hit| region.start + hit.end)
}

/// Whether the words before a number say that it is none of a place.
fn is_other_number(worte: &Wohnworte, before: &str) -> bool {
    let tail = before.trim_end_matches(|c: char| !c.is_alphanumeric());
    worte.nummernworte.find(tail).last().is_some_and(|hit| hit.end == tail.len())
}

/// Between two homes stand a town, *und*, and perhaps a street.
fn is_second_home(worte: &Wohnworte, between: &str) -> bool {
    between.split_whitespace().count() <= MAX_BETWEEN_HOMES
        && worte.sprache.und.is_in(between)
        && !worte.anderes_thema.is_in(between)
        && !worte.verneinung.is_in(between)
        && !worte.personen.is_in(between)
        && !worte.fremder_besitz.is_in(between)
}

/// The last words of a text.
pub(super) fn last_words(text: &str, count: usize) -> &str {
    let text = text.trim_end();
    let start = text.rmatch_indices(' ').nth(count.saturating_sub(1)).map_or(0, |(at, _)| at + 1);
    &text[start..]
}

#[cfg(test)]
mod tests {
    use super::super::tests::{absatz, worte};
    use super::*;
    use crate::rules::letter::Teil;

    #[test]
    fn labels_of_every_kind_in_order() {
        use LabelArt::{Eigen, Neutral, Umzug};
        for (text, expected) in [
            ("anschrift: x, ich wohne in y", vec![(0, Neutral), (14, Eigen)]),
            ("ich wohne hier, anschrift", vec![(0, Eigen), (16, Neutral)]),
            ("umgezogen nach x", vec![(0, Umzug)]),
            ("wohnhaft in x", vec![(0, Eigen)]),
            ("adresse wohnort", vec![(0, Neutral), (8, Neutral)]),
            ("x", vec![]),
        ] {
            let found: Vec<_> = labels(worte(), text).iter().map(|label| (label.hit.start, label.art)).collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn what_a_label_speaks_of() {
        for (lines, expected) in [
            (&["anschrift: weg 5", "53111 bonn", "telefon: 0170"][..], ": weg 5 53111 bonn "),
            (&["anschrift: weg 5", "53111 bonn"], ": weg 5 53111 bonn"),
            (&["name: ott", "anschrift: weg"], ": weg"),
            (&["anschrift in bonn. danach x", "telefon: 1"], " in bonn."),
        ] {
            let absatz = absatz(Teil::Text, lines);
            let label = labels(worte(), &absatz.text)[0];
            assert_eq!(&absatz.text[region(worte(), &absatz, &label)], expected, "{lines:?}");
        }
    }

    #[test]
    fn lines_that_are_fields() {
        let (longest, longer) = (format!("{}:", "x".repeat(40)), format!("{}:", "x".repeat(41)));
        for (line, expected) in [
            ("telefon: 0170", true),
            ("a b c d: x", true),
            ("a b c d e: x", false),
            (&longest, true),
            (&longer, false),
            ("um 9:30", false),
            ("x", false),
        ] {
            assert_eq!(is_field(line), expected, "{line}");
        }
        for (behind, alone) in
            [("", true), (" - ", true), (":", true), ("a b c:", true), ("a b c d:", false), ("x", false)]
        {
            assert_eq!(is_only_a_label(behind), alone, "{behind}");
        }
    }

    #[test]
    fn from_one_home_into_another() {
        let rest = |text: &'static str, start: usize| &text[behind_from(worte(), text, &(start..text.len()))..];
        assert_eq!(rest("umgezogen von bonn nach essen", 9), " essen");
        assert_eq!(rest("umgezogen nach essen", 9), " nach essen");
        assert_eq!(rest("umgezogen von bonn", 9), " von bonn");
        for (between, second) in [
            (" bonn und in ", true),
            (" bonn, in ", false),
            (" a b c d e f g h und ", true),
            (" a b c d e f g h i und ", false),
            (" bonn und arbeite in ", false),
            (" bonn und nicht in ", false),
            (" bonn und mutter in ", false),
            (" bonn und ihre in ", false),
        ] {
            assert_eq!(is_second_home(worte(), between), second, "{between}");
        }
    }

    #[test]
    fn numbers_of_something_else() {
        for (before, is_other) in [
            ("rechnung nr. ", true),
            ("tel.: ", true),
            ("nr. 5 ", false),
            ("telefon 5, rechnung ", true),
            ("weg ", false),
            ("", false),
        ] {
            assert_eq!(is_other_number(worte(), before), is_other, "{before}");
        }
        for (text, count, expected) in
            [("a b c", 2, "b c"), ("a b c ", 1, "c"), ("a", 1, "a"), ("a b", 2, "a b"), ("a b", 5, "a b"), ("", 2, "")]
        {
            assert_eq!(last_words(text, count), expected, "{text:?} {count}");
        }
    }
}
