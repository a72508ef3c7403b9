//! Waiting for something that another process is about to do.

use std::time::{Duration, Instant};

/// Waits until it holds.
///
/// # Panics
///
/// If it does not within half a minute, far above what anything here takes.
pub fn eventually(what: &str, holds: impl FnMut() -> bool) {
    assert!(within(Duration::from_secs(30), holds), "not within half a minute: {what}");
}

/// Waits until it holds; `false` if it does not in this time.
pub fn within(limit: Duration, mut holds: impl FnMut() -> bool) -> bool {
    let started = Instant::now();
    while !holds() {
        if started.elapsed() >= limit {
            return false;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    true
}
