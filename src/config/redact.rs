//! Takes secrets out of the text of a configuration file before any problem shows a line of it.
//!
//! Secrets do not belong into the file, so whoever wrote one there needs the message most, and the message goes to
//! terminals and logs. Characters are replaced one byte by one byte, so that every place stays where it was.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::nearest::nearest;

/// The keys of each table whose values may be shown. What is not here is blanked: people put secrets behind keys that
/// nobody thought of, and a key that is missing here by mistake only makes a message harder to read.
const SHOWN: [(&str, &[&str]); 6] = [
    (
        "dienst",
        &[
            "state_dir",
            "poll_interval_seconds",
            "connect_timeout_seconds",
            "greeting_timeout_seconds",
            "read_timeout_seconds",
            "command_timeout_seconds",
            "retry_initial_seconds",
            "retry_max_seconds",
            "move_batch",
            "pipeline_depth",
            "beobachtung_seconds",
            "beobachtung_befehle_pro_minute",
        ],
    ),
    (
        "kennzeichen",
        &[
            "in_bearbeitung",
            "bearbeitet",
            "bearbeitet_au",
            "zu_loeschen",
            "zurueck_an_sc",
            "sc_ordner",
            "loeschen_impliziert_bearbeitet",
        ],
    ),
    (
        "aufbewahrung",
        &[
            "hashes_tage",
            "hashes_hoechstens_tage",
            "ereignisse_tage",
            "tageswerte_monate",
            "protokolle_monate",
            "automatisch",
        ],
    ),
    ("stammdaten", &["dir"]),
    ("regelwerk", &["dir"]),
    (
        "postfach",
        &[
            "name",
            "address",
            HOST,
            "port",
            "security",
            "ca_file",
            "anmeldung",
            "user",
            "betriebsart",
            "profil",
            "ordner",
            "start_datum",
            "karenz_seconds",
            "kennzeichen_leser",
            "keywords_kopfzeile_geprueft",
        ],
    ),
];

/// The key of the server's name, where a whole URL with its password lands now and then.
const HOST: &str = "host";

/// The keys behind which the place of a secret belongs, each with its table.
const SOURCES: [(&str, &str); 2] = [("dienst", "hash_key"), ("postfach", "password")];

