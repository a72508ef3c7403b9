//! Exchange as an IMAP server: a proxy in front of a real Dovecot that says what Exchange says, and refuses what it
//! refuses. README.md in this directory tells where each of its ways is shown.
//!
//! A command that the proxy answers itself goes on as a NOOP under the same tag, and the end of that NOOP becomes the
//! answer. So answers keep their order however many commands are under way, and the proxy never has to say anything in
//! the middle of something else.

mod command;
pub mod outlook;
pub mod profile;
mod reply;
mod session;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::Duration;

use self::profile::Profile;
use self::session::Session;
use super::proxy::{Action, Line, Literal, Proxy, Side, Watch};

/// How often somebody looks for connections that are silent for too long.
const TICK: Duration = Duration::from_millis(20);

/// A running Exchange; it ends when dropped.
pub struct Exchange {
    proxy: Arc<Proxy>,
    server: Arc<Server>,
    warden: Option<JoinHandle<()>>,
}

impl Exchange {
    /// Makes the server at `upstream` look like this.
    pub fn before(upstream: SocketAddr, profile: Profile) -> Exchange {
        let (sessions, notes, closing) = Default::default();
        let server = Arc::new(Server { profile, sessions, notes, closing });
        let proxy = Arc::new(Proxy::watching(upstream, server.clone()));
        let warden = std::thread::spawn({
            let (proxy, server) = (proxy.clone(), server.clone());
            move || {
                while !server.closing.load(Ordering::SeqCst) {
                    for (connection, words) in server.overdue() {
                        proxy.say_and_cut(connection, words.as_bytes());
                    }
                    std::thread::sleep(TICK);
                }
            }
        });
        Exchange { proxy, server, warden: Some(warden) }
    }

    pub fn address(&self) -> SocketAddr {
        self.proxy.address()
    }

    /// Commands that no client may send to Exchange, whatever it answers.
    pub fn forbidden(&self) -> Vec<String> {
        lock(&self.server.notes).forbidden.clone()
    }

    /// How many commands were refused as wrong.
    pub fn errors(&self) -> usize {
        lock(&self.server.notes).errors
    }

    /// The most connections of one user that were open at the same time.
    pub fn most_connections(&self) -> usize {
        lock(&self.server.notes).most_connections
    }

    /// How many connections there were.
    pub fn connections(&self) -> usize {
        self.proxy.counts().len()
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        self.server.closing.store(true, Ordering::SeqCst);
        // A panic there has been told already.
        let _ = self.warden.take().map(JoinHandle::join);
    }
}

/// What all connections share.
struct Server {
    profile: Profile,
    sessions: Mutex<HashMap<usize, Session>>,
    notes: Mutex<Notes>,
    closing: AtomicBool,
}

/// What a test asks for afterwards.
#[derive(Default)]
struct Notes {
    forbidden: Vec<String>,
    errors: usize,
    most_connections: usize,
    /// How often each trouble of the profile has come.
    troubles: HashMap<usize, usize>,
}

impl Watch for Server {
    fn line(&self, line: Line<'_>) -> Action {
        let text = String::from_utf8_lossy(line.bytes);
        let mut sessions = lock(&self.sessions);
        let others = sessions.values().filter(|session| session.is_open()).filter_map(|session| session.user.clone());
        let others: Vec<String> = others.collect();
        let session = sessions.entry(line.connection).or_default();
        let mut notes = lock(&self.notes);
        let action = match line.side {
            Side::Client => command::take(&self.profile, session, &mut notes, &others, line.begins, &text),
            Side::Server if line.number == 0 => reply::replace(format!("* OK {}", self.profile.greeting)),
            Side::Server if line.begins => reply::take(&self.profile, session, &mut notes, &text),
            Side::Server if session.swallowing => Action::Swallow,
            Side::Server => Action::Pass,
        };
        let pause = std::mem::take(&mut session.pause);
        drop((sessions, notes));
        // The pace of the server: this connection waits, the others go on.
        std::thread::sleep(pause);
        action
    }

    fn literal(&self, piece: Literal<'_>) -> Option<(usize, Action)> {
        let sessions = lock(&self.sessions);
        let swallowing = piece.side == Side::Server && sessions.get(&piece.connection)?.swallowing;
        swallowing.then_some((0, Action::Swallow))
    }

    fn closed(&self, connection: usize) {
        if let Some(session) = lock(&self.sessions).get_mut(&connection) {
            session.end();
        }
    }
}

impl Server {
    /// Connections that have been silent for longer than they may, and what is said to them.
    fn overdue(&self) -> Vec<(usize, &'static str)> {
        let mut overdue = Vec::new();
        for (connection, session) in lock(&self.sessions).iter_mut() {
            let late = match &session.user {
                // Commands do not prolong the time before login.
                None => session.opened.elapsed() > self.profile.login_limit,
                Some(_) => session.heard.elapsed() > self.profile.idle_limit,
            };
            if late && session.is_open() {
                session.end();
                overdue.push((*connection, "* BYE Connection is closed. 13\r\n"));
            }
        }
        overdue
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("no thread panics while it holds a lock")
}
