//! Daily figures: what is counted of an event, so that the figures outlive it.
//!
//! One event counts nothing, or for up to two Agenturen. Only counts that grow: what is taken back has a figure of its own,
//! so that a figure of a day can be added to whenever one more of its events expires.
//!
//! **Balance.** For each Agentur, and any days:
//!
//! Bestand at the beginning + `zugang` + `wiedereroeffnet` + `wiedergesehen` − `bearbeitet` − `abgegeben` −
//! `ohne_kennzeichen` = Bestand at the end.
//!
//! **Measures.**
//!
//! | measure | from |
//! |---|---|
//! | Eingang, by kind of Vorgang | `eingang/*` |
//! | relevanter Eingang | `eingang/*` − `erst_verbleibt_sc` − `erst_fremd` − `erst_automatisch` |
//! | Ungeklärt-Quote | `erst_ungeklaert` / relevanter Eingang |
//! | Übergaben, by role | `uebergabe_dienst`, `uebergabe_sc` |
//! | Umordnungsquote | (`umordnung` + `rueckgabe`) / Übergaben |
//! | Bearbeitet, by kind of Vorgang | `bearbeitet/*` − `wiedereroeffnet/*` + `berichtigt_zu/*` − `berichtigt_von/*` |
//! | Vorgemerkt | `vorgemerkt` − `vormerkung_aufgehoben` |
//! | Gelöscht | `geloescht` − `loeschung_widerlegt` |
//! | Kennzeichnungsquote | Gelöscht / (Gelöscht + `ohne_kennzeichen` − `wiedergesehen`) |
//!
//! Times (Servicestunden, Servicetage) are no counts and are not among them.

use super::decision::Vorgangsart;
use super::ereignis::{Art, Ereignis, Rolle, Stand, Status};

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Groesse {
    /// A message came; by kind of Vorgang.
    Eingang,
    /// First decisions, once for each Vorgang.
    ErstZugeordnet,
    ErstUngeklaert,
    ErstVerbleibtSc,
    ErstFremd,
    ErstAutomatisch,
    /// Hand-overs, by who did it.
    UebergabeDienst,
    UebergabeSc,
    /// Came into the Bestand from elsewhere: a hand-over, or from another Agentur.
    Zugang,
    /// Left the Bestand for another Agentur or the Service Center.
    Abgegeben,
    /// Left the Bestand as processed; by kind of Vorgang.
    Bearbeitet,
    /// Came back into the Bestand: it was not processed after all; by kind of Vorgang.
    Wiedereroeffnet,
    /// Left the Bestand without a mark.
    OhneKennzeichen,
    /// Came back into the Bestand: it was not gone after all.
    Wiedergesehen,
    /// A processed Vorgang was of another kind than counted: the one it was counted as, and the one it is.
    BerichtigtVon,
    BerichtigtZu,
    /// Another Agentur has it now; counted where it was before.
    Umordnung,
    /// Given back to the Service Center; counted where it was before.
    Rueckgabe,
    Vorgemerkt,
    VormerkungAufgehoben,
    /// Gone with a mark.
    Geloescht,
    /// It was not gone after all.
    LoeschungWiderlegt,
    /// Gone while it was in nobody's Bestand.
    Verschwunden,
}

impl Groesse {
    /// The word in the ledger.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Eingang => "eingang",
            Self::ErstZugeordnet => "erst_zugeordnet",
            Self::ErstUngeklaert => "erst_ungeklaert",
            Self::ErstVerbleibtSc => "erst_verbleibt_sc",
            Self::ErstFremd => "erst_fremd",
            Self::ErstAutomatisch => "erst_automatisch",
            Self::UebergabeDienst => "uebergabe_dienst",
            Self::UebergabeSc => "uebergabe_sc",
            Self::Zugang => "zugang",
            Self::Abgegeben => "abgegeben",
            Self::Bearbeitet => "bearbeitet",
            Self::Wiedereroeffnet => "wiedereroeffnet",
            Self::OhneKennzeichen => "ohne_kennzeichen",
            Self::Wiedergesehen => "wiedergesehen",
            Self::BerichtigtVon => "berichtigt_von",
            Self::BerichtigtZu => "berichtigt_zu",
            Self::Umordnung => "umordnung",
            Self::Rueckgabe => "rueckgabe",
            Self::Vorgemerkt => "vorgemerkt",
            Self::VormerkungAufgehoben => "vormerkung_aufgehoben",
            Self::Geloescht => "geloescht",
            Self::LoeschungWiderlegt => "loeschung_widerlegt",
            Self::Verschwunden => "verschwunden",
        }
    }

    /// Whether it belongs to the day the message arrived, so that quotas of a period are about the same Vorgänge; else it
    /// belongs to the day it happened.
    pub fn am_tag_des_eingangs(self) -> bool {
        matches!(
            self,
            Self::Eingang
                | Self::ErstZugeordnet
                | Self::ErstUngeklaert
                | Self::ErstVerbleibtSc
                | Self::ErstFremd
                | Self::ErstAutomatisch
        )
    }
}

