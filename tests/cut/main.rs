//! The connection breaks at every place of a conversation and in every manner: nothing is lost, nothing is doubled, and
//! ledger and server agree after the next start.
#![forbid(unsafe_code)]

#[path = "../support/mod.rs"]
mod support;

mod cases;
mod run;
mod sweep;
