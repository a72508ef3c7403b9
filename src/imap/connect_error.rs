//! Why there is no session, in a closed set of words.
//!
//! Never the text of a server or a foreign error: such texts may hold a password or a piece of mail.

use std::io;
use std::time::Duration;

use thiserror::Error;

use super::refusal::Refusal;
use super::wire::WireError;

/// Where on the way to a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Phase {
    #[error("looking up the host name")]
    Resolve,
    #[error("connecting")]
    Connect,
    #[error("the TLS handshake")]
    TlsHandshake,
    #[error("waiting for the greeting")]
    Greeting,
    #[error("asking for capabilities")]
    Capability,
    #[error("STARTTLS")]
    Starttls,
    #[error("logging in")]
    Login,
    #[error("asking for capabilities after login")]
    CapabilityAfterLogin,
}

/// Why TLS did not come about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TlsReason {
    #[error("the certificate is from an authority that is not trusted")]
    UntrustedIssuer,
    #[error("the certificate is for another host name")]
    WrongName,
    /// Or not valid yet: one of the two clocks may be wrong.
    #[error("the certificate is not valid at this time")]
    Expired,
    #[error("the server does not speak TLS on this port")]
    NotTls,
    #[error("the server speaks no TLS version or cipher in common")]
    Incompatible,
    #[error("the configured host is no name a certificate could be for")]
    InvalidHost,
    #[error("TLS is asked for but not set up")]
    NotConfigured,
    #[error("the handshake failed")]
    Other,
}

/// What was wrong with the first line of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum GreetingFault {
    #[error("the server turned the connection away")]
    Bye,
    /// Somebody is logged in already, and it is not known who.
    #[error("the server takes the connection for logged in already")]
    Preauth,
    #[error("the server closed the connection without a greeting")]
    Eof,
    #[error("the server does not greet as IMAP servers do")]
    Malformed,
}

/// Why there is no session. The connection is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ConnectError {
    #[error("the host name has no address")]
    Resolve,
    #[error("no connection: {kind}")]
    Connect { kind: io::ErrorKind },
    #[error("no answer in time: {phase}")]
    Timeout { phase: Phase },
    #[error("no TLS: {reason}")]
    Tls { reason: TlsReason },
    #[error("a connection without TLS is for loopback addresses only")]
    NotLoopback,
    #[error("{0}")]
    Greeting(GreetingFault),
    #[error("the server does not offer STARTTLS")]
    StarttlsNotOffered,
    /// What an attacker on the line would do to have his text taken for the server's inside TLS.
    #[error("something was sent between STARTTLS and TLS that does not belong there")]
    InjectedPlaintext,
    #[error("login refused: {class}")]
    LoginRefused { class: Refusal },
    #[error("the server offers no way to log in with this user name and password")]
    NoLoginMethod,
    #[error("the server closed the connection: {phase}")]
    Closed { phase: Phase },
    #[error("the server broke the protocol: {phase}")]
    Protocol { phase: Phase },
}

/// When another attempt makes sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// After the usual, growing wait.
    Soon,
    /// Not before this wait: the server asked for it, or a human has to change something first.
    Later(Duration),
    /// Rarely: each attempt with a wrong password brings the account nearer to its lock.
    Credentials,
}

/// A wait for what only a human can change.
const FOR_A_HUMAN: Duration = Duration::from_secs(300);
/// A wait for a server that asks for one without saying how long.
pub(super) const FOR_A_SERVER: Duration = Duration::from_secs(60);

impl ConnectError {
    /// When to try again.
    pub fn retry(&self) -> Retry {
        match self {
            Self::LoginRefused { class: Refusal::Credentials } => Retry::Credentials,
            Self::LoginRefused { class: Refusal::Throttled { wait } } => Retry::Later(wait.unwrap_or(FOR_A_SERVER)),
            Self::LoginRefused { class: Refusal::Other }
            | Self::Tls { .. }
            | Self::NotLoopback
            | Self::Greeting(GreetingFault::Preauth)
            | Self::StarttlsNotOffered
            | Self::InjectedPlaintext
            | Self::NoLoginMethod => Retry::Later(FOR_A_HUMAN),
            Self::LoginRefused { class: Refusal::Unavailable }
            | Self::Resolve
            | Self::Connect { .. }
            | Self::Timeout { .. }
            | Self::Greeting(_)
            | Self::Closed { .. }
            | Self::Protocol { .. } => Retry::Soon,
        }
    }

