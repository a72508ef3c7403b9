use super::test_support::*;
use super::*;
use crate::diagnostic::render;
use crate::domain::message::{Address, Note};

const BONN_AT: &str = "Bonn@arbeitsagentur.example";
const ESERVICE: &str = "eservice-noreply@arbeitsagentur.example";

/// The shipped rules with these lines in `[haus]`.
fn try_with(lines: &str) -> (Option<RuleSet>, Vec<Diagnostic>) {
    let mut files = shipped_files();
    files[0].text = files[0].text.replacen("[haus]\n", &format!("[haus]\n{lines}\n"), 1).into();
    compile(&files, Arc::new(stammdaten()), &[])
}

fn with(lines: &str) -> RuleSet {
    let (rules, problems) = try_with(lines);
    rules.unwrap_or_else(|| panic!("{}", render(&problems, false)))
}

fn form() -> Message {
    let au = "Art der Veränderung: Arbeitsunfähigkeit\nZuständige Dienststelle: Köln";
    mail().with_from(&[ESERVICE]).with_text(au)
}

const NAMED: &str = "pruefender_server = \"mx.arbeitsagentur.example\"";
const UNNAMED: &str = "pruefender_server = \"(ohne Namen)\"";
const WITHIN: &str = "vertrauenskopf = { name = \"X-MS-Exchange-Organization-AuthAs\", werte = [\"Internal\"] }";

#[test]
fn a_system_sender_counts_only_when_it_is_confirmed() {
    let result = |value: &str| form().with_header("Authentication-Results", value);
    let within = |message: Message| message.with_header("X-MS-Exchange-Organization-AuthAs", "Internal");
    let both = format!("{NAMED}\n{WITHIN}");
    let suspicious = "absender_unbestaetigt";
    let named = "mx.arbeitsagentur.example";
    for (lines, message, expected) in [
        ("", form(), "koeln"),
        ("", result(&format!("{named}; dmarc=fail")), "koeln"),
        (NAMED, form(), suspicious),
        (NAMED, result(&format!("{named}; dmarc=pass")), "koeln"),
        (NAMED, result(&format!("{named}; dmarc=fail")), suspicious),
        (NAMED, result(&format!("{named}; spf=pass smtp.mailfrom=mail.arbeitsagentur.example")), "koeln"),
        (NAMED, result(&format!("{named}; spf=pass smtp.mailfrom=evil.example")), suspicious),
        (NAMED, result("evil.example; dmarc=pass"), suspicious),
        (NAMED, within(form()), suspicious),
        (UNNAMED, result("spf=none; dmarc=pass action=none header.from=arbeitsagentur.example"), "koeln"),
        (UNNAMED, result(&format!("{named}; dmarc=pass")), suspicious),
        (WITHIN, within(form()), "koeln"),
        (WITHIN, form(), suspicious),
        (WITHIN, within(form().with_header("x-ms-exchange-organization-authas", "Anonymous")), suspicious),
        (&both, within(form()), "koeln"),
        (&both, result(&format!("{named}; dmarc=pass")), "koeln"),
        (&both, within(result(&format!("{named}; dmarc=fail"))), suspicious),
        // Other senders need no confirmation.
        (&both, mail().with_to(&[BONN_AT]), "bonn"),
    ] {
        let rules = with(lines);
        assert_eq!(outcome(&rules, &rules.classify(&message, &LAGE)), expected, "{lines}: {:?}", message.headers);
    }
}

/// The envelope sender, which the server writes into its results, is the sender's own.
#[test]
fn an_encoded_word_adds_no_result() {
    let rules = with(NAMED);
    let mail = "Authentication-Results: mx.arbeitsagentur.example; spf=pass\r\n \
        smtp.mailfrom= =?utf-8?q?x=3B?= =?utf-8?q?_dmarc=3Dpass?= @evil.example\r\n\
        From: eservice-noreply@arbeitsagentur.example\r\n\r\n";
    let text = format!("{mail}{}", form().text);
    let decision = rules.classify(&crate::parse::parse(text.as_bytes(), true), &LAGE);
    assert_eq!(outcome(&rules, &decision), "absender_unbestaetigt");
}

