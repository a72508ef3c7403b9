//! How often each rule, and each kind of evidence, was right, as far as people have said so by what they did.
//!
//! Nobody is asked. A mail that people take away from the Agentur that the rules named corrects the rule; one that they
//! leave there, or bring there themselves, agrees with it:
//!
//! | decided | people did | counts as |
//! |---|---|---|
//! | for an Agentur, moved | nothing | handed over, right so far |
//! | for an Agentur, not moved (shadow mode, or a person was faster) | nothing | hit, says nothing |
//! | the same | handed it over there | handed over, confirmed |
//! | the same | handed it over to another one | correction: handed over differently |
//! | for an Agentur | put it with another one | correction: `umgeordnet` |
//! | for an Agentur | gave it back to the Service Center | correction: `zurueckgegeben` |
//! | any of these | brought it back to the Agentur decided | no correction: it was taken back |
//! | to stay | handed it over | feedback under the reason for which it stayed |
//!
//! A Vorgang is corrected once at most, as what happened to it first. The right answer is the Agentur that people put it
//! with last.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::wilson::{Anteil, wilson};
use crate::domain::ereignis::{Art, Rolle};

/// Fewer cases than this have no share: one mail more or less would change everything.
pub const MINDESTZAHL: u64 = 3;

/// The last decision about a Vorgang, and what happened to it; closed words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fall {
    pub entschieden_am: Timestamp,
    pub entscheidung: String,
    /// Slug of the Agentur it was decided for.
    pub agentur: Option<String>,
    pub regel: String,
    pub grund: String,
    /// As the ledger keeps it: `art:slug|slug@fundort`, separated by blanks.
    pub evidenz: String,
    /// Slug of the runner-up; with a Vertretung the Agentur that the evidence names.
    pub zweiter: Option<String>,
    /// Hand-overs, re-assignments and returns, oldest first.
    pub schritte: Vec<Schritt>,
}

/// A Vorgang changed hands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schritt {
    pub art: Art,
    pub rolle: Rolle,
    /// Slug of the Agentur it concerns.
    pub agentur: Option<String>,
}

/// How a decision was corrected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Berichtigung {
    Umgeordnet,
    Zurueckgegeben,
    AndersUebergeben,
}

/// The figures of a period.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Regelguete {
    /// All hits.
    pub gesamt: Guete,
    /// By name of the rule.
    pub regeln: BTreeMap<String, Guete>,
    /// By kind of the evidence that spoke for the Agentur decided. A hit counts with each of its kinds.
    pub evidenz: BTreeMap<String, Guete>,
    /// What was to stay, by decision and reason.
    pub geblieben: BTreeMap<(String, String), Geblieben>,
    /// Hits that are younger than two service days and may yet be corrected.
    pub junge: u64,
}

/// How good something is that sends mail to Agenturen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Guete {
    /// Vorgänge decided for an Agentur.
    pub treffer: u64,
    /// Of them, moved by the program.
    pub verschoben: u64,
    /// Of them, brought to this Agentur by people before the program did, or without it.
    pub bestaetigt: u64,
    /// Of them, put with another Agentur by people.
    pub umgeordnet: u64,
    /// Of them, given back to the Service Center.
    pub zurueckgegeben: u64,
    /// Of them, brought to another Agentur by people before the program moved it, or without it.
    pub anders_uebergeben: u64,
    /// Of them, with feedback or the chance of it: they were with an Agentur.
    pub uebergeben: u64,
    /// Where people put what was corrected.
    pub antworten: Antworten,
}

/// What was to stay.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Geblieben {
    pub vorgaenge: u64,
    /// Of them, handed over by people.
    pub von_hand: u64,
    pub antworten: Antworten,
}

/// How often which Agentur (slug) was the right answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Antworten(BTreeMap<String, u64>);

impl Antworten {
    fn add(&mut self, agentur: Option<&str>) {
        if let Some(agentur) = agentur {
            *self.0.entry(agentur.to_owned()).or_default() += 1;
        }
    }

    /// The commonest one and how often; of several the first by name.
    pub fn haeufigste(&self) -> Option<(&str, u64)> {
        let mut best: Option<(&str, u64)> = None;
        for (agentur, &count) in &self.0 {
            if best.is_none_or(|(_, most)| count > most) {
                best = Some((agentur, count));
            }
        }
        best
    }
}

impl Guete {
    /// All that was corrected.
    pub fn berichtigt(&self) -> u64 {
        self.umgeordnet + self.zurueckgegeben + self.anders_uebergeben
    }

