//! `postweiche run`: the daemon.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use tracing::info;

use super::Outcome;
use super::load::load_or_show;
use super::start::{Started, end, run_to_end, start, with_hint};
use crate::daemon::{shutdown, supervisor};

/// Serves all mailboxes until a signal comes.
pub fn run(config: &Path) -> anyhow::Result<Outcome> {
    let Some(setup) = load_or_show(config) else { return Ok(Outcome::BadInput) };
    run_to_end(async {
        let Started { dienst, postfaecher, aufbewahrung, lock: _lock } = start(setup).await?;
        shutdown::listen(dienst.stop.clone())?;
        let regelwerk = dienst.rules().version().short().to_owned();
        info!(version = env!("CARGO_PKG_VERSION"), regelwerk, mailboxes = postfaecher.len(), "started");
        let lauf = dienst.ledger.begin_run(env!("CARGO_PKG_VERSION"), Timestamp::now()).await.map_err(with_hint)?;
        let served = supervisor::run(postfaecher, aufbewahrung, Arc::clone(&dienst)).await;
        end(&dienst, lauf).await.map_err(with_hint)?;
        info!("stopped");
        Ok(if served.is_ok() { Outcome::Done } else { Outcome::Failed })
    })
}
