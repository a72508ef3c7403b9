//! Logging in at servers with ways of their own.

use std::sync::Mutex;

use crate::account::{Account, FLENSBURG, INBOX, KIEL};
use crate::server::{Oddity, Reply};
use crate::support::dovecot::PASSWORD;
use crate::support::mails;

fn check_all_moved(oddity: &Oddity) {
    let outcome = oddity.once().expect_code(0);
    assert_eq!(outcome.mailbox("sc-nord")["moved"], 2, "{outcome:#?}");
    assert_eq!((oddity.count(INBOX), oddity.count(KIEL), oddity.count(FLENSBURG)), (0, 1, 1));
}

#[test]
fn f20_what_counts_is_what_the_server_can_after_login() {
    let logged_in = Mutex::new(false);
    let oddity = Oddity::new(move |asked, _| {
        let mut logged_in = logged_in.lock().expect("nobody panics");
        match asked.command.split(' ').next() {
            Some("CAPABILITY") if !*logged_in => {
                Reply::Say("* CAPABILITY IMAP4rev1 SASL-IR\r\n{tag} OK done\r\n".into())
            }
            // Cyrus says LOGINDISABLED after login too, where it means nothing.
            Some("CAPABILITY") => {
                Reply::Say("* CAPABILITY IMAP4rev1 LOGINDISABLED UIDPLUS MOVE\r\n{tag} OK done\r\n".into())
            }
            Some("LOGIN") => {
                *logged_in = true;
                Reply::Usual
            }
            _ => Reply::Usual,
        }
    });
    check_all_moved(&oddity);
}

#[test]
fn where_login_is_disabled_plain_is_used() {
    let tag = Mutex::new(String::new());
    let mut account = Account::new(vec![mails::to("Kiel", 1).bytes, mails::to("Flensburg", 2).bytes]);
    account.capabilities = "IMAP4rev1 LOGINDISABLED AUTH=PLAIN UIDPLUS MOVE";
    let oddity = Oddity::of(account, move |asked, _| {
        let mut tag = tag.lock().expect("nobody panics");
        if asked.command.starts_with("AUTHENTICATE PLAIN") {
            *tag = asked.tag.to_string();
            return Reply::Say("+ \r\n".into());
        }
        // The answer to the continuation request is one word.
        match asked.command.is_empty() {
            true => Reply::Say(format!("{tag} OK done\r\n")),
            false => Reply::Usual,
        }
    });
    check_all_moved(&oddity);
    assert!(oddity.take_commands("LOGIN").is_empty());
}

#[test]
fn a_user_name_with_backslashes_arrives_as_it_is() {
    let oddity = Oddity::new(|asked, _| match asked.command.starts_with("LOGIN") {
        true if asked.command == format!(r#"LOGIN "DOM\\svc\\sc-nord" "{PASSWORD}""#) => Reply::Usual,
        true => Reply::Say("{tag} NO LOGIN failed.\r\n".into()),
        false => Reply::Usual,
    });
    oddity.config().replace("user = \"sc-nord\"", r"user = 'DOM\svc\sc-nord'");
    check_all_moved(&oddity);
}
