//! Observe: the last step of a cycle. What have clerks done in the watched folders?
//!
//! The folders are looked at in rounds, those that changed last first, and never with more commands a minute than allowed.
//! A look lists UIDs and flags and compares them with the ledger; only what is new there is identified. What a look has
//! shown becomes an event when a later look shows the same, and what no folder has shown in two whole rounds is gone.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;
use tracing::{debug, info, warn};

use super::allowance::Allowance;
use super::dienst::Dienst;
use super::error::CycleError;
use super::link::Link;
use super::report::CycleReport;
use crate::config::{Kennzeichenwahl, Postfach};
use crate::domain::id::{FolderName, Uid};
use crate::domain::kennzeichen::{Beobachtung, Kennzeichen, Leser, Ort};
use crate::domain::sichtung::{Bekannt, Faellig, Fortgang, Neu, Sichtung};
use crate::imap::error::{ImapError, RefusalClass};
use crate::imap::fetch::identify;
use crate::imap::folder::Opened;
use crate::imap::marks::{self, Shown};
use crate::parse::keywords::keywords_field;
use crate::plan::lebenslauf::ereignisse;
use crate::plan::leser::{Merkmale, kennzeichen};
use crate::plan::target::target_folder;
use crate::plan::watch::{Watched, watch};
use crate::rules::RuleSet;

/// New messages that are identified and recorded together: what is in memory of a folder with very many.
const BATCH: usize = 1_000;

/// What a mailbox's observation knows from one cycle to the next.
#[derive(Debug)]
pub struct Observation {
    round: Option<Round>,
    /// When the last round ended.
    ended: Option<Instant>,
    looks: HashMap<FolderName, LastLook>,
    /// Folders called like no mark that were reported.
    reported: HashSet<FolderName>,
    allowance: Allowance,
}

#[derive(Debug)]
struct Round {
    begun: Timestamp,
    waiting: VecDeque<Watched>,
    /// Every folder so far could be looked into.
    complete: bool,
}

/// What a folder was like when it was looked at last.
#[derive(Clone, Copy, Debug)]
struct LastLook {
    opened: Opened,
    modseq: Option<u64>,
    changed: Option<Instant>,
    /// Something in it was seen for the first time.
    questions: bool,
}

/// How much of a round a cycle does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// As much as the allowance has room for, if a round is due.
    Allowed,
    /// A whole round, now.
    Whole,
}

/// What one look needs to know.
struct Look<'a> {
    config: &'a Postfach,
    wahl: &'a Kennzeichenwahl,
    dienst: &'a Dienst,
    rules: &'a Arc<RuleSet>,
    /// Mail that arrived before is Altbestand.
    start: Option<Timestamp>,
}

impl Observation {
    /// Nothing is known yet.
    pub fn new(commands_a_minute: u64) -> Self {
        Observation {
            round: None,
            ended: None,
            looks: HashMap::new(),
            reported: HashSet::new(),
            allowance: Allowance::new(commands_a_minute),
        }
    }

    /// Whether there is anything to do now.
    fn is_due(&self, dienst: &Dienst, extent: Extent) -> bool {
        let rested = self.ended.is_none_or(|ended| ended.elapsed() >= dienst.config.beobachtung);
        extent == Extent::Whole || self.round.is_some() || rested
    }
}

