use std::collections::VecDeque;

use proptest::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;
use crate::imap::incoming::tests::traffic;

/// Gives its pieces one a read and keeps what is written, one entry a write.
#[derive(Default)]
struct Script {
    pieces: VecDeque<Vec<u8>>,
    writes: Vec<Vec<u8>>,
    polled_after_end: bool,
}

impl Script {
    fn new(input: &[u8], cuts: &[usize]) -> Self {
        let mut pieces = VecDeque::new();
        let mut rest = input;
        for &cut in cuts.iter().chain([&usize::MAX]) {
            let (piece, after) = rest.split_at(cut.min(rest.len()));
            rest = after;
            if !piece.is_empty() {
                pieces.push_back(piece.to_vec());
            }
        }
        Script { pieces, ..Default::default() }
    }
}

impl AsyncRead for Script {
    fn poll_read(mut self: Pin<&mut Self>, _: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.pieces.pop_front() {
            Some(mut piece) => {
                let rest = piece.split_off(piece.len().min(buf.remaining()));
                buf.put_slice(&piece);
                if !rest.is_empty() {
                    self.pieces.push_front(rest);
                }
            }
            None => {
                assert!(!self.polled_after_end, "read again after its end");
                self.polled_after_end = true;
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Script {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.writes.push(buf.to_vec());
        Poll::Ready(Ok(buf.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// Reads to the end through a buffer of the given size, as a client would.
async fn drain(wire: &mut Wire<Script>, size: usize) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    let mut buf = vec![0; size];
    loop {
        match wire.read(&mut buf).await? {
            0 => return Ok(out),
            got => out.extend_from_slice(&buf[..got]),
        }
    }
}

fn expected(input: &[u8]) -> Vec<u8> {
    let mut incoming = Incoming::new(Limits::default());
    let mut out = Vec::new();
    incoming.push(input, &mut out).unwrap();
    incoming.finish(&mut out);
    out
}

fn fetch_of(literal: &[u8]) -> Vec<u8> {
    let head = format!("* 1 FETCH (UID 7 BODY[] {{{}}}\n", literal.len());
    [head.as_bytes(), literal, b")\n[COPYUID 1 2 3]\nA1 OK done\r\n"].concat()
}

#[tokio::test]
async fn a_large_literal_passes_unchanged_and_lines_around_it_are_repaired() {
    let literal: Vec<u8> = (0..1_000_000u32).map(|i| if i % 7 == 0 { b'\n' } else { (i % 251) as u8 }).collect();
    let input = fetch_of(&literal);
    for (cuts, size) in [(vec![], 4096), (vec![], 2 << 20), (vec![30, 1, 40_000, 3], 5000), (vec![100; 20_000], 1000)] {
        let mut wire = Wire::new(Script::new(&input, &cuts));
        let out = drain(&mut wire, size).await.unwrap();
        assert!(out == expected(&input), "cut {} times, read by {size}", cuts.len());
        assert!(out.ends_with(b")\r\n* OK [COPYUID 1 2 3]\r\nA1 OK done\r\n"));
        assert_eq!(wire.received(), input.len() as u64);
    }
}

#[tokio::test]
async fn a_limit_is_told_after_what_came_before_and_again_after() {
    let limits = Limits { literal: 10, line: 100 };
    let mut wire = Wire::with_limits(Script::new(b"* 1 EXISTS\r\n* X {11}\r\nabc", &[]), limits);
    let mut line = vec![0; 12];
    wire.read_exact(&mut line).await.unwrap();
    assert_eq!(line, b"* 1 EXISTS\r\n");
    for _ in 0..2 {
        let error = wire.read(&mut line).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        assert_eq!(WireError::of(&error), Some(WireError::LiteralTooLarge { announced: 11 }));
    }
}

#[tokio::test]
async fn a_command_is_one_write() {
    let mut wire = Wire::new(Script::default());
    for part in ["A0001", " ", "UID SEARCH ALL", "\r\n"] {
        wire.write_all(part.as_bytes()).await.unwrap();
    }
    assert_eq!(wire.sent(), 0);
    wire.flush().await.unwrap();
    wire.write_all(b"A0002 NOOP\r\n").await.unwrap();
    wire.flush().await.unwrap();
    assert_eq!(wire.sent(), 34);
    assert_eq!(wire.stream.writes, [b"A0001 UID SEARCH ALL\r\n".to_vec(), b"A0002 NOOP\r\n".to_vec()]);
}

#[tokio::test]
async fn nothing_unread_is_taken_along() {
    for (input, read, unread) in
        [("A1 OK\r\n", 7, 0), ("A1 OK\r\n* CAPABILITY X\r\n", 7, 16), ("A1 OK\r\n[COPY", 7, 5), ("A1 OK\n", 7, 0)]
    {
        let mut wire = Wire::new(Script::new(input.as_bytes(), &[]));
        wire.read_exact(&mut vec![0; read]).await.unwrap();
        let expected = if unread == 0 { None } else { Some(WireError::UnreadInput { bytes: unread }) };
        assert_eq!(wire.into_inner().err(), expected, "{input:?}");
    }
}

#[tokio::test]
async fn debug_output_holds_no_data() {
    let mut wire = Wire::new(Script::new(b"* 1 FETCH (geheim)\r\n", &[]));
    wire.write_all(b"A1 LOGIN geheim geheim\r\n").await.unwrap();
    wire.read_exact(&mut [0; 2]).await.unwrap();
    assert_eq!(format!("{wire:?}"), "Wire { received: 20, unread: 18, sent: 0, .. }");
}

proptest! {
    #[test]
    fn cuts_and_buffers_make_no_difference(
        input in traffic(),
        literal in prop::collection::vec(any::<u8>(), 0..40_000),
        cuts in prop::collection::vec(0..20_000usize, 0..20),
        size in 1..30_000usize,
    ) {
        let input = [fetch_of(&literal), input].concat();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let out = runtime.block_on(drain(&mut Wire::new(Script::new(&input, &cuts)), size)).unwrap();
        prop_assert!(out == expected(&input));
    }
}
