//! A TOML table read key by key. Every key that is wrong, missing or unknown becomes a problem with its place, and
//! reading goes on: one bad key hides nothing else.
//!
//! A refused optional value is replaced by its default. That is safe because a configuration with an error among its
//! problems never leaves this module's parent.

use std::ops::{Range, RangeInclusive};
use std::path::Path;

use jiff::civil::Date;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::nearest::nearest;
use crate::diagnostic::{Diagnostic, Source};

/// The problems of one file, as they are found.
#[derive(Debug)]
pub struct Findings {
    source: Source,
    /// Whether the file has syntax errors: then nothing is called missing, it may stand in the broken part.
    pub broken: bool,
    pub problems: Vec<Diagnostic>,
}

impl Findings {
    pub fn new(source: Source) -> Self {
        Findings { source, broken: false, problems: Vec::new() }
    }

    /// An error at a place of the file, not yet reported.
    pub fn error(&self, span: Range<usize>, title: impl Into<String>) -> Diagnostic {
        Diagnostic::error(&self.source, span, title)
    }

    /// An error about a place whose text must not be shown: the line is given in words.
    pub fn error_without_text(&self, span: Range<usize>, title: &str) -> Diagnostic {
        Diagnostic::file(&self.source.path, format!("line {}: {title}", self.line(span)))
    }

    /// The line of a place, from 1.
    pub fn line(&self, span: Range<usize>) -> usize {
        self.error(span, "").line_column().map_or(1, |(line, _)| line)
    }

    pub fn path(&self) -> &Path {
        &self.source.path
    }

    pub fn push(&mut self, problem: Diagnostic) {
        self.problems.push(problem);
    }
}

/// One table on its way to being checked.
#[derive(Debug)]
pub struct TableReader<'a> {
    /// How messages name the table.
    what: String,
    /// Where missing keys are reported.
    header: Range<usize>,
    table: &'a DeTable<'a>,
    asked: Vec<&'static str>,
}

impl<'a> TableReader<'a> {
    pub fn new(what: impl Into<String>, header: Range<usize>, table: &'a DeTable<'a>) -> Self {
        TableReader { what: what.into(), header, table, asked: Vec::new() }
    }

    pub fn what(&self) -> &str {
        &self.what
    }

    pub fn header(&self) -> Range<usize> {
        self.header.clone()
    }

    /// The value as it stands, if the key is there.
    pub fn value(&mut self, key: &'static str) -> Option<&'a Spanned<DeValue<'a>>> {
        if !self.asked.contains(&key) {
            self.asked.push(key);
        }
        self.table.get(key)
    }

