//! What a client said, and whether any of it changes something.

use std::sync::{Arc, Mutex};

use super::{Filter, Side, lock};

/// The commands that a client sent through a proxy, in order, without their tags.
#[derive(Clone, Debug, Default)]
pub struct Transcript(Arc<Mutex<Vec<String>>>);

impl Transcript {
    /// A filter that writes down every command and lets `filter` decide.
    pub fn before(&self, filter: Filter) -> Filter {
        let commands = self.0.clone();
        Box::new(move |line| {
            if line.side == Side::Client && line.begins {
                let text = String::from_utf8_lossy(line.bytes);
                let command = text.trim_end().split_once(' ').map_or("", |(_, command)| command);
                lock(&commands).push(command.to_string());
            }
            filter(line)
        })
    }

    /// All commands so far; they are forgotten here.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut lock(&self.0))
    }
}

/// Commands among these that change something on a server.
pub fn writes(commands: &[String]) -> Vec<&String> {
    let verbs = ["MOVE", "COPY", "STORE", "EXPUNGE", "APPEND", "CREATE", "DELETE", "RENAME", "CLOSE", "SETACL"];
    let is_write =
        |command: &&String| command.split(' ').take(2).any(|word| verbs.contains(&word.to_ascii_uppercase().as_str()));
    commands.iter().filter(is_write).collect()
}
