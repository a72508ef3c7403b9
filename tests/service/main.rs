//! The daemon at work: it serves what arrives, ends when asked, survives what may happen to it, and costs next to nothing
//! when nothing happens.
#![forbid(unsafe_code)]

#[path = "../support/mod.rs"]
mod support;

mod daemon;
mod end;
mod idle;
mod interruption;

use std::sync::LazyLock;

use support::accounts::Accounts;
use support::dovecot::Options;

/// One server for all of it.
static ACCOUNTS: LazyLock<Accounts> = LazyLock::new(|| Accounts::start(32, Options::default()));

const KIEL: &str = "INBOX/Agentur Kiel";

/// Further lines of `[dienst]` for tests that cannot wait.
const QUICK: &str = "poll_interval_seconds = 1\nretry_initial_seconds = 1\nretry_max_seconds = 1";
