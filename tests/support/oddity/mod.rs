//! An account in memory behind a well-behaved server with one quirk, for answers that no real server here would give.

pub mod account;
pub mod server;
