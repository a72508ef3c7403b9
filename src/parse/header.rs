//! A header block becomes raw fields (RFC 5322, 2.2).
//!
//! Only a line end makes a field end: a bare CR, a NUL or whatever an encoded word holds never starts a new one. Lines
//! that are no field (an mbox `From ` line, a stray sentence) are passed over, so that what follows them is still seen.

use super::lines::{is_blank, line_len, strip_line_end};
use super::{charset, words};
use std::borrow::Cow;

/// A field as it stands in the mail.
#[derive(Clone, Copy, Debug)]
pub(super) struct RawField<'a> {
    /// Without the colon and without blanks before it: `From : x` is read as From by most clients.
    pub(super) name: &'a [u8],
    /// All after the colon, still folded.
    pub(super) value: &'a [u8],
}

impl<'a> RawField<'a> {
    pub(super) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name.as_bytes())
    }

    /// Unfolded, trimmed and in Unicode; encoded words are still encoded.
    pub(super) fn unfolded(&self) -> Cow<'a, str> {
        let value = self.value.trim_ascii();
        if value.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0)) {
            Cow::Owned(charset::without_declaration(&unfold(value)).into_owned())
        } else {
            charset::without_declaration(value)
        }
    }

    /// [`Self::unfolded`] with its encoded words decoded.
    pub(super) fn decoded(&self) -> String {
        words::decode(&self.unfolded()).into_owned()
    }

    /// [`Self::unfolded`] for a reader of structured fields: encoded words stay encoded, one per run, in UTF-8.
    pub(super) fn for_structure(&self) -> String {
        let mut value = words::merge(&self.unfolded()).into_owned();
        value.push('\n');
        value
    }
}

/// Each line break and the blanks after it become one blank; NULs go.
fn unfold(value: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len());
    let mut rest = value;
    while let Some((&byte, tail)) = rest.split_first() {
        match byte {
            0 => rest = tail,
            b'\r' | b'\n' => {
                let start = rest.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(rest.len());
                rest = &rest[start..];
                while out.last().copied().is_some_and(is_blank) {
                    out.pop();
                }
                out.push(b' ');
            }
            _ => {
                out.push(byte);
                rest = tail;
            }
        }
    }
    out
}

/// Where a header ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HeaderEnd {
    /// At a blank line.
    BlankLine,
    /// At a line that cannot be part of it (a boundary), with nothing between.
    Delimiter,
    /// At the end of the bytes.
    EndOfBytes,
}

/// Length of the header at the start of `bytes`, length with the blank line after it, and what ended it.
/// `is_delimiter` tells lines that end the enclosing part.
pub(super) fn extent(bytes: &[u8], is_delimiter: impl Fn(&[u8]) -> bool) -> (usize, usize, HeaderEnd) {
    let mut at = 0;
    while at < bytes.len() {
        let end = at + line_len(&bytes[at..]);
        let line = &bytes[at..end];
        if line == b"\n" || line == b"\r\n" {
            return (at, end, HeaderEnd::BlankLine);
        }
        if line.starts_with(b"--") && is_delimiter(line) {
            return (at, at, HeaderEnd::Delimiter);
        }
        at = end;
    }
    (at, at, HeaderEnd::EndOfBytes)
}

/// The fields of a header in order; ends at the first blank line.
pub(super) fn fields(header: &[u8]) -> impl Iterator<Item = RawField<'_>> {
    // A byte order mark belongs to no field name.
    let mut rest = header.strip_prefix(b"\xef\xbb\xbf").unwrap_or(header);
    std::iter::from_fn(move || {
        while !rest.is_empty() {
            let mut len = line_len(rest);
            if strip_line_end(&rest[..len]).is_empty() {
                rest = &[];
                break;
            }
            while rest.get(len).copied().is_some_and(is_blank) {
                len += line_len(&rest[len..]);
            }
            let (field, tail) = rest.split_at(len);
            rest = tail;
            if let Some(field) = split_field(field) {
                return Some(field);
            }
        }
        None
    })
}

fn split_field(field: &[u8]) -> Option<RawField<'_>> {
    let colon = field.iter().position(|&byte| byte == b':')?;
    let name = field[..colon].trim_ascii_end();
    let is_name = !name.is_empty() && name.iter().all(u8::is_ascii_graphic);
    is_name.then(|| RawField { name, value: &field[colon + 1..] })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(header: &str) -> Vec<(String, String)> {
        fields(header.as_bytes())
            .map(|field| (String::from_utf8_lossy(field.name).into_owned(), field.decoded()))
            .collect()
    }

    #[test]
    fn fields_are_split_at_line_ends_only() {
        let cases: &[(&str, &[(&str, &str)])] = &[
            ("A: 1\r\nB: 2\r\n\r\nC: 3\r\n", &[("A", "1"), ("B", "2")]),
            ("A: 1\nB: 2", &[("A", "1"), ("B", "2")]),
            ("From : x\r\n", &[("From", "x")]),
            ("A: 1\rFrom: evil\r\n", &[("A", "1 From: evil")]),
            ("A: eins\r\n\t zwei \r\n drei\r\n", &[("A", "eins zwei drei")]),
            ("From max Tue Apr 16\r\nTo: y\r\n", &[("To", "y")]),
            (" lost\r\nA: 1\r\n", &[("A", "1")]),
            ("no colon here\r\nA: 1\r\n", &[("A", "1")]),
            ("two words: 0\r\nA: 1\r\n", &[("A", "1")]),
            (": empty\r\nA:\r\n", &[("A", "")]),
            ("A: x\0y\r\n", &[("A", "xy")]),
            ("Subject: =?utf-8?Q?a=0D=0AFrom:_evil?=\r\n", &[("Subject", "a\r\nFrom: evil")]),
            ("Return-Path: <>\r\n", &[("Return-Path", "<>")]),
            ("\u{feff}From: x\r\nTo: y\r\n", &[("From", "x"), ("To", "y")]),
            ("", &[]),
        ];
        for (header, expected) in cases {
            let expected: Vec<_> = expected.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
            assert_eq!(read(header), expected, "{header:?}");
        }
    }

    #[test]
    fn a_header_ends_at_a_blank_line_a_delimiter_or_the_end() {
        let delimiter = |line: &[u8]| line.starts_with(b"--b");
        let cases: &[(&str, (usize, usize, HeaderEnd))] = &[
            ("A: 1\r\n\r\ntext", (6, 8, HeaderEnd::BlankLine)),
            ("A: 1\n\ntext", (5, 6, HeaderEnd::BlankLine)),
            ("\r\ntext", (0, 2, HeaderEnd::BlankLine)),
            ("A: 1\r\n--b\r\n", (6, 6, HeaderEnd::Delimiter)),
            ("A: 1\r\n--c: 2\r\n", (14, 14, HeaderEnd::EndOfBytes)),
        ];
        for (bytes, expected) in cases {
            assert_eq!(extent(bytes.as_bytes(), delimiter), *expected, "{bytes:?}");
        }
    }
}
