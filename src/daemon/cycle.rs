//! One pass over one mailbox.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use tracing::warn;

use super::dienst::Dienst;
use super::error::CycleError;
use super::judge::{Standort, zone};
use super::link::{Link, endpoint};
use super::report::CycleReport;
use super::{handover, reading, recovery};
use crate::config::Postfach;
use crate::domain::id::{FolderName, Uid};
use crate::imap::connect::Endpoint;
use crate::imap::folder::{self, Opened};
use crate::imap::listing;
use crate::plan::triage::{Zurueckhaltung, triage};
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
    /// What SELECT said when a listing left nothing to do, and when that was.
    settled: Option<(Opened, Instant)>,
    zone: TimeZone,
}

impl Mailbox {
    /// A mailbox that is not connected yet.
    pub fn new(config: Arc<Postfach>) -> Self {
        let standort =
            Arc::new(Standort { region: config.name.clone(), address: config.address.clone(), profil: config.profil });
        Mailbox { config, standort, endpoint: None, link: None, careful: false, settled: None, zone: zone() }
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
        Link::open(endpoint, &self.config, &dienst.config).await
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
    /// UIDs that the listing lacks and the ledger had.
    pub just_gone: HashSet<Uid>,
    /// Move one message at a time.
    pub careful: bool,
}

/// One pass: connect, settle what is open, list, compare, read and decide what is new, plan, move, record.
///
/// What was done stands in `report`, also when the pass ends early. After an error that leaves the stream in doubt the
/// connection is gone; the next pass makes a new one and finds out what became of the open operations.
pub async fn cycle(mailbox: &mut Mailbox, dienst: &Dienst, report: &mut CycleReport) -> Result<(), CycleError> {
    let mut link = mailbox.take_link(dienst).await?;
    let writes_before = link.session.write_commands();
    let result = work(mailbox, &mut link, dienst, report).await;
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
    report: &mut CycleReport,
) -> Result<(), CycleError> {
    let config = Arc::clone(&mailbox.config);
    let folder = FolderName::inbox();
    recovery::settle_open(link, dienst, &config, report).await?;
    let inbox = folder::select(&mut link.session, &folder).await?;
    if mailbox.is_settled(&inbox) {
        return Ok(());
    }
    mailbox.settled = None;
    let listed = listing::list(&mut link.session, &inbox).await?;
    // What was moved before, by an earlier pass of the same report or by recovery, is not in this listing any more.
    report.seen = listed.len() as u64 + report.moved;
    report.left.clear();
    if !config.betriebsart.decides() {
        report.leave("beobachtet", report.seen);
        mailbox.settled = Some((inbox, Instant::now()));
        return Ok(());
    }
    if config.betriebsart.moves() && inbox.read_only {
        warn!(mailbox = %config.name, "INBOX is read-only: nothing can be moved; give the account full access");
    }

    let rules = dienst.rules();
    let known = dienst.ledger.known(&config.name, &folder, inbox.uidvalidity, rules.version()).await?;
    let triage = triage(&listed, &known, &mailbox.zurueckhaltung(Timestamp::now()));
    drop((listed, known));
    if !triage.gone.is_empty() {
        dienst.ledger.gone(&config.name, &folder, inbox.uidvalidity, triage.gone.clone(), Timestamp::now()).await?;
    }
    for (word, count) in &triage.left {
        report.leave(word, *count);
    }
    dienst.progress.expect(triage.read.len() + triage.hand_over.len());

    let pass = Pass {
        config: &config,
        standort: &mailbox.standort,
        dienst,
        rules,
        inbox,
        just_gone: triage.gone.into_iter().collect(),
        careful: mailbox.careful,
    };
    let mut quiet = !triage.waiting;
    let mut proved = true;
    let mut hand_over = triage.hand_over;
    let mut rounds = triage.read.chunks(ROUND);
    loop {
        let round = rounds.next().unwrap_or_default();
        if round.is_empty() && hand_over.is_empty() {
            break;
        }
        let mut reading = reading::read(&pass, link, round, report).await?;
        reading.candidates.append(&mut hand_over);
        let all_proved = handover::hand_over(&pass, link, reading.candidates, report).await?;
        // A missing folder does not count: it is looked for again together with the next listing that is due.
        quiet &= reading.settled && all_proved;
        proved &= all_proved;
    }
    // Without UIDPLUS no answer ever proves anything, and sets are as good as single messages.
    mailbox.careful = !proved && link.session.capabilities().uidplus;
    if quiet {
        // What came in meanwhile, and only that, makes more messages than were listed and not moved.
        let inbox = folder::select(&mut link.session, &folder).await?;
        mailbox.settled = (u64::from(inbox.exists) + report.moved <= report.seen).then(|| (inbox, Instant::now()));
    }
    Ok(())
}
