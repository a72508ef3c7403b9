//! `postweiche test`: a folder of mails against a truth file.

mod comparison;
mod report;
mod tally;
mod truth;

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use self::comparison::{Verdict, compare};
use self::report::{Deviation, ProfilReport, Report};
use self::tally::Tally;
use self::truth::Expected;
use super::explained::{Explained, explain, read};
use super::load::{Setup, load_or_show, show};
use super::{AnswerFormat, Outcome, ProfilChoice, answer, explanation_json, explanation_text};
use crate::config::read_text;
use crate::diagnostic::{Diagnostic, Source, has_errors};
use crate::domain::postfach::Profil;

/// Options of `test`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The folder with the mail files (.eml).
    #[arg(value_name = "DIR")]
    pub dir: PathBuf,
    /// The truth file.
    ///
    /// CSV with a header; the order of the columns does not matter. Needed are `file` (in DIR), `region` (name of a
    /// mailbox in the configuration), `ziel` (under the profile `weit`) and `ziel_streng`: the slug of an Agentur,
    /// `verbleibt-sc` or `ungeklaert`. `vorgang` (kind of mail) and `tier` are used where they are there.
    #[arg(long, value_name = "FILE")]
    pub truth: PathBuf,
    /// The profile to judge by; without it both, one after the other.
    #[arg(long, value_name = "PROFIL")]
    pub profil: Option<ProfilChoice>,
    /// The day all mails arrived; without it the day of each mail's Date field, without that today.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub eingang: Option<Date>,
    /// The form of the answer; `json` gives one object.
    #[arg(long, default_value = "text")]
    pub format: AnswerFormat,
}

/// Judges all mails of the truth file and shows what is not as it should be.
pub fn run(config: &Path, args: &Args) -> anyhow::Result<Outcome> {
    let Some(setup) = load_or_show(config) else { return Ok(Outcome::BadInput) };
    let mut problems = Vec::new();
    let report = judge_all(&setup, args, &mut problems);
    show(&problems);
    let Some(report) = report.filter(|_| !has_errors(&problems)) else { return Ok(Outcome::BadInput) };
    let text = match args.format {
        AnswerFormat::Json => format!("{}\n", serde_json::to_string(&report)?),
        AnswerFormat::Text => report.text(),
    };
    answer(|out| out.write_all(text.as_bytes()))?;
    Ok(if report.is_all_right() { Outcome::Done } else { Outcome::Failed })
}

fn judge_all(setup: &Setup, args: &Args, problems: &mut Vec<Diagnostic>) -> Option<Report> {
    let text = read_text(&args.truth).map_err(|fault| problems.push(fault.into_diagnostic(&args.truth))).ok()?;
    let file = truth::parse(Source { path: args.truth.clone(), text: text.into() }, problems)?;
    let rows = truth::rows(&file, &args.dir, &setup.config.postfaecher, setup.rules.stammdaten(), problems);
    let mut profile: Vec<(Profil, Tally, Vec<Deviation>)> =
        profile(args.profil).into_iter().map(|profil| (profil, Tally::default(), Vec::new())).collect();
    for expected in &rows {
        let mail = match read(&expected.path) {
            Ok(mail) => mail,
            Err(error) => {
                let title = format!("{} cannot be read ({})", expected.path.display(), error.kind());
                problems.push(expected.file_error(title).help("the column names a file in the folder of the mails"));
                continue;
            }
        };
        for (profil, tally, deviations) in &mut profile {
            let explained = explain(setup, expected.postfach, *profil, &expected.path, &mail, args.eingang);
            let decision = &explained.explanation.decision;
            let verdict = compare(expected.ziel(*profil), expected.vorgang, decision);
            tally.add(expected.tier, expected.vorgang.unwrap_or(decision.vorgangsart).as_str(), verdict);
            if verdict != Verdict::Right {
                deviations.push(deviation(expected, &explained, verdict));
            }
        }
    }
    let without_row = without_row(&args.dir, &rows)
        .map_err(|error| {
            let title = format!("the folder of the mails cannot be read ({})", error.kind());
            problems.push(Diagnostic::file(&args.dir, title));
        })
        .ok()?;
    let profile = profile.into_iter().map(|(profil, tally, mut deviations)| {
        deviations.sort_by_key(|deviation| std::cmp::Reverse(deviation.order));
        ProfilReport { profil: profil.as_str(), tally, deviations }
    });
    Some(Report { regelwerk: setup.rules.version().to_string(), profile: profile.collect(), without_row })
}

fn profile(choice: Option<ProfilChoice>) -> Vec<Profil> {
    choice.map_or_else(|| vec![Profil::Streng, Profil::Weit], |choice| vec![choice.profil()])
}

fn deviation(expected: &Expected<'_>, explained: &Explained<'_>, verdict: Verdict) -> Deviation {
    Deviation {
        verdict: verdict.as_str(),
        order: verdict,
        file: expected.file.to_owned(),
        tier: expected.tier.to_owned(),
        expected: expected.ziel_text(explained.profil, explained.stammdaten),
        expected_kind: expected.vorgang.map(|vorgang| vorgang.as_str()),
        explanation: serde_json::to_value(explanation_json::line(explained)).expect("words and numbers are JSON"),
        text: explanation_text::text(explained),
    }
}

/// The mail files of the folder that no row names, by name.
fn without_row(dir: &Path, rows: &[Expected<'_>]) -> io::Result<Vec<String>> {
    let named: BTreeSet<&Path> = rows.iter().map(|expected| expected.path.as_path()).collect();
    let mut names = Vec::new();
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        let is_mail = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("eml"));
        if is_mail && !named.contains(path.as_path()) {
            names.extend(path.file_name().map(|name| name.to_string_lossy().into_owned()));
        }
    }
    names.sort();
    Ok(names)
}
