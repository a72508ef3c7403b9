//! The only code that talks IMAP.
//!
//! async-imap serves as transport and parser and nothing more: its high-level calls turn a refusal and a closed
//! connection into an empty success, drop COPYUID and never time out. So every command after login goes through one
//! [`exchange::Exchange`], which checks the tagged status, gives every wait a deadline and ends the connection at any
//! doubt about the stream.
//!
//! In reading order: [`mutf7`] and [`command`] (what we say), [`reply`] (what we hear, converted at the door),
//! [`wire`], [`tls`], [`connect`] (how we get there), [`exchange`] (the one way to run a command), [`folder`],
//! [`listing`], [`fetch`], [`marks`] (reading), [`mover`] (the only code that changes anything on a server).
//!
//! Error texts of the crates below never leave this module: they may hold passwords and mail text. What leaves are the
//! closed words of [`error`].

pub mod capability;
pub mod certificate;
pub mod command;
pub mod connect;
pub mod connect_error;
mod dial;
mod dialogue;
pub mod error;
pub mod exchange;
pub mod fetch;
pub mod folder;
mod incoming;
pub mod listing;
mod login;
pub mod marks;
pub mod mover;
pub mod mutf7;
pub mod observed;
pub mod refusal;
pub mod reply;
pub mod sasl;
#[cfg(test)]
mod scripted;
pub mod throttle;
pub mod tls;
mod windows;
pub mod wire;
