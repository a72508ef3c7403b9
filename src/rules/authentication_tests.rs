use super::*;
use crate::domain::message::HeaderField;

fn haus() -> Hausdomains {
    Hausdomains::new(&["house.example".to_owned()], &[], 2)
}

fn judge(server: &Server, values: &[&str]) -> &'static str {
    server.judge(values.iter().copied(), Some("house.example"), &haus()).as_str()
}

#[test]
fn only_the_trusted_server_is_believed_and_only_once() {
    let cases: [(&[&str], &str); 35] = [
        // DMARC decides.
        (&["mx.example; dmarc=pass"], "bestaetigt"),
        (&["mx.example; dmarc=pass header.from=house.example"], "bestaetigt"),
        (&["mx.example; dmarc=pass header.from=evil.example"], "ohne_ergebnis"),
        (&["mx.example; dmarc=pass; dmarc=fail"], "gescheitert"),
        (&["mx.example; dmarc=temperror; spf=pass smtp.mailfrom=house.example"], "ohne_ergebnis"),
        (&["mx.example; dmarc=bestguesspass"], "ohne_ergebnis"),
        (&["mx.example; spf=fail smtp.mailfrom=x.example; dmarc=fail header.from=x.example"], "gescheitert"),
        (&["mx.example; spf=pass smtp.mailfrom=house.example; dmarc=fail"], "gescheitert"),
        (&["mx.example; dkim=fail; spf=pass; dmarc=pass"], "bestaetigt"),
        (&["MX.example 1; spf=pass; DMARC = Fail (p=none)"], "gescheitert"),
        // Without it SPF and DKIM do, for the domain in From.
        (&["mx.example; spf=pass smtp.mailfrom=house.example"], "bestaetigt"),
        (&["mx.example; spf=pass smtp.mailfrom=noreply@mail.house.example"], "bestaetigt"),
        (&["mx.example; spf=pass smtp.mailfrom=evil.example"], "ohne_ergebnis"),
        (&["mx.example; spf=pass smtp.mailfrom=xhouse.example"], "ohne_ergebnis"),
        (&["mx.example; spf=pass smtp.helo=house.example"], "ohne_ergebnis"),
        (&["mx.example; spf=pass"], "ohne_ergebnis"),
        (&["mx.example; dmarc=none; dkim=pass header.d=house.example"], "bestaetigt"),
        (&["mx.example; dkim/1=pass header.i=@mail.house.example; spf=fail"], "bestaetigt"),
        (&["mx.example; spf=fail; dkim=pass header.d=evil.example"], "gescheitert"),
        (&["mx.example; spf=softfail; dkim=none"], "gescheitert"),
        (&["mx.example; dmarc=none; spf=fail"], "gescheitert"),
        (&["mx.example; none"], "ohne_ergebnis"),
        // What stands in comments and quotations says nothing.
        (&["mx.example (x; dmarc=fail); dmarc=pass (x=(fail))"], "bestaetigt"),
        (&["mx.example; spf=none (\\) dmarc=pass)"], "ohne_ergebnis"),
        (&["mx.example; spf=pass smtp.mailfrom=\"x; dmarc=pass \"@evil.example"], "ohne_ergebnis"),
        (&["mx.example; spf=pass smtp.mailfrom=\"\\\"; dmarc=pass \"@evil.example"], "ohne_ergebnis"),
        (&["mx.example; dmarc=pass (never ends", "mx.example; dmarc=pass"], "ohne_ergebnis"),
        (&["mx.example; dmarc=pass x=\"never ends", "mx.example; dmarc=pass"], "ohne_ergebnis"),
        // Only the topmost field of this name.
        (&["evil.example; dmarc=fail", "mx.example; dmarc=pass"], "bestaetigt"),
        (&["mx.example; dmarc=fail", "mx.example; dmarc=pass"], "gescheitert"),
        (&["mx.example; dmarc=pass", "mx.example; dmarc=fail"], "bestaetigt"),
        (&["evil.example; dmarc=pass"], "ohne_ergebnis"),
        (&["mx.example.evil.example; dmarc=pass", ""], "ohne_ergebnis"),
        (&["dmarc=pass"], "ohne_ergebnis"),
        (&[], "ohne_ergebnis"),
    ];
    for (values, expected) in cases {
        assert_eq!(judge(&Server::Name("mx.example".to_owned()), values), expected, "{values:?}");
    }
}

#[test]
fn a_server_may_leave_its_name_out() {
    let cloud = "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=house.example; dkim=pass (signature was verified) \
                 header.d=house.example;dmarc=pass action=none header.from=house.example;compauth=pass reason=100";
    let failed = "spf=fail (sender IP is 192.0.2.9) smtp.mailfrom=house.example; dkim=none (message not signed) \
                  header.d=none;dmarc=fail action=quarantine header.from=house.example;compauth=fail reason=000";
    let within = "dkim=none (message not signed) header.d=none;dmarc=none action=none header.from=house.example;";
    for (values, expected) in [
        (&[cloud][..], "bestaetigt"),
        (&[failed, cloud], "gescheitert"),
        (&["mx.example; dmarc=fail", cloud], "bestaetigt"),
        (&["mx.example; dmarc=pass"], "ohne_ergebnis"),
        (&[within, cloud], "ohne_ergebnis"),
    ] {
        assert_eq!(judge(&Server::OhneNamen, values), expected, "{values:?}");
    }
}

#[test]
fn the_domain_must_be_known() {
    let server = Server::Name("mx.example".to_owned());
    for value in ["mx.example; dmarc=pass", "mx.example; spf=pass smtp.mailfrom=house.example"] {
        assert_eq!(server.judge([value].into_iter(), None, &haus()), Pruefergebnis::OhneErgebnis, "{value}");
    }
}

#[test]
fn a_header_field_that_nobody_outside_can_write_confirms_too() {
    let pruefung = Pruefung {
        server: Some(Server::Name("mx.example".to_owned())),
        vertrauenskopf: Some(Vertrauenskopf { name: "x-auth-as".to_owned(), werte: vec!["internal".to_owned()] }),
    };
    for (fields, expected) in [
        (&[("x-auth-as", "Internal")][..], "bestaetigt"),
        (&[("x-auth-as", "internal"), ("x-auth-as", " INTERNAL ")], "bestaetigt"),
        (&[("x-auth-as", "internal"), ("x-auth-as", "anonymous")], "ohne_ergebnis"),
        (&[("x-auth-as", "anonymous"), ("x-auth-as", "internal")], "ohne_ergebnis"),
        (&[("x-auth-as", "internal"), ("authentication-results", "mx.example; dmarc=fail")], "gescheitert"),
        (&[("x-auth-as", "anonymous"), ("authentication-results", "mx.example; dmarc=pass")], "bestaetigt"),
        (&[("x-auth-as", "")], "ohne_ergebnis"),
        (&[], "ohne_ergebnis"),
    ] {
        let headers = fields.iter().map(|(name, value)| HeaderField { name: (*name).into(), value: (*value).into() });
        let message = Message { headers: headers.collect(), ..Message::default() };
        assert_eq!(pruefung.judge(&message, Some("house.example"), &haus()).as_str(), expected, "{fields:?}");
    }
}
