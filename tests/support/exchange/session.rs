//! One connection: what is open and what was said.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

/// A command under way.
#[derive(Debug)]
pub struct Open {
    pub tag: String,
    /// Without the tag.
    pub command: String,
    /// What is said in place of the server's answer.
    pub answer: Option<Answer>,
}

/// An answer of the proxy's own.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// Lines before the tagged one, each with its end.
    pub untagged: String,
    /// The tagged line without tag and end; empty: none.
    pub tagged: String,
    pub after: Duration,
    /// What is said behind it before the connection is closed.
    pub bye: Option<&'static str>,
}

impl Answer {
    pub fn tagged(text: impl Into<String>) -> Answer {
        Answer { tagged: text.into(), ..Answer::default() }
    }
}

#[derive(Debug)]
pub struct Session {
    pub opened: Instant,
    /// When the last command came.
    pub heard: Instant,
    ended: bool,
    /// Who has logged in, or is about to.
    pub user: Option<String>,
    /// The connection ends with the answer to a command before: what comes behind it is not heard any more.
    pub leaving: bool,
    /// Logged in without a mailbox.
    pub disconnected: bool,
    /// The folder that is open, and how much it holds.
    pub selected: Option<String>,
    pub exists: u32,
    pub open: VecDeque<Open>,
    pub errors: usize,
    /// The rest of a response whose first line was swallowed.
    pub swallowing: bool,
    pub statuses: HashMap<String, String>,
    /// The code that the server gave for the move that it is answering.
    pub copyuid: Option<String>,
    /// How long the line at hand is to wait.
    pub pause: Duration,
    /// The client waits in IDLE for what does not come.
    pub idling: bool,
}

impl Default for Session {
    fn default() -> Session {
        Session {
            opened: Instant::now(),
            heard: Instant::now(),
            ended: false,
            user: None,
            leaving: false,
            disconnected: false,
            selected: None,
            exists: 0,
            open: VecDeque::new(),
            errors: 0,
            swallowing: false,
            statuses: HashMap::new(),
            copyuid: None,
            pause: Duration::ZERO,
            idling: false,
        }
    }
}

impl Session {
    pub fn is_open(&self) -> bool {
        !self.ended
    }

    pub fn end(&mut self) {
        self.ended = true;
    }

    /// The command that the server is answering: it takes one after the other.
    pub fn current(&self) -> &str {
        self.open.front().map_or("", |open| &open.command)
    }
}

/// The first string in quotation marks; without any, the word of this number.
pub fn name(command: &str, word: usize) -> &str {
    match command.split('"').nth(1) {
        Some(name) => name,
        None => command.split(' ').nth(word).unwrap_or_default(),
    }
}

/// The name of a command, with its UID.
pub fn verb(command: &str) -> String {
    let mut words = command.split(' ').map(str::to_ascii_uppercase);
    let first = words.next().unwrap_or_default();
    if first == "UID" { format!("UID {}", words.next().unwrap_or_default()) } else { first }
}
