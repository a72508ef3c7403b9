//! HTML as a stream of tags and text.
//!
//! Comments and declarations go, and so does what scripts and their like hold. Tags need not match: [`super::layout`]
//! sees to that. Each byte is looked at a bounded number of times, whatever tricks are played with quotes and comments.

/// A piece of HTML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// Character references are still encoded.
    Text(&'a str),
    Open(Tag<'a>),
    /// The name, as written.
    Close(&'a str),
    /// What a `style` element holds.
    Style(&'a str),
}

/// A start tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    /// As written.
    pub(super) name: &'a str,
    /// All between the name and the ">".
    attributes: &'a str,
}

impl<'a> Tag<'a> {
    /// The value of an attribute, without its quotes, as written.
    pub(super) fn attribute(&self, name: &str) -> Option<&'a str> {
        let mut rest = self.attributes;
        loop {
            rest = rest.trim_ascii_start();
            let len = rest.find(|c: char| c.is_ascii_whitespace() || c == '=').filter(|&len| len > 0)?;
            let (found, after) = rest.split_at(len);
            let Some(after) = after.trim_ascii_start().strip_prefix('=') else {
                rest = after;
                continue;
            };
            let (value, after) = value(after.trim_ascii_start());
            if found.eq_ignore_ascii_case(name) {
                return Some(value);
            }
            rest = after;
        }
    }
}

/// The value at the start of `text`, and what follows it.
fn value(text: &str) -> (&str, &str) {
    let quoted =
        text.strip_prefix('"').map(|inner| (inner, '"')).or(text.strip_prefix('\'').map(|inner| (inner, '\'')));
    if let Some((inner, quote)) = quoted {
        return inner.split_once(quote).unwrap_or((inner, ""));
    }
    text.split_at(text.find(|c: char| c.is_ascii_whitespace()).unwrap_or(text.len()))
}

/// Elements whose content is not shown, or is no HTML.
const HIDDEN: [&str; 8] = ["style", "script", "title", "template", "iframe", "noembed", "noframes", "object"];

/// The pieces of `html`, in order.
pub(super) fn tokens(html: &str) -> impl Iterator<Item = Token<'_>> {
    Tokens { rest: html }
}

/// Whether there is any tag in `html`.
pub(super) fn has_tags(html: &str) -> bool {
    tokens(html).any(|token| !matches!(token, Token::Text(_)))
}

struct Tokens<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        while !self.rest.is_empty() {
            match self.rest.find('<') {
                Some(0) => {}
                start => return Some(self.text(start.unwrap_or(self.rest.len()))),
            }
            let inner = &self.rest[1..];
            if inner.starts_with(['!', '?']) {
                self.take(comment_len(self.rest));
            } else if let Some(name) = inner.strip_prefix('/').and_then(name) {
                self.take(tag_len(self.rest));
                return Some(Token::Close(name));
            } else if let Some(name) = name(inner) {
                let tag = self.take(tag_len(self.rest));
                let attributes = tag[1 + name.len()..].trim_end_matches(['>', '/']);
                let Some(hidden) = HIDDEN.iter().find(|hidden| name.eq_ignore_ascii_case(hidden)) else {
                    return Some(Token::Open(Tag { name, attributes }));
                };
                let (content, element) = content(self.rest, hidden);
                self.take(element);
                if *hidden == "style" {
                    return Some(Token::Style(content));
                }
            } else {
                return Some(self.text(1));
            }
        }
        None
    }
}

impl<'a> Tokens<'a> {
    fn text(&mut self, len: usize) -> Token<'a> {
        Token::Text(self.take(len))
    }

    fn take(&mut self, len: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(len);
        self.rest = rest;
        taken
    }
}

fn name(text: &str) -> Option<&str> {
    let is_name = text.bytes().next()?.is_ascii_alphabetic();
    let len = text.bytes().position(|byte| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>' | b'<'));
    is_name.then(|| &text[..len.unwrap_or(text.len())])
}

/// Length of a tag with its ">"; one in a quoted value does not end it.
fn tag_len(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 1;
    let mut after_equals = false;
    while at < bytes.len() {
        match bytes[at] {
            b'>' => return at + 1,
            quote @ (b'"' | b'\'') if after_equals => {
                match bytes[at + 1..].iter().position(|&byte| byte == quote) {
                    Some(end) => at += end + 1,
                    // Never closed: the value is taken to end where the tag could.
                    None => return text.find('>').map_or(text.len(), |end| end + 1),
                }
                after_equals = false;
            }
            b'=' => after_equals = true,
            byte if byte.is_ascii_whitespace() => {}
            _ => after_equals = false,
        }
        at += 1;
    }
    text.len()
}

/// Length of a comment (`<!-- -->`, with the odd ends browsers accept) or of `<!...>`, `<?...>`.
fn comment_len(text: &str) -> usize {
    let Some(inner) = text.strip_prefix("<!--") else {
        return text.find('>').map_or(text.len(), |end| end + 1);
    };
    if inner.starts_with('>') || inner.starts_with("->") {
        return text.len() - inner.len() + inner.find('>').map_or(0, |end| end + 1);
    }
    let mut from = 4;
    while let Some(at) = text[from..].find("--") {
        let end = from + at + 2;
        if let Some(len) = [">", "!>"].into_iter().find_map(|tail| text[end..].starts_with(tail).then_some(tail.len()))
        {
            return end + len;
        }
        from = end - 1;
    }
    text.len()
}

/// What stands before the end tag `name`, and the length of that together with the tag.
fn content<'a>(text: &'a str, name: &str) -> (&'a str, usize) {
    let mut from = 0;
    while let Some(at) = text[from..].find("</") {
        let tag = &text[from + at..];
        if tag.as_bytes().get(2..2 + name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes())) {
            return (&text[..from + at], from + at + tag_len(tag));
        }
        from += at + 2;
    }
    (text, text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_in_all_their_spellings() {
        for html in [
            "<p class=MsoNormal style='margin:0'>",
            "<P STYLE=\"margin:0\" CLASS = \"MsoNormal\" >",
            "<p hidden title='style=\"x\" class=y'\n class='MsoNormal'\tstyle=margin:0/>",
            "<p class=MsoNormal style='margin:0",
        ] {
            let Some(Token::Open(tag)) = tokens(html).next() else { panic!("{html}") };
            assert_eq!(
                (tag.attribute("class"), tag.attribute("style")),
                (Some("MsoNormal"), Some("margin:0")),
                "{html}"
            );
            assert_eq!(tag.attribute("id"), None, "{html}");
        }
    }
}
