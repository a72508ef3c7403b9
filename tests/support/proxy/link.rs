//! One connection through the proxy: for each direction a thread that reads and one that writes.

use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::end::End;
use super::meter::{Answer, Count, Meter};
use super::splitter::{Piece, Splitter};
use super::{Action, Line, Literal, Shared, Side, lock};

/// Most chunks under way in one direction; with 64 KiB each far above what any delay here needs.
const CHUNKS_UNDER_WAY: usize = 1024;

/// See the module text.
pub struct Link {
    number: usize,
    /// `None` once it is to be reset: whoever holds it last closes it.
    client: Mutex<Option<Arc<End>>>,
    server: Arc<End>,
    to_client: Sender,
    stalled: AtomicBool,
    meter: Mutex<Meter>,
}

type Sender = SyncSender<(Instant, Chunk)>;

/// Bytes on their way, and what their arrival means.
#[derive(Default)]
struct Chunk {
    parcels: Vec<Parcel>,
    answers: Vec<Answer>,
}

enum Parcel {
    Bytes(Vec<u8>),
    Delay(Duration),
    Drip(Duration),
    Cut,
    Reset,
}

impl Chunk {
    fn push(&mut self, bytes: &[u8]) {
        match self.parcels.last_mut() {
            Some(Parcel::Bytes(last)) => last.extend_from_slice(bytes),
            _ => self.parcels.push(Parcel::Bytes(bytes.to_vec())),
        }
    }

    fn ends(&self) -> bool {
        matches!(self.parcels.last(), Some(Parcel::Cut | Parcel::Reset))
    }

    /// Does with `bytes` as told. `true`: some of it is delivered.
    fn act(&mut self, action: Action, bytes: &[u8], stalled: &AtomicBool) -> bool {
        let after = match action {
            Action::Pass => None,
            Action::Swallow => return false,
            Action::Stall => {
                stalled.store(true, Ordering::SeqCst);
                return false;
            }
            Action::CutBefore | Action::ResetBefore => {
                self.parcels.push(if action == Action::CutBefore { Parcel::Cut } else { Parcel::Reset });
                return false;
            }
            Action::Replace(other) => {
                self.push(&other);
                return !other.is_empty();
            }
            Action::ReplaceAndCut(other) => {
                self.push(&other);
                self.parcels.push(Parcel::Cut);
                return true;
            }
            Action::Delay(pause) => {
                self.parcels.push(Parcel::Delay(pause));
                None
            }
            Action::Drip(pause) => {
                self.parcels.push(Parcel::Drip(pause));
                None
            }
            Action::CutAfter => Some(Parcel::Cut),
            Action::ResetAfter => Some(Parcel::Reset),
        };
        self.push(bytes);
        self.parcels.extend(after);
        true
    }
}

/// How far one side of a connection is.
#[derive(Default)]
struct Position {
    lines: usize,
    literals: usize,
    /// Bytes of the current literal that have passed.
    offset: usize,
}

impl Link {
    pub fn open(number: usize, client: TcpStream, server: TcpStream, shared: &Arc<Shared>) -> Arc<Link> {
        let client = Arc::new(match &shared.tls {
            None => End::plain(client),
            Some(config) => End::tls(client, config),
        });
        let server = Arc::new(End::plain(server));
        let (to_client, for_client) = sync_channel(CHUNKS_UNDER_WAY);
        let (to_server, for_server) = sync_channel(CHUNKS_UNDER_WAY);
        let link = Arc::new(Link {
            number,
            client: Mutex::new(Some(client.clone())),
            server: server.clone(),
            to_client: to_client.clone(),
            stalled: AtomicBool::default(),
            meter: Mutex::default(),
        });
        for (side, end, sender) in
            [(Side::Client, client.clone(), to_server), (Side::Server, server.clone(), to_client)]
        {
            let (link, shared) = (link.clone(), shared.clone());
            std::thread::spawn(move || link.read(side, &end, &shared, &sender));
        }
        for (end, receiver) in [(client, for_client), (server, for_server)] {
            let (link, shared) = (link.clone(), shared.clone());
            std::thread::spawn(move || {
                link.write(&end, &receiver);
                shared.watch.closed(link.number);
            });
        }
        link
    }

