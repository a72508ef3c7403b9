//! A simulated clerk: sorts, marks, deletes, files and renames in one mailbox, beside the daemon and two colleagues.

use std::time::{Duration, Instant};

use crate::diary::{Deed, Diary, What};
use crate::office::{ERLEDIGT, INBOX, MARKS, Mailbox, Office, is_away};
use crate::post::{Writer, deliver, saat};
use crate::rng::Rng;
use crate::support::imap_client::ImapClient;
use crate::support::wire::show;

/// Clerks of one mailbox. Each touches only mails whose seed falls to it, so that no two of them race for one mail and
/// every race is one with the daemon.
pub const CLERKS: u32 = 3;

/// How many mails at the end of a folder a clerk looks at.
const VIEW: u32 = 40;

const FLAGS: [&str; 4] = ["\\Seen", "\\Flagged", "\\Answered", "\\Deleted"];

pub struct Clerk<'o> {
    office: &'o Office,
    diary: &'o Diary,
    mailbox: usize,
    number: u32,
    rng: Rng,
    writer: Writer,
    client: ImapClient,
    pub operations: usize,
}

/// A mail as the clerk sees it.
#[derive(Debug)]
struct Seen {
    uid: u32,
    saat: u32,
    flags: String,
}

impl<'o> Clerk<'o> {
    pub fn new(office: &'o Office, diary: &'o Diary, mailbox: usize, number: u32, seed: u64) -> Clerk<'o> {
        let own = u32::try_from(mailbox).expect("few mailboxes") * CLERKS + number + 1;
        let seed = seed ^ (u64::from(own) << 32);
        // Seeds of its own, above all of the feeder and of its colleagues.
        let writer = Writer::new(Rng::new(!seed), own * 1_000_000);
        let client = office.dovecot.client(office.mailboxes[mailbox].region);
        Clerk { office, diary, mailbox, number, rng: Rng::new(seed), writer, client, operations: 0 }
    }

    /// Works until `end`, one operation after the other at this pace on average.
    pub fn work(&mut self, end: Instant, pace: Duration) {
        let mut due = Instant::now();
        while due < end {
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            let before = self.operations;
            self.operate(end);
            // Where there was nothing to do the clerk looks elsewhere at once.
            let idle = self.operations == before;
            let share = if idle { 0.1 } else { 0.5 + self.rng.below(100) as f64 / 100.0 };
            due = (due + pace.mul_f64(share)).max(Instant::now() - pace);
        }
    }

    fn operate(&mut self, end: Instant) {
        match self.rng.below(100) {
            0..3 => self.rename(end),
            3..13 => self.file(),
            _ => self.treat(),
        }
    }

    fn place(&self) -> &'o Mailbox {
        &self.office.mailboxes[self.mailbox]
    }

    /// Moves, marks or deletes some mail.
    fn treat(&mut self) {
        let away = self.place().away.read().expect("no clerk panics");
        let folder = self.some_folder();
        if is_away(&away, &folder) {
            return;
        }
        let Some(seen) = self.look(&folder) else { return };
        match self.rng.below(100) {
            0..60 => {
                let target = self.some_target(&folder);
                if !is_away(&away, &target) {
                    self.move_it(&folder, &seen, target);
                }
            }
            60..90 => self.mark(&folder, &seen),
            _ => self.delete(&folder, &seen),
        }
        self.client.unselect();
        drop(away);
    }

    fn some_folder(&mut self) -> String {
        match self.rng.below(100) {
            0..50 => INBOX.to_owned(),
            50..60 => ERLEDIGT.to_owned(),
            60..75 => self.some_mark(),
            _ => self.some_agentur(),
        }
    }

    /// A mark folder of some Agentur.
    fn some_mark(&mut self) -> String {
        let agentur = self.some_agentur();
        format!("{agentur}/{}", self.rng.pick(&MARKS))
    }

    fn some_agentur(&mut self) -> String {
        self.rng.pick(&self.place().agenturen).folder.clone()
    }

    /// Another folder than this one.
    fn some_target(&mut self, folder: &str) -> String {
        loop {
            let target = match self.rng.below(100) {
                0..25 => INBOX.to_owned(),
                25..35 => ERLEDIGT.to_owned(),
                35..65 => self.some_mark(),
                _ => self.some_agentur(),
            };
            if target != folder {
                return target;
            }
        }
    }

    /// Opens a folder and picks one of its latest mails.
    fn look(&mut self, folder: &str) -> Option<Seen> {
        let exists = self.client.select(folder).exists;
        if exists == 0 {
            self.client.unselect();
            return None;
        }
        let from = exists.saturating_sub(VIEW) + 1;
        let command = format!("FETCH {from}:{exists} (UID FLAGS BODY.PEEK[HEADER.FIELDS (X-SAAT)])");
        let mut mails: Vec<Seen> = self.client.ok(&command).iter().filter_map(|response| seen(response)).collect();
        mails.retain(|mail| mail.saat % CLERKS == self.number);
        if mails.is_empty() {
            self.client.unselect();
            return None;
        }
        // The youngest is the one over which the daemon races.
        let pick = if self.rng.chance(40) { mails.len() - 1 } else { self.rng.below(mails.len()) };
        Some(mails.swap_remove(pick))
    }

    fn deed(&self, folder: &str, seen: &Seen, what: What) -> Deed {
        Deed {
            at: self.diary.now(),
            who: format!("clerk {}.{}", self.place().region, self.number),
            saat: seen.saat,
            folder: folder.to_owned(),
            uid: seen.uid,
            what,
            answer: None,
        }
    }

    fn move_it(&mut self, folder: &str, seen: &Seen, to: String) {
        let number = self.diary.intend(self.deed(folder, seen, What::Move { to: to.clone(), uid: None }));
        let answer = self.client.try_move(seen.uid, &to);
        self.diary.answered(number, answer.map(Some));
        self.operations += 1;
    }

    /// Sets a mark, or takes one back.
    fn mark(&mut self, folder: &str, seen: &Seen) {
        let set = FLAGS.into_iter().find(|flag| seen.flags.contains(flag));
        let (item, flag) = match set {
            Some(flag) if self.rng.chance(70) => ("-FLAGS", flag),
            _ => ("+FLAGS", *self.rng.pick(&FLAGS)),
        };
        let number = self.diary.intend(self.deed(folder, seen, What::Flag { item, flag }));
        // A mail that has left meanwhile is silently passed over (RFC 3501, 6.4.8).
        self.client.store(&[seen.uid], item, flag);
        self.diary.answered(number, Ok(None));
        self.operations += 1;
    }

    fn delete(&mut self, folder: &str, seen: &Seen) {
        let number = self.diary.intend(self.deed(folder, seen, What::Delete));
        let answer = self.client.delete(seen.uid);
        self.diary.answered(number, answer.map(|()| None));
        self.operations += 1;
    }

    /// Puts a mail of its own somewhere.
    fn file(&mut self) {
        let away = self.place().away.read().expect("no clerk panics");
        let folder = self.some_folder();
        if is_away(&away, &folder) {
            return;
        }
        let letter = self.writer.write(self.mailbox, self.place(), &folder);
        deliver(&mut self.client, self.diary, vec![letter]);
        self.operations += 1;
    }

    /// Gives a folder another name for a moment.
    fn rename(&mut self, end: Instant) {
        let folder = self.some_agentur();
        let other = format!("{folder} (alt)");
        let place = self.place();
        {
            let mut away = place.away.write().expect("no clerk panics");
            if !away.insert(folder.clone()) {
                return;
            }
            self.client.rename(&folder, &other);
        }
        let pause = Duration::from_millis(200 + 10 * self.rng.below(200) as u64);
        std::thread::sleep(pause.min(end.saturating_duration_since(Instant::now())));
        let mut away = place.away.write().expect("no clerk panics");
        self.client.rename(&other, &folder);
        away.remove(&folder);
        self.operations += 2;
    }
}

fn seen(response: &[u8]) -> Option<Seen> {
    let text = show(response);
    let (_, uid) = text.split_once("UID ")?;
    let (_, flags) = text.split_once("FLAGS (")?;
    Some(Seen {
        uid: uid.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()?,
        saat: saat(&text)?,
        flags: flags.split(')').next()?.to_owned(),
    })
}
