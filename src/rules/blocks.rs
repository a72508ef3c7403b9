//! Finds other people's words in a text: forwarded and quoted messages.
//!
//! Mail programs mark them in two ways. A *header block* repeats header lines (`Von:`, `Gesendet:`, `An:`, `Betreff:` and
//! the like), with or without a line such as `-----Ursprüngliche Nachricht-----` above. An *introduction* is one sentence
//! (`Am ... schrieb ... :`), or such a line alone. The words stand in the rule files. Either may itself be quoted with
//! `>`.

use std::collections::HashMap;
use std::ops::Range;

use regex::Regex;

use super::addresses;
use super::fold::fold;
use super::phrases::Phrases;

/// Most lines of one header block, continuation lines included.
const MAX_BLOCK_LINES: usize = 60;
/// Where a label must have ended, in bytes of its line.
const MAX_LABEL: usize = 40;
/// Longest introduction, in bytes over all its lines.
const MAX_INTRODUCTION: usize = 600;
/// Most lines over which a mail program breaks an introduction.
const MAX_INTRODUCTION_LINES: usize = 3;

/// What a copied header line is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Label {
    Absender,
    Empfaenger,
    /// Date, subject and others: they only help to recognise the block. The number tells them apart.
    Weiteres(usize),
}

/// A sentence that introduces a quotation, e.g. `Am * schrieb {absender}:`.
#[derive(Clone, Debug)]
pub(super) struct Einleitung {
    /// A word of it, in lower case: a cheap test before the expression. At the beginning, if the sentence begins with it.
    pub kennwort: String,
    /// It begins with that word; otherwise the word stands somewhere in its first line.
    pub am_anfang: bool,
    /// One capture group: where the sender stands.
    pub muster: Regex,
}

/// The signs by which other people's words are recognised, from the rule files.
#[derive(Clone, Debug)]
pub(super) struct Zitatzeichen {
    /// Folded label without the colon.
    pub labels: HashMap<String, Label>,
    /// Folded words of a line that says *forwarded*.
    pub weiterleitungsmarken: Vec<String>,
    /// The same for a line that says *original message*.
    pub zitatmarken: Vec<String>,
    pub einleitungen: Vec<Einleitung>,
    /// Folded words of which a sentence with an address and a colon at its end needs one to introduce a quotation, in
    /// whatever language and order.
    pub einleitungsworte: Phrases,
    /// Most blocks followed.
    pub max_bloecke: usize,
    /// Most addresses read from one block.
    pub max_adressen: usize,
}

/// How a block is marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BlockArt {
    /// Copied header lines under a line that says *forwarded*.
    Weiterleitung,
    /// Copied header lines: a forwarded or an answered message, the subject of the mail tells which.
    Kopfzeilen,
    /// A sentence that introduces a quotation.
    Einleitung,
}

/// One forwarded or quoted message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Block {
    pub art: BlockArt,
    /// Addresses of its sender, lower case; none if only a name stands there.
    pub absender: Vec<String>,
    /// Addresses of its recipients, lower case; an introduction names none.
    pub empfaenger: Vec<String>,
    /// The sender as it stands there, with the name; short.
    pub absender_wortlaut: String,
    /// Where its head begins, in bytes of the text.
    pub kopf: usize,
    /// Its own words, in bytes of the text: from its head to the next block.
    pub text: Range<usize>,
}

/// All blocks of a text, outermost first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Bloecke {
    pub bloecke: Vec<Block>,
    /// There was more than is followed: what is innermost is not known.
    pub ueberlauf: bool,
}

/// One line: where it stands, and what it says without quotation marks.
#[derive(Clone, Copy)]
struct Line<'t> {
    start: usize,
    said: &'t str,
    /// It begins with a mark of quotation.
    is_marked: bool,
}

impl Zitatzeichen {
    /// Reads the blocks of a text. Linear in its length.
    pub fn read(&self, text: &str) -> Bloecke {
        let lines = lines(text);
        let mut found = Bloecke::default();
        let (mut at, mut marked, mut above) = (0, false, None);
        while at < lines.len() {
            let head = match self.header_block(&lines[at..], marked) {
                Run::Block(head) => head,
                Run::Other { lines, cut } => {
                    found.ueberlauf |= cut;
                    at += lines;
                    continue;
                }
                Run::None => match self.introduction(&lines[at..]).or_else(|| self.bare_mark(&lines[at..])) {
                    Some(head) => head,
                    None => {
                        if !lines[at].said.is_empty() {
                            marked = self.says_forwarded(lines[at].said);
                            above = (marked || self.is_rule(lines[at].said)).then_some(at);
                        }
                        at += 1;
                        continue;
                    }
                },
            };
            if found.bloecke.len() == self.max_bloecke {
                found.ueberlauf = true;
                break;
            }
            if let Some(previous) = found.bloecke.last_mut() {
                previous.text.end = lines[at].start;
            }
            found.ueberlauf |= head.cut;
            let begin = at;
            at += head.lines;
            let start = lines.get(at).map_or(text.len(), |line| line.start);
            found.bloecke.push(Block {
                art: head.art,
                absender: head.absender,
                empfaenger: head.empfaenger,
                absender_wortlaut: head.absender_wortlaut,
                // A mark or a rule above belongs to the head.
                kopf: lines[above.take().unwrap_or(begin)].start,
                text: start..text.len(),
            });
            marked = false;
        }
        found
    }

