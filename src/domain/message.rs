//! A parsed mail: decoded, bounded, and never trusted.
//!
//! Made by [`crate::parse`] from raw bytes; whatever arrived gives a `Message`, and what was odd about it stands in
//! [`Message::notes`]. Everything in here is other people's data: it is used in memory to decide and is never logged,
//! stored or shown (except to the admin who asks `explain` about a file of their own).

use jiff::Timestamp;

/// One decoded header field, in the order of the mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderField {
    /// Field name in ASCII lower case, without the colon.
    pub name: String,
    /// Unfolded and decoded (RFC 2047); line breaks and other control characters *inside* decoded words are kept as
    /// data and never start a new field.
    pub value: String,
}

/// One address of an address field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// The decoded display name, if there is one. Never evidence.
    pub name: Option<String>,
    /// `local@domain` as written, without comments and angle brackets; may be malformed.
    pub address: String,
}

/// An attachment: only its name is ever read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// The decoded file name (RFC 2231 or 2047), if there is one.
    pub name: Option<String>,
    /// `type/subtype` in lower case.
    pub content_type: String,
}

/// Something unusual that was noticed while reading; closed words, so it may be stored and logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Note {
    /// The bytes were longer than the limit, or the mail was fetched only in part.
    Truncated,
    /// The header itself reached the end of what was read, or fields, values or addresses of it are beyond the limits.
    HeaderTruncated,
    /// The text or the subject is only the beginning of what the sender wrote.
    TextTruncated,
    /// Whole parts lie behind what was read: attachments, and perhaps more text.
    PartsMissing,
    /// No header field could be recognised.
    NoHeader,
    /// A multipart lacked its closing boundary; it was closed for reading.
    UnterminatedMultipart,
    /// The declared character set did not fit the bytes.
    CharsetMismatch,
    /// More nested messages or parts than are followed; the rest is unread.
    TooDeep,
    /// NUL bytes in header or text.
    NulBytes,
    /// The From field occurs several times or holds several addresses.
    SeveralSenders,
    /// No From address at all.
    NoSender,
    /// S/MIME, PGP or TNEF: the text cannot be read.
    Opaque,
    /// The parser gave up in a way that should not happen; only headers were read.
    ParserFailed,
}

/// A mail as the rules see it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// All header fields of the outermost header, in order, bounded in number and size.
    pub headers: Vec<HeaderField>,
    /// Addresses of all `From` fields.
    pub from: Vec<Address>,
    /// Addresses of all `To` fields.
    pub to: Vec<Address>,
    /// Addresses of all `Cc` fields.
    pub cc: Vec<Address>,
    /// Decoded subject, as Outlook shows it (the first field if there are several).
    pub subject: String,
    /// The `Date` field, if it could be read.
    pub date: Option<Timestamp>,
    /// `type/subtype` of the outermost part in lower case, `text/plain` if none is given.
    pub content_type: String,
    /// The text for reading: the plain parts, or the HTML parts as text where the plain one is missing or only a
    /// placeholder. Lines end in `\n`, and lines, blank lines and quotation marks (`> `) are those that a reader sees,
    /// whatever the encoding: flowed text is joined again, and HTML has a line for each block and each row of a table.
    /// Bounded.
    pub text: String,
    /// Named or typed attachments, in order.
    pub attachments: Vec<Attachment>,
    /// Attached messages (`message/rfc822`), outermost first, each with its own fields; bounded in depth and number.
    pub attached: Vec<Message>,
    /// What was odd, each word once, sorted.
    pub notes: Vec<Note>,
}

impl Message {
    /// Whether this was noticed while reading.
    pub fn has(&self, note: Note) -> bool {
        self.notes.contains(&note)
    }

    /// Values of all fields called `name` (any case), in order.
    pub fn header_values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> + 'a {
        self.headers.iter().filter(move |field| field.name.eq_ignore_ascii_case(name)).map(|field| field.value.as_str())
    }
}
