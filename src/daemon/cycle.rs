//! One pass over one mailbox.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use tracing::warn;

use super::caution::{Caution, Suspect, caution};
use super::dienst::Dienst;
use super::error::CycleError;
use super::judge::Standort;
use super::link::Link;
use super::mailbox::Mailbox;
use super::observe::{Extent, observe};
use super::rebuild::rebuild;
use super::recovery::Offen;
use super::report::CycleReport;
use super::strangers::recognise_strangers;
use super::{handover, reading, recovery, set_aside};
use crate::config::Postfach;
use crate::domain::id::{FolderName, Uid, UidValidity};
use crate::domain::versuch::ZURUECKGESTELLT;
use crate::domain::vorgang::{Verlustlage, VorgangId};
use crate::imap::fetch::identify;
use crate::imap::folder::{self, Opened};
use crate::imap::listing::{self, Listing};
use crate::plan::moves::Candidate;
use crate::plan::triage::{ToRead, Triage, Waiting, Zurueckhaltung, triage};
use crate::rules::RuleSet;

/// Decisions that are carried out before more mail is read, so that the memory for plans stays bounded.
const ROUND: usize = 4_000;

/// The finest step of an INTERNALDATE.
const TICK: SignedDuration = SignedDuration::from_secs(1);

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
    /// UIDs whose messages may have been moved, and nobody knows.
    pub in_doubt: HashSet<Uid>,
    /// Move one message at a time.
    pub careful: bool,
    /// What is to be moved last.
    pub troublesome: &'a HashSet<VorgangId>,
    /// What a loss of the ledger means here.
    pub verlust: Option<Verlustlage>,
    /// Mail that arrived up to then may be some that the ledger has forgotten.
    pub vergessen_bis: Option<Timestamp>,
    /// The ledger was rebuilt in this pass: the first look after that moves nothing.
    pub only_looks: bool,
}

impl Pass<'_> {
    /// Whether a message that is new to the ledger may have been sorted before, by the program or by a person: then it is
    /// left for a person.
    pub fn may_have_been_sorted(&self, eingang: Timestamp) -> bool {
        let lost = self.verlust.is_some_and(|verlust| verlust.may_have_been_sorted(eingang));
        lost || self.vergessen_bis.is_some_and(|arrival| eingang < arrival)
    }
}

/// One pass: connect, settle what is open, list, compare, read and decide what is new, plan, move, record, observe.
///
/// What was done stands in `report`, also when the pass ends early. After an error that leaves the stream in doubt the
/// connection is gone; the next pass makes a new one and finds out what became of the open operations.
pub async fn cycle(
    mailbox: &mut Mailbox,
    dienst: &Dienst,
    extent: Extent,
    report: &mut CycleReport,
) -> Result<(), CycleError> {
    let mut link = mailbox.take_link(dienst).await?;
    let writes_before = link.session.write_commands();
    let vergessen_bis = dienst.ledger.forgotten_until(&mailbox.config.name).await?;
    // INTERNALDATE has no fractions of a second.
    let vergessen_bis = vergessen_bis.map(|arrival| arrival.saturating_add(TICK).unwrap_or(arrival));
    let mut result = serve_inbox(mailbox, &mut link, dienst, vergessen_bis, report).await;
    if result.is_ok() {
        // In a watched folder, mail that is so old that it may have been forgotten is counted no second time.
        let start = mailbox.zurueckhaltung(Timestamp::now()).start.max(vergessen_bis);
        let (observation, config) = (&mut mailbox.observation, &mailbox.config);
        result = observe(observation, &mut link, dienst, config, start, extent, report).await;
    }
    report.write_commands += link.session.write_commands() - writes_before;
    let keep = result.as_ref().map_or_else(CycleError::keeps_connection, |()| true);
    if keep && link.session.is_clean() {
        mailbox.link = Some(link);
    }
    result
}

