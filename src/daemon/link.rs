//! One connection and what was learnt over it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::config::{self, LoginMethod, Postfach};
use crate::domain::id::FolderName;
use crate::domain::postfach::Security;
use crate::imap::connect::{self, Endpoint, Timeouts};
use crate::imap::error::{ImapError, RefusalClass};
use crate::imap::exchange::{Deadlines, Session};
use crate::imap::folder::{self, Folders, Opened, Status};
use crate::imap::sasl::Login;
use crate::imap::tls;

use super::error::CycleError;

/// How long a list of folders is believed before a missing one is looked for again.
const FOLDERS_FRESH: Duration = Duration::from_secs(600);

/// A logged-in connection with the folders behind it.
pub struct Link {
    pub session: Session,
    pub folders: Folders,
    listed_at: Instant,
    stale: bool,
    /// What STATUS said of target folders on this connection. UIDNEXT only grows, so an old one stays a lower bound.
    statuses: HashMap<FolderName, Status>,
    /// Folders that refused STATUS or a move since the folders were listed, with the word for it.
    refused: HashMap<FolderName, &'static str>,
    /// Agenturen whose missing folder was reported since the folders were listed.
    missing: HashSet<String>,
}

/// Makes the TLS settings and the address of a mailbox's server.
pub fn endpoint(postfach: &Postfach) -> Result<Endpoint, CycleError> {
    let tls = match postfach.security {
        Security::None => None,
        Security::Tls | Security::Starttls => {
            Some(tls::client_config(postfach.ca_file.as_deref()).map_err(ImapError::from)?)
        }
    };
    Ok(endpoint_with(postfach, tls))
}

/// The address of a mailbox's server, with these TLS settings.
pub fn endpoint_with(postfach: &Postfach, tls: Option<Arc<rustls::ClientConfig>>) -> Endpoint {
    let login = match postfach.login {
        LoginMethod::Auto => Login::Auto,
        LoginMethod::Login => Login::LoginCommand,
        LoginMethod::Plain => Login::Plain,
    };
    Endpoint { host: postfach.host.clone(), port: postfach.port, security: postfach.security, tls, login }
}

/// How long to wait on the way to a session.
pub fn timeouts(dienst: &config::Dienst) -> Timeouts {
    Timeouts {
        connect: dienst.connect_timeout,
        greeting: dienst.greeting_timeout,
        read: dienst.read_timeout,
        command: dienst.command_timeout,
    }
}

/// How long to wait within a session.
pub fn deadlines(dienst: &config::Dienst) -> Deadlines {
    Deadlines { read: dienst.read_timeout, command: dienst.command_timeout }
}

impl Link {
    /// Connects, logs in and lists the folders.
    pub async fn open(endpoint: &Endpoint, postfach: &Postfach, dienst: &config::Dienst) -> Result<Self, CycleError> {
        let password = postfach.password.read()?;
        let connected = connect::connect(endpoint, &postfach.user, &password, &timeouts(dienst)).await?;
        let mut session = Session::new(connected, deadlines(dienst));
        if postfach.betriebsart.moves() && session.capabilities().weg().is_none() {
            session.logout().await;
            return Err(ImapError::CannotMove.into());
        }
        let folders = folder::list(&mut session).await?;
        Ok(Link {
            session,
            folders,
            listed_at: Instant::now(),
            stale: false,
            statuses: HashMap::new(),
            refused: HashMap::new(),
            missing: HashSet::new(),
        })
    }

    /// Lists the folders again if the list is old: somebody may have made a missing one.
    pub async fn refresh_folders(&mut self) -> Result<(), CycleError> {
        if self.stale || self.listed_at.elapsed() >= FOLDERS_FRESH {
            self.stale = false;
            self.folders = folder::list(&mut self.session).await?;
            self.listed_at = Instant::now();
            self.refused.clear();
            self.missing.clear();
        }
        Ok(())
    }

    /// The list of folders is wrong: the next use asks for it again.
    pub fn forget_folders(&mut self) {
        self.stale = true;
    }

    /// Whether this folder is there and has not refused anything.
    pub fn can_open(&self, folder: &FolderName) -> bool {
        self.folders.selectable.contains(folder) && !self.refused.contains_key(folder)
    }

    /// Remembers that a folder cannot be used, and by which word, until the folders are listed again.
    pub fn refuse(&mut self, folder: &FolderName, word: &'static str) {
        self.refused.insert(folder.clone(), word);
    }

    /// The word for why a folder cannot be used.
    pub fn hindrance(&self, folder: &FolderName) -> &'static str {
        self.refused.get(folder).copied().unwrap_or(RefusalClass::NoSuchFolder.as_str())
    }

    /// Remembers a better lower bound for new UIDs of a folder.
    pub fn learn(&mut self, folder: &FolderName, opened: &Opened) {
        let status = Status { uidvalidity: opened.uidvalidity, uidnext: opened.uidnext };
        self.statuses.insert(folder.clone(), status);
    }

    /// Notes that an Agentur has no folder. `true`: that is news.
    pub fn note_missing(&mut self, agentur: &str) -> bool {
        self.missing.insert(agentur.to_owned())
    }

    /// What STATUS says of these folders; those that refuse it are remembered as unusable.
    pub async fn learn_status(&mut self, folders: &[FolderName], depth: usize) -> Result<(), CycleError> {
        let unknown: Vec<_> = folders.iter().filter(|folder| !self.statuses.contains_key(folder)).cloned().collect();
        let answers = folder::status(&mut self.session, &unknown, depth).await?;
        for (folder, status) in unknown.into_iter().zip(answers) {
            match status {
                Some(status) => {
                    self.statuses.insert(folder, status);
                }
                None => self.refuse(&folder, RefusalClass::NoSuchFolder.as_str()),
            }
        }
        Ok(())
    }

    /// What STATUS said of this folder.
    pub fn status(&self, folder: &FolderName) -> Option<Status> {
        self.statuses.get(folder).copied()
    }
}
