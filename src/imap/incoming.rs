//! What a server sends, line by line: limits for what it may announce, and repairs for what parsers trip over.
//!
//! An IMAP line ends at CR LF, unless it ends in `{n}`: then n bytes follow that mean nothing to the protocol, the
//! literal, and the line goes on behind it (RFC 3501, 4.3). Outside literals four things are repaired:
//!
//! - Exchange 2013 proves a MOVE by a line `[COPYUID 52 86 1146]` without the `* OK ` that belongs before it.
//! - Exchange ends a command with `A1 OK [Error="..."] ... completed.` when its front end did not reach the mailbox. Told
//!   as the NO that it means, it is a refusal for everybody behind, whatever the command.
//! - Some servers end lines in a bare LF.
//! - Exchange lists a folder whose name holds a TAB as a bare word, and one such folder would make the whole list, and so
//!   the mailbox, unreadable. A control character becomes `&`: that makes the name invalid modified UTF-7, and should it
//!   happen to stay valid, one that the server does not know; either way the folder counts as missing.
//!
//! Bytes of literals are mail and are never changed.
//!
//! A line of free text that happens to end in `{n}` is taken for the start of a literal. The parser behind is not misled
//! by that, as the bytes stay the same; only repairs and limits pause for n bytes.

use thiserror::Error;

/// Why a connection cannot be read on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum WireError {
    /// More than was asked for; a parser would allocate that much before a byte of it arrives.
    #[error("the server announced a literal of {announced} bytes, more than is ever asked for")]
    LiteralTooLarge { announced: u64 },
    #[error("the server sent a line of more than {limit} bytes")]
    LineTooLong { limit: usize },
    /// At a moment when nothing may be left; before TLS this is how an attacker would inject an answer.
    #[error("the server sent {bytes} bytes that nothing had asked for")]
    UnreadInput { bytes: usize },
}

impl WireError {
    /// The error of this type in an I/O error that passed through a foreign crate.
    pub fn of(error: &std::io::Error) -> Option<WireError> {
        error.get_ref()?.downcast_ref::<WireError>().copied()
    }
}

impl From<WireError> for std::io::Error {
    fn from(error: WireError) -> Self {
        std::io::Error::new(std::io::ErrorKind::InvalidData, error)
    }
}

/// How much a server may send in one piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of all literals of one line.
    pub literal: u64,
    /// Bytes of a line, its literals not counted.
    pub line: usize,
}

impl Default for Limits {
    /// 2 MiB for literals, far above the 64 KiB that a fetch asks for; 1 MiB for a line, a SEARCH reply of 100,000 UIDs.
    fn default() -> Self {
        Limits { literal: 2 << 20, line: 1 << 20 }
    }
}

const BARE_COPYUID: &[u8] = b"[COPYUID ";
const MISSING_STATUS: &[u8] = b"* OK ";

/// What follows the tag of an OK that is none, in lower case.
const HIDDEN_ERROR: &[u8] = b" ok [error=";
/// Longer than any tag of ours.
const TAG: usize = 16;

/// In place of a control character.
const STRAY: u8 = b'&';

/// Longer than `{4294967295+}` and its CR.
const TAIL: usize = 32;

/// The state between two pieces of input; how the input is cut makes no difference.
#[derive(Clone, Debug)]
pub(super) struct Incoming {
    limits: Limits,
    place: Place,
    /// The beginning of a line, held back as long as it may become one that is repaired.
    start: Vec<u8>,
    /// Bytes of the current line, its literals not counted.
    line_length: usize,
    /// Bytes of the literals of the current line.
    literals: u64,
    /// The last bytes of the current line since its last literal.
    tail: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// At the start of a line, with what is held back of it.
    Start,
    Line,
    Literal {
        left: u64,
    },
}

impl Incoming {
    pub(super) fn new(limits: Limits) -> Self {
        Incoming {
            limits,
            place: Place::Start,
            start: Vec::with_capacity(TAG + HIDDEN_ERROR.len()),
            line_length: 0,
            literals: 0,
            tail: Vec::with_capacity(TAIL),
        }
    }

    /// Appends to `out` what is to be read in place of `input`.
    ///
    /// # Errors
    /// A limit is exceeded. What came before stays in `out`; the line that announces too large a literal is never
    /// complete there. The rest of the input is lost.
    pub(super) fn push(&mut self, input: &[u8], out: &mut Vec<u8>) -> Result<(), WireError> {
        let mut rest = input;
        while !rest.is_empty() {
            rest = match self.place {
                Place::Start => self.push_start(rest, out),
                Place::Line => self.push_line(rest, out)?,
                Place::Literal { left } => self.push_literal(left, rest, out),
            };
        }
        Ok(())
    }

    /// The input has ended: what was held back is all there is.
    pub(super) fn finish(&mut self, out: &mut Vec<u8>) {
        out.append(&mut self.start);
        self.place = Place::Line;
    }

    /// Bytes taken in that `out` does not show yet.
    pub(super) fn held(&self) -> usize {
        self.start.len()
    }

    /// How many of the next bytes belong to a literal and may bypass [`push`](Self::push).
    pub(super) fn literal_left(&self) -> u64 {
        match self.place {
            Place::Literal { left } => left,
            Place::Start | Place::Line => 0,
        }
    }

