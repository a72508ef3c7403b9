//! What a round through the folders of clerks takes: commands, time and memory.
//!
//! One mailbox with 30 Agenturen, each with its folder and three mark folders, on a private Dovecot. Three rounds are
//! measured: the first ever, which identifies every message; one of a new process, which lists them; and those of a daemon
//! in which nothing changes. Then one folder with very many messages.
//!
//! | variable | default | meaning |
//! |---|---|---|
//! | `BENCH_MAILS` | 200 | mails in each of the 120 folders |
//! | `BENCH_LARGE` | 50000 | mails in the one large folder |
//!
//! `cargo bench --bench observation -- --quick` is a small form that proves that the benchmark works.
#![forbid(unsafe_code)]

#[path = "../../tests/support/mod.rs"]
mod support;

#[path = "../routing/measure.rs"]
mod measure;

use std::process::Command;
use std::time::Duration;

use serde_json::Value;
use support::binary;
use support::config::{ConfigDir, Postfach};
use support::dovecot::{Dovecot, Options};
use support::mails::{self, Agentur};
use support::wait::within;

const REGION: &str = "sc-west";
const AGENTUREN: usize = 30;
const MARKS: [&str; 3] = ["Bearbeitet", "Zu löschen", "Zurück an SC"];

/// Mails held in memory while a folder is filled.
const BATCH: usize = 1_000;

/// Rounds without changes that are looked at.
const QUIET_ROUNDS: usize = 5;

fn main() {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let number = |name: &str, default: usize| {
        std::env::var(name).map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
    };
    let (mails, large) = if quick { (2, 500) } else { (200, 50_000) };
    many_folders(number("BENCH_MAILS", mails));
    large_folder(number("BENCH_LARGE", large));
}

fn many_folders(mails: usize) {
    let agenturen: Vec<Agentur> =
        mails::agenturen().into_iter().filter(|agentur| agentur.region == REGION).take(AGENTUREN).collect();
    let folders: Vec<String> = agenturen
        .iter()
        .flat_map(|agentur| {
            let marks = MARKS.map(|mark| format!("{}/{mark}", agentur.folder));
            [agentur.folder.clone()].into_iter().chain(marks)
        })
        .collect();
    let dovecot = Dovecot::start(Options::default());
    dovecot.create_folders(REGION, &folders);
    for (number, folder) in folders.iter().enumerate() {
        fill(&dovecot, folder, number * mails, mails);
    }
    println!("{} Agenturen, {} folders with {mails} mails each", agenturen.len(), folders.len());
    for (name, leser) in [("folders", ""), ("folders and flags (CONDSTORE)", "kennzeichen_leser = [\"markierung\"]")] {
        let config = config(&dovecot, leser);
        show(name, "first round, identifies all", &once(&config).0);
        let listed = once(&config).0;
        show(name, "new process, lists all", &listed);
        let quiet = quiet_rounds(&config);
        quiet.iter().for_each(|round| show(name, "nothing changed", round));
        let most = quiet.iter().map(commands).max().unwrap_or(0);
        assert!(commands(&listed) <= 250 && most <= 125, "more commands than a round may take");
    }
}

fn large_folder(mails: usize) {
    let agentur = mails::agenturen().into_iter().find(|agentur| agentur.region == REGION).expect("it has Agenturen");
    let dovecot = Dovecot::start(Options::default());
    dovecot.create_folders(REGION, &[&agentur.folder]);
    fill(&dovecot, &agentur.folder, 0, mails);
    let config = config(&dovecot, "");
    for what in ["first round, identifies all", "new process, lists all"] {
        let (round, measure::Usage { wall, cpu, peak_rss_kib }) = once(&config);
        show(&format!("one folder with {mails} mails"), what, &round);
        println!(
            "  the whole process: {:.2} s, {:.2} s of a core, at most {:.1} MiB resident",
            wall.as_secs_f64(),
            cpu.as_secs_f64(),
            peak_rss_kib as f64 / 1024.0
        );
        assert!(peak_rss_kib * 1024 < 60_000_000, "more memory than a look may take");
    }
}

fn config(dovecot: &Dovecot, extra: &str) -> ConfigDir {
    let quick = "poll_interval_seconds = 1\nbeobachtung_seconds = 1\nbeobachtung_befehle_pro_minute = 100000";
    ConfigDir::new([Postfach::plain(REGION, dovecot.address()).extra(extra)], quick)
}

fn fill(dovecot: &Dovecot, folder: &str, first: usize, count: usize) {
    let numbers: Vec<usize> = (first..first + count).collect();
    for batch in numbers.chunks(BATCH) {
        let mails: Vec<_> = batch.iter().map(|&number| mails::to("Niemand", number)).collect();
        dovecot.deliver(REGION, folder, &mails);
    }
}

fn logged(arguments: &[&str], config: &ConfigDir) -> Command {
    let mut command = binary::command(arguments, &config.file());
    command.env("POSTWEICHE_LOG", "debug");
    command
}

/// One process that makes one round.
fn once(config: &ConfigDir) -> (Value, measure::Usage) {
    let (usage, said) = measure::run(&[logged(&["--log-format", "json", "once"], config)]);
    (rounds(&said).pop().unwrap_or_else(|| panic!("no round: {said}")), usage)
}

/// Rounds of a daemon in a mailbox where nothing happens; its first one lists.
fn quiet_rounds(config: &ConfigDir) -> Vec<Value> {
    let log = config.dir().join("daemon.log");
    let mut command = logged(&["--log-format", "json", "run"], config);
    command.stdout(std::process::Stdio::null()).stderr(std::fs::File::create(&log).expect("the directory is ours"));
    let mut daemon = command.spawn().expect("the binary is built");
    let read = || rounds(&std::fs::read_to_string(&log).expect("it was made here"));
    let enough = within(Duration::from_secs(120), || read().len() > QUIET_ROUNDS);
    daemon.kill().expect("it was started here");
    daemon.wait().expect("it was started here");
    assert!(enough, "too few rounds");
    read().split_off(1)
}

/// What the log says of rounds.
fn rounds(log: &str) -> Vec<Value> {
    let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines.filter(|line| line["message"] == "a round through the watched folders is done").collect()
}

fn commands(round: &Value) -> u64 {
    round["commands"].as_u64().expect("the log counts commands")
}

fn show(name: &str, what: &str, round: &Value) {
    println!(
        "{name}: {what}: {} folders, {} commands, {} ms",
        round["folders"], round["commands"], round["milliseconds"]
    );
}
