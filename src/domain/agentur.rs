//! The Agenturen für Arbeit, and sets of them.

use std::collections::BTreeSet;
use std::fmt;

use jiff::civil::Date;

/// An Agentur, as an index into the checked master data; only meaningful together with its `Stammdaten`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AgenturId(pub u16);

/// What an evidence names: usually one Agentur, sometimes several (border postcodes, split numbers).
pub type AgenturSet = BTreeSet<AgenturId>;

/// A period of whole days; both ends belong to it, an open end has no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gueltigkeit {
    pub ab: Option<Date>,
    pub bis: Option<Date>,
}

impl Gueltigkeit {
    /// Whether `day` lies in the period.
    pub fn contains(&self, day: Date) -> bool {
        self.ab.is_none_or(|ab| ab <= day) && self.bis.is_none_or(|bis| day <= bis)
    }
}

/// One row of `agenturen.csv`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agentur {
    /// Key in all files and in the ledger, e.g. `aachen-dueren`.
    pub slug: String,
    /// As people write it, without "Agentur für Arbeit", e.g. `Aachen-Düren`.
    pub name: String,
    /// The SC region whose mailbox has the folder; equals a mailbox's `name`.
    pub sc_region: String,
    pub regionaldirektion: String,
    pub bundesland: String,
    /// Name of the target folder, put in the place of `{ordner}`; `/` is hierarchy.
    pub ordner: String,
    /// Access list of the folder, if known.
    pub verteiler: Option<String>,
    pub gueltigkeit: Gueltigkeit,
}

impl fmt::Display for Agentur {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Agentur für Arbeit {}", self.name)
    }
}
