//! `postweiche aufbewahrung`: what of our own data is due, and deleting it.

use std::fmt::Write as _;
use std::io::Write;
use std::path::Path;

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{CellAlignment, ContentArrangement, Table};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Serialize, Serializer};
use tokio_util::sync::CancellationToken;

use super::load::{Setup, load_or_show};
use super::start::{run_to_end, with_hint};
use super::{AnswerFormat, Outcome, answer, tell};
use crate::config::Aufbewahrung;
use crate::daemon::aufbewahrung::{self, Taken};
use crate::daemon::instance::{InstanceError, InstanceLock};
use crate::daemon::judge::zone;
use crate::daemon::shutdown;
use crate::domain::loeschklasse::{Fristen, Loeschklasse};
use crate::plan::aufbewahrung::Stichtage;
use crate::store::{Bestand, Geloescht, Ledger, LedgerError, Reader, Umfang};

/// How many earlier runs are shown.
const RUNS: u32 = 5;

/// Options of `aufbewahrung`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Delete what is due; without it nothing is changed.
    ///
    /// Only while the service is stopped: it deletes by itself once a day.
    #[arg(long)]
    pub ausfuehren: bool,
    /// The form of the answer.
    #[arg(long, default_value = "text")]
    pub format: AnswerFormat,
}

/// The answer, as programs read it.
#[derive(Debug, Serialize)]
struct Answer {
    /// Whether this call deleted.
    ausgefuehrt: bool,
    automatisch: bool,
    klassen: Vec<Klasse>,
    /// Earlier runs and this one, newest first.
    laeufe: Vec<Lauf>,
}

#[derive(Debug, Serialize)]
struct Klasse {
    klasse: &'static str,
    was: &'static str,
    frist: String,
    vorhanden: u64,
    faellig: u64,
    #[serde(serialize_with = "iso_day")]
    aeltester: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    geloescht: Option<u64>,
}

#[derive(Debug, Serialize)]
struct Lauf {
    #[serde(serialize_with = "iso_time")]
    at: Timestamp,
    klasse: &'static str,
    anzahl: u64,
}

fn iso_day<S: Serializer>(day: &Option<Date>, serializer: S) -> Result<S::Ok, S::Error> {
    day.map(|day| day.to_string()).serialize(serializer)
}

fn iso_time<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(at)
}

/// Shows what is due, and deletes it if asked to.
pub fn run(config: &Path, args: &Args) -> anyhow::Result<Outcome> {
    let Some(setup) = load_or_show(config) else { return Ok(Outcome::BadInput) };
    let now = Timestamp::now();
    let stichtage = Stichtage::of(&setup.config.aufbewahrung.fristen, now, &zone());
    let found = look(&setup, &stichtage).and_then(|found| match args.ausfuehren {
        false => Ok(Some((found, None))),
        true => match delete(&setup, &stichtage, now)? {
            Some(taken) => Ok(Some((look(&setup, &stichtage)?, Some(taken)))),
            None => Ok(None),
        },
    });
    let ((bestand, laeufe), taken) = match found {
        Ok(Some(found)) => found,
        Ok(None) => return Ok(Outcome::Failed),
        Err(error) => {
            tell(format_args!("error: {error}\n"));
            return Ok(Outcome::Failed);
        }
    };
    let found = Answer::new(&setup.config.aufbewahrung, &bestand, &laeufe, taken.as_ref());
    let text = match args.format {
        AnswerFormat::Json => format!("{}\n", serde_json::to_string(&found)?),
        AnswerFormat::Text => found.page(),
    };
    answer(|out| out.write_all(text.as_bytes()))?;
    Ok(Outcome::Done)
}

fn look(setup: &Setup, stichtage: &Stichtage) -> anyhow::Result<(Vec<Bestand>, Vec<Geloescht>)> {
    let read = || -> Result<_, LedgerError> {
        let reader = Reader::open(&setup.config.dienst.state_dir)?;
        Ok((reader.retention(stichtage)?, reader.deletions(RUNS)?))
    };
    read().map_err(with_hint)
}

/// Deletes what is due. `None`: the service is at work, which was told.
fn delete(setup: &Setup, stichtage: &Stichtage, now: Timestamp) -> anyhow::Result<Option<Taken>> {
    let state_dir = &setup.config.dienst.state_dir;
    let _lock = match InstanceLock::take(state_dir) {
        Ok(lock) => lock,
        Err(error @ InstanceError::Held { .. }) => {
            let who = match setup.config.aufbewahrung.automatisch {
                true => "the service deletes by itself once a day; nothing is to be done",
                false => "[aufbewahrung] automatisch = false: stop the service first",
            };
            tell(format_args!("error: {error} ({who})\n"));
            return Ok(None);
        }
        Err(error) => return Err(error.into()),
    };
    run_to_end(async {
        let ledger = Ledger::open(state_dir).map_err(with_hint)?;
        if let Some(verlust) = ledger.verlust() {
            tell(format_args!("warning: {} ({})\n", verlust.words(), verlust.hint()));
        }
        let stop = CancellationToken::new();
        shutdown::listen(stop.clone())?;
        let (taken, wiped) =
            aufbewahrung::run(&ledger, stichtage, now, Umfang::Ganz, &stop).await.map_err(with_hint)?;
        if !wiped {
            tell(format_args!("warning: somebody is reading the ledger; its log is emptied at its next end\n"));
        }
        ledger.close().await.map_err(with_hint)?;
        Ok(Some(taken))
    })
}

