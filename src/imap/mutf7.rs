//! Folder names on the wire: modified UTF-7 (RFC 3501, 5.1.3).
//!
//! Printable ASCII stands for itself, `&` is written `&-`, and everything else is UTF-16 in a base64 without padding
//! between `&` and `-`. There are many ways to write a name that way and one right one. [`decode`] accepts the right one
//! only, so that whatever it returns can be selected again by encoding it; any other name cannot be named by a human and
//! stays untouched.

use std::iter::Peekable;
use std::str::Chars;

use base64::Engine;
use base64::alphabet::IMAP_MUTF7;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD};

const BASE64: GeneralPurpose = GeneralPurpose::new(&IMAP_MUTF7, NO_PAD);

/// The one canonical form of a name. Not yet quoted for a command.
pub fn encode(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut rest = name.chars().peekable();
    while let Some(&c) = rest.peek() {
        if is_direct(c) {
            rest.next();
            out.push(c);
            if c == '&' {
                out.push('-');
            }
        } else {
            out.push('&');
            BASE64.encode_string(take_shifted(&mut rest), &mut out);
            out.push('-');
        }
    }
    out
}

/// The name that [`encode`] writes as `raw`; none if there is no such name: 8-bit or control characters, broken base64,
/// half a surrogate pair, or a form that is readable but not canonical.
pub fn decode(raw: &str) -> Option<String> {
    let mut name = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((direct, shifted)) = rest.split_once('&') {
        name.push_str(direct);
        let (shifted, after) = shifted.split_once('-')?;
        if shifted.is_empty() {
            name.push('&');
        } else {
            name.push_str(&decode_shifted(shifted)?);
        }
        rest = after;
    }
    name.push_str(rest);
    (encode(&name) == raw).then_some(name)
}

/// What stands for itself; of these only `&` needs an escape.
fn is_direct(c: char) -> bool {
    matches!(c, ' '..='~')
}

/// The next run of characters that need base64, as UTF-16 in network order.
fn take_shifted(rest: &mut Peekable<Chars>) -> Vec<u8> {
    let mut utf16 = Vec::new();
    while let Some(c) = rest.next_if(|&c| !is_direct(c)) {
        utf16.extend(c.encode_utf16(&mut [0; 2]).iter().flat_map(|unit| unit.to_be_bytes()));
    }
    utf16
}

fn decode_shifted(base64: &str) -> Option<String> {
    let utf16 = BASE64.decode(base64).ok()?;
    let (units, odd) = utf16.as_chunks::<2>();
    if !odd.is_empty() {
        return None;
    }
    char::decode_utf16(units.iter().map(|&unit| u16::from_be_bytes(unit))).collect::<Result<_, _>>().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_have_one_form() {
        for (name, raw) in [
            ("", ""),
            ("INBOX", "INBOX"),
            ("Gelöschte Elemente", "Gel&APY-schte Elemente"),
            ("Agentur Brandenburg & Havelland", "Agentur Brandenburg &- Havelland"),
            ("R&D-Abt", "R&-D-Abt"),
            ("&", "&-"),
            ("&&", "&-&-"),
            ("ä&ö", "&AOQ-&-&APY-"),
            ("äöü", "&AOQA9gD8-"),
            ("-ä-", "-&AOQ--"),
            ("Tab\tin\r\nName", "Tab&AAk-in&AA0ACg-Name"),
            ("a\u{7f}b\0", "a&AH8-b&AAA-"),
            ("台北/日本語", "&U,BTFw-/&ZeVnLIqe-"),
            ("📬 Post", "&2D3c7A- Post"),
            (r#"quo"te\"#, r#"quo"te\"#),
        ] {
            assert_eq!(encode(name), raw);
            assert_eq!(decode(raw).as_deref(), Some(name), "{raw}");
        }
    }

    #[test]
    fn other_forms_are_no_name() {
        for (raw, why) in [
            ("R&D-Abt", "one unit short"),
            ("a&b-", "less than a unit"),
            ("&*-", "not base64"),
            ("A & B", "shift without end"),
            ("&", "shift without end"),
            ("&AOQ", "shift without end"),
            ("&AOQ=-", "padding"),
            ("&AOR-", "set bits after the last unit"),
            ("&AOQA-", "one byte too many"),
            ("&AGE-", "an a must stand for itself"),
            ("&ACY-", "an & must be &-"),
            ("&AOQ-&APY-", "two shifts where one does"),
            ("&2D0-", "high surrogate alone"),
            ("&3Ow-", "low surrogate alone"),
            ("&3OzYPQ-", "surrogates in the wrong order"),
            ("&AO/-", "the base64 of mail, not of IMAP"),
            ("Gelöscht", "8-bit"),
            ("Tab\there", "control character"),
        ] {
            assert_eq!(decode(raw), None, "{raw}: {why}");
        }
    }

    proptest! {
        #[test]
        fn every_name_survives(name in any::<String>()) {
            let raw = encode(&name);
            prop_assert!(raw.chars().all(|c| matches!(c, ' '..='~')), "{raw}");
            prop_assert_eq!(decode(&raw), Some(name));
        }

        #[test]
        fn every_decoded_name_selects_the_same_folder(raw in "[&a-zA-Z0-9+,ä -]{0,24}|(&[A-Za-z0-9+,]{0,9}-?){1,3}") {
            if let Some(name) = decode(&raw) {
                prop_assert_eq!(encode(&name), raw);
            }
        }
    }
}
