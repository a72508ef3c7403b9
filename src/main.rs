//! Arguments in, exit code out; nothing else.

use std::process::ExitCode;

use clap::Parser;
use postweiche::cli::{self, Cli, Outcome};

fn main() -> ExitCode {
    match cli::run(Cli::parse()) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Failed) => ExitCode::from(1),
        // The unit has RestartPreventExitStatus=2: what a person must mend is not tried again and again.
        Ok(Outcome::BadInput) => ExitCode::from(2),
        Err(error) => {
            cli::tell(format_args!("error: {error:#}\n"));
            ExitCode::from(1)
        }
    }
}
