//! Reading messages, without marking them read and never more of them in memory than one reply and what the receiver
//! takes.

use std::collections::{BTreeSet, HashSet, VecDeque};

use jiff::Timestamp;

use super::command::{Command, UidSet, Verb};
use super::error::{ImapError, Refusal, RefusalClass};
use super::exchange::{Event, Exchange, Session};
use super::folder::Opened;
use super::reply::{FetchItem, Tagged, Untagged};
use super::windows::Windows;
use crate::domain::id::Uid;
use crate::domain::listed::Flags;

/// How much of a message is read. Header, text and the beginning of what follows fit; attachments are of no use here.
pub const FETCH_LIMIT: u32 = 65_536;

/// Most messages in one UID FETCH, so that its deadline stays meaningful.
const WINDOW_MESSAGES: usize = 100;

/// UID FETCH commands under way at once: the server prepares the next window while this one is read.
const WINDOWS_AHEAD: usize = 2;

/// Messages identified with one command: a few hundred bytes each.
const IDENTIFY_MESSAGES: usize = 2_000;

/// Longest list of UIDs in one command; Exchange refuses commands above 10 KB.
pub(super) const MOST_SET_BYTES: usize = 8_000;

/// A message as read.
#[derive(Debug)]
pub struct Fetched {
    pub uid: Uid,
    /// The first [`FETCH_LIMIT`] bytes, or all of it.
    pub raw: Vec<u8>,
    /// Whether `raw` is the whole message.
    pub complete: bool,
    /// The flags it has now, if the server said so.
    pub flags: Option<Flags>,
}

/// A running fetch: ask it for one message after the other until it has no more.
pub struct Fetch<'s> {
    exchange: Exchange<'s>,
    waiting: VecDeque<UidSet>,
    /// Commands that have not ended, oldest first, by their number.
    under_way: VecDeque<(usize, UidSet)>,
    sent: usize,
    wanted: BTreeSet<Uid>,
    /// What did not come though its command ended with OK.
    withheld: Vec<Uid>,
    /// The first message that did not come of the command that was refused.
    refused: Option<Uid>,
    refusal: Option<Refusal>,
}

impl<'s> Fetch<'s> {
    /// Prepares to read these messages of the selected folder.
    pub fn new(session: &'s mut Session, uids: &[Uid]) -> Result<Self, ImapError> {
        Ok(Fetch {
            exchange: session.exchange(Verb::Fetch)?,
            waiting: UidSet::pack(uids, WINDOW_MESSAGES, MOST_SET_BYTES).into(),
            under_way: VecDeque::new(),
            sent: 0,
            wanted: uids.iter().copied().collect(),
            withheld: Vec::new(),
            refused: None,
            refusal: None,
        })
    }

    /// The next message. `None`: all commands have ended.
    ///
    /// A message that was not asked for, or is answered twice or without data, is passed over.
    ///
    /// # Errors
    /// A tagged refusal is reported after the other windows were read.
    pub async fn next(&mut self) -> Result<Option<Fetched>, ImapError> {
        loop {
            while self.exchange.open() < WINDOWS_AHEAD
                && let Some(uids) = self.waiting.pop_front()
            {
                self.exchange.send(&Command::fetch(&uids, FETCH_LIMIT)).await?;
                self.under_way.push_back((self.sent, uids));
                self.sent += 1;
            }
            let event = match self.exchange.next().await {
                // A server that hangs up behind a refusal has said why.
                Err(_) if self.refusal.is_some() => None,
                event => event?,
            };
            match event {
                None => {
                    let refused = |refusal| ImapError::Refused { verb: Verb::Fetch, refusal };
                    return self.refusal.take().map_or(Ok(None), |refusal| Err(refused(refusal)));
                }
                Some(Event::Untagged(Untagged::Message(FetchItem {
                    uid: Some(uid), body: Some(raw), flags, ..
                }))) if self.wanted.remove(&uid) => {
                    // RFC822.SIZE may be an estimate: only the length of what came tells.
                    let complete = raw.len() < FETCH_LIMIT as usize;
                    return Ok(Some(Fetched { uid, raw, complete, flags }));
                }
                Some(Event::Untagged(_)) => {}
                // That somebody took a message meanwhile is no trouble: it is missing, and the listing after this lacks it.
                Some(Event::Done { number, tagged }) => {
                    self.end(number, &tagged);
                    let refusal = tagged.refusal.filter(|refusal| refusal.class != RefusalClass::AlreadyGone);
                    self.refusal = self.refusal.or(refusal);
                    if self.refusal.is_some() {
                        // A server that refuses one window is not asked for the next: it counts refusals.
                        self.waiting.clear();
                    }
                }
            }
        }
    }

    fn end(&mut self, number: usize, tagged: &Tagged) {
        let Some(position) = self.under_way.iter().position(|(open, _)| *open == number) else { return };
        let Some((_, uids)) = self.under_way.remove(position) else { return };
        let mut missing = uids.uids().iter().copied().filter(|uid| self.wanted.contains(uid));
        match tagged.refusal {
            None => self.withheld.extend(missing),
            Some(refusal) if refusal.class != RefusalClass::AlreadyGone && self.refusal.is_none() => {
                self.refused = missing.next();
            }
            Some(_) => {}
        }
    }

