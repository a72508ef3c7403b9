//! Waits, ends, and the rhythm of the others.

use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::scene::{Service, behind, check_at_rest};
use crate::support::config::{ConfigDir, Postfach};
use crate::support::proxy::transcript::Transcript;
use crate::support::proxy::{Action, Line, Proxy, Side, at_nth, pass};
use crate::support::wait::eventually;
use crate::support::{binary, ledger, mails};
use crate::{ACCOUNTS, KIEL, QUICK};

/// Counts polls, not seconds: while one mailbox hangs at each moment, the others are polled again and again.
#[test]
fn f13_four_mailboxes_keep_their_rhythm_beside_a_silent_one() {
    let sound = ["sc-ost", "sc-west", "sc-suedwest", "sc-sued"].map(|region| (region, ACCOUNTS.fresh()));
    // Accepts in the backlog of the system and never says a word.
    let hole = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has free ports");
    let hole = hole.local_addr().map(|address| (hole, address)).expect("a bound socket has an address");
    for moment in ["TLS", "greeting", "LOGIN", "SELECT", "UID MOVE"] {
        let silent = ACCOUNTS.with(&[KIEL], &[mails::to("Kiel", 1)]);
        let stalls = Proxy::filtering(ACCOUNTS.dovecot().address(), at_nth(Side::Client, 1, moment, Action::Stall));
        let silent = match moment {
            "TLS" => {
                Postfach { host: "localhost".into(), security: "tls".into(), ..Postfach::plain("sc-nord", hole.1) }
            }
            "greeting" => Postfach::plain("sc-nord", hole.1),
            _ => Postfach { port: stalls.address().port(), ..silent.postfach("sc-nord") },
        };
        let polls = sound.each_ref().map(|_| Transcript::default());
        let proxies =
            polls.each_ref().map(|polls| Proxy::filtering(ACCOUNTS.dovecot().address(), polls.before(pass())));
        let others = sound
            .iter()
            .zip(&proxies)
            .map(|((region, account), proxy)| Postfach { port: proxy.address().port(), ..account.postfach(region) });
        let config = ConfigDir::new(others.chain([silent]), QUICK);
        let service = Service::start(&config);
        let mut counts = [0; 4];
        eventually(&format!("five polls each beside {moment}"), || {
            for (count, polls) in counts.iter_mut().zip(&polls) {
                *count += polls.take().iter().filter(|command| command.starts_with("SELECT")).count();
            }
            counts.iter().all(|&count| count >= 6)
        });
        let (least, most) = (counts.iter().min().expect("four"), counts.iter().max().expect("four"));
        println!("silent at {moment}: polls of the others {counts:?}");
        assert!(most - least <= 3, "{moment}: {counts:?}");
        service.kill();
    }
}

#[test]
fn f48_asked_to_stop_at_any_command_it_ends_in_time_and_the_next_start_settles() {
    let moments = [
        (Side::Client, "LOGIN"),
        (Side::Client, "LIST"),
        (Side::Client, "SELECT"),
        (Side::Client, "RFC822.SIZE"),
        (Side::Client, "BODY.PEEK[]"),
        (Side::Client, "STATUS"),
        (Side::Client, "UID MOVE"),
        (Side::Server, "[COPYUID"),
        (Side::Server, "OK Move completed"),
    ];
    // Each may take its eight seconds; together they take no longer.
    std::thread::scope(|scope| {
        for (side, line) in moments {
            scope.spawn(move || {
                let account = ACCOUNTS.with(&[KIEL], &[mails::to("Kiel", 1), mails::to("Kiel", 2)]);
                let stalled = Arc::new(AtomicBool::new(false));
                let fault = at_nth(side, 1, line, Action::Stall);
                let seen = stalled.clone();
                let filter = Box::new(move |line: Line<'_>| {
                    let action = fault(line);
                    seen.fetch_or(action == Action::Stall, Ordering::SeqCst);
                    action
                });
                let (_proxy, config) = behind(&account, filter, QUICK);
                let service = Service::start(&config);
                eventually("the proxy stalls", || stalled.load(Ordering::SeqCst));
                service.stop();
                binary::once(&config.file()).expect_code(0);
                assert_eq!((account.count("INBOX"), account.count(KIEL)), (0, 2), "{line}");
                assert_eq!(ledger::events(&config.state_dir(), "uebergeben"), 2, "{line}");
                check_at_rest(&config, line);
            });
        }
    });
}

#[test]
fn a_server_that_drops_us_each_time_is_not_connected_to_every_second() {
    let account = ACCOUNTS.fresh();
    // Lets us in, serves the first poll, and is gone at the next.
    let filter = Box::new(|line: Line<'_>| match line.side == Side::Client && line.contains("SELECT") {
        true => Action::CutAfter,
        false => Action::Pass,
    });
    let (proxy, config) =
        behind(&account, filter, "poll_interval_seconds = 1\nretry_initial_seconds = 1\nretry_max_seconds = 900");
    let service = Service::start(&config);
    service.until_said("the cycle failed", 3);
    let log = service.stop();
    assert!(proxy.counts().len() <= 5, "{log}");
}
