//! The mailboxes: filled once, put back before each run, checked after it.

use std::collections::HashMap;
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::corpus::{self, NUMBER_HEADER, Truth};
use crate::offices::{self, Agentur};
use crate::support::dovecot::{Dovecot, Options, SC_REGIONS};
use crate::support::imap_client::Mail;
use crate::support::utf7;

/// Mails held in memory while the mailboxes are filled.
const BATCH: usize = 1000;

/// A filled server.
pub struct Lab {
    pub dovecot: Dovecot,
    pub agenturen: Vec<Agentur>,
    /// By number of the mail.
    truths: Vec<Truth>,
    bytes: usize,
}

impl Lab {
    /// Starts a server, creates the folders and delivers the mails.
    pub fn fill(mails: usize) -> Lab {
        let agenturen = offices::read();
        let dovecot = Dovecot::start(Options::default());
        for (account, user) in SC_REGIONS.iter().enumerate() {
            let folders = agenturen.iter().filter(|agentur| agentur.account == account).map(|agentur| &agentur.folder);
            dovecot.create_folders(user, &folders.collect::<Vec<_>>());
        }
        let mut lab = Lab { dovecot, agenturen, truths: Vec::with_capacity(mails), bytes: 0 };
        for first in (0..mails).step_by(BATCH) {
            lab.deliver(first..mails.min(first + BATCH));
        }
        let pristine = lab.pristine();
        std::fs::rename(lab.mail_store(), &pristine).expect("the store is ours");
        lab
    }

    fn deliver(&mut self, numbers: std::ops::Range<usize>) {
        let mut batches: [Vec<Mail>; SC_REGIONS.len()] = Default::default();
        for number in numbers {
            let (truth, mail) = corpus::mail(number, &self.agenturen);
            self.bytes += mail.bytes.len();
            self.truths.push(truth);
            batches[truth.account].push(mail);
        }
        for (user, mails) in SC_REGIONS.iter().zip(batches) {
            self.dovecot.deliver(user, "INBOX", &mails);
        }
    }

    pub fn mails(&self) -> usize {
        self.truths.len()
    }

    pub fn describe(&self) -> String {
        let to_move = self.truths.iter().filter(|truth| truth.agentur.is_some()).count();
        format!(
            "{} mails of {:.1} kB on average in {} mailboxes, {to_move} of them for {} folders",
            self.mails(),
            self.bytes as f64 / 1000.0 / self.mails() as f64,
            SC_REGIONS.len(),
            self.agenturen.len()
        )
    }

    /// For each Agentur the UIDs that belong to it: a mailbox counts from 1, in the order of delivery.
    pub fn uids_by_agentur(&self) -> Vec<Vec<u32>> {
        let mut next = [1; SC_REGIONS.len()];
        let mut uids = vec![Vec::new(); self.agenturen.len()];
        for truth in &self.truths {
            if let Some(agentur) = truth.agentur {
                uids[agentur].push(next[truth.account]);
            }
            next[truth.account] += 1;
        }
        uids
    }

    fn mail_store(&self) -> PathBuf {
        self.dovecot.dir().join("mail")
    }

    fn pristine(&self) -> PathBuf {
        self.dovecot.dir().join("pristine")
    }

    /// Puts everything back as it was after the filling, indexes included.
    pub fn restore(&self) {
        self.dovecot.kick_all();
        let store = self.mail_store();
        if store.exists() {
            std::fs::remove_dir_all(&store).expect("the store is ours");
        }
        copy(&self.pristine(), &store).expect("the store is ours");
    }

    /// Looks into the store itself: every mail has to be in its place, once.
    pub fn check(&self) -> Result<(), String> {
        let mut places: HashMap<usize, Vec<String>> = HashMap::new();
        for user in SC_REGIONS {
            let mailboxes = self.dovecot.home(user).join("mail/mailboxes");
            visit(&mailboxes, &mut |file| {
                let (number, folder) = (number(file), folder(file, &mailboxes));
                places.entry(number).or_default().push(format!("{user}: {folder}"));
            });
        }
        for (number, truth) in self.truths.iter().enumerate() {
            let folder = truth.agentur.map_or("INBOX", |agentur| &self.agenturen[agentur].folder);
            let expected = format!("{}: {folder}", SC_REGIONS[truth.account]);
            match places.get(&number).map(Vec::as_slice) {
                Some([place]) if *place == expected => {}
                found => return Err(format!("mail {number} belongs to {expected} and is in {found:?}")),
            }
        }
        Ok(())
    }
}

/// Copies a store. Mail files are never written to again, so a second name for them is enough.
fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    let metadata = std::fs::metadata(from)?;
    if metadata.is_dir() {
        std::fs::create_dir(to)?;
        for entry in std::fs::read_dir(from)? {
            let entry = entry?;
            copy(&entry.path(), &to.join(entry.file_name()))?;
        }
        std::fs::set_permissions(to, metadata.permissions())?;
    } else if is_mail(from) {
        return std::fs::hard_link(from, to);
    } else {
        std::fs::copy(from, to)?;
    }
    std::os::unix::fs::chown(to, Some(metadata.uid()), Some(metadata.gid()))
}

/// sdbox keeps mail with the UID 7 in `u.7`.
fn is_mail(file: &Path) -> bool {
    file.file_name().is_some_and(|name| name.to_string_lossy().starts_with("u."))
}

fn visit(dir: &Path, take: &mut impl FnMut(&Path)) {
    for entry in std::fs::read_dir(dir).expect("the store is ours") {
        let path = entry.expect("the store is ours").path();
        if path.is_dir() {
            visit(&path, take);
        } else if is_mail(&path) {
            take(&path);
        }
    }
}

/// `mailboxes/INBOX/Agentur Kiel/dbox-Mails/u.7` lies in `INBOX/Agentur Kiel`.
fn folder(file: &Path, mailboxes: &Path) -> String {
    let dir = file.parent().and_then(Path::parent).and_then(|dir| dir.strip_prefix(mailboxes).ok());
    utf7::decode(&dir.expect("a mail lies below mailboxes").to_string_lossy())
}

fn number(file: &Path) -> usize {
    let mut head = vec![0; 4096];
    let mut opened = std::fs::File::open(file).expect("the store is ours");
    let length = opened.read(&mut head).expect("the store is ours");
    let head = String::from_utf8_lossy(&head[..length]);
    let number = head.split_once(NUMBER_HEADER).and_then(|(_, rest)| rest.lines().next()?.parse().ok());
    number.unwrap_or_else(|| panic!("{} has no number", file.display()))
}
