//! What the elements of a document mean for its lines.
//!
//! Elements are kept on a bounded stack. What lies deeper is not taken account of, except that quoted words stay quoted.

use super::entity;
use super::markup::{Tag, Token};
use super::style::{Sheet, Style};
use super::writer::{Break, RowStart, Writer};

/// Elements inside one another; newsletters need about forty, and long conversations some for each answer.
const DEPTH: usize = 256;

/// What an element does to lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Element {
    /// Nothing.
    Inline,
    /// Has no content: no end tag follows.
    Void,
    LineBreak,
    Rule,
    Paragraph,
    Heading,
    /// Begins and ends lines.
    Block,
    List,
    Item,
    Preformatted,
    Quote,
    Table,
    Row,
    Cell,
}

impl Element {
    fn named(name: &str) -> Self {
        const LONGEST: usize = 10;
        let mut lower = [0; LONGEST];
        let Some(lower) = lower.get_mut(..name.len()) else { return Self::Inline };
        lower.copy_from_slice(name.as_bytes());
        lower.make_ascii_lowercase();
        match &*lower {
            b"p" => Self::Paragraph,
            b"br" => Self::LineBreak,
            b"hr" => Self::Rule,
            b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" => Self::Heading,
            b"table" => Self::Table,
            b"tr" => Self::Row,
            b"td" | b"th" => Self::Cell,
            b"ul" | b"ol" | b"dl" | b"dir" | b"menu" => Self::List,
            b"li" => Self::Item,
            b"blockquote" => Self::Quote,
            b"pre" | b"xmp" | b"listing" => Self::Preformatted,
            b"div" | b"address" | b"article" | b"aside" | b"body" | b"caption" | b"center" | b"dd" | b"details"
            | b"dt" | b"fieldset" | b"figure" | b"figcaption" | b"footer" | b"form" | b"header" | b"html"
            | b"legend" | b"main" | b"nav" | b"option" | b"section" | b"select" | b"summary" => Self::Block,
            b"area" | b"base" | b"col" | b"embed" | b"img" | b"input" | b"link" | b"meta" | b"source" | b"wbr" => {
                Self::Void
            }
            _ => Self::Inline,
        }
    }

    /// Has margins where nothing else is said.
    fn has_margins(self) -> bool {
        matches!(self, Self::Paragraph | Self::Heading | Self::List | Self::Preformatted | Self::Quote)
    }
}

/// An element whose end has not come.
#[derive(Clone, Copy, Debug)]
struct Open<'a> {
    element: Element,
    name: &'a str,
    below: Break,
    is_hidden: bool,
    is_preformatted: bool,
    row: Option<RowStart>,
}

#[derive(Debug)]
pub(super) struct Layout<'a> {
    writer: Writer,
    sheet: Sheet,
    open: Vec<Open<'a>>,
    /// Elements that found no room on the stack.
    too_deep: usize,
    hidden: usize,
    preformatted: usize,
    lists: usize,
}

impl<'a> Layout<'a> {
    /// `preformatted`: line ends of the source are line ends.
    pub(super) fn new(preformatted: bool) -> Self {
        Layout {
            writer: Writer::default(),
            sheet: Sheet::default(),
            open: Vec::new(),
            too_deep: 0,
            hidden: 0,
            preformatted: usize::from(preformatted),
            lists: 0,
        }
    }

    pub(super) fn into_text(self) -> String {
        self.writer.into_text()
    }

    pub(super) fn is_full(&self) -> bool {
        self.writer.is_full()
    }

    pub(super) fn take(&mut self, token: Token<'a>) {
        match token {
            Token::Text(text) => self.text(text),
            Token::Open(tag) => self.open(&tag),
            Token::Close(name) => self.close(name),
            Token::Style(sheet) => self.sheet.add(sheet),
        }
    }

    fn text(&mut self, text: &str) {
        if self.hidden > 0 {
            return;
        }
        let mut rest = text;
        while let Some(at) = rest.find('&') {
            self.characters(&rest[..at]);
            rest = &rest[at..];
            match entity::read(rest) {
                Some((c, len)) => {
                    self.characters(c.encode_utf8(&mut [0; 4]));
                    rest = &rest[len..];
                }
                None => {
                    self.characters("&");
                    rest = &rest[1..];
                }
            }
        }
        self.characters(rest);
    }

    fn characters(&mut self, text: &str) {
        if self.preformatted == 0 {
            return self.writer.words(text);
        }
        for (index, line) in text.split(['\n', '\r']).enumerate() {
            if index > 0 {
                self.writer.line_break();
            }
            self.writer.words(line);
        }
    }

    fn open(&mut self, tag: &Tag<'a>) {
        let element = Element::named(tag.name);
        match element {
            Element::Void => return,
            Element::LineBreak => return self.line_break(),
            Element::Rule => return self.writer.at_least(Break::Blank),
            _ => {}
        }
        let style = tag.attribute("style").map(Style::read).unwrap_or_default();
        if element == Element::Inline && !style.is_hidden {
            return;
        }
        self.end_implied(element);
        if matches!(element, Element::Row | Element::Cell) && !self.is_in_table() {
            // Not a part of any table, but its words must not stick to its neighbour's.
            return self.writer.at_least(if element == Element::Row { Break::Line } else { Break::Space });
        }
        if element == Element::Cell && self.row().is_none() {
            self.push(Element::Row, "tr", Style::default(), Break::Line);
        }
        let (above, below) = self.margins(element, tag, style);
        if !matches!(element, Element::Cell | Element::Row | Element::Inline) {
            self.writer.at_least(above);
        }
        self.push(element, tag.name, style, below);
    }

