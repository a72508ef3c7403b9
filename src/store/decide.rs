//! Noting decisions: which Vorgang a message is, and what was decided about it.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::attempt;
use super::conversation;
use super::error::{Failure, Refusal};
use super::event;
use super::key::{KeyedPlace, Keys};
use super::mark;
use super::nebenstueck;
use super::observation;
use super::place;
use crate::domain::ereignis::{Art, Ereignis, Rolle};
use crate::domain::id::{Fingerprint, Place};
use crate::domain::versuch::ZURUECKGESTELLT;
use crate::domain::vorgang::{DecisionRecord, Haltegrund, Recorded, VorgangId, Zuordnung};

/// Notes decisions; see `Ledger::record`.
pub(super) fn record(
    transaction: &Transaction<'_>,
    postfach: &str,
    zuordnungen: &[Zuordnung],
    at: Timestamp,
) -> Result<Vec<Recorded>, Failure> {
    let mut keys = Keys::new(transaction, postfach)?;
    let at = at.as_millisecond();
    let mut recorded = Vec::with_capacity(zuordnungen.len());
    for zuordnung in zuordnungen {
        let numbers = Numbers {
            postfach: keys.postfach(),
            place: keys.place(&zuordnung.place)?,
            regelwerk: keys.regelwerk(&zuordnung.regelwerk, at)?,
        };
        let (vorgang, pinned) = match identify(transaction, &numbers, zuordnung)? {
            Some(known) => decide_again(transaction, &numbers, known, zuordnung, at)?,
            None => begin(transaction, &numbers, zuordnung, at)?,
        };
        // What is set aside was not read: its failures still count.
        if zuordnung.decision.grund != ZURUECKGESTELLT {
            attempt::forgive(transaction, numbers.place)?;
        }
        let halt = if pinned { place::haltegrund(transaction, vorgang)? } else { None };
        recorded.push(Recorded { vorgang, halt });
    }
    Ok(recorded)
}

/// Notes that a Vorgang lies there now and nothing else; see `Ledger::renumbered`.
pub(super) fn renumbered(
    transaction: &Transaction<'_>,
    postfach: &str,
    vorgang: VorgangId,
    place: &Place,
    bestand_unklar: bool,
) -> Result<(), Failure> {
    let mut keys = Keys::new(transaction, postfach)?;
    let place = keys.place(place)?;
    let (fingerprint, pinned): (Fingerprint, bool) = transaction
        .prepare_cached("SELECT fingerprint, festgehalten FROM vorgang WHERE id = ?1 AND postfach = ?2")?
        .query_row(params![vorgang.0, keys.postfach()], |row| Ok((Fingerprint(row.get(0)?), row.get(1)?)))
        .optional()?
        .ok_or(Refusal::UnknownVorgang(vorgang))?;
    place::put(transaction, vorgang, place, None)?;
    hold_if_doubtful(transaction, place, vorgang, fingerprint, bestand_unklar && !pinned)?;
    Ok(())
}

struct Numbers {
    postfach: i64,
    place: KeyedPlace,
    regelwerk: i64,
}

/// What decides whether a new decision is worth an event, and whether the place is a new one.
struct Known {
    id: VorgangId,
    entscheidung: String,
    agentur: Option<String>,
    grund: String,
    /// It lies where it is recorded now: nothing about the place changes.
    in_place: bool,
    pinned: bool,
}