#[test]
fn an_exception_may_ask_for_the_result() {
    let mut files = shipped_files();
    files[0].text = files[0].text.replacen("[haus]\n", &format!("[haus]\n{NAMED}\n"), 1).into();
    let exception = "[[ausnahme]]\nname = \"a\"\nbeschreibung = \"x\"\nticket = \"T\"\nagentur = \"koeln\"\n\
        wenn = { feld = \"pruefergebnis\", ist = \"bestaetigt\" }\n";
    files.push(Source { path: "60.toml".into(), text: exception.into() });
    let rules = compile(&files, Arc::new(stammdaten()), &[]).0.unwrap();
    for (value, expected) in [
        ("dmarc=pass header.from=web.example", "koeln"),
        ("spf=pass smtp.mailfrom=web.example", "koeln"),
        ("spf=pass smtp.mailfrom=mail.web.example", "kein_hinweis"),
        ("dmarc=fail", "kein_hinweis"),
    ] {
        let message = mail().with_header("Authentication-Results", &format!("mx.arbeitsagentur.example; {value}"));
        assert_eq!(outcome(&rules, &rules.classify(&message, &LAGE)), expected, "{value}");
    }
}

#[test]
fn ways_of_confirmation_are_checked() {
    for (lines, expected) in [
        ("pruefender_server = \"\"", "is not the name of a mail server"),
        ("pruefender_server = \"spf=pass\"", "is not the name of a mail server"),
        ("pruefender_server = \"(ohne namen)\"", "is not the name of a mail server"),
        ("vertrauenskopf = { name = \"X Y\", werte = [\"a\"] }", "is not the name of a header field"),
        ("vertrauenskopf = { name = \"X-Y\", werte = [] }", "an empty list"),
        ("vertrauenskopf = { name = \"X-Y\", werte = [\"\"] }", "an empty word"),
        ("vertrauenskopf = { name = \"X-Y\", wert = [\"\"] }", "did you mean werte?"),
    ] {
        let (rules, problems) = try_with(lines);
        let text = render(&problems, false);
        assert!(rules.is_none() && text.contains(expected), "{expected} missing in\n{text}");
    }
}