    /// Whether the line says that a forwarded message follows.
    fn says_forwarded(&self, line: &str) -> bool {
        (line.starts_with('-') || line.ends_with(['-', ':'])) && self.is_mark(line, &self.weiterleitungsmarken)
    }

    /// Whether a line sets a copied message apart: `____`, `-----Original Message-----`.
    fn is_rule(&self, line: &str) -> bool {
        let is_drawn = line.len() >= 3 && line.bytes().all(|byte| matches!(byte, b'_' | b'-' | b'=' | b'*'));
        is_drawn || self.is_mark(line, &self.zitatmarken)
    }

    /// Whether a line is one of these marks between its dashes.
    fn is_mark(&self, line: &str, marks: &[String]) -> bool {
        line.len() <= MAX_INTRODUCTION && !marks.is_empty() && {
            let folded = fold(line);
            let words = folded.trim_matches(|c: char| matches!(c, '-' | ':' | ' '));
            marks.iter().any(|mark| mark == words)
        }
    }

    /// A run of copied header lines with a sender and at least two more kinds of line (one more under a mark).
    fn header_block(&self, lines: &[Line<'_>], marked: bool) -> Run {
        let mut fields: Vec<(Label, Vec<&str>)> = Vec::new();
        let (mut used, mut blank, mut cut) = (0, false, true);
        for (index, line) in lines.iter().enumerate().take(MAX_BLOCK_LINES) {
            let continues = || fields.last().is_some_and(|(_, values)| continues(values.last().copied(), line.said));
            if let Some((label, value)) = self.label(line.said) {
                fields.push((label, vec![value]));
                (used, blank) = (index + 1, false);
            } else if fields.is_empty() {
                return Run::None;
            } else if line.said.is_empty() && !blank {
                blank = true;
            } else if !line.said.is_empty() && !blank && continues() {
                if let Some((_, values)) = fields.last_mut() {
                    values.push(line.said);
                }
                used = index + 1;
            } else {
                cut = false;
                break;
            }
        }
        cut &= lines.len() > MAX_BLOCK_LINES;
        let mut kinds: Vec<Label> = fields.iter().map(|&(label, _)| label).collect();
        kinds.sort_unstable();
        kinds.dedup();
        if kinds.first() != Some(&Label::Absender) || kinds.len() < if marked { 2 } else { 3 } {
            return if used == 0 { Run::None } else { Run::Other { lines: used, cut } };
        }
        let mut head = Head {
            art: if marked { BlockArt::Weiterleitung } else { BlockArt::Kopfzeilen },
            absender: Vec::new(),
            empfaenger: Vec::new(),
            absender_wortlaut: String::new(),
            lines: used,
            cut,
        };
        for (label, values) in fields {
            if label == Label::Absender && head.absender_wortlaut.is_empty() {
                head.absender_wortlaut = bounded(&values.join(" "));
            }
            let into = match label {
                Label::Absender => &mut head.absender,
                Label::Empfaenger => &mut head.empfaenger,
                Label::Weiteres(_) => continue,
            };
            head.cut |= !addresses::read(&values.join(" "), self.max_adressen, into);
        }
        Run::Block(head)
    }

    /// The label at the beginning of a line, and what follows its colon.
    fn label<'t>(&self, line: &'t str) -> Option<(Label, &'t str)> {
        let colon = line.bytes().take(MAX_LABEL).position(|byte| byte == b':')?;
        let name = line[..colon].trim_matches(|c: char| matches!(c, '*' | '_') || c.is_whitespace());
        let label = *self.labels.get(&fold(name))?;
        Some((label, line[colon + 1..].trim_matches(|c: char| matches!(c, '*' | '|') || c.is_whitespace())))
    }