/// Looks at watched folders. Leaves some folder open that is not INBOX, if it looked at any.
pub async fn observe(
    observation: &mut Observation,
    link: &mut Link,
    dienst: &Dienst,
    config: &Postfach,
    start: Option<Timestamp>,
    extent: Extent,
    report: &mut CycleReport,
) -> Result<(), CycleError> {
    if !config.betriebsart.decides() || !observation.is_due(dienst, extent) {
        return Ok(());
    }
    let rules = dienst.rules();
    let look = Look { config, wahl: &dienst.kennzeichen, dienst, rules: &rules, start };
    let mut round = match observation.round.take() {
        Some(round) => round,
        None => begin(observation, link, &look).await?,
    };
    while let Some(watched) = round.waiting.pop_front() {
        if dienst.stop.is_cancelled() {
            return Err(CycleError::Stopped);
        }
        if extent == Extent::Allowed && !observation.allowance.has_room() {
            round.waiting.push_front(watched);
            observation.round = Some(round);
            return Ok(());
        }
        let before = link.session.commands();
        let seen = look.at(&watched, link, &mut observation.looks, report).await;
        observation.allowance.spend(link.session.commands() - before);
        round.complete &= seen?;
    }
    if round.complete {
        let gone = dienst.ledger.end_round(&config.name, round.begun).await?;
        look.settle(gone, |_| Beobachtung::Fort, report).await?;
    }
    observation.ended = Some(Instant::now());
    Ok(())
}

/// Begins a round: the folders in the order in which they are looked at.
async fn begin(observation: &mut Observation, link: &mut Link, look: &Look<'_>) -> Result<Round, CycleError> {
    link.refresh_folders().await?;
    let separator = link.folders.separator;
    let stammdaten = look.rules.stammdaten();
    let agenturen: HashMap<FolderName, String> = stammdaten
        .agenturen()
        .iter()
        .filter_map(|agentur| Some((target_folder(&look.config.folder_for(agentur), separator)?, agentur.slug.clone())))
        .collect();
    let sc_ordner: Vec<FolderName> =
        look.wahl.sc_ordner.iter().filter_map(|path| target_folder(path, separator)).collect();
    let watch = watch(&link.folders.selectable, separator, &agenturen, &sc_ordner, &look.wahl.namen);
    for (folder, agentur) in watch.unknown {
        if observation.reported.insert(folder) {
            warn!(mailbox = %look.config.name, agentur, "a folder below that of this Agentur is called like no mark; what lies in it is not seen. Name it under [kennzeichen], or rename it");
        }
    }
    let mut folders = watch.folders;
    folders
        .sort_by_key(|watched| std::cmp::Reverse(observation.looks.get(&watched.folder).and_then(|last| last.changed)));
    Ok(Round { begun: Timestamp::now(), waiting: folders.into(), complete: true })
}

