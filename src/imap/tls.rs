//! Whom to trust: the system's certificate authorities and, where a house has its own, those of a file.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, ConfigBuilder, RootCertStore, WantsVerifier};
use thiserror::Error;

/// Why no TLS configuration could be made. Only a changed file or system helps.
#[derive(Debug, Error)]
pub enum TlsConfigError {
    #[error("cannot read the certificate file {}", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("no certificate in {}: it must hold PEM blocks `BEGIN CERTIFICATE`", path.display())]
    NoCertificate { path: PathBuf },
    #[error("certificate number {number} in {} cannot be read", path.display())]
    Malformed { path: PathBuf, number: usize },
    #[error("the system trusts no certificate authority and no certificate file is configured")]
    NothingTrusted,
}

/// A configuration for TLS 1.2 and 1.3 that trusts the system's authorities and those in `ca_file` (PEM).
///
/// Authorities of the system that cannot be read are left out: they can only be missing, not be trusted by mistake. A
/// fault in `ca_file` is an error, as somebody put it there on purpose. Reads files; made once a mailbox.
///
/// # Errors
/// See [`TlsConfigError`].
pub fn client_config(ca_file: Option<&Path>) -> Result<Arc<ClientConfig>, TlsConfigError> {
    Ok(Arc::new(builder().with_root_certificates(trusted(ca_file)?).with_no_client_auth()))
}

pub(super) fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

pub(super) fn builder() -> ConfigBuilder<ClientConfig, WantsVerifier> {
    ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .expect("ring has cipher suites for TLS 1.2 and 1.3")
}

/// The authorities of the system and those of `ca_file`.
pub(super) fn trusted(ca_file: Option<&Path>) -> Result<Arc<RootCertStore>, TlsConfigError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(path) = ca_file {
        add_file(&mut roots, path)?;
    }
    if roots.is_empty() { Err(TlsConfigError::NothingTrusted) } else { Ok(Arc::new(roots)) }
}

/// The authorities of a file alone.
pub(super) fn of_file(path: &Path) -> Result<Arc<RootCertStore>, TlsConfigError> {
    let mut roots = RootCertStore::empty();
    add_file(&mut roots, path)?;
    Ok(Arc::new(roots))
}

fn add_file(roots: &mut RootCertStore, path: &Path) -> Result<(), TlsConfigError> {
    let path = || path.to_path_buf();
    let pem = std::fs::read(path()).map_err(|source| TlsConfigError::Unreadable { path: path(), source })?;
    let mut number = 0;
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        number += 1;
        let malformed = || TlsConfigError::Malformed { path: path(), number };
        roots.add(certificate.map_err(|_| malformed())?).map_err(|_| malformed())?;
    }
    if number == 0 { Err(TlsConfigError::NoCertificate { path: path() }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(pem: &str) -> Result<Arc<ClientConfig>, TlsConfigError> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), pem).unwrap();
        client_config(Some(file.path()))
    }

    fn certificate() -> String {
        rcgen::generate_simple_self_signed(["imap.haus.example".to_owned()]).unwrap().cert.pem()
    }

    #[test]
    fn a_file_with_certificates_is_accepted_whatever_stands_around_them() {
        config(&certificate()).unwrap();
        config(&format!("Our authorities\n{}\nand\n{}", certificate(), certificate())).unwrap();
    }

    #[test]
    fn faults_of_the_file_are_told_apart() {
        assert!(matches!(
            client_config(Some(Path::new("/does/not/exist.pem"))),
            Err(TlsConfigError::Unreadable { .. })
        ));
        for empty in ["", "no PEM here", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"] {
            assert!(matches!(config(empty), Err(TlsConfigError::NoCertificate { .. })), "{empty:?}");
        }
        let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assert!(matches!(config(broken), Err(TlsConfigError::Malformed { number: 1, .. })));
        let second = config(&format!("{}{broken}", certificate())).unwrap_err();
        assert!(matches!(second, TlsConfigError::Malformed { number: 2, .. }));
        let cut = "-----BEGIN CERTIFICATE-----\nAAAA\n";
        assert!(config(cut).is_err());
    }
}
