//! Killed between the move and its record.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::front::Front;
use crate::support::exchange::profile::Profile;
use crate::support::imap_client::Mail;
use crate::support::proxy::{Action, Line, Proxy, Side, at_nth};
use crate::support::wait::eventually;
use crate::support::{binary, ledger, mails};

const MAILS: usize = 5;

#[test]
fn killed_between_move_and_record_it_moves_once_and_counts_once() {
    for profile in Profile::all() {
        let (moves, done): (&[(Side, &str)], _) = match profile.has_move() {
            true => (&[(Side::Client, "UID MOVE"), (Side::Server, "[COPYUID")], "OK MOVE completed"),
            false => (
                &[
                    (Side::Client, "UID COPY"),
                    (Side::Server, "[COPYUID"),
                    (Side::Client, "UID STORE"),
                    (Side::Client, "UID EXPUNGE"),
                    (Side::Server, "EXPUNGE completed"),
                ],
                "OK COPY completed",
            ),
        };
        for (side, line) in moves.iter().copied().chain([(Side::Server, done)]) {
            let what = format!("{}: {side:?} {line}", profile.name);
            let mails: Vec<Mail> = (0..MAILS).map(|number| mails::to("Kiel", number)).collect();
            let front = Front::with(&profile, &mails);
            let before = front.account.snapshot()["INBOX"].clone();
            let stalled = Arc::new(AtomicBool::new(false));
            let fault = at_nth(side, 1, line, Action::Stall);
            let proxy = Proxy::filtering(front.exchange.address(), {
                let stalled = stalled.clone();
                Box::new(move |line: Line<'_>| {
                    let action = fault(line);
                    stalled.fetch_or(action == Action::Stall, Ordering::SeqCst);
                    action
                })
            });
            let (own, other) = (front.exchange.address().port(), proxy.address().port());
            front.config.replace(&format!("port = {own}\n"), &format!("port = {other}\n"));
            let running = binary::spawn(&["run"], &front.config.file());
            eventually("the proxy stalls", || stalled.load(Ordering::SeqCst));
            drop(running);
            assert!(ledger::open_operations(&front.config.state_dir()) > 0, "{what}");
            front.config.replace(&format!("port = {other}\n"), &format!("port = {own}\n"));
            drop(proxy);

            front.once();
            // A copy of which the program never heard cannot be told from a twin: both are kept, and the ledger says so.
            let in_doubt = !profile.has_move() && side == Side::Server && line != "EXPUNGE completed";
            let left = if in_doubt { MAILS } else { 0 };
            assert_eq!(front.counts(), (left, MAILS, 0), "{what}");
            assert_eq!(front.account.snapshot()["INBOX/Agentur Kiel"], before, "{what}");
            let state = front.config.state_dir();
            let doubtful = ledger::number(&state, "SELECT count(*) FROM operation WHERE state = 'mehrdeutig'");
            let told = (ledger::events(&state, "uebergeben"), ledger::open_operations(&state), doubtful);
            assert_eq!(told, ((MAILS - left) as u64, 0, left as u64), "{what}");
            front.check_quiet(&what);
        }
    }
}

/// In COPY mode one lost answer leaves a whole set in doubt.
#[test]
fn one_lost_answer_does_not_stop_copying() {
    let mails: Vec<Mail> = (0..MAILS).map(|number| mails::to("Kiel", number)).collect();
    let front = Front::with(&Profile::exchange_2013(), &mails);
    let fault = at_nth(Side::Server, 1, "[COPYUID", Action::CutBefore);
    let proxy = Proxy::filtering(front.exchange.address(), fault);
    let (own, other) = (front.exchange.address().port(), proxy.address().port());
    front.config.replace(&format!("port = {own}\n"), &format!("port = {other}\n"));
    front.once();
    front.account.deliver(&[mails::to("Flensburg", 77)]);
    let outcome = front.once();
    assert_eq!(front.counts().2, 1, "{outcome:#?}");
}
