//! The test that an office does once, and what IT does after it.

use super::super::Anleitung;
use super::super::markup::{Text, pfad};
use super::super::outlook;
use super::super::quickstep;
use super::super::selbsttest;
use crate::domain::kennzeichen::Kennzeichen;

pub(super) fn abschnitt(anleitung: &Anleitung) -> String {
    let zeilen: String = anleitung
        .quicksteps
        .iter()
        .map(|step| {
            format!(
                "<tr><th scope=\"row\">{}</th><td>{} anklicken</td><td>{}</td></tr>\n",
                Text(&selbsttest::betreff(step.kennzeichen)),
                Text(step.name()),
                pfad(step.ordner.split('/')),
            )
        })
        .collect();
    let ordner = pfad(outlook::pfad(&anleitung.ordner));
    let loeschen = anleitung.quicksteps.iter().any(|step| step.kennzeichen == Kennzeichen::ZuLoeschen);
    let danach = match loeschen {
        true => format!(
            "Hat die IT den Test bestätigt, wenden Sie auf alle Test-E-Mails <b>{}</b> an.",
            Text(quickstep::name(Kennzeichen::ZuLoeschen))
        ),
        false => {
            "Was nach der Rückmeldung der IT noch im Ordner der Agentur liegt, kennzeichnen Sie wie jede andere E-Mail."
                .to_owned()
        }
    };
    let kategorie = anleitung.quicksteps.first().map_or("", |step| step.kategorie.as_str());
    format!(
        "<p>Eine Person macht ihn für das ganze Büro. Er dauert zehn Minuten und zeigt, ob die Ordner stimmen und was der \
         Dienst sieht.</p>\n\
         <ol>\n\
         <li>Schreiben Sie sich selbst für jede Zeile der Tabelle eine leere E-Mail mit genau diesem Betreff.</li>\n\
         <li>Ziehen Sie diese E-Mails aus Ihrem eigenen Posteingang in den Ordner {ordner} des Postfachs \
         <b>{postfach}</b>.</li>\n\
         <li>Wenden Sie auf jede E-Mail einmal an, was in der Tabelle steht.</li>\n\
         <li>Sehen Sie nach, ob jede E-Mail jetzt dort liegt, wo es die Tabelle sagt.</li>\n\
         <li>Sagen Sie Ihrer IT Bescheid.</li>\n\
         </ol>\n\
         <table>\n\
         <caption>Die Test-E-Mails</caption>\n\
         <thead><tr><th scope=\"col\">Betreff</th><th scope=\"col\">Was Sie tun</th>\
         <th scope=\"col\">Wo sie danach liegt</th></tr></thead>\n\
         <tbody>\n{zeilen}\
         <tr><th scope=\"row\">{betreff} {fuer_kategorie}</th><td>Die Kategorie <b>{kategorie}</b> setzen und zur \
         Nachverfolgung kennzeichnen, aber nicht verschieben</td><td>im Ordner der Agentur</td></tr>\n\
         </tbody>\n\
         </table>\n\
         <p><strong>Für die IT:</strong> Dieser Befehl sieht nach, verändert nichts und nennt keinen Betreff:</p>\n\
         <p><code>postweiche doctor --selbsttest {slug}</code></p>\n\
         <p>Er sagt je QuickStep, ob die Test-E-Mail am richtigen Ort liegt, ob Fähnchen und Kategorien zu sehen sind, was \
         fehlt und was zu tun ist.</p>\n\
         <p class=\"merke\">Jede Test-E-Mail zählt in den Zahlen Ihrer Agentur als ein Vorgang. Machen Sie den Test deshalb nur \
         einmal. {danach}</p>\n",
        postfach = Text(&anleitung.postfach),
        betreff = Text(selbsttest::BETREFF),
        fuer_kategorie = Text(selbsttest::KATEGORIE),
        kategorie = Text(kategorie),
        slug = Text(&anleitung.slug),
    )
}
