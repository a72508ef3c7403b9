//! Retention: once a day the ledger loses what is due.
//!
//! It works in small bites between the calls of the mailboxes and never at the first moment after a start. What it deletes
//! cannot be brought back, so it does nothing while the clock of this machine cannot be believed.
//!
//! Two things speak for the clock: mail, whose arrival the server dates, and an earlier run of the deletion, for then the
//! clock was believed or a person started it. So a mailbox to which nothing comes any more is still cleared day by day, and a
//! clock that is years ahead after a start is not believed however often the program starts. That is why neither starts nor
//! cycles count: their times are of the very clock in doubt.

use std::time::Duration;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use super::clock::ClockWatch;
use super::dienst::Dienst;
use super::judge::zone;
use crate::domain::loeschklasse::{Fristen, Loeschklasse};
use crate::plan::aufbewahrung::Stichtage;
use crate::store::{Ledger, LedgerError, Umfang};

/// Cycles come first after a start.
const FIRST: Duration = Duration::from_secs(600);
/// How often it is looked whether a run is due.
const LOOK: Duration = Duration::from_secs(3600);
/// Pause between two bites, so that mailboxes do not wait.
const PAUSE: Duration = Duration::from_millis(50);
/// For longer than this no gap is believed: neither in the mail, which comes every day, nor between two runs.
const SILENCE: SignedDuration = SignedDuration::from_hours(14 * 24);

/// What the day asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lage {
    /// Nothing: it was done today, or the ledger never held a mail.
    Erledigt,
    Faellig,
    /// Nothing speaks for the clock.
    Zweifelhaft,
}

/// Rows taken, by class.
pub type Taken = Vec<(Loeschklasse, u64)>;

/// Deletes once a day what is due, until the process is asked to stop.
pub async fn daily(fristen: Fristen, dienst: &Dienst) {
    let zone = zone();
    let mut clock = ClockWatch::new();
    let mut wait = FIRST;
    let mut warned = None;
    loop {
        tokio::select! {
            biased;
            () = dienst.stop.cancelled() => return,
            () = tokio::time::sleep(wait) => {}
        }
        wait = LOOK;
        if clock.jump().is_some() {
            // Told by the workers. At the next look it has proved steady, or jumped back.
            continue;
        }
        let now = Timestamp::now();
        let stichtage = Stichtage::of(&fristen, now, &zone);
        match lage(&dienst.ledger, &stichtage, now).await {
            Ok(Lage::Erledigt) => continue,
            Ok(Lage::Zweifelhaft) => {
                warn_once_a_day(&mut warned, stichtage.day(now));
                continue;
            }
            Ok(Lage::Faellig) => {}
            Err(error) => {
                warn!(error = %error, hint = error.hint(), "whether something is to be deleted cannot be told");
                continue;
            }
        }
        match run(&dienst.ledger, &stichtage, now, Umfang::Kurz, &dienst.stop).await {
            Ok((taken, wiped)) => log(&taken, wiped),
            Err(error) => error!(error = %error, hint = error.hint(), "what is due could not be deleted; trying again"),
        }
    }
}

/// Whether something is left to do today, and if so, whether the date can be believed. In a new ledger nothing is begun: a
/// run by a wrong clock would speak for it later.
async fn lage(ledger: &Ledger, stichtage: &Stichtage, now: Timestamp) -> Result<Lage, LedgerError> {
    let last = ledger.last_deletion().await?;
    let newest = ledger.newest_arrival().await?;
    let done = last.is_some_and(|last| stichtage.day(last) == stichtage.day(now));
    if done || (last.is_none() && newest.is_none()) {
        return Ok(Lage::Erledigt);
    }
    Ok(if believed(last, newest, now) { Lage::Faellig } else { Lage::Zweifelhaft })
}

/// Whether something speaks for the clock. What lies far ahead of it does not: one of both is wrong.
fn believed(last: Option<Timestamp>, newest: Option<Timestamp>, now: Timestamp) -> bool {
    [last, newest].into_iter().flatten().any(|at| now.duration_since(at).abs() <= SILENCE)
}

fn warn_once_a_day(warned: &mut Option<Date>, today: Date) {
    if warned.replace(today) != Some(today) {
        warn!(
            "for {} days no mail has arrived and nothing was deleted, or the clock of this machine is wrong: nothing is deleted by \
             itself; if the clock is right, stop the service and run `postweiche aufbewahrung --ausfuehren` once",
            SILENCE.as_hours() / 24
        );
    }
}

/// Deletes what is due, class by class in the order they need, and then wipes file and log. Gives what was taken, and
/// whether the log could be wiped. A run that is stopped or fails has taken what it has taken. [`Umfang::Kurz`]: others are
/// at work, and wait between two bites at most.
///
/// # Errors
/// If the ledger cannot be written.
pub async fn run(
    ledger: &Ledger,
    stichtage: &Stichtage,
    at: Timestamp,
    umfang: Umfang,
    stop: &CancellationToken,
) -> Result<(Taken, bool), LedgerError> {
    ledger.begin_deletion(at).await?;
    let mut taken = Vec::new();
    for klasse in Loeschklasse::ALL {
        let mut all = 0;
        while !stop.is_cancelled() {
            let bite = ledger.delete_due(klasse, stichtage, at).await?;
            if bite == 0 {
                break;
            }
            all += bite;
            if umfang == Umfang::Kurz {
                tokio::time::sleep(PAUSE).await;
            }
        }
        taken.push((klasse, all));
    }
    let nothing = umfang == Umfang::Kurz && taken.iter().all(|(_, count)| *count == 0);
    let wiped = nothing || ledger.wipe(umfang).await?;
    Ok((taken, wiped))
}

