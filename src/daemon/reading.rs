//! Fetch, judge, record: the first half of a cycle.
//!
//! Messages stream from the server through the judging threads into the ledger. Only what is on its way is in memory:
//! what the connection holds, a few replies that wait for the word about their conversation, a few messages before the
//! threads, and the closed words of a batch before its commit.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::mpsc;
use tracing::{debug, warn};

use super::conversation::Intake;
use super::cycle::Pass;
use super::error::CycleError;
use super::judge::{Job, Judged};
use super::link::Link;
use super::recognise::{Suspect, recognise_all};
use super::report::CycleReport;
use crate::domain::id::{FolderName, Place, Uid};
use crate::domain::vorgang::{Haltegrund, Recorded, Zuordnung};
use crate::imap::fetch::Fetch;
use crate::parse::stand_in::is_stand_in;
use crate::plan::leser::kopfzeile;
use crate::plan::moves::Candidate;
use crate::plan::recognise::Recognised;
use crate::plan::triage::{ToRead, hands_off};

/// Decisions in one commit: enough to make a durable commit cheap, few enough to be lost without regret.
const RECORD_BATCH: usize = 250;

/// Messages asked for in one go of which none came: from so many on the server is at fault, and none of them is blamed.
const SILENCE: usize = 20;

/// Reads and decides these messages of the opened INBOX and records every decision; what stays is counted in the report.
/// Gives back what is to be handed over. `allein`: they may end the process, so nothing else is judged at the same time.
///
/// # Errors
/// What was judged before the error is recorded all the same.
pub async fn read(
    pass: &Pass<'_>,
    link: &mut Link,
    messages: &[ToRead],
    allein: bool,
    report: &mut CycleReport,
) -> Result<Vec<Candidate>, CycleError> {
    if messages.is_empty() {
        return Ok(Vec::new());
    }
    let (reply, judged) = mpsc::channel(RECORD_BATCH);
    let mut recorder = Recorder { pass, report, candidates: Vec::new(), suspects: Vec::new() };
    let (fed, recorded) = tokio::join!(feed(pass, link, messages, allein, reply), recorder.record_all(judged));
    recorded?;
    let Fed { missing, hands_off, .. } = fed?;
    recorder.clear_suspects(link).await?;
    let Recorder { candidates, .. } = recorder;
    pass.dienst.progress.expect(candidates.len());
    for word in hands_off {
        report.leave(word, 1);
    }
    if !missing.is_empty() {
        report.leave("nicht_abrufbar", missing.len() as u64);
        warn!(mailbox = %pass.config.name, count = missing.len(), "messages were listed but could not be fetched; they stay");
    }
    Ok(candidates)
}

/// What did not reach the judging threads.
#[derive(Debug, Default)]
struct Fed {
    /// Messages that did not come, or for which the server sent a mail of its own.
    missing: Vec<Uid>,
    /// Those of them that are to blame for it themselves.
    blamed: Vec<Uid>,
    /// Why somebody is at work on a message since it was listed; one word for each.
    hands_off: Vec<&'static str>,
}

/// Fetches and passes on to the judging threads.
async fn feed(
    pass: &Pass<'_>,
    link: &mut Link,
    messages: &[ToRead],
    allein: bool,
    reply: mpsc::Sender<Judged>,
) -> Result<Fed, CycleError> {
    let mut intake = Intake::new(pass);
    let mut fed = Fed::default();
    let fetched = fetch_all(pass, link, messages, allein, &reply, &mut intake, &mut fed).await;
    if matches!(fetched, Err(CycleError::Stopped)) {
        return Err(CycleError::Stopped);
    }
    // What waits is judged also if the connection broke behind it: else the same message could break it each time.
    let released = intake.release().await;
    if !fed.blamed.is_empty() {
        let place = |&uid| Place { folder: FolderName::inbox(), uidvalidity: pass.inbox.uidvalidity, uid };
        let places = fed.blamed.iter().map(place).collect();
        pass.dienst.ledger.note_errors(&pass.config.name, places, Timestamp::now()).await?;
    }
    fetched?;
    released?;
    Ok(fed)
}

async fn fetch_all(
    pass: &Pass<'_>,
    link: &mut Link,
    messages: &[ToRead],
    allein: bool,
    reply: &mpsc::Sender<Judged>,
    intake: &mut Intake<'_>,
    fed: &mut Fed,
) -> Result<(), CycleError> {
    let uids: Vec<Uid> = messages.iter().map(|message| message.listed.uid).collect();
    let mut fetch = Fetch::new(&mut link.session, &uids)?;
    let mut stand_ins = Vec::new();
    loop {
        let next = fetch.next().await;
        let Ok(Some(fetched)) = next else {
            let ended = next.map(drop).map_err(CycleError::from);
            fed.missing = fetch.missing();
            if fed.missing.len() < messages.len() || messages.len() < SILENCE {
                fed.blamed.extend_from_slice(fetch.withheld());
            }
            if ended.as_ref().is_err_and(CycleError::may_be_a_message) {
                fed.blamed.extend(fetch.stumbling_block());
            }
            fed.missing.extend_from_slice(&stand_ins);
            fed.blamed.append(&mut stand_ins);
            return ended;
        };
        // Without a recorder, which has failed then, there is nobody to judge for.
        if pass.dienst.stop.is_cancelled() || reply.is_closed() {
            return Err(CycleError::Stopped);
        }
        // Messages are listed ascending by UID, and a fetch gives only what was asked for.
        let Ok(position) = messages.binary_search_by_key(&fetched.uid, |message| message.listed.uid) else { continue };
        let mut message = messages[position];
        message.listed.flags = fetched.flags.unwrap_or(message.listed.flags);
        if let Some(word) = hands_off(&message.listed, &pass.zurueckhaltung) {
            fed.hands_off.push(word);
            continue;
        }
        if is_stand_in(&fetched.raw) {
            stand_ins.push(fetched.uid);
            continue;
        }
        let job = Job {
            allein,
            message,
            raw: fetched.raw,
            complete: fetched.complete,
            uidvalidity: pass.inbox.uidvalidity,
            standort: Arc::clone(pass.standort),
            gespraech: Vec::new(),
            rules: Arc::clone(&pass.rules),
            reply: reply.clone(),
        };
        intake.take(job).await?;
    }
}

