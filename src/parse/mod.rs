//! Raw RFC 5322 bytes become a [`Message`]; a broken mail gives a message with notes, never an error.

use crate::domain::message::Message;

/// Reads a mail, or the first part of one.
///
/// `complete` says whether `raw` is the whole mail; a cut one gets [`crate::domain::message::Note::Truncated`]. Never fails, never
/// panics; input of any size is fine, only a bounded part is read.
pub fn parse(raw: &[u8], complete: bool) -> Message {
    let _ = (raw, complete);
    todo!()
}