fn log(taken: &Taken, wiped: bool) {
    for (klasse, count) in taken.iter().filter(|(_, count)| *count > 0) {
        info!(class = klasse.as_str(), count, "deleted what was due");
    }
    if !wiped {
        warn!("somebody was reading the ledger: its log still holds what was deleted, until the next run or the end");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::{Fingerprint, FolderName, Place, RegelwerkVersion, Uid, UidValidity};
    use crate::domain::postfach::Betriebsart;
    use crate::domain::vorgang::{DecisionRecord, Zuordnung};

    fn arrived(eingang: Timestamp) -> Zuordnung {
        let decision = DecisionRecord {
            vorgangsart: "freie-email",
            entscheidung: "ungeklaert",
            agentur: None,
            regel: String::new(),
            grund: "kein_hinweis",
            evidenz: String::new(),
            zweiter: None,
        };
        Zuordnung {
            vorgang: None,
            place: Place { folder: FolderName::inbox(), uidvalidity: UidValidity(1), uid: Uid(1) },
            fingerprint: Fingerprint([1; 16]),
            message_id: None,
            eingang,
            size: 1,
            kopfzeile: None,
            decision,
            bestand_unklar: false,
            regelwerk: RegelwerkVersion(String::new()),
            betriebsart: Betriebsart::Schatten,
        }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[tokio::test]
    async fn it_deletes_once_a_day_and_not_by_a_clock_that_is_ahead() {
        let dir = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(dir.path()).unwrap();
        let lage =
            async |now: Timestamp| lage(&ledger, &Stichtage::of(&Fristen::default(), now, &zone()), now).await.unwrap();
        assert_eq!(lage(at("2024-05-02T03:00:00Z")).await, Lage::Erledigt, "a new ledger has nothing");
        ledger.record("sc-nord", vec![arrived(at("2024-05-01T09:00:00Z"))], at("2024-05-01T09:01:00Z")).await.unwrap();
        for (now, expected) in [
            ("2024-05-15T09:00:00Z", Lage::Faellig),
            ("2024-05-15T09:00:01Z", Lage::Zweifelhaft),
            ("2031-01-01T00:00:00Z", Lage::Zweifelhaft),
        ] {
            assert_eq!(lage(at(now)).await, expected, "{now}");
        }
        // No mail comes any more, and the run of one day speaks for the next ones.
        ledger.begin_deletion(at("2024-05-15T03:00:00Z")).await.unwrap();
        for (now, expected) in [
            ("2024-05-15T21:59:00Z", Lage::Erledigt),
            // Midnight in Berlin.
            ("2024-05-15T22:00:00Z", Lage::Faellig),
            ("2024-05-29T03:00:00Z", Lage::Faellig),
            ("2024-05-29T03:00:01Z", Lage::Zweifelhaft),
            ("2031-01-01T00:00:00Z", Lage::Zweifelhaft),
        ] {
            assert_eq!(lage(at(now)).await, expected, "{now}");
        }
        // A start and a cycle under a wrong clock do not speak for it.
        ledger.begin_run("1.0", at("2031-01-01T00:00:00Z")).await.unwrap();
        ledger.cycle_completed(at("2031-01-01T00:01:00Z")).await.unwrap();
        assert_eq!(lage(at("2031-01-01T00:10:00Z")).await, Lage::Zweifelhaft);
    }

    #[test]
    fn what_is_old_or_far_ahead_does_not_speak_for_the_clock() {
        for (last, newest, expected) in [
            (None, None, false),
            (Some("2024-05-01T00:00:00Z"), None, true),
            (Some("2024-04-01T00:00:00Z"), None, false),
            (Some("2024-04-01T00:00:00Z"), Some("2024-05-01T00:00:00Z"), true),
            // A server may be ahead a little. A mail of the year 2037 was put there by somebody.
            (None, Some("2024-05-02T01:00:00Z"), true),
            (Some("2024-04-01T00:00:00Z"), Some("2037-01-01T00:00:00Z"), false),
            (Some("2031-01-01T00:00:00Z"), None, false),
        ] {
            assert_eq!(
                believed(last.map(at), newest.map(at), at("2024-05-02T00:00:00Z")),
                expected,
                "{last:?} {newest:?}"
            );
        }
    }

    #[test]
    fn doubt_is_told_once_a_day() {
        let mut warned = None;
        let day = |day| jiff::civil::date(2024, 5, day);
        let mut told = Vec::new();
        for today in [day(2), day(2), day(3)] {
            let before = warned;
            warn_once_a_day(&mut warned, today);
            told.push(before != warned);
        }
        assert_eq!(told, [true, false, true]);
    }
}
