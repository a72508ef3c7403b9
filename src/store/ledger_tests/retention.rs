//! What expires, what stays of it, and that nothing of it is left in the file.

use std::fs;

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::super::{stand, tageswert};
use super::*;
use crate::domain::ereignis::Stand;
use crate::domain::loeschklasse::{Fristen, Loeschklasse};
use crate::plan::aufbewahrung::Stichtage;

/// The days that count so many days after the fixture's mails arrived.
fn after_days(days: i64) -> Stichtage {
    let now = at(0) + SignedDuration::from_hours(24 * days);
    Stichtage::of(&Fristen::default(), now, &TimeZone::get("Europe/Berlin").unwrap())
}

impl Fixture {
    /// Deletes everything that is due then, and gives the counts that are not 0.
    async fn expire(&self, days: i64) -> Vec<(&'static str, u64)> {
        let run = at(0) + SignedDuration::from_hours(24 * days);
        let stichtage = after_days(days);
        self.ledger.begin_deletion(run).await.unwrap();
        let mut taken = Vec::new();
        for klasse in Loeschklasse::ALL {
            let mut all = 0;
            loop {
                match self.ledger.delete_due(klasse, &stichtage, run).await.unwrap() {
                    0 => break,
                    bite => all += bite,
                }
            }
            if all > 0 {
                taken.push((klasse.as_str(), all));
            }
        }
        assert!(self.ledger.wipe(Umfang::Kurz).await.unwrap());
        taken
    }

    /// Handed over, found nowhere, and told so.
    async fn finished(&self, uid: u8) -> VorgangId {
        let vorgang = self.handed_over(uid).await;
        self.sql(&format!(
            "UPDATE vorgang SET gone_at = {}, abgeschlossen = 1 WHERE id = {}",
            at(60).as_millisecond(),
            vorgang.0
        ));
        vorgang
    }

    async fn handed_over(&self, uid: u8) -> VorgangId {
        let vorgang = self.record(seen(uid, to_kiel())).await;
        let operation = self.intend(vorgang, uid.into()).await;
        self.settle(operation, moved(500 + u32::from(uid))).await.unwrap();
        vorgang
    }

    fn sql(&self, statement: &str) {
        self.file().execute_batch(statement).unwrap();
    }

    fn count(&self, what: &str) -> i64 {
        self.file().query_row(&format!("SELECT count(*) FROM {what}"), [], |row| row.get(0)).unwrap()
    }

    /// How often these bytes are in the file and its log.
    fn traces(&self, bytes: &[u8]) -> usize {
        ["ledger.sqlite", "ledger.sqlite-wal"]
            .iter()
            .filter_map(|name| fs::read(self.dir.path().join(name)).ok())
            .map(|content| content.windows(bytes.len()).filter(|window| *window == bytes).count())
            .sum()
    }
}

#[tokio::test]
async fn a_finished_vorgang_loses_its_hashes_then_its_events_then_itself() {
    let fixture = Fixture::new();
    let finished = fixture.finished(1).await;
    let other = fixture.handed_over(2).await;
    let (hash, talk) = (fingerprint(1).0, message_id(1).0);
    assert!(fixture.traces(&hash) > 0);
    assert_eq!(fixture.expire(30).await, []);
    assert_eq!(fixture.expire(31).await, [("hashes", 1)]);
    assert_eq!((fixture.traces(&hash), fixture.traces(&fingerprint(2).0) > 0), (0, true));
    assert_eq!(fixture.count("gespraech"), 1);
    assert_eq!(fixture.ledger.places_of(NORD, vec![fingerprint(1)]).await.unwrap().len(), 0);
    assert_eq!(talk, hash, "the fixture gives both the same bytes, so one search was for both");
    assert_eq!(fixture.expire(32).await, [], "to do so again changes nothing");

    let before = fixture.ledger.stand(other).await.unwrap();
    // The newest event of all stays, here the last one of the other Vorgang.
    assert_eq!(fixture.expire(91).await, [("ereignisse", 5), ("vorgaenge", 1)]);
    assert_eq!(fixture.count(&format!("vorgang WHERE id = {}", finished.0)), 0);
    assert_eq!((fixture.count("vorgang"), fixture.count("operation"), fixture.count("stand")), (1, 1, 1));
    assert_eq!(fixture.ledger.stand(other).await.unwrap(), before);
    assert_eq!(fixture.ledger.conversations(NORD, vec![vec![message_id(2)]]).await.unwrap()[0].len(), 1);
}