/// Which Vorgang is meant: the one that is named, the one that lies there, or the one that lay there when it was last
/// seen and has the same pseudonym (a listing had missed it).
fn identify(transaction: &Transaction<'_>, numbers: &Numbers, zuordnung: &Zuordnung) -> Result<Option<Known>, Failure> {
    let KeyedPlace { folder, uidvalidity, uid } = numbers.place;
    if let Some(vorgang) = zuordnung.vorgang {
        let known = transaction
            .prepare_cached(
                "SELECT id, entscheidung, agentur, grund,
                        folder = ?3 AND uidvalidity = ?4 AND uid = ?5 AND gone_at IS NULL, festgehalten
                 FROM vorgang WHERE id = ?1 AND postfach = ?2",
            )?
            .query_row(params![vorgang.0, numbers.postfach, folder, uidvalidity, uid], known)
            .optional()?
            .ok_or(Refusal::UnknownVorgang(vorgang))?;
        return Ok(Some(known));
    }
    let there = transaction
        .prepare_cached(
            "SELECT id, entscheidung, agentur, grund, 1, festgehalten FROM vorgang
             WHERE folder = ?1 AND uidvalidity = ?2 AND uid = ?3 AND gone_at IS NULL",
        )?
        .query_row(params![folder, uidvalidity, uid], known)
        .optional()?;
    if there.is_some() {
        return Ok(there);
    }
    let was_there = transaction
        .prepare_cached(
            "SELECT id, entscheidung, agentur, grund, 0, festgehalten FROM vorgang
             WHERE fingerprint = ?1 AND folder = ?2 AND uidvalidity = ?3 AND uid = ?4 AND gone_at IS NOT NULL",
        )?
        .query_row(params![zuordnung.fingerprint.0, folder, uidvalidity, uid], known)
        .optional()?;
    Ok(was_there)
}

fn known(row: &Row<'_>) -> rusqlite::Result<Known> {
    Ok(Known {
        id: VorgangId(row.get(0)?),
        entscheidung: row.get(1)?,
        agentur: row.get(2)?,
        grund: row.get(3)?,
        in_place: row.get(4)?,
        pinned: row.get(5)?,
    })
}

fn begin(
    transaction: &Transaction<'_>,
    numbers: &Numbers,
    zuordnung: &Zuordnung,
    at: i64,
) -> Result<(VorgangId, bool), Failure> {
    let decision = &zuordnung.decision;
    // What it was tried with for good, or what a person must have put here: rules leave it alone.
    let tried = tried_for_good(transaction, numbers.place, zuordnung.fingerprint)?
        || nebenstueck::met(transaction, numbers.postfach, zuordnung.fingerprint)?.is_some();
    let pinned = tried || zuordnung.bestand_unklar;
    transaction
        .prepare_cached(
            "INSERT INTO vorgang (postfach, fingerprint, eingang, groessenklasse, folder, uidvalidity, uid,
                festgehalten, vorgangsart, entscheidung, agentur, regel, grund, evidenz, zweiter, regelwerk,
                betriebsart, entschieden_am, kopfzeile_anfangs)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)",
        )?
        .execute(params![
            numbers.postfach,
            zuordnung.fingerprint.0,
            zuordnung.eingang.as_millisecond(),
            groessenklasse(zuordnung.size),
            numbers.place.folder,
            numbers.place.uidvalidity,
            numbers.place.uid,
            pinned,
            decision.vorgangsart,
            decision.entscheidung,
            decision.agentur,
            decision.regel,
            decision.grund,
            decision.evidenz,
            decision.zweiter,
            numbers.regelwerk,
            zuordnung.betriebsart.as_str(),
            at,
            zuordnung.kopfzeile.map(mark::word),
        ])?;
    let vorgang = VorgangId(transaction.last_insert_rowid());
    if pinned && !tried {
        place::hold(transaction, vorgang, Haltegrund::BestandUnklar)?;
    }
    conversation::add(transaction, vorgang, zuordnung.message_id)?;
    event::add_arrival(transaction, vorgang, at)?;
    event::add(transaction, vorgang, None, Art::of_decision(decision.entscheidung), at)?;
    Ok((vorgang, pinned))
}

