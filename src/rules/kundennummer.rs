//! Recognises the Kundennummer: three digits, one letter, six digits, in the spellings people and programs use.
//!
//! Recognition is about shape only; whether the three digits name a known Dienststelle is asked of the master data.
//! A [`Kundennummer`] holds the prefix and the place, not the number.

use std::iter::Peekable;
use std::ops::Range;
use std::str::CharIndices;

use super::fold::is_invisible;

/// Most white space between two groups; a table cell or a line break fits, a paragraph does not.
const MAX_SPACE: usize = 8;
/// Most line breaks between two groups.
const MAX_BREAKS: usize = 2;

/// A Kundennummer found in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Kundennummer {
    /// The three digits of the Dienststelle that issued it.
    pub dienststelle: String,
    /// Where it stands, in bytes of the text.
    pub span: Range<usize>,
}

/// All numbers in `text`, in order. Linear: each place is looked at a bounded number of times.
pub(super) fn find(text: &str) -> impl Iterator<Item = Kundennummer> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        while let Some(start) = next_digit(text, at) {
            match read(text, start) {
                Some(found) => {
                    at = found.span.end;
                    return Some(found);
                }
                None => at = start + text[start..].chars().next().map_or(1, char::len_utf8),
            }
        }
        at = text.len();
        None
    })
}

/// The next digit from `from` on; one byte test finds the candidates, most text has few.
fn next_digit(text: &str, from: usize) -> Option<usize> {
    /// First byte of the full-width digits U+FF10 to U+FF19 in UTF-8.
    const FULL_WIDTH: u8 = 0xef;
    text.as_bytes()[from..]
        .iter()
        .enumerate()
        .filter(|&(_, &byte)| byte.is_ascii_digit() || byte == FULL_WIDTH)
        .map(|(offset, _)| from + offset)
        .find(|&at| text[at..].chars().next().is_some_and(|c| plain(c).is_ascii_digit()))
}

/// Full-width forms as the ASCII they look like.
fn plain(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        c => c,
    }
}

/// The number that begins exactly at `start`, if one does.
fn read(text: &str, start: usize) -> Option<Kundennummer> {
    let before = text[..start].chars().rev().find(|&c| !is_invisible(c));
    if before.is_some_and(char::is_alphanumeric) {
        return None;
    }
    let mut reader = Reader { chars: text[start..].char_indices().peekable(), end: 0, lines: 0 };
    let mut dienststelle = String::with_capacity(3);
    for _ in 0..3 {
        dienststelle.push(reader.take(|c| c.is_ascii_digit())?);
    }
    reader.separator();
    reader.take(|c| c.is_ascii_alphabetic())?;
    reader.separator();
    reader.six_digits()?;
    Some(Kundennummer { dienststelle, span: start..start + reader.end })
}

/// Reads visible characters, full-width ones as ASCII.
#[derive(Clone)]
struct Reader<'t> {
    chars: Peekable<CharIndices<'t>>,
    /// Offset after the last character taken.
    end: usize,
    /// Line ends taken.
    lines: usize,
}

