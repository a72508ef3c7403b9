//! One spelling for comparing: what people and programs write in many ways becomes the same text.
//!
//! Rule files and mails are folded by the same function, so nobody has to list spellings of case, umlauts or spaces.

use unicode_normalization::UnicodeNormalization;

/// Lower case, compatibility forms replaced (NFKC), umlauts written out, invisible characters dropped, and every run of
/// white space one blank; no blank at the ends.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    if text.is_ascii() {
        text.chars().for_each(|c| push(&mut folded, c.to_ascii_lowercase()));
    } else {
        for c in text.chars().filter(|&c| !is_invisible(c)).nfkc().flat_map(char::to_lowercase) {
            match c {
                'ä' => folded.push_str("ae"),
                'ö' => folded.push_str("oe"),
                'ü' => folded.push_str("ue"),
                'ß' => folded.push_str("ss"),
                c => push(&mut folded, c),
            }
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

fn push(folded: &mut String, c: char) {
    if !c.is_whitespace() && !c.is_control() {
        folded.push(c);
    } else if !folded.is_empty() && !folded.ends_with(' ') {
        folded.push(' ');
    }
}

/// Characters that nobody sees: soft hyphen, zero-width and bidirectional control characters, variation selectors.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{feff}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}')
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
            ("", ""),
            (" \0 ", ""),
        ] {
            assert_eq!(fold(written), folded, "{written:?}");
        }
    }
}