    /// The messages that were to be read and have not come, ascending: gone meanwhile, or the server cannot show them.
    pub fn missing(&self) -> Vec<Uid> {
        self.wanted.iter().copied().collect()
    }

    /// Those of them that the server said OK about.
    pub fn withheld(&self) -> &[Uid] {
        &self.withheld
    }

    /// After an error: the message that the server was about to send, or stumbled over, if there is one. Servers answer in
    /// the order of the UIDs.
    pub fn stumbling_block(&self) -> Option<Uid> {
        let mut open = self.under_way.iter().flat_map(|(_, uids)| uids.uids()).copied();
        self.refused.or_else(|| open.find(|uid| self.wanted.contains(uid)))
    }
}

/// What identifies one message: its place, date and identity fields.
#[derive(Debug)]
pub struct Identified {
    pub uid: Uid,
    pub internal_date: Timestamp,
    /// RFC822.SIZE; 0 if the server did not say.
    pub size: u32,
    /// The header fields that identify it, raw.
    pub fields: Vec<u8>,
}

/// Which of these UIDs the opened folder has. A message counts as gone only if two answers lack it: one may leave a line
/// out, and what is taken for gone may be given up.
pub async fn present(session: &mut Session, uids: &[Uid]) -> Result<HashSet<Uid>, ImapError> {
    let mut found = answering(session, uids).await?;
    let silent: Vec<Uid> = uids.iter().copied().filter(|uid| !found.contains(uid)).collect();
    if !silent.is_empty() {
        found.extend(answering(session, &silent).await?);
    }
    Ok(found)
}

async fn answering(session: &mut Session, uids: &[Uid]) -> Result<HashSet<Uid>, ImapError> {
    let mut found = HashSet::new();
    for set in UidSet::pack(uids, IDENTIFY_MESSAGES, MOST_SET_BYTES) {
        session
            .exec(&Command::flags(&set), |untagged| {
                if let Untagged::Message(FetchItem { uid: Some(uid), .. }) = untagged
                    && set.uids().binary_search(&uid).is_ok()
                {
                    found.insert(uid);
                }
            })
            .await?;
    }
    Ok(found)
}

/// How many of these messages of the opened folder have a `Keywords:` field with something in it.
pub async fn count_keywords(session: &mut Session, uids: &[Uid]) -> Result<usize, ImapError> {
    let mut found = HashSet::new();
    for set in UidSet::pack(uids, WINDOW_MESSAGES, MOST_SET_BYTES) {
        session
            .exec(&Command::keywords_field(&set), |untagged| {
                if let Untagged::Message(FetchItem { uid: Some(uid), body: Some(field), .. }) = untagged
                    && field
                        .to_ascii_lowercase()
                        .strip_prefix(b"keywords:")
                        .is_some_and(|value| !value.trim_ascii().is_empty())
                {
                    found.insert(uid);
                }
            })
            .await?;
    }
    Ok(found.len())
}

/// Asks for the identity of these messages of the opened folder and gives each to `each`.
pub async fn identify(session: &mut Session, uids: &[Uid], mut each: impl FnMut(Identified)) -> Result<(), ImapError> {
    for set in UidSet::pack(uids, IDENTIFY_MESSAGES, MOST_SET_BYTES) {
        run_identify(session, &Command::identify(&set), |uid| set.uids().binary_search(&uid).is_ok(), &mut each)
            .await?;
    }
    Ok(())
}

/// The same for all messages of the opened folder from this UID on, window by window.
pub async fn identify_from(
    session: &mut Session,
    opened: &Opened,
    first: Uid,
    mut each: impl FnMut(Identified),
) -> Result<(), ImapError> {
    if opened.exists == 0 {
        return Ok(());
    }
    let mut windows = Windows::new(first, opened, IDENTIFY_MESSAGES as u32);
    while let Some(window) = windows.next() {
        let mut count = 0;
        let wanted = |uid| uid >= window.first && window.last.is_none_or(|last| uid <= last);
        let command = Command::identify_range(window.first, window.last);
        run_identify(session, &command, wanted, &mut |identified| {
            count += 1;
            each(identified);
        })
        .await?;
        windows.found(count);
    }
    Ok(())
}

async fn run_identify(
    session: &mut Session,
    command: &Command,
    wanted: impl Fn(Uid) -> bool,
    each: &mut impl FnMut(Identified),
) -> Result<(), ImapError> {
    session
        .exec(command, |untagged| {
            if let Untagged::Message(FetchItem {
                uid: Some(uid),
                internal_date: Some(internal_date),
                body: Some(fields),
                size,
                ..
            }) = untagged
                && wanted(uid)
            {
                each(Identified { uid, internal_date, size: size.unwrap_or(0), fields });
            }
        })
        .await?;
    Ok(())
}