#[tokio::test]
async fn what_still_lies_there_keeps_its_place_and_no_hash() {
    let fixture = Fixture::new();
    let vorgang = fixture.handed_over(1).await;
    fixture.record(seen(2, decision("ungeklaert", None, "kein_hinweis"))).await;
    fixture.intend(fixture.record(seen(3, to_kiel())).await, 3).await;
    assert_eq!(fixture.ledger.forgotten_until(NORD).await.unwrap(), None);
    let taken = fixture.expire(181).await;
    assert_eq!(taken[0], ("hashes", 2), "an open operation needs its pseudonym");
    assert_eq!((fixture.traces(&fingerprint(1).0), fixture.traces(&fingerprint(3).0) > 0), (0, true));
    assert_eq!(fixture.claimed_in_target().await, [Uid(501)]);
    assert_eq!(fixture.ledger.stand(vorgang).await.unwrap().agentur.as_deref(), Some("kiel"));
    assert_eq!(fixture.ledger.forgotten_until(NORD).await.unwrap(), Some(at(-3600)));

    // In INBOX it is not moved by what was decided before; decided again it is found again, and can be.
    let known = fixture.inbox().await;
    assert_eq!(known.iter().map(|mail| mail.uid).collect::<Vec<_>>(), [Uid(2), Uid(3)]);
    let waiting = known[0].vorgang;
    let error = fixture.ledger.intend(NORD, vec![intent(waiting, 2)], at(9)).await.unwrap_err();
    assert_eq!(refusal(&error), Refusal::NotThere(waiting));
    fixture.record(Zuordnung { vorgang: Some(waiting), ..seen(2, to_kiel()) }).await;
    fixture.intend(waiting, 2).await;
}

#[tokio::test]
async fn copies_in_watched_folders_lose_their_hashes_by_arrival() {
    let fixture = Fixture::new();
    fixture.record(seen(1, to_kiel())).await;
    fixture.sql(&format!(
        "INSERT INTO nebenstueck (folder, uidvalidity, uid, fingerprint, gesehen_am, eingang)
         VALUES (1, 1, 1, x'{0}', {1}, {2}), (1, 1, 2, x'{0}', {1}, NULL), (1, 1, 3, x'{0}', {1}, {1})",
        "77".repeat(16),
        at(24 * 3600).as_millisecond(),
        at(0).as_millisecond(),
    ));
    assert!(fixture.expire(181).await.contains(&("nebenstuecke", 1)));
    assert_eq!((fixture.count("nebenstueck"), fixture.count("nebenstueck WHERE entlinkt = 0")), (3, 2));
    assert!(fixture.expire(182).await.contains(&("nebenstuecke", 2)));
    assert_eq!(fixture.traces(&[0x77; 16]), 0);
}

