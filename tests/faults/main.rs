//! Fault cases by their numbers: what may go wrong, and that no mail is lost, doubled or misrouted by it.
//!
//! Each test bears the number of its case; `README.md` beside this file lists all cases and where each is shown.
#![forbid(unsafe_code)]

#[path = "../support/mod.rs"]
mod support;

mod clerks;
mod hostile_mail;
mod ledger;
mod server;
mod time;
