//! One CSV file as text, columns and cells, each cell with its place in the file.

use std::ops::Range;

use csv::{ReaderBuilder, StringRecord};

use crate::config::nearest::nearest;
use crate::diagnostic::{Diagnostic, Source};

/// A column that a file may or must have.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    pub name: &'static str,
    /// Whether the file must have the column; its cells are then never empty.
    pub required: bool,
}

/// A column that must be there.
pub const fn required(name: &'static str) -> Column {
    Column { name, required: true }
}

/// A column that may be left out.
pub const fn optional(name: &'static str) -> Column {
    Column { name, required: false }
}

/// A file whose header is right. Rows that are not are reported and left out.
#[derive(Debug)]
pub struct CsvFile {
    source: Source,
    delimiter: char,
    /// Names and positions of the known columns.
    positions: Vec<(&'static str, usize)>,
    records: Vec<Record>,
}

#[derive(Debug)]
struct Record {
    /// Byte at which the row begins, or line ends before it.
    start: usize,
    cells: StringRecord,
}

impl CsvFile {
    /// Splits the text; none if the header does not do, which is reported.
    pub fn parse(source: Source, columns: &[Column], problems: &mut Vec<Diagnostic>) -> Option<CsvFile> {
        let (delimiter, from) = delimiter(&source.text);
        let mut records = split(&source.text, from, delimiter);
        let mut file = CsvFile { source, delimiter, positions: Vec::new(), records: Vec::new() };
        if records.is_empty() {
            let names: Vec<&str> = columns.iter().map(|column| column.name).collect();
            let problem = Diagnostic::file(&file.source.path, "the file is empty");
            problems.push(problem.help(format!("the first line names the columns: {}", names.join(","))));
            return None;
        }
        let header = records.remove(0);
        file.positions = positions(&file, &header, columns, problems)?;
        file.records = records.into_iter().filter(|record| file.is_sound(record, &header, columns, problems)).collect();
        Some(file)
    }

    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.records.iter().map(|record| Row { file: self, record })
    }

    /// The file as a whole, for problems that have no row.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Whether a row has as many cells as the header, no line break in a cell, and no gap where a value must be.
    fn is_sound(&self, record: &Record, header: &Record, columns: &[Column], problems: &mut Vec<Diagnostic>) -> bool {
        let (found, expected) = (record.cells.len(), header.cells.len());
        if record.cells.iter().all(|cell| cell.trim().is_empty()) {
            return false;
        }
        // Only in a column that nobody reads a cell may be as long as it likes.
        let is_read = |index: usize| {
            header
                .cells
                .get(index)
                .is_none_or(|name| columns.iter().any(|column| column.name == name.trim().to_lowercase()))
        };
        if let Some(broken) =
            record.cells.iter().enumerate().position(|(index, cell)| is_read(index) && cell.contains(['\n', '\r']))
        {
            let span = first_line(&self.source.text, self.span(record, broken));
            let problem = Diagnostic::error(&self.source, span, "a cell goes over several lines");
            problems.push(problem.label("begins here").help("a quotation mark \" is probably not closed"));
            return false;
        }
        if found < expected || record.cells.iter().skip(expected).any(|cell| !cell.trim().is_empty()) {
            let span = self.span(record, 0).start..self.span(record, found - 1).end;
            let title = format!("the row has {found} cells, the header {expected}");
            let help = format!("a cell that holds \"{}\" itself stands in quotation marks", self.delimiter);
            problems.push(Diagnostic::error(&self.source, span, title).help(help));
            return false;
        }
        let row = Row { file: self, record };
        let before = problems.len();
        for column in columns.iter().filter(|column| column.required) {
            let cell = row.cell(column.name);
            if cell.text.is_empty() {
                problems.push(cell.error(format!("\"{}\" is empty", column.name)).label("needs a value"));
            }
        }
        problems.len() == before
    }

    /// The place of a cell, with its quotation marks.
    fn span(&self, record: &Record, position: usize) -> Range<usize> {
        cell_span(&self.source.text, record.start, self.delimiter, position)
    }
}

/// One row.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    file: &'a CsvFile,
    record: &'a Record,
}

impl<'a> Row<'a> {
    /// The cell of a column; empty if the file does not have the column.
    pub fn cell(self, column: &str) -> Cell<'a> {
        let position = self.file.positions.iter().find(|(name, _)| *name == column).map(|(_, position)| *position);
        let text = position.and_then(|position| self.record.cells.get(position)).unwrap_or_default();
        Cell { row: self, position: position.unwrap_or_default(), text: text.trim() }
    }

    /// The line of the row, from 1.
    pub fn line(self) -> usize {
        let start = self.file.span(self.record, 0).start;
        self.file.source.text[..start].matches('\n').count() + 1
    }
}

/// One cell, without blanks around it.
#[derive(Clone, Copy, Debug)]
pub struct Cell<'a> {
    row: Row<'a>,
    position: usize,
    pub text: &'a str,
}

