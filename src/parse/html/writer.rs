//! Lines, blank lines and quotation marks, written from front to back.
//!
//! A break is not written when it is asked for but when words follow it: so two margins make one blank line, and what is
//! written for the beginning of a document is the beginning of what is written for all of it.

use crate::parse::limits;

/// What will stand between the last word and the next one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Break {
    None,
    Space,
    #[default]
    Line,
    /// A blank line.
    Blank,
}

/// Where a row of a table began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RowStart {
    /// Bytes written before it.
    len: usize,
    /// The line on which its first word stands.
    line: usize,
}

#[derive(Debug, Default)]
pub(super) struct Writer {
    out: String,
    /// Line ends written.
    line: usize,
    pending: Break,
    /// Quotations around what comes.
    quotes: usize,
    /// Quotations around the last line.
    quotes_before: usize,
    /// Invisible characters of the present line that wait for a visible one.
    held: String,
    /// The present line holds something, but nothing visible.
    is_blank: bool,
    /// No word of the present cell was written: what breaks lines there only begins the cell.
    in_cell_start: bool,
}

impl Writer {
    pub(super) fn into_text(self) -> String {
        self.out
    }

    /// Nobody reads more.
    pub(super) fn is_full(&self) -> bool {
        self.out.len() > limits::TEXT
    }

    /// The next word stands at least this far from the last one.
    pub(super) fn at_least(&mut self, mut gap: Break) {
        if self.in_cell_start {
            return;
        }
        if gap >= Break::Line {
            if self.is_blank {
                gap = Break::Blank;
            }
            self.forget_invisible();
        }
        self.pending = self.pending.max(gap);
    }

    /// `br`: ends the present line, and makes a blank one if there is nothing on it.
    pub(super) fn line_break(&mut self) {
        if self.in_cell_start {
            self.is_blank = true;
        } else if self.pending >= Break::Line {
            self.at_least(Break::Blank);
        } else {
            self.at_least(Break::Line);
        }
    }

    pub(super) fn begin_quote(&mut self) {
        self.quotes += 1;
        self.always_break();
    }

    pub(super) fn end_quote(&mut self) {
        self.quotes = self.quotes.saturating_sub(1);
        self.always_break();
    }

    /// A quoted line never holds words that are not quoted, in a cell neither.
    fn always_break(&mut self) {
        self.in_cell_start = false;
        self.at_least(Break::Line);
    }

    pub(super) fn begin_row(&mut self) -> RowStart {
        self.at_least(Break::Line);
        self.in_cell_start = true;
        let line_ends = match self.pending {
            _ if self.out.is_empty() => 0,
            Break::None | Break::Space => 0,
            Break::Line => 1,
            Break::Blank => 2,
        };
        RowStart { len: self.out.len(), line: self.line + line_ends }
    }

    /// The border of a cell: its neighbour stands on the same line, unless the row has several.
    pub(super) fn cell_border(&mut self, row: RowStart) {
        if self.out.len() > row.len {
            self.pending = if self.line > row.line { Break::Line } else { Break::Space };
            self.forget_invisible();
        }
        self.in_cell_start = true;
    }

    /// A row without words is a blank line if it holds anything.
    pub(super) fn end_row(&mut self, row: RowStart) {
        self.cell_border(row);
        self.in_cell_start = false;
        self.at_least(Break::Line);
    }

    /// Text in which white space only keeps words apart.
    pub(super) fn words(&mut self, text: &str) {
        let is_space = |byte: &u8| byte.is_ascii_whitespace();
        let mut rest = text;
        while let Some(start) = rest.bytes().position(|byte| !is_space(&byte)) {
            if start > 0 {
                self.space();
            }
            rest = &rest[start..];
            let end = rest.bytes().position(|byte| is_space(&byte)).unwrap_or(rest.len());
            self.word(&rest[..end]);
            rest = &rest[end..];
        }
        if !rest.is_empty() {
            self.space();
        }
    }

    fn space(&mut self) {
        self.pending = self.pending.max(Break::Space);
    }

    /// Text without white space of the ASCII kind.
    fn word(&mut self, word: &str) {
        if word.is_ascii() || !word.contains(is_invisible) {
            return self.visible(word);
        }
        let mut rest = word;
        while let Some(at) = rest.find(is_invisible) {
            self.visible(&rest[..at]);
            let len = rest[at..].chars().next().map_or(1, char::len_utf8);
            self.invisible(&rest[at..at + len]);
            rest = &rest[at + len..];
        }
        self.visible(rest);
    }

    fn visible(&mut self, text: &str) {
        if text.is_empty() || self.is_full() {
            return;
        }
        match self.pending {
            Break::None => {}
            Break::Space => self.out.push(' '),
            gap => self.new_line(gap),
        }
        self.out.push_str(&self.held);
        self.out.push_str(text);
        self.held.clear();
        self.pending = Break::None;
        self.is_blank = false;
        self.in_cell_start = false;
    }

    /// At the start of a line or cell it is only indentation.
    fn invisible(&mut self, text: &str) {
        if self.pending >= Break::Line || self.in_cell_start {
            self.is_blank = true;
        } else {
            self.held.push_str(text);
        }
    }

    fn forget_invisible(&mut self) {
        self.held.clear();
        self.is_blank = false;
    }

    fn new_line(&mut self, gap: Break) {
        if !self.out.is_empty() {
            if gap == Break::Blank {
                self.line_end();
                self.mark(self.quotes.min(self.quotes_before));
                self.out.truncate(self.out.trim_end_matches(' ').len());
            }
            self.line_end();
        }
        self.mark(self.quotes);
        self.quotes_before = self.quotes;
    }

    fn line_end(&mut self) {
        self.out.push('\n');
        self.line += 1;
    }

    fn mark(&mut self, quotes: usize) {
        for _ in 0..quotes {
            self.out.push_str("> ");
        }
    }
}

/// Takes room, or not even that, and shows nothing: no-break and other blanks, joiners, soft hyphens.
fn is_invisible(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{AD}' | '\u{34F}' | '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}')
}
