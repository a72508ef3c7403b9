//! The QuickSteps: one for each mark that the configuration names.

use crate::domain::kennzeichen::{Kennzeichen, Kennzeichennamen};

/// The order of setting up and trying. A mark has the same number, and so the same shortcut, in every office: who changes
/// the office finds the keys where they were.
pub const REIHE: [Kennzeichen; 5] = [
    Kennzeichen::Bearbeitet,
    Kennzeichen::ZuLoeschen,
    Kennzeichen::ZurueckAnSc,
    Kennzeichen::BearbeitetAu,
    Kennzeichen::InBearbeitung,
];

/// One QuickStep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuickStep {
    pub kennzeichen: Kennzeichen,
    /// Its folder below that of the Agentur, with `/` as hierarchy.
    pub ordner: String,
    /// The category that goes with it, for the eye or where categories are read.
    pub kategorie: String,
}

/// The QuickSteps of all marks that have a name, in their order. Several names may mean one mark; the first is the folder.
pub fn quicksteps(namen: &Kennzeichennamen) -> Vec<QuickStep> {
    let named = |kennzeichen| {
        let ordner = namen.name_of(kennzeichen)?.to_owned();
        Some(QuickStep { kennzeichen, kategorie: kategorie(namen, kennzeichen, &ordner), ordner })
    };
    REIHE.into_iter().filter_map(named).collect()
}

/// The name of the QuickStep if it is read as this mark, else that of the folder.
fn kategorie(namen: &Kennzeichennamen, kennzeichen: Kennzeichen, ordner: &str) -> String {
    let own = name(kennzeichen);
    if namen.find(own) == Some(kennzeichen) { own.to_owned() } else { ordner.to_owned() }
}

impl QuickStep {
    /// The last key of its shortcut: Strg+Umschalt and this.
    pub fn ziffer(&self) -> usize {
        let place = REIHE.iter().position(|other| *other == self.kennzeichen);
        1 + place.expect("the order holds every mark")
    }

    /// What it is called in Outlook.
    pub fn name(&self) -> &'static str {
        name(self.kennzeichen)
    }

    /// What Outlook shows when the pointer rests on it.
    pub fn quickinfo(&self) -> &'static str {
        match self.kennzeichen {
            Kennzeichen::Bearbeitet => "Erledigt",
            Kennzeichen::BearbeitetAu => "Erledigt, es war eine Arbeitsunfähigkeit",
            Kennzeichen::ZuLoeschen => "Darf gelöscht werden",
            Kennzeichen::ZurueckAnSc => "Falsche Agentur oder keine Sache der Eingangszone",
            Kennzeichen::InBearbeitung => "Wird bearbeitet, noch nicht erledigt",
        }
    }
}

/// What the QuickStep of this mark is called in Outlook.
pub fn name(kennzeichen: Kennzeichen) -> &'static str {
    match kennzeichen {
        Kennzeichen::Bearbeitet => "EZ Bearbeitet",
        Kennzeichen::BearbeitetAu => "EZ Bearbeitet AU",
        Kennzeichen::ZuLoeschen => "EZ Zu löschen",
        Kennzeichen::ZurueckAnSc => "EZ Zurück an SC",
        Kennzeichen::InBearbeitung => "EZ In Bearbeitung",
    }
}

/// Whether every office needs it.
pub fn is_required(kennzeichen: Kennzeichen) -> bool {
    matches!(kennzeichen, Kennzeichen::Bearbeitet | Kennzeichen::ZuLoeschen | Kennzeichen::ZurueckAnSc)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_keeps_its_key_whichever_others_there_are() {
        let namen = Kennzeichennamen::new(vec![
            ("In Arbeit".into(), Kennzeichen::InBearbeitung),
            ("Erledigt".into(), Kennzeichen::Bearbeitet),
            ("EZ Bearbeitet".into(), Kennzeichen::Bearbeitet),
        ]);
        let found = quicksteps(&namen);
        let found: Vec<_> = found.iter().map(|step| (step.ziffer(), step.name(), step.ordner.as_str())).collect();
        assert_eq!(found, [(1, "EZ Bearbeitet", "Erledigt"), (5, "EZ In Bearbeitung", "In Arbeit")]);
        assert!(Kennzeichen::ALL.iter().all(|mark| REIHE.contains(mark)));
    }
}
