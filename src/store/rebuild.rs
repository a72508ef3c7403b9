//! After a loss: what the folders hold is written down again.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::conversation;
use super::decide::groessenklasse;
use super::error::Failure;
use super::event;
use super::key::{self, KeyedPlace, Keys};
use super::nebenstueck;
use super::place::{self, timestamp};
use crate::domain::ereignis::Art;
use crate::domain::id::{FolderName, RegelwerkVersion, UidValidity};
use crate::domain::postfach::Betriebsart;
use crate::domain::vorgang::{Verlustlage, VorgangId, WIEDERAUFGEBAUT, Wiedergefunden};

/// What a loss means for a mailbox; see `Ledger::verlustlage`.
pub(super) fn verlustlage(connection: &Connection, postfach: &str) -> Result<Option<Verlustlage>, Failure> {
    let loss: Option<(i64, Option<i64>)> = connection
        .prepare_cached("SELECT verlust_am, letzter_zyklus FROM kennung WHERE verlust_am IS NOT NULL")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((lost, last)) = loss else { return Ok(None) };
    let rebuilt: Option<i64> = connection
        .prepare_cached("SELECT wiederaufgebaut_am FROM postfach WHERE name = ?1")?
        .query_row([postfach], |row| row.get(0))
        .optional()?
        .flatten();
    Ok(Some(Verlustlage {
        letzter_zyklus: last.map(timestamp).transpose()?,
        bemerkt: timestamp(lost)?,
        wiederaufgebaut: rebuilt.is_some(),
    }))
}

/// Writes down what lies in the folder of an Agentur; see `Ledger::rebuild`. Returns how many Vorgänge that added.
#[expect(clippy::too_many_arguments, reason = "one call of the handle, handed through")]
pub(super) fn rebuild(
    transaction: &Transaction<'_>,
    postfach: &str,
    folder: &FolderName,
    uidvalidity: UidValidity,
    agentur: &str,
    found: &[Wiedergefunden],
    regelwerk: &RegelwerkVersion,
    betriebsart: Betriebsart,
    at: Timestamp,
) -> Result<u64, Failure> {
    let mut keys = Keys::new(transaction, postfach)?;
    let folder = keys.folder(folder)?;
    let numbers = (keys.postfach(), keys.regelwerk(regelwerk, at.as_millisecond())?);
    let mut added = 0;
    for message in found {
        let place = KeyedPlace { folder, uidvalidity: uidvalidity.0, uid: message.uid.0 };
        added += u64::from(one(transaction, numbers, place, agentur, message, betriebsart, at.as_millisecond())?);
    }
    Ok(added)
}

fn one(
    transaction: &Transaction<'_>,
    (postfach, regelwerk): (i64, i64),
    place: KeyedPlace,
    agentur: &str,
    message: &Wiedergefunden,
    betriebsart: Betriebsart,
    at: i64,
) -> Result<bool, Failure> {
    let known: Option<i64> = transaction
        .prepare_cached(
            "SELECT id FROM vorgang WHERE folder = ?1 AND uidvalidity = ?2 AND uid = ?3 AND gone_at IS NULL",
        )?
        .query_row(params![place.folder, place.uidvalidity, place.uid], |row| row.get(0))
        .optional()?;
    if let Some(known) = known {
        // After a change of the key the same message has another pseudonym.
        transaction
            .prepare_cached("UPDATE vorgang SET fingerprint = ?2, entlinkt = 0 WHERE id = ?1 AND fingerprint <> ?2")?
            .execute(params![known, message.fingerprint.0])?;
        conversation::renew(transaction, VorgangId(known), message.message_id)?;
        return Ok(false);
    }
    if nebenstueck::lies_at(transaction, place)? {
        // An older ledger knew it for a copy, or from before our time.
        return Ok(false);
    }
    let missing: Option<i64> = transaction
        .prepare_cached(
            "SELECT id FROM vorgang WHERE fingerprint = ?1 AND postfach = ?2 AND gone_at IS NOT NULL
             ORDER BY gone_at DESC, id LIMIT 1",
        )?
        .query_row(params![message.fingerprint.0, postfach], |row| row.get(0))
        .optional()?;
    if let Some(vorgang) = missing {
        return again(transaction, VorgangId(vorgang), place, agentur, at).map(|()| false);
    }
    let elsewhere: bool = transaction
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM vorgang WHERE fingerprint = ?1 AND postfach = ?2 AND gone_at IS NULL
                AND folder <> ?3)",
        )?
        .query_row(params![message.fingerprint.0, postfach, place.folder], |row| row.get(0))?;
    if elsewhere {
        return Ok(false);
    }
    transaction
        .prepare_cached(
            "INSERT INTO vorgang (postfach, fingerprint, eingang, groessenklasse, folder, uidvalidity, uid, vorgangsart,
                entscheidung, agentur, regel, grund, regelwerk, betriebsart, entschieden_am, uebergeben_am)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'unbekannt', 'uebergeben', ?8, ?9, ?9, ?10, ?11, ?12, ?12)",
        )?
        .execute(params![
            postfach,
            message.fingerprint.0,
            message.eingang.as_millisecond(),
            groessenklasse(message.size),
            place.folder,
            place.uidvalidity,
            place.uid,
            agentur,
            WIEDERAUFGEBAUT,
            regelwerk,
            betriebsart.as_str(),
            at,
        ])?;
    let vorgang = VorgangId(transaction.last_insert_rowid());
    conversation::add(transaction, vorgang, message.message_id)?;
    event::add_arrival(transaction, vorgang, at)?;
    event::add(transaction, vorgang, None, Art::Uebergeben, at)?;
    Ok(true)
}

/// A Vorgang of an older ledger that was moved after that: it lies here now, and was handed over to this Agentur.
fn again(
    transaction: &Transaction<'_>,
    vorgang: VorgangId,
    place: KeyedPlace,
    agentur: &str,
    at: i64,
) -> Result<(), Failure> {
    place::put(transaction, vorgang, place, Some(at))?;
    let told: bool = transaction
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM event WHERE vorgang = ?1 AND art = 'uebergeben' AND agentur = ?2)
                OR EXISTS (SELECT 1 FROM stand WHERE vorgang = ?1 AND agentur = ?2)",
        )?
        .query_row(params![vorgang.0, agentur], |row| row.get(0))?;
    if told {
        return Ok(());
    }
    transaction
        .prepare_cached(
            "UPDATE vorgang SET entscheidung = 'uebergeben', agentur = ?2, regel = ?3, grund = ?3 WHERE id = ?1",
        )?
        .execute(params![vorgang.0, agentur, WIEDERAUFGEBAUT])?;
    event::add(transaction, vorgang, None, Art::Uebergeben, at)?;
    Ok(())
}

/// All folders of a mailbox were looked through; see `Ledger::rebuilt`.
pub(super) fn rebuilt(transaction: &Transaction<'_>, postfach: &str, at: Timestamp) -> Result<(), Failure> {
    let postfach = key::postfach(transaction, postfach)?;
    transaction
        .execute("UPDATE postfach SET wiederaufgebaut_am = ?2 WHERE id = ?1", [postfach, at.as_millisecond()])?;
    Ok(())
}
