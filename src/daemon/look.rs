//! One look into a watched folder: list, compare with the ledger, identify what is new, note it, and turn what was seen
//! twice into events.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tracing::{debug, info, warn};

use super::dienst::Dienst;
use super::error::CycleError;
use super::link::Link;
use super::recovery::unless_refused;
use super::report::CycleReport;
use crate::config::{Kennzeichenwahl, Postfach};
use crate::domain::id::Uid;
use crate::domain::kennzeichen::{Beobachtung, Leser};
use crate::domain::sichtung::{Faellig, Fortgang, Gezeigt, Neu, Sichtung};
use crate::imap::error::{ImapError, RefusalClass};
use crate::imap::fetch::{Identified, identify};
use crate::imap::folder::Opened;
use crate::imap::marks::{self, Shown};
use crate::parse::keywords::keywords_field;
use crate::plan::difference::Difference;
use crate::plan::lebenslauf::ereignisse;
use crate::plan::leser::{Merkmale, gezeigt};
use crate::plan::watch::Watched;
use crate::rules::RuleSet;

/// New messages that are identified and recorded together: what is in memory of a folder with very many.
const BATCH: usize = 1_000;

/// How long a folder that seems unchanged may go without being listed.
const LISTING_FRESH: Duration = Duration::from_secs(600);

/// What a folder was like when it was looked at last.
#[derive(Clone, Copy, Debug)]
pub struct LastLook {
    opened: Opened,
    /// HIGHESTMODSEQ (RFC 7162), where the server has it.
    modseq: Option<u64>,
    listed: Instant,
    /// When a look last found a change.
    pub changed: Option<Instant>,
}

/// What came of a look.
#[derive(Clone, Copy, Debug)]
pub enum Looked {
    /// All of it was seen.
    Whole(LastLook),
    /// It could not be opened, or some message in it not be identified: what is missing may be there.
    Partly,
}

/// What a look needs to know.
pub struct Look<'a> {
    pub config: &'a Postfach,
    pub wahl: &'a Kennzeichenwahl,
    pub dienst: &'a Dienst,
    pub rules: &'a Arc<RuleSet>,
    /// Mail that arrived before is Altbestand.
    pub start: Option<Timestamp>,
}

/// A look at one folder that is open.
struct Open<'a> {
    watched: &'a Watched,
    opened: Opened,
    /// It was never looked through before.
    erster_blick: bool,
    at: Timestamp,
}

