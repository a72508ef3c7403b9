//! What each mark means, and what it causes in the figures.

use super::super::Anleitung;
use super::super::markup::{Text, pfad};
use super::super::outlook;
use crate::domain::kennzeichen::{Kennzeichen, Leser};

pub(super) fn abschnitt(anleitung: &Anleitung) -> String {
    let zeilen: String = anleitung
        .quicksteps
        .iter()
        .map(|quickstep| {
            let (bedeutung, zahlen) = bedeutung(quickstep.kennzeichen, anleitung.loeschen_impliziert_bearbeitet);
            format!("<tr><th scope=\"row\">{}</th><td>{bedeutung}</td><td>{zahlen}</td></tr>\n", Text(quickstep.name()))
        })
        .collect();
    let ordner = pfad(outlook::pfad(&anleitung.ordner));
    let weitere: String = anleitung.leser.iter().map(|leser| format!("<p>{}</p>\n", weiteres(*leser))).collect();
    format!(
        "<table>\n\
         <caption>Die Kennzeichen und ihre Folgen</caption>\n\
         <thead><tr><th scope=\"col\">QuickStep</th><th scope=\"col\">Wann</th><th scope=\"col\">In den Zahlen</th></tr>\
         </thead>\n\
         <tbody>\n{zeilen}</tbody>\n\
         </table>\n\
         <p>Eine E-Mail ohne Kennzeichen, die in {ordner} liegt, gehört zum offenen Bestand Ihrer Agentur.</p>\n\
         {weitere}\
         <p class=\"merke\">Der Dienst löscht keine E-Mail. Was gelöscht werden darf, zeigt er an; das Löschen bleibt bei den \
         Menschen, die bisher dafür zuständig sind.</p>\n"
    )
}

/// When a mark is set, and what follows in the figures.
fn bedeutung(kennzeichen: Kennzeichen, loeschen_impliziert_bearbeitet: bool) -> (&'static str, &'static str) {
    match kennzeichen {
        Kennzeichen::Bearbeitet => (
            "Die Sache ist erledigt.",
            "Zählt als bearbeiteter Geschäftsvorgang Ihrer Agentur. Die Zeit seit dem Eingang wird festgehalten.",
        ),
        Kennzeichen::BearbeitetAu => (
            "Die Sache ist erledigt, und es war die Mitteilung einer Arbeitsunfähigkeit.",
            "Wie bearbeitet, und zählt als Arbeitsunfähigkeit, auch wenn der Dienst sie anders eingeordnet hatte.",
        ),
        Kennzeichen::ZuLoeschen if loeschen_impliziert_bearbeitet => (
            "Die E-Mail wird nicht mehr gebraucht und darf gelöscht werden.",
            "Zählt als zum Löschen vorgemerkt. War sie noch nicht als bearbeitet gekennzeichnet, zählt sie zugleich als \
             bearbeitet.",
        ),
        Kennzeichen::ZuLoeschen => (
            "Die E-Mail wird nicht mehr gebraucht und darf gelöscht werden.",
            "Zählt als zum Löschen vorgemerkt, als bearbeitet erst, wenn sie gelöscht ist.",
        ),
        Kennzeichen::ZurueckAnSc => (
            "Die E-Mail gehört zu einer anderen Agentur oder ist keine Sache der Eingangszone.",
            "Zählt als Rückgabe, nicht als bearbeitet, und verlässt Ihren Bestand. Sie hilft, die Regeln der Zuordnung zu \
             verbessern.",
        ),
        Kennzeichen::InBearbeitung => (
            "Jemand arbeitet daran, sie ist aber noch nicht erledigt.",
            "Bleibt im offenen Bestand und zählt noch nicht als bearbeitet.",
        ),
    }
}

/// What counts besides the folder, where the configuration says so.
fn weiteres(leser: Leser) -> &'static str {
    match leser {
        Leser::Markierung => {
            "<strong>In diesem Postfach gilt außerdem:</strong> Eine E-Mail, die Sie zur Nachverfolgung kennzeichnen \
             (Fähnchen), zählt als bearbeitet. Benutzen Sie das Fähnchen dort deshalb nicht als Merkzettel."
        }
        Leser::Schluesselwort | Leser::KeywordsKopfzeile => {
            "<strong>In diesem Postfach gilt außerdem:</strong> Auch eine Kategorie mit dem Namen eines Kennzeichens zählt, \
             wenn die E-Mail im Ordner Ihrer Agentur liegen bleibt."
        }
    }
}
