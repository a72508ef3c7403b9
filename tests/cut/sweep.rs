//! Every place, every manner, in both modes.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::cases::{Case, Kind, cases, choose};
use crate::run::Line;
use crate::support::accounts::Accounts;
use crate::support::scene::Mode;

/// Runs for each mode: in `make stress`, and otherwise.
const LONG: usize = 540;
const SHORT: usize = 51;
/// Cases side by side: some of them wait most of the time.
const THREADS: usize = 4;

#[derive(Debug, Default)]
struct Totals {
    runs: usize,
    /// The conversation never came to the place: it is not always the same to the line.
    missed: usize,
    lost: usize,
    doubled: usize,
    doubtful: usize,
    slowest: Duration,
    wrong: Vec<String>,
}

#[test]
fn nothing_is_lost_or_doubled_wherever_the_connection_breaks() {
    let runs = if std::env::var_os("POSTWEICHE_STRESS").is_some() { LONG } else { SHORT };
    for mode in [Mode::Move, Mode::Copy] {
        let accounts = mode.accounts(runs + 1);
        let recorded = Line::new(&accounts).record();
        let all: Vec<Case> = recorded.iter().enumerate().flat_map(|(round, recorder)| cases(round, recorder)).collect();
        let possible = all.len();
        let totals = sweep(&accounts, &choose(all, runs));
        println!(
            "{mode:?}: {} runs of {possible} possible ones, {} not reached, lost {}, doubled {}, {} ended in said doubt, \
             slowest recovery {:.2} s, wrong {}",
            totals.runs,
            totals.missed,
            totals.lost,
            totals.doubled,
            totals.doubtful,
            totals.slowest.as_secs_f64(),
            totals.wrong.len()
        );
        assert!(totals.wrong.is_empty(), "{mode:?}: {:#?}", totals.wrong);
        assert!(totals.missed * 20 < totals.runs, "{mode:?}: {} of {} not reached", totals.missed, totals.runs);
        assert!(mode == Mode::Copy || totals.doubtful == 0, "{mode:?}: {} in doubt", totals.doubtful);
    }
}

/// Found by the long sweep: the server leaves one message out when it is asked which sources are still there.
#[test]
fn a_source_that_one_answer_leaves_out_is_not_taken_for_deleted() {
    let accounts = Mode::Copy.accounts(64);
    let [recorded, _] = Line::new(&accounts).record();
    let left_out =
        |case: &Case| case.kind == Kind::Lost && case.at.contains(" FETCH (UID ") && case.at.contains(" FLAGS (");
    let cases: Vec<Case> =
        cases(0, &recorded).into_iter().filter(left_out).filter(|case| !case.at.contains("INTERNALDATE")).collect();
    let totals = sweep(&accounts, &cases);
    assert!(totals.runs > 0 && totals.wrong.is_empty(), "{:#?}", totals.wrong);
}

fn sweep(accounts: &Accounts, cases: &[Case]) -> Totals {
    let (next, totals) = (AtomicUsize::new(0), Mutex::new(Totals::default()));
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::SeqCst)) {
                    let verdict = Line::new(accounts).run(case);
                    let mut totals = totals.lock().expect("no thread panics while it counts");
                    let count = |word| verdict.wrong.iter().filter(|text| text.starts_with(word)).count();
                    totals.runs += 1;
                    totals.missed += usize::from(!verdict.happened);
                    totals.lost += count("lost");
                    totals.doubled += count("doubled");
                    totals.doubtful += verdict.doubtful;
                    totals.slowest = totals.slowest.max(verdict.recovery);
                    let place = format!("{:?} in round {} {}", case.kind, case.round, case.at);
                    totals.wrong.extend(verdict.wrong.into_iter().map(|text| format!("{place}: {text}")));
                }
            });
        }
    });
    totals.into_inner().expect("no thread panics while it counts")
}
