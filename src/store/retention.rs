//! Retention: what of each class is due, and deleting it in small bites.
//!
//! Each bite is one transaction together with its line in the protocol, so that a run can end anywhere and the next one goes
//! on. `secure_delete` overwrites the cells that go, but not the images of them that SQLite leaves in the unused room of a
//! page when it splits pages; so a run ends with writing the file anew, and a checkpoint takes the rest out of the WAL.

use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::types::Value;
use rusqlite::{Connection, Transaction, params, params_from_iter};

use super::error::Failure;
use super::place::timestamp;
use super::tageswert;
use crate::domain::loeschklasse::Loeschklasse;
use crate::plan::aufbewahrung::Stichtage;

/// Most rows in one transaction: others wait for it.
pub(super) const BITE: u32 = 2_000;

/// What of a class is there and due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bestand {
    pub klasse: Loeschklasse,
    pub vorhanden: u64,
    pub faellig: u64,
    /// The starting day of the oldest that is there.
    pub aeltester: Option<Date>,
}

/// What a run of the deletion took of a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Geloescht {
    /// When the run began.
    pub at: Timestamp,
    pub klasse: Loeschklasse,
    pub anzahl: u64,
}

/// How a class is kept: where it stands, and which of it is due. `?1` and `?2` are the days of [`days`].
struct Ort {
    table: &'static str,
    /// What there is.
    there: &'static str,
    /// What is due.
    due: &'static str,
    /// When its period begins.
    since: &'static str,
}

/// An open operation needs the pseudonym to find its message, whatever its age.
const VORGANG_HASHES: &str = "entlinkt = 0 AND (eingang < ?2 OR (abgeschlossen = 1 AND gone_at < ?1))
    AND NOT EXISTS (SELECT 1 FROM operation WHERE operation.vorgang = vorgang.id AND state = 'absicht')";
/// What was gone for longer than the maximum and has no pseudonym can be found no more: it need not be told that it is gone.
const VORGANG_WHOLE: &str = "entlinkt = 1 AND gone_at IS NOT NULL AND (abgeschlossen = 1 OR gone_at < ?2)
    AND vorgang.id < (SELECT MAX(id) FROM vorgang)
    AND NOT EXISTS (SELECT 1 FROM event WHERE event.vorgang = vorgang.id)
    AND NOT EXISTS (SELECT 1 FROM operation LEFT JOIN event ON event.operation = operation.id
        WHERE operation.vorgang = vorgang.id AND (state = 'absicht' OR event.id IS NOT NULL))";

/// After two deaths a message is never touched again by this version. Another one begins anew.
const VERSUCHE: &str =
    concat!("zuletzt_am < ?2 AND NOT (abstuerze > 0 AND program_version = '", env!("CARGO_PKG_VERSION"), "')");

fn ort(klasse: Loeschklasse) -> Ort {
    match klasse {
        Loeschklasse::Hashes => Ort { table: "vorgang", there: "entlinkt = 0", due: VORGANG_HASHES, since: "eingang" },
        Loeschklasse::Nebenstuecke => Ort {
            table: "nebenstueck",
            there: "entlinkt = 0",
            due: "entlinkt = 0 AND COALESCE(eingang, gesehen_am) < ?2",
            since: "COALESCE(eingang, gesehen_am)",
        },
        Loeschklasse::Versuche => Ort { table: "versuch", there: "1", due: VERSUCHE, since: "zuletzt_am" },
        Loeschklasse::Ereignisse => Ort { table: "event", there: "1", due: tageswert::DUE, since: "at" },
        Loeschklasse::Vorgaenge => Ort { table: "vorgang", there: "1", due: VORGANG_WHOLE, since: "eingang" },
        Loeschklasse::Regelwerke => Ort {
            table: "regelwerk",
            there: "1",
            // It held until the next one was used.
            due: "(SELECT MIN(next.first_used_at) FROM regelwerk AS next WHERE next.id > regelwerk.id) < ?1
                AND NOT EXISTS (SELECT 1 FROM vorgang WHERE vorgang.regelwerk = regelwerk.id)
                AND NOT EXISTS (SELECT 1 FROM event WHERE event.regelwerk = regelwerk.id)",
            since: "first_used_at",
        },
        Loeschklasse::Tageswerte => Ort { table: "tageswert", there: "1", due: "tag < ?1", since: "tag" },
        // The newest stays, for the same reason as the newest event.
        Loeschklasse::Laeufe => Ort {
            table: "lauf",
            there: "1",
            due: "started_at < ?1 AND id < (SELECT MAX(id) FROM lauf)",
            since: "started_at",
        },
        Loeschklasse::Loeschprotokoll => Ort { table: "loeschlauf", there: "1", due: "at < ?1", since: "at" },
    }
}

