//! The text of a mail as a person would read it: which parts, in which order, decoded.

use super::html;
use super::limits::{self, bounded};
use super::structure::{Content, Part};
use super::{charset, transfer};

/// The text and what was odd about it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) text: String,
    pub(super) charset_mismatch: bool,
    pub(super) nul_bytes: bool,
    /// There is more than was read.
    pub(super) left_out: bool,
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
        text.left_out = true;
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
                        self.left_out = true;
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
        let plain: Vec<_> = plain.iter().map(read).filter(|text| !text.text.is_empty()).collect();
        let is_cut = alternatives.last().is_some_and(ends_cut);
        let best = plain.iter().find(|text| !is_placeholder(&text.text, is_cut)).cloned();
        // The last alternative is the richest (RFC 2046, 5.1.4).
        let best = best.or_else(|| html.iter().rev().map(read).find(|text| !text.text.is_empty()));
        if let Some(best) = best.or_else(|| plain.into_iter().next().filter(|_| !is_cut)) {
            self.append_text(&best.text);
            self.charset_mismatch |= best.charset_mismatch;
            self.nul_bytes |= best.nul_bytes;
            self.left_out |= best.left_out;
        }
    }

    fn append_leaf(&mut self, part: &Part<'_>, body: &[u8], cut: bool) {
        // Twice the limit holds the whole text in base64; quoted-printable may hold less of it, and that is noted.
        let len = body.len().min(2 * limits::TEXT);
        let cut = cut || len < body.len();
        let bytes = transfer::decode(&body[..len], part.media.encoding, cut);
        let decoded = charset::decode(&bytes, part.media.charset.as_deref(), cut);
        self.left_out |= len < body.len();
        self.charset_mismatch |= decoded.mismatch;
        self.nul_bytes |= decoded.text.contains('\0');
        let text = normalised(decoded.text);
        if part.media.is_html() {
            self.left_out |= text.len() > limits::HTML;
            self.append_text(&html::to_text(&text, cut));
        } else {
            self.append_text(&text);
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

fn ends_cut(part: &Part<'_>) -> bool {
    match &part.content {
        Content::Leaf { cut, .. } => *cut,
        Content::Multipart(parts) => parts.last().is_some_and(ends_cut),
        Content::Message(_) => false,
    }
}

/// Sentences that stand in a plain part in place of the text.
const PLACEHOLDERS: [&str; 12] = [
    "diese nachricht ist im html-format",
    "diese nachricht ist im html format",
    "diese e-mail ist im html-format",
    "diese nachricht enthält html",
    "dies ist eine html-nachricht",
    "dies ist eine mehrteilige nachricht",
    "ihr e-mail-programm unterstützt kein html",
    "this is a multi-part message",
    "this is a multipart message",
    "this message is in html format",
    "this is an html message",
    "your email client does not support html",
];

/// The text only points to another part. `cut`: it may be the beginning of such a sentence.
fn is_placeholder(text: &str, cut: bool) -> bool {
    const LONGEST: usize = 300;
    if text.len() > LONGEST {
        return false;
    }
    let text = text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
    PLACEHOLDERS.iter().any(|sentence| text.contains(sentence) || (cut && sentence.starts_with(&text)))
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
