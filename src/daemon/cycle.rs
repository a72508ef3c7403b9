//! One pass over one mailbox.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use tracing::{error, warn};

use super::dienst::Dienst;
use super::error::CycleError;
use super::judge::{Standort, zone};
use super::link::{Link, endpoint};
use super::quiet::Busy;
use super::rebuild::rebuild;
use super::report::CycleReport;
use super::{handover, reading, recovery, set_aside};
use crate::config::Postfach;
use crate::domain::id::{FolderName, Uid, UidValidity};
use crate::domain::versuch::{Versuch, Vorsicht, ZURUECKGESTELLT};
use crate::domain::vorgang::{Verlustlage, VorgangId, Zweifel};
use crate::imap::connect::Endpoint;
use crate::imap::fetch::identify;
use crate::imap::folder::{self, Opened};
use crate::imap::listing::{self, Listing};
use crate::plan::moves::Candidate;
use crate::plan::triage::{ToRead, Triage, Waiting, Zurueckhaltung, triage};
use crate::rules::RuleSet;

/// Decisions that are carried out before more mail is read, so that the memory for plans stays bounded.
const ROUND: usize = 4_000;

/// How long an unchanged INBOX may go without a listing: a flag may have been taken back meanwhile.
const LISTING_FRESH: Duration = Duration::from_secs(600);

/// A mailbox as its worker knows it from one cycle to the next.
pub struct Mailbox {
    pub config: Arc<Postfach>,
    pub standort: Arc<Standort>,
    endpoint: Option<Endpoint>,
    pub link: Option<Link>,
    /// Move one message at a time, because an answer proved too little; until a cycle was clean.
    pub careful: bool,
    /// Whose move was the only one under way when a connection was lost; until a cycle was clean. They come last, so that
    /// a message over which the server breaks off does not keep the others from being moved.
    troublesome: HashSet<VorgangId>,
    /// Messages set aside that were reported.
    set_aside: HashSet<(UidValidity, Uid)>,
    /// What SELECT said when a listing left nothing to do, and when that was.
    settled: Option<(Opened, Instant)>,
    zone: TimeZone,
}

impl Mailbox {
    /// A mailbox that is not connected yet.
    pub fn new(config: Arc<Postfach>) -> Self {
        let standort =
            Arc::new(Standort { region: config.name.clone(), address: config.address.clone(), profil: config.profil });
        Mailbox {
            config,
            standort,
            endpoint: None,
            link: None,
            careful: false,
            troublesome: HashSet::new(),
            set_aside: HashSet::new(),
            settled: None,
            zone: zone(),
        }
    }

    /// Takes the connection for a cycle, making one if there is none.
    async fn take_link(&mut self, dienst: &Dienst) -> Result<Link, CycleError> {
        if let Some(link) = self.link.take() {
            return Ok(link);
        }
        self.settled = None;
        if self.endpoint.is_none() {
            self.endpoint = Some(endpoint(&self.config)?);
        }
        let endpoint = self.endpoint.as_ref().expect("it was made just now");
        tokio::select! {
            biased;
            // Nothing is under way yet.
            () = dienst.stop.cancelled() => Err(CycleError::Stopped),
            link = Link::open(endpoint, &self.config, &dienst.config) => link,
        }
    }

    /// Whether nothing can have changed since a listing that left nothing to do. Servers that say no UIDNEXT never
    /// are unchanged.
    fn is_settled(&self, inbox: &Opened) -> bool {
        self.settled
            .as_ref()
            .is_some_and(|(then, when)| inbox.uidnext.is_some() && then == inbox && when.elapsed() < LISTING_FRESH)
    }

    fn zurueckhaltung(&self, now: Timestamp) -> Zurueckhaltung {
        let start = self.config.start_datum.and_then(|day| day.to_zoned(self.zone.clone()).ok());
        Zurueckhaltung { now, start: start.map(|start| start.timestamp()), karenz: self.config.karenz }
    }
}