    /// What an operator should do.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Resolve => "check the configured host name and the name service of this machine",
            Self::Connect { .. } => "check host and port, that the IMAP service runs, and the firewall between",
            Self::Timeout { phase: Phase::Resolve } => "check the name service of this machine",
            Self::Timeout { phase: Phase::Connect } => "check host and port, and whether a firewall drops the packets",
            Self::Timeout { phase: Phase::TlsHandshake | Phase::Greeting } => {
                "check that port and kind of TLS belong together: 993 with tls, 143 with starttls"
            }
            Self::Timeout { .. } | Self::Closed { .. } | Self::Greeting(GreetingFault::Bye | GreetingFault::Eof) => {
                "usually passes by itself; if not, look at the load and the connection limits of the server"
            }
            Self::Tls { reason } => reason.hint(),
            Self::NotLoopback => "use tls or starttls; only a server on this machine may be spoken to without",
            Self::Greeting(GreetingFault::Preauth) => "use another port: here the server does not ask who comes",
            Self::Greeting(GreetingFault::Malformed) => {
                "check that an IMAP server listens on this port, and that port and kind of TLS belong together"
            }
            Self::StarttlsNotOffered => "switch TLS on in the server, or use port 993 with tls",
            Self::InjectedPlaintext => "find out who sits between here and the server; port 993 with tls is safer",
            Self::LoginRefused { class } => class.hint(),
            Self::NoLoginMethod => {
                "the server must offer LOGIN or AUTH=PLAIN after TLS; LOGIN carries ASCII only, so a password with \
                 other characters needs AUTH=PLAIN"
            }
            Self::Protocol { .. } => "check that the port is the one of an IMAP server; if it is, report this",
        }
    }

    /// What an I/O error means on an open connection.
    pub(super) fn from_io(error: &io::Error, phase: Phase) -> Self {
        if WireError::of(error).is_some() {
            return Self::Protocol { phase };
        }
        if let Some(tls) = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
            return Self::Tls { reason: TlsReason::of(tls) };
        }
        match error.kind() {
            // So async-imap wraps what it could not parse.
            io::ErrorKind::Other | io::ErrorKind::InvalidData => Self::Protocol { phase },
            _ => Self::Closed { phase },
        }
    }
}

impl TlsReason {
    fn of(error: &rustls::Error) -> Self {
        use rustls::{AlertDescription, CertificateError, Error};
        match error {
            // A bad signature is that of an authority whose name, but not whose key, is trusted: renewed, or pretended.
            Error::InvalidCertificate(CertificateError::UnknownIssuer | CertificateError::BadSignature) => {
                Self::UntrustedIssuer
            }
            Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            ) => Self::WrongName,
            Error::InvalidCertificate(
                CertificateError::Expired
                | CertificateError::ExpiredContext { .. }
                | CertificateError::NotValidYet
                | CertificateError::NotValidYetContext { .. },
            ) => Self::Expired,
            Error::InvalidMessage(_) => Self::NotTls,
            Error::PeerIncompatible(_)
            | Error::AlertReceived(AlertDescription::ProtocolVersion | AlertDescription::HandshakeFailure) => {
                Self::Incompatible
            }
            _ => Self::Other,
        }
    }

    fn hint(self) -> &'static str {
        match self {
            Self::UntrustedIssuer => {
                "name the certificate of your authority in ca_file; if there is one already, find out who answers here"
            }
            Self::WrongName => "use the host name that the certificate is for",
            Self::Expired => "renew the certificate of the server, and check the clocks of both machines",
            Self::NotTls => "use starttls on port 143, or the port that speaks TLS from the start, usually 993",
            Self::Incompatible => "switch TLS 1.2 or 1.3 on in the server",
            Self::InvalidHost => "configure a host name or an address",
            Self::NotConfigured => "report this: the program should have refused to start",
            Self::Other => "look into the log of the server",
        }
    }
}