/// Takes judgements to the ledger and sorts out what is to be handed over.
struct Recorder<'a> {
    pass: &'a Pass<'a>,
    report: &'a mut CycleReport,
    candidates: Vec<Candidate>,
    /// Not recorded yet: their fingerprint is known, and what they are can only be found out when nothing is being
    /// fetched any more.
    suspects: Vec<(Judged, Suspect)>,
}

impl Recorder<'_> {
    async fn record_all(&mut self, mut judged: mpsc::Receiver<Judged>) -> Result<(), CycleError> {
        let mut batch = Vec::with_capacity(RECORD_BATCH);
        // A durable commit costs the same for one decision as for many, and a decision that is lost with the process is
        // made again: so a batch is filled before it is recorded.
        while judged.recv_many(&mut batch, RECORD_BATCH).await > 0 {
            if batch.len() >= RECORD_BATCH {
                self.sort_in(std::mem::take(&mut batch)).await?;
            }
        }
        self.sort_in(batch).await
    }

    async fn sort_in(&mut self, batch: Vec<Judged>) -> Result<(), CycleError> {
        let new = self.without_suspects(batch).await?;
        self.record(new).await
    }

    async fn without_suspects(&mut self, batch: Vec<Judged>) -> Result<Vec<Judged>, CycleError> {
        let fingerprints =
            batch.iter().filter(|judged| judged.message.again.is_none()).map(|judged| judged.fingerprint).collect();
        let mut sightings = self.pass.dienst.ledger.places_of(&self.pass.config.name, fingerprints).await?;
        // Twins in one batch see the same.
        let (suspects, new): (Vec<_>, Vec<_>) = batch
            .into_iter()
            .partition(|judged| judged.message.again.is_none() && sightings.contains_key(&judged.fingerprint));
        self.suspects.extend(suspects.into_iter().map(|judged| {
            let (uid, fingerprint) = (judged.message.listed.uid, judged.fingerprint);
            let sightings = sightings.entry(fingerprint).or_default().clone();
            (judged, Suspect { uid, fingerprint, sightings })
        }));
        Ok(new)
    }

    /// Records the suspects: those that are new after all, and those known at a new UID. The others are left.
    async fn clear_suspects(&mut self, link: &mut Link) -> Result<(), CycleError> {
        let (judged, suspects): (Vec<Judged>, Vec<Suspect>) = std::mem::take(&mut self.suspects).into_iter().unzip();
        let verdicts = recognise_all(self.pass, link, &suspects).await?;
        let (mut new, mut renumbered) = (Vec::new(), Vec::new());
        for (mut judged, verdict) in judged.into_iter().zip(verdicts) {
            match verdict {
                Recognised::New => new.push(judged),
                Recognised::Renumbered(vorgang) => {
                    judged.message.again = Some(vorgang);
                    renumbered.push(judged);
                }
                Recognised::Unclear => self.leave("ungeprueft"),
                Recognised::Returned(_) => self.leave("zurueckgegeben"),
            }
        }
        self.record(new).await?;
        self.record(renumbered).await
    }

    fn leave(&mut self, word: &str) {
        self.report.leave(word, 1);
        self.pass.dienst.progress.done(1);
    }

    async fn record(&mut self, batch: Vec<Judged>) -> Result<(), CycleError> {
        if batch.is_empty() {
            return Ok(());
        }
        let Pass { config, dienst, .. } = self.pass;
        let zuordnungen: Vec<_> = batch.iter().map(|judged| zuordnung(self.pass, judged)).collect();
        let recorded = dienst.ledger.record(&config.name, zuordnungen, Timestamp::now()).await?;
        dienst.progress.done(batch.len());
        self.report.decided += batch.len() as u64;
        for (Recorded { vorgang, halt }, Judged { message, decision, .. }) in recorded.into_iter().zip(batch) {
            let (uid, grund) = (message.listed.uid, decision.grund);
            debug!(mailbox = %config.name, vorgang = vorgang.0, uid = uid.0, agentur = decision.agentur, grund, "decided");
            match decision.agentur {
                _ if halt.is_some() => self.report.leave(halt.map_or("", Haltegrund::as_str), 1),
                Some(agentur) => self.candidates.push(Candidate { vorgang, uid, agentur }),
                None => self.report.leave(grund, 1),
            }
        }
        Ok(())
    }
}

fn zuordnung(pass: &Pass<'_>, judged: &Judged) -> Zuordnung {
    let listed = judged.message.listed;
    Zuordnung {
        vorgang: judged.message.again,
        place: Place { folder: FolderName::inbox(), uidvalidity: pass.inbox.uidvalidity, uid: listed.uid },
        fingerprint: judged.fingerprint,
        message_id: judged.message_id,
        eingang: listed.eingang,
        size: listed.size,
        kopfzeile: Some(kopfzeile(&judged.keywords, &pass.dienst.kennzeichen.namen)),
        decision: judged.decision.clone(),
        bestand_unklar: pass.may_have_been_sorted(listed.eingang),
        regelwerk: pass.rules.version().clone(),
        betriebsart: pass.config.betriebsart,
    }
}
