//! `postweiche backup`: a copy of the ledger, also while the daemon runs.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::load::load_or_show;
use super::{Outcome, answer, tell};
use crate::store::Reader;

/// Arguments of `backup`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Where the copy shall lie; a directory gets `ledger-YYYYMMDDTHHMMSSZ.sqlite`. Nothing is overwritten.
    #[arg(value_name = "TO")]
    pub to: PathBuf,
}

/// Copies the ledger.
pub fn run(config: &Path, args: &Args) -> anyhow::Result<Outcome> {
    let Some(setup) = load_or_show(config) else { return Ok(Outcome::BadInput) };
    let target = target(&args.to);
    let backup = Reader::open(&setup.config.dienst.state_dir).and_then(|reader| reader.back_up(&target));
    match backup {
        Ok(bytes) => {
            answer(|out| {
                writeln!(out, "{}: {bytes} bytes, checked", target.display())?;
                writeln!(out, "The key of the pseudonyms is not in it: keep hash_key (or hash.key) as well.")
            })?;
            Ok(Outcome::Done)
        }
        Err(error) => {
            tell(format_args!("error: {error} ({})\n", error.hint()));
            Ok(Outcome::Failed)
        }
    }
}

fn target(to: &Path) -> PathBuf {
    let name = format!("ledger-{}.sqlite", jiff::Timestamp::now().strftime("%Y%m%dT%H%M%SZ"));
    if to.is_dir() { to.join(name) } else { to.to_owned() }
}
