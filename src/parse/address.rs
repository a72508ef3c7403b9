//! Address fields (RFC 5322, 3.4) become addresses; groups are flattened.

use mail_parser::parsers::MessageStream;
use mail_parser::{Addr, HeaderValue};

use super::header::RawField;
use super::limits;
use crate::domain::message::Address;

/// All addresses of all fields called `name`, and whether some were left out.
pub(super) fn of_fields(fields: &[RawField<'_>], name: &str) -> (Vec<Address>, bool) {
    let mut addresses = Vec::new();
    for field in fields.iter().filter(|field| field.is(name)) {
        if let HeaderValue::Address(list) = MessageStream::new(field.for_structure().as_bytes()).parse_address() {
            append(&mut addresses, list.iter());
        }
    }
    let left_out = addresses.len() > limits::ADDRESSES;
    addresses.truncate(limits::ADDRESSES);
    (addresses, left_out)
}

/// Appends the addresses of one field. What stands alone between commas without being an address belongs to the name
/// that follows: `Muster, Max <a@b.example>` lacks its quotes and is one person.
fn append<'x>(addresses: &mut Vec<Address>, found: impl Iterator<Item = &'x Addr<'x>>) {
    let before = addresses.len();
    let mut only_names: Vec<&str> = Vec::new();
    for found in found {
        let name = found.name.as_deref().map(str::trim).filter(|name| !name.is_empty());
        let address = found.address.as_deref().map(str::trim).filter(|address| !address.is_empty());
        match (address, name) {
            // The library takes the quoted part of `"a b"@c.example` for a display name.
            (Some(domain), Some(local)) if domain.starts_with('@') => {
                only_names.clear();
                addresses.push(Address { name: None, address: format!("\"{local}\"{domain}") });
            }
            (Some(address), name) => {
                only_names.extend(name);
                let name = (!only_names.is_empty()).then(|| only_names.join(", "));
                only_names.clear();
                addresses.push(Address { name, address: address.to_owned() });
            }
            (None, name) => only_names.extend(name),
        }
    }
    // `From: MAILER-DAEMON` is a local address. Anything with an "@" would have been found as an address unless it was
    // quoted or encoded, and then it is a display name.
    if let [alone] = only_names[..]
        && addresses.len() == before
        && !alone.contains(|c: char| c.is_whitespace() || c == '@')
    {
        addresses.push(Address { name: None, address: alone.to_owned() });
    }
}

#[cfg(test)]
mod tests {
    use super::super::header::fields;
    use super::*;

    fn read(header: &str) -> Vec<(Option<String>, String)> {
        let fields: Vec<_> = fields(header.as_bytes()).collect();
        of_fields(&fields, "to").0.into_iter().map(|a| (a.name, a.address)).collect()
    }

    #[test]
    fn addresses_in_all_their_spellings() {
        type Expected = &'static [(Option<&'static str>, &'static str)];
        let cases: &[(&str, Expected)] = &[
            ("a@b.example", &[(None, "a@b.example")]),
            ("<a@b.example>", &[(None, "a@b.example")]),
            ("Max Muster <a@b.example>", &[(Some("Max Muster"), "a@b.example")]),
            ("\"Muster, Max\" <a@b.example>", &[(Some("Muster, Max"), "a@b.example")]),
            ("Muster, Max <a@b.example>", &[(Some("Muster, Max"), "a@b.example")]),
            ("a@b.example (Max Muster)", &[(Some("Max Muster"), "a@b.example")]),
            ("a@b.example, <c@d.example>;", &[(None, "a@b.example"), (None, "c@d.example")]),
            ("Alle: a@b.example, C <c@d.example>;", &[(None, "a@b.example"), (Some("C"), "c@d.example")]),
            ("undisclosed-recipients:;", &[]),
            ("=?utf-8?Q?Max_M=C3=BCller?= <a@b.example>", &[(Some("Max Müller"), "a@b.example")]),
            ("=?utf-8?Q?M=C3=BCller=2C_Max?= <a@b.example>", &[(Some("Müller, Max"), "a@b.example")]),
            ("\"=?utf-8?Q?M=C3=BCller?=\" <a@b.example>", &[(Some("Müller"), "a@b.example")]),
            ("=?utf-8?Q?M=C3?= =?utf-8?Q?=BCller?= <a@b.example>", &[(Some("Müller"), "a@b.example")]),
            ("Müller <a@b.example>", &[(Some("Müller"), "a@b.example")]),
            ("=?utf-8?Q?evil=40x.example=3E=2C_?= <a@b.example>", &[(Some("evil@x.example>,"), "a@b.example")]),
            ("\"x@y.example\" <a@b.example>", &[(Some("x@y.example"), "a@b.example")]),
            ("x@y.example <a@b.example>", &[(Some("x@y.example"), "a@b.example")]),
            ("\"x@y.example\"", &[]),
            ("=?utf-8?Q?x=40y.example?=", &[]),
            ("\"a b\"@c.example", &[(None, "\"a b\"@c.example")]),
            ("<\"a b\"@c.example>", &[(None, "\"a b\"@c.example")]),
            ("MAILER-DAEMON", &[(None, "MAILER-DAEMON")]),
            ("<MAILER-DAEMON>", &[(None, "MAILER-DAEMON")]),
            ("MAILER-DAEMON (Mail Delivery System)", &[(Some("Mail Delivery System"), "MAILER-DAEMON")]),
            ("Mail Delivery System <MAILER-DAEMON>", &[(Some("Mail Delivery System"), "MAILER-DAEMON")]),
            ("Max Muster", &[]),
            ("Hagen <@b.example>", &[(None, "\"Hagen\"@b.example")]),
            ("<>", &[]),
            ("", &[]),
            ("<a@b.example", &[(None, "a@b.example")]),
            ("a@b.example>", &[(None, "a@b.example>")]),
            ("a@b.example c@d.example", &[(None, "a@b.example c@d.example")]),
            ("mailto:a@b.example", &[(None, "a@b.example")]),
            ("'a@b.example'", &[(None, "'a@b.example'")]),
            ("x@y.example \"q\" <a@b.example>", &[(Some("x@y.exampleq"), "a@b.example")]),
            ("eservice@ba.exam \"x\" <ple@b.example>", &[(Some("eservice@ba.examx"), "ple@b.example")]),
        ];
        let mut wrong = Vec::new();
        for (value, expected) in cases {
            let expected: Vec<_> = expected.iter().map(|(n, a)| (n.map(str::to_owned), (*a).to_owned())).collect();
            let found = read(&format!("To: {value}\r\n"));
            if found != expected {
                wrong.push((value, found));
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn all_fields_together_and_folded() {
        let found = read("To: a@b.example,\r\n\tC <c@d.example>\r\nCc: x@y.example\r\nTO : e@f.example\r\n");
        let addresses: Vec<_> = found.iter().map(|(_, address)| address.as_str()).collect();
        assert_eq!(addresses, ["a@b.example", "c@d.example", "e@f.example"]);
    }
}
