//! How good the rules are, for programs.

use serde::Serialize;

use super::regelguete::Args;
use crate::report::regelguete::{Antworten, Geblieben, Guete, Regelguete};
use crate::report::wilson::Anteil;

/// The figures. The keys are a promise to programs; further ones may come.
#[derive(Debug, Serialize)]
pub struct Object<'a> {
    von: Option<String>,
    bis: Option<String>,
    postfach: Option<&'a str>,
    /// How the version of the rule set begins.
    regelwerk: Option<&'a str>,
    gesamt: Zahlen<'a>,
    /// Hits that may yet be corrected.
    juenger_als_zwei_servicetage: u64,
    regeln: Vec<Zeile<'a>>,
    evidenz: Vec<Zeile<'a>>,
    geblieben: Vec<Liegt<'a>>,
}

/// A rule or a kind of evidence.
#[derive(Debug, Serialize)]
struct Zeile<'a> {
    name: &'a str,
    #[serde(flatten)]
    zahlen: Zahlen<'a>,
}

#[derive(Debug, Serialize)]
struct Zahlen<'a> {
    treffer: u64,
    bei_agentur: u64,
    verschoben: u64,
    bestaetigt: u64,
    umgeordnet: u64,
    zurueckgegeben: u64,
    anders_uebergeben: u64,
    /// `null`: too few cases.
    genauigkeit: Option<Bereich>,
    haeufigste_antwort: Option<Antwort<'a>>,
}

/// A share and its 95 % interval, in 0 to 1, with four decimals.
#[derive(Debug, Serialize)]
struct Bereich {
    wert: f64,
    von: f64,
    bis: f64,
}

#[derive(Debug, Serialize)]
struct Antwort<'a> {
    /// Slug.
    agentur: &'a str,
    anzahl: u64,
}

/// What stayed for one reason.
#[derive(Debug, Serialize)]
struct Liegt<'a> {
    entscheidung: &'a str,
    grund: &'a str,
    vorgaenge: u64,
    von_hand_uebergeben: u64,
    haeufigste_antwort: Option<Antwort<'a>>,
}

/// The form for programs.
pub fn object<'a>(guete: &'a Regelguete, args: &'a Args) -> Object<'a> {
    let rows = |(name, guete): (&'a String, &'a Guete)| Zeile { name, zahlen: zahlen(guete) };
    Object {
        von: args.von.map(|day| day.to_string()),
        bis: args.bis.map(|day| day.to_string()),
        postfach: args.mailbox.as_deref(),
        regelwerk: args.regelwerk.as_deref(),
        gesamt: zahlen(&guete.gesamt),
        juenger_als_zwei_servicetage: guete.junge,
        regeln: guete.regeln.iter().map(rows).collect(),
        evidenz: guete.evidenz.iter().map(rows).collect(),
        geblieben: guete.geblieben.iter().map(liegt).collect(),
    }
}

fn zahlen(guete: &Guete) -> Zahlen<'_> {
    Zahlen {
        treffer: guete.treffer,
        bei_agentur: guete.uebergeben,
        verschoben: guete.verschoben,
        bestaetigt: guete.bestaetigt,
        umgeordnet: guete.umgeordnet,
        zurueckgegeben: guete.zurueckgegeben,
        anders_uebergeben: guete.anders_uebergeben,
        genauigkeit: guete.genauigkeit().map(bereich),
        haeufigste_antwort: antwort(&guete.antworten),
    }
}

fn liegt<'a>(((entscheidung, grund), row): (&'a (String, String), &'a Geblieben)) -> Liegt<'a> {
    Liegt {
        entscheidung,
        grund,
        vorgaenge: row.vorgaenge,
        von_hand_uebergeben: row.von_hand,
        haeufigste_antwort: antwort(&row.antworten),
    }
}

fn bereich(Anteil { wert, von, bis }: Anteil) -> Bereich {
    let rounded = |share: f64| (share * 10_000.0).round() / 10_000.0;
    Bereich { wert: rounded(wert), von: rounded(von), bis: rounded(bis) }
}

fn antwort(antworten: &Antworten) -> Option<Antwort<'_>> {
    antworten.haeufigste().map(|(agentur, anzahl)| Antwort { agentur, anzahl })
}
