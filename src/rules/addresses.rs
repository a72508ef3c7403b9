//! Reads addresses out of the header lines that mail programs copy into a text.

/// The addresses of a line like `_BA-Mayen <Mayen@x.example>; "Ott, R." [mailto:r.ott@y.example]`, in ASCII lower case
/// (foreign letters stay as they are, so that none turns into a Latin one).
///
/// A display name is never an address, whatever it looks like: where an item has angle brackets, only they count, and
/// an item without must be an address and nothing else. Stops after `limit` addresses and then gives `false`.
pub(super) fn read(line: &str, limit: usize, found: &mut Vec<String>) -> bool {
    // A quote without its end must not hide the rest of the line.
    let quotes_pair_up = line.matches('"').count().is_multiple_of(2);
    let mut keep = |address: Option<&str>| match address {
        Some(_) if found.len() >= limit => false,
        Some(address) => {
            found.push(address.to_ascii_lowercase());
            true
        }
        None => true,
    };
    let (mut quoted, mut item, mut open, mut bracketed) = (false, 0, None, false);
    for (at, c) in line.char_indices() {
        let kept = match c {
            '"' if quotes_pair_up => {
                quoted = !quoted;
                true
            }
            _ if quoted => true,
            '<' | '[' => {
                open = Some(at + 1);
                true
            }
            '>' | ']' => match open.take() {
                Some(start) => {
                    bracketed = true;
                    keep(plain(&line[start..at]))
                }
                None => true,
            },
            ',' | ';' => {
                let kept = bracketed || keep(plain(&line[open.unwrap_or(item)..at]));
                (item, open, bracketed) = (at + 1, None, false);
                kept
            }
            _ => true,
        };
        if !kept {
            return false;
        }
    }
    bracketed || keep(plain(&line[open.unwrap_or(item)..]))
}

/// A bare address, also after `mailto:`.
fn plain(text: &str) -> Option<&str> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\'' | '*'));
    let text = text.strip_prefix("mailto:").unwrap_or(text);
    let (local, domain) = text.rsplit_once('@')?;
    let clean = !text.contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '"' | '<' | '>'));
    (clean && !local.is_empty() && !domain.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_count() {
        for (line, expected) in [
            ("Mayen@a.example", vec!["mayen@a.example"]),
            ("_BA-Mayen <Mayen@a.example>; Kalle <k@b.example>", vec!["mayen@a.example", "k@b.example"]),
            ("Lenz, Beate <b@a.example>, c@a.example", vec!["b@a.example", "c@a.example"]),
            ("Ott [mailto:r.ott@b.example]", vec!["r.ott@b.example"]),
            ("\"Bonn@a.example\" <kunde@b.example>", vec!["kunde@b.example"]),
            ("Bonn@a.example <kunde@b.example>", vec!["kunde@b.example"]),
            ("\"Bonn@a.example, x\" <kunde@b.example>", vec!["kunde@b.example"]),
            ("Bonn@a.example Herr Ott", vec![]),
            ("Kunde <>", vec![]),
            ("Bonn <nichts>", vec![]),
            ("<a@b.example; c@b.example", vec!["a@b.example", "c@b.example"]),
            ("<a@b.example> <c@b.example>", vec!["a@b.example", "c@b.example"]),
            ("\"x <a@b.example>; c@b.example", vec!["a@b.example", "c@b.example"]),
            ("\"<Bonn@a.example>\" <kunde@b.example>", vec!["kunde@b.example"]),
            ("'d@b.example'", vec!["d@b.example"]),
            ("@b.example, a@, @", vec![]),
            ("", vec![]),
        ] {
            let mut found = Vec::new();
            assert!(read(line, 10, &mut found));
            assert_eq!(found, expected, "{line}");
        }
        let mut found = Vec::new();
        assert!(!read("a@b.example,a@b.example,a@b.example", 2, &mut found));
        assert_eq!(found.len(), 2);
    }
}
