//! What people, mails, networks and disks can do wrong: each is told in words, nothing is lost, the rest goes on.
#![forbid(unsafe_code)]

#[path = "../support/mod.rs"]
mod support;

mod command_line;
mod connection;
mod cut;
mod files;
mod instance;
mod mail;
mod state;
mod tls_trap;

use std::sync::LazyLock;

use support::accounts::Accounts;
use support::dovecot::Options;

/// One server for all of it.
static ACCOUNTS: LazyLock<Accounts> = LazyLock::new(|| Accounts::start(100, Options::default()));

const KIEL: &str = "INBOX/Agentur Kiel";
const COTTBUS: &str = "INBOX/Agentur Cottbus";
