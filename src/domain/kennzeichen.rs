//! Marks: what clerks say about a Vorgang by where they put it, or by a flag.

use crate::domain::stammdaten::fold_ort;

/// A mark that a clerk has set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kennzeichen {
    InBearbeitung,
    Bearbeitet,
    /// Processed, and it was an Arbeitsunfähigkeit, whatever the decision said.
    BearbeitetAu,
    ZuLoeschen,
    /// Wrong Agentur, or no matter of an Eingangszone.
    ZurueckAnSc,
}

impl Kennzeichen {
    /// All marks.
    pub const ALL: [Kennzeichen; 5] =
        [Self::InBearbeitung, Self::Bearbeitet, Self::BearbeitetAu, Self::ZuLoeschen, Self::ZurueckAnSc];

    /// The word in configuration and ledger.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InBearbeitung => "in_bearbeitung",
            Self::Bearbeitet => "bearbeitet",
            Self::BearbeitetAu => "bearbeitet_au",
            Self::ZuLoeschen => "zu_loeschen",
            Self::ZurueckAnSc => "zurueck_an_sc",
        }
    }

    /// The mark with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kennzeichen| kennzeichen.as_str() == word)
    }
}

/// Where a message was seen, as far as folders and marks tell.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Ort {
    Inbox,
    /// In a folder of an Agentur.
    Agentur {
        agentur: String,
        kennzeichen: Option<Kennzeichen>,
    },
    /// In a work folder of the Service Center.
    Sc,
}

impl Ort {
    /// The Agentur whose folder it is.
    pub fn agentur(&self) -> Option<&str> {
        match self {
            Self::Agentur { agentur, .. } => Some(agentur),
            Self::Inbox | Self::Sc => None,
        }
    }

    /// The mark that lying there is.
    pub fn kennzeichen(&self) -> Option<Kennzeichen> {
        match self {
            Self::Agentur { kennzeichen, .. } => *kennzeichen,
            Self::Inbox | Self::Sc => None,
        }
    }

    /// Where a message with this mark of its own is. A folder says more than a flag.
    pub fn with_merkmal(&self, merkmal: Option<Kennzeichen>) -> Ort {
        match self {
            Self::Agentur { agentur, kennzeichen: None } => {
                Self::Agentur { agentur: agentur.clone(), kennzeichen: merkmal }
            }
            ort => ort.clone(),
        }
    }
}

/// What the observation of a Vorgang has shown, twice alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Beobachtung {
    Gesehen(Ort),
    /// In none of the watched folders.
    Fort,
}

/// How marks may be read besides the folder that a message lies in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Leser {
    /// `\Flagged` says "bearbeitet".
    Markierung,
    /// Keywords (RFC 3501, 2.3.2), on servers that have them.
    Schluesselwort,
    /// The `Keywords:` header field, in which some servers show Outlook's categories.
    KeywordsKopfzeile,
}

impl Leser {
    /// All readers.
    pub const ALL: [Leser; 3] = [Self::Markierung, Self::Schluesselwort, Self::KeywordsKopfzeile];

    /// The word in the configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Markierung => "markierung",
            Self::Schluesselwort => "schluesselwort",
            Self::KeywordsKopfzeile => "keywords_kopfzeile",
        }
    }

    /// The reader with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|leser| leser.as_str() == word)
    }
}

/// The names of the marks. Case, umlaut spelling and blanks make no difference.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kennzeichennamen {
    /// Folded name and mark.
    names: Vec<(String, Kennzeichen)>,
    /// As configured, for people.
    written: Vec<(String, Kennzeichen)>,
}

impl Kennzeichennamen {
    /// Several names may mean one mark.
    pub fn new(names: Vec<(String, Kennzeichen)>) -> Self {
        let folded = names.iter().map(|(name, kennzeichen)| (fold_ort(name), *kennzeichen)).collect();
        Kennzeichennamen { names: folded, written: names }
    }

    /// The mark of this name: of a folder below an Agentur folder with `/` as hierarchy, of a keyword or a category.
    pub fn find(&self, name: &str) -> Option<Kennzeichen> {
        let folded = fold_ort(name);
        self.names.iter().find(|(known, _)| *known == folded).map(|&(_, kennzeichen)| kennzeichen)
    }

    /// The name under which a mark is configured first, as written.
    pub fn name_of(&self, kennzeichen: Kennzeichen) -> Option<&str> {
        self.written.iter().find(|(_, other)| *other == kennzeichen).map(|(name, _)| name.as_str())
    }
}
