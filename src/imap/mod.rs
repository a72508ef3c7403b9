//! The only code that talks IMAP.

pub mod mutf7;
