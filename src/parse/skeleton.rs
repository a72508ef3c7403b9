//! HTML reduced to what shapes its text: blocks, tables, lists, line breaks. Well formed, without attributes.
//!
//! Comments, styles, scripts and inline markup go. What is left is exactly what was counted here, so the limits hold
//! whatever tricks the original plays with quotes, comments or misnested tags.

/// What is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Shape {
    /// All of the shape.
    #[default]
    Tables,
    /// Line breaks only: blocks and rows end lines, cells are set apart by a blank.
    Flat,
}

/// Elements inside one another.
const DEPTH: usize = 64;
/// Elements in all; the converter builds a tree of them.
const ELEMENTS: usize = 6_000;
/// Elements, each as often as others lie around it: the converter prefixes the lines of each for each of them.
const NESTED_ELEMENTS: usize = 100_000;
/// Tables inside one another; newsletters need about eight.
const TABLE_DEPTH: usize = 12;
/// Columns times lines of tables that are laid out.
const TABLE_AREA: usize = 4 << 20;
/// Rows, cells and lines of tables, each as often as tables lie around it: the converter lays each of them out anew.
const TABLE_LAYOUTS: usize = 20_000;

/// Elements whose content is not shown, or is no HTML.
const HIDDEN: [&str; 8] = ["style", "script", "title", "template", "iframe", "noembed", "noframes", "object"];

/// The skeleton of `html`; `None` if its shape is beyond the limits, which never happens for [`Shape::Flat`].
pub(super) fn of(html: &str, shape: Shape) -> Option<String> {
    let mut builder = Builder { shape, out: String::with_capacity(html.len()), ..Builder::default() };
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        let (text, from_tag) = rest.split_at(start);
        builder.text(text);
        let Some((token, len)) = Token::at_start_of(from_tag) else {
            builder.text("<");
            rest = &from_tag[1..];
            continue;
        };
        rest = &from_tag[len..];
        match token {
            Token::Nothing => {}
            Token::Open(name) => {
                if HIDDEN.contains(&name.as_str()) {
                    rest = after_end_tag(rest, &name);
                } else {
                    builder.open(&name);
                }
            }
            Token::Close(name) => builder.close(&name),
        }
        if builder.is_beyond_limits() {
            return None;
        }
    }
    builder.text(rest);
    (!builder.is_beyond_limits()).then_some(builder.out)
}

enum Token {
    /// A comment or a declaration.
    Nothing,
    Open(String),
    Close(String),
}

impl Token {
    /// The markup at the start of `text`, which begins with "<", and its length.
    fn at_start_of(text: &str) -> Option<(Self, usize)> {
        let inner = &text[1..];
        match inner.bytes().next()? {
            b'!' | b'?' => Some((Token::Nothing, comment_len(text))),
            b'/' => {
                let name = name(&inner[1..])?;
                Some((Token::Close(name), tag_len(text)))
            }
            _ => Some((Token::Open(name(inner)?), tag_len(text))),
        }
    }
}

fn name(text: &str) -> Option<String> {
    let is_name = text.bytes().next()?.is_ascii_alphabetic();
    let len = text.find(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>' | '<')).unwrap_or(text.len());
    is_name.then(|| text[..len].to_ascii_lowercase())
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

fn after_end_tag<'a>(text: &'a str, name: &str) -> &'a str {
    let mut from = 0;
    while let Some(at) = text[from..].find("</") {
        let tag = &text[from + at..];
        if tag.as_bytes().get(2..2 + name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes())) {
            return &tag[tag_len(tag)..];
        }
        from += at + 2;
    }
    ""
}

/// How an element takes part in the shape, under the name the converter knows.
fn shape_of(name: &str) -> Option<&'static str> {
    Some(match name {
        "p" => "p",
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => "h2",
        "table" => "table",
        "tr" => "tr",
        "td" | "th" => "td",
        "ul" | "ol" | "dir" | "menu" => "ul",
        "li" => "li",
        "blockquote" => "blockquote",
        "pre" | "xmp" | "listing" => "pre",
        "br" => "br",
        "hr" => "br",
        "div" | "address" | "article" | "aside" | "body" | "caption" | "center" | "dd" | "details" | "dl" | "dt"
        | "fieldset" | "figure" | "figcaption" | "footer" | "form" | "header" | "html" | "legend" | "main" | "nav"
        | "option" | "section" | "select" | "summary" => "div",
        _ => return None,
    })
}

