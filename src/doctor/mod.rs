//! What works, what does not, and what to do: `postweiche doctor`.
//!
//! Two halves. [`mailbox`] (with `asker`, and [`selbsttest`] for the test mails of an office) and [`service`] ask servers,
//! ledger and disk and write down facts ([`facts`]); they change nothing: EXAMINE and never SELECT, PEEK only, no lock, no
//! write to the ledger. [`judge`] is pure and makes findings ([`finding`]) of the facts. [`spelling`] finds the folder that
//! somebody probably meant.

mod asker;
pub mod facts;
pub mod finding;
pub mod judge;
pub mod mailbox;
pub mod scope;
pub mod selbsttest;
pub mod service;
pub mod spelling;
mod targets;
