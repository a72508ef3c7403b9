//! Messages that are not read any more, and where they go.
//!
//! They stay in INBOX, or, where the mailbox names a folder for them, are moved there unread and in the usual way:
//! intent, MOVE, record. A MOVE needs no content; the fingerprint comes from the few header fields that recovery asks for
//! as well. Where even those cannot be had, or the message is one that was somewhere else before, it stays. It is asked for
//! alone, and a message over which the connection broke is left alone until the process ends: it never stops another one.

use std::collections::{HashMap, HashSet};

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
use crate::domain::id::{Fingerprint, FolderName, Place, Uid, UidValidity};
use crate::domain::versuch::ZURUECKGESTELLT;
use crate::domain::vorgang::{DecisionRecord, Recorded, VorgangId, Weg, Zuordnung};
use crate::imap::error::ImapError;
use crate::imap::fetch::identify;
use crate::imap::mover::MoveSet;
use crate::plan::target::target_folder;
use crate::plan::triage::ToRead;

/// Counts what is set aside, and moves it if it may. Afterwards INBOX is open again. `true`: the server proved every move
/// by its answer. `untouchable` are the messages that broke a connection here; another one is added to them.
pub async fn set_aside(
    pass: &Pass<'_>,
    link: &mut Link,
    messages: &[ToRead],
    untouchable: &mut HashSet<(UidValidity, Uid)>,
    report: &mut CycleReport,
) -> Result<bool, CycleError> {
    if messages.is_empty() {
        return Ok(true);
    }
    let Some(target) = target(pass, link).await? else {
        leave(report, messages.len());
        return Ok(true);
    };
    let vorgaenge = record(pass, link, messages, untouchable).await?;
    leave(report, messages.len() - vorgaenge.len());
    if vorgaenge.is_empty() {
        return Ok(true);
    }
    pass.dienst.progress.expect(vorgaenge.len());
    let uids: Vec<Uid> = vorgaenge.keys().copied().collect();
    let weg = link.session.capabilities().weg().ok_or(ImapError::CannotMove)?;
    let batch = if pass.careful { 1 } else { pass.dienst.config.move_batch };
    let sets = MoveSet::pack(&target, &uids, batch);
    let statuses = link.status(&target).map(|status| (target, status)).into_iter().collect();
    let moved_before = report.moved;
    let proved = carry_out(pass, link, Packed { sets, vorgaenge, weg, statuses }, report).await;
    report.set_aside += report.moved - moved_before;
    proved
}

/// Counts what is set aside and stays.
fn leave(report: &mut CycleReport, count: usize) {
    report.leave(ZURUECKGESTELLT, count as u64);
    report.set_aside += count as u64;
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
async fn record(
    pass: &Pass<'_>,
    link: &mut Link,
    messages: &[ToRead],
    untouchable: &mut HashSet<(UidValidity, Uid)>,
) -> Result<HashMap<Uid, VorgangId>, CycleError> {
    let Pass { config, dienst, .. } = pass;
    let mut found: HashMap<Uid, Fingerprint> = HashMap::new();
    for message in messages {
        let uid = message.listed.uid;
        if let Some(fingerprint) = recognise(pass, link, uid, untouchable).await? {
            found.insert(uid, fingerprint);
        }
    }
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

/// The fingerprint of one message; `None` if the server does not give what it is made of.
async fn recognise(
    pass: &Pass<'_>,
    link: &mut Link,
    uid: Uid,
    untouchable: &mut HashSet<(UidValidity, Uid)>,
) -> Result<Option<Fingerprint>, CycleError> {
    let Pass { config, dienst, inbox, .. } = pass;
    if dienst.stop.is_cancelled() {
        return Err(CycleError::Stopped);
    }
    if untouchable.contains(&(inbox.uidvalidity, uid)) {
        return Ok(None);
    }
    let mut found = None;
    let answer = identify(&mut link.session, &[uid], |message| found = Some(fingerprint(dienst, &message))).await;
    let Err(error) = answer.map_err(CycleError::from) else { return Ok(found) };
    if !error.may_be_a_message() {
        return Err(error);
    }
    if error.keeps_connection() {
        return Ok(None);
    }
    // The next pass must get past it.
    untouchable.insert((inbox.uidvalidity, uid));
    warn!(mailbox = %config.name, uid = uid.0, "the connection broke over the header of a mail that is set aside; it stays in INBOX");
    let place = Place { folder: FolderName::inbox(), uidvalidity: inbox.uidvalidity, uid };
    dienst.ledger.note_errors(&config.name, vec![place], Timestamp::now()).await?;
    Err(error)
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
        kopfzeile: None,
        decision: DecisionRecord {
            vorgangsart: Vorgangsart::FreieEmail.as_str(),
            entscheidung: Entscheidung::Ungeklaert.as_str(),
            agentur: None,
            regel: format!("dienst.{ZURUECKGESTELLT}"),
            grund: ZURUECKGESTELLT,
            evidenz: String::new(),
            zweiter: None,
        },
        bestand_unklar: pass.may_have_been_sorted(listed.eingang),
        regelwerk: pass.rules.version().clone(),
        betriebsart: pass.config.betriebsart,
    }
}