    pub fn count(&self) -> Count {
        lock(&self.meter).count()
    }

    pub fn say_and_cut(&self, bytes: &[u8]) {
        let chunk = Chunk { parcels: vec![Parcel::Bytes(bytes.to_vec()), Parcel::Cut], ..Chunk::default() };
        // Nobody listens if the connection has ended by itself.
        let _ = self.to_client.send((Instant::now(), chunk));
    }

    fn read(&self, side: Side, end: &End, shared: &Shared, sender: &Sender) {
        let mut buffer = vec![0; 1 << 16];
        let (mut splitter, mut position) = (Splitter::default(), Position::default());
        // Half a trip is the way of the greeting itself.
        let mut handshake = if side == Side::Server { shared.half_trip * 3 } else { Duration::ZERO };
        loop {
            let length = end.read(&mut buffer);
            let mut chunk = Chunk::default();
            splitter.split(&buffer[..length], |piece| {
                if !chunk.ends() && !self.stalled.load(Ordering::SeqCst) {
                    self.take(side, piece, &mut position, shared, &mut chunk);
                }
            });
            if length == 0 && !chunk.ends() {
                chunk.parcels.push(Parcel::Cut);
            }
            let last = chunk.ends();
            let due = Instant::now() + std::mem::take(&mut handshake) + shared.half_trip;
            if sender.send((due, chunk)).is_err() || last {
                return;
            }
        }
    }

    fn take(&self, side: Side, piece: Piece<'_>, position: &mut Position, shared: &Shared, chunk: &mut Chunk) {
        let connection = self.number;
        let (bytes, begins) = match piece {
            Piece::Literal { bytes, ends } => {
                let Position { literals: number, offset, .. } = *position;
                let happens = shared.watch.literal(Literal { side, connection, number, offset, bytes });
                position.offset += bytes.len();
                if ends {
                    (position.literals, position.offset) = (number + 1, 0);
                }
                let (until, action) = happens.unwrap_or((0, Action::Pass));
                let (before, rest) = bytes.split_at(until);
                if !before.is_empty() {
                    chunk.push(before);
                }
                chunk.act(action, rest, &self.stalled);
                return;
            }
            Piece::Line { bytes, begins } => (bytes, begins),
        };
        if begins && side == Side::Client {
            lock(&self.meter).sent(bytes);
        }
        let number = position.lines;
        position.lines += 1;
        let action = shared.watch.line(Line { side, connection, number, begins, bytes });
        if chunk.act(action, bytes, &self.stalled) && begins && side == Side::Server {
            chunk.answers.extend(Answer::of(bytes));
        }
    }

    fn write(&self, end: &End, receiver: &Receiver<(Instant, Chunk)>) {
        let mut pace = None;
        for (due, chunk) in receiver {
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            chunk.answers.into_iter().for_each(|answer| lock(&self.meter).arrived(answer));
            for parcel in chunk.parcels {
                match parcel {
                    Parcel::Bytes(bytes) if deliver(end, &bytes, pace).is_ok() => {}
                    Parcel::Delay(pause) => std::thread::sleep(pause),
                    Parcel::Drip(pause) => pace = Some(pause),
                    Parcel::Reset => return self.reset(),
                    Parcel::Bytes(_) | Parcel::Cut => return self.cut(),
                }
            }
        }
        self.cut();
    }

    pub fn cut(&self) {
        let client = lock(&self.client).clone();
        client.into_iter().for_each(|client| client.close());
        self.server.close();
    }

    fn reset(&self) {
        let client = lock(&self.client).take();
        client.into_iter().for_each(|client| client.reset());
        self.server.close();
    }
}

fn deliver(end: &End, bytes: &[u8], pace: Option<Duration>) -> std::io::Result<()> {
    let Some(pause) = pace else { return end.write_all(bytes) };
    bytes.iter().try_for_each(|&byte| {
        std::thread::sleep(pause);
        end.write_all(&[byte])
    })
}
