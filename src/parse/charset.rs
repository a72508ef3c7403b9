//! Bytes become Unicode, whatever was declared about them.
//!
//! Valid UTF-8 wins, because text in another charset is hardly ever valid UTF-8 by chance. Else the declaration counts if
//! it fits, else Windows-1252. Where UTF-8 is only damaged, its sound parts stay and only the odd bytes are read as
//! Windows-1252, so that one bad byte (or the end of a fetch) never changes the text before it.

use std::borrow::Cow;

use encoding_rs::{Encoding, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use mail_parser::decoders::charsets::map::charset_decoder;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Decoded {
    pub(super) text: String,
    /// The declared charset did not fit the bytes.
    pub(super) mismatch: bool,
}

/// Text that says nothing about its charset: UTF-8, else Windows-1252.
pub(super) fn without_declaration(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(utf8_or_windows_1252(bytes)),
    }
}

/// Text with a declared charset (any spelling, any alias). `cut`: the bytes may end inside a character.
pub(super) fn decode(bytes: &[u8], declared: Option<&str>, cut: bool) -> Decoded {
    let bytes = if cut { without_cut_character(bytes) } else { bytes };
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let declared = declared.map(|label| label.trim().trim_matches(['"', '\'']));
    let encoding = declared.and_then(|label| Encoding::for_label_no_replacement(label.as_bytes()));

    // These may look like ASCII and mean something else.
    if let Some(encoding) = encoding.filter(|&e| e == ISO_2022_JP || e == UTF_16LE || e == UTF_16BE) {
        let (text, _, damaged) = encoding.decode(bytes);
        if !damaged || cut {
            return Decoded { text: text.into_owned(), mismatch: false };
        }
    }
    if let Some(decoder) = declared.filter(|_| encoding.is_none()).and_then(rare_charset) {
        return Decoded { text: decoder(bytes), mismatch: false };
    }
    let declares_utf8 = encoding == Some(UTF_8);
    if let Ok(text) = std::str::from_utf8(bytes) {
        let mismatch = declared.is_some() && !declares_utf8 && !text.is_ascii();
        return Decoded { text: text.to_owned(), mismatch };
    }
    if let Some(encoding) = encoding.filter(|_| !declares_utf8 && !declared.is_some_and(is_ascii_label)) {
        let (text, damaged) = encoding.decode_without_bom_handling(bytes);
        let damage_is_the_cut = cut && text.ends_with('\u{FFFD}') && text.matches('\u{FFFD}').count() == 1;
        if !damaged || damage_is_the_cut {
            return Decoded { text: text.into_owned(), mismatch: false };
        }
    }
    Decoded { text: utf8_or_windows_1252(bytes), mismatch: declared.is_some() }
}

/// Charsets of old mail that browsers, and so `encoding_rs`, do not know: UTF-7, code page 850 and the like.
fn rare_charset(label: &str) -> Option<fn(&[u8]) -> String> {
    let is_rare = ["utf-7", "utf7", "unicode-1-1-utf-7", "cp850", "ibm850", "850"];
    is_rare.iter().any(|rare| label.eq_ignore_ascii_case(rare)).then(|| charset_decoder(label.as_bytes())).flatten()
}

/// Web standards read "us-ascii" as Windows-1252; for a mail it promises that there is nothing to decode.
fn is_ascii_label(label: &str) -> bool {
    ["us-ascii", "ascii"].iter().any(|ascii| label.eq_ignore_ascii_case(ascii))
}

/// `bytes` without an unfinished UTF-8 character at the end.
fn without_cut_character(bytes: &[u8]) -> &[u8] {
    // A character has at most four bytes, so at most three are left of it.
    let tail = bytes.len().saturating_sub(3);
    for start in tail..bytes.len() {
        if bytes[start] >= 0xC2 && std::str::from_utf8(&bytes[start..]).is_err_and(|error| error.error_len().is_none())
        {
            return &bytes[..start];
        }
    }
    bytes
}

fn utf8_or_windows_1252(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 8);
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.push_str(&WINDOWS_1252.decode_without_bom_handling(chunk.invalid()).0);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_wins_over_what_was_declared() {
        let cases: &[(&[u8], Option<&str>, &str, bool)] = &[
            ("Grüße".as_bytes(), Some("utf-8"), "Grüße", false),
            ("Grüße".as_bytes(), None, "Grüße", false),
            ("Grüße".as_bytes(), Some("iso-8859-1"), "Grüße", true),
            ("Grüße".as_bytes(), Some("us-ascii"), "Grüße", true),
            (b"Gr\xFC\xDFe", Some("utf-8"), "Grüße", true),
            (b"Gr\xFC\xDFe", Some("us-ascii"), "Grüße", true),
            (b"Gr\xFC\xDFe", None, "Grüße", false),
            (b"Gr\xFC\xDFe", Some("x-unknown"), "Grüße", true),
            (b"Gr\xFC\xDFe \x80", Some("ISO-8859-1"), "Grüße €", false),
            (b"Gr\xFC\xDFe", Some("latin1"), "Grüße", false),
            (b"Gr\xFC\xDFe", Some("\"windows-1252\""), "Grüße", false),
            (b"\xF0\xD2\xC9\xD7\xC5\xD4", Some("koi8-r"), "Привет", false),
            (b"\xFD\xFE", Some("iso-8859-9"), "ış", false),
            (b"\x1B$B4A;z\x1B(B", Some("iso-2022-jp"), "漢字", false),
            (b"Gr+APw-n", Some("utf-7"), "Grün", false),
            (b"\xFF\xFEa\0b\0", Some("utf-16"), "ab", false),
            (b"a\0b\0", Some("utf-16le"), "ab", false),
            (b"Gr\x81n", Some("cp850"), "Grün", false),
            (b"plain", Some("x-unknown"), "plain", false),
            ("gut ü \u{FC}".as_bytes(), Some("utf-8"), "gut ü ü", false),
            (b"gut \xC3\xBC schlecht \xFC.", Some("utf-8"), "gut ü schlecht ü.", true),
            (b"\xEF\xBB\xBFText", Some("utf-8"), "Text", false),
            (b"ende \xDF", None, "ende ß", false),
        ];
        for (bytes, declared, text, mismatch) in cases {
            let expected = Decoded { text: (*text).to_owned(), mismatch: *mismatch };
            assert_eq!(decode(bytes, *declared, false), expected, "{bytes:?} {declared:?}");
        }
    }

    #[test]
    fn a_cut_never_changes_what_stands_before_it() {
        for (text, charset) in [("Grüße an €uch 🚂 ü", "utf-8"), ("Grüße, ß", "iso-8859-1"), ("漢字かな", "shift_jis")]
        {
            let encoded = if charset == "utf-8" {
                text.as_bytes().to_vec()
            } else {
                Encoding::for_label(charset.as_bytes()).unwrap().encode(text).0.into_owned()
            };
            for end in 0..=encoded.len() {
                let cut = decode(&encoded[..end], Some(charset), true).text;
                let cut = cut.strip_suffix('\u{FFFD}').unwrap_or(&cut);
                assert!(text.starts_with(cut), "{charset} {end}: {cut:?}");
            }
        }
    }
}
