//! Evidence: what in a message names an Agentur. One small finder for each kind, all of one shape.

use crate::domain::decision::Evidenz;

use super::prepare::Prepared;

pub(super) mod address;
pub(super) mod field;

/// What a finder found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Fund {
    /// Each piece of evidence; several places of one kind belong together and form a set.
    pub evidenz: Vec<Evidenz>,
    /// Something was there that could not be read or followed to its end. Nothing is handed over then.
    pub unlesbar: bool,
}

/// Looks for one kind of evidence. Same message, same answer.
pub(super) trait Finder {
    fn find(&self, mail: &Prepared<'_>) -> Fund;
}
