//! Mails that Exchange makes up in place of one it cannot show.
//!
//! To `BODY[]` of an item that cannot be rendered, Exchange answers with a mail of its own: from "Microsoft Exchange Server",
//! with a subject that names the number of the item, and a text that quotes the real subject and sender. Its contents are
//! not those of the mail, so it must not be judged.

use super::header::fields;

const SENDER: &str = "microsoft exchange server";
const SUBJECT: &str = "retrieval using the imap4 protocol failed for the following message";
/// Fields looked at; a mail made up by a server has few.
const FIELDS: usize = 100;

/// Whether this is such a mail. A customer's mail with this subject and that sender is left alone as well, which is safe.
pub fn is_stand_in(raw: &[u8]) -> bool {
    let (mut sender, mut subject) = (false, false);
    for field in fields(raw).take(FIELDS) {
        let holds = |words: &str| field.unfolded().to_ascii_lowercase().contains(words);
        if field.name.eq_ignore_ascii_case(b"from") {
            sender |= holds(SENDER);
        } else if field.name.eq_ignore_ascii_case(b"subject") {
            subject |= holds(SUBJECT);
        }
    }
    sender && subject
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sender_and_subject_tell() {
        let from = "From: \"Microsoft Exchange Server\" <>\r\n";
        let subject = "Subject: Retrieval using the IMAP4 protocol failed for the\r\n following message: 4711\r\n";
        for (mail, expected) in [
            (format!("{from}{subject}\r\nThe server couldn't retrieve it.\r\n"), true),
            (format!("{subject}{from}\r\n"), true),
            (format!("{from}\r\n{subject}"), false),
            (format!("From: kunde@post.example\r\n{subject}\r\n"), false),
            (format!("{from}Subject: Anfrage\r\n\r\n"), false),
            (String::new(), false),
        ] {
            assert_eq!(is_stand_in(mail.as_bytes()), expected, "{mail}");
        }
    }
}
