//! What is to be handed over, sorted by target folder.

use std::collections::BTreeMap;

use crate::domain::id::{FolderName, Uid};
use crate::domain::vorgang::VorgangId;

/// A message that is to be handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    pub vorgang: VorgangId,
    pub uid: Uid,
    /// Slug of the Agentur.
    pub agentur: String,
}

/// Moves, and what cannot be moved for want of a folder.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct MovePlan {
    /// Per target folder, in the order of the names.
    pub moves: BTreeMap<FolderName, Vec<Candidate>>,
    /// No folder: these stay.
    pub without_folder: Vec<Candidate>,
}

/// Sorts by folder. `folder_of` gives the folder of an Agentur if it exists and can be opened.
pub fn plan(candidates: Vec<Candidate>, folder_of: impl Fn(&str) -> Option<FolderName>) -> MovePlan {
    let mut plan = MovePlan::default();
    for candidate in candidates {
        match folder_of(&candidate.agentur) {
            Some(folder) => plan.moves.entry(folder).or_default().push(candidate),
            None => plan.without_folder.push(candidate),
        }
    }
    plan
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_folder_concerns_its_agentur_only() {
        let candidate =
            |uid, agentur: &str| Candidate { vorgang: VorgangId(1), uid: Uid(uid), agentur: agentur.to_owned() };
        let plan = plan(vec![candidate(1, "kiel"), candidate(2, "ulm"), candidate(3, "kiel")], |agentur| {
            (agentur == "kiel").then(|| FolderName("INBOX/Kiel".to_owned()))
        });
        assert_eq!(plan.moves.values().next().map(Vec::len), Some(2));
        assert_eq!(plan.without_folder, [candidate(2, "ulm")]);
    }
}
