//! The decision as the requirement words it, written a second time and as plainly as possible.
//!
//! It knows nothing of mails: it is given what a mail is known to hold, because the mail was made to hold it.

use super::register::{Agenturen, Register};

/// What a mail holds, by kind. An empty set: nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// Office address.
    pub a: Agenturen,
    /// Residence by postcode.
    pub w: Agenturen,
    /// Residence by its town only; counts only without `w`.
    pub w_town: Agenturen,
    /// Kundennummer.
    pub k: Agenturen,
    /// Field of the eService.
    pub d: Agenturen,
    /// Salutation.
    pub n: Agenturen,
}

/// What is to become of a mail.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// To this Agentur.
    Agentur(String),
    Ungeklaert,
    /// Stays with the Service Center: not for an Agentur.
    Bleibt,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Profil {
    Streng,
    Weit,
}

pub const PROFILE: [Profil; 2] = [Profil::Streng, Profil::Weit];

/// The Agentur that the evidence names, wherever it lies.
pub fn responsible(evidence: &Evidence, profil: Profil) -> Option<String> {
    // 1. D decides alone.
    if evidence.d.len() == 1 {
        return evidence.d.first().cloned();
    }
    let w_is_a_hint = evidence.w.is_empty();
    let w = if w_is_a_hint { &evidence.w_town } else { &evidence.w };
    // 2. At least two of A, W and K name the same one; several with the same highest count: nobody.
    let votes = |agentur: &String| [&evidence.a, w, &evidence.k].iter().filter(|set| set.contains(agentur)).count();
    let named: Agenturen = [&evidence.a, w, &evidence.k].into_iter().flatten().cloned().collect();
    let highest = named.iter().map(votes).max().unwrap_or(0);
    if highest >= 2 {
        let mut first = named.into_iter().filter(|agentur| votes(agentur) == highest);
        let leader = first.next();
        return if first.next().is_none() { leader } else { None };
    }
    // 3. In order, the first that is there; a set is narrowed by the following ones.
    let order =
        [(&evidence.d, false), (&evidence.a, false), (w, w_is_a_hint), (&evidence.k, true), (&evidence.n, true)];
    let mut there = order.iter().filter(|(set, _)| !set.is_empty());
    let (first, is_hint) = there.next()?;
    if *is_hint && profil == Profil::Streng {
        return None;
    }
    let mut candidates: Agenturen = (*first).clone();
    for (set, _) in there {
        if candidates.len() > 1 {
            candidates = candidates.intersection(set).cloned().collect();
        }
    }
    if candidates.len() == 1 { candidates.pop_first() } else { None }
}

/// The verdict for a kind of message that is routed, in the mailbox of a region.
pub fn routed(evidence: &Evidence, profil: Profil, region: &str, register: &Register) -> Verdict {
    match responsible(evidence, profil) {
        Some(slug) if register.by_slug(&slug).region == region => Verdict::Agentur(slug),
        _ => Verdict::Ungeklaert,
    }
}
