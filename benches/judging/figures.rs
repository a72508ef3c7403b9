//! Durations become the figures that people compare.

use std::fmt;
use std::time::Duration;

/// One mail.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    pub parsed: Duration,
    /// Parsed and classified.
    pub judged: Duration,
}

impl Row {
    /// Of the same mail, judged several times.
    pub fn median(times: Vec<Row>) -> Row {
        let median = |value: fn(&Row) -> Duration| percentile(&sorted(&times, value), 50);
        Row { parsed: median(|row| row.parsed), judged: median(|row| row.judged) }
    }

    pub const HEAD: &str = "                       p50 ms    p99 ms    max ms   mails/s   p50 parse   p99 parse";
}

pub struct Figures {
    name: &'static str,
    pub p50: Duration,
    pub p99: Duration,
    max: Duration,
    pub mean: Duration,
    parse: [Duration; 2],
}

impl Figures {
    pub fn of(name: &'static str, rows: &[Row]) -> Figures {
        let judged = sorted(rows, |row| row.judged);
        let parsed = sorted(rows, |row| row.parsed);
        Figures {
            name,
            p50: percentile(&judged, 50),
            p99: percentile(&judged, 99),
            max: judged[judged.len() - 1],
            mean: judged.iter().sum::<Duration>() / judged.len() as u32,
            parse: [percentile(&parsed, 50), percentile(&parsed, 99)],
        }
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [p50, p99, max] = [self.p50, self.p99, self.max].map(milliseconds);
        let [parse50, parse99] = self.parse.map(milliseconds);
        let rate = 1.0 / self.mean.as_secs_f64();
        write!(out, "{:<19}{p50:>10.3}{p99:>10.3}{max:>10.3}{rate:>10.0}{parse50:>12.3}{parse99:>12.3}", self.name)
    }
}

fn sorted(rows: &[Row], value: impl Fn(&Row) -> Duration) -> Vec<Duration> {
    let mut values: Vec<Duration> = rows.iter().map(value).collect();
    values.sort_unstable();
    values
}

/// The nearest rank.
fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    sorted[(sorted.len() * percent).div_ceil(100).max(1) - 1]
}

pub fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

/// Prints a figure beside the most it should be.
pub fn aim(what: &str, value: f64, most: f64, unit: &str) {
    let verdict = if value <= most { "met" } else { "MISSED" };
    println!("{what:<24}{value:>10.3} {unit}   aim: {most} {unit} at most, {verdict}");
}
