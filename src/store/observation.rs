//! What was seen in the watched folders, and what follows from seeing it twice.
//!
//! A look at a folder moves Vorgänge to where they are now and opens a question (`offen_seit`); the next look that finds
//! them unchanged answers it, and only then there are events. So what a person does and undoes between two looks never
//! happened.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::conversation;
use super::decide::groessenklasse;
use super::error::Failure;
use super::event;
use super::key::{self, KeyedPlace, Keys};
use super::mark;
use super::missing;
use super::nebenstueck;
use super::place;
use super::stand;
use crate::domain::ereignis::{Art, Ereignis, Rolle, Stand};
use crate::domain::id::{FolderName, RegelwerkVersion, Uid, UidValidity};
use crate::domain::kennzeichen::Kennzeichen;
use crate::domain::postfach::Betriebsart;
use crate::domain::sichtung::{Bekannt, Betreten, Faellig, Fortgang, Neu, Sichtung};
use crate::domain::vorgang::VorgangId;

/// Most Vorgänge that are settled in one transaction.
const MOST_AT_ONCE: u32 = 1_000;

/// Rounds without a trace after which a Vorgang is gone.
const ROUNDS_UNTIL_GONE: u32 = 2;

/// How long something must be gone before a round counts in which some folder could not be looked into: it may lie there.
const PATIENCE: SignedDuration = SignedDuration::from_hours(24);

