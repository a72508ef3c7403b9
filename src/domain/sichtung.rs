//! What one look at a watched folder has shown, compared with what the ledger knows of it.

use jiff::Timestamp;

use super::ereignis::{Ereignis, Stand};
use super::id::{Fingerprint, FolderName, MessageIdHash, Uid, UidValidity};
use super::kennzeichen::Kennzeichen;
use super::vorgang::VorgangId;

/// A message the ledger knows in a watched folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bekannt {
    pub uid: Uid,
    /// The mark that its flags or headers showed.
    pub merkmal: Option<Kennzeichen>,
    /// The mark that its `Keywords:` field showed when that was read first: its sender may have written it. `None`: it was
    /// never read.
    pub kopfzeile_anfangs: Option<Option<Kennzeichen>>,
    /// Whether it is a Vorgang, and not only a copy of one.
    pub is_vorgang: bool,
}

/// The marks that a message itself shows, besides its folder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gezeigt {
    /// By flags and keywords, which only those can set who have the mailbox.
    pub fahne: Option<Kennzeichen>,
    /// By its `Keywords:` field, which its sender may have written.
    pub kopfzeile: Option<Kennzeichen>,
}

impl Gezeigt {
    /// The mark that somebody has set; the furthest in the life of a Vorgang if there are several. Of the header field only
    /// what was not there at first sight counts; nothing, if this is the first sight.
    pub fn merkmal(self, kopfzeile_anfangs: Option<Option<Kennzeichen>>) -> Option<Kennzeichen> {
        let set_later = |anfangs: Option<Kennzeichen>| self.kopfzeile.filter(|_| self.kopfzeile != anfangs);
        self.fahne.max(kopfzeile_anfangs.and_then(set_later))
    }
}

/// A message at a UID that the ledger does not know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Neu {
    pub uid: Uid,
    pub fingerprint: Fingerprint,
    pub message_id: Option<MessageIdHash>,
    /// INTERNALDATE.
    pub eingang: Timestamp,
    /// RFC822.SIZE; 0 if the server did not say.
    pub size: u32,
    pub gezeigt: Gezeigt,
    /// It is from before the program's time: it is noted and not counted.
    pub altbestand: bool,
}

/// What the ledger says of a watched folder when it is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Betreten {
    /// It was never looked through before: marks that are there already are from before the program's time.
    pub erster_blick: bool,
    /// Vorgänge that were known there under another UIDVALIDITY.
    pub umnummeriert: u64,
}

/// A folder in which Vorgänge were seen and that is watched no longer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unbeobachtet {
    pub folder: FolderName,
    /// How many lay there.
    pub vorgaenge: u64,
    /// The server still lists it.
    pub vorhanden: bool,
}

/// What has changed in a folder since the last look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sichtung {
    pub folder: FolderName,
    pub uidvalidity: UidValidity,
    /// Slug of the Agentur whose folder it is; a stranger found here becomes a Vorgang of it.
    pub agentur: Option<String>,
    /// Known and no longer listed.
    pub fort: Vec<Uid>,
    pub neu: Vec<Neu>,
    /// Known ones whose flags or headers show another mark now.
    pub merkmale: Vec<(Uid, Option<Kennzeichen>)>,
    /// Known ones whose `Keywords:` field was read for the first time, with the mark in it.
    pub kopfzeilen: Vec<(Uid, Option<Kennzeichen>)>,
    /// That field was read at all.
    pub mit_kopfzeile: bool,
}

impl Sichtung {
    /// Whether nothing has changed.
    pub fn is_empty(&self) -> bool {
        self.fort.is_empty() && self.neu.is_empty() && self.merkmale.is_empty() && self.kopfzeilen.is_empty()
    }
}

/// A Vorgang about which something was seen twice alike, or which was found nowhere in two rounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Faellig {
    pub vorgang: VorgangId,
    pub merkmal: Option<Kennzeichen>,
    /// Its state before that.
    pub stand: Stand,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fortgang {
    pub vorgang: VorgangId,
    pub ereignisse: Vec<Ereignis>,
}
