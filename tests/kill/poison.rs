//! A mail that ends the process when it is read.

use std::sync::LazyLock;

use crate::support::accounts::Accounts;
use crate::support::config::ConfigDir;
use crate::support::imap_client::Mail;
use crate::support::scene::Mode;
use crate::support::{binary, ledger, mails};

static ACCOUNTS: LazyLock<Accounts> = LazyLock::new(|| Mode::Move.accounts(12));
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
        // Who was being read at the same moment is under the same suspicion, and may have to wait behind the culprit.
        let suspects = std::thread::available_parallelism().map_or(2, std::num::NonZero::get) - 1;
        assert!(account.count(KIEL) + suspects >= 6, "and has done all others before that");
        for _ in 0..2 {
            let outcome = start().expect_code(0);
            let mailbox = outcome.mailbox("sc-nord");
            assert_eq!((&mailbox["set_aside"], &mailbox["left"]["zurueckgestellt"]), (&1.into(), &1.into()));
            assert_eq!(account.count(KIEL), 6, "nobody else is set aside");
        }
        let inbox = &account.snapshot()["INBOX"];
        assert_eq!(inbox.len(), 1);
        assert!(inbox[0].flags.is_empty(), "it was not marked as read");
        assert_eq!(ledger::events(&config.state_dir(), "uebergeben"), 6);
    }
}

/// Mail of two mailboxes is judged by the same threads: the poison of one is not held against the other.
#[test]
fn f37_poison_is_not_held_against_the_mail_of_others() {
    for _ in 0..3 {
        let mails = |first: usize| (first..first + 30).map(|number| mails::to("Kiel", number)).collect::<Vec<Mail>>();
        let (mut poisoned, healthy) = (mails(1), mails(100));
        poisoned.insert(15, mails::to("Kiel", 666));
        let (nord, ost) = (ACCOUNTS.with(&[KIEL], &poisoned), ACCOUNTS.with(&[], &healthy));
        let config = ConfigDir::new([nord.postfach("sc-nord"), ost.postfach("sc-ost")], "");
        let start = || {
            let mut command = binary::command(&["once", "--format", "json"], &config.file());
            binary::finish(command.env("POSTWEICHE_POISON", "anfrage-666@"))
        };
        assert_eq!(start().code, None, "the first start dies");
        assert_eq!(start().code, None, "the second start dies");
        let outcome = start().expect_code(0);
        assert_eq!(outcome.mailbox("sc-nord")["set_aside"], 1);
        assert_eq!(outcome.mailbox("sc-ost")["set_aside"], 0);
        assert_eq!(nord.count(KIEL), 30, "all of the others are done");
        assert_eq!(ledger::events_of(&config.state_dir(), "sc-ost", "eingegangen"), 30);
        assert_eq!(ledger::number(&config.state_dir(), "SELECT count(*) FROM versuch WHERE abstuerze > 1"), 1);
    }
}
