//! `doctor` at Exchange: which readers of marks can work there.

use serde_json::Value;

use crate::front::{Front, KIEL};
use crate::support::binary;
use crate::support::config::{ConfigDir, Postfach};
use crate::support::exchange::profile::Profile;
use crate::support::imap_client::Mail;

/// The account again, with further lines for its mailbox.
fn config(front: &Front, lines: &str) -> ConfigDir {
    let port = front.exchange.address().port();
    let postfach = Postfach { port, ..front.account.postfach("sc-nord").extra(lines) };
    let config = ConfigDir::new([postfach], "");
    config.few_agenturen(&["kiel"]);
    config
}

fn findings(config: &ConfigDir, arguments: &[&str], code: i32) -> Vec<Value> {
    let arguments = [&["doctor", "--format", "json"], arguments].concat();
    let outcome = binary::run(&arguments, &config.file()).expect_code(code);
    outcome.mailbox("sc-nord")["findings"].as_array().expect("findings").clone()
}

fn expect(found: &[Value], id: &str, severity: &str, words: &str) {
    let about: Vec<&Value> = found.iter().filter(|finding| finding["id"] == id).collect();
    let right = |finding: &&&Value| finding["severity"] == severity && finding.to_string().contains(words);
    assert!(about.iter().any(|finding| right(&finding)), "{id} {severity} {words:?} is not among {about:#?}");
}

#[test]
fn keywords_cannot_be_read_and_flags_can() {
    for profile in Profile::all() {
        let front = Front::with(&profile, &[]);
        let found = findings(&config(&front, ""), &[], 0);
        expect(&found, "kennzeichen_markierung", "ok", "\\\\Flagged");
        expect(&found, "kennzeichen_schluesselwort", "hinweis", "as with Exchange");
        expect(&found, "faehigkeit_condstore", "hinweis", "no CONDSTORE");
        let found = findings(&config(&front, "kennzeichen_leser = [\"schluesselwort\"]"), &[], 1);
        expect(&found, "kennzeichen_schluesselwort", "fehler", "out of kennzeichen_leser");
        assert_eq!(front.exchange.forbidden(), [""; 0]);
        assert_eq!(front.exchange.errors(), 0, "commands were refused as wrong");
    }
}

#[test]
fn a_self_test_sees_folders_and_flags_and_no_keyword() {
    let front = Front::with(&Profile::exchange_2016(), &[]);
    let marked = "INBOX/Agentur Kiel/Bearbeitet";
    front.account.create_folders(&[marked, "INBOX/Agentur Kiel/Zu löschen", "INBOX/Agentur Kiel/Zurück an SC"]);
    let mail = |subject: &str, flags: &[&str]| Mail {
        flags: flags.iter().map(|&flag| flag.to_owned()).collect(),
        ..Mail::new(format!("From: a@arbeitsagentur.example\r\nSubject: {subject}\r\n\r\nTest\r\n"))
    };
    let mut client = front.account.client();
    client.append(marked, &mail("Postweiche-Selbsttest EZ Bearbeitet", &[]));
    client.append(KIEL, &mail("Postweiche-Selbsttest Kategorie", &["\\Flagged", "EZ-Bearbeitet"]));
    let found = findings(&config(&front, ""), &["--selbsttest", "kiel"], 1);
    expect(&found, "selbsttest_quickstep", "ok", "lies in the folder Bearbeitet");
    expect(&found, "selbsttest_quickstep", "fehler", "QuickStep EZ Zu löschen");
    expect(&found, "kennzeichen_markierung", "hinweis", "would work here");
    expect(&found, "kennzeichen_schluesselwort", "hinweis", "no test mail shows keywords");
    assert_eq!(front.exchange.forbidden(), [""; 0]);
    assert_eq!(front.exchange.errors(), 0, "commands were refused as wrong");
}
