use std::time::Duration;

use super::*;
use crate::domain::id::{FolderName, Uid, UidValidity};
use crate::domain::vorgang::Weg;
use crate::imap::command::UidSet;
use crate::imap::error::RefusalClass;
use crate::imap::fetch::{Fetch, identify_from};
use crate::imap::folder::{self, Folders, Opened};
use crate::imap::listing;
use crate::imap::mover::{MoveSet, Proof, send_sets};
use crate::imap::scripted::session;

fn kiel() -> FolderName {
    FolderName("INBOX/Kiel".to_owned())
}

fn opened(uidnext: Option<u32>, exists: u32) -> Opened {
    Opened { uidvalidity: UidValidity(7), uidnext: uidnext.map(Uid), exists, read_only: false }
}

#[tokio::test]
async fn whatever_is_no_success_is_an_error_and_only_a_refusal_keeps_the_connection() {
    for (reply, expected, usable) in [
        ("C: A0003 LIST \"\" \"\"\nS: A0003 NO [UNAVAILABLE] later", "LIST: refused (nicht_verfuegbar)", true),
        ("C: A0003 LIST \"\" \"\"\nS: A0003 BAD Command Error. 12", "LIST: refused (nicht_verstanden)", true),
        ("C: A0003 LIST \"\" \"\"", "LIST: the server closed the connection", false),
        ("C: A0003 LIST \"\" \"\"\nS: * BYE Connection is closed. 13", "LIST: the server said BYE", false),
        ("C: A0003 LIST \"\" \"\"\nS: A0002 OK stale", "LIST: answer and command do not belong together", false),
        ("C: A0003 LIST \"\" \"\"\nS: * XFOO )(", "LIST: the answer cannot be understood", false),
        (
            "C: A0003 LIST \"\" \"\"\nS: * 1 FETCH (BODY[] {400000000}",
            "LIST: the server announced more data than is acceptable",
            false,
        ),
    ] {
        let script: &'static str = Box::leak(reply.to_owned().into_boxed_str());
        let (mut session, server) = session(script).await;
        let error = session.exec(&Command::list_root(), |_| {}).await.unwrap_err();
        assert_eq!(error.to_string(), expected, "{reply}");
        assert_eq!(error.keeps_connection(), usable, "{reply}");
        assert_eq!(session.is_clean(), usable, "{reply}");
        if !usable {
            let again = session.exec(&Command::list_root(), |_| {}).await.unwrap_err();
            assert!(matches!(again, ImapError::Desync { .. }), "{reply}");
        }
        drop(session);
        server.await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn silence_and_drip_end_by_their_deadlines() {
    let (mut silent, _server) = session("C: A0003 LIST \"\" \"\"\n...").await;
    let start = Instant::now();
    let error = silent.exec(&Command::list_root(), |_| {}).await.unwrap_err();
    assert!(matches!(error, ImapError::Timeout { waited, .. } if waited == Duration::from_secs(60)), "{error}");
    assert_eq!(start.elapsed().as_secs(), 60);
    assert!(!silent.is_clean());
}

#[tokio::test]
async fn a_dropped_exchange_makes_the_session_useless() {
    let (mut session, _server) = session("C: A0003 LIST \"\" \"\"\n...").await;
    {
        let command = Command::list_root();
        let exec = session.exec(&command, |_| {});
        assert!(timeout(Duration::from_millis(20), exec).await.is_err());
    }
    assert!(!session.is_clean());
    assert!(session.exchange(Verb::List).is_err());
}

#[tokio::test]
async fn select_needs_uidvalidity_and_exists() {
    let good = "C: A0003 SELECT \"INBOX\"\nS: * 3 EXISTS\nS: * NO disk is filling up\nS: * OK [UIDVALIDITY 7] x\nS: * OK [UIDNEXT 9] x\nS: A0003 OK [READ-ONLY] done";
    let (mut one, _server) = session(good).await;
    let inbox = folder::select(&mut one, &FolderName::inbox()).await.unwrap();
    assert_eq!(inbox, Opened { read_only: true, ..opened(Some(9), 3) });
    for (script, lacks) in [
        ("C: A0003 SELECT \"INBOX\"\nS: * 3 EXISTS\nS: A0003 OK [READ-WRITE] done", "UIDVALIDITY"),
        ("C: A0003 SELECT \"INBOX\"\nS: * OK [UIDVALIDITY 7] x\nS: A0003 OK done", "EXISTS"),
        (
            "C: A0003 SELECT \"INBOX\"\nS: * 3 EXISTS\nS: * OK [UIDVALIDITY 7] x\nS: A0003 OK [Error=\"WrongServerException\"] done",
            "nicht_verbunden",
        ),
        ("C: A0003 SELECT \"INBOX\"\nS: * 3 EXISTS\nS: * OK [UIDVALIDITY 0] x\nS: A0003 OK done", "UIDVALIDITY"),
    ] {
        let (mut session, _server) = session(script).await;
        let error = folder::select(&mut session, &FolderName::inbox()).await.unwrap_err().to_string();
        assert!(error.contains(lacks), "{error}");
    }
}

#[tokio::test]
async fn folders_and_their_separator() {
    let script = r#"
        C: A0003 LIST "" ""
        S: * LIST (\Noselect) "." ""
        S: A0003 OK done
        C: A0004 LIST "" "*"
        S: * LIST (\HasChildren) "." Inbox
        S: * LIST () "." "INBOX.Gel&APY-scht"
        S: * LIST () "." "INBOX.a&b"
        S: * LIST (\Noselect) "." "INBOX.Ablage"
        S: A0004 OK done"#;
    let script: &'static str = Box::leak(script.replace("\\\\", "\\").into_boxed_str());
    let (mut session, _server) = session(script).await;
    let folders = folder::list(&mut session).await.unwrap();
    let selectable = ["INBOX", "INBOX.Gelöscht"].map(|name| FolderName(name.to_owned())).into_iter().collect();
    assert_eq!(folders, Folders { separator: Some('.'), selectable });
}

#[tokio::test]
async fn a_listing_ignores_what_it_did_not_ask_for() {
    let (mut session, _server) = session(
        r#"
        C: A0003 UID FETCH 1:8 (UID FLAGS INTERNALDATE RFC822.SIZE)
        S: * 2 FETCH (FLAGS () UID 8 INTERNALDATE "16-Apr-2024 09:12:00 +0200" RFC822.SIZE 5)
        S: * 1 FETCH (UID 3 RFC822.SIZE 5 INTERNALDATE "16-Apr-2024 09:12:00 +0200" FLAGS (\Flagged))
        S: * 1 FETCH (FLAGS (\Seen))
        S: * 1 FETCH (UID 3 FLAGS (\Seen))
        S: * 9 FETCH (UID 99 RFC822.SIZE 5 INTERNALDATE "16-Apr-2024 09:12:00 +0200" FLAGS ())
        S: * 12 EXISTS
        S: A0003 OK done"#,
    )
    .await;
    let listed = listing::list(&mut session, &opened(Some(9), 2)).await.unwrap();
    assert_eq!(listed.missing, 0);
    let seen: Vec<_> = listed.messages.iter().map(|message| (message.uid.0, message.flags.flagged)).collect();
    assert_eq!(seen, [(3, true), (8, false)]);
}

#[tokio::test]
async fn sparse_uids_are_listed_in_few_windows() {
    let (mut session, _server) = session(
        r#"
        C: A0003 UID FETCH 1:20000 (UID FLAGS INTERNALDATE RFC822.SIZE)
        S: A0003 OK done
        C: A0004 UID FETCH 20001:180000 (UID FLAGS INTERNALDATE RFC822.SIZE)
        S: A0004 OK done
        C: A0005 UID FETCH 180001:1000000 (UID FLAGS INTERNALDATE RFC822.SIZE)
        S: A0005 OK done"#,
    )
    .await;
    let listing = listing::list(&mut session, &opened(Some(1_000_001), 50_000)).await.unwrap();
    assert_eq!((listing.messages.len(), listing.missing), (0, 50_000));
}

#[tokio::test]
async fn a_fetch_gives_what_was_asked_for_once() {
    let (mut session, _server) = session(
        r#"
        C: A0003 UID FETCH 3,8 (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[]<0.65536>)
        S: * 2 FETCH (UID 8 BODY[]<0> {2}
        S: ab)
        S: * 2 FETCH (UID 8 BODY[]<0> {2}
        S: ab)
        S: * 4 FETCH (UID 7 BODY[]<0> {2}
        S: ab)
        S: * 1 FETCH (UID 3 BODY[]<0> NIL)
        S: A0003 OK done"#,
    )
    .await;
    let mut fetch = Fetch::new(&mut session, &[Uid(3), Uid(8)]).unwrap();
    assert_eq!(fetch.next().await.unwrap().map(|mail| (mail.uid, mail.complete)), Some((Uid(8), true)));
    assert!(fetch.next().await.unwrap().is_none());
    assert_eq!(fetch.missing().len(), 1);
}

#[tokio::test]
async fn a_range_to_the_end_is_compared_with_its_beginning() {
    let (mut session, _server) = session(
        r#"
        C: A0003 UID FETCH 500:* (UID INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID DATE FROM RECEIVED)])
        S: * 2 FETCH (UID 2 INTERNALDATE "16-Apr-2024 09:12:00 +0200" BODY[HEADER.FIELDS (MESSAGE-ID DATE FROM RECEIVED)] {2}
        S: ab)
        S: A0003 OK done"#,
    )
    .await;
    let mut found = Vec::new();
    identify_from(&mut session, &opened(None, 2), Uid(500), |message| found.push(message.uid)).await.unwrap();
    assert!(found.is_empty());
}