impl Reader<'_> {
    fn peek(&mut self) -> Option<char> {
        while self.chars.next_if(|&(_, c)| is_invisible(c)).is_some() {}
        self.chars.peek().map(|&(_, c)| plain(c))
    }

    fn take(&mut self, wanted: impl Fn(char) -> bool) -> Option<char> {
        let c = self.peek().filter(|&c| wanted(c))?;
        let (offset, raw) = self.chars.next()?;
        self.lines += usize::from(raw == '\n');
        self.end = offset + raw.len_utf8();
        Some(c)
    }

    /// White space, one sign, white space; all of it optional. Gives the sign, a blank for white space alone.
    fn separator(&mut self) -> Option<char> {
        let space = self.space();
        let sign = self.take(|c| matches!(c, '.' | '-' | '/' | '|' | '\u{2010}'..='\u{2013}' | '\u{2212}'));
        if sign.is_some() {
            self.space();
        }
        sign.or(space.then_some(' '))
    }

    fn space(&mut self) -> bool {
        let (mut taken, mut breaks) = (0, 0);
        while taken < MAX_SPACE {
            match self.peek() {
                Some('\n') if breaks == MAX_BREAKS => break,
                Some(c) if c.is_whitespace() => {
                    breaks += usize::from(c == '\n');
                    taken += 1;
                    self.take(|_| true);
                }
                _ => break,
            }
        }
        taken > 0
    }

    /// A run of digits, at most seven are taken (one more than may stand together).
    fn digits(&mut self) -> usize {
        let mut count = 0;
        while count < 7 && self.take(|c| c.is_ascii_digit()).is_some() {
            count += 1;
        }
        count
    }

    /// The letter of a Kundennummer and a digit behind it.
    fn begins_letter_group(&mut self) -> bool {
        self.separator();
        self.take(|c| c.is_ascii_alphabetic()).is_some() && {
            self.separator();
            self.take(|c| c.is_ascii_digit()).is_some()
        }
    }

    /// `123456`, `123 456` or `12 34 56`, and nothing that would make it a longer number or a word.
    fn six_digits(&mut self) -> Option<()> {
        let size = self.digits();
        let groups = match size {
            6 => 1,
            3 => 2,
            2 => 3,
            _ => return None,
        };
        let mut sign = ' ';
        for _ in 1..groups {
            sign = self.separator()?;
            if self.digits() != size {
                return None;
            }
        }
        if self.peek().is_some_and(char::is_alphanumeric) {
            return None;
        }
        // One more group of the same size behind the same sign: this is a longer number, not ours. Unless that group
        // begins another Kundennummer.
        let mut rest = self.clone();
        let goes_on = groups > 1
            && rest.separator() == Some(sign)
            && rest.digits() == size
            && rest.lines == self.lines
            && !rest.peek().is_some_and(char::is_alphanumeric)
            && !rest.begins_letter_group();
        (!goes_on).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prefixes(text: &str) -> Vec<String> {
        find(text).map(|found| found.dienststelle).collect()
    }

    #[test]
    fn accepted_spellings() {
        for text in [
            "735A123456",
            "735 A 123456",
            "735a123456",
            "735-A-123456",
            "735.A.123456",
            "735/A/123456",
            "735 A123456",
            "735A 123456",
            "735 A 123 456",
            "735-A-123-456",
            "735A 12 34 56",
            "735.A.12.34.56",
            "735\nA 123456",
            "735 A\r\n123456",
            "735A123\n456",
            "735\u{a0}A\u{202f}123456",
            "735\u{2009}A\u{2007}123\u{2009}456",
            "\u{ff17}\u{ff13}\u{ff15}\u{ff21}\u{ff11}\u{ff12}\u{ff13}\u{ff14}\u{ff15}\u{ff16}",
            "7\u{200b}35\u{ad}A1\u{feff}2345\u{2060}6",
            "735\tA\t123456",
            "735 | A | 123456",
            "735\nA\n123456",
            "735\u{2013}A\u{2013}123456",
            "(735A123456)",
            "Kundennummer:735A123456.",
            "KdNr. 735A123456, Tel. 0911 123456",
            "Krankmeldung_735A123456.pdf",
            "735 A 123456 0911 12345",
            "735 A 123 456 0911",
            "Grüße, 735A123456 – ä",
            "735A123456\0\0",
            "735 A 123 456\n040 12345678",
            "735 A 123 456\n040 / 123456",
            "735 A 12 34 56\n01 02 1980",
            "735 A 123 456\n789",
        ] {
            assert_eq!(prefixes(text), ["735"], "{text:?}");
        }
    }

    #[test]
    fn other_numbers() {
        for text in [
            "65170839J003",
            "12 010190 A 123",
            "12 010190 A 123 4",
            "53270978Z013",
            "12345//0001234",
            "81504//0012345",
            "DE89 3704 0044 0532 0130 00",
            "GB29 NWBK 6016 1331 9268 19",
            "MT84MALT011000012345MTLCAST001S",
            "0911 735 123456",
            "325FK118204",
            "325 FK 118204",
            "1735A123456",
            "x735A123456",
            "ä735A123456",
            "735A1234567",
            "735A12345",
            "735A123456b",
            "735A123456ß",
            "735\u{200b}1A123456",
            "7 35A123456",
            "735AB123456",
            "735 A 1234 56",
            "735 A 12 3456",
            "735 A 123 456 789",
            "735 A 12 34 56 78",
            "735\n\n\nA123456",
            "735         A123456",
            "735Ä123456",
            "735A",
            "735",
            "\u{ff17}",
            "",
        ] {
            assert!(prefixes(text).is_empty(), "{text:?}: {:?}", prefixes(text));
        }
    }

    #[test]
    fn several_numbers_and_their_places() {
        assert_eq!(prefixes("351 n 209 780 277 V 449 321"), ["351", "277"]);
        let text = "ä 735A123456, meine Frau: 211 b 000 111";
        let found: Vec<_> = find(text).collect();
        assert_eq!(
            found.iter().map(|found| &text[found.span.clone()]).collect::<Vec<_>>(),
            ["735A123456", "211 b 000 111"]
        );
    }

    #[test]
    fn hostile_length_takes_linear_time() {
        for part in ["735 A 12 34 ", "1\u{200b}", "735\n", "\u{ff17}-", "735A123456 "] {
            let text = part.repeat(50_000);
            let found = find(&text).count();
            assert_eq!(found > 0, part == "735A123456 ", "{part:?}");
        }
    }

    #[test]
    fn space_between_groups_is_bounded() {
        let spaced = |count: usize| prefixes(&format!("735{}A123456", " ".repeat(count))).len();
        assert_eq!((spaced(8), spaced(9)), (1, 0));
        let around = |count: usize| prefixes(&format!("735{0}-{0}A123456", " ".repeat(count))).len();
        assert_eq!((around(8), around(9)), (1, 0));
        for (text, count) in [
            ("735\n\nA123456", 1),
            ("735\n \n \nA123456", 0),
            ("735 A 123 456 - 789", 1),
            ("735 A 123-456-789", 0),
            ("735 A 123 456 789x", 1),
            ("735 A 123 456 7890", 1),
            ("735 A 123 456 777 B 123456", 2),
            ("735 A 123 456 777 B", 0),
            ("735 A 12 34 567", 0),
            ("735A123456 735A123456", 2),
            ("\u{ff5e}735A123456", 1),
            ("\u{ff21}735A123456", 0),
            ("735\u{ff5b}123456", 0),
        ] {
            assert_eq!(prefixes(text).len(), count, "{text:?}");
        }
    }
}
