//! Observe: the last step of a cycle. What have clerks done in the watched folders?
//!
//! The folders are looked at in rounds, those that changed last first, and never with more commands a minute than allowed.
//! A look lists UIDs and flags and compares them with the ledger; only what is new there is identified. What a look has
//! shown becomes an event when a later look shows the same, and what no folder has shown in two whole rounds is gone.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tracing::{debug, warn};

use super::allowance::Allowance;
use super::dienst::Dienst;
use super::error::CycleError;
use super::link::Link;
use super::look::{LastLook, Look, Looked};
use super::report::CycleReport;
use crate::config::Postfach;
use crate::domain::id::FolderName;
use crate::domain::kennzeichen::Ort;
use crate::domain::postfach::Betriebsart;
use crate::domain::sichtung::Unbeobachtet;
use crate::plan::target::target_folder;
use crate::plan::watch::{Watched, watch};

/// For how long a folder counts as busy after a change in it.
const BUSY: Duration = Duration::from_secs(600);

/// What a mailbox's observation knows from one cycle to the next.
#[derive(Debug)]
pub struct Observation {
    round: Option<Round>,
    /// When the last round ended.
    ended: Option<Instant>,
    looks: HashMap<FolderName, (Ort, LastLook)>,
    /// Folders called like no mark that were reported.
    reported: HashSet<FolderName>,
    /// What the last round could not see, as it was reported.
    unseen: BTreeSet<String>,
    allowance: Allowance,
}

#[derive(Debug)]
struct Round {
    begun: Timestamp,
    waiting: VecDeque<Watched>,
    /// Agenturen in whose folders, and whether in others, something could not be seen.
    unseen: BTreeSet<String>,
    folders: usize,
    /// What it has cost so far.
    commands: u64,
    took: Duration,
}

/// How much of a round a cycle does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// As much as the allowance has room for, if a round is due.
    Allowed,
    /// A whole round, now.
    Whole,
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
    if config.betriebsart == Betriebsart::Aus {
        return Ok(());
    }
    let rules = dienst.rules();
    let look = Look { config, wahl: &dienst.kennzeichen, dienst, rules: &rules, start };
    match observation.is_due(dienst, extent) {
        true => observation.go_round(link, &look, extent, report).await,
        false => observation.revisit(link, &look, report).await,
    }
}

impl Observation {
    /// Nothing is known yet.
    pub fn new(commands_a_minute: u64) -> Self {
        Observation {
            round: None,
            ended: None,
            looks: HashMap::new(),
            reported: HashSet::new(),
            unseen: BTreeSet::new(),
            allowance: Allowance::new(commands_a_minute),
        }
    }

    /// Whether a round is under way or due.
    fn is_due(&self, dienst: &Dienst, extent: Extent) -> bool {
        let rested = self.ended.is_none_or(|ended| ended.elapsed() >= dienst.config.beobachtung);
        extent == Extent::Whole || self.round.is_some() || rested
    }

    /// Begins or goes on with a round.
    async fn go_round(
        &mut self,
        link: &mut Link,
        look: &Look<'_>,
        extent: Extent,
        report: &mut CycleReport,
    ) -> Result<(), CycleError> {
        let (started, before) = (Instant::now(), link.session.commands());
        let mut round = match self.round.take() {
            Some(round) => round,
            None => self.begin(link, look).await?,
        };
        while let Some(watched) = round.waiting.pop_front() {
            let time_is_up = started.elapsed() >= look.dienst.config.poll_interval;
            if extent == Extent::Allowed && (time_is_up || !self.allowance.has_room()) {
                round.waiting.push_front(watched);
                round.spent(link.session.commands() - before, started);
                self.round = Some(round);
                return Ok(());
            }
            let looked = self.look(&watched, link, look, report).await;
            round.note(look, &watched, *looked.as_ref().unwrap_or(&false));
            if let Err(error) = looked {
                // The others are looked at in the next cycle; the folder over which this happened, in the next round.
                self.round = Some(round);
                return Err(error);
            }
        }
        look.dienst.ledger.end_round(&look.config.name, round.begun, round.unseen.is_empty()).await?;
        look.settle_gone(report).await?;
        self.tell_unseen(look, &round);
        round.spent(link.session.commands() - before, started);
        let (complete, Round { folders, commands, took, .. }) = (round.unseen.is_empty(), round);
        let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        debug!(mailbox = %look.config.name, folders, commands, milliseconds, complete, "a round through the watched folders is done");
        self.ended = Some(Instant::now());
        Ok(())
    }

    /// Between two rounds: looks again at folders where somebody is at work, with what a round leaves of the allowance.
    async fn revisit(&mut self, link: &mut Link, look: &Look<'_>, report: &mut CycleReport) -> Result<(), CycleError> {
        let is_busy = |last: &LastLook| last.changed.is_some_and(|changed| changed.elapsed() < BUSY);
        let busy: Vec<Watched> = self
            .looks
            .iter()
            .filter(|(_, (_, last))| is_busy(last))
            .map(|(folder, (ort, _))| Watched { folder: folder.clone(), ort: ort.clone() })
            .collect();
        for watched in busy {
            if !self.allowance.is_plentiful() {
                break;
            }
            self.look(&watched, link, look, report).await?;
        }
        Ok(())
    }

