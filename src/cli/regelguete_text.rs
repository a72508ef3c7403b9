//! How good the rules are, for a person at a terminal.

use super::regelguete::Args;
use super::woerter;
use super::wrap::paragraph;
use crate::domain::stammdaten::Stammdaten;
use crate::report::regelguete::{Antworten, Geblieben, Guete, MINDESTZAHL, Regelguete};
use crate::report::wilson::Anteil;

/// Lays the figures out.
pub fn text(guete: &Regelguete, args: &Args, stammdaten: &Stammdaten) -> String {
    let mut page = Page { text: String::new(), stammdaten };
    page.paragraph(0, &format!("Regelgüte, {}", auswahl(args)));
    if guete.is_empty() {
        page.paragraph(2, "Dazu steht keine Entscheidung im Buch: Zeitraum, Postfach und Version prüfen.");
        return page.text;
    }
    page.paragraph(2, &alles(guete));
    page.section("Nach Regel");
    for (regel, of_rule) in &guete.regeln {
        page.guete(regel, of_rule);
    }
    page.section("Nach Art des Hinweises, der für die Agentur sprach");
    for (art, of_kind) in &guete.evidenz {
        page.guete(&format!("{} ({art})", woerter::hinweis(art)), of_kind);
    }
    if !guete.geblieben.is_empty() {
        page.section("Liegen geblieben");
    }
    for ((entscheidung, grund), geblieben) in &guete.geblieben {
        page.geblieben(entscheidung, grund, geblieben);
    }
    page.text
}

fn auswahl(args: &Args) -> String {
    let zeitraum = match (args.von, args.bis) {
        (None, None) => "alle Entscheidungen im Buch".to_owned(),
        (Some(von), None) => format!("entschieden ab {}", woerter::tag(von)),
        (None, Some(bis)) => format!("entschieden bis {}", woerter::tag(bis)),
        (Some(von), Some(bis)) => format!("entschieden vom {} bis {}", woerter::tag(von), woerter::tag(bis)),
    };
    let postfach = args.mailbox.as_deref().map_or("alle Postfächer".to_owned(), |name| format!("Postfach {name}"));
    let regelwerk = args.regelwerk.as_deref().map_or_else(String::new, |version| format!(", Regelwerk {version}…"));
    format!("{zeitraum}, {postfach}{regelwerk}")
}

/// All hits in one paragraph.
fn alles(guete: &Regelguete) -> String {
    let young = match guete.junge {
        0 => String::new(),
        1 => " Ein Treffer ist jünger als zwei Servicetage und kann noch berichtigt werden.".to_owned(),
        junge => format!(" {junge} Treffer sind jünger als zwei Servicetage und können noch berichtigt werden."),
    };
    format!("{}{young}", zaehlung(&guete.gesamt))
}

/// The counts in words.
fn zaehlung(guete: &Guete) -> String {
    let berichtigt = aufgezaehlt(&[
        ("umgeordnet", guete.umgeordnet),
        ("zurückgegeben", guete.zurueckgegeben),
        ("von Hand anders übergeben", guete.anders_uebergeben),
    ]);
    let bei_agentur =
        aufgezaehlt(&[("vom Dienst verschoben", guete.verschoben), ("von Hand bestätigt", guete.bestaetigt)]);
    format!(
        "Treffer {}, davon bei einer Agentur {}{bei_agentur}; berichtigt {}{berichtigt}.",
        guete.treffer,
        guete.uebergeben,
        guete.berichtigt()
    )
}

/// What is not zero, in brackets.
fn aufgezaehlt(parts: &[(&str, u64)]) -> String {
    let parts: Vec<String> =
        parts.iter().filter(|(_, count)| *count > 0).map(|(words, count)| format!("{words} {count}")).collect();
    if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) }
}

fn genauigkeit(guete: &Guete) -> String {
    match guete.genauigkeit() {
        Some(Anteil { wert, von, bis }) => {
            format!("Genauigkeit {} % (95-%-Bereich {} bis {} %).", prozent(wert), prozent(von), prozent(bis))
        }
        None => format!("Genauigkeit: keine Angabe, weniger als {MINDESTZAHL} waren bei einer Agentur."),
    }
}

/// With one decimal; only all of it is a hundred, only nothing is zero.
fn prozent(anteil: f64) -> String {
    let rounded = (anteil * 1000.0).round() / 10.0;
    let shown = if anteil < 1.0 { rounded.min(99.9) } else { rounded };
    let shown = if anteil > 0.0 { shown.max(0.1) } else { shown };
    format!("{shown:.1}").replace('.', ",")
}

struct Page<'a> {
    text: String,
    stammdaten: &'a Stammdaten,
}

impl Page<'_> {
    fn paragraph(&mut self, indent: usize, text: &str) {
        paragraph(&mut self.text, &" ".repeat(indent), indent + 2, text);
    }

    fn section(&mut self, heading: &str) {
        self.text.push('\n');
        self.paragraph(0, heading);
    }

    fn guete(&mut self, name: &str, guete: &Guete) {
        self.paragraph(2, name);
        self.paragraph(4, &zaehlung(guete));
        let antwort = self.antwort(&guete.antworten);
        self.paragraph(4, &format!("{}{antwort}", genauigkeit(guete)));
    }

    fn geblieben(&mut self, entscheidung: &str, grund: &str, geblieben: &Geblieben) {
        self.paragraph(2, &format!("{entscheidung}: {} ({grund})", woerter::grund(grund)));
        let antwort = self.antwort(&geblieben.antworten);
        let Geblieben { vorgaenge, von_hand, .. } = geblieben;
        self.paragraph(4, &format!("Vorgänge {vorgaenge}, später von Hand übergeben {von_hand}.{antwort}"));
    }

    fn antwort(&self, antworten: &Antworten) -> String {
        let Some((slug, count)) = antworten.haeufigste() else { return String::new() };
        let name = woerter::agentur(slug, self.stammdaten);
        format!(" Häufigste richtige Antwort: {name} ({slug}), {count}-mal.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_all_is_a_hundred_and_only_nothing_is_zero() {
        for (anteil, shown) in
            [(1.0, "100,0"), (0.9999, "99,9"), (0.75, "75,0"), (0.0615, "6,2"), (0.00001, "0,1"), (0.0, "0,0")]
        {
            assert_eq!(prozent(anteil), shown);
        }
    }
}
