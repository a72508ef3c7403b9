//! What `doctor` is to look at, besides the mailbox itself.

use jiff::civil::Date;

use crate::config::{Dienst, Kennzeichenwahl};
use crate::domain::agentur::Agentur;

/// What holds for all mailboxes of a run.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    pub dienst: &'a Dienst,
    pub wahl: &'a Kennzeichenwahl,
    /// All of the master data.
    pub agenturen: &'a [Agentur],
    /// The day in their time zone.
    pub today: Date,
    /// The Agentur whose test mails are looked for, by its slug; then nothing else is asked.
    pub selbsttest: Option<&'a str>,
}
