//! The ledger: SQLite, one writer thread.

pub mod record;
