//! The journal, and messages that people move.

use super::*;

#[tokio::test]
async fn each_outcome_leaves_its_own_traces() {
    struct Case {
        outcome: Outcome,
        event: Option<&'static str>,
        in_inbox: bool,
        in_target: bool,
        pinned: bool,
    }
    for case in [
        Case {
            outcome: moved(501),
            event: Some("uebergeben dienst kiel"),
            in_inbox: false,
            in_target: true,
            pinned: false,
        },
        Case {
            outcome: Outcome::Gone,
            event: Some("anderswo unbekannt kiel"),
            in_inbox: false,
            in_target: false,
            pinned: false,
        },
        Case {
            outcome: Outcome::NotMoved { grund: "overquota" },
            event: None,
            in_inbox: true,
            in_target: false,
            pinned: false,
        },
        Case {
            outcome: Outcome::Ambiguous(Zweifel::Unterbrochen),
            event: Some("mehrdeutig dienst kiel"),
            in_inbox: true,
            in_target: false,
            pinned: true,
        },
    ] {
        let outcome = &case.outcome;
        let fixture = Fixture::new();
        let vorgang = fixture.record(seen(1, to_kiel())).await;
        let operation = fixture.intend(vorgang, 1).await;
        let open = fixture.ledger.open_operations(NORD).await.unwrap();
        assert_eq!(
            open,
            [OpenOperation {
                id: operation,
                vorgang,
                source: inbox(1),
                target: target(),
                target_uidvalidity: Some(TARGET_VALIDITY),
                target_uidnext: Some(Uid(500)),
                fingerprint: fingerprint(1),
                attempt: 1,
                weg: Weg::Move,
                kopie: None,
            }]
        );
        assert!(fixture.ledger.open_operations("sc-other").await.unwrap().is_empty());

        let added = u64::from(case.event.is_some());
        assert_eq!(fixture.settle(operation, outcome.clone()).await.unwrap(), added, "{outcome:?}");
        assert_eq!(fixture.settle(operation, outcome.clone()).await.unwrap(), 0, "{outcome:?} again");
        assert_eq!(fixture.events().get(2).map(String::as_str), case.event, "{outcome:?}");
        assert!(fixture.ledger.open_operations(NORD).await.unwrap().is_empty());
        let inbox = fixture.inbox().await;
        assert_eq!(!inbox.is_empty(), case.in_inbox, "{outcome:?}");
        assert_eq!(inbox.iter().any(|mail| mail.halt.is_some()), case.pinned, "{outcome:?}");
        assert_eq!(fixture.claimed_in_target().await == [Uid(501)], case.in_target, "{outcome:?}");

        for other in
            [moved(502), Outcome::Gone, Outcome::NotMoved { grund: "" }, Outcome::Ambiguous(Zweifel::Unterbrochen)]
        {
            if std::mem::discriminant(&other) != std::mem::discriminant(outcome)
                || matches!(other, Outcome::Moved { .. })
            {
                let error = fixture.settle(operation, other).await.unwrap_err();
                assert_eq!(refusal(&error), Refusal::OtherwiseSettled(operation), "{outcome:?}");
            }
        }
    }
}

#[tokio::test]
async fn only_a_refused_move_is_tried_again() {
    for (outcome, again) in [
        (None, false),
        (Some(moved(501)), false),
        (Some(Outcome::Gone), false),
        (Some(Outcome::Ambiguous(Zweifel::Unterbrochen)), false),
        (Some(Outcome::NotMoved { grund: "throttle" }), true),
    ] {
        let fixture = Fixture::new();
        let vorgang = fixture.record(seen(1, to_kiel())).await;
        let other = fixture.record(seen(2, to_kiel())).await;
        let operation = fixture.intend(vorgang, 1).await;
        if let Some(outcome) = outcome.clone() {
            fixture.settle(operation, outcome).await.unwrap();
        }
        let before = fixture.ledger.open_operations(NORD).await.unwrap();
        let result = fixture.ledger.intend(NORD, vec![intent(other, 2), intent(vorgang, 1)], at(3)).await;
        let open = fixture.ledger.open_operations(NORD).await.unwrap();
        if again {
            assert_eq!(result.unwrap()[1], operation);
            assert_eq!(open.iter().map(|open| open.attempt).collect::<Vec<_>>(), [2, 1]);
            assert_eq!(fixture.settle(operation, moved(501)).await.unwrap(), 1);
        } else {
            let expected = Refusal::AlreadyTried { vorgang, operation };
            assert_eq!(refusal(&result.unwrap_err()), expected, "{outcome:?}");
            assert_eq!(open, before, "{outcome:?}: nothing was written, not even the good one");
        }
    }
}

