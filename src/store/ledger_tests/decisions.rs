//! Decisions, folders and figures.

use super::*;

#[tokio::test]
async fn a_new_message_arrives_and_is_decided() {
    for (entscheidung, agentur, expected) in [
        ("uebergeben", Some("kiel"), "zugeordnet dienst kiel"),
        ("ungeklaert", None, "ungeklaert dienst -"),
        ("verbleibt_sc", None, "verbleibt_sc dienst -"),
        ("fremd", None, "fremd dienst -"),
        ("automatisch", None, "automatisch dienst -"),
    ] {
        let fixture = Fixture::new();
        fixture.record(seen(1, decision(entscheidung, agentur, "plz"))).await;
        assert_eq!(fixture.events(), ["eingegangen unbekannt -", expected]);
    }
}

#[tokio::test]
async fn an_event_is_added_only_when_the_words_change() {
    let mut again = seen(1, to_kiel());
    again.regelwerk = version(2);
    for (name, second, events) in [
        ("the very same", seen(1, to_kiel()), 2),
        ("another rule set, same words", again, 2),
        ("another Agentur", seen(1, decision("uebergeben", Some("flensburg"), "plz")), 3),
        ("another reason", seen(1, decision("uebergeben", Some("kiel"), "mehrheit")), 3),
        ("another outcome", seen(1, decision("ungeklaert", None, "widerspruch")), 3),
    ] {
        let fixture = Fixture::new();
        let first = fixture.record(seen(1, to_kiel())).await;
        assert_eq!(fixture.record(second.clone()).await, first, "{name}: known by its place");
        let named = Zuordnung { vorgang: Some(first), ..second.clone() };
        assert_eq!(fixture.record(named).await, first, "{name}: known by its number");
        assert_eq!(fixture.ledger.event_count().await.unwrap(), events, "{name}");

        let known = fixture.inbox().await;
        assert_eq!(known.len(), 1, "{name}");
        assert_eq!(known[0].grund, second.decision.grund);
        assert_eq!(known[0].agentur, second.decision.agentur);
        assert_eq!(known[0].current, second.regelwerk == version(1), "{name}");
    }
}

#[tokio::test]
async fn a_folder_is_listed_by_uid_without_what_is_gone() {
    let fixture = Fixture::new();
    for uid in [30, 10, 20] {
        fixture.record(seen(uid, to_kiel())).await;
    }
    fixture.ledger.gone(NORD, &FolderName::inbox(), VALIDITY, vec![Uid(20), Uid(99)], at(5)).await.unwrap();
    fixture.ledger.gone("sc-other", &FolderName::inbox(), VALIDITY, vec![Uid(10)], at(5)).await.unwrap();
    let uids: Vec<_> = fixture.inbox().await.iter().map(|mail| mail.uid.0).collect();
    assert_eq!(uids, [10, 30]);
    for (postfach, uidvalidity) in [("sc-other", VALIDITY), (NORD, UidValidity(8))] {
        let known = fixture.ledger.known(postfach, &FolderName::inbox(), uidvalidity, &version(1)).await.unwrap();
        assert!(known.is_empty(), "{postfach} {uidvalidity}");
    }
}

#[tokio::test]
async fn what_a_listing_missed_is_the_same_vorgang_but_another_message_is_not() {
    let fixture = Fixture::new();
    let first = fixture.record(seen(1, to_kiel())).await;
    let inbox = FolderName::inbox();
    let vanish = || fixture.ledger.gone(NORD, &inbox, VALIDITY, vec![Uid(1)], at(5));
    vanish().await.unwrap();
    assert_eq!(fixture.record(seen(1, to_kiel())).await, first);
    assert_eq!(fixture.inbox().await.len(), 1);

    // Some servers let a UIDVALIDITY come back.
    vanish().await.unwrap();
    let other = Zuordnung { fingerprint: fingerprint(99), ..seen(1, to_kiel()) };
    assert_ne!(fixture.record(other).await, first);
    assert_eq!(fixture.ledger.event_count().await.unwrap(), 4);
}

