//! Killed at every point, in both modes, and once more asked to end at every point.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::support::accounts::Accounts;
use crate::support::scene::{Mode, Scene};

/// Runs for each mode: in `make stress`, and otherwise.
const LONG: usize = 1_600;
const SHORT: usize = 110;
/// Runs side by side.
const THREADS: usize = 3;
/// Every so many runs the process is asked to end instead of being killed.
const TERM_EVERY: usize = 8;

/// A point, and the how manieth time it is reached.
type Point = (String, usize);

#[derive(Debug, Default)]
struct Totals {
    runs: usize,
    /// The point was not reached in this run: threads do not always meet in the same order.
    missed: usize,
    doubtful: usize,
    slowest: Duration,
    wrong: Vec<String>,
}

#[test]
fn nothing_is_lost_or_doubled_wherever_it_dies() {
    let runs = if std::env::var_os("POSTWEICHE_STRESS").is_some() { LONG } else { SHORT };
    for mode in [Mode::Move, Mode::Copy] {
        let accounts = mode.accounts(runs + 1);
        let points = numbered(Scene::set(&accounts, 0).points());
        let totals = sweep(&accounts, &points, runs);
        println!(
            "{mode:?}: {} runs at {} points, {} not reached, {} ended in said doubt, slowest recovery {:.2} s, wrong {}",
            totals.runs,
            points.len(),
            totals.missed,
            totals.doubtful,
            totals.slowest.as_secs_f64(),
            totals.wrong.len()
        );
        assert!(totals.wrong.is_empty(), "{mode:?}: {:#?}", totals.wrong);
        assert!(
            totals.missed * 10 < totals.runs,
            "{mode:?}: {} of {} points were not reached",
            totals.missed,
            totals.runs
        );
        assert!(mode == Mode::Copy || totals.doubtful == 0);
    }
}

fn numbered(names: Vec<String>) -> Vec<Point> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    names
        .into_iter()
        .map(|name| {
            let count = counts.entry(name.clone()).or_default();
            *count += 1;
            (name, *count)
        })
        .collect()
}

fn sweep(accounts: &Accounts, points: &[Point], runs: usize) -> Totals {
    let (next, totals) = (AtomicUsize::new(0), Mutex::new(Totals::default()));
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                loop {
                    let run = next.fetch_add(1, Ordering::SeqCst);
                    if run >= runs {
                        return;
                    }
                    one(accounts, points, run, runs, &totals);
                }
            });
        }
    });
    totals.into_inner().expect("no thread panics while it counts")
}

fn one(accounts: &Accounts, points: &[Point], run: usize, runs: usize, totals: &Mutex<Totals>) {
    // All points in turn if there are runs enough, else evenly spread ones.
    let (round, index) = (run / points.len(), run % points.len());
    let index = if runs < points.len() { run * points.len() / runs } else { index };
    let (name, number) = &points[index];
    // The first round has the scene in which the points were found.
    let scene = Scene::set(accounts, round * 5);
    let at = format!("{name}:{number}");
    let asked = run % TERM_EVERY == TERM_EVERY - 1;
    let signal = if asked { "TERM" } else { "KILL" };
    let outcome = scene.once_with(&[("POSTWEICHE_CRASH_AT", &at), ("POSTWEICHE_CRASH_SIGNAL", signal)]);
    let (wrong, took) = scene.recover();
    let doubtful = scene.doubtful();
    let mut totals = totals.lock().expect("no thread panics while it counts");
    totals.runs += 1;
    totals.missed += usize::from(!asked && outcome.code.is_some());
    totals.doubtful += doubtful;
    totals.slowest = totals.slowest.max(took);
    totals.wrong.extend(wrong.into_iter().map(|text| format!("{signal} at {at}, round {round}: {text}")));
}
