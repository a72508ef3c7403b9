//! What the feeder and the clerks did, written down so that each mail's way can be followed afterwards.

use std::fmt;
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::support::imap_client::Mail;

/// A mail that was put into a folder.
#[derive(Clone, Debug)]
pub struct Letter {
    /// The number in its field `X-Saat`: its own, except for byte-identical twins, which share it.
    pub saat: u32,
    /// Mails with equal identity fields share this number.
    pub identity: u32,
    pub mailbox: usize,
    /// Where it was put.
    pub folder: String,
    pub uid: u32,
    /// The folder in which the rules want it; `None`: it stays.
    pub target: Option<String>,
    pub eingang: Timestamp,
    pub mail: Mail,
}

/// Something that a clerk did to a mail.
#[derive(Clone, Debug)]
pub struct Deed {
    /// Since the beginning.
    pub at: Duration,
    pub who: String,
    pub saat: u32,
    pub folder: String,
    pub uid: u32,
    pub what: What,
    /// `None`: the server has not answered; `Err`: its refusal, or why nothing is proved.
    pub answer: Option<Result<(), String>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// The new UID is known when the server has said that it moved the mail.
    Move {
        to: String,
        uid: Option<u32>,
    },
    Delete,
    Flag {
        item: &'static str,
        flag: &'static str,
    },
}

impl fmt::Display for Deed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Deed { at, who, saat, folder, uid, what, answer, .. } = self;
        write!(formatter, "{:9.3} s  {who}: {what:?} of Saat {saat} at {folder}/{uid}: {answer:?}", at.as_secs_f64())
    }
}

/// The book of all of it. An intention is written down before the server is asked, the answer behind it afterwards.
#[derive(Debug)]
pub struct Diary {
    begun: Instant,
    letters: Mutex<Vec<Letter>>,
    deeds: Mutex<Vec<Deed>>,
}

impl Diary {
    pub fn new() -> Diary {
        Diary { begun: Instant::now(), letters: Mutex::default(), deeds: Mutex::default() }
    }

    /// Time since the beginning.
    pub fn now(&self) -> Duration {
        self.begun.elapsed()
    }

    pub fn delivered(&self, letters: impl IntoIterator<Item = Letter>) {
        lock(&self.letters).extend(letters);
    }

    /// Notes what is about to be done; returns its number.
    pub fn intend(&self, deed: Deed) -> usize {
        let mut deeds = lock(&self.deeds);
        deeds.push(deed);
        deeds.len() - 1
    }

    /// Notes how it ended; `uid`: the new one of a moved mail.
    pub fn answered(&self, number: usize, result: Result<Option<u32>, String>) {
        let mut deeds = lock(&self.deeds);
        let deed = &mut deeds[number];
        if let (What::Move { uid, .. }, Ok(new)) = (&mut deed.what, &result) {
            *uid = *new;
        }
        deed.answer = Some(result.map(|_| ()));
    }

    /// Everything that was delivered and done.
    pub fn close(self) -> (Vec<Letter>, Vec<Deed>) {
        let open = "nobody panicked while writing";
        (self.letters.into_inner().expect(open), self.deeds.into_inner().expect(open))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("nobody panics while writing")
}
