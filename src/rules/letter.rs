//! The parts of a letter: head, text, signature; paragraph by paragraph.
//!
//! Works on the author's own lines (see [`super::passages`]), folded. A paragraph ends at an empty line, before the
//! salutation and behind the closing formula. What stands above the salutation is the head, what stands behind the
//! formula the signature; without a formula the last lines are, if they begin with the author's name.

use std::ops::Range;

use super::distance;
use super::fold::fold;
use super::names::Namen;
use super::phrases::Phrases;
use super::postcode;

/// Longest line that is looked at for a misspelt formula, in bytes.
const SHORT_LINE: usize = 48;
/// Most words behind a formula that stands in the middle of a line.
const MAX_WORDS_BEHIND: usize = 18;
/// Shortest formula for which a misspelling is looked for, in bytes; among shorter ones any word would be near.
const MIN_FORMULA_FOR_TYPOS: usize = 12;
/// Most letters of a formula that counts only with a name or nothing behind it.
const SHORT_FORMULA: usize = 3;
/// Most lines behind a line that sets a signature apart.
const MAX_SIGNATURE_LINES: usize = 12;

/// The words by which the parts are recognised, from the rule files; all folded.
#[derive(Clone, Debug)]
pub(super) struct Briefworte {
    /// `sehr geehrte`, `hallo`.
    pub anreden: Phrases,
    /// `frau`: stands between salutation and name.
    pub titel: Phrases,
    /// `mit freundlichen gruessen`: begin a signature wherever a line begins with them.
    pub grussformeln: Phrases,
    /// `danke`: begin a signature only if they are the whole line.
    pub schlussworte: Phrases,
    /// `gesendet von`: begin what a program or a company appends.
    pub fusszeilen: Phrases,
    /// `ps`: begin an afterthought, which is text again.
    pub nachschrift: Phrases,
}

/// Which part of the letter a paragraph is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Teil {
    /// Above the salutation, or the first paragraph where there is none.
    Kopf,
    Text,
    /// Behind the closing formula.
    Signatur,
}

/// One paragraph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Absatz {
    pub teil: Teil,
    /// Its lines, folded, joined by blanks.
    pub text: String,
    /// Where each line stands in `text`.
    pub zeilen: Vec<Range<usize>>,
}

impl Absatz {
    /// The lines.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.zeilen.iter().map(|line| &self.text[line.clone()])
    }

    /// The lines that end before a place of the text.
    pub fn lines_before(&self, at: usize) -> impl Iterator<Item = &str> {
        self.zeilen.iter().filter(move |line| line.end <= at).map(|line| &self.text[line.clone()])
    }

    /// Where the line at a place of the text begins and ends.
    pub fn line_at(&self, at: usize) -> Range<usize> {
        self.zeilen.iter().find(|line| at < line.end).or(self.zeilen.last()).cloned().unwrap_or(0..self.text.len())
    }

    /// The line behind the one at a place of the text.
    pub fn next_line(&self, at: usize) -> Option<&str> {
        let index = self.zeilen.iter().position(|line| at < line.end)?;
        self.zeilen.get(index + 1).map(|line| &self.text[line.clone()])
    }
}

/// Divides the author's lines.
pub(super) fn read(lines: &[&str], worte: &Briefworte, verfasser: &Namen) -> Vec<Absatz> {
    let mut folded: Vec<String> = lines.iter().map(|line| fold(line)).collect();
    // `Sehr geehrte Frau Offermanns` is how others write to the author; from there on they speak.
    let to_author = folded.iter().position(|line| speaks_to(line, worte, verfasser));
    folded.truncate(to_author.unwrap_or(folded.len()));
    let mut builder = Builder::default();
    let salutation = folded.iter().position(|line| worte.anreden.at_start_of(line).is_some());
    let closing = closing(&folded, worte, salutation, verfasser);
    for (index, line) in folded.iter().enumerate() {
        let is_head = salutation.map_or(builder.absaetze.is_empty(), |at| index < at);
        builder.teil = match closing {
            Some((at, _)) if index > at => Teil::Signatur,
            _ if is_head => Teil::Kopf,
            _ => Teil::Text,
        };
        match closing {
            Some((at, split)) if at == index => {
                builder.line(&line[..split]);
                builder.end();
                builder.teil = Teil::Signatur;
                builder.line(line[split..].trim_start_matches(|c: char| !c.is_alphanumeric()));
            }
            _ if Some(index) == salutation => {
                builder.end();
                builder.line(line);
            }
            _ => builder.line(line),
        }
    }
    builder.end();
    let mut absaetze = builder.absaetze;
    join_spaced_lines(&mut absaetze);
    if closing.is_none() {
        find_signature(&mut absaetze, worte, verfasser);
    }
    end_signature(&mut absaetze, worte);
    absaetze
}

