//! The rule set: TOML as written, compiled, and the one evaluator.

use std::sync::Arc;

use jiff::civil::Date;

use crate::diagnostic::{Diagnostic, Source};
use crate::domain::decision::Decision;
use crate::domain::id::RegelwerkVersion;
use crate::domain::message::Message;
use crate::domain::postfach::Profil;
use crate::domain::stammdaten::Stammdaten;

/// A compiled rule set together with its master data. Cheap to share, never changes.
#[derive(Debug)]
pub struct RuleSet {}

/// What the evaluator must know about the mailbox a message lies in.
#[derive(Clone, Copy, Debug)]
pub struct Lage<'a> {
    /// Name of the mailbox, which is its SC region.
    pub region: &'a str,
    /// The mailbox's own address; never evidence.
    pub address: &'a str,
    pub profil: Profil,
    /// The day the message arrived (Europe/Berlin); validity dates are measured against it.
    pub tag: Date,
}

/// Compiles the rule files (in the order given) against the master data. All problems of all files come at once;
/// there is a rule set unless one of them is an error. `stammdaten_quellen` are the master data as read: they take
/// part in the version.
pub fn compile(
    files: &[Source],
    stammdaten: Arc<Stammdaten>,
    stammdaten_quellen: &[Source],
) -> (Option<RuleSet>, Vec<Diagnostic>) {
    let _ = (files, stammdaten, stammdaten_quellen);
    todo!()
}

impl RuleSet {
    /// SHA-256 of everything that was compiled.
    pub fn version(&self) -> &RegelwerkVersion {
        todo!()
    }

    /// The master data it was compiled against.
    pub fn stammdaten(&self) -> &Stammdaten {
        todo!()
    }

    /// Decides about one message. Same input, same answer.
    pub fn classify(&self, message: &Message, lage: &Lage<'_>) -> Decision {
        let _ = (message, lage);
        todo!()
    }

    /// The effective order, one line per rule, for `check`.
    pub fn order(&self) -> Vec<String> {
        todo!()
    }
}
