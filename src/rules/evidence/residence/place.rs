//! Postcodes that count by where they stand: in the signature, or in the sender's block at the top of a letter.
//!
//! Both are blocks of contact data: a name, a street, postcode and town, perhaps telephone and mail address. From the
//! beginning of the block to the postcode nothing else may stand; a sentence or a heading says that the address is about
//! something else.

use super::{Umfeld, Wohnworte};
use crate::domain::decision::Fundort;
use crate::rules::letter::{Absatz, Teil};
use crate::rules::names::Namen;
use crate::rules::postcode::{self, Number};
use crate::rules::prepare::Prepared;

/// Most words of a line in an address.
const MAX_LINE: usize = 16;
/// Most lines of the block at the top of a letter.
const MAX_HEAD_LINES: usize = 9;
/// Most words of a line that may be a name, and most such lines before the street besides the author's own.
const NAME_WORDS: usize = 4;
const NAME_LINES: usize = 1;

/// Where it stands, if it counts there.
pub(super) fn of(umfeld: &Umfeld<'_, '_>, index: usize, number: &Number) -> Option<Fundort> {
    let Umfeld { worte, mail, absaetze, .. } = umfeld;
    let absatz = &absaetze[index];
    let line = absatz.line_at(number.start);
    let text = &absatz.text[line.clone()];
    let shifted = Number {
        digits: number.digits.start - line.start..number.digits.end - line.start,
        start: number.start - line.start,
        is_foreign: number.is_foreign,
    };
    let in_address = text.split_whitespace().count() <= MAX_LINE
        && postcode::is_in_address(text, &shifted)
        && !worte.nummernworte.is_in(last_piece(&text[..shifted.start]));
    // A number alone on its line needs its street above.
    let is_alone = text.trim().len() == number.digits.len();
    let has_street_above = || absatz.lines_before(line.start).last().is_some_and(|above| is_street(worte, above));
    if !in_address || (is_alone && !has_street_above()) {
        return None;
    }
    match absatz.teil {
        Teil::Signatur if belongs_to_signature(worte, mail.verfasser(), absaetze, index, number) => {
            Some(Fundort::Signatur)
        }
        Teil::Kopf if is_senders_block(worte, mail, absaetze, index, number) => Some(Fundort::Briefkopf),
        Teil::Signatur | Teil::Kopf | Teil::Text => None,
    }
}

/// The first paragraph behind the formula is the signature, and those behind it as long as they are nothing but contact
/// data. A later one counts on its own if it begins with the author's name.
fn belongs_to_signature(worte: &Wohnworte, author: &Namen, absaetze: &[Absatz], index: usize, number: &Number) -> bool {
    let first = absaetze.iter().position(|absatz| absatz.teil == Teil::Signatur).unwrap_or(index);
    let absatz = &absaetze[index];
    let signed_name = absaetze[first].lines().next();
    let begins_with_author =
        absatz.lines().next().is_some_and(|line| author.begin(line) || (index != first && Some(line) == signed_name));
    let names_allowed = if index == first || begins_with_author { NAME_LINES } else { 0 };
    let is_contact = |absatz: &Absatz| only_contact(worte, author, absatz, absatz.text.len(), 0);
    only_contact(worte, author, absatz, number.start, names_allowed)
        && (index == first
            || begins_with_author
            || (only_contact(worte, author, &absaetze[first], absaetze[first].text.len(), NAME_LINES)
                && absaetze[first + 1..index].iter().all(is_contact)))
}

/// Name, street with number, postcode and town. The name is the author's or stands under the letter, too.
fn is_senders_block(
    worte: &Wohnworte,
    mail: &Prepared<'_>,
    absaetze: &[Absatz],
    index: usize,
    number: &Number,
) -> bool {
    let absatz = &absaetze[index];
    let Some(first) = absatz.lines().next() else { return false };
    let author = mail.verfasser();
    let has_street = pieces(&absatz.text[..number.start]).any(|piece| is_street(worte, piece))
        || absatz.lines().any(|line| is_street(worte, line));
    if absatz.zeilen.len() > MAX_HEAD_LINES
        || !has_street
        || worte.titel.at_start_of(first).is_some()
        || !only_contact(worte, author, absatz, number.start, NAME_LINES)
    {
        return false;
    }
    let is_author = absatz.lines().take(2).any(|line| author.begin(without_label(worte, line)));
    is_author
        || signed(absaetze, first)
        || (author.is_unknown() && index == 0 && !first.bytes().any(|byte| byte.is_ascii_digit()))
}

