//! Starting and ending.

use std::time::Duration;

use crate::daemon::{Daemon, until_count};
use crate::support::config::{ConfigDir, Postfach};
use crate::support::proxy::{Action, Proxy, Side, at_nth};
use crate::support::wait::eventually;
use crate::support::{binary, ledger, mails};
use crate::{ACCOUNTS, KIEL, QUICK};

#[test]
fn what_arrives_is_served_and_either_signal_ends_it() {
    for signal in ["TERM", "INT"] {
        let account = ACCOUNTS.with(&[KIEL], &[mails::to("Kiel", 0)]);
        let config = ConfigDir::new([account.postfach("sc-nord")], QUICK);
        let daemon = Daemon::start(&config);
        until_count(&account, KIEL, 1);
        // Twice, so that one of them comes when the mailbox was found quiet.
        for number in 1..3 {
            account.deliver(&[mails::to("Kiel", number)]);
            until_count(&account, KIEL, number as u32 + 1);
        }
        daemon.signal(signal);
        let (status, took, log) = daemon.wait();
        assert_eq!(status.code(), Some(0), "{signal}: {log}");
        assert!(took < Duration::from_secs(3), "{signal}: took {took:?}");
        assert!(log.contains("asked to stop") && log.trim_end().ends_with("stopped"), "{signal}: {log}");
        assert_eq!(ledger::events(&config.state_dir(), "uebergeben"), 3);
        assert_eq!(ledger::number(&config.state_dir(), "SELECT count(*) FROM lauf WHERE ended_at IS NULL"), 0);
        // The lock is free.
        binary::once(&config.file()).expect_code(0);
    }
}

#[test]
fn a_stuck_server_does_not_keep_it_from_ending() {
    let account = ACCOUNTS.with(&[KIEL], &[mails::to("Kiel", 1)]);
    for second in [false, true] {
        let proxy = Proxy::filtering(ACCOUNTS.dovecot().address(), at_nth(Side::Client, 1, "SELECT", Action::Stall));
        let postfach = Postfach { port: proxy.address().port(), ..account.postfach("sc-nord") };
        let config = ConfigDir::new([postfach], QUICK);
        let daemon = Daemon::start(&config);
        eventually("it waits for the server", || proxy.counts().iter().any(|count| count.commands >= 6));
        daemon.signal("TERM");
        if second {
            // Not before the first one was heard.
            eventually("the first signal was heard", || !is_pending(daemon.process()));
            daemon.signal("TERM");
        }
        let (status, took, log) = daemon.wait();
        let (code, limit) = if second { (1, 3) } else { (0, 10) };
        assert_eq!(status.code(), Some(code), "{log}");
        assert!(took < Duration::from_secs(limit), "took {took:?}: {log}");
        assert_eq!(account.count("INBOX"), 1);
        if !second {
            assert!(log.contains("a worker did not end in time"), "{log}");
        }
    }
}

/// Whether a signal waits for the process. Two of a kind that wait are one.
fn is_pending(process: u32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("the process runs");
    let pending = status.lines().filter(|line| line.starts_with("SigPnd:") || line.starts_with("ShdPnd:"));
    pending.into_iter().any(|line| line.split_whitespace().nth(1).is_some_and(|mask| mask.bytes().any(|b| b != b'0')))
}

#[test]
fn a_daemon_without_mailboxes_waits_for_its_end() {
    let account = ACCOUNTS.with(&[KIEL], &[mails::to("Kiel", 1)]);
    let config = ConfigDir::new([account.postfach("sc-nord").extra("betriebsart = \"aus\"")], QUICK);
    let daemon = Daemon::start(&config);
    eventually("it has begun", || ledger::number(&config.state_dir(), "SELECT count(*) FROM lauf") == 1);
    daemon.stop();
    assert_eq!(account.count("INBOX"), 1);
}
