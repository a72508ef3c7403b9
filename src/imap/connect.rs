//! From a host name to a session: connect, TLS, greeting, capabilities, login, capabilities again.
//!
//! Each step has its deadline. The password is sent only through TLS whose certificate was checked, or to this machine
//! itself; there is no way around and no fallback. Any fault ends the attempt and closes the connection.

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;

use super::capability::Capabilities;
use super::connect_error::{ConnectError, Phase};
use super::dialogue::Dialogue;
pub use super::sasl::Login;
use super::wire::Wire;
use super::{dial, login};
use crate::domain::postfach::Security;

/// Anything to speak on: TCP, TLS over TCP, a pipe in tests.
pub trait Io: AsyncRead + AsyncWrite + Unpin + Send + Sync {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send + Sync> Io for T {}

pub type Transport = Box<dyn Io>;
/// What the IMAP client reads and writes.
pub type Stream = Wire<Transport>;
pub type Session = async_imap::Session<Stream>;

/// Where a mailbox is.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// Name or address; what the certificate must be for.
    pub host: String,
    pub port: u16,
    pub security: Security,
    /// Needed unless `security` is [`Security::None`].
    pub tls: Option<Arc<rustls::ClientConfig>>,
    pub login: Login,
}

/// How long to wait for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// For the name, for each address, and for the TLS handshake.
    pub connect: Duration,
    pub greeting: Duration,
    /// For the next line of an answer.
    pub read: Duration,
    /// For all of an answer, and for a login.
    pub command: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        let [connect, greeting, read, command] = [20, 30, 60, 120].map(Duration::from_secs);
        Timeouts { connect, greeting, read, command }
    }
}

/// A session just logged in. Healthy only after a SELECT: Exchange lets in whom it has no mailbox for.
#[derive(Debug)]
pub struct Connected {
    pub session: Session,
    /// Asked for after login.
    pub capabilities: Capabilities,
}

/// Connects and logs in.
///
/// # Errors
/// [`ConnectError`], which says when to try again.
pub async fn connect(
    endpoint: &Endpoint,
    user: &str,
    password: &SecretString,
    timeouts: &Timeouts,
) -> Result<Connected, ConnectError> {
    let tcp = dial::tcp(endpoint, timeouts).await?;
    open(Box::new(tcp), endpoint, user, password, timeouts).await
}

/// Does everything [`connect`] does on a stream that is connected already.
///
/// # Errors
/// As [`connect`], but whether an unprotected stream leads to this machine was for the caller to see to.
pub async fn open(
    transport: Transport,
    endpoint: &Endpoint,
    user: &str,
    password: &SecretString,
    timeouts: &Timeouts,
) -> Result<Connected, ConnectError> {
    let transport = match endpoint.security {
        Security::Tls => dial::tls(transport, endpoint, timeouts).await?,
        Security::Starttls | Security::None => transport,
    };
    let mut dialogue = Dialogue::new(transport, *timeouts);
    dialogue.greeting().await?;
    let mut capabilities = dialogue.capabilities().await?;
    if endpoint.security == Security::Starttls {
        if !capabilities.starttls {
            return Err(ConnectError::StarttlsNotOffered);
        }
        let transport = dial::tls(dialogue.starttls().await?, endpoint, timeouts).await?;
        dialogue = Dialogue::new(transport, *timeouts);
        // What was said before TLS may be a lie (RFC 3501, 6.2.1).
        capabilities = dialogue.capabilities().await?;
    }
    let mut session =
        login::log_in(dialogue.into_wire(), endpoint.login, &capabilities, user, password, timeouts).await?;
    let capabilities = login::capabilities(&mut session, timeouts).await?;
    Ok(Connected { session, capabilities })
}

pub(super) async fn within<T>(limit: Duration, phase: Phase, step: impl Future<Output = T>) -> Result<T, ConnectError> {
    timeout(limit, step).await.map_err(|_| ConnectError::Timeout { phase })
}

#[cfg(test)]
#[path = "connect_tests.rs"]
mod tests;