/// All steps but the last: what lies in INBOX.
async fn serve_inbox(
    mailbox: &mut Mailbox,
    link: &mut Link,
    dienst: &Dienst,
    vergessen_bis: Option<Timestamp>,
    report: &mut CycleReport,
) -> Result<(), CycleError> {
    let config = Arc::clone(&mailbox.config);
    let still_open = settle_open(mailbox, link, dienst, report).await?;
    let inbox = open_inbox(link, &config).await?;
    if mailbox.is_settled(&inbox) {
        return Ok(());
    }
    mailbox.settled = None;
    let listing = list(link, &config, &inbox, report).await?;
    let rules = dienst.rules();
    let zurueckhaltung = mailbox.zurueckhaltung(Timestamp::now());
    let mut triage = compare(dienst, &config, &rules, &inbox, &listing, &zurueckhaltung, report).await?;
    // Of these nobody knows where they are: that INBOX does not list them says nothing.
    let in_doubt: HashSet<Uid> = still_open
        .iter()
        .filter(|open| open.source.uidvalidity == inbox.uidvalidity)
        .map(|open| open.source.uid)
        .collect();
    triage.gone.retain(|uid| !in_doubt.contains(uid));
    let verlust = dienst.ledger.verlustlage(&config.name).await?;
    let only_looks = config.betriebsart.decides() && verlust.is_some_and(|verlust| !verlust.wiederaufgebaut);
    if only_looks {
        // What has left INBOX may be found in the folders.
        note_gone(dienst, &config, &inbox, &triage.gone).await?;
        rebuild(link, dienst, &config, &rules).await?;
        if open_inbox(link, &config).await?.uidvalidity != inbox.uidvalidity {
            return Err(CycleError::InboxChanged);
        }
    }
    let hand_over = recheck(link, dienst, &config, &mut triage).await?;
    let told = &mut mailbox.set_aside;
    let caution = caution(dienst, &config.name, inbox.uidvalidity, &listing, triage.read, told).await?;
    let pass = Pass {
        config: &config,
        standort: &mailbox.standort,
        dienst,
        rules,
        inbox,
        zurueckhaltung,
        just_gone: triage.gone.iter().copied().collect(),
        in_doubt,
        careful: mailbox.careful,
        troublesome: &mailbox.troublesome,
        verlust,
        vergessen_bis,
        only_looks,
    };
    let proved = serve(&pass, link, caution, hand_over, &mut mailbox.untouchable, report).await?;
    // After all others: over what nobody has asked for before, the server may break off.
    recognise_strangers(&pass, link, &triage.strangers, &mut mailbox.strangers).await?;
    // Only now, when it is known which of them came back under another number.
    note_gone(dienst, &config, &inbox, &triage.gone).await?;
    mailbox.careful = link.session.capabilities().uidplus && !proved;
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

/// Finds out what became of moves whose end nobody saw, and how careful that makes the next ones. Gives those of which it
/// cannot be told now.
async fn settle_open(
    mailbox: &mut Mailbox,
    link: &mut Link,
    dienst: &Dienst,
    report: &mut CycleReport,
) -> Result<Vec<Offen>, CycleError> {
    let settled = recovery::settle_open(link, dienst, &mailbox.config, None, report).await?;
    // An answer that proved nothing, or never came: one message at a time shows which one is at fault. Without UIDPLUS no
    // answer ever proves anything, and sets are as good as single messages. What has left and lies behind a closed folder
    // is no reason.
    mailbox.careful |= link.session.capabilities().uidplus && !settled.outcomes.is_empty();
    if let [alone] = settled.not_moved[..] {
        mailbox.troublesome.insert(alone);
    }
    Ok(settled.still_open)
}

/// Compares the listing with the ledger.
async fn compare(
    dienst: &Dienst,
    config: &Postfach,
    rules: &RuleSet,
    inbox: &Opened,
    listing: &Listing,
    zurueckhaltung: &Zurueckhaltung,
    report: &mut CycleReport,
) -> Result<Triage, CycleError> {
    let known = dienst.ledger.known(&config.name, &FolderName::inbox(), inbox.uidvalidity, rules.version()).await?;
    let mut triage = triage(&listing.messages, &known, zurueckhaltung);
    if listing.missing > 0 {
        // What such a listing lacks may well be there.
        triage.gone.clear();
    }
    if !config.betriebsart.decides() {
        triage = triage.undecided();
    }
    for (word, count) in &triage.left {
        report.leave(word, *count);
    }
    Ok(triage)
}

/// Reads, decides and hands over. `true`: the server proved every move by its answer.
async fn serve(
    pass: &Pass<'_>,
    link: &mut Link,
    Caution { read, suspects, aside }: Caution,
    mut hand_over: Vec<Candidate>,
    untouchable: &mut HashSet<(UidValidity, Uid)>,
    report: &mut CycleReport,
) -> Result<bool, CycleError> {
    pass.dienst.progress.expect(read.len() + suspects.len() + hand_over.len());
    let mut proved = true;
    // Only now: a mailbox that waits for its server to answer keeps nobody waiting.
    let busy = pass.dienst.quiet.busy();
    let mut rounds = read.chunks(ROUND);
    loop {
        let round = rounds.next().unwrap_or_default();
        if round.is_empty() && hand_over.is_empty() {
            break;
        }
        let mut candidates = reading::read(pass, link, round, false, report).await?;
        candidates.append(&mut hand_over);
        proved &= handover::hand_over(pass, link, candidates, report).await?;
    }
    drop(busy);
    // Each alone, and what was decided before it is carried out before it: nobody waits for it or dies with it.
    let mut waited = false;
    for suspect in suspects {
        if suspect.allein && !std::mem::replace(&mut waited, true) {
            wait_for_quiet(pass).await?;
        }
        proved &= serve_suspect(pass, link, suspect, report).await?;
    }
    // Last: even the few fields that a move needs may be more than the server can give.
    proved &= set_aside::set_aside(pass, link, &aside, untouchable, report).await?;
    Ok(proved)
}

/// Waits until no mailbox is in the middle of mail that is under no suspicion.
async fn wait_for_quiet(pass: &Pass<'_>) -> Result<(), CycleError> {
    tokio::select! {
        () = pass.dienst.stop.cancelled() => Err(CycleError::Stopped),
        () = pass.dienst.quiet.wait() => Ok(()),
    }
}

/// The same for one message that failed before.
async fn serve_suspect(
    pass: &Pass<'_>,
    link: &mut Link,
    Suspect { message, allein }: Suspect,
    report: &mut CycleReport,
) -> Result<bool, CycleError> {
    match reading::read(pass, link, &[message], allein, report).await {
        Ok(candidates) => handover::hand_over(pass, link, candidates, report).await,
        // Refused is this one message and nothing else; the connection is as good as before.
        Err(error) if error.keeps_connection() && error.may_be_a_message() => {
            report.leave("nicht_abrufbar", 1);
            Ok(false)
        }
        Err(error) => Err(error),
    }
}

/// Notes what is known in INBOX and no longer listed.
async fn note_gone(dienst: &Dienst, config: &Postfach, inbox: &Opened, gone: &[Uid]) -> Result<(), CycleError> {
    if !gone.is_empty() {
        let folder = FolderName::inbox();
        dienst.ledger.gone(&config.name, &folder, inbox.uidvalidity, gone.to_vec(), Timestamp::now()).await?;
    }
    Ok(())
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
    if config.betriebsart.moves() && inbox.read_only {
        warn!(mailbox = %config.name, "INBOX is read-only: nothing can be moved; give the account full access");
    }
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
    triage: &mut Triage,
) -> Result<Vec<Candidate>, CycleError> {
    let waiting = std::mem::take(&mut triage.hand_over);
    if waiting.is_empty() || !config.betriebsart.moves() {
        return Ok(waiting.into_iter().map(|waiting| waiting.candidate).collect());
    }
    let uids: Vec<Uid> = waiting.iter().map(|waiting| waiting.candidate.uid).collect();
    let mut found = HashMap::new();
    let looked = identify(&mut link.session, &uids, |message| {
        found.insert(message.uid, recovery::fingerprint(dienst, &message));
    })
    .await;
    // What cannot be identified is read again, where a message that makes trouble is found out.
    recovery::unless_refused(looked)?;
    let mut hand_over = Vec::new();
    for Waiting { candidate, listed, fingerprint } in waiting {
        match found.get(&candidate.uid) {
            Some(found) if *found == fingerprint => hand_over.push(candidate),
            _ => triage.read.push(ToRead { listed, again: Some(candidate.vorgang) }),
        }
    }
    triage.read.sort_by_key(|message| message.listed.uid);
    Ok(hand_over)
}
