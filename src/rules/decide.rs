//! From evidence to an Agentur: a pure function, the same for every kind of evidence and however it was found.
//!
//! 1. Evidence that decides alone (conversation, exception, D) does so if it names one Agentur.
//! 2. Otherwise the majority: the Agentur that most of the voting kinds (A, W, K) name, if enough do and no other has
//!    as many. A set votes for each of its members.
//! 3. Otherwise in order (those of 1, then A, W, K, N): the first kind that is there decides if it names one Agentur.
//!    If it names several, the following ones choose within it; one that lies outside contradicts.
//!
//! Under a profile with hints, a hint takes part in 2 and chooses in 3, but is never the first in 3.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::agentur::{AgenturId, AgenturSet};
use crate::domain::decision::{Evidenz, EvidenzArt, Grund};
use crate::domain::postfach::Profil;

use super::explanation::Stimmen;

/// How evidence is weighed, from the rule files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Abwaegung {
    /// Kinds that decide alone.
    pub allein: Vec<EvidenzArt>,
    /// Kinds that vote.
    pub voters: Vec<EvidenzArt>,
    /// Votes that make a majority.
    pub mindestens: usize,
    /// All kinds, strongest first.
    pub reihenfolge: Vec<EvidenzArt>,
    /// Kinds that are mere hints, for each profile.
    pub hinweise_streng: BTreeSet<EvidenzArt>,
    pub hinweise_weit: BTreeSet<EvidenzArt>,
}

/// What the evidence says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Urteil {
    /// The Agentur responsible, if the evidence suffices.
    pub agentur: Option<AgenturId>,
    pub grund: Grund,
    /// The next best one; or, where nothing is decided, what the other profile would say.
    pub zweiter: Option<AgenturId>,
}

impl Urteil {
    fn open(grund: Grund) -> Self {
        Urteil { agentur: None, grund, zweiter: None }
    }
}

impl Abwaegung {
    /// Weighs all evidence.
    pub fn decide(&self, profil: Profil, evidenz: &[Evidenz]) -> Urteil {
        let kinds = self.by_kind(evidenz);
        let mut urteil = self
            .alone(&kinds)
            .or_else(|| self.majority(&kinds))
            .unwrap_or_else(|| self.in_order(&kinds, self.hinweise(profil)));
        if urteil.agentur.is_some() {
            urteil.zweiter = runner_up(&kinds, urteil.agentur);
        }
        urteil
    }

    /// The order of weighing in words, for people.
    pub fn describe(&self) -> Vec<String> {
        let names =
            |arten: &mut dyn Iterator<Item = &EvidenzArt>| arten.map(|art| art.as_str()).collect::<Vec<_>>().join(", ");
        vec![
            format!("entscheidung.allein: {}", names(&mut self.allein.iter())),
            format!("entscheidung.mehrheit: {} of {}", self.mindestens, names(&mut self.voters.iter())),
            format!("entscheidung.reihenfolge: {}", names(&mut self.reihenfolge.iter())),
            format!("profil.streng: hints are {}", names(&mut self.hinweise_streng.iter())),
            format!("profil.weit: hints are {}", names(&mut self.hinweise_weit.iter())),
        ]
    }

    fn hinweise(&self, profil: Profil) -> &BTreeSet<EvidenzArt> {
        match profil {
            Profil::Streng => &self.hinweise_streng,
            Profil::Weit => &self.hinweise_weit,
        }
    }

    /// What each kind names, strongest first; several places of one kind are a set. A home known by postcode makes its
    /// town name superfluous: both are the one evidence W.
    fn by_kind(&self, evidenz: &[Evidenz]) -> Vec<(EvidenzArt, AgenturSet)> {
        let mut sets: BTreeMap<EvidenzArt, AgenturSet> = BTreeMap::new();
        for piece in evidenz.iter().filter(|piece| !piece.agenturen.is_empty()) {
            sets.entry(piece.art).or_default().extend(piece.agenturen.iter().copied());
        }
        if sets.contains_key(&EvidenzArt::Plz) {
            sets.remove(&EvidenzArt::Ortsname);
        }
        self.reihenfolge.iter().filter_map(|art| sets.remove_entry(art)).collect()
    }

