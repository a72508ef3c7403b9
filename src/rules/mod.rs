//! The rule set: TOML as written, compiled, and the one evaluator.
//!
//! The way of a message: [`classify`] is the whole of it and asks, in this order,
//!
//! | module | for |
//! |---|---|
//! | [`prepare`] | what several rules need, each thing worked out once |
//! | [`condition`] | its kind: the first rule that applies |
//! | [`exception`], [`predicate`] | the explicit rules of the admins, and their conditions |
//! | [`evidence`] | what names an Agentur: one finder for conversation, field, address, residence, number, salutation |
//! | [`decide`] | the weighing: what decides alone, the majority, the order, the profile |
//! | [`explanation`] | the whole answer, for whoever asks why |
//!
//! How a text is read, from bytes that anybody wrote to words that mean something:
//!
//! | module | job |
//! |---|---|
//! | [`fold`] | one spelling for rules and mails |
//! | [`blocks`], [`addresses`] | forwarded and quoted messages, and the addresses in their heads |
//! | [`passages`] | whose words: the author's own, or other people's |
//! | [`letter`] | the parts of the author's words: head, text, signature |
//! | [`names`] | the author's name, to tell him from others |
//! | [`sentence`], [`calendar`], [`language`] | where a sentence ends, which day is meant, words that join |
//! | [`phrases`], [`vocabulary`], [`glob`] | words and patterns of the rule files, found in a text |
//! | [`fields`], [`kundennummer`], [`postcode`] | labelled fields of system mails, numbers |
//! | [`agentur_names`] | which Agentur a name means |
//! | [`authentication`], [`imitation`], [`punycode`], [`distance`] | whether a sender is who he seems to be |
//!
//! The way of a rule file: [`file`](mod@file) is its shape, [`read`] collects tables and problems of all files,
//! [`compile`](mod@compile) checks the meaning, [`pattern`] and [`pattern_cost`] its expressions, and [`version`] names
//! the result.
//!
//! Nothing here reads a file or a clock, nothing fails on a message, and every bound that is reached while reading a
//! hostile one means doubt: the message stays.

use std::sync::Arc;

use jiff::civil::Date;

use crate::diagnostic::{Diagnostic, Severity, Source};
use crate::domain::agentur::AgenturId;
use crate::domain::decision::{Decision, Evidenz};
use crate::domain::id::RegelwerkVersion;
use crate::domain::message::Message;
use crate::domain::postfach::Profil;
use crate::domain::stammdaten::Stammdaten;

use explanation::Explanation;

mod addresses;
mod agentur_names;
mod authentication;
mod blocks;
mod calendar;
mod classify;
mod compile;
mod condition;
mod decide;
mod distance;
mod evidence;
mod exception;
pub mod explanation;
mod fields;
mod file;
mod fold;
mod glob;
mod imitation;
mod kundennummer;
mod language;
mod letter;
mod names;
mod passages;
mod pattern;
mod pattern_cost;
mod phrases;
mod postcode;
mod predicate;
mod prepare;
mod punycode;
mod read;
mod sentence;
mod version;
mod vocabulary;

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
    ausnahmen: Vec<exception::Ausnahme>,
    address: evidence::address::AddressFinder,
    field: evidence::field::FieldFinder,
    residence: evidence::residence::ResidenceFinder,
    number: evidence::number::NumberFinder,
    salutation: evidence::salutation::SalutationFinder,
    abwaegung: decide::Abwaegung,
}

/// What the evaluator must know about the mailbox a message lies in.
#[derive(Clone, Copy, Debug)]
pub struct Lage<'a> {
    /// Name of the mailbox, which is its SC region.
    pub region: &'a str,
    /// The mailbox's own address; never evidence.
    pub address: &'a str,
    pub profil: Profil,
    /// The Agenturen that earlier mails of the same conversation are with; usually none or one.
    pub gespraech: &'a [AgenturId],
    /// Bytes of the whole message, also of what was not fetched; none if nobody knows.
    pub groesse: Option<u64>,
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
        self.explain(message, lage).decision
    }

    /// Decides, and says all that led there. The same decision as [`Self::classify`].
    pub fn explain(&self, message: &Message, lage: &Lage<'_>) -> Explanation {
        classify::classify(&self.regeln, &self.stammdaten, message, lage)
    }

    /// The Agentur that this evidence alone would decide for, before Vertretung, region and folder: for the question
    /// what would have been needed.
    pub fn weigh(&self, profil: Profil, evidenz: &[Evidenz]) -> Option<AgenturId> {
        self.regeln.abwaegung.decide(profil, evidenz).agentur
    }

    /// The effective order, one line per rule, for `check`.
    pub fn order(&self) -> Vec<String> {
        let kinds = self.regeln.vorgangsarten.iter().map(classify::VorgangsartRegel::describe);
        let exceptions = self.regeln.ausnahmen.iter().map(|ausnahme| ausnahme.describe(&self.stammdaten));
        kinds.chain(exceptions).chain(self.regeln.abwaegung.describe()).collect()
    }
}

#[cfg(test)]
mod evidence_tests;
#[cfg(test)]
#[path = "exceptions_tests.rs"]
mod exceptions_tests;
#[cfg(test)]
mod test_support;
#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
#[cfg(test)]
#[path = "trust_tests.rs"]
mod trust_tests;
