//! Decodes the labels of internationalised domain names (`xn--...`), RFC 3492, so that look-alikes can be seen.

const BASE: u32 = 36;
const T_MIN: u32 = 1;
const T_MAX: u32 = 26;
const SKEW: u32 = 38;
const DAMP: u32 = 700;
const INITIAL_BIAS: u32 = 72;
const INITIAL_N: u32 = 128;
/// A label in the DNS has at most 63 octets (RFC 1035, 2.3.4); longer input is not decoded.
const MAX_LABEL: usize = 63;

/// The Unicode form of what follows `xn--`; none if it is not valid.
pub(super) fn decode(encoded: &str) -> Option<String> {
    if encoded.len() > MAX_LABEL || !encoded.is_ascii() {
        return None;
    }
    let (basic, extended) = encoded.rsplit_once('-').unwrap_or(("", encoded));
    let mut output: Vec<char> = basic.chars().collect();
    let (mut n, mut i, mut bias) = (INITIAL_N, 0u32, INITIAL_BIAS);
    let mut digits = extended.bytes().map(digit);
    while let Some(first) = digits.next() {
        let start = i;
        let (mut weight, mut k, mut next) = (1u32, BASE, Some(first));
        loop {
            let value = next??;
            i = i.checked_add(value.checked_mul(weight)?)?;
            let threshold = k.saturating_sub(bias).clamp(T_MIN, T_MAX);
            if value < threshold {
                break;
            }
            weight = weight.checked_mul(BASE - threshold)?;
            k += BASE;
            next = digits.next();
            next?;
        }
        let length = u32::try_from(output.len()).ok()? + 1;
        bias = adapt(i - start, length, start == 0);
        n = n.checked_add(i / length)?;
        i %= length;
        output.insert(usize::try_from(i).ok()?, char::from_u32(n)?);
        i += 1;
    }
    Some(output.into_iter().collect())
}

fn digit(byte: u8) -> Option<u32> {
    match byte {
        b'a'..=b'z' => Some(u32::from(byte - b'a')),
        b'A'..=b'Z' => Some(u32::from(byte - b'A')),
        b'0'..=b'9' => Some(u32::from(byte - b'0') + 26),
        _ => None,
    }
}

/// Bias adaptation, RFC 3492 section 6.1.
fn adapt(delta: u32, length: u32, first: bool) -> u32 {
    let mut delta = if first { delta / DAMP } else { delta / 2 };
    delta += delta / length;
    let mut k = 0;
    while delta > (BASE - T_MIN) * T_MAX / 2 {
        delta /= BASE - T_MIN;
        k += BASE;
    }
    k + (BASE - T_MIN + 1) * delta / (delta + SKEW)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_decoded() {
        for (encoded, decoded) in [
            ("mller-kva", Some("müller")),
            ("bcher-kva", Some("bücher")),
            ("80ak6aa92e", Some("аррӏе")),
            ("abc-", Some("abc")),
            ("", Some("")),
            ("a!", None),
            ("99999999", None),
        ] {
            assert_eq!(decode(encoded).as_deref(), decoded, "{encoded}");
        }
        assert_eq!(decode(&"a".repeat(64)), None);
    }

    #[test]
    fn samples_of_the_rfc_are_decoded() {
        // RFC 3492, 7.1.
        for (encoded, decoded) in [
            ("ihqwcrb4cv8a8dqg056pqjye", "他们为什么不说中文"),
            ("Proprostnemluvesky-uyb24dma41a", "Pročprostěnemluvíčesky"),
            ("PorqunopuedensimplementehablarenEspaol-fmd56a", "PorquénopuedensimplementehablarenEspañol"),
            ("3B-ww4c5e180e575a65lsy2b", "3年B組金八先生"),
            ("d9juau41awczczp", "そのスピードで"),
        ] {
            assert_eq!(decode(encoded).as_deref(), Some(decoded), "{encoded}");
        }
        assert!(decode(&format!("{}-", "a".repeat(62))).is_some() && decode(&format!("{}-", "a".repeat(63))).is_none());
    }
}
