//! Mails that nobody can read, and mails far too large.

use crate::support::binary;
use crate::support::config::ConfigDir;
use crate::support::imap_client::Mail;
use crate::support::process::peak_memory;
use crate::support::{mails, wait};
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
