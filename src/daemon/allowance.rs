//! So many commands a minute and no more.

use std::time::{Duration, Instant};

const MINUTE: Duration = Duration::from_secs(60);

/// Room for commands, which grows with time up to what one minute allows. It may be overdrawn; then it has to grow back.
#[derive(Debug)]
pub struct Allowance {
    a_minute: f64,
    room: f64,
    counted: Instant,
}

impl Allowance {
    /// Begins with a minute's room.
    pub fn new(a_minute: u64) -> Self {
        // Lossless: the configuration allows 100,000.
        let a_minute = a_minute as f64;
        Allowance { a_minute, room: a_minute, counted: Instant::now() }
    }

    /// Whether another command may be sent.
    pub fn has_room(&mut self) -> bool {
        let now = Instant::now();
        let grown = now.duration_since(self.counted).as_secs_f64() / MINUTE.as_secs_f64() * self.a_minute;
        self.counted = now;
        self.room = (self.room + grown).min(self.a_minute);
        self.room >= 1.0
    }

    /// Whether more than half of what a minute allows is left.
    pub fn is_plentiful(&mut self) -> bool {
        self.has_room() && self.room * 2.0 > self.a_minute
    }

    /// So many were sent.
    pub fn spend(&mut self, commands: u64) {
        self.room -= commands as f64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_spent_grows_back() {
        let mut allowance = Allowance::new(60);
        assert!(allowance.has_room());
        allowance.spend(61);
        assert!(!allowance.has_room());
        allowance.counted -= Duration::from_secs(3);
        assert!(allowance.has_room());
        allowance.counted -= Duration::from_secs(3600);
        assert!(allowance.has_room() && allowance.room <= 60.0, "no more than a minute is saved up");
    }
}
