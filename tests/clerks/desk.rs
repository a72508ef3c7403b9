//! A mailbox with clerks in it, and the program that watches them.

use std::cell::{RefCell, RefMut};
use std::sync::LazyLock;

use crate::support::accounts::{Account, Accounts};
use crate::support::binary::{self, Outcome};
use crate::support::config::{ConfigDir, Postfach};
use crate::support::dovecot::Options;
use crate::support::exchange::Exchange;
use crate::support::exchange::outlook::Outlook;
use crate::support::exchange::profile::{Profile, Renumbers};
use crate::support::imap_client::Mail;
use crate::support::ledger;
use crate::support::proxy::transcript::{Transcript, writes};
use crate::support::proxy::{Proxy, pass};

pub static ACCOUNTS: LazyLock<Accounts> = LazyLock::new(|| Accounts::start(240, Options::default()));

pub const INBOX: &str = "INBOX";
pub const KIEL: &str = "INBOX/Agentur Kiel";
pub const FLENSBURG: &str = "INBOX/Agentur Flensburg";
pub const IN_BEARBEITUNG: &str = "INBOX/Agentur Kiel/In Bearbeitung";
pub const BEARBEITET: &str = "INBOX/Agentur Kiel/Bearbeitet";
pub const BEARBEITET_AU: &str = "INBOX/Agentur Kiel/Bearbeitet/AU";
pub const ZU_LOESCHEN: &str = "INBOX/Agentur Kiel/Zu löschen";
pub const ZURUECK: &str = "INBOX/Agentur Kiel/Zurück an SC";
pub const FLENSBURG_BEARBEITET: &str = "INBOX/Agentur Flensburg/Bearbeitet";
/// Work folder of the Service Center.
pub const UNGEKLAERT: &str = "INBOX/Ungeklärt";
/// Watched by nobody.
pub const ABLAGE: &str = "Ablage";

/// All of them; a folder before those below it.
const FOLDERS: [&str; 10] = [
    KIEL,
    FLENSBURG,
    IN_BEARBEITUNG,
    BEARBEITET,
    BEARBEITET_AU,
    ZU_LOESCHEN,
    ZURUECK,
    FLENSBURG_BEARBEITET,
    UNGEKLAERT,
    ABLAGE,
];

/// What becomes of a mail to Kiel before any clerk sees it.
pub const HANDED_OVER: [&str; 3] = [
    "eingegangen unbekannt",
    "zugeordnet dienst kiel (empfaenger_liegenschaft)",
    "uebergeben dienst kiel (empfaenger_liegenschaft)",
];

/// What becomes of a mail to nobody.
pub const UNRESOLVED: [&str; 2] = ["eingegangen unbekannt", "ungeklaert dienst (kein_hinweis)"];

/// One mailbox of a real server, with all folders that the clerks need, and the program in front of it.
pub struct Desk {
    pub account: Account<'static>,
    pub config: ConfigDir,
    /// A clerk at work.
    outlook: RefCell<Outlook>,
    /// What the program has said to the server since it was last asked for.
    pub transcript: Transcript,
    name: String,
    front: RefCell<Front>,
}

/// What stands between the program and the server.
struct Front {
    // Dropped in this order: who asks before who answers.
    proxy: Proxy,
    exchange: Option<Exchange>,
}

impl Front {
    fn before(account: &Account<'_>, profile: Option<Profile>, transcript: &Transcript) -> Front {
        let exchange = profile.map(|profile| Exchange::before(account.address(), profile));
        let server = exchange.as_ref().map_or(account.address(), Exchange::address);
        Front { proxy: Proxy::filtering(server, transcript.before(pass())), exchange }
    }

    fn port(&self) -> String {
        format!("port = {}\n", self.proxy.address().port())
    }
}

/// The same story at each kind of Exchange: one that renumbers messages on category, on flag, on edit, and never.
pub fn at_each_exchange(mails: &[Mail], story: impl Fn(&Desk)) {
    at_each_exchange_with(mails, "", story);
}

/// The same with further lines for the mailbox.
pub fn at_each_exchange_with(mails: &[Mail], postfach: &str, story: impl Fn(&Desk)) {
    for renumbers in Renumbers::ALL {
        story(&Desk::exchange(exchange(renumbers), mails, postfach));
    }
}

/// An Exchange that renumbers in this way. Nothing else comes and goes meanwhile.
pub fn exchange(renumbers: Renumbers) -> Profile {
    Profile { renumbers, chatter: false, ..Profile::exchange_2016() }
}

impl Desk {
    /// At a Dovecot as it is.
    pub fn new(mails: &[Mail]) -> Desk {
        Desk::with(mails, "")
    }

    /// The same with further lines for the mailbox.
    pub fn with(mails: &[Mail], postfach: &str) -> Desk {
        Desk::open(mails, postfach, None)
    }

