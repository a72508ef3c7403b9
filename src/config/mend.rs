//! Closes inline tables that nobody closed, so that one forgotten `}` is told as one fault.
//!
//! To the parser all that follows such a `{` belongs to it, whole mailboxes included, and each line of it is a fault.

use std::ops::Range;

use toml::de::DeTable;

/// A text as long as the one that was read, in which each place is where it was.
#[derive(Debug)]
pub struct Mended {
    pub text: String,
    /// The braces that were never closed.
    pub braces: Vec<Range<usize>>,
}

/// Blanks each line with an unclosed `{`, as long as that leaves fewer syntax errors.
pub fn mend(text: &str) -> Mended {
    let mut mended = Mended { text: text.to_owned(), braces: Vec::new() };
    loop {
        let errors = DeTable::parse_recoverable(&mended.text).1;
        if !errors.iter().any(|error| error.message().starts_with("unclosed inline table")) {
            return mended;
        }
        let attempts = unclosed(&mended.text).into_iter().map(|(line, brace)| {
            let mut text = mended.text.clone();
            text.replace_range(line.clone(), &" ".repeat(line.len()));
            (DeTable::parse_recoverable(&text).1.len(), brace, text)
        });
        let Some((left, brace, text)) = attempts.min_by_key(|(left, ..)| *left) else { return mended };
        if left >= errors.len() {
            return mended;
        }
        mended.text = text;
        mended.braces.push(brace..brace + 1);
    }
}

/// Each line that leaves a `{` open, and the place of the first such `{`.
fn unclosed(text: &str) -> Vec<(Range<usize>, usize)> {
    let mut found = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let written = line.trim_end_matches(['\n', '\r']);
        found.extend(unclosed_in(written).map(|brace| (start..start + written.len(), start + brace)));
        start += line.len();
    }
    found
}

fn unclosed_in(line: &str) -> Option<usize> {
    let mut open = Vec::new();
    let mut quote = None;
    let mut escaped = false;
    for (at, c) in line.char_indices() {
        match (quote, c) {
            (Some('"'), '\\') => {
                escaped = !escaped;
                continue;
            }
            (Some(mark), c) if c == mark && !escaped => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '#') => break,
            (None, '{') => open.push(at),
            (None, '}') => drop(open.pop()),
            (None, _) => {}
        }
        escaped = false;
    }
    open.first().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_not_closed_is_mended() {
        for (text, expected, braces) in [
            ("a = { b = 1\nc = 2\n[d]\n", "           \nc = 2\n[d]\n", &[4][..]),
            ("a = {\r\n[b]\nc = { d = \"}\" # }\n", "     \r\n[b]\n                 \n", &[4, 15]),
            ("a = {\n  b = 1\n}\nc = { d = 1\n[e]\n", "a = {\n  b = 1\n}\n           \n[e]\n", &[20]),
            ("a = { b = '{' }\n", "a = { b = '{' }\n", &[]),
            ("a = [1\n[b]\n", "a = [1\n[b]\n", &[]),
        ] {
            let mended = mend(text);
            let mut starts: Vec<usize> = mended.braces.iter().map(|brace| brace.start).collect();
            starts.sort_unstable();
            assert_eq!((mended.text.as_str(), &starts[..]), (expected, braces), "{text}");
            assert_eq!(mended.text.len(), text.len(), "places must stay");
        }
    }
}
