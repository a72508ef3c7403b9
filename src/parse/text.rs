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
    pub(super) cut: bool,
    /// What the alternatives say that were not chosen.
    pub(super) alternatives: String,
    /// Of those there is more.
    pub(super) alternative_cut: bool,
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
    if text.alternatives.len() > limits::TEXT {
        text.alternatives = bounded(text.alternatives, limits::TEXT);
        text.alternative_cut = true;
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
    /// What the others say is kept aside.
    fn append_best(&mut self, alternatives: &[Part<'_>]) {
        let (html, plain): (Vec<_>, Vec<_>) = alternatives.iter().partition(|part| leads_to_html(part));
        let read = |part: &&Part<'_>| {
            let mut text = Text::default();
            text.append(part);
            text
        };
        let plain: Vec<_> = plain.iter().map(read).filter(|text| !text.text.is_empty()).collect();
        let is_cut = alternatives.last().is_some_and(ends_cut);
        if let Some(best) = plain.iter().position(|text| !is_placeholder(&text.text, is_cut)) {
            for part in html {
                self.append_words(part);
            }
            for (index, text) in plain.into_iter().enumerate() {
                if index == best {
                    // A short one may be a placeholder of a kind nobody has listed, for a part that is not here.
                    self.cut |= is_cut && text.text.len() <= LONGEST_PLACEHOLDER;
                    self.append_read(&text);
                } else {
                    self.append_alternative(&text.text);
                }
            }
            return;
        }
        // The last alternative is the richest (RFC 2046, 5.1.4).
        let best = html.iter().rev().map(read).find(|text| !text.text.is_empty());
        if let Some(best) = best.or_else(|| plain.into_iter().next().filter(|_| !is_cut)) {
            self.append_read(&best);
        }
        self.cut |= is_cut;
    }

    fn append_read(&mut self, read: &Text) {
        self.append_text(&read.text);
        self.append_alternative(&read.alternatives);
        self.charset_mismatch |= read.charset_mismatch;
        self.nul_bytes |= read.nul_bytes;
        self.cut |= read.cut;
        self.alternative_cut |= read.alternative_cut;
    }

    fn append_leaf(&mut self, part: &Part<'_>, body: &[u8], cut: bool) {
        let leaf = Decoded::new(part, body, cut);
        self.cut |= leaf.cut;
        self.charset_mismatch |= leaf.charset_mismatch;
        self.nul_bytes |= leaf.nul_bytes;
        if part.media.is_html() {
            self.cut |= leaf.text.len() > limits::HTML;
            self.append_text(&html::to_text(&leaf.text, leaf.cut));
        } else {
            self.append_text(&leaf.text);
        }
    }

    /// The words of an alternative that was not chosen, without the cost of a layout.
    fn append_words(&mut self, part: &Part<'_>) {
        match &part.content {
            Content::Leaf { body, cut } if !is_listed(part) => {
                let leaf = Decoded::new(part, body, *cut);
                self.alternative_cut |= leaf.cut || leaf.text.len() > limits::HTML;
                if part.media.is_html() {
                    self.append_alternative(&html::to_words(&leaf.text));
                } else {
                    self.append_alternative(&leaf.text);
                }
            }
            Content::Leaf { .. } | Content::Message(_) => {}
            Content::Multipart(parts) => parts.iter().for_each(|part| self.append_words(part)),
        }
    }

    fn append_alternative(&mut self, text: &str) {
        if !text.is_empty() && self.alternatives.len() <= limits::TEXT {
            self.alternatives.push_str(text);
            self.alternatives.push('\n');
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

fn ends_cut(part: &Part<'_>) -> bool {
    match &part.content {
        Content::Leaf { cut, .. } => *cut,
        Content::Multipart(parts) => parts.last().is_some_and(ends_cut),
        Content::Message(_) => false,
    }
}

/// Longest text that can be such a sentence.
const LONGEST_PLACEHOLDER: usize = 300;

/// Sentences that stand in a plain part in place of the text.
const PLACEHOLDERS: [&str; 22] = [
    "diese nachricht ist im html-format",
    "diese nachricht ist im html format",
    "diese nachricht wurde im html-format",
    "diese e-mail ist im html-format",
    "diese e-mail wurde im html-format",
    "diese mail ist im html-format",
    "diese nachricht enthält html",
    "dies ist eine html-nachricht",
    "dies ist eine html-mail",
    "dies ist eine mehrteilige nachricht",
    "ihr e-mail-programm unterstützt kein html",
    "ihr mailprogramm unterstützt kein html",
    "html-fähiges mailprogramm",
    "html-fähiges e-mail-programm",
    "html-fähigen e-mail-client",
    "this is a multi-part message",
    "this is a multipart message",
    "this message is in html format",
    "this is an html message",
    "your email client does not support html",
    "please use an html compatible email viewer",
    "to view the message, please use an html",
];

/// The text only points to another part. `cut`: it may be the beginning of such a sentence.
fn is_placeholder(text: &str, cut: bool) -> bool {
    if text.len() > LONGEST_PLACEHOLDER {
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
