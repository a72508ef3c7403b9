//! Marks by folder: which mark folders are there, and which folders are called like none.
//!
//! One finding for all Agenturen together. Names of unknown folders are not shown: people make them, and they may hold the
//! name of a customer.

use std::collections::{BTreeMap, BTreeSet};

use super::counted;
use crate::anleitung::quickstep::{QuickStep, is_required, quicksteps};
use crate::doctor::facts::MailboxFacts;
use crate::doctor::finding::{Finding, Kennung, Severity};
use crate::domain::kennzeichen::Ort;
use crate::plan::watch::Watch;

/// Slugs shown of a longer list.
const SHOWN: usize = 5;

pub(super) fn mark_folders(facts: &MailboxFacts) -> Vec<Finding> {
    let Some(listed) = &facts.inside.folders else { return Vec::new() };
    if listed.separator.is_none() {
        let advice = "such a server has no folders within folders: read marks by flag or keyword (kennzeichen_leser)";
        let found = "cannot be seen: there are no folders below those of the Agenturen";
        return vec![Finding::new(Kennung::KennzeichenOrdner, Severity::Fehler, "marks by folder", found, advice)];
    }
    let watch = facts.inside.watch(&facts.wahl);
    known(facts, &watch).into_iter().chain(unknown(&watch)).collect()
}

fn known(facts: &MailboxFacts, watch: &Watch) -> Option<Finding> {
    let looked_at = "marks by folder";
    let agenturen = slugs_with(watch, None);
    if agenturen.is_empty() {
        return None;
    }
    let steps = quicksteps(&facts.wahl.namen);
    let told: Vec<String> = steps.iter().map(|step| told(step, watch, &agenturen)).collect();
    let found = format!("work on every server; {}", told.join("; "));
    let lacks = |step: &&QuickStep| is_required(step.kennzeichen) && lacking(step, watch, &agenturen).next().is_some();
    let lacking: Vec<&str> = steps.iter().filter(lacks).map(|step| step.ordner.as_str()).collect();
    if lacking.is_empty() {
        return Some(Finding::ok(Kennung::KennzeichenOrdner, looked_at, found));
    }
    // Before mail is handed over, nobody marks anything yet.
    let severity = if facts.betriebsart.moves() { Severity::Warnung } else { Severity::Hinweis };
    let advice = format!(
        "create {} below the folder of each Agentur, spelled like this and with the rights of that folder; without them the \
         clerks cannot mark. If they have other names, add those under [kennzeichen]",
        lacking.join(", ")
    );
    Some(Finding::new(Kennung::KennzeichenOrdner, severity, looked_at, found, advice))
}

/// "Bearbeitet 27 of 30 (missing: heide, kiel, stade)".
fn told(step: &QuickStep, watch: &Watch, agenturen: &BTreeSet<&str>) -> String {
    let missing: Vec<&str> = lacking(step, watch, agenturen).collect();
    let there = agenturen.len() - missing.len();
    let optional = if is_required(step.kennzeichen) { "" } else { " (optional)" };
    let which = match !missing.is_empty() && there > 0 && optional.is_empty() {
        true => format!(" (missing: {})", few(&missing)),
        false => String::new(),
    };
    format!("{}{optional} {there} of {}{which}", step.ordner, agenturen.len())
}

fn few(slugs: &[&str]) -> String {
    let more = slugs.len().saturating_sub(SHOWN);
    let shown = slugs[..slugs.len() - more].join(", ");
    if more > 0 { format!("{shown} and {more} more") } else { shown }
}

fn lacking<'a>(step: &QuickStep, watch: &Watch, agenturen: &BTreeSet<&'a str>) -> impl Iterator<Item = &'a str> {
    let having: BTreeSet<String> = slugs_with(watch, Some(step)).into_iter().map(str::to_owned).collect();
    agenturen.iter().copied().filter(move |slug| !having.contains(*slug))
}

/// The Agenturen that have a folder for this mark; without a mark those that have their own folder.
fn slugs_with<'a>(watch: &'a Watch, step: Option<&QuickStep>) -> BTreeSet<&'a str> {
    let wanted = step.map(|step| step.kennzeichen);
    let slug = |ort: &'a Ort| match ort {
        Ort::Agentur { agentur, kennzeichen } if *kennzeichen == wanted => Some(agentur.as_str()),
        _ => None,
    };
    watch.folders.iter().filter_map(|watched| slug(&watched.ort)).collect()
}

fn unknown(watch: &Watch) -> Option<Finding> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, slug) in &watch.unknown {
        *counts.entry(slug.as_deref().unwrap_or("Service Center")).or_default() += 1;
    }
    if counts.is_empty() {
        return None;
    }
    let each: Vec<String> = counts.iter().map(|(slug, count)| format!("{slug} {count}")).collect();
    let each: Vec<&str> = each.iter().map(String::as_str).collect();
    let found = format!("{} called like no mark: {}", counted(watch.unknown.len(), "is", "are"), few(&each));
    let advice = "what lies in them is not seen and counts as removed without a mark: ask the office what they are for, add \
                        their names under [kennzeichen] if they are marks or work folders, else have them moved elsewhere";
    let looked_at = "folders below those of the Agenturen and of the Service Center";
    Some(Finding::new(Kennung::KennzeichenUnbekannt, Severity::Warnung, looked_at, found, advice))
}