/// The values of `?1` and `?2`.
fn days(klasse: Loeschklasse, stichtage: &Stichtage) -> (Value, Value) {
    let first = match klasse {
        Loeschklasse::Tageswerte => Value::Text(stichtage.tageswerte.to_string()),
        Loeschklasse::Hashes | Loeschklasse::Nebenstuecke | Loeschklasse::Versuche | Loeschklasse::Vorgaenge => {
            Value::Integer(stichtage.hashes.as_millisecond())
        }
        Loeschklasse::Ereignisse => Value::Integer(stichtage.ereignisse.as_millisecond()),
        Loeschklasse::Regelwerke | Loeschklasse::Laeufe | Loeschklasse::Loeschprotokoll => {
            Value::Integer(stichtage.protokolle.as_millisecond())
        }
    };
    (first, Value::Integer(stichtage.hashes_hoechstens.as_millisecond()))
}

/// What of all classes is there and due, in the order of [`Loeschklasse::ALL`].
pub(super) fn survey(connection: &Connection, stichtage: &Stichtage) -> Result<Vec<Bestand>, Failure> {
    Loeschklasse::ALL.into_iter().map(|klasse| survey_one(connection, klasse, stichtage)).collect()
}

fn survey_one(connection: &Connection, klasse: Loeschklasse, stichtage: &Stichtage) -> Result<Bestand, Failure> {
    let Ort { table, there, due, since } = ort(klasse);
    let (first, second) = days(klasse, stichtage);
    // Some classes have no second day; named once, it may be bound for all.
    let due_count = format!("SELECT count(*) FROM {table} WHERE ?2 IS NOT NULL AND {due}");
    let faellig: i64 =
        connection.prepare_cached(&due_count)?.query_row(params_from_iter([first, second]), |row| row.get(0))?;
    let all = format!("SELECT count(*), MIN({since}) FROM {table} WHERE {there}");
    let (vorhanden, oldest): (i64, Value) =
        connection.prepare_cached(&all)?.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let aeltester = match oldest {
        Value::Integer(at) => Some(stichtage.day(timestamp(at)?)),
        Value::Text(day) => day.parse().ok(),
        _ => None,
    };
    Ok(Bestand { klasse, vorhanden: vorhanden.unsigned_abs(), faellig: faellig.unsigned_abs(), aeltester })
}

/// Notes that a run begins.
pub(super) fn begin(transaction: &Transaction<'_>, at: Timestamp) -> Result<(), Failure> {
    for klasse in Loeschklasse::ALL {
        note(transaction, at, klasse, 0)?;
    }
    Ok(())
}

