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
        match name.split_once('/') {
            Some((first, rest)) if first.eq_ignore_ascii_case("INBOX") => format!("INBOX/{rest}"),
            None if name.eq_ignore_ascii_case("INBOX") => "INBOX".to_owned(),
            _ => name,
        }
    }
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
