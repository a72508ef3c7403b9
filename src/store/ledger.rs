//! The handle of the ledger.

use std::collections::{BTreeSet, HashMap};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use super::attempt::{self, Attempts, Schuld};
use super::error::LedgerError;
use super::file::{self, Settings};
use super::note::{self, Note};
use super::opening::{self, Verlust};
use super::writer::Writer;
use super::{conversation, decide, journal, place, query, rebuild, run};
use crate::domain::ereignis::Ereignis;
use crate::domain::id::{Fingerprint, FolderName, MessageIdHash, Place, RegelwerkVersion, Uid, UidValidity};
use crate::domain::postfach::Betriebsart;
use crate::domain::vorgang::{
    Intent, KnownMail, Kopie, OpenOperation, OperationId, Recorded, Settlement, Sighting, Verlustlage, VorgangId,
    Wiedergefunden, Zuordnung,
};

/// The ledger of all mailboxes. Cheap to clone; every clone hands its calls to the same writer thread.
///
/// Each writing call is one transaction: on `Ok` all of it is on disk and survives a power failure, on `Err` none of it
/// was written. A call runs to its end even if its future is dropped. Every call can fail with the classes of
/// [`LedgerError`], which says whether trying again helps; below, `# Errors` names only what is special.
#[derive(Clone, Debug)]
pub struct Ledger {
    pub(super) writer: Writer,
    shared: Arc<Shared>,
}

/// What all clones have in common besides the writer.
#[derive(Debug)]
struct Shared {
    state_dir: PathBuf,
    verlust: Option<Verlust>,
    /// What the note beside the file says.
    note: Mutex<Note>,
}

impl Ledger {
    /// Opens the ledger of a state directory and starts its thread; makes what is missing and brings an older schema up
    /// to date, after a backup beside the file. Blocks: call it before the async work begins.
    ///
    /// # Errors
    /// If the directory or file cannot be written, is damaged or of a newer program, or if SQLite is too old to be safe.
    pub fn open(state_dir: &Path) -> Result<Ledger, LedgerError> {
        Self::open_with(state_dir, Settings::default())
    }

    pub(super) fn open_with(state_dir: &Path, settings: Settings) -> Result<Ledger, LedgerError> {
        let opened = opening::open(state_dir, settings)?;
        let (kennung, letzter_zyklus) = (opened.kennung, opened.letzter_zyklus);
        let note = Mutex::new(Note { kennung, lauf: 0, ereignis: 0, letzter_zyklus });
        let shared = Shared { state_dir: state_dir.to_owned(), verlust: opened.verlust, note };
        let writer = Writer::start(file::ledger_path(state_dir), opened.connection)?;
        Ok(Ledger { writer, shared: Arc::new(shared) })
    }

    /// What was lost, if this start noticed a loss.
    pub fn verlust(&self) -> Option<&Verlust> {
        self.shared.verlust.as_ref()
    }

    /// What a loss, whenever it was noticed, means for a mailbox. `None`: nothing was ever lost.
    pub async fn verlustlage(&self, postfach: &str) -> Result<Option<Verlustlage>, LedgerError> {
        let postfach = postfach.to_owned();
        self.writer
            .read("look whether it was lost", move |connection| rebuild::verlustlage(connection, &postfach))
            .await
    }

    /// Writes down what lies in the folder of an Agentur after a loss. A message that is not known becomes a Vorgang that
    /// was handed over (`wiederaufgebaut`); one that had left another place lies here now. Returns how many were added; to
    /// do so again adds nothing.
    pub async fn rebuild(
        &self,
        postfach: &str,
        (folder, uidvalidity): (FolderName, UidValidity),
        agentur: &str,
        found: Vec<Wiedergefunden>,
        regelwerk: &RegelwerkVersion,
        betriebsart: Betriebsart,
    ) -> Result<u64, LedgerError> {
        let (postfach, agentur, regelwerk) = (postfach.to_owned(), agentur.to_owned(), regelwerk.clone());
        let at = Timestamp::now();
        self.writer
            .write("write a folder down again", move |transaction| {
                rebuild::rebuild(
                    transaction,
                    &postfach,
                    &folder,
                    uidvalidity,
                    &agentur,
                    &found,
                    &regelwerk,
                    betriebsart,
                    at,
                )
            })
            .await
    }

    /// Notes that all folders of a mailbox were looked through.
    pub async fn rebuilt(&self, postfach: &str, at: Timestamp) -> Result<(), LedgerError> {
        let postfach = postfach.to_owned();
        self.writer
            .write("note that the folders are written down", move |transaction| {
                rebuild::rebuilt(transaction, &postfach, at)
            })
            .await
    }

