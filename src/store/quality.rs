//! Decisions with what people made of them, read for the report on the rules.

use jiff::Timestamp;
use rusqlite::{Connection, Row, params};

use super::error::Failure;
use super::place::timestamp;
use crate::domain::ereignis::{Art, Rolle};
use crate::report::regelguete::{Fall, Schritt};

/// Which Vorgänge are meant; what is `None` or empty limits nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Auswahl {
    /// Decided at this moment or later.
    pub von: Option<Timestamp>,
    /// Decided before this moment.
    pub vor: Option<Timestamp>,
    /// Name of the mailbox.
    pub postfach: Option<String>,
    /// How the version of the deciding rule set begins.
    pub regelwerk: String,
}

/// See `Reader::each_decided`.
///
/// A Vorgang counts if the event of a decision is there. What was found in the folder of an Agentur has none, and when
/// events have expired, nobody knows any more whether the decision was corrected.
pub(super) fn each_decided(
    connection: &Connection,
    auswahl: &Auswahl,
    mut each: impl FnMut(&Fall),
) -> Result<(), Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT vorgang.id, vorgang.entschieden_am, vorgang.entscheidung, vorgang.agentur, vorgang.regel, vorgang.grund,
                vorgang.evidenz, vorgang.zweiter, event.art, event.rolle, event.agentur
         FROM vorgang
         JOIN postfach ON postfach.id = vorgang.postfach
         JOIN regelwerk ON regelwerk.id = vorgang.regelwerk
         LEFT JOIN event ON event.vorgang = vorgang.id
            AND (event.art = 'uebergeben' OR event.art = 'umgeordnet' OR event.art = 'zurueckgegeben')
         WHERE (?1 IS NULL OR vorgang.entschieden_am >= ?1) AND (?2 IS NULL OR vorgang.entschieden_am < ?2)
            AND (?3 IS NULL OR postfach.name = ?3) AND substr(regelwerk.version, 1, length(?4)) = ?4
            AND EXISTS (SELECT 1 FROM event AS decision
                WHERE decision.vorgang = vorgang.id AND decision.rolle = 'dienst'
                AND (decision.art = 'zugeordnet' OR decision.art = 'ungeklaert' OR decision.art = 'verbleibt_sc'
                    OR decision.art = 'fremd' OR decision.art = 'automatisch'))
         ORDER BY vorgang.id, event.id",
    )?;
    let milliseconds = |moment: Option<Timestamp>| moment.map(Timestamp::as_millisecond);
    let mut rows = statement.query(params![
        milliseconds(auswahl.von),
        milliseconds(auswahl.vor),
        auswahl.postfach,
        auswahl.regelwerk,
    ])?;
    let mut current: Option<(i64, Fall)> = None;
    while let Some(row) = rows.next()? {
        let vorgang: i64 = row.get(0)?;
        match &mut current {
            Some((of, fall)) if *of == vorgang => fall.schritte.extend(schritt(row)?),
            _ => {
                if let Some((_, complete)) = current.replace((vorgang, fall(row)?)) {
                    each(&complete);
                }
            }
        }
    }
    if let Some((_, complete)) = current {
        each(&complete);
    }
    Ok(())
}

fn fall(row: &Row<'_>) -> rusqlite::Result<Fall> {
    Ok(Fall {
        entschieden_am: timestamp(row.get(1)?)?,
        entscheidung: row.get(2)?,
        agentur: row.get(3)?,
        regel: row.get(4)?,
        grund: row.get(5)?,
        evidenz: row.get(6)?,
        zweiter: row.get(7)?,
        schritte: schritt(row)?.into_iter().collect(),
    })
}

fn schritt(row: &Row<'_>) -> rusqlite::Result<Option<Schritt>> {
    let (art, rolle): (Option<String>, Option<String>) = (row.get(8)?, row.get(9)?);
    let (Some(art), Some(rolle)) = (art.as_deref().and_then(Art::from_word), rolle) else { return Ok(None) };
    Ok(Some(Schritt { art, rolle: Rolle::from_word(&rolle), agentur: row.get(10)? }))
}
