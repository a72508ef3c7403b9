//! Numbers for the names that many rows share: mailboxes, folders, rule sets.
//!
//! Nothing is remembered longer than a call: a number given in a transaction that rolls back does not exist.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, params};

use crate::domain::id::{FolderName, Place, RegelwerkVersion};

/// The number of a mailbox; gives it one if it is new.
pub(super) fn postfach(connection: &Connection, name: &str) -> rusqlite::Result<i64> {
    if let Some(id) = find_postfach(connection, name)? {
        return Ok(id);
    }
    connection.execute("INSERT INTO postfach (name) VALUES (?1)", [name])?;
    Ok(connection.last_insert_rowid())
}

/// The number of a mailbox, if it has one.
pub(super) fn find_postfach(connection: &Connection, name: &str) -> rusqlite::Result<Option<i64>> {
    connection.prepare_cached("SELECT id FROM postfach WHERE name = ?1")?.query_row([name], |row| row.get(0)).optional()
}

/// The number of a folder, if it has one.
pub(super) fn find_folder(connection: &Connection, postfach: &str, name: &FolderName) -> rusqlite::Result<Option<i64>> {
    connection
        .prepare_cached(
            "SELECT folder.id FROM folder JOIN postfach ON postfach.id = folder.postfach
             WHERE postfach.name = ?1 AND folder.name = ?2",
        )?
        .query_row([postfach, &name.0], |row| row.get(0))
        .optional()
}

/// The number of a rule set, if it has one.
pub(super) fn find_regelwerk(connection: &Connection, version: &RegelwerkVersion) -> rusqlite::Result<Option<i64>> {
    connection
        .prepare_cached("SELECT id FROM regelwerk WHERE version = ?1")?
        .query_row([&version.0], |row| row.get(0))
        .optional()
}

/// A [`Place`] with the number of its folder, ready to be bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct KeyedPlace {
    pub(super) folder: i64,
    pub(super) uidvalidity: u32,
    pub(super) uid: u32,
}

/// The numbers a call needs, each looked up once.
pub(super) struct Keys<'a> {
    connection: &'a Connection,
    postfach: i64,
    folders: HashMap<&'a FolderName, i64>,
    regelwerke: HashMap<&'a RegelwerkVersion, i64>,
}

impl<'a> Keys<'a> {
    /// For a call about this mailbox.
    pub(super) fn new(connection: &'a Connection, postfach: &str) -> rusqlite::Result<Self> {
        let postfach = self::postfach(connection, postfach)?;
        Ok(Keys { connection, postfach, folders: HashMap::new(), regelwerke: HashMap::new() })
    }

    pub(super) fn postfach(&self) -> i64 {
        self.postfach
    }

    /// The number of a folder; gives it one if it is new.
    pub(super) fn folder(&mut self, name: &'a FolderName) -> rusqlite::Result<i64> {
        if let Some(&id) = self.folders.get(name) {
            return Ok(id);
        }
        let found = self
            .connection
            .prepare_cached("SELECT id FROM folder WHERE postfach = ?1 AND name = ?2")?
            .query_row(params![self.postfach, name.0], |row| row.get(0))
            .optional()?;
        let id = match found {
            Some(id) => id,
            None => {
                self.connection
                    .execute("INSERT INTO folder (postfach, name) VALUES (?1, ?2)", params![self.postfach, name.0])?;
                self.connection.last_insert_rowid()
            }
        };
        self.folders.insert(name, id);
        Ok(id)
    }

    /// The place with the number of its folder.
    pub(super) fn place(&mut self, place: &'a Place) -> rusqlite::Result<KeyedPlace> {
        Ok(KeyedPlace { folder: self.folder(&place.folder)?, uidvalidity: place.uidvalidity.0, uid: place.uid.0 })
    }

    /// The number of a rule set; notes one that is new together with the version of the program that uses it.
    pub(super) fn regelwerk(&mut self, version: &'a RegelwerkVersion, at: i64) -> rusqlite::Result<i64> {
        if let Some(&id) = self.regelwerke.get(version) {
            return Ok(id);
        }
        let id = match find_regelwerk(self.connection, version)? {
            Some(id) => id,
            None => {
                self.connection.execute(
                    "INSERT INTO regelwerk (version, first_used_at, program_version)
                     VALUES (?1, ?2, COALESCE((SELECT program_version FROM lauf ORDER BY id DESC LIMIT 1), ''))",
                    params![version.0, at],
                )?;
                self.connection.last_insert_rowid()
            }
        };
        self.regelwerke.insert(version, id);
        Ok(id)
    }
}
