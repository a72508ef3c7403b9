//! A message as a folder lists it, before anything of it was read.

use jiff::Timestamp;

use super::id::Uid;

/// One message of a listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    pub uid: Uid,
    pub flags: Flags,
    /// INTERNALDATE: when it arrived.
    pub eingang: Timestamp,
    /// RFC822.SIZE in bytes; an estimate on Exchange.
    pub size: u32,
}

/// Flags that make us leave a message alone: somebody is at work on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    pub flagged: bool,
    pub answered: bool,
    pub draft: bool,
    pub deleted: bool,
}