fn decide_again(
    transaction: &Transaction<'_>,
    numbers: &Numbers,
    known: Known,
    zuordnung: &Zuordnung,
    at: i64,
) -> Result<(VorgangId, bool), Failure> {
    let mut pinned = known.pinned;
    let decision = &zuordnung.decision;
    transaction
        .prepare_cached(
            "UPDATE vorgang SET vorgangsart = ?2, entscheidung = ?3, agentur = ?4, regel = ?5, grund = ?6,
                evidenz = ?7, zweiter = ?8, regelwerk = ?9, betriebsart = ?10, entschieden_am = ?11
             WHERE id = ?1",
        )?
        .execute(params![
            known.id.0,
            decision.vorgangsart,
            decision.entscheidung,
            decision.agentur,
            decision.regel,
            decision.grund,
            decision.evidenz,
            decision.zweiter,
            numbers.regelwerk,
            zuordnung.betriebsart.as_str(),
            at,
        ])?;
    if !known.in_place {
        let stand = observation::stand(transaction, known.id)?;
        place::put(transaction, known.id, numbers.place, None)?;
        if stand.is_gone() {
            let again = Ereignis {
                art: Art::Wiedergesehen,
                rolle: Rolle::Unbekannt,
                agentur: stand.agentur,
                von: None,
                grund: "",
            };
            event::add_observed(transaction, known.id, &again, at)?;
        }
        pinned |= hold_if_doubtful(
            transaction,
            numbers.place,
            known.id,
            zuordnung.fingerprint,
            zuordnung.bestand_unklar && !pinned,
        )?;
    }
    // After a change of the key the same message in the same place has another pseudonym; one that has expired is needed again
    // if the message is to be moved, and expires anew.
    transaction
        .prepare_cached("UPDATE vorgang SET fingerprint = ?2, entlinkt = 0 WHERE id = ?1 AND fingerprint <> ?2")?
        .execute(params![known.id.0, zuordnung.fingerprint.0])?;
    conversation::renew(transaction, known.id, zuordnung.message_id)?;
    if known.differs_from(decision) {
        event::add(transaction, known.id, None, Art::of_decision(decision.entscheidung), at)?;
    }
    Ok((known.id, pinned))
}

/// Holds a Vorgang that lies at a new place if a second move could double it, or if a person may have put it there.
fn hold_if_doubtful(
    transaction: &Transaction<'_>,
    place: KeyedPlace,
    vorgang: VorgangId,
    fingerprint: Fingerprint,
    bestand_unklar: bool,
) -> rusqlite::Result<bool> {
    if tried_for_good(transaction, place, fingerprint)? {
        place::hold(transaction, vorgang, Haltegrund::Zurueckgegeben)?;
    } else if bestand_unklar {
        // It lay elsewhere when this ledger was written.
        place::hold(transaction, vorgang, Haltegrund::BestandUnklar)?;
    } else {
        return Ok(false);
    }
    Ok(true)
}

impl Known {
    fn differs_from(&self, decision: &DecisionRecord) -> bool {
        self.entscheidung != decision.entscheidung || self.agentur != decision.agentur || self.grund != decision.grund
    }
}

/// Whether the program once tried to move this very message from this place and that ended for good. If it lies there
/// again it is left for a person: a second move could double it. Another message at a UID that came again is not meant.
fn tried_for_good(
    transaction: &Transaction<'_>,
    place: KeyedPlace,
    fingerprint: Fingerprint,
) -> rusqlite::Result<bool> {
    transaction
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM operation JOIN vorgang ON vorgang.id = operation.vorgang
                WHERE source_folder = ?1 AND source_uidvalidity = ?2 AND source_uid = ?3 AND kind = 'move'
                AND state NOT IN ('absicht', 'abgelehnt') AND vorgang.fingerprint = ?4)",
        )?
        .query_row(params![place.folder, place.uidvalidity, place.uid, fingerprint.0], |row| row.get(0))
}

/// The exact size would help to recognise a message outside; its class is enough for a fill level.
pub(super) fn groessenklasse(bytes: u32) -> &'static str {
    match bytes {
        0..=10_000 => "bis_10_kb",
        10_001..=100_000 => "bis_100_kb",
        100_001..=1_000_000 => "bis_1_mb",
        1_000_001..=10_000_000 => "bis_10_mb",
        _ => "ueber_10_mb",
    }
}
