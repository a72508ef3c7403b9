//! Reads the labelled fields of a system mail: `Label: value`, or label and value in table cells.

use super::fold::fold;

/// Most lines that belong to one value.
const MAX_LINES: usize = 12;
/// Most lines behind a value that may go on with it.
const MAX_FOLLOWING: usize = 2;

/// What stands in a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Value {
    /// Folded; lines end in `\n`.
    pub text: String,
    /// It begins on the line of the label. Otherwise it may be the next field after an empty one.
    pub beside_label: bool,
    /// The next lines as long as they have no label, folded; they may go on with the value.
    pub following: String,
    /// How many lines stand above.
    pub above: usize,
}

/// All fields with one of these folded labels, in order, empty ones too.
///
/// Between label and value stands a colon or, where two table cells became a line, only a blank.
pub(super) fn all(text: &str, labels: &[String]) -> Vec<Value> {
    let mut found = Vec::new();
    let lines: Vec<&str> = text.lines().collect();
    let mut at = 0;
    while at < lines.len() {
        let Some(mut value) = labelled(lines[at], labels) else {
            at += 1;
            continue;
        };
        let (above, beside_label) = (at, !value.is_empty());
        at += 1;
        let most = at + MAX_LINES;
        while at < most.min(lines.len()) && continues(&value, lines[at]) {
            value = format!("{value}\n{}", fold(lines[at])).trim().to_owned();
            at += 1;
        }
        let following =
            lines[at..].iter().take(MAX_FOLLOWING).take_while(|line| !line.contains(':') && !line.trim().is_empty());
        let following = following.map(|line| fold(line)).collect::<Vec<_>>().join("\n");
        found.push(Value { text: value, beside_label, following, above });
    }
    found
}

/// What stands behind the label, folded, if the line begins with one of them.
fn labelled(line: &str, labels: &[String]) -> Option<String> {
    let is_margin = |c: char| c.is_whitespace() || matches!(c, ':' | '|' | '*');
    let folded = fold(line.trim_start_matches(is_margin));
    let behind = |label: &String| {
        folded.strip_prefix(label.as_str()).filter(|rest| rest.is_empty() || rest.starts_with(is_margin))
    };
    // `PLZ / Ort` begins with `PLZ`, too.
    let rest = labels.iter().filter_map(behind).min_by_key(|rest| rest.len())?;
    Some(rest.trim_matches(is_margin).to_owned())
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

    #[test]
    fn lines_that_follow() {
        let labels = ["anschrift".to_owned()];
        for (text, beside, following, above) in [
            ("Anschrift: Weg 5\n53111 Bonn\nx\ny", true, "53111 bonn\nx", 0),
            ("Anschrift: Weg 5\n53111 Bonn\nTel: y", true, "53111 bonn", 0),
            ("Anschrift: Weg 5\n\n53111 Bonn", true, "", 0),
            ("x\ny\nAnschrift:\nWeg 5\n53111 Bonn", false, "53111 bonn", 2),
        ] {
            let value = &all(text, &labels)[0];
            assert_eq!((value.beside_label, &*value.following, value.above), (beside, following, above), "{text}");
        }
        let items =
            |count: usize| all(&format!("Anschrift:{}", "\n- x".repeat(count)), &labels)[0].text.lines().count();
        assert_eq!((items(12), items(13)), (12, 12));
        assert_eq!(all("PLZ / Ort: x", &["plz".to_owned(), "plz / ort".to_owned()])[0].text, "x");
        for (value, next, goes_on) in [
            ("a", "- x", true),
            ("a", "- x: y", false),
            ("a", "  x", true),
            ("a", "\tx", true),
            ("a", "  ", false),
            ("a", "x", false),
            ("", "x", true),
            ("", "", true),
            ("", "x: y", false),
            ("", "x\ty", false),
            ("", "x | y", false),
        ] {
            assert_eq!(continues(value, next), goes_on, "{value:?} {next:?}");
        }
    }
}
