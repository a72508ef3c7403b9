//! The ledger: SQLite, one writer thread.