/// What one pass works with, unchanged from its listing to its end.
pub struct Pass<'a> {
    pub config: &'a Postfach,
    pub standort: &'a Arc<Standort>,
    pub dienst: &'a Dienst,
    pub rules: Arc<RuleSet>,
    pub inbox: Opened,
    pub zurueckhaltung: Zurueckhaltung,
    /// UIDs that the listing lacks and the ledger had.
    pub just_gone: HashSet<Uid>,
    /// Move one message at a time.
    pub careful: bool,
    /// What is to be moved last.
    pub troublesome: &'a HashSet<VorgangId>,
    /// What a loss of the ledger means here.
    pub verlust: Option<Verlustlage>,
    /// The ledger was rebuilt in this pass: the first look after that moves nothing.
    pub only_looks: bool,
}

/// One pass: connect, settle what is open, list, compare, read and decide what is new, plan, move, record.
///
/// What was done stands in `report`, also when the pass ends early. After an error that leaves the stream in doubt the
/// connection is gone; the next pass makes a new one and finds out what became of the open operations.
pub async fn cycle(mailbox: &mut Mailbox, dienst: &Dienst, report: &mut CycleReport) -> Result<(), CycleError> {
    let busy = dienst.quiet.busy();
    let mut link = mailbox.take_link(dienst).await?;
    let writes_before = link.session.write_commands();
    let result = work(mailbox, &mut link, dienst, busy, report).await;
    report.write_commands += link.session.write_commands() - writes_before;
    let keep = result.as_ref().map_or_else(CycleError::keeps_connection, |()| true);
    if keep && link.session.is_clean() {
        mailbox.link = Some(link);
    }
    result
}

async fn work(
    mailbox: &mut Mailbox,
    link: &mut Link,
    dienst: &Dienst,
    busy: Busy,
    report: &mut CycleReport,
) -> Result<(), CycleError> {
    let config = Arc::clone(&mailbox.config);
    let uidplus = link.session.capabilities().uidplus;
    let settled = recovery::settle_open(link, dienst, &config, Zweifel::Unterbrochen, report).await?;
    // An answer that proved nothing, or never came: one message at a time shows which one is at fault. Without UIDPLUS no
    // answer ever proves anything, and sets are as good as single messages. What has left and lies behind a closed folder
    // is no reason.
    mailbox.careful |= uidplus && !settled.outcomes.is_empty();
    if let [alone] = settled.not_moved[..] {
        mailbox.troublesome.insert(alone);
    }
    let inbox = open_inbox(link, &config).await?;
    if mailbox.is_settled(&inbox) {
        return Ok(());
    }
    mailbox.settled = None;
    let listing = list(link, &config, &inbox, report).await?;
    if !config.betriebsart.decides() {
        report.leave("beobachtet", listing.messages.len() as u64);
        mailbox.settled = Some((inbox, Instant::now()));
        return Ok(());
    }
    if config.betriebsart.moves() && inbox.read_only {
        warn!(mailbox = %config.name, "INBOX is read-only: nothing can be moved; give the account full access");
    }

    let rules = dienst.rules();
    let known = dienst.ledger.known(&config.name, &FolderName::inbox(), inbox.uidvalidity, rules.version()).await?;
    let zurueckhaltung = mailbox.zurueckhaltung(Timestamp::now());
    let mut triage = triage(&listing.messages, &known, &zurueckhaltung);
    drop(known);
    if listing.missing > 0 {
        // What such a listing lacks may well be there.
        triage.gone.clear();
    }
    for (word, count) in &triage.left {
        report.leave(word, *count);
    }
    let verlust = dienst.ledger.verlustlage(&config.name).await?;
    let only_looks = verlust.is_some_and(|verlust| !verlust.wiederaufgebaut);
    if only_looks {
        // What has left INBOX may be found in the folders.
        note_gone(dienst, &config, &inbox, &triage.gone).await?;
        rebuild(link, dienst, &config, &rules).await?;
        let again = open_inbox(link, &config).await?;
        if again.uidvalidity != inbox.uidvalidity {
            return Err(CycleError::InboxChanged);
        }
    }
    let waiting = std::mem::take(&mut triage.hand_over);
    let mut hand_over = recheck(link, dienst, &config, waiting, &mut triage.read).await?;
    let Caution { read, suspects, aside } = caution(mailbox, dienst, &inbox, &listing, &mut triage).await?;
    dienst.progress.expect(read.len() + suspects.len() + hand_over.len());

    let pass = Pass {
        config: &config,
        standort: &mailbox.standort,
        dienst,
        rules,
        inbox,
        zurueckhaltung,
        just_gone: triage.gone.iter().copied().collect(),
        careful: mailbox.careful,
        troublesome: &mailbox.troublesome,
        verlust,
        only_looks,
    };
    let mut proved = true;
    let mut rounds = read.chunks(ROUND);
    loop {
        let round = rounds.next().unwrap_or_default();
        if round.is_empty() && hand_over.is_empty() {
            break;
        }
        let mut candidates = reading::read(&pass, link, round, false, report).await?;
        candidates.append(&mut hand_over);
        proved &= handover::hand_over(&pass, link, candidates, report).await?;
    }
    // Each alone, and what was decided before it is carried out before it: nobody waits for it or dies with it.
    proved &= set_aside::set_aside(&pass, link, &aside, report).await?;
    drop(busy);
    for Suspect { message, allein } in suspects {
        if allein {
            tokio::select! {
                () = dienst.stop.cancelled() => return Err(CycleError::Stopped),
                () = dienst.quiet.wait() => {}
            }
        }
        let candidates = match reading::read(&pass, link, &[message], allein, report).await {
            // Refused is this one message and nothing else; the connection is as good as before.
            Err(error) if error.keeps_connection() && error.may_be_a_message() => {
                report.leave("nicht_abrufbar", 1);
                proved = false;
                continue;
            }
            read => read?,
        };
        proved &= handover::hand_over(&pass, link, candidates, report).await?;
    }
    // Only now, when it is known which of them came back under another number.
    note_gone(dienst, &config, &inbox, &triage.gone).await?;
    mailbox.careful = uidplus && !proved;
    mailbox.troublesome.clear();
    // A missing folder does not count: it is looked for again together with the next listing that is due.
    if proved && !triage.waiting && !only_looks && listing.missing == 0 {
        let now = open_inbox(link, &config).await?;
        // Our own moves take messages away; only an arrival changes UIDNEXT.
        let nothing_came = now.uidvalidity == inbox.uidvalidity && now.uidnext == inbox.uidnext;
        mailbox.settled = nothing_came.then(|| (now, Instant::now()));
    }
    Ok(())
}

