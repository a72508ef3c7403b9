//! Folders of clerks that cannot be looked into: that is no trouble of the mailbox, and nothing is concluded from it.

use crate::account::{Account, INBOX, KIEL};
use crate::server::{Oddity, Reply, Switch};
use crate::support::{ledger, mails};

const BEARBEITET: &str = "INBOX/Agentur Kiel/Bearbeitet";
const FLENSBURG: &str = crate::account::FLENSBURG;

#[test]
fn a_folder_that_refuses_or_says_too_little_concerns_itself_only() {
    for (what, command, answer) in [
        ("it cannot be opened", "EXAMINE", "{tag} NO [NOPERM] no\r\n"),
        ("it cannot be listed", "UID FETCH", "{tag} NO message could not be rendered\r\n"),
        ("it tells no UIDVALIDITY", "EXAMINE", "* 0 EXISTS\r\n{tag} OK [READ-ONLY] done\r\n"),
    ] {
        let broken = Switch::default();
        let mut account = Account::new(vec![mails::to("Kiel", 1).bytes, mails::to("Flensburg", 2).bytes]);
        account.make(BEARBEITET);
        let oddity = Oddity::of(account, {
            let broken = broken.clone();
            let here = std::sync::Mutex::new(false);
            move |asked, _| {
                let mut here = here.lock().unwrap();
                if asked.command.starts_with("EXAMINE") || asked.command.starts_with("SELECT") {
                    *here = asked.command.contains("Bearbeitet");
                }
                match broken.is_on() && *here && asked.command.starts_with(command) {
                    true => Reply::Say(answer.into()),
                    false => Reply::Usual,
                }
            }
        });
        assert_eq!(oddity.good_run()["moved"], 2, "{what}");
        oddity.change(|account| {
            let bytes = account.folder_mut(KIEL).mails.remove(0).bytes;
            account.put(BEARBEITET, bytes);
            account.folder_mut(FLENSBURG).mails.clear();
            account.put(INBOX, mails::to("Flensburg", 3).bytes);
        });
        broken.turn(true);
        let said = oddity.once().expect_code(0);
        assert_eq!(said.mailbox("sc-nord")["moved"], 1, "{what}: INBOX is served");
        assert!(said.stderr.contains("cannot be seen"), "{what}: {said:#?}");
        for _ in 0..3 {
            oddity.once().expect_code(0);
        }
        let events = |art| ledger::events(&oddity.state_dir(), art);
        assert_eq!(events("verschwunden"), 0, "{what}: it may lie where nobody could look");
        broken.turn(false);
        for _ in 0..3 {
            oddity.once().expect_code(0);
        }
        assert_eq!((events("bearbeitet"), events("verschwunden")), (1, 1), "{what}");
    }
}
