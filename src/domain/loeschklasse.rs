//! Deletion classes: what of our own data expires, counted from when, and after how long.
//!
//! Reports and backups are files that an operator makes; they expire by the operator's hand.

/// A kind of data with a starting point and a period of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Loeschklasse {
    /// What recognises a message: pseudonym and hash of the Message-ID of a Vorgang. From its final state, at most from
    /// arrival. The Vorgang stays.
    Hashes,
    /// The pseudonyms of messages in watched folders that are no Vorgänge. From arrival.
    Nebenstuecke,
    /// What is held against messages that could not be read. From the last time. Not what keeps this version of the program
    /// off a message over which it died.
    Versuche,
    /// Events. From the day they happened. They become daily figures, and the state they came to stays with the Vorgang.
    Ereignisse,
    /// Vorgänge of which nothing is left: gone, without pseudonym and without events; with their operations.
    Vorgaenge,
    /// Rule sets that nothing refers to. From their first use.
    Regelwerke,
    /// Daily figures. From their day.
    Tageswerte,
    /// Runs of the program. From their start.
    Laeufe,
    /// The protocol of deletions itself. From each run.
    Loeschprotokoll,
}

impl Loeschklasse {
    /// All classes, in the order in which they must be worked through: a Vorgang goes after its hashes and events, a rule
    /// set after the Vorgänge that refer to it, figures after those that have just been added.
    pub const ALL: [Loeschklasse; 9] = [
        Self::Hashes,
        Self::Nebenstuecke,
        Self::Versuche,
        Self::Ereignisse,
        Self::Vorgaenge,
        Self::Regelwerke,
        Self::Tageswerte,
        Self::Laeufe,
        Self::Loeschprotokoll,
    ];

    /// The word in ledger and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hashes => "hashes",
            Self::Nebenstuecke => "nebenstuecke",
            Self::Versuche => "versuche",
            Self::Ereignisse => "ereignisse",
            Self::Vorgaenge => "vorgaenge",
            Self::Regelwerke => "regelwerke",
            Self::Tageswerte => "tageswerte",
            Self::Laeufe => "laeufe",
            Self::Loeschprotokoll => "loeschprotokoll",
        }
    }

    /// The class with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|klasse| klasse.as_str() == word)
    }
}

/// How long what is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fristen {
    /// Days after the final state of a Vorgang until its hashes go.
    pub hashes_tage: u32,
    /// Days after arrival until they go whatever its state is; also how long failed attempts to read are kept.
    pub hashes_hoechstens_tage: u32,
    /// Days until events become daily figures.
    pub ereignisse_tage: u32,
    /// Months until daily figures go.
    pub tageswerte_monate: u32,
    /// Months until runs, rule sets that are no longer referred to, and the protocol of deletions go.
    pub protokolle_monate: u32,
}

impl Default for Fristen {
    fn default() -> Self {
        Fristen {
            hashes_tage: 30,
            hashes_hoechstens_tage: 180,
            ereignisse_tage: 90,
            tageswerte_monate: 36,
            protokolle_monate: 36,
        }
    }
}