impl Cell<'_> {
    /// An error about this cell, not yet reported.
    pub fn error(&self, title: impl Into<String>) -> Diagnostic {
        Diagnostic::error(&self.row.file.source, self.row.file.span(self.row.record, self.position), title)
    }
}

/// What separates the cells, and where the header may begin. A first line `sep=;`, which tells Excel the separator,
/// tells it here too; else it is `;` if the header has more of it than of `,`.
fn delimiter(text: &str) -> (char, usize) {
    let line = text.split_inclusive('\n').next().unwrap_or_default();
    match line.trim_end().strip_prefix("sep=") {
        Some(";") => return (';', line.len()),
        Some(",") => return (',', line.len()),
        _ => {}
    }
    let line = text.trim_start().lines().next().unwrap_or_default();
    (if line.matches(';').count() > line.matches(',').count() { ';' } else { ',' }, 0)
}

fn split(text: &str, from: usize, delimiter: char) -> Vec<Record> {
    let delimiter = u8::try_from(delimiter).expect("the delimiter is , or ;");
    let text = &text[from..];
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
    let start = |record: &StringRecord| {
        let within = record.position().map_or(0, |position| position.byte());
        usize::try_from(within).map_or(usize::MAX, |within| from + within)
    };
    reader
        .records()
        .map(|record| record.expect("text in memory has no I/O errors and is UTF-8"))
        .map(|cells| Record { start: start(&cells), cells })
        .collect()
}

/// Finds the columns by their names; reports what is missing, unknown or doubled.
fn positions(
    file: &CsvFile,
    header: &Record,
    columns: &[Column],
    problems: &mut Vec<Diagnostic>,
) -> Option<Vec<(&'static str, usize)>> {
    let names: Vec<String> = header.cells.iter().map(|name| name.trim().to_lowercase()).collect();
    let mut positions = Vec::new();
    for (position, name) in names.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
        let span = file.span(header, position);
        match columns.iter().find(|column| column.name == name) {
            Some(column) if positions.iter().any(|(known, _)| *known == column.name) => {
                problems.push(Diagnostic::error(&file.source, span, format!("the column \"{name}\" occurs twice")));
                return None;
            }
            Some(column) => positions.push((column.name, position)),
            None => {
                let title = format!("unknown column {name:?} is not read");
                let problem = Diagnostic::error(&file.source, span, title).warning();
                let near = nearest(name, columns.iter().map(|column| column.name));
                problems.push(match near {
                    Some(near) => problem.help(format!("did you mean \"{near}\"?")),
                    None => problem,
                });
            }
        }
    }
    let missing: Vec<&str> = columns
        .iter()
        .filter(|column| column.required && !positions.iter().any(|(known, _)| *known == column.name))
        .map(|column| column.name)
        .collect();
    if missing.is_empty() {
        return Some(positions);
    }
    let span = file.span(header, 0).start..file.span(header, names.len() - 1).end;
    let title = format!("the header lacks {}", missing.join(", "));
    let problem = Diagnostic::error(&file.source, first_line(&file.source.text, span), title);
    problems.push(problem.help("the first line names the columns, separated by , or ;"));
    None
}

/// The place of the cell at `position` in the row that begins at or after `start`.
fn cell_span(text: &str, start: usize, delimiter: char, position: usize) -> Range<usize> {
    let bytes = text.as_bytes();
    let mut at = start.min(bytes.len());
    while at < bytes.len() && matches!(bytes[at], b'\n' | b'\r') {
        at += 1;
    }
    let mut left = position;
    loop {
        let from = at;
        let mut quoted = false;
        while at < bytes.len() {
            match bytes[at] {
                // A doubled mark inside a quoted cell toggles twice.
                b'"' if quoted || at == from => quoted = !quoted,
                b'"' if bytes[at - 1] == b'"' => quoted = true,
                b'\n' | b'\r' if !quoted => break,
                byte if char::from(byte) == delimiter && !quoted => break,
                _ => {}
            }
            at += 1;
        }
        let ends = at == bytes.len() || char::from(bytes[at]) != delimiter;
        if left == 0 || ends {
            return from..at;
        }
        left -= 1;
        at += 1;
    }
}

/// A span cut to its first line.
fn first_line(text: &str, span: Range<usize>) -> Range<usize> {
    let length = text[span.clone()].find(['\n', '\r']).unwrap_or(span.len());
    span.start..span.start + length
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_knows_its_place() {
        let text = "a;b;c\r\n\r\n\"x;\"\"y\"\"\";ä;\"\"\r\nlast;;z";
        let records = split(text, 0, ';');
        let cells = |record: usize| -> Vec<&str> {
            (0..3).map(|position| &text[cell_span(text, records[record].start, ';', position)]).collect()
        };
        assert_eq!(records.len(), 3);
        assert_eq!(cells(0), ["a", "b", "c"]);
        assert_eq!(cells(1), ["\"x;\"\"y\"\"\"", "ä", "\"\""]);
        assert_eq!(cells(2), ["last", "", "z"]);
        assert_eq!(&records[1].cells[0], "x;\"y\"");
    }
}
