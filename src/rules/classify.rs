//! The one evaluator: kind of message first, then evidence, then the decision about it.

use crate::domain::agentur::AgenturId;
use crate::domain::decision::{Decision, Entscheidung, Evidenz, Grund, Vorgangsart};
use crate::domain::message::Message;
use crate::domain::stammdaten::Stammdaten;

use super::condition::Bedingung;
use super::decide::Urteil;
use super::evidence::{Finder, Fund};
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
    /// Any of these, all of each; none at all: always.
    pub wenn: Vec<Vec<Bedingung>>,
}

impl VorgangsartRegel {
    fn applies(&self, mail: &Prepared<'_>, regeln: &Regeln) -> bool {
        self.wenn.is_empty() || self.wenn.iter().any(|all| all.iter().all(|test| test.holds(mail, regeln)))
    }
}

/// Decides about one message.
pub(super) fn classify(regeln: &Regeln, stammdaten: &Stammdaten, message: &Message, lage: &Lage<'_>) -> Decision {
    let mail = Prepared::new(message, lage, stammdaten, &regeln.begriffe);
    let rule = regeln
        .vorgangsarten
        .iter()
        .find(|rule| rule.applies(&mail, regeln))
        .expect("compile accepts only rule sets whose last rule applies always");
    let stays = |entscheidung, grund| Decision {
        vorgangsart: rule.art,
        entscheidung,
        regel: rule.regel.clone(),
        grund,
        evidenz: Vec::new(),
        zweiter: None,
    };
    match rule.aktion {
        Aktion::Zuordnen => assign(regeln, rule.art, &mail),
        Aktion::VerbleibtSc => stays(Entscheidung::VerbleibtSc, Grund::Vorgangsart(rule.art)),
        Aktion::Fremd => stays(Entscheidung::Fremd, Grund::Vorgangsart(rule.art)),
        Aktion::Automatisch => stays(Entscheidung::Automatisch, Grund::Vorgangsart(rule.art)),
        Aktion::Klaeren(grund) => stays(Entscheidung::Ungeklaert, grund),
    }
}

/// Looks for the Agentur a message is to be handed over to.
fn assign(regeln: &Regeln, vorgangsart: Vorgangsart, mail: &Prepared<'_>) -> Decision {
    let finders: [&dyn Finder; 2] = [&regeln.field, &regeln.address];
    let funde: Vec<Fund> = finders.iter().map(|finder| finder.find(mail)).collect();
    // Half a text says half of what its author meant; it takes one more line to mean another Agentur.
    let unlesbar = mail.text_is_incomplete() || funde.iter().any(|fund| fund.unlesbar);
    let mut evidenz: Vec<Evidenz> = funde.into_iter().flat_map(|fund| fund.evidenz).collect();
    evidenz.sort_by_key(|piece| (regeln.abwaegung.reihenfolge.iter().position(|&art| art == piece.art), piece.fundort));

    let urteil = regeln.abwaegung.decide(mail.lage.profil, &evidenz);
    let decided_alone = matches!(urteil.grund, Grund::Evidenz(art) if regeln.abwaegung.allein.contains(&art));
    let urteil = if unlesbar {
        Urteil { agentur: None, grund: Grund::NichtAuswertbar, zweiter: urteil.agentur }
    } else if decided_alone {
        urteil
    } else {
        regeln.vorschau.check(mail, &evidenz, urteil)
    };
    let decided_by = urteil.grund;
    let urteil = reachable(urteil, mail);
    Decision {
        vorgangsart,
        entscheidung: urteil.agentur.map_or(Entscheidung::Ungeklaert, Entscheidung::Uebergeben),
        // A Vertretung changes where it goes, not what decided.
        regel: rule_name(if urteil.grund == Grund::Vertretung { decided_by } else { urteil.grund }),
        grund: urteil.grund,
        evidenz,
        zweiter: urteil.zweiter,
    }
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
