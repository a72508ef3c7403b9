//! Folders that are watched no longer: somebody renamed or removed them, or the configuration means them no more.
//!
//! That a folder is gone says nothing about the mail in it: what lay there may be found elsewhere, and until it is, its
//! state stays as it is. Only after [`GRACE`] it counts as gone like anything else that is found nowhere.

use std::collections::{HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Transaction, params};

use super::error::Failure;
use super::key;
use super::nebenstueck;
use super::place;
use crate::domain::id::{FolderName, Uid};
use crate::domain::sichtung::Unbeobachtet;

/// How long a folder may be gone before that is taken for the end of what lay in it.
const GRACE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Notes which folders are watched now, and which others the server lists; see `Ledger::watch`.
pub(super) fn watch(
    transaction: &Transaction<'_>,
    postfach: &str,
    watched: &HashSet<FolderName>,
    listed: &HashSet<FolderName>,
    at: Timestamp,
) -> Result<Vec<Unbeobachtet>, Failure> {
    let Some(postfach) = key::find_postfach(transaction, postfach)? else {
        return Ok(Vec::new());
    };
    let mut statement =
        transaction.prepare_cached("SELECT id, name, vermisst_seit IS NOT NULL FROM folder WHERE postfach = ?1")?;
    let folders: Vec<(i64, FolderName, bool)> = statement
        .query_map([postfach], |row| Ok((row.get(0)?, FolderName(row.get(1)?), row.get(2)?)))?
        .collect::<Result<_, _>>()?;
    let mut since = transaction.prepare_cached("UPDATE folder SET vermisst_seit = ?2 WHERE id = ?1")?;
    let mut newly = Vec::new();
    for (folder, name, missing) in folders {
        let there = listed.contains(&name);
        match (watched.contains(&name), missing) {
            (true, true) => since.execute(params![folder, None::<i64>])?,
            (true, false) => 0,
            // As long as it is there, so is what lies in it: the time of grace does not run.
            (false, true) if there => since.execute(params![folder, at.as_millisecond()])?,
            (false, true) => 0,
            (false, false) => {
                newly.push((folder, name, there));
                since.execute(params![folder, at.as_millisecond()])?
            }
        };
    }
    // Of all of them first: no copy in a folder that is not watched may take the place of a Vorgang.
    for (folder, ..) in &newly {
        nebenstueck::leave_folder(transaction, *folder, None, at.as_millisecond())?;
    }
    let mut left = Vec::new();
    for (folder, name, vorhanden) in newly {
        let vorgaenge = leave_all(transaction, postfach, folder, at.as_millisecond())?;
        if vorgaenge > 0 {
            left.push(Unbeobachtet { folder: name, vorgaenge, vorhanden });
        }
    }
    Ok(left)
}

/// Everything that lay there has left.
fn leave_all(transaction: &Transaction<'_>, postfach: i64, folder: i64, at: i64) -> Result<u64, Failure> {
    let mut statement =
        transaction.prepare_cached("SELECT uidvalidity, uid FROM vorgang WHERE folder = ?1 AND gone_at IS NULL")?;
    let mut places: HashMap<u32, Vec<Uid>> = HashMap::new();
    let mut rows = statement.query([folder])?;
    while let Some(row) = rows.next()? {
        places.entry(row.get(0)?).or_default().push(Uid(row.get(1)?));
    }
    for (uidvalidity, uids) in &places {
        place::leave(transaction, postfach, folder, *uidvalidity, uids, at)?;
    }
    Ok(places.values().map(|uids| uids.len() as u64).sum())
}

/// A folder that is missing since after this moment may come back.
pub(super) fn may_come_back_since(now: Timestamp) -> i64 {
    now.saturating_sub(GRACE).unwrap_or(Timestamp::MIN).as_millisecond()
}