/// Whether a line is a salutation of the author: `Sehr geehrte Frau Offermanns`.
fn speaks_to(line: &str, worte: &Briefworte, verfasser: &Namen) -> bool {
    worte.anreden.at_start_of(line).is_some_and(|end| {
        let mut words = line[end..].split_whitespace();
        words.next().is_some_and(|title| worte.titel.is_all_of(title))
            && words.next().is_some_and(|name| verfasser.contains(name))
    })
}

/// The line of the closing formula, and where the signature begins in it: the last formula behind which the author's name
/// stands, else the last one with anything behind it. Without a formula, a line that sets a signature apart, or a last
/// word.
fn closing(
    lines: &[String],
    worte: &Briefworte,
    salutation: Option<usize>,
    verfasser: &Namen,
) -> Option<(usize, usize)> {
    let after = salutation.map_or(0, |at| at + 1);
    let formulas: Vec<(usize, usize)> = lines
        .iter()
        .enumerate()
        .skip(after)
        .filter_map(|(index, line)| Some((index, formula(line, worte, verfasser)?)))
        .collect();
    let behind = |&(index, end): &(usize, usize)| {
        let rest = lines[index][end..].trim_start_matches(|c: char| !c.is_alphanumeric());
        let next = || lines[index + 1..].iter().map(String::as_str).find(|line| !line.is_empty());
        if rest.is_empty() { next().unwrap_or_default().to_owned() } else { rest.to_owned() }
    };
    let is_last_word = |(index, line): (usize, &String)| {
        (index >= after && worte.schlussworte.is_all_of(line)).then_some((index, line.len()))
    };
    let sets_apart = |(index, line): (usize, &String)| {
        let is_near_the_end = lines.len() - index <= MAX_SIGNATURE_LINES;
        (index >= after && is_separator(line) && is_near_the_end).then_some((index, line.len()))
    };
    formulas
        .iter()
        .rev()
        .find(|at| verfasser.begin(&behind(at)))
        .or_else(|| formulas.iter().rev().find(|at| !behind(at).is_empty()))
        .or(formulas.last())
        .copied()
        .or_else(|| within_last_lines(lines, worte))
        .or_else(|| lines.iter().enumerate().filter_map(sets_apart).next_back())
        // "Danke" may also end a thought, so the last one counts.
        .or_else(|| lines.iter().enumerate().filter_map(is_last_word).next_back())
}

/// Where a formula at the beginning of a line ends. A short one such as `LG` may also be something else; it stands alone
/// or before a name.
fn formula(line: &str, worte: &Briefworte, verfasser: &Namen) -> Option<usize> {
    let end = worte.grussformeln.at_start_of(line).or_else(|| misspelt(line, worte))?;
    let rest = line[end..].trim();
    let is_short = line[..end].chars().filter(|c| c.is_alphabetic()).count() <= SHORT_FORMULA;
    let is_name = rest.split_whitespace().count() <= 2
        && !rest.bytes().any(|byte| byte.is_ascii_digit())
        && !rest.starts_with('-');
    (!is_short || is_name || verfasser.begin(rest)).then_some(end)
}

/// The line before a signature as mail programs write it (RFC 3676, 4.3).
fn is_separator(line: &str) -> bool {
    line == "--" || (line.len() >= 3 && line.bytes().all(|byte| byte == b'_'))
}

/// A formula with a wrong letter, alone on its line.
fn misspelt(line: &str, worte: &Briefworte) -> Option<usize> {
    let said = line.trim_matches(|c: char| !c.is_alphanumeric());
    let is_short = (MIN_FORMULA_FOR_TYPOS..=SHORT_LINE).contains(&said.len());
    let formulas = || worte.grussformeln.all().iter().filter(|formula| formula.len() >= MIN_FORMULA_FOR_TYPOS);
    (is_short && formulas().any(|formula| distance::within(said, formula, 2).is_some())).then_some(line.len())
}

/// Dictated mails have no lines: the last formula of several words with few words behind it.
fn within_last_lines(lines: &[String], worte: &Briefworte) -> Option<(usize, usize)> {
    let (index, line) = lines.iter().enumerate().rev().find(|(_, line)| !line.is_empty())?;
    let is_phrase = |formula: &str| formula.contains(' ');
    let hit = worte.grussformeln.find(line).filter(|hit| is_phrase(&line[hit.start..hit.end])).last()?;
    (line[hit.end..].split_whitespace().count() <= MAX_WORDS_BEHIND).then_some((index, hit.end))
}