impl Answer {
    fn new(config: &Aufbewahrung, bestand: &[Bestand], laeufe: &[Geloescht], taken: Option<&Taken>) -> Self {
        let klassen = bestand
            .iter()
            .map(|&Bestand { klasse, vorhanden, faellig, aeltester }| Klasse {
                klasse: klasse.as_str(),
                was: was(klasse),
                frist: frist(klasse, &config.fristen),
                vorhanden,
                faellig,
                aeltester,
                geloescht: taken
                    .map(|taken| taken.iter().filter(|(of, _)| *of == klasse).map(|(_, count)| count).sum()),
            })
            .collect();
        let laeufe = laeufe
            .iter()
            .filter(|geloescht| geloescht.anzahl > 0)
            .map(|&Geloescht { at, klasse, anzahl }| Lauf { at, klasse: klasse.as_str(), anzahl })
            .collect();
        Answer { ausgefuehrt: taken.is_some(), automatisch: config.automatisch, klassen, laeufe }
    }

    fn page(&self) -> String {
        let mut table = Table::new();
        table.load_style(UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Dynamic);
        let last = if self.ausgefuehrt { "Gelöscht" } else { "Fällig" };
        table.set_header(["Löschklasse", "Was", "Frist", "Ältester", "Vorhanden", last]);
        for klasse in &self.klassen {
            table.add_row([
                klasse.klasse.to_owned(),
                klasse.was.to_owned(),
                klasse.frist.clone(),
                klasse.aeltester.map_or("–".to_owned(), |day| day.strftime("%d.%m.%Y").to_string()),
                klasse.vorhanden.to_string(),
                klasse.geloescht.unwrap_or(klasse.faellig).to_string(),
            ]);
        }
        for column in 4..6 {
            if let Some(column) = table.column_mut(column) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        let mut text = format!("{table}\n");
        if !self.ausgefuehrt {
            text.push_str("Nichts wurde gelöscht. ");
            text.push_str(match self.automatisch {
                true => "Der Dienst löscht einmal am Tag, was fällig ist.\n",
                false => "Der Dienst löscht nicht von selbst: --ausfuehren löscht, was fällig ist.\n",
            });
        }
        if !self.laeufe.is_empty() {
            text.push_str("\nLetzte Löschungen:\n");
        }
        for Lauf { at, klasse, anzahl } in &self.laeufe {
            let at = at.to_zoned(zone()).strftime("%d.%m.%Y %H:%M");
            // To a String this cannot fail.
            let _ = writeln!(text, "  {at}  {klasse} {anzahl}");
        }
        text
    }
}

fn was(klasse: Loeschklasse) -> &'static str {
    match klasse {
        Loeschklasse::Hashes => "Pseudonyme von Mails, auch der Message-ID",
        Loeschklasse::Nebenstuecke => "Pseudonyme von Kopien und Altbestand",
        Loeschklasse::Versuche => "Mails, die nicht zu lesen waren",
        Loeschklasse::Ereignisse => "Ereignisse; sie werden zu Tageswerten",
        Loeschklasse::Vorgaenge => "Vorgänge, von denen nichts mehr bekannt ist",
        Loeschklasse::Regelwerke => "Versionen des Regelwerks, auf die nichts mehr verweist",
        Loeschklasse::Tageswerte => "Tageswerte, ohne Bezug zu einer Mail",
        Loeschklasse::Laeufe => "Läufe des Dienstes",
        Loeschklasse::Loeschprotokoll => "Protokoll der Löschungen",
    }
}

fn frist(klasse: Loeschklasse, fristen: &Fristen) -> String {
    let Fristen { hashes_tage, hashes_hoechstens_tage, ereignisse_tage, tageswerte_monate, protokolle_monate } =
        fristen;
    match klasse {
        Loeschklasse::Hashes => {
            format!("{hashes_tage} Tage nach dem Ende, höchstens {hashes_hoechstens_tage} nach Eingang")
        }
        Loeschklasse::Nebenstuecke => format!("{hashes_hoechstens_tage} Tage nach Eingang"),
        Loeschklasse::Versuche => format!("{hashes_hoechstens_tage} Tage nach dem letzten Versuch"),
        Loeschklasse::Ereignisse => format!("{ereignisse_tage} Tage"),
        Loeschklasse::Vorgaenge => "sobald Pseudonym und Ereignisse gelöscht sind".to_owned(),
        Loeschklasse::Tageswerte => format!("{tageswerte_monate} Monate"),
        Loeschklasse::Regelwerke => format!("{protokolle_monate} Monate nach erstem Gebrauch"),
        Loeschklasse::Laeufe | Loeschklasse::Loeschprotokoll => format!("{protokolle_monate} Monate"),
    }
}
