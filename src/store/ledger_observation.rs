//! The handle of the ledger: what was observed of clerks' work.

use std::collections::HashSet;

use jiff::Timestamp;

use super::error::LedgerError;
use super::ledger::Ledger;
use super::{missing, observation};
use crate::domain::ereignis::Stand;
use crate::domain::id::{FolderName, RegelwerkVersion, UidValidity};
use crate::domain::postfach::Betriebsart;
use crate::domain::sichtung::{Bekannt, Betreten, Faellig, Fortgang, Sichtung, Unbeobachtet};
use crate::domain::vorgang::VorgangId;

impl Ledger {
    /// The state of a Vorgang, from its events.
    pub async fn stand(&self, vorgang: VorgangId) -> Result<Stand, LedgerError> {
        self.writer.read("read a Vorgang", move |connection| observation::stand(connection, vorgang)).await
    }

    /// All that the ledger knows in a watched folder, by ascending UID: Vorgänge and copies of such.
    pub async fn watched(
        &self,
        postfach: &str,
        folder: &FolderName,
        uidvalidity: UidValidity,
    ) -> Result<Vec<Bekannt>, LedgerError> {
        let (postfach, folder) = (postfach.to_owned(), folder.clone());
        self.writer
            .read("list a watched folder", move |connection| {
                observation::watched(connection, &postfach, &folder, uidvalidity)
            })
            .await
    }

    /// Notes which folders are watched, INBOX among them, and which the server lists. What lay in any that is not watched has
    /// left until it is found again, and as long as the folder is there or may come back that is no reason to take it for
    /// gone. Gives the folders that are watched no longer since this time.
    pub async fn watch(
        &self,
        postfach: &str,
        watched: HashSet<FolderName>,
        listed: HashSet<FolderName>,
        at: Timestamp,
    ) -> Result<Vec<Unbeobachtet>, LedgerError> {
        let postfach = postfach.to_owned();
        self.writer
            .write("note which folders are watched", move |transaction| {
                missing::watch(transaction, &postfach, &watched, &listed, at)
            })
            .await
    }

    /// Notes that a watched folder has this UIDVALIDITY now: what is known under another one counts as left until it is
    /// found again.
    pub async fn enter_folder(
        &self,
        postfach: &str,
        folder: &FolderName,
        uidvalidity: UidValidity,
        at: Timestamp,
    ) -> Result<Betreten, LedgerError> {
        let (postfach, folder) = (postfach.to_owned(), folder.clone());
        self.writer
            .write("enter a watched folder", move |transaction| {
                observation::enter(transaction, &postfach, &folder, uidvalidity, at)
            })
            .await
    }

    /// Notes that a watched folder was looked through for the first time.
    pub async fn looked_through(&self, postfach: &str, folder: &FolderName, at: Timestamp) -> Result<(), LedgerError> {
        let (postfach, folder) = (postfach.to_owned(), folder.clone());
        self.writer
            .write("note that a folder was looked through", move |transaction| {
                observation::looked_through(transaction, &postfach, &folder, at)
            })
            .await
    }

    /// Notes what a look at a folder has shown. Vorgänge lie where they were seen from now on; whatever is new about them
    /// stays a question until [`Self::due`] finds it unchanged. A message that nobody knew becomes a Vorgang of the
    /// folder's Agentur, with the event `eingegangen`; without an Agentur, or as a copy of a Vorgang that lies elsewhere,
    /// it is only noted.
    pub async fn sighted(
        &self,
        postfach: &str,
        sichtung: Sichtung,
        regelwerk: &RegelwerkVersion,
        betriebsart: Betriebsart,
        at: Timestamp,
    ) -> Result<(), LedgerError> {
        let (postfach, regelwerk) = (postfach.to_owned(), regelwerk.clone());
        self.writer
            .write("note what was seen", move |transaction| {
                observation::sighted(transaction, &postfach, &sichtung, &regelwerk, betriebsart, at)
            })
            .await
    }

    /// Vorgänge in a folder about which something was seen before this moment and has not changed since, with their
    /// states; some of them, until [`Self::go_on`] has closed these. To be asked after [`Self::sighted`] of the same look, with the moment of that look.
    pub async fn due(
        &self,
        postfach: &str,
        folder: &FolderName,
        uidvalidity: UidValidity,
        before: Timestamp,
    ) -> Result<Vec<Faellig>, LedgerError> {
        let (postfach, folder) = (postfach.to_owned(), folder.clone());
        self.writer
            .read("look for what was seen twice", move |connection| {
                observation::due(connection, &postfach, &folder, uidvalidity, before)
            })
            .await
    }

    /// Counts a round through the watched folders that began then. One that is not complete counts only for what is gone
    /// for a day.
    pub async fn end_round(&self, postfach: &str, begun: Timestamp, complete: bool) -> Result<(), LedgerError> {
        let postfach = postfach.to_owned();
        self.writer
            .write("count a round", move |transaction| observation::end_round(transaction, &postfach, begun, complete))
            .await
    }

    /// What was found nowhere in two rounds, with states; some of it, until [`Self::go_on`] has closed that.
    pub async fn found_nowhere(&self, postfach: &str) -> Result<Vec<Faellig>, LedgerError> {
        let postfach = postfach.to_owned();
        self.writer
            .read("look for what was found nowhere", move |connection| {
                observation::found_nowhere(connection, &postfach)
            })
            .await
    }

    /// Notes what has happened to Vorgänge, and that nothing is open about them; returns how many events that added.
    /// Whatever a person moved is pinned.
    pub async fn go_on(&self, fortgaenge: Vec<Fortgang>, at: Timestamp) -> Result<u64, LedgerError> {
        self.writer
            .write("note what has happened", move |transaction| observation::go_on(transaction, &fortgaenge, at))
            .await
    }
}
