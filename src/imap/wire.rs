//! The stream under the IMAP client.
//!
//! Outgoing, a command leaves in one packet: writes are kept until the flush. Incoming, everything passes the limits and
//! repairs of `incoming.rs`. Large literals go from the stream below straight into the reader's buffer.
//! No timeouts here: those belong to whoever waits.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncBufRead, AsyncRead, AsyncWrite, ReadBuf};

use super::incoming::Incoming;
pub use super::incoming::{Limits, WireError};

/// Bytes asked for in one read; one TLS record.
const CHUNK: usize = 16 << 10;
/// Bytes kept before a flush; a command has at most some 8 KB.
const OUTGOING: usize = 64 << 10;

/// A stream that keeps the limits and repairs what parsers trip over.
///
/// A reader sees an exceeded limit as [`io::ErrorKind::InvalidData`] holding a [`WireError`], after everything that
/// came before it; the stream is then of no further use.
pub struct Wire<S> {
    stream: S,
    incoming: Incoming,
    chunk: Box<[u8]>,
    /// Bytes to be read next, from `taken` on.
    ready: Vec<u8>,
    taken: usize,
    /// What is told once `ready` is used up.
    end: Option<Result<(), WireError>>,
    /// Bytes to be written next, from `written` on.
    outgoing: Vec<u8>,
    written: usize,
    received_total: u64,
    sent_total: u64,
}

impl<S> Wire<S> {
    /// A wire with the default limits.
    pub fn new(stream: S) -> Self {
        Self::with_limits(stream, Limits::default())
    }

    pub fn with_limits(stream: S, limits: Limits) -> Self {
        Wire {
            stream,
            incoming: Incoming::new(limits),
            chunk: vec![0; CHUNK].into_boxed_slice(),
            ready: Vec::with_capacity(CHUNK),
            taken: 0,
            end: None,
            outgoing: Vec::new(),
            written: 0,
            received_total: 0,
            sent_total: 0,
        }
    }

    /// Bytes received so far, before repairs.
    pub fn received(&self) -> u64 {
        self.received_total
    }

    /// Bytes sent so far.
    pub fn sent(&self) -> u64 {
        self.sent_total
    }

    /// Received bytes that nobody has read yet.
    pub fn unread(&self) -> usize {
        self.ready.len() - self.taken + self.incoming.held()
    }

    /// The stream below, for TLS to start on.
    ///
    /// # Errors
    /// [`WireError::UnreadInput`] if the server had already sent something: nothing was sent before the client's part
    /// of the handshake but by an attacker (RFC 9051, 11.1), and it must not be taken for an answer inside TLS.
    pub fn into_inner(self) -> Result<S, WireError> {
        match self.unread() {
            0 => Ok(self.stream),
            bytes => Err(WireError::UnreadInput { bytes }),
        }
    }
}

impl<S: AsyncRead + Unpin> Wire<S> {
    /// Reads a part of a large literal without a detour.
    fn poll_literal(&mut self, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let left = usize::try_from(self.incoming.literal_left()).unwrap_or(usize::MAX);
        let wanted = left.min(buf.remaining());
        let mut part = ReadBuf::new(buf.initialize_unfilled_to(wanted));
        ready!(Pin::new(&mut self.stream).poll_read(cx, &mut part))?;
        let got = part.filled().len();
        buf.advance(got);
        self.incoming.skip_literal(got as u64);
        self.received_total += got as u64;
        Poll::Ready(Ok(()))
    }

    fn bypasses(&self) -> bool {
        self.taken == self.ready.len() && self.end.is_none() && self.incoming.literal_left() >= CHUNK as u64
    }
}

impl<S: AsyncRead + Unpin> AsyncBufRead for Wire<S> {
    fn poll_fill_buf(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<&[u8]>> {
        let this = self.get_mut();
        while this.taken == this.ready.len() {
            match this.end {
                Some(Ok(())) => break,
                Some(Err(error)) => return Poll::Ready(Err(error.into())),
                None => {}
            }
            this.ready.clear();
            this.taken = 0;
            let mut chunk = ReadBuf::new(&mut this.chunk);
            ready!(Pin::new(&mut this.stream).poll_read(cx, &mut chunk))?;
            let got = chunk.filled();
            this.received_total += got.len() as u64;
            if got.is_empty() {
                this.incoming.finish(&mut this.ready);
                this.end = Some(Ok(()));
            } else if let Err(error) = this.incoming.push(got, &mut this.ready) {
                this.end = Some(Err(error));
            }
        }
        Poll::Ready(Ok(&this.ready[this.taken..]))
    }

    fn consume(self: Pin<&mut Self>, amount: usize) {
        let this = self.get_mut();
        this.taken = (this.taken + amount).min(this.ready.len());
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Wire<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.bypasses() {
            return self.poll_literal(cx, buf);
        }
        let ready = ready!(self.as_mut().poll_fill_buf(cx))?;
        let amount = ready.len().min(buf.remaining());
        buf.put_slice(&ready[..amount]);
        self.consume(amount);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> Wire<S> {
    fn poll_send(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.written < self.outgoing.len() {
            match ready!(Pin::new(&mut self.stream).poll_write(cx, &self.outgoing[self.written..]))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                amount => {
                    self.written += amount;
                    self.sent_total += amount as u64;
                }
            }
        }
        self.outgoing.clear();
        self.written = 0;
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Wire<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.outgoing.len() >= OUTGOING {
            ready!(this.poll_send(cx))?;
        }
        this.outgoing.extend_from_slice(buf);
        Poll::Ready(Ok(buf.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_send(cx))?;
        Pin::new(&mut this.stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_send(cx))?;
        Pin::new(&mut this.stream).poll_shutdown(cx)
    }
}

/// Counts only: what passes is mail and passwords.
impl<S> fmt::Debug for Wire<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wire")
            .field("received", &self.received_total)
            .field("unread", &self.unread())
            .field("sent", &self.sent_total)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
#[path = "wire_tests.rs"]
mod tests;
