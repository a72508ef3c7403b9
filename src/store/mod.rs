//! The ledger: what was seen, decided, asked for and proved, in one SQLite file.
//!
//! It is journal and account book at once. A move is written down before the server is asked for it and closed only
//! with what the server proved, in the same transaction as the event that statistics count. The mailboxes are the
//! truth; the ledger never says what is in them, only what is known of it.
//!
//! # What it never holds
//!
//! Address, name, subject, text, Message-ID, customer number, words of a server. Messages have a number and a keyed
//! pseudonym, and a keyed hash of the Message-ID; reasons are closed words; sizes are classes. The file is readable by its owner only, and what is deleted
//! is overwritten.
//!
//! # Failure
//!
//! Each call is one transaction, all or nothing. A [`LedgerError`] names what was tried and a closed class, and says
//! whether trying again helps. Whoever cannot write the ledger must not move anything. A crash at any point leaves the
//! last committed state; SQLite replays its write-ahead log at the next start.
//!
//! # Inside
//!
//! | file | job |
//! |---|---|
//! | `ledger`, `ledger_observation`, `ledger_retention` | the handle: one async method per call |
//! | `writer` | the thread that holds the only writing connection |
//! | `file`, `migrate`, `schema/` | opening, hardening, schema |
//! | `backup` | a copy of it |
//! | `opening`, `note`, `rebuild` | noticing that a ledger was lost, and writing it anew |
//! | `decide`, `attempt`, `place`, `journal`, `event`, `conversation`, `observation`, `nebenstueck`, `missing`, `run`, `key`, `mark` | the statements, by subject |
//! | `retention`, `tageswert`, `stand` | deleting what is due, and what stays of it |
//! | `query` | a reader for statistics and questions, on its own connection |
//! | `quality`, `life` | what it reads: decisions with what people made of them; the life of one Vorgang |
//! | `survey` | a look at a ledger in whatever state it is |
//!
//! Two processes are kept apart by the lock of the state directory, not here.

mod attempt;
mod backup;
mod conversation;
mod decide;
mod error;
mod event;
mod file;
mod journal;
mod key;
mod ledger;
mod ledger_observation;
mod ledger_retention;
mod life;
mod mark;
mod migrate;
mod missing;
mod nebenstueck;
mod note;
mod observation;
mod opening;
mod place;
mod quality;
mod query;
mod rebuild;
mod retention;
mod run;
mod stand;
mod survey;
mod tageswert;
mod writer;

pub use attempt::Attempts;
pub use error::{Class, LedgerError, Refusal};
pub use file::ledger_path;
pub use ledger::Ledger;
pub use opening::Verlust;
pub use quality::Auswahl;
pub use query::Reader;
pub use retention::{Bestand, Geloescht, Umfang};
pub use survey::{Survey, survey};
pub use tageswert::Tageswert;

#[cfg(test)]
mod ledger_tests;
