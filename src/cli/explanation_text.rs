//! An explanation for a person at a terminal.

use super::explained::Explained;
use super::needed::names;
use super::visible::{MOST_FILE_NAME, MOST_WORDS, visible};
use super::words;
use super::wrap::paragraph;
use crate::domain::agentur::AgenturId;
use crate::domain::decision::{Decision, Entscheidung, EvidenzArt, Fundort, Grund};
use crate::rules::explanation::{Explanation, Fundstelle, Stimmen};

/// Most entries under one heading. A mail can hold thousands of numbers.
const MOST_ENTRIES: usize = 12;

/// Lays out an explanation.
pub fn text(explained: &Explained<'_>) -> String {
    let explanation = &explained.explanation;
    let decision = &explanation.decision;
    let mut page = Page(format!("{}\n", visible(&explained.datei, MOST_FILE_NAME)));
    page.paragraph(2, 2, &verdict(explained));
    page.paragraph(
        2,
        2,
        &format!(
            "Kind {}, mailbox {}, profile {}, rule {}.",
            decision.vorgangsart.as_str(),
            explained.postfach,
            explained.profil.as_str(),
            decision.regel
        ),
    );
    if explained.is_reply {
        page.paragraph(
            2,
            2,
            "It is a reply: earlier mails of its conversation are not asked here, only the daemon knows them.",
        );
    }
    page.section("Evidence", &evidence(explained));
    page.section("Ignored", &ignored(explanation));
    page.section("Votes", &votes(explained));
    page.section(runner_up_heading(decision.grund), &runner_up(explained));
    page.section("Needed", explained.needed.as_slice());
    page.0
}

/// Where it goes or stays, and why.
fn verdict(explained: &Explained<'_>) -> String {
    let Decision { entscheidung, grund, .. } = &explained.explanation.decision;
    let fate = match entscheidung {
        Entscheidung::Uebergeben(id) => {
            let folder = explained.ordner.as_deref().map(|ordner| format!(", folder {ordner}")).unwrap_or_default();
            format!("Goes to {}{folder}", explained.stammdaten.agentur(*id))
        }
        Entscheidung::Ungeklaert => "Stays where it is, for a person (ungeklaert)".to_owned(),
        stays => format!("Stays where it is ({})", stays.as_str()),
    };
    format!("{fate}: {} ({}).", words::reason(grund.as_str()), grund.as_str())
}

fn evidence(explained: &Explained<'_>) -> Vec<String> {
    let Explanation { decision, gefunden, .. } = &explained.explanation;
    if gefunden.is_empty() {
        return vec![match decision.grund {
            Grund::Vorgangsart(_) | Grund::AbsenderUnbestaetigt | Grund::MehrereRechtskreise => {
                "not looked for: the kind of mail decides".to_owned()
            }
            _ => "none".to_owned(),
        }];
    }
    let line = |found: &Fundstelle| {
        let agenturen = names(&found.agenturen, explained.stammdaten, "or");
        format!("{}: {agenturen}", piece(found.art, &found.wortlaut, found.fundort))
    };
    bounded(gefunden.iter().map(line))
}

fn ignored(explanation: &Explanation) -> Vec<String> {
    bounded(explanation.verworfen.iter().map(|ignored| {
        format!("{}: {}", piece(ignored.art, &ignored.wortlaut, ignored.fundort), words::ignored(ignored.warum))
    }))
}

/// A kind of evidence with its words and its place.
fn piece(art: EvidenzArt, wortlaut: &str, fundort: Fundort) -> String {
    let wortlaut = visible(wortlaut, MOST_WORDS);
    let gap = if wortlaut.is_empty() { "" } else { " " };
    format!("{}{gap}{wortlaut} {}", words::evidence(art), words::place(fundort))
}

/// The same line once, and only the first of many.
fn bounded(lines: impl Iterator<Item = String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    let mut further = 0;
    for line in lines {
        if kept.contains(&line) {
            continue;
        }
        if kept.len() < MOST_ENTRIES { kept.push(line) } else { further += 1 }
    }
    if further > 0 {
        kept.push(format!("and {further} more"));
    }
    kept
}

/// "2 of 3 votes for Göttingen (residence, customer number); 1 for Bonn (office address)".
fn votes(explained: &Explained<'_>) -> Vec<String> {
    let Explanation { stimmen, mehrheit_ab, .. } = &explained.explanation;
    let mut kinds: Vec<EvidenzArt> = stimmen.iter().flat_map(|votes| votes.arten.iter().copied()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let Some((first, others)) = stimmen.split_first() else { return Vec::new() };
    let supporters = |votes: &Stimmen| {
        let kinds: Vec<&str> = votes.arten.iter().map(|&art| words::vote(art)).collect();
        format!("for {} ({})", name(explained, votes.agentur), kinds.join(", "))
    };
    let noun = if kinds.len() == 1 { "vote" } else { "votes" };
    let mut parts = vec![format!("{} of {} {noun} {}", first.arten.len(), kinds.len(), supporters(first))];
    parts.extend(others.iter().map(|votes| format!("{} {}", votes.arten.len(), supporters(votes))).take(MOST_ENTRIES));
    if others.len() > MOST_ENTRIES {
        parts.push(format!("and {} more Agenturen", others.len() - MOST_ENTRIES));
    }
    if first.arten.len() < *mehrheit_ab {
        parts.push(format!("a majority takes {mehrheit_ab}"));
    }
    vec![parts.join("; ")]
}

/// What the second Agentur of a decision means depends on why it was decided so.
fn runner_up_heading(grund: Grund) -> &'static str {
    match grund {
        Grund::Vertretung => "Works today for",
        Grund::AndereScRegion | Grund::OrdnerFehlt => "Belongs to",
        Grund::NurHinweise => "The hints name",
        Grund::NichtAuswertbar => "What could be read names",
        _ => "Runner-up",
    }
}

fn runner_up(explained: &Explained<'_>) -> Vec<String> {
    explained.explanation.decision.zweiter.iter().map(|&id| name(explained, id).to_owned()).collect()
}

fn name<'a>(explained: &Explained<'a>, id: AgenturId) -> &'a str {
    &explained.stammdaten.agentur(id).name
}

/// Text that grows line by line.
struct Page(String);

impl Page {
    /// A heading with its entries; nothing without any.
    fn section(&mut self, heading: &str, entries: &[String]) {
        if !entries.is_empty() {
            self.paragraph(2, 2, heading);
            entries.iter().for_each(|entry| self.paragraph(4, 6, entry));
        }
    }

    /// Words, wrapped: `first` blanks before the first line, `next` before the others.
    fn paragraph(&mut self, first: usize, next: usize, text: &str) {
        paragraph(&mut self.0, &" ".repeat(first), next, text);
    }
}

#[cfg(test)]
#[path = "explanation_text_tests.rs"]
mod tests;
