//! Mail that a person put back, when the folder it came from cannot be seen.

use crate::account::{Account, FLENSBURG, INBOX, KIEL};
use crate::server::{Oddity, Reply, Switch};
use crate::support::{ledger, mails};

#[test]
fn a_closed_folder_leaves_only_its_own_mail_undecided_until_it_can_be_seen() {
    // Dragged back, or a twin that came in while the first one is still there.
    for (still_there, moved, word) in [(false, 0, Some("zurueckgegeben")), (true, 1, None)] {
        let closed = Switch::default();
        let mail = mails::to("Kiel", 1).bytes;
        let oddity = Oddity::of(Account::new(vec![mail.clone()]), {
            let closed = closed.clone();
            move |asked, _| match closed.is_on() && asked.command.starts_with("EXAMINE") && asked.command.contains(KIEL)
            {
                true => Reply::Say("{tag} NO [NOPERM] no\r\n".into()),
                false => Reply::Usual,
            }
        });
        assert_eq!(oddity.good_run()["moved"], 1);
        closed.turn(true);
        oddity.change(|account| {
            if !still_there {
                account.folder_mut(KIEL).mails.clear();
            }
            account.put(INBOX, mail);
            account.put(INBOX, mails::to("Flensburg", 9).bytes);
        });
        for moved in [1, 0] {
            let mailbox = oddity.good_run();
            assert_eq!((&mailbox["moved"], &mailbox["left"]["ungeprueft"]), (&moved.into(), &1.into()), "{mailbox}");
        }
        assert_eq!((oddity.count(INBOX), oddity.count(FLENSBURG)), (1, 1));
        assert_eq!(ledger::events(&oddity.state_dir(), "zurueckgegeben"), 0);
        closed.turn(false);
        let mailbox = oddity.good_run();
        assert_eq!(mailbox["moved"], moved, "{mailbox}");
        assert_eq!(word.map(|word| mailbox["left"][word].clone()), word.map(|_| 1.into()), "{mailbox}");
    }
}
