//! Conversations: which Agentur the earlier mails are with.

use std::collections::BTreeSet;

use rusqlite::params;

use super::*;

impl Fixture {
    /// Whom a reply to the mails with these UIDs belongs to.
    async fn with(&self, earlier: &[u8]) -> Vec<String> {
        self.with_in(NORD, earlier).await
    }

    async fn with_in(&self, postfach: &str, earlier: &[u8]) -> Vec<String> {
        let conversation = earlier.iter().map(|&uid| message_id(uid)).collect();
        let answers = self.ledger.conversations(postfach, vec![conversation]).await.unwrap();
        assert_eq!(answers.len(), 1);
        answers[0].iter().cloned().collect()
    }

    async fn end(&self, uid: u8, agentur: &str, outcome: Outcome) -> VorgangId {
        let vorgang = self.record(seen(uid, decision("uebergeben", Some(agentur), "plz"))).await;
        let operation = self.intend(vorgang, uid.into()).await;
        self.settle(operation, outcome).await.unwrap();
        vorgang
    }

    async fn hand_over(&self, uid: u8, agentur: &str) -> VorgangId {
        self.end(uid, agentur, moved(500 + u32::from(uid))).await
    }

    /// What the observation of folders will add.
    fn observe(&self, vorgang: VorgangId, art: &str, agentur: Option<&str>) {
        self.file()
            .execute(
                "INSERT INTO event (vorgang, art, rolle, agentur, at) VALUES (?1, ?2, 'eingangszone', ?3, 0)",
                params![vorgang.0, art, agentur],
            )
            .unwrap();
    }
}

#[tokio::test]
async fn a_mail_is_with_whom_the_newest_event_says() {
    for (observed, expected) in [
        ("", "kiel"),
        ("umgeordnet:flensburg", "flensburg"),
        ("umgeordnet:flensburg umgeordnet:kiel", "kiel"),
        ("umgeordnet", ""),
        ("zurueckgegeben:kiel", ""),
        ("zurueckgegeben:kiel umgeordnet:flensburg", "flensburg"),
        ("zurueckgegeben:kiel uebergeben:flensburg", "flensburg"),
        ("umgeordnet:flensburg zurueckgegeben:flensburg", ""),
        ("in_bearbeitung:husum bearbeitet wiedereroeffnet", "kiel"),
        ("bearbeitet loeschvorgemerkt geloescht", "kiel"),
        ("in_bearbeitung:kiel bearbeitung_beendet:kiel", "kiel"),
        ("bearbeitet:kiel vorgangsart_berichtigt:kiel loeschvorgemerkt:kiel vormerkung_aufgehoben:kiel", "kiel"),
        ("verschwunden:kiel", ""),
        ("verschwunden:kiel wiedergesehen:kiel", "kiel"),
        ("anderswo:kiel", ""),
        ("ungeklaert", ""),
    ] {
        let fixture = Fixture::new();
        let vorgang = fixture.hand_over(1, "kiel").await;
        for event in observed.split_whitespace() {
            let (art, agentur) = event.split_once(':').unzip();
            fixture.observe(vorgang, art.unwrap_or(event), agentur);
        }
        assert_eq!(fixture.with(&[1]).await.join(" "), expected, "{observed}");
    }
}

#[tokio::test]
async fn a_mail_that_was_not_moved_is_with_nobody() {
    let fixture = Fixture::new();
    fixture.record(seen(1, to_kiel())).await;
    fixture.record(Zuordnung { betriebsart: Betriebsart::Schatten, ..seen(2, to_kiel()) }).await;
    fixture.record(seen(3, decision("ungeklaert", None, "kein_hinweis"))).await;
    fixture.end(4, "kiel", Outcome::Gone).await;
    fixture.end(5, "kiel", Outcome::NotMoved { grund: "overquota" }).await;
    fixture.end(6, "kiel", Outcome::Ambiguous(Zweifel::Unterbrochen)).await;
    let vorgang = fixture.record(seen(7, to_kiel())).await;
    fixture.intend(vorgang, 7).await;
    assert_eq!(fixture.with(&[1, 2, 3, 4, 5, 6, 7, 99]).await, [""; 0]);
}

#[tokio::test]
async fn what_a_person_put_back_silences_its_conversation() {
    let fixture = Fixture::new();
    fixture.hand_over(1, "kiel").await;
    let returned = fixture.hand_over(2, "kiel").await;
    assert_eq!(fixture.with(&[1, 2]).await, ["kiel"]);
    fixture.ledger.pin(returned, inbox(20), put_back(), at(3)).await.unwrap();
    assert_eq!(fixture.with(&[2]).await, [""; 0]);
    assert_eq!(fixture.with(&[1, 2]).await, [""; 0]);
    assert_eq!(fixture.with(&[1]).await, ["kiel"], "another reply, to the first alone");
}

#[tokio::test]
async fn each_conversation_gets_its_own_answer_from_its_own_mailbox() {
    let fixture = Fixture::new();
    let asked = |uids: &[&[u8]]| -> Vec<Vec<MessageIdHash>> {
        uids.iter().map(|uids| uids.iter().map(|&uid| message_id(uid)).collect()).collect()
    };
    let empty = fixture.ledger.conversations("never-seen", asked(&[&[1], &[]])).await.unwrap();
    assert_eq!(empty, [BTreeSet::new(), BTreeSet::new()]);
    fixture.hand_over(1, "kiel").await;
    fixture.hand_over(2, "flensburg").await;
    fixture.ledger.record("sc-west", vec![seen(9, to_kiel())], at(0)).await.unwrap();
    let answers = fixture.ledger.conversations(NORD, asked(&[&[2], &[3], &[2, 1], &[]])).await.unwrap();
    let answers: Vec<Vec<String>> = answers.into_iter().map(|answer| answer.into_iter().collect()).collect();
    assert_eq!(answers, [vec!["flensburg"], vec![], vec!["flensburg", "kiel"], vec![]]);
    assert_eq!(fixture.with_in("sc-west", &[1]).await, [""; 0]);
}

