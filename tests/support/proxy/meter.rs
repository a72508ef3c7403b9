//! Counts what a client asks and what it waits for.

use std::collections::HashMap;

/// What a connection asked and waited for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Commands sent, login and logout included.
    pub commands: usize,
    /// The longest chain of commands of which each was sent after the answer to the one before had arrived: the round
    /// trips that no faster server could save. Commands sent without waiting share one. A continuation request
    /// (`+`) adds one. Greeting and TCP handshake are not counted.
    pub round_trips: usize,
}

/// What a line of the server means for the [`Meter`].
pub enum Answer {
    Tagged(Vec<u8>),
    Continuation,
}

impl Answer {
    pub fn of(line: &[u8]) -> Option<Answer> {
        let word = line.split(|&byte| byte == b' ').next()?;
        match word {
            b"*" => None,
            [b'+', ..] => Some(Answer::Continuation),
            tag => Some(Answer::Tagged(tag.to_vec())),
        }
    }
}

/// Counts commands and how they depend on each other; see [`Count`].
#[derive(Default)]
pub struct Meter {
    count: Count,
    /// Length of the chain that ends with each unanswered command.
    open: HashMap<Vec<u8>, usize>,
    /// The unanswered command sent last.
    latest: Vec<u8>,
    /// Length of the longest chain that is answered.
    answered: usize,
}

impl Meter {
    /// The client sent a line that begins a command, or a word after a continuation request.
    pub fn sent(&mut self, line: &[u8]) {
        // A line without a space is no command but a word after a continuation request: DONE, or a SASL response.
        let Some(end) = line.iter().position(|&byte| byte == b' ') else { return };
        self.count.commands += 1;
        self.latest = line[..end].to_vec();
        self.extend(self.answered + 1);
    }

    /// An answer reached the client.
    pub fn arrived(&mut self, answer: Answer) {
        match answer {
            Answer::Tagged(tag) => self.answered = self.answered.max(self.open.remove(&tag).unwrap_or(0)),
            Answer::Continuation => {
                let chain = self.open.get(&self.latest).copied();
                chain.into_iter().for_each(|chain| self.extend(chain + 1));
            }
        }
    }

    /// The chain that ends with the latest command has this length.
    fn extend(&mut self, chain: usize) {
        self.open.insert(self.latest.clone(), chain);
        self.count.round_trips = self.count.round_trips.max(chain);
    }

    pub fn count(&self) -> Count {
        self.count
    }
}
