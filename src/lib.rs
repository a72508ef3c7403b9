//! Postweiche routes the mail of shared mailboxes into one folder per Agentur für Arbeit.
pub mod cli;
pub mod config;
pub mod daemon;
pub mod diagnostic;
pub mod domain;
pub mod imap;
pub mod parse;
pub mod plan;
pub mod rules;
pub mod store;
