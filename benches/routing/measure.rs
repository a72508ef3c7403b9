//! What a contender took: time by our clock, processor and memory by the `time` program, which asks the kernel.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::guard::Guard;

/// What a run took. Server and proxy are not part of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Usage {
    pub wall: Duration,
    /// User and system time of all processes of the contender.
    pub cpu: Duration,
    /// Sum of the highest resident sizes of its processes.
    pub peak_rss_kib: u64,
}

/// Runs commands side by side; returns what they took and what they said.
///
/// # Panics
///
/// If one fails; the text holds its output.
pub fn run(commands: &[Command]) -> (Usage, String) {
    let dir = Guard::directory("postweiche-measure");
    let file = |kind: &str, index: usize| dir.dir().join(format!("{kind}-{index}"));
    let started = Instant::now();
    let mut children = Vec::new();
    for (index, command) in commands.iter().enumerate() {
        let output = std::fs::File::create(file("output", index)).expect("the directory is ours");
        let mut timed = Command::new("/usr/bin/time");
        timed.arg("-f").arg("%U %S %M").arg("-o").arg(file("usage", index));
        timed.arg(command.get_program()).args(command.get_args());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => timed.env(name, value),
                None => timed.env_remove(name),
            };
        }
        timed.stdin(Stdio::null()).stdout(output.try_clone().expect("a file handle can be doubled")).stderr(output);
        children.push(timed.spawn().expect("/usr/bin/time is installed (Debian: time; `make bench` installs it)"));
    }
    let statuses: Vec<_> = children.iter_mut().map(|child| child.wait().expect("a child can be waited for")).collect();
    let mut usage = Usage { wall: started.elapsed(), ..Usage::default() };
    let mut said = String::new();
    for (index, status) in statuses.iter().enumerate() {
        let text = |kind| std::fs::read_to_string(file(kind, index)).unwrap_or_default();
        let command = &commands[index];
        assert!(status.success(), "{command:?} failed ({status}):\n{}", text("output"));
        let (cpu, rss) = parse(&text("usage"));
        usage.cpu += cpu;
        usage.peak_rss_kib += rss;
        said += &text("output");
    }
    (usage, said)
}

fn parse(line: &str) -> (Duration, u64) {
    let fields: Vec<f64> = line.split_whitespace().filter_map(|field| field.parse().ok()).collect();
    let [user, system, rss] = fields[..] else { panic!("time wrote: {line}") };
    (Duration::from_secs_f64(user + system), rss as u64)
}
