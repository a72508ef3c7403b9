//! What all mailboxes share.

use std::sync::{Arc, PoisonError, RwLock};

use tokio_util::sync::CancellationToken;

use super::judge::Judge;
use super::quiet::Quiet;
use super::report::Progress;
use crate::config;
use crate::parse::fingerprint::FingerprintKey;
use crate::rules::RuleSet;
use crate::store::Ledger;

/// The shared parts, built in plain sight by whoever starts the workers.
pub struct Dienst {
    pub config: config::Dienst,
    pub kennzeichen: config::Kennzeichenwahl,
    pub ledger: Ledger,
    pub judge: Judge,
    pub key: Arc<FingerprintKey>,
    pub progress: Progress,
    /// Which mailboxes are reading mail that is under no suspicion.
    pub quiet: Quiet,
    /// Cancelled when the process is asked to stop. Workers look at it between steps and during waits, never between
    /// a MOVE and its record.
    pub stop: CancellationToken,
    rules: RwLock<Arc<RuleSet>>,
}

impl Dienst {
    /// Puts the parts together.
    pub fn new(
        config: config::Dienst,
        kennzeichen: config::Kennzeichenwahl,
        ledger: Ledger,
        judge: Judge,
        key: Arc<FingerprintKey>,
        rules: Arc<RuleSet>,
        stop: CancellationToken,
    ) -> Self {
        Dienst {
            config,
            kennzeichen,
            ledger,
            judge,
            key,
            progress: Progress::default(),
            quiet: Quiet::default(),
            stop,
            rules: RwLock::new(rules),
        }
    }

    /// The rule set in force. A cycle takes it once and keeps it to its end.
    pub fn rules(&self) -> Arc<RuleSet> {
        Arc::clone(&self.rules.read().unwrap_or_else(PoisonError::into_inner))
    }
}
