//! The result as people read it: medians, ratios, and the machine they belong to.

use std::fmt;
use std::process::Command;

use crate::contender::Contender;
use crate::measure::Usage;
use crate::support::proxy::Count;

/// One run.
pub struct Row {
    pub usage: Usage,
    /// For each connection; known if there was a proxy.
    pub counts: Option<Vec<Count>>,
}

/// All runs in one setting.
pub struct Table {
    setting: &'static str,
    mails: usize,
    rounds: usize,
    runs: Vec<(Contender, Vec<Row>)>,
}

impl Table {
    pub fn new(setting: &'static str, mails: usize, rounds: usize) -> Table {
        Table { setting, mails, rounds, runs: Vec::new() }
    }

    pub fn add(&mut self, contender: Contender, row: Row) {
        match self.runs.iter_mut().find(|(known, _)| *known == contender) {
            Some((_, rows)) => rows.push(row),
            None => self.runs.push((contender, vec![row])),
        }
    }

    fn seconds(&self, contender: Contender) -> Option<f64> {
        let (_, rows) = self.runs.iter().find(|(known, _)| *known == contender)?;
        Some(median(rows, |row| row.usage.wall.as_secs_f64()))
    }
}

impl fmt::Display for Table {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "{} mails, client {}, median of {}", self.mails, self.setting, self.rounds)?;
        writeln!(
            out,
            "{:<12}{:>9}{:>16}{:>10}{:>9}{:>13}{:>8}{:>9}{:>10}{:>13}",
            "",
            "seconds",
            "(min - max)",
            "mails/s",
            "/floor",
            "/imapfilter",
            "CPU s",
            "RSS MB",
            "commands",
            "round trips"
        )?;
        for (contender, rows) in &self.runs {
            let wall = |row: &Row| row.usage.wall.as_secs_f64();
            let seconds = median(rows, wall);
            let (least, most) = rows.iter().map(wall).fold((f64::MAX, 0.0_f64), |(a, b), s| (a.min(s), b.max(s)));
            let ratio = |to| self.seconds(to).map_or("-".into(), |other| format!("{:.2}", seconds / other));
            let counted = rows.iter().filter_map(|row| row.counts.as_ref()).next_back();
            let commands = counted.map_or("-".into(), |counts| sum(counts).to_string());
            let round_trips = counted.map_or("-".into(), |counts| longest(counts).to_string());
            writeln!(
                out,
                "{:<12}{seconds:>9.3}{:>16}{:>10.0}{:>9}{:>13}{:>8.2}{:>9.1}{commands:>10}{round_trips:>13}",
                contender.name(),
                format!("{least:.3} - {most:.3}"),
                self.mails as f64 / seconds,
                ratio(Contender::Floor),
                ratio(Contender::Imapfilter),
                median(rows, |row| row.usage.cpu.as_secs_f64()),
                median(rows, |row| row.usage.peak_rss_kib as f64 / 1024.0),
            )?;
        }
        if self.runs.iter().flat_map(|(_, rows)| rows).any(|row| row.counts.is_some()) {
            writeln!(out, "commands: all mailboxes; round trips: waited for one after another, worst mailbox")?;
        }
        Ok(())
    }
}

fn sum(counts: &[Count]) -> usize {
    counts.iter().map(|count| count.commands).sum()
}

fn longest(counts: &[Count]) -> usize {
    counts.iter().map(|count| count.round_trips).max().unwrap_or(0)
}

fn median(rows: &[Row], value: impl Fn(&Row) -> f64) -> f64 {
    let mut values: Vec<f64> = rows.iter().map(value).collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len().is_multiple_of(2) { (values[middle - 1] + values[middle]) / 2.0 } else { values[middle] }
}

/// What the figures were measured on.
pub fn machine() -> String {
    let read = |file| std::fs::read_to_string(file).unwrap_or_default();
    let field = |text: String, name: &str| {
        let line = text.lines().find(|line| line.starts_with(name)).and_then(|line| line.split_once(':'));
        line.map_or("unknown".into(), |(_, value)| value.trim().to_string())
    };
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let version = |program: &str, argument: &str| {
        let output = Command::new(program).arg(argument).output();
        let text = output.map(|output| [output.stdout, output.stderr].concat()).unwrap_or_default();
        String::from_utf8_lossy(&text).lines().next().unwrap_or("not found").to_string()
    };
    format!(
        "{}, {cores} cores, {} memory, Linux {}; Dovecot {}; {}; mail below {}",
        field(read("/proc/cpuinfo"), "model name"),
        field(read("/proc/meminfo"), "MemTotal"),
        read("/proc/sys/kernel/osrelease").trim(),
        version("/usr/sbin/dovecot", "--version"),
        version("imapfilter", "-V"),
        std::env::temp_dir().display()
    )
}
