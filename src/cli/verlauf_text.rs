//! The life of a Vorgang, for a person at a terminal.

use jiff::tz::TimeZone;

use super::visible::{MOST_FILE_NAME, visible};
use super::woerter;
use super::wrap::paragraph;
use crate::daemon::judge::day_of;
use crate::domain::ereignis::Art;
use crate::domain::id::RegelwerkVersion;
use crate::domain::stammdaten::Stammdaten;
use crate::report::verlauf::{Geschehen, Hinweis, LetzteEntscheidung, Verlauf};

/// Columns for day and time of an event.
const WHEN: usize = 16;

/// Lays the life out.
pub fn text(verlauf: &Verlauf, zone: &TimeZone, stammdaten: &Stammdaten) -> String {
    let mut page = Page { text: String::new(), zone, stammdaten };
    page.paragraph(0, &format!("Vorgang {}, Postfach {}", verlauf.vorgang.0, verlauf.postfach));
    page.paragraph(
        2,
        &format!(
            "Eingegangen {}, Größe {}.",
            woerter::zeitpunkt(verlauf.eingang, zone),
            woerter::groesse(&verlauf.groessenklasse)
        ),
    );
    page.ort(verlauf);
    page.stand(verlauf);
    page.entscheidung(verlauf);
    page.haltegrund(verlauf);
    page.heading("Was geschah");
    if verlauf.vorher.is_some() {
        page.paragraph(4, "ältere Ereignisse sind gelöscht");
    }
    for geschehen in &verlauf.ereignisse {
        page.geschehen(geschehen);
    }
    page.text
}

struct Page<'a> {
    text: String,
    zone: &'a TimeZone,
    stammdaten: &'a Stammdaten,
}

impl Page<'_> {
    fn paragraph(&mut self, indent: usize, text: &str) {
        paragraph(&mut self.text, &" ".repeat(indent), indent + 2, text);
    }

    fn heading(&mut self, heading: &str) {
        self.paragraph(2, heading);
    }

    fn name(&self, slug: &str) -> String {
        woerter::agentur(slug, self.stammdaten).to_owned()
    }

    fn ort(&mut self, verlauf: &Verlauf) {
        let ordner = visible(&verlauf.ordner, MOST_FILE_NAME);
        let line = match verlauf.fort_seit {
            None => format!("Liegt, soweit bekannt, in {ordner}."),
            // Who took it away when is nobody's business: the day is enough.
            Some(since) => {
                let day = woerter::tag(day_of(since, self.zone));
                format!("Seit {day} nicht mehr gesehen; lag zuletzt in {ordner}.")
            }
        };
        self.paragraph(2, &line);
    }

    fn stand(&mut self, verlauf: &Verlauf) {
        let stand = verlauf.stand();
        let bei = stand.agentur.as_deref().map_or_else(String::new, |slug| format!(" ({})", self.name(slug)));
        let au = if stand.au { ", Arbeitsunfähigkeit" } else { "" };
        self.paragraph(2, &format!("Stand: {}{bei}{au}.", woerter::status(stand.status)));
    }

    fn entscheidung(&mut self, verlauf: &Verlauf) {
        let entscheidung = &verlauf.entscheidung;
        let LetzteEntscheidung { vorgangsart, regel, grund, betriebsart, .. } = entscheidung;
        let am = woerter::zeitpunkt(entscheidung.am, self.zone);
        let version = RegelwerkVersion(entscheidung.regelwerk.clone());
        if !verlauf.nach_regeln() {
            return self.paragraph(2, &format!("Nicht von Regeln entschieden: {} ({grund}).", woerter::grund(grund)));
        }
        let was = match &entscheidung.agentur {
            Some(slug) => format!("an die Agentur für Arbeit {} zu übergeben", self.name(slug)),
            None => woerter::entscheidung(&entscheidung.entscheidung).to_owned(),
        };
        self.paragraph(2, &format!("Entschieden {am}: {was}; {} ({grund}).", woerter::grund(grund)));
        self.paragraph(
            2,
            &format!("Art {vorgangsart}, Regel {regel}, Regelwerk {}, Betriebsart {betriebsart}.", version.short()),
        );
        self.hinweise(entscheidung);
    }

    fn hinweise(&mut self, entscheidung: &LetzteEntscheidung) {
        if !entscheidung.evidenz.is_empty() {
            self.heading("Hinweise");
        }
        for Hinweis { art, agenturen, fundort } in &entscheidung.evidenz {
            let names: Vec<String> = agenturen.iter().map(|slug| self.name(slug)).collect();
            let line = format!("{} {}: {}", woerter::hinweis(art), woerter::fundort(fundort), names.join(" oder "));
            self.paragraph(4, &line);
        }
        if let Some(slug) = &entscheidung.zweiter {
            self.heading("Nächstbeste Agentur");
            self.paragraph(4, &self.name(slug));
        }
    }

    fn haltegrund(&mut self, verlauf: &Verlauf) {
        let line = match verlauf.halt {
            None => "Regeln dürfen ihn bewegen, solange er im Posteingang liegt.".to_owned(),
            Some(halt) => {
                format!("Regeln bewegen ihn nie mehr: {} ({}).", woerter::haltegrund(halt), halt.as_str())
            }
        };
        self.paragraph(2, &line);
    }

    fn geschehen(&mut self, geschehen: &Geschehen) {
        let when = if geschehen.has_time() {
            woerter::zeitpunkt(geschehen.am, self.zone)
        } else {
            woerter::tag(day_of(geschehen.am, self.zone))
        };
        let what = Art::from_word(&geschehen.art).map_or(geschehen.art.as_str(), |art| woerter::ereignis(art));
        let mut line = what.to_owned();
        if let Some(rolle) = woerter::rolle(geschehen.rolle) {
            line.push_str(&format!(", {rolle}"));
        }
        for (word, slug) in [("von", &geschehen.von), ("Agentur", &geschehen.agentur)] {
            if let Some(slug) = slug {
                line.push_str(&format!(", {word} {}", self.name(slug)));
            }
        }
        if !geschehen.grund.is_empty() {
            line.push_str(&format!("; {} ({})", woerter::grund(&geschehen.grund), geschehen.grund));
        }
        paragraph(&mut self.text, &format!("    {when:<WHEN$}  "), 6 + WHEN, &line);
    }
}
