//! Decisions and known folders become moves; answers become outcomes. Pure functions, no input and output.
//!
//! [`triage`] compares a listing with what the ledger knows, [`target`] names the folder of an Agentur on this server,
//! [`moves`] sorts what is to be handed over by folder, [`settle`] says from what was found where how an operation
//! ended.

pub mod moves;
pub mod settle;
pub mod target;
pub mod triage;