/// Whether a paragraph holds nothing but contact data up to a place in it, besides so many lines that may be a name.
fn only_contact(worte: &Wohnworte, author: &Namen, absatz: &Absatz, upto: usize, mut names: usize) -> bool {
    let said = &absatz.text[..upto];
    if worte.names_a_person(said, author) || worte.anderes_thema.is_in(said) || worte.verneinung.is_in(said) {
        return false;
    }
    let has_author = absatz.lines().next().is_some_and(|line| author.begin(without_label(worte, line)));
    absatz.zeilen.iter().take_while(|line| line.start < upto).all(|line| {
        let text = &absatz.text[line.start..line.end.min(upto)];
        let text = without_label(worte, text);
        if text.contains(':') && worte.nummernworte.at_start_of(text).is_none() && !is_mail_or_number(text) {
            return false;
        }
        pieces(text).all(|piece| {
            let is_known = piece.is_empty()
                || is_mail_or_number(piece)
                || is_street(worte, piece)
                || author.begin(piece)
                || (piece.split_whitespace().count() <= NAME_WORDS
                    && piece.split_whitespace().any(|word| author.contains(word)))
                || worte.anschriftteile.is_in(piece)
                || worte.titel.at_start_of(piece).is_some_and(|end| author.is_named_in(&piece[end..]))
                || worte.nummernworte.at_start_of(piece).is_some()
                || postcode::find(piece).first().is_some_and(|number| number.start == 0);
            if is_known {
                return true;
            }
            let may_be_name = piece.split_whitespace().count() <= NAME_WORDS
                && !piece.bytes().any(|byte| byte.is_ascii_digit())
                && worte.titel.at_start_of(piece).is_none();
            // Whoever signs with his name has no second one: the next line is his firm's.
            let allowed = may_be_name && names > 0 && !has_author;
            names = names.saturating_sub(1);
            allowed
        })
    })
}

/// `Anschrift: x` is `x`.
fn without_label<'t>(worte: &Wohnworte, line: &'t str) -> &'t str {
    match worte.bezeichnungen.at_start_of(line) {
        Some(end) => line[end..].trim_start_matches([':', ' ', '-']),
        None => line,
    }
}

/// What commas and other signs set apart in a line.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    text.split(postcode::separates)
        .flat_map(|part| part.split(" - "))
        .map(|piece| piece.trim_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '*' | '/' | '(' | ')')))
}

/// What stands behind the last sign.
fn last_piece(text: &str) -> &str {
    text.rsplit(postcode::separates).next().unwrap_or_default()
}

/// A piece of an address with a house number, or with a word that streets end in.
fn is_street(worte: &Wohnworte, piece: &str) -> bool {
    let words = piece.split_whitespace().count();
    words <= NAME_WORDS + 2
        && (postcode::ends_in_house_number(piece)
            || piece
                .split_whitespace()
                .any(|word| worte.strassen.fits(word.trim_matches(|c: char| !c.is_alphanumeric()))))
}

fn is_mail_or_number(piece: &str) -> bool {
    let letters = piece.chars().filter(|c| c.is_alphabetic()).count();
    let digits = piece.chars().filter(char::is_ascii_digit).count();
    piece.contains('@') || piece.contains("www.") || digits > 0 && digits >= 2 * letters
}

/// Whether a line of a name is signed with below.
fn signed(absaetze: &[Absatz], name: &str) -> bool {
    let words = |line: &str| {
        let words = line.split(|c: char| !c.is_alphabetic()).filter(|word| word.chars().count() >= 3);
        words.map(str::to_owned).collect::<Vec<_>>()
    };
    let names = words(pieces(name).next().unwrap_or_default());
    let signature = absaetze.iter().find(|absatz| absatz.teil == Teil::Signatur).or(absaetze.last());
    let signed = signature.and_then(|absatz| absatz.lines().next()).map(words).unwrap_or_default();
    names.len() <= NAME_WORDS + 2 && names.first().is_some_and(|name| signed.contains(name))
}

