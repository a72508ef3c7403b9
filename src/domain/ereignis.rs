//! What can happen to a Vorgang: the closed words of the ledger's events, and the state that follows from them.

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Art {
    Eingegangen,
    /// Decisions, by the word of their outcome.
    Zugeordnet,
    Ungeklaert,
    VerbleibtSc,
    Fremd,
    Automatisch,
    /// It is with an Agentur now: the server proved our move, or it was found in the Agentur's folder.
    Uebergeben,
    /// It left INBOX before we could move it.
    Anderswo,
    /// It may lie in two folders; the program does nothing more.
    Mehrdeutig,
    /// It is with another Agentur now.
    Umgeordnet,
    /// It was given back to the Service Center.
    Zurueckgegeben,
    InBearbeitung,
    /// The mark "in Bearbeitung" was taken away and no other one came.
    BearbeitungBeendet,
    Bearbeitet,
    /// The mark "bearbeitet" was taken away.
    Wiedereroeffnet,
    /// The mark says another kind of Vorgang than the decision did, or says so no longer.
    VorgangsartBerichtigt,
    Loeschvorgemerkt,
    /// The mark for deletion was taken away; processed it still is.
    VormerkungAufgehoben,
    /// Gone with a mark.
    Geloescht,
    /// Gone without a mark.
    Verschwunden,
    /// There again after it had been gone.
    Wiedergesehen,
}

impl Art {
    /// All kinds.
    pub const ALL: [Art; 21] = [
        Self::Eingegangen,
        Self::Zugeordnet,
        Self::Ungeklaert,
        Self::VerbleibtSc,
        Self::Fremd,
        Self::Automatisch,
        Self::Uebergeben,
        Self::Anderswo,
        Self::Mehrdeutig,
        Self::Umgeordnet,
        Self::Zurueckgegeben,
        Self::InBearbeitung,
        Self::BearbeitungBeendet,
        Self::Bearbeitet,
        Self::Wiedereroeffnet,
        Self::VorgangsartBerichtigt,
        Self::Loeschvorgemerkt,
        Self::VormerkungAufgehoben,
        Self::Geloescht,
        Self::Verschwunden,
        Self::Wiedergesehen,
    ];

    /// The event of a decision with this outcome.
    pub fn of_decision(entscheidung: &str) -> Self {
        match entscheidung {
            "uebergeben" => Self::Zugeordnet,
            "verbleibt_sc" => Self::VerbleibtSc,
            "fremd" => Self::Fremd,
            "automatisch" => Self::Automatisch,
            _ => Self::Ungeklaert,
        }
    }

    /// The word in the ledger.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Eingegangen => "eingegangen",
            Self::Zugeordnet => "zugeordnet",
            Self::Ungeklaert => "ungeklaert",
            Self::VerbleibtSc => "verbleibt_sc",
            Self::Fremd => "fremd",
            Self::Automatisch => "automatisch",
            Self::Uebergeben => "uebergeben",
            Self::Anderswo => "anderswo",
            Self::Mehrdeutig => "mehrdeutig",
            Self::Umgeordnet => "umgeordnet",
            Self::Zurueckgegeben => "zurueckgegeben",
            Self::InBearbeitung => "in_bearbeitung",
            Self::BearbeitungBeendet => "bearbeitung_beendet",
            Self::Bearbeitet => "bearbeitet",
            Self::Wiedereroeffnet => "wiedereroeffnet",
            Self::VorgangsartBerichtigt => "vorgangsart_berichtigt",
            Self::Loeschvorgemerkt => "loeschvorgemerkt",
            Self::VormerkungAufgehoben => "vormerkung_aufgehoben",
            Self::Geloescht => "geloescht",
            Self::Verschwunden => "verschwunden",
            Self::Wiedergesehen => "wiedergesehen",
        }
    }

    /// The kind with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|art| art.as_str() == word)
    }
}

/// Whose doing it was, as far as folders tell; never a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rolle {
    Dienst,
    Sc,
    Eingangszone,
    Unbekannt,
}

impl Rolle {
    /// The word in the ledger.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dienst => "dienst",
            Self::Sc => "sc",
            Self::Eingangszone => "eingangszone",
            Self::Unbekannt => "unbekannt",
        }
    }

    /// The role with this word; another word says nothing about anybody.
    pub fn from_word(word: &str) -> Self {
        [Self::Dienst, Self::Sc, Self::Eingangszone]
            .into_iter()
            .find(|rolle| rolle.as_str() == word)
            .unwrap_or(Self::Unbekannt)
    }
}

