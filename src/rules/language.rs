//! What the rule files say about the language itself: sentences, the calendar, words that join.

use super::calendar::Kalender;
use super::phrases::Phrases;
use super::sentence::Satzgrenzen;

/// The language of the mails.
#[derive(Clone, Debug)]
pub(super) struct Sprache {
    pub saetze: Satzgrenzen,
    pub kalender: Kalender,
    /// `und`, `oder`: join two things of a kind.
    pub und: Phrases,
    /// `aber`, `weil`: another thought begins.
    pub nebensatz: Phrases,
}
