//! What ends a cycle early.

use std::time::Duration;

use thiserror::Error;

use crate::config::SecretError;
use crate::imap::connect_error::ConnectError;
use crate::imap::error::ImapError;
use crate::store::{Class, LedgerError};

/// Why a cycle did not run to its end. Nothing is lost by it: what was begun stands in the ledger.
#[derive(Debug, Error)]
pub enum CycleError {
    #[error(transparent)]
    Imap(#[from] ImapError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error("password: {0}")]
    Secret(#[from] SecretError),
    /// Nobody asked the server: the password of this account was refused before, perhaps for another mailbox.
    #[error(
        "not logged in: the password of this account was refused before, and each try brings it nearer to its lock"
    )]
    Spared { wait: Duration },
    /// The threads that judge mail are gone, which would be a defect.
    #[error("the threads that read mail have ended")]
    JudgeGone,
    /// The ledger refuses a move that was not asked of it, which would be a defect.
    #[error("the ledger refuses a move that nobody asked for")]
    UnknownRefusal,
    /// INBOX was made anew while another folder was open: what was planned is about other numbers.
    #[error("INBOX was renumbered meanwhile")]
    InboxChanged,
    /// We were asked to stop.
    #[error("stopped on request")]
    Stopped,
}

impl From<ConnectError> for CycleError {
    fn from(error: ConnectError) -> Self {
        CycleError::Imap(error.into())
    }
}

impl CycleError {
    /// Whether the connection is still good.
    pub fn keeps_connection(&self) -> bool {
        match self {
            Self::Imap(error) => error.keeps_connection(),
            Self::Ledger(_) | Self::InboxChanged | Self::UnknownRefusal => true,
            Self::Secret(_) | Self::Spared { .. } | Self::JudgeGone | Self::Stopped => false,
        }
    }

    /// Whether a single message may be the reason that a fetch ended so: the server broke off over it, or sent of it what
    /// cannot be understood.
    pub fn may_be_a_message(&self) -> bool {
        match self {
            Self::Imap(ImapError::Refused { refusal, .. }) => !refusal.concerns_account(),
            Self::Imap(ImapError::Bye { wait, .. }) => wait.is_none(),
            Self::Imap(
                ImapError::Timeout { .. }
                | ImapError::Closed { .. }
                | ImapError::Io { .. }
                | ImapError::Unparsable { .. }
                | ImapError::TooLarge { .. }
                | ImapError::Desync { .. },
            ) => true,
            _ => false,
        }
    }

    /// Whether another attempt at once may help (in `once`): only a connection that broke.
    pub fn retry_at_once(&self) -> bool {
        match self {
            Self::Imap(ImapError::Connect(_) | ImapError::TlsConfig(_) | ImapError::CannotMove) => false,
            // What the server said in so many words it will say again.
            Self::Imap(ImapError::Refused { .. }) => false,
            Self::Imap(error) => !error.keeps_connection() && error.wait().is_none(),
            Self::InboxChanged => true,
            _ => false,
        }
    }

    /// Whether only a new process can help: the daemon ends, and whoever runs it starts it again.
    pub fn is_fatal(&self) -> bool {
        match self {
            Self::JudgeGone => true,
            Self::Ledger(error) => matches!(error.class(), Class::Gone | Class::Corrupt),
            _ => false,
        }
    }

    /// How long the server asks us to stay away.
    pub fn wait(&self) -> Option<Duration> {
        match self {
            Self::Imap(error) => error.wait(),
            Self::Spared { wait } => Some(*wait),
            _ => None,
        }
    }

    /// What an operator can do.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Imap(error) => error.hint(),
            Self::Ledger(error) => error.hint(),
            Self::Secret(_) => "provide the password where the configuration says it stands",
            Self::Spared { .. } => "check user name and password of the account; the service tries again by itself",
            Self::InboxChanged => "nothing: the next cycle lists it anew",
            Self::JudgeGone | Self::UnknownRefusal => "restart the service and report this",
            Self::Stopped => "nothing: the next start goes on where this one stopped",
        }
    }
}