    /// A sentence that introduces a quotation, possibly broken over a few lines.
    fn introduction(&self, lines: &[Line<'_>]) -> Option<Head> {
        let first = lines.first()?.said;
        let word = first.split_whitespace().next()?;
        let begins = |einleitung: &&Einleitung| {
            if einleitung.am_anfang {
                word.eq_ignore_ascii_case(&einleitung.kennwort)
            } else {
                first.contains('@') && first.contains(einleitung.kennwort.as_str())
            }
        };
        let candidates: Vec<&Einleitung> = self.einleitungen.iter().filter(begins).collect();
        // A sentence of an unlisted form begins where something of it stands, not with what happens to be above.
        let may_begin = first.contains('@') || names_a_time(first) || self.einleitungsworte.is_in(&fold(first));
        if candidates.is_empty() && !may_begin {
            return None;
        }
        let mut sentence = String::new();
        let mut used = 0;
        for line in lines.iter().take(MAX_INTRODUCTION_LINES) {
            if line.said.is_empty() || sentence.len() + line.said.len() > MAX_INTRODUCTION {
                return None;
            }
            if used > 0 && !sentence.ends_with('<') {
                sentence.push(' ');
            }
            sentence.push_str(line.said);
            used += 1;
            if sentence.ends_with([':', '-']) {
                break;
            }
        }
        let known = candidates.iter().find_map(|known| Some(known.muster.captures(&sentence)?.get(1)?.as_str()));
        let Some(sender) = known else {
            return self.introduces(&sentence).then(|| {
                let mut head = Head::of_somebody(&sentence, used);
                // Only where marked words follow it is certain that the address is their author's.
                let is_marked =
                    lines.iter().skip(used).find(|line| !line.said.is_empty()).is_some_and(|line| line.is_marked);
                if is_marked {
                    head.cut = !addresses::read(&sentence, self.max_adressen, &mut head.absender);
                }
                head
            });
        };
        let mut absender = Vec::new();
        let cut = !addresses::read(sender, self.max_adressen, &mut absender);
        let absender_wortlaut = bounded(sender);
        Some(Head { art: BlockArt::Einleitung, absender, empfaenger: Vec::new(), absender_wortlaut, lines: used, cut })
    }
}

impl Zitatzeichen {
    /// Whether a sentence introduces somebody's words, although nobody has listed its form: it holds an address, and a
    /// word for writing or a time. Its address is no evidence.
    fn introduces(&self, sentence: &str) -> bool {
        sentence.contains('@')
            && sentence.ends_with([':', '-'])
            && (names_a_time(sentence) || self.einleitungsworte.is_in(&fold(sentence)))
    }

    /// A line such as `-----Ursprüngliche Nachricht-----` with no header lines below, or `---- Ott schrieb ----`.
    fn bare_mark(&self, lines: &[Line<'_>]) -> Option<Head> {
        let line = lines.first()?.said;
        let is_ruled = line.starts_with("--") && line.ends_with("--") && line.len() <= MAX_INTRODUCTION;
        let speaks = || self.is_mark(line, &self.zitatmarken) || self.einleitungsworte.is_in(&fold(line));
        let next = || lines.iter().skip(1).find(|line| !line.said.is_empty());
        let has_fields = || next().is_some_and(|line| self.label(line.said).is_some());
        (is_ruled && speaks() && !has_fields()).then(|| Head::of_somebody("", 1))
    }
}

/// `11:47`, as every mail program writes it.
fn names_a_time(text: &str) -> bool {
    text.as_bytes()
        .windows(5)
        .any(|window| window[2] == b':' && [0, 1, 3, 4].iter().all(|&at| window[at].is_ascii_digit()))
}

impl Head {
    fn of_somebody(sentence: &str, lines: usize) -> Self {
        Head {
            art: BlockArt::Einleitung,
            absender: Vec::new(),
            empfaenger: Vec::new(),
            absender_wortlaut: bounded(sentence),
            lines,
            cut: false,
        }
    }
}

/// What a run of lines that begin with known labels turned out to be.
enum Run {
    Block(Head),
    /// Too little for a block. No block can begin within these lines either, unless the run was cut.
    Other {
        lines: usize,
        cut: bool,
    },
    /// The first line has no known label.
    None,
}

/// The beginning of a block.
struct Head {
    art: BlockArt,
    absender: Vec<String>,
    empfaenger: Vec<String>,
    absender_wortlaut: String,
    /// How many lines it takes.
    lines: usize,
    /// Not all of it was read.
    cut: bool,
}

/// Enough of a sender for his name.
fn bounded(sender: &str) -> String {
    const MAX_SENDER: usize = 200;
    sender[..sender.floor_char_boundary(MAX_SENDER)].to_owned()
}

/// Whether a line without label goes on with the field above: an address list that is not at its end.
fn continues(above: Option<&str>, line: &str) -> bool {
    above.is_some_and(|above| above.is_empty() || above.ends_with([',', ';', '<'])) || line.starts_with([';', ','])
}

fn lines(text: &str) -> Vec<Line<'_>> {
    let mut start = 0;
    text.split_inclusive('\n')
        .map(|line| {
            let said = line.trim_start_matches(|c: char| c == '>' || c.is_whitespace()).trim_end();
            let line = Line { start, said, is_marked: line.trim_start().starts_with('>') };
            start += text[start..].find('\n').map_or(text.len() - start, |end| end + 1);
            line
        })
        .collect()
}

#[cfg(test)]
#[path = "blocks_tests.rs"]
mod tests;
