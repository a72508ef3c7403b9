//! What is said before login: greeting, CAPABILITY, STARTTLS.
//!
//! async-imap lets an unauthenticated client send commands but does not show what comes back, so these three are spoken
//! here, line by line. Lines are taken one at a time and nothing is read ahead: what remains in the [`Wire`]
//! belongs to the next reader, or to nobody.

use imap_proto::{Response, Status};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt};

use super::capability::Capabilities;
use super::connect::{Stream, Timeouts, Transport, within};
use super::connect_error::{ConnectError, GreetingFault, Phase};
use super::login::refused_besides_login;
use super::wire::Wire;

pub(super) struct Dialogue {
    wire: Stream,
    timeouts: Timeouts,
    commands: u32,
}

impl Dialogue {
    pub(super) fn new(transport: Transport, timeouts: Timeouts) -> Self {
        Dialogue { wire: Wire::new(transport), timeouts, commands: 0 }
    }

    /// Waits for the server to say that it is ready.
    pub(super) async fn greeting(&mut self) -> Result<(), ConnectError> {
        let line = within(self.timeouts.greeting, Phase::Greeting, self.line(Phase::Greeting)).await?;
        let line = match line {
            Err(ConnectError::Closed { .. }) => return Err(ConnectError::Greeting(GreetingFault::Eof)),
            Err(ConnectError::Protocol { .. }) => return Err(ConnectError::Greeting(GreetingFault::Malformed)),
            line => line?,
        };
        // By hand: free text in brackets after OK, as Exchange Online sends it, is not for a parser to judge.
        let mut words = line.split(|byte| byte.is_ascii_whitespace());
        let (star, status) = (words.next(), words.next().unwrap_or_default());
        let fault = match status.to_ascii_uppercase().as_slice() {
            _ if star != Some(b"*") => GreetingFault::Malformed,
            b"OK" => return Ok(()),
            b"BYE" => GreetingFault::Bye,
            b"PREAUTH" => GreetingFault::Preauth,
            _ => GreetingFault::Malformed,
        };
        Err(ConnectError::Greeting(fault))
    }

    pub(super) async fn capabilities(&mut self) -> Result<Capabilities, ConnectError> {
        let phase = Phase::Capability;
        self.command("CAPABILITY", phase).await?.ok_or(ConnectError::Protocol { phase })
    }

    /// Has the server start TLS and gives back the stream on which to do so.
    pub(super) async fn starttls(mut self) -> Result<Transport, ConnectError> {
        self.command("STARTTLS", Phase::Starttls).await?;
        self.wire.into_inner().map_err(|_| ConnectError::InjectedPlaintext)
    }

    /// The stream for the client, with whatever the server has said on top.
    pub(super) fn into_wire(self) -> Stream {
        self.wire
    }

    /// Sends a command and waits for its OK; returns the capabilities listed meanwhile.
    async fn command(&mut self, name: &str, phase: Phase) -> Result<Option<Capabilities>, ConnectError> {
        within(self.timeouts.command, phase, async {
            self.commands += 1;
            let tag = format!("C{}", self.commands);
            self.send(&format!("{tag} {name}\r\n")).await.map_err(|error| ConnectError::from_io(&error, phase))?;
            self.answer(&tag, phase).await
        })
        .await?
    }

    async fn answer(&mut self, tag: &str, phase: Phase) -> Result<Option<Capabilities>, ConnectError> {
        let mut capabilities = None;
        loop {
            let line = within(self.timeouts.read, phase, self.line(phase)).await??;
            match Response::parse(&line) {
                Ok((_, Response::Capabilities(list))) => capabilities = Some(list.iter().collect()),
                Ok((_, Response::Done { tag: done, status: Status::Ok, .. })) if done.0 == tag => {
                    return Ok(capabilities);
                }
                Ok((_, Response::Data { status: Status::Bye, .. })) => return Err(ConnectError::Closed { phase }),
                Ok((_, Response::Done { tag: done, status, outcome })) if done.0 == tag => {
                    return Err(refused_besides_login(&status, &outcome, phase));
                }
                Ok((_, Response::Done { .. } | Response::Continue(_))) => return Err(ConnectError::Protocol { phase }),
                // Other untagged lines mean nothing yet, understood or not.
                Ok(_) => {}
                Err(_) if line.starts_with(b"* ") => {}
                Err(_) => return Err(ConnectError::Protocol { phase }),
            }
        }
    }

    async fn send(&mut self, command: &str) -> std::io::Result<()> {
        self.wire.write_all(command.as_bytes()).await?;
        self.wire.flush().await
    }

    async fn line(&mut self, phase: Phase) -> Result<Vec<u8>, ConnectError> {
        let mut line = Vec::new();
        self.wire.read_until(b'\n', &mut line).await.map_err(|error| ConnectError::from_io(&error, phase))?;
        if line.ends_with(b"\n") { Ok(line) } else { Err(ConnectError::Closed { phase }) }
    }
}
