//! The command line: its definition, and one file per subcommand.

pub mod agentur;
pub mod aufbewahrung;
pub mod backup;
pub mod check;
pub mod doctor;
pub mod explain;
pub mod explained;
pub mod explanation_json;
pub mod explanation_text;
pub mod load;
pub mod log;
pub mod needed;
pub mod once;
pub mod quickstep_anleitung;
pub mod regelguete;
pub mod regelguete_json;
pub mod regelguete_text;
pub mod run;
pub mod start;
pub mod test;
pub mod verlauf;
pub mod verlauf_json;
pub mod verlauf_text;
pub mod visible;
pub mod woerter;
pub mod words;
pub mod wrap;

use std::fmt;
use std::io::{self, StdoutLock, Write};
use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

use crate::daemon::hash_key::HashKeyError;
use crate::domain::postfach::Profil;

/// How a command ended, other than by an unexpected error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Exit code 0.
    Done,
    /// Exit code 1: something could not be done, and trying again may help; for `test`: there are deviations; for
    /// `regelguete` and `verlauf`: nothing was found.
    Failed,
    /// Exit code 2: the configuration, the master data or the rules need a person.
    BadInput,
}

/// Routes the mail of shared regional mailboxes into one folder per Agentur für Arbeit.
///
/// Every decision can be explained, and what cannot be decided safely stays where it is.
#[derive(Debug, Parser)]
#[command(name = "postweiche", version, max_term_width = 100)]
pub struct Cli {
    /// The configuration file.
    ///
    /// Without this option /etc/postweiche/postweiche.toml is used if it exists, else config/postweiche.toml.
    #[arg(long, short, global = true, value_name = "FILE", env = "POSTWEICHE_CONFIG")]
    pub config: Option<PathBuf>,

    /// The form of the log on standard error.
    #[arg(long, global = true, value_name = "FORM", default_value = "text")]
    pub log_format: log::Format,

    #[command(subcommand)]
    pub command: Command,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve all mailboxes until SIGTERM or SIGINT.
    ///
    /// Exit codes: 0 stopped, 1 failed, 2 bad configuration, master data or rules.
    Run,
    /// One complete cycle over all mailboxes, then a summary.
    ///
    /// Exit codes: 0 done, 1 if a mailbox could not be served, 2 bad configuration, master data or rules.
    Once(once::Args),
    /// Copy the ledger, also while the daemon runs.
    ///
    /// The copy is of one moment, complete and checked. Exit codes: 0 done, 1 failed, 2 bad configuration, master data or
    /// rules.
    Backup(backup::Args),
    /// Check configuration, master data and rules, and show the effective order of the rules.
    ///
    /// Every problem of every file is shown with its place and what to do. Exit codes: 0 valid, 2 not valid.
    Check,
    /// Say why a mail goes where: reads mail files and changes nothing.
    ///
    /// Exit codes: 0 done, 1 a file could not be read, 2 bad configuration, master data or rules.
    Explain(explain::Args),
    /// Judge a folder of mails by the rules and compare with a truth file.
    ///
    /// Shows how many mails ended where they should, in all, by tier and by kind of mail, and explains each one that did
    /// not. Exit codes: 0 all right, 1 deviations, 2 bad configuration, master data, rules, truth file or mail files.
    Test(test::Args),
    /// Look at every mailbox, the ledger and the disk, and say what works, what does not and what to do.
    ///
    /// Changes nothing: also mailboxes with betriebsart "aus" are looked at, a running service is not disturbed, and the
    /// password is tried once. With --selbsttest only the test mails of one Agentur are looked at. Exit codes: 0 nothing is
    /// wrong, 1 there is at least one "fehler", 2 bad configuration, master data or rules.
    Doctor(doctor::Args),
    /// Write the page (German HTML) by which an office sets up its QuickSteps.
    ///
    /// It names the folders, the steps in Outlook, the meaning of each mark and a test to be done once. Exit codes: 0 done,
    /// 1 the file cannot be written, 2 no such Agentur, or bad configuration, master data or rules.
    QuickstepAnleitung(quickstep_anleitung::Args),
    /// Show what of our own data is due for deletion, and delete it with --ausfuehren.
    ///
    /// Pseudonyms, events, daily figures and protocols of the ledger expire by class, see [aufbewahrung] in the
    /// configuration. The daemon does it by itself once a day. Exit codes: 0 done, 1 failed or the service is at work,
    /// 2 bad configuration, master data or rules.
    Aufbewahrung(aufbewahrung::Args),
    /// Say how often each rule and each kind of evidence was right, by what people did with the mails afterwards.
    ///
    /// Reads the ledger, also while the daemon runs, and changes nothing. What people put with another Agentur or gave back
    /// corrects the rule; what they leave or bring there agrees with it. It reaches back only as far as events are kept
    /// (ereignisse_tage in the configuration, 90 days by default): older decisions are not counted, whatever --von says.
    /// The answer is in German. Exit codes: 0 done, 1 no such decision or the ledger cannot be read, 2 bad configuration,
    /// master data or rules.
    Regelguete(regelguete::Args),
    /// Tell the life of one Vorgang: what was decided and why, and what happened since.
    ///
    /// By its number, or by a mail file together with --mailbox: then it is looked for by the keyed hash of its Message-ID,
    /// and nothing is stored. All Vorgänge with that Message-ID are shown. Hour and minute are shown only of what the
    /// program itself did. The answer is in German. Exit codes: 0 done, 1 not found, or file or ledger cannot be read, 2
    /// bad configuration, master data, rules or key.
    Verlauf(verlauf::Args),
}

