//! People in the same mailbox, mails that look the same, folders that are missing.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::front::{FLENSBURG, Front, INBOX, KIEL};
use crate::support::config::Postfach;
use crate::support::exchange::profile::Profile;
use crate::support::imap_client::{Mail, Trace};
use crate::support::proxy::{Action, Line, Proxy, Side};
use crate::support::{binary, ledger, mails};

#[test]
fn flags_and_date_of_a_moved_mail_stay() {
    for profile in Profile::all() {
        let seen = Mail { flags: vec!["\\Seen".into(), "$MDNSent".into()], ..mails::to("Kiel", 1) };
        let front = Front::with(&profile, &[seen, mails::to("Kiel", 2), mails::to("niemand", 3)]);
        let mut before: Vec<Trace> = front.account.snapshot().remove(INBOX).expect("INBOX is there");
        front.once();
        let after = front.account.snapshot();
        let mut now: Vec<Trace> = [INBOX, KIEL].iter().flat_map(|folder| after[*folder].clone()).collect();
        before.sort();
        now.sort();
        assert_eq!((now, after[KIEL].len()), (before, 2), "{}", profile.name);
        front.check_quiet(profile.name);
    }
}

#[test]
fn twins_are_both_moved() {
    for profile in Profile::all() {
        let twin = mails::to("Kiel", 1);
        let front = Front::with(&profile, &[twin.clone(), twin.clone()]);
        front.once();
        assert_eq!(front.counts(), (0, 2, 0), "{}", profile.name);
        front.account.deliver(&[twin]);
        front.once();
        assert_eq!(front.counts(), (0, 3, 0), "{}", profile.name);
        assert_eq!(ledger::events(&front.config.state_dir(), "uebergeben"), 3, "{}", profile.name);
        front.check_quiet(profile.name);
    }
}

#[test]
fn what_a_clerk_drags_back_stays() {
    for profile in Profile::all() {
        let front = Front::with(&profile, &[mails::to("Kiel", 1)]);
        front.once();
        front.drag(KIEL, INBOX);
        for _ in 0..2 {
            assert_eq!(front.once().mailbox("sc-nord")["left"]["zurueckgegeben"], 1, "{}", profile.name);
            assert_eq!(front.counts(), (1, 0, 0), "{}", profile.name);
        }
        assert_eq!(ledger::events(&front.config.state_dir(), "zurueckgegeben"), 1, "{}", profile.name);
    }
}

#[test]
fn a_clerk_who_is_faster_wins() {
    for profile in Profile::all() {
        let front = Front::with(&profile, &[mails::to("Kiel", 1), mails::to("Flensburg", 2)]);
        let taken = Arc::new(AtomicBool::new(false));
        let account = front.account.clone();
        let clerk = move |line: Line<'_>| {
            let moves = line.side == Side::Client && (line.contains("UID MOVE") || line.contains("UID COPY"));
            if moves && !taken.swap(true, Ordering::SeqCst) {
                let mut client = account.client();
                client.create("Ablage");
                client.select(INBOX);
                client.move_to(&[1, 2], "Ablage");
            }
            Action::Pass
        };
        let proxy = Proxy::filtering(front.exchange.address(), Box::new(clerk));
        let direct = format!("port = {}\n", front.exchange.address().port());
        front.config.replace(&direct, &format!("port = {}\n", proxy.address().port()));
        let outcome = front.once();
        assert_eq!(outcome.mailbox("sc-nord")["moved"], 0, "{}: {outcome:#?}", profile.name);
        assert_eq!(front.counts(), (0, 0, 0), "{}", profile.name);
        assert_eq!(front.account.count("Ablage"), 2, "{}", profile.name);
        let state = front.config.state_dir();
        let events = ["uebergeben", "anderswo"].map(|art| ledger::events(&state, art));
        assert_eq!((events, ledger::open_operations(&state)), ([0, 2], 0), "{}", profile.name);
        front.check_quiet(profile.name);
    }
}

#[test]
fn mail_of_an_agentur_whose_folder_is_missing_or_hidden_waits_for_it() {
    for mut profile in Profile::all() {
        profile.hidden = vec![FLENSBURG.into()];
        let front = Front::with(&profile, &[mails::to("Kiel", 1), mails::to("Flensburg", 2)]);
        let outcome = front.once().expect_words(&["flensburg"]);
        assert_eq!(outcome.mailbox("sc-nord")["left"]["ordner_fehlt"], 1, "{}", profile.name);
        assert_eq!(front.counts(), (1, 1, 0), "{}", profile.name);
        front.check_quiet(profile.name);
    }
}

#[test]
fn a_read_only_inbox_is_left_alone() {
    for profile in Profile::all() {
        let front = Front::with(&profile, &[mails::to("Kiel", 1)]);
        let filter = |line: Line<'_>| match line.contains("[READ-WRITE]") {
            true => Action::Replace(String::from_utf8_lossy(line.bytes).replace("WRITE", "ONLY").into_bytes()),
            false => Action::Pass,
        };
        let proxy = Proxy::filtering(front.exchange.address(), Box::new(filter));
        let postfach = Postfach { port: proxy.address().port(), ..front.account.postfach("sc-nord") };
        let config = crate::support::config::ConfigDir::new([postfach], "");
        let outcome = binary::once(&config.file()).expect_code(0).expect_words(&["INBOX is read-only"]);
        assert_eq!(outcome.mailbox("sc-nord")["left"]["nur_lesbar"], 1, "{}", profile.name);
        assert_eq!((outcome.json()["write_commands"].clone(), front.counts()), (0.into(), (1, 0, 0)));
    }
}

/// Exchange gives a message that somebody marks, categorises or edits another UID.
#[test]
fn a_renumbered_mail_is_the_same_mail() {
    for profile in Profile::all() {
        for (what, flags) in [("category", None), ("flag taken back", None), ("follow-up flag", Some("\\Flagged"))] {
            let mail = mails::to("niemand", 1);
            let front = Front::with(&profile, std::slice::from_ref(&mail));
            front.once();
            let mut client = front.account.client();
            client.select(INBOX);
            let flags = flags.map(String::from).into_iter().collect();
            client.append(INBOX, &Mail { flags, ..mail });
            client.store(&[1], "+FLAGS", "\\Deleted");
            client.ok("UID EXPUNGE 1");
            for round in 0..2 {
                let mailbox = front.once().mailbox("sc-nord");
                let word = if what == "follow-up flag" { "nachverfolgung" } else { "kein_hinweis" };
                assert_eq!(mailbox["left"][word], 1, "{} {what} {round}: {mailbox}", profile.name);
            }
            let state = front.config.state_dir();
            assert_eq!(ledger::events(&state, "zurueckgegeben"), 0, "{} {what}", profile.name);
            if what != "follow-up flag" {
                assert_eq!(ledger::number(&state, "SELECT count(*) FROM vorgang"), 1, "{} {what}", profile.name);
            }
            front.check_quiet(what);
        }
    }
}
