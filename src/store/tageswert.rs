//! Daily figures: events that expire are added to them, in the transaction in which they go.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use rusqlite::{Connection, Row, Transaction, params};

use super::error::Failure;
use super::place::timestamp;
use super::stand;
use crate::domain::ereignis::{Art, Ereignis, Rolle, Stand};
use crate::domain::groesse::zaehle;
use crate::domain::vorgang::VorgangId;
use crate::plan::aufbewahrung::Stichtage;

/// A figure of one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tageswert {
    pub tag: Date,
    pub postfach: String,
    /// Slug of the Agentur; empty: the mailbox's own.
    pub agentur: String,
    /// A word of [`crate::domain::groesse`].
    pub groesse: String,
    pub wert: i64,
}

/// Day, mailbox, Agentur (empty: none) and word of a figure.
type Key = (Date, i64, String, String);

/// An event with what its figures need to know of its Vorgang.
struct Stored {
    id: i64,
    vorgang: VorgangId,
    /// `None`: a word of a newer program, in a ledger that was put back. It changes and counts nothing.
    ereignis: Option<Ereignis>,
    at: i64,
    postfach: i64,
    eingang: i64,
    vorgangsart: String,
}

/// The columns of [`Stored::read`].
const COLUMNS: &str = "event.id, event.vorgang, art, rolle, event.agentur, von_agentur, event.grund = 'au', at, postfach, \
                       eingang, vorgangsart";

impl Stored {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let art = Art::from_word(&row.get::<_, String>(2)?);
        let rolle = Rolle::from_word(&row.get::<_, String>(3)?);
        let (agentur, von, au) = (row.get(4)?, row.get(5)?, row.get::<_, bool>(6)?);
        let grund = if au { "au" } else { "" };
        Ok(Stored {
            id: row.get(0)?,
            vorgang: VorgangId(row.get(1)?),
            ereignis: art.map(|art| Ereignis { art, rolle, agentur, von, grund }),
            at: row.get(7)?,
            postfach: row.get(8)?,
            eingang: row.get(9)?,
            vorgangsart: row.get(10)?,
        })
    }
}

/// Figures and states of events that are read in order.
struct Count<'a> {
    connection: &'a Connection,
    stichtage: &'a Stichtage,
    staende: HashMap<VorgangId, Stand>,
    figures: BTreeMap<Key, i64>,
}

impl<'a> Count<'a> {
    fn new(connection: &'a Connection, stichtage: &'a Stichtage) -> Self {
        Count { connection, stichtage, staende: HashMap::new(), figures: BTreeMap::new() }
    }

    fn add(&mut self, event: &Stored) -> rusqlite::Result<()> {
        let before = match self.staende.remove(&event.vorgang) {
            Some(stand) => stand,
            None => stand::before_events(self.connection, event.vorgang)?,
        };
        let after = match &event.ereignis {
            None => before,
            Some(ereignis) => {
                let after = before.after(ereignis);
                for zaehlung in zaehle(&before, ereignis, &after, &event.vorgangsart) {
                    let arrival = zaehlung.groesse.am_tag_des_eingangs();
                    let day = self.stichtage.day(timestamp(if arrival { event.eingang } else { event.at })?);
                    let word = zaehlung.word();
                    let key = (day, event.postfach, zaehlung.agentur.unwrap_or_default(), word);
                    *self.figures.entry(key).or_default() += 1;
                }
                after
            }
        };
        self.staende.insert(event.vorgang, after);
        Ok(())
    }
}

/// Turns the oldest events that are due into figures and states, at most so many, and deletes them. Returns how many that
/// were.
///
/// Of each Vorgang the oldest go first: an event that was added behind a newer one waits for it. The newest of all stays:
/// by its number the note beside the file tells this ledger from an older one.
pub(super) fn expire(transaction: &Transaction<'_>, stichtage: &Stichtage, limit: u32) -> Result<u64, Failure> {
    let events: Vec<Stored> = transaction
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM event JOIN vorgang ON vorgang.id = event.vorgang
             WHERE {DUE} ORDER BY event.id LIMIT ?2"
        ))?
        .query_map(params![stichtage.ereignisse.as_millisecond(), limit], Stored::read)?
        .collect::<Result<_, _>>()?;
    let mut count = Count::new(transaction, stichtage);
    for event in &events {
        count.add(event)?;
    }
    let Count { staende, figures, .. } = count;
    let mut add = transaction.prepare_cached(
        "INSERT INTO tageswert (tag, postfach, agentur, groesse, wert) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (tag, postfach, agentur, groesse) DO UPDATE SET wert = wert + excluded.wert",
    )?;
    for ((day, postfach, agentur, word), wert) in &figures {
        add.execute(params![day.to_string(), postfach, agentur, word, wert])?;
    }
    for (vorgang, stand) in &staende {
        stand::keep(transaction, *vorgang, stand)?;
    }
    let mut delete = transaction.prepare_cached("DELETE FROM event WHERE id = ?1")?;
    for event in &events {
        delete.execute([event.id])?;
    }
    Ok(events.len() as u64)
}

/// Which events are due before `?1`.
pub(super) const DUE: &str = "event.at < ?1 AND event.id < (SELECT MAX(id) FROM event)
    AND NOT EXISTS (SELECT 1 FROM event AS earlier
        WHERE earlier.vorgang = event.vorgang AND earlier.id < event.id AND earlier.at >= ?1)";

/// All daily figures, of expired events and of those that are still there.
pub(super) fn all(connection: &Connection, stichtage: &Stichtage) -> Result<Vec<Tageswert>, Failure> {
    let mut count = Count::new(connection, stichtage);
    let mut events = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM event JOIN vorgang ON vorgang.id = event.vorgang ORDER BY event.id"
    ))?;
    let mut rows = events.query([])?;
    while let Some(row) = rows.next()? {
        count.add(&Stored::read(row)?)?;
    }
    let mut figures = count.figures;
    let mut kept = connection.prepare_cached("SELECT tag, postfach, agentur, groesse, wert FROM tageswert")?;
    let mut rows = kept.query([])?;
    while let Some(row) = rows.next()? {
        let Ok(day) = row.get::<_, String>(0)?.parse::<Date>() else { continue };
        *figures.entry((day, row.get(1)?, row.get(2)?, row.get(3)?)).or_default() += row.get::<_, i64>(4)?;
    }
    let mut names = connection.prepare_cached("SELECT id, name FROM postfach")?;
    let names: HashMap<i64, String> =
        names.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    let named = |((tag, postfach, agentur, groesse), wert)| {
        let postfach = names.get(&postfach).cloned().unwrap_or_default();
        Tageswert { tag, postfach, agentur, groesse, wert }
    };
    Ok(figures.into_iter().map(named).collect())
}
