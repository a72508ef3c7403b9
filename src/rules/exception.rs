//! Exceptions: explicit rules of the admins, each with a condition, a target, a ticket and a period.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::domain::agentur::{AgenturId, AgenturSet, Gueltigkeit};
use crate::domain::decision::{Entscheidung, EvidenzArt, Fundort, Vorgangsart};
use crate::domain::stammdaten::Stammdaten;

use super::classify::{Aktion, VorgangsartRegel};
use super::evidence::Fund;
use super::explanation::{Ausschluss, Fundstelle, Verworfen};
use super::predicate::{Ausdruck, Werte};
use super::prepare::Prepared;

/// One `[[ausnahme]]`.
#[derive(Clone, Debug)]
pub(super) struct Ausnahme {
    pub name: String,
    pub beschreibung: String,
    pub ticket: String,
    pub wenn: Ausdruck,
    /// What becomes of a mail that meets the condition.
    pub ziel: Entscheidung,
    pub gueltigkeit: Gueltigkeit,
    /// The kinds it may touch; none: those that are handed over.
    pub vorgangsarten: Option<BTreeSet<Vorgangsart>>,
}

impl Ausnahme {
    /// Kinds that no exception touches: whose sender is nobody, or not who it claims to be.
    pub const NIE: [Vorgangsart; 2] = [Vorgangsart::Bounce, Vorgangsart::Verdaechtig];

    /// The name in decisions.
    pub fn regel(&self) -> String {
        format!("ausnahme.{}", self.name)
    }

    /// One line for people.
    pub fn describe(&self, stammdaten: &Stammdaten) -> String {
        let ziel = match self.ziel.agentur() {
            Some(agentur) => stammdaten.agentur(agentur).slug.as_str(),
            None => self.ziel.as_str(),
        };
        let (regel, tage, ticket) = (self.regel(), period(self.gueltigkeit), &self.ticket);
        format!("{regel}: {ziel}, {tage}, ticket {ticket} - {}", self.beschreibung)
    }

    fn touches(&self, rule: &VorgangsartRegel) -> bool {
        match &self.vorgangsarten {
            Some(arten) => arten.contains(&rule.art),
            None => rule.aktion == Aktion::Zuordnen,
        }
    }
}

/// A period in words.
pub(super) fn period(gueltigkeit: Gueltigkeit) -> String {
    match (gueltigkeit.ab, gueltigkeit.bis) {
        (None, None) => "always".to_owned(),
        (Some(ab), None) => format!("from {ab}"),
        (None, Some(bis)) => format!("until {bis}"),
        (Some(ab), Some(bis)) => format!("from {ab} until {bis}"),
    }
}

/// What the exceptions say about one message.
#[derive(Debug, Default)]
pub(super) struct Befund<'r> {
    /// Those that hold, in the order of the files.
    geltend: Vec<&'r Ausnahme>,
    /// Those that would hold on another day.
    ungueltig: Vec<&'r Ausnahme>,
    /// Whether one of them holds cannot be said.
    pub ungewiss: bool,
}

/// What the exceptions want.
#[derive(Clone, Copy, Debug)]
pub(super) enum Wille<'r> {
    /// Nothing: none holds.
    Keiner,
    Uebergeben,
    /// The mail stays, as this exception says.
    Bleibt(&'r Ausnahme),
    /// They have several targets.
    Widerspruch,
}

/// Asks all exceptions that may touch a message of this rule.
pub(super) fn ask<'r>(ausnahmen: &'r [Ausnahme], rule: &VorgangsartRegel, mail: &Prepared<'_>) -> Befund<'r> {
    let mut befund = Befund::default();
    if Ausnahme::NIE.contains(&rule.art) {
        return befund;
    }
    let werte = Werte::new(mail);
    for ausnahme in ausnahmen.iter().filter(|ausnahme| ausnahme.touches(rule)) {
        let is_valid = ausnahme.gueltigkeit.contains(mail.lage.tag);
        match ausnahme.wenn.holds(&werte) {
            Some(true) if is_valid => befund.geltend.push(ausnahme),
            Some(true) => befund.ungueltig.push(ausnahme),
            None if is_valid => befund.ungewiss = true,
            None | Some(false) => {}
        }
    }
    befund
}

impl<'r> Befund<'r> {
    pub fn wille(&self) -> Wille<'r> {
        match self.geltend.split_first() {
            None => Wille::Keiner,
            Some((first, rest)) if rest.iter().any(|other| other.ziel != first.ziel) => Wille::Widerspruch,
            Some((first, _)) if first.ziel.agentur().is_some() => Wille::Uebergeben,
            Some((first, _)) => Wille::Bleibt(first),
        }
    }

    /// The first exception that holds and names this Agentur.
    pub fn naming(&self, agentur: AgenturId) -> Option<&'r Ausnahme> {
        self.geltend.iter().copied().find(|ausnahme| ausnahme.ziel.agentur() == Some(agentur))
    }

    /// The first exception that would have named an Agentur if its validity had not ended.
    pub fn expired(&self, tag: Date) -> Option<&'r Ausnahme> {
        let has_ended = |ausnahme: &&Ausnahme| ausnahme.gueltigkeit.bis.is_some_and(|bis| bis < tag);
        self.ungueltig.iter().copied().filter(has_ended).find(|ausnahme| ausnahme.ziel.agentur().is_some())
    }

    /// The exceptions as evidence.
    pub fn fund(&self) -> Fund {
        let (art, fundort) = (EvidenzArt::Ausnahme, Fundort::Regel);
        let evidence = |ausnahme: &&Ausnahme| {
            let agenturen = AgenturSet::from([ausnahme.ziel.agentur()?]);
            Some(Fundstelle { art, agenturen, fundort, wortlaut: ausnahme.name.clone() })
        };
        let warum = Ausschluss::NichtGueltig;
        let discard = |ausnahme: &&Ausnahme| Verworfen { art, fundort, wortlaut: ausnahme.name.clone(), warum };
        Fund {
            evidenz: self.geltend.iter().filter_map(evidence).collect(),
            verworfen: self.ungueltig.iter().map(discard).collect(),
            unlesbar: self.ungewiss,
        }
    }
}
