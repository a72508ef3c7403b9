//! The nouns everything else speaks of. Knows no file, socket, clock or database.
//!
//! Reading order: [`id`] (what names a message on a server), [`listed`] (a message as a folder lists it), [`message`] (a parsed mail),
//! [`agentur`] and [`stammdaten`] (who could be responsible), [`postfach`] (how a mailbox is to be
//! treated), [`decision`] (what was decided and why), [`vorgang`]
//! (what the ledger keeps of it).

pub mod agentur;
pub mod decision;
pub mod id;
pub mod listed;
pub mod message;
pub mod postfach;
pub mod stammdaten;
pub mod versuch;
pub mod vorgang;