impl Look<'_> {
    /// Looks into one folder. `false`: it could not be opened, so that nothing can be said about what is missing.
    async fn at(
        &self,
        watched: &Watched,
        link: &mut Link,
        looks: &mut HashMap<FolderName, LastLook>,
        report: &mut CycleReport,
    ) -> Result<bool, CycleError> {
        let at = Timestamp::now();
        let folder = &watched.folder;
        let (opened, modseq) = match marks::open(&mut link.session, folder).await {
            Ok(opened) => opened,
            Err(ImapError::Refused { refusal, .. }) if !refusal.concerns_account() => {
                if refusal.class == RefusalClass::NoSuchFolder {
                    // Renamed or removed since the folders were listed: the next round asks for the list again.
                    link.forget_folders();
                }
                debug!(mailbox = %self.config.name, reason = refusal.class.as_str(), "a watched folder cannot be opened");
                return Ok(false);
            }
            Err(error) => return Err(error.into()),
        };
        let last = looks.get(folder).copied();
        if last.is_none_or(|last| last.opened.uidvalidity != opened.uidvalidity) {
            let Dienst { ledger, .. } = self.dienst;
            let count = ledger.renumbered_folder(&self.config.name, folder, opened.uidvalidity, at).await?;
            if count > 0 {
                warn!(mailbox = %self.config.name, folder = %folder, count, "a folder was renumbered; its messages are recognised by their fingerprints");
            }
        }
        if last.is_some_and(|last| self.is_unchanged(&last, &opened, modseq)) {
            return Ok(true);
        }
        let changed = self.compare(watched, &opened, link, at).await?;
        let due = self.dienst.ledger.due(&self.config.name, folder, opened.uidvalidity, at).await?;
        let ort = |faellig: &Faellig| Beobachtung::Gesehen(self.ort(watched, faellig.merkmal));
        self.settle(due, ort, report).await?;
        let changed_at = if changed { Some(Instant::now()) } else { last.and_then(|last| last.changed) };
        looks.insert(folder.clone(), LastLook { opened, modseq, changed: changed_at, questions: changed });
        Ok(true)
    }

    /// Whether a look could show nothing new. Flags may have changed unseen where marks are read from them and the
    /// server has no HIGHESTMODSEQ.
    fn is_unchanged(&self, last: &LastLook, opened: &Opened, modseq: Option<u64>) -> bool {
        let flags = self.config.leser.is_empty() || (modseq.is_some() && modseq == last.modseq);
        !last.questions && opened.uidnext.is_some() && last.opened == *opened && flags
    }

    /// Where a message with this mark of its own is. A folder says more than a flag.
    fn ort(&self, watched: &Watched, merkmal: Option<Kennzeichen>) -> Ort {
        match &watched.ort {
            Ort::Agentur { agentur, kennzeichen: None } => {
                Ort::Agentur { agentur: agentur.clone(), kennzeichen: merkmal }
            }
            ort => ort.clone(),
        }
    }

    /// Compares the opened folder with the ledger and records the differences. `true`: there were some.
    async fn compare(
        &self,
        watched: &Watched,
        opened: &Opened,
        link: &mut Link,
        at: Timestamp,
    ) -> Result<bool, CycleError> {
        let Postfach { name, leser, .. } = self.config;
        let header = leser.contains(&Leser::KeywordsKopfzeile);
        let mut shown: Vec<(Uid, Option<Kennzeichen>)> = Vec::with_capacity(opened.exists as usize);
        let missing =
            marks::show(&mut link.session, opened, header, |message| shown.push((message.uid, self.mark(&message))))
                .await?;
        shown.sort_unstable_by_key(|&(uid, _)| uid);
        shown.dedup_by_key(|&mut (uid, _)| uid);
        let known = self.dienst.ledger.watched(name, &watched.folder, opened.uidvalidity).await?;
        let mut difference = Difference::of(&shown, &known);
        drop((shown, known));
        if missing > 0 {
            // What such a listing lacks may well be there.
            difference.fort.clear();
        }
        let agentur = match &watched.ort {
            Ort::Agentur { agentur, .. } => Some(agentur.clone()),
            Ort::Inbox | Ort::Sc => None,
        };
        let mut sichtung = Sichtung {
            folder: watched.folder.clone(),
            uidvalidity: opened.uidvalidity,
            agentur,
            fort: difference.fort,
            neu: Vec::new(),
            merkmale: difference.merkmale,
        };
        let changed = !sichtung.is_empty() || !difference.neu.is_empty();
        let mut batches = difference.neu.chunks(BATCH);
        loop {
            let batch = batches.next().unwrap_or_default();
            sichtung.neu = self.identify(link, batch).await?;
            if sichtung.is_empty() {
                break;
            }
            let next = Sichtung { fort: Vec::new(), neu: Vec::new(), merkmale: Vec::new(), ..sichtung.clone() };
            let Dienst { ledger, .. } = self.dienst;
            ledger.sighted(name, sichtung, self.rules.version(), self.config.betriebsart, at).await?;
            sichtung = next;
        }
        Ok(changed)
    }

    fn mark(&self, Shown { flagged, keywords, header, .. }: &Shown) -> Option<Kennzeichen> {
        let kopfzeile = keywords_field(header);
        let merkmale = Merkmale { flagged: *flagged, keywords, kopfzeile: &kopfzeile };
        kennzeichen(&self.config.leser, &merkmale, &self.wahl.namen)
    }

    async fn identify(&self, link: &mut Link, batch: &[(Uid, Option<Kennzeichen>)]) -> Result<Vec<Neu>, CycleError> {
        if batch.is_empty() {
            return Ok(Vec::new());
        }
        let uids: Vec<Uid> = batch.iter().map(|&(uid, _)| uid).collect();
        let mut neu = Vec::with_capacity(batch.len());
        identify(&mut link.session, &uids, |message| {
            // Shown ascending, and `identify` gives only what was asked for.
            let Ok(position) = batch.binary_search_by_key(&message.uid, |&(uid, _)| uid) else { return };
            let merkmal = batch[position].1;
            neu.push(Neu {
                uid: message.uid,
                fingerprint: self.dienst.key.fingerprint(&message.fields, message.internal_date),
                message_id: self.dienst.key.message_id(&message.fields),
                eingang: message.internal_date,
                size: message.size,
                merkmal,
                altbestand: self.start.is_some_and(|start| message.internal_date < start),
            });
        })
        .await?;
        neu.sort_unstable_by_key(|message| message.uid);
        neu.dedup_by_key(|message| message.uid);
        Ok(neu)
    }

    /// Turns what was seen twice into events.
    async fn settle(
        &self,
        faellige: Vec<Faellig>,
        seen: impl Fn(&Faellig) -> Beobachtung,
        report: &mut CycleReport,
    ) -> Result<(), CycleError> {
        if faellige.is_empty() {
            return Ok(());
        }
        let implied = self.wahl.loeschen_impliziert_bearbeitet;
        let fortgaenge: Vec<Fortgang> = faellige
            .iter()
            .map(|faellig| Fortgang {
                vorgang: faellig.vorgang,
                ereignisse: ereignisse(&faellig.stand, &seen(faellig), implied),
            })
            .collect();
        let mut counts: HashMap<&'static str, u64> = HashMap::new();
        for ereignis in fortgaenge.iter().flat_map(|fortgang| &fortgang.ereignisse) {
            *counts.entry(ereignis.art.as_str()).or_default() += 1;
        }
        let events = self.dienst.ledger.go_on(fortgaenge, Timestamp::now()).await?;
        report.observed += events;
        for (art, count) in counts {
            info!(mailbox = %self.config.name, art, count, "observed");
        }
        Ok(())
    }
}

