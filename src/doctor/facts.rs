//! What was seen, before anybody judged it.

use std::collections::HashMap;
use std::path::PathBuf;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::config::Kennzeichenwahl;
use crate::daemon::hash_key::{HashKeyError, KeyPlace};
use crate::domain::id::FolderName;
use crate::domain::kennzeichen::{Kennzeichen, Kennzeichennamen, Leser};
use crate::domain::postfach::{Betriebsart, Security};
use crate::imap::capability::Capabilities;
use crate::imap::certificate::Certificate;
use crate::imap::connect::Seen;
use crate::imap::connect_error::ConnectError;
use crate::imap::error::ImapError;
use crate::imap::folder::Opened;
use crate::imap::reply::{FolderFlags, ListedFolder, Resource, Rights};
use crate::imap::tls::TlsConfigError;
use crate::plan::target::target_folder;
use crate::plan::watch::{Watch, watch};
use crate::store::{LedgerError, Survey};

/// How far the way to a session led.
#[derive(Debug)]
pub enum Way {
    /// The password is not where it should be; nothing was connected.
    NoPassword(String),
    NoTlsSettings(TlsConfigError),
    Failed(ConnectError),
    /// Another mailbox of the same account had its password refused; nothing was connected.
    Spared,
    LoggedIn,
}

/// A mailbox, and what could be learnt of it.
#[derive(Debug)]
pub struct MailboxFacts {
    pub host: String,
    pub port: u16,
    pub security: Security,
    pub betriebsart: Betriebsart,
    /// How marks are read besides the folder, as configured.
    pub leser: Vec<Leser>,
    /// How they are called.
    pub wahl: Kennzeichenwahl,
    pub now: Timestamp,
    /// The day in the time zone of the mailboxes.
    pub today: Date,
    pub way: Way,
    pub seen: Seen,
    /// What the server showed, its own first.
    pub certificates: Vec<Certificate>,
    /// Whether the authorities of `ca_file` vouch for it; none if no file is configured.
    pub trusted_by_ca_file: Option<bool>,
    pub inside: Inside,
}

/// What was heard after login. What is missing was not asked, or not answered.
#[derive(Debug, Default)]
pub struct Inside {
    pub capabilities: Option<Capabilities>,
    pub inbox: Option<Opened>,
    /// Of the folder of an Agentur; of the INBOX, if none could be opened.
    pub flags: Flags,
    pub folders: Option<ListedFolders>,
    pub targets: Vec<Target>,
    /// The folder for mail that cannot be read, if there is to be one; without an Agentur.
    pub pruefordner: Option<Target>,
    pub listing: Option<ListingFacts>,
    /// Of so many messages so many have a `Keywords:` field.
    pub keywords: Option<(usize, usize)>,
    pub rights: Option<Rights>,
    pub quota: Option<Vec<Resource>>,
    pub product: Option<(Option<String>, Option<String>)>,
    pub identity: Option<Identity>,
    /// What was seen of the test mails; only if they were looked for.
    pub selbsttest: Option<Selbsttest>,
    /// What was asked and not answered, in the order of asking.
    pub trouble: Vec<(Question, ImapError)>,
}

impl Inside {
    /// Whether LIST named this folder.
    pub fn lists(&self, folder: &FolderName) -> bool {
        let mut lines = self.folders.iter().flat_map(|folders| &folders.lines);
        lines.any(|line| line.name.as_ref() == Some(folder))
    }

    /// The folders of these Agenturen and their mark folders, sorted out as for the observation of marks.
    pub fn watch(&self, wahl: &Kennzeichenwahl) -> Watch {
        let Some(ListedFolders { separator, lines }) = &self.folders else { return Watch::default() };
        let targets = self.targets.iter();
        let agenturen: HashMap<FolderName, String> =
            targets.filter_map(|target| Some((target.folder.clone()?, target.slug.clone()))).collect();
        let sc_ordner: Vec<FolderName> =
            wahl.sc_ordner.iter().filter_map(|path| target_folder(path, *separator)).collect();
        let selectable = lines.iter().filter(|line| line.selectable).filter_map(|line| line.name.as_ref());
        watch(selectable, *separator, &agenturen, &sc_ordner, &wahl.namen)
    }
}

