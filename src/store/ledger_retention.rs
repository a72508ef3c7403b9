//! The handle of the ledger: deleting what is due.

use jiff::Timestamp;

use super::error::LedgerError;
use super::ledger::Ledger;
use super::retention::{self, Umfang};
use crate::domain::loeschklasse::Loeschklasse;
use crate::plan::aufbewahrung::Stichtage;

impl Ledger {
    /// Notes that a run of the deletion begins.
    pub async fn begin_deletion(&self, at: Timestamp) -> Result<(), LedgerError> {
        self.writer.write("begin a deletion", move |transaction| retention::begin(transaction, at)).await
    }

    /// Deletes a bite of what is due of a class, in the run that began then, and returns how many rows that were. To be
    /// called again until nothing is left: 0. See [`Loeschklasse::ALL`] for the order.
    pub async fn delete_due(
        &self,
        klasse: Loeschklasse,
        stichtage: &Stichtage,
        run: Timestamp,
    ) -> Result<u64, LedgerError> {
        let stichtage = stichtage.clone();
        self.writer
            .write("delete what is due", move |transaction| retention::bite(transaction, klasse, &stichtage, run))
            .await
    }

    /// Takes out of the file and its log what was deleted; others wait for a second, with [`Umfang::Ganz`] longer. `false`: a
    /// reader held it up, and the next time will do.
    pub async fn wipe(&self, umfang: Umfang) -> Result<bool, LedgerError> {
        self.writer.read("wipe what was deleted", move |connection| retention::wipe(connection, umfang)).await
    }

    /// When the last run of the deletion began.
    pub async fn last_deletion(&self) -> Result<Option<Timestamp>, LedgerError> {
        self.writer.read("look for the last deletion", retention::last_run).await
    }

    /// When the newest message arrived, by the clock of its server.
    pub async fn newest_arrival(&self) -> Result<Option<Timestamp>, LedgerError> {
        self.writer.read("look for the newest message", retention::newest_arrival).await
    }

    /// Messages of a mailbox that arrived up to then may have been forgotten while they were still there. One that old that
    /// nobody knows may be one of these. `None`: nothing was.
    pub async fn forgotten_until(&self, postfach: &str) -> Result<Option<Timestamp>, LedgerError> {
        let postfach = postfach.to_owned();
        self.writer
            .read("look what was forgotten", move |connection| retention::forgotten_until(connection, &postfach))
            .await
    }
}
