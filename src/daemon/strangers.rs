//! Messages of INBOX at unknown UIDs that are not read: somebody is at work on them, they are too young, or the mode decides
//! nothing.
//!
//! Each may be one that the ledger knows, dragged back or renumbered, and without a look it would count as gone. So they are
//! identified by a few header fields, and the known ones recognised. Nothing is decided, and a new one becomes no Vorgang.

use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;
use tracing::{debug, warn};

use super::cycle::Pass;
use super::error::CycleError;
use super::link::Link;
use super::recognise::{Suspect, recognise_all};
use super::recovery::fingerprint;
use crate::domain::id::{Fingerprint, FolderName, Place, Uid, UidValidity};
use crate::domain::vorgang::VorgangId;
use crate::imap::fetch::identify;
use crate::plan::recognise::Recognised;

/// Messages identified and recognised in one go.
const BATCH: usize = 1_000;

/// What a mailbox remembers of its strangers.
#[derive(Debug, Default)]
pub struct Strangers {
    /// Identified as new, or impossible to identify: not asked for again.
    settled: HashSet<(UidValidity, Uid)>,
    /// The connection broke over this one.
    stumbled: Option<(UidValidity, Uid)>,
}

/// What identifies a message.
#[derive(Clone, Copy, Debug)]
struct Identity {
    fingerprint: Fingerprint,
    eingang: Timestamp,
}

/// Recognises those of these messages of the opened INBOX, ascending by UID, that the ledger knows: one that was put back is
/// pinned, one with another UID lies there from now on. Afterwards INBOX is open again.
pub async fn recognise_strangers(
    pass: &Pass<'_>,
    link: &mut Link,
    listed: &[Uid],
    strangers: &mut Strangers,
) -> Result<(), CycleError> {
    for batch in strangers.unsettled(pass.inbox.uidvalidity, listed).chunks(BATCH) {
        if pass.dienst.stop.is_cancelled() {
            return Err(CycleError::Stopped);
        }
        let identified = identify_all(pass, link, batch, strangers).await?;
        recognise_batch(pass, link, &identified, strangers).await?;
    }
    Ok(())
}

impl Strangers {
    /// Those that nothing is known of yet. What is no longer listed is forgotten.
    fn unsettled(&mut self, uidvalidity: UidValidity, listed: &[Uid]) -> Vec<Uid> {
        self.settled.retain(|(then, uid)| *then == uidvalidity && listed.binary_search(uid).is_ok());
        listed.iter().copied().filter(|&uid| !self.settled.contains(&(uidvalidity, uid))).collect()
    }

    /// The connection broke over this one. Once may be chance; `true`: it was the second time, and it is left alone.
    fn stumble(&mut self, stranger: (UidValidity, Uid)) -> bool {
        let again = self.stumbled.replace(stranger) == Some(stranger);
        if again {
            self.settled.insert(stranger);
        }
        again
    }
}

/// Identifies messages; what is gone or what the server refuses to show is left out.
async fn identify_all(
    pass: &Pass<'_>,
    link: &mut Link,
    batch: &[Uid],
    strangers: &mut Strangers,
) -> Result<BTreeMap<Uid, Identity>, CycleError> {
    let Pass { config, dienst, inbox, .. } = pass;
    let mut found = BTreeMap::new();
    let mut waiting = vec![batch];
    while let Some(part) = waiting.pop() {
        let answer = identify(&mut link.session, part, |message| {
            let identity = Identity { fingerprint: fingerprint(dienst, &message), eingang: message.internal_date };
            found.insert(message.uid, identity);
        })
        .await;
        let Err(error) = answer.map_err(CycleError::from) else { continue };
        if !error.may_be_a_message() {
            return Err(error);
        }
        if !error.keeps_connection() {
            // Servers answer in the order of the UIDs.
            let block = part.iter().find(|uid| !found.contains_key(uid));
            if let Some(&uid) = block
                && strangers.stumble((inbox.uidvalidity, uid))
            {
                warn!(mailbox = %config.name, uid = uid.0, "the connection broke twice over the header of a mail in INBOX; it is not asked for again");
            }
            return Err(error);
        }
        // One message is enough to have all refused: the halves tell which.
        if part.len() > 1 {
            let (first, second) = part.split_at(part.len() / 2);
            waiting.extend([second, first]);
        }
    }
    Ok(found)
}

/// Asks the ledger about identified messages and tells it what they are.
async fn recognise_batch(
    pass: &Pass<'_>,
    link: &mut Link,
    identified: &BTreeMap<Uid, Identity>,
    strangers: &mut Strangers,
) -> Result<(), CycleError> {
    let Pass { config, dienst, inbox, .. } = pass;
    let fingerprints = identified.values().map(|identity| identity.fingerprint).collect();
    let sightings = dienst.ledger.places_of(&config.name, fingerprints).await?;
    let mut suspects = Vec::new();
    for (&uid, Identity { fingerprint, .. }) in identified {
        match sightings.get(fingerprint) {
            // Twins in one batch see the same.
            Some(seen) => suspects.push(Suspect { uid, fingerprint: *fingerprint, sightings: seen.clone() }),
            None => drop(strangers.settled.insert((inbox.uidvalidity, uid))),
        }
    }
    let verdicts = recognise_all(pass, link, &suspects).await?;
    for (Suspect { uid, .. }, verdict) in suspects.into_iter().zip(verdicts) {
        match verdict {
            Recognised::New => drop(strangers.settled.insert((inbox.uidvalidity, uid))),
            Recognised::Renumbered(vorgang) => renumbered(pass, vorgang, uid, identified[&uid].eingang).await?,
            // Pinned already, or to be asked about again.
            Recognised::Returned(_) | Recognised::Unclear => {}
        }
    }
    Ok(())
}

/// Nothing but its number is new.
async fn renumbered(pass: &Pass<'_>, vorgang: VorgangId, uid: Uid, eingang: Timestamp) -> Result<(), CycleError> {
    let Pass { config, dienst, inbox, .. } = pass;
    let place = Place { folder: FolderName::inbox(), uidvalidity: inbox.uidvalidity, uid };
    dienst.ledger.renumbered(&config.name, vorgang, place, pass.may_have_been_sorted(eingang)).await?;
    debug!(mailbox = %config.name, vorgang = vorgang.0, uid = uid.0, "a message of INBOX has another number");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: UidValidity = UidValidity(7);

    #[test]
    fn a_stranger_is_asked_for_until_it_is_settled_and_forgotten_when_it_has_left() {
        let mut strangers = Strangers::default();
        let listed = [Uid(1), Uid(2)];
        assert_eq!(strangers.unsettled(HERE, &listed), listed);
        strangers.settled.insert((HERE, Uid(1)));
        assert_eq!(strangers.unsettled(HERE, &listed), [Uid(2)]);
        assert_eq!(strangers.unsettled(UidValidity(8), &listed), listed, "other messages have these numbers");
        strangers.settled.insert((HERE, Uid(1)));
        assert_eq!(strangers.unsettled(HERE, &[Uid(2)]), [Uid(2)]);
        assert_eq!(strangers.unsettled(HERE, &listed), listed);
    }

    #[test]
    fn only_a_message_that_breaks_two_connections_is_left_alone() {
        let mut strangers = Strangers::default();
        assert!(!strangers.stumble((HERE, Uid(1))));
        assert!(!strangers.stumble((HERE, Uid(2))));
        assert!(strangers.stumble((HERE, Uid(2))));
        assert_eq!(strangers.unsettled(HERE, &[Uid(1), Uid(2)]), [Uid(1)]);
    }
}
