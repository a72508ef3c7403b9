//! When an address is valid: the old one, the new one, one that is still to come.

use std::ops::Range;

use jiff::civil::Date;

use super::Wohnworte;
use super::labelled::{Label, LabelArt, last_words};
use crate::rules::calendar;
use crate::rules::explanation::Ausschluss;
use crate::rules::letter::Absatz;

/// Words behind an address that still speak of it.
const BEHIND: usize = 7;

/// What is said about the time of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Zeit {
    pub neu: bool,
    pub warum: Option<Ausschluss>,
}

/// Reads what stands around an address: before its label, between label and number (`way`), and behind the number.
pub(super) fn of(
    worte: &Wohnworte,
    absatz: &Absatz,
    label: &Label,
    there: &Absatz,
    way: Range<usize>,
    behind: usize,
    tag: Date,
) -> Zeit {
    let text = &absatz.text;
    let sentence = worte.sprache.saetze.around(text, label.hit.start);
    let before = &text[sentence.start..label.hit.start];
    // What stands before another value belongs to that.
    let near = before
        .rfind(|c: char| matches!(c, ':' | ',' | ';') || c.is_ascii_digit())
        .map_or(before, |at| &before[at + 1..]);
    let near = last_words(near, 2);
    let way_text = &there.text[way];
    let qualifier = way_text.find(':').map_or("", |colon| &way_text[..colon]);
    let neu = label.art == LabelArt::Umzug || worte.neu.is_in(near) || worte.neu.is_in(qualifier);
    let is_old = worte.alt.is_in(last_words(near, 1)) || worte.alt.is_in(near) || worte.alt.is_in(qualifier);
    let tail = tail(worte, there, behind);
    if (is_old && !worte.neu.is_in(near))
        || worte.ungueltig.is_in(before)
        || worte.bedingung.is_in(before)
        || worte.verneinung.is_in(calendar::last_clause(before))
        || worte.ungueltig.is_in(tail)
        || worte.ungueltig.is_in(next_sentence(worte, there, behind))
        || has_ended(worte, way_text, tail, tag)
    {
        return Zeit { neu: false, warum: Some(Ausschluss::AlteAnschrift) };
    }
    // Of a new address the whole sentence and line tell when it begins; of another only what stands at it.
    let line = absatz.line_at(label.hit.start);
    let in_line = &text[if neu { sentence.start.min(line.start) } else { label.hit.start }..label.hit.start];
    let said_before = if neu { before } else { calendar::last_clause(before) };
    let rest_of_line = rest_of_line(worte, there, behind);
    let said_behind = if neu { rest_of_line } else { tail };
    let later = worte.sprache.kalender.names_a_later_day(in_line, tag)
        || [said_before, way_text, said_behind]
            .into_iter()
            .any(|said| worte.kuenftig.is_in(said) || worte.sprache.kalender.begins_later(said, tag));
    Zeit { neu, warum: later.then_some(Ausschluss::KuenftigeAnschrift) }
}

/// The rest of the line, and the next one if it tells since when: `gültig ab 1.7.`
fn rest_of_line<'t>(worte: &Wohnworte, there: &'t Absatz, behind: usize) -> &'t str {
    let at = behind.saturating_sub(1);
    let end = there.line_at(at).end.max(behind);
    let tells_when = |line: &&str| worte.gueltig.at_start_of(line).is_some();
    match there.next_line(at).filter(tells_when) {
        Some(next) => &there.text[behind..(end + 1 + next.len()).min(there.text.len())],
        None => &there.text[behind..end],
    }
}

/// The few words behind an address that belong to it: in brackets, or to the next sign.
fn tail<'t>(worte: &Wohnworte, there: &'t Absatz, behind: usize) -> &'t str {
    let rest = &there.text[behind..];
    let rest = &rest[..worte.sprache.saetze.around(rest, 0).end];
    let end = rest.match_indices(' ').nth(BEHIND).map_or(rest.len(), |(at, _)| at);
    let rest = &rest[..end];
    // `53111 bonn und ...`: another thought.
    let another = [&worte.sprache.und, &worte.sprache.nebensatz];
    let stop = another.iter().filter_map(|words| words.find(rest).next()).map(|hit| hit.start).min();
    &rest[..stop.unwrap_or(rest.len())]
}

/// The beginning of the next sentence: `Das ist falsch.`
fn next_sentence<'t>(worte: &Wohnworte, there: &'t Absatz, behind: usize) -> &'t str {
    let end = worte.sprache.saetze.around(&there.text, behind.saturating_sub(1)).end;
    let rest = &there.text[end..];
    let end = rest.match_indices(' ').nth(BEHIND).map_or(rest.len(), |(at, _)| at);
    &rest[..end]
}

