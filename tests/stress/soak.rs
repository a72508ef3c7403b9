//! Ten times the expected load: five mailboxes with 50,000 mails a day. Memory, open files and connections must not
//! grow. `POSTWEICHE_SOAK_MINUTES` sets the length (`make soak`: an hour); the short form runs at a faster pace.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::settings::number;
use crate::support::config::{ConfigDir, Postfach};
use crate::support::dovecot::{Dovecot, Options, SC_REGIONS};
use crate::support::imap_client::ImapClient;
use crate::support::mails::{self, Agentur, agenturen};
use crate::support::process::{connections, memory, open_files, processor_time, threads};
use crate::support::wait::eventually;
use crate::support::{binary, ledger};

/// Mails a second over all mailboxes: 50,000 a day.
const PACE: f64 = 50_000.0 / 86_400.0;

/// Whose memory counts as that of a program that has warmed up.
const WARM: Duration = Duration::from_secs(600);

/// How long, how fast, and how often it is looked at.
#[derive(Clone, Copy, Debug)]
struct Course {
    duration: Duration,
    mails_per_second: f64,
    poll_seconds: u32,
    sample_every: Duration,
}

impl Course {
    fn read() -> Course {
        match number("POSTWEICHE_SOAK_MINUTES") {
            Some(minutes) => Course {
                duration: Duration::from_secs(60 * minutes),
                mails_per_second: PACE,
                poll_seconds: 10,
                sample_every: Duration::from_secs(10),
            },
            None => Course {
                duration: Duration::from_secs(20),
                mails_per_second: 30.0,
                poll_seconds: 1,
                sample_every: Duration::from_millis(250),
            },
        }
    }

    fn mails(&self) -> usize {
        (self.duration.as_secs_f64() * self.mails_per_second) as usize
    }

    /// When the program counts as warm: after ten minutes, in a shorter run after half of it.
    fn warm(&self) -> Duration {
        WARM.min(self.duration / 2)
    }
}

/// What the system said of the process at one moment.
#[derive(Clone, Debug)]
struct Sample {
    at: Duration,
    memory: u64,
    files: usize,
    threads: u64,
    connections: usize,
    processor: Duration,
}

#[test]
fn neither_memory_nor_files_nor_connections_grow() {
    let course = Course::read();
    println!("{course:?}, {} mails", course.mails());
    let dovecot = Dovecot::start(Options::default());
    let agenturen: Vec<Agentur> = agenturen();
    for region in SC_REGIONS {
        let folders: Vec<&str> = folders(&agenturen, region).collect();
        dovecot.create_folders(region, &folders);
    }
    let postfaecher = SC_REGIONS.map(|region| Postfach::plain(region, dovecot.address()));
    let config = ConfigDir::new(postfaecher, &format!("poll_interval_seconds = {}", course.poll_seconds));
    let log = config.dir().join("daemon.log");
    let mut daemon = binary::spawn_with_log(&["run"], &config.file(), &log);

    let samples = std::thread::scope(|scope| {
        let feeder = scope.spawn(|| feed(&dovecot, &agenturen, &course));
        let samples = watch(daemon.child.id(), dovecot.address().port(), &course);
        feeder.join().expect("the feeder delivers");
        samples
    });
    let recorded = || ledger::events(&config.state_dir(), "uebergeben") as usize;
    eventually("all mails are handed over", || recorded() == course.mails());
    daemon.signal("TERM");
    assert!(daemon.child.wait().expect("it was started here").success());

    let counts: BTreeMap<&str, usize> = SC_REGIONS.map(|region| (region, arrived(&dovecot, &agenturen, region))).into();
    assert_eq!(counts.values().sum::<usize>(), course.mails(), "{counts:?}");
    print_table(&samples, &course);
    check(&samples, &course);
}

fn folders<'a>(agenturen: &'a [Agentur], region: &str) -> impl Iterator<Item = &'a str> {
    agenturen.iter().filter(move |agentur| agentur.region == region).map(|agentur| &*agentur.folder)
}

