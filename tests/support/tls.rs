//! A certificate and what a TLS server needs of it.

use std::sync::Arc;

use rcgen::{CertificateParams, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};

/// Who a server says it is.
#[derive(Clone, Debug)]
pub struct Identity {
    /// PEM; who trusts it trusts the server.
    pub certificate: String,
    pub config: Arc<rustls::ServerConfig>,
}

impl Identity {
    /// A new certificate of its own making, for these names or addresses.
    pub fn new(names: &[&str]) -> Identity {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        Identity::of(CertificateParams::new(names).expect("names of servers"))
    }

    /// A new certificate of its own making that says this.
    pub fn of(params: CertificateParams) -> Identity {
        let signing_key = KeyPair::generate().expect("a key can be made");
        let certificate = params.self_signed(&signing_key).expect("a certificate can be made").pem();
        let chain = vec![CertificateDer::from_pem_slice(certificate.as_bytes()).expect("it was made just now")];
        let key = PrivateKeyDer::from_pem_slice(signing_key.serialize_pem().as_bytes()).expect("likewise");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("the provider knows them")
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .expect("key and certificate belong together");
        Identity { certificate, config: Arc::new(config) }
    }

    /// The client's half of a connection to `localhost` that trusts nobody else.
    pub fn client(&self) -> rustls::ClientConnection {
        let mut roots = rustls::RootCertStore::empty();
        let certificate = CertificateDer::from_pem_slice(self.certificate.as_bytes()).expect("it was made here");
        roots.add(certificate).expect("a certificate");
        let config = rustls::ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        let name = "localhost".try_into().expect("a server name");
        rustls::ClientConnection::new(config.into(), name).expect("a valid configuration")
    }
}