#[tokio::test]
async fn moves_that_contradict_the_ledger_are_refused() {
    let fixture = Fixture::new();
    let here = fixture.record(seen(1, to_kiel())).await;
    let pinned = fixture.record(seen(2, to_kiel())).await;
    fixture.ledger.pin(pinned, inbox(2), put_back(), at(1)).await.unwrap();
    let left = fixture.record(seen(3, to_kiel())).await;
    fixture.ledger.gone(NORD, &FolderName::inbox(), VALIDITY, vec![Uid(3)], at(1)).await.unwrap();
    let unknown = VorgangId(99);
    for (intent, expected) in [
        (intent(unknown, 1), Refusal::UnknownVorgang(unknown)),
        (intent(here, 9), Refusal::NotThere(here)),
        (intent(left, 3), Refusal::NotThere(left)),
        (intent(pinned, 2), Refusal::Pinned(pinned)),
    ] {
        let error = fixture.ledger.intend(NORD, vec![intent], at(2)).await.unwrap_err();
        assert_eq!(refusal(&error), expected);
        assert!(!error.retry());
    }
    let error = fixture.ledger.intend("sc-other", vec![intent(here, 1)], at(2)).await.unwrap_err();
    assert_eq!(refusal(&error), Refusal::UnknownVorgang(here));
    let error = fixture.settle(OperationId(5), Outcome::Gone).await.unwrap_err();
    assert_eq!(refusal(&error), Refusal::UnknownOperation(OperationId(5)));
    assert!(fixture.ledger.open_operations(NORD).await.unwrap().is_empty());
}

#[tokio::test]
async fn one_target_uid_cannot_be_claimed_twice() {
    let fixture = Fixture::new();
    let first = fixture.record(seen(1, to_kiel())).await;
    let second = fixture.record(seen(2, to_kiel())).await;
    let operations = fixture.ledger.intend(NORD, vec![intent(first, 1), intent(second, 2)], at(1)).await.unwrap();
    let settlements = operations.iter().map(|&operation| Settlement { operation, outcome: moved(501) }).collect();
    let error = fixture.ledger.settle(settlements, at(2)).await.unwrap_err();
    assert_eq!(refusal(&error), Refusal::PlaceTaken { wanted: second, owner: first });
    assert_eq!(fixture.ledger.open_operations(NORD).await.unwrap().len(), 2, "neither is settled");
    assert!(fixture.claimed_in_target().await.is_empty());
}

#[tokio::test]
async fn a_proof_beats_an_owner_that_nobody_saw_leave() {
    let fixture = Fixture::new();
    let first = fixture.record(seen(1, to_kiel())).await;
    let operation = fixture.intend(first, 1).await;
    fixture.settle(operation, moved(501)).await.unwrap();
    let second = fixture.record(seen(2, to_kiel())).await;
    let operation = fixture.intend(second, 2).await;
    let later = Settlement { operation, outcome: moved(501) };
    assert_eq!(fixture.ledger.settle(vec![later], at(9)).await.unwrap(), 1);
    assert_eq!(fixture.claimed_in_target().await, [Uid(501)]);
}

#[tokio::test]
async fn what_reappears_where_it_was_moved_from_is_left_to_a_person() {
    let fixture = Fixture::new();
    let vorgang = fixture.record(seen(1, to_kiel())).await;
    let operation = fixture.intend(vorgang, 1).await;
    fixture.settle(operation, Outcome::Gone).await.unwrap();
    assert_eq!(fixture.record(seen(1, to_kiel())).await, vorgang);
    assert!(fixture.inbox().await[0].halt.is_some());
}