/// Without a formula, the last paragraph is the signature if it begins with the author's name; or the end of it that
/// does.
fn find_signature(absaetze: &mut Vec<Absatz>, worte: &Briefworte, verfasser: &Namen) {
    let is_footer =
        |absatz: &Absatz| absatz.lines().next().is_some_and(|line| worte.fusszeilen.at_start_of(line).is_some());
    let Some(last) = absaetze.iter().rposition(|absatz| !is_footer(absatz)) else { return };
    let Some(begin) = absaetze[last].zeilen.iter().position(|line| verfasser.begin(&absaetze[last].text[line.clone()]))
    else {
        return;
    };
    if begin == 0 {
        // The only paragraph is rather the head of a letter.
        if last > 0 || absaetze[last].zeilen.len() > 1 {
            absaetze[last].teil = Teil::Signatur;
        }
        return;
    }
    let signature = absaetze[last].split_off(begin);
    absaetze.insert(last + 1, Absatz { teil: Teil::Signatur, ..signature });
}

/// What a program or a company appends is no signature, and an afterthought is text.
fn end_signature(absaetze: &mut [Absatz], worte: &Briefworte) {
    let is_end = |absatz: &&mut Absatz| {
        let first = absatz.lines().next().unwrap_or_default();
        absatz.teil == Teil::Signatur
            && (worte.fusszeilen.at_start_of(first).is_some() || worte.nachschrift.at_start_of(first).is_some())
    };
    for absatz in absaetze.iter_mut().filter(is_end) {
        absatz.teil = Teil::Text;
    }
    // A second salutation: somebody else's letter follows.
    let is_salutation =
        |absatz: &Absatz| absatz.lines().next().is_some_and(|line| worte.anreden.at_start_of(line).is_some());
    let second = absaetze.iter().position(|absatz| absatz.teil == Teil::Signatur && is_salutation(absatz));
    absaetze.iter_mut().skip(second.unwrap_or(usize::MAX)).for_each(|absatz| absatz.teil = Teil::Text);
}

/// A line with a postcode and another number holds all of an address and needs no neighbours.
fn is_whole_address(line: &str) -> bool {
    postcode::find(line).first().is_some_and(|number| line[..number.start].bytes().any(|byte| byte.is_ascii_digit()))
}

/// Some programs write an empty line behind each line. Where head or signature is such a column of single lines, it is
/// one paragraph.
fn join_spaced_lines(absaetze: &mut Vec<Absatz>) {
    const COLUMN: usize = 3;
    let mut at = 0;
    while at < absaetze.len() {
        let teil = absaetze[at].teil;
        let is_of_column =
            |absatz: &&Absatz| absatz.teil == teil && absatz.zeilen.len() == 1 && !is_whole_address(&absatz.text);
        let run = absaetze[at..].iter().take_while(is_of_column).count();
        if teil != Teil::Text && run >= COLUMN {
            let joined: Vec<Absatz> = absaetze.drain(at + 1..at + run).collect();
            joined.iter().for_each(|other| absaetze[at].append(other));
        }
        at += 1;
    }
}

impl Absatz {
    fn append(&mut self, other: &Absatz) {
        for line in other.lines() {
            self.push(line);
        }
    }

    fn push(&mut self, line: &str) {
        if !self.text.is_empty() {
            self.text.push(' ');
        }
        let start = self.text.len();
        self.text.push_str(line);
        self.zeilen.push(start..self.text.len());
    }

    /// Takes the lines from this one on away.
    fn split_off(&mut self, line: usize) -> Absatz {
        let mut behind = Absatz { teil: self.teil, text: String::new(), zeilen: Vec::new() };
        for range in self.zeilen.split_off(line) {
            behind.push(&self.text[range]);
        }
        self.text.truncate(self.zeilen.last().map_or(0, |line| line.end));
        behind
    }
}

struct Builder {
    absaetze: Vec<Absatz>,
    current: Option<Absatz>,
    teil: Teil,
}

impl Default for Builder {
    fn default() -> Self {
        Builder { absaetze: Vec::new(), current: None, teil: Teil::Kopf }
    }
}

impl Builder {
    fn line(&mut self, line: &str) {
        if !line.chars().any(char::is_alphanumeric) {
            return self.end();
        }
        let teil = self.teil;
        self.current.get_or_insert_with(|| Absatz { teil, text: String::new(), zeilen: Vec::new() }).push(line);
    }

    fn end(&mut self) {
        self.absaetze.extend(self.current.take());
    }
}

#[cfg(test)]
#[path = "letter_tests.rs"]
mod tests;
