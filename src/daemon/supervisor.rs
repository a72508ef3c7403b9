//! One worker per mailbox; a worker that dies is started again, the others never notice.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::task::{Id, JoinSet};
use tracing::{error, warn};

use super::account::{Account, Accounts};
use super::aufbewahrung;
use super::backoff::jitter;
use super::dienst::Dienst;
use super::error::CycleError;
use super::mailbox::Mailbox;
use super::pace::Pace;
use super::passwords::TRIES;
use super::report::CycleReport;
use super::worker::{self, SharedPace};
use crate::config::{Aufbewahrung, Postfach};
use crate::domain::postfach::Betriebsart;

/// How long workers may take to end the step they are at. What is not finished by then stands in the journal.
/// With what follows, the ledger's end above all, a stop takes less than ten seconds.
const GRACE: Duration = Duration::from_secs(8);

/// What `once` says of one mailbox.
#[derive(Debug)]
pub struct OnceResult {
    pub name: String,
    pub report: CycleReport,
    pub error: Option<CycleError>,
}

/// Serves all mailboxes until [`Dienst::stop`] is cancelled.
///
/// # Errors
/// What only a new process can mend; all workers have ended then.
pub async fn run(
    postfaecher: Vec<Postfach>,
    aufbewahrung: Aufbewahrung,
    dienst: Arc<Dienst>,
) -> Result<(), CycleError> {
    let mut workers = JoinSet::new();
    let mut served: HashMap<Id, Served> = HashMap::new();
    let mut accounts = Accounts::new(TRIES);
    for postfach in served_ones(postfaecher) {
        let account = accounts.of(&postfach);
        let pace = Arc::new(Mutex::new(Pace::new(&dienst.config, Arc::clone(&account))));
        start(&mut workers, &mut served, Served { postfach, account, pace }, &dienst, Duration::ZERO);
    }
    if aufbewahrung.automatisch {
        let dienst = Arc::clone(&dienst);
        workers.spawn(async move {
            aufbewahrung::daily(aufbewahrung.fristen, &dienst).await;
            Ok(())
        });
    }
    let mut outcome = Ok(());
    loop {
        tokio::select! {
            () = dienst.stop.cancelled() => break,
            Some(ended) = workers.join_next_with_id() => {
                let (id, panicked) = match ended {
                    Ok((id, Ok(()))) => (id, false),
                    Ok((_, Err(failure))) => {
                        outcome = Err(failure);
                        dienst.stop.cancel();
                        break;
                    }
                    Err(failure) => (failure.id(), failure.is_panic()),
                };
                let Some(mailbox) = served.remove(&id) else {
                    if panicked {
                        error!("the daily deletion died of a defect; nothing is deleted until the next start, please report this");
                    }
                    continue;
                };
                if panicked {
                    let wait = worker::lock(&mailbox.pace).died(jitter(), Instant::now());
                    error!(mailbox = %mailbox.postfach.name, retry_in_seconds = wait.as_secs(), "the worker died of a defect; starting it again, please report this");
                    start(&mut workers, &mut served, mailbox, &dienst, wait);
                }
            }
            else => break,
        }
    }
    dienst.stop.cancelled().await;
    let all_ended = async { while workers.join_next().await.is_some() {} };
    if tokio::time::timeout(GRACE, all_ended).await.is_err() {
        warn!("a worker did not end in time; its open operations are settled at the next start");
    }
    outcome
}

/// One complete cycle over all mailboxes, in the order of the configuration.
pub async fn once(postfaecher: Vec<Postfach>, dienst: Arc<Dienst>) -> Vec<OnceResult> {
    let mut tasks = Vec::new();
    // What is refused once is not tried again for another mailbox.
    let mut accounts = Accounts::new(1);
    for postfach in served_ones(postfaecher) {
        let dienst = Arc::clone(&dienst);
        let account = accounts.of(&postfach);
        let name = postfach.name.clone();
        let task = tokio::spawn(async move {
            let mut mailbox = Mailbox::new(postfach, account, &dienst);
            worker::once(&mut mailbox, &dienst).await
        });
        tasks.push((name, task));
    }
    let too_late = async {
        dienst.stop.cancelled().await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::pin!(too_late);
    let mut results = Vec::new();
    for (name, mut task) in tasks {
        let ended = tokio::select! {
            ended = &mut task => ended,
            () = &mut too_late => {
                task.abort();
                (&mut task).await
            }
        };
        let (report, error) = match ended {
            Ok(result) => result,
            Err(failure) if failure.is_cancelled() => (CycleReport::default(), Some(CycleError::Stopped)),
            Err(_) => {
                error!(mailbox = %name, "the worker died of a defect; please report this");
                (CycleReport::default(), Some(CycleError::JudgeGone))
            }
        };
        results.push(OnceResult { name, report, error });
    }
    results
}

fn served_ones(postfaecher: Vec<Postfach>) -> impl Iterator<Item = Arc<Postfach>> {
    postfaecher.into_iter().filter(|postfach| postfach.betriebsart != Betriebsart::Aus).map(Arc::new)
}

/// A mailbox with a worker, and what outlives the worker.
struct Served {
    postfach: Arc<Postfach>,
    account: Arc<Account>,
    pace: SharedPace,
}

fn start(
    workers: &mut JoinSet<Result<(), CycleError>>,
    served: &mut HashMap<Id, Served>,
    subject: Served,
    dienst: &Arc<Dienst>,
    wait: Duration,
) {
    let dienst = Arc::clone(dienst);
    let mailbox = Mailbox::new(Arc::clone(&subject.postfach), Arc::clone(&subject.account), &dienst);
    let pace = Arc::clone(&subject.pace);
    let task = workers.spawn(async move {
        tokio::select! {
            () = dienst.stop.cancelled() => Ok(()),
            () = tokio::time::sleep(wait) => worker::run(mailbox, pace, &dienst).await,
        }
    });
    served.insert(task.id(), subject);
}
