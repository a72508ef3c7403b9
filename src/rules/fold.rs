//! One spelling for comparing: what people and programs write in many ways becomes the same text.
//!
//! Rule files and mails are folded by the same function, so nobody has to list spellings of case, umlauts or spaces.

use unicode_normalization::UnicodeNormalization;

pub(super) use crate::domain::stammdaten::is_invisible;

/// Lower case, compatibility forms replaced (NFKC), umlauts written out, invisible characters dropped, and every run of
/// white space one blank; no blank at the ends.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len() + text.len() / 16);
    let mut rest = text;
    while !rest.is_empty() {
        // Normalising is slow and most text needs none. A letter may join with what follows, so the last plain one
        // before something else is normalised together with it.
        let plain_end = rest.find(|c| !is_plain(c)).unwrap_or(rest.len());
        let joins =
            if plain_end < rest.len() { rest[..plain_end].chars().next_back().map_or(0, char::len_utf8) } else { 0 };
        let (plain, other) = rest.split_at(plain_end - joins);
        let other_end = other[joins..].find(is_plain).map_or(other.len(), |at| joins + at);
        plain.chars().flat_map(char::to_lowercase).for_each(|c| push(&mut folded, c));
        let (other, after) = other.split_at(other_end);
        let normal = other.chars().filter(|&c| !is_invisible(c)).nfkc();
        normal.flat_map(char::to_lowercase).for_each(|c| push(&mut folded, c));
        rest = after;
    }
    folded.truncate(folded.trim_end().len());
    folded
}

/// Characters that are their own normal form: ASCII and the letters of Latin-1.
fn is_plain(c: char) -> bool {
    c.is_ascii() || matches!(c, '\u{c0}'..='\u{ff}')
}

fn push(folded: &mut String, c: char) {
    match c {
        'ä' => folded.push_str("ae"),
        'ö' => folded.push_str("oe"),
        'ü' => folded.push_str("ue"),
        'ß' => folded.push_str("ss"),
        c if !c.is_whitespace() && !c.is_control() => folded.push(c),
        _ if folded.is_empty() || folded.ends_with(' ') => {}
        _ => folded.push(' '),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_agree() {
        for (written, folded) in [
            ("Arbeitsunfähigkeit", "arbeitsunfaehigkeit"),
            ("ARBEITSUNFA\u{308}HIGKEIT", "arbeitsunfaehigkeit"),
            ("Arbeits\u{ad}un\u{200b}f\u{e4}higkeit", "arbeitsunfaehigkeit"),
            ("  Art\u{a0}der \t Veränderung\r\n", "art der veraenderung"),
            ("\u{ff26}\u{ff37}: \u{202e}Größe", "fw: groesse"),
            ("x\u{300}a\u{200b}\u{308}b\u{308}", "x\u{300}aeb\u{308}"),
            ("ﬁn\u{2460}ÀÉ", "fin1àé"),
            ("", ""),
            (" \0 ", ""),
        ] {
            assert_eq!(fold(written), folded, "{written:?}");
        }
    }
}