#[tokio::test]
async fn a_new_key_changes_the_pseudonym_and_nothing_else() {
    let fixture = Fixture::new();
    let first = fixture.record(seen(1, to_kiel())).await;
    let rekeyed = Zuordnung { fingerprint: fingerprint(77), ..seen(1, to_kiel()) };
    assert_eq!(fixture.record(rekeyed).await, first);
    assert_eq!(fixture.inbox().await[0].fingerprint, fingerprint(77));
}

#[tokio::test]
async fn twins_are_two_vorgaenge() {
    let fixture = Fixture::new();
    let first = fixture.record(seen(1, to_kiel())).await;
    let twin = fixture.record(Zuordnung { fingerprint: fingerprint(1), ..seen(2, to_kiel()) }).await;
    assert_ne!(first, twin);
    let places = fixture.ledger.places_of(NORD, vec![fingerprint(1)]).await.unwrap();
    assert_eq!(places[&fingerprint(1)], [sighting(first, inbox(1)), sighting(twin, inbox(2))]);
    assert!(fixture.ledger.places_of("sc-other", vec![fingerprint(1)]).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_vorgang_follows_its_message_to_a_new_incarnation_of_the_folder() {
    let fixture = Fixture::new();
    let first = fixture.record(seen(1, to_kiel())).await;
    let rebound = Place { uidvalidity: UidValidity(8), ..inbox(40) };
    let found = Zuordnung { vorgang: Some(first), place: rebound.clone(), ..seen(1, to_kiel()) };
    assert_eq!(fixture.record(found).await, first);
    assert!(fixture.inbox().await.is_empty());
    let places = fixture.ledger.places_of(NORD, vec![fingerprint(1)]).await.unwrap();
    assert_eq!(places[&fingerprint(1)], [sighting(first, rebound)]);
    assert_eq!(fixture.ledger.event_count().await.unwrap(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mailboxes_work_side_by_side() {
    let fixture = Fixture::new();
    let tasks: Vec<_> = (0..5)
        .map(|number| {
            let ledger = fixture.ledger.clone();
            tokio::spawn(async move {
                let postfach = format!("sc-{number}");
                for uid in 1..=20 {
                    ledger.record(&postfach, vec![seen(uid, to_kiel())], at(0)).await.unwrap();
                }
                ledger.known(&postfach, &FolderName::inbox(), VALIDITY, &version(1)).await.unwrap().len()
            })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap(), 20);
    }
    let summary = Reader::open(fixture.dir.path()).unwrap().summary().unwrap();
    assert_eq!(summary.len(), 5);
    assert!(summary.iter().all(|row| row.vorgaenge == 20 && row.uebergeben == 0));
}

#[tokio::test]
async fn a_reader_sees_what_is_committed_and_cannot_write() {
    let fixture = Fixture::new();
    let vorgang = fixture.record(seen(1, to_kiel())).await;
    fixture.record(seen(2, decision("ungeklaert", None, "kein_hinweis"))).await;
    let reader = Reader::open(fixture.dir.path()).unwrap();
    let operation = fixture.intend(vorgang, 1).await;
    fixture.settle(operation, moved(501)).await.unwrap();
    assert_eq!(reader.event_count().unwrap(), 5);
    let row = |entscheidung: &str, agentur: Option<&str>, grund: &str, uebergeben| SummaryRow {
        postfach: NORD.to_owned(),
        entscheidung: entscheidung.to_owned(),
        agentur: agentur.map(str::to_owned),
        grund: grund.to_owned(),
        vorgaenge: 1,
        uebergeben,
    };
    let expected = [row("uebergeben", Some("kiel"), "plz", 1), row("ungeklaert", None, "kein_hinweis", 0)];
    assert_eq!(reader.summary().unwrap(), expected);
    let connection = file::open_for_reading(&ledger_path(fixture.dir.path())).unwrap();
    assert!(connection.execute("DELETE FROM event", []).is_err());
}
