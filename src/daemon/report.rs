//! What a cycle did, in numbers and closed words.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

/// The result of one or more cycles over one mailbox.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CycleReport {
    /// Messages in the INBOX when it was listed.
    pub seen: u64,
    /// Messages that were read and decided.
    pub decided: u64,
    /// Messages proved to lie in their Agentur folder now, or in the one for what cannot be read.
    pub moved: u64,
    /// Messages that stay, by closed word.
    pub left: BTreeMap<String, u64>,
    /// Messages set aside because they cannot be read: those that stay are among `left`, the others among `moved`.
    pub set_aside: u64,
    /// Operations whose end had to be found out.
    pub reconciled: u64,
    /// Events that follow from what clerks did.
    pub observed: u64,
    /// Commands sent that change something on the server.
    pub write_commands: u64,
}

impl CycleReport {
    /// Counts messages that stay.
    pub fn leave(&mut self, word: &str, count: u64) {
        if count > 0 {
            *self.left.entry(word.to_owned()).or_default() += count;
        }
    }
}

/// How far the work of the moment is, for whoever watches a terminal. Only ever grows.
#[derive(Debug, Default)]
pub struct Progress {
    expected: AtomicU64,
    done: AtomicU64,
}

impl Progress {
    /// More steps lie ahead: a message to be read is one, a message to be moved another.
    pub fn expect(&self, steps: usize) {
        self.expected.fetch_add(steps as u64, Ordering::Relaxed);
    }

    /// Steps were done.
    pub fn done(&self, steps: usize) {
        self.done.fetch_add(steps as u64, Ordering::Relaxed);
    }

    /// Done and expected steps.
    pub fn get(&self) -> (u64, u64) {
        (self.done.load(Ordering::Relaxed), self.expected.load(Ordering::Relaxed))
    }
}
