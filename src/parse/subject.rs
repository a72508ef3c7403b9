//! The subject alone, of a header that was fetched for it.

use super::header;

/// The first `Subject:` field of a header or a whole mail; encoded words (RFC 2047) are decoded.
pub fn subject_field(raw: &[u8]) -> Option<String> {
    header::fields(raw).find(|field| field.is("subject")).map(|field| field.decoded())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_subject_is_read() {
        for (header, expected) in [
            ("", None),
            ("Keywords: a\r\n\r\nSubject: x\r\n", None),
            ("SUBJECT: eins\r\nSubject: zwei\r\n", Some("eins")),
            ("Subject: =?utf-8?Q?EZ_Zu_l=C3=B6?=\r\n =?utf-8?Q?schen?=\r\n", Some("EZ Zu löschen")),
        ] {
            assert_eq!(subject_field(header.as_bytes()).as_deref(), expected, "{header:?}");
        }
    }
}
