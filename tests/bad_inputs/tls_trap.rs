//! A TLS server that nobody should trust: it counts what is said to it after the handshake.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::thread::JoinHandle;
use std::time::Duration;

use rcgen::CertificateParams;

use crate::support::tls::Identity;

/// Serves one connection.
pub struct TlsTrap {
    address: SocketAddr,
    certificate: String,
    heard: JoinHandle<Vec<u8>>,
}

impl TlsTrap {
    /// A server with a certificate of its own making.
    pub fn start(params: CertificateParams) -> TlsTrap {
        let Identity { certificate, config } = Identity::of(params);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has free ports");
        let address = listener.local_addr().expect("a bound socket has an address");
        let heard = std::thread::spawn(move || {
            let (stream, _) = listener.accept().expect("the client comes");
            stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a timeout above zero is valid");
            let connection = rustls::ServerConnection::new(config).expect("a valid configuration");
            let mut stream = rustls::StreamOwned::new(connection, stream);
            let mut heard = Vec::new();
            // The client ends this as soon as it has seen the certificate.
            let _ = stream.write_all(b"* OK ready\r\n").and_then(|()| stream.flush());
            let _ = stream.read_to_end(&mut heard);
            heard
        });
        TlsTrap { address, certificate, heard }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its certificate as PEM.
    pub fn certificate(&self) -> &str {
        &self.certificate
    }

    /// Everything that was said to it after the handshake.
    pub fn finish(self) -> Vec<u8> {
        self.heard.join().expect("the trap does not fail")
    }
}
