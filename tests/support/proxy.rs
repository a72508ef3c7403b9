//! A line-aware proxy in front of an IMAP server: adds a round trip, counts what a client asks and waits for, and
//! injects faults at any line and at any byte of a literal. Sees through nothing but plain connections; toward the
//! client it can speak TLS itself.
//!
//! The proxy stands beside the client: what the client sends is seen at once and then travels for half the round trip;
//! what the server sends travels first and is seen when the client gets it. The greeting takes two round trips, as it
//! does where TCP shakes hands first. The delay does not limit the throughput.

mod end;
pub mod fault;
mod link;
mod meter;
mod splitter;
pub mod transcript;

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use self::link::Link;
pub use self::meter::Count;

/// Who sent a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    Client,
    Server,
}

/// A line with its line end, as a [`Watch`] sees it.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    pub side: Side,
    /// 0 for the first connection through this proxy.
    pub connection: usize,
    /// 0 for the first line of this side of this connection.
    pub number: usize,
    /// False for the rest of a line after a literal.
    pub begins: bool,
    pub bytes: &'a [u8],
}

impl Line<'_> {
    /// Whether the line holds `pattern`; ASCII case does not matter.
    pub fn contains(&self, pattern: &str) -> bool {
        self.bytes.windows(pattern.len()).any(|window| window.eq_ignore_ascii_case(pattern.as_bytes()))
    }
}

/// A piece of a literal, which passes between two lines.
#[derive(Clone, Copy, Debug)]
pub struct Literal<'a> {
    pub side: Side,
    pub connection: usize,
    /// 0 for the first literal of this side of this connection.
    pub number: usize,
    /// Where in the literal the piece begins.
    pub offset: usize,
    pub bytes: &'a [u8],
}

/// What happens to a line, or at a byte of a literal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    Pass,
    /// Other bytes in its place. A literal that the line announced follows all the same.
    Replace(Vec<u8>),
    Swallow,
    /// Both ends see the connection closed, politely (TLS: close_notify and FIN); what came before the line is delivered.
    CutBefore,
    CutAfter,
    /// The same, but the client's connection is reset (RST).
    ResetBefore,
    ResetAfter,
    /// Other bytes in its place, and after them the end.
    ReplaceAndCut(Vec<u8>),
    /// From this line on nothing is delivered in either direction, and the connection stays open.
    Stall,
    /// The line and what follows it on its side wait for so long.
    Delay(Duration),
    /// The line and what follows it on its side are delivered byte by byte, with this pause before each.
    Drip(Duration),
}

/// Sees all that passes and decides about it. Each connection and side is a thread of its own.
pub trait Watch: Send + Sync {
    fn line(&self, line: Line<'_>) -> Action;

    /// Where in this piece of a literal something happens, and what: an [`Action`] on the rest of the piece.
    fn literal(&self, _literal: Literal<'_>) -> Option<(usize, Action)> {
        None
    }

    /// A connection has ended.
    fn closed(&self, _connection: usize) {}
}

impl<F: Fn(Line<'_>) -> Action + Send + Sync> Watch for F {
    fn line(&self, line: Line<'_>) -> Action {
        self(line)
    }
}

/// Decides about each line; literals pass.
pub type Filter = Box<dyn Fn(Line<'_>) -> Action + Send + Sync>;

/// Does `action` once: with the `nth` (from 1) line of `side` that contains `pattern`, over all connections.
pub fn at_nth(side: Side, nth: usize, pattern: &str, action: Action) -> Filter {
    let pattern = pattern.to_string();
    let seen = AtomicUsize::new(0);
    Box::new(move |line| {
        let matches = line.side == side && line.contains(&pattern);
        if matches && seen.fetch_add(1, Ordering::SeqCst) + 1 == nth { action.clone() } else { Action::Pass }
    })
}

/// Lets everything pass.
pub fn pass() -> Filter {
    Box::new(|_| Action::Pass)
}

/// A running proxy; open connections are closed when it is dropped.
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    upstream: SocketAddr,
    half_trip: Duration,
    watch: Arc<dyn Watch>,
    /// What the proxy shows a client that speaks TLS.
    tls: Option<Arc<rustls::ServerConfig>>,
    closing: AtomicBool,
    links: Mutex<Vec<Arc<Link>>>,
}

impl Proxy {
    /// A proxy that adds `round_trip` and changes nothing.
    pub fn delaying(upstream: SocketAddr, round_trip: Duration) -> Proxy {
        Proxy::start(upstream, round_trip, Box::new(|_| Action::Pass))
    }

    /// A proxy without delay whose lines pass through `filter`.
    pub fn filtering(upstream: SocketAddr, filter: Filter) -> Proxy {
        Proxy::start(upstream, Duration::ZERO, filter)
    }

    /// Listens on a free loopback port.
    pub fn start(upstream: SocketAddr, round_trip: Duration, filter: Filter) -> Proxy {
        Proxy::open(upstream, round_trip, None, Arc::new(filter))
    }

    /// A proxy without delay whose lines and literals are watched.
    pub fn watching(upstream: SocketAddr, watch: Arc<dyn Watch>) -> Proxy {
        Proxy::open(upstream, Duration::ZERO, None, watch)
    }

    /// The same, and the client has to speak TLS from the first byte.
    pub fn watching_tls(upstream: SocketAddr, tls: Arc<rustls::ServerConfig>, watch: Arc<dyn Watch>) -> Proxy {
        Proxy::open(upstream, Duration::ZERO, Some(tls), watch)
    }

    fn open(
        upstream: SocketAddr,
        round_trip: Duration,
        tls: Option<Arc<rustls::ServerConfig>>,
        watch: Arc<dyn Watch>,
    ) -> Proxy {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has free ports");
        let address = listener.local_addr().expect("a bound socket has an address");
        let half_trip = round_trip / 2;
        let (closing, links) = Default::default();
        let shared = Arc::new(Shared { upstream, half_trip, watch, tls, closing, links });
        std::thread::spawn({
            let shared = shared.clone();
            move || shared.accept(&listener)
        });
        Proxy { address, shared }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Counts of all connections so far, in the order of their opening.
    pub fn counts(&self) -> Vec<Count> {
        lock(&self.shared.links).iter().map(|link| link.count()).collect()
    }

    /// Closes all open connections; new ones are accepted.
    pub fn cut_all(&self) {
        lock(&self.shared.links).iter().for_each(|link| link.cut());
    }

    /// Says something of its own to the client of a connection, and ends it.
    pub fn say_and_cut(&self, connection: usize, bytes: &[u8]) {
        let link = lock(&self.shared.links).get(connection).cloned();
        link.into_iter().for_each(|link| link.say_and_cut(bytes));
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.closing.store(true, Ordering::SeqCst);
        // Wakes the thread that accepts.
        let _ = TcpStream::connect(self.address);
        self.cut_all();
    }
}

impl Shared {
    fn accept(self: Arc<Shared>, listener: &TcpListener) {
        for client in listener.incoming() {
            if self.closing.load(Ordering::SeqCst) {
                return;
            }
            let Ok(client) = client else { continue };
            // A server that is gone looks to the client as it does without us: the connection closes.
            let Ok(server) = TcpStream::connect(self.upstream) else { continue };
            let mut links = lock(&self.links);
            let number = links.len();
            links.push(Link::open(number, client, server, &self));
        }
    }
}

fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("no thread of the proxy panics while it holds a lock")
}
