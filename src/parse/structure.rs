//! Where each part of a mail begins and ends (RFC 2046, section 5).
//!
//! One walk over the lines, before anything is decoded. That is done here and not by the mail library, for three
//! reasons: of a mail that is fetched in part the library loses text, since it needs every closing boundary; it decodes
//! every attachment, which nobody reads here; and it recurses (at the latest when its result is dropped) as deep as the
//! sender likes. A walk that goes from top to bottom gives the same parts for the beginning of a mail as for the whole.

use super::header::{self, HeaderEnd, RawField};
use super::limits::{self, Budget};
use super::lines::{line_len, strip_line_end};
use super::media::Media;
use super::transfer::Encoding;

#[derive(Debug)]
pub(super) struct Part<'a> {
    pub(super) fields: Vec<RawField<'a>>,
    /// More fields than are kept.
    pub(super) fields_left_out: bool,
    /// The bytes ended inside the header. Its last field is left out: half an address can be another one.
    pub(super) header_cut: bool,
    pub(super) media: Media,
    pub(super) content: Content<'a>,
}

#[derive(Debug)]
pub(super) enum Content<'a> {
    /// Still encoded. `cut`: the bytes ended before the part did.
    Leaf {
        body: &'a [u8],
        cut: bool,
    },
    Multipart(Vec<Part<'a>>),
    Message(Box<Part<'a>>),
}

/// The whole of a mail.
#[derive(Debug)]
pub(super) struct Structure<'a> {
    pub(super) root: Part<'a>,
    /// A multipart of a complete mail lacks its end.
    pub(super) unterminated: bool,
    /// The bytes ended within a multipart of a mail that goes on: parts may follow.
    pub(super) ends_early: bool,
}

/// Walks a mail. `cut`: `bytes` are only its beginning. `message_depth`: how many messages it lies in.
pub(super) fn walk<'a>(bytes: &'a [u8], cut: bool, message_depth: usize, budget: &mut Budget) -> Structure<'a> {
    let mut walker = Walker {
        bytes,
        at: 0,
        cut,
        open: Vec::new(),
        depth: 0,
        message_depth,
        stop: Stop::End,
        unterminated: false,
        ends_early: false,
        budget,
    };
    let root = walker.part("text/plain");
    Structure { root, unterminated: walker.unterminated, ends_early: walker.ends_early }
}

/// What ended the last body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stop {
    /// The bytes.
    End,
    /// A delimiter of the multipart that is `level`th from outside.
    Delimiter { level: usize, closing: bool },
}

struct Walker<'a, 'b> {
    bytes: &'a [u8],
    at: usize,
    cut: bool,
    /// Boundaries of the multiparts around `at`, outermost first.
    open: Vec<String>,
    depth: usize,
    message_depth: usize,
    stop: Stop,
    unterminated: bool,
    ends_early: bool,
    budget: &'b mut Budget,
}