/// Deletes some of what is due of a class and notes how many that were. Less than [`BITE`]: nothing is left of it.
pub(super) fn bite(
    transaction: &Transaction<'_>,
    klasse: Loeschklasse,
    stichtage: &Stichtage,
    at: Timestamp,
) -> Result<u64, Failure> {
    let taken = match klasse {
        Loeschklasse::Hashes => unlink(transaction, stichtage)?,
        Loeschklasse::Nebenstuecke => forget_nebenstuecke(transaction, stichtage)?,
        Loeschklasse::Versuche => execute(
            transaction,
            klasse,
            stichtage,
            "DELETE FROM versuch WHERE (folder, uidvalidity, uid) IN (SELECT folder, uidvalidity, uid FROM versuch WHERE",
        )?,
        Loeschklasse::Ereignisse => tageswert::expire(transaction, stichtage, BITE)?,
        Loeschklasse::Vorgaenge => remove_vorgaenge(transaction, stichtage)?,
        Loeschklasse::Regelwerke => execute(
            transaction,
            klasse,
            stichtage,
            "DELETE FROM regelwerk WHERE id IN (SELECT id FROM regelwerk WHERE",
        )?,
        Loeschklasse::Tageswerte => execute(
            transaction,
            klasse,
            stichtage,
            "DELETE FROM tageswert WHERE (tag, postfach, agentur, groesse) IN
                (SELECT tag, postfach, agentur, groesse FROM tageswert WHERE",
        )?,
        Loeschklasse::Laeufe => {
            execute(transaction, klasse, stichtage, "DELETE FROM lauf WHERE id IN (SELECT id FROM lauf WHERE")?
        }
        Loeschklasse::Loeschprotokoll => execute(
            transaction,
            klasse,
            stichtage,
            "DELETE FROM loeschlauf WHERE (at, klasse) IN (SELECT at, klasse FROM loeschlauf WHERE",
        )?,
    };
    note(transaction, at, klasse, taken)?;
    Ok(taken)
}

/// Runs a statement that ends with the condition of what is due, for at most [`BITE`] rows.
fn execute(
    transaction: &Transaction<'_>,
    klasse: Loeschklasse,
    stichtage: &Stichtage,
    statement: &str,
) -> Result<u64, Failure> {
    let (first, second) = days(klasse, stichtage);
    let statement = format!("{statement} ?2 IS NOT NULL AND {} LIMIT ?3)", ort(klasse).due);
    let values = params![first, second, BITE];
    Ok(transaction.prepare_cached(&statement)?.execute(values)? as u64)
}

/// The numbers of Vorgänge that are due, at most [`BITE`].
fn due_vorgaenge(
    transaction: &Transaction<'_>,
    klasse: Loeschklasse,
    stichtage: &Stichtage,
) -> Result<Vec<i64>, Failure> {
    let (first, second) = days(klasse, stichtage);
    let statement = format!("SELECT id FROM vorgang WHERE ?2 IS NOT NULL AND {} LIMIT ?3", ort(klasse).due);
    let mut statement = transaction.prepare_cached(&statement)?;
    let ids = statement.query_map(params![first, second, BITE], |row| row.get(0))?;
    Ok(ids.collect::<Result<_, _>>()?)
}

/// Nothing recognises these any more. What remains is random: it cannot be mistaken for any message.
fn unlink(transaction: &Transaction<'_>, stichtage: &Stichtage) -> Result<u64, Failure> {
    let due = due_vorgaenge(transaction, Loeschklasse::Hashes, stichtage)?;
    let mut talk = transaction.prepare_cached("DELETE FROM gespraech WHERE vorgang = ?1")?;
    let mut overwrite =
        transaction.prepare_cached("UPDATE vorgang SET fingerprint = randomblob(16), entlinkt = 1 WHERE id = ?1")?;
    let mut remember = transaction.prepare_cached(
        "UPDATE postfach SET vergessen_bis = MAX(COALESCE(vergessen_bis, vorgang.eingang), vorgang.eingang)
         FROM vorgang WHERE vorgang.id = ?1 AND postfach.id = vorgang.postfach AND vorgang.eingang < ?2",
    )?;
    for &vorgang in &due {
        talk.execute([vorgang])?;
        overwrite.execute([vorgang])?;
        remember.execute([vorgang, stichtage.hashes_hoechstens.as_millisecond()])?;
    }
    Ok(due.len() as u64)
}

/// The same of what is no Vorgang; what has left goes whole. The Altbestand among it is still not counted: mail that old is
/// none that is new.
fn forget_nebenstuecke(transaction: &Transaction<'_>, stichtage: &Stichtage) -> Result<u64, Failure> {
    let klasse = Loeschklasse::Nebenstuecke;
    transaction
        .prepare_cached(
            "UPDATE postfach SET vergessen_bis = MAX(COALESCE(vergessen_bis, newest), newest)
             FROM (SELECT folder.postfach AS of, MAX(COALESCE(eingang, gesehen_am)) AS newest
                FROM nebenstueck JOIN folder ON folder.id = nebenstueck.folder
                WHERE altbestand = 1 AND entlinkt = 0 AND COALESCE(eingang, gesehen_am) < ?1 GROUP BY folder.postfach)
             WHERE postfach.id = of",
        )?
        .execute([stichtage.hashes_hoechstens.as_millisecond()])?;
    let left = execute(
        transaction,
        klasse,
        stichtage,
        "DELETE FROM nebenstueck WHERE (folder, uidvalidity, uid) IN
            (SELECT folder, uidvalidity, uid FROM nebenstueck WHERE verlassen_am IS NOT NULL AND",
    )?;
    let there = execute(
        transaction,
        klasse,
        stichtage,
        "UPDATE nebenstueck SET fingerprint = randomblob(16), entlinkt = 1
         WHERE (folder, uidvalidity, uid) IN (SELECT folder, uidvalidity, uid FROM nebenstueck WHERE",
    )?;
    Ok(left + there)
}

/// Takes Vorgänge of which nothing is left. First what refers to them.
fn remove_vorgaenge(transaction: &Transaction<'_>, stichtage: &Stichtage) -> Result<u64, Failure> {
    let due = due_vorgaenge(transaction, Loeschklasse::Vorgaenge, stichtage)?;
    let mut operations = transaction.prepare_cached("DELETE FROM operation WHERE vorgang = ?1")?;
    // Its state goes with it.
    let mut whole = transaction.prepare_cached("DELETE FROM vorgang WHERE id = ?1")?;
    for &vorgang in &due {
        operations.execute([vorgang])?;
        whole.execute([vorgang])?;
    }
    Ok(due.len() as u64)
}

fn note(transaction: &Transaction<'_>, at: Timestamp, klasse: Loeschklasse, anzahl: u64) -> Result<(), Failure> {
    let anzahl = i64::try_from(anzahl).unwrap_or(i64::MAX);
    transaction
        .prepare_cached(
            "INSERT INTO loeschlauf (at, klasse, anzahl) VALUES (?1, ?2, ?3)
             ON CONFLICT (at, klasse) DO UPDATE SET anzahl = anzahl + excluded.anzahl",
        )?
        .execute(params![at.as_millisecond(), klasse.as_str(), anzahl])?;
    Ok(())
}

/// How much is written anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Umfang {
    /// All of it while that is quick and takes little memory; of a larger file only where pages split most, the indexes of
    /// the pseudonyms. What is in a page of a table goes with the last row of the page.
    Kurz,
    /// All of it, whatever it takes.
    Ganz,
}

/// Up to this size the file is written anew beside other work: about a second, and as much memory.
const QUICK_BYTES: i64 = 128 * 1024 * 1024;

/// Takes out of file and WAL what was deleted. `false`: a reader held it up, and the next checkpoint does it.
pub(super) fn wipe(connection: &Connection, umfang: Umfang) -> Result<bool, Failure> {
    let pragma = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let bytes = pragma("page_count")?.saturating_mul(pragma("page_size")?);
    connection.execute_batch(match umfang {
        Umfang::Kurz if bytes > QUICK_BYTES => {
            "REINDEX vorgang_fingerprint; REINDEX gespraech_message_id_hash; REINDEX nebenstueck_fingerprint"
        }
        Umfang::Kurz | Umfang::Ganz => "VACUUM",
    })?;
    Ok(connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0))? == 0)
}

