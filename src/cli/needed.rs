//! What would have been needed for a mail that stays.
//!
//! Which further evidence would settle it is not told from a list: each kind is tried on the evaluator, so that the
//! answer follows the rule files.

use super::words;
use crate::domain::agentur::{AgenturId, AgenturSet};
use crate::domain::decision::{Entscheidung, Evidenz, EvidenzArt, Fundort, Grund, Vorgangsart};
use crate::domain::postfach::Profil;
use crate::domain::stammdaten::Stammdaten;
use crate::rules::RuleSet;
use crate::rules::explanation::{Explanation, Fundstelle};

/// Names of Agenturen in one sentence.
const MOST_NAMES: usize = 6;

/// Weighs evidence under a profile.
type Weigh<'a> = dyn Fn(Profil, &[Evidenz]) -> Option<AgenturId> + 'a;

/// What would have been needed, as part of a sentence; none for a mail that goes to an Agentur.
pub fn needed(explanation: &Explanation, profil: Profil, rules: &RuleSet) -> Option<String> {
    sentence(explanation, profil, rules.stammdaten(), &|profil, evidenz| rules.weigh(profil, evidenz))
}

fn sentence(explanation: &Explanation, profil: Profil, stammdaten: &Stammdaten, weigh: &Weigh<'_>) -> Option<String> {
    let decision = &explanation.decision;
    if matches!(decision.entscheidung, Entscheidung::Uebergeben(_)) {
        return None;
    }
    let ask = Question { explanation, profil, stammdaten, weigh };
    let found = decision.zweiter.map(|id| stammdaten.agentur(id));
    Some(match (decision.grund, found) {
        (Grund::KeinHinweis, _) => ask.first_evidence(),
        (Grund::Widerspruch, _) => ask.more_evidence(&contenders(explanation)),
        (Grund::NurHinweise, _) => ask.more_evidence(&decision.zweiter.into_iter().collect()),
        (Grund::RegelAbgelaufen, _) => {
            format!("an exception that is valid on the day of arrival, or {}", ask.first_evidence())
        }
        (Grund::AndereScRegion, Some(agentur)) => format!(
            "the mailbox of {}, the region of {agentur}; if that is not its region, see sc_region in agenturen.csv",
            agentur.sc_region
        ),
        (Grund::OrdnerFehlt, Some(agentur)) => format!(
            "a folder for {agentur} that can be opened, and a validity (gueltig_ab, gueltig_bis in agenturen.csv) that \
             covers the day of arrival"
        ),
        (Grund::NichtAuswertbar, _) => "a person who reads what the program could not read".to_owned(),
        (Grund::MehrereRechtskreise, _) => "a person who finds out which of the bodies it is for".to_owned(),
        (Grund::AbsenderUnbestaetigt, _) => {
            "the genuine sender, confirmed by the receiving server; a person has to look before anything in it is opened"
                .to_owned()
        }
        (Grund::Vorgangsart(art), _) => {
            format!("another kind of mail: {} is not handed over, see {} in the rules", art.as_str(), decision.regel)
        }
        (Grund::AndereScRegion | Grund::OrdnerFehlt | Grund::Evidenz(_) | Grund::Mehrheit | Grund::Vertretung, _) => {
            "a person who decides".to_owned()
        }
    })
}

/// The Agenturen between which the evidence cannot decide: those with the most votes, if that is a tie of majorities,
/// else those that the strongest evidence names.
fn contenders(explanation: &Explanation) -> AgenturSet {
    let most = explanation.stimmen.first().map_or(0, |votes| votes.arten.len());
    let leaders: AgenturSet = explanation
        .stimmen
        .iter()
        .take_while(|votes| most >= explanation.mehrheit_ab && votes.arten.len() == most)
        .map(|votes| votes.agentur)
        .collect();
    if leaders.len() > 1 {
        return leaders;
    }
    let strongest = explanation.gefunden.first().map(|found| found.art);
    let of_strongest = explanation.gefunden.iter().filter(|found| Some(found.art) == strongest);
    of_strongest.flat_map(|found| found.agenturen.iter().copied()).collect()
}

