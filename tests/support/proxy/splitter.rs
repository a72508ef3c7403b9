//! Lines and literals in a stream of bytes.

use super::super::wire::announced_literal;

/// A part of a stream.
pub enum Piece<'a> {
    /// A line with its end; `begins` is false for the rest of a line after a literal.
    Line { bytes: &'a [u8], begins: bool },
    Literal {
        bytes: &'a [u8],
        /// Whether it is the last piece.
        ends: bool,
    },
}

/// Cuts a stream into whole lines and pieces of literals.
#[derive(Default)]
pub struct Splitter {
    /// The beginning of a line whose end has not come yet.
    line: Vec<u8>,
    /// Bytes of the literal that are still to come.
    literal: usize,
    after_literal: bool,
}

impl Splitter {
    pub fn split(&mut self, mut bytes: &[u8], mut take: impl FnMut(Piece<'_>)) {
        while !bytes.is_empty() {
            if self.literal > 0 {
                let (literal, rest) = bytes.split_at(self.literal.min(bytes.len()));
                self.literal -= literal.len();
                take(Piece::Literal { bytes: literal, ends: self.literal == 0 });
                bytes = rest;
                continue;
            }
            let Some(end) = bytes.iter().position(|&byte| byte == b'\n') else {
                self.line.extend_from_slice(bytes);
                return;
            };
            self.line.extend_from_slice(&bytes[..=end]);
            bytes = &bytes[end + 1..];
            let literal = announced_literal(&self.line);
            take(Piece::Line { bytes: &self.line, begins: !self.after_literal });
            self.after_literal = literal.is_some();
            self.literal = literal.unwrap_or(0);
            self.line.clear();
        }
    }
}
