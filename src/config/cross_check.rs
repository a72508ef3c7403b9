//! What shows only when configuration and master data are seen together.

use std::collections::HashMap;
use std::ops::Range;

use super::{Config, Origin, Postfach, nearest};
use crate::diagnostic::Diagnostic;
use crate::domain::agentur::Agentur;
use crate::domain::stammdaten::Stammdaten;

/// Compares the mailboxes with the Agenturen. `origin` belongs to the same file as `config`.
pub fn cross_check(config: &Config, origin: &Origin, stammdaten: &Stammdaten) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    for (postfach, place) in config.postfaecher.iter().zip(&origin.postfaecher) {
        let finding = |title: String| Diagnostic::error(&origin.source, Range::clone(place), title);
        let agenturen: Vec<&Agentur> =
            stammdaten.agenturen().iter().filter(|agentur| agentur.sc_region == postfach.name).collect();
        if agenturen.is_empty() {
            let problem = finding(format!("no Agentur belongs to the SC region \"{}\"", postfach.name)).warning();
            let regions = stammdaten.agenturen().iter().map(|agentur| agentur.sc_region.as_str());
            problems.push(match nearest(&postfach.name, regions) {
                Some(near) => problem.help(format!("nothing would be moved here; agenturen.csv knows \"{near}\"")),
                None => problem.help("nothing would be moved here; compare the column \"sc_region\" of agenturen.csv"),
            });
        }
        folders(postfach, &agenturen, &finding, &mut problems);
    }
    problems
}

/// Each Agentur needs a folder of its own, and none may be the INBOX itself or the one for mail that cannot be read.
fn folders(
    postfach: &Postfach,
    agenturen: &[&Agentur],
    finding: &dyn Fn(String) -> Diagnostic,
    problems: &mut Vec<Diagnostic>,
) {
    let mut owners: HashMap<String, &str> = HashMap::new();
    let pruefordner = postfach.pruefordner.as_ref().map(|folder| folder.to_lowercase());
    for agentur in agenturen {
        let folder = postfach.folder_for(agentur);
        if pruefordner.as_ref() == Some(&folder.to_lowercase()) {
            let title = format!("mailbox \"{}\": \"pruefordner\" is the folder of \"{}\"", postfach.name, agentur.slug);
            problems.push(finding(title).help("mail that nobody has read must not lie among the mail of an Agentur"));
        }
        if is_inbox(&folder) {
            let title = format!(
                "mailbox \"{}\": the folder of \"{}\" is the INBOX itself, or that of another mailbox",
                postfach.name, agentur.slug
            );
            problems.push(finding(title).help("change \"ordner\" here or in agenturen.csv"));
        }
        if let Some(other) = owners.insert(folder.to_lowercase(), &agentur.slug) {
            let title = format!(
                "mailbox \"{}\": \"{other}\" and \"{}\" share the folder \"{folder}\"",
                postfach.name, agentur.slug
            );
            problems.push(finding(title).help("give each Agentur its own \"ordner\" in agenturen.csv"));
        }
    }
}

/// Whether it is the INBOX, in whatever case (RFC 3501, 5.1), or bears its name at the end of a path as the INBOX of
/// another mailbox does where servers show those: mail moved there would be polled and moved again.
fn is_inbox(folder: &str) -> bool {
    folder.rsplit('/').next().is_some_and(|last| last.eq_ignore_ascii_case("INBOX"))
}

#[cfg(test)]
#[path = "cross_check_tests.rs"]
mod tests;
