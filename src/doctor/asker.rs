//! What is asked of a server, one question after the other.

use super::facts::{Flags, Inside, ListedFolders, ListingFacts, Question, Target};
use super::mailbox::{Look, look};
use super::scope::Scope;
use super::targets::{pruefordner, targets};
use crate::config::Postfach;
use crate::domain::id::{FolderName, Uid};
use crate::imap::command::Command;
use crate::imap::error::ImapError;
use crate::imap::exchange::Session;
use crate::imap::fetch::count_keywords;
use crate::imap::folder::{self, Opened};
use crate::imap::listing;
use crate::imap::reply::Untagged;

/// How many of the newest mails are looked at.
const SAMPLE: usize = 20;

/// Refusals after which no further folder is asked for: Exchange closes a connection after about ten.
const MOST_REFUSALS: usize = 5;

/// Asks over one connection, and writes down what was said and what was not.
pub(super) struct Asker<'a> {
    pub(super) session: &'a mut Session,
    pub(super) inside: &'a mut Inside,
}

impl<'a> Asker<'a> {
    /// Nothing was asked yet.
    pub(super) fn new(session: &'a mut Session, inside: &'a mut Inside) -> Self {
        Asker { session, inside }
    }

    /// Asks everything, or as much as the connection bears; of a self-test only what it needs. Gives what the sample looked
    /// like.
    pub(super) async fn ask(&mut self, postfach: &Postfach, scope: &Scope<'_>) -> Option<Look> {
        if let Some(slug) = scope.selbsttest {
            self.folders().await;
            self.inside.targets = targets(postfach, scope, self.separator());
            self.try_targets().await;
            self.test_mails(slug, scope.wahl).await;
            return None;
        }
        let opened = self.inbox().await;
        self.folders().await;
        let look = match opened {
            Some(opened) => self.sample(&opened).await,
            None => None,
        };
        self.inside.targets = targets(postfach, scope, self.separator());
        self.inside.pruefordner = pruefordner(postfach, self.separator());
        self.try_targets().await;
        self.try_pruefordner().await;
        self.flags_of_an_agentur().await;
        self.extras().await;
        look
    }

    /// Notes what was answered; `None` also if the connection is of no more use.
    pub(super) fn note<T>(&mut self, question: Question, answer: Result<T, ImapError>) -> Option<T> {
        answer.map_err(|error| self.inside.trouble.push((question, error))).ok()
    }

    /// Whether there is any use in asking further.
    pub(super) fn may_ask(&self) -> bool {
        self.session.is_clean()
            && self.inside.trouble.iter().all(|(_, error)| error.keeps_connection() || is_incomplete(error))
    }

    fn separator(&self) -> Option<char> {
        self.inside.folders.as_ref().and_then(|folders| folders.separator)
    }

    async fn inbox(&mut self) -> Option<Opened> {
        let answer = examine(self.session, &FolderName::inbox()).await;
        let (opened, flags) = self.note(Question::Inbox, answer)?;
        (self.inside.inbox, self.inside.flags) = (Some(opened), flags);
        Some(opened)
    }

    /// Opens one folder of an Agentur: marks are set there, and its flags need not be those of the INBOX.
    async fn flags_of_an_agentur(&mut self) {
        let answering = self.inside.targets.iter().find(|target| target.answers == Some(true));
        let Some(name) = answering.and_then(|target| target.folder.clone()) else { return };
        if self.may_ask() {
            let answer = examine(self.session, &name).await;
            if let Some((_, flags)) = self.note(Question::Flags, answer) {
                self.inside.flags = flags;
            }
        }
    }

    async fn folders(&mut self) {
        if self.may_ask() {
            let answer = folder::list_lines(self.session).await;
            let heard = self.note(Question::Folders, answer);
            self.inside.folders = heard.map(|(separator, lines)| ListedFolders { separator, lines });
        }
    }

