//! `doctor` at servers that answer as none here does: each oddity is named, and nothing is asked that could change
//! anything.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

use crate::account::{Account, Asked};
use crate::server::{Oddity, Reply};
use crate::support::binary;
use crate::support::config::replace_in;

fn findings(oddity: &Oddity) -> Vec<Value> {
    let outcome = binary::run(&["doctor", "--format", "json"], &oddity.config().file());
    outcome.mailbox("sc-nord")["findings"].as_array().expect("findings").clone()
}

/// Among the findings is one with this word and severity, and with these words in it.
fn expect(found: &[Value], id: &str, severity: &str, words: &str) {
    let about: Vec<&Value> = found.iter().filter(|finding| finding["id"] == id).collect();
    let right = |finding: &&&Value| finding["severity"] == severity && finding.to_string().contains(words);
    assert!(about.iter().any(|finding| right(&finding)), "{id} {severity} {words:?} is not among {about:#?}");
}

fn capable(capabilities: &'static str) -> Oddity {
    let mut account = Account::new(vec![b"From: a@post.example\r\n\r\nText\r\n".to_vec()]);
    account.capabilities = capabilities;
    Oddity::of(account, |_, _| Reply::Usual)
}

#[test]
fn nothing_is_asked_that_changes_anything() {
    let oddity = Oddity::new(|_, _| Reply::Usual);
    let found = findings(&oddity);
    expect(&found, "identitaet", "ok", "2 messages compared, all equal");
    expect(&found, "ordner_gefunden", "ok", "2 of ");
    let told = |pattern: &str| oddity.heard(pattern);
    assert_eq!((told("LOGIN "), told("LOGOUT")), (2, 2), "two connections, each ended politely");
    for forbidden in ["SELECT ", "MOVE", "COPY", "STORE", "EXPUNGE", "APPEND", "CREATE", "BODY[", "NAMESPACE"] {
        assert_eq!(told(forbidden), 0, "{forbidden}");
    }
    // Refusals are counted by some servers: of the many missing folders only a few are asked for.
    assert_eq!(told("STATUS "), 2 + 5);
}

#[test]
fn logged_in_is_not_connected() {
    let oddity = Oddity::new(|asked, _| match asked.command.split(' ').next() {
        Some("CAPABILITY" | "LOGIN") => Reply::Usual,
        _ => Reply::Say("{tag} BAD User is authenticated but not connected.\r\n".into()),
    });
    let found = findings(&oddity);
    expect(&found, "anmeldung", "ok", "are right");
    expect(&found, "posteingang", "fehler", "authenticated but not connected");
    assert_eq!(oddity.heard("LIST"), 0, "nothing more is asked");
}

#[test]
fn the_way_of_moving_follows_from_the_capabilities() {
    for (capabilities, severity, words) in [
        ("IMAP4rev1 UIDPLUS MOVE", "ok", "MOVE mode"),
        ("IMAP4rev1 UIDPLUS", "hinweis", "COPY mode"),
        ("IMAP4rev1 MOVE", "ok", "MOVE mode"),
        ("IMAP4rev1", "fehler", "neither MOVE nor UIDPLUS"),
    ] {
        expect(&findings(&capable(capabilities)), "verschieben", severity, words);
    }
}

#[test]
fn what_is_offered_and_refused_is_no_fault() {
    let mut account = Account::new(Vec::new());
    account.capabilities = "IMAP4rev1 UIDPLUS MOVE NAMESPACE ID QUOTA ACL";
    let oddity = Oddity::of(account, |asked, _| match asked.command.split(' ').next() {
        Some("ID" | "GETQUOTAROOT" | "MYRIGHTS" | "NAMESPACE") => Reply::Say("{tag} BAD Command Error. 12\r\n".into()),
        _ => Reply::Usual,
    });
    let found = findings(&oddity);
    for words in ["asking for product and version", "asking for the fill level", "asking for the rights"] {
        expect(&found, "abbruch", "hinweis", words);
    }
    expect(&found, "produkt", "ok", "did not answer ID");
    expect(&found, "identitaet", "hinweis", "no message in the INBOX");
}

#[test]
fn what_exchange_says_of_itself_is_shown_and_does_not_steer_the_terminal() {
    let mut account = Account::new(Vec::new());
    account.capabilities = "IMAP4rev1 UIDPLUS MOVE ID ACL";
    let oddity = Oddity::of(account, |asked, _| match asked.command.split(' ').next() {
        Some("ID") => Reply::Say(
            "* ID (\"name\" \"Microsoft.Exchange.\u{202e}Imap4Server\" \"version\" \"15.0\")\r\n{tag} OK done\r\n"
                .into(),
        ),
        Some("MYRIGHTS") => Reply::Say("* MYRIGHTS \"INBOX\" lrs\r\n{tag} OK done\r\n".into()),
        _ => Reply::Usual,
    });
    let found = findings(&oddity);
    expect(&found, "produkt", "ok", "Microsoft.Exchange.Imap4Server 15.0");
    expect(&found, "posteingang_rechte", "fehler", "may not move mail");
}

#[test]
fn a_folder_with_a_slash_is_probably_hidden() {
    let oddity = Oddity::new(|_, _| Reply::Usual);
    let stammdaten = oddity.config().own_stammdaten();
    replace_in(&stammdaten.join("agenturen.csv"), "Agentur Heide", "Agentur Heide/Husum");
    let found = findings(&oddity);
    expect(&found, "ordner_verborgen", "fehler", "INBOX/Agentur Heide/Husum");
}

#[test]
fn mail_that_never_looks_the_same_is_told() {
    let looks = AtomicUsize::new(0);
    let oddity = Oddity::new(move |asked: &Asked<'_>, _| {
        if asked.command.contains("(MESSAGE-ID DATE") && looks.fetch_add(1, Ordering::SeqCst) > 0 {
            return Reply::Rewritten(Box::new(|usual| usual.replace("<anfrage-1@", "<anfrage-9@")));
        }
        Reply::Usual
    });
    expect(&findings(&oddity), "identitaet", "fehler", "2 messages compared, 1 differ");
}
