//! Mail that cannot be read, or is made to do harm.

use std::time::{Duration, Instant};

use crate::account::{Account, INBOX, KIEL};
use crate::scene::check_at_rest;
use crate::server::{Oddity, Reply, Switch};
use crate::support::binary::{self, Running};
use crate::support::imap_client::Mail;
use crate::support::process::peak_memory;
use crate::support::wait::eventually;
use crate::support::{ledger, mails};
use crate::{ACCOUNTS, KIEL as KIEL_FOLDER};

/// A header that names Kiel, and a body.
fn mail(header: &str, body: &str) -> Mail {
    let text = format!(
        "From: kunde@post.example\r\nTo: Kiel@arbeitsagentur.example\r\nSubject: Anfrage\r\n\
         Date: Tue, 16 Apr 2024 09:12:00 +0200\r\n{header}\r\n{body}"
    );
    Mail::new(text)
}

/// So many messages, one in the other.
fn nested_messages(depth: usize) -> Mail {
    let level = "Content-Type: message/rfc822\r\n\r\n";
    mail("MIME-Version: 1.0\r\nContent-Type: message/rfc822\r\n", &level.repeat(depth))
}

/// So many multiparts, one in the other.
fn nested_multiparts(depth: usize) -> Mail {
    let level =
        |number: usize| format!("--b{number}\r\nContent-Type: multipart/mixed; boundary=b{}\r\n\r\n", number + 1);
    let body: String = (0..depth).map(level).collect();
    mail("MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b0\r\n", &body)
}

/// Serves these mails and one good one behind them; nothing of them changes but the place.
fn survives(what: &str, hostile: Vec<Mail>) {
    let count = hostile.len();
    let mut all = hostile;
    all.push(mails::to("Kiel", 1));
    let account = ACCOUNTS.with(&[KIEL_FOLDER], &all);
    let before: Vec<_> = account.snapshot().into_values().flatten().collect();
    let config = account.config("sc-nord");
    config.replace("[dienst]", "[dienst]\npoll_interval_seconds = 1");
    let daemon: Running = binary::spawn(&["run"], &config.file());
    // The good one is not kept waiting. The time holds for a build without optimisation on a busy machine.
    let started = Instant::now();
    let mut client = account.client();
    eventually("the mail behind arrives", || client.examine(KIEL_FOLDER).exists > 0);
    assert!(started.elapsed() < Duration::from_secs(25), "{what}: {:?}", started.elapsed());
    eventually("all are decided", || {
        ledger::number(&config.state_dir(), "SELECT count(*) FROM vorgang") == count as u64 + 1
    });
    let peak = peak_memory(daemon.child.id()) >> 20;
    assert!(peak < 220, "{what}: {peak} MB at most");
    drop(daemon);
    binary::once(&config.file()).expect_code(0);
    check_at_rest(&config, "at the end");
    let mut after: Vec<_> = account.snapshot().into_values().flatten().collect();
    let mut before = before;
    before.sort();
    after.sort();
    assert_eq!(before.len(), after.len(), "{what}");
    assert!(before == after, "{what}: nothing is altered, no flag is set");
}

#[test]
fn f33_nest_bomb() {
    survives("10,000 messages in each other", vec![nested_messages(10_000)]);
    survives("5,000 multiparts in each other", vec![nested_multiparts(5_000)]);
}

#[test]
fn f34_flood() {
    survives("a header of 5 MB", vec![mail(&format!("X-Lang: {}\r\n", "x".repeat(5 << 20)), "Guten Tag\r\n")]);
    survives("300,000 fields", vec![mail(&"X-A: b\r\n".repeat(300_000), "Guten Tag\r\n")]);
    let parts = "--b\r\n\r\nx\r\n".repeat(500_000);
    survives("500,000 parts", vec![mail("MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n", &parts)]);
    let long = "MIME-Version: 1.0\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n";
    let line = format!("{}\r\n", "QUJD".repeat(19));
    survives("150 MB", vec![mail(long, &line.repeat(150_000_000 / line.len()))]);
}

/// An answer to a fetch of whole mails, without UID 1.
fn without_the_first(usual: &str) -> String {
    // Lines of FETCH begin with their number; mails here hold no such line.
    let mut kept = String::new();
    let mut skips = false;
    for line in usual.split_inclusive("\r\n") {
        if line.starts_with("* ") {
            skips = line.contains("(UID 1 ");
        } else if line.starts_with('A') {
            skips = false;
        }
        if !skips {
            kept.push_str(line);
        }
    }
    kept
}

fn is_fetch_of_mails(command: &str) -> bool {
    command.contains("BODY.PEEK[]")
}

