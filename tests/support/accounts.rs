//! One server for all cases of a test binary, and an account of its own for each case.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::config::{ConfigDir, Postfach};
use super::dovecot::{Dovecot, Options};
use super::imap_client::{ImapClient, Mail, Snapshot};

/// A server with a supply of accounts. Keep it in a `static` of the test binary.
#[derive(Debug)]
pub struct Accounts {
    dovecot: Dovecot,
    taken: AtomicUsize,
}

impl Accounts {
    /// Starts a server with so many accounts.
    pub fn start(count: usize, options: Options) -> Accounts {
        let names: Vec<String> = (0..count).map(|number| format!("konto-{number}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        Accounts::start_as(&names, options)
    }

    /// The same with these login names.
    pub fn start_as(names: &[&str], options: Options) -> Accounts {
        Accounts { dovecot: Dovecot::start(options.users(names)), taken: AtomicUsize::new(0) }
    }

    pub fn dovecot(&self) -> &Dovecot {
        &self.dovecot
    }

    /// An account nobody has used.
    ///
    /// # Panics
    ///
    /// If there is none left.
    pub fn fresh(&self) -> Account<'_> {
        let number = self.taken.fetch_add(1, Ordering::SeqCst);
        let user = self.dovecot.users().get(number).expect("the server has more accounts than there are cases");
        Account { dovecot: &self.dovecot, user: user.clone() }
    }

    /// A fresh account with these folders and these mails in INBOX.
    pub fn with(&self, folders: &[&str], mails: &[Mail]) -> Account<'_> {
        let account = self.fresh();
        account.create_folders(folders);
        account.deliver(mails);
        account
    }
}

/// An account that one case has for itself.
#[derive(Clone, Debug)]
pub struct Account<'a> {
    dovecot: &'a Dovecot,
    pub user: String,
}

impl Account<'_> {
    pub fn client(&self) -> ImapClient {
        self.dovecot.client(&self.user)
    }

    pub fn create_folders(&self, folders: &[&str]) {
        self.dovecot.create_folders(&self.user, folders);
    }

    /// Puts mails into INBOX, in order.
    pub fn deliver(&self, mails: &[Mail]) {
        if !mails.is_empty() {
            self.dovecot.deliver(&self.user, "INBOX", mails);
        }
    }

    /// Everything in it, read without changing anything.
    pub fn snapshot(&self) -> Snapshot {
        self.client().snapshot()
    }

    /// How many mails lie in a folder; 0 if there is no such folder.
    pub fn count(&self, folder: &str) -> usize {
        self.snapshot().get(folder).map_or(0, Vec::len)
    }

    /// Where its server listens.
    pub fn address(&self) -> std::net::SocketAddr {
        self.dovecot.address()
    }

    /// The mailbox of the configuration that it is for an SC region.
    pub fn postfach(&self, region: &str) -> Postfach {
        Postfach { user: self.user.clone(), ..Postfach::plain(region, self.dovecot.address()) }
    }

    /// A configuration with nothing but this account, as the mailbox of an SC region.
    pub fn config(&self, region: &str) -> ConfigDir {
        ConfigDir::new([self.postfach(region)], "")
    }
}
