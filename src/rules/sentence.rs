//! Where a sentence begins and ends in folded text.

use std::collections::HashSet;
use std::ops::Range;

/// Farther away from a place no end of its sentence is looked for, so that a text without any costs little.
const LONGEST: usize = 1_000;

/// What a full stop may stand behind without ending a sentence, from the rule files, folded, without the stop.
#[derive(Clone, Debug, Default)]
pub(super) struct Satzgrenzen {
    /// Abbreviations, apart from single letters.
    pub abkuerzungen: HashSet<String>,
    /// What streets end in when they are shortened.
    pub strassenkuerzel: Vec<String>,
    /// Names of months, which go on with a day.
    pub monate: HashSet<String>,
}

impl Satzgrenzen {
    /// The sentence around a place.
    ///
    /// A full stop behind a single letter, an abbreviation, a street or the day of a month ends none, nor does one before a
    /// number: `Hauptstr. 5`, `1. Juli`, `z. B.`, `Nr. 7`.
    pub fn around(&self, text: &str, at: usize) -> Range<usize> {
        let from = text.floor_char_boundary(at.saturating_sub(LONGEST));
        let to = text.floor_char_boundary(at.saturating_add(LONGEST));
        let mut start = from;
        for end in self.ends(&text[from..to]).map(|end| from + end) {
            if end > at {
                return start..end;
            }
            start = end;
        }
        start..to
    }

    /// Where sentences end, behind their sign.
    fn ends<'t>(&'t self, text: &'t str) -> impl Iterator<Item = usize> + 't {
        text.match_indices(['.', '!', '?']).filter_map(move |(at, sign)| {
            let behind = at + sign.len();
            let rest = &text[behind..];
            let next = rest.trim_start().chars().next();
            let is_end = rest.starts_with(char::is_whitespace)
                && match sign {
                    "." => next.is_some_and(char::is_alphabetic) && self.ends_a_sentence(&text[..at], rest),
                    _ => next.is_some(),
                };
            is_end.then_some(behind)
        })
    }

    fn ends_a_sentence(&self, before: &str, rest: &str) -> bool {
        let start = before.rfind(|c: char| c.is_whitespace() || c == '.').map_or(0, |at| at + 1);
        let word = before[before.ceil_char_boundary(start)..].trim_start_matches(|c: char| !c.is_alphanumeric());
        if !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit()) {
            // `1.7. ist`, `1. juli`
            let is_date = before[..start].trim_end_matches('.').ends_with(|c: char| c.is_ascii_digit()) && start > 0;
            let next = rest.trim_start().split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
            return word.len() > 2 || !(is_date || self.monate.contains(next));
        }
        word.chars().count() > 1
            && !self.abkuerzungen.contains(word)
            && !self.strassenkuerzel.iter().any(|ending| word.ends_with(ending.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::test_support::rules;

    #[test]
    fn abbreviations_and_dates_end_no_sentence() {
        let saetze = &rules().regeln.residence.worte.sprache.saetze;
        for (text, sentence) in [
            ("ich wohne in der hauptstr. 5 in bonn. der kurs ist in essen.", "ich wohne in der hauptstr. 5 in bonn."),
            ("ich ziehe am 1. juli um. danke", "ich ziehe am 1. juli um."),
            ("ich bin seit 2019. hier", "ich bin seit 2019."),
            ("ab dem 1.7. ist es dort. hier", "ab dem 1.7. ist es dort."),
            ("adresse: am markt 5. der kurs", "adresse: am markt 5."),
            ("ich wohne z. b. bei dr. ott in bonn", "ich wohne z. b. bei dr. ott in bonn"),
            ("ich wohne hier! dort", "ich wohne hier!"),
            ("", ""),
        ] {
            assert_eq!(&text[saetze.around(text, 0)], sentence);
        }
        let text = "erst das. dann wohne ich hier. zuletzt";
        assert_eq!(text[saetze.around(text, 15)].trim(), "dann wohne ich hier.");
    }

    #[test]
    fn what_ends_a_sentence() {
        let saetze = &rules().regeln.residence.worte.sprache.saetze;
        for (text, sentence) in [
            ("ja. nein", "ja."),
            ("ja? nein", "ja?"),
            ("ja! 5", "ja!"),
            ("ja. 5", "ja. 5"),
            ("ja.nein", "ja.nein"),
            ("ja!nein", "ja!nein"),
            ("ja! ", "ja! "),
            ("ja. ", "ja. "),
            ("plan b. nein", "plan b. nein"),
            ("dr. ott", "dr. ott"),
            ("am 1. august", "am 1. august"),
            ("am 1. danach", "am 1."),
            ("am 100. august", "am 100."),
            ("am 12. august", "am 12. august"),
            ("1.7. danach", "1.7. danach"),
            ("x.7. danach", "x.7."),
            ("(5. danach", "(5."),
            ("ö.5. danach", "ö.5."),
            ("in der gassestr. nein", "in der gassestr. nein"),
            ("str. nein", "str. nein"),
            ("ä. nein", "ä. nein"),
            ("ää. nein", "ää."),
        ] {
            assert_eq!(&text[saetze.around(text, 0)], sentence);
        }
        // Its sign belongs to a sentence, what is behind to the next.
        let text = "ja. nein. doch";
        for (at, range) in [(0, 0..3), (2, 0..3), (3, 3..9), (8, 3..9), (9, 9..14), (14, 9..14)] {
            assert_eq!(saetze.around(text, at), range, "{at}");
        }
    }

    #[test]
    fn far_ends_are_not_looked_for() {
        let saetze = &rules().regeln.residence.worte.sprache.saetze;
        let text = format!("ja. {}", "x ".repeat(3_000));
        assert_eq!(saetze.around(&text, 1_000), 3..2_000);
        assert_eq!(saetze.around(&text, 2_000), 1_000..3_000);
        let wide = "ä".repeat(3_000);
        assert_eq!(saetze.around(&wide, 2_001 - 1), 1_000..3_000);
    }
}
