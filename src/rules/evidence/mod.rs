//! Evidence: what in a message names an Agentur. One finder for each kind, all of one shape.

use super::explanation::{Fundstelle, Verworfen};
use super::prepare::Prepared;

pub(super) mod address;
pub(super) mod conversation;
pub(super) mod field;
pub(super) mod number;
pub(super) mod residence;
pub(super) mod salutation;

/// What a finder found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Fund {
    /// Each piece of evidence; several places of one kind belong together and form a set.
    pub evidenz: Vec<Fundstelle>,
    /// What looked like evidence and does not count.
    pub verworfen: Vec<Verworfen>,
    /// Something was there that could not be read or followed to its end. Nothing is handed over then.
    pub unlesbar: bool,
}

/// Looks for one kind of evidence. Same message, same answer.
pub(super) trait Finder {
    fn find(&self, mail: &Prepared<'_>) -> Fund;
}
