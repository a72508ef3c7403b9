//! What ends a cycle early.

use std::time::Duration;

use thiserror::Error;

use crate::config::SecretError;
use crate::imap::connect_error::ConnectError;
use crate::imap::error::ImapError;
use crate::store::LedgerError;

/// Why a cycle did not run to its end. Nothing is lost by it: what was begun stands in the ledger.
#[derive(Debug, Error)]
pub enum CycleError {
    #[error(transparent)]
    Imap(#[from] ImapError),
    #[error("ledger: {0}")]
    Ledger(#[from] LedgerError),
    #[error("password: {0}")]
    Secret(#[from] SecretError),
    /// The threads that judge mail are gone, which would be a defect.
    #[error("the threads that read mail have ended")]
    JudgeGone,
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
            Self::Ledger(_) => true,
            Self::Secret(_) | Self::JudgeGone | Self::Stopped => false,
        }
    }

    /// Whether another attempt at once may help (in `once`): only a connection that broke.
    pub fn retry_at_once(&self) -> bool {
        match self {
            Self::Imap(ImapError::Connect(_) | ImapError::TlsConfig(_) | ImapError::CannotMove) => false,
            Self::Imap(error) => !error.keeps_connection() && error.wait().is_none(),
            _ => false,
        }
    }

    /// How long the server asks us to stay away.
    pub fn wait(&self) -> Option<Duration> {
        match self {
            Self::Imap(error) => error.wait(),
            _ => None,
        }
    }

    /// What an operator can do.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Imap(error) => error.hint(),
            Self::Ledger(error) => error.hint(),
            Self::Secret(_) => "provide the password where the configuration says it stands",
            Self::JudgeGone => "restart the service and report this",
            Self::Stopped => "nothing: the next start goes on where this one stopped",
        }
    }
}
