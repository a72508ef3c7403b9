//! What tests, benchmark and demo need around the program: real and odd servers, a second IMAP client, the real binary.
//!
//! | module | job |
//! |---|---|
//! | [`dovecot`] | a private Dovecot on loopback that disappears with its owner |
//! | [`guard`] | processes and directories that never outlive the process that asked for them |
//! | [`imap_client`] | a small blocking IMAP client of our own, so that nothing is verified by the code under test |
//! | [`proxy`] | a line-aware proxy: delay, counts, faults |
//! | [`exchange`] | Exchange in its versions, as a proxy in front of a Dovecot |
//! | [`tls`] | a certificate and what a TLS server needs of it |
//! | [`script`] | a server that says exactly what a test wants it to say |
//! | [`utf7`], [`wire`] | folder names and responses as they are on the wire |
//! | [`config`] | a configuration of Postweiche for such servers |
//! | [`binary`] | the real binary, its exit code and its output |
//! | [`canary`] | words whose finding would betray a leak |
//! | [`accounts`] | one server for many cases, an account for each |
//! | [`mails`] | the sample mails with their truth, and small ones |
//! | [`sample_run`] | all samples in all mailboxes, at any server |
//! | [`scene`] | a mailbox with mails for three Agenturen, and what must hold of it in the end |
//! | [`ledger`] | the ledger, read with plain SQL |
//! | [`oddity`] | an account in memory behind a server with one quirk |
//! | [`process`] | memory and processor time of a running process |
//! | [`wait`] | waiting for what another process is about to do |
//!
//! Everything here panics with a full description when something is not as expected: in a test that is the report.
//!
//! Use it with `mod support;` in an integration test and with `#[path = "../tests/support/mod.rs"] mod support;`
//! elsewhere.
// Each user of this module is a crate of its own and uses a part of it.
#![allow(dead_code)]

pub mod accounts;
pub mod binary;
pub mod canary;
pub mod config;
pub mod dovecot;
pub mod exchange;
pub mod guard;
pub mod imap_client;
pub mod ledger;
pub mod mails;
pub mod oddity;
pub mod process;
pub mod proxy;
pub mod sample_run;
pub mod scene;
pub mod script;
pub mod tls;
pub mod utf7;
pub mod wait;
pub mod wire;