/// What is asked about.
struct Question<'a> {
    explanation: &'a Explanation,
    profil: Profil,
    stammdaten: &'a Stammdaten,
    weigh: &'a Weigh<'a>,
}

impl Question<'_> {
    fn first_evidence(&self) -> String {
        // Any Agentur will do for the question.
        let any = AgenturId(0);
        let alone: Vec<EvidenzArt> = self.kinds().filter(|&art| self.settles(any, &[art])).collect();
        let mut sentence = format!("evidence of one of these kinds for one Agentur: {}", list(&alone));
        let weak: Vec<EvidenzArt> = self.kinds().filter(|art| !alone.contains(art)).collect();
        for (number, &one) in weak.iter().enumerate() {
            for &other in weak[number + 1..].iter().filter(|&&other| self.settles(any, &[one, other])) {
                sentence.push_str(&format!("; or {} and {} together", words::evidence(one), words::evidence(other)));
            }
        }
        sentence
    }

    fn more_evidence(&self, candidates: &AgenturSet) -> String {
        let one = if candidates.len() == 1 { "" } else { "one of " };
        let names = names(candidates, self.stammdaten, "and");
        let settling: Vec<EvidenzArt> =
            self.kinds().filter(|&art| candidates.iter().any(|&candidate| self.settles(candidate, &[art]))).collect();
        let mut sentence = if settling.is_empty() {
            format!("a person who decides about {names}: no further evidence would settle it")
        } else {
            format!("one more piece of evidence for {one}{names}: {}", list(&settling))
        };
        let evidenz = self.evidenz(&[], AgenturId(0));
        if self.profil == Profil::Streng && (self.weigh)(Profil::Weit, &evidenz).is_some() {
            sentence.push_str("; or the profile weit");
        }
        sentence
    }

    /// The kinds of evidence that such a mail could have and has not.
    fn kinds(&self) -> impl Iterator<Item = EvidenzArt> {
        let is_form = self.explanation.decision.vorgangsart == Vorgangsart::EvmAu;
        let is_there = |art| self.explanation.gefunden.iter().any(|found| found.art == art);
        EvidenzArt::ALL.into_iter().filter(move |&art| !is_there(art) && (is_form || art != EvidenzArt::EserviceFeld))
    }

    /// Whether these kinds, should they name `candidate`, would bring the mail there.
    fn settles(&self, candidate: AgenturId, arten: &[EvidenzArt]) -> bool {
        (self.weigh)(self.profil, &self.evidenz(arten, candidate)) == Some(candidate)
    }

    fn evidenz(&self, further: &[EvidenzArt], candidate: AgenturId) -> Vec<Evidenz> {
        let further = further.iter().map(|&art| Evidenz { art, agenturen: [candidate].into(), fundort: Fundort::Text });
        self.explanation.gefunden.iter().map(Fundstelle::evidenz).chain(further).collect()
    }
}

/// Kinds of evidence, one of which will do.
fn list(arten: &[EvidenzArt]) -> String {
    enumerate(&arten.iter().map(|&art| words::evidence(art)).collect::<Vec<_>>(), "or")
}

/// Names of Agenturen; of many only the first.
pub fn names(agenturen: &AgenturSet, stammdaten: &Stammdaten, last: &str) -> String {
    let mut names: Vec<&str> =
        agenturen.iter().take(MOST_NAMES).map(|&id| stammdaten.agentur(id).name.as_str()).collect();
    let further = format!("{} more", agenturen.len().saturating_sub(MOST_NAMES));
    if agenturen.len() > MOST_NAMES {
        names.push(&further);
    }
    enumerate(&names, last)
}

fn enumerate(words: &[&str], last: &str) -> String {
    match words {
        [] => "none".to_owned(),
        [one] => (*one).to_owned(),
        [first @ .., end] => format!("{} {last} {end}", first.join(", ")),
    }
}

#[cfg(test)]
#[path = "needed_tests.rs"]
mod tests;
