//! `postweiche explain`: why a mail goes where.

use std::io::Write;
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::explained::{explain, read};
use super::load::load_or_show;
use super::{AnswerFormat, Outcome, ProfilChoice, answer, explanation_json, explanation_text, tell};

/// Options of `explain`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The mailbox (its name in the configuration) that the mail came into.
    #[arg(long, value_name = "NAME")]
    pub mailbox: String,
    /// The profile to judge by; without it that of the mailbox.
    #[arg(long, value_name = "PROFIL")]
    pub profil: Option<ProfilChoice>,
    /// The day the mail arrived; without it the day of its Date field, without that today.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub eingang: Option<Date>,
    /// The form of the answer; `json` gives one object a line.
    #[arg(long, default_value = "text")]
    pub format: AnswerFormat,
    /// Mail files (.eml).
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
}

/// Reads the files and explains each.
pub fn run(config: &Path, args: &Args) -> anyhow::Result<Outcome> {
    let Some(setup) = load_or_show(config) else { return Ok(Outcome::BadInput) };
    let Some(postfach) = setup.config.postfaecher.iter().find(|postfach| postfach.name == args.mailbox) else {
        let names: Vec<_> = setup.config.postfaecher.iter().map(|postfach| postfach.name.as_str()).collect();
        tell(format_args!("error: no mailbox is called {:?}; there are {}\n", args.mailbox, names.join(", ")));
        return Ok(Outcome::BadInput);
    };
    let profil = args.profil.map_or(postfach.profil, ProfilChoice::profil);
    let mut outcome = Outcome::Done;
    for file in &args.files {
        match read(file) {
            Ok(mail) => {
                let explained = explain(&setup, postfach, profil, file, &mail, args.eingang);
                let text = match args.format {
                    AnswerFormat::Json => format!("{}\n", serde_json::to_string(&explanation_json::line(&explained))?),
                    AnswerFormat::Text => format!("{}\n", explanation_text::text(&explained)),
                };
                answer(|out| out.write_all(text.as_bytes()))?;
            }
            Err(error) => {
                tell(format_args!("error: {}: cannot be read ({})\n", file.display(), error.kind()));
                outcome = Outcome::Failed;
            }
        }
    }
    Ok(outcome)
}
