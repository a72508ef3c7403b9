//! A walked mail becomes a [`Message`].

use std::collections::BTreeSet;

use jiff::Timestamp;
use mail_parser::HeaderValue;
use mail_parser::parsers::MessageStream;

use super::header::RawField;
use super::limits::{self, Budget, bounded};
use super::structure::{self, Content, Part};
use super::{address, text, transfer};
use crate::domain::message::{Attachment, HeaderField, Message, Note};

/// Reads a mail. `cut`: `bytes` are only its beginning. `depth`: how many messages it lies in.
pub(super) fn mail(bytes: &[u8], cut: bool, depth: usize, budget: &mut Budget) -> Message {
    let structure = structure::walk(bytes, cut, depth, budget);
    let mut message = message(&structure.root, depth, budget);
    if structure.unterminated {
        note(&mut message, Note::UnterminatedMultipart);
    }
    if structure.ends_early {
        note(&mut message, Note::PartsMissing);
        // Nothing seen of a text: it may stand behind the part in which the mail ends.
        if message.text.is_empty() {
            note(&mut message, Note::TextTruncated);
        }
    }
    message
}

/// Adds a note; each stands once, sorted.
pub(super) fn note(message: &mut Message, note: Note) {
    if let Err(place) = message.notes.binary_search(&note) {
        message.notes.insert(place, note);
    }
}

/// All that the header of a message says.
pub(super) fn header(fields: &[RawField<'_>]) -> Message {
    let mut notes = BTreeSet::new();
    let (from, from_left_out) = address::of_fields(fields, "from");
    let (to, to_left_out) = address::of_fields(fields, "to");
    let (cc, cc_left_out) = address::of_fields(fields, "cc");
    let (headers, values_left_out) = values(fields);
    let subject = fields.iter().find(|field| field.is("subject")).map(RawField::decoded).unwrap_or_default();

    let conditions = [
        (Note::NoHeader, fields.is_empty()),
        (Note::NoSender, from.is_empty()),
        (Note::SeveralSenders, from.len() > 1 || fields.iter().filter(|field| field.is("from")).count() > 1),
        (Note::NulBytes, fields.iter().any(|field| field.value.contains(&0))),
        (Note::HeaderTruncated, from_left_out || to_left_out || cc_left_out || values_left_out),
        (Note::TextTruncated, subject.len() > limits::SUBJECT),
    ];
    notes.extend(conditions.into_iter().filter(|(_, holds)| *holds).map(|(note, _)| note));
    Message {
        headers,
        from,
        to,
        cc,
        subject: bounded(subject, limits::SUBJECT),
        date: fields.iter().find(|field| field.is("date")).and_then(date),
        notes: notes.into_iter().collect(),
        ..Message::default()
    }
}

/// Decoded values as long as there is room; one that does not fit is left out whole.
fn values(fields: &[RawField<'_>]) -> (Vec<HeaderField>, bool) {
    let mut room = limits::HEADER_VALUE_BYTES;
    let mut left_out = false;
    let headers = fields
        .iter()
        .filter_map(|field| {
            // RFC 8601 knows no encoded words. Decoding one would let the sender add a result that the server never wrote.
            let is_result = field.is("authentication-results");
            let value = if is_result { field.unfolded().into_owned() } else { field.decoded() };
            let fits = value.len() + field.name.len() <= room;
            left_out |= !fits;
            room -= if fits { value.len() + field.name.len() } else { 0 };
            fits.then(|| HeaderField { name: String::from_utf8_lossy(field.name).to_ascii_lowercase(), value })
        })
        .collect();
    (headers, left_out)
}

/// The library reads dates with a wrong weekday too, and many obsolete forms.
fn date(field: &RawField<'_>) -> Option<Timestamp> {
    match MessageStream::new(field.for_structure().as_bytes()).parse_date() {
        HeaderValue::DateTime(date) if date.is_valid() => Timestamp::from_second(date.to_timestamp()).ok(),
        _ => None,
    }
}

fn message(root: &Part<'_>, depth: usize, budget: &mut Budget) -> Message {
    let mut message = header(&root.fields);
    message.content_type = root.media.content_type.clone();
    let text = text::of(root);
    let mut list = Enclosures { attachments: Vec::new(), attached: Vec::new(), is_opaque: false, left_out: false };
    list.collect(root, depth, budget);

    let conditions = [
        (Note::HeaderTruncated, root.header_cut || root.fields_left_out),
        (Note::TextTruncated, text.cut),
        (Note::PartsMissing, list.left_out),
        (Note::CharsetMismatch, text.charset_mismatch),
        (Note::NulBytes, text.nul_bytes),
        (Note::Opaque, list.is_opaque && is_closed(root, &text.text)),
    ];
    for (odd, holds) in conditions {
        if holds {
            note(&mut message, odd);
        }
    }
    if [Note::HeaderTruncated, Note::TextTruncated, Note::PartsMissing].iter().any(|&cut| message.has(cut)) {
        note(&mut message, Note::Truncated);
    }
    message.text = text.text;
    message.attachments = list.attachments;
    message.attached = list.attached;
    message
}

/// A signature or a list's footer beside the closed part does not open it; a readable text beside it does.
fn is_closed(root: &Part<'_>, text: &str) -> bool {
    root.media.is_opaque() || text.is_empty()
}

/// What a message carries besides its text.
struct Enclosures {
    attachments: Vec<Attachment>,
    attached: Vec<Message>,
    is_opaque: bool,
    left_out: bool,
}

impl Enclosures {
    fn collect(&mut self, part: &Part<'_>, depth: usize, budget: &mut Budget) {
        self.is_opaque |= part.media.is_opaque();
        match &part.content {
            Content::Multipart(parts) => {
                for part in parts {
                    self.collect(part, depth, budget);
                }
                return;
            }
            Content::Message(inner) => self.attached.push(message(inner, depth + 1, budget)),
            Content::Leaf { body, cut } if part.media.is_message() && !body.is_empty() => {
                self.attach_encoded(part, body, *cut, depth, budget);
            }
            Content::Leaf { .. } => {}
        }
        if !text::is_listed(part) {
            return;
        }
        if self.attachments.len() < limits::ATTACHMENTS {
            let content_type = part.media.content_type.clone();
            self.attachments.push(Attachment { name: part.media.name.clone(), content_type });
        } else {
            self.left_out = true;
        }
    }

    /// A message in base64 or quoted-printable is against RFC 2046, 5.2.1, and comes nevertheless.
    fn attach_encoded(&mut self, part: &Part<'_>, body: &[u8], cut: bool, depth: usize, budget: &mut Budget) {
        if depth >= limits::MESSAGE_DEPTH || !budget.take_message() {
            budget.exceeded = true;
            return;
        }
        let decoded = transfer::decode(body, part.media.encoding, cut);
        let decoded = decoded.trim_ascii_start();
        self.attached.push(mail(decoded, cut, depth + 1, budget));
    }
}
