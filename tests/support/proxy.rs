//! A line-aware proxy in front of an IMAP server: adds a round trip, counts what a client asks and waits for, and
//! injects faults. Sees through nothing but plain connections.
//!
//! The proxy stands beside the client: what the client sends is seen at once and then travels for half the round trip;
//! what the server sends travels first and is seen when the client gets it. The greeting takes two round trips, as it
//! does where TCP shakes hands first. The delay does not limit the throughput.

mod meter;
mod splitter;
pub mod transcript;

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

pub use self::meter::Count;
use self::meter::{Answer, Meter};
use self::splitter::{Piece, Splitter};

/// Most chunks under way in one direction; with 64 KiB each far above what any delay here needs.
const CHUNKS_UNDER_WAY: usize = 1024;

/// Who sent a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Client,
    Server,
}

/// A line with its line end, as a [`Filter`] sees it. Literals pass between lines and are not shown.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    pub side: Side,
    /// 0 for the first connection through this proxy.
    pub connection: usize,
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

/// What happens to a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    Pass,
    /// Other bytes in its place. A literal that the line announced follows all the same.
    Replace(Vec<u8>),
    Swallow,
    /// Both ends see the connection closed; what came before the line is delivered.
    CutBefore,
    CutAfter,
    /// From this line on nothing is delivered in either direction, and the connection stays open.
    Stall,
}

/// Decides about each line.
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
    filter: Filter,
    closing: AtomicBool,
    links: Mutex<Vec<Arc<Link>>>,
}

/// One connection.
struct Link {
    number: usize,
    client: TcpStream,
    server: TcpStream,
    stalled: AtomicBool,
    meter: Mutex<Meter>,
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
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has free ports");
        let address = listener.local_addr().expect("a bound socket has an address");
        let shared = Arc::new(Shared {
            upstream,
            half_trip: round_trip / 2,
            filter,
            closing: AtomicBool::new(false),
            links: Mutex::default(),
        });
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
        lock(&self.shared.links).iter().map(|link| lock(&link.meter).count()).collect()
    }

    /// Closes all open connections; new ones are accepted.
    pub fn cut_all(&self) {
        lock(&self.shared.links).iter().for_each(|link| link.cut());
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
            self.clone().open(client, server);
        }
    }

    fn open(self: Arc<Shared>, client: TcpStream, server: TcpStream) {
        for stream in [&client, &server] {
            stream.set_nodelay(true).expect("a connected socket takes options");
        }
        let mut links = lock(&self.links);
        let (stalled, meter) = Default::default();
        let link = Arc::new(Link { number: links.len(), client, server, stalled, meter });
        links.push(link.clone());
        for side in [Side::Client, Side::Server] {
            let (sender, receiver) = sync_channel(CHUNKS_UNDER_WAY);
            std::thread::spawn({
                let (shared, link) = (self.clone(), link.clone());
                move || link.read(side, &shared, &sender)
            });
            std::thread::spawn({
                let link = link.clone();
                move || link.write(side, &receiver)
            });
        }
    }
}

/// Bytes on their way, and what their arrival means.
#[derive(Default)]
struct Chunk {
    bytes: Vec<u8>,
    answers: Vec<Answer>,
    cut: bool,
}

impl Link {
    fn read(&self, side: Side, shared: &Shared, sender: &SyncSender<(Instant, Chunk)>) {
        let mut stream = match side {
            Side::Client => &self.client,
            Side::Server => &self.server,
        };
        let mut buffer = vec![0; 1 << 16];
        let mut splitter = Splitter::default();
        // Half a trip is the way of the greeting itself.
        let mut handshake = if side == Side::Server { shared.half_trip * 3 } else { Duration::ZERO };
        loop {
            let length = stream.read(&mut buffer).unwrap_or(0);
            let mut chunk = Chunk { cut: length == 0, ..Chunk::default() };
            splitter.split(&buffer[..length], |piece| {
                if !chunk.cut && !self.stalled.load(Ordering::SeqCst) {
                    self.take(side, piece, shared, &mut chunk);
                }
            });
            let last = chunk.cut;
            let due = Instant::now() + std::mem::take(&mut handshake) + shared.half_trip;
            if sender.send((due, chunk)).is_err() || last {
                return;
            }
        }
    }

    fn take(&self, side: Side, piece: Piece<'_>, shared: &Shared, chunk: &mut Chunk) {
        let (bytes, begins) = match piece {
            Piece::Literal(bytes) => return chunk.bytes.extend_from_slice(bytes),
            Piece::Line { bytes, begins } => (bytes, begins),
        };
        if begins && side == Side::Client {
            lock(&self.meter).sent(bytes);
        }
        let before = chunk.bytes.len();
        match (shared.filter)(Line { side, connection: self.number, begins, bytes }) {
            Action::Pass => chunk.bytes.extend_from_slice(bytes),
            Action::Replace(other) => chunk.bytes.extend_from_slice(&other),
            Action::Swallow => {}
            Action::CutBefore => chunk.cut = true,
            Action::CutAfter => {
                chunk.bytes.extend_from_slice(bytes);
                chunk.cut = true;
            }
            Action::Stall => self.stalled.store(true, Ordering::SeqCst),
        }
        if begins && side == Side::Server && chunk.bytes.len() > before {
            chunk.answers.extend(Answer::of(bytes));
        }
    }

    fn write(&self, from: Side, receiver: &Receiver<(Instant, Chunk)>) {
        let mut stream = match from {
            Side::Client => &self.server,
            Side::Server => &self.client,
        };
        for (due, chunk) in receiver {
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            chunk.answers.into_iter().for_each(|answer| lock(&self.meter).arrived(answer));
            if stream.write_all(&chunk.bytes).is_err() || chunk.cut {
                break;
            }
        }
        self.cut();
    }

    fn cut(&self) {
        for stream in [&self.client, &self.server] {
            // It may be closed already.
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("no thread of the proxy panics while it holds a lock")
}