#[tokio::test]
async fn failed_attempts_go_unless_they_keep_this_version_off_a_mail() {
    let fixture = Fixture::new();
    fixture.record(seen(1, to_kiel())).await;
    let crashed = |uid| vec![(NORD.to_owned(), inbox(uid))];
    fixture.ledger.note_errors(NORD, vec![inbox(11), inbox(12)], at(0)).await.unwrap();
    fixture.ledger.note_crashes([crashed(12), crashed(13), crashed(14)].concat(), at(0)).await.unwrap();
    fixture.ledger.note_errors(NORD, vec![inbox(15)], at(24 * 3600)).await.unwrap();
    fixture.sql("UPDATE versuch SET program_version = '0.0.0' WHERE uid = 14");
    let left = || -> Vec<u32> {
        let file = fixture.file();
        let mut uids = file.prepare("SELECT uid FROM versuch ORDER BY uid").unwrap();
        uids.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    assert!(!fixture.expire(180).await.iter().any(|(klasse, _)| *klasse == "versuche"));
    assert_eq!(left(), [11, 12, 13, 14, 15]);
    assert!(fixture.expire(181).await.contains(&("versuche", 2)));
    assert_eq!(left(), [12, 13, 15]);
    fixture.expire(5000).await;
    assert_eq!(left(), [12, 13]);
}

#[tokio::test]
async fn protocols_and_figures_go_after_three_years() {
    let fixture = Fixture::new();
    for version in ["1.0", "1.1"] {
        fixture.ledger.begin_run(version, at(0)).await.unwrap();
    }
    fixture.record(seen(1, to_kiel())).await;
    fixture.record(Zuordnung { regelwerk: version(2), ..seen(2, to_kiel()) }).await;
    fixture.record(Zuordnung { regelwerk: version(2), vorgang: None, ..seen(1, to_kiel()) }).await;
    fixture.sql("INSERT INTO regelwerk (version, first_used_at) VALUES ('unused', 0), ('newest', 0)");
    let taken = fixture.expire(36 * 31).await;
    let expected = [("hashes", 2), ("ereignisse", 3), ("regelwerke", 1), ("tageswerte", 2), ("laeufe", 1)];
    assert_eq!(taken.iter().map(|(klasse, _)| *klasse).collect::<Vec<_>>(), expected.map(|(klasse, _)| klasse));
    assert_eq!((fixture.count("lauf"), fixture.count("regelwerk WHERE version = 'unused'")), (1, 0));

    let reader = Reader::open(fixture.dir.path()).unwrap();
    let deletions = reader.deletions(9).unwrap();
    assert_eq!(deletions.len(), Loeschklasse::ALL.len());
    assert_eq!(deletions.iter().map(|one| one.anzahl).sum::<u64>(), taken.iter().map(|(_, count)| count).sum::<u64>());
    for bestand in reader.retention(&after_days(36 * 31)).unwrap() {
        assert_eq!(bestand.faellig, 0, "{bestand:?}");
    }
    drop(reader);
    assert!(fixture.expire(2 * 36 * 31).await.contains(&("loeschprotokoll", 9)));
}

#[tokio::test]
async fn a_ledger_without_its_old_runs_and_events_is_still_the_same() {
    let fixture = Fixture::new();
    fixture.ledger.begin_run("1.0", at(0)).await.unwrap();
    fixture.finished(1).await;
    fixture.finished(2).await;
    fixture.ledger.begin_run("1.1", at(9)).await.unwrap();
    fixture.ledger.cycle_completed(at(10)).await.unwrap();
    fixture.expire(5000).await;
    assert_eq!((fixture.count("lauf"), fixture.count("event")), (1, 1));
    fixture.ledger.close().await.unwrap();
    let again = Ledger::open(fixture.dir.path()).unwrap();
    assert_eq!(again.verlust(), None);
}

#[tokio::test]
async fn nothing_is_left_of_many_expired_hashes() {
    let fixture = Fixture::new();
    let marked = |number: u32| {
        let mut hash = [0u8; 16];
        // Scattered like real ones, so that the index is split again and again.
        hash[..4].copy_from_slice(&number.wrapping_mul(2_654_435_761).to_be_bytes());
        hash[4..].copy_from_slice(b"pseudonym-x-");
        hash
    };
    let many = |range: std::ops::Range<u32>| {
        range
            .map(|number| Zuordnung {
                place: inbox(number + 1),
                fingerprint: Fingerprint(marked(number)),
                message_id: Some(MessageIdHash(marked(number))),
                ..seen(1, to_kiel())
            })
            .collect::<Vec<_>>()
    };
    for start in (0..6_000).step_by(500) {
        fixture.ledger.record(NORD, many(start..start + 500), at(0)).await.unwrap();
    }
    let taken = fixture.expire(181).await;
    assert_eq!(taken[0], ("hashes", 6_000), "in several bites");
    assert_eq!(fixture.traces(b"pseudonym-x-"), 0);
}

fn any_history() -> impl Strategy<Value = Vec<(usize, Ereignis, i64)>> {
    let agentur = || prop::sample::select(vec![None, Some("kiel".to_owned()), Some("heide".to_owned())]);
    let art = prop::sample::select(Art::ALL.to_vec());
    let rolle = prop::sample::select(Rolle::ALL.to_vec());
    let grund = prop::sample::select(vec!["", "au"]);
    let ereignis = (art, rolle, agentur(), agentur(), grund).prop_map(|(art, rolle, agentur, von, grund)| Ereignis {
        art,
        rolle,
        agentur,
        von,
        grund,
    });
    prop::collection::vec((0..3usize, ereignis, 0..200i64), 0..40)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    /// Whatever happened when, and whenever the older part of it expires: each Vorgang is as it was, and each day has the
    /// same figures.
    #[test]
    fn states_and_figures_outlive_events(history in any_history(), cuts in prop::collection::vec(90..300i64, 1..4)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let fixture = Fixture::new();
            let mut vorgaenge = Vec::new();
            for uid in 1..=3 {
                vorgaenge.push(fixture.record(seen(uid, to_kiel())).await);
            }
            let mut file = fixture.file();
            let transaction = file.transaction().unwrap();
            for (index, ereignis, day) in &history {
                let when = at(day * 24 * 3600).as_millisecond();
                super::super::event::add_observed(&transaction, vorgaenge[*index], ereignis, when).unwrap();
            }
            transaction.commit().unwrap();
            let mut staende: Vec<Stand> = Vec::new();
            for vorgang in &vorgaenge {
                staende.push(fixture.ledger.stand(*vorgang).await.unwrap());
            }
            let figures = || tageswert::all(&file, &after_days(0)).unwrap();
            let before = figures();
            let mut cuts = cuts;
            cuts.sort_unstable();
            for cut in cuts {
                fixture.expire(cut).await;
                for (vorgang, stand) in vorgaenge.iter().zip(&staende) {
                    assert_eq!(&fixture.ledger.stand(*vorgang).await.unwrap(), stand);
                }
                assert_eq!(figures(), before);
            }
        });
    }
}

#[test]
fn a_state_is_read_as_it_was_kept() {
    let fixture = tokio::runtime::Builder::new_current_thread().build().unwrap();
    fixture.block_on(async {
        let fixture = Fixture::new();
        let vorgang = fixture.record(seen(1, to_kiel())).await;
        let mut file = fixture.file();
        let transaction = file.transaction().unwrap();
        let kept = Stand::of(&[
            Ereignis { art: Art::Uebergeben, rolle: Rolle::Dienst, agentur: Some("kiel".into()), von: None, grund: "" },
            Ereignis {
                art: Art::Bearbeitet,
                rolle: Rolle::Eingangszone,
                agentur: Some("kiel".into()),
                von: None,
                grund: "au",
            },
            Ereignis {
                art: Art::Geloescht,
                rolle: Rolle::Unbekannt,
                agentur: Some("kiel".into()),
                von: None,
                grund: "",
            },
        ]);
        stand::keep(&transaction, vorgang, &kept).unwrap();
        assert_eq!(stand::before_events(&transaction, vorgang).unwrap(), kept);
    });
}
