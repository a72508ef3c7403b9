//! TCP and TLS: from a host name to a stream one may speak on.

use std::io;
use std::net::{IpAddr, SocketAddr};

use rustls::pki_types::ServerName;
use rustls::{ClientConnection, ProtocolVersion};
use tokio::net::{TcpStream, lookup_host};
use tokio_rustls::TlsConnector;

use super::connect::{Endpoint, Negotiated, Timeouts, Transport, within};
use super::connect_error::{ConnectError, Phase, TlsReason};
use crate::domain::postfach::Security;

/// Opens a TCP connection. Without TLS, nobody but this machine itself is even called.
pub(super) async fn tcp(endpoint: &Endpoint, timeouts: &Timeouts) -> Result<TcpStream, ConnectError> {
    let lookup = lookup_host((endpoint.host.as_str(), endpoint.port));
    let addresses = within(timeouts.connect, Phase::Resolve, lookup).await?.map_err(|_| ConnectError::Resolve)?;
    let addresses: Vec<SocketAddr> = addresses.collect();
    if endpoint.security == Security::None && !addresses.iter().all(|address| is_loopback(address.ip())) {
        return Err(ConnectError::NotLoopback);
    }
    let mut failure = ConnectError::Resolve;
    for address in addresses {
        // Each has its own time: an address that swallows everything must not use up that of the next.
        match within(timeouts.connect, Phase::Connect, prompt_stream(address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => failure = ConnectError::Connect { kind: error.kind() },
            Err(timeout) => failure = timeout,
        }
    }
    Err(failure)
}

/// A connection on which a small packet does not wait for the answer to the one before.
async fn prompt_stream(address: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

fn is_loopback(address: IpAddr) -> bool {
    // ::ffff:127.0.0.1 is 127.0.0.1.
    address.to_canonical().is_loopback()
}

/// Starts TLS. The certificate is checked before anything is sent through it.
pub(super) async fn tls(
    transport: Transport,
    endpoint: &Endpoint,
    timeouts: &Timeouts,
    negotiated: &mut Option<Negotiated>,
) -> Result<Transport, ConnectError> {
    let refused = |reason| ConnectError::Tls { reason };
    let config = endpoint.tls.clone().ok_or(refused(TlsReason::NotConfigured))?;
    let name = ServerName::try_from(endpoint.host.clone()).map_err(|_| refused(TlsReason::InvalidHost))?;
    let handshake = TlsConnector::from(config).connect(name, transport);
    match within(timeouts.connect, Phase::TlsHandshake, handshake).await? {
        Ok(stream) => {
            *negotiated = Some(agreed(stream.get_ref().1));
            Ok(Box::new(stream))
        }
        Err(error) => Err(ConnectError::from_io(&error, Phase::TlsHandshake)),
    }
}

fn agreed(connection: &ClientConnection) -> Negotiated {
    let version = match connection.protocol_version() {
        Some(ProtocolVersion::TLSv1_2) => "TLS 1.2",
        Some(ProtocolVersion::TLSv1_3) => "TLS 1.3",
        _ => "TLS",
    };
    Negotiated { version, cipher: connection.negotiated_cipher_suite().and_then(|suite| suite.suite().as_str()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_in_all_its_forms() {
        for (address, loopback) in [
            ("127.0.0.1", true),
            ("127.3.2.1", true),
            ("::1", true),
            ("::ffff:127.0.0.1", true),
            ("10.0.0.1", false),
            ("::ffff:10.0.0.1", false),
            ("0.0.0.0", false),
            ("::", false),
        ] {
            assert_eq!(is_loopback(address.parse().unwrap()), loopback, "{address}");
        }
    }
}
