//! Encoded words in header fields (RFC 2047).
//!
//! Adjacent words are joined without the blank between them, and words of one charset are joined *before* decoding:
//! some senders split a character over two words.

use std::borrow::Cow;
use std::fmt::Write;

use super::{charset, transfer};

/// No registered name of a charset is longer; with a language tag (RFC 2231, 5) there is room for more.
const MAX_LABEL: usize = 64;

/// `value` with all encoded words decoded. What they hold is data: it may contain line breaks and control characters.
pub(super) fn decode(value: &str) -> Cow<'_, str> {
    replace_runs(value, |out, decoded| out.push_str(decoded))
}

/// `value` with each run of encoded words made one word in UTF-8, so that a reader of structured fields still sees where
/// they begin and end: a decoded comma or bracket must not become syntax.
pub(super) fn merge(value: &str) -> Cow<'_, str> {
    replace_runs(value, |out, decoded| {
        out.push_str("=?utf-8?Q?");
        for byte in decoded.bytes() {
            if byte.is_ascii_alphanumeric() {
                out.push(char::from(byte));
            } else {
                write!(out, "={byte:02X}").expect("writing to a String cannot fail");
            }
        }
        out.push_str("?=");
    })
}

fn replace_runs(value: &str, mut replace: impl FnMut(&mut String, &str)) -> Cow<'_, str> {
    if !value.contains("=?") {
        return Cow::Borrowed(value);
    }
    let mut out = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(start) = rest.find("=?") {
        let (plain, from_word) = rest.split_at(start);
        out.push_str(plain);
        match Word::at_start_of(from_word) {
            Ok(word) => {
                let (decoded, len) = decode_run(word, from_word);
                replace(&mut out, &decoded);
                rest = &from_word[len..];
            }
            Err(NoWord::Here) => {
                out.push_str("=?");
                rest = &from_word[2..];
            }
            Err(NoWord::Anywhere) => {
                rest = from_word;
                break;
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Decodes the run that begins with `first` at the start of `text`; gives its text and length.
fn decode_run(first: Word<'_>, text: &str) -> (String, usize) {
    let mut out = String::new();
    let mut label = first.label;
    let mut bytes = first.bytes();
    let mut len = first.len;
    loop {
        let after = &text[len..];
        let gap = after.len() - after.trim_start_matches([' ', '\t']).len();
        let Ok(word) = Word::at_start_of(&after[gap..]) else { break };
        if !word.label.eq_ignore_ascii_case(label) {
            out.push_str(&charset::decode(&bytes, Some(label), false).text);
            bytes.clear();
            label = word.label;
        }
        bytes.extend(word.bytes());
        len += gap + word.len;
    }
    out.push_str(&charset::decode(&bytes, Some(label), false).text);
    (out, len)
}

struct Word<'a> {
    label: &'a str,
    is_base64: bool,
    encoded: &'a str,
    len: usize,
}

enum NoWord {
    Here,
    /// No word ends in all the rest, so none needs to be looked for: keeps the search linear.
    Anywhere,
}

impl<'a> Word<'a> {
    fn at_start_of(text: &'a str) -> Result<Self, NoWord> {
        let inner = text.strip_prefix("=?").ok_or(NoWord::Here)?;
        let label_len = inner.bytes().take(MAX_LABEL).position(|byte| byte == b'?').ok_or(NoWord::Here)?;
        let (label, rest) = inner.split_at(label_len);
        let is_base64 = match rest.as_bytes() {
            [b'?', b'B' | b'b', b'?', ..] => true,
            [b'?', b'Q' | b'q', b'?', ..] => false,
            _ => return Err(NoWord::Here),
        };
        let rest = &rest[3..];
        let encoded_len = rest.find("?=").ok_or(NoWord::Anywhere)?;
        let label = label.split('*').next().unwrap_or(label);
        if label.is_empty() || label.bytes().any(|byte| byte.is_ascii_whitespace()) {
            return Err(NoWord::Here);
        }
        let len = text.len() - rest.len() + encoded_len + 2;
        Ok(Word { label, is_base64, encoded: &rest[..encoded_len], len })
    }

    fn bytes(&self) -> Vec<u8> {
        if self.is_base64 {
            transfer::base64(self.encoded.as_bytes()).into_owned()
        } else {
            let spaced: Vec<u8> = self.encoded.bytes().map(|byte| if byte == b'_' { b' ' } else { byte }).collect();
            transfer::quoted_printable(&spaced, false)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_decoded_and_joined() {
        let cases = [
            ("plain", "plain"),
            ("=?utf-8?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
            ("=?UTF-8?b?R3LDvMOfZQ==?=", "Grüße"),
            ("=?utf-8?B?R3LDvMOfZQ?=", "Grüße"),
            ("=?iso-8859-1?Q?Gr=FC=DFe_an?= alle", "Grüße an alle"),
            ("=?utf-8?Q?eins?= =?utf-8?Q?zwei?=", "einszwei"),
            ("=?utf-8?Q?eins?=\t =?iso-8859-1?Q?=FC?=", "einsü"),
            ("=?utf-8?Q?eins?= und =?utf-8?Q?zwei?=", "eins und zwei"),
            ("=?utf-8?Q?Gr=C3?= =?utf-8?Q?=BC=C3=9Fe?=", "Grüße"),
            ("=?utf-8?B?R3LD?= =?utf-8?B?vMOfZQ==?=", "Grüße"),
            ("=?utf-8*de?Q?=C3=BC?=", "ü"),
            ("=?x-unknown?Q?Gr=FC?=", "Grü"),
            ("=?utf-8?Q?mit Leerzeichen?=", "mit Leerzeichen"),
            ("=?utf-8?Q?a=0D=0ABcc:=20x=00=1B?=", "a\r\nBcc: x\0\x1B"),
            ("vor=?utf-8?Q?_ohne?=", "vor ohne"),
            ("=?utf-8?X?abc?=", "=?utf-8?X?abc?="),
            ("=?utf-8?Q?offen", "=?utf-8?Q?offen"),
            ("=? ?Q?x?= =?utf-8?Q?y?=", "=? ?Q?x?= y"),
            ("=?iso-2022-jp?B?GyRCNEE7ehsoQg==?=", "漢字"),
            ("=?utf-8?Q??=", ""),
        ];
        for (value, expected) in cases {
            assert_eq!(decode(value), expected, "{value}");
            assert_eq!(decode(&merge(value)), expected, "merged {value}");
        }
    }

    #[test]
    fn a_flood_of_beginnings_stays_linear() {
        let flood = "=?a?q?x ".repeat(30_000);
        assert_eq!(decode(&flood), flood);
    }
}
