//! The only code that changes anything on a server.
//!
//! It moves sets of messages with UID MOVE (RFC 6851), or copies them with UID COPY and deletes the sources afterwards
//! (RFC 4315), and says for each message what the server has *proved*. It never decides, retries or records; whoever
//! calls it has written down the intent first and records the answer afterwards. There is no EXPUNGE without UIDs, no
//! CLOSE and no APPEND in this program, and the only flag it ever sets is the `\Deleted` of a copied source.

use std::collections::HashMap;

use super::command::{Command, UidSet, Verb};
use super::error::{ImapError, Refusal};
use super::exchange::{Event, Session};
use super::fetch::MOST_SET_BYTES;
use super::reply::{CopyUid, Untagged};
use crate::domain::id::{FolderName, Uid, UidValidity};
use crate::domain::vorgang::Weg;

/// Messages of the selected folder that go to one folder with one command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MoveSet {
    pub target: FolderName,
    pub uids: UidSet,
}

impl MoveSet {
    /// Sets of at most `batch` messages for one target.
    pub fn pack(target: &FolderName, uids: &[Uid], batch: usize) -> Vec<MoveSet> {
        UidSet::pack(uids, batch, MOST_SET_BYTES)
            .into_iter()
            .map(|uids| MoveSet { target: target.clone(), uids })
            .collect()
    }

    /// The same without one message; `None` if nothing is left.
    pub fn without(&self, uid: Uid) -> Option<MoveSet> {
        let uids: Vec<Uid> = self.uids.uids().iter().copied().filter(|&other| other != uid).collect();
        let uids = UidSet::pack(&uids, usize::MAX, usize::MAX).pop()?;
        Some(MoveSet { target: self.target.clone(), uids })
    }
}

/// What is known about one message after its command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// OK, and COPYUID names it: it, or its copy, lies there now.
    There { uidvalidity: UidValidity, uid: Uid },
    /// Nothing is proved: it has to be looked for.
    Unknown,
}

/// What came of the sets.
#[derive(Debug)]
pub struct MoveReport {
    /// One for every message of every set that was sent, also after an error.
    pub proofs: Vec<(Uid, Proof)>,
    /// Refusals, one per refused set.
    pub refusals: Vec<(FolderName, Refusal)>,
    /// What ended the connection, if it ended.
    pub error: Option<ImapError>,
}

/// Moves or copies the sets out of the selected folder, all of them under way at once.
///
/// A set counts only with a tagged OK *and* a COPYUID that names the message: an OK alone is what Exchange and Dovecot
/// also say for a message that is gone, and COPYUID may come before a NO.
pub async fn send_sets(session: &mut Session, weg: Weg, sets: &[MoveSet]) -> MoveReport {
    let mut answers =
        Answers { sets, ended_well: vec![false; sets.len()], places: HashMap::new(), refusals: Vec::new() };
    let error = answers.collect(session, weg).await.err();
    MoveReport { proofs: answers.proofs(), refusals: answers.refusals, error }
}

/// Deletes these messages of the selected folder: marks them and removes exactly them.
///
/// An answer proves nothing here: Exchange says OK to a STORE for a message that is gone. Whoever asks looks afterwards.
///
/// # Errors
/// After an error some may be marked and not removed.
pub async fn delete(session: &mut Session, uids: &[Uid]) -> Result<(), ImapError> {
    for set in UidSet::pack(uids, usize::MAX, MOST_SET_BYTES) {
        session.exec(&Command::mark_deleted(&set), |_| {}).await?;
        session.exec(&Command::expunge(&set), |_| {}).await?;
    }
    Ok(())
}

/// Takes back the mark that an interrupted [`delete`] may have left.
///
/// # Errors
/// As every command.
pub async fn undelete(session: &mut Session, uids: &[Uid]) -> Result<(), ImapError> {
    for set in UidSet::pack(uids, usize::MAX, MOST_SET_BYTES) {
        session.exec(&Command::unmark_deleted(&set), |_| {}).await?;
    }
    Ok(())
}

struct Answers<'a> {
    sets: &'a [MoveSet],
    ended_well: Vec<bool>,
    /// Where each message went; `None`: the server has named two places, which proves neither.
    places: HashMap<Uid, Option<(UidValidity, Uid)>>,
    refusals: Vec<(FolderName, Refusal)>,
}

impl Answers<'_> {
    async fn collect(&mut self, session: &mut Session, weg: Weg) -> Result<(), ImapError> {
        let (verb, command): (Verb, fn(&UidSet, &FolderName) -> Command) = match weg {
            Weg::Move => (Verb::Move, Command::move_to),
            Weg::Copy => (Verb::Copy, Command::copy_to),
        };
        let mut exchange = session.exchange(verb)?;
        for set in self.sets {
            exchange.send(&command(&set.uids, &set.target)).await?;
        }
        while let Some(event) = exchange.next().await? {
            match event {
                // Untagged is what RFC 6851 asks for; COPY and some servers' MOVE put it into the tagged OK.
                Event::Untagged(Untagged::CopyUid(copyuid)) => self.place(copyuid),
                Event::Untagged(_) => {}
                Event::Done { number, tagged } => {
                    match tagged.refusal {
                        None => self.ended_well[number] = true,
                        Some(refusal) => self.refusals.push((self.sets[number].target.clone(), refusal)),
                    }
                    if let Some(copyuid) = tagged.copyuid {
                        self.place(copyuid);
                    }
                }
            }
        }
        Ok(())
    }

    fn place(&mut self, copyuid: CopyUid) {
        for (from, to) in copyuid.pairs {
            let place = Some((copyuid.target, to));
            self.places.entry(from).and_modify(|known| *known = known.filter(|_| *known == place)).or_insert(place);
        }
    }

    fn proofs(&self) -> Vec<(Uid, Proof)> {
        let mut proofs = Vec::new();
        // Two messages cannot lie in one place: whoever says so proves neither.
        let mut claims: HashMap<(UidValidity, Uid, &FolderName), u32> = HashMap::new();
        for set in self.sets {
            for &(uidvalidity, uid) in set.uids.uids().iter().filter_map(|uid| self.places.get(uid)?.as_ref()) {
                *claims.entry((uidvalidity, uid, &set.target)).or_default() += 1;
            }
        }
        for (set, ended_well) in self.sets.iter().zip(&self.ended_well) {
            for uid in set.uids.uids() {
                let proof = match self.places.get(uid) {
                    Some(&Some((uidvalidity, uid))) if *ended_well && claims[&(uidvalidity, uid, &set.target)] == 1 => {
                        Proof::There { uidvalidity, uid }
                    }
                    _ => Proof::Unknown,
                };
                proofs.push((*uid, proof));
            }
        }
        proofs
    }
}
