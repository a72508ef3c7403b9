//! Mails that nobody can read, and mails far too large.

use std::time::{Duration, Instant};

use crate::support::binary;
use crate::support::config::ConfigDir;
use crate::support::imap_client::Mail;
use crate::support::process::peak_memory;
use crate::support::{ledger, mails, wait};
use crate::{ACCOUNTS, KIEL};

#[test]
fn what_cannot_be_read_stays_as_it_is() {
    let noise: Vec<u8> = (0..20_000u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 24) as u8 | 1).collect();
    let nested = |levels: usize| {
        let mut mail = b"From: a@post.example\r\nTo: x@post.example\r\n".to_vec();
        for level in 0..levels {
            mail.extend_from_slice(
                format!("Content-Type: multipart/mixed; boundary=b{level}\r\n\r\n--b{level}\r\n").as_bytes(),
            );
        }
        mail
    };
    let fields = "X-Leer: \r\n".repeat(20_000);
    let unreadable: [(&str, Vec<u8>); 9] = [
        ("noise", noise),
        ("a line end", b"\r\n".to_vec()),
        ("one byte", b"x".to_vec()),
        ("no header", b"\r\n\r\nGuten Tag\r\n".to_vec()),
        ("no text", b"From: a@post.example\r\n\r\n".to_vec()),
        ("broken words", b"From: =?utf-8?B?///\r\nTo: =?x?Q?=ZZ?=, <<>>@@,\r\nSubject: =?\r\n\r\n".to_vec()),
        ("a bomb of parts", nested(3_000)),
        ("a flood of fields", format!("{fields}To: Kiel@arbeitsagentur.example\r\n\r\n").into_bytes()),
        ("bare line ends", b"From: a\rTo: b\n\nx\r\r\n".to_vec()),
    ];
    let account = ACCOUNTS.with(&[KIEL], &[]);
    let mails: Vec<Mail> = unreadable.iter().map(|(_, bytes)| Mail::new(bytes.clone())).collect();
    account.deliver(&mails);
    let before = account.snapshot();
    account.deliver(&[mails::to("Kiel", 1)]);

    let config = account.config("sc-nord");
    let outcome = binary::once(&config.file()).expect_code(0);
    let mailbox = outcome.mailbox("sc-nord");
    assert_eq!((&mailbox["seen"], &mailbox["moved"]), (&10.into(), &1.into()), "{mailbox}");
    assert_eq!(account.snapshot()["INBOX"], before["INBOX"], "they stay as they are");
    assert!(!outcome.stderr.contains("panic") && !outcome.stderr.contains("defect"), "{}", outcome.stderr);

    // Each of them on its own, through `explain`.
    for (what, bytes) in unreadable {
        let file = config.dir().join("mail.eml");
        std::fs::write(&file, bytes).expect("the directory is ours");
        let file = file.to_str().expect("plain names");
        let answer = binary::run(&["explain", "--mailbox", "sc-nord", "--format", "json", file], &config.file());
        assert_eq!(answer.expect_code(0).json()["agentur"], serde_json::Value::Null, "{what}");
    }
}

#[test]
fn a_mail_of_fifty_megabytes_is_moved_without_being_loaded() {
    const SIZE: usize = 50 << 20;
    // A large attachment behind a short text: a text of this size would be cut, and a cut text is left for a person.
    let mut huge = b"From: a@post.example\r\nTo: Kiel@arbeitsagentur.example\r\nSubject: Unterlagen\r\n\
        Message-ID: <huge@post.example>\r\nDate: Tue, 16 Apr 2024 09:12:00 +0200\r\nMIME-Version: 1.0\r\n\
        Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nGuten Tag.\r\n\
        --b\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        .to_vec();
    let line = b"TG9yZW0gaXBzdW0gZG9sb3Igc2l0IGFtZXQsIGNvbnNldGV0dXIgc2FkaXBzY2luZyBl\r\n";
    huge.extend_from_slice(&line.repeat(SIZE / line.len()));
    huge.extend_from_slice(b"--b--\r\n");
    let huge = Mail::new(huge);
    assert!(huge.bytes.len() > SIZE - 100);
    let peak = |mail: Mail| {
        let account = ACCOUNTS.with(&[KIEL], &[mail]);
        let config = ConfigDir::new([account.postfach("sc-nord")], "poll_interval_seconds = 1");
        let daemon = binary::spawn(&["run"], &config.file());
        wait::eventually("the mail is moved", || account.client().examine(KIEL).exists == 1);
        let peak = peak_memory(daemon.child.id());
        assert_eq!(account.client().examine("INBOX").exists, 0);
        peak
    };
    let (small, large) = (peak(mails::to("Kiel", 2)), peak(huge));
    assert!(large < small + (8 << 20), "{small} bytes at most with a small mail, {large} with a huge one");
}