    /// Who has which votes, most first.
    pub fn stimmen(&self, evidenz: &[Evidenz]) -> Vec<Stimmen> {
        self.votes(&self.by_kind(evidenz))
    }

    fn votes(&self, kinds: &[(EvidenzArt, AgenturSet)]) -> Vec<Stimmen> {
        let mut votes: BTreeMap<AgenturId, Vec<EvidenzArt>> = BTreeMap::new();
        for (art, set) in kinds.iter().filter(|(art, _)| self.voters.contains(art)) {
            set.iter().for_each(|&agentur| votes.entry(agentur).or_default().push(*art));
        }
        let mut votes: Vec<Stimmen> = votes.into_iter().map(|(agentur, arten)| Stimmen { agentur, arten }).collect();
        votes.sort_by_key(|votes| std::cmp::Reverse(votes.arten.len()));
        votes
    }

    fn alone(&self, kinds: &[(EvidenzArt, AgenturSet)]) -> Option<Urteil> {
        kinds.iter().find_map(|(art, set)| {
            let agentur = self.allein.contains(art).then(|| single(set))??;
            Some(Urteil { agentur: Some(agentur), grund: Grund::Evidenz(*art), zweiter: None })
        })
    }

    fn majority(&self, kinds: &[(EvidenzArt, AgenturSet)]) -> Option<Urteil> {
        let votes = self.votes(kinds);
        let most = votes.first()?.arten.len();
        let mut leaders = votes.iter().take_while(|votes| votes.arten.len() == most).map(|votes| votes.agentur);
        let leader = leaders.next().filter(|_| most >= self.mindestens)?;
        // A field that names several offices and decides alone otherwise still says where the answer must lie.
        let excluded = kinds.iter().any(|(art, set)| self.allein.contains(art) && !set.contains(&leader));
        Some(if leaders.next().is_some() || excluded {
            Urteil::open(Grund::Widerspruch)
        } else {
            Urteil { agentur: Some(leader), grund: Grund::Mehrheit, zweiter: None }
        })
    }

    fn in_order(&self, kinds: &[(EvidenzArt, AgenturSet)], hinweise: &BTreeSet<EvidenzArt>) -> Urteil {
        let urteil = choose(kinds);
        match (kinds.first(), urteil.agentur) {
            (Some((first, _)), Some(agentur)) if hinweise.contains(first) => {
                Urteil { agentur: None, grund: Grund::NurHinweise, zweiter: Some(agentur) }
            }
            _ => urteil,
        }
    }
}

/// The first kind decides, the following ones choose within it.
fn choose(kinds: &[(EvidenzArt, AgenturSet)]) -> Urteil {
    let Some(((first, candidates), following)) = kinds.split_first() else {
        return Urteil::open(Grund::KeinHinweis);
    };
    let (mut chooser, mut candidates) = (*first, candidates.clone());
    for (art, set) in following {
        if candidates.len() == 1 {
            break;
        }
        candidates = candidates.intersection(set).copied().collect();
        chooser = *art;
    }
    match single(&candidates) {
        Some(agentur) => Urteil { agentur: Some(agentur), grund: Grund::Evidenz(chooser), zweiter: None },
        None => Urteil::open(Grund::Widerspruch),
    }
}

fn single(set: &AgenturSet) -> Option<AgenturId> {
    set.first().copied().filter(|_| set.len() == 1)
}

/// The Agentur that the strongest evidence for anybody else names, if it names one.
fn runner_up(kinds: &[(EvidenzArt, AgenturSet)], decided: Option<AgenturId>) -> Option<AgenturId> {
    kinds.iter().find_map(|(_, set)| {
        let mut others = set.iter().copied().filter(|&agentur| Some(agentur) != decided);
        let other = others.next()?;
        others.next().is_none().then_some(other)
    })
}

#[cfg(test)]
#[path = "decide_tests.rs"]
mod tests;