#[cfg(test)]
mod tests {
    use super::super::numbers_by_line;
    use super::super::tests::{absatz, gudula, with_letter, worte};
    use super::*;

    #[test]
    fn pieces_of_an_address() {
        for (piece, street, number) in [
            ("weg 5", true, false),
            ("koelnstrasse", true, false),
            ("bonn", false, false),
            ("a b c d e 5", true, false),
            ("a b c d e f 5", false, false),
            ("a b c d e f weg", false, false),
            ("a@b.example", false, true),
            ("www.a.example", false, true),
            ("0228 1", false, true),
            ("a12", false, true),
            ("a1", false, false),
            ("ab12", false, false),
            ("", false, false),
        ] {
            assert_eq!((is_street(worte(), piece), is_mail_or_number(piece)), (street, number), "{piece}");
        }
        assert_eq!(pieces("a, b - (c); *d*").collect::<Vec<_>>(), ["a", "b", "c", "d"]);
        assert_eq!((last_piece("a, b "), last_piece("a")), (" b ", "a"));
        for (line, rest) in [("anschrift: x", "x"), ("adresse - x", "x"), ("x: y", "x: y")] {
            assert_eq!(without_label(worte(), line), rest);
        }
    }

    #[test]
    fn nothing_but_contact_data() {
        for (lines, names, expected) in [
            (&["gudula offermanns", "weg 5", "53111 bonn"][..], 0, true),
            (&["petra meier", "weg 5"], 1, true),
            (&["petra meier", "weg 5"], 0, false),
            (&["gudula offermanns", "petra meier"], 1, false),
            (&["absender: gudula offermanns", "petra meier"], 1, false),
            (&["petra meier", "eva roth"], 1, false),
            (&["petra meier", "eva roth"], 2, true),
            (&["a b c d"], 1, true),
            (&["a b c d e"], 1, false),
            (&["petra m3"], 1, false),
            (&["herr meier"], 1, false),
            (&["familie herr gudula"], 0, true),
            (&["aaa bbb ccc offermanns"], 0, true),
            (&["aaa bbb ccc ddd offermanns"], 0, false),
            (&["herr prof a b offermanns"], 0, false),
            (&["kurs", "weg 5"], 9, false),
            (&["nicht weg 5"], 9, false),
            (&["mutter", "weg 5"], 9, false),
            (&["x: y"], 9, false),
            (&["tel: 0228 1", "telefon a", "mail: a@b.example"], 0, true),
            (&["hinterhaus a"], 0, true),
            (&["53111 bonn"], 0, true),
            (&["bonn 53111"], 0, false),
            (&["bonn"], 0, false),
            (&["weg 5 - bonn"], 0, false),
            (&["weg 5, , a@b.example"], 0, true),
        ] {
            let absatz = absatz(Teil::Signatur, lines);
            let only = only_contact(worte(), &gudula(), &absatz, absatz.text.len(), names);
            assert_eq!(only, expected, "{lines:?} {names}");
        }
        let first = absatz(Teil::Signatur, &["weg 5", "bonn"]);
        assert!(only_contact(worte(), &gudula(), &first, 6, 0) && !only_contact(worte(), &gudula(), &first, 7, 0));
    }

    #[test]
    fn who_has_signed() {
        let letter = |signature: &str| [absatz(Teil::Kopf, &["x"]), absatz(Teil::Signatur, &[signature, "y"])];
        for (name, signature, expected) in [
            ("eva roth", "eva", true),
            ("eva roth", "roth", false),
            ("eva roth, weg 5", "ihre eva", true),
            ("eva", "y", false),
            ("el roth", "roth", true),
            ("el", "el", false),
            ("eva roth abc def ghi jkl", "eva", true),
            ("eva roth abc def ghi jkl mno", "eva", false),
        ] {
            assert_eq!(signed(&letter(signature), name), expected, "{name} {signature}");
        }
        assert!(signed(&[absatz(Teil::Kopf, &["x"]), absatz(Teil::Text, &["eva"])], "eva roth"));
    }

