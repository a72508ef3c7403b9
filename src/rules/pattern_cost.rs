//! Finds the part of a regular expression that makes it too big.

use std::ops::Range;

use regex_syntax::ast::parse::Parser;
use regex_syntax::ast::{Ast, Group, GroupKind};

/// Where in a pattern that is too big the smallest part stands that is too big on its own, as a byte range.
pub(super) fn costly_part(pattern: &str, is_too_big: impl Fn(&str) -> bool) -> Range<usize> {
    let Ok(whole) = Parser::new().parse(pattern) else { return 0..pattern.len() };
    let (mut part, mut flags) = (&whole, String::new());
    while let Some((inner, more)) = inner_parts(part, pattern)
        .into_iter()
        .map(|(inner, more)| (inner, format!("{flags}{more}")))
        .find(|(inner, more)| is_too_big(&format!("{more}{}", &pattern[range(inner)])))
    {
        (part, flags) = (inner, more);
    }
    range(part)
}

/// The parts that an expression is made of, each with the flags that are set for it there.
fn inner_parts<'a>(part: &'a Ast, pattern: &str) -> Vec<(&'a Ast, String)> {
    match part {
        Ast::Repetition(repetition) => vec![(&repetition.ast, String::new())],
        Ast::Group(group) => vec![(&group.ast, flags_of(group, pattern))],
        Ast::Alternation(alternation) => alternation.asts.iter().map(|inner| (inner, String::new())).collect(),
        Ast::Concat(concat) => {
            let mut flags = String::new();
            let mut parts = Vec::new();
            for inner in &concat.asts {
                if let Ast::Flags(_) = inner {
                    flags.push_str(&pattern[range(inner)]);
                }
                parts.push((inner, flags.clone()));
            }
            parts
        }
        _ => Vec::new(),
    }
}

/// The flags of `(?i:...)` as `(?i)`.
fn flags_of(group: &Group, pattern: &str) -> String {
    match &group.kind {
        GroupKind::NonCapturing(flags) if !flags.items.is_empty() => {
            format!("(?{})", &pattern[flags.span.start.offset..flags.span.end.offset])
        }
        _ => String::new(),
    }
}

fn range(part: &Ast) -> Range<usize> {
    let span = part.span();
    span.start.offset..span.end.offset
}

#[cfg(test)]
mod tests {
    use regex::{Error, RegexBuilder};

    use super::*;

    #[test]
    fn the_smallest_part_is_found() {
        let is_too_big = |pattern: &str| {
            matches!(RegexBuilder::new(pattern).size_limit(1 << 20).build(), Err(Error::CompiledTooBig(_)))
        };
        for (pattern, expected) in [
            (r"ä[^x]{0,5000}y", r"[^x]{0,5000}"),
            (r"a(b|(\w{3000})|c)\d", r"\w{3000}"),
            (r"x(\w{9}){90}y", r"(\w{9}){90}"),
            (r"(?i)a(?-u:\w{3})\w{3000}", r"\w{3000}"),
            (r"(?s-u:a(?u:.{5000}))", r".{5000}"),
            (r"\w{20}a\w{20}b\w{20}", r"\w{20}a\w{20}b\w{20}"),
        ] {
            assert!(is_too_big(pattern), "{pattern}");
            assert_eq!(&pattern[costly_part(pattern, is_too_big)], expected);
        }
    }
}
