//! Messages at a new UID whose fingerprint is known: dragged back, renumbered, or twins.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;
use tracing::info;

use super::cycle::{Pass, reopen_inbox};
use super::dienst::Dienst;
use super::error::CycleError;
use super::judge::Judged;
use super::link::Link;
use super::recovery::{fingerprint, unless_refused};
use super::report::CycleReport;
use crate::domain::id::{Fingerprint, FolderName, Place, Uid};
use crate::domain::kennzeichen::{Beobachtung, Ort};
use crate::domain::vorgang::Sighting;
use crate::imap::error::{ImapError, RefusalClass};
use crate::imap::fetch::identify;
use crate::imap::folder;
use crate::plan::lebenslauf::ereignisse;
use crate::plan::recognise::{Inbox, Recognised, Seen, doubtful_places, recognise};

/// A judged message and where its fingerprint was seen before.
pub type Suspect = (Judged, Vec<Sighting>);

/// What is to be recorded of the suspects.
#[derive(Debug, Default)]
pub struct Cleared {
    /// New after all.
    pub new: Vec<Judged>,
    /// Known, at a new UID; each with its Vorgang.
    pub renumbered: Vec<Judged>,
}

/// Decides what each suspect is. A returned one is pinned here and now and counted as left. Afterwards INBOX is open
/// again.
pub async fn recognise_all(
    pass: &Pass<'_>,
    link: &mut Link,
    suspects: Vec<Suspect>,
    report: &mut CycleReport,
) -> Result<Cleared, CycleError> {
    if suspects.is_empty() {
        return Ok(Cleared::default());
    }
    let Pass { config, dienst, inbox, just_gone, in_doubt, .. } = pass;
    let fingerprints: HashMap<Place, Fingerprint> = suspects
        .iter()
        .flat_map(|(judged, sightings)| doubtful_places(sightings).into_iter().map(|place| (place, judged.fingerprint)))
        .collect();
    let seen = look(link, dienst, &fingerprints).await?;
    let messages: Vec<_> =
        suspects.iter().map(|(judged, sightings)| (judged.message.listed.uid, sightings.clone())).collect();
    let verdicts = recognise(&messages, &Inbox { uidvalidity: inbox.uidvalidity, just_gone, in_doubt }, &seen);
    let mut cleared = Cleared::default();
    for ((mut judged, _), verdict) in suspects.into_iter().zip(verdicts) {
        match verdict {
            Recognised::New => cleared.new.push(judged),
            Recognised::Renumbered(vorgang) => {
                judged.message.again = Some(vorgang);
                cleared.renumbered.push(judged);
            }
            Recognised::Unclear => {
                report.leave("ungeprueft", 1);
                dienst.progress.done(1);
            }
            Recognised::Returned(vorgang) => {
                let uid = judged.message.listed.uid;
                let place = Place { folder: FolderName::inbox(), uidvalidity: inbox.uidvalidity, uid };
                let stand = dienst.ledger.stand(vorgang).await?;
                let implied = dienst.kennzeichen.loeschen_impliziert_bearbeitet;
                let ereignisse = ereignisse(&stand, &Beobachtung::Gesehen(Ort::Inbox), implied);
                dienst.ledger.pin(vorgang, place, ereignisse, Timestamp::now()).await?;
                report.leave("zurueckgegeben", 1);
                dienst.progress.done(1);
                info!(mailbox = %config.name, vorgang = vorgang.0, "a person put a message back into INBOX; it stays");
            }
        }
    }
    reopen_inbox(pass, link).await?;
    Ok(cleared)
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