/// The form of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum AnswerFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// A profile on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ProfilChoice {
    /// Mere hints never decide alone.
    Streng,
    /// The first evidence that is there decides.
    Weit,
}

impl ProfilChoice {
    fn profil(self) -> Profil {
        match self {
            Self::Streng => Profil::Streng,
            Self::Weit => Profil::Weit,
        }
    }
}

/// Runs a command.
///
/// # Errors
/// What nobody expects: no runtime, no standard output.
pub fn run(cli: Cli) -> anyhow::Result<Outcome> {
    log::start(cli.log_format);
    let config = cli.config.unwrap_or_else(load::default_path);
    let ended = match cli.command {
        Command::Run => run::run(&config),
        Command::Once(args) => once::run(&config, &args),
        Command::Backup(args) => backup::run(&config, &args),
        Command::Check => check::run(&config),
        Command::Explain(args) => explain::run(&config, &args),
        Command::Test(args) => test::run(&config, &args),
        Command::Doctor(args) => doctor::run(&config, &args),
        Command::QuickstepAnleitung(args) => quickstep_anleitung::run(&config, &args),
        Command::Aufbewahrung(args) => aufbewahrung::run(&config, &args),
        Command::Regelguete(args) => regelguete::run(&config, &args),
        Command::Verlauf(args) => verlauf::run(&config, &args),
    };
    ended.or_else(|error| match error.downcast_ref::<HashKeyError>() {
        Some(key) if key.needs_a_person() => {
            tell(format_args!("error: {key} ({})\n", key.hint()));
            Ok(Outcome::BadInput)
        }
        _ => Err(error),
    })
}

/// Writes an answer to standard output. A reader that has seen enough and gone, such as `head`, is no failure.
fn answer(write: impl FnOnce(&mut StdoutLock<'static>) -> io::Result<()>) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match write(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// Writes to standard error. If nobody listens there, the exit code has to say it.
pub fn tell(text: fmt::Arguments<'_>) {
    let _ = io::stderr().lock().write_fmt(text);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::decision::Grund;

    #[test]
    fn the_handbook_knows_the_words_and_no_others() {
        let handbook = include_str!("../../deploy/handbuch.md");
        let (_, section) = handbook.split_once("\n## Gründe").unwrap();
        let (section, _) = section.split_once("\n## ").unwrap();
        let first_cells = section.lines().filter_map(|line| line.strip_prefix("| `")?.split_once(" |"));
        let explained: Vec<&str> = first_cells
            .flat_map(|(words, _)| words.split(", "))
            .map(|word| word.trim_matches('`'))
            .inspect(|word| assert_ne!(words::reason(word), words::reason("?"), "{word}"))
            .collect();
        for grund in Grund::to_stay() {
            assert!(explained.contains(&grund.as_str()), "{} is not in the handbook", grund.as_str());
        }
    }
}
