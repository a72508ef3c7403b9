//! Named points at which a test can kill the process, to see that whatever dies, nothing is lost.
//!
//! They exist only with the feature `crash-points`, which no release is built with; a test looks for that.
//!
//! | variable | does |
//! |---|---|
//! | `POSTWEICHE_CRASH_LOG=FILE` | each point reached is written there, one name a line |
//! | `POSTWEICHE_CRASH_AT=NAME:N` | at the Nth time that the point of this name is reached, the signal is raised |
//! | `POSTWEICHE_POISON=WORDS` | the process aborts when it reads a mail that holds these words |
//! | `POSTWEICHE_CRASH_SIGNAL=TERM` | SIGTERM instead of SIGKILL: the process is asked to end and goes on |

use std::collections::HashMap;
use std::env;
use std::fs::OpenOptions;
use std::io::Write;
use std::sync::{LazyLock, Mutex, PoisonError};

use rustix::process::{Signal, getpid, kill_process};

/// What the environment asks for.
struct Plan {
    log: Option<String>,
    at: Option<(String, u64)>,
    signal: Signal,
}

static PLAN: LazyLock<Plan> = LazyLock::new(|| Plan {
    log: env::var("POSTWEICHE_CRASH_LOG").ok(),
    at: env::var("POSTWEICHE_CRASH_AT").ok().and_then(|text| {
        let (name, number) = text.rsplit_once(':')?;
        Some((name.to_owned(), number.parse().ok()?))
    }),
    signal: if env::var("POSTWEICHE_CRASH_SIGNAL").is_ok_and(|name| name == "TERM") {
        Signal::TERM
    } else {
        Signal::KILL
    },
});

static REACHED: LazyLock<Mutex<HashMap<String, u64>>> = LazyLock::new(Mutex::default);

/// Dies as a stack overflow does if the mail holds the words of `POSTWEICHE_POISON`.
pub fn poison(raw: &[u8]) {
    let Ok(words) = env::var("POSTWEICHE_POISON") else { return };
    if !words.is_empty() && raw.windows(words.len()).any(|window| window == words.as_bytes()) {
        std::process::abort();
    }
}

/// The process has come to the point of this name.
pub fn reached(when: &str, what: &str) {
    let name = format!("{when} {what}");
    // Locked to the end, so that the log has the order of the counts.
    let mut reached = REACHED.lock().unwrap_or_else(PoisonError::into_inner);
    let count = reached.entry(name.clone()).or_default();
    *count += 1;
    if let Some(path) = &PLAN.log
        && let Ok(mut file) = OpenOptions::new().append(true).create(true).open(path)
    {
        // A test that gets no log sees that itself.
        let _ = writeln!(file, "{name}");
    }
    if PLAN.at.as_ref().is_some_and(|(at, number)| *at == name && number == count) {
        // The thread does not come back from a SIGKILL to its own process.
        let _ = kill_process(getpid(), PLAN.signal);
    }
}
