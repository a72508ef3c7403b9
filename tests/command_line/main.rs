//! The commands that answer questions about mail files, mailboxes and ledger, and what the program itself holds.
#![forbid(unsafe_code)]

#[path = "../support/mod.rs"]
mod support;

mod aufbewahrung;
mod doctor;
mod explain;
mod quickstep_anleitung;
mod regelguete;
mod release;
mod selbsttest;
mod test;
mod verlauf;

use support::config::{ConfigDir, Postfach};

/// The five mailboxes, on a server that nobody asks.
fn config() -> ConfigDir {
    let regions = ["sc-nord", "sc-ost", "sc-sued", "sc-suedwest", "sc-west"];
    ConfigDir::new(regions.map(|region| Postfach::plain(region, ([127, 0, 0, 1], 1).into())), "")
}

/// A mail from a customer.
fn mail(to: &str, further_header: &str) -> String {
    format!(
        "From: kunde@post.example\r\nTo: {to}\r\nSubject: Anfrage\r\nDate: Tue, 16 Apr 2024 09:12:00 +0200\r\n\
         {further_header}\r\nGuten Tag,\r\nich habe eine Frage.\r\n"
    )
}
