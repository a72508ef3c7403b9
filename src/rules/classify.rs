//! The one evaluator: kind of message first, then exceptions and evidence, then the decision about it.

use crate::domain::agentur::{AgenturId, AgenturSet, Gueltigkeit};
use crate::domain::decision::{Decision, Entscheidung, Evidenz, EvidenzArt, Fundort, Grund, Vorgangsart};
use crate::domain::message::Message;
use crate::domain::stammdaten::Stammdaten;

use super::condition::Bedingung;
use super::decide::Urteil;
use super::evidence::conversation::ConversationFinder;
use super::evidence::{Finder, Fund};
use super::exception::{self, Ausnahme, Befund, Wille, period};
use super::explanation::{Explanation, Fundstelle};
use super::prepare::Prepared;
use super::{Lage, Regeln};

/// What happens with a kind of message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Aktion {
    /// The evidence decides.
    Zuordnen,
    VerbleibtSc,
    Fremd,
    Automatisch,
    /// Left for a person.
    Klaeren(Grund),
}

impl Aktion {
    /// The word in the rule files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Zuordnen => "uebergeben",
            Self::VerbleibtSc => "verbleibt_sc",
            Self::Fremd => "fremd",
            Self::Automatisch => "automatisch",
            Self::Klaeren(_) => "ungeklaert",
        }
    }
}

/// One rule about kinds of message.
#[derive(Clone, Debug)]
pub(super) struct VorgangsartRegel {
    pub art: Vorgangsart,
    /// `vorgangsart.` and the rule's name.
    pub regel: String,
    pub aktion: Aktion,
    pub beschreibung: String,
    /// The days of arrival on which it is tested.
    pub gueltigkeit: Gueltigkeit,
    /// Any of these, all of each; none at all: always.
    pub wenn: Vec<Vec<Bedingung>>,
}

impl VorgangsartRegel {
    /// One line for people.
    pub fn describe(&self) -> String {
        let (art, aktion) = (self.art.as_str(), self.aktion.as_str());
        let tage = match self.gueltigkeit {
            always if always == Gueltigkeit::default() => String::new(),
            limited => format!(", {}", period(limited)),
        };
        format!("{} ({art}): {aktion}{tage} - {}", self.regel, self.beschreibung)
    }

    fn applies(&self, mail: &Prepared<'_>, regeln: &Regeln) -> bool {
        if !self.gueltigkeit.contains(mail.lage.tag) {
            return false;
        }
        self.wenn.is_empty() || self.wenn.iter().any(|all| all.iter().all(|test| test.holds(mail, regeln)))
    }
}

/// Decides about one message.
pub(super) fn classify(regeln: &Regeln, stammdaten: &Stammdaten, message: &Message, lage: &Lage<'_>) -> Explanation {
    let mail = Prepared::new(message, lage, stammdaten, &regeln.begriffe);
    let rule = regeln
        .vorgangsarten
        .iter()
        .find(|rule| rule.applies(&mail, regeln))
        .expect("compile accepts only rule sets whose last rule applies always");
    let befund = exception::ask(&regeln.ausnahmen, rule, &mail);
    let stays = |entscheidung, grund, regel: String| {
        let Fund { evidenz, verworfen, .. } = befund.fund();
        let decision = Decision {
            vorgangsart: rule.art,
            entscheidung,
            regel,
            grund,
            evidenz: distinct(evidenz.iter().map(Fundstelle::evidenz).collect()),
            zweiter: None,
        };
        Explanation {
            decision,
            gefunden: evidenz,
            verworfen,
            stimmen: Vec::new(),
            mehrheit_ab: regeln.abwaegung.mindestens,
            nach_hinweisen: None,
        }
    };
    let by_kind = |entscheidung| stays(entscheidung, Grund::Vorgangsart(rule.art), rule.regel.clone());
    match (befund.wille(), rule.aktion) {
        (Wille::Bleibt(ausnahme), _) => stays(ausnahme.ziel, Grund::Evidenz(EvidenzArt::Ausnahme), ausnahme.regel()),
        (Wille::Widerspruch, _) => stays(Entscheidung::Ungeklaert, Grund::Widerspruch, rule_name(Grund::Widerspruch)),
        (Wille::Uebergeben, _) | (Wille::Keiner, Aktion::Zuordnen) => assign(regeln, rule, &mail, &befund),
        (Wille::Keiner, Aktion::VerbleibtSc) => by_kind(Entscheidung::VerbleibtSc),
        (Wille::Keiner, Aktion::Fremd) => by_kind(Entscheidung::Fremd),
        (Wille::Keiner, Aktion::Automatisch) => by_kind(Entscheidung::Automatisch),
        (Wille::Keiner, Aktion::Klaeren(grund)) => stays(Entscheidung::Ungeklaert, grund, rule.regel.clone()),
    }
}