#[tokio::test]
async fn twins_count_all_and_a_crowd_counts_nothing() {
    let fixture = Fixture::new();
    for uid in 1..=10 {
        let twin = Zuordnung {
            message_id: Some(message_id(200)),
            ..seen(uid, decision("uebergeben", Some(["kiel", "husum"][usize::from(uid % 2)]), "plz"))
        };
        let vorgang = fixture.record(twin).await;
        let operation = fixture.intend(vorgang, uid.into()).await;
        fixture.settle(operation, moved(500 + u32::from(uid))).await.unwrap();
    }
    assert_eq!(fixture.with(&[200]).await, ["husum", "kiel"]);
    let one_more = Zuordnung { message_id: Some(message_id(200)), ..seen(11, to_kiel()) };
    fixture.ledger.record("sc-west", vec![one_more], at(0)).await.unwrap();
    assert_eq!(fixture.with(&[200]).await, [""; 0]);
}

#[tokio::test]
async fn recording_again_keeps_the_hash_and_a_new_key_replaces_it() {
    let fixture = Fixture::new();
    let rows = || {
        let file = fixture.file();
        let mut statement = file.prepare("SELECT vorgang, message_id_hash FROM gespraech").unwrap();
        let rows = statement.query_map([], |row| Ok((VorgangId(row.get(0)?), row.get(1)?))).unwrap();
        rows.collect::<Result<Vec<(VorgangId, [u8; 16])>, _>>().unwrap()
    };
    let vorgang = fixture.record(seen(1, to_kiel())).await;
    for (hash, expected) in [
        (Some(message_id(1)), vec![(vorgang, [1; 16])]),
        (Some(message_id(77)), vec![(vorgang, [77; 16])]),
        (None, vec![]),
        (Some(message_id(1)), vec![(vorgang, [1; 16])]),
    ] {
        for _ in 0..2 {
            fixture.record(Zuordnung { message_id: hash, ..seen(1, to_kiel()) }).await;
            assert_eq!(rows(), expected);
        }
    }
    assert_eq!(fixture.events().len(), 2, "no event for it");
    // The hashes go sooner than their Vorgang, and with it.
    fixture.file().execute("DELETE FROM gespraech", []).unwrap();
    assert_eq!(fixture.inbox().await.len(), 1);
}

#[tokio::test]
async fn a_ledger_of_the_first_schema_learns_conversations() {
    let dir = tempfile::tempdir().unwrap();
    let path = ledger_path(dir.path());
    let old = Connection::open(&path).unwrap();
    old.execute_batch(include_str!("../schema/0001_init.sql")).unwrap();
    old.execute_batch(
        "INSERT INTO postfach VALUES (1, 'sc-nord');
         INSERT INTO folder VALUES (1, 1, 'INBOX'), (2, 1, 'INBOX/Agentur Kiel');
         INSERT INTO regelwerk VALUES (1, printf('%064x', 1), 0, '');
         INSERT INTO vorgang VALUES
            (1, 1, zeroblob(16), 0, 'bis_10_kb', 2, 11, 501, NULL, 0, 0, 'freie-email', 'uebergeben', 'kiel', 'r', 'plz',
                '', NULL, 1, 'betrieb', 0),
            (2, 1, x'02020202020202020202020202020202', 0, 'bis_10_kb', 1, 7, 2, NULL, NULL, 0, 'freie-email',
                'ungeklaert', NULL, 'r', 'kein_hinweis', '', NULL, 1, 'betrieb', 0);
         INSERT INTO event (vorgang, art, rolle, agentur, at) VALUES
            (1, 'eingegangen', 'unbekannt', NULL, 0), (1, 'uebergeben', 'dienst', 'kiel', 0);
         PRAGMA user_version = 1;",
    )
    .unwrap();
    drop(old);

    let fixture = Fixture { ledger: Ledger::open(dir.path()).unwrap(), dir };
    assert_eq!(fixture.inbox().await.len(), 1, "what was known is known");
    assert_eq!(fixture.events(), ["eingegangen unbekannt -", "uebergeben dienst kiel"]);
    assert_eq!(fixture.with(&[1, 2]).await, [""; 0], "nobody noted the Message-IDs of the old ones");
    // A known one gets its hash when it is decided again, a new one at once.
    let again = fixture.record(seen(2, to_kiel())).await;
    assert_eq!(again, VorgangId(2));
    let operation = fixture.intend(again, 2).await;
    fixture.settle(operation, moved(502)).await.unwrap();
    fixture.hand_over(3, "flensburg").await;
    assert_eq!(fixture.with(&[2, 3]).await, ["flensburg", "kiel"]);
    assert_eq!(Reader::open(fixture.dir.path()).unwrap().event_count().unwrap(), 7);
    assert!(path.with_file_name("ledger.sqlite.schema-1").exists(), "the old one was kept");
}