/// Mails in the folders of the Agenturen; INBOX is empty.
fn arrived(dovecot: &Dovecot, agenturen: &[Agentur], region: &str) -> usize {
    let mut client = dovecot.client(region);
    assert_eq!(client.examine("INBOX").exists, 0, "{region}");
    folders(agenturen, region).map(|folder| client.examine(folder).exists as usize).sum()
}

/// Delivers to all Agenturen in turn, evenly over the time.
fn feed(dovecot: &Dovecot, agenturen: &[Agentur], course: &Course) {
    let mut clients: BTreeMap<&str, ImapClient> = SC_REGIONS.map(|region| (region, dovecot.client(region))).into();
    let begun = Instant::now();
    for (number, agentur) in (0..course.mails()).zip(agenturen.iter().cycle()) {
        let due = begun + Duration::from_secs_f64(number as f64 / course.mails_per_second);
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        let address = agentur.address.split('@').next().expect("an address has a local part");
        let client = clients.get_mut(&*agentur.region).expect("an Agentur belongs to one of the mailboxes");
        client.append("INBOX", &mails::to(address, number));
    }
}

fn watch(process: u32, port: u16, course: &Course) -> Vec<Sample> {
    let begun = Instant::now();
    let mut samples = Vec::new();
    while begun.elapsed() < course.duration {
        std::thread::sleep(course.sample_every);
        samples.push(Sample {
            at: begun.elapsed(),
            memory: memory(process),
            files: open_files(process).len(),
            threads: threads(process),
            connections: connections(process, port),
            processor: processor_time(process),
        });
    }
    samples
}

/// About a dozen lines over the whole time.
fn print_table(samples: &[Sample], course: &Course) {
    println!("  minute   memory MB  files  threads  connections  processor s");
    let last = samples.len() - 1;
    for sample in samples.iter().step_by((last / 12).max(1)).chain([&samples[last]]) {
        let Sample { at, memory, files, threads, connections, processor } = sample;
        let (minute, memory) = (at.as_secs_f64() / 60.0, *memory as f64 / 1e6);
        let processor = processor.as_secs_f64();
        println!("{minute:8.2} {memory:11.2} {files:6} {threads:8} {connections:12} {processor:12.2}");
    }
    let (warm, end) = windows(samples, course);
    let share = samples[last].processor.as_secs_f64() / samples[last].at.as_secs_f64() * 100.0;
    println!(
        "memory {:.2} MB when warm, {:.2} MB in the end; {share:.2} % of a core",
        warm as f64 / 1e6,
        end as f64 / 1e6
    );
}

/// Median of the memory around the warm moment, and of that at the end.
fn windows(samples: &[Sample], course: &Course) -> (u64, u64) {
    let around = course.duration / 10;
    let median = |from: Duration, to: Duration| {
        let mut memory: Vec<u64> =
            samples.iter().filter(|sample| (from..=to).contains(&sample.at)).map(|sample| sample.memory).collect();
        memory.sort_unstable();
        memory[memory.len() / 2]
    };
    let warm = course.warm();
    (median(warm - around / 2, warm + around / 2), median(course.duration - around, Duration::MAX))
}

fn check(samples: &[Sample], course: &Course) {
    let (warm, end) = windows(samples, course);
    assert!(end.abs_diff(warm) * 10 <= warm, "memory went from {warm} to {end} bytes");
    let from_warm: Vec<&Sample> = samples.iter().filter(|sample| sample.at >= course.warm()).collect();
    let first = from_warm[0];
    for sample in &from_warm {
        assert_eq!(sample.files, first.files, "open files: {sample:?}");
        assert_eq!(sample.threads, first.threads, "threads: {sample:?}");
        assert_eq!(sample.connections, SC_REGIONS.len(), "one connection for each mailbox: {sample:?}");
    }
    assert!(samples.iter().all(|sample| sample.connections <= SC_REGIONS.len()), "{samples:#?}");
}
