//! What can go wrong while talking to a server, in closed words.
//!
//! No variant holds text of the server or of the crates below: both may contain mail text, addresses and passwords.

use std::io;
use std::time::Duration;

use thiserror::Error;

use super::command::Verb;
use super::connect_error::{ConnectError, FOR_A_SERVER, Retry};
use super::tls::TlsConfigError;
use super::wire::WireError;

/// A failed exchange. All but [`ImapError::Refused`] end the connection.
#[derive(Debug, Error)]
pub enum ImapError {
    #[error(transparent)]
    Connect(#[from] ConnectError),
    #[error("no TLS: {0}")]
    TlsConfig(#[from] TlsConfigError),
    #[error("{verb}: no complete answer within {} s", .waited.as_secs())]
    Timeout { verb: Verb, waited: Duration },
    #[error("{verb}: the server closed the connection")]
    Closed { verb: Verb },
    #[error("{verb}: the server said BYE")]
    Bye { verb: Verb, wait: Option<Duration> },
    #[error("{verb}: the connection failed ({kind})")]
    Io { verb: Verb, kind: io::ErrorKind },
    #[error("{verb}: the answer cannot be understood")]
    Unparsable { verb: Verb },
    #[error("{verb}: the server announced more data than is acceptable")]
    TooLarge { verb: Verb },
    #[error("{verb}: answer and command do not belong together")]
    Desync { verb: Verb },
    #[error("{verb}: refused ({})", .refusal.class.as_str())]
    Refused { verb: Verb, refusal: Refusal },
    #[error("{verb}: the answer lacks {what}")]
    Incomplete { verb: Verb, what: &'static str },
    #[error("the server offers neither MOVE nor UIDPLUS")]
    CannotMove,
}

/// A tagged NO or BAD.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub class: RefusalClass,
    /// How long the server asks us to wait, at most an hour.
    pub wait: Option<Duration>,
}

/// Why a server refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RefusalClass {
    Throttled,
    NoSuchFolder,
    OverQuota,
    /// A message of the set was gone already.
    AlreadyGone,
    NoPermission,
    /// Logged in, but the mailbox behind cannot be reached (Exchange).
    NotConnected,
    Unavailable,
    /// BAD: the command itself.
    NotUnderstood,
    Other,
}

impl Refusal {
    /// Whether it concerns the whole account and not one folder or message.
    pub fn concerns_account(&self) -> bool {
        matches!(self.class, RefusalClass::Throttled | RefusalClass::Unavailable | RefusalClass::NotConnected)
    }
}

impl RefusalClass {
    /// The word in logs, ledger and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Throttled => "gedrosselt",
            Self::NoSuchFolder => "ordner_fehlt",
            Self::OverQuota => "postfach_voll",
            Self::AlreadyGone => "schon_weg",
            Self::NoPermission => "keine_berechtigung",
            Self::NotConnected => "nicht_verbunden",
            Self::Unavailable => "nicht_verfuegbar",
            Self::NotUnderstood => "nicht_verstanden",
            Self::Other => "abgelehnt",
        }
    }
}

impl ImapError {
    /// Whether the connection may still be used.
    pub fn keeps_connection(&self) -> bool {
        // Logged in and not connected to a mailbox is no healthy session (Exchange), though it answers.
        matches!(self, Self::Refused { refusal, .. } if refusal.class != RefusalClass::NotConnected)
    }

    /// How long the server asks us to stay away, if it says so.
    pub fn wait(&self) -> Option<Duration> {
        match self {
            Self::Bye { wait, .. } => *wait,
            Self::Refused { refusal: Refusal { class: RefusalClass::Throttled, wait }, .. } => {
                Some(wait.unwrap_or(FOR_A_SERVER))
            }
            Self::Refused { refusal, .. } => refusal.wait,
            Self::Connect(error) => match error.retry() {
                Retry::Later(wait) => Some(wait),
                Retry::Soon | Retry::Credentials => None,
            },
            _ => None,
        }
    }

    /// What an operator can do.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Connect(error) => error.hint(),
            Self::TlsConfig(_) => "check ca_file, and that the system has its trusted certificates",
            Self::Timeout { .. } => "the server or the network is slow or stuck; it is tried again by itself",
            Self::Closed { .. } | Self::Bye { .. } | Self::Io { .. } => {
                "the connection was lost; it is tried again by itself"
            }
            Self::Unparsable { .. } | Self::TooLarge { .. } | Self::Desync { .. } | Self::Incomplete { .. } => {
                "the server answers in an unexpected way; if this goes on, report the server's product and version"
            }
            Self::Refused { refusal, .. } => match refusal.class {
                RefusalClass::NoPermission => "give the service account full access to the mailbox",
                RefusalClass::NoSuchFolder => "create the folder, or correct its name in the master data",
                RefusalClass::OverQuota => "make room in the mailbox",
                RefusalClass::NotConnected => {
                    "check that the account may open this mailbox and that IMAP is enabled for it"
                }
                _ => "it is tried again by itself; if this goes on, look at the server",
            },
            Self::CannotMove => {
                "a server with MOVE (RFC 6851) or UIDPLUS (RFC 4315) is needed: with neither, a copied message could \
                 only be removed together with what clerks have marked"
            }
        }
    }

    pub(super) fn from_io(verb: Verb, error: &io::Error) -> Self {
        if WireError::of(error).is_some() {
            return Self::TooLarge { verb };
        }
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::Closed { verb },
            // async-imap reports what its parser cannot read as `Other`, with the unread bytes in the text.
            io::ErrorKind::Other => Self::Unparsable { verb },
            kind => Self::Io { verb, kind },
        }
    }
}
