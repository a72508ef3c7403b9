//! What the service does from one poll to the next.

use crate::account::{Account, FLENSBURG, INBOX, KIEL, is_move};
use crate::server::{Oddity, Reply, Switch};
use crate::support::mails;
use crate::support::wait::eventually;

/// Waits until INBOX was opened so many times more.
fn polls(oddity: &Oddity, count: usize) {
    let before = oddity.heard("SELECT");
    eventually("the next polls", || oddity.heard("SELECT") >= before + count);
}

#[test]
fn mail_that_comes_while_a_clerk_takes_one_is_seen_at_the_next_poll() {
    let (settled, exchanged) = (Switch::default(), Switch::default());
    let account = Account::new(vec![mails::to("Niemand", 1).bytes]);
    let oddity = Oddity::of(account, {
        move |asked, account| {
            // The second time INBOX is opened, after its listing: one is taken, one comes, and the count is the same.
            if asked.command.starts_with("SELECT") && !settled.first() && exchanged.first() {
                account.folder_mut(INBOX).mails.clear();
                account.put(INBOX, mails::to("Kiel", 2).bytes);
            }
            Reply::Usual
        }
    });
    let _service = oddity.serve();
    eventually("the new mail is handed over", || oddity.count(KIEL) == 1);
    assert_eq!(oddity.count(INBOX), 0);
}

#[test]
fn refused_moves_are_not_repeated_at_every_poll() {
    let account = Account::new((0..20).map(|number| mails::to("Kiel", number).bytes).collect());
    let oddity = Oddity::of(account, |asked, _| match is_move(asked.command) && asked.command.contains(KIEL) {
        true => Reply::Say("{tag} NO [OVERQUOTA] full\r\n".into()),
        false => Reply::Usual,
    });
    let _service = oddity.serve();
    eventually("the first refusal", || oddity.heard("UID MOVE") > 0);
    polls(&oddity, 4);
    oddity.change(|account| account.put(INBOX, mails::to("Flensburg", 30).bytes));
    eventually("other mail is moved", || oddity.count(FLENSBURG) == 1);
    polls(&oddity, 4);
    let refused = oddity.take_commands("UID MOVE").iter().filter(|command| command.contains(KIEL)).count();
    assert_eq!((refused, oddity.count(INBOX)), (1, 20));
}
