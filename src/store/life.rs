//! All that is known of one Vorgang, read for whoever asks about it.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::error::Failure;
use super::place::timestamp;
use super::stand;
use crate::domain::ereignis::Rolle;
use crate::domain::id::MessageIdHash;
use crate::domain::vorgang::{Haltegrund, VorgangId};
use crate::report::verlauf::{Geschehen, Hinweis, LetzteEntscheidung, Verlauf};

/// See `Reader::verlauf`.
pub(super) fn verlauf(connection: &Connection, vorgang: VorgangId) -> Result<Option<Verlauf>, Failure> {
    // The Vorgang and its events are of one moment, whatever the daemon writes meanwhile.
    let moment = connection.unchecked_transaction()?;
    let found = moment
        .prepare_cached(
            "SELECT vorgang.id, postfach.name, vorgang.eingang, vorgang.groessenklasse, folder.name, vorgang.gone_at,
                    CASE WHEN vorgang.festgehalten THEN vorgang.haltegrund END, vorgang.entschieden_am,
                    vorgang.vorgangsart, vorgang.entscheidung, vorgang.agentur, vorgang.regel, vorgang.grund,
                    vorgang.evidenz, vorgang.zweiter, regelwerk.version, vorgang.betriebsart
             FROM vorgang
             JOIN postfach ON postfach.id = vorgang.postfach
             JOIN folder ON folder.id = vorgang.folder
             JOIN regelwerk ON regelwerk.id = vorgang.regelwerk
             WHERE vorgang.id = ?1",
        )?
        .query_row([vorgang.0], without_events)
        .optional()?;
    let Some(mut verlauf) = found else { return Ok(None) };
    verlauf.vorher = stand::kept(&moment, vorgang)?;
    let mut statement = moment.prepare_cached(
        "SELECT at, art, rolle, agentur, von_agentur, grund FROM event WHERE vorgang = ?1 ORDER BY id",
    )?;
    verlauf.ereignisse = statement.query_map([vorgang.0], geschehen)?.collect::<Result<_, _>>()?;
    Ok(Some(verlauf))
}

fn without_events(row: &Row<'_>) -> rusqlite::Result<Verlauf> {
    let evidenz: String = row.get(13)?;
    Ok(Verlauf {
        vorgang: VorgangId(row.get(0)?),
        postfach: row.get(1)?,
        eingang: timestamp(row.get(2)?)?,
        groessenklasse: row.get(3)?,
        ordner: row.get(4)?,
        fort_seit: row.get::<_, Option<i64>>(5)?.map(timestamp).transpose()?,
        halt: row.get::<_, Option<String>>(6)?.map(|word| Haltegrund::from_word(&word)),
        entscheidung: LetzteEntscheidung {
            am: timestamp(row.get(7)?)?,
            vorgangsart: row.get(8)?,
            entscheidung: row.get(9)?,
            agentur: row.get(10)?,
            regel: row.get(11)?,
            grund: row.get(12)?,
            evidenz: Hinweis::of_record(&evidenz),
            zweiter: row.get(14)?,
            regelwerk: row.get(15)?,
            betriebsart: row.get(16)?,
        },
        vorher: None,
        ereignisse: Vec::new(),
    })
}

fn geschehen(row: &Row<'_>) -> rusqlite::Result<Geschehen> {
    Ok(Geschehen {
        am: timestamp(row.get(0)?)?,
        art: row.get(1)?,
        rolle: Rolle::from_word(&row.get::<_, String>(2)?),
        agentur: row.get(3)?,
        von: row.get(4)?,
        grund: row.get(5)?,
    })
}

/// See `Reader::with_message_id`.
pub(super) fn with_message_id(
    connection: &Connection,
    postfach: &str,
    MessageIdHash(hash): MessageIdHash,
) -> Result<Vec<VorgangId>, Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT vorgang.id FROM gespraech
         JOIN vorgang ON vorgang.id = gespraech.vorgang
         JOIN postfach ON postfach.id = vorgang.postfach
         WHERE gespraech.message_id_hash = ?1 AND postfach.name = ?2 ORDER BY vorgang.id",
    )?;
    let rows = statement.query_map(params![hash, postfach], |row| row.get(0).map(VorgangId))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// See `Reader::has_other_key`.
pub(super) fn has_other_key(connection: &Connection, probe: &str) -> Result<bool, Failure> {
    Ok(connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM kennung WHERE schluessel IS NOT NULL AND schluessel <> ?1)")?
        .query_row([probe], |row| row.get(0))?)
}
