//! The life of a Vorgang: from its state and what was observed to what has happened.
//!
//! | observed | happened |
//! |---|---|
//! | in an Agentur's folder, never with one before | `uebergeben` (`direkt` or `manuell`) |
//! | in another Agentur's folder | `umgeordnet` |
//! | in INBOX, a Service Center folder or "Zurück an SC" after it was with an Agentur | `zurueckgegeben` |
//! | mark "In Bearbeitung", taken away again | `in_bearbeitung`, `bearbeitung_beendet` |
//! | mark "Bearbeitet", taken away again | `bearbeitet`, `wiedereroeffnet` |
//! | mark "Bearbeitet/AU" instead of "Bearbeitet", or back | `vorgangsart_berichtigt` |
//! | mark "Zu löschen", taken away again | `loeschvorgemerkt` (before it `bearbeitet`, implied), `vormerkung_aufgehoben` |
//! | gone after a mark | `geloescht` (before it `bearbeitet`, implied, if nothing else said so) |
//! | gone without one | `verschwunden` |
//! | there again | `wiedergesehen`, then what else is new |
//!
//! What was processed and goes on to somebody else is reopened first, so that the balance of each Agentur holds:
//! Bestand at the beginning + Zugang − bearbeitet − abgegeben − removed without a mark = Bestand at the end.

use crate::domain::ereignis::{Art, Ereignis, Rolle, Stand, Status};
use crate::domain::kennzeichen::{Beobachtung, Kennzeichen, Ort};

/// What has happened to a Vorgang in this state that was observed so. Nothing: it is as it was.
///
/// `loeschen_impliziert`: the mark for deletion says that the Vorgang was processed.
pub fn ereignisse(stand: &Stand, beobachtung: &Beobachtung, loeschen_impliziert: bool) -> Vec<Ereignis> {
    let mut verlauf = Verlauf { stand: stand.clone(), ereignisse: Vec::new(), loeschen_impliziert };
    match beobachtung {
        Beobachtung::Fort => verlauf.fort(),
        Beobachtung::Gesehen(ort) => verlauf.gesehen(ort),
    }
    verlauf.ereignisse
}

/// The events so far, and the state after them.
struct Verlauf {
    stand: Stand,
    ereignisse: Vec<Ereignis>,
    loeschen_impliziert: bool,
}

impl Verlauf {
    fn happened(&mut self, ereignis: Ereignis) {
        self.stand = self.stand.after(&ereignis);
        self.ereignisse.push(ereignis);
    }

    /// Something about the Agentur that has it.
    fn here(&mut self, art: Art, rolle: Rolle, grund: &'static str) {
        let agentur = self.stand.agentur.clone();
        self.happened(Ereignis { art, rolle, agentur, von: None, grund });
    }

    fn fort(&mut self) {
        match self.stand.status {
            Status::Geloescht | Status::Verschwunden => {}
            _ if self.stand.anderswo => {}
            Status::Bearbeitet | Status::Loeschvorgemerkt => {
                if !self.stand.bearbeitet {
                    self.here(Art::Bearbeitet, Rolle::Eingangszone, "impliziert");
                }
                self.here(Art::Geloescht, Rolle::Unbekannt, "");
            }
            _ => self.here(Art::Verschwunden, Rolle::Unbekannt, ""),
        }
    }

    fn gesehen(&mut self, ort: &Ort) {
        if self.stand.is_gone() {
            self.here(Art::Wiedergesehen, Rolle::Unbekannt, "");
        }
        match ort {
            Ort::Agentur { kennzeichen: Some(Kennzeichen::ZurueckAnSc), .. }
                if self.stand.status == Status::Zurueckgegeben => {}
            Ort::Agentur { agentur, kennzeichen } => {
                self.with(agentur);
                self.marked(*kennzeichen);
            }
            Ort::Inbox | Ort::Sc => self.given_back(),
        }
    }

    /// It is with this Agentur.
    fn with(&mut self, agentur: &str) {
        if self.stand.agentur.as_deref() == Some(agentur) {
            return;
        }
        self.reopen();
        let von = self.stand.agentur.clone();
        let to = Some(agentur.to_owned());
        match (&von, self.stand.status) {
            (Some(_), _) => self.happened(Ereignis {
                art: Art::Umgeordnet,
                rolle: Rolle::Eingangszone,
                agentur: to,
                von,
                grund: "",
            }),
            (None, status) => {
                let grund = if status == Status::Eingegangen { "direkt" } else { "manuell" };
                self.happened(Ereignis { art: Art::Uebergeben, rolle: Rolle::Sc, agentur: to, von, grund });
            }
        }
    }

    /// It is with no Agentur any more.
    fn given_back(&mut self) {
        if self.stand.agentur.is_none() {
            return;
        }
        self.reopen();
        let von = self.stand.agentur.clone();
        self.happened(Ereignis {
            art: Art::Zurueckgegeben,
            rolle: Rolle::Eingangszone,
            agentur: von.clone(),
            von,
            grund: "",
        });
    }

    fn reopen(&mut self) {
        if self.stand.bearbeitet {
            self.here(Art::Wiedereroeffnet, Rolle::Eingangszone, "");
        }
    }

    fn marked(&mut self, kennzeichen: Option<Kennzeichen>) {
        let status = self.stand.status;
        match kennzeichen {
            None if self.stand.bearbeitet => self.reopen(),
            None if matches!(status, Status::InBearbeitung | Status::Loeschvorgemerkt) => {
                self.here(Art::BearbeitungBeendet, Rolle::Eingangszone, "");
            }
            None => {}
            Some(Kennzeichen::InBearbeitung) => {
                self.reopen();
                if self.stand.status != Status::InBearbeitung {
                    self.here(Art::InBearbeitung, Rolle::Eingangszone, "");
                }
            }
            Some(mark @ (Kennzeichen::Bearbeitet | Kennzeichen::BearbeitetAu)) => self.processed(mark),
            Some(Kennzeichen::ZuLoeschen) => {
                if !self.stand.bearbeitet && self.loeschen_impliziert {
                    self.here(Art::Bearbeitet, Rolle::Eingangszone, "impliziert");
                }
                if self.stand.status != Status::Loeschvorgemerkt {
                    self.here(Art::Loeschvorgemerkt, Rolle::Eingangszone, "");
                }
            }
            Some(Kennzeichen::ZurueckAnSc) => self.given_back(),
        }
    }

    fn processed(&mut self, mark: Kennzeichen) {
        let grund = if mark == Kennzeichen::BearbeitetAu { "au" } else { "" };
        match (self.stand.bearbeitet, self.stand.status) {
            (true, Status::Loeschvorgemerkt) => self.here(Art::VormerkungAufgehoben, Rolle::Eingangszone, ""),
            (true, _) => {}
            (false, Status::Loeschvorgemerkt) => {
                self.here(Art::BearbeitungBeendet, Rolle::Eingangszone, "");
                self.here(Art::Bearbeitet, Rolle::Eingangszone, grund);
            }
            (false, _) => self.here(Art::Bearbeitet, Rolle::Eingangszone, grund),
        }
        if self.stand.au != (grund == "au") {
            self.here(Art::VorgangsartBerichtigt, Rolle::Eingangszone, grund);
        }
    }
}

#[cfg(test)]
#[path = "lebenslauf_tests.rs"]
mod tests;
