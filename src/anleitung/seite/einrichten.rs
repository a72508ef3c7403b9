//! The QuickSteps, one after the other, as Outlook for Windows asks for them.

use super::super::Anleitung;
use super::super::markup::{Text, pfad, tasten};
use super::super::outlook;
use super::super::quickstep::{QuickStep, is_required};

pub(super) fn abschnitt(anleitung: &Anleitung) -> String {
    let zeilen: String = anleitung.quicksteps.iter().map(zeile).collect();
    let schritte: String = anleitung.quicksteps.iter().map(|quickstep| schritte(anleitung, quickstep)).collect();
    format!(
        "<p>Die Schritte gelten für Outlook für Windows. Jede Person richtet die QuickSteps einmal an ihrem Arbeitsplatz \
         ein. Die Tasten sind ein Vorschlag; sind sie bei Ihnen schon vergeben, nehmen Sie andere.</p>\n\
         <table>\n\
         <caption>Die QuickSteps im Überblick</caption>\n\
         <thead><tr><th scope=\"col\">QuickStep</th><th scope=\"col\">Unterordner</th><th scope=\"col\">Tasten</th>\
         <th scope=\"col\">Nötig?</th></tr></thead>\n\
         <tbody>\n{zeilen}</tbody>\n\
         </table>\n\
         {schritte}"
    )
}

fn zeile(quickstep: &QuickStep) -> String {
    let noetig = if is_required(quickstep.kennzeichen) { "ja" } else { "nach Bedarf" };
    format!(
        "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{noetig}</td></tr>\n",
        Text(quickstep.name()),
        pfad(quickstep.ordner.split('/')),
        tasten(&["Strg", "Umschalt", &quickstep.ziffer().to_string()]),
    )
}

fn schritte(anleitung: &Anleitung, quickstep: &QuickStep) -> String {
    let ort = format!("{}/{}", anleitung.ordner, quickstep.ordner);
    let kategorie = match anleitung.kategorien_zaehlen() {
        true => "Auch die Kategorie wird als Kennzeichen gelesen; sie muss genau so heißen.",
        false => "Sie hilft nur dem Auge; gezählt wird allein der Ordner.",
    };
    format!(
        "<h3>{name}</h3>\n\
         <ol>\n\
         <li>Wählen Sie im Menüband <b>Start</b>, dort im Feld <b>QuickSteps</b>, den Eintrag <b>Neu erstellen</b>.</li>\n\
         <li>Tragen Sie bei <b>Name</b> ein: <b>{name}</b></li>\n\
         <li>Wählen Sie unter <b>Aktion auswählen</b> die Aktion <b>In Ordner verschieben</b>.</li>\n\
         <li>Wählen Sie unter <b>Ordner auswählen</b> den Eintrag <b>Anderer Ordner …</b> und darin: \
         <b>{postfach}</b>{trenner}{pfad}</li>\n\
         <li>Wenn Sie mögen: <b>Aktion hinzufügen</b>, dann <b>Nachricht kategorisieren</b> und eine Kategorie mit dem Namen \
         <b>{kategoriename}</b>. {kategorie}</li>\n\
         <li>Wählen Sie bei <b>Tastenkombination</b>: {tasten}</li>\n\
         <li>Tragen Sie bei <b>QuickInfo-Text</b> ein: <b>{quickinfo}</b></li>\n\
         <li>Schließen Sie mit <b>Fertig stellen</b> ab.</li>\n\
         </ol>\n",
        name = Text(quickstep.name()),
        postfach = Text(&anleitung.postfach),
        trenner = super::super::markup::TRENNER,
        pfad = pfad(outlook::pfad(&ort)),
        kategoriename = Text(&quickstep.kategorie),
        tasten = tasten(&["Strg", "Umschalt", &quickstep.ziffer().to_string()]),
        quickinfo = Text(quickstep.quickinfo()),
    )
}