/// The text with all secrets as asterisks. `broken` says that the file has syntax errors and the table may lack parts
/// of it; then whole lines are judged by their look.
pub fn redact(text: &str, table: &DeTable<'_>, broken: bool) -> String {
    let mut secrets = Vec::new();
    for (key, value) in table {
        match SHOWN.iter().find(|(name, _)| *name == key.get_ref()) {
            Some((name, shown)) => collect(name, shown, value, &mut secrets),
            None => collect_all(value, &mut secrets),
        }
    }
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

/// One of the known tables, or a list of them.
fn collect(name: &str, shown: &[&str], value: &Spanned<DeValue<'_>>, secrets: &mut Vec<Range<usize>>) {
    match value.get_ref() {
        DeValue::Array(array) => array.iter().for_each(|item| collect(name, shown, item, secrets)),
        DeValue::Table(table) => {
            for (key, value) in table {
                let key: &str = key.get_ref();
                match value.get_ref() {
                    _ if SOURCES.contains(&(name, key)) => collect_source(value, secrets),
                    DeValue::String(host) if key == HOST && !holds_an_account(host) => {}
                    DeValue::Array(array) if key != HOST && shown.contains(&key) => {
                        array
                            .iter()
                            .filter(|item| !item.get_ref().is_str())
                            .for_each(|item| collect_all(item, secrets));
                    }
                    DeValue::Table(_) | DeValue::Array(_) => collect_all(value, secrets),
                    _ if key != HOST && shown.contains(&key) => {}
                    _ => collect_all(value, secrets),
                }
            }
        }
        _ => collect_all(value, secrets),
    }
}

/// Everything in a value.
fn collect_all(value: &Spanned<DeValue<'_>>, secrets: &mut Vec<Range<usize>>) {
    match value.get_ref() {
        DeValue::Table(table) => table.iter().for_each(|(_, value)| collect_all(value, secrets)),
        DeValue::Array(array) => array.iter().for_each(|item| collect_all(item, secrets)),
        _ => secrets.push(value.span()),
    }
}

/// Whether the name of a server looks like a URL, or has a user before it.
fn holds_an_account(host: &str) -> bool {
    host.contains('@') || host.contains("://")
}

/// Whether a key, perhaps mistyped, is one that people put secrets behind.
fn names_a_secret(key: &str) -> bool {
    let key = key.to_lowercase();
    ["pass", "pwd", "kennwort", "geheim", "secret", "token", "hash_key"].iter().any(|part| key.contains(part))
        || nearest(&key, ["password", "passwort", "hash_key", "kennwort"]).is_some()
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

/// Of a line that may hold a secret, all after the first `=`, and a multi-line string to its end; of a line that is
/// nothing known, all of it.
fn collect_by_look(text: &str, secrets: &mut Vec<Range<usize>>) {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let is_structure = line.trim_start().is_empty() || line.trim_start().starts_with(['#', '[']);
        match line.split_once('=') {
            Some((key, value)) if hides_by_look(line, key, value) => {
                let from = start + key.len() + 1;
                let value_start = from + value.len() - value.trim_start().len();
                let delimiter = ["\"\"\"", "'''"].into_iter().find(|quotes| value.trim_start().starts_with(quotes));
                let to = match delimiter {
                    Some(quotes) => text[value_start + 3..].find(quotes).map_or(text.len(), |at| value_start + 3 + at),
                    None => start + line.len(),
                };
                secrets.push(from..to);
            }
            None if !is_structure => {
                let word = line.find(char::is_whitespace).filter(|at| is_shown(&line[..*at])).unwrap_or_default();
                secrets.push(start + word..start + line.len());
            }
            _ => {}
        }
        start += line.len();
    }
}

fn hides_by_look(line: &str, key: &str, value: &str) -> bool {
    let key = key.trim();
    !is_shown(key)
        || (key == HOST && holds_an_account(value))
        || line.split(|c: char| !c.is_alphanumeric() && c != '_').any(names_a_secret)
}

/// Whether a key is known in any table.
fn is_shown(key: &str) -> bool {
    SHOWN.iter().any(|(_, keys)| keys.contains(&key))
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
            "pw = \"geheim-47\"",
            "[geheimes]\nx = [{ y = \"geheim-47\" }]",
            "[[postfach]]\npw = \"geheim-47\"",
            "[[postfach]]\ncredentials = { wert = \"geheim-47\" }",
            "[[postfach]]\nuser.x = \"geheim-47\"",
            "[[postfach]]\nhash_key = { file = \"geheim-47\" }",
            "[[postfach]]\nhost = \"imaps://svc:geheim-47@mail.example\"",
            "[[postfach]]\nhost = [\"geheim-47\"]",
            "[[postfach]]\nhost = \"svc:geheim-47@mail.example",
            "postfach = \"geheim-47\"",
            "[[postfach]]\npw = geheim-47",
            "[[postfach]]\npw: geheim-47",
            "[[postfach]]\nhost \"svc:geheim-47@mail.example\"",
            "[[postfach]]\npw = '''\ngeheim-47\n''' x",
        ] {
            let shown = check(text);
            assert!(!shown.contains("geheim-47"), "{text}\n{shown}");
            assert_eq!(shown.len(), text.len(), "places must stay");
        }
    }

    #[test]
    fn the_place_of_a_secret_stays_readable() {
        for text in [
            "[[postfach]]\npassword = { file = \"/run/geheim\" }",
            "[postfach.password]\nenv = \"PW_NORD\"",
            "[dienst]\nhash_key = { credential = \"hash-key\" }\nstate_dir = \"ä\"",
        ] {
            assert_eq!(check(text), text);
        }
    }

    #[test]
    fn what_is_known_stays_readable() {
        let shipped = include_str!("../../config/postweiche.toml");
        assert_eq!(check(shipped), shipped);
        let broken = "[[postfach]]\nhost = mail.example\nport = 1\nordner = \"x\ny = 1\n";
        assert_eq!(check(broken), "[[postfach]]\nhost = mail.example\nport = 1\nordner = \"x\ny =**\n");
    }
}
