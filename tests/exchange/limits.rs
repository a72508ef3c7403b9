//! Limits of Exchange: connections, commands, errors, time.

use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use crate::front::{Front, INBOX, KIEL};
use crate::support::binary;
use crate::support::exchange::profile::Profile;
use crate::support::imap_client::ImapClient;
use crate::support::mails;
use crate::support::wait::eventually;

#[test]
fn sixteen_connections_of_a_user_are_the_most() {
    let front = Front::with(&Profile::exchange_2016(), &[mails::to("Kiel", 1)]);
    let clients: Vec<ImapClient> = (0..16).map(|_| front.client()).collect();
    let one_more = catch_unwind(AssertUnwindSafe(|| front.client()));
    assert!(one_more.is_err());
    // The program is not let in, says so, and takes its turn later.
    let mailbox = binary::once(&front.config.file()).expect_code(1).mailbox("sc-nord");
    assert!(mailbox["hint"].as_str().is_some_and(|hint| hint.contains("connection limits")), "{mailbox}");
    drop(clients);
    eventually("the connections end", || binary::once(&front.config.file()).code == Some(0));
    assert_eq!(front.counts(), (0, 1, 0));
}

#[test]
fn long_commands_are_refused_and_never_sent() {
    for profile in Profile::all() {
        // Every other mail is for Kiel, so that no command can name a range.
        let mails = (0..240).map(|number| mails::to(if number % 2 == 0 { "Kiel" } else { "niemand" }, number));
        let front = Front::with(&Profile { longest_command: 1024, ..profile }, &mails.collect::<Vec<_>>());
        assert_eq!(front.once().mailbox("sc-nord")["moved"], 120);
        let mut client = front.client();
        client.select(INBOX);
        let uids: Vec<String> = (0..500).map(|number| (2 * number + 1).to_string()).collect();
        let refused = client.command(&format!("UID FETCH {} (FLAGS)", uids.join(","))).0;
        assert_eq!(refused, "BAD Command Argument Error. 11");
    }
}

#[test]
fn ten_errors_end_the_connection() {
    let front = Front::with(&Profile { chatter: false, ..Profile::exchange_2016() }, &[]);
    let mut client = front.client();
    for _ in 0..9 {
        assert!(client.command("UNSINN").0.starts_with("BAD"));
    }
    let (tenth, _) = client.command("UNSINN");
    assert!(tenth.starts_with("BAD"));
    assert!(catch_unwind(AssertUnwindSafe(|| client.ok("NOOP"))).is_err());
    assert_eq!(front.exchange.errors(), 10);
}

#[test]
fn who_does_not_log_in_is_sent_away() {
    let profile = Profile { login_limit: Duration::from_millis(300), ..Profile::exchange_2016() };
    let front = Front::with(&profile, &[mails::to("Kiel", 1)]);
    let started = Instant::now();
    let stream = TcpStream::connect(front.exchange.address()).expect("the proxy listens");
    let said: Vec<String> = BufReader::new(stream).lines().map(|line| line.expect("text")).collect();
    assert_eq!(said.last().map(String::as_str), Some("* BYE Connection is closed. 13"));
    assert!(started.elapsed() >= Duration::from_millis(300));
    front.once();
    assert_eq!(front.counts(), (0, 1, 0));
}

#[test]
fn a_connection_that_was_closed_while_idle_is_made_anew() {
    for profile in Profile::all() {
        let profile = Profile { idle_limit: Duration::from_millis(500), ..profile };
        let quick = "poll_interval_seconds = 1\nretry_initial_seconds = 1\nretry_max_seconds = 1";
        let front = Front::serving(&profile, &[mails::to("Kiel", 0)], quick);
        let running = binary::spawn(&["run"], &front.config.file());
        for number in 1..3 {
            let mut client = front.account.client();
            eventually("the mail arrives", || client.examine(KIEL).exists == number);
            let before = front.exchange.connections();
            eventually("it was hung up on and came again", || front.exchange.connections() > before);
            front.account.deliver(&[mails::to("Kiel", number as usize)]);
        }
        drop(running);
        front.once();
        assert_eq!(front.counts(), (0, 3, 0), "{}", profile.name);
    }
}
