//! The life of one Vorgang: what was decided, where it is, and what happened, as far as the ledger knows.

use jiff::Timestamp;

use crate::domain::ereignis::{Art, Ereignis, Rolle, Stand};
use crate::domain::vorgang::{Haltegrund, VorgangId, WIEDERAUFGEBAUT};

/// What the ledger names as the rule where none decided: found in the folder of an Agentur by a look, or after a loss.
const OHNE_REGEL: [&str; 2] = ["beobachtung", WIEDERAUFGEBAUT];

/// All that the ledger knows of a Vorgang, in closed words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verlauf {
    pub vorgang: VorgangId,
    /// Name of the mailbox.
    pub postfach: String,
    /// INTERNALDATE.
    pub eingang: Timestamp,
    pub groessenklasse: String,
    /// Where it lies, or lay last, with the server's hierarchy separator.
    pub ordner: String,
    /// Since when it is no longer there.
    pub fort_seit: Option<Timestamp>,
    /// Why rules never move it again, if they must not.
    pub halt: Option<Haltegrund>,
    pub entscheidung: LetzteEntscheidung,
    /// The state that expired events came to; none if all events are there.
    pub vorher: Option<Stand>,
    /// What happened after that, oldest first.
    pub ereignisse: Vec<Geschehen>,
}

/// The last decision about a Vorgang.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetzteEntscheidung {
    pub am: Timestamp,
    pub vorgangsart: String,
    pub entscheidung: String,
    /// Slug of the Agentur.
    pub agentur: Option<String>,
    pub regel: String,
    pub grund: String,
    pub evidenz: Vec<Hinweis>,
    /// Slug of the runner-up.
    pub zweiter: Option<String>,
    /// Version of the rule set.
    pub regelwerk: String,
    pub betriebsart: String,
}

/// One piece of evidence, as the ledger names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hinweis {
    pub art: String,
    /// Slugs.
    pub agenturen: Vec<String>,
    pub fundort: String,
}

/// An event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Geschehen {
    pub am: Timestamp,
    /// The word of an [`Art`], or one that only a newer program knows.
    pub art: String,
    pub rolle: Rolle,
    /// Slug.
    pub agentur: Option<String>,
    /// Slug of the Agentur it went away from.
    pub von: Option<String>,
    pub grund: String,
}

impl Hinweis {
    /// Reads what [`crate::domain::vorgang::DecisionRecord`] wrote; a piece that is written otherwise is left out.
    pub fn of_record(evidenz: &str) -> Vec<Self> {
        evidenz.split(' ').filter_map(Self::piece).collect()
    }

    fn piece(piece: &str) -> Option<Self> {
        let (art, rest) = piece.split_once(':')?;
        let (slugs, fundort) = rest.split_once('@')?;
        let agenturen = slugs.split('|').map(str::to_owned).collect();
        Some(Hinweis { art: art.to_owned(), agenturen, fundort: fundort.to_owned() })
    }
}

impl Verlauf {
    /// The state that follows from all events, also from those that have expired.
    pub fn stand(&self) -> Stand {
        let before = self.vorher.clone().unwrap_or_default();
        self.ereignisse.iter().filter_map(Geschehen::ereignis).fold(before, |stand, next| stand.after(&next))
    }

    /// Whether a rule set decided about it. What was found in the folder of an Agentur was decided by somebody else.
    pub fn nach_regeln(&self) -> bool {
        !OHNE_REGEL.contains(&self.entscheidung.regel.as_str())
    }
}

impl Geschehen {
    /// As far as the state depends on it; nothing for a word that this program does not know.
    fn ereignis(&self) -> Option<Ereignis> {
        Some(Ereignis {
            art: Art::from_word(&self.art)?,
            rolle: self.rolle,
            agentur: self.agentur.clone(),
            von: self.von.clone(),
            grund: if self.grund == "au" { "au" } else { "" },
        })
    }

    /// Whether its hour and minute may be shown: only of the program's own work. When people work is nobody's business.
    pub fn has_time(&self) -> bool {
        self.rolle == Rolle::Dienst
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_is_read_as_it_was_written() {
        let read = Hinweis::of_record("plz:kiel|flensburg@signatur ausnahme:bonn@regel");
        let shown: Vec<_> =
            read.iter().map(|one| (one.art.as_str(), one.agenturen.join(" "), one.fundort.as_str())).collect();
        assert_eq!(shown, [("plz", "kiel flensburg".to_owned(), "signatur"), ("ausnahme", "bonn".to_owned(), "regel")]);
        assert!(Hinweis::of_record("").is_empty());
    }
}