/// One more of something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Zaehlung {
    pub groesse: Groesse,
    /// Slug of the Agentur whose figure it is; `None`: the mailbox's.
    pub agentur: Option<String>,
    /// The kind of Vorgang, where the figure is told apart by it.
    pub vorgangsart: Option<String>,
}

impl Zaehlung {
    /// The word in the ledger: the figure, and after a `/` the kind of Vorgang.
    pub fn word(&self) -> String {
        match &self.vorgangsart {
            Some(vorgangsart) => format!("{}/{vorgangsart}", self.groesse.as_str()),
            None => self.groesse.as_str().to_owned(),
        }
    }
}

/// What an event counts that brought a Vorgang from one state to another. `vorgangsart`: the word of its decision.
pub fn zaehle(before: &Stand, ereignis: &Ereignis, after: &Stand, vorgangsart: &str) -> Vec<Zaehlung> {
    let mut zaehlungen = Vec::new();
    bestand(before, ereignis.art, after, vorgangsart, &mut zaehlungen);
    let mut count = |groesse, agentur: Option<&String>, vorgangsart: Option<&str>| {
        zaehlungen.push(Zaehlung { groesse, agentur: agentur.cloned(), vorgangsart: vorgangsart.map(str::to_owned) });
    };
    let agentur = ereignis.agentur.as_ref();
    match ereignis.art {
        Art::Eingegangen => count(Groesse::Eingang, None, Some(vorgangsart)),
        art @ (Art::Zugeordnet | Art::Ungeklaert | Art::VerbleibtSc | Art::Fremd | Art::Automatisch)
            if before.status == Status::Eingegangen =>
        {
            count(erstentscheidung(art), agentur, None);
        }
        Art::Uebergeben if ereignis.rolle == Rolle::Dienst => count(Groesse::UebergabeDienst, agentur, None),
        Art::Uebergeben => count(Groesse::UebergabeSc, agentur, None),
        Art::Umgeordnet => count(Groesse::Umordnung, ereignis.von.as_ref(), None),
        Art::Zurueckgegeben => count(Groesse::Rueckgabe, ereignis.von.as_ref().or(agentur), None),
        Art::VorgangsartBerichtigt if before.bearbeitet && before.au != after.au => {
            count(Groesse::BerichtigtVon, agentur, Some(kind(before, vorgangsart)));
            count(Groesse::BerichtigtZu, agentur, Some(kind(after, vorgangsart)));
        }
        Art::Loeschvorgemerkt if before.status != Status::Loeschvorgemerkt => {
            count(Groesse::Vorgemerkt, agentur, None);
        }
        Art::Geloescht if before.status != Status::Geloescht => count(Groesse::Geloescht, agentur, None),
        Art::Verschwunden if !before.im_bestand() && !before.is_gone() => count(Groesse::Verschwunden, agentur, None),
        Art::Wiedergesehen if before.status == Status::Geloescht => count(Groesse::LoeschungWiderlegt, agentur, None),
        _ => {}
    }
    let vorgemerkt = |stand: &Stand| stand.status == Status::Loeschvorgemerkt;
    if vorgemerkt(before) && !vorgemerkt(after) && !after.is_gone() {
        count(Groesse::VormerkungAufgehoben, before.agentur.as_ref(), None);
    }
    zaehlungen
}

/// What left a Bestand and what came into one. Whatever happens, the balance holds.
fn bestand(before: &Stand, art: Art, after: &Stand, vorgangsart: &str, zaehlungen: &mut Vec<Zaehlung>) {
    let owner = |stand: &Stand| stand.agentur.clone().filter(|_| stand.im_bestand());
    let (was, is) = (owner(before), owner(after));
    if was == is {
        return;
    }
    if let Some(agentur) = was {
        let (groesse, vorgangsart) = match art {
            Art::Bearbeitet => (Groesse::Bearbeitet, Some(kind(after, vorgangsart).to_owned())),
            Art::Verschwunden => (Groesse::OhneKennzeichen, None),
            _ => (Groesse::Abgegeben, None),
        };
        zaehlungen.push(Zaehlung { groesse, agentur: Some(agentur), vorgangsart });
    }
    if let Some(agentur) = is {
        let (groesse, vorgangsart) = match art {
            Art::Wiedereroeffnet => (Groesse::Wiedereroeffnet, Some(kind(before, vorgangsart).to_owned())),
            Art::Wiedergesehen => (Groesse::Wiedergesehen, None),
            _ => (Groesse::Zugang, None),
        };
        zaehlungen.push(Zaehlung { groesse, agentur: Some(agentur), vorgangsart });
    }
}

/// The kind of Vorgang as it is counted: the mark says more than the decision.
fn kind<'a>(stand: &Stand, vorgangsart: &'a str) -> &'a str {
    if stand.au { Vorgangsart::EvmAu.as_str() } else { vorgangsart }
}

fn erstentscheidung(art: Art) -> Groesse {
    match art {
        Art::Zugeordnet => Groesse::ErstZugeordnet,
        Art::VerbleibtSc => Groesse::ErstVerbleibtSc,
        Art::Fremd => Groesse::ErstFremd,
        Art::Automatisch => Groesse::ErstAutomatisch,
        _ => Groesse::ErstUngeklaert,
    }
}

#[cfg(test)]
#[path = "groesse_tests.rs"]
mod tests;
