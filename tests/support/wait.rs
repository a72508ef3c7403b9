//! Waiting for something that another process is about to do.

use std::time::{Duration, Instant};

/// Waits until it holds.
///
/// # Panics
///
/// If it does not within half a minute, far above what anything here takes.
pub fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < Duration::from_secs(30), "not within half a minute: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}