    /// Lists INBOX, and looks at its newest mails.
    async fn sample(&mut self, opened: &Opened) -> Option<Look> {
        if !self.may_ask() {
            return None;
        }
        let answer = listing::list(self.session, opened).await;
        let listing = self.note(Question::Listing, answer)?;
        let newest = listing.messages.iter().map(|message| message.eingang).max();
        self.inside.listing = Some(ListingFacts { missing: listing.missing, newest });
        let uids: Vec<Uid> = listing.messages.iter().rev().take(SAMPLE).map(|message| message.uid).collect();
        let answer = look(self.session, Some(opened), &uids).await;
        let look = self.note(Question::Identity, answer)?;
        let answer = count_keywords(self.session, &uids).await;
        self.inside.keywords = self.note(Question::Keywords, answer).map(|with| (uids.len(), with));
        Some(look)
    }

    /// Whether the folders answer, one by one: those that are listed, and those that perhaps only are not.
    async fn try_targets(&mut self) {
        let mut refusals = 0;
        let listed = |target: &Target| target.folder.as_ref().is_some_and(|folder| self.inside.lists(folder));
        // Those that should answer first: the others use up what refusals may be had.
        let (first, then): (Vec<_>, Vec<_>) =
            (0..self.inside.targets.len()).partition(|&number| listed(&self.inside.targets[number]));
        for number in first.into_iter().chain(then) {
            if refusals >= MOST_REFUSALS || !self.may_ask() {
                return;
            }
            let Some(name) = self.inside.targets[number].folder.clone() else { continue };
            let answer = folder::status(self.session, &[name], 1).await;
            let Some(answer) = self.note(Question::Targets, answer) else { return };
            let answers = answer.first().is_some_and(Option::is_some);
            refusals += usize::from(!answers);
            self.inside.targets[number].answers = Some(answers);
        }
    }

    /// The same for the folder for what cannot be read, if it is listed.
    async fn try_pruefordner(&mut self) {
        let name = self.inside.pruefordner.as_ref().and_then(|target| target.folder.clone());
        let Some(name) = name.filter(|name| self.may_ask() && self.inside.lists(name)) else { return };
        let answer = folder::status(self.session, &[name], 1).await;
        let Some(answer) = self.note(Question::Targets, answer) else { return };
        if let Some(target) = &mut self.inside.pruefordner {
            target.answers = Some(answer.first().is_some_and(Option::is_some));
        }
    }

    /// What only some servers answer, last: nothing else depends on it.
    async fn extras(&mut self) {
        let inbox = FolderName::inbox();
        let capabilities = *self.session.capabilities();
        if capabilities.acl && self.may_ask() {
            let mut heard = None;
            let hear = |untagged| {
                if let Untagged::Rights(rights) = untagged {
                    heard = Some(rights);
                }
            };
            let answer = self.session.exec(&Command::my_rights(&inbox), hear).await;
            self.inside.rights = self.note(Question::Rights, answer).and(heard);
        }
        if capabilities.quota && self.may_ask() {
            let mut heard = Vec::new();
            let hear = |untagged| {
                if let Untagged::Quota(resources) = untagged {
                    heard.extend(resources);
                }
            };
            let answer = self.session.exec(&Command::quota(&inbox), hear).await;
            self.inside.quota = self.note(Question::Quota, answer).map(|_| heard);
        }
        if capabilities.id && self.may_ask() {
            let mut heard = None;
            let hear = |untagged| {
                if let Untagged::Product { name, version } = untagged {
                    heard = Some((name, version));
                }
            };
            let answer = self.session.exec(&Command::id(), hear).await;
            self.inside.product = self.note(Question::Product, answer).and(heard);
        }
    }
}

/// Opens a folder for looking only, and hears its flags.
async fn examine(session: &mut Session, name: &FolderName) -> Result<(Opened, Flags), ImapError> {
    let mut flags = Flags::default();
    let hear = |untagged| match untagged {
        Untagged::Flags(found) => flags.there = Some(found),
        Untagged::PermanentFlags(found) => flags.kept = Some(found),
        _ => {}
    };
    let opened = folder::examine_hearing(session, name, hear).await?;
    Ok((opened, flags))
}

/// An answer that came to its end and lacked something leaves the connection usable.
fn is_incomplete(error: &ImapError) -> bool {
    matches!(error, ImapError::Incomplete { .. })
}
