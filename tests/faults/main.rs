//! Fault cases by their numbers: what may go wrong, and that no mail is lost, doubled or misrouted by it.
//!
//! Each test bears the number of its case; `README.md` beside this file lists all cases and where each is shown.
#![forbid(unsafe_code)]

#[path = "../support/mod.rs"]
mod support;

mod clerks;
mod hostile_mail;
mod ledger;
mod refusals;
mod scene;
mod time;

use std::sync::LazyLock;

use support::accounts::Accounts;
use support::dovecot::Options;
use support::oddity::{account, server};

/// One server for all cases that it can show.
static ACCOUNTS: LazyLock<Accounts> = LazyLock::new(|| Accounts::start(300, Options::default()));

const KIEL: &str = "INBOX/Agentur Kiel";

/// Further lines of `[dienst]` for tests that cannot wait.
const QUICK: &str = "poll_interval_seconds = 1\nretry_initial_seconds = 1\nretry_max_seconds = 1";
