//! Adding events: what happened to a Vorgang, with the words of its last decision.

use rusqlite::{Connection, params};

use crate::domain::ereignis::{Art, Ereignis, Rolle};
use crate::domain::vorgang::{OperationId, VorgangId};

/// Adds the event that a Vorgang came in; nothing is decided about it yet.
pub(super) fn add_arrival(connection: &Connection, vorgang: VorgangId, at: i64) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT INTO event (vorgang, art, rolle, at) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![vorgang.0, Art::Eingegangen.as_str(), Rolle::Unbekannt.as_str(), at])?;
    Ok(())
}

/// Adds an event with the Agentur, reason, rule and rule set that stand in the Vorgang now.
pub(super) fn add(
    connection: &Connection,
    vorgang: VorgangId,
    operation: Option<OperationId>,
    art: Art,
    at: i64,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO event (vorgang, operation, art, rolle, agentur, grund, regel, regelwerk, at)
             SELECT id, ?2, ?3, ?4, agentur, grund, regel, regelwerk, ?5 FROM vorgang WHERE id = ?1",
        )?
        .execute(params![vorgang.0, operation.map(|id| id.0), art.as_str(), rolle(art).as_str(), at])?;
    Ok(())
}

/// Adds an event that was observed. Rule and rule set are those of the decision that led there, so that a correction is
/// tied to what it corrects.
pub(super) fn add_observed(
    connection: &Connection,
    vorgang: VorgangId,
    ereignis: &Ereignis,
    at: i64,
) -> rusqlite::Result<()> {
    let Ereignis { art, rolle, agentur, von, grund } = ereignis;
    connection
        .prepare_cached(
            "INSERT INTO event (vorgang, art, rolle, agentur, von_agentur, grund, regel, regelwerk, at)
             SELECT id, ?2, ?3, ?4, ?5, ?6, regel, regelwerk, ?7 FROM vorgang WHERE id = ?1",
        )?
        .execute(params![vorgang.0, art.as_str(), rolle.as_str(), agentur, von, grund, at])?;
    Ok(())
}

/// Whose doing an event of the program's own work is.
fn rolle(art: Art) -> Rolle {
    match art {
        Art::Eingegangen | Art::Anderswo => Rolle::Unbekannt,
        Art::Zurueckgegeben => Rolle::Eingangszone,
        _ => Rolle::Dienst,
    }
}