impl Look<'_> {
    /// Looks into one folder.
    pub async fn at(
        &self,
        watched: &Watched,
        last: Option<LastLook>,
        link: &mut Link,
        report: &mut CycleReport,
    ) -> Result<Looked, CycleError> {
        let at = Timestamp::now();
        let (opened, modseq) = match marks::open(&mut link.session, &watched.folder).await {
            Ok(opened) => opened,
            Err(ImapError::Refused { refusal, .. }) if !refusal.concerns_account() => {
                if refusal.class == RefusalClass::NoSuchFolder {
                    // Renamed or removed since the folders were listed: the next round asks for the list again.
                    link.forget_folders();
                }
                debug!(mailbox = %self.config.name, reason = refusal.class.as_str(), "a watched folder cannot be opened");
                return Ok(Looked::Partly);
            }
            Err(error @ ImapError::Incomplete { .. }) => {
                warn!(mailbox = %self.config.name, error = %error, "a watched folder was opened and told too little of");
                return Ok(Looked::Partly);
            }
            Err(error) => return Err(error.into()),
        };
        let mut next = LastLook { opened, modseq, listed: Instant::now(), changed: last.and_then(|last| last.changed) };
        let (mut whole, mut listed) = (true, true);
        match last.filter(|last| self.is_unchanged(last, &opened, modseq)) {
            Some(last) => next.listed = last.listed,
            None => {
                let erster_blick = self.enter(watched, &opened, last, at).await?;
                let open = Open { watched, opened, erster_blick, at };
                let Some(compared) = self.compare(&open, link).await? else { return Ok(Looked::Partly) };
                whole = compared.whole;
                listed = compared.listed;
                if compared.changed {
                    next.changed = Some(Instant::now());
                }
            }
        }
        if listed {
            self.settle_due(watched, &opened, at, report).await?;
        }
        Ok(if whole { Looked::Whole(next) } else { Looked::Partly })
    }

    /// Whether a listing could show nothing new. Flags may have changed unseen where marks are read from them and the
    /// server has no HIGHESTMODSEQ.
    fn is_unchanged(&self, last: &LastLook, opened: &Opened, modseq: Option<u64>) -> bool {
        let flags = self.config.leser.is_empty() || (modseq.is_some() && modseq == last.modseq);
        opened.uidnext.is_some() && last.opened == *opened && flags && last.listed.elapsed() < LISTING_FRESH
    }

    /// Tells the ledger which UIDVALIDITY the folder has. `true`: it was never looked through before.
    async fn enter(
        &self,
        watched: &Watched,
        opened: &Opened,
        last: Option<LastLook>,
        at: Timestamp,
    ) -> Result<bool, CycleError> {
        if last.is_some_and(|last| last.opened.uidvalidity == opened.uidvalidity) {
            return Ok(false);
        }
        let Dienst { ledger, .. } = self.dienst;
        let folder = &watched.folder;
        let entered = ledger.enter_folder(&self.config.name, folder, opened.uidvalidity, at).await?;
        if entered.umnummeriert > 0 {
            warn!(mailbox = %self.config.name, folder = %folder, count = entered.umnummeriert, "a folder was renumbered; its messages are recognised by their fingerprints");
        }
        Ok(entered.erster_blick)
    }

    /// Compares the opened folder with the ledger and records the differences. `None`: the server refuses to list it.
    async fn compare(&self, open: &Open<'_>, link: &mut Link) -> Result<Option<Compared>, CycleError> {
        let Open { watched, opened, erster_blick, at } = open;
        let Dienst { ledger, .. } = self.dienst;
        let name = &self.config.name;
        let Some((shown, missing)) = self.list(opened, link).await? else { return Ok(None) };
        let known = ledger.watched(name, &watched.folder, opened.uidvalidity).await?;
        let mit_kopfzeile = self.config.leser.contains(&Leser::KeywordsKopfzeile);
        let mut difference = Difference::of(&shown, &known, mit_kopfzeile);
        drop((shown, known));
        if missing > 0 {
            // What such a listing lacks may well be there.
            difference.fort.clear();
        }
        let mut sichtung = Sichtung {
            folder: watched.folder.clone(),
            uidvalidity: opened.uidvalidity,
            agentur: watched.ort.agentur().map(str::to_owned),
            fort: difference.fort,
            neu: Vec::new(),
            merkmale: difference.merkmale,
            kopfzeilen: difference.kopfzeilen,
            mit_kopfzeile,
        };
        let changed = !sichtung.is_empty() || !difference.neu.is_empty();
        let mut whole = missing == 0;
        let mut batches = difference.neu.chunks(BATCH);
        loop {
            let batch = batches.next().unwrap_or_default();
            sichtung.neu = self.identify(open, link, batch).await?;
            whole &= sichtung.neu.len() == batch.len();
            if !sichtung.is_empty() {
                let next = Sichtung {
                    fort: Vec::new(),
                    neu: Vec::new(),
                    merkmale: Vec::new(),
                    kopfzeilen: Vec::new(),
                    ..sichtung.clone()
                };
                ledger.sighted(name, sichtung, self.rules.version(), self.config.betriebsart, *at).await?;
                sichtung = next;
            }
            if batch.is_empty() {
                break;
            }
        }
        if *erster_blick && whole {
            ledger.looked_through(name, &watched.folder, *at).await?;
        }
        Ok(Some(Compared { changed, whole, listed: missing == 0 }))
    }

    /// What every message of the folder shows, ascending by UID, and how many the server counts and did not show.
    /// `None`: the server refuses to list it.
    async fn list(&self, opened: &Opened, link: &mut Link) -> Result<Option<(Vec<(Uid, Gezeigt)>, u32)>, CycleError> {
        let header = self.config.leser.contains(&Leser::KeywordsKopfzeile);
        let mut shown: Vec<(Uid, Gezeigt)> = Vec::with_capacity(opened.exists as usize);
        let each = |message: Shown| shown.push((message.uid, self.gezeigt(&message)));
        let listed = unless_refused(marks::show(&mut link.session, opened, header, each).await)?;
        let Some(missing) = listed else { return Ok(None) };
        shown.sort_unstable_by_key(|&(uid, _)| uid);
        shown.dedup_by_key(|&mut (uid, _)| uid);
        Ok(Some((shown, missing)))
    }

    fn gezeigt(&self, Shown { flagged, keywords, header, .. }: &Shown) -> Gezeigt {
        let kopfzeile = keywords_field(header);
        let merkmale = Merkmale { flagged: *flagged, keywords, kopfzeile: &kopfzeile };
        gezeigt(&self.config.leser, &merkmale, &self.wahl.namen)
    }

    /// Identifies messages; what the server refuses to show is left out.
    async fn identify(
        &self,
        open: &Open<'_>,
        link: &mut Link,
        batch: &[(Uid, Gezeigt)],
    ) -> Result<Vec<Neu>, CycleError> {
        let mut neu = Vec::with_capacity(batch.len());
        let mut waiting = vec![batch];
        while let Some(part) = waiting.pop() {
            if self.dienst.stop.is_cancelled() {
                return Err(CycleError::Stopped);
            }
            if part.is_empty() {
                continue;
            }
            let uids: Vec<Uid> = part.iter().map(|&(uid, _)| uid).collect();
            let before = neu.len();
            let each = |message: Identified| {
                // Shown ascending, and `identify` gives only what was asked for.
                if let Ok(position) = part.binary_search_by_key(&message.uid, |&(uid, _)| uid) {
                    neu.push(self.new_message(open, &message, part[position].1));
                }
            };
            if unless_refused(identify(&mut link.session, &uids, each).await)?.is_none() {
                // One message is enough to have all refused: the halves tell which.
                neu.truncate(before);
                if part.len() > 1 {
                    let (first, second) = part.split_at(part.len() / 2);
                    waiting.extend([second, first]);
                }
            }
        }
        neu.sort_unstable_by_key(|message| message.uid);
        neu.dedup_by_key(|message| message.uid);
        Ok(neu)
    }

    fn new_message(&self, open: &Open<'_>, message: &Identified, gezeigt: Gezeigt) -> Neu {
        let marked = gezeigt.merkmal(None).is_some() || open.watched.ort.kennzeichen().is_some();
        Neu {
            uid: message.uid,
            fingerprint: self.dienst.key.fingerprint(&message.fields, message.internal_date),
            message_id: self.dienst.key.message_id(&message.fields),
            eingang: message.internal_date,
            size: message.size,
            gezeigt,
            altbestand: (open.erster_blick && marked) || self.start.is_some_and(|start| message.internal_date < start),
        }
    }

    /// Turns what this look has shown unchanged into events.
    async fn settle_due(
        &self,
        watched: &Watched,
        opened: &Opened,
        at: Timestamp,
        report: &mut CycleReport,
    ) -> Result<(), CycleError> {
        let Dienst { ledger, .. } = self.dienst;
        loop {
            let due = ledger.due(&self.config.name, &watched.folder, opened.uidvalidity, at).await?;
            if due.is_empty() {
                return Ok(());
            }
            self.settle(due, |faellig| Beobachtung::Gesehen(watched.ort.with_merkmal(faellig.merkmal)), report).await?;
        }
    }

    /// Turns what two whole rounds have found nowhere into events.
    pub async fn settle_gone(&self, report: &mut CycleReport) -> Result<(), CycleError> {
        loop {
            let gone = self.dienst.ledger.found_nowhere(&self.config.name).await?;
            if gone.is_empty() {
                return Ok(());
            }
            self.settle(gone, |_| Beobachtung::Fort, report).await?;
        }
    }

    /// Turns what was seen of these into events, in one transaction.
    async fn settle(
        &self,
        faellige: Vec<Faellig>,
        seen: impl Fn(&Faellig) -> Beobachtung,
        report: &mut CycleReport,
    ) -> Result<(), CycleError> {
        let implied = self.wahl.loeschen_impliziert_bearbeitet;
        let fortgang = |faellig: &Faellig| Fortgang {
            vorgang: faellig.vorgang,
            ereignisse: ereignisse(&faellig.stand, &seen(faellig), implied),
        };
        let fortgaenge: Vec<Fortgang> = faellige.iter().map(fortgang).collect();
        let mut counts: HashMap<&'static str, u64> = HashMap::new();
        for ereignis in fortgaenge.iter().flat_map(|fortgang| &fortgang.ereignisse) {
            *counts.entry(ereignis.art.as_str()).or_default() += 1;
        }
        report.observed += self.dienst.ledger.go_on(fortgaenge, Timestamp::now()).await?;
        for (art, count) in counts {
            info!(mailbox = %self.config.name, art, count, "observed");
        }
        Ok(())
    }
}

/// What a comparison came to.
#[derive(Clone, Copy, Debug)]
struct Compared {
    /// Something differed.
    changed: bool,
    /// Every message was seen and identified.
    whole: bool,
    /// Every message was seen.
    listed: bool,
}
