//! Servers in trouble: they refuse, throttle, hang up or never come to an end.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::account::{Account, FLENSBURG, INBOX, KIEL};
use crate::server::{Oddity, Reply};
use crate::support::mails;

/// A mailbox that could not be served: told in these words, and nothing was touched.
fn check_failed(oddity: &Oddity, words: &[&str], what: &str) {
    let mailbox = oddity.once().expect_code(1).mailbox("sc-nord");
    let told = format!("{} {}", mailbox["error"], mailbox["hint"]);
    for word in words {
        assert!(told.contains(word), "{what}: {word:?} is not in {told}");
    }
    assert_eq!(oddity.count(INBOX) + oddity.count(KIEL) + oddity.count(FLENSBURG), 2, "{what}");
}

#[test]
fn f10_refusals_of_the_whole_mailbox_are_told_and_not_tried_again_at_once() {
    for (at, refusal, words) in [
        ("SELECT", "BAD Request is throttled. Suggested Backoff Time: 92415 milliseconds", &["gedrosselt"][..]),
        ("UID FETCH", "NO Request is throttled. Suggested Backoff Time: 299910 milliseconds", &["gedrosselt"]),
        ("SELECT", "BAD User is authenticated but not connected.", &["nicht_verbunden", "may open this mailbox"]),
        ("SELECT", "NO Server Unavailable. 15", &["nicht_verfuegbar"]),
        ("SELECT", "OK [Error=\"ProxyNotAuthenticated\" Proxy=x] SELECT completed.", &["SELECT"]),
        ("LIST", "BAD Command Error. 12", &["nicht_verstanden"]),
        ("LOGIN", "NO LOGIN failed.", &["user name or password is wrong"]),
        ("LOGIN", "BAD User is authenticated but not connected.", &["not available"]),
        ("STATUS", "BAD Request is throttled. Suggested Backoff Time: 92415 milliseconds", &["STATUS", "gedrosselt"]),
        ("UID MOVE", "NO Request is throttled. Suggested Backoff Time: 5000 milliseconds", &["gedrosselt"]),
    ] {
        let connections = AtomicUsize::new(0);
        let oddity = Oddity::new(move |asked, _| {
            connections.fetch_add(usize::from(asked.command.starts_with("LOGIN")), Ordering::SeqCst);
            match asked.command.starts_with(at) {
                true => Reply::Say(format!("{{tag}} {refusal}\r\n")),
                false => Reply::Usual,
            }
        });
        check_failed(&oddity, words, refusal);
        let logins = oddity.take_commands("LOGIN").len();
        assert!(logins == 1 || refusal.starts_with("OK"), "{refusal}: {logins} logins");
    }
}

#[test]
fn f09_a_throttled_account_is_not_read_further() {
    let account = Account::new((0..900).map(|number| mails::to("Niemand", number).bytes).collect());
    let oddity = Oddity::of(account, |asked, _| match asked.command.contains("BODY.PEEK[]") {
        true => Reply::Say("{tag} BAD Request is throttled. Suggested Backoff Time: 92415 milliseconds\r\n".into()),
        false => Reply::Usual,
    });
    let mailbox = oddity.once().expect_code(1).mailbox("sc-nord");
    assert!(mailbox["error"].as_str().is_some_and(|error| error.contains("gedrosselt")), "{mailbox}");
    // Nine windows would be needed; the second was under way when the first was refused.
    assert!(oddity.heard("BODY.PEEK[]") <= 2, "{} windows", oddity.heard("BODY.PEEK[]"));
}

#[test]
fn f12_a_server_that_hangs_up_is_asked_again() {
    for words in
        ["* BYE Server Unavailable. 15\r\n", "", "Server Unavailable. 15\r\n", "* XFOO \u{1}\r\n", "A999 OK stray\r\n"]
    {
        for at in ["LIST \"\" \"*\"", "SELECT", "UID FETCH", "BODY.PEEK[]", "STATUS", "UID MOVE"] {
            let done = AtomicBool::new(false);
            let oddity =
                Oddity::new(move |asked, _| match asked.command.contains(at) && !done.swap(true, Ordering::SeqCst) {
                    true => Reply::SayAndClose(words.into()),
                    false => Reply::Usual,
                });
            let outcome = oddity.once().expect_code(0);
            assert_eq!(outcome.mailbox("sc-nord")["moved"], 2, "{at}: {words:?}: {outcome:#?}");
            assert_eq!((oddity.count(INBOX), oddity.count(KIEL), oddity.count(FLENSBURG)), (0, 1, 1), "{at}");
        }
    }
}

#[test]
fn a_server_that_hangs_up_again_and_again_is_left_in_the_end() {
    for at in ["CAPABILITY", "LOGIN", "LIST", "SELECT", "UID FETCH", "UID MOVE"] {
        let oddity = Oddity::new(move |asked, _| match asked.command.starts_with(at) {
            true => Reply::SayAndClose(String::new()),
            false => Reply::Usual,
        });
        check_failed(&oddity, &["closed"], at);
        let logins = oddity.take_commands("LOGIN").len();
        assert!(logins <= 3, "{at}: {logins} logins");
    }
}

#[test]
fn f14_a_server_that_never_comes_to_an_end_is_given_up_in_time() {
    for (at, drip) in
        [("LIST", "* OK still there\r\n"), ("SELECT", "* 1 EXISTS\r\n"), ("UID FETCH", "* 1 FETCH (FLAGS ())\r\n")]
    {
        let oddity = Oddity::new(move |asked, _| match asked.command.starts_with(at) {
            true => Reply::Drip(drip),
            false => Reply::Usual,
        });
        let started = Instant::now();
        check_failed(&oddity, &["no complete answer within 3 s"], at);
        // Three tries of three seconds each.
        assert!(started.elapsed() < Duration::from_secs(14), "{at}: {:?}", started.elapsed());
    }
}

#[test]
fn more_than_anybody_asked_for_is_refused() {
    // Just above what is acceptable: more would be a matter of time on a busy machine.
    let endless = "x".repeat((1 << 20) + 1_000);
    for (what, answer) in [
        ("a literal of 400 MB", "* 1 FETCH (UID 1 BODY[]<0> {400000000}\r\n".to_string()),
        ("a line of more than 1 MB", format!("* OK {endless}\r\n{{tag}} OK done\r\n")),
    ] {
        let oddity = Oddity::new(move |asked, _| match asked.command.contains("BODY.PEEK[]") {
            true => Reply::Say(answer.clone()),
            false => Reply::Usual,
        });
        check_failed(&oddity, &["more data than is acceptable"], what);
        assert_eq!(oddity.count(INBOX), 2, "{what}");
    }
}
