//! In which mailbox and folder the office works.

use super::super::Anleitung;
use super::super::markup::{Text, pfad};
use super::super::outlook;

pub(super) fn abschnitt(anleitung: &Anleitung) -> String {
    let ordner = pfad(outlook::pfad(&anleitung.ordner));
    let posteingang = match anleitung.is_below_inbox() {
        true => " „Posteingang“ heißt hier immer der Posteingang dieses gemeinsamen Postfachs, nicht Ihr eigener.",
        false => "",
    };
    let unterordner: String = anleitung
        .quicksteps
        .iter()
        .map(|quickstep| format!("<li>{}</li>\n", pfad(quickstep.ordner.split('/'))))
        .collect();
    format!(
        "<p>Sie arbeiten im gemeinsamen Postfach <b>{postfach}</b> ({adresse}), im Ordner {ordner}.{posteingang}</p>\n\
         <p>Darunter liegen die Unterordner für die Kennzeichen:</p>\n\
         <ul>\n{unterordner}</ul>\n\
         <p><strong>Fehlt einer?</strong> Legen Sie ihn nicht selbst an. An den Ordnern hängen Zugriffsrechte, und schon ein \
         abweichender Name wird nicht erkannt. Die IT-Fachbetreuung Ihrer Agentur oder die Regionalleitung des Service \
         Centers legt ihn an, genau so geschrieben wie hier und mit den Rechten des Ordners Ihrer Agentur.</p>\n",
        postfach = Text(&anleitung.postfach),
        adresse = Text(&anleitung.adresse),
    )
}
