//! The command line: its definition, and one file per subcommand.

pub mod check;
pub mod explain;
pub mod load;
pub mod log;
pub mod once;
pub mod run;
pub mod start;
pub mod words;

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

/// How a command ended, other than by an unexpected error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Exit code 0.
    Done,
    /// Exit code 1: something could not be done; trying again may help.
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
    /// Check configuration, master data and rules, and show the effective order of the rules.
    ///
    /// Every problem of every file is shown with its place and what to do. Exit codes: 0 valid, 2 not valid.
    Check,
    /// Say why a mail goes where: reads mail files and changes nothing.
    ///
    /// Exit codes: 0 done, 1 a file could not be read, 2 bad configuration, master data or rules.
    Explain(explain::Args),
}

/// The form of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum AnswerFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// Runs a command.
///
/// # Errors
/// What nobody expects: no runtime, no standard output.
pub fn run(cli: Cli) -> anyhow::Result<Outcome> {
    log::start(cli.log_format);
    let config = cli.config.unwrap_or_else(load::default_path);
    match cli.command {
        Command::Run => run::run(&config),
        Command::Once(args) => once::run(&config, &args),
        Command::Check => check::run(&config),
        Command::Explain(args) => explain::run(&config, &args),
    }
}
