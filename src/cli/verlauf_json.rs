//! The life of a Vorgang, for programs.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::daemon::judge::day_of;
use crate::report::verlauf::{Geschehen, Hinweis, LetzteEntscheidung, Verlauf};

/// One Vorgang. The keys are a promise to programs; further ones may come.
#[derive(Debug, Serialize)]
pub struct Line<'a> {
    vorgang: i64,
    postfach: &'a str,
    eingang: String,
    groesse: &'a str,
    /// Where it lies, or lay last.
    ordner: &'a str,
    /// The day since which it is gone; `null`: it lies there.
    fort_seit: Option<String>,
    stand: Stand,
    /// `null`: not decided by rules.
    entscheidung: Option<Entscheidung<'a>>,
    /// Why rules never move it again; `null`: they may.
    haltegrund: Option<&'static str>,
    /// Whether older events have expired; `stand` is what they and the others came to.
    aeltere_geloescht: bool,
    ereignisse: Vec<Ereignis<'a>>,
}

#[derive(Debug, Serialize)]
struct Stand {
    status: &'static str,
    /// Slug.
    agentur: Option<String>,
    au: bool,
}

#[derive(Debug, Serialize)]
struct Entscheidung<'a> {
    am: String,
    vorgangsart: &'a str,
    entscheidung: &'a str,
    agentur: Option<&'a str>,
    regel: &'a str,
    grund: &'a str,
    evidenz: Vec<Evidenz<'a>>,
    zweiter: Option<&'a str>,
    regelwerk: &'a str,
    betriebsart: &'a str,
}

#[derive(Debug, Serialize)]
struct Evidenz<'a> {
    art: &'a str,
    agentur: &'a [String],
    fundort: &'a str,
}

#[derive(Debug, Serialize)]
struct Ereignis<'a> {
    /// A moment for the program's own work, a day for everything else.
    am: String,
    art: &'a str,
    rolle: &'static str,
    agentur: Option<&'a str>,
    von_agentur: Option<&'a str>,
    grund: &'a str,
}

/// The form for programs.
pub fn line<'a>(verlauf: &'a Verlauf, zone: &TimeZone) -> Line<'a> {
    let stand = verlauf.stand();
    Line {
        vorgang: verlauf.vorgang.0,
        postfach: &verlauf.postfach,
        eingang: moment(verlauf.eingang, zone),
        groesse: &verlauf.groessenklasse,
        ordner: &verlauf.ordner,
        fort_seit: verlauf.fort_seit.map(|since| day_of(since, zone).to_string()),
        stand: Stand { status: stand.status.as_str(), agentur: stand.agentur, au: stand.au },
        entscheidung: verlauf.nach_regeln().then(|| entscheidung(&verlauf.entscheidung, zone)),
        haltegrund: verlauf.halt.map(|halt| halt.as_str()),
        aeltere_geloescht: verlauf.vorher.is_some(),
        ereignisse: verlauf.ereignisse.iter().map(|geschehen| ereignis(geschehen, zone)).collect(),
    }
}

fn entscheidung<'a>(last: &'a LetzteEntscheidung, zone: &TimeZone) -> Entscheidung<'a> {
    let piece = |Hinweis { art, agenturen, fundort }: &'a Hinweis| Evidenz { art, agentur: agenturen, fundort };
    Entscheidung {
        am: moment(last.am, zone),
        vorgangsart: &last.vorgangsart,
        entscheidung: &last.entscheidung,
        agentur: last.agentur.as_deref(),
        regel: &last.regel,
        grund: &last.grund,
        evidenz: last.evidenz.iter().map(piece).collect(),
        zweiter: last.zweiter.as_deref(),
        regelwerk: &last.regelwerk,
        betriebsart: &last.betriebsart,
    }
}

fn ereignis<'a>(geschehen: &'a Geschehen, zone: &TimeZone) -> Ereignis<'a> {
    let am = if geschehen.has_time() { moment(geschehen.am, zone) } else { day_of(geschehen.am, zone).to_string() };
    Ereignis {
        am,
        art: &geschehen.art,
        rolle: geschehen.rolle.as_str(),
        agentur: geschehen.agentur.as_deref(),
        von_agentur: geschehen.von.as_deref(),
        grund: &geschehen.grund,
    }
}

/// A moment in the authority's time.
fn moment(moment: Timestamp, zone: &TimeZone) -> String {
    moment.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}