impl<'a> Walker<'a, '_> {
    fn part(&mut self, default_type: &str) -> Part<'a> {
        let rest = &self.bytes[self.at..];
        let (len, with_blank, end) = header::extent(rest, |line| self.delimiter(line).is_some());
        self.at += with_blank;
        let mut fields: Vec<_> = header::fields(&rest[..len]).take(limits::HEADER_FIELDS + 1).collect();
        let fields_left_out = fields.len() > limits::HEADER_FIELDS;
        fields.truncate(limits::HEADER_FIELDS);
        let header_cut = self.cut && end == HeaderEnd::EndOfBytes;
        // It is cut off if it reaches the end: even after a line end a continuation could follow.
        if header_cut {
            fields.pop_if(|field| field.value.as_ptr_range().end == rest.as_ptr_range().end);
        }
        let media = Media::of(&fields, default_type);
        let content = self.content(&media);
        Part { fields, fields_left_out, header_cut, media, content }
    }

    fn content(&mut self, media: &Media) -> Content<'a> {
        if self.depth < limits::DEPTH {
            if media.is_multipart()
                && let Some(boundary) = &media.boundary
            {
                return self.multipart(boundary, media);
            }
            // An encoded message is no part of this walk: its lines are not lines yet.
            if media.is_message() && media.encoding == Encoding::Identity {
                return self.message();
            }
        } else if media.is_multipart() || media.is_message() {
            return self.unread();
        }
        self.leaf()
    }

    /// Passes over a part that lies too deep.
    fn unread(&mut self) -> Content<'a> {
        self.budget.exceeded = true;
        self.body();
        Content::Leaf { body: &[], cut: true }
    }

    fn leaf(&mut self) -> Content<'a> {
        let body = self.body();
        Content::Leaf { body, cut: self.cut && self.stop == Stop::End }
    }

    fn message(&mut self) -> Content<'a> {
        if self.message_depth >= limits::MESSAGE_DEPTH || !self.budget.take_message() {
            return self.unread();
        }
        self.skip_blank_lines();
        self.depth += 1;
        self.message_depth += 1;
        let message = self.part("text/plain");
        self.message_depth -= 1;
        self.depth -= 1;
        Content::Message(Box::new(message))
    }

    fn multipart(&mut self, boundary: &str, media: &Media) -> Content<'a> {
        let level = self.open.len();
        let default_type = if media.content_type == "multipart/digest" { "message/rfc822" } else { "text/plain" };
        self.open.push(boundary.to_owned());
        self.depth += 1;
        let preamble = self.body();
        let mut parts = Vec::new();
        while self.stop == (Stop::Delimiter { level, closing: false }) {
            if !self.budget.take_part() {
                self.at = self.bytes.len();
                self.stop = Stop::End;
                break;
            }
            parts.push(self.part(default_type));
        }
        self.depth -= 1;
        self.open.truncate(level);
        if self.stop == (Stop::Delimiter { level, closing: true }) {
            // What follows is the epilogue, up to the next delimiter of a multipart around this one.
            self.body();
        } else if !self.cut && !self.budget.exceeded {
            self.unterminated = true;
        } else if self.cut && self.stop == Stop::End {
            self.ends_early = true;
        }
        // A complete mail without a single delimiter: what is there is better read than lost.
        if parts.is_empty() && !self.cut && !preamble.trim_ascii().is_empty() {
            return Content::Leaf { body: preamble, cut: false };
        }
        Content::Multipart(parts)
    }

    /// Takes everything up to the next delimiter of any open multipart, without the line end before it.
    fn body(&mut self) -> &'a [u8] {
        let start = self.at;
        if self.open.is_empty() {
            self.at = self.bytes.len();
            self.stop = Stop::End;
            return &self.bytes[start..];
        }
        while self.at < self.bytes.len() {
            let line_start = self.at;
            let line_end = line_start + line_len(&self.bytes[line_start..]);
            let line = &self.bytes[line_start..line_end];
            self.at = line_end;
            if line.starts_with(b"--")
                && let Some(stop) = self.delimiter(line)
            {
                self.stop = stop;
                return strip_line_end(&self.bytes[start..line_start]);
            }
            if self.cut && line_end == self.bytes.len() && self.may_become_delimiter(line) {
                self.at = line_end;
                self.stop = Stop::End;
                return strip_line_end(&self.bytes[start..line_start]);
            }
        }
        self.stop = Stop::End;
        let body = &self.bytes[start..];
        // The last line end may belong to a delimiter that was cut away.
        if self.cut { strip_line_end(body.strip_suffix(b"\r").unwrap_or(body)) } else { body }
    }

    /// Which delimiter `line` is, innermost multipart first: one that is not closed ends with the one around it.
    fn delimiter(&self, line: &[u8]) -> Option<Stop> {
        let rest = line.trim_ascii_end().strip_prefix(b"--")?;
        self.open.iter().enumerate().rev().find_map(|(level, boundary)| {
            match rest.strip_prefix(boundary.as_bytes())? {
                b"" => Some(Stop::Delimiter { level, closing: false }),
                b"--" => Some(Stop::Delimiter { level, closing: true }),
                _ => None,
            }
        })
    }

    fn may_become_delimiter(&self, line: &[u8]) -> bool {
        line.first() == Some(&b'-')
            && !line.ends_with(b"\n")
            && self.open.iter().any(|boundary| {
                let delimiter = format!("--{boundary}--");
                delimiter.as_bytes().starts_with(line.trim_ascii_end())
            })
    }

    fn skip_blank_lines(&mut self) {
        loop {
            let rest = &self.bytes[self.at..];
            let len = line_len(rest);
            if len == 0 || !strip_line_end(&rest[..len]).is_empty() {
                return;
            }
            self.at += len;
        }
    }
}
