//! What may happen to a daemon: it is killed at the worst moment, its server goes away and comes back.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::daemon::{Daemon, until_count};
use crate::support::config::{ConfigDir, Postfach};
use crate::support::imap_client::Mail;
use crate::support::proxy::{Action, Line, Proxy, Side, at_nth};
use crate::support::wait::eventually;
use crate::support::{ledger, mails};
use crate::{ACCOUNTS, KIEL, QUICK};

const MAILS: usize = 5;

#[test]
fn killed_between_move_and_record_it_moves_once_and_counts_once() {
    for (what, side, line) in [
        ("the intent is written, the server has heard nothing", Side::Client, "UID MOVE"),
        ("the server has moved and said nothing", Side::Server, "[COPYUID"),
        ("the server has moved and not said that it is done", Side::Server, "OK Move completed"),
    ] {
        let mails: Vec<Mail> = (0..MAILS).map(|number| mails::to("Kiel", number)).collect();
        let account = ACCOUNTS.with(&[KIEL], &mails);
        let stalled = Arc::new(AtomicBool::new(false));
        let fault = at_nth(side, 1, line, Action::Stall);
        let proxy = Proxy::filtering(ACCOUNTS.dovecot().address(), {
            let stalled = stalled.clone();
            Box::new(move |line: Line<'_>| {
                let action = fault(line);
                stalled.fetch_or(action == Action::Stall, Ordering::SeqCst);
                action
            })
        });
        let postfach = Postfach { port: proxy.address().port(), ..account.postfach("sc-nord") };
        let config = ConfigDir::new([postfach], QUICK);
        let daemon = Daemon::start(&config);
        eventually("the proxy stalls", || stalled.load(Ordering::SeqCst));
        daemon.signal("KILL");
        assert_eq!(daemon.wait().0.code(), None, "{what}");
        assert_eq!(ledger::open_operations(&config.state_dir()), MAILS as u64, "{what}");
        assert_eq!(ledger::events(&config.state_dir(), "uebergeben"), 0, "{what}");

        let daemon = Daemon::start(&config);
        let done = || ledger::open_operations(&config.state_dir()) == 0;
        eventually("it has found out", || done() && ledger::events(&config.state_dir(), "uebergeben") == MAILS as u64);
        daemon.stop();
        let mut client = account.client();
        client.examine(KIEL);
        let mut bytes: Vec<Vec<u8>> = client.fetch_all().into_iter().map(|mail| mail.bytes).collect();
        bytes.sort();
        let mut delivered: Vec<Vec<u8>> = mails.into_iter().map(|mail| mail.bytes).collect();
        delivered.sort();
        assert_eq!(bytes, delivered, "{what}");
        assert_eq!(account.count("INBOX"), 0, "{what}");
    }
}

#[test]
fn a_server_that_goes_away_is_used_again_when_it_comes_back() {
    let account = ACCOUNTS.with(&[KIEL], &[mails::to("Kiel", 1)]);
    let down = Arc::new(AtomicBool::new(false));
    let proxy = Proxy::filtering(ACCOUNTS.dovecot().address(), {
        let down = down.clone();
        Box::new(move |_| if down.load(Ordering::SeqCst) { Action::CutBefore } else { Action::Pass })
    });
    let postfach = Postfach { port: proxy.address().port(), ..account.postfach("sc-nord") };
    let config = ConfigDir::new([postfach], QUICK);
    let daemon = Daemon::start(&config);
    until_count(&account, KIEL, 1);

    // Sessions end, the server stays.
    proxy.cut_all();
    account.deliver(&[mails::to("Kiel", 2)]);
    until_count(&account, KIEL, 2);

    // The server itself is away for a while.
    down.store(true, Ordering::SeqCst);
    let before = proxy.counts().len();
    account.deliver(&[mails::to("Kiel", 3)]);
    eventually("it has tried in vain, twice", || proxy.counts().len() >= before + 2);
    assert_eq!(account.count(KIEL), 2);
    down.store(false, Ordering::SeqCst);
    until_count(&account, KIEL, 3);
    let log = daemon.stop();
    assert!(log.contains("the cycle failed") && log.contains("hint"), "{log}");
    assert_eq!(ledger::events(&config.state_dir(), "uebergeben"), 3);
}

#[test]
fn sessions_that_an_administrator_ends_are_opened_again() {
    // All sessions of a server end, so this one is its own.
    let accounts = crate::support::accounts::Accounts::start(1, Default::default());
    let account = accounts.with(&[KIEL], &[mails::to("Kiel", 1)]);
    let config = ConfigDir::new([account.postfach("sc-nord")], QUICK);
    let daemon = Daemon::start(&config);
    until_count(&account, KIEL, 1);
    accounts.dovecot().kick_all();
    account.deliver(&[mails::to("Kiel", 2)]);
    until_count(&account, KIEL, 2);
    daemon.stop();
}

#[test]
fn one_mailbox_in_trouble_does_not_slow_the_others() {
    let (sound, silent, refused) = (ACCOUNTS.with(&[KIEL], &[]), ACCOUNTS.fresh(), ACCOUNTS.fresh());
    let proxy = Proxy::filtering(ACCOUNTS.dovecot().address(), at_nth(Side::Server, 1, "* OK", Action::Stall));
    let silent = Postfach { port: proxy.address().port(), ..silent.postfach("sc-ost") };
    let refused = Postfach { password: "falsch".into(), ..refused.postfach("sc-west") };
    let config = ConfigDir::new([silent, refused, sound.postfach("sc-nord")], QUICK);
    let daemon = Daemon::start(&config);
    for number in 1..4 {
        sound.deliver(&[mails::to("Kiel", number)]);
        until_count(&sound, KIEL, number as u32);
    }
    drop(daemon);
}
