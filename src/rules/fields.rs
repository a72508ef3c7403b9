//! Reads the labelled fields of a system mail: `Label: value`, or label and value in table cells.

use super::fold::fold;

/// Most lines that belong to one value.
const MAX_LINES: usize = 12;
/// Where a label must have ended, in bytes of its line.
const MAX_LABEL: usize = 80;

/// The folded values of all fields with one of these folded labels, in order; empty values are left out.
pub(super) fn values(text: &str, labels: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let Some(rest) = labelled(line, labels) else { continue };
        let mut value = fold(rest);
        let mut taken = 0;
        while taken < MAX_LINES && lines.peek().is_some_and(|next| continues(&value, next)) {
            let next = lines.next().unwrap_or_default();
            value = format!("{value}\n{}", fold(next)).trim().to_owned();
            taken += 1;
        }
        if !value.is_empty() {
            found.push(value);
        }
    }
    found
}

/// What stands behind the label, if the line begins with one of them.
fn labelled<'t>(line: &'t str, labels: &[String]) -> Option<&'t str> {
    let is_margin = |c: char| c.is_whitespace() || matches!(c, ':' | '|' | '*');
    let line = line.trim_matches(is_margin);
    let end = line
        .char_indices()
        .take_while(|&(at, _)| at <= MAX_LABEL)
        .find(|&(at, c)| matches!(c, ':' | '\t' | '|') || line[at..].starts_with("  "))
        .map_or(line.len(), |(at, _)| at);
    if end > MAX_LABEL {
        return None;
    }
    let (label, rest) = line.split_at(end);
    let label = fold(label.trim_matches(is_margin));
    labels.contains(&label).then(|| rest.trim_start_matches(is_margin))
}

/// Whether a line belongs to the value so far: the first line after a bare label, a list item or an indented line.
fn continues(value: &str, next: &str) -> bool {
    let item = next.trim_start().starts_with(['-', '•', '*', '·']);
    let indented = next.starts_with([' ', '\t']) && !next.trim().is_empty() && !next.contains(':');
    item || indented || (value.is_empty() && !next.contains([':', '\t', '|']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_in_every_layout() {
        let labels = [fold("Art der Veränderung")];
        for (text, expected) in [
            ("Art der Veränderung: Umzug", vec!["umzug"]),
            ("x\nART DER VERAENDERUNG :  Umzug \ny: z", vec!["umzug"]),
            ("Art der Veränderung\tUmzug\nName\tOtt", vec!["umzug"]),
            ("| Art der Veränderung | Umzug |", vec!["umzug"]),
            ("Art der Veränderung  Umzug", vec!["umzug"]),
            ("Art der Veränderung:\nUmzug\nName: Ott", vec!["umzug"]),
            ("Art der Veränderung\n\nUmzug\n\nName\n\nOtt", vec!["umzug"]),
            ("Art der Veränderung:\n- Umzug\n- Arbeitsunfähigkeit\nName: x", vec!["- umzug\n- arbeitsunfaehigkeit"]),
            ("Art der Veränderung: Umzug,\n   Arbeitsunfähigkeit", vec!["umzug,\narbeitsunfaehigkeit"]),
            ("Art der Veränderung: a\nArt der Veränderung: b", vec!["a", "b"]),
            ("Art der Veränderung:\nName: Ott", vec![]),
            ("Die Art der Veränderung: Umzug", vec![]),
            ("Art der Veränderung ist Umzug", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(values(text, &labels), expected, "{text:?}");
        }
    }
}
