//! A server that says exactly what a test wants it to say, for replies that no real server here would send.
//!
//! ```ignore
//! let server = ScriptedServer::start(|talk| {
//!     talk.send("* OK ready\r\n");
//!     talk.usual("IMAP4rev1 UIDPLUS MOVE");
//!     talk.expect("SELECT", "* 0 EXISTS\r\n{tag} OK done\r\n");
//!     talk.expect("LOGOUT", "* BYE\r\n{tag} OK bye\r\n");
//! });
//! // ... run the binary against server.address() ...
//! let transcript = server.finish();
//! ```

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use super::wire::announced_literal;

/// One connection, seen from the server. Its methods panic when the client does not do as expected; the panic ends the
/// connection and comes out of [`ScriptedServer::finish`].
pub struct Talk {
    /// 0 for the first connection of the client, 1 for the second.
    pub connection: usize,
    stream: BufReader<TcpStream>,
    usual: Option<String>,
    heard: Sender<String>,
}

/// A command as the client sent it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    pub tag: String,
    /// The rest of the line, literals inline.
    pub command: String,
}

impl Talk {
    /// Sends bytes as they are.
    pub fn send(&mut self, text: impl AsRef<[u8]>) {
        self.stream.get_mut().write_all(text.as_ref()).expect("the client is there");
    }

    /// The same; `false` if the client has hung up.
    pub fn try_send(&mut self, text: impl AsRef<[u8]>) -> bool {
        self.stream.get_mut().write_all(text.as_ref()).is_ok()
    }

    /// From now on, commands that are asked for by every client and not expected otherwise are answered: CAPABILITY
    /// (with these capabilities), LOGIN, AUTHENTICATE with initial response, ID, NOOP, ENABLE, and LIST of the separator.
    pub fn usual(&mut self, capabilities: &str) {
        self.usual = Some(capabilities.into());
    }

    /// Waits for a command that contains `pattern` (ASCII case does not matter) and sends `reply`, in which `{tag}` is
    /// the command's tag.
    pub fn expect(&mut self, pattern: &str, reply: &str) -> Heard {
        let heard = self.hear(pattern);
        self.send(reply.replace("{tag}", &heard.tag));
        heard
    }

    /// Waits for a command that contains `pattern` and leaves the answer to the caller.
    pub fn hear(&mut self, pattern: &str) -> Heard {
        loop {
            let heard = self.next_command().unwrap_or_else(|| panic!("connection closed instead of {pattern}"));
            if heard.command.to_ascii_uppercase().contains(&pattern.to_ascii_uppercase()) {
                return heard;
            }
            let answer = self.usual.as_ref().and_then(|capabilities| usual_answer(&heard, capabilities));
            self.send(answer.unwrap_or_else(|| panic!("expected {pattern}, got {}", heard.command)));
        }
    }

    /// The next command, whatever it is; `None` if the client hung up.
    pub fn next_command(&mut self) -> Option<Heard> {
        let mut bytes = Vec::new();
        loop {
            match self.stream.read_until(b'\n', &mut bytes) {
                Ok(0) => return None,
                Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => return None,
                read => read.expect("the client sends in time"),
            };
            let Some(length) = announced_literal(&bytes) else { break };
            if !bytes.ends_with(b"+}\r\n") {
                self.send("+ go on\r\n");
            }
            let start = bytes.len();
            bytes.resize(start + length, 0);
            self.stream.read_exact(&mut bytes[start..]).expect("the client sends what it announced");
        }
        let line = String::from_utf8_lossy(&bytes).trim_end().to_string();
        let (tag, command) = line.split_once(' ').unwrap_or((&line, ""));
        let heard = Heard { tag: tag.into(), command: command.into() };
        // Nobody listens any more if the test has failed already.
        let _ = self.heard.send(heard.command.clone());
        Some(heard)
    }

    /// Waits until the client hangs up, and says nothing.
    pub fn stay_silent(&mut self) {
        while self.next_command().is_some() {}
    }
}

fn usual_answer(heard: &Heard, capabilities: &str) -> Option<String> {
    let tag = &heard.tag;
    let (verb, arguments) = heard.command.split_once(' ').unwrap_or((&heard.command, ""));
    Some(match verb.to_ascii_uppercase().as_str() {
        "CAPABILITY" => format!("* CAPABILITY {capabilities}\r\n{tag} OK done\r\n"),
        "LIST" if arguments == r#""" """# => format!("* LIST (\\Noselect) \"/\" \"\"\r\n{tag} OK done\r\n"),
        "LOGIN" | "AUTHENTICATE" | "ID" | "NOOP" | "ENABLE" => format!("{tag} OK done\r\n"),
        _ => return None,
    })
}

/// A listening server; every connection runs the script in a thread of its own.
pub struct ScriptedServer {
    address: SocketAddr,
    closing: Arc<AtomicBool>,
    accepting: Option<JoinHandle<Vec<JoinHandle<()>>>>,
    heard: Receiver<String>,
}

impl ScriptedServer {
    /// Listens on a free loopback port. When the script returns, the connection is closed.
    pub fn start(script: impl Fn(&mut Talk) + Send + Sync + 'static) -> ScriptedServer {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has free ports");
        let address = listener.local_addr().expect("a bound socket has an address");
        let closing = Arc::new(AtomicBool::new(false));
        let (sender, heard) = channel();
        let accepting = std::thread::spawn({
            let closing = closing.clone();
            move || accept(&listener, &closing, &sender, Arc::new(script))
        });
        ScriptedServer { address, closing, accepting: Some(accepting), heard }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends the server and returns all commands it heard, in order.
    ///
    /// # Panics
    ///
    /// If a script did: a deviation of the client becomes a failure of the test.
    pub fn finish(mut self) -> Vec<String> {
        for conversation in self.close() {
            if let Err(panic) = conversation.join() {
                std::panic::resume_unwind(panic);
            }
        }
        self.heard.try_iter().collect()
    }

    fn close(&mut self) -> Vec<JoinHandle<()>> {
        self.closing.store(true, Ordering::SeqCst);
        // Wakes the thread that accepts.
        let _ = TcpStream::connect(self.address);
        self.accepting.take().map(|thread| thread.join().expect("accepting does not fail")).unwrap_or_default()
    }
}

impl Drop for ScriptedServer {
    fn drop(&mut self) {
        self.close();
    }
}

fn accept(
    listener: &TcpListener,
    closing: &AtomicBool,
    heard: &Sender<String>,
    script: Arc<impl Fn(&mut Talk) + Send + Sync + 'static>,
) -> Vec<JoinHandle<()>> {
    let mut conversations = Vec::new();
    for stream in listener.incoming() {
        if closing.load(Ordering::SeqCst) {
            break;
        }
        let stream = stream.expect("loopback connections can be accepted");
        stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a timeout above zero is valid");
        stream.set_nodelay(true).expect("a connected socket takes options");
        let connection = conversations.len();
        let mut talk = Talk { connection, stream: BufReader::new(stream), usual: None, heard: heard.clone() };
        let script = script.clone();
        conversations.push(std::thread::spawn(move || script(&mut talk)));
    }
    conversations
}
