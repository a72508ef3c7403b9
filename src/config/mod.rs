//! Configuration and master data: as written (`file.rs`, CSV rows), and as checked (the types of this file).
//!
//! After the check nobody checks again: whoever holds a [`Config`] may rely on every value. All problems of all files
//! are reported at once, with their place; an error anywhere means that there is no [`Config`] or no `Stammdaten` at
//! all. This module reads files and the environment; it never writes, and it never shows a secret.
//!
//! - [`load`] reads the configuration file, [`load_stammdaten`] the CSV files, and [`cross_check()`] compares the two.
//! - `table.rs` reads a TOML table key by key, `validate/` knows which keys there are and what they mean.
//! - `mend.rs` keeps one forgotten brace from being told as a fault of every line after it.
//! - `redact.rs` takes secrets that stand where they should not out of everything that is shown.
//! - `stammdaten/` holds one file per CSV file.

mod adresse;
mod cross_check;
mod file;
mod mend;
mod nearest;
mod ordner;
mod path;
mod redact;
mod secret;
mod stammdaten;
mod table;
mod text_file;
mod validate;

pub use cross_check::cross_check;
pub use file::{Loaded, Origin, load};
pub use nearest::nearest;
pub use secret::SecretError;
pub use stammdaten::{LoadedStammdaten, csv_file, load_stammdaten};
pub use text_file::read_text;

use std::path::PathBuf;
use std::time::Duration;

use jiff::civil::Date;

use crate::domain::kennzeichen::{Kennzeichennamen, Leser};
use crate::domain::loeschklasse::Fristen;
use crate::domain::postfach::{Betriebsart, Profil, Security};

/// The checked configuration file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    pub dienst: Dienst,
    pub kennzeichen: Kennzeichenwahl,
    pub aufbewahrung: Aufbewahrung,
    /// Directory of the master data, absolute or relative to the working directory.
    pub stammdaten_dir: PathBuf,
    /// Directory of the rule files, likewise.
    pub regelwerk_dir: PathBuf,
    /// At least one; names are unique.
    pub postfaecher: Vec<Postfach>,
}

/// `[dienst]`: what holds for all mailboxes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dienst {
    /// Ledger, lock and generated key.
    pub state_dir: PathBuf,
    /// Pause between two cycles, 1 s and more.
    pub poll_interval: Duration,
    /// Key of the pseudonyms; `None`: one is made in `state_dir`.
    pub hash_key: Option<SecretSource>,
    /// TCP connect and, counted anew, the TLS handshake.
    pub connect_timeout: Duration,
    /// Wait for the greeting.
    pub greeting_timeout: Duration,
    /// Longest silence while a reply is expected.
    pub read_timeout: Duration,
    /// Longest time for one command, however lively the line.
    pub command_timeout: Duration,
    /// First wait after a failed cycle.
    pub retry_initial: Duration,
    /// Longest wait after failed cycles.
    pub retry_max: Duration,
    /// Most UIDs in one UID MOVE, 1 to 1000.
    pub move_batch: usize,
    /// Most UID MOVE commands under way at once, 1 to 64.
    pub pipeline_depth: usize,
    /// Pause between two rounds through the watched folders of a mailbox.
    pub beobachtung: Duration,
    /// Most commands a minute for that, for each mailbox.
    pub beobachtung_befehle: u64,
}

/// `[kennzeichen]`: how marks are called, and what they say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kennzeichenwahl {
    /// Names of mark folders below an Agentur folder, and of keywords and categories.
    pub namen: Kennzeichennamen,
    /// Work folders of the Service Center, with `/` as hierarchy; what lies in a folder below one of them is not seen.
    pub sc_ordner: Vec<String>,
    /// Whether the mark for deletion says that a Vorgang was processed.
    pub loeschen_impliziert_bearbeitet: bool,
}

/// `[aufbewahrung]`: how long the ledger keeps what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Aufbewahrung {
    pub fristen: Fristen,
    /// Whether the daemon deletes by itself.
    pub automatisch: bool,
}

/// One `[[postfach]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Postfach {
    /// Name in logs, ledger and reports; equals the SC region.
    pub name: String,
    /// The mailbox's own address; never evidence.
    pub address: String,
    pub host: String,
    pub port: u16,
    pub security: Security,
    /// PEM file with further trusted certificates.
    pub ca_file: Option<PathBuf>,
    pub login: LoginMethod,
    pub user: String,
    pub password: SecretSource,
    pub betriebsart: Betriebsart,
    pub profil: Profil,
    /// Template of the target folder with `{ordner}`; `/` is hierarchy.
    pub ordner: String,
    /// Folder for mail that cannot be read; `/` is hierarchy. `None`: it stays in INBOX.
    pub pruefordner: Option<String>,
    /// Mail that arrived before this day (Europe/Berlin) is left alone.
    pub start_datum: Option<Date>,
    /// Mail younger than this is left alone for now.
    pub karenz: Duration,
    /// How the marks of clerks are read besides the folder a mail lies in.
    pub leser: Vec<Leser>,
}

/// How to present user and password.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LoginMethod {
    /// LOGIN, or AUTHENTICATE PLAIN if the server says LOGINDISABLED before login.
    #[default]
    Auto,
    /// Always LOGIN.
    Login,
    /// Always AUTHENTICATE PLAIN.
    Plain,
}

/// Where a secret stands; never the secret itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretSource {
    /// A file; a single trailing line end is not part of the secret.
    File(PathBuf),
    /// An environment variable.
    Env(String),
    /// A systemd credential: a file of this name in `$CREDENTIALS_DIRECTORY`.
    Credential(String),
}
