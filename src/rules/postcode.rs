//! Five-digit numbers in folded text, and how an address holds them.

use std::ops::Range;

/// Most digits of a house number.
const HOUSE_NUMBER: usize = 4;

/// A number of exactly five digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Number {
    /// The digits.
    pub digits: Range<usize>,
    /// Where it begins, with a country code perhaps.
    pub start: usize,
    /// A country code that is not Germany's stands before it.
    pub is_foreign: bool,
}

/// All of them, in order.
pub(super) fn find(text: &str) -> Vec<Number> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = bytes[at..].iter().position(u8::is_ascii_digit).map(|offset| at + offset) {
        let len = bytes[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        at = start + len;
        if len == 5 {
            found.extend(number(text, start..at));
        }
    }
    found
}

fn number(text: &str, digits: Range<usize>) -> Option<Number> {
    let (before, after) = (&text[..digits.start], &text[digits.end..]);
    let part_of_a_number = |rest: &str| {
        let mut chars = rest.chars();
        matches!(chars.next(), Some('.' | ',' | '/' | '-' | ':')) && chars.next().is_some_and(|c| c.is_ascii_digit())
    };
    if after.starts_with(|c: char| c.is_alphanumeric() || c == '@') || part_of_a_number(after) {
        return None;
    }
    let mut back = before.chars().rev();
    let last = back.next();
    match last {
        Some(sign @ ('-' | '\u{2010}'..='\u{2013}')) => {
            let code_start = before[..before.len() - sign.len_utf8()].rfind(|c: char| !c.is_alphanumeric());
            let start = code_start.map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
            let code = &before[start..before.len() - sign.len_utf8()];
            if code.is_empty() {
                return Some(Number { start: digits.start, digits, is_foreign: false });
            }
            if code.ends_with(|c: char| c.is_ascii_digit()) {
                return None;
            }
            let is_code = code.len() <= 3;
            Some(Number { start, digits, is_foreign: is_code && !is_german(code) })
        }
        Some(c)
            if c.is_alphanumeric()
                || matches!(c, '.' | ':' | '/' | '@' | '#' | '_' | '+' | '=')
                    && back.next().is_some_and(|c| c.is_ascii_digit()) =>
        {
            None
        }
        Some('#' | '@' | '_') => None,
        _ => {
            // `f 67550`, `f - 67550`: a code alone at the beginning of a line or segment.
            let before = before.trim_end().trim_end_matches(['-', '\u{2013}']).trim_end();
            let segment = before.rsplit([',', ';', '|', '\n']).next().unwrap_or_default().trim();
            let code = segment.rsplit(' ').next().unwrap_or_default();
            if is_german(code) {
                let start = before.len() - code.len();
                return Some(Number { start, digits, is_foreign: false });
            }
            let is_code = (1..=2).contains(&segment.len()) && segment.chars().all(|c| c.is_ascii_lowercase());
            Some(Number { start: digits.start, digits, is_foreign: is_code && CODES.contains(&segment) })
        }
    }
}

fn is_german(code: &str) -> bool {
    matches!(code, "d" | "de" | "ger" | "deu")
}

/// Country codes that people write before a postcode, apart from Germany's.
const CODES: [&str; 22] = [
    "a", "at", "b", "be", "ch", "cz", "dk", "e", "es", "f", "fr", "hu", "i", "it", "l", "lu", "nl", "pl", "ro", "s",
    "sk", "ua",
];

/// Whether a number stands in a line as in an address: at the beginning of the line or of a piece of it, or behind a
/// house number, and before a town or the end of the line.
pub(super) fn is_in_address(line: &str, number: &Number) -> bool {
    let before = line[..number.start].trim_end();
    let after = line[number.digits.end..].trim_start_matches([' ', ',', '-', '\u{2013}']);
    let begins_piece =
        before.is_empty() || before.ends_with(|c: char| separates(c) || matches!(c, '-' | '/' | '(' | '*'));
    (begins_piece || ends_in_house_number(before))
        && (after.starts_with(char::is_alphabetic) || (after.is_empty() && before.is_empty()))
}

/// What people put between the pieces of an address; also any picture.
pub(super) fn separates(c: char) -> bool {
    matches!(c, ',' | ';' | '|' | '~' | '[' | ']' | '{' | '}' | '\u{b7}' | '\u{2022}' | '\u{2013}' | '\u{2014}' | '\u{2190}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}')
}

