//! Content transfer encodings (RFC 2045, section 6), forgiving: what can be decoded is decoded.

use std::borrow::Cow;

use mail_parser::decoders::base64::base64_decode;

/// How a body is encoded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Encoding {
    /// 7bit, 8bit, binary and all that nobody knows.
    #[default]
    Identity,
    Base64,
    QuotedPrintable,
}

impl Encoding {
    pub(super) fn from_field(value: &str) -> Self {
        let is = |name: &str| value.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
        if is("base64") {
            Self::Base64
        } else if is("quoted-printable") {
            Self::QuotedPrintable
        } else {
            Self::Identity
        }
    }
}

/// Decodes a body. `cut`: the bytes may end inside an escape.
pub(super) fn decode(bytes: &[u8], encoding: Encoding, cut: bool) -> Cow<'_, [u8]> {
    match encoding {
        Encoding::Identity => Cow::Borrowed(bytes),
        Encoding::Base64 => base64(bytes),
        Encoding::QuotedPrintable => Cow::Owned(quoted_printable(bytes, cut)),
    }
}

/// Decodes up to the first byte that cannot be base64 (some list servers append plain text); bytes that are none at
/// all are given back as they are.
pub(super) fn base64(bytes: &[u8]) -> Cow<'_, [u8]> {
    const ONE_LINE: usize = 76;
    let is_base64 =
        |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=') || byte.is_ascii_whitespace();
    let sound = bytes.iter().position(|byte| !is_base64(byte)).unwrap_or(bytes.len());
    if sound < bytes.len() && sound < ONE_LINE {
        return Cow::Borrowed(bytes);
    }
    // The decoder knows space, tab, CR and LF; form feeds are rare enough to give up on.
    base64_decode(&bytes[..sound]).map_or(Cow::Borrowed(bytes), Cow::Owned)
}

/// Decodes `=XX` and soft line breaks; a `=` that begins neither stays. With `cut`, an escape that is not finished at the
/// end is left out.
pub(super) fn quoted_printable(bytes: &[u8], cut: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(escape) = rest.iter().position(|&byte| byte == b'=') {
        out.extend_from_slice(&rest[..escape]);
        rest = &rest[escape + 1..];
        if let [high, low, tail @ ..] = rest
            && let (Some(high), Some(low)) = (hex(*high), hex(*low))
        {
            out.push(high << 4 | low);
            rest = tail;
        } else if let Some(len) = soft_break(rest) {
            rest = &rest[len..];
        } else if cut && rest.len() < 2 && rest.iter().all(|&byte| hex(byte).is_some()) {
            rest = &[];
        } else {
            out.push(b'=');
        }
    }
    out.extend_from_slice(rest);
    out
}

/// Length of a soft line break after its `=`: blanks, then a line end or the end of the part.
fn soft_break(after: &[u8]) -> Option<usize> {
    let blanks = after.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    match &after[blanks..] {
        [] | [b'\r'] => Some(after.len()),
        [b'\r', b'\n', ..] => Some(blanks + 2),
        [b'\n', ..] => Some(blanks + 1),
        _ => None,
    }
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).map(|digit| digit as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_decoded_as_far_as_they_can_be() {
        use Encoding::*;
        let cases: &[(&str, Encoding, &str)] = &[
            ("SGFsbG8=", Base64, "Hallo"),
            ("SGFs\r\nbG8", Base64, "Hallo"),
            ("SGFsbG", Base64, "Hall"),
            ("SGFsbG8=SGFsbG8=", Base64, "HalloHallo"),
            ("Hallo, kein Base64", Base64, "Hallo, kein Base64"),
            ("a=3Db", QuotedPrintable, "a=b"),
            ("a=3db", QuotedPrintable, "a=b"),
            ("weich=\r\nherz", QuotedPrintable, "weichherz"),
            ("weich= \nherz", QuotedPrintable, "weichherz"),
            ("1+1=2 und a=b", QuotedPrintable, "1+1=2 und a=b"),
            ("ende=", QuotedPrintable, "ende"),
            ("=41=4", QuotedPrintable, "A=4"),
            ("a=3Db", Identity, "a=3Db"),
        ];
        for (bytes, encoding, expected) in cases {
            let decoded = decode(bytes.as_bytes(), *encoding, false);
            assert_eq!(String::from_utf8_lossy(&decoded), *expected, "{bytes:?}");
        }
        assert_eq!(quoted_printable(b"=41=4", true), b"A");
    }

    #[test]
    fn text_appended_to_base64_is_left_out() {
        let line = "QUFB".repeat(19);
        let body = format!("{line}\r\n____\r\nlist footer");
        assert_eq!(base64(body.as_bytes()), "A".repeat(57).as_bytes());
    }
}
