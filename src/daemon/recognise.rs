//! Messages at a new UID whose fingerprint is known: dragged back, renumbered, or twins.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;
use tracing::info;

use super::cycle::{Pass, reopen_inbox};
use super::dienst::Dienst;
use super::error::CycleError;
use super::link::Link;
use super::recovery::{fingerprint, unless_refused};
use crate::domain::id::{Fingerprint, FolderName, Place, Uid};
use crate::domain::kennzeichen::{Beobachtung, Ort};
use crate::domain::vorgang::{Sighting, VorgangId};
use crate::imap::error::{ImapError, RefusalClass};
use crate::imap::fetch::identify;
use crate::imap::folder;
use crate::plan::lebenslauf::ereignisse;
use crate::plan::recognise::{Inbox, Recognised, Seen, doubtful_places, recognise};

/// A message of INBOX at a new UID, and where its fingerprint was seen before.
#[derive(Clone, Debug)]
pub struct Suspect {
    pub uid: Uid,
    pub fingerprint: Fingerprint,
    pub sightings: Vec<Sighting>,
}

/// Decides what each suspect is, in the order given. A returned one is pinned here and now. Afterwards INBOX is open again.
pub async fn recognise_all(
    pass: &Pass<'_>,
    link: &mut Link,
    suspects: &[Suspect],
) -> Result<Vec<Recognised>, CycleError> {
    let Pass { dienst, inbox, just_gone, in_doubt, .. } = pass;
    let fingerprints: HashMap<Place, Fingerprint> = suspects
        .iter()
        .flat_map(|Suspect { fingerprint, sightings, .. }| {
            doubtful_places(sightings).into_iter().map(|place| (place, *fingerprint))
        })
        .collect();
    let mut seen = Seen::default();
    if !fingerprints.is_empty() {
        seen = look(link, dienst, &fingerprints).await?;
        reopen_inbox(pass, link).await?;
    }
    let messages: Vec<_> = suspects.iter().map(|suspect| (suspect.uid, suspect.sightings.clone())).collect();
    let verdicts = recognise(&messages, &Inbox { uidvalidity: inbox.uidvalidity, just_gone, in_doubt }, &seen);
    for (Suspect { uid, .. }, verdict) in suspects.iter().zip(&verdicts) {
        if let Recognised::Returned(vorgang) = verdict {
            pin(pass, *vorgang, *uid).await?;
        }
    }
    Ok(verdicts)
}

/// A person put it there.
async fn pin(pass: &Pass<'_>, vorgang: VorgangId, uid: Uid) -> Result<(), CycleError> {
    let Pass { config, dienst, inbox, .. } = pass;
    let place = Place { folder: FolderName::inbox(), uidvalidity: inbox.uidvalidity, uid };
    let stand = dienst.ledger.stand(vorgang).await?;
    let implied = dienst.kennzeichen.loeschen_impliziert_bearbeitet;
    let ereignisse = ereignisse(&stand, &Beobachtung::Gesehen(Ort::Inbox), implied);
    dienst.ledger.pin(vorgang, place, ereignisse, Timestamp::now()).await?;
    info!(mailbox = %config.name, vorgang = vorgang.0, "a person put a message back into INBOX; it stays");
    Ok(())
}

/// Looks at these places for the message with that fingerprint.
async fn look(
    link: &mut Link,
    dienst: &Dienst,
    fingerprints: &HashMap<Place, Fingerprint>,
) -> Result<Seen, CycleError> {
    let mut by_folder: BTreeMap<&FolderName, Vec<&Place>> = BTreeMap::new();
    for place in fingerprints.keys() {
        by_folder.entry(&place.folder).or_default().push(place);
    }
    let mut seen = Seen::default();
    for (folder, places) in by_folder {
        let opened = match folder::examine(&mut link.session, folder).await {
            Ok(opened) => opened,
            // A folder that is gone holds nothing.
            Err(ImapError::Refused { refusal, .. }) if refusal.class == RefusalClass::NoSuchFolder => continue,
            Err(ImapError::Refused { refusal, .. }) if !refusal.concerns_account() => {
                seen.unclear.extend(places.into_iter().cloned());
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        let uids: Vec<Uid> = places.iter().map(|place| place.uid).collect();
        let mut found: HashSet<(Uid, Fingerprint)> = HashSet::new();
        let looked = identify(&mut link.session, &uids, |message| {
            found.insert((message.uid, fingerprint(dienst, &message)));
        })
        .await;
        if unless_refused(looked)?.is_none() {
            seen.unclear.extend(places.into_iter().cloned());
            continue;
        }
        seen.still_there.extend(
            places
                .into_iter()
                .filter(|place| place.uidvalidity == opened.uidvalidity)
                .filter(|place| found.contains(&(place.uid, fingerprints[*place])))
                .cloned(),
        );
    }
    Ok(seen)
}