    /// At an Exchange.
    pub fn exchange(profile: Profile, mails: &[Mail], postfach: &str) -> Desk {
        Desk::open(mails, postfach, Some(profile))
    }

    fn open(mails: &[Mail], lines: &str, profile: Option<Profile>) -> Desk {
        let account = ACCOUNTS.with(&FOLDERS, mails);
        let renumbers = profile.as_ref().map_or(Renumbers::Never, |profile| profile.renumbers);
        let name = profile.as_ref().map_or("Dovecot".to_owned(), |profile| format!("{} {renumbers:?}", profile.name));
        let outlook = RefCell::new(Outlook::new(account.client(), renumbers));
        let transcript = Transcript::default();
        let front = Front::before(&account, profile, &transcript);
        let postfach = Postfach { port: front.proxy.address().port(), ..account.postfach("sc-nord") };
        let config = ConfigDir::new([postfach.extra(lines)], "");
        config.kennzeichen("in_bearbeitung = [\"In Bearbeitung\"]");
        config.few_agenturen(&["kiel", "flensburg"]);
        Desk { account, config, outlook, transcript, name, front: RefCell::new(front) }
    }

    /// From now on the mailbox is reached through an Exchange like this one.
    pub fn reach_through(&self, profile: Profile) {
        let front = Front::before(&self.account, Some(profile), &self.transcript);
        self.config.replace(&self.front.borrow().port(), &front.port());
        self.front.replace(front);
    }

    /// One cycle, and in it one whole round through all watched folders.
    pub fn once(&self) -> Outcome {
        let outcome = binary::once(&self.config.file()).expect_code(0);
        if let Some(exchange) = &self.front.borrow().exchange {
            assert_eq!((exchange.forbidden(), exchange.errors()), (Vec::new(), 0), "{}", self.name);
        }
        outcome
    }

    /// So many cycles, one after the other.
    pub fn rounds(&self, number: usize) {
        (0..number).for_each(|_| drop(self.once()));
    }

    /// The clerk.
    pub fn outlook(&self) -> RefMut<'_, Outlook> {
        self.outlook.borrow_mut()
    }

    /// What happened to each Vorgang so far.
    pub fn lives(&self) -> Vec<Vec<String>> {
        ledger::lives(&self.config.state_dir())
    }

    /// How many events of a kind there are.
    pub fn count(&self, art: &str) -> u64 {
        ledger::events(&self.config.state_dir(), art)
    }

    /// The only Vorgang has gone through this, and through nothing else.
    #[track_caller]
    pub fn expect_life(&self, beginning: &[&str], rest: &[&str]) {
        self.expect_lives(&[&[beginning, rest].concat()]);
    }

    /// These are the lives of all Vorgänge, in whatever order: nobody can tell twins apart.
    #[track_caller]
    pub fn expect_lives(&self, expected: &[&[&str]]) {
        let mut lives = self.lives();
        let mut expected = expected.to_vec();
        lives.sort();
        expected.sort();
        assert_eq!(lives, expected, "{}", self.name);
    }

    /// A cycle after which nothing is to be done, and nothing is done.
    #[track_caller]
    pub fn expect_quiet(&self) {
        self.transcript.take();
        let summary = self.once().json();
        let commands = self.transcript.take();
        let (changes, events) = (&summary["write_commands"], &summary["events"]);
        assert_eq!((changes, events), (&0.into(), &0.into()), "{}: {summary}", self.name);
        assert_eq!(writes(&commands), [""; 0], "{}", self.name);
    }

    /// A clerk takes the only mail of a folder, puts it into another and handles it there.
    #[track_caller]
    pub fn drag(&self, from: &str, to: &str) {
        let uid = self.only(from);
        let mut outlook = self.outlook();
        let uid = outlook.drag(from, uid, to);
        outlook.handle(to, uid);
    }

    /// A clerk does with the only mail of a folder what may give it another UID.
    #[track_caller]
    pub fn handle(&self, folder: &str) {
        let uid = self.only(folder);
        self.outlook().handle(folder, uid);
    }

    /// A clerk deletes the only mail of a folder for good.
    #[track_caller]
    pub fn delete(&self, folder: &str) {
        let uid = self.only(folder);
        self.outlook().delete(folder, uid);
    }

    /// A mark is set, or taken back: it counts when it was seen twice, also if the message is handled between.
    #[track_caller]
    pub fn mark(&self, from: &str, to: &str) {
        self.drag(from, to);
        self.once();
        self.handle(to);
        self.once();
    }

    /// The UID of the only mail in a folder.
    #[track_caller]
    pub fn only(&self, folder: &str) -> u32 {
        let uids = self.outlook().uids(folder);
        assert_eq!(uids.len(), 1, "{}: mails in {folder}", self.name);
        uids[0]
    }

    /// How many mails lie in each of these folders.
    pub fn counts<const N: usize>(&self, folders: [&str; N]) -> [usize; N] {
        folders.map(|folder| self.outlook().uids(folder).len())
    }
}
