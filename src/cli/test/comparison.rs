//! What a decision is worth, compared with the truth.

use super::truth::Ziel;
use crate::domain::decision::{Decision, Entscheidung, Vorgangsart};

/// How a decision and the truth compare, from good to bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// It went, or stayed, as it should.
    Right,
    /// As it should, but it was taken for another kind of mail.
    WrongKind,
    /// It stays as it should, but the wrong people look at it: `ungeklaert` instead of `verbleibt-sc`, or the reverse.
    WrongPile,
    /// It should have gone to an Agentur and waits for a person.
    LeftOver,
    /// It should have gone to an Agentur and stays as if it were not for any: nobody looks for its Agentur.
    WronglyKept,
    /// It should have stayed with the Service Center and went to an Agentur.
    WronglyMoved,
    /// It went to an Agentur that it is not for, or whose it is nobody can know. The worst.
    WrongFolder,
}

impl Verdict {
    /// All of them, from good to bad.
    pub const ALL: [Self; 7] = [
        Self::Right,
        Self::WrongKind,
        Self::WrongPile,
        Self::LeftOver,
        Self::WronglyKept,
        Self::WronglyMoved,
        Self::WrongFolder,
    ];

    /// The word in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::WrongKind => "wrong_kind",
            Self::WrongPile => "wrong_pile",
            Self::LeftOver => "left_over",
            Self::WronglyKept => "wrongly_kept",
            Self::WronglyMoved => "wrongly_moved",
            Self::WrongFolder => "wrong_folder",
        }
    }

    /// The word in tables.
    pub fn words(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::WrongKind => "wrong kind",
            Self::WrongPile => "wrong pile",
            Self::LeftOver => "left over",
            Self::WronglyKept => "wrongly kept",
            Self::WronglyMoved => "wrongly moved",
            Self::WrongFolder => "wrong folder",
        }
    }

    /// What the word means, for people.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Right => "it went or stayed as it should",
            Self::WrongKind => "it went or stayed as it should, but was taken for another kind of mail",
            Self::WrongPile => "it stays as it should, but as ungeklaert instead of verbleibt-sc or the reverse",
            Self::LeftOver => "for an Agentur, and waits for a person",
            Self::WronglyKept => "for an Agentur, and stays as if it were for none",
            Self::WronglyMoved => "for the Service Center, and went to an Agentur",
            Self::WrongFolder => "went to an Agentur that it is not for",
        }
    }

    /// Whether it ended where it should, whatever it was taken for.
    pub fn is_right_place(self) -> bool {
        matches!(self, Self::Right | Self::WrongKind)
    }
}

/// Compares a decision with the target and, if it is known, the kind of the mail.
pub fn compare(ziel: Ziel, vorgang: Option<Vorgangsart>, decision: &Decision) -> Verdict {
    use Entscheidung::{Automatisch, Fremd, Uebergeben, Ungeklaert, VerbleibtSc};
    let place = match (ziel, decision.entscheidung) {
        (Ziel::Agentur(expected), Uebergeben(agentur)) if expected == agentur => Verdict::Right,
        (Ziel::Ungeklaert, Ungeklaert) | (Ziel::VerbleibtSc, VerbleibtSc | Fremd | Automatisch) => Verdict::Right,
        (Ziel::Agentur(_) | Ziel::Ungeklaert, Uebergeben(_)) => Verdict::WrongFolder,
        (Ziel::VerbleibtSc, Uebergeben(_)) => Verdict::WronglyMoved,
        (Ziel::Agentur(_), Ungeklaert) => Verdict::LeftOver,
        (Ziel::Agentur(_), VerbleibtSc | Fremd | Automatisch) => Verdict::WronglyKept,
        (Ziel::Ungeklaert, VerbleibtSc | Fremd | Automatisch) | (Ziel::VerbleibtSc, Ungeklaert) => Verdict::WrongPile,
    };
    let other_kind = vorgang.is_some_and(|vorgang| vorgang != decision.vorgangsart);
    if place == Verdict::Right && other_kind { Verdict::WrongKind } else { place }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::agentur::AgenturId;
    use crate::domain::decision::Grund;

    #[test]
    fn every_pair_has_its_verdict() {
        const X: AgenturId = AgenturId(0);
        const Y: AgenturId = AgenturId(1);
        let rows = [
            (Ziel::Agentur(X), Entscheidung::Uebergeben(X), Verdict::Right),
            (Ziel::Agentur(X), Entscheidung::Uebergeben(Y), Verdict::WrongFolder),
            (Ziel::Agentur(X), Entscheidung::Ungeklaert, Verdict::LeftOver),
            (Ziel::Agentur(X), Entscheidung::VerbleibtSc, Verdict::WronglyKept),
            (Ziel::Agentur(X), Entscheidung::Fremd, Verdict::WronglyKept),
            (Ziel::Agentur(X), Entscheidung::Automatisch, Verdict::WronglyKept),
            (Ziel::Ungeklaert, Entscheidung::Uebergeben(X), Verdict::WrongFolder),
            (Ziel::Ungeklaert, Entscheidung::Ungeklaert, Verdict::Right),
            (Ziel::Ungeklaert, Entscheidung::Fremd, Verdict::WrongPile),
            (Ziel::VerbleibtSc, Entscheidung::Uebergeben(X), Verdict::WronglyMoved),
            (Ziel::VerbleibtSc, Entscheidung::Ungeklaert, Verdict::WrongPile),
            (Ziel::VerbleibtSc, Entscheidung::VerbleibtSc, Verdict::Right),
            (Ziel::VerbleibtSc, Entscheidung::Fremd, Verdict::Right),
            (Ziel::VerbleibtSc, Entscheidung::Automatisch, Verdict::Right),
        ];
        for (ziel, entscheidung, place) in rows {
            let decision = Decision {
                vorgangsart: Vorgangsart::FreieEmail,
                entscheidung,
                regel: String::new(),
                grund: Grund::KeinHinweis,
                evidenz: Vec::new(),
                zweiter: None,
            };
            let wrong_kind = if place == Verdict::Right { Verdict::WrongKind } else { place };
            for (vorgang, expected) in
                [(None, place), (Some(Vorgangsart::FreieEmail), place), (Some(Vorgangsart::EvmAu), wrong_kind)]
            {
                assert_eq!(compare(ziel, vorgang, &decision), expected, "{ziel:?} {entscheidung:?} {vorgang:?}");
            }
        }
    }
}
