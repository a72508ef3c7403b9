//! TLS with the same checks as everywhere, and a look at the certificates that were shown, also where a check failed.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

use super::certificate::Certificate;
use super::tls::{TlsConfigError, builder, of_file, provider, trusted};

/// The certificates that a server showed last, its own first.
#[derive(Clone, Debug, Default)]
pub struct Shown(Arc<Mutex<Vec<CertificateDer<'static>>>>);

impl Shown {
    /// What they say of themselves; those that cannot be read are left out.
    pub fn certificates(&self) -> Vec<Certificate> {
        self.chain().iter().filter_map(|der| Certificate::read(der)).collect()
    }

    /// Whether the authorities of this file alone vouch for what was shown to be `host`.
    pub fn is_trusted_by(&self, ca_file: &Path, host: &str) -> bool {
        let chain = self.chain();
        let Some((own, others)) = chain.split_first() else { return false };
        let (Ok(roots), Ok(name)) = (of_file(ca_file), ServerName::try_from(host)) else { return false };
        verifier(roots)
            .is_ok_and(|verifier| verifier.verify_server_cert(own, others, &name, &[], UnixTime::now()).is_ok())
    }

    fn chain(&self) -> Vec<CertificateDer<'static>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// A configuration that trusts whom [`super::tls::client_config`] trusts and remembers what was shown.
///
/// # Errors
/// See [`TlsConfigError`].
pub fn client_config(ca_file: Option<&Path>) -> Result<(Arc<ClientConfig>, Shown), TlsConfigError> {
    let shown = Shown::default();
    let verifier = verifier(trusted(ca_file)?).map_err(|_| TlsConfigError::NothingTrusted)?;
    let observer = Observer { verifier, shown: shown.clone() };
    // "Dangerous" is what rustls calls every verifier that is not its own; this one asks that one.
    let config = builder().dangerous().with_custom_certificate_verifier(Arc::new(observer)).with_no_client_auth();
    Ok((Arc::new(config), shown))
}

fn verifier(roots: Arc<RootCertStore>) -> Result<Arc<WebPkiServerVerifier>, rustls::server::VerifierBuilderError> {
    WebPkiServerVerifier::builder_with_provider(roots, provider()).build()
}

/// Writes down what it is shown and leaves every judgement to the usual verifier.
#[derive(Debug)]
struct Observer {
    verifier: Arc<WebPkiServerVerifier>,
    shown: Shown,
}

impl ServerCertVerifier for Observer {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let chain = std::iter::once(end_entity).chain(intermediates).map(|der| der.clone().into_owned()).collect();
        *self.shown.0.lock().unwrap_or_else(PoisonError::into_inner) = chain;
        self.verifier.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verifier.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verifier.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.verifier.supported_verify_schemes()
    }
}
