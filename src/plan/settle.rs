//! How an operation ended, from what was found where: the check table.
//!
//! | in source | in target | so |
//! |---|---|---|
//! | yes | no | not moved; the message is still ours to move |
//! | yes | yes | MOVE: as above. COPY: perhaps copied already; both are kept for a person |
//! | no | yes | moved |
//! | no | no | somebody else was faster |
//!
//! "In target" means: a message with the same fingerprint at a UID that no Vorgang owns. A message found in the source
//! is never given up for one found in the target: the other one may be a twin that somebody put there. Moving again can
//! at worst double a mail, never lose one; copying again would double it for certain.
//!
//! A copy whose place the server has proved is judged by [`judge_copy`]:
//!
//! | in source | copy there | so |
//! |---|---|---|
//! | yes | yes | the source can be deleted |
//! | yes | no | somebody took the copy, or it cannot be recognised; both are kept |
//! | no | – | moved |

use std::collections::{BTreeSet, HashMap};

use crate::domain::id::{Fingerprint, Uid, UidValidity};
use crate::domain::vorgang::{OperationId, Outcome, Settlement, Weg, Zweifel};

/// An operation to be judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checked {
    pub operation: OperationId,
    pub fingerprint: Fingerprint,
    /// Whether the message still lies at its place in the source.
    pub in_source: bool,
    pub weg: Weg,
    /// Why nobody knows how it ended.
    pub zweifel: Zweifel,
    /// What lies in the target cannot be recognised with certainty: the ledger is an old one, or the key is a new one.
    pub unsure: bool,
}

/// Judges the operations that go to one target folder. `found` are the messages there at UIDs that nobody owns.
pub fn settle(operations: &[Checked], uidvalidity: UidValidity, found: &[(Uid, Fingerprint)]) -> Vec<Settlement> {
    let mut free: HashMap<Fingerprint, BTreeSet<Uid>> = HashMap::new();
    for &(uid, fingerprint) in found {
        free.entry(fingerprint).or_default().insert(uid);
    }
    operations
        .iter()
        .map(|checked| {
            // Twins share a fingerprint: each takes the lowest UID that is left.
            let mut in_target = || free.get_mut(&checked.fingerprint).and_then(BTreeSet::pop_first);
            let outcome = match (checked.in_source, checked.weg) {
                (true, Weg::Copy) if checked.unsure || in_target().is_some() => Outcome::Ambiguous(checked.zweifel),
                (true, _) => Outcome::NotMoved { grund: "nicht_verschoben" },
                (false, _) => match in_target() {
                    Some(uid) => Outcome::Moved { uidvalidity, uid },
                    None => Outcome::Gone,
                },
            };
            Settlement { operation: checked.operation, outcome }
        })
        .collect()
}

/// What is to be done about a copy that the server has proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CopyVerdict {
    /// The copy was read back: the source is to be deleted.
    DeleteSource,
    /// The source is gone already.
    Moved,
    /// The source stays, and what is left of the copy too: a person has to look.
    Ambiguous,
}

/// Judges a proved copy. Both answers come from reading: `in_source` and `copy_there` mean that a message with the right
/// fingerprint was seen at the recorded place.
pub fn judge_copy(in_source: bool, copy_there: bool) -> CopyVerdict {
    match (in_source, copy_there) {
        (true, true) => CopyVerdict::DeleteSource,
        (true, false) => CopyVerdict::Ambiguous,
        (false, _) => CopyVerdict::Moved,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_table() {
        let mark = |byte| Fingerprint([byte; 16]);
        let on = |weg, id, byte, in_source| Checked {
            operation: OperationId(id),
            fingerprint: mark(byte),
            in_source,
            weg,
            zweifel: Zweifel::Unterbrochen,
            unsure: false,
        };
        let checked = |id, byte, in_source| on(Weg::Move, id, byte, in_source);
        let both = Outcome::Ambiguous(Zweifel::Unterbrochen);
        let copied = |id, byte, in_source| on(Weg::Copy, id, byte, in_source);
        let moved = |uid| Outcome::Moved { uidvalidity: UidValidity(7), uid: Uid(uid) };
        let stays = Outcome::NotMoved { grund: "nicht_verschoben" };
        for (operations, found, expected) in [
            (vec![checked(1, 1, true)], vec![], vec![stays.clone()]),
            (vec![checked(1, 1, true)], vec![(5, 1)], vec![stays.clone()]),
            (vec![checked(1, 1, false)], vec![(5, 1), (4, 2)], vec![moved(5)]),
            (vec![checked(1, 1, false)], vec![(5, 2)], vec![Outcome::Gone]),
            // Twins: one is there, one is not; two are there.
            (vec![checked(1, 1, false), checked(2, 1, true)], vec![(5, 1)], vec![moved(5), stays.clone()]),
            (vec![checked(1, 1, false), checked(2, 1, false)], vec![(9, 1), (5, 1)], vec![moved(5), moved(9)]),
            (vec![checked(1, 1, false), checked(2, 1, false)], vec![(5, 1)], vec![moved(5), Outcome::Gone]),
            (vec![copied(1, 1, true)], vec![(5, 2)], vec![stays.clone()]),
            (vec![copied(1, 1, true)], vec![(5, 1)], vec![both.clone()]),
            (vec![copied(1, 1, false)], vec![(5, 1)], vec![moved(5)]),
            (vec![Checked { unsure: true, ..copied(1, 1, true) }], vec![], vec![both.clone()]),
            (vec![copied(1, 1, false)], vec![], vec![Outcome::Gone]),
            (vec![copied(1, 1, true), copied(2, 1, true)], vec![(5, 1)], vec![both.clone(), stays.clone()]),
        ] {
            let found: Vec<_> = found.into_iter().map(|(uid, byte)| (Uid(uid), mark(byte))).collect();
            let outcomes: Vec<_> =
                settle(&operations, UidValidity(7), &found).into_iter().map(|settlement| settlement.outcome).collect();
            assert_eq!(outcomes, expected, "{operations:?} {found:?}");
        }
    }
}