/// All that the ledger knows in a folder, by ascending UID; see `Ledger::watched`.
pub(super) fn watched(
    connection: &Connection,
    postfach: &str,
    folder: &FolderName,
    uidvalidity: UidValidity,
) -> Result<Vec<Bekannt>, Failure> {
    let Some(folder) = key::find_folder(connection, postfach, folder)? else {
        return Ok(Vec::new());
    };
    let mut statement = connection.prepare_cached(
        "SELECT uid, merkmal, kopfzeile_anfangs, 1 FROM vorgang
         WHERE folder = ?1 AND uidvalidity = ?2 AND gone_at IS NULL
         UNION ALL SELECT uid, '', NULL, 0 FROM nebenstueck
            WHERE folder = ?1 AND uidvalidity = ?2 AND verlassen_am IS NULL
         ORDER BY 1",
    )?;
    let rows = statement.query_map(params![folder, uidvalidity.0], |row| {
        Ok(Bekannt {
            uid: Uid(row.get(0)?),
            merkmal: mark::read(row, 1)?,
            kopfzeile_anfangs: mark::read_if_known(row, 2)?,
            is_vorgang: row.get(3)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A watched folder is looked at for the first time since the start, or has another UIDVALIDITY; see
/// `Ledger::enter_folder`.
pub(super) fn enter(
    transaction: &Transaction<'_>,
    postfach: &str,
    folder: &FolderName,
    uidvalidity: UidValidity,
    at: Timestamp,
) -> Result<Betreten, Failure> {
    let Some(folder) = key::find_folder(transaction, postfach, folder)? else {
        return Ok(Betreten { erster_blick: true, umnummeriert: 0 });
    };
    let erster_blick: bool = transaction
        .prepare_cached("SELECT beobachtet_am IS NULL FROM folder WHERE id = ?1")?
        .query_row([folder], |row| row.get(0))?;
    nebenstueck::leave_folder(transaction, folder, Some(uidvalidity.0), at.as_millisecond())?;
    let changed = transaction
        .prepare_cached(
            "UPDATE vorgang SET gone_at = ?3, vermisst_runden = 0
             WHERE folder = ?1 AND uidvalidity <> ?2 AND gone_at IS NULL",
        )?
        .execute(params![folder, uidvalidity.0, at.as_millisecond()])?;
    Ok(Betreten { erster_blick, umnummeriert: changed as u64 })
}

/// Notes that a folder was looked through; see `Ledger::looked_through`.
pub(super) fn looked_through(
    transaction: &Transaction<'_>,
    postfach: &str,
    folder: &FolderName,
    at: Timestamp,
) -> Result<(), Failure> {
    let folder = Keys::new(transaction, postfach)?.folder(folder)?;
    transaction
        .prepare_cached("UPDATE folder SET beobachtet_am = ?2 WHERE id = ?1 AND beobachtet_am IS NULL")?
        .execute(params![folder, at.as_millisecond()])?;
    Ok(())
}

/// Notes what a look at a folder has shown; see `Ledger::sighted`.
pub(super) fn sighted(
    transaction: &Transaction<'_>,
    postfach: &str,
    sichtung: &Sichtung,
    regelwerk: &RegelwerkVersion,
    betriebsart: Betriebsart,
    at: Timestamp,
) -> Result<(), Failure> {
    let mut keys = Keys::new(transaction, postfach)?;
    let folder = keys.folder(&sichtung.folder)?;
    let look = Look {
        postfach: keys.postfach(),
        folder,
        uidvalidity: sichtung.uidvalidity.0,
        agentur: sichtung.agentur.as_deref(),
        regelwerk: keys.regelwerk(regelwerk, at.as_millisecond())?,
        betriebsart,
        mit_kopfzeile: sichtung.mit_kopfzeile,
        at: at.as_millisecond(),
    };
    place::leave(transaction, look.postfach, look.folder, look.uidvalidity, &sichtung.fort, look.at)?;
    for neu in &sichtung.neu {
        look.arrived(transaction, neu)?;
    }
    let mut statement = transaction.prepare_cached(
        "UPDATE vorgang SET merkmal = ?4, offen_seit = ?5
         WHERE folder = ?1 AND uidvalidity = ?2 AND uid = ?3 AND gone_at IS NULL",
    )?;
    for (uid, kennzeichen) in &sichtung.merkmale {
        statement.execute(params![look.folder, look.uidvalidity, uid.0, mark::word(*kennzeichen), look.at])?;
    }
    let mut first_sight = transaction.prepare_cached(
        "UPDATE vorgang SET kopfzeile_anfangs = ?4
         WHERE folder = ?1 AND uidvalidity = ?2 AND uid = ?3 AND gone_at IS NULL AND kopfzeile_anfangs IS NULL",
    )?;
    for (uid, kennzeichen) in &sichtung.kopfzeilen {
        first_sight.execute(params![look.folder, look.uidvalidity, uid.0, mark::word(*kennzeichen)])?;
    }
    Ok(())
}

/// One look at one folder, in numbers.
struct Look<'a> {
    postfach: i64,
    folder: i64,
    uidvalidity: u32,
    agentur: Option<&'a str>,
    regelwerk: i64,
    betriebsart: Betriebsart,
    mit_kopfzeile: bool,
    at: i64,
}

impl Look<'_> {
    /// A message at a UID that nobody knew: a Vorgang that had left its place, a copy of one that has not, or a stranger.
    fn arrived(&self, transaction: &Transaction<'_>, neu: &Neu) -> Result<(), Failure> {
        let missing = transaction
            .prepare_cached(
                "SELECT id, folder, kopfzeile_anfangs, abgeschlossen FROM vorgang
                 WHERE fingerprint = ?1 AND postfach = ?2 AND gone_at IS NOT NULL
                 ORDER BY folder = ?3 DESC, gone_at DESC, id LIMIT 1",
            )?
            .query_row(params![neu.fingerprint.0, self.postfach, self.folder], |row| {
                let stays = row.get::<_, i64>(1)? == self.folder && !row.get::<_, bool>(3)?;
                Ok((VorgangId(row.get(0)?), stays, mark::read_if_known(row, 2)?))
            })
            .optional()?;
        if let Some((vorgang, stays, kopfzeile_anfangs)) = missing {
            return self.found(transaction, vorgang, stays, neu.gezeigt.merkmal(kopfzeile_anfangs), neu.uid);
        }
        let elsewhere: bool = transaction
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM vorgang WHERE fingerprint = ?1 AND postfach = ?2 AND gone_at IS NULL)",
            )?
            .query_row(params![neu.fingerprint.0, self.postfach], |row| row.get(0))?;
        let altbestand = neu.altbestand || nebenstueck::met(transaction, self.postfach, neu.fingerprint)? == Some(true);
        match self.agentur {
            Some(agentur) if !elsewhere && !altbestand => self.stranger(transaction, agentur, neu),
            _ => {
                let place = KeyedPlace { folder: self.folder, uidvalidity: self.uidvalidity, uid: neu.uid.0 };
                nebenstueck::note(transaction, place, neu, altbestand, self.at)?;
                Ok(())
            }
        }
    }

    /// A known Vorgang lies here now. Where it stays, in the folder that it was in before, it has only got another number.
    fn found(
        &self,
        transaction: &Transaction<'_>,
        vorgang: VorgangId,
        stays: bool,
        merkmal: Option<Kennzeichen>,
        uid: Uid,
    ) -> Result<(), Failure> {
        let place = KeyedPlace { folder: self.folder, uidvalidity: self.uidvalidity, uid: uid.0 };
        place::put(transaction, vorgang, place, None)?;
        transaction
            .prepare_cached(
                "UPDATE vorgang SET vermisst_runden = 0, merkmal = ?2,
                    offen_seit = CASE WHEN ?3 AND merkmal = ?2 THEN offen_seit ELSE ?4 END
                 WHERE id = ?1",
            )?
            .execute(params![vorgang.0, mark::word(merkmal), stays, self.at])?;
        Ok(())
    }

    /// Somebody put it here without us: a rule of Outlook, or a person.
    fn stranger(&self, transaction: &Transaction<'_>, agentur: &str, neu: &Neu) -> Result<(), Failure> {
        transaction
            .prepare_cached(
                "INSERT INTO vorgang (postfach, fingerprint, eingang, groessenklasse, folder, uidvalidity, uid,
                    festgehalten, vorgangsart, entscheidung, agentur, regel, grund, regelwerk, betriebsart,
                    entschieden_am, merkmal, kopfzeile_anfangs, offen_seit)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1, 'unbekannt', 'uebergeben', ?8, 'beobachtung', 'direkt', ?9, ?10,
                    ?11, ?12, ?13, ?11)",
            )?
            .execute(params![
                self.postfach,
                neu.fingerprint.0,
                neu.eingang.as_millisecond(),
                groessenklasse(neu.size),
                self.folder,
                self.uidvalidity,
                neu.uid.0,
                agentur,
                self.regelwerk,
                self.betriebsart.as_str(),
                self.at,
                mark::word(neu.gezeigt.fahne),
                self.mit_kopfzeile.then(|| mark::word(neu.gezeigt.kopfzeile)),
            ])?;
        let vorgang = VorgangId(transaction.last_insert_rowid());
        conversation::add(transaction, vorgang, neu.message_id)?;
        event::add_arrival(transaction, vorgang, self.at)?;
        Ok(())
    }
}