/// Something that happened to a Vorgang.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ereignis {
    pub art: Art,
    pub rolle: Rolle,
    /// Slug of the Agentur it concerns: who has it now, or did what happened.
    pub agentur: Option<String>,
    /// Slug of the Agentur it went away from.
    pub von: Option<String>,
    /// A closed word, or nothing.
    pub grund: &'static str,
}

/// How far a Vorgang is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Status {
    /// In INBOX, not decided.
    #[default]
    Eingegangen,
    /// In INBOX, decided; also what stays there for good.
    Entschieden,
    /// With an Agentur, without a mark.
    Uebergeben,
    InBearbeitung,
    Bearbeitet,
    Loeschvorgemerkt,
    Zurueckgegeben,
    Geloescht,
    Verschwunden,
}

impl Status {
    /// The word in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Eingegangen => "eingegangen",
            Self::Entschieden => "entschieden",
            Self::Uebergeben => "uebergeben",
            Self::InBearbeitung => "in_bearbeitung",
            Self::Bearbeitet => "bearbeitet",
            Self::Loeschvorgemerkt => "loeschvorgemerkt",
            Self::Zurueckgegeben => "zurueckgegeben",
            Self::Geloescht => "geloescht",
            Self::Verschwunden => "verschwunden",
        }
    }
}

/// The state of a Vorgang, as its events make it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stand {
    pub status: Status,
    /// Slug of the Agentur that has it.
    pub agentur: Option<String>,
    /// Counted as processed.
    pub bearbeitet: bool,
    /// Its mark says Arbeitsunfähigkeit.
    pub au: bool,
    /// It left INBOX before we could move it, and was not seen since: that it is gone was told.
    pub anderswo: bool,
    /// Where it was before it was gone.
    vorher: Status,
}

impl Stand {
    /// The state after these events, oldest first.
    pub fn of<'a>(ereignisse: impl IntoIterator<Item = &'a Ereignis>) -> Self {
        ereignisse.into_iter().fold(Stand::default(), |stand, ereignis| stand.after(ereignis))
    }

    /// Whether it is work that waits at its Agentur: what the Bestand counts.
    pub fn im_bestand(&self) -> bool {
        let there = matches!(self.status, Status::Uebergeben | Status::InBearbeitung | Status::Loeschvorgemerkt);
        there && !self.bearbeitet && self.agentur.is_some()
    }

    /// Whether it is gone, as far as is known.
    pub fn is_gone(&self) -> bool {
        matches!(self.status, Status::Geloescht | Status::Verschwunden)
    }

    /// The state after one more event.
    pub fn after(&self, ereignis: &Ereignis) -> Self {
        let mut next = self.clone();
        let vanish = |next: &mut Stand, status| {
            next.vorher = self.status;
            next.status = status;
        };
        match ereignis.art {
            Art::Eingegangen => next.status = Status::Eingegangen,
            // A decision about something that is with an Agentur changes nothing about that.
            Art::Zugeordnet | Art::Ungeklaert | Art::VerbleibtSc | Art::Fremd | Art::Automatisch => {
                if self.status == Status::Eingegangen {
                    next.status = Status::Entschieden;
                }
            }
            Art::Uebergeben | Art::Umgeordnet => {
                next = Stand { agentur: ereignis.agentur.clone(), status: Status::Uebergeben, ..Stand::default() };
            }
            Art::Zurueckgegeben => next = Stand { status: Status::Zurueckgegeben, ..Stand::default() },
            Art::Mehrdeutig => {}
            Art::Anderswo => next.anderswo = true,
            Art::InBearbeitung => next.status = Status::InBearbeitung,
            Art::BearbeitungBeendet => next.status = Status::Uebergeben,
            Art::Bearbeitet => {
                // Implied by a mark for deletion that is there already, it leaves that mark.
                if self.status != Status::Loeschvorgemerkt {
                    next.status = Status::Bearbeitet;
                }
                next.bearbeitet = true;
                next.au = ereignis.grund == "au";
            }
            Art::Wiedereroeffnet => {
                next = Stand { agentur: self.agentur.clone(), status: Status::Uebergeben, ..Stand::default() };
            }
            Art::VorgangsartBerichtigt => next.au = ereignis.grund == "au",
            Art::Loeschvorgemerkt => next.status = Status::Loeschvorgemerkt,
            Art::VormerkungAufgehoben => next.status = Status::Bearbeitet,
            Art::Geloescht => vanish(&mut next, Status::Geloescht),
            Art::Verschwunden => vanish(&mut next, Status::Verschwunden),
            Art::Wiedergesehen => next.status = self.vorher,
        }
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_word_of_its_own() {
        for art in Art::ALL {
            assert_eq!(Art::from_word(art.as_str()), Some(art));
        }
    }
}
