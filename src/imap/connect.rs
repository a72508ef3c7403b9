//! From a host name to a session: connect, TLS, greeting, capabilities, login, capabilities again.
//!
//! Each step has its deadline. The password is sent only through TLS whose certificate was checked, or to this machine
//! itself; there is no way around and no fallback. Any fault ends the attempt and closes the connection.

use std::net::SocketAddr;
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

/// What was seen on the way to a session, also to one that did not come about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Where a TCP connection was made to.
    pub address: Option<SocketAddr>,
    /// What TLS agreed on.
    pub tls: Option<Negotiated>,
    /// Asked for before login, and after STARTTLS where that is used.
    pub before_login: Option<Capabilities>,
}

/// What both sides of a TLS connection agreed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Negotiated {
    /// `TLS 1.3`.
    pub version: &'static str,
    /// As in the registry of the IANA: `TLS13_AES_256_GCM_SHA384`.
    pub cipher: Option<&'static str>,
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
    connect_seeing(endpoint, user, password, timeouts, &mut Seen::default()).await
}

/// The same, and notes in `seen` what there was to see on the way.
///
/// # Errors
/// As [`connect`]; `seen` then says how far it came.
pub async fn connect_seeing(
    endpoint: &Endpoint,
    user: &str,
    password: &SecretString,
    timeouts: &Timeouts,
    seen: &mut Seen,
) -> Result<Connected, ConnectError> {
    let tcp = dial::tcp(endpoint, timeouts).await?;
    seen.address = tcp.peer_addr().ok();
    open_seeing(Box::new(tcp), endpoint, user, password, timeouts, seen).await
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
    open_seeing(transport, endpoint, user, password, timeouts, &mut Seen::default()).await
}

async fn open_seeing(
    transport: Transport,
    endpoint: &Endpoint,
    user: &str,
    password: &SecretString,
    timeouts: &Timeouts,
    seen: &mut Seen,
) -> Result<Connected, ConnectError> {
    let transport = match endpoint.security {
        Security::Tls => dial::tls(transport, endpoint, timeouts, &mut seen.tls).await?,
        Security::Starttls | Security::None => transport,
    };
    let mut dialogue = Dialogue::new(transport, *timeouts);
    dialogue.greeting().await?;
    let mut capabilities = dialogue.capabilities().await?;
    if endpoint.security == Security::Starttls {
        if !capabilities.starttls {
            return Err(ConnectError::StarttlsNotOffered);
        }
        let transport = dial::tls(dialogue.starttls().await?, endpoint, timeouts, &mut seen.tls).await?;
        dialogue = Dialogue::new(transport, *timeouts);
        // What was said before TLS may be a lie (RFC 3501, 6.2.1).
        capabilities = dialogue.capabilities().await?;
    }
    seen.before_login = Some(capabilities);
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