/// `hauptstr. 5`, `am markt 12 a`, `weg 3-5`.
pub(super) fn ends_in_house_number(text: &str) -> bool {
    let mut words = text.trim_end_matches([',', ' ']).rsplit(' ');
    let mut last = words.next().unwrap_or_default();
    if last.len() == 1 && last.starts_with(|c: char| c.is_ascii_lowercase()) {
        last = words.next().unwrap_or_default();
    }
    let digits = last.bytes().take_while(u8::is_ascii_digit).count();
    let rest = &last[digits..];
    let is_number = (1..=HOUSE_NUMBER).contains(&digits)
        && !last.starts_with('0')
        && (rest.len() <= 1 || rest.starts_with(['-', '/', '+']) && rest.len() <= 6);
    is_number && words.next().is_some_and(|word| word.starts_with(char::is_alphabetic) || word.ends_with("str."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_five_digits_alone_are_a_number() {
        let found = |text: &str| -> Vec<(String, bool)> {
            find(text).into_iter().map(|number| (text[number.digits.clone()].to_owned(), number.is_foreign)).collect()
        };
        for (text, expected) in [
            ("52349 dueren", vec![("52349", false)]),
            ("d-52349 dueren, de-03046", vec![("52349", false), ("03046", false)]),
            ("f-67550 x, ch-80001", vec![("67550", true), ("80001", true)]),
            ("f 67550 x", vec![("67550", true)]),
            ("f - 67550 x", vec![("67550", true)]),
            ("de 67550 x", vec![("67550", false)]),
            ("strasse 5, a 10101 wien", vec![("10101", true)]),
            ("dueren-52349", vec![("52349", false)]),
            ("bei mir, 52349", vec![("52349", false)]),
            ("523490 5234 x52349 52349x 52349-1 1-52349 12.52349 52349,50 02421/52349", vec![]),
            ("(52349)", vec![("52349", false)]),
            ("", vec![]),
        ] {
            let expected: Vec<(String, bool)> = expected.into_iter().map(|(n, f)| (n.to_owned(), f)).collect();
            assert_eq!(found(text), expected, "{text}");
        }
    }

    #[test]
    fn places_in_an_address() {
        for (line, is_address) in [
            ("52349 dueren", true),
            ("d-52349 dueren", true),
            ("de 52349 dueren", true),
            ("koelnstrasse 211, d 52349 dueren", true),
            ("52349", true),
            ("koelnstrasse 211, 52349 dueren", true),
            ("koelnstrasse 211 52349 dueren", true),
            ("koelnstr. 211 a 52349 dueren", true),
            ("anna meier, weg 3-5, 52349 dueren", true),
            ("tel. 02421 52349", false),
            ("rechnung 52349 vom mai", false),
            ("aktenzeichen: 52349", false),
            ("ich war in 52349 dueren", false),
            ("0241 52349 x", false),
        ] {
            let numbers = find(line);
            assert_eq!(is_in_address(line, &numbers[0]), is_address, "{line}");
        }
    }

    #[test]
    fn what_touches_a_number() {
        let found = |text: &str| -> Vec<(usize, usize, bool)> {
            find(text).iter().map(|number| (number.start, number.digits.start, number.is_foreign)).collect()
        };
        for (text, expected) in [
            ("52349", vec![(0, 0, false)]),
            ("d-52349", vec![(0, 2, false)]),
            ("ger-52349", vec![(0, 4, false)]),
            ("abc-52349", vec![(0, 4, true)]),
            ("abcd-52349", vec![(0, 5, false)]),
            ("x f\u{2013}52349", vec![(2, 6, true)]),
            ("ä-52349", vec![(0, 3, true)]),
            ("ä f-52349", vec![(3, 5, true)]),
            ("weg 5 -52349", vec![(7, 7, false)]),
            ("-52349", vec![(1, 1, false)]),
            ("a1-52349", vec![]),
            ("weg 5, d 52349", vec![(7, 9, false)]),
            ("d - 52349", vec![(0, 4, false)]),
            ("weg 5; f 52349", vec![(9, 9, true)]),
            ("weg f 52349", vec![(6, 6, false)]),
            ("x 52349", vec![(2, 2, false)]),
            ("fra 52349", vec![(4, 4, false)]),
            ("x.52349", vec![(2, 2, false)]),
            ("5.52349", vec![]),
            ("5:52349", vec![]),
            ("5/52349", vec![]),
            ("5+52349", vec![]),
            ("#52349", vec![]),
            ("@52349", vec![]),
            ("_52349", vec![]),
            ("=52349", vec![(1, 1, false)]),
            ("52349@x", vec![]),
            ("52349.5", vec![]),
            ("52349. 5", vec![(0, 0, false)]),
            ("52349,x", vec![(0, 0, false)]),
            ("52349:5", vec![]),
            ("ä52349", vec![]),
        ] {
            assert_eq!(found(text), expected, "{text}");
        }
    }

    #[test]
    fn house_numbers() {
        for (text, is_one) in [
            ("weg 5", true),
            ("weg 5, ", true),
            ("weg 5 a", true),
            ("weg 5 1", false),
            ("weg 5 ab", false),
            ("weg 1234", true),
            ("weg 12345", false),
            ("5", false),
            ("weg", false),
            ("x. 5", true),
            ("(x 5", false),
            ("hauptstr. 5", true),
            ("1str. 5", true),
        ] {
            assert_eq!(ends_in_house_number(text), is_one, "{text}");
        }
        for (line, is_address) in [
            ("(52349 dueren)", true),
            ("x / 52349 dueren", true),
            ("x | 52349 dueren", true),
            ("x \u{2022} 52349 - dueren", true),
            ("x, 52349", false),
            ("52349 5", false),
            ("x 52349 dueren", false),
        ] {
            assert_eq!(is_in_address(line, &find(line)[0]), is_address, "{line}");
        }
    }
}