const STAND_IN: &str = "From: \"Microsoft Exchange Server\" <>\r\nSubject: Retrieval using the IMAP4 protocol failed for \
                        the following message: 1\r\n\r\nThe server couldn't retrieve the following message:\r\n\r\n\
                        Subject: \"Anfrage\"\r\nTo: Kiel@arbeitsagentur.example\r\n";

/// A mail that the server does not give (or gives another one for) is tried three times, alone and after the others; then
/// it rests, and nothing else waits for it.
fn unfetchable(quirk: impl Fn(&str) -> String + Clone + Send + Sync + 'static) {
    let works = Switch::default();
    let first_mail = mails::to("Kiel", 1).bytes;
    let account = Account::new(vec![first_mail.clone(), mails::to("Kiel", 2).bytes]);
    let oddity = Oddity::of(account, {
        let works = works.clone();
        move |asked, _| match is_fetch_of_mails(asked.command) && !works.is_on() {
            true => Reply::Rewritten(Box::new(quirk.clone())),
            false => Reply::Usual,
        }
    });
    assert_eq!(oddity.good_run()["left"]["nicht_abrufbar"], 1);
    assert_eq!(oddity.count(KIEL), 1, "the other one is not kept waiting");
    for _ in 0..2 {
        oddity.take_commands("");
        assert_eq!(oddity.good_run()["left"]["nicht_abrufbar"], 1);
        assert_eq!(oddity.take_commands("BODY.PEEK[]").len(), 1);
    }
    for _ in 0..2 {
        oddity.take_commands("");
        let mailbox = oddity.good_run();
        assert_eq!((&mailbox["set_aside"], &mailbox["left"]["zurueckgestellt"]), (&1.into(), &1.into()), "{mailbox}");
        assert!(oddity.take_commands("BODY.PEEK[]").is_empty(), "it is not asked for any more");
    }
    check_at_rest(oddity.config(), "at the end");
    assert_eq!(oddity.mails(INBOX), [first_mail], "it stays where it is");
    assert_eq!(ledger::events(&oddity.state_dir(), "eingegangen"), 1, "what was not read is not counted");
    // A day later the server can show it.
    works.turn(true);
    let file = ledger::path(&oddity.state_dir());
    let ledger_file = rusqlite::Connection::open(file).expect("the ledger is there");
    ledger_file.execute("UPDATE versuch SET zuletzt_am = zuletzt_am - 90000000", []).expect("a time");
    drop(ledger_file);
    assert_eq!(oddity.good_run()["moved"], 1);
    assert_eq!((oddity.count(INBOX), ledger::events(&oddity.state_dir(), "eingegangen")), (0, 2));
    assert_eq!(ledger::number(&oddity.state_dir(), "SELECT count(*) FROM versuch"), 0);
}

#[test]
fn f36_ok_without_data() {
    unfetchable(without_the_first);
}

#[test]
fn f36_substitute_mail() {
    unfetchable(|usual| {
        let real = String::from_utf8(mails::to("Kiel", 1).bytes).expect("text");
        let announced = |text: &str| format!("{{{}}}\r\n{text}", text.len());
        usual.replace(&announced(&real), &announced(STAND_IN))
    });
}

#[test]
fn f36_a_mail_over_which_the_server_hangs_up_is_set_aside_and_the_others_go() {
    let oddity = Oddity::of(
        Account::new(vec![mails::to("Kiel", 1).bytes, mails::to("Kiel", 2).bytes, mails::to("Kiel", 3).bytes]),
        |asked, _| match is_fetch_of_mails(asked.command) && crate::account::uids(asked.command).contains(&2) {
            true => Reply::SayAndClose(String::new()),
            false => Reply::Usual,
        },
    );
    // The first attempts fail over all three; once it is alone with its fault, the others have gone.
    let mut runs = 0;
    eventually("the others arrive and it rests", || {
        runs += 1;
        let outcome = oddity.once();
        oddity.count(KIEL) == 2 && outcome.code == Some(0)
    });
    assert!(runs <= 4, "{runs} runs");
    assert_eq!(oddity.good_run()["left"]["zurueckgestellt"], 1);
    check_at_rest(oddity.config(), "at the end");
}

