//! Decisions and known folders become moves.
