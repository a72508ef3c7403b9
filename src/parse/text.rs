//! The text of a mail as a person would read it: which parts, in which order, decoded.

use super::limits::{self, bounded};
use super::structure::{Content, Part};
use super::{charset, flowed, html, transfer};

/// The text and what was odd about it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) text: String,
    pub(super) charset_mismatch: bool,
    pub(super) nul_bytes: bool,
    /// There is more than was read.
    pub(super) cut: bool,
}

/// Reads the text of one message; attached messages have their own.
pub(super) fn of(root: &Part<'_>) -> Text {
    let mut text = Text::default();
    match &root.content {
        // A message that is one text part is read even if the part has a name.
        Content::Leaf { body, cut } => {
            if is_text(root) && !(root.media.is_attachment && root.media.name.is_some()) {
                text.append_leaf(root, body, *cut);
            }
        }
        _ => text.append(root),
    }
    if text.text.len() > limits::TEXT {
        text.text = bounded(text.text, limits::TEXT);
        text.cut = true;
    }
    text
}

impl Text {
    fn append(&mut self, part: &Part<'_>) {
        match &part.content {
            Content::Leaf { body, cut } if !is_listed(part) => self.append_leaf(part, body, *cut),
            Content::Leaf { .. } | Content::Message(_) => {}
            Content::Multipart(parts) if part.media.content_type == "multipart/alternative" => {
                self.append_best(parts);
            }
            Content::Multipart(parts) => {
                for part in parts {
                    if self.text.len() > limits::TEXT {
                        self.cut = true;
                        return;
                    }
                    self.append(part);
                }
            }
        }
    }

    /// Of alternatives, the plain one: its lines are as the author saw them. The HTML one if the plain one says nothing.
    fn append_best(&mut self, alternatives: &[Part<'_>]) {
        let (html, plain): (Vec<_>, Vec<_>) = alternatives.iter().partition(|part| leads_to_html(part));
        let read = |part: &&Part<'_>| {
            let mut text = Text::default();
            text.append(part);
            text
        };
        let is_cut = alternatives.last().is_some_and(ends_cut);
        let mut plain = plain.iter().map(read).filter(|text| !text.text.is_empty()).peekable();
        let mut set_aside = None;
        while let Some(text) = plain.next_if(is_placeholder) {
            set_aside.get_or_insert(text);
        }
        if let Some(best) = plain.next() {
            // A short one may be a placeholder of a kind nobody knows, for a part that is not here.
            self.cut |= is_cut && best.text.len() <= LONGEST_PLACEHOLDER;
            return self.append_read(&best);
        }
        // The last alternative is the richest (RFC 2046, 5.1.4).
        let best = html.iter().rev().map(read).find(|text| !text.text.is_empty());
        if let Some(best) = best.or(set_aside.filter(|_| !is_cut)) {
            self.append_read(&best);
        }
        self.cut |= is_cut;
    }

    fn append_read(&mut self, read: &Text) {
        self.append_text(&read.text);
        self.charset_mismatch |= read.charset_mismatch;
        self.nul_bytes |= read.nul_bytes;
        self.cut |= read.cut;
    }

    fn append_leaf(&mut self, part: &Part<'_>, body: &[u8], cut: bool) {
        let leaf = Decoded::new(part, body, cut);
        self.cut |= leaf.cut;
        self.charset_mismatch |= leaf.charset_mismatch;
        self.nul_bytes |= leaf.nul_bytes;
        if part.media.is_html() {
            self.cut |= leaf.text.len() > limits::HTML;
            self.append_text(&html::to_text(&leaf.text, leaf.cut));
        } else if part.media.is_flowed {
            self.append_text(&flowed::unwrapped(&leaf.text, part.media.deletes_space, leaf.cut));
        } else {
            self.append_text(&leaf.text);
        }
    }

    fn append_text(&mut self, text: &str) {
        let text = text.trim_end();
        if text.is_empty() {
            return;
        }
        if !self.text.is_empty() {
            self.text.push_str("\n\n");
        }
        self.text.push_str(text);
    }
}

/// One text part, decoded.
struct Decoded {
    text: String,
    charset_mismatch: bool,
    nul_bytes: bool,
    /// There is more than was read.
    cut: bool,
}

impl Decoded {
    fn new(part: &Part<'_>, body: &[u8], cut: bool) -> Self {
        // Twice the limit holds the whole text in base64; quoted-printable may hold less of it, and that is noted.
        let len = body.len().min(2 * limits::TEXT);
        let cut = cut || len < body.len();
        let bytes = transfer::decode(&body[..len], part.media.encoding, cut);
        let decoded = charset::decode(&bytes, part.media.charset.as_deref(), cut);
        let nul_bytes = decoded.text.contains('\0');
        Decoded { text: normalised(decoded.text), charset_mismatch: decoded.mismatch, nul_bytes, cut }
    }
}

/// The part is listed as an attachment and not read as text.
pub(super) fn is_listed(part: &Part<'_>) -> bool {
    match part.content {
        Content::Leaf { .. } => !part.media.is_readable_text() || part.media.is_attachment || part.media.name.is_some(),
        Content::Multipart(_) => false,
        Content::Message(_) => true,
    }
}

/// Plain text, HTML, or a multipart in which no part was found: what is there is better read than lost.
fn is_text(part: &Part<'_>) -> bool {
    part.media.is_readable_text() || part.media.is_multipart()
}

fn leads_to_html(part: &Part<'_>) -> bool {
    match &part.content {
        Content::Leaf { .. } => part.media.is_html(),
        Content::Multipart(parts) => parts.first().is_some_and(leads_to_html),
        Content::Message(_) => false,
    }
}

/// The bytes end before the text of this part does.
fn ends_cut(part: &Part<'_>) -> bool {
    match &part.content {
        Content::Leaf { cut, .. } => *cut,
        // The text comes first (RFC 2387, 3.2), its pictures follow.
        Content::Multipart(parts) if part.media.content_type == "multipart/related" => {
            parts.first().is_some_and(ends_cut)
        }
        Content::Multipart(parts) => parts.last().is_some_and(ends_cut),
        Content::Message(_) => false,
    }
}

/// Longest sentence that stands in a plain part in place of the text, in bytes.
const LONGEST_PLACEHOLDER: usize = 300;

/// What such sentences speak of.
const PLACEHOLDER_WORDS: [&str; 8] = [
    "html",
    "multipart",
    "multi-part",
    "mehrteilig",
    "not support",
    "unterstützt nicht",
    "unterstützt kein",
    "nicht unterstützt",
];

/// The plain text only points to another part. That is found generously: where it is wrong, the HTML part says the same.
/// A short text that is cut off may become one.
fn is_placeholder(plain: &Text) -> bool {
    if plain.text.len() > LONGEST_PLACEHOLDER {
        return false;
    }
    let text = plain.text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
    plain.cut || PLACEHOLDER_WORDS.iter().any(|word| text.contains(word))
}

/// Lines end in `\n`; no NUL.
fn normalised(text: String) -> String {
    if !text.contains(['\r', '\0']) {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find(['\r', '\0']) {
        out.push_str(&rest[..at]);
        let odd = rest.as_bytes()[at];
        rest = &rest[at + 1..];
        if odd == b'\r' {
            out.push('\n');
            rest = rest.strip_prefix('\n').unwrap_or(rest);
        }
    }
    out.push_str(rest);
    out
}
