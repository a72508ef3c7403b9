//! How one mailbox is to be treated: the part of its configuration that the core needs.

use serde::{Deserialize, Serialize};

/// What the daemon may do in a mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Betriebsart {
    /// Not even connected.
    Aus,
    /// Connected and listed, nothing decided.
    Beobachten,
    /// Decided and recorded, nothing moved. The default.
    Schatten,
    /// Decided, moved, recorded.
    Betrieb,
    /// Being run down: what still arrives is decided, moved and recorded as in `betrieb`.
    Auslauf,
}

impl Betriebsart {
    /// Whether messages are decided at all.
    pub fn decides(self) -> bool {
        matches!(self, Self::Schatten | Self::Betrieb | Self::Auslauf)
    }

    /// Whether decided messages are moved.
    pub fn moves(self) -> bool {
        matches!(self, Self::Betrieb | Self::Auslauf)
    }

    /// The word in configuration and ledger.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Aus => "aus",
            Self::Beobachten => "beobachten",
            Self::Schatten => "schatten",
            Self::Betrieb => "betrieb",
            Self::Auslauf => "auslauf",
        }
    }
}

/// How much a mere hint may decide (see the comments in `rules/`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Profil {
    /// Hints (customer number, name, town) take part in the majority and choose within a set, never decide alone.
    Streng,
    /// The first evidence that is there decides.
    Weit,
}

impl Profil {
    /// The word in configuration and ledger.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Streng => "streng",
            Self::Weit => "weit",
        }
    }
}

/// How the connection to the server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// TLS from the first byte (RFC 8314), usually port 993.
    Tls,
    /// Plain greeting, then STARTTLS before anything else; refused if the server does not offer it.
    Starttls,
    /// No protection; only to a loopback address.
    None,
}