/// Senders that look like a system sender or the house, or come near it, and what they are.
#[test]
fn only_the_system_sender_itself_is_one() {
    let rules = rules();
    let named = |name: &str, address: &str| {
        let from = vec![Address { name: Some(name.to_owned()), address: address.to_owned() }];
        Message { from, ..mail().with_text(&form().text) }
    };
    let from = |list: &[&str]| form().with_from(list);
    let doubled = Message { notes: vec![Note::SeveralSenders], ..form() };
    for (what, message, kind) in [
        ("itself", form(), "evm-au"),
        ("in capitals", from(&["EService-NoReply@ARBEITSAGENTUR.EXAMPLE"]), "evm-au"),
        ("with the dot of the root", from(&["eservice-noreply@arbeitsagentur.example."]), "evm-au"),
        // The display name says nothing.
        ("address as name", named(ESERVICE, "kunde@web.example"), "freie-email"),
        (
            "brackets in the name",
            named("eService <eservice-noreply@arbeitsagentur.example>", "k@web.example"),
            "freie-email",
        ),
        ("right-to-left name", named("\u{202e}elpmaxe.rutnegastiebra", "kunde@web.example"), "freie-email"),
        // Several senders.
        ("two addresses", from(&[ESERVICE, "kunde@web.example"]), "verdaechtig"),
        ("two addresses, other order", from(&["kunde@web.example", ESERVICE]), "verdaechtig"),
        ("the same twice", from(&[ESERVICE, ESERVICE]), "verdaechtig"),
        ("a second field that holds no address", doubled, "verdaechtig"),
        ("with a colleague", from(&[ESERVICE, "g.thoms@arbeitsagentur.example"]), "verdaechtig"),
        // The name of the sender elsewhere.
        ("elsewhere", from(&["eservice-noreply@web.example"]), "verdaechtig"),
        ("subdomain of another", from(&["eservice-noreply@arbeitsagentur.example.evil.example"]), "verdaechtig"),
        ("house in front of another", from(&["kunde@arbeitsagentur.example.evil.example"]), "verdaechtig"),
        ("house as local part", from(&["eservice-noreply@arbeitsagentur.example@evil.example"]), "verdaechtig"),
        ("elsewhere in foreign letters", from(&["еservice-noreply@web.example"]), "verdaechtig"),
        ("elsewhere with a digit", from(&["eserv1ce-noreply@web.example"]), "verdaechtig"),
        // Letters of the name.
        ("full width", from(&["\u{ff45}service-noreply@arbeitsagentur.example"]), "verdaechtig"),
        ("foreign letter", from(&["eservicе-noreply@arbeitsagentur.example"]), "verdaechtig"),
        ("zero width", from(&["eservice\u{200b}-noreply@arbeitsagentur.example"]), "verdaechtig"),
        ("soft hyphen", from(&["eservice-no\u{ad}reply@arbeitsagentur.example"]), "verdaechtig"),
        // Letters of the domain.
        ("full-width domain", from(&["eservice-noreply@\u{ff41}rbeitsagentur.example"]), "verdaechtig"),
        ("full-width dot", from(&["kunde@arbeitsagentur\u{ff0e}example"]), "verdaechtig"),
        ("zero width in the domain", from(&["kunde@arbeits\u{200b}agentur.example"]), "verdaechtig"),
        ("homograph", from(&["kunde@arbeitsаgentur.example"]), "verdaechtig"),
        ("punycode", from(&["kunde@xn--rbeitsagentur-v1k.example"]), "verdaechtig"),
        ("hyphen", from(&["kunde@arbeits-agentur.example"]), "verdaechtig"),
        ("another ending", from(&["kunde@arbeitsagentur.com"]), "verdaechtig"),
        // The house, but no system sender.
        ("a subdomain of the house", from(&["eservice-noreply@mail.arbeitsagentur.example"]), "intern"),
        ("a colleague", from(&["g.thoms@arbeitsagentur.example"]), "intern"),
        // Honest people.
        ("eService in the address", from(&["eservice@web.example"]), "freie-email"),
        ("umlaut domain", from(&["kunde@xn--mller-kva.example"]), "freie-email"),
    ] {
        assert_eq!(rules.classify(&message, &LAGE).vorgangsart.as_str(), kind, "{what}");
    }
}

/// Domain reference: mail of the Arbeitgeber-Service and of other bodies never goes into an Agentur's folder.
#[test]
fn mail_to_other_bodies_stays() {
    let rules = rules();
    let team = "Bonn.Arbeitgeber-Service@arbeitsagentur.example";
    for (what, message, expected) in [
        ("a central address", mail().with_to(&["Arbeitgeberservice@arbeitsagentur.example"]), "fremd-sonstige"),
        ("another domain", mail().with_to(&["arbeitgeber-service@stadt.example"]), "fremd-sonstige"),
        ("the team beside an Agentur", mail().with_to(&[team]), "fremd-sonstige"),
        ("in Cc", mail().with_cc(&[team]), "fremd-sonstige"),
        ("an Agentur too", mail().with_to(&[BONN_AT]).with_cc(&[team]), "bonn"),
        ("with a Kundennummer", mail().with_to(&[team]).with_text("323A123456"), "freie-email"),
        ("and a Jobcenter", mail().with_to(&[team, "Jobcenter@x.example"]), "fremd-jobcenter"),
        ("a person of that name", mail().with_to(&["arbeitgeber@web.example", BONN_AT]), "bonn"),
    ] {
        let decision = rules.classify(&message, &LAGE);
        let got = outcome(rules, &decision);
        assert!(got == expected || decision.vorgangsart.as_str() == expected, "{what}: {decision:?}");
        if expected.starts_with("fremd") {
            assert_eq!(decision.entscheidung.as_str(), "fremd", "{what}");
        }
    }
}