    #[test]
    fn where_a_number_counts() {
        let block = "Gudula Offermanns\nWeg 5\n53111 Bonn";
        let gruss = "Hallo,\nx\n\nGruß\n";
        let words = |count: usize| format!("{gruss}Gudula, Weg 5, 53111 {}", "y ".repeat(count - 4));
        let head =
            |lines: usize| format!("Gudula\nWeg 5\n53111 Bonn\n{}\nHallo,\nx", "y@z.example\n".repeat(lines - 3));
        for (text, expected) in [
            (format!("{gruss}{block}"), Some(Fundort::Signatur)),
            (format!("{gruss}{block}\nBonn liegt am Rhein"), Some(Fundort::Signatur)),
            (words(16), Some(Fundort::Signatur)),
            (words(17), None),
            // A number alone needs a street above.
            (format!("{gruss}Gudula\nWeg 5\n53111"), Some(Fundort::Signatur)),
            (format!("{gruss}Gudula\n53111"), None),
            (format!("{gruss}Gudula\n53111 Bonn"), Some(Fundort::Signatur)),
            (format!("{gruss}Gudula, Rechnung - 53111 Bonn"), None),
            (format!("{gruss}Gudula\nich fahre nach\n53111 Bonn"), None),
            // Paragraphs behind the first one.
            (format!("{gruss}Gudula\n\nWeg 5\n53111 Bonn"), Some(Fundort::Signatur)),
            (format!("{gruss}Gudula\n\nPetra Meier\nWeg 5\n53111 Bonn"), None),
            (format!("{gruss}Gudula\n\nbis dann also am Montag\n\nWeg 5\n53111 Bonn"), None),
            (format!("{gruss}Gudula\n\na@b.example\n\nWeg 5\n53111 Bonn"), Some(Fundort::Signatur)),
            (format!("{gruss}Gudula\nbis dann also am Montag\n\nWeg 5\n53111 Bonn"), None),
            (format!("{gruss}Gudula\nbis dann also am Montag\n\n{block}"), Some(Fundort::Signatur)),
            (format!("{gruss}Petra Meier\n\nPetra Meier\nWeg 5\n53111 Bonn"), Some(Fundort::Signatur)),
            (format!("{gruss}Petra Meier\nWeg 5\n53111 Bonn"), Some(Fundort::Signatur)),
            // The sender's block at the top.
            (format!("{block}\n\nHallo,\nx"), Some(Fundort::Briefkopf)),
            (head(9), Some(Fundort::Briefkopf)),
            (head(10), None),
            ("Gudula\n53111 Bonn\n\nHallo,\nx".to_owned(), None),
            ("Herr Offermanns\nWeg 5\n53111 Bonn\n\nHallo,\nx".to_owned(), None),
            ("Petra Meier\nWeg 5\n53111 Bonn\n\nHallo,\nx".to_owned(), None),
            ("Petra Meier\nWeg 5\n53111 Bonn\n\nHallo,\nx\n\nGruß\nPetra".to_owned(), Some(Fundort::Briefkopf)),
            ("Kurs\nGudula\nWeg 5\n53111 Bonn\n\nHallo,\nx".to_owned(), None),
            ("Absender: Gudula\nWeg 5\n53111 Bonn\n\nHallo,\nx".to_owned(), Some(Fundort::Briefkopf)),
            // Text is neither.
            ("Hallo,\nWeg 5, 53111 Bonn\nx\n\nGruß\nGudula".to_owned(), None),
        ] {
            let found = with_letter(&text, |umfeld| {
                let index = umfeld.absaetze.iter().position(|absatz| absatz.text.contains("53111")).unwrap();
                of(umfeld, index, &numbers_by_line(&umfeld.absaetze[index])[0])
            });
            assert_eq!(found, expected, "{text}");
        }
    }
}
