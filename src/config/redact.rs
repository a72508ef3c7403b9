//! Takes secrets out of the text of a configuration file before any problem shows a line of it.
//!
//! Secrets do not belong into the file, so whoever wrote one there needs the message most, and the message goes to
//! terminals and logs. Characters are replaced one byte by one byte, so that every place stays where it was.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::nearest::nearest;

/// The text with all secrets as asterisks. `broken` says that the file has syntax errors and the table may lack parts
/// of it; then whole lines are judged by their look.
pub fn redact(text: &str, table: &DeTable<'_>, broken: bool) -> String {
    let mut secrets = Vec::new();
    collect(table, &mut secrets);
    if broken {
        collect_by_look(text, &mut secrets);
    }
    let mut bytes = text.as_bytes().to_vec();
    for span in secrets {
        for byte in &mut bytes[span] {
            if !matches!(byte, b'\n' | b'\r') {
                *byte = b'*';
            }
        }
    }
    // Spans come from the parser and end at character borders; if one did not, the rest of that character is lost too.
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Whether a key, perhaps mistyped, is one that people put secrets behind.
fn names_a_secret(key: &str) -> bool {
    let key = key.to_lowercase();
    ["pass", "pwd", "kennwort", "geheim", "secret", "token", "hash_key"].iter().any(|part| key.contains(part))
        || nearest(&key, ["password", "passwort", "hash_key", "kennwort"]).is_some()
}

fn collect(table: &DeTable<'_>, secrets: &mut Vec<Range<usize>>) {
    for (key, value) in table {
        if names_a_secret(key.get_ref()) {
            collect_source(value, secrets);
        } else {
            collect_inside(value, secrets);
        }
    }
}

fn collect_inside(value: &Spanned<DeValue<'_>>, secrets: &mut Vec<Range<usize>>) {
    match value.get_ref() {
        DeValue::Table(table) => collect(table, secrets),
        DeValue::Array(array) => array.iter().for_each(|item| collect_inside(item, secrets)),
        _ => {}
    }
}

/// A value where `{ file | env | credential }` belongs: only these three may be shown.
fn collect_source(value: &Spanned<DeValue<'_>>, secrets: &mut Vec<Range<usize>>) {
    let DeValue::Table(table) = value.get_ref() else {
        secrets.push(value.span());
        return;
    };
    for (key, value) in table {
        let shown = match (&**key.get_ref(), value.get_ref()) {
            ("file", DeValue::String(_)) => true,
            ("env", DeValue::String(name)) => is_variable_name(name),
            ("credential", DeValue::String(name)) => is_credential_name(name),
            _ => false,
        };
        if !shown {
            secrets.push(value.span());
        }
    }
}

/// Whether this can be the name of an environment variable, and not something else written in its place.
pub fn is_variable_name(name: &str) -> bool {
    !name.starts_with(|c: char| c.is_ascii_digit())
        && !name.is_empty()
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Whether this can be the name of a systemd credential: a plain file name.
pub fn is_credential_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with('.')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))
}

/// Of a line that speaks of a secret, all after the first `=`, and a multi-line string to its end.
fn collect_by_look(text: &str, secrets: &mut Vec<Range<usize>>) {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if let Some((key, value)) = line.split_once('=')
            && (names_a_secret(key.trim())
                || line.split(|c: char| !c.is_alphanumeric() && c != '_').any(names_a_secret))
        {
            let from = start + key.len() + 1;
            let value_start = from + value.len() - value.trim_start().len();
            let delimiter = ["\"\"\"", "'''"].into_iter().find(|quotes| value.trim_start().starts_with(quotes));
            let to = match delimiter {
                Some(quotes) => text[value_start + 3..].find(quotes).map_or(text.len(), |at| value_start + 3 + at),
                None => start + line.len(),
            };
            secrets.push(from..to);
        }
        start += line.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> String {
        let (table, errors) = DeTable::parse_recoverable(text);
        redact(text, table.get_ref(), !errors.is_empty())
    }

    #[test]
    fn no_secret_survives() {
        for text in [
            "password = \"geheim-47\"",
            "password = 'geheim-47'",
            "password = \"\"\"\ngeheim-47\n\"\"\"",
            "pasword = \"geheim-47\"",
            "Passwort = \"geheim-47\"",
            "[[postfach]]\npassword = { text = \"geheim-47\" }",
            "[[postfach]]\npassword = { env = \"geheim-47\" }",
            "postfach = [{ name = \"x\", password = \"geheim-47\" }]",
            "[dienst]\nhash_key = \"geheim-47\"",
            "[dienst.hash_key]\nvalue = \"geheim-47\"",
            "password = [\"geheim-47\"]",
            "password = \"geheim-47",
            "password = geheim-47",
            "password \"x\" = geheim-47",
            "password = \"\"\"\ngeheim-47\nname = \"x\"",
            "x = 1 password = { file = \"geheim-47\" ",
        ] {
            let shown = check(text);
            assert!(!shown.contains("geheim-47"), "{text}\n{shown}");
            assert_eq!(shown.len(), text.len(), "places must stay");
        }
    }

    #[test]
    fn the_place_of_a_secret_stays_readable() {
        for text in [
            "password = { file = \"/run/geheim\" }",
            "password = { env = \"PW_NORD\" }",
            "[dienst]\nhash_key = { credential = \"hash-key\" }\nstate_dir = \"ä\"",
        ] {
            assert_eq!(check(text), text);
        }
    }
}