    /// Notes beside the file that a cycle was completed. Mail that arrives later is new, also after a loss.
    pub async fn cycle_completed(&self, at: Timestamp) -> Result<(), LedgerError> {
        let ereignis = self.writer.read("read the newest event", opening::newest_event).await?;
        let mut note = self.note();
        note.letzter_zyklus = Some(at);
        if note.ereignis == ereignis {
            drop(note);
            return self.sorting(at);
        }
        note.ereignis = ereignis;
        note::write(&self.shared.state_dir, &note, false).map_err(|error| self.note_error(error))
    }

    /// Notes beside the file that mail which arrived up to then may be moved now.
    fn sorting(&self, up_to: Timestamp) -> Result<(), LedgerError> {
        let mut note = self.note();
        note.letzter_zyklus = note.letzter_zyklus.max(Some(up_to));
        let told = match note::touch(&self.shared.state_dir, up_to) {
            // Before the first run has begun, or taken away by somebody.
            Err(error) if error.kind() == io::ErrorKind::NotFound => note::write(&self.shared.state_dir, &note, false),
            told => told,
        };
        told.map_err(|error| self.note_error(error))
    }

    /// Whether the key of the pseudonyms is another one than before. Then nothing that was seen before is recognised by its
    /// content, which is a loss: first the folders are looked through.
    pub async fn check_key(&self, probe: String) -> Result<bool, LedgerError> {
        let last = self.note().letzter_zyklus;
        self.writer.write("compare the key", move |transaction| opening::check_key(transaction, &probe, last)).await
    }

    fn note(&self) -> MutexGuard<'_, Note> {
        self.shared.note.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note_error(&self, error: io::Error) -> LedgerError {
        LedgerError::new("write the note beside it", &file::ledger_path(&self.shared.state_dir), error.into())
    }

    /// Waits for all earlier calls, puts everything into the one file and closes it. Later calls of any clone fail with
    /// `Gone`.
    pub async fn close(self) -> Result<(), LedgerError> {
        self.writer.close().await
    }

    /// Notes that the program starts to work, here and beside the file; returns the number of the run.
    pub async fn begin_run(&self, program_version: &str, at: Timestamp) -> Result<i64, LedgerError> {
        let program_version = program_version.to_owned();
        let begun =
            self.writer.write("note the start", move |transaction| run::begin(transaction, &program_version, at));
        let lauf = begun.await?;
        let ereignis = self.writer.read("read the newest event", opening::newest_event).await?;
        let mut note = self.note();
        (note.lauf, note.ereignis) = (lauf, ereignis);
        note::write(&self.shared.state_dir, &note, true).map_err(|error| self.note_error(error))?;
        Ok(lauf)
    }

    /// Notes that a run ended by itself.
    pub async fn end_run(&self, run: i64, at: Timestamp) -> Result<(), LedgerError> {
        self.writer.write("note the end", move |transaction| run::end(transaction, run, at)).await
    }

    /// What lies in a folder as far as the ledger knows, by ascending UID, without what is gone.
    pub async fn known(
        &self,
        postfach: &str,
        folder: &FolderName,
        uidvalidity: UidValidity,
        regelwerk: &RegelwerkVersion,
    ) -> Result<Vec<KnownMail>, LedgerError> {
        let (postfach, folder, regelwerk) = (postfach.to_owned(), folder.clone(), regelwerk.clone());
        self.writer
            .read("list a folder", move |connection| {
                place::in_folder(connection, &postfach, &folder, uidvalidity, &regelwerk)
            })
            .await
    }

    /// Notes decisions; returns their Vorgänge in the same order, and whether rules may move them.
    ///
    /// A message that is new gets a Vorgang and two events: `eingegangen` and the one of the decision. For one that is
    /// known, by the number given or by its place, the decision is replaced, and an event added only if outcome, Agentur
    /// or reason changed. A number given together with another place says that it lies there now. So recording twice
    /// changes nothing. What turns up where a move was once ended for good comes back pinned.
    ///
    /// # Errors
    /// `Refused` if a number given is not of this mailbox, or its new place belongs to another Vorgang.
    pub async fn record(
        &self,
        postfach: &str,
        zuordnungen: Vec<Zuordnung>,
        at: Timestamp,
    ) -> Result<Vec<Recorded>, LedgerError> {
        let postfach = postfach.to_owned();
        self.writer
            .write("record decisions", move |transaction| decide::record(transaction, &postfach, &zuordnungen, at))
            .await
    }

