//! Compiles the expressions of rule files, and points into them when they are wrong.

use std::ops::Range;

use regex::{Regex, RegexBuilder};
use toml::Spanned;

use crate::diagnostic::{Diagnostic, Source};

use super::blocks::Einleitung;

use super::pattern_cost::costly_part;

/// Refuses expressions such as `[^x]{0,5000}y` that would be slow on long texts.
const SIZE_LIMIT: usize = 1 << 20;
/// Where the sender stands in an introduction.
const SENDER: &str = "{absender}";

/// An expression as the admin wrote it.
pub(super) fn regex(source: &Source, written: &Spanned<String>) -> Result<Regex, Box<Diagnostic>> {
    build_or_refuse(source, written, false)
}

/// An expression that takes capital and small letters for the same.
pub(super) fn regex_any_case(source: &Source, written: &Spanned<String>) -> Result<Regex, Box<Diagnostic>> {
    build_or_refuse(source, written, true)
}

fn build_or_refuse(source: &Source, written: &Spanned<String>, any_case: bool) -> Result<Regex, Box<Diagnostic>> {
    build(written.get_ref(), any_case).map_err(|error| Box::new(refusal(source, written, any_case, error)))
}

fn refusal(source: &Source, written: &Spanned<String>, any_case: bool, error: regex::Error) -> Diagnostic {
    match error {
        regex::Error::Syntax(report) => {
            let (within, reason) = place_in_report(&report);
            let span =
                within.map_or(written.span(), |within| in_source(source, written, bytes_of(written.get_ref(), within)));
            Diagnostic::error(source, span, "the regular expression is not valid").label(reason)
        }
        regex::Error::CompiledTooBig(_) => {
            let is_too_big = |part: &str| matches!(build(part, any_case), Err(regex::Error::CompiledTooBig(_)));
            let span = in_source(source, written, costly_part(written.get_ref(), is_too_big));
            Diagnostic::error(source, span, "the regular expression is too big")
                .label("this part alone is too much")
                .help("use fewer or smaller repetitions, * or + instead of a large number, or [a-z0-9] instead of \\w")
        }
        other => Diagnostic::error(source, written.span(), format!("the regular expression is refused: {other}")),
    }
}

/// An introduction such as `Am * schrieb {absender}:`.
pub(super) fn introduction(source: &Source, written: &Spanned<String>) -> Result<Einleitung, Box<Diagnostic>> {
    let text = written.get_ref().trim();
    let wrong = |title: &str| Box::new(Diagnostic::error(source, written.span(), title));
    if text.matches(SENDER).count() != 1 {
        return Err(wrong("an introduction needs {absender} exactly once"));
    }
    let first = text.split_whitespace().next().unwrap_or_default();
    let am_anfang = !first.contains(['*', '{']);
    let is_word = |word: &&str| word.chars().any(char::is_alphabetic) && !word.contains(['*', '{']);
    let kennwort = text.split_whitespace().find(is_word).map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()));
    let Some(kennwort) = (if am_anfang { Some(first) } else { kennwort }) else {
        return Err(wrong("an introduction needs a word"));
    };
    let literal = |part: &str| part.split_whitespace().map(regex::escape).collect::<Vec<_>>().join(r"\s+");
    let mut pattern = String::from("(?i)^");
    for (index, word) in text.replace(SENDER, " \u{1} ").replace('*', " * ").split_whitespace().enumerate() {
        let follows_anything = pattern.ends_with(".+?") || pattern.ends_with("(.+?)");
        let is_sign = !word.contains(|c: char| c.is_alphanumeric() || matches!(c, '*' | '\u{1}'));
        if index > 0 {
            // A colon stands right behind what it follows.
            pattern.push_str(if follows_anything && is_sign { r"\s*" } else { r"\s+" });
        }
        pattern.push_str(&match word {
            "*" => ".+?".to_owned(),
            "\u{1}" => "(.+?)".to_owned(),
            word => literal(word),
        });
    }
    pattern.push('$');
    let regex = build(&pattern, false).map_err(|_| wrong("the introduction is too long"))?;
    Ok(Einleitung { kennwort: kennwort.to_owned(), am_anfang, muster: regex })
}

