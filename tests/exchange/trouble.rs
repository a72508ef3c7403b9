//! Exchange in trouble: it throttles, loses the mailbox behind it, and ends sessions in the middle.

use std::time::Duration;

use crate::front::Front;
use crate::support::binary;
use crate::support::exchange::profile::{Profile, Trouble};
use crate::support::{ledger, mails};

fn front(profile: &Profile, trouble: Trouble) -> Front {
    let profile = Profile { troubles: vec![trouble], ..profile.clone() };
    Front::with(&profile, &[mails::to("Kiel", 1), mails::to("Flensburg", 2)])
}

/// The next run does what this one could not, once.
fn check_recovery(front: &Front, what: &str) {
    let there = front.counts();
    assert_eq!(there.0 + there.1 + there.2, 2, "{what}: nothing is lost meanwhile");
    binary::once(&front.config.file()).expect_code(0);
    assert_eq!(front.counts(), (0, 1, 1), "{what}");
    assert_eq!(ledger::events(&front.config.state_dir(), "uebergeben"), 2, "{what}");
    let summary = binary::once(&front.config.file()).expect_code(0).json();
    assert_eq!((&summary["write_commands"], &summary["events"]), (&0.into(), &0.into()), "{what}: {summary}");
}

#[test]
fn a_throttled_mailbox_is_told_and_spared() {
    for profile in Profile::all() {
        let moves = if profile.has_move() { "UID MOVE" } else { "UID COPY" };
        for at in ["LOGIN", "LIST", "SELECT", "UID FETCH", "STATUS", moves] {
            let what = format!("{} {at}", profile.name);
            let front = front(&profile, Trouble::throttled(at, 92_415));
            let mailbox = binary::once(&front.config.file()).expect_code(1).mailbox("sc-nord");
            let error = mailbox["error"].as_str().unwrap_or_default();
            assert!(error.contains("gedrosselt") || error.contains("fewer requests"), "{what}: {mailbox}");
            assert_eq!(front.exchange.connections(), 1, "{what}: it did not come again at once");
            check_recovery(&front, &what);
        }
    }
}

#[test]
fn a_late_answer_is_waited_for() {
    for profile in Profile::all() {
        let says = "NO Server Unavailable. 15".into();
        let late = Trouble { says, after: Duration::from_millis(300), bye: None, ..Trouble::throttled("STATUS", 1) };
        let front = front(&profile, late);
        let mailbox = binary::once(&front.config.file()).expect_code(1).mailbox("sc-nord");
        assert!(mailbox["error"].as_str().is_some_and(|error| error.contains("nicht_verfuegbar")), "{mailbox}");
        check_recovery(&front, profile.name);
    }
}

#[test]
fn a_session_without_a_mailbox_is_none() {
    for profile in Profile::all() {
        for trouble in [Trouble::not_connected(), Trouble::hidden_error()] {
            let what = format!("{} {}", profile.name, trouble.says);
            let front = front(&profile, trouble.times(1));
            let mailbox = binary::once(&front.config.file()).expect_code(1).mailbox("sc-nord");
            let told = format!("{} {}", mailbox["error"], mailbox["hint"]);
            assert!(told.contains("not available"), "{what}: {told}");
            assert!(!told.contains("password is wrong"), "{what}: {told}");
            check_recovery(&front, &what);
        }
    }
}

#[test]
fn a_session_that_expires_is_opened_anew() {
    for profile in Profile::all() {
        let moves = if profile.has_move() { "UID MOVE" } else { "UID COPY" };
        for at in ["LIST", "SELECT", "UID FETCH", "STATUS", moves] {
            let what = format!("{} {at}", profile.name);
            let front = front(&profile, Trouble::token_expired(at));
            binary::once(&front.config.file()).expect_code(0);
            assert_eq!((front.counts(), front.exchange.connections()), ((0, 1, 1), 2), "{what}");
            check_recovery(&front, &what);
        }
    }
}
