//! Lines of bytes. A line ends with LF; a CR before it belongs to the line end, a CR elsewhere is data.

use std::io::BufRead;

/// Length of the first line of `bytes` together with its LF; all of `bytes` if there is none.
pub(super) fn line_len(bytes: &[u8]) -> usize {
    // The standard library's only vectorised search for a byte; twice as fast here as a loop.
    let mut rest = bytes;
    rest.skip_until(b'\n').expect("reading from memory cannot fail")
}

/// `bytes` without one line end at its end.
pub(super) fn strip_line_end(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    bytes.strip_suffix(b"\r").unwrap_or(bytes)
}

pub(super) fn is_blank(byte: u8) -> bool {
    byte == b' ' || byte == b'\t'
}
