//! Each name has one form on the wire, and each form that is read is the one that would be written.
#![no_main]

use libfuzzer_sys::fuzz_target;
use postweiche::imap::mutf7::{decode, encode};

fuzz_target!(|text: &str| {
    let raw = encode(text);
    assert!(raw.bytes().all(|byte| matches!(byte, b' '..=b'~')), "printable ASCII alone");
    assert_eq!(decode(&raw).as_deref(), Some(text), "there and back");
    if let Some(name) = decode(text) {
        assert_eq!(encode(&name), text, "back and there");
    }
});
