//! What a certificate says of itself, for people. Nothing here is checked: that is the work of TLS.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use jiff::Timestamp;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer, X509Certificate};

/// A certificate as it describes itself. Its words are those of whoever made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    pub subject: String,
    pub issuer: String,
    /// Host names and addresses it is for. A common name in `subject` does not count (RFC 9525, section 2).
    pub names: Vec<String>,
    pub not_before: Timestamp,
    pub not_after: Timestamp,
}

impl Certificate {
    /// Reads a certificate in DER; `None` if it cannot be read.
    pub fn read(der: &[u8]) -> Option<Self> {
        let (_, certificate) = X509Certificate::from_der(der).ok()?;
        let names = certificate.subject_alternative_name().ok().flatten();
        let validity = certificate.validity();
        Some(Certificate {
            subject: certificate.subject().to_string(),
            issuer: certificate.issuer().to_string(),
            names: names.into_iter().flat_map(|names| &names.value.general_names).filter_map(host).collect(),
            not_before: Timestamp::from_second(validity.not_before.timestamp()).ok()?,
            not_after: Timestamp::from_second(validity.not_after.timestamp()).ok()?,
        })
    }
}

fn host(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => {
            let v4 = || <[u8; 4]>::try_from(*bytes).map(|bytes| IpAddr::from(Ipv4Addr::from(bytes)));
            let v6 = || <[u8; 16]>::try_from(*bytes).map(|bytes| IpAddr::from(Ipv6Addr::from(bytes)));
            v4().or_else(|_| v6()).ok().map(|address| address.to_string())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, DnType, KeyPair};

    use super::*;

    #[test]
    fn a_certificate_tells_its_names_and_dates() {
        let mut params = CertificateParams::new(["imap.haus.example".to_owned(), "127.0.0.1".to_owned()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, "Postserver");
        params.not_before = rcgen::date_time_ymd(2024, 4, 3);
        params.not_after = rcgen::date_time_ymd(2061, 1, 2);
        let made = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
        let read = Certificate::read(made.der()).unwrap();
        assert!(read.subject.contains("CN=Postserver") && read.issuer == read.subject, "{read:?}");
        assert_eq!(read.names, ["imap.haus.example", "127.0.0.1"]);
        assert_eq!(read.not_before, "2024-04-03T00:00:00Z".parse().unwrap());
        assert_eq!(read.not_after, "2061-01-02T00:00:00Z".parse().unwrap());
        assert_eq!(Certificate::read(b"no certificate"), None);
    }
}