fn build(pattern: &str, any_case: bool) -> Result<Regex, regex::Error> {
    RegexBuilder::new(pattern).case_insensitive(any_case).size_limit(SIZE_LIMIT).build()
}

/// Reads the place out of the report that regex gives as text: the pattern, a line of carets below, the reason last.
fn place_in_report(report: &str) -> (Option<Range<usize>>, String) {
    const INDENT: usize = 4;
    let reason = report.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
    let carets = report.lines().find(|line| line.contains('^') && line.chars().all(|c| matches!(c, ' ' | '^')));
    let within = carets.and_then(|line| {
        let start = line.find('^')?.checked_sub(INDENT)?;
        Some(start..start + line.matches('^').count())
    });
    (within, reason)
}

/// Characters of a pattern as bytes.
fn bytes_of(pattern: &str, characters: Range<usize>) -> Range<usize> {
    let offset = |characters: usize| pattern.char_indices().nth(characters).map_or(pattern.len(), |(at, _)| at);
    offset(characters.start)..offset(characters.end)
}

/// Where bytes of a pattern stand in the file; the whole pattern if it holds escapes or several lines.
fn in_source(source: &Source, written: &Spanned<String>, within: Range<usize>) -> Range<usize> {
    let span = written.span();
    let verbatim = source.text.get(span.start + 1..span.end.saturating_sub(1)) == Some(written.get_ref());
    if verbatim { span.start + 1 + within.start..span.start + 1 + within.end } else { span }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caret_stands_in_the_expression() {
        let source = Source { path: "r.toml".into(), text: r"x = 'ä\d{3'".into() };
        let problem = regex(&source, &Spanned::new(4..12, r"ä\d{3".to_owned())).unwrap_err();
        assert_eq!(problem.line_column(), Some((1, 9)), "{problem:?}");
        assert!(problem.label.contains("unclosed"), "{}", problem.label);
        let source = Source { path: "r.toml".into(), text: r"x = 'ä(b|\w{3000})'".into() };
        let problem = regex(&source, &Spanned::new(4..20, r"ä(b|\w{3000})".to_owned())).unwrap_err();
        assert_eq!(problem.title, "the regular expression is too big");
        assert_eq!(&source.text[problem.place.unwrap().1], r"\w{3000}");
    }

    #[test]
    fn introductions() {
        let source = Source { path: "r.toml".into(), text: "".into() };
        let compile = |text: &str| introduction(&source, &Spanned::new(0..0, text.to_owned()));
        let Einleitung { kennwort, am_anfang, muster: german } = compile("Am * schrieb {absender}:").unwrap();
        assert_eq!((kennwort.as_str(), am_anfang), ("Am", true));
        let android = compile("{absender} schrieb am *:").unwrap();
        assert_eq!((android.kennwort.as_str(), android.am_anfang), ("schrieb", false));
        assert!(android.muster.is_match("Kiel <kiel@a.example> schrieb am Mo., 15. Apr. 2024, 11:47:"));
        for (text, sender) in [
            ("Am 15.04.2024 um 11:47 schrieb Kiel <Kiel@a.example>:", Some("Kiel <Kiel@a.example>")),
            ("am Mo., 15. Apr. 2024 um 11:47 Uhr schrieb  <a@b.example> :", Some("<a@b.example>")),
            ("Am Montag schrieb mir jemand.", None),
            ("Am schrieb:", None),
        ] {
            let found = german.captures(text).map(|found| found.get(1).unwrap().as_str());
            assert_eq!(found, sender, "{text}");
        }
        let english = compile("On * {absender} wrote:").unwrap();
        assert!(english.muster.is_match("On Mon, Apr 15, 2024 at 11:47 AM Kiel <Kiel@a.example> wrote:"));
        for wrong in ["Am * schrieb:", "* {absender} :", "Am {absender} {absender}:"] {
            assert!(compile(wrong).is_err(), "{wrong}");
        }
    }
}