    fn line_break(&mut self) {
        if self.hidden == 0 {
            self.writer.line_break();
        }
    }

    /// What stands above and below an element. A list in a list has no margins.
    fn margins(&self, element: Element, tag: &Tag<'_>, style: Style) -> (Break, Break) {
        let by_sheet = || {
            let classes = tag.attribute("class").unwrap_or_default();
            element != Element::Paragraph || !self.sheet.is_tight(classes)
        };
        let default = element.has_margins() && !(element == Element::List && self.lists > 0) && by_sheet();
        let below = style.below.unwrap_or(default);
        // Mail programs that take away the margin below only mean both.
        let above = style.above.unwrap_or(if style.below == Some(false) { false } else { default });
        let gap = |margin| if margin { Break::Blank } else { Break::Line };
        (gap(above), gap(below))
    }

    /// Ends what the start of `element` ends.
    fn end_implied(&mut self, element: Element) {
        match element {
            Element::Inline => {}
            Element::Row => self.pop_to(self.innermost(|open| open == Element::Table)),
            Element::Cell => self.pop_to(self.innermost(|open| matches!(open, Element::Table | Element::Row))),
            Element::Item => self.pop_while(|open| matches!(open, Element::Paragraph | Element::Item)),
            _ => self.pop_while(|open| open == Element::Paragraph),
        }
    }

    fn close(&mut self, name: &str) {
        let element = Element::named(name);
        match element {
            Element::Void | Element::Rule => return,
            Element::LineBreak => return self.line_break(),
            // Its start may have been one of those that found no room.
            _ if self.too_deep > 0 && element != Element::Inline => {
                self.too_deep -= 1;
                return self.writer.at_least(Break::Line);
            }
            _ => {}
        }
        // A cell's content cannot close what lies outside its table.
        let table = self.innermost(|open| open == Element::Table).filter(|_| element != Element::Table);
        let inside = table.map_or(0, |table| table + 1);
        let by_name = matches!(element, Element::Block | Element::Inline);
        let start = self.open[inside..]
            .iter()
            .rposition(|open| open.element == element && (!by_name || open.name.eq_ignore_ascii_case(name)));
        if let Some(start) = start {
            while self.open.len() > inside + start {
                self.pop();
            }
        } else if element == Element::Paragraph {
            self.writer.at_least(Break::Blank);
        }
    }

    fn push(&mut self, element: Element, name: &'a str, style: Style, below: Break) {
        if self.open.len() == DEPTH {
            self.too_deep += usize::from(element != Element::Inline);
            return;
        }
        let mut row = None;
        match element {
            Element::Row => row = Some(self.writer.begin_row()),
            Element::Cell => self.cell_border(),
            Element::Quote => self.writer.begin_quote(),
            Element::List => self.lists += 1,
            _ => {}
        }
        let is_preformatted = element == Element::Preformatted || style.is_preformatted;
        self.preformatted += usize::from(is_preformatted);
        self.hidden += usize::from(style.is_hidden);
        self.open.push(Open { element, name, below, is_hidden: style.is_hidden, is_preformatted, row });
    }

    fn pop(&mut self) {
        let Some(end) = self.open.pop() else { return };
        self.hidden -= usize::from(end.is_hidden);
        self.preformatted -= usize::from(end.is_preformatted);
        match end.element {
            Element::Inline => return,
            Element::Cell => return self.cell_border(),
            Element::Row => end.row.into_iter().for_each(|row| self.writer.end_row(row)),
            Element::Quote => self.writer.end_quote(),
            Element::List => self.lists -= 1,
            _ => {}
        }
        self.writer.at_least(end.below);
    }

    fn cell_border(&mut self) {
        if let Some(row) = self.row() {
            self.writer.cell_border(row);
        }
    }

    /// The row around this place.
    fn row(&self) -> Option<RowStart> {
        let around = self.innermost(|open| matches!(open, Element::Table | Element::Row))?;
        self.open[around].row
    }

    fn is_in_table(&self) -> bool {
        self.innermost(|open| open == Element::Table).is_some()
    }

    fn innermost(&self, is_meant: impl Fn(Element) -> bool) -> Option<usize> {
        self.open.iter().rposition(|open| is_meant(open.element))
    }

    /// Ends all inside the element at this place of the stack.
    fn pop_to(&mut self, place: Option<usize>) {
        while place.is_some_and(|place| self.open.len() > place + 1) {
            self.pop();
        }
    }

    fn pop_while(&mut self, is_meant: impl Fn(Element) -> bool) {
        while self.open.last().is_some_and(|open| is_meant(open.element)) {
            self.pop();
        }
    }
}