    /// Looks into one folder. `true`: all of it was seen.
    async fn look(
        &mut self,
        watched: &Watched,
        link: &mut Link,
        look: &Look<'_>,
        report: &mut CycleReport,
    ) -> Result<bool, CycleError> {
        if look.dienst.stop.is_cancelled() {
            return Err(CycleError::Stopped);
        }
        let last = self.looks.remove(&watched.folder).map(|(_, last)| last);
        let before = link.session.commands();
        let looked = look.at(watched, last, link, report).await;
        self.allowance.spend(link.session.commands() - before);
        match looked? {
            Looked::Whole(last) => {
                self.looks.insert(watched.folder.clone(), (watched.ort.clone(), last));
                Ok(true)
            }
            Looked::Partly => Ok(false),
        }
    }

    /// Says once what a round could not see: as long as it cannot, mail may lie there that is found nowhere else.
    fn tell_unseen(&mut self, look: &Look<'_>, round: &Round) {
        for agentur in round.unseen.difference(&self.unseen) {
            warn!(mailbox = %look.config.name, agentur, "a watched folder cannot be seen, or not all of it; what is gone from this mailbox counts as such only after a day. Check its rights with postweiche doctor");
        }
        self.unseen.clone_from(&round.unseen);
    }

    /// Begins a round: the folders in the order in which they are looked at, those that changed last first.
    async fn begin(&mut self, link: &mut Link, look: &Look<'_>) -> Result<Round, CycleError> {
        link.refresh_folders().await?;
        let mut folders = self.sort_out(link, look);
        let at = Timestamp::now();
        let mut names: HashSet<FolderName> = folders.iter().map(|watched| watched.folder.clone()).collect();
        self.looks.retain(|folder, _| names.contains(folder));
        names.insert(FolderName::inbox());
        let listed: HashSet<FolderName> = link.folders.selectable.iter().cloned().collect();
        for unwatched in look.dienst.ledger.watch(&look.config.name, names, listed, at).await? {
            let Unbeobachtet { folder, vorgaenge: count, vorhanden } = unwatched;
            if vorhanden {
                warn!(mailbox = %look.config.name, folder = %folder, count, "a folder is watched no longer, because no Agentur or name of the configuration means it; what lies in it keeps its state");
            } else {
                warn!(mailbox = %look.config.name, folder = %folder, count, "a watched folder is no longer there; what lay in it and is not found elsewhere keeps its state for a week. Name it as before, or add its new name under [kennzeichen]");
            }
        }
        let changed = |watched: &Watched| self.looks.get(&watched.folder).and_then(|(_, last)| last.changed);
        folders.sort_by_key(|watched| Reverse(changed(watched)));
        Ok(Round {
            begun: at,
            folders: folders.len(),
            waiting: folders.into(),
            unseen: BTreeSet::new(),
            commands: 0,
            took: Duration::ZERO,
        })
    }

    /// The folders to be watched, by what the server lists. Those called like no mark are reported once.
    fn sort_out(&mut self, link: &Link, look: &Look<'_>) -> Vec<Watched> {
        let separator = link.folders.separator;
        let agenturen: HashMap<FolderName, String> = look
            .rules
            .stammdaten()
            .agenturen()
            .iter()
            .filter_map(|agentur| {
                Some((target_folder(&look.config.folder_for(agentur), separator)?, agentur.slug.clone()))
            })
            .collect();
        let pruefordner = look.config.pruefordner.iter();
        let sc_ordner: Vec<FolderName> =
            look.wahl.sc_ordner.iter().chain(pruefordner).filter_map(|path| target_folder(path, separator)).collect();
        let watch = watch(&link.folders.selectable, separator, &agenturen, &sc_ordner, &look.wahl.namen);
        for (folder, agentur) in watch.unknown {
            if !self.reported.insert(folder) {
                continue;
            }
            match agentur {
                Some(agentur) => {
                    warn!(mailbox = %look.config.name, agentur, "a folder below that of this Agentur is called like no mark; what lies in it is not seen. Name it under [kennzeichen], or rename it");
                }
                None => {
                    warn!(mailbox = %look.config.name, "a folder below one of the Service Center is not named; what lies in it is not seen. Add it to sc_ordner under [kennzeichen]");
                }
            }
        }
        watch.folders
    }
}

impl Round {
    /// Notes whether all of a folder was seen.
    fn note(&mut self, look: &Look<'_>, watched: &Watched, seen: bool) {
        if !seen {
            self.unseen.insert(watched.ort.agentur().unwrap_or(&look.config.name).to_owned());
        }
    }

    /// Adds what a cycle has done of it.
    fn spent(&mut self, commands: u64, started: Instant) {
        self.commands += commands;
        self.took += started.elapsed();
    }
}