/// When the last run began.
pub(super) fn last_run(connection: &Connection) -> Result<Option<Timestamp>, Failure> {
    let at: Option<i64> = connection.query_row("SELECT MAX(at) FROM loeschlauf", [], |row| row.get(0))?;
    Ok(at.map(timestamp).transpose()?)
}

/// When the newest message arrived, by the clock of its server.
pub(super) fn newest_arrival(connection: &Connection) -> Result<Option<Timestamp>, Failure> {
    let at: Option<i64> =
        connection.query_row("SELECT MAX(eingang) FROM vorgang WHERE entlinkt = 0", [], |row| row.get(0))?;
    Ok(at.map(timestamp).transpose()?)
}

/// Up to which arrival messages of a mailbox may have been forgotten while they were still there.
pub(super) fn forgotten_until(connection: &Connection, postfach: &str) -> Result<Option<Timestamp>, Failure> {
    let mut statement = connection.prepare_cached("SELECT vergessen_bis FROM postfach WHERE name = ?1")?;
    let mut rows = statement.query([postfach])?;
    let at: Option<i64> = match rows.next()? {
        Some(row) => row.get(0)?,
        None => None,
    };
    Ok(at.map(timestamp).transpose()?)
}

/// The protocol of so many last runs, newest first.
pub(super) fn protocol(connection: &Connection, runs: u32) -> Result<Vec<Geloescht>, Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT at, klasse, anzahl FROM loeschlauf
         WHERE at IN (SELECT DISTINCT at FROM loeschlauf ORDER BY at DESC LIMIT ?1) ORDER BY at DESC",
    )?;
    let mut rows = statement.query([runs])?;
    let mut protocol = Vec::new();
    while let Some(row) = rows.next()? {
        let Some(klasse) = Loeschklasse::from_word(&row.get::<_, String>(1)?) else { continue };
        let anzahl = row.get::<_, i64>(2)?.unsigned_abs();
        protocol.push(Geloescht { at: timestamp(row.get(0)?)?, klasse, anzahl });
    }
    protocol.sort_by_key(|geloescht| (std::cmp::Reverse(geloescht.at), geloescht.klasse));
    Ok(protocol)
}
