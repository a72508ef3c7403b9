//! Messages that are not read any more, and where they go.
//!
//! They stay in INBOX, or, where the mailbox names a folder for them, are moved there unread and in the usual way:
//! intent, MOVE, record. A MOVE needs no content; the fingerprint comes from the few header fields that recovery asks for
//! as well. Where even those cannot be had, or the message is one that was somewhere else before, it stays.

use std::collections::HashMap;

use jiff::Timestamp;
use tracing::warn;

use super::copying;
use super::cycle::Pass;
use super::error::CycleError;
use super::flight::Packed;
use super::handover::carry_out;
use super::link::Link;
use super::recovery::fingerprint;
use super::report::CycleReport;
use crate::domain::decision::{Entscheidung, Vorgangsart};
use crate::domain::id::{Fingerprint, FolderName, Place, Uid};
use crate::domain::versuch::ZURUECKGESTELLT;
use crate::domain::vorgang::{DecisionRecord, Recorded, VorgangId, Weg, Zuordnung};
use crate::imap::error::ImapError;
use crate::imap::fetch::identify;
use crate::imap::mover::MoveSet;
use crate::plan::target::target_folder;
use crate::plan::triage::ToRead;

/// Counts what is set aside, and moves it if it may. Afterwards INBOX is open again. `true`: the server proved every move
/// by its answer.
pub async fn set_aside(
    pass: &Pass<'_>,
    link: &mut Link,
    messages: &[ToRead],
    report: &mut CycleReport,
) -> Result<bool, CycleError> {
    if messages.is_empty() {
        return Ok(true);
    }
    report.set_aside += messages.len() as u64;
    let Some(target) = target(pass, link).await? else {
        report.leave(ZURUECKGESTELLT, messages.len() as u64);
        return Ok(true);
    };
    let vorgaenge = record(pass, link, messages).await?;
    report.leave(ZURUECKGESTELLT, (messages.len() - vorgaenge.len()) as u64);
    if vorgaenge.is_empty() {
        return Ok(true);
    }
    pass.dienst.progress.expect(vorgaenge.len());
    let uids: Vec<Uid> = vorgaenge.keys().copied().collect();
    let weg = link.session.capabilities().weg().ok_or(ImapError::CannotMove)?;
    let batch = if pass.careful { 1 } else { pass.dienst.config.move_batch };
    let sets = MoveSet::pack(&target, &uids, batch);
    let statuses = link.status(&target).map(|status| (target, status)).into_iter().collect();
    carry_out(pass, link, Packed { sets, vorgaenge, weg, statuses }, report).await
}

/// The folder for what is set aside, if there is one and mail may be moved there.
async fn target(pass: &Pass<'_>, link: &mut Link) -> Result<Option<FolderName>, CycleError> {
    let Pass { config, dienst, inbox, .. } = pass;
    let Some(path) =
        config.pruefordner.as_deref().filter(|_| config.betriebsart.moves() && !inbox.read_only && !pass.only_looks)
    else {
        return Ok(None);
    };
    if link.session.capabilities().weg() == Some(Weg::Copy) && copying::is_doubtful(dienst, config).await? {
        return Ok(None);
    }
    link.refresh_folders().await?;
    let mut target = target_folder(path, link.folders.separator).filter(|folder| link.can_open(folder));
    if let Some(folder) = &target {
        // A folder may be listed and yet refuse to be opened: STATUS shows it.
        link.learn_status(std::slice::from_ref(folder), dienst.config.pipeline_depth).await?;
        target = target.filter(|folder| link.can_open(folder));
    }
    if target.is_none() && link.note_missing(ZURUECKGESTELLT) {
        warn!(mailbox = %config.name, "the folder for mail that cannot be read (pruefordner) cannot be opened; such mail stays in INBOX");
    }
    Ok(target)
}

/// Makes a Vorgang for each message that can be recognised again and was nowhere else before.
async fn record(pass: &Pass<'_>, link: &mut Link, messages: &[ToRead]) -> Result<HashMap<Uid, VorgangId>, CycleError> {
    let Pass { config, dienst, .. } = pass;
    let uids: Vec<Uid> = messages.iter().map(|message| message.listed.uid).collect();
    let mut found: HashMap<Uid, Fingerprint> = HashMap::new();
    identify(&mut link.session, &uids, |message| {
        found.insert(message.uid, fingerprint(dienst, &message));
    })
    .await?;
    let sightings = dienst.ledger.places_of(&config.name, found.values().copied().collect()).await?;
    let is_new = |message: &ToRead, fingerprint: &Fingerprint| {
        let known = sightings.get(fingerprint).into_iter().flatten();
        known.into_iter().all(|sighting| Some(sighting.vorgang) == message.again)
    };
    let zuordnungen: Vec<Zuordnung> = messages
        .iter()
        .filter_map(|message| {
            let fingerprint = found.get(&message.listed.uid).filter(|fingerprint| is_new(message, fingerprint))?;
            Some(zuordnung(pass, message, *fingerprint))
        })
        .collect();
    let uids: Vec<Uid> = zuordnungen.iter().map(|zuordnung| zuordnung.place.uid).collect();
    let recorded = dienst.ledger.record(&config.name, zuordnungen, Timestamp::now()).await?;
    let movable = uids.into_iter().zip(recorded).filter(|(_, recorded)| recorded.halt.is_none());
    Ok(movable.map(|(uid, Recorded { vorgang, .. })| (uid, vorgang)).collect())
}

fn zuordnung(pass: &Pass<'_>, message: &ToRead, fingerprint: Fingerprint) -> Zuordnung {
    let listed = message.listed;
    Zuordnung {
        vorgang: message.again,
        place: Place { folder: FolderName::inbox(), uidvalidity: pass.inbox.uidvalidity, uid: listed.uid },
        fingerprint,
        // What nobody has read is no part of a conversation.
        message_id: None,
        eingang: listed.eingang,
        size: listed.size,
        decision: DecisionRecord {
            vorgangsart: Vorgangsart::FreieEmail.as_str(),
            entscheidung: Entscheidung::Ungeklaert.as_str(),
            agentur: None,
            regel: format!("dienst.{ZURUECKGESTELLT}"),
            grund: ZURUECKGESTELLT,
            evidenz: String::new(),
            zweiter: None,
        },
        bestand_unklar: pass.verlust.is_some_and(|verlust| verlust.may_have_been_sorted(listed.eingang)),
        regelwerk: pass.rules.version().clone(),
        betriebsart: pass.config.betriebsart,
    }
}
