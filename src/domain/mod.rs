//! The nouns everything else speaks of. Knows no file, socket, clock or database.
//!
//! Reading order: [`id`] (what names a message on a server), [`listed`] (a message as a folder lists it), [`message`] (a parsed mail),
//! [`agentur`] and [`stammdaten`] (who could be responsible), [`postfach`] (how a mailbox is to be
//! treated), [`decision`] (what was decided and why), [`kennzeichen`] (what clerks say
//! about it), [`ereignis`] (what can happen, and the state that follows), [`groesse`] (what is counted of it), [`vorgang`]
//! (what the ledger keeps of it), [`loeschklasse`] (and for how long).

pub mod agentur;
pub mod decision;
pub mod ereignis;
pub mod groesse;
pub mod id;
pub mod kennzeichen;
pub mod listed;
pub mod loeschklasse;
pub mod message;
pub mod postfach;
pub mod sichtung;
pub mod stammdaten;
pub mod versuch;
pub mod vorgang;
