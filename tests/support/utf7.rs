//! Folder names on the wire: the modified UTF-7 of RFC 3501, section 5.1.3.

use base64::Engine;
use base64::alphabet::IMAP_MUTF7;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &IMAP_MUTF7,
    GeneralPurposeConfig::new().with_encode_padding(false).with_decode_padding_mode(DecodePaddingMode::RequireNone),
);

pub fn encode(name: &str) -> String {
    let mut wire = String::new();
    let mut pending: Vec<u8> = Vec::new();
    let flush = |wire: &mut String, pending: &mut Vec<u8>| {
        if !pending.is_empty() {
            wire.push_str(&format!("&{}-", ENGINE.encode(&*pending)));
            pending.clear();
        }
    };
    for character in name.chars() {
        if matches!(character, ' '..='~') {
            flush(&mut wire, &mut pending);
            wire.push(character);
            if character == '&' {
                wire.push('-');
            }
        } else {
            pending.extend(character.encode_utf16(&mut [0; 2]).iter().flat_map(|unit| unit.to_be_bytes()));
        }
    }
    flush(&mut wire, &mut pending);
    wire
}

/// # Panics
///
/// If a shifted part is not valid.
pub fn decode(wire: &str) -> String {
    let mut name = String::new();
    let mut rest = wire;
    while let Some((plain, shifted)) = rest.split_once('&') {
        name.push_str(plain);
        let (shifted, after) = shifted.split_once('-').expect("a shifted part ends with a hyphen");
        rest = after;
        if shifted.is_empty() {
            name.push('&');
            continue;
        }
        let bytes = ENGINE.decode(shifted).expect("a shifted part is BASE64");
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
        name.push_str(&String::from_utf16(&units).expect("a shifted part is UTF-16"));
    }
    name + rest
}
