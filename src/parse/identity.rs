//! The fields that recognise a mail again.
//!
//! They come from two sources, the beginning of a mail and a fetch of these header fields alone, and must be the same
//! from both. So nothing is decoded, the order of different fields does not matter, and blanks are evened out: servers
//! fold anew as they like.

use super::header;

/// Raw values of the first field of each kind, unfolded, runs of blanks as one blank, trimmed; `None` if there is no such field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    pub message_id: Option<Vec<u8>>,
    pub date: Option<Vec<u8>>,
    pub from: Option<Vec<u8>>,
    /// The topmost one, written by the last server.
    pub received: Option<Vec<u8>>,
}

/// Bytes of each value that count. A mail is fetched only up to a limit; a value longer than this (a flood) is told
/// from others by its beginning, which is in both sources.
const VALUE_BYTES: usize = 1_024;

/// Reads the identity from a mail or from a header block alone; what follows the first blank line does not matter.
pub fn identity_fields(raw_header: &[u8]) -> Identity {
    let mut identity = Identity::default();
    for field in header::fields(raw_header) {
        let place = match field.name {
            name if name.eq_ignore_ascii_case(b"message-id") => &mut identity.message_id,
            name if name.eq_ignore_ascii_case(b"date") => &mut identity.date,
            name if name.eq_ignore_ascii_case(b"from") => &mut identity.from,
            name if name.eq_ignore_ascii_case(b"received") => &mut identity.received,
            _ => continue,
        };
        if place.is_none() {
            *place = Some(even_blanks(field.value));
        }
    }
    identity
}

fn even_blanks(value: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len().min(VALUE_BYTES));
    for word in value.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()) {
        if !out.is_empty() {
            out.push(b' ');
        }
        out.extend_from_slice(&word[..word.len().min(VALUE_BYTES)]);
        if out.len() >= VALUE_BYTES {
            out.truncate(VALUE_BYTES);
            break;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAIL: &str = "Received: from b.example by c.example;\r\n\tTue, 16 Apr 2024 09:12:01 +0200\r\n\
        Received: from a.example by b.example; Tue, 16 Apr 2024 09:12:00 +0200\r\n\
        From:   Max  M\u{FC}ller\r\n <max@a.example>\r\n\
        Subject: x\r\n\
        Date: Tue, 16 Apr 2024 09:12:00 +0200\r\n\
        Message-ID:\r\n <1@a.example>\r\n\
        Message-ID: <2@a.example>\r\n\r\n\
        Date: in the text\r\n";

    #[test]
    fn a_mail_and_a_fetch_of_its_fields_agree() {
        let fetched = "message-id: <1@a.example>\r\n\
            MESSAGE-ID: <2@a.example>\r\n\
            Date: Tue, 16 Apr 2024 \r\n  09:12:00 +0200\r\n\
            From : Max M\u{FC}ller <max@a.example>\n\
            Received: from b.example by c.example; Tue, 16 Apr 2024 09:12:01 +0200\r\n\
            Received: from a.example by b.example; Tue, 16 Apr 2024 09:12:00 +0200\r\n\r\n";
        let identity = identity_fields(MAIL.as_bytes());
        assert_eq!(identity, identity_fields(fetched.as_bytes()));
        assert_eq!(identity.message_id.as_deref(), Some(&b"<1@a.example>"[..]));
        assert_eq!(identity.from.as_deref(), Some("Max M\u{FC}ller <max@a.example>".as_bytes()));
        let received = b"from b.example by c.example; Tue, 16 Apr 2024 09:12:01 +0200";
        assert_eq!(identity.received.as_deref(), Some(&received[..]));
    }

    #[test]
    fn what_is_missing_is_none_and_what_is_empty_is_empty() {
        let identity = identity_fields(b"Message-ID:\r\nSubject: x\r\n\r\nFrom: text\r\n");
        assert_eq!(identity, Identity { message_id: Some(Vec::new()), ..Identity::default() });
        assert_eq!(identity_fields(b""), Identity::default());
        assert_eq!(identity_fields(b"\r\nFrom: text"), Identity::default());
    }

    #[test]
    fn a_flood_is_known_by_its_beginning() {
        let whole = format!("Message-ID: <{}@a.example>\r\n\r\n", "x".repeat(1_000_000));
        let cut = &whole.as_bytes()[..65_536];
        assert_eq!(identity_fields(whole.as_bytes()), identity_fields(cut));
    }
}