#[tokio::test]
async fn a_move_counts_with_ok_and_copyuid_only() {
    let moved = |uid| Proof::There { uidvalidity: UidValidity(9), uid: Uid(uid) };
    for (replies, expected) in [
        ("S: * OK [COPYUID 9 1:2 5:6] Moved\nS: * 2 EXPUNGE\nS: A0003 OK done", [moved(5), moved(6)]),
        ("S: A0003 OK [COPYUID 9 1:2 5:6] done", [moved(5), moved(6)]),
        ("S: [COPYUID 9 1:2 5:6]\nS: A0003 OK done", [moved(5), moved(6)]),
        ("S: * OK [COPYUID 9 2 6] Moved\nS: A0003 OK done", [Proof::Unknown, moved(6)]),
        ("S: * OK [COPYUID 9  ]\nS: A0003 OK done", [Proof::Unknown; 2]),
        ("S: A0003 OK No messages found", [Proof::Unknown; 2]),
        ("S: * OK [COPYUID 9 1:2 5:6] Moved\nS: A0003 NO [OVERQUOTA] full", [Proof::Unknown; 2]),
        ("S: * OK [COPYUID 9 1:2 5:6] Moved", [Proof::Unknown; 2]),
        ("S: * BYE", [Proof::Unknown; 2]),
    ] {
        let script = format!("C: A0003 UID MOVE 1:2 \"INBOX/Kiel\"\n{replies}");
        let (mut session, _server) = session(Box::leak(script.into_boxed_str())).await;
        let sets = MoveSet::pack(&kiel(), &[Uid(1), Uid(2)], 50);
        let report = send_sets(&mut session, Weg::Move, &sets).await;
        assert_eq!(report.proofs.iter().map(|(_, proof)| *proof).collect::<Vec<_>>(), expected, "{replies}");
        assert_eq!(session.write_commands(), 1);
    }
}

