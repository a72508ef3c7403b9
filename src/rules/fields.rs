//! Reads the labelled fields of a system mail: `Label: value`, or label and value in table cells.

use super::fold::fold;

/// Most lines that belong to one value.
const MAX_LINES: usize = 12;

/// What stands in a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Value {
    /// Folded; lines end in `\n`.
    pub text: String,
    /// It begins on the line of the label. Otherwise it may be the next field after an empty one.
    pub beside_label: bool,
}

/// All fields with one of these folded labels, in order, empty ones too.
///
/// Between label and value stands a colon or, where two table cells became a line, only a blank.
pub(super) fn all(text: &str, labels: &[String]) -> Vec<Value> {
    let mut found = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let Some(mut value) = labelled(line, labels) else { continue };
        let beside_label = !value.is_empty();
        let mut taken = 0;
        while taken < MAX_LINES && lines.peek().is_some_and(|next| continues(&value, next)) {
            let next = lines.next().unwrap_or_default();
            value = format!("{value}\n{}", fold(next)).trim().to_owned();
            taken += 1;
        }
        found.push(Value { text: value, beside_label });
    }
    found
}

/// What stands behind the label, folded, if the line begins with one of them.
fn labelled(line: &str, labels: &[String]) -> Option<String> {
    let is_margin = |c: char| c.is_whitespace() || matches!(c, ':' | '|' | '*');
    let folded = fold(line.trim_start_matches(is_margin));
    labels.iter().find_map(|label| {
        let rest = folded.strip_prefix(label.as_str())?;
        (rest.is_empty() || rest.starts_with(is_margin)).then(|| rest.trim_matches(is_margin).to_owned())
    })
}

/// Whether a line belongs to the value so far: the first line after a bare label, a list item or an indented line.
fn continues(value: &str, next: &str) -> bool {
    let item = next.trim_start().starts_with(['-', '•', '*', '·']);
    let indented = next.starts_with([' ', '\t']) && !next.trim().is_empty();
    ((item || indented) && !next.contains(':')) || (value.is_empty() && !next.contains([':', '\t', '|']))
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
            ("Art der Veränderung Umzug\nName Ott", vec!["umzug"]),
            ("Art der Veränderung:\nUmzug\nName: Ott", vec!["umzug"]),
            ("Art der Veränderung\n\nUmzug\n\nName\n\nOtt", vec!["umzug"]),
            ("Art der Veränderung:\n- Umzug\n- Arbeitsunfähigkeit\nName: x", vec!["- umzug\n- arbeitsunfaehigkeit"]),
            ("Art der Veränderung: Umzug,\n   Arbeitsunfähigkeit", vec!["umzug,\narbeitsunfaehigkeit"]),
            ("Art der Veränderung: a\nArt der Veränderung: b", vec!["a", "b"]),
            ("Art der Veränderung: Umzug\n- nicht krank: ja", vec!["umzug"]),
            ("Art der Veränderung:\nName: Ott", vec![""]),
            ("Die Art der Veränderung: Umzug", vec![]),
            ("Art der Veränderungen: Umzug", vec![]),
            ("", vec![]),
        ] {
            let texts: Vec<String> = all(text, &labels).into_iter().map(|value| value.text).collect();
            assert_eq!(texts, expected, "{text:?}");
        }
    }
}