/// `bis 31.03.2024`: it was valid until then.
fn has_ended(worte: &Wohnworte, way: &str, tail: &str, tag: Date) -> bool {
    [way, tail].iter().any(|said| worte.sprache.kalender.ended_before(said, tag))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{absatz, worte};
    use super::super::{labelled, numbers_by_line};
    use super::*;
    use crate::rules::letter::Teil;
    use crate::rules::test_support::TAG;

    const ALT: Option<Ausschluss> = Some(Ausschluss::AlteAnschrift);
    const SPAETER: Option<Ausschluss> = Some(Ausschluss::KuenftigeAnschrift);

    #[test]
    fn old_new_and_coming() {
        for (text, neu, warum) in [
            ("anschrift: 53111 bonn", false, None),
            ("neue anschrift: 53111 bonn", true, None),
            ("anschrift neu: 53111 bonn", true, None),
            ("anschrift: neu 53111 bonn", false, None),
            ("neue private und anschrift: 53111 bonn", false, None),
            ("umgezogen nach 53111 bonn", true, None),
            ("alte anschrift: 53111 bonn", false, ALT),
            ("alte private anschrift: 53111 bonn", false, ALT),
            ("alte, anschrift: 53111 bonn", false, None),
            ("alte 5 anschrift: 53111 bonn", false, None),
            ("alte neue anschrift: 53111 bonn", true, None),
            ("anschrift alt: 53111 bonn", false, ALT),
            ("stimmt nicht, anschrift: 53111 bonn", false, ALT),
            ("falls, anschrift: 53111 bonn", false, ALT),
            ("nicht anschrift: 53111 bonn", false, ALT),
            ("nicht hier, anschrift: 53111 bonn", false, None),
            ("anschrift: 53111 bonn stimmt nicht", false, ALT),
            ("anschrift: 53111 bonn. das ist falsch", false, ALT),
            ("anschrift: 53111 bonn. a b c d e ist falsch", false, ALT),
            ("anschrift: 53111 bonn. a b c d e f ist falsch", false, None),
            ("anschrift bis 31.03.2024: 53111 bonn", false, ALT),
            ("anschrift: 53111 bonn bis 31.03.2024", false, ALT),
            ("anschrift ab 1.7.2024: 53111 bonn", false, SPAETER),
            ("anschrift: 53111 bonn ab 1.7.2024", false, SPAETER),
            ("anschrift: 53111 bonn, demnaechst", false, SPAETER),
            ("demnaechst anschrift: 53111 bonn", false, SPAETER),
            ("demnaechst, anschrift: 53111 bonn", false, None),
            ("demnaechst, neue anschrift: 53111 bonn", true, SPAETER),
            ("neue anschrift: 53111 bonn und ab 1.7.2024", true, SPAETER),
            ("anschrift: 53111 bonn und ab 1.7.2024", false, None),
            ("am 1.7.2024, neue anschrift: 53111 bonn", true, SPAETER),
            ("am 1.7.2024 anschrift: 53111 bonn", false, SPAETER),
            ("am 1.7.2024, anschrift: 53111 bonn", false, None),
        ] {
            let absatz = absatz(Teil::Text, &[text]);
            let label = labelled::labels(worte(), text)[0];
            let number = &numbers_by_line(&absatz)[0];
            let way = label.hit.end..number.start;
            let zeit = of(worte(), &absatz, &label, &absatz, way, number.digits.end, TAG);
            assert_eq!(zeit, Zeit { neu, warum }, "{text}");
        }
    }

    #[test]
    fn what_stands_behind() {
        let behind = |lines: &[&str], at: usize| {
            let there = absatz(Teil::Text, lines);
            let parts =
                [tail(worte(), &there, at), rest_of_line(worte(), &there, at), next_sentence(worte(), &there, at)];
            parts.map(str::to_owned)
        };
        for (lines, at, expected) in [
            (&["53111 bonn und x"][..], 5, [" bonn ", " bonn und x", ""]),
            (&["53111 bonn weil x und y"], 5, [" bonn ", " bonn weil x und y", ""]),
            (&["53111 bonn. das ist falsch"], 5, [" bonn.", " bonn. das ist falsch", " das ist falsch"]),
            (&["53111 v w x y z s t u"], 5, [" v w x y z s t", " v w x y z s t u", ""]),
            (&["53111 bonn", "ab 1.7.", "x"], 5, [" bonn ab 1.7. x", " bonn ab 1.7.", ""]),
            (&["53111 bonn", "x"], 5, [" bonn x", " bonn", ""]),
            (&["53111", "ab 1.7."], 5, [" ab 1.7.", " ab 1.7.", ""]),
        ] {
            assert_eq!(behind(lines, at), expected.map(str::to_owned), "{lines:?}");
        }
    }
}
