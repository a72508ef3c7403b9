//! A mail that ends the process when it is read.

use std::sync::LazyLock;

use crate::support::accounts::Accounts;
use crate::support::imap_client::Mail;
use crate::support::scene::Mode;
use crate::support::{binary, ledger, mails};

static ACCOUNTS: LazyLock<Accounts> = LazyLock::new(|| Mode::Move.accounts(8));
const KIEL: &str = "INBOX/Agentur Kiel";

#[test]
fn f37_poison() {
    for place in [0, 3, 6] {
        let mut all: Vec<Mail> = (1..7).map(|number| mails::to("Kiel", number)).collect();
        all.insert(place, mails::to("Kiel", 666));
        let account = ACCOUNTS.with(&[KIEL], &all);
        let config = account.config("sc-nord");
        let start = || {
            let mut command = binary::command(&["once", "--format", "json"], &config.file());
            binary::finish(command.env("POSTWEICHE_POISON", "anfrage-666@"))
        };
        assert_eq!(start().code, None, "the first start dies");
        assert_eq!(start().code, None, "the second start dies");
        assert_eq!(account.count(KIEL), 6, "and has done all others before that");
        for _ in 0..2 {
            let outcome = start().expect_code(0);
            let mailbox = outcome.mailbox("sc-nord");
            assert_eq!((&mailbox["set_aside"], &mailbox["left"]["zurueckgestellt"]), (&1.into(), &1.into()));
        }
        let inbox = &account.snapshot()["INBOX"];
        assert_eq!(inbox.len(), 1);
        assert!(inbox[0].flags.is_empty(), "it was not marked as read");
        assert_eq!(ledger::events(&config.state_dir(), "uebergeben"), 6);
    }
}
