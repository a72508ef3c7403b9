//! Compiles the expressions of rule files, and points into them when they are wrong.

use std::ops::Range;

use regex::{Regex, RegexBuilder};
use toml::Spanned;

use crate::diagnostic::{Diagnostic, Source};

/// Refuses expressions such as `[^x]{0,5000}y` that would be slow on long texts.
const SIZE_LIMIT: usize = 1 << 20;
/// Where the sender stands in an introduction.
const SENDER: &str = "{absender}";

/// An expression as the admin wrote it.
pub(super) fn regex(source: &Source, written: &Spanned<String>) -> Result<Regex, Box<Diagnostic>> {
    build(written.get_ref()).map_err(|error| Box::new(refusal(source, written, error)))
}

fn refusal(source: &Source, written: &Spanned<String>, error: regex::Error) -> Diagnostic {
    match error {
        regex::Error::Syntax(report) => {
            let (within, reason) = place_in_report(&report);
            let span = within.map_or(written.span(), |within| in_source(source, written, within));
            Diagnostic::error(source, span, "the regular expression is not valid").label(reason)
        }
        regex::Error::CompiledTooBig(_) => {
            Diagnostic::error(source, written.span(), "the regular expression is too big")
                .help("use fewer or smaller repetitions")
        }
        other => Diagnostic::error(source, written.span(), format!("the regular expression is refused: {other}")),
    }
}

/// An introduction such as `Am * schrieb {absender}:`; also its first word.
pub(super) fn introduction(source: &Source, written: &Spanned<String>) -> Result<(String, Regex), Box<Diagnostic>> {
    let text = written.get_ref().trim();
    let wrong = |title: &str| Box::new(Diagnostic::error(source, written.span(), title));
    if text.matches(SENDER).count() != 1 {
        return Err(wrong("an introduction needs {absender} exactly once"));
    }
    let first = text.split_whitespace().next().unwrap_or_default();
    if first.contains(['*', '{']) {
        return Err(wrong("an introduction must begin with a word"));
    }
    let literal = |part: &str| part.split_whitespace().map(regex::escape).collect::<Vec<_>>().join(r"\s+");
    let mut pattern = String::from("(?i)^");
    for (index, word) in text.replace(SENDER, " \u{1} ").split_whitespace().enumerate() {
        let follows_sender = pattern.ends_with("(.+?)");
        if index > 0 {
            // A colon stands right behind the sender.
            pattern.push_str(if follows_sender { r"\s*" } else { r"\s+" });
        }
        pattern.push_str(&match word {
            "*" => ".+?".to_owned(),
            "\u{1}" => "(.+?)".to_owned(),
            word => literal(word),
        });
    }
    pattern.push('$');
    let regex = build(&pattern).map_err(|_| wrong("the introduction is too long"))?;
    Ok((first.to_owned(), regex))
}

fn build(pattern: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(pattern).size_limit(SIZE_LIMIT).build()
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

/// Where characters of a pattern stand in the file; the whole pattern if it holds escapes or several lines.
fn in_source(source: &Source, written: &Spanned<String>, within: Range<usize>) -> Range<usize> {
    let span = written.span();
    let pattern = written.get_ref();
    let verbatim = source.text.get(span.start + 1..span.end.saturating_sub(1)) == Some(pattern);
    let offset = |characters: usize| pattern.char_indices().nth(characters).map_or(pattern.len(), |(at, _)| at);
    if verbatim { span.start + 1 + offset(within.start)..span.start + 1 + offset(within.end) } else { span }
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
    }

    #[test]
    fn introductions() {
        let source = Source { path: "r.toml".into(), text: "".into() };
        let compile = |text: &str| introduction(&source, &Spanned::new(0..0, text.to_owned()));
        let (word, german) = compile("Am * schrieb {absender}:").unwrap();
        assert_eq!(word, "Am");
        for (text, sender) in [
            ("Am 15.04.2024 um 11:47 schrieb Kiel <Kiel@a.example>:", Some("Kiel <Kiel@a.example>")),
            ("am Mo., 15. Apr. 2024 um 11:47 Uhr schrieb  <a@b.example> :", Some("<a@b.example>")),
            ("Am Montag schrieb mir jemand.", None),
            ("Am schrieb:", None),
        ] {
            let found = german.captures(text).map(|found| found.get(1).unwrap().as_str());
            assert_eq!(found, sender, "{text}");
        }
        let (_, english) = compile("On * {absender} wrote:").unwrap();
        assert!(english.is_match("On Mon, Apr 15, 2024 at 11:47 AM Kiel <Kiel@a.example> wrote:"));
        for wrong in ["Am * schrieb:", "* schrieb {absender}:", "{absender} schrieb:", "Am {absender} {absender}:"] {
            assert!(compile(wrong).is_err(), "{wrong}");
        }
    }
}
