//! `postweiche regelguete`: how often each rule was right.

use std::io::Write;
use std::path::Path;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::load::{has_mailbox_or_show, load_or_show};
use super::{AnswerFormat, Outcome, answer, regelguete_json, regelguete_text, tell};
use crate::daemon::judge::{day_of, zone};
use crate::report::regelguete::Regelguete;
use crate::report::servicetage::jung_seit;
use crate::store::{Auswahl, LedgerError, Reader};

/// Options of `regelguete`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only what was decided on this day or later (Europe/Berlin).
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub von: Option<Date>,
    /// Only what was decided on this day or earlier (Europe/Berlin).
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub bis: Option<Date>,
    /// Only this mailbox (its name in the configuration); without it all.
    #[arg(long, value_name = "NAME")]
    pub mailbox: Option<String>,
    /// Only what a rule set decided whose version begins so.
    #[arg(long, value_name = "VERSION-PREFIX", value_parser = version_prefix)]
    pub regelwerk: Option<String>,
    /// The form of the answer.
    #[arg(long, default_value = "text")]
    pub format: AnswerFormat,
}

/// Counts and prints.
pub fn run(config: &Path, args: &Args) -> anyhow::Result<Outcome> {
    let Some(setup) = load_or_show(config) else { return Ok(Outcome::BadInput) };
    if args.mailbox.as_ref().is_some_and(|name| !has_mailbox_or_show(&setup, name)) {
        return Ok(Outcome::BadInput);
    }
    let zone = zone();
    let young = jung_seit(day_of(Timestamp::now(), &zone)).to_zoned(zone.clone())?.timestamp();
    let guete = match count(&setup.config.dienst.state_dir, &args.auswahl(&zone)?, young) {
        Ok(guete) => guete,
        Err(error) => {
            tell(format_args!("error: {error} ({})\n", error.hint()));
            return Ok(Outcome::Failed);
        }
    };
    let text = match args.format {
        AnswerFormat::Json => format!("{}\n", serde_json::to_string(&regelguete_json::object(&guete, args))?),
        AnswerFormat::Text => regelguete_text::text(&guete, args, setup.rules.stammdaten()),
    };
    answer(|out| out.write_all(text.as_bytes()))?;
    Ok(if guete.is_empty() { Outcome::Failed } else { Outcome::Done })
}

fn count(state_dir: &Path, auswahl: &Auswahl, jung_seit: Timestamp) -> Result<Regelguete, LedgerError> {
    let mut guete = Regelguete::default();
    Reader::open(state_dir)?.each_decided(auswahl, |fall| guete.add(fall, jung_seit))?;
    Ok(guete)
}

impl Args {
    /// # Errors
    /// If a day is one at the end of time.
    fn auswahl(&self, zone: &TimeZone) -> Result<Auswahl, jiff::Error> {
        let begin = |day: Date| day.to_zoned(zone.clone()).map(|begin| begin.timestamp());
        Ok(Auswahl {
            von: self.von.map(begin).transpose()?,
            vor: self.bis.map(|day| day.checked_add(1.day()).and_then(begin)).transpose()?,
            postfach: self.mailbox.clone(),
            regelwerk: self.regelwerk.clone().unwrap_or_default(),
        })
    }
}

fn version_prefix(text: &str) -> Result<String, String> {
    let prefix = text.to_ascii_lowercase();
    if prefix.is_empty() || prefix.len() > 64 || !prefix.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err("a version is up to 64 digits 0-9 and a-f, as `check` and `verlauf` show them".to_owned());
    }
    Ok(prefix)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(von: Option<&str>, bis: Option<&str>) -> Args {
        let day = |text: &str| text.parse().unwrap();
        Args { von: von.map(day), bis: bis.map(day), mailbox: None, regelwerk: None, format: AnswerFormat::Text }
    }

    #[test]
    fn days_are_those_of_the_authority() {
        let day = args(Some("2024-03-31"), Some("2024-03-31")).auswahl(&zone()).unwrap();
        // The clocks went forward in that night.
        assert_eq!(day.von.unwrap().to_string(), "2024-03-30T23:00:00Z");
        assert_eq!(day.vor.unwrap().to_string(), "2024-03-31T22:00:00Z");
        assert_eq!(args(None, None).auswahl(&zone()).unwrap(), Auswahl::default());
        assert!(args(None, Some("9999-12-31")).auswahl(&zone()).is_err());
    }

    #[test]
    fn a_version_is_hexadecimal() {
        assert_eq!(version_prefix("0A1b"), Ok("0a1b".to_owned()));
        for wrong in ["", "0x1", "%", &"0".repeat(65)] {
            assert!(version_prefix(wrong).is_err(), "{wrong}");
        }
    }
}
