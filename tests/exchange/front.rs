//! An account of a Dovecot, reached through an Exchange.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::support::accounts::{Account, Accounts};
use crate::support::binary::{self, Outcome};
use crate::support::config::{ConfigDir, Postfach};
use crate::support::dovecot::{Options, PASSWORD};
use crate::support::exchange::Exchange;
use crate::support::exchange::profile::Profile;
use crate::support::imap_client::{ImapClient, Mail};

static ACCOUNTS: LazyLock<Accounts> = LazyLock::new(|| Accounts::start(160, Options::default()));

pub const INBOX: &str = "INBOX";
pub const KIEL: &str = "INBOX/Agentur Kiel";
pub const FLENSBURG: &str = "INBOX/Agentur Flensburg";

/// One mailbox behind an Exchange, and the program that serves it. Clerks and checks go to the Dovecot directly.
pub struct Front {
    pub account: Account<'static>,
    pub exchange: Exchange,
    pub config: ConfigDir,
    /// Connections of a test itself.
    guests: AtomicUsize,
}

impl Front {
    /// These mails in INBOX, and a folder for Kiel and Flensburg.
    pub fn with(profile: &Profile, mails: &[Mail]) -> Front {
        Front::serving(profile, mails, "")
    }

    /// The same with further lines for `[dienst]`.
    pub fn serving(profile: &Profile, mails: &[Mail], dienst: &str) -> Front {
        let account = ACCOUNTS.with(&[KIEL, FLENSBURG], mails);
        let exchange = Exchange::before(account.address(), profile.clone());
        let postfach = Postfach { port: exchange.address().port(), ..account.postfach("sc-nord") };
        let config = ConfigDir::new([postfach], dienst);
        config.few_agenturen(&["kiel", "flensburg"]);
        Front { account, exchange, config, guests: AtomicUsize::default() }
    }

    /// One cycle that succeeds and asks for nothing that Exchange has not.
    pub fn once(&self) -> Outcome {
        let outcome = binary::once(&self.config.file()).expect_code(0);
        assert_eq!(self.exchange.forbidden(), [""; 0]);
        assert_eq!(self.exchange.errors(), 0, "commands were refused as wrong");
        let (most, guests) = (self.exchange.most_connections(), self.guests.load(Ordering::SeqCst));
        assert!(most <= 1 + guests, "{most} connections at once, {guests} of them of the test");
        outcome
    }

    /// A cycle after which nothing is to be done, and nothing is done.
    pub fn check_quiet(&self, what: &str) {
        let summary = self.once().json();
        assert_eq!((&summary["write_commands"], &summary["events"]), (&0.into(), &0.into()), "{what}: {summary}");
    }

    /// How much lies in INBOX, for Kiel and for Flensburg.
    pub fn counts(&self) -> (usize, usize, usize) {
        let snapshot = self.account.snapshot();
        let count = |folder| snapshot.get(folder).map_or(0, Vec::len);
        (count(INBOX), count(KIEL), count(FLENSBURG))
    }

    /// A client of the Exchange that has logged in.
    pub fn client(&self) -> ImapClient {
        self.guests.fetch_add(1, Ordering::SeqCst);
        let mut client = ImapClient::connect(self.exchange.address());
        client.login(&self.account.user, PASSWORD);
        client
    }

    /// A person takes every mail of one folder and puts it into another.
    pub fn drag(&self, from: &str, to: &str) {
        let mut client = self.account.client();
        client.select(from);
        let uids: Vec<u32> = client.fetch_all().iter().map(|mail| mail.uid).collect();
        client.move_to(&uids, to);
    }
}