/// What a listing and the ledger do not agree on.
#[derive(Debug, Default, PartialEq, Eq)]
struct Difference {
    fort: Vec<Uid>,
    neu: Vec<(Uid, Option<Kennzeichen>)>,
    merkmale: Vec<(Uid, Option<Kennzeichen>)>,
}

impl Difference {
    /// Both ascend by UID.
    fn of(shown: &[(Uid, Option<Kennzeichen>)], known: &[Bekannt]) -> Self {
        let mut difference = Difference::default();
        let mut known = known.iter().peekable();
        for &(uid, merkmal) in shown {
            while let Some(gone) = known.next_if(|known| known.uid < uid) {
                difference.fort.push(gone.uid);
            }
            match known.next_if(|known| known.uid == uid) {
                None => difference.neu.push((uid, merkmal)),
                Some(known) if known.is_vorgang && known.merkmal != merkmal => {
                    difference.merkmale.push((uid, merkmal));
                }
                Some(_) => {}
            }
        }
        difference.fort.extend(known.map(|known| known.uid));
        difference
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_compared_with_the_ledger() {
        let mark = Some(Kennzeichen::Bearbeitet);
        let known = |uid, merkmal, is_vorgang| Bekannt { uid: Uid(uid), merkmal, is_vorgang };
        let known = [known(1, None, true), known(2, mark, true), known(4, None, true), known(5, None, false)];
        let shown = [(Uid(2), None), (Uid(3), mark), (Uid(4), mark), (Uid(5), mark)];
        let difference = Difference::of(&shown, &known);
        assert_eq!(difference.fort, [Uid(1)]);
        assert_eq!(difference.neu, [(Uid(3), mark)]);
        assert_eq!(difference.merkmale, [(Uid(2), None), (Uid(4), mark)]);
    }
}