/// Notes what is known in INBOX and no longer listed.
async fn note_gone(dienst: &Dienst, config: &Postfach, inbox: &Opened, gone: &[Uid]) -> Result<(), CycleError> {
    if !gone.is_empty() {
        let folder = FolderName::inbox();
        dienst.ledger.gone(&config.name, &folder, inbox.uidvalidity, gone.to_vec(), Timestamp::now()).await?;
    }
    Ok(())
}

/// What is to be read, and how carefully.
struct Caution {
    read: Vec<ToRead>,
    /// Failed before: to be read last, each alone, in this order.
    suspects: Vec<Suspect>,
    /// Failed too often: not to be read.
    aside: Vec<ToRead>,
}

/// A message that failed before.
struct Suspect {
    message: ToRead,
    /// It may end the process: nothing else may be read at the same time, of whatever mailbox.
    allein: bool,
}

/// Keeps messages that failed before apart, and sets aside those that failed too often.
async fn caution(
    mailbox: &mut Mailbox,
    dienst: &Dienst,
    inbox: &Opened,
    listing: &Listing,
    triage: &mut Triage,
) -> Result<Caution, CycleError> {
    let (name, folder) = (mailbox.config.name.as_str(), FolderName::inbox());
    let attempts = dienst.ledger.attempts(name, &folder, inbox.uidvalidity).await?;
    let mut caution = Caution { read: std::mem::take(&mut triage.read), suspects: Vec::new(), aside: Vec::new() };
    if attempts.is_empty() {
        return Ok(caution);
    }
    let held: HashMap<Uid, &Versuch> = attempts.iter().map(|versuch| (versuch.uid, versuch)).collect();
    let mut failed: Vec<ToRead> =
        caution.read.extract_if(.., |message| held.contains_key(&message.listed.uid)).collect();
    // Few failures first, and what may end the process or the connection after what may not.
    failed.sort_by_key(|message| {
        let versuch = held[&message.listed.uid];
        (versuch.abstuerze, versuch.fehler, message.listed.uid)
    });
    for message in failed {
        let uid = message.listed.uid;
        if held[&uid].vorsicht(Timestamp::now()) == Vorsicht::Zuletzt {
            caution.suspects.push(Suspect { message, allein: held[&uid].abstuerze > 0 });
            continue;
        }
        caution.aside.push(message);
        if mailbox.set_aside.insert((inbox.uidvalidity, uid)) {
            error!(mailbox = %name, uid = uid.0, "this mail could not be read several times; it is set aside unread. A person has to look at it");
        }
    }
    if listing.missing == 0 {
        let is_listed = |uid: &Uid| listing.messages.binary_search_by_key(uid, |message| message.uid).is_ok();
        let left: Vec<Uid> = attempts.iter().map(|versuch| versuch.uid).filter(|uid| !is_listed(uid)).collect();
        if !left.is_empty() {
            dienst.ledger.forget_attempts(name, &folder, inbox.uidvalidity, left).await?;
        }
    }
    Ok(caution)
}

