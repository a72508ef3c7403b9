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
    /// Whether it is a Vorgang, and not only a copy of one.
    pub is_vorgang: bool,
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
    pub merkmal: Option<Kennzeichen>,
    /// It arrived before the start date: it is noted and not counted.
    pub altbestand: bool,
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
}

impl Sichtung {
    /// Whether nothing has changed.
    pub fn is_empty(&self) -> bool {
        self.fort.is_empty() && self.neu.is_empty() && self.merkmale.is_empty()
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
