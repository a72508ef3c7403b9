//! The keyed pseudonyms of a message: its own, and those of the mails that it answers.

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::conversation::{earlier_ids, own_id};
use super::identity::identity_fields;
use crate::domain::id::{Fingerprint, MessageIdHash};

/// The key of the pseudonyms. With another key, nothing in the ledger is recognised by content any more.
pub struct FingerprintKey(Zeroizing<Vec<u8>>);

/// Keeps the two uses of the key apart: what a fingerprint is made of begins with a length of eight bytes, and none is
/// ever as large as these letters read as a number.
const MESSAGE_ID: &[u8] = b"message-id:";
/// A third use, kept apart in the same way.
const PROBE: &[u8] = b"key-probe";

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
        let mut mac = self.mac();
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
        Fingerprint(short(mac))
    }

    /// The hash of a mail's own Message-ID, if it has a usable one; however it is folded.
    pub fn message_id(&self, header: &[u8]) -> Option<MessageIdHash> {
        own_id(header).map(|id| self.hash(&id))
    }

    /// The hashes of the earlier mails that a mail names in In-Reply-To and References, each once; few of very many, and
    /// never its own. A mail that is no reply costs one look at its header.
    pub fn earlier_message_ids(&self, header: &[u8]) -> Vec<MessageIdHash> {
        let mut hashes = Vec::new();
        for id in earlier_ids(header) {
            let hash = self.hash(&id);
            if !hashes.contains(&hash) {
                hashes.push(hash);
            }
        }
        hashes
    }

    /// What tells this key from another one; nothing follows from it.
    pub fn probe(&self) -> String {
        let mut mac = self.mac();
        mac.update(PROBE);
        short(mac).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn hash(&self, message_id: &[u8]) -> MessageIdHash {
        let mut mac = self.mac();
        mac.update(MESSAGE_ID);
        mac.update(message_id);
        MessageIdHash(short(mac))
    }

    fn mac(&self) -> Hmac<Sha256> {
        Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length")
    }
}

/// The first half of the digest: 128 bits are enough that no two meet by chance.
fn short(mac: Hmac<Sha256>) -> [u8; 16] {
    let digest = mac.finalize().into_bytes();
    let mut short = [0; 16];
    short.copy_from_slice(&digest[..16]);
    short
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

    #[test]
    fn a_reply_names_the_hash_of_the_mail_it_answers() {
        let key = FingerprintKey::new(vec![7; 32]).unwrap();
        let own = key.message_id(MAIL).unwrap();
        let reply = b"Message-ID: <2@b.example>\r\nIn-Reply-To: 1@b.example\r\n\
            References: <other@b.example>\r\n <1@b.ex\r\n ample>\r\n\r\n";
        let earlier = key.earlier_message_ids(reply);
        assert_eq!((earlier.len(), earlier[0]), (2, own), "each once");
        assert_ne!(key.message_id(reply), Some(own));
        assert_ne!(FingerprintKey::new(vec![8; 32]).unwrap().message_id(MAIL), Some(own), "another key");
        assert!(key.earlier_message_ids(MAIL).is_empty());
        assert_eq!(key.message_id(b"From: a@b.example\r\nMessage-ID: <>\r\n\r\n"), None);
    }

    #[test]
    fn the_two_uses_of_the_key_are_apart() {
        let key = FingerprintKey::new(vec![7; 32]).unwrap();
        // The very bytes that a fingerprint of nothing but a Message-ID is made of, as far as an id can hold them.
        let mut mac = key.mac();
        mac.update(b"1@b.example");
        assert_ne!(key.message_id(MAIL).unwrap().0, short(mac), "the bare id under the same key");
        let length = u64::from_be_bytes(MESSAGE_ID[..8].try_into().unwrap());
        assert!(length > u64::from(u32::MAX) && length != u64::MAX, "no field has this length, nor is it missing");
    }
}