    /// The share of what was with an Agentur that nobody corrected; none for fewer than [`MINDESTZAHL`].
    pub fn genauigkeit(&self) -> Option<Anteil> {
        if self.uebergeben < MINDESTZAHL {
            return None;
        }
        wilson(self.uebergeben - self.berichtigt(), self.uebergeben)
    }

    fn add(&mut self, fall: &Fall) {
        let Rueckmeldung { berichtigung, richtig } = fall.rueckmeldung();
        let verschoben = fall.schritte.iter().any(|schritt| schritt.by_program());
        let von_hand = fall.by_people().next().is_some();
        self.treffer += 1;
        self.verschoben += u64::from(verschoben);
        self.uebergeben += u64::from(verschoben || von_hand);
        match berichtigung {
            None => self.bestaetigt += u64::from(von_hand && !verschoben),
            Some(Berichtigung::Umgeordnet) => self.umgeordnet += 1,
            Some(Berichtigung::Zurueckgegeben) => self.zurueckgegeben += 1,
            Some(Berichtigung::AndersUebergeben) => self.anders_uebergeben += 1,
        }
        if berichtigung.is_some() {
            self.antworten.add(richtig);
        }
    }
}

impl Regelguete {
    /// Counts one more Vorgang. What was decided since `jung_seit` is young, see [`super::servicetage`].
    pub fn add(&mut self, fall: &Fall, jung_seit: Timestamp) {
        if fall.entscheidung != "uebergeben" {
            let of = (fall.entscheidung.clone(), fall.grund.clone());
            return self.geblieben.entry(of).or_default().add(fall);
        }
        self.junge += u64::from(fall.entschieden_am >= jung_seit);
        self.gesamt.add(fall);
        self.regeln.entry(fall.regel.clone()).or_default().add(fall);
        for art in fall.arten() {
            self.evidenz.entry(art.to_owned()).or_default().add(fall);
        }
    }

    /// Whether no Vorgang was counted.
    pub fn is_empty(&self) -> bool {
        self.gesamt.treffer == 0 && self.geblieben.is_empty()
    }
}

impl Geblieben {
    fn add(&mut self, fall: &Fall) {
        self.vorgaenge += 1;
        if fall.by_people().any(|schritt| schritt.art == Art::Uebergeben) {
            self.von_hand += 1;
            self.antworten.add(fall.ende());
        }
    }
}

/// What people have said about a decision for an Agentur.
struct Rueckmeldung<'a> {
    berichtigung: Option<Berichtigung>,
    /// Slug of the Agentur they put it with last.
    richtig: Option<&'a str>,
}

impl Fall {
    fn rueckmeldung(&self) -> Rueckmeldung<'_> {
        let richtig = self.ende();
        // Where it came back to, people agree with the decision after all.
        if richtig.is_some() && richtig == self.agentur.as_deref() {
            return Rueckmeldung { berichtigung: None, richtig };
        }
        Rueckmeldung { berichtigung: self.by_people().find_map(|schritt| self.berichtigung(schritt)), richtig }
    }

    fn berichtigung(&self, schritt: &Schritt) -> Option<Berichtigung> {
        match schritt.art {
            Art::Umgeordnet => Some(Berichtigung::Umgeordnet),
            Art::Zurueckgegeben => Some(Berichtigung::Zurueckgegeben),
            _ if schritt.agentur != self.agentur => Some(Berichtigung::AndersUebergeben),
            _ => None,
        }
    }

    /// The Agentur that people put it with last; none if they gave it back, or did nothing.
    fn ende(&self) -> Option<&str> {
        let last = self.by_people().last()?;
        if last.art == Art::Zurueckgegeben { None } else { last.agentur.as_deref() }
    }

    fn by_people(&self) -> impl Iterator<Item = &Schritt> {
        self.schritte.iter().filter(|schritt| matches!(schritt.rolle, Rolle::Sc | Rolle::Eingangszone))
    }

    /// The kinds of evidence that spoke for the Agentur decided. One that spoke for another is not to blame.
    fn arten(&self) -> BTreeSet<&str> {
        let vertreten = if self.grund == "vertretung" { self.zweiter.as_deref() } else { None };
        let leads_here = |slug: &str| Some(slug) == self.agentur.as_deref() || Some(slug) == vertreten;
        let pieces = self.evidenz.split(' ').filter_map(|piece| piece.split_once(':'));
        pieces
            .filter(|(_, rest)| rest.split('@').next().is_some_and(|slugs| slugs.split('|').any(leads_here)))
            .map(|(art, _)| art)
            .collect()
    }
}

impl Schritt {
    fn by_program(&self) -> bool {
        self.art == Art::Uebergeben && self.rolle == Rolle::Dienst
    }
}

#[cfg(test)]
#[path = "regelguete_tests.rs"]
mod tests;
