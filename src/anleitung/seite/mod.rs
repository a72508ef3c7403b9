//! The guide as one HTML page: no script, nothing from elsewhere, readable on paper and by a screen reader.
//!
//! What a person reads comes in the order in which it is done: where, which, how, what it means, what to leave, what to do
//! after a slip, and the test at the end. Each section has a file. Constant text is markup; every other value goes through
//! [`Text`].

mod bedeutung;
mod einrichten;
mod ordner;
mod probe;
mod zu_lassen;

use super::Anleitung;
use super::markup::Text;

const STIL: &str = include_str!("stil.css");

/// Sections: the mark by which they are linked, and their headings.
const ABSCHNITTE: [(&str, &str); 7] = [
    ("ordner", "Postfach und Ordner"),
    ("einrichten", "QuickSteps einrichten"),
    ("bedeutung", "Was die Kennzeichen bedeuten"),
    ("nicht-benutzen", "Was Sie bitte nicht benutzen"),
    ("verklickt", "Verklickt? Zurückschieben genügt"),
    ("erfasst", "Was erfasst wird und was nicht"),
    ("selbsttest", "Einmal ausprobieren: der Selbsttest"),
];

/// The page.
pub fn seite(anleitung: &Anleitung) -> String {
    let titel = format!("QuickSteps für die {}", anleitung.agentur);
    let titel = Text(&titel);
    let texte = [
        ordner::abschnitt(anleitung),
        einrichten::abschnitt(anleitung),
        bedeutung::abschnitt(anleitung),
        zu_lassen::abschnitt(anleitung),
        verklickt(),
        erfasst(),
        probe::abschnitt(anleitung),
    ];
    let inhalt: String = ABSCHNITTE.map(|(id, heading)| format!("<li><a href=\"#{id}\">{heading}</a></li>\n")).concat();
    let abschnitte: String = ABSCHNITTE
        .iter()
        .zip(texte)
        .map(|((id, heading), text)| {
            format!("<section aria-labelledby=\"{id}\">\n<h2 id=\"{id}\">{heading}</h2>\n{text}</section>\n")
        })
        .collect();
    format!(
        "<!DOCTYPE html>\n\
         <html lang=\"de\">\n\
         <head>\n\
         <meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{titel}</title>\n\
         <style>\n{STIL}</style>\n\
         </head>\n\
         <body>\n\
         <a class=\"sprung\" href=\"#inhalt\">Zum Inhalt springen</a>\n\
         <main id=\"inhalt\" tabindex=\"-1\">\n\
         <h1>{titel}</h1>\n\
         <p>Mit einem QuickStep sagen Sie mit einem Klick, was aus einer E-Mail geworden ist. Er verschiebt die E-Mail in \
         einen festen Unterordner; der Dienst Postweiche liest daran ab, was bearbeitet ist und was gelöscht werden darf. \
         Mehr ist von Ihnen nicht verlangt.</p>\n\
         <p>Stand: {stand}</p>\n\
         <nav aria-label=\"Inhalt\">\n<ol>\n{inhalt}</ol>\n</nav>\n\
         {abschnitte}\
         </main>\n\
         </body>\n\
         </html>\n",
        stand = anleitung.stand.strftime("%d.%m.%Y"),
    )
}

fn verklickt() -> String {
    "<p>Schieben Sie die E-Mail zurück in den Ordner Ihrer Agentur oder gleich in den richtigen Unterordner. Sofort geht es \
     auch mit <kbd>Strg</kbd>+<kbd>Z</kbd>. Ein Kennzeichen zählt erst, wenn der Dienst die E-Mail zweimal hintereinander \
     am selben Ort gesehen hat; was Sie vorher zurücknehmen, erscheint in keiner Zahl. Später wird die Zahl berichtigt: Die \
     E-Mail gilt als wieder geöffnet und zählt nicht mehr als bearbeitet.</p>\n\
     <p>Ist die E-Mail in den Ordner einer anderen Agentur geraten, schieben Sie sie ebenso zurück. Was Menschen verschieben, \
     verschiebt der Dienst nicht wieder.</p>\n"
        .to_owned()
}

fn erfasst() -> String {
    "<p>Der Dienst sieht nur, in welchem Ordner eine E-Mail liegt und wann er sie dort gesehen hat. <strong>Wer sie \
     bearbeitet oder verschoben hat, erfährt und speichert er nicht.</strong> Auch Betreff, Absender und Text werden nicht \
     gespeichert. Gezählt wird je Agentur, nie je Person.</p>\n"
        .to_owned()
}

#[cfg(test)]
#[path = "seite_tests.rs"]
mod tests;