/// Vorgänge in a folder about which a question is open since before this moment; see `Ledger::due`.
pub(super) fn due(
    connection: &Connection,
    postfach: &str,
    folder: &FolderName,
    uidvalidity: UidValidity,
    before: Timestamp,
) -> Result<Vec<Faellig>, Failure> {
    let Some(folder) = key::find_folder(connection, postfach, folder)? else {
        return Ok(Vec::new());
    };
    let mut statement = connection.prepare_cached(
        "SELECT id, merkmal FROM vorgang
         WHERE folder = ?1 AND uidvalidity = ?2 AND gone_at IS NULL AND offen_seit < ?3 ORDER BY id
         LIMIT ?4",
    )?;
    let rows = statement.query_map(params![folder, uidvalidity.0, before.as_millisecond(), MOST_AT_ONCE], |row| {
        Ok((VorgangId(row.get(0)?), mark::read(row, 1)?))
    })?;
    with_states(connection, rows.collect::<Result<Vec<_>, _>>()?)
}

/// Counts a round; see `Ledger::end_round`.
pub(super) fn end_round(
    transaction: &Transaction<'_>,
    postfach: &str,
    begun: Timestamp,
    complete: bool,
) -> Result<(), Failure> {
    let Some(postfach) = key::find_postfach(transaction, postfach)? else {
        return Ok(());
    };
    let gone_before = if complete { begun } else { begun.saturating_sub(PATIENCE).unwrap_or(Timestamp::MIN) };
    transaction
        .prepare_cached(
            "UPDATE vorgang SET vermisst_runden = vermisst_runden + 1
             WHERE postfach = ?1 AND gone_at < ?2 AND abgeschlossen = 0
                AND NOT EXISTS (SELECT 1 FROM folder WHERE folder.id = vorgang.folder AND vermisst_seit > ?3)
                AND NOT EXISTS (SELECT 1 FROM operation WHERE operation.vorgang = vorgang.id AND state = 'absicht')",
        )?
        .execute(params![postfach, gone_before.as_millisecond(), missing::may_come_back_since(begun)])?;
    Ok(())
}

