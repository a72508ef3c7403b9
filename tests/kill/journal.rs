//! The journal's fault cases by their numbers: what is recorded when the process dies, and what the next start makes of it.

use std::sync::LazyLock;

use crate::support::accounts::Accounts;
use crate::support::config::{ConfigDir, Postfach};
use crate::support::ledger;
use crate::support::proxy::transcript::Transcript;
use crate::support::proxy::{Action, Proxy, Side, at_nth};
use crate::support::scene::{FLENSBURG, HEIDE, INBOX, KIEL, Mode, Scene};

static MOVE: LazyLock<Accounts> = LazyLock::new(|| Mode::Move.accounts(16));
static COPY: LazyLock<Accounts> = LazyLock::new(|| Mode::Copy.accounts(16));

/// A scene whose program died at the first time it came to this point.
fn died_at<'a>(accounts: &'a Accounts, point: &str) -> Scene<'a> {
    let scene = Scene::set(accounts, 0);
    scene.killed_at(point, 1);
    scene
}

fn recovers(scene: &Scene<'_>) {
    let (wrong, _) = scene.recover();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn operations(scene: &Scene<'_>, condition: &str) -> u64 {
    ledger::number(&scene.config.state_dir(), &format!("SELECT count(*) FROM operation WHERE {condition}"))
}

fn in_folders(scene: &Scene<'_>) -> usize {
    [KIEL, FLENSBURG, HEIDE].map(|folder| scene.account.count(folder)).iter().sum()
}

#[test]
fn f01_kill_before_intent() {
    for accounts in [&*MOVE, &*COPY] {
        let scene = died_at(accounts, "before commit: note intended moves");
        assert_eq!((operations(&scene, "true"), in_folders(&scene)), (0, 0));
        recovers(&scene);
    }
}

#[test]
fn f02_kill_intent_unsent() {
    for (accounts, point) in [(&*MOVE, "before command: UID MOVE"), (&*COPY, "before command: UID COPY")] {
        let scene = died_at(accounts, point);
        assert!(operations(&scene, "state = 'absicht'") > 0);
        assert_eq!(in_folders(&scene), 0);
        recovers(&scene);
        assert!(operations(&scene, "attempt = 2 AND state = 'verschoben'") > 0, "tried again");
        assert_eq!(operations(&scene, "attempt > 2"), 0, "once");
    }
}

#[test]
fn f03_kill_sent_unread() {
    let scene = died_at(&MOVE, "after command: UID MOVE");
    assert!(operations(&scene, "state = 'absicht'") > 0);
    recovers(&scene);
}

#[test]
fn f04_lost_ok() {
    let scene = Scene::set(&MOVE, 0);
    let transcript = Transcript::default();
    let fault = at_nth(Side::Server, 1, "OK Move completed", Action::CutBefore);
    let proxy = Proxy::filtering(MOVE.dovecot().address(), transcript.before(fault));
    let postfach = Postfach { port: proxy.address().port(), ..scene.account.postfach("sc-nord") };
    let config = ConfigDir::new([postfach], "move_batch = 50");
    let outcome = crate::support::binary::once(&config.file()).expect_code(0);
    assert!(outcome.mailbox("sc-nord")["reconciled"].as_u64() > Some(0), "{outcome:#?}");
    let moves: Vec<String> = transcript.take().into_iter().filter(|command| command.starts_with("UID MOVE")).collect();
    let mut told: Vec<&String> = moves.iter().collect();
    told.sort();
    told.dedup();
    assert_eq!(told.len(), moves.len(), "no move was asked for twice: {moves:?}");
    assert_eq!(ledger::events(&config.state_dir(), "uebergeben") as usize, in_folders(&scene));
    assert_eq!(scene.account.count(INBOX) + in_folders(&scene), 10);
}

#[test]
fn f05_kill_ok_uncommitted() {
    let scene = died_at(&MOVE, "before commit: record the end of moves");
    assert!(in_folders(&scene) > 0);
    assert_eq!(ledger::events(&scene.config.state_dir(), "uebergeben"), 0);
    recovers(&scene);
}

#[test]
fn f06_copy_unrecorded() {
    let scene = died_at(&COPY, "before commit: note copies");
    let copied = in_folders(&scene);
    assert!(copied > 0 && scene.account.count(INBOX) == 10, "copied, and nothing deleted");
    recovers(&scene);
    // Which of the two is the copy nobody can know: both stay, and a person is told.
    assert_eq!(scene.doubtful(), copied);
    assert_eq!(ledger::events(&scene.config.state_dir(), "mehrdeutig") as usize, copied);
}

#[test]
fn f07_stored_not_expunged() {
    let scene = Scene::set(&COPY, 0);
    let mut clerk = scene.account.client();
    scene.account.deliver(&[crate::support::mails::to("Heide", 77)]);
    clerk.select(INBOX);
    let last = clerk.fetch_all().last().expect("it was delivered").uid;
    clerk.store(&[last], "+FLAGS", "\\Deleted");
    scene.killed_at("before command: UID EXPUNGE", 1);
    assert!(operations(&scene, "state = 'absicht' AND kopie_uid IS NOT NULL") > 0);
    scene.once_with(&[]).expect_code(0);
    assert_eq!(operations(&scene, "state <> 'verschoben'"), 0);
    clerk.select(INBOX);
    let left = clerk.fetch_all();
    let marked: Vec<u32> =
        left.iter().filter(|mail| mail.flags.contains(&"\\Deleted".into())).map(|mail| mail.uid).collect();
    assert_eq!(marked, [last], "the clerk's own mark is left to the clerk");
    assert_eq!(left.len() + in_folders(&scene), 11);
}

/// The part of the case that exists without a retention: a mark that is not followed by its removal is taken back.
#[test]
fn f08_a_deletion_that_lost_its_reason_is_taken_back() {
    let scene = died_at(&COPY, "before command: UID EXPUNGE");
    let copied = in_folders(&scene);
    let mut clerk = scene.account.client();
    for folder in [KIEL, FLENSBURG, HEIDE] {
        clerk.select(folder);
        if scene.account.count(folder) > 0 {
            let uids: Vec<u32> = clerk.fetch_all().iter().map(|mail| mail.uid).collect();
            clerk.store(&uids, "+FLAGS", "\\Deleted");
            clerk.ok("EXPUNGE");
        }
    }
    scene.once_with(&[]).expect_code(0);
    assert_eq!(scene.doubtful(), copied);
    clerk.select(INBOX);
    let left = clerk.fetch_all();
    assert!(left.iter().all(|mail| !mail.flags.contains(&"\\Deleted".into())), "no mark is left behind");
    assert_eq!(left.len() + in_folders(&scene), 10, "what was not copied again is still here");
}
