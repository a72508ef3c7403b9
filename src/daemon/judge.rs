//! Parsing and deciding, on threads of their own.
//!
//! Reading a mail is work for a processor and not for the runtime that serves five connections. The threads have a
//! stack of their own, so that deep nesting cannot reach anybody else's, and a mail that makes them panic is left for a
//! person and does not end the daemon.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use tokio::sync::mpsc;

use super::in_hand::InHand;
use crate::domain::agentur::AgenturId;
use crate::domain::decision::{Decision, Entscheidung, Grund, Vorgangsart};
use crate::domain::id::{Fingerprint, MessageIdHash, UidValidity};
use crate::domain::postfach::Profil;
use crate::domain::vorgang::DecisionRecord;
use crate::parse;
use crate::parse::fingerprint::FingerprintKey;
use crate::parse::keywords::keywords_field;
use crate::plan::triage::ToRead;
use crate::rules::{Lage, RuleSet};

/// The time zone of the authority: it decides on which day a mail arrived.
pub const ZONE: &str = "Europe/Berlin";

/// Stack of a thread that reads mail.
const STACK_BYTES: usize = 16 << 20;

/// What the rules must know about a mailbox, owned.
#[derive(Clone, Debug)]
pub struct Standort {
    pub region: String,
    pub address: String,
    pub profil: Profil,
}

/// A mail to be judged.
pub struct Job {
    pub message: ToRead,
    /// It may end the process: nothing else is judged at the same time, of whatever mailbox.
    pub allein: bool,
    pub raw: Vec<u8>,
    pub complete: bool,
    /// Of the INBOX it lies in.
    pub uidvalidity: UidValidity,
    pub standort: Arc<Standort>,
    /// The Agenturen that earlier mails of its conversation are with.
    pub gespraech: Vec<AgenturId>,
    pub rules: Arc<RuleSet>,
    /// Where the judgement goes.
    pub reply: mpsc::Sender<Judged>,
}

/// A judgement.
#[derive(Clone, Debug)]
pub struct Judged {
    pub message: ToRead,
    pub fingerprint: Fingerprint,
    pub message_id: Option<MessageIdHash>,
    /// What its `Keywords:` field says.
    pub keywords: Vec<String>,
    pub decision: DecisionRecord,
}

/// A handle to the threads; they end when the last handle is gone.
#[derive(Clone)]
pub struct Judge {
    jobs: mpsc::Sender<Job>,
    in_hand: InHand,
}

impl Judge {
    /// Starts `threads` threads.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn start(threads: usize, key: Arc<FingerprintKey>, in_hand: &InHand) -> std::io::Result<Self> {
        // Few jobs wait at once: each holds up to 64 KiB of a mail.
        let (jobs, queue) = mpsc::channel(2 * threads.max(1));
        let queue = Arc::new(Mutex::new(queue));
        let gate = Arc::new(RwLock::new(()));
        for number in 0..threads.max(1) {
            let (queue, key, in_hand) = (Arc::clone(&queue), Arc::clone(&key), in_hand.clone());
            let gate = Arc::clone(&gate);
            thread::Builder::new()
                .name(format!("urteil-{number}"))
                .stack_size(STACK_BYTES)
                .spawn(move || work(number, &queue, &key, &in_hand, &gate))?;
        }
        Ok(Judge { jobs, in_hand: in_hand.clone() })
    }

    /// The process ends in good order: what is still being read is not to blame for it.
    ///
    /// # Errors
    /// If that cannot be noted.
    pub fn end(&self) -> std::io::Result<()> {
        self.in_hand.close()
    }

    /// Hands over a mail; waits while all threads are busy. `false`: the threads are gone.
    pub async fn submit(&self, job: Job) -> bool {
        self.jobs.send(job).await.is_ok()
    }
}

/// Judges one mail after the other. All threads share the gate: who judges a mail that may end the process has it for
/// himself, so that no other mail is suspected of what this one does.
fn work(number: usize, queue: &Mutex<mpsc::Receiver<Job>>, key: &FingerprintKey, in_hand: &InHand, gate: &RwLock<()>) {
    let zone = zone();
    loop {
        let job = queue.lock().unwrap_or_else(PoisonError::into_inner).blocking_recv();
        let Some(job) = job else { return };
        let judged = if job.allein {
            let _alone = gate.write().unwrap_or_else(PoisonError::into_inner);
            judge(number, &job, key, in_hand, &zone)
        } else {
            let _shared = gate.read().unwrap_or_else(PoisonError::into_inner);
            judge(number, &job, key, in_hand, &zone)
        };
        // Nobody waits any more if the mailbox's worker has given up: the mail stays unknown and is read again.
        let _ = job.reply.blocking_send(judged);
    }
}

fn judge(number: usize, job: &Job, key: &FingerprintKey, in_hand: &InHand, zone: &TimeZone) -> Judged {
    in_hand.take(number, &job.standort.region, job.uidvalidity, job.message.listed.uid);
    crash_point!("before", "parsing");
    #[cfg(feature = "crash-points")]
    crate::crash::poison(&job.raw);
    let fingerprint = key.fingerprint(&job.raw, job.message.listed.eingang);
    let message_id = key.message_id(&job.raw);
    let keywords = keywords_field(&job.raw);
    let decision = DecisionRecord::new(&decide(job, zone), job.rules.stammdaten());
    crash_point!("after", "parsing");
    in_hand.put_down(number);
    Judged { message: job.message, fingerprint, message_id, keywords, decision }
}

fn decide(job: &Job, zone: &TimeZone) -> Decision {
    let lage = Lage {
        region: &job.standort.region,
        address: &job.standort.address,
        profil: job.standort.profil,
        gespraech: &job.gespraech,
        groesse: Some(u64::from(job.message.listed.size)),
        tag: day_of(job.message.listed.eingang, zone),
    };
    judge_bytes(&job.rules, &job.raw, job.complete, &lage)
}

/// Parses and decides one mail. A panic inside, which would be a defect, leaves the mail where it is.
pub fn judge_bytes(rules: &RuleSet, raw: &[u8], complete: bool, lage: &Lage<'_>) -> Decision {
    catch_unwind(AssertUnwindSafe(|| rules.classify(&parse::parse(raw, complete), lage))).unwrap_or_else(|_| Decision {
        vorgangsart: Vorgangsart::FreieEmail,
        entscheidung: Entscheidung::Ungeklaert,
        regel: "dienst.nicht_lesbar".to_owned(),
        grund: Grund::NichtAuswertbar,
        evidenz: Vec::new(),
        zweiter: None,
    })
}

/// The authority's time zone, from the system or from the copy in the program.
pub fn zone() -> TimeZone {
    TimeZone::get(ZONE).expect("the zone database is part of the program")
}

/// The day on which something happened there.
pub fn day_of(instant: Timestamp, zone: &TimeZone) -> Date {
    instant.to_zoned(zone.clone()).date()
}
