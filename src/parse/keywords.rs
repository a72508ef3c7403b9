//! The `Keywords:` field (RFC 5322, 3.6.5), in which some servers show Outlook's categories.

use super::header;

/// The keywords of a header or a whole mail, each by itself; encoded words (RFC 2047) are decoded.
pub fn keywords_field(raw: &[u8]) -> Vec<String> {
    header::fields(raw)
        .filter(|field| field.name.eq_ignore_ascii_case(b"keywords"))
        .flat_map(|field| {
            let words = field.decoded();
            words.split([',', ';']).map(|word| word.trim().to_owned()).collect::<Vec<_>>()
        })
        .filter(|word| !word.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_read() {
        for (header, expected) in [
            ("", &[][..]),
            ("\r\n", &[]),
            ("Keywords: EZ Bearbeitet\r\n\r\n", &["EZ Bearbeitet"]),
            ("Keywords: a,\r\n b ; c\r\n\r\n", &["a", "b", "c"]),
            ("Keywords: =?utf-8?Q?Zu_l=C3=B6schen?=\r\n\r\n", &["Zu löschen"]),
            ("Keywords: a\r\nKeywords: b\r\n\r\n", &["a", "b"]),
            ("Subject: x\r\nKEYWORDS: a\r\n\r\nKeywords: b\r\n", &["a"]),
        ] {
            assert_eq!(keywords_field(header.as_bytes()), expected, "{header:?}");
        }
    }
}
