//! Asks a server about one mailbox. Changes nothing: EXAMINE and never SELECT, PEEK only; the password is tried once.
//!
//! At most two connections, one after the other: the second one only sees whether mails still look the same.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::Date;

use super::facts::{Identity, Inside, ListedFolders, ListingFacts, MailboxFacts, Question, Target, Way};
use crate::config::{Dienst, Postfach};
use crate::daemon::link;
use crate::domain::agentur::Agentur;
use crate::domain::id::{Fingerprint, FolderName, Uid, UidValidity};
use crate::domain::postfach::Security;
use crate::imap::command::Command;
use crate::imap::connect::{Connected, Endpoint, Seen, connect_seeing};
use crate::imap::connect_error::ConnectError;
use crate::imap::error::ImapError;
use crate::imap::exchange::Session;
use crate::imap::fetch::{count_keywords, identify};
use crate::imap::folder::{self, Opened};
use crate::imap::listing;
use crate::imap::observed::{self, Shown};
use crate::imap::refusal::Refusal;
use crate::imap::reply::Untagged;
use crate::parse::fingerprint::FingerprintKey;
use crate::plan::target::target_folder;

/// How many of the newest mails are looked at.
const SAMPLE: usize = 20;

/// Refusals after which no further folder is asked for: Exchange closes a connection after about ten.
const MOST_REFUSALS: usize = 5;

/// What the sample looked like: the pseudonyms, under a key that nobody keeps.
#[derive(Debug, PartialEq, Eq)]
struct Look {
    uidvalidity: UidValidity,
    fingerprints: HashMap<Uid, Fingerprint>,
}

/// Asks about a mailbox. `agenturen` are all of the master data, `today` the day in their time zone.
async fn mailbox(postfach: &Postfach, dienst: &Dienst, agenturen: &[Agentur], today: Date) -> MailboxFacts {
    let mut facts = nothing_known(postfach);
    facts.way = match Examination::prepare(postfach, dienst) {
        Ok(examination) => examination.run(agenturen, today, &mut facts).await,
        Err(way) => way,
    };
    facts
}

fn nothing_known(postfach: &Postfach) -> MailboxFacts {
    MailboxFacts {
        host: postfach.host.clone(),
        port: postfach.port,
        security: postfach.security,
        betriebsart: postfach.betriebsart,
        now: Timestamp::now(),
        way: Way::LoggedIn,
        seen: Seen::default(),
        certificates: Vec::new(),
        trusted_by_ca_file: None,
        inside: Inside::default(),
    }
}

/// Asks about mailboxes of one account, one after the other. A password that was refused is not shown again.
pub async fn mailboxes(
    postfaecher: &[Postfach],
    dienst: &Dienst,
    agenturen: &[Agentur],
    today: Date,
) -> Vec<MailboxFacts> {
    let mut all: Vec<MailboxFacts> = Vec::new();
    let refused = ConnectError::LoginRefused { class: Refusal::Credentials };
    for postfach in postfaecher {
        let is_refused = all.iter().any(|facts| matches!(&facts.way, Way::Failed(error) if *error == refused));
        all.push(match is_refused {
            true => MailboxFacts { way: Way::Spared, ..nothing_known(postfach) },
            false => mailbox(postfach, dienst, agenturen, today).await,
        });
    }
    all
}

/// Everything needed to connect.
struct Examination<'a> {
    postfach: &'a Postfach,
    dienst: &'a Dienst,
    endpoint: Endpoint,
    shown: Option<Shown>,
}

impl<'a> Examination<'a> {
    fn prepare(postfach: &'a Postfach, dienst: &'a Dienst) -> Result<Self, Way> {
        let (tls, shown) = match postfach.security {
            Security::None => (None, None),
            Security::Tls | Security::Starttls => {
                let (tls, shown) = observed::client_config(postfach.ca_file.as_deref()).map_err(Way::NoTlsSettings)?;
                (Some(tls), Some(shown))
            }
        };
        Ok(Examination { postfach, dienst, endpoint: link::endpoint_with(postfach, tls), shown })
    }

    async fn run(&self, agenturen: &[Agentur], today: Date, facts: &mut MailboxFacts) -> Way {
        let opened = self.connect(&mut facts.seen).await;
        self.note_certificates(facts);
        let mut session = match opened {
            Ok(session) => session,
            Err(way) => return way,
        };
        let mut inside = Inside { capabilities: Some(*session.capabilities()), ..Inside::default() };
        let mut asker = Asker { session: &mut session, inside: &mut inside };
        let look = asker.ask(self.postfach, agenturen, today).await;
        session.logout().await;
        if let Some(look) = look {
            self.look_again(&look, &mut inside).await;
        }
        facts.inside = inside;
        Way::LoggedIn
    }

    async fn connect(&self, seen: &mut Seen) -> Result<Session, Way> {
        let password = self.postfach.password.read().map_err(|error| Way::NoPassword(error.to_string()))?;
        let timeouts = link::timeouts(self.dienst);
        let connected: Connected = connect_seeing(&self.endpoint, &self.postfach.user, &password, &timeouts, seen)
            .await
            .map_err(Way::Failed)?;
        Ok(Session::new(connected, link::deadlines(self.dienst)))
    }

    fn note_certificates(&self, facts: &mut MailboxFacts) {
        let Some(shown) = &self.shown else { return };
        facts.certificates = shown.certificates();
        let ca_file = self.postfach.ca_file.as_deref();
        facts.trusted_by_ca_file = ca_file.map(|file| shown.is_trusted_by(file, &self.postfach.host));
    }

