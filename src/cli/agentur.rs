//! An Agentur or a mailbox that is named on the command line.

use super::load::Setup;
use crate::config::{Postfach, nearest};
use crate::domain::agentur::Agentur;

/// The mailbox of this name.
///
/// # Errors
/// What to tell, with the names there are.
pub fn find_mailbox<'a>(setup: &'a Setup, name: &str) -> Result<&'a Postfach, String> {
    let postfaecher = &setup.config.postfaecher;
    postfaecher.iter().find(|postfach| postfach.name == name).ok_or_else(|| {
        let names: Vec<_> = postfaecher.iter().map(|postfach| postfach.name.as_str()).collect();
        format!("no mailbox is called {name:?}; there are {}", names.join(", "))
    })
}

/// The Agentur of this slug, and the mailbox that has its folder; that must be the one called `mailbox`, if given.
///
/// # Errors
/// What to tell, with the slugs there are, the nearest first.
pub fn find<'a>(setup: &'a Setup, slug: &str, mailbox: Option<&str>) -> Result<(&'a Agentur, &'a Postfach), String> {
    let wanted = mailbox.map(|name| find_mailbox(setup, name)).transpose()?;
    let serves = |postfach: &&Postfach| wanted.is_none_or(|wanted| wanted.name == postfach.name);
    let postfaecher: Vec<&Postfach> = setup.config.postfaecher.iter().filter(serves).collect();
    let home = |agentur: &Agentur| postfaecher.iter().copied().find(|postfach| postfach.name == agentur.sc_region);
    let agenturen = setup.rules.stammdaten().agenturen();
    let named = agenturen.iter().find(|agentur| agentur.slug == slug);
    if let Some(found) = named.and_then(|agentur| Some((agentur, home(agentur)?))) {
        return Ok(found);
    }
    let known = agenturen.iter().filter(|agentur| home(agentur).is_some()).map(|agentur| agentur.slug.as_str());
    let known = nearest_first(slug, known.collect()).join(", ");
    Err(match (named, wanted) {
        (None, _) => format!("no Agentur is called {slug:?}; there are {known}"),
        (Some(Agentur { sc_region, .. }), Some(wanted)) => {
            format!("{slug} belongs to {sc_region}, not to {}; there are {known}", wanted.name)
        }
        (Some(Agentur { sc_region, .. }), None) => {
            format!("{slug} belongs to {sc_region}, which is no mailbox of the configuration; there are {known}")
        }
    })
}

/// The slugs, the one that was probably meant before all others.
fn nearest_first<'a>(slug: &str, mut known: Vec<&'a str>) -> Vec<&'a str> {
    known.sort_unstable();
    if let Some(meant) = nearest(slug, known.iter().copied()) {
        known.retain(|other| *other != meant);
        known.insert(0, meant);
    }
    known
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_one_that_was_meant_comes_first() {
        let known = || vec!["heide", "kiel", "aachen-dueren"];
        for (slug, expected) in [
            ("kiehl", "kiel aachen-dueren heide"),
            ("Aachen-Düren", "aachen-dueren heide kiel"),
            ("zzz", "aachen-dueren heide kiel"),
        ] {
            assert_eq!(nearest_first(slug, known()).join(" "), expected, "{slug}");
        }
    }
}
