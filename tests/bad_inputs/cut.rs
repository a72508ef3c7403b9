//! Mailboxes that vanish in the middle: whatever the moment, every mail is there exactly once in the end.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::support::accounts::Account;
use crate::support::binary;
use crate::support::config::{ConfigDir, Postfach};
use crate::support::imap_client::Mail;
use crate::support::proxy::{Action, Filter, Proxy, Side, at_nth};
use crate::support::{ledger, mails};
use crate::{ACCOUNTS, COTTBUS, KIEL};

/// A moment at which the connection is cut.
struct Moment {
    what: &'static str,
    side: Side,
    line: &'static str,
    action: Action,
}

const MOMENTS: &[Moment] = &[
    Moment { what: "after the greeting", side: Side::Client, line: "CAPABILITY", action: Action::CutBefore },
    Moment { what: "during the list of folders", side: Side::Server, line: "* LIST", action: Action::CutAfter },
    Moment { what: "during SELECT", side: Side::Server, line: "UIDVALIDITY", action: Action::CutBefore },
    Moment { what: "during the listing", side: Side::Server, line: "RFC822.SIZE", action: Action::CutAfter },
    Moment { what: "before a mail is sent", side: Side::Client, line: "BODY.PEEK[]", action: Action::CutBefore },
    Moment { what: "within a mail", side: Side::Server, line: "BODY[]<0>", action: Action::CutAfter },
    Moment { what: "before STATUS is answered", side: Side::Server, line: "* STATUS", action: Action::CutBefore },
    Moment { what: "before the server heard MOVE", side: Side::Client, line: "UID MOVE", action: Action::CutBefore },
    Moment { what: "when the server heard MOVE", side: Side::Client, line: "UID MOVE", action: Action::CutAfter },
    Moment { what: "before COPYUID", side: Side::Server, line: "[COPYUID", action: Action::CutBefore },
    Moment { what: "after COPYUID", side: Side::Server, line: "[COPYUID", action: Action::CutAfter },
    Moment { what: "before MOVE is done", side: Side::Server, line: "OK Move completed", action: Action::CutBefore },
    Moment { what: "after MOVE is done", side: Side::Server, line: "OK Move completed", action: Action::CutAfter },
];

impl Moment {
    fn filter(&self) -> Filter {
        at_nth(self.side, 1, self.line, self.action.clone())
    }
}

const MAILS: usize = 5;

fn account() -> Account<'static> {
    let mails: Vec<Mail> = (0..MAILS).map(|number| mails::to("Kiel", number)).collect();
    ACCOUNTS.with(&[KIEL], &mails)
}

fn check_end(account: &Account<'_>, config: &ConfigDir, before: &[Mail], what: &str) {
    let mut client = account.client();
    client.examine(KIEL);
    let mut there: Vec<Vec<u8>> = client.fetch_all().into_iter().map(|mail| mail.bytes).collect();
    let mut delivered: Vec<Vec<u8>> = before.iter().map(|mail| mail.bytes.clone()).collect();
    there.sort();
    delivered.sort();
    assert_eq!(there, delivered, "{what}: every mail once in its folder");
    assert_eq!(account.count("INBOX"), 0, "{what}");
    let state = config.state_dir();
    assert_eq!(ledger::events_of(&state, "sc-nord", "uebergeben"), MAILS as u64, "{what}");
    assert_eq!(ledger::events_of(&state, "sc-nord", "eingegangen"), MAILS as u64, "{what}");
    assert_eq!(ledger::open_operations(&state), 0, "{what}");
}

#[test]
fn a_connection_that_breaks_is_made_anew() {
    let mails: Vec<Mail> = (0..MAILS).map(|number| mails::to("Kiel", number)).collect();
    // The way to a session is not tried twice; see the next test.
    for moment in MOMENTS.iter().skip(1) {
        let account = account();
        let proxy = Proxy::filtering(ACCOUNTS.dovecot().address(), moment.filter());
        let postfach = Postfach { port: proxy.address().port(), ..account.postfach("sc-nord") };
        let config = ConfigDir::new([postfach], "");
        let outcome = binary::once(&config.file()).expect_code(0);
        let mailbox = outcome.mailbox("sc-nord");
        assert_eq!((&mailbox["seen"], &mailbox["moved"]), (&MAILS.into(), &MAILS.into()), "{}: {mailbox}", moment.what);
        check_end(&account, &config, &mails, moment.what);
    }
}

#[test]
fn the_next_run_repairs_what_a_lost_server_left() {
    let mails: Vec<Mail> = (0..MAILS).map(|number| mails::to("Kiel", number)).collect();
    for moment in MOMENTS {
        let (account, neighbour) = (account(), ACCOUNTS.with(&[COTTBUS], &[mails::to("Cottbus", 1)]));
        let proxy = Proxy::filtering(ACCOUNTS.dovecot().address(), and_then_nothing(moment.filter()));
        let port = proxy.address().port();
        let lost = Postfach { port, ..account.postfach("sc-nord") };
        let config = ConfigDir::new([lost, neighbour.postfach("sc-ost")], "");
        let outcome = binary::once(&config.file()).expect_code(1);
        assert_eq!(outcome.mailbox("sc-nord")["ok"], false, "{}", moment.what);
        assert_eq!(outcome.mailbox("sc-ost")["moved"], 1, "{}", moment.what);
        let there = account.count("INBOX") + account.count(KIEL);
        assert_eq!(there, MAILS, "{}: nothing is lost meanwhile", moment.what);

        let own_port = ACCOUNTS.dovecot().address().port();
        config.replace(&format!("port = {port}\n"), &format!("port = {own_port}\n"));
        binary::once(&config.file()).expect_code(0);
        check_end(&account, &config, &mails, moment.what);
        // And then there is nothing left to do.
        let summary = binary::once(&config.file()).expect_code(0).json();
        assert_eq!((&summary["write_commands"], &summary["events"]), (&0.into(), &0.into()), "{}", moment.what);
    }
}

/// After the first fault the server is gone for good.
fn and_then_nothing(filter: Filter) -> Filter {
    let gone = AtomicBool::new(false);
    Box::new(move |line| {
        if gone.load(Ordering::SeqCst) {
            return Action::CutBefore;
        }
        let action = filter(line);
        gone.store(action != Action::Pass, Ordering::SeqCst);
        action
    })
}