#[test]
fn f36_what_cannot_be_had_goes_unread_to_the_folder_named_for_it() {
    const FOLDER: &str = "INBOX/Pruefen";
    let mail = mails::to("Kiel", 1).bytes;
    let account = Account::new(vec![mail.clone(), mails::to("Kiel", 2).bytes]);
    let oddity = Oddity::of(account, |asked, _| match is_fetch_of_mails(asked.command) {
        true => Reply::Rewritten(Box::new(without_the_first)),
        false => Reply::Usual,
    });
    oddity.config().replace("[[postfach]]", &format!("[[postfach]]\npruefordner = \"{FOLDER}\""));
    for _ in 0..3 {
        assert_eq!(oddity.good_run()["left"]["nicht_abrufbar"], 1);
    }
    // As long as there is no such folder, it stays.
    let mailbox = oddity.good_run();
    assert_eq!((&mailbox["set_aside"], &mailbox["left"]["zurueckgestellt"]), (&1.into(), &1.into()), "{mailbox}");
    check_at_rest(oddity.config(), "at the end");
    oddity.change(|account| account.make(FOLDER));
    oddity.take_commands("");
    let mailbox = oddity.good_run();
    assert_eq!((&mailbox["set_aside"], &mailbox["moved"]), (&1.into(), &1.into()), "{mailbox}");
    assert!(oddity.take_commands("BODY.PEEK[]").is_empty(), "it is moved unread");
    assert_eq!((oddity.count(INBOX), oddity.mails(FOLDER)), (0, vec![mail]));
    check_at_rest(oddity.config(), "at the end");
    let state = oddity.state_dir();
    assert_eq!(ledger::number(&state, "SELECT count(*) FROM vorgang WHERE grund = 'zurueckgestellt'"), 1);
    assert_eq!(ledger::number(&state, "SELECT count(*) FROM versuch"), 0, "it has left");
    assert_eq!(
        (ledger::events(&state, "uebergeben"), ledger::open_operations(&state)),
        (1, 0),
        "what is set aside is handed over to nobody"
    );
}

#[test]
fn f36_a_mail_of_which_not_even_the_header_can_be_had_stays_and_stops_nobody() {
    type Answer = fn() -> Reply;
    let answers: [(&str, Answer); 2] = [
        ("refused", || Reply::Say("{tag} NO cannot be shown\r\n".into())),
        ("hung up", || Reply::SayAndClose(String::new())),
    ];
    for (what, answer) in answers {
        let account = Account::new(vec![mails::to("Kiel", 1).bytes, mails::to("Kiel", 2).bytes]);
        let oddity = Oddity::of(account, move |asked, _| {
            // All but the listing, which shows it.
            let is_content = asked.command.contains("BODY.PEEK[");
            if is_content && crate::account::uids(asked.command).contains(&1) { answer() } else { Reply::Usual }
        });
        oddity.change(|account| account.make("INBOX/Pruefen"));
        oddity.config().replace("[[postfach]]", "[[postfach]]\npruefordner = \"INBOX/Pruefen\"");
        eventually("it is set aside", || {
            oddity.once();
            ledger::number(&oddity.state_dir(), "SELECT count(*) FROM versuch WHERE fehler >= 3") == 1
        });
        for _ in 0..2 {
            let number = oddity.change(|account| account.put(INBOX, mails::to("Kiel", 3).bytes));
            let mailbox = oddity.good_run();
            assert_eq!((&mailbox["set_aside"], &mailbox["left"]["zurueckgestellt"]), (&1.into(), &1.into()), "{what}");
            assert_eq!(oddity.count(INBOX), 1, "{what}: {number} goes");
        }
        check_at_rest(oddity.config(), what);
    }
}

#[test]
fn f36_what_is_held_against_mails_of_an_inbox_that_was_made_anew_is_forgotten() {
    let oddity =
        Oddity::of(Account::new(vec![mails::to("Kiel", 1).bytes]), |asked, _| match is_fetch_of_mails(asked.command) {
            true => Reply::Rewritten(Box::new(without_the_first)),
            false => Reply::Usual,
        });
    oddity.good_run();
    assert_eq!(ledger::number(&oddity.state_dir(), "SELECT count(*) FROM versuch"), 1);
    oddity.change(|account| {
        let inbox = account.folder_mut(INBOX);
        (inbox.uid_validity, inbox.mails) = (inbox.uid_validity + 100, Vec::new());
    });
    oddity.good_run();
    assert_eq!(ledger::number(&oddity.state_dir(), "SELECT count(*) FROM versuch"), 0);
}

#[test]
fn f36_a_server_that_shows_nothing_at_all_blames_no_mail() {
    let works = Switch::default();
    let mails = (1..=25).map(|number| mails::to("Kiel", number).bytes).collect();
    let oddity = Oddity::of(Account::new(mails), {
        let works = works.clone();
        move |asked, _| match is_fetch_of_mails(asked.command) && !works.is_on() {
            true => Reply::Say("{tag} OK FETCH completed.\r\n".into()),
            false => Reply::Usual,
        }
    });
    for _ in 0..4 {
        let mailbox = oddity.good_run();
        assert_eq!((&mailbox["left"]["nicht_abrufbar"], &mailbox["set_aside"]), (&25.into(), &0.into()), "{mailbox}");
    }
    works.turn(true);
    assert_eq!(oddity.good_run()["moved"], 25);
}