/// Looks for the Agentur a message is to be handed over to. A mail of a kind that stays is handed over on the word of
/// an exception alone.
fn assign(regeln: &Regeln, rule: &VorgangsartRegel, mail: &Prepared<'_>, befund: &Befund<'_>) -> Explanation {
    let found = if rule.aktion == Aktion::Zuordnen {
        find(regeln, mail, befund)
    } else {
        let fund = befund.fund();
        Fund { unlesbar: fund.unlesbar || mail.header_is_incomplete(), ..fund }
    };
    let evidenz: Vec<Evidenz> = found.evidenz.iter().map(Fundstelle::evidenz).collect();
    let weighed = regeln.abwaegung.decide(mail.lage.profil, &evidenz);
    let expired = befund.expired(mail.lage.tag).filter(|_| weighed.grund == Grund::KeinHinweis);
    // Half a text says half of what its author meant; it takes one more line to mean another Agentur.
    let is_open =
        found.unlesbar || mail.text_is_incomplete() || an_unread_name_could_change(regeln, mail, &evidenz, weighed);
    let urteil = if is_open {
        Urteil { agentur: None, grund: Grund::NichtAuswertbar, zweiter: weighed.agentur }
    } else if expired.is_some() {
        Urteil { grund: Grund::RegelAbgelaufen, ..weighed }
    } else {
        weighed
    };
    let decided_by = urteil.grund;
    let urteil = reachable(urteil, mail);
    // A Vertretung changes where it goes, not what decided.
    let behind = if urteil.grund == Grund::Vertretung { decided_by } else { urteil.grund };
    let ausnahme = match behind {
        Grund::Evidenz(EvidenzArt::Ausnahme) => weighed.agentur.and_then(|agentur| befund.naming(agentur)),
        Grund::RegelAbgelaufen => expired,
        _ => None,
    };
    Explanation {
        decision: Decision {
            vorgangsart: rule.art,
            entscheidung: urteil.agentur.map_or(Entscheidung::Ungeklaert, Entscheidung::Uebergeben),
            regel: ausnahme.map_or_else(|| rule_name(behind), Ausnahme::regel),
            grund: urteil.grund,
            evidenz: distinct(evidenz),
            zweiter: urteil.zweiter,
        },
        stimmen: regeln.abwaegung.stimmen(&found.evidenz.iter().map(Fundstelle::evidenz).collect::<Vec<_>>()),
        gefunden: found.evidenz,
        verworfen: found.verworfen,
        mehrheit_ab: regeln.abwaegung.mindestens,
        nach_hinweisen: weighed.agentur,
    }
}

/// Whether an attachment whose name was not read could tip the scales with a Kundennummer: it counts only where there is no
/// better one, and only for an Agentur that is named already.
fn an_unread_name_could_change(regeln: &Regeln, mail: &Prepared<'_>, evidenz: &[Evidenz], weighed: Urteil) -> bool {
    let art = EvidenzArt::KundennummerPraefix;
    if weighed.agentur.is_none() || !mail.parts_are_missing() || evidenz.iter().any(|piece| piece.art == art) {
        return false;
    }
    let named: AgenturSet = evidenz.iter().flat_map(|piece| piece.agenturen.iter().copied()).collect();
    named.into_iter().any(|agentur| {
        let number = Evidenz { art, agenturen: AgenturSet::from([agentur]), fundort: Fundort::Anhangname };
        let with_number: Vec<Evidenz> = evidenz.iter().cloned().chain([number]).collect();
        regeln.abwaegung.decide(mail.lage.profil, &with_number).agentur != weighed.agentur
    })
}

/// All evidence of all kinds, strongest kind first.
fn find(regeln: &Regeln, mail: &Prepared<'_>, befund: &Befund<'_>) -> Fund {
    let finders: [&dyn Finder; 6] =
        [&ConversationFinder, &regeln.field, &regeln.address, &regeln.residence, &regeln.number, &regeln.salutation];
    let mut all = befund.fund();
    for fund in finders.iter().map(|finder| finder.find(mail)) {
        all.evidenz.extend(fund.evidenz);
        all.verworfen.extend(fund.verworfen);
        all.unlesbar |= fund.unlesbar;
    }
    let rank = |art| regeln.abwaegung.reihenfolge.iter().position(|&known| known == art);
    all.evidenz.sort_by_key(|piece| (rank(piece.art), piece.fundort));
    all
}

/// What may be stored says each thing once: the same Agenturen by two numbers at one place are one piece of evidence.
fn distinct(mut evidenz: Vec<Evidenz>) -> Vec<Evidenz> {
    evidenz.dedup();
    evidenz
}

/// Applies the Vertretung, and leaves open what this mailbox cannot reach.
fn reachable(urteil: Urteil, mail: &Prepared<'_>) -> Urteil {
    let Some(decided) = urteil.agentur else { return urteil };
    let agentur: AgenturId = mail.stammdaten.vertretung(decided, mail.lage.tag);
    let row = mail.stammdaten.agentur(agentur);
    let left = |grund| Urteil { agentur: None, grund, zweiter: Some(agentur) };
    if row.sc_region != mail.lage.region {
        left(Grund::AndereScRegion)
    } else if !row.gueltigkeit.contains(mail.lage.tag) {
        left(Grund::OrdnerFehlt)
    } else if agentur != decided {
        Urteil { agentur: Some(agentur), grund: Grund::Vertretung, zweiter: Some(decided) }
    } else {
        urteil
    }
}

/// The rule behind a reason: evidence that decided, or a step of the decision.
fn rule_name(grund: Grund) -> String {
    match grund {
        Grund::Evidenz(art) => format!("evidenz.{}", art.as_str()),
        grund => format!("entscheidung.{}", grund.as_str()),
    }
}
