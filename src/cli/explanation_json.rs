//! An explanation for programs.

use serde::Serialize;

use super::explained::Explained;
use super::visible::{MOST_WORDS, visible};
use crate::domain::agentur::AgenturId;

/// One mail. The keys up to `regelwerk` are a promise to programs; further ones may come.
#[derive(Debug, Serialize)]
pub struct Line<'a> {
    datei: &'a str,
    postfach: &'a str,
    vorgangsart: &'static str,
    entscheidung: &'static str,
    /// Slug of the Agentur it goes to.
    agentur: Option<&'a str>,
    /// Path of its folder.
    ordner: Option<&'a str>,
    regel: &'a str,
    grund: &'static str,
    evidenz: Vec<Evidenz<'a>>,
    /// Version of the rule set.
    regelwerk: &'a str,
    /// Slug of the runner-up.
    zweiter: Option<&'a str>,
    verworfen: Vec<Verworfen>,
    stimmen: Vec<Stimmen<'a>>,
    mehrheit_ab: usize,
}

#[derive(Debug, Serialize)]
struct Evidenz<'a> {
    art: &'static str,
    agentur: Vec<&'a str>,
    fundort: &'static str,
    wortlaut: String,
}

#[derive(Debug, Serialize)]
struct Verworfen {
    art: &'static str,
    fundort: &'static str,
    wortlaut: String,
    warum: &'static str,
}

#[derive(Debug, Serialize)]
struct Stimmen<'a> {
    agentur: &'a str,
    arten: Vec<&'static str>,
}

/// The form for programs.
pub fn line<'a>(explained: &'a Explained<'_>) -> Line<'a> {
    let explanation = &explained.explanation;
    let decision = &explanation.decision;
    let slug = |id: AgenturId| explained.stammdaten.agentur(id).slug.as_str();
    Line {
        datei: &explained.datei,
        postfach: explained.postfach,
        vorgangsart: decision.vorgangsart.as_str(),
        entscheidung: decision.entscheidung.as_str(),
        agentur: decision.entscheidung.agentur().map(slug),
        ordner: explained.ordner.as_deref(),
        regel: &decision.regel,
        grund: decision.grund.as_str(),
        evidenz: explanation
            .gefunden
            .iter()
            .map(|found| Evidenz {
                art: found.art.as_str(),
                agentur: found.agenturen.iter().map(|&id| slug(id)).collect(),
                fundort: found.fundort.as_str(),
                wortlaut: visible(&found.wortlaut, MOST_WORDS),
            })
            .collect(),
        regelwerk: explained.regelwerk,
        zweiter: decision.zweiter.map(slug),
        verworfen: explanation
            .verworfen
            .iter()
            .map(|ignored| Verworfen {
                art: ignored.art.as_str(),
                fundort: ignored.fundort.as_str(),
                wortlaut: visible(&ignored.wortlaut, MOST_WORDS),
                warum: ignored.warum.as_str(),
            })
            .collect(),
        stimmen: explanation
            .stimmen
            .iter()
            .map(|votes| Stimmen {
                agentur: slug(votes.agentur),
                arten: votes.arten.iter().map(|art| art.as_str()).collect(),
            })
            .collect(),
        mehrheit_ab: explanation.mehrheit_ab,
    }
}
