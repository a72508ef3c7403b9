//! Is a message at a new UID a new one, or one we know?
//!
//! A fingerprint recognises and never proves: byte-identical twins share it. So every known Vorgang serves at most one
//! message, and one that still lies where it was seen serves none.

use std::collections::HashSet;

use crate::domain::id::{FolderName, Place, Uid, UidValidity};
use crate::domain::vorgang::{Sighting, VorgangId};

/// What a message at a new UID is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recognised {
    /// Never seen, or a twin of one that lies elsewhere.
    New,
    /// The server gave it another UID (Exchange does so when a message is changed) or the folder another UIDVALIDITY.
    Renumbered(VorgangId),
    /// It had left, by our move or by somebody's hand, and a person put it back: rules never move it again.
    Returned(VorgangId),
    /// Whether it is still where it was handed over to cannot be seen: it is left undecided.
    Unclear,
}

/// What was seen at the places outside INBOX that [`doubtful_places`] named.
#[derive(Debug, Default)]
pub struct Seen {
    /// The message is still there.
    pub still_there: HashSet<Place>,
    /// The folder cannot be opened at the moment.
    pub unclear: HashSet<Place>,
}

/// What is known of INBOX at the moment.
pub struct Inbox<'a> {
    pub uidvalidity: UidValidity,
    /// UIDs that the present listing lacks and the one before had.
    pub just_gone: &'a HashSet<Uid>,
    /// UIDs whose messages may have been moved, and nobody knows.
    pub in_doubt: &'a HashSet<Uid>,
}

/// Places outside INBOX that have to be looked at before [`recognise`] can be asked.
pub fn doubtful_places<'a>(sightings: impl IntoIterator<Item = &'a Sighting>) -> Vec<Place> {
    let inbox = FolderName::inbox();
    sightings
        .into_iter()
        .filter(|sighting| sighting.present && sighting.place.folder != inbox)
        .map(|sighting| sighting.place.clone())
        .collect()
}

/// Judges messages of INBOX in the order given; each comes with its UID and all sightings of its fingerprint.
pub fn recognise(messages: &[(Uid, Vec<Sighting>)], inbox: &Inbox<'_>, seen: &Seen) -> Vec<Recognised> {
    let mut used = HashSet::new();
    messages
        .iter()
        .map(|(uid, sightings)| {
            for sighting in sightings {
                let verdict = judge(*uid, sighting, inbox, seen);
                if verdict != Recognised::New && used.insert(sighting.vorgang) {
                    return verdict;
                }
            }
            Recognised::New
        })
        .collect()
}

fn judge(uid: Uid, sighting: &Sighting, inbox: &Inbox<'_>, seen: &Seen) -> Recognised {
    let Sighting { vorgang, place, present } = sighting;
    if place.folder != FolderName::inbox() {
        return match present {
            true if seen.unclear.contains(place) => Recognised::Unclear,
            true if seen.still_there.contains(place) => Recognised::New,
            _ => Recognised::Returned(*vorgang),
        };
    }
    let same_numbers = place.uidvalidity == inbox.uidvalidity;
    match (same_numbers, present) {
        // It never left: a listing had missed it.
        (true, _) if place.uid == uid => Recognised::Renumbered(*vorgang),
        (true, _) if inbox.in_doubt.contains(&place.uid) => Recognised::Unclear,
        (true, _) if inbox.just_gone.contains(&place.uid) => Recognised::Renumbered(*vorgang),
        (true, true) => Recognised::New,
        (false, true) => Recognised::Renumbered(*vorgang),
        (_, false) => Recognised::Returned(*vorgang),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sighting(vorgang: i64, folder: &str, uidvalidity: u32, uid: u32, present: bool) -> Sighting {
        let place =
            Place { folder: FolderName(folder.to_owned()), uidvalidity: UidValidity(uidvalidity), uid: Uid(uid) };
        Sighting { vorgang: VorgangId(vorgang), place, present }
    }

    #[test]
    fn what_a_message_at_a_new_uid_is() {
        let just_gone = HashSet::from([Uid(3)]);
        let in_doubt = HashSet::from([Uid(4)]);
        let inbox = Inbox { uidvalidity: UidValidity(7), just_gone: &just_gone, in_doubt: &in_doubt };
        let kiel = |present| sighting(1, "INBOX/Kiel", 9, 5, present);
        let found = Seen { still_there: HashSet::from([kiel(true).place]), ..Seen::default() };
        let unclear = Seen { unclear: HashSet::from([kiel(true).place]), ..Seen::default() };
        let nothing = Seen::default();
        for (messages, seen, expected) in [
            (vec![vec![]], &nothing, vec![Recognised::New]),
            // A twin of one that was handed over; a person dragged it back; a clerk had taken it before.
            (vec![vec![kiel(true)]], &found, vec![Recognised::New]),
            (vec![vec![kiel(true)]], &nothing, vec![Recognised::Returned(VorgangId(1))]),
            (vec![vec![kiel(false)]], &found, vec![Recognised::Returned(VorgangId(1))]),
            (vec![vec![kiel(true)]], &unclear, vec![Recognised::Unclear]),
            (vec![vec![sighting(1, "INBOX", 7, 2, false)]], &nothing, vec![Recognised::Returned(VorgangId(1))]),
            // A twin in INBOX; renumbered one by one; the whole folder renumbered.
            (vec![vec![sighting(1, "INBOX", 7, 2, true)]], &nothing, vec![Recognised::New]),
            (vec![vec![sighting(1, "INBOX", 7, 3, false)]], &nothing, vec![Recognised::Renumbered(VorgangId(1))]),
            (vec![vec![sighting(1, "INBOX", 6, 2, true)]], &nothing, vec![Recognised::Renumbered(VorgangId(1))]),
            // Whether it was moved is not known yet.
            (vec![vec![sighting(1, "INBOX", 7, 4, true)]], &nothing, vec![Recognised::Unclear]),
            // A listing had missed it; it lies where it lay.
            (vec![vec![sighting(1, "INBOX", 7, 20, false)]], &nothing, vec![Recognised::Renumbered(VorgangId(1))]),
            // Two twins come back, one was known: the other is new.
            (
                vec![vec![kiel(true)], vec![kiel(true)]],
                &nothing,
                vec![Recognised::Returned(VorgangId(1)), Recognised::New],
            ),
            // One of two known twins is still there.
            (
                vec![vec![kiel(true), sighting(2, "INBOX/Kiel", 9, 6, true)]],
                &found,
                vec![Recognised::Returned(VorgangId(2))],
            ),
        ] {
            let messages: Vec<_> = messages.into_iter().zip(20..).map(|(seen, uid)| (Uid(uid), seen)).collect();
            assert_eq!(recognise(&messages, &inbox, seen), expected, "{messages:?}");
        }
    }
}