#[tokio::test]
async fn a_mail_dragged_back_is_recognised_and_pinned() {
    let fixture = Fixture::new();
    let vorgang = fixture.record(seen(1, to_kiel())).await;
    let operation = fixture.intend(vorgang, 1).await;
    fixture.settle(operation, moved(501)).await.unwrap();
    let in_target = Place { folder: target(), uidvalidity: TARGET_VALIDITY, uid: Uid(501) };
    let found = fixture.ledger.places_of(NORD, vec![fingerprint(1), fingerprint(2)]).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[&fingerprint(1)], [sighting(vorgang, in_target)]);

    for _ in 0..2 {
        fixture.ledger.pin(vorgang, inbox(9), put_back(), at(4)).await.unwrap();
    }
    assert_eq!(fixture.events()[2..], ["uebergeben dienst kiel", "zurueckgegeben eingangszone kiel"]);
    let known = fixture.inbox().await;
    assert_eq!((known[0].vorgang, known[0].uid, known[0].halt.is_some()), (vorgang, Uid(9), true));
    assert!(fixture.claimed_in_target().await.is_empty());

    let other = fixture.record(seen(3, to_kiel())).await;
    let error = fixture.ledger.pin(vorgang, inbox(3), put_back(), at(5)).await.unwrap_err();
    assert_eq!(refusal(&error), Refusal::PlaceTaken { wanted: vorgang, owner: other });
    let error = fixture.ledger.pin(VorgangId(99), inbox(50), put_back(), at(5)).await.unwrap_err();
    assert_eq!(refusal(&error), Refusal::UnknownVorgang(VorgangId(99)));
}

#[tokio::test]
async fn a_proved_copy_stands_in_the_journal_until_its_source_is_gone() {
    let fixture = Fixture::new();
    let vorgang = fixture.record(seen(1, to_kiel())).await;
    let copy = |uid| Intent { weg: Weg::Copy, ..intent(vorgang, uid) };
    let [operation] = fixture.ledger.intend(NORD, vec![copy(1)], at(1)).await.unwrap()[..] else { panic!() };
    let kopie = Kopie { operation, uidvalidity: UidValidity(12), uid: Uid(501) };
    fixture.ledger.copied(vec![kopie]).await.unwrap();
    let open = fixture.ledger.open_operations(NORD).await.unwrap();
    assert_eq!((open[0].weg, open[0].kopie), (Weg::Copy, Some((UidValidity(12), Uid(501)))));

    fixture.settle(operation, Outcome::NotMoved { grund: "overquota" }).await.unwrap();
    let again = fixture.ledger.intend(NORD, vec![copy(1)], at(3)).await.unwrap();
    let open = fixture.ledger.open_operations(NORD).await.unwrap();
    assert_eq!((again[0], open[0].attempt, open[0].kopie), (operation, 2, None), "an old proof is none for a new try");

    assert_eq!(fixture.ledger.ambiguous_copies(NORD, at(0)).await.unwrap(), 0);
    fixture.settle(operation, Outcome::Ambiguous(Zweifel::Unerkannt)).await.unwrap();
    assert_eq!(fixture.ledger.ambiguous_copies(NORD, at(0)).await.unwrap(), 1);
    assert_eq!(fixture.ledger.ambiguous_copies(NORD, at(3)).await.unwrap(), 0);
    let closed = fixture.ledger.copied(vec![kopie]).await.unwrap_err();
    assert_eq!(refusal(&closed), Refusal::UnknownOperation(operation));
}

#[tokio::test]
async fn a_move_is_no_copy() {
    let fixture = Fixture::new();
    let vorgang = fixture.record(seen(1, to_kiel())).await;
    let operation = fixture.intend(vorgang, 1).await;
    let kopie = Kopie { operation, uidvalidity: TARGET_VALIDITY, uid: Uid(501) };
    let error = fixture.ledger.copied(vec![kopie]).await.unwrap_err();
    assert_eq!(refusal(&error), Refusal::UnknownOperation(operation));
}
