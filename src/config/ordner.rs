//! The template of target folders, e.g. `INBOX/{ordner}`.

use super::Postfach;
use crate::domain::agentur::Agentur;

/// What stands for the folder of the Agentur.
const PLACEHOLDER: &str = "{ordner}";

impl Postfach {
    /// The target folder of an Agentur in this mailbox, still with `/` as hierarchy. A first component INBOX is written
    /// in capitals (RFC 3501, 5.1).
    pub fn folder_for(&self, agentur: &Agentur) -> String {
        let name = self.ordner.replace(PLACEHOLDER, &agentur.ordner);
        with_inbox(&name)
    }
}

/// The path with a first component INBOX in capitals.
pub fn with_inbox(path: &str) -> String {
    match path.split_once('/') {
        Some((first, rest)) if first.eq_ignore_ascii_case("INBOX") => format!("INBOX/{rest}"),
        None if path.eq_ignore_ascii_case("INBOX") => "INBOX".to_owned(),
        _ => path.to_owned(),
    }
}

/// What is wrong with the name of the folder for mail that cannot be read, if anything.
pub fn pruefordner_problem(name: &str) -> Option<&'static str> {
    if name.contains(['{', '}']) {
        return Some("contains a placeholder, but is one folder for the whole mailbox");
    }
    // Where servers show the INBOX of other mailboxes, its name stands at the end.
    if name.rsplit('/').next().is_some_and(|last| last.eq_ignore_ascii_case("INBOX")) {
        return Some(
            "is the INBOX itself, or that of another mailbox; without this key, mail that cannot be read stays there",
        );
    }
    folder_problem(name)
}

/// What is wrong with a template, if anything.
pub fn template_problem(template: &str) -> Option<&'static str> {
    let rest = template.replacen(PLACEHOLDER, "", 1);
    if rest == template {
        return Some("does not contain {ordner}, so that all mail would go into one folder");
    }
    if rest.contains(['{', '}']) {
        return Some("contains {ordner} more than once, or another placeholder");
    }
    folder_problem(template)
}

/// What is wrong with a folder name whose hierarchy is `/`, if anything.
pub fn folder_problem(name: &str) -> Option<&'static str> {
    if name.split('/').any(|component| component.trim().is_empty()) {
        return Some("has an empty part between its \"/\", or at one end");
    }
    if name.contains(char::is_control) {
        return Some("holds a control character");
    }
    if name.contains(['*', '%']) {
        return Some("holds * or %, which are wildcards in IMAP");
    }
    None
}
