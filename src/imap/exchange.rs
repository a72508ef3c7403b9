//! The one way to run a command after login.
//!
//! An [`Exchange`] sends commands, several at once if wanted, and hands out the answers line by line until every
//! command has its tagged end. It checks what async-imap does not: the tagged status, whose tag it is, BYE, the end of
//! the stream, and the time. A session that is left in the middle of an exchange, by an error or because its future was
//! dropped, refuses every further command: half-read answers would be taken for those of the next one.

use std::collections::VecDeque;
use std::time::Duration;

use async_imap::imap_proto::RequestId;
use tokio::time::{Instant, timeout, timeout_at};

use super::capability::Capabilities;
use super::command::{Command, Verb};
use super::connect::{Connected, Stream};
use super::error::ImapError;
use super::reply::{Reply, Tagged, Untagged};

/// How long to say goodbye.
const LOGOUT_LIMIT: Duration = Duration::from_secs(5);

/// Longest waits of an exchange.
#[derive(Clone, Copy, Debug)]
pub struct Deadlines {
    /// Silence while an answer is expected.
    pub read: Duration,
    /// One command, however lively the line.
    pub command: Duration,
}

/// A logged-in connection.
pub struct Session {
    inner: async_imap::Session<Stream>,
    capabilities: Capabilities,
    deadlines: Deadlines,
    /// Commands whose tagged end has not been read, or a broken stream.
    owed: bool,
    commands: u64,
    write_commands: u64,
}

impl Session {
    /// Takes over a connection that has just logged in.
    pub fn new(connected: Connected, deadlines: Deadlines) -> Self {
        Session {
            inner: connected.session,
            capabilities: connected.capabilities,
            deadlines,
            owed: false,
            commands: 0,
            write_commands: 0,
        }
    }

    /// What the server can do, as it said after login.
    pub fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    /// How many commands were sent so far.
    pub fn commands(&self) -> u64 {
        self.commands
    }

    /// How many commands were sent so far that change something.
    pub fn write_commands(&self) -> u64 {
        self.write_commands
    }

    /// Whether the stream is in a known state. If not, the session is of no more use.
    pub fn is_clean(&self) -> bool {
        !self.owed
    }

    /// Begins an exchange.
    ///
    /// # Errors
    /// [`ImapError::Desync`] if an earlier exchange was left in the middle.
    pub fn exchange(&mut self, verb: Verb) -> Result<Exchange<'_>, ImapError> {
        if self.owed {
            return Err(ImapError::Desync { verb });
        }
        let now = Instant::now();
        Ok(Exchange { session: self, open: VecDeque::new(), sent: 0, progress: now, handed_out: now })
    }

    /// Runs one command and gives each line of untagged data to `each`.
    ///
    /// # Errors
    /// A refusal is an error here that leaves the connection usable; after every other error the session is done for.
    pub async fn exec(&mut self, command: &Command, mut each: impl FnMut(Untagged)) -> Result<Tagged, ImapError> {
        let verb = command.verb;
        let mut exchange = self.exchange(verb)?;
        exchange.send(command).await?;
        while let Some(event) = exchange.next().await? {
            match event {
                Event::Untagged(untagged) => each(untagged),
                Event::Done { tagged: Tagged { refusal: Some(refusal), .. }, .. } => {
                    return Err(ImapError::Refused { verb, refusal });
                }
                Event::Done { tagged, .. } => return Ok(tagged),
            }
        }
        Err(ImapError::Desync { verb })
    }

    /// Says goodbye, within five seconds; lingering connections count against the account.
    pub async fn logout(mut self) {
        if self.is_clean() {
            let command = Command::logout();
            // Whatever comes back, the connection is closed next: there is nothing to do about an error.
            let _ = timeout(LOGOUT_LIMIT, self.exec(&command, |_| {})).await;
        }
    }
}

/// What an exchange hears.
#[derive(Debug)]
pub enum Event {
    Untagged(Untagged),
    /// The command with this number (from 0, in the order sent) has ended.
    Done {
        number: usize,
        tagged: Tagged,
    },
}

struct Open {
    number: usize,
    tag: RequestId,
    verb: Verb,
}

/// Commands under way. See the module text.
pub struct Exchange<'s> {
    session: &'s mut Session,
    open: VecDeque<Open>,
    sent: usize,
    /// When the oldest open command began to be worked on.
    progress: Instant,
    /// When the last line was handed out.
    handed_out: Instant,
}

impl Exchange<'_> {
    /// How many commands wait for their end.
    pub fn open(&self) -> usize {
        self.open.len()
    }

    /// Sends a command; its answers come from [`Exchange::next`].
    pub async fn send(&mut self, command: &Command) -> Result<(), ImapError> {
        let verb = command.verb;
        self.session.owed = true;
        self.session.commands += 1;
        if verb.writes() {
            self.session.write_commands += 1;
        }
        let limit = self.session.deadlines.command;
        crash_point!("before command:", &verb.to_string());
        let tag = timeout(limit, self.session.inner.run_command(command.text()))
            .await
            .map_err(|_| ImapError::Timeout { verb, waited: limit })?
            .map_err(|error| match error {
                async_imap::error::Error::Io(error) => ImapError::from_io(verb, &error),
                _ => ImapError::Closed { verb },
            })?;
        crash_point!("after command:", &verb.to_string());
        if self.open.is_empty() {
            self.progress = Instant::now();
            self.handed_out = self.progress;
        }
        self.open.push_back(Open { number: self.sent, tag, verb });
        self.sent += 1;
        Ok(())
    }

    /// The next line, or `None` when every command has ended. A refusal is an event, not an error.
    pub async fn next(&mut self) -> Result<Option<Event>, ImapError> {
        // Time that the receiver of the last line took for itself is not the server's.
        self.progress += self.handed_out.elapsed();
        let event = self.advance().await;
        self.handed_out = Instant::now();
        event
    }

    async fn advance(&mut self) -> Result<Option<Event>, ImapError> {
        let Some(oldest) = self.open.front() else { return Ok(None) };
        let verb = oldest.verb;
        match self.read(verb).await? {
            Reply::Untagged(untagged) => Ok(Some(Event::Untagged(untagged))),
            Reply::Bye(_) if verb == Verb::Logout => Ok(Some(Event::Untagged(Untagged::Other))),
            Reply::Bye(wait) => Err(ImapError::Bye { verb, wait }),
            Reply::Tagged(tag, tagged) => {
                // Servers may end commands out of order (RFC 3501, 5.5), though none here is known to.
                let position = self.open.iter().position(|open| open.tag == tag).ok_or(ImapError::Desync { verb })?;
                let ended = self.open.remove(position).ok_or(ImapError::Desync { verb })?;
                self.progress = Instant::now();
                self.session.owed = !self.open.is_empty();
                Ok(Some(Event::Done { number: ended.number, tagged }))
            }
        }
    }

    async fn read(&mut self, verb: Verb) -> Result<Reply, ImapError> {
        let deadlines = self.session.deadlines;
        let silence = Instant::now() + deadlines.read;
        let overall = self.progress + deadlines.command;
        let (end, waited) = if silence <= overall { (silence, deadlines.read) } else { (overall, deadlines.command) };
        let response = timeout_at(end, self.session.inner.read_response())
            .await
            .map_err(|_| ImapError::Timeout { verb, waited })?
            .map_err(|error| ImapError::from_io(verb, &error))?
            .ok_or(ImapError::Closed { verb })?;
        crash_point!("after a line of:", &verb.to_string());
        Ok(Reply::from_proto(response.parsed()))
    }
}

#[cfg(test)]
#[path = "exchange_tests.rs"]
mod tests;
