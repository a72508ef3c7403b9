//! The folders that a mailbox should have.

use super::facts::Target;
use super::scope::Scope;
use crate::config::Postfach;
use crate::domain::agentur::Agentur;
use crate::plan::target::target_folder;

/// The folder for what cannot be read.
pub(super) fn pruefordner(postfach: &Postfach, separator: Option<char>) -> Option<Target> {
    postfach.pruefordner.as_ref().map(|path| Target {
        agentur: String::new(),
        slug: String::new(),
        folder: target_folder(path, separator),
        path: path.clone(),
        ordner: path.clone(),
        later: false,
        answers: None,
    })
}

/// The folders of the Agenturen of this region; those whose time is over are left out. In a self-test only its own.
pub(super) fn targets(postfach: &Postfach, scope: &Scope<'_>, separator: Option<char>) -> Vec<Target> {
    let today = scope.today;
    let asked = |agentur: &&Agentur| scope.selbsttest.is_none_or(|slug| agentur.slug == slug);
    let here = scope.agenturen.iter().filter(asked).filter(|agentur| agentur.sc_region == postfach.name);
    let current = here.filter(|agentur| agentur.gueltigkeit.bis.is_none_or(|last| today <= last));
    current
        .map(|agentur| {
            let path = postfach.folder_for(agentur);
            Target {
                agentur: agentur.to_string(),
                slug: agentur.slug.clone(),
                folder: target_folder(&path, separator),
                path,
                ordner: agentur.ordner.clone(),
                later: !agentur.gueltigkeit.contains(today),
                answers: None,
            }
        })
        .collect()
}
