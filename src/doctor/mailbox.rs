//! Asks a server about one mailbox. Changes nothing: EXAMINE and never SELECT, PEEK only; the password is tried once.
//!
//! At most two connections, one after the other: the second one only sees whether mails still look the same.

use std::collections::HashMap;

use jiff::Timestamp;

use super::asker::Asker;
use super::facts::{Identity, Inside, MailboxFacts, Question, Way};
use super::scope::Scope;
use crate::config::Postfach;
use crate::daemon::link;
use crate::domain::id::{Fingerprint, FolderName, Uid, UidValidity};
use crate::domain::postfach::Security;
use crate::imap::connect::{Connected, Endpoint, Seen, connect_seeing};
use crate::imap::connect_error::ConnectError;
use crate::imap::error::ImapError;
use crate::imap::exchange::Session;
use crate::imap::fetch::identify;
use crate::imap::folder::{self, Opened};
use crate::imap::observed::{self, Shown};
use crate::imap::refusal::Refusal;
use crate::parse::fingerprint::FingerprintKey;

/// What the sample looked like: the pseudonyms, under a key that nobody keeps.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Look {
    uidvalidity: UidValidity,
    fingerprints: HashMap<Uid, Fingerprint>,
}

/// Asks about a mailbox.
async fn mailbox(postfach: &Postfach, scope: &Scope<'_>) -> MailboxFacts {
    let mut facts = nothing_known(postfach, scope);
    facts.way = match Examination::prepare(postfach, scope) {
        Ok(examination) => examination.run(&mut facts).await,
        Err(way) => way,
    };
    facts
}

fn nothing_known(postfach: &Postfach, scope: &Scope<'_>) -> MailboxFacts {
    MailboxFacts {
        host: postfach.host.clone(),
        port: postfach.port,
        security: postfach.security,
        betriebsart: postfach.betriebsart,
        leser: postfach.leser.clone(),
        wahl: scope.wahl.clone(),
        now: Timestamp::now(),
        today: scope.today,
        way: Way::LoggedIn,
        seen: Seen::default(),
        certificates: Vec::new(),
        trusted_by_ca_file: None,
        inside: Inside::default(),
    }
}

/// Asks about mailboxes of one account, one after the other. A password that was refused is not shown again.
pub async fn mailboxes(postfaecher: &[Postfach], scope: &Scope<'_>) -> Vec<MailboxFacts> {
    let mut all: Vec<MailboxFacts> = Vec::new();
    let refused = ConnectError::LoginRefused { class: Refusal::Credentials };
    for postfach in postfaecher {
        let is_refused = all.iter().any(|facts| matches!(&facts.way, Way::Failed(error) if *error == refused));
        all.push(match is_refused {
            true => MailboxFacts { way: Way::Spared, ..nothing_known(postfach, scope) },
            false => mailbox(postfach, scope).await,
        });
    }
    all
}

/// Everything needed to connect.
struct Examination<'a> {
    postfach: &'a Postfach,
    scope: &'a Scope<'a>,
    endpoint: Endpoint,
    shown: Option<Shown>,
}

impl<'a> Examination<'a> {
    fn prepare(postfach: &'a Postfach, scope: &'a Scope<'a>) -> Result<Self, Way> {
        let (tls, shown) = match postfach.security {
            Security::None => (None, None),
            Security::Tls | Security::Starttls => {
                let (tls, shown) = observed::client_config(postfach.ca_file.as_deref()).map_err(Way::NoTlsSettings)?;
                (Some(tls), Some(shown))
            }
        };
        Ok(Examination { postfach, scope, endpoint: link::endpoint_with(postfach, tls), shown })
    }

    async fn run(&self, facts: &mut MailboxFacts) -> Way {
        let opened = self.connect(&mut facts.seen).await;
        self.note_certificates(facts);
        let mut session = match opened {
            Ok(session) => session,
            Err(way) => return way,
        };
        let mut inside = Inside { capabilities: Some(*session.capabilities()), ..Inside::default() };
        let look = Asker::new(&mut session, &mut inside).ask(self.postfach, self.scope).await;
        session.logout().await;
        if let Some(look) = look {
            self.look_again(&look, &mut inside).await;
        }
        facts.inside = inside;
        Way::LoggedIn
    }

    async fn connect(&self, seen: &mut Seen) -> Result<Session, Way> {
        let password = self.postfach.password.read().map_err(|error| Way::NoPassword(error.to_string()))?;
        let timeouts = link::timeouts(self.scope.dienst);
        let connected: Connected = connect_seeing(&self.endpoint, &self.postfach.user, &password, &timeouts, seen)
            .await
            .map_err(Way::Failed)?;
        Ok(Session::new(connected, link::deadlines(self.scope.dienst)))
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

/// Looks at these mails of the INBOX, which is opened first if it is not open.
pub(super) async fn look(session: &mut Session, opened: Option<&Opened>, uids: &[Uid]) -> Result<Look, ImapError> {
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
