//! Character references (HTML, 13.2.5.72): `&uuml;`, `&#252;`, and the forms browsers forgive.

use encoding_rs::WINDOWS_1252;
use mail_parser::decoders::html::add_html_token;

/// Longest name, with "&" and ";".
pub(super) const LONGEST: usize = 34;

/// Names that also count without their ";", in the order of Latin-1 from U+00A0.
const LATIN_1: [&str; 96] = [
    "nbsp", "iexcl", "cent", "pound", "curren", "yen", "brvbar", "sect", "uml", "copy", "ordf", "laquo", "not", "shy",
    "reg", "macr", "deg", "plusmn", "sup2", "sup3", "acute", "micro", "para", "middot", "cedil", "sup1", "ordm",
    "raquo", "frac14", "frac12", "frac34", "iquest", "Agrave", "Aacute", "Acirc", "Atilde", "Auml", "Aring", "AElig",
    "Ccedil", "Egrave", "Eacute", "Ecirc", "Euml", "Igrave", "Iacute", "Icirc", "Iuml", "ETH", "Ntilde", "Ograve",
    "Oacute", "Ocirc", "Otilde", "Ouml", "times", "Oslash", "Ugrave", "Uacute", "Ucirc", "Uuml", "Yacute", "THORN",
    "szlig", "agrave", "aacute", "acirc", "atilde", "auml", "aring", "aelig", "ccedil", "egrave", "eacute", "ecirc",
    "euml", "igrave", "iacute", "icirc", "iuml", "eth", "ntilde", "ograve", "oacute", "ocirc", "otilde", "ouml",
    "divide", "oslash", "ugrave", "uacute", "ucirc", "uuml", "yacute", "thorn", "yuml",
];
const SYNTAX: [(&str, char); 4] = [("amp", '&'), ("lt", '<'), ("gt", '>'), ("quot", '"')];

/// The character that the reference at the start of `text` stands for, and the length of the reference. `None`: the "&"
/// stands for itself.
pub(super) fn read(text: &str) -> Option<(char, usize)> {
    let inner = text.strip_prefix('&')?;
    if let Some(number) = inner.strip_prefix('#') {
        return numeric(number).map(|(c, len)| (c, 2 + len));
    }
    let len = inner.bytes().take(LONGEST).take_while(u8::is_ascii_alphanumeric).count();
    let (name, rest) = inner.split_at(len);
    if rest.starts_with(';')
        && let Some(c) = named(&text[..len + 2])
    {
        return Some((c, len + 2));
    }
    without_semicolon(name).map(|(c, len)| (c, 1 + len))
}

fn named(reference: &str) -> Option<char> {
    let mut decoded = String::new();
    add_html_token(&mut decoded, reference.as_bytes(), false);
    let mut chars = decoded.chars();
    chars.next().filter(|_| chars.next().is_none())
}

fn without_semicolon(name: &str) -> Option<(char, usize)> {
    if name.len() < 2 {
        return None;
    }
    let syntax = SYNTAX.iter().find(|(known, _)| name.starts_with(known));
    // "sup1" begins no other name, but "not" and "para" do; the longest counts.
    let latin = LATIN_1.iter().zip('\u{A0}'..).filter(|(known, _)| name.starts_with(**known));
    let latin = latin.max_by_key(|(known, _)| known.len());
    syntax.map(|&(known, c)| (c, known.len())).or(latin.map(|(known, c)| (c, known.len())))
}

/// What follows "&#".
fn numeric(text: &str) -> Option<(char, usize)> {
    let (digits, radix, prefix) = match text.strip_prefix(['x', 'X']) {
        Some(digits) => (digits, 16, 1),
        None => (text, 10, 0),
    };
    let values = digits.chars().map_while(|c| c.to_digit(radix));
    let (number, len) =
        values.fold((0_u32, 0), |(number, len), digit| (number.saturating_mul(radix).saturating_add(digit), len + 1));
    let end = usize::from(digits[len..].starts_with(';'));
    (len > 0).then(|| (character(number), prefix + len + end))
}

fn character(number: u32) -> char {
    match u8::try_from(number) {
        // What Windows-1252 has there was meant.
        Ok(byte @ 0x80..=0x9F) => {
            WINDOWS_1252.decode_without_bom_handling(&[byte]).0.chars().next().unwrap_or(char::REPLACEMENT_CHARACTER)
        }
        Ok(0) => char::REPLACEMENT_CHARACTER,
        _ => char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_in_all_their_spellings() {
        let cases = [
            ("&uuml;", Some(('ü', 6))),
            ("&Uuml;x", Some(('Ü', 6))),
            ("&uuml x", Some(('ü', 5))),
            ("&szligx;", Some(('ß', 6))),
            ("&nbsp", Some(('\u{A0}', 5))),
            ("&notin;", Some(('∉', 7))),
            ("&notit;", Some(('¬', 4))),
            ("&euro;", Some(('€', 6))),
            ("&euro ", None),
            ("&amp;lt;", Some(('&', 5))),
            ("&#252;", Some(('ü', 6))),
            ("&#xFC;", Some(('ü', 6))),
            ("&#XfC.", Some(('ü', 5))),
            ("&#8364", Some(('€', 6))),
            ("&#150;", Some(('–', 6))),
            ("&#0;", Some(('\u{FFFD}', 4))),
            ("&#xD800;", Some(('\u{FFFD}', 8))),
            ("&#99999999999999999999;", Some(('\u{FFFD}', 23))),
            ("&#;", None),
            ("&#x;", None),
            ("&;", None),
            ("&unknown;", None),
            ("& ", None),
            ("&", None),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text), expected, "{text}");
        }
    }
}
