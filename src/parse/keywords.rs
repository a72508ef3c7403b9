//! The `Keywords:` field (RFC 5322, 3.6.5), in which some servers show Outlook's categories.

use mail_parser::MessageParser;

/// The keywords of a raw header, each by itself; encoded words (RFC 2047) are decoded.
pub fn keywords_field(header: &[u8]) -> Vec<String> {
    if header.iter().all(u8::is_ascii_whitespace) {
        return Vec::new();
    }
    let Some(parsed) = MessageParser::new().parse_headers(header) else { return Vec::new() };
    let mut keywords = Vec::new();
    for field in parsed.headers() {
        if !field.name().eq_ignore_ascii_case("keywords") {
            continue;
        }
        let texts: Vec<&str> = match field.value().as_text_list() {
            Some(list) => list.iter().map(AsRef::as_ref).collect(),
            None => field.value().as_text().into_iter().collect(),
        };
        keywords.extend(texts.iter().flat_map(|text| text.split([',', ';'])).map(|word| word.trim().to_owned()));
    }
    keywords.retain(|word| !word.is_empty());
    keywords
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
        ] {
            assert_eq!(keywords_field(header.as_bytes()), expected, "{header:?}");
        }
    }
}
