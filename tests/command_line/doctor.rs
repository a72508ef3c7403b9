//! `doctor` at a real server: what works, what does not and what to do, and nothing is changed.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde_json::Value;

use crate::support::accounts::{Account, Accounts};
use crate::support::binary::{self, Outcome};
use crate::support::config::{ConfigDir, Postfach};
use crate::support::dovecot::{Dovecot, Options, PASSWORD};
use crate::support::mails::{self, agenturen};

static ACCOUNTS: LazyLock<Accounts> = LazyLock::new(|| Accounts::start(20, Options::default()));

/// The folders of a region, as the master data name them.
fn folders() -> Vec<String> {
    agenturen().into_iter().filter(|agentur| agentur.region == "sc-nord").map(|agentur| agentur.folder).collect()
}

/// An account with every folder but these, and two mails.
fn account_without(missing: &[&str]) -> Account<'static> {
    let folders = folders();
    let there: Vec<&str> = folders.iter().map(String::as_str).filter(|folder| !missing.contains(folder)).collect();
    assert_eq!(there.len() + missing.len(), folders.len());
    ACCOUNTS.with(&there, &[mails::to("Kiel", 1), mails::to("Flensburg", 2)])
}

fn doctor(config: &ConfigDir) -> Outcome {
    binary::run(&["doctor", "--format", "json"], &config.file())
}

/// The findings about the only mailbox.
fn findings(outcome: &Outcome) -> Vec<Value> {
    outcome.mailbox("sc-nord")["findings"].as_array().expect("findings").clone()
}

/// Among the findings about the mailbox is one with this word and severity, and with these words in it.
fn expect(outcome: &Outcome, id: &str, severity: &str, words: &[&str]) {
    let found = findings(outcome);
    let about: Vec<&Value> = found.iter().filter(|finding| finding["id"] == id).collect();
    let right = about.iter().any(|finding| {
        let text = finding.to_string();
        finding["severity"] == severity && words.iter().all(|word| text.contains(word))
    });
    assert!(right, "{id} {severity} {words:?} is not among {about:#?} in {outcome:#?}");
}

fn ids(outcome: &Outcome, severity: &str) -> BTreeSet<String> {
    let found = findings(outcome).into_iter().filter(|finding| finding["severity"] == severity);
    found.map(|finding| finding["id"].as_str().expect("a word").to_owned()).collect()
}

fn tls(account: &Account<'_>) -> Postfach {
    Postfach { user: account.user.clone(), ..Postfach::tls("sc-nord", ACCOUNTS.dovecot()) }
}

#[test]
fn a_sound_mailbox_has_no_fault_and_is_left_as_it_was() {
    let account = account_without(&[]);
    let before = account.snapshot();
    let config = ConfigDir::new([tls(&account).extra("betriebsart = \"aus\"")], "");
    let outcome = doctor(&config).expect_code(0);
    assert_eq!((ids(&outcome, "fehler"), ids(&outcome, "warnung")), Default::default(), "{outcome:#?}");
    let count = folders().len();
    for (id, words) in [
        ("verbindung", "127.0.0.1"),
        ("tls_verfahren", "TLS 1.3"),
        ("tls_zertifikat", "trusted by ca_file"),
        ("tls_ablauf", "valid until"),
        ("anmeldung", "are right"),
        ("posteingang", "2 messages"),
        ("verschieben", "MOVE mode"),
        ("produkt", "Dovecot"),
        ("trennzeichen", "/"),
        ("ordner_gefunden", &format!("{count} of {count}")),
        ("kennzeichen_markierung", "Flagged"),
        ("identitaet", "2 messages compared, all equal"),
        ("uhr", "cannot be told over IMAP"),
    ] {
        expect(&outcome, id, "ok", &[words]);
    }
    expect(&outcome, "kennzeichen_ordner", "hinweis", &[&format!("Bearbeitet 0 of {count}")]);
    expect(&outcome, "kennzeichen_schluesselwort", "hinweis", &["cannot be told by looking only"]);
    expect(&outcome, "kennzeichen_kopfzeile", "hinweis", &["0 of 2 messages have", "--selbsttest"]);
    assert_eq!(account.snapshot(), before);
    assert_eq!(std::fs::read_dir(config.state_dir()).unwrap().count(), 0, "nothing is made");
    assert!(!outcome.stdout.contains(PASSWORD) && !outcome.stdout.contains("kunde-1"));
}

#[test]
fn a_ledger_is_looked_at_beside_a_running_service_too() {
    let account = account_without(&[]);
    let config = account.config("sc-nord");
    binary::once(&config.file()).expect_code(0);
    let running = binary::spawn(&["run"], &config.file());
    let service = |id: &str| {
        let answer = doctor(&config).expect_code(0).json();
        let findings = answer["service"].as_array().expect("findings").clone();
        findings.into_iter().find(|finding| finding["id"] == id).expect("a finding")
    };
    let at_work = || service("dienst")["found"].as_str().is_some_and(|found| found.contains("one is at work"));
    crate::support::wait::eventually("the lock is held", at_work);
    assert_eq!(service("verzeichnis_pruefung")["severity"], "ok");
    running.signal("TERM");
}