    /// Over another connection, the same mails should look the same.
    async fn look_again(&self, first: &Look, inside: &mut Inside) {
        if first.fingerprints.is_empty() {
            inside.identity = Some(Identity { compared: 0, equal: 0 });
            return;
        }
        let mut session = match self.connect(&mut Seen::default()).await {
            Ok(session) => session,
            Err(Way::Failed(error)) => {
                inside.trouble.push((Question::SecondLook, error.into()));
                return;
            }
            // The password or the file was taken away meanwhile: there is nothing to compare.
            Err(_) => return,
        };
        let uids: Vec<Uid> = first.fingerprints.keys().copied().collect();
        match look(&mut session, None, &uids).await {
            Ok(second) => inside.identity = compare(first, &second),
            Err(error) => inside.trouble.push((Question::SecondLook, error)),
        }
        session.logout().await;
    }
}

/// What both looks saw. Nothing, if the folder was made anew in between.
fn compare(first: &Look, second: &Look) -> Option<Identity> {
    if first.uidvalidity != second.uidvalidity {
        return None;
    }
    let both = second.fingerprints.iter().filter_map(|(uid, now)| Some((first.fingerprints.get(uid)?, now)));
    let mut identity = Identity { compared: 0, equal: 0 };
    for (then, now) in both {
        identity.compared += 1;
        identity.equal += usize::from(then == now);
    }
    Some(identity)
}

async fn look(session: &mut Session, opened: Option<&Opened>, uids: &[Uid]) -> Result<Look, ImapError> {
    let uidvalidity = match opened {
        Some(opened) => opened.uidvalidity,
        None => folder::examine(session, &FolderName::inbox()).await?.uidvalidity,
    };
    // Compared within this run only, so any key will do.
    let key = FingerprintKey::new(vec![0; 32]).expect("32 bytes are enough");
    let mut fingerprints = HashMap::new();
    identify(session, uids, |message| {
        fingerprints.insert(message.uid, key.fingerprint(&message.fields, message.internal_date));
    })
    .await?;
    Ok(Look { uidvalidity, fingerprints })
}

/// Asks over one connection, and writes down what was said and what was not.
struct Asker<'a> {
    session: &'a mut Session,
    inside: &'a mut Inside,
}

impl Asker<'_> {
    /// Asks everything, or as much as the connection bears. Gives what the sample looked like.
    async fn ask(&mut self, postfach: &Postfach, agenturen: &[Agentur], today: Date) -> Option<Look> {
        let opened = self.inbox().await;
        self.folders().await;
        let look = match opened {
            Some(opened) => self.sample(&opened).await,
            None => None,
        };
        self.inside.targets = targets(postfach, agenturen, today, self.separator());
        self.inside.pruefordner = pruefordner(postfach, self.separator());
        self.try_targets().await;
        self.try_pruefordner().await;
        self.extras().await;
        look
    }

    /// Notes what was answered; `None` also if the connection is of no more use.
    fn note<T>(&mut self, question: Question, answer: Result<T, ImapError>) -> Option<T> {
        answer.map_err(|error| self.inside.trouble.push((question, error))).ok()
    }

    /// Whether there is any use in asking further.
    fn may_ask(&self) -> bool {
        self.session.is_clean()
            && self.inside.trouble.iter().all(|(_, error)| error.keeps_connection() || is_incomplete(error))
    }

    fn separator(&self) -> Option<char> {
        self.inside.folders.as_ref().and_then(|folders| folders.separator)
    }

    async fn inbox(&mut self) -> Option<Opened> {
        let (mut flags, mut permanent) = (None, None);
        let hear = |untagged| match untagged {
            Untagged::Flags(found) => flags = Some(found),
            Untagged::PermanentFlags(found) => permanent = Some(found),
            _ => {}
        };
        let answer = folder::examine_hearing(self.session, &FolderName::inbox(), hear).await;
        (self.inside.flags, self.inside.permanent_flags) = (flags, permanent);
        self.inside.inbox = self.note(Question::Inbox, answer);
        self.inside.inbox
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

/// An answer that came to its end and lacked something leaves the connection usable.
fn is_incomplete(error: &ImapError) -> bool {
    matches!(error, ImapError::Incomplete { .. })
}

/// The folder for what cannot be read.
fn pruefordner(postfach: &Postfach, separator: Option<char>) -> Option<Target> {
    postfach.pruefordner.as_ref().map(|path| Target {
        agentur: String::new(),
        folder: target_folder(path, separator),
        path: path.clone(),
        ordner: path.clone(),
        later: false,
        answers: None,
    })
}

/// The folders of the Agenturen of this region; those whose time is over are left out.
fn targets(postfach: &Postfach, agenturen: &[Agentur], today: Date, separator: Option<char>) -> Vec<Target> {
    let here = agenturen.iter().filter(|agentur| agentur.sc_region == postfach.name);
    let current = here.filter(|agentur| agentur.gueltigkeit.bis.is_none_or(|last| today <= last));
    current
        .map(|agentur| {
            let path = postfach.folder_for(agentur);
            Target {
                agentur: agentur.to_string(),
                folder: target_folder(&path, separator),
                path,
                ordner: agentur.ordner.clone(),
                later: !agentur.gueltigkeit.contains(today),
                answers: None,
            }
        })
        .collect()
}
