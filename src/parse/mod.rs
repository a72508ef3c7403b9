//! Raw RFC 5322 bytes become a [`Message`]; a broken mail gives a message with notes, never an error.
//!
//! The way of a mail: `structure` finds the parts by their boundaries and reads the MIME fields of each (`header`,
//! `media`); `read` makes the message: decoded fields (`words`, `address`), text (`text`, with `transfer`, `charset`,
//! `html`), names of attachments, attached messages. Only text parts are ever decoded. `identity` reads the few raw fields
//! that recognise a mail again, `conversation` the Message-IDs that tie it to others; both leave only as keyed hashes
//! (`fingerprint`).
//!
//! Mails are hostile: everything is bounded (`limits`), recursion included, so that a thread with the default stack is
//! enough. The library `mail-parser` reads details (address lists, MIME parameters, dates, base64, names of characters in
//! HTML); none of its types leaves this module.
//!
//! Only the beginning of a mail is fetched as a rule. So the text of a beginning is the beginning of the text: no
//! closing boundary is needed, and a field, tag, character or escape that is cut off is left out.
//!
//! If the library should panic nevertheless, the header is read alone, and the message says so.

mod address;
mod charset;
mod conversation;
pub mod fingerprint;
mod flowed;
mod header;
mod html;
mod identity;
pub mod keywords;
mod limits;
mod lines;
mod media;
mod read;
pub mod stand_in;
mod structure;
pub mod subject;
mod text;
mod transfer;
mod words;

#[cfg(test)]
mod parse_tests;

use std::panic::{AssertUnwindSafe, catch_unwind};

pub use identity::{Identity, identity_fields};

use crate::domain::message::{HeaderField, Message, Note};
use limits::Budget;

/// Reads a mail, or the first part of one.
///
/// `complete` says whether `raw` is the whole mail; a cut one gets [`crate::domain::message::Note::Truncated`]. Never fails, never
/// panics; input of any size is fine, only a bounded part is read.
pub fn parse(raw: &[u8], complete: bool) -> Message {
    let bytes = &raw[..raw.len().min(limits::MAIL_BYTES)];
    let cut = !complete || bytes.len() < raw.len();
    let mut message = catch_unwind(AssertUnwindSafe(|| {
        let mut budget = Budget::default();
        let mut message = read::mail(bytes, cut, 0, &mut budget);
        if budget.exceeded {
            read::note(&mut message, Note::TooDeep);
        }
        message
    }))
    .unwrap_or_else(|_| without_library(bytes));
    if cut {
        read::note(&mut message, Note::Truncated);
    }
    message
}

/// The last line of defence: the fields as they stand, by code of this module alone. No address and no text, so nothing
/// can be decided from it.
fn without_library(bytes: &[u8]) -> Message {
    let headers = header::fields(bytes)
        .take(limits::HEADER_FIELDS)
        .scan(limits::HEADER_VALUE_BYTES, |room, field| {
            *room = room.checked_sub(field.name.len() + field.value.len())?;
            let name = String::from_utf8_lossy(field.name).to_ascii_lowercase();
            Some(HeaderField { name, value: field.unfolded().into_owned() })
        })
        .collect();
    let content_type = "application/octet-stream".to_owned();
    Message { headers, content_type, notes: vec![Note::ParserFailed], ..Message::default() }
}
