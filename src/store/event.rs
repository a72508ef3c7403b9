//! Adding events: what happened to a Vorgang, with the words of its last decision.

use rusqlite::{Connection, params};

use crate::domain::vorgang::{OperationId, VorgangId};

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Art {
    Eingegangen,
    /// A decision, by the word of its outcome.
    Zugeordnet,
    Ungeklaert,
    VerbleibtSc,
    Fremd,
    Automatisch,
    /// The server proved the move.
    Uebergeben,
    /// Somebody else was faster.
    Anderswo,
    Mehrdeutig,
    /// A person moved it back.
    Zurueckgegeben,
}

impl Art {
    /// The event of a decision with this outcome.
    pub(super) fn of_decision(entscheidung: &str) -> Self {
        match entscheidung {
            "uebergeben" => Self::Zugeordnet,
            "verbleibt_sc" => Self::VerbleibtSc,
            "fremd" => Self::Fremd,
            "automatisch" => Self::Automatisch,
            _ => Self::Ungeklaert,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Eingegangen => "eingegangen",
            Self::Zugeordnet => "zugeordnet",
            Self::Ungeklaert => "ungeklaert",
            Self::VerbleibtSc => "verbleibt_sc",
            Self::Fremd => "fremd",
            Self::Automatisch => "automatisch",
            Self::Uebergeben => "uebergeben",
            Self::Anderswo => "anderswo",
            Self::Mehrdeutig => "mehrdeutig",
            Self::Zurueckgegeben => "zurueckgegeben",
        }
    }

    /// Whose doing it was, as far as folders tell; never a person.
    fn rolle(self) -> &'static str {
        match self {
            Self::Eingegangen | Self::Anderswo => "unbekannt",
            Self::Zurueckgegeben => "eingangszone",
            _ => "dienst",
        }
    }
}

/// Adds the event that a Vorgang came in; nothing is decided about it yet.
pub(super) fn add_arrival(connection: &Connection, vorgang: VorgangId, at: i64) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT INTO event (vorgang, art, rolle, at) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![vorgang.0, Art::Eingegangen.as_str(), Art::Eingegangen.rolle(), at])?;
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
        .execute(params![vorgang.0, operation.map(|id| id.0), art.as_str(), art.rolle(), at])?;
    Ok(())
}
