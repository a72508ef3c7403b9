//! The balance of each Agentur: Bestand at the beginning + Zugang − bearbeitet − abgegeben − removed without a mark =
//! Bestand at the end, recomputed from the events alone with code of its own.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Connection, OpenFlags};

use crate::books::{Books, Event, Vorgang};
use crate::office::{Mailbox, Office};
use crate::support::ledger;

/// How often the ledger is looked at during the day.
const PAUSE: Duration = Duration::from_secs(1);

/// The lines of the balance of one day and one Agentur.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Day {
    pub zugang: i64,
    pub bearbeitet: i64,
    pub abgegeben: i64,
    pub ohne_kennzeichen: i64,
}

/// What the events of one Vorgang do to the Bestand of each Agentur, day by day.
#[derive(Debug, Default)]
pub struct Account {
    pub bestand: BTreeMap<String, i64>,
    pub days: BTreeMap<(Date, String), Day>,
    /// The Agentur in whose Bestand it was when it vanished.
    vanished_from: Option<String>,
}

impl Account {
    /// Books the events of one Vorgang, oldest first.
    ///
    /// # Errors
    /// The first event after which it would be in no Bestand less or more than once.
    pub fn of<'e>(events: impl IntoIterator<Item = &'e Event>) -> Result<Account, String> {
        let mut account = Account::default();
        for event in events {
            account.book(event);
            let sum: i64 = account.bestand.values().sum();
            if account.bestand.values().any(|count| !(0..=1).contains(count)) || sum > 1 {
                return Err(format!("{:?} after {event:?}", account.bestand));
            }
        }
        Ok(account)
    }

    fn book(&mut self, event: &Event) {
        let here = event.agentur.clone().unwrap_or_default();
        let from = event.von_agentur.clone().unwrap_or_default();
        match &*event.art {
            "uebergeben" => self.add(event, &here, |day| &mut day.zugang, 1),
            "umgeordnet" => {
                self.add(event, &from, |day| &mut day.abgegeben, -1);
                self.add(event, &here, |day| &mut day.zugang, 1);
            }
            "zurueckgegeben" => self.add(event, &from, |day| &mut day.abgegeben, -1),
            "bearbeitet" => self.add(event, &here, |day| &mut day.bearbeitet, -1),
            "wiedereroeffnet" => self.add(event, &here, |day| &mut day.bearbeitet, 1),
            "verschwunden" if self.bestand.get(&here) == Some(&1) => {
                self.add(event, &here, |day| &mut day.ohne_kennzeichen, -1);
                self.vanished_from = Some(here);
            }
            "wiedergesehen" => {
                if let Some(agentur) = self.vanished_from.take() {
                    self.add(event, &agentur, |day| &mut day.ohne_kennzeichen, 1);
                }
            }
            _ => {}
        }
    }

    /// A line of the balance: what makes the Bestand smaller is counted as such.
    fn add(&mut self, event: &Event, agentur: &str, line: fn(&mut Day) -> &mut i64, change: i64) {
        *self.bestand.entry(agentur.to_owned()).or_default() += change;
        let at = Timestamp::from_millisecond(event.at).expect("a time of our days");
        let date = at.to_zoned(jiff::tz::TimeZone::UTC).date();
        let mut of_day = Day::default();
        *line(&mut of_day) = change;
        let day = self.days.entry((date, agentur.to_owned())).or_default();
        day.zugang += of_day.zugang;
        day.bearbeitet -= of_day.bearbeitet;
        day.abgegeben -= of_day.abgegeben;
        day.ohne_kennzeichen -= of_day.ohne_kennzeichen;
    }

    /// The Agentur in whose Bestand it is.
    pub fn agentur(&self) -> Option<&str> {
        self.bestand.iter().find(|(_, count)| **count == 1).map(|(agentur, _)| agentur.as_str())
    }
}

/// The balance of each day and Agentur over many accounts.
pub fn sum<'a>(accounts: impl IntoIterator<Item = &'a Account>) -> BTreeMap<(Date, String), Day> {
    let mut days: BTreeMap<(Date, String), Day> = BTreeMap::new();
    for (day, lines) in accounts.into_iter().flat_map(|account| &account.days) {
        let sum = days.entry(day.clone()).or_default();
        sum.zugang += lines.zugang;
        sum.bearbeitet += lines.bearbeitet;
        sum.abgegeben += lines.abgegeben;
        sum.ohne_kennzeichen += lines.ohne_kennzeichen;
    }
    days
}

/// The Agentur in whose Bestand a mail in this folder is: it lies in the folder itself and not in a mark folder below.
pub fn bestand_of<'m>(mailbox: &'m Mailbox, folder: &str) -> Option<&'m str> {
    mailbox.agenturen.iter().find(|agentur| agentur.folder == folder).map(|agentur| &*agentur.slug)
}

/// Looks at the ledger again and again while everything goes on, and holds the events against where the ledger says that
/// each Vorgang lies. Returns how often it looked.
///
/// # Panics
/// If they do not agree at some moment.
pub fn watch(office: &Office, done: &AtomicBool) -> usize {
    let mut looks = 0;
    while !done.load(Ordering::SeqCst) {
        std::thread::sleep(PAUSE);
        // A kill may have left it without tables, or away.
        let path = ledger::path(&office.config.state_dir());
        let Ok(connection) = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY) else { continue };
        let Some(books) = Books::of_one_moment(&connection) else { continue };
        let wrong = disagreements(office, &books);
        assert!(wrong.is_empty(), "the balance does not hold: {wrong:#?}");
        looks += 1;
    }
    looks
}

/// Vorgänge about which nothing is open and whose events do not say what their place says.
fn disagreements(office: &Office, books: &Books) -> Vec<String> {
    let mut events: HashMap<i64, Vec<&Event>> = HashMap::new();
    for event in &books.events {
        events.entry(event.vorgang).or_default().push(event);
    }
    let no_events = Vec::new();
    let check = |vorgang: &Vorgang| {
        let events = events.get(&vorgang.id).unwrap_or(&no_events);
        let account = match Account::of(events.iter().copied()) {
            Ok(account) => account,
            Err(wrong) => return Some(format!("{vorgang:?}: {wrong}")),
        };
        let mailbox = office.mailboxes.iter().find(|mailbox| mailbox.region == vorgang.mailbox)?;
        let expected = bestand_of(mailbox, &vorgang.folder);
        let settled = vorgang.present && !vorgang.open;
        (settled && account.agentur() != expected)
            .then(|| format!("{vorgang:?} is in the Bestand of {:?}: {events:?}", account.agentur()))
    };
    books.vorgaenge.iter().filter_map(check).collect()
}
