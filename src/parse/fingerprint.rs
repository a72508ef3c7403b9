//! The keyed pseudonym of a message.

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::identity::identity_fields;
use crate::domain::id::Fingerprint;

/// The key of the pseudonyms. With another key, nothing in the ledger is recognised by content any more.
pub struct FingerprintKey(Zeroizing<Vec<u8>>);

impl FingerprintKey {
    /// Takes any secret of at least 16 bytes.
    pub fn new(secret: Vec<u8>) -> Option<Self> {
        let secret = Zeroizing::new(secret);
        (secret.len() >= 16).then_some(FingerprintKey(secret))
    }

    /// The fingerprint of a message: HMAC-SHA-256 over Message-ID, Date, From, the topmost Received field and
    /// INTERNALDATE, cut to 16 bytes.
    ///
    /// `header` is a whole mail, the beginning of one, or the identity fields alone; the answer is the same. Each field
    /// goes in with its length, so that no two mails can be made alike by shifting text between fields; a missing field
    /// differs from an empty one. Size, text and MIME boundaries take no part: servers change them.
    pub fn fingerprint(&self, header: &[u8], eingang: Timestamp) -> Fingerprint {
        let identity = identity_fields(header);
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        for field in [&identity.message_id, &identity.date, &identity.from, &identity.received] {
            match field {
                Some(value) => {
                    mac.update(&(value.len() as u64).to_be_bytes());
                    mac.update(value);
                }
                None => mac.update(&u64::MAX.to_be_bytes()),
            }
        }
        mac.update(&eingang.as_second().to_be_bytes());
        let digest = mac.finalize().into_bytes();
        let mut short = [0; 16];
        short.copy_from_slice(&digest[..16]);
        Fingerprint(short)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAIL: &[u8] = b"Received: from a\r\n\tby b\r\nReceived: older\r\nSubject: x\r\nFrom: A <a@b.example>\r\n\
        Date: Tue, 16 Apr 2024 09:12:00 +0200\r\nMessage-ID: <1@b.example>\r\n\r\nText\r\nFrom: nobody\r\n";

    #[test]
    fn the_header_alone_gives_the_same_and_every_field_counts() {
        let key = FingerprintKey::new(vec![7; 32]).unwrap();
        let when = "2024-04-16T07:12:00Z".parse().unwrap();
        let whole = key.fingerprint(MAIL, when);
        let fields =
            b"Message-ID: <1@b.example>\r\nFrom: A <a@b.example>\r\nReceived: from a by b\r\nReceived: older\r\n\
            Date: Tue, 16 Apr 2024 09:12:00 +0200\r\n\r\n";
        assert_eq!(key.fingerprint(fields, when), whole);
        for (from, to) in [("<1@", "<2@"), ("09:12", "09:13"), ("A <", "B <"), ("by b", "by c")] {
            let other = String::from_utf8_lossy(MAIL).replace(from, to);
            assert_ne!(key.fingerprint(other.as_bytes(), when), whole, "{from}");
        }
        assert_ne!(key.fingerprint(MAIL, "2024-04-16T07:12:01Z".parse().unwrap()), whole);
        assert_ne!(FingerprintKey::new(vec![8; 32]).unwrap().fingerprint(MAIL, when), whole);
        assert!(FingerprintKey::new(vec![1; 15]).is_none());
    }
}