/// The flags of a folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// Those that there are (FLAGS).
    pub there: Option<FolderFlags>,
    /// Those that can be kept (PERMANENTFLAGS).
    pub kept: Option<FolderFlags>,
}

/// What was seen of the test mails of an office. No subject is in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selbsttest {
    pub slug: String,
    /// The folders that were looked into: that of the Agentur (none), and those of marks.
    pub looked_into: Vec<Option<Kennzeichen>>,
    pub mails: Vec<TestMail>,
}

/// One test mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TestMail {
    /// For which QuickStep it is, by its subject; none if for no particular one.
    pub gemeint: Option<Kennzeichen>,
    /// The mark in whose folder it lies; none: in that of the Agentur.
    pub liegt: Option<Kennzeichen>,
    /// `\Flagged`.
    pub flagged: bool,
    pub keywords: Words,
    /// Its `Keywords:` field.
    pub field: Words,
}

/// What words say that a message shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Words {
    None,
    /// There are some, and none of them is the name of a mark.
    Unknown,
    Mark,
}

impl Words {
    /// Those with `$` are set by programs.
    pub fn of(words: &[String], namen: &Kennzeichennamen) -> Self {
        let mut of_people = words.iter().filter(|word| !word.starts_with('$')).peekable();
        match (of_people.peek().is_some(), of_people.any(|word| namen.find(word).is_some())) {
            (_, true) => Self::Mark,
            (true, false) => Self::Unknown,
            (false, false) => Self::None,
        }
    }
}

/// What is asked after login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    Inbox,
    Folders,
    Listing,
    Identity,
    Keywords,
    Targets,
    Flags,
    Selbsttest,
    Rights,
    Quota,
    Product,
    SecondLook,
}

impl Question {
    /// In words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Inbox => "opening the INBOX",
            Self::Folders => "listing the folders",
            Self::Listing => "listing the INBOX",
            Self::Identity => "reading the identity fields",
            Self::Keywords => "looking for Keywords fields",
            Self::Targets => "asking for the folders of the Agenturen",
            Self::Flags => "opening the folder of an Agentur",
            Self::Selbsttest => "looking for test mails",
            Self::Rights => "asking for the rights on the INBOX",
            Self::Quota => "asking for the fill level",
            Self::Product => "asking for product and version",
            Self::SecondLook => "looking at the identity fields again",
        }
    }

    /// Whether the service works without an answer.
    pub fn is_optional(self) -> bool {
        matches!(self, Self::Keywords | Self::Flags | Self::Rights | Self::Quota | Self::Product)
    }
}

/// What LIST said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedFolders {
    pub separator: Option<char>,
    pub lines: Vec<ListedFolder>,
}

/// The folder of an Agentur, as configuration and master data name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub agentur: String,
    /// Its key in the master data.
    pub slug: String,
    /// With `/` as hierarchy.
    pub path: String,
    /// `ordner` of the master data.
    pub ordner: String,
    /// Its name on this server; none if there can be no such folder.
    pub folder: Option<FolderName>,
    /// Whether the Agentur is not valid yet.
    pub later: bool,
    /// Whether STATUS answered; none if it was not asked.
    pub answers: Option<bool>,
}

/// What the listing of the INBOX said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListingFacts {
    /// Counted by the server and not described.
    pub missing: u32,
    /// The latest INTERNALDATE.
    pub newest: Option<Timestamp>,
}

/// The same messages looked at over two connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    pub compared: usize,
    pub equal: usize,
}

/// Ledger, disk and key.
#[derive(Debug)]
pub struct ServiceFacts {
    pub state_dir: PathBuf,
    /// None: there is no such directory.
    pub dir: Option<Directory>,
    pub ledger: Result<Survey, LedgerError>,
    /// Whether the file, or a new one, can be written.
    pub ledger_writable: bool,
    pub space: Option<Space>,
    pub key: Result<KeyPlace, HashKeyError>,
    /// Who holds the lock.
    pub holder: Option<String>,
}

/// Rights of the state directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Directory {
    /// The nine bits.
    pub mode: u32,
    /// Whether it belongs to the user who asks.
    pub ours: bool,
    pub writable: bool,
}

/// Room on a file system, for whoever is not root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Space {
    pub bytes: u64,
    /// None where the file system has no fixed number.
    pub inodes: Option<u64>,
}
