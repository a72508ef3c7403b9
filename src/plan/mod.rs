//! Decisions and known folders become moves; answers become outcomes. Pure functions, no input and output.
//!
//! For INBOX: [`triage`] compares a listing with what the ledger knows, [`target`] names the folder of an Agentur on this
//! server, [`recognise`] tells a mail that a person dragged back from a new one, [`moves`] sorts what is to be handed over
//! by folder, [`settle`] says from what was found where how an operation ended.
//!
//! For what clerks do: [`watch`] sorts out the folders that are watched, [`leser`] reads marks, [`difference`] compares a
//! folder with what the ledger knows, [`lebenslauf`] says what has happened to a Vorgang that was observed so.
//!
//! For our own data: [`aufbewahrung`] says before which day what is to be deleted.

pub mod aufbewahrung;
pub mod difference;
pub mod lebenslauf;
pub mod leser;
pub mod moves;
pub mod recognise;
pub mod settle;
pub mod target;
pub mod triage;
pub mod watch;