    /// Notes that a Vorgang lies there now, under a number that it did not have before; nothing is decided. To do so again
    /// changes nothing. What turns up where a move was once ended for good is pinned, and with `bestand_unklar` whatever
    /// is not pinned yet: a person may have put it there.
    ///
    /// # Errors
    /// `Refused` if it is not of this mailbox, or the place belongs to another Vorgang.
    pub async fn renumbered(
        &self,
        postfach: &str,
        vorgang: VorgangId,
        place: Place,
        bestand_unklar: bool,
    ) -> Result<(), LedgerError> {
        let postfach = postfach.to_owned();
        self.writer
            .write("note another number", move |transaction| {
                decide::renumbered(transaction, &postfach, vorgang, &place, bestand_unklar)
            })
            .await
    }

    /// Notes that messages are no longer listed in a folder. Their Vorgänge stay; no event is added.
    pub async fn gone(
        &self,
        postfach: &str,
        folder: &FolderName,
        uidvalidity: UidValidity,
        uids: Vec<Uid>,
        at: Timestamp,
    ) -> Result<(), LedgerError> {
        let (postfach, folder) = (postfach.to_owned(), folder.clone());
        self.writer
            .write("note what left a folder", move |transaction| {
                place::gone(transaction, &postfach, &folder, uidvalidity, &uids, at)
            })
            .await
    }

    /// Notes moves that are about to be asked for; returns their operations in the same order. No command may be sent
    /// before this has returned `Ok`. A move that was once settled as not done is opened again as its next attempt.
    ///
    /// # Errors
    /// `Refused` if a message is not known to lie in its source, is pinned, or has an operation for that place which is
    /// open or ended for good. The error names the Vorgang; without it the others can be handed in again.
    pub async fn intend(
        &self,
        postfach: &str,
        intents: Vec<Intent>,
        at: Timestamp,
    ) -> Result<Vec<OperationId>, LedgerError> {
        let postfach = postfach.to_owned();
        let (operations, newest) = self
            .writer
            .write("note intended moves", move |transaction| journal::intend(transaction, &postfach, &intents, at))
            .await?;
        // Should the ledger be lost before the cycle ends: these may be put back by a person. The server's clock may be
        // ahead of ours.
        self.sorting(newest.max(at))?;
        Ok(operations)
    }

    /// Notes copies that the server has proved. Only after this has returned `Ok` may their sources be deleted.
    ///
    /// # Errors
    /// `Refused` if an operation is not open, or is no copy.
    pub async fn copied(&self, kopien: Vec<Kopie>) -> Result<(), LedgerError> {
        self.writer.write("note copies", move |transaction| journal::copied(transaction, &kopien)).await
    }

    /// Notes how operations ended; returns how many events that added. Moved: event `uebergeben`, and the Vorgang lies
    /// in the target. Gone: event `anderswo`. Ambiguous: event `mehrdeutig`, pinned. Not moved: no event. To settle
    /// again with the same outcome changes nothing.
    ///
    /// # Errors
    /// `Refused` if an operation is unknown or has ended otherwise, or if the target place belongs to another Vorgang.
    pub async fn settle(&self, settlements: Vec<Settlement>, at: Timestamp) -> Result<u64, LedgerError> {
        self.writer
            .write("record the end of moves", move |transaction| journal::settle(transaction, &settlements, at))
            .await
    }

    /// The operations of a mailbox whose end is not recorded, oldest first.
    pub async fn open_operations(&self, postfach: &str) -> Result<Vec<OpenOperation>, LedgerError> {
        let postfach = postfach.to_owned();
        self.writer
            .read("list open operations", move |connection| journal::open_operations(connection, &postfach))
            .await
    }

    /// How many copies of a mailbox ended as `mehrdeutig` since then because they could not be recognised.
    pub async fn ambiguous_copies(&self, postfach: &str, since: Timestamp) -> Result<u64, LedgerError> {
        let postfach = postfach.to_owned();
        self.writer
            .read("count doubtful copies", move |connection| journal::ambiguous_copies(connection, &postfach, since))
            .await
    }

    /// The UIDs of a folder that some Vorgang owns as its present place, ascending: recovery must not claim one twice.
    pub async fn claimed(
        &self,
        postfach: &str,
        folder: &FolderName,
        uidvalidity: UidValidity,
    ) -> Result<Vec<Uid>, LedgerError> {
        let (postfach, folder) = (postfach.to_owned(), folder.clone());
        self.writer
            .read("list a target folder", move |connection| place::claimed(connection, &postfach, &folder, uidvalidity))
            .await
    }

