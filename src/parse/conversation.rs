//! The Message-IDs that tie a reply to earlier mails (RFC 5322, 3.6.4).
//!
//! Both sides are written by programs that do as they like: folded inside an id, without brackets, with remarks between.
//! What is read here is only ever hashed and compared, so a misread id ties nothing to anything.

use super::header::{self, RawField};

/// Bytes of an id without its brackets: a shorter one may well be somebody else's, a longer one fits on no line (RFC
/// 5322, 2.1.1).
const ID_BYTES: std::ops::RangeInclusive<usize> = 10..=998;

/// Ids that count of those in front and of those at the end: a conversation begins with the first, and the last is the
/// mail answered. What lies between is on the way of both.
const AT_EACH_END: usize = 20;

/// The id of this mail, from the first such field. What follows the first blank line does not matter.
pub(super) fn own_id(header: &[u8]) -> Option<Vec<u8>> {
    let field = header::fields(header).find(|field| field.is("message-id"))?;
    ids(field.value).into_iter().next()
}

/// The ids of earlier mails that this one names, in order, at most [`AT_EACH_END`] from each end; never its own.
pub(super) fn earlier_ids(header: &[u8]) -> Vec<Vec<u8>> {
    let names_earlier = |field: &RawField<'_>| field.is("in-reply-to") || field.is("references");
    let mut earlier: Vec<_> = header::fields(header).filter(names_earlier).flat_map(|field| ids(field.value)).collect();
    if earlier.is_empty() {
        return earlier;
    }
    let own = own_id(header);
    earlier.retain(|id| Some(id) != own.as_ref());
    if earlier.len() > 2 * AT_EACH_END {
        earlier.drain(AT_EACH_END..earlier.len() - AT_EACH_END);
    }
    earlier
}

/// All ids of a field: what stands in angle brackets outside comments. Where no bracket opens, the words, provided that
/// all of them look like ids.
fn ids(value: &[u8]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    let mut open: Option<Vec<u8>> = None;
    let (mut bare, mut comments, mut brackets) = (Vec::new(), 0_usize, false);
    for &byte in value {
        match (byte, &mut open) {
            // Once more inside: `<<id@host>>`.
            (b'<', _) if comments == 0 => {
                brackets = true;
                open = Some(Vec::new());
            }
            (b'>', Some(_)) => found.extend(open.take()),
            (b'>', None) => bare.push(b' '),
            // Folding may have cut through an id.
            (byte, Some(id)) if !byte.is_ascii_whitespace() => id.push(byte),
            (_, Some(_)) => {}
            (b'(', None) => comments += 1,
            (b')', None) => comments = comments.saturating_sub(1),
            (byte, None) if comments == 0 => bare.push(byte),
            (_, None) => {}
        }
    }
    found.extend(open);
    if brackets {
        found.retain(|id| is_plausible(id));
        return found;
    }
    let words = || bare.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    if words().all(is_plausible) { words().map(<[u8]>::to_vec).collect() } else { Vec::new() }
}

