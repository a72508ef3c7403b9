//! Windows of UIDs, so that one answer, and with it its deadline, stays bounded also for 200,000 messages.

use super::folder::Opened;
use crate::domain::id::Uid;

/// A range of UIDs; no end means `*`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    pub first: Uid,
    pub last: Option<Uid>,
}

/// Walks from a UID to the last one a folder can have.
///
/// Where UIDs are sparse the next window is wider, so that a folder with few messages and a high UIDNEXT does not cost
/// thousands of commands.
#[derive(Debug)]
pub struct Windows {
    next: u32,
    /// The highest UID there can be; `None`: the server does not say (Courier), so there is one window.
    last: Option<u32>,
    width: u32,
    /// Messages that one answer may hold.
    most: u32,
    /// Every message fits into one answer anyway.
    few: bool,
}

/// How much wider a window becomes after one that was nearly empty.
const WIDENING: u32 = 8;

impl Windows {
    /// Windows of at most `most` messages, beginning at `first`.
    pub fn new(first: Uid, opened: &Opened, most: u32) -> Self {
        Windows {
            next: first.0.max(1),
            last: opened.uidnext.map(|uidnext| uidnext.0.saturating_sub(1)),
            width: most,
            most,
            few: opened.exists <= most,
        }
    }

    /// Says how many messages the last window held.
    pub fn found(&mut self, count: usize) {
        self.width = if count < self.most as usize / 4 { self.width.saturating_mul(WIDENING) } else { self.most };
    }
}

impl Iterator for Windows {
    type Item = Window;

    fn next(&mut self) -> Option<Window> {
        if self.next == 0 {
            return None;
        }
        let first = Uid(self.next);
        let Some(end) = self.last else {
            self.next = 0;
            return Some(Window { first, last: None });
        };
        if self.next > end {
            return None;
        }
        let last = if self.few { end } else { end.min(self.next.saturating_add(self.width - 1)) };
        self.next = last.checked_add(1).unwrap_or(0);
        Some(Window { first, last: Some(Uid(last)) })
    }
}
