//! What names a message on an IMAP server, and what recognises it again elsewhere.
//!
//! A UID says nothing without its folder and that folder's UIDVALIDITY (RFC 3501, 2.3.1.1), hence
//! [`Place`]. Sequence numbers are used nowhere in this program.

use std::fmt;

/// An IMAP unique identifier, 1 and up (RFC 3501, 2.3.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uid(pub u32);

impl fmt::Display for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The incarnation of a folder: while it stays the same, a UID never names another message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UidValidity(pub u32);

impl fmt::Display for UidValidity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The full name of a folder ("mailbox" in the RFCs), decoded to Unicode, with the *server's* hierarchy separator.
///
/// Names compare exactly; only a first component `INBOX` is normalised to upper case by whoever makes the name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FolderName(pub String);

impl FolderName {
    /// The one folder every account has (RFC 3501, 5.1).
    pub fn inbox() -> Self {
        FolderName("INBOX".to_owned())
    }
}

impl fmt::Display for FolderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Where exactly one message lies, within one mailbox (account).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    pub folder: FolderName,
    pub uidvalidity: UidValidity,
    pub uid: Uid,
}

/// Keyed pseudonym of a message: the first 16 bytes of an HMAC-SHA-256 over its identity headers and INTERNALDATE.
///
/// It survives a move and reveals nothing without the key. It is *not unique*: byte-identical twins share it. So it
/// recognises a message, and never alone proves that two messages are one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(pub [u8; 16]);

/// Keyed hash of a Message-ID: the first 16 bytes of an HMAC-SHA-256 over it.
///
/// It ties a reply to the mail it answers and reveals nothing without the key. It is *not unique* either: twins share
/// their Message-ID, and some programs give all their mails the same one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageIdHash(pub [u8; 16]);

/// The version of a compiled rule set: SHA-256 of all that was compiled (rules and master data), as 64 hex digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegelwerkVersion(pub String);

impl RegelwerkVersion {
    /// The first twelve digits, for people.
    pub fn short(&self) -> &str {
        &self.0[..self.0.len().min(12)]
    }
}

impl fmt::Display for RegelwerkVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
