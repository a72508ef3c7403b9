//! F28: clerks at work in five mailboxes while the daemon is killed again and again.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::balance;
use crate::clerk::{CLERKS, Clerk};
use crate::diary::Diary;
use crate::kills::{kill_until, log_file, start};
use crate::office::{Mode, Office};
use crate::post::feed;
use crate::settings::Settings;
use crate::support::imap_client::Snapshot;
use crate::support::proxy::transcript::writes;
use crate::support::wait::within;
use crate::support::{binary, ledger};
use crate::verdict::judge;

/// How long the daemon may take, after the last clerk has gone, until nothing is left to do.
const CALM: Duration = Duration::from_secs(120);

#[test]
fn f28_every_seed_is_in_one_folder_or_was_deleted_by_a_clerk() {
    work_and_judge(Mode::Move, &Settings::read());
}

#[test]
fn f28_without_move_nothing_is_lost_and_what_clerks_double_is_known() {
    work_and_judge(Mode::Copy, &Settings::read().half());
}

fn work_and_judge(mode: Mode, settings: &Settings) {
    println!("{mode:?} {settings:?}");
    let office = Office::open(mode);
    let diary = Diary::new();
    let (kills, operations, looks) = one_day(&office, &diary, settings);

    assert!(looks > 5, "the balance was looked at {looks} times only");

    let daemon = start(&office);
    let started = Instant::now();
    calm_down(&office);
    let calm = started.elapsed();
    daemon.signal("TERM");
    let mut daemon = daemon;
    assert!(daemon.child.wait().expect("it was started here").success(), "see {}", log_file(&office).display());

    let before = snapshots(&office);
    observe_to_the_end(&office);
    let once = binary::once(&office.config.file()).expect_code(0).json();
    assert_eq!((&once["write_commands"], &once["events"]), (&0.into(), &0.into()), "seed {}: {once}", settings.seed);
    assert_eq!(snapshots(&office), before, "seed {}", settings.seed);

    let commands: Vec<String> = office.mailboxes.iter().flat_map(|mailbox| mailbox.transcript.take()).collect();
    assert_eq!(writes(&commands), [""; 0], "after all was quiet");
    println!(
        "{mode:?}: {operations} operations of clerks, {kills:?}, balance held {looks} times, quiet {:.1} s after the last start",
        calm.as_secs_f64()
    );
    let tally = judge(&office, diary, settings.seed);
    assert_eq!(tally.letters + tally.doubled, tally.found + tally.deleted);
}

/// Feeds, works and kills until the time is over.
fn one_day(office: &Office, diary: &Diary, settings: &Settings) -> (crate::kills::Kills, usize, usize) {
    let end = Instant::now() + settings.duration;
    let mailboxes = office.mailboxes.len();
    let clerks = u64::from(CLERKS) * mailboxes as u64;
    let pace = Duration::from_secs(1) * u32::try_from(clerks).expect("few clerks")
        / u32::try_from(settings.operations_per_second).expect("a rate");
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let watcher = scope.spawn(|| balance::watch(office, &done));
        let feeder = scope.spawn(|| feed(office, diary, settings));
        let places = (0..mailboxes).flat_map(|mailbox| (0..CLERKS).map(move |number| (mailbox, number)));
        let clerks: Vec<_> = places
            .map(|(mailbox, number)| {
                scope.spawn(move || {
                    let mut clerk = Clerk::new(office, diary, mailbox, number, settings.seed);
                    clerk.work(end, pace);
                    clerk.operations
                })
            })
            .collect();
        let kills = kill_until(office, settings, end);
        feeder.join().expect("the feeder delivers");
        let operations = clerks.into_iter().map(|clerk| clerk.join().expect("the clerk works")).sum();
        done.store(true, Ordering::SeqCst);
        (kills, operations, watcher.join().expect("the balance holds"))
    })
}

/// Waits until the daemon has polled every mailbox a few times and found nothing to do.
fn calm_down(office: &Office) {
    let mut quiet: BTreeMap<&str, usize> = BTreeMap::new();
    let state = office.config.state_dir();
    // What was said before belongs to the day.
    check_writes(office);
    let calm = within(CALM, || {
        for mailbox in &office.mailboxes {
            let commands = mailbox.transcript.take();
            let polls = quiet.entry(mailbox.region).or_default();
            if !writes(&commands).is_empty() {
                *polls = 0;
            }
            *polls += commands.iter().filter(|command| command.starts_with("SELECT")).count();
        }
        quiet.values().all(|polls| *polls >= 6) && ledger::open_operations(&state) == 0
    });
    assert!(calm, "the daemon does not come to rest: {quiet:?}");
}

/// What was seen once becomes an event when it is seen again, and what is gone when two rounds have not found it: three
/// rounds tell everything. Nothing is moved.
fn observe_to_the_end(office: &Office) {
    for _ in 0..3 {
        let once = binary::once(&office.config.file()).expect_code(0).json();
        assert_eq!(once["write_commands"], 0, "{once}");
    }
}

/// The daemon's only commands that change anything are those of its mode, and its only mark is `\Deleted`.
fn check_writes(office: &Office) {
    for mailbox in &office.mailboxes {
        let commands = mailbox.transcript.take();
        let allowed = |command: &str| {
            office.mode.writes().iter().any(|verb| command.starts_with(verb))
                && (!command.starts_with("UID STORE ") || command.ends_with("FLAGS.SILENT (\\Deleted)"))
        };
        let others: Vec<&String> = writes(&commands).into_iter().filter(|command| !allowed(command)).collect();
        assert_eq!(others, [""; 0], "{}", mailbox.region);
    }
}

fn snapshots(office: &Office) -> Vec<Snapshot> {
    office.mailboxes.iter().map(|mailbox| office.dovecot.client(mailbox.region).snapshot()).collect()
}
