//! The rule set: TOML as written, compiled, and the one evaluator.
//!
//! The way of a message: [`prepare`] works out what several rules need, [`condition`] finds its kind, [`evidence`] looks
//! for what names an Agentur, [`decide`] weighs it, [`preview`] holds back what evidence that is not weighed yet could
//! change, and [`classify`] puts it together. The way of a rule file: [`file`](mod@file) is its shape, [`read`] collects
//! tables and problems of all files, [`compile`](mod@compile) checks the meaning.
//!
//! Nothing here reads a file or a clock, nothing fails on a message, and every bound that is reached while reading a
//! hostile one means doubt: the message stays.

use std::sync::Arc;

use jiff::civil::Date;

use crate::diagnostic::{Diagnostic, Severity, Source};
use crate::domain::decision::Decision;
use crate::domain::id::RegelwerkVersion;
use crate::domain::message::Message;
use crate::domain::postfach::Profil;
use crate::domain::stammdaten::Stammdaten;

mod addresses;
mod authentication;
mod blocks;
mod classify;
mod compile;
mod condition;
mod decide;
mod distance;
mod evidence;
mod fields;
mod file;
mod fold;
mod glob;
mod imitation;
mod kundennummer;
mod pattern;
mod prepare;
mod preview;
mod punycode;
mod read;
mod version;

/// A compiled rule set together with its master data. Cheap to share, never changes.
#[derive(Debug)]
pub struct RuleSet {
    version: RegelwerkVersion,
    stammdaten: Arc<Stammdaten>,
    regeln: Regeln,
}

/// The compiled rules without master data.
#[derive(Debug)]
struct Regeln {
    begriffe: prepare::Begriffe,
    /// In the order of testing; the last one applies always.
    vorgangsarten: Vec<classify::VorgangsartRegel>,
    address: evidence::address::AddressFinder,
    field: evidence::field::FieldFinder,
    abwaegung: decide::Abwaegung,
    vorschau: preview::Vorschau,
}

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
    let mut problems = Vec::new();
    let written = read::read(files, &mut problems);
    let regeln = compile::compile(&written, &stammdaten, &mut problems);
    let is_sound = problems.iter().all(|problem| problem.severity != Severity::Error);
    let version = version::version(files, stammdaten_quellen);
    let rules = regeln.filter(|_| is_sound).map(|regeln| RuleSet { version, stammdaten, regeln });
    (rules, problems)
}

impl RuleSet {
    /// SHA-256 of everything that was compiled.
    pub fn version(&self) -> &RegelwerkVersion {
        &self.version
    }

    /// The master data it was compiled against.
    pub fn stammdaten(&self) -> &Stammdaten {
        &self.stammdaten
    }

    /// Decides about one message. Same input, same answer.
    pub fn classify(&self, message: &Message, lage: &Lage<'_>) -> Decision {
        classify::classify(&self.regeln, &self.stammdaten, message, lage)
    }

    /// The effective order, one line per rule, for `check`.
    pub fn order(&self) -> Vec<String> {
        let kinds = self.regeln.vorgangsarten.iter().map(|rule| {
            format!("{} ({}): {} - {}", rule.regel, rule.art.as_str(), rule.aktion.as_str(), rule.beschreibung)
        });
        kinds.chain(self.regeln.abwaegung.describe()).collect()
    }
}

#[cfg(test)]
mod test_support;
#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
