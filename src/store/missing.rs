//! Watched folders that are no longer there, because somebody renamed or removed them.
//!
//! That a folder is gone says nothing about the mail in it: what lay there may be found elsewhere, and until it is, its
//! state stays as it is. Only after [`GRACE`] it counts as gone like anything else that is found nowhere.

use std::collections::{HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Transaction, params};

use super::error::Failure;
use super::key;
use super::place;
use crate::domain::id::{FolderName, Uid};

/// How long a folder may be gone before that is taken for the end of what lay in it.
const GRACE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Notes which folders are watched now; see `Ledger::watch`.
pub(super) fn watch(
    transaction: &Transaction<'_>,
    postfach: &str,
    watched: &HashSet<FolderName>,
    at: Timestamp,
) -> Result<Vec<(FolderName, u64)>, Failure> {
    let Some(postfach) = key::find_postfach(transaction, postfach)? else {
        return Ok(Vec::new());
    };
    let mut statement =
        transaction.prepare_cached("SELECT id, name, vermisst_seit IS NOT NULL FROM folder WHERE postfach = ?1")?;
    let folders: Vec<(i64, FolderName, bool)> = statement
        .query_map([postfach], |row| Ok((row.get(0)?, FolderName(row.get(1)?), row.get(2)?)))?
        .collect::<Result<_, _>>()?;
    let mut newly_missing = Vec::new();
    for (folder, name, missing) in folders {
        match watched.contains(&name) {
            true if missing => {
                transaction
                    .prepare_cached("UPDATE folder SET vermisst_seit = NULL WHERE id = ?1")?
                    .execute([folder])?;
            }
            false if !missing => newly_missing.push((folder, name)),
            _ => {}
        }
    }
    // Of all of them first: no copy in a folder that is gone may take the place of a Vorgang.
    for (folder, _) in &newly_missing {
        transaction
            .prepare_cached("UPDATE folder SET vermisst_seit = ?2 WHERE id = ?1")?
            .execute(params![folder, at.as_millisecond()])?;
        transaction.prepare_cached("DELETE FROM nebenstueck WHERE folder = ?1")?.execute([folder])?;
    }
    let mut left = Vec::new();
    for (folder, name) in newly_missing {
        let count = leave_all(transaction, postfach, folder, at.as_millisecond())?;
        if count > 0 {
            left.push((name, count));
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