    /// A string.
    pub fn text(&mut self, findings: &mut Findings, key: &'static str) -> Option<Spanned<&'a str>> {
        let value = self.value(key)?;
        match value.get_ref() {
            DeValue::String(text) if text.trim().is_empty() => {
                let title = format!("{}: \"{key}\" is empty", self.what);
                findings.push(findings.error(value.span(), title));
                None
            }
            DeValue::String(text) if text.contains(char::is_control) => {
                let title = format!("{}: \"{key}\" holds a control character", self.what);
                findings.push(findings.error(value.span(), title).label("a line break, tab or the like"));
                None
            }
            DeValue::String(text) => Some(Spanned::new(value.span(), text)),
            other => {
                self.wrong_type(findings, key, value.span(), other, "a text in quotes");
                None
            }
        }
    }

    /// A list of strings; `None` if the key is absent. An empty list is one.
    pub fn texts(&mut self, findings: &mut Findings, key: &'static str) -> Option<Vec<Spanned<&'a str>>> {
        let value = self.value(key)?;
        let DeValue::Array(array) = value.get_ref() else {
            self.wrong_type(findings, key, value.span(), value.get_ref(), "a list of texts in quotes");
            return Some(Vec::new());
        };
        let mut texts = Vec::new();
        for item in array.iter() {
            match item.get_ref() {
                DeValue::String(text) if text.trim().is_empty() || text.contains(char::is_control) => {
                    let title = format!("{}: \"{key}\" holds an empty text or a control character", self.what);
                    findings.push(findings.error(item.span(), title));
                }
                DeValue::String(text) => texts.push(Spanned::new(item.span(), text.as_ref())),
                other => self.wrong_type(findings, key, item.span(), other, "a list of texts in quotes"),
            }
        }
        Some(texts)
    }

    /// `true` or `false`.
    pub fn flag(&mut self, findings: &mut Findings, key: &'static str, default: bool) -> bool {
        let Some(value) = self.value(key) else { return default };
        let DeValue::Boolean(flag) = value.get_ref() else {
            self.wrong_type(findings, key, value.span(), value.get_ref(), "true or false");
            return default;
        };
        *flag
    }

    /// A string that must be there. `example` is what the help shows.
    pub fn required_text(
        &mut self,
        findings: &mut Findings,
        key: &'static str,
        example: &str,
    ) -> Option<Spanned<&'a str>> {
        if self.table.get(key).is_none() {
            self.missing(findings, key, example);
        }
        self.text(findings, key)
    }

    /// A whole number within a range.
    pub fn number(
        &mut self,
        findings: &mut Findings,
        key: &'static str,
        range: RangeInclusive<u64>,
        default: u64,
    ) -> u64 {
        let Some(value) = self.value(key) else {
            return default;
        };
        let DeValue::Integer(integer) = value.get_ref() else {
            self.wrong_type(findings, key, value.span(), value.get_ref(), "a whole number");
            return default;
        };
        match u64::from_str_radix(integer.as_str(), integer.radix()) {
            Ok(number) if range.contains(&number) => number,
            _ => {
                let title = format!("{}: \"{key}\" is out of range", self.what);
                let help = format!("{} to {}; the default is {default}", range.start(), range.end());
                findings.push(findings.error(value.span(), title).label("not allowed").help(help));
                default
            }
        }
    }

    /// One of a few words.
    pub fn word<T: Copy>(
        &mut self,
        findings: &mut Findings,
        key: &'static str,
        words: &[(&'static str, T)],
        default: T,
    ) -> T {
        let Some(text) = self.text(findings, key) else {
            return default;
        };
        let written = *text.get_ref();
        if let Some((_, meaning)) = words.iter().find(|(word, _)| *word == written) {
            return *meaning;
        }
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let help = match nearest(written, known.iter().copied()) {
            Some(near) => format!("did you mean \"{near}\"? known are {}", list(&known)),
            None => format!("known are {}", list(&known)),
        };
        let title = format!("{}: unknown {key} {written:?}", self.what);
        findings.push(findings.error(text.span(), title).label(format!("not a known {key}")).help(help));
        default
    }

    /// A day, written as a TOML date.
    pub fn date(&mut self, findings: &mut Findings, key: &'static str) -> Option<Date> {
        let value = self.value(key)?;
        let DeValue::Datetime(datetime) = value.get_ref() else {
            self.wrong_type(findings, key, value.span(), value.get_ref(), "a date without quotes, such as 2024-04-03");
            return None;
        };
        let (Some(date), None) = (datetime.date, datetime.time) else {
            let title = format!("{}: \"{key}\" is not a plain date", self.what);
            findings.push(findings.error(value.span(), title).help("write the day only, such as 2024-04-03"));
            return None;
        };
        let checked = i16::try_from(date.year).ok().zip(i8::try_from(date.month).ok()).zip(i8::try_from(date.day).ok());
        match checked.and_then(|((year, month), day)| Date::new(year, month, day).ok()) {
            Some(date) => Some(date),
            None => {
                let title = format!("{}: \"{key}\" is no day of the calendar", self.what);
                findings.push(findings.error(value.span(), title));
                None
            }
        }
    }

    /// Reports a key that must be there and is not.
    pub fn missing(&self, findings: &mut Findings, key: &str, example: &str) {
        if !findings.broken {
            let title = format!("{}: \"{key}\" is missing", self.what);
            findings.push(findings.error(self.header(), title).label("in this table").help(format!("add {example}")));
        }
    }

    /// Reports a value of the wrong type.
    pub fn wrong_type(
        &self,
        findings: &mut Findings,
        key: &str,
        span: Range<usize>,
        found: &DeValue<'_>,
        expected: &str,
    ) {
        let title = format!("{}: \"{key}\" must be {expected}", self.what);
        findings.push(findings.error(span, title).label(format!("this is {}", type_name(found))));
    }

    /// Reports all keys that nobody asked for.
    pub fn finish(self, findings: &mut Findings) {
        for (key, _) in self.table {
            let name: &str = key.get_ref();
            if self.asked.contains(&name) {
                continue;
            }
            let help = match nearest(name, self.asked.iter().copied()) {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => format!("known are {}", list(&self.asked)),
            };
            let title = format!("{}: unknown key {name:?}", self.what);
            findings.push(findings.error(key.span(), title).label("not known here").help(help));
        }
    }
}

/// What a value is, in words.
pub fn type_name(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with a point",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

fn list(words: &[&str]) -> String {
    words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ")
}