#[tokio::test]
async fn sets_under_way_together_keep_their_answers_apart() {
    let (mut session, _server) = session(
        r#"
        C: A0003 UID MOVE 1 "INBOX/Kiel"
        C: A0004 UID MOVE 2 "INBOX/Ulm"
        C: A0005 UID MOVE 3 "INBOX/Kiel"
        S: * OK [COPYUID 9 1 5] Moved
        S: A0003 OK done
        S: A0004 NO [TRYCREATE] missing
        S: * OK [COPYUID 9 3 6] Moved
        S: A0005 OK done"#,
    )
    .await;
    let set = |folder: &str, uid| MoveSet {
        target: FolderName(format!("INBOX/{folder}")),
        uids: UidSet::pack(&[Uid(uid)], 1, 100).remove(0),
    };
    let report = send_sets(&mut session, Weg::Move, &[set("Kiel", 1), set("Ulm", 2), set("Kiel", 3)]).await;
    let moved = |uid| Proof::There { uidvalidity: UidValidity(9), uid: Uid(uid) };
    assert_eq!(report.proofs, [(Uid(1), moved(5)), (Uid(2), Proof::Unknown), (Uid(3), moved(6))]);
    assert_eq!(report.refusals[0].1.class, RefusalClass::NoSuchFolder);
    assert!(report.error.is_none() && session.is_clean());
}
