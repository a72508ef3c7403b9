//! `postweiche once`: one complete cycle over all mailboxes, then a summary.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{CellAlignment, ContentArrangement, Table};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::Timestamp;
use serde::Serialize;

use super::load::{Setup, load_or_show};
use super::start::{Started, end, run_to_end, start, with_hint};
use super::{AnswerFormat, Outcome, answer, tell, words};
use crate::daemon::dienst::Dienst;
use crate::daemon::shutdown;
use crate::daemon::supervisor::{self, OnceResult};
use crate::store::LedgerError;

/// Options of `once`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The form of the summary.
    #[arg(long, default_value = "text")]
    pub format: AnswerFormat,
}

/// The summary, as programs read it.
#[derive(Debug, Serialize)]
struct Summary {
    mailboxes: Vec<MailboxSummary>,
    /// Events added to the ledger.
    events: u64,
    /// Commands sent that change something on a server.
    write_commands: u64,
}

#[derive(Debug, Serialize)]
struct MailboxSummary {
    name: String,
    ok: bool,
    /// What went wrong, in words.
    error: Option<String>,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'static str>,
    seen: u64,
    moved: u64,
    left: BTreeMap<String, u64>,
    set_aside: u64,
    reconciled: u64,
}

/// Runs the cycle and prints the summary.
pub fn run(config: &Path, args: &Args) -> anyhow::Result<Outcome> {
    let Some(setup) = load_or_show(config) else { return Ok(Outcome::BadInput) };
    let (summary, ended) = run_to_end(work(setup))?;
    let text = match args.format {
        AnswerFormat::Json => format!("{}\n", serde_json::to_string(&summary)?),
        AnswerFormat::Text => summary.table(),
    };
    answer(|out| out.write_all(text.as_bytes()))?;
    if let Err(error) = &ended {
        tell(format_args!("error: {error} ({})\n", error.hint()));
    }
    let all_well = ended.is_ok() && summary.mailboxes.iter().all(|mailbox| mailbox.ok);
    Ok(if all_well { Outcome::Done } else { Outcome::Failed })
}

/// The cycle. What the ledger says at the end comes beside the summary: a full disk must not keep anybody from reading
/// what was done.
async fn work(setup: Setup) -> anyhow::Result<(Summary, Result<(), LedgerError>)> {
    let Started { dienst, postfaecher, lock: _lock, .. } = start(setup).await?;
    shutdown::listen(dienst.stop.clone())?;
    let lauf = dienst.ledger.begin_run(env!("CARGO_PKG_VERSION"), Timestamp::now()).await.map_err(with_hint)?;
    let before = dienst.ledger.event_count().await.map_err(with_hint)?;
    let bar = show_progress(&dienst);
    let results = supervisor::once(postfaecher, Arc::clone(&dienst)).await;
    bar.abort();
    let (events, counted) = match dienst.ledger.event_count().await {
        Ok(after) => (after.saturating_sub(before), Ok(())),
        Err(error) => (0, Err(error)),
    };
    let ended = end(&dienst, lauf).await;
    Ok((Summary::new(results, events), counted.and(ended)))
}

/// A bar on a terminal, nothing elsewhere.
fn show_progress(dienst: &Arc<Dienst>) -> tokio::task::JoinHandle<()> {
    let dienst = Arc::clone(dienst);
    tokio::spawn(async move {
        if !std::io::stderr().is_terminal() {
            return;
        }
        let style = ProgressStyle::with_template("{spinner} {wide_bar} {pos}/{len}  {elapsed}");
        let bar = ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        let _clear = ClearOnDrop(bar.clone());
        loop {
            let (done, expected) = dienst.progress.get();
            bar.set_length(expected);
            bar.set_position(done);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    })
}

struct ClearOnDrop(ProgressBar);

impl Drop for ClearOnDrop {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

impl Summary {
    fn new(results: Vec<OnceResult>, events: u64) -> Self {
        let write_commands = results.iter().map(|result| result.report.write_commands).sum();
        let mailboxes = results
            .into_iter()
            .map(|OnceResult { name, report, error }| MailboxSummary {
                name,
                ok: error.is_none(),
                hint: error.as_ref().map(|error| error.hint()),
                error: error.map(|error| error.to_string()),
                seen: report.seen,
                moved: report.moved,
                left: report.left,
                set_aside: report.set_aside,
                reconciled: report.reconciled,
            })
            .collect();
        Summary { mailboxes, events, write_commands }
    }

    fn table(&self) -> String {
        let mut table = Table::new();
        table.load_style(UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Dynamic);
        table.set_header(["Mailbox", "Seen", "Moved", "Stay", "Why they stay"]);
        for mailbox in &self.mailboxes {
            let words: Vec<_> = mailbox.left.iter().map(|(word, count)| format!("{word} {count}")).collect();
            table.add_row([
                mailbox.name.clone(),
                mailbox.seen.to_string(),
                mailbox.moved.to_string(),
                mailbox.left.values().sum::<u64>().to_string(),
                words.join(", "),
            ]);
        }
        for column in 1..4 {
            if let Some(column) = table.column_mut(column) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        let mut text = format!("{table}\n");
        let met: BTreeSet<&String> = self.mailboxes.iter().flat_map(|mailbox| mailbox.left.keys()).collect();
        for word in met {
            text.push_str(&format!("  {word}: {}\n", words::reason(word)));
        }
        for mailbox in &self.mailboxes {
            if let Some(error) = &mailbox.error {
                text.push_str(&format!("{}: {error}\n", mailbox.name));
                text.push_str(&format!("  what to do: {}\n", mailbox.hint.unwrap_or_default()));
            }
        }
        text
    }
}
