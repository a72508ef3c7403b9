//! How an operation ended, from what was found where: the check table.
//!
//! | in source | in target | so |
//! |---|---|---|
//! | yes | – | not moved; the message is still ours to move |
//! | no | yes | moved |
//! | no | no | somebody else was faster |
//!
//! "In target" means: a message with the same fingerprint at a UID that no Vorgang owns. A message found in the source
//! is never given up for one found in the target: the other one may be a twin that somebody put there, and moving
//! again can at worst double a mail, never lose one.

use std::collections::{BTreeSet, HashMap};

use crate::domain::id::{Fingerprint, Uid, UidValidity};
use crate::domain::vorgang::{OperationId, Outcome, Settlement};

/// An operation to be judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checked {
    pub operation: OperationId,
    pub fingerprint: Fingerprint,
    /// Whether the message still lies at its place in the source, recognised by its fingerprint.
    pub in_source: bool,
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
            let outcome = if checked.in_source {
                Outcome::NotMoved { grund: "nicht_verschoben" }
            } else {
                // Twins share a fingerprint: each takes the lowest UID that is left.
                match free.get_mut(&checked.fingerprint).and_then(BTreeSet::pop_first) {
                    Some(uid) => Outcome::Moved { uidvalidity, uid },
                    None => Outcome::Gone,
                }
            };
            Settlement { operation: checked.operation, outcome }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_table() {
        let mark = |byte| Fingerprint([byte; 16]);
        let checked = |id, byte, in_source| Checked { operation: OperationId(id), fingerprint: mark(byte), in_source };
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
        ] {
            let found: Vec<_> = found.into_iter().map(|(uid, byte)| (Uid(uid), mark(byte))).collect();
            let outcomes: Vec<_> =
                settle(&operations, UidValidity(7), &found).into_iter().map(|settlement| settlement.outcome).collect();
            assert_eq!(outcomes, expected, "{operations:?} {found:?}");
        }
    }
}