    /// Where messages with these pseudonyms were seen last, including places they are gone from: to recognise one that a
    /// person dragged back. A pseudonym never seen has no entry.
    pub async fn places_of(
        &self,
        postfach: &str,
        fingerprints: Vec<Fingerprint>,
    ) -> Result<HashMap<Fingerprint, Vec<Sighting>>, LedgerError> {
        let postfach = postfach.to_owned();
        self.writer
            .read("recognise messages", move |connection| place::places(connection, &postfach, &fingerprints))
            .await
    }

    /// Slugs of the Agenturen that the earlier mails of conversations are with, for each conversation in the order given.
    /// A conversation is the Message-IDs that a reply names; those of other mailboxes and unknown ones add nothing.
    ///
    /// A mail is with an Agentur if the newest event that says where it is says so: `uebergeben` (the program moved it) or
    /// `umgeordnet` (a person did), with the event's Agentur. Newest is what was added last; work on it, from
    /// `in_bearbeitung` to `geloescht`, changes nothing. All others are with nobody: what stays in INBOX, what was decided
    /// and not moved, what left for an unknown place.
    ///
    /// Nothing is said of a conversation if a person has put one of its mails back (`zurueckgegeben`, and no later
    /// hand-over): somebody found the hand-over wrong. Nor does a Message-ID count that very many mails share.
    pub async fn conversations(
        &self,
        postfach: &str,
        conversations: Vec<Vec<MessageIdHash>>,
    ) -> Result<Vec<BTreeSet<String>>, LedgerError> {
        let postfach = postfach.to_owned();
        self.writer
            .read("look up conversations", move |connection| {
                conversation::agenturen(connection, &postfach, &conversations)
            })
            .await
    }

    /// Notes that a person put it there, and what that means: rules never move it again. To do so again changes nothing.
    ///
    /// # Errors
    /// `Refused` if there is no such Vorgang, or the place belongs to another one.
    pub async fn pin(
        &self,
        vorgang: VorgangId,
        place: Place,
        ereignisse: Vec<Ereignis>,
        at: Timestamp,
    ) -> Result<(), LedgerError> {
        self.writer
            .write("note a move by a person", move |transaction| {
                place::pin(transaction, vorgang, &place, &ereignisse, at)
            })
            .await
    }

    /// What is held against messages of a folder that could not be read.
    pub async fn attempts(
        &self,
        postfach: &str,
        folder: &FolderName,
        uidvalidity: UidValidity,
    ) -> Result<Attempts, LedgerError> {
        let (postfach, folder) = (postfach.to_owned(), folder.clone());
        self.writer
            .read("look for messages that failed before", move |connection| {
                attempt::of_folder(connection, &postfach, &folder, uidvalidity)
            })
            .await
    }

    /// Notes that these messages could not be had. Forgotten when one of them is decided.
    pub async fn note_errors(&self, postfach: &str, places: Vec<Place>, at: Timestamp) -> Result<(), LedgerError> {
        let postfach = postfach.to_owned();
        self.writer
            .write("note messages that cannot be read", move |transaction| {
                attempt::count(transaction, &postfach, &places, Schuld::Fehler, at)
            })
            .await
    }

    /// Notes that the program died while it read these messages, each with its mailbox.
    pub async fn note_crashes(&self, messages: Vec<(String, Place)>, at: Timestamp) -> Result<(), LedgerError> {
        self.writer
            .write("note what was read when the program died", move |transaction| {
                messages.iter().try_for_each(|(postfach, place)| {
                    attempt::count(transaction, postfach, std::slice::from_ref(place), Schuld::Absturz, at)
                })
            })
            .await
    }

    /// Forgets what is held against messages that have left a folder, and against all of it under another UIDVALIDITY.
    pub async fn forget_attempts(
        &self,
        postfach: &str,
        folder: &FolderName,
        uidvalidity: UidValidity,
        uids: Vec<Uid>,
    ) -> Result<(), LedgerError> {
        let (postfach, folder) = (postfach.to_owned(), folder.clone());
        self.writer
            .write("forget messages that left", move |transaction| {
                attempt::forget(transaction, &postfach, &folder, uidvalidity, &uids)
            })
            .await
    }

    /// How many events there are.
    pub async fn event_count(&self) -> Result<u64, LedgerError> {
        self.writer.read("count the events", query::event_count).await
    }
}
