//! Rounds, and what they find nowhere.

use super::*;

#[tokio::test]
async fn a_round_that_could_not_see_everything_counts_only_for_what_is_gone_for_a_day() {
    let fixture = Fixture::new();
    let vorgang = fixture.record(seen(1, to_kiel())).await;
    fixture.ledger.gone(NORD, &FolderName::inbox(), VALIDITY, vec![Uid(1)], at(100)).await.unwrap();
    let found_nowhere = async || -> Vec<VorgangId> {
        fixture.ledger.found_nowhere(NORD).await.unwrap().into_iter().map(|due| due.vorgang).collect()
    };
    let day = 86_400;
    for begun in [200, 300, 400] {
        fixture.ledger.end_round(NORD, at(begun), false).await.unwrap();
    }
    assert_eq!(found_nowhere().await, [], "it may lie where nobody could look");
    for begun in [day + 200, day + 300] {
        fixture.ledger.end_round(NORD, at(begun), false).await.unwrap();
    }
    assert_eq!(found_nowhere().await, [vorgang]);
}

#[tokio::test]
async fn two_complete_rounds_begun_after_it_was_missed_find_a_vorgang_nowhere() {
    let fixture = Fixture::new();
    let vorgang = fixture.record(seen(1, to_kiel())).await;
    fixture.ledger.gone(NORD, &FolderName::inbox(), VALIDITY, vec![Uid(1)], at(100)).await.unwrap();
    for (begun, expected) in [(50, vec![]), (200, vec![]), (300, vec![vorgang])] {
        fixture.ledger.end_round(NORD, at(begun), true).await.unwrap();
        let found: Vec<_> = fixture.ledger.found_nowhere(NORD).await.unwrap();
        assert_eq!(found.iter().map(|due| due.vorgang).collect::<Vec<_>>(), expected, "round begun at {begun}");
    }
}

#[tokio::test]
async fn what_was_gone_for_good_and_is_listed_again_was_seen_again() {
    let fixture = Fixture::new();
    let vorgang = fixture.record(seen(1, to_kiel())).await;
    fixture.ledger.gone(NORD, &FolderName::inbox(), VALIDITY, vec![Uid(1)], at(100)).await.unwrap();
    for begun in [200, 300] {
        fixture.ledger.end_round(NORD, at(begun), true).await.unwrap();
    }
    let due = fixture.ledger.found_nowhere(NORD).await.unwrap();
    let gone = Ereignis { art: Art::Verschwunden, rolle: Rolle::Unbekannt, agentur: None, von: None, grund: "" };
    let fortgaenge = due.iter().map(|due| Fortgang { vorgang: due.vorgang, ereignisse: vec![gone.clone()] }).collect();
    fixture.ledger.go_on(fortgaenge, at(400)).await.unwrap();
    assert_eq!(fixture.record(seen(1, to_kiel())).await, vorgang);
    assert_eq!(fixture.events().last().map(String::as_str), Some("wiedergesehen unbekannt -"));
    fixture.ledger.gone(NORD, &FolderName::inbox(), VALIDITY, vec![Uid(1)], at(500)).await.unwrap();
    for begun in [600, 700] {
        fixture.ledger.end_round(NORD, at(begun), true).await.unwrap();
    }
    assert_eq!(fixture.ledger.found_nowhere(NORD).await.unwrap().len(), 1, "it can vanish once more");
}

/// What was marked in this folder before our time.
fn altbestand(uid: u8) -> Sichtung {
    let neu = Neu {
        uid: Uid(uid.into()),
        fingerprint: fingerprint(uid),
        message_id: None,
        eingang: at(-3600),
        size: 1_000,
        gezeigt: Gezeigt::default(),
        altbestand: true,
    };
    Sichtung {
        folder: target(),
        uidvalidity: TARGET_VALIDITY,
        agentur: Some("kiel".to_owned()),
        fort: Vec::new(),
        neu: vec![neu],
        merkmale: Vec::new(),
        kopfzeilen: Vec::new(),
        mit_kopfzeile: false,
    }
}

#[tokio::test]
async fn a_folder_written_down_again_does_not_count_what_is_from_before_our_time() {
    let fixture = Fixture::new();
    fixture.ledger.sighted(NORD, altbestand(1), &version(1), Betriebsart::Betrieb, at(0)).await.unwrap();
    let message =
        Wiedergefunden { uid: Uid(1), fingerprint: fingerprint(1), message_id: None, eingang: at(-3600), size: 1_000 };
    let folder = (target(), TARGET_VALIDITY);
    let version = version(1);
    let rebuild = fixture.ledger.rebuild(NORD, folder, "kiel", vec![message], &version, Betriebsart::Betrieb);
    assert_eq!(rebuild.await.unwrap(), 0);
    assert_eq!(fixture.ledger.watched(NORD, &target(), TARGET_VALIDITY).await.unwrap().len(), 1, "it is known once");
    assert!(fixture.events().is_empty());
}

#[tokio::test]
async fn what_is_from_before_our_time_stays_in_inbox_if_somebody_drags_it_there() {
    let fixture = Fixture::new();
    fixture.ledger.sighted(NORD, altbestand(1), &version(1), Betriebsart::Betrieb, at(0)).await.unwrap();
    let recorded = fixture.ledger.record(NORD, vec![seen(1, to_kiel()), seen(2, to_kiel())], at(1)).await.unwrap();
    let halts: Vec<_> = recorded.iter().map(|recorded| recorded.halt).collect();
    assert_eq!(halts, [Some(Haltegrund::Zurueckgegeben), None]);
}
