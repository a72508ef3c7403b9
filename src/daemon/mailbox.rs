//! What a worker knows of its mailbox from one cycle to the next.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::account::Account;
use super::dienst::Dienst;
use super::error::CycleError;
use super::judge::{Standort, zone};
use super::link::{Link, endpoint};
use super::observe::Observation;
use super::pace::answer;
use super::passwords::Answer;
use super::strangers::Strangers;
use crate::config::Postfach;
use crate::domain::id::{Uid, UidValidity};
use crate::domain::vorgang::VorgangId;
use crate::imap::connect::Endpoint;
use crate::imap::folder::Opened;
use crate::plan::triage::Zurueckhaltung;

/// How long an unchanged INBOX may go without a listing: a flag may have been taken back meanwhile.
const LISTING_FRESH: Duration = Duration::from_secs(600);

/// A mailbox as its worker knows it from one cycle to the next.
pub struct Mailbox {
    pub config: Arc<Postfach>,
    pub standort: Arc<Standort>,
    endpoint: Option<Endpoint>,
    /// What it logs in with.
    account: Arc<Account>,
    /// The password of the account was refused for the first time, and it was here; until somebody was told.
    pub(super) alarm: bool,
    pub link: Option<Link>,
    /// Move one message at a time, because an answer proved too little; until a cycle was clean.
    pub careful: bool,
    /// Whose move was the only one under way when a connection was lost; until a cycle was clean. They come last, so that
    /// a message over which the server breaks off does not keep the others from being moved.
    pub(super) troublesome: HashSet<VorgangId>,
    /// Messages set aside that were reported.
    pub(super) set_aside: HashSet<(UidValidity, Uid)>,
    /// Messages set aside over which the connection broke when they were to be moved: not asked for again.
    pub(super) untouchable: HashSet<(UidValidity, Uid)>,
    /// Messages that are not read and were identified all the same.
    pub(super) strangers: Strangers,
    /// What is known of the watched folders.
    pub(super) observation: Observation,
    /// What SELECT said when a listing left nothing to do, and when that was.
    pub(super) settled: Option<(Opened, Instant)>,
    zone: TimeZone,
}

impl Mailbox {
    /// A mailbox that is not connected yet.
    pub fn new(config: Arc<Postfach>, account: Arc<Account>, dienst: &Dienst) -> Self {
        let standort =
            Arc::new(Standort { region: config.name.clone(), address: config.address.clone(), profil: config.profil });
        Mailbox {
            config,
            standort,
            endpoint: None,
            account,
            alarm: false,
            link: None,
            careful: false,
            troublesome: HashSet::new(),
            set_aside: HashSet::new(),
            untouchable: HashSet::new(),
            strangers: Strangers::default(),
            observation: Observation::new(dienst.config.beobachtung_befehle),
            settled: None,
            zone: zone(),
        }
    }

    /// Takes the connection for a cycle, making one if there is none.
    pub(super) async fn take_link(&mut self, dienst: &Dienst) -> Result<Link, CycleError> {
        if let Some(link) = self.link.take() {
            return Ok(link);
        }
        self.settled = None;
        if self.endpoint.is_none() {
            self.endpoint = Some(endpoint(&self.config)?);
        }
        let endpoint = self.endpoint.as_ref().expect("it was made just now");
        let log_in = async {
            let turn = self.account.turn().await.map_err(|wait| CycleError::Spared { wait })?;
            let opened = Link::open(endpoint, &self.config, &dienst.config).await;
            let answer = opened.as_ref().map_or_else(answer, |_| Answer::Accepted);
            self.alarm |= turn.end(answer, Instant::now());
            opened
        };
        tokio::select! {
            biased;
            // Nothing is under way yet.
            () = dienst.stop.cancelled() => Err(CycleError::Stopped),
            opened = log_in => opened,
        }
    }

    /// Whether nothing can have changed since a listing that left nothing to do. Servers that say no UIDNEXT never
    /// are unchanged.
    pub(super) fn is_settled(&self, inbox: &Opened) -> bool {
        self.settled
            .as_ref()
            .is_some_and(|(then, when)| inbox.uidnext.is_some() && then == inbox && when.elapsed() < LISTING_FRESH)
    }

    pub(super) fn zurueckhaltung(&self, now: Timestamp) -> Zurueckhaltung {
        let start = self.config.start_datum.and_then(|day| day.to_zoned(self.zone.clone()).ok());
        Zurueckhaltung { now, start: start.map(|start| start.timestamp()), karenz: self.config.karenz }
    }
}