#[test]
fn bombs_take_little_time_and_memory() {
    const MOST_MEMORY: u64 = 100 << 20;
    const MOST_TIME: Duration = Duration::from_secs(2);
    let multiparts: String =
        (0..5_000).map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n")).collect();
    let fields: String = (0..300_000).map(|n| format!("X-{n}: y\r\n")).collect();
    let html = "Content-Type: text/html\r\n\r\n";
    let bombs = [
        ("messages inside one another", "Content-Type: message/rfc822\r\n\r\n".repeat(10_000)),
        ("multiparts inside one another", multiparts),
        ("a header of 5 MB in one field", format!("X-Lang: {}\r\n\r\nText", "wort\r\n ".repeat(700_000))),
        ("a line of 5 MB", format!("X-Lang: {}\r\n\r\nText", "x".repeat(5 << 20))),
        ("300,000 fields", format!("{fields}\r\nText")),
        ("recipients", format!("Cc: {}a@b.example\r\n\r\nText", "Kiel@arbeitsagentur.example,\r\n ".repeat(100_000))),
        (
            "500,000 parts",
            format!("Content-Type: multipart/mixed; boundary=b\r\n\r\n{}", "--b\r\n\r\nx\r\n".repeat(500_000)),
        ),
        ("tables inside one another", format!("{html}{}", "<table><tr><td>".repeat(200_000))),
        ("quotations inside one another", format!("{html}{}", "<blockquote>x\r\n".repeat(200_000))),
        ("blank lines", format!("\r\n{}", "\r\n".repeat(2_000_000))),
        ("quotation marks", format!("Content-Type: text/plain; format=flowed\r\n\r\n{}", ">".repeat(2_000_000))),
    ];
    let header = "From: a@post.example\r\nTo: Kiel@arbeitsagentur.example\r\n";
    let mails: Vec<Mail> = bombs.iter().map(|(_, bomb)| Mail::new(format!("{header}{bomb}").into_bytes())).collect();

    let account = ACCOUNTS.with(&[KIEL], &mails);
    account.deliver(&[mails::to("Kiel", 3)]);
    let config = ConfigDir::new([account.postfach("sc-nord")], "poll_interval_seconds = 1");
    let daemon = binary::spawn(&["run"], &config.file());
    wait::eventually("a mail is moved", || account.client().examine(KIEL).exists > 0);
    let recorded = || ledger::events_of(&config.state_dir(), "sc-nord", "eingegangen");
    wait::eventually("all are recorded", || recorded() == mails.len() as u64 + 1);
    let peak = peak_memory(daemon.child.id());
    assert!(peak < MOST_MEMORY, "{peak} bytes at most");
    assert_eq!(account.count("INBOX") + account.count(KIEL), mails.len() + 1, "all are there");
    drop(daemon);

    for ((what, _), mail) in bombs.iter().zip(&mails) {
        let file = config.dir().join("bomb.eml");
        std::fs::write(&file, &mail.bytes).expect("the directory is ours");
        let file = file.to_str().expect("plain names");
        let started = Instant::now();
        binary::run(&["explain", "--mailbox", "sc-nord", "--format", "json", file], &config.file()).expect_code(0);
        assert!(started.elapsed() < MOST_TIME + loading(&config), "{what}: {:?}", started.elapsed());
    }
}

/// What a start of the program takes, without any mail.
fn loading(config: &ConfigDir) -> Duration {
    let started = Instant::now();
    binary::run(&["check"], &config.file());
    started.elapsed()
}
