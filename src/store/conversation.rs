//! Conversations: the Message-ID hash of each Vorgang, and which Agentur it is with.

use std::collections::BTreeSet;

use rusqlite::{Connection, Transaction, params};

use super::error::Failure;
use super::key;
use super::stand;
use crate::domain::ereignis::{Art, Stand, Status};
use crate::domain::id::MessageIdHash;
use crate::domain::vorgang::VorgangId;

/// A Message-ID that more Vorgänge have is that of a program and not of a mail, and ties nothing together.
const TWINS: usize = 10;

/// Notes what replies will name a new Vorgang by.
pub(super) fn add(
    transaction: &Transaction<'_>,
    vorgang: VorgangId,
    message_id: Option<MessageIdHash>,
) -> rusqlite::Result<()> {
    let Some(MessageIdHash(hash)) = message_id else { return Ok(()) };
    transaction
        .prepare_cached("INSERT INTO gespraech (vorgang, message_id_hash) VALUES (?1, ?2)")?
        .execute(params![vorgang.0, hash])?;
    Ok(())
}

/// Notes it for a Vorgang that was known before. After a change of the key the same mail has another hash.
pub(super) fn renew(
    transaction: &Transaction<'_>,
    vorgang: VorgangId,
    message_id: Option<MessageIdHash>,
) -> rusqlite::Result<()> {
    match message_id {
        Some(MessageIdHash(hash)) => transaction
            .prepare_cached(
                "INSERT INTO gespraech (vorgang, message_id_hash) VALUES (?1, ?2)
                 ON CONFLICT (vorgang) DO UPDATE SET message_id_hash = excluded.message_id_hash
                    WHERE message_id_hash <> excluded.message_id_hash",
            )?
            .execute(params![vorgang.0, hash])?,
        None => transaction.prepare_cached("DELETE FROM gespraech WHERE vorgang = ?1")?.execute([vorgang.0])?,
    };
    Ok(())
}

/// The Agenturen that earlier mails are with, for each conversation by itself; see `Ledger::conversations`.
pub(super) fn agenturen(
    connection: &Connection,
    postfach: &str,
    conversations: &[Vec<MessageIdHash>],
) -> Result<Vec<BTreeSet<String>>, Failure> {
    let Some(postfach) = key::find_postfach(connection, postfach)? else {
        return Ok(vec![BTreeSet::new(); conversations.len()]);
    };
    conversations.iter().map(|earlier| one(connection, postfach, earlier)).collect()
}

fn one(connection: &Connection, postfach: i64, earlier: &[MessageIdHash]) -> Result<BTreeSet<String>, Failure> {
    let mut agenturen = BTreeSet::new();
    for &hash in earlier {
        for vorgang in bearers(connection, postfach, hash)? {
            match standing(connection, vorgang)? {
                Standing::With(agentur) => {
                    agenturen.insert(agentur);
                }
                Standing::Returned => return Ok(BTreeSet::new()),
                Standing::Nobody => {}
            }
        }
    }
    Ok(agenturen)
}

/// The Vorgänge of a mailbox with this Message-ID; none if too many have it, in whatever mailbox.
fn bearers(connection: &Connection, postfach: i64, MessageIdHash(hash): MessageIdHash) -> Result<Vec<i64>, Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT vorgang.id, vorgang.postfach FROM gespraech JOIN vorgang ON vorgang.id = gespraech.vorgang
         WHERE gespraech.message_id_hash = ?1",
    )?;
    let rows = statement.query_map([hash], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let bearers: Vec<(i64, i64)> = rows.take(TWINS + 1).collect::<Result<_, _>>()?;
    if bearers.len() > TWINS {
        return Ok(Vec::new());
    }
    Ok(bearers.into_iter().filter(|&(_, of)| of == postfach).map(|(vorgang, _)| vorgang).collect())
}

/// Where a Vorgang stands, by the newest event that says so.
enum Standing {
    With(String),
    /// A person put it back: the hand-over was wrong.
    Returned,
    /// It lies in INBOX, or nobody knows where.
    Nobody,
}

fn standing(connection: &Connection, vorgang: i64) -> Result<Standing, Failure> {
    let mut statement =
        connection.prepare_cached("SELECT art, agentur FROM event WHERE vorgang = ?1 ORDER BY id DESC")?;
    let mut rows = statement.query([vorgang])?;
    let mut seen_again = false;
    while let Some(row) = rows.next()? {
        let art = Art::from_word(&row.get::<_, String>(0)?);
        match art {
            Some(Art::Uebergeben | Art::Umgeordnet) => {
                let agentur: Option<String> = row.get(1)?;
                return Ok(agentur.map_or(Standing::Nobody, Standing::With));
            }
            Some(Art::Zurueckgegeben) => return Ok(Standing::Returned),
            // Work on a mail does not change whose it is, nor does its end.
            Some(
                Art::InBearbeitung
                | Art::BearbeitungBeendet
                | Art::Bearbeitet
                | Art::Wiedereroeffnet
                | Art::VorgangsartBerichtigt
                | Art::Loeschvorgemerkt
                | Art::VormerkungAufgehoben
                | Art::Geloescht,
            ) => {}
            Some(Art::Wiedergesehen) => seen_again = true,
            Some(Art::Verschwunden) if seen_again => {}
            _ => return Ok(Standing::Nobody),
        }
    }
    // Its older events have expired.
    let Stand { status, agentur, .. } = stand::before_events(connection, VorgangId(vorgang))?;
    Ok(match (status, agentur) {
        (Status::Zurueckgegeben, _) => Standing::Returned,
        (Status::Verschwunden, _) if !seen_again => Standing::Nobody,
        (_, None) => Standing::Nobody,
        (_, Some(agentur)) => Standing::With(agentur),
    })
}
