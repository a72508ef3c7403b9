//! How much of a mail is read. Everything here is generous for real mail and small for a machine; what is beyond stays
//! unread and is noted.

/// Bytes of a mail that are looked at.
pub(super) const MAIL_BYTES: usize = 256 * 1024;
/// Fields kept of one header.
pub(super) const HEADER_FIELDS: usize = 1_000;
/// Bytes of decoded values kept of one header.
pub(super) const HEADER_VALUE_BYTES: usize = 64 * 1024;
/// Bytes of a decoded subject.
pub(super) const SUBJECT: usize = 8 * 1024;
/// Addresses kept of From, To and Cc each.
pub(super) const ADDRESSES: usize = 2_000;
/// Bytes of decoded text.
pub(super) const TEXT: usize = 128 * 1024;
/// Bytes of HTML that are read.
pub(super) const HTML: usize = 128 * 1024;
/// Parts of all kinds in one mail, attached messages included.
pub(super) const PARTS: usize = 500;
/// Multiparts and messages inside one another.
pub(super) const DEPTH: usize = 128;
/// Messages inside one another.
pub(super) const MESSAGE_DEPTH: usize = 8;
/// Attached messages in one mail.
pub(super) const MESSAGES: usize = 20;
/// Attachments listed of one message.
pub(super) const ATTACHMENTS: usize = 200;
/// Bytes of an attachment's name.
pub(super) const ATTACHMENT_NAME: usize = 512;
/// Bytes of a `type/subtype`.
pub(super) const CONTENT_TYPE: usize = 128;

/// `text` cut at a character border so that it has at most `max` bytes.
pub(super) fn bounded(mut text: String, max: usize) -> String {
    text.truncate(text.floor_char_boundary(max));
    text
}

/// What is left to be read of one mail, shared by all messages inside it.
#[derive(Clone, Debug)]
pub(super) struct Budget {
    pub(super) parts: usize,
    pub(super) messages: usize,
    /// A limit was reached.
    pub(super) exceeded: bool,
}

impl Default for Budget {
    fn default() -> Self {
        Budget { parts: PARTS, messages: MESSAGES, exceeded: false }
    }
}

impl Budget {
    pub(super) fn take_part(&mut self) -> bool {
        Self::take(&mut self.parts, &mut self.exceeded)
    }

    pub(super) fn take_message(&mut self) -> bool {
        Self::take(&mut self.messages, &mut self.exceeded)
    }

    fn take(left: &mut usize, exceeded: &mut bool) -> bool {
        let ok = *left > 0;
        *left = left.saturating_sub(1);
        *exceeded |= !ok;
        ok
    }
}
