//! What Outlook offers besides, and why it does harm here.

use super::super::Anleitung;
use super::super::markup::Text;
use super::super::quickstep;
use crate::domain::kennzeichen::Kennzeichen;

/// What, why not, and what to do instead. Constant markup.
const ZEILEN: [(&str, &str, &str); 6] = [
    (
        "<b>Immer verschieben</b> und andere Aktionen für ganze Unterhaltungen",
        "Outlook merkt sich das und verschiebt auch künftige Antworten, die noch niemand gelesen hat. Sie würden als \
         bearbeitet gelten.",
        "Den QuickStep auf die einzelnen E-Mails anwenden.",
    ),
    (
        "Endgültig löschen (<kbd>Umschalt</kbd>+<kbd>Entf</kbd>)",
        "Die E-Mail ist weg, für alle. Sie zählt als ohne Kennzeichen entfernt, nie als bearbeitet.",
        "__LOESCHEN__",
    ),
    (
        "Löschen (<kbd>Entf</kbd>)",
        "Die E-Mail landet oft in Ihren eigenen gelöschten Elementen, wo Ihre Vertretung sie nicht findet. Auch sie zählt \
         als ohne Kennzeichen entfernt.",
        "__LOESCHEN__",
    ),
    (
        "<b>In Ordner kopieren</b>",
        "Die Vorlage bleibt liegen und damit im offenen Bestand. Eine Kopie ist kein Kennzeichen.",
        "Verschieben, also den QuickStep benutzen.",
    ),
    (
        "Ordner umbenennen, verschieben oder eigene anlegen",
        "Der Dienst erkennt Ordner an ihrem Namen. Was in einem anderen liegt, sieht er nicht.",
        "Die IT-Fachbetreuung fragen; andere Namen lassen sich einstellen.",
    ),
    (
        "Eigene Regeln in Outlook für dieses Postfach",
        "Sie greifen, bevor jemand die E-Mail gelesen hat, und gelten dann für alle.",
        "Wiederkehrendes der IT-Fachbetreuung melden; die Zuordnung hat dafür eigene Regeln.",
    ),
];

pub(super) fn abschnitt(anleitung: &Anleitung) -> String {
    let loeschen = anleitung.quicksteps.iter().any(|step| step.kennzeichen == Kennzeichen::ZuLoeschen);
    let loeschen = match loeschen {
        true => format!("Den QuickStep {} benutzen.", Text(quickstep::name(Kennzeichen::ZuLoeschen))),
        false => "Die E-Mail liegen lassen.".to_owned(),
    };
    let zeilen: String = ZEILEN
        .iter()
        .map(|(was, warum, stattdessen)| {
            let stattdessen = stattdessen.replace("__LOESCHEN__", &loeschen);
            format!("<tr><th scope=\"row\">{was}</th><td>{warum}</td><td>{stattdessen}</td></tr>\n")
        })
        .collect();
    format!(
        "<table>\n\
         <caption>Was schadet, und was Sie stattdessen tun</caption>\n\
         <thead><tr><th scope=\"col\">Bitte nicht</th><th scope=\"col\">Warum</th><th scope=\"col\">Stattdessen</th></tr>\
         </thead>\n\
         <tbody>\n{zeilen}</tbody>\n\
         </table>\n"
    )
}