fn is_plausible(id: &[u8]) -> bool {
    let at = id.iter().position(|&byte| byte == b'@');
    ID_BYTES.contains(&id.len()) && at.is_some_and(|at| at > 0 && at + 1 < id.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(ids: Vec<Vec<u8>>) -> Vec<String> {
        ids.into_iter().map(|id| String::from_utf8(id).unwrap()).collect()
    }

    #[test]
    fn ids_are_found_however_they_are_written() {
        let long = format!("<{}@post.example>", "x".repeat(998));
        let cases: &[(&str, &[&str])] = &[
            ("<brief-1@post.example>", &["brief-1@post.example"]),
            ("<eins@post.example> <zwei@post.example>", &["eins@post.example", "zwei@post.example"]),
            ("<eins@post.example><zwei@post.example>", &["eins@post.example", "zwei@post.example"]),
            ("<eins@post.example>,\r\n\t<zwei@post.example>", &["eins@post.example", "zwei@post.example"]),
            ("<eins@post.\r\n example>", &["eins@post.example"]),
            ("(Frage (alt)) <eins@post.example> (Max)", &["eins@post.example"]),
            ("<eins(2)@post.example>", &["eins(2)@post.example"]),
            ("(nicht <eins@post.example>)", &[]),
            ("\"Anfrage\" vom Dienstag <eins@post.example>", &["eins@post.example"]),
            ("<<eins@post.example>>", &["eins@post.example"]),
            ("<kaputt <eins@post.example>", &["eins@post.example"]),
            ("<eins@post.example", &["eins@post.example"]),
            ("eins@post.example>", &["eins@post.example"]),
            ("eins@post.example (Max)", &["eins@post.example"]),
            ("eins@post.example zwei@post.example", &["eins@post.example", "zwei@post.example"]),
            ("Ihre Mail an kiel@arbeitsagentur.example", &[]),
            ("<>", &[]),
            ("<@>", &[]),
            ("<1@a>", &[]),
            ("<@post.example>", &[]),
            ("<post.example@>", &[]),
            ("<ohne-klammeraffe>", &[]),
            (&long, &[]),
            ("", &[]),
        ];
        for (value, expected) in cases {
            let header = format!("References: {value}\r\n\r\n");
            assert_eq!(words(earlier_ids(header.as_bytes())), *expected, "{value:?}");
            let own = own_id(format!("Message-Id: {value}\r\n\r\n").as_bytes());
            assert_eq!(own.map(|id| vec![id]).map(words).unwrap_or_default(), expected[..expected.len().min(1)]);
        }
    }

    #[test]
    fn all_fields_of_the_outer_header_count_and_the_own_id_does_not() {
        let mail = b"references: <eins@post.example> <selbst@post.example>\r\nMessage-ID: <selbst@post.example>\r\n\
            In-Reply-To: <zwei@post.example>\r\nSubject: <drei@post.example>\r\n\r\n\
            References: <vier@post.example>\r\n";
        assert_eq!(words(earlier_ids(mail)), ["eins@post.example", "zwei@post.example"]);
        assert_eq!(own_id(mail).as_deref(), Some(&b"selbst@post.example"[..]));
        assert!(earlier_ids(b"Message-ID: <selbst@post.example>\r\n\r\n").is_empty());
    }

    #[test]
    fn of_a_flood_both_ends_count() {
        let all: Vec<String> = (0..5_000).map(|number| format!("nummer-{number}@post.example")).collect();
        let header = format!("References: <{}>\r\n\r\n", all.join(">\r\n <"));
        let found = words(earlier_ids(header.as_bytes()));
        assert_eq!(found, [&all[..AT_EACH_END], &all[5_000 - AT_EACH_END..]].concat());
        assert!(earlier_ids(format!("References: {}", "(".repeat(100_000)).as_bytes()).is_empty());
    }

    #[test]
    fn ids_have_a_plausible_length() {
        let id = |bytes: usize| format!("{}@a", "x".repeat(bytes - 2));
        for (bytes, counts) in [(9, false), (10, true), (998, true), (999, false)] {
            assert_eq!(is_plausible(id(bytes).as_bytes()), counts, "{bytes}");
        }
        for (id, counts) in [("x@aaaaaaaa", true), ("aaaaaaaa@x", true), ("@aaaaaaaaa", false), ("aaaaaaaaa@", false)] {
            assert_eq!(is_plausible(id.as_bytes()), counts, "{id}");
        }
        let all: Vec<String> = (0..2 * AT_EACH_END).map(|number| format!("<nummer-{number}@post.example>")).collect();
        let named = |ids: &[String]| earlier_ids(format!("References: {}\r\n\r\n", ids.join(" ")).as_bytes()).len();
        assert_eq!(named(&all), 2 * AT_EACH_END);
        assert_eq!(named(&[&all[..], &["<noch-eine@post.example>".to_owned()]].concat()), 2 * AT_EACH_END);
        assert_eq!(ids(b"eins@post.example klein"), Vec::<Vec<u8>>::new());
        assert_eq!(words(ids(b"((a) b) eins@post.example")), ["eins@post.example"]);
        assert_eq!(words(ids(b") eins@post.example")), ["eins@post.example"]);
    }
}