#[derive(Debug, Default)]
struct Builder {
    shape: Shape,
    out: String,
    open: Vec<&'static str>,
    tables: usize,
    /// Lines that can come from tables, and the longest piece of text in them.
    table_lines: usize,
    table_layouts: usize,
    elements: usize,
    nested_elements: usize,
    longest: usize,
    piece: usize,
    too_deep: bool,
}

impl Builder {
    fn text(&mut self, text: &str) {
        if text == "<" {
            self.out.push_str("&lt;");
        } else {
            self.out.push_str(text);
        }
        if self.tables > 0 {
            self.piece += text.len();
            self.longest = self.longest.max(self.piece);
        }
    }

    fn open(&mut self, name: &str) {
        let Some(element) = shape_of(name) else { return };
        if self.shape == Shape::Flat {
            return self.separate(element);
        }
        self.piece = 0;
        self.elements += 1;
        self.nested_elements += self.open.len();
        self.table_layouts += self.tables;
        if self.tables > 0 && element != "td" {
            self.table_lines += 1;
        }
        match element {
            "br" => return self.out.push_str("<br>"),
            // Outside a table a cell is no cell; it must still not stick to its neighbour.
            "td" | "tr" if self.tables == 0 => return self.separate(element),
            "td" => {
                self.end_implied(&["p", "li", "td"]);
                if self.open.last() == Some(&"table") {
                    self.push("tr");
                }
            }
            "tr" => self.end_implied(&["p", "li", "td", "tr"]),
            "li" => self.end_implied(&["p", "li"]),
            _ => self.end_implied(&["p"]),
        }
        self.push(element);
    }

    fn close(&mut self, name: &str) {
        let Some(element) = shape_of(name) else { return };
        if self.shape == Shape::Flat {
            return self.separate(element);
        }
        self.piece = 0;
        // A cell's content cannot close what lies outside its table.
        let inside = self.open.iter().rposition(|&open| open == "table").filter(|_| element != "table").unwrap_or(0);
        if let Some(at) = self.open[inside..].iter().rposition(|&open| open == element) {
            while self.open.len() > inside + at {
                self.pop();
            }
        }
    }

    fn separate(&mut self, element: &str) {
        self.out.push_str(if element == "td" { " " } else { "<br>" });
    }

    fn push(&mut self, element: &'static str) {
        self.tables += usize::from(element == "table");
        self.open.push(element);
        self.too_deep |= self.open.len() > DEPTH || self.tables > TABLE_DEPTH;
        self.tag("<", element);
    }

    fn pop(&mut self) {
        if let Some(element) = self.open.pop() {
            self.tables -= usize::from(element == "table");
            self.tag("</", element);
        }
    }

    fn end_implied(&mut self, elements: &[&str]) {
        while self.open.last().is_some_and(|open| elements.contains(open)) {
            self.pop();
        }
    }

    fn tag(&mut self, start: &str, element: &str) {
        self.out.push_str(start);
        self.out.push_str(element);
        self.out.push('>');
    }

    fn is_beyond_limits(&self) -> bool {
        self.too_deep
            || self.elements > ELEMENTS
            || self.nested_elements > NESTED_ELEMENTS
            || self.table_layouts > TABLE_LAYOUTS
            || self.table_lines.saturating_mul(self.longest) > TABLE_AREA
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_take_much_memory_is_laid_out_flat() {
        let newsletter = format!("<table><tr><td>{}</td></tr></table>", "<p>x</p>".repeat(2_000));
        for (html, is_laid_out) in [
            (newsletter, true),
            (format!("{}{}", "<blockquote>".repeat(60), "<p>x".repeat(5_000)), false),
            (format!("<ul>{}", "<li>x".repeat(20_000)), false),
            ("x<br>".repeat(20_000), false),
        ] {
            assert_eq!(of(&html, Shape::Tables).is_some(), is_laid_out, "{}", &html[..40]);
            assert!(of(&html, Shape::Flat).is_some());
        }
    }
}