    /// So many bytes of the literal have bypassed [`push`](Self::push).
    pub(super) fn skip_literal(&mut self, bytes: u64) {
        let left = self.literal_left() - bytes;
        self.place = if left == 0 { Place::Line } else { Place::Literal { left } };
    }

    fn push_start<'a>(&mut self, input: &'a [u8], out: &mut Vec<u8>) -> &'a [u8] {
        let mut rest = input;
        while let Some((&byte, after)) = rest.split_first() {
            let beginning = match Beginning::of(&self.start, byte) {
                Beginning::Open => {
                    self.start.push(byte);
                    rest = after;
                    continue;
                }
                decided => decided,
            };
            match beginning {
                Beginning::BareCopyUid => out.extend_from_slice(MISSING_STATUS),
                Beginning::HiddenError { tag } => self.start[tag + 1..tag + 3].copy_from_slice(b"NO"),
                Beginning::Open | Beginning::Plain => {}
            }
            self.line_length = self.start.len();
            out.append(&mut self.start);
            self.place = Place::Line;
            break;
        }
        rest
    }

    fn push_line<'a>(&mut self, input: &'a [u8], out: &mut Vec<u8>) -> Result<&'a [u8], WireError> {
        let end = input.iter().position(|&byte| byte == b'\n');
        let line = &input[..end.unwrap_or(input.len())];
        self.line_length += line.len();
        if self.line_length > self.limits.line {
            return Err(WireError::LineTooLong { limit: self.limits.line });
        }
        self.remember(line);
        let Some(end) = end else {
            push_text(line, out);
            return Ok(&[]);
        };
        let literal = announced_literal(&self.tail);
        if let Some(announced) = literal {
            self.literals = self.literals.saturating_add(announced);
            if self.literals > self.limits.literal {
                return Err(WireError::LiteralTooLarge { announced });
            }
        }
        push_text(line, out);
        out.extend_from_slice(if self.tail.last() == Some(&b'\r') { b"\n" } else { b"\r\n" });
        self.tail.clear();
        match literal {
            Some(0) => {}
            Some(left) => self.place = Place::Literal { left },
            None => {
                self.place = Place::Start;
                self.line_length = 0;
                self.literals = 0;
            }
        }
        Ok(&input[end + 1..])
    }

    fn push_literal<'a>(&mut self, left: u64, input: &'a [u8], out: &mut Vec<u8>) -> &'a [u8] {
        let taken = usize::try_from(left).map_or(input.len(), |left| left.min(input.len()));
        out.extend_from_slice(&input[..taken]);
        self.skip_literal(taken as u64);
        &input[taken..]
    }

    fn remember(&mut self, bytes: &[u8]) {
        let new = &bytes[bytes.len().saturating_sub(TAIL)..];
        let forgotten = (self.tail.len() + new.len()).saturating_sub(TAIL);
        self.tail.drain(..forgotten);
        self.tail.extend_from_slice(new);
    }
}

/// What the bytes held back at the start of a line are, seen together with the next one.
enum Beginning {
    /// May still become one that is repaired.
    Open,
    Plain,
    BareCopyUid,
    /// After a tag of this length.
    HiddenError {
        tag: usize,
    },
}

impl Beginning {
    fn of(held: &[u8], next: u8) -> Self {
        if held == BARE_COPYUID {
            return Self::BareCopyUid;
        }
        if BARE_COPYUID.strip_prefix(held).is_some_and(|left| left[0] == next) {
            return Self::Open;
        }
        let tag = held.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        match HIDDEN_ERROR.get(held.len() - tag) {
            None => Self::HiddenError { tag },
            Some(&wanted) if tag > 0 && next.to_ascii_lowercase() == wanted => Self::Open,
            Some(_) if held.len() == tag && tag < TAG && next.is_ascii_alphanumeric() => Self::Open,
            Some(_) => Self::Plain,
        }
    }
}

/// Appends a piece of a line. A CR stays: it may be half of the line's end.
fn push_text(piece: &[u8], out: &mut Vec<u8>) {
    out.extend(piece.iter().map(|&byte| if byte.is_ascii_control() && byte != b'\r' { STRAY } else { byte }));
}

/// The size in `{n}` or `{n+}` at the end of a line; the largest number if it has more digits than any size.
fn announced_literal(tail: &[u8]) -> Option<u64> {
    let end = tail.strip_suffix(b"\r").unwrap_or(tail).strip_suffix(b"}")?;
    let end = end.strip_suffix(b"+").unwrap_or(end);
    let start = end.iter().rposition(|byte| !byte.is_ascii_digit());
    let digits = match start {
        Some(brace) if end[brace] == b'{' => &end[brace + 1..],
        Some(_) => return None,
        // The brace would be before the bytes remembered.
        None => return (tail.len() == TAIL).then_some(u64::MAX),
    };
    if digits.is_empty() {
        return None;
    }
    let add = |size: u64, digit: &u8| size.saturating_mul(10).saturating_add(u64::from(digit - b'0'));
    Some(digits.iter().fold(0, add))
}

#[cfg(test)]
#[path = "incoming_tests.rs"]
pub(super) mod tests;