#[test]
fn the_answer_has_the_promised_keys() {
    let account = account_without(&[]);
    let answer = doctor(&account.config("sc-nord")).expect_code(0).json();
    let keys = |value: &Value| value.as_object().expect("an object").keys().cloned().collect::<Vec<_>>().join(" ");
    assert_eq!(keys(&answer), "counts mailboxes ok service");
    assert_eq!(keys(&answer["counts"]), "fehler hinweis ok warnung");
    assert_eq!(keys(&answer["mailboxes"][0]), "betriebsart findings name ok");
    let mailboxes = answer["mailboxes"].as_array().expect("mailboxes");
    let all = mailboxes.iter().map(|mailbox| &mailbox["findings"]).chain([&answer["service"]]);
    for finding in all.flat_map(|findings| findings.as_array().expect("findings")) {
        assert_eq!(keys(finding), "advice found id looked_at severity");
        assert_eq!(finding["advice"].is_null(), finding["severity"] == "ok", "{finding}");
    }
    let service: Vec<&str> =
        answer["service"].as_array().expect("findings").iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(service, ["zustandsordner", "verzeichnis", "speicherplatz", "dateieintraege", "schluessel", "dienst"]);
}

#[test]
fn a_folder_with_another_spelling_is_named() {
    let missing = ["INBOX/Agentur Lübeck", "INBOX/Agentur Braunschweig-Goslar", "INBOX/Agentur Stade"];
    let account = account_without(&missing);
    account.create_folders(&["INBOX/agentur luebeck", "INBOX/Agentur Braunschweig Goslar"]);
    let outcome = doctor(&account.config("sc-nord")).expect_code(1);
    expect(&outcome, "ordner_fehlt", "fehler", &["Agentur Lübeck", "spelled differently", "INBOX/agentur luebeck"]);
    expect(&outcome, "ordner_fehlt", "fehler", &["Braunschweig-Goslar", "INBOX/Agentur Braunschweig Goslar"]);
    expect(&outcome, "ordner_fehlt", "fehler", &["Agentur Stade", "no listed name is near"]);
    assert_eq!(findings(&outcome).iter().filter(|finding| finding["severity"] == "fehler").count(), 3, "{outcome:#?}");
    let page =
        binary::run(&["doctor", "--mailbox", "sc-nord"], &account.config("sc-nord").file()).expect_code(1).stdout;
    assert!(page.starts_with("sc-nord (betriebsart betrieb)\n  fehler"), "{page}");
    assert!(page.contains("fehler 3, ") && page.lines().all(|line| line.chars().count() <= 100), "{page}");
}

#[test]
fn one_mailbox_in_trouble_does_not_keep_the_others() {
    let account = account_without(&[]);
    let wrong = Postfach { password: "falsch-4711-geheim".into(), ..account.postfach("sc-nord") };
    let other = ACCOUNTS.fresh();
    let outcome = doctor(&ConfigDir::new([wrong, other.postfach("sc-ost")], "")).expect_code(1);
    expect(&outcome, "anmeldung", "fehler", &["user name or password is wrong", "doctor tried once"]);
    expect(&outcome, "tls_verfahren", "hinweis", &["plain connection to this machine itself"]);
    assert_eq!(ids(&outcome, "fehler"), ["anmeldung".to_owned()].into());
    let found = outcome.mailbox("sc-ost")["findings"].to_string();
    assert!(found.contains("are right") && !outcome.stdout.contains("falsch-4711"), "{found}");
}

#[test]
fn a_certificate_that_nobody_vouches_for_is_shown() {
    let account = account_without(&[]);
    let stranger = ConfigDir::new([], "");
    let ca_file = stranger.dir().join("ca.pem");
    let other = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate can be made");
    std::fs::write(&ca_file, other.cert.pem()).expect("the directory is ours");
    for (ca_file, words) in [(Some(ca_file), "neither ca_file nor the system"), (None, "no authority of the system")] {
        let config = ConfigDir::new([Postfach { ca_file, ..tls(&account) }], "");
        let outcome = doctor(&config).expect_code(1);
        expect(&outcome, "tls_zertifikat", "fehler", &[words, "chain: CN=", "ca_file"]);
        expect(&outcome, "tls_ablauf", "ok", &["valid until"]);
        assert_eq!(ids(&outcome, "fehler"), ["tls_zertifikat".to_owned()].into());
    }
    let wrong_name = Postfach { host: "127.0.0.2".into(), ..tls(&account) };
    let dovecot = Dovecot::start(Options::default().users(&["konto"]).config("listen = 127.0.0.1, 127.0.0.2"));
    let wrong_name = Postfach { ca_file: Some(dovecot.ca_file()), port: dovecot.tls_address().port(), ..wrong_name };
    let outcome = doctor(&ConfigDir::new([wrong_name], "")).expect_code(1);
    expect(&outcome, "tls_zertifikat", "fehler", &["it is for localhost, 127.0.0.1 and not for 127.0.0.2"]);
}

#[test]
fn a_mailbox_that_fills_up_is_told() {
    let quota = "mail_plugins = quota\nprotocol imap {\n  mail_plugins = quota imap_quota\n}\nplugin {\n  \
                 quota = count:User quota\n  quota_vsizes = yes\n  quota_rule = *:messages=10\n}";
    let dovecot = Dovecot::start(Options::default().users(&["konto"]).config(quota));
    let postfach = || Postfach { user: "konto".into(), ..Postfach::plain("sc-nord", dovecot.address()) };
    for (more, severity, words) in [(7, "ok", "70 %"), (2, "warnung", "90 %"), (1, "fehler", "100 % (10 of 10)")] {
        let mails: Vec<_> = (0..more).map(|number| mails::to("Kiel", number)).collect();
        dovecot.deliver("konto", "INBOX", &mails);
        expect(&doctor(&ConfigDir::new([postfach()], "")), "fuellstand", severity, &[words]);
    }
}

#[test]
fn an_unknown_mailbox_is_told() {
    let config = crate::config();
    let outcome = binary::run(&["doctor", "--mailbox", "sc-mond"], &config.file()).expect_code(2);
    outcome.expect_words(&["no mailbox is called \"sc-mond\"", "sc-nord"]);
}
