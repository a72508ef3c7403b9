//! Retention: once a day the ledger loses what is due.
//!
//! It works in small bites between the calls of the mailboxes and never at the first moment after a start. What it deletes
//! cannot be brought back, so it does nothing while the clock of this machine cannot be believed.

use std::time::Duration;

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
/// Mail comes every day, holidays included. If the newest is older, either nothing comes any more or the clock is ahead.
const SILENCE: SignedDuration = SignedDuration::from_hours(14 * 24);

/// Rows taken, by class.
pub type Taken = Vec<(Loeschklasse, u64)>;

/// Deletes once a day what is due, until the process is asked to stop.
pub async fn daily(fristen: Fristen, dienst: &Dienst) {
    let zone = zone();
    let mut clock = ClockWatch::new();
    let mut wait = FIRST;
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
        match due(&dienst.ledger, &stichtage, now).await {
            Ok(false) => continue,
            Ok(true) => {}
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

/// Whether nothing was deleted today, and the date can be believed.
async fn due(ledger: &Ledger, stichtage: &Stichtage, now: Timestamp) -> Result<bool, LedgerError> {
    if ledger.last_deletion().await?.is_some_and(|last| stichtage.day(last) >= stichtage.day(now)) {
        return Ok(false);
    }
    let newest = ledger.newest_arrival().await?;
    if newest.is_some_and(|newest| now.duration_since(newest) > SILENCE) {
        warn!(
            "no mail has arrived for {} days, or the clock of this machine is ahead: nothing is deleted by itself; if the clock is right, \
             stop the service and run `postweiche aufbewahrung --ausfuehren`",
            SILENCE.as_hours() / 24
        );
        return Ok(false);
    }
    Ok(true)
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

    #[tokio::test]
    async fn it_deletes_once_a_day_and_not_by_a_clock_that_is_ahead() {
        let dir = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(dir.path()).unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let due =
            async |now: Timestamp| due(&ledger, &Stichtage::of(&Fristen::default(), now, &zone()), now).await.unwrap();
        assert!(due(at("2024-05-02T03:00:00Z")).await, "an empty ledger loses nothing");
        ledger.record("sc-nord", vec![arrived(at("2024-05-01T09:00:00Z"))], at("2024-05-01T09:01:00Z")).await.unwrap();
        ledger.begin_deletion(at("2024-05-02T03:00:00Z")).await.unwrap();
        for (now, expected) in [
            ("2024-05-02T21:59:00Z", false),
            // Midnight in Berlin.
            ("2024-05-02T22:00:00Z", true),
            ("2024-05-15T09:00:00Z", true),
            ("2024-05-15T09:00:01Z", false),
            ("2031-01-01T00:00:00Z", false),
        ] {
            assert_eq!(due(at(now)).await, expected, "{now}");
        }
    }
}