/// Opens INBOX: for moving where the mode moves, else for looking only.
async fn open_inbox(link: &mut Link, config: &Postfach) -> Result<Opened, CycleError> {
    let inbox = FolderName::inbox();
    Ok(if config.betriebsart.moves() {
        folder::select(&mut link.session, &inbox).await?
    } else {
        folder::examine(&mut link.session, &inbox).await?
    })
}

/// Opens INBOX again after another folder was open.
///
/// # Errors
/// [`CycleError::InboxChanged`] if it is another INBOX now: what the pass knows by number would be about other messages.
pub(super) async fn reopen_inbox(pass: &Pass<'_>, link: &mut Link) -> Result<(), CycleError> {
    let now = open_inbox(link, pass.config).await?;
    let same = now.uidvalidity == pass.inbox.uidvalidity && now.read_only == pass.inbox.read_only;
    if same { Ok(()) } else { Err(CycleError::InboxChanged) }
}

/// Lists INBOX and begins to count.
async fn list(
    link: &mut Link,
    config: &Postfach,
    inbox: &Opened,
    report: &mut CycleReport,
) -> Result<Listing, CycleError> {
    let listing = listing::list(&mut link.session, inbox).await?;
    // What was moved before, by an earlier pass of the same report or by recovery, is not in this listing any more.
    report.seen = listing.messages.len() as u64 + u64::from(listing.missing) + report.moved;
    report.set_aside = report.set_aside.saturating_sub(report.left.get(ZURUECKGESTELLT).copied().unwrap_or(0));
    report.left.clear();
    if listing.missing > 0 {
        report.leave("nicht_abrufbar", u64::from(listing.missing));
        warn!(mailbox = %config.name, count = listing.missing, "the server counts messages that it does not list; they stay");
    }
    Ok(listing)
}

/// Makes sure that what is to be moved without having been read in this pass still is what was decided. What is not, or
/// does not show, is read again.
async fn recheck(
    link: &mut Link,
    dienst: &Dienst,
    config: &Postfach,
    waiting: Vec<Waiting>,
    read: &mut Vec<ToRead>,
) -> Result<Vec<Candidate>, CycleError> {
    if waiting.is_empty() || !config.betriebsart.moves() {
        return Ok(waiting.into_iter().map(|waiting| waiting.candidate).collect());
    }
    let uids: Vec<Uid> = waiting.iter().map(|waiting| waiting.candidate.uid).collect();
    let mut found = HashMap::new();
    identify(&mut link.session, &uids, |message| {
        found.insert(message.uid, recovery::fingerprint(dienst, &message));
    })
    .await?;
    let mut hand_over = Vec::new();
    for Waiting { candidate, listed, fingerprint } in waiting {
        match found.get(&candidate.uid) {
            Some(found) if *found == fingerprint => hand_over.push(candidate),
            _ => read.push(ToRead { listed, again: Some(candidate.vorgang) }),
        }
    }
    read.sort_by_key(|message| message.listed.uid);
    Ok(hand_over)
}
