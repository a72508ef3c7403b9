//! Postweiche routes the mail of shared regional mailboxes into one folder per Agentur für Arbeit.
//!
//! One sentence holds the program: **poll → fetch → parse → classify → plan → move → record → observe**, always in this
//! direction. A pure core decides, thin shells do the input and output, and only [`daemon`] knows the whole chain.
//!
//! In reading order:
//!
//! | module | layer | job |
//! |---|---|---|
//! | [`domain`] | core | the nouns: mailbox, folder, UID, message, Agentur, decision |
//! | [`parse`] | core | raw bytes become a [`domain::message::Message`]; a broken mail gives notes, never an error |
//! | [`rules`] | core | the rule set, and the one evaluator: `RuleSet + Message -> Decision` |
//! | [`plan`] | core | decisions and known folders become sets of moves |
//! | [`anleitung`] | core | the QuickStep guide of an Agentur, a German page |
//! | [`report`] | core | what stands in the ledger becomes figures for people |
//! | [`imap`] | shell | the only code that talks IMAP; `imap::mover` is the only code that changes anything there |
//! | [`store`] | shell | the ledger: SQLite, one writer thread, intent before act |
//! | [`config`] | shell | what an admin wrote becomes checked configuration and master data |
//! | [`daemon`] | wiring | one worker per mailbox; `daemon::cycle` is the sentence above |
//! | [`doctor`] | wiring | looks at mailboxes, ledger and disk and says what works; changes nothing |
//! | [`cli`] | wiring | one file per subcommand |
//! | [`diagnostic`] | aid | problems in files that people write, shown where they stand |
//!
//! The core of the core is how a mail is judged; [`rules`] has a map of its own. The mechanisms are there, the words
//! are in the rule files, and which address, number or postcode means which Agentur is in the master data.
//!
//! Invariants:
//!
//! - The core knows no tokio, socket, SQL, file, clock or environment. Time comes in as an argument.
//! - Shells do not know each other. Each foreign crate stays in one module and its types are converted at the door.
//! - Doubt leaves a mail where it is. Nothing is moved that is not written down first, and nothing is recorded as done
//!   that the server has not proved.
//! - No subject, address, name, text, Message-ID or customer number reaches a log, the ledger or an error.
#![forbid(unsafe_code)]
// The documentation is for maintainers and is built with private items.
#![allow(rustdoc::private_intra_doc_links)]

/// Marks a point at which a test may kill the process; nothing without the feature `crash-points`. See `src/crash.rs`.
macro_rules! crash_point {
    ($when:literal, $what:expr) => {{
        #[cfg(feature = "crash-points")]
        $crate::crash::reached($when, $what);
    }};
}

pub mod anleitung;
pub mod cli;
pub mod config;
#[cfg(feature = "crash-points")]
pub mod crash;
pub mod daemon;
pub mod diagnostic;
pub mod doctor;
pub mod domain;
pub mod imap;
pub mod parse;
pub mod plan;
pub mod report;
pub mod rules;
pub mod store;