/// What was found nowhere in two rounds; see `Ledger::found_nowhere`.
pub(super) fn found_nowhere(connection: &Connection, postfach: &str) -> Result<Vec<Faellig>, Failure> {
    let Some(postfach) = key::find_postfach(connection, postfach)? else {
        return Ok(Vec::new());
    };
    let mut statement = connection.prepare_cached(
        "SELECT id FROM vorgang
         WHERE postfach = ?1 AND gone_at IS NOT NULL AND abgeschlossen = 0 AND vermisst_runden >= ?2 ORDER BY id
         LIMIT ?3",
    )?;
    let rows = statement.query_map(params![postfach, ROUNDS_UNTIL_GONE, MOST_AT_ONCE], |row| {
        Ok((VorgangId(row.get(0)?), None::<Kennzeichen>))
    })?;
    with_states(connection, rows.collect::<Result<Vec<_>, _>>()?)
}

/// Closes the questions about Vorgänge with what they have become; see `Ledger::go_on`.
pub(super) fn go_on(transaction: &Transaction<'_>, fortgaenge: &[Fortgang], at: Timestamp) -> Result<u64, Failure> {
    let mut events = 0;
    for Fortgang { vorgang, ereignisse } in fortgaenge {
        // What was seen first is when it happened.
        let since: Option<i64> = transaction
            .prepare_cached("SELECT COALESCE(gone_at, offen_seit) FROM vorgang WHERE id = ?1")?
            .query_row([vorgang.0], |row| row.get(0))?;
        for ereignis in ereignisse {
            event::add_observed(transaction, *vorgang, ereignis, since.unwrap_or(at.as_millisecond()))?;
            events += 1;
        }
        let by_hand = ereignisse.iter().any(|ereignis| {
            ereignis.rolle != Rolle::Dienst
                && matches!(ereignis.art, Art::Uebergeben | Art::Umgeordnet | Art::Zurueckgegeben)
        });
        transaction
            .prepare_cached(
                "UPDATE vorgang SET offen_seit = NULL, abgeschlossen = gone_at IS NOT NULL,
                    festgehalten = MAX(festgehalten, ?2)
                 WHERE id = ?1",
            )?
            .execute(params![vorgang.0, by_hand])?;
    }
    Ok(events)
}

/// The state of a Vorgang, from its events; those that have expired left theirs in `stand`.
pub(super) fn stand(connection: &Connection, vorgang: VorgangId) -> Result<Stand, Failure> {
    let mut statement = connection
        .prepare_cached("SELECT art, agentur, von_agentur, grund = 'au' FROM event WHERE vorgang = ?1 ORDER BY id")?;
    let mut rows = statement.query([vorgang.0])?;
    let mut stand = stand::before_events(connection, vorgang)?;
    while let Some(row) = rows.next()? {
        let word: String = row.get(0)?;
        // A word of a newer program, in a ledger that was put back: it changes nothing that this one knows of.
        let Some(art) = Art::from_word(&word) else { continue };
        let au: bool = row.get(3)?;
        stand = stand.after(&Ereignis {
            art,
            rolle: Rolle::Unbekannt,
            agentur: row.get(1)?,
            von: row.get(2)?,
            grund: if au { "au" } else { "" },
        });
    }
    Ok(stand)
}

fn with_states(
    connection: &Connection,
    vorgaenge: Vec<(VorgangId, Option<Kennzeichen>)>,
) -> Result<Vec<Faellig>, Failure> {
    vorgaenge
        .into_iter()
        .map(|(vorgang, merkmal)| Ok(Faellig { vorgang, merkmal, stand: stand(connection, vorgang)? }))
        .collect()
}
