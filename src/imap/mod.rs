//! The only code that talks IMAP.

mod incoming;
pub mod mutf7;
pub mod wire;
