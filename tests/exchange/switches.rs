//! What each switch does, seen by a client of the Exchange and by the program.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;

use crate::front::{FLENSBURG, Front, INBOX, KIEL};
use crate::support::dovecot::PASSWORD;
use crate::support::exchange::profile::{CopyUid, LOCALISED, Profile};
use crate::support::imap_client::{ImapClient, Mail};
use crate::support::{ledger, mails};

/// The untagged lines that a command brings.
fn lines(client: &mut ImapClient, command: &str) -> Vec<String> {
    client.ok(command).iter().map(|line| String::from_utf8_lossy(line).trim_end().to_owned()).collect()
}

/// A profile in which nothing comes between the lines.
fn quiet(profile: Profile) -> Profile {
    Profile { chatter: false, ..profile }
}

#[test]
fn it_says_of_itself_what_its_version_says() {
    for profile in Profile::all().map(quiet) {
        let front = Front::with(&profile, &[mails::to("niemand", 1)]);
        let stream = TcpStream::connect(front.exchange.address()).expect("the proxy listens");
        let greeting = BufReader::new(stream).lines().next().expect("a greeting").expect("text");
        assert_eq!(greeting, format!("* OK {}", profile.greeting));
        let mut client = ImapClient::connect(front.exchange.address());
        assert_eq!(lines(&mut client, "CAPABILITY"), [format!("* CAPABILITY {}", profile.before_login)]);
        assert_eq!(client.command("SELECT INBOX").0, "BAD Command received in Invalid state.");
        let login = format!("LOGIN {} {PASSWORD}", front.account.user);
        assert_eq!(client.command(&login), ("OK LOGIN completed.".into(), Vec::new()));
        assert_eq!(lines(&mut client, "CAPABILITY"), [format!("* CAPABILITY {}", profile.after_login)]);
        let (status, selected) = client.command("SELECT INBOX");
        let selected: Vec<_> = selected.iter().map(|line| String::from_utf8_lossy(line).into_owned()).collect();
        let selected = selected.concat();
        assert_eq!(status, "OK [READ-WRITE] SELECT completed.");
        for word in
            ["[UIDVALIDITY 14] UIDVALIDITY value", "\\Draft $MDNSent)] Permanent flags", "* 1 EXISTS", "* 0 RECENT"]
        {
            assert!(selected.contains(word), "{}: no {word} in {selected}", profile.name);
        }
        assert!(!selected.contains("MODSEQ") && !selected.contains("\\*"), "{}: {selected}", profile.name);
        assert_eq!(client.command("SELECT \"Nirgends\"").0, "NO Nirgends doesn't exist.");
        let (moves, unselects) = (profile.has_move(), profile.after_login.contains("UNSELECT"));
        assert_eq!(client.command("UID MOVE 9 \"INBOX\"").0 == "BAD Command Error. 12", !moves, "{}", profile.name);
        assert_eq!(client.command("UNSELECT").0 == "BAD Command Error. 12", !unselects, "{}", profile.name);
    }
}

#[test]
fn copyuid_comes_in_every_shape_and_the_program_needs_none() {
    for base in [Profile::exchange_2013(), Profile::exchange_2016()] {
        for (shape, proves) in [
            (CopyUid::Bare, true),
            (CopyUid::Untagged, true),
            (CopyUid::Tagged, true),
            (CopyUid::Empty, false),
            (CopyUid::None, false),
        ] {
            let what = format!("{} {shape:?}", base.name);
            let profile = quiet(Profile { copyuid: shape, ..base.clone() });
            let front = Front::with(&profile, &[mails::to("Kiel", 1)]);
            let mut client = front.client();
            client.create("Ablage");
            client.append(INBOX, &mails::to("niemand", 2));
            client.select(INBOX);
            let verb = if base.has_move() { "MOVE" } else { "COPY" };
            let (status, said) = client.command(&format!("UID {verb} 2 \"Ablage\""));
            let said = said.first().map(|line| String::from_utf8_lossy(line).trim_end().to_owned()).unwrap_or_default();
            let begins = match shape {
                CopyUid::Bare => said.starts_with("[COPYUID ") && said.ends_with(" 2 1]"),
                CopyUid::Untagged => said.starts_with("* OK [COPYUID ") && said.ends_with(" 2 1]"),
                CopyUid::Tagged => status.starts_with("OK [COPYUID "),
                CopyUid::Empty => said == "* OK [COPYUID 14  ]",
                CopyUid::None => status == format!("OK {verb} completed.") && !said.contains("COPYUID"),
            };
            assert!(begins, "{what}: {said:?} {status:?}");

            let mailbox = front.once().mailbox("sc-nord");
            let state = front.config.state_dir();
            assert_eq!(ledger::open_operations(&state), 0, "{what}");
            let moves_surely = base.has_move() || proves;
            assert_eq!(mailbox["moved"], u64::from(moves_surely), "{what}: {mailbox}");
            assert_eq!(mailbox["reconciled"], u64::from(!proves), "{what}: {mailbox}");
            assert_eq!(front.account.count(KIEL), 1, "{what}");
        }
    }
}

#[test]
fn moving_or_marking_what_is_gone_is_answered_with_ok() {
    for (profile, said) in [(Profile::exchange_2016(), &[][..]), (Profile::exchange_online(), &["* OK [COPYUID 14  ]"])]
    {
        let front = Front::with(&quiet(profile), &[mails::to("niemand", 1)]);
        let mut client = front.client();
        client.select(INBOX);
        assert_eq!(lines(&mut client, &format!("UID MOVE 99 \"{KIEL}\"")), said);
        assert_eq!(lines(&mut client, "UID STORE 99 +FLAGS (\\Seen)"), [""; 0]);
    }
}

#[test]
fn keywords_and_other_alphabets_are_refused() {
    let front = Front::with(&quiet(Profile::exchange_2016()), &[mails::to("niemand", 1)]);
    let mut clerk = front.account.client();
    clerk.select(INBOX);
    clerk.store(&[1], "+FLAGS", "Wichtig $MDNSent");
    let mut client = front.client();
    client.select(INBOX);
    for (command, answer) in [
        ("UID STORE 1 +FLAGS (Wichtig)", "BAD Command Argument Error. 11"),
        ("UID SEARCH KEYWORD Wichtig", "BAD Command Argument Error. 11"),
        ("UID SEARCH RETURN (ALL) ALL", "BAD Command Argument Error. 11"),
        ("UID FETCH 1 (MODSEQ)", "BAD Command Argument Error. 11"),
        ("UID SEARCH CHARSET UTF-8 ALL", "NO [BADCHARSET (US-ASCII)] The specified charset is not supported."),
        ("UID SEARCH KEYWORD $MDNSent", "OK SEARCH completed."),
        ("UID STORE 1 +FLAGS ($MDNSent)", "OK STORE completed."),
    ] {
        assert_eq!(client.command(command).0, answer, "{command}");
    }
    let flags = lines(&mut client, "UID FETCH 1 (FLAGS)").concat();
    assert!(flags.contains("$MDNSent") && !flags.contains("Wichtig"), "{flags}");
    assert_eq!(front.exchange.forbidden().len(), 4, "{:?}", front.exchange.forbidden());
}

#[test]
fn sizes_are_estimates_and_nobody_believes_them() {
    // A large attachment behind a short text: a text of this size would be cut, and a cut text is left for a person.
    let mut large = Mail::new(
        "From: a@post.example\r\nTo: Kiel@arbeitsagentur.example\r\nSubject: Unterlagen\r\nMIME-Version: 1.0\r\n\
         Message-ID: <large@post.example>\r\nDate: Tue, 16 Apr 2024 09:12:00 +0200\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nGuten Tag.\r\n\
         --b\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n",
    );
    large.bytes.extend(b"TG9yZW0gaXBzdW0gZG9sb3Igc2l0IGFtZXQ=\r\n".repeat(3_000));
    large.bytes.extend(b"--b--\r\n");
    let front = Front::with(&quiet(Profile::exchange_2016()), &[large.clone(), mails::to("Kiel", 2)]);
    let mut client = front.client();
    client.select(INBOX);
    let size = lines(&mut client, "UID FETCH 1 (RFC822.SIZE)").concat();
    assert!(size.contains("RFC822.SIZE ") && !size.contains(&format!("SIZE {}", large.bytes.len())), "{size}");
    assert_eq!(front.once().mailbox("sc-nord")["moved"], 2);
    front.check_quiet("estimated sizes");
}

#[test]
fn what_cannot_be_rendered_stays_unread_and_unclassified() {
    let mails = [mails::to("Kiel", 1), mails::to("Kiel", 2), mails::to("Flensburg", 3)];
    for profile in Profile::all().map(quiet) {
        let front = Front::with(&Profile { unrenderable: vec![2], ..profile.clone() }, &mails);
        let mailbox = front.once().mailbox("sc-nord");
        assert_eq!(mailbox["moved"], 2, "{}: {mailbox}", profile.name);
        assert_eq!(front.counts(), (1, 1, 1), "{}", profile.name);
        assert_eq!(front.account.snapshot()[INBOX][0].flags, [""; 0], "{}: it is unread", profile.name);

        let mut client = front.client();
        client.select(INBOX);
        assert_eq!(lines(&mut client, "UID FETCH 2 (UID BODY.PEEK[])"), [""; 0], "{}", profile.name);
        let stand_in = lines(&mut client, "UID FETCH 2 (UID BODY[])").concat();
        assert!(stand_in.contains("Retrieval using the IMAP4 protocol failed"), "{}: {stand_in}", profile.name);
        assert_eq!(front.account.snapshot()[INBOX][0].flags, ["\\Seen"], "{}", profile.name);
    }
}

#[test]
fn structures_are_malformed_and_nobody_asks_for_them() {
    let front = Front::with(&quiet(Profile::exchange_2016()), &[mails::to("Kiel", 1)]);
    front.once();
    let mut client = front.client();
    client.select(KIEL);
    for item in ["BODYSTRUCTURE", "ENVELOPE"] {
        let answer = lines(&mut client, &format!("UID FETCH 1 ({item})")).concat();
        assert!(answer.contains("(NIL NIL NIL NIL NIL") && answer.contains(".MISSING-HOST-NAME."), "{answer}");
    }
    assert_eq!(front.exchange.forbidden().len(), 2);
}

#[test]
fn folders_are_hidden_localised_and_spelled_otherwise() {
    let profile = Profile { hidden: vec![FLENSBURG.into()], ..quiet(Profile::exchange_online()) };
    let front = Front::with(&profile, &[mails::to("Kiel", 1)]);
    front.account.create_folders(&LOCALISED);
    assert_eq!(front.once().mailbox("sc-nord")["moved"], 1);
    let mut client = front.client();
    let mut listed = client.list();
    listed.sort();
    let mut expected: Vec<&str> = [&LOCALISED[..], &["Inbox", "Inbox/Agentur Kiel"]].concat();
    expected.sort_unstable();
    assert_eq!(listed, expected);
    assert!(lines(&mut client, r#"LIST "" "*""#).concat().contains("Entw&APw-rfe"), "modified UTF-7");
    for verb in ["SELECT", "EXAMINE"] {
        assert!(client.command(&format!("{verb} \"{FLENSBURG}\"")).0.ends_with("doesn't exist."));
    }
    assert!(client.command(&format!("STATUS \"{FLENSBURG}\" (UIDNEXT)")).0.ends_with("doesn't exist."));
}

#[test]
fn status_is_stale_and_every_inbox_has_the_same_uidvalidity() {
    let front = Front::with(&quiet(Profile::exchange_2016()), &[mails::to("Kiel", 1)]);
    let mut client = front.client();
    let mut status = || lines(&mut client, "STATUS INBOX (UIDVALIDITY UIDNEXT)").concat();
    let first = status();
    assert!(first.contains("UIDVALIDITY 14") && first.contains("UIDNEXT 2"), "{first}");
    front.account.deliver(&[mails::to("Kiel", 2)]);
    assert_eq!(status(), first);
    client.examine(KIEL);
    assert!(lines(&mut client, "STATUS INBOX (UIDNEXT)").concat().contains("UIDNEXT 3"));
    // Between two rounds of the same connection the target has grown.
    assert_eq!(front.once().mailbox("sc-nord")["moved"], 2);
    front.check_quiet("stale STATUS");
}

#[test]
fn answers_keep_their_order_and_something_comes_between() {
    let front = Front::with(&Profile::exchange_2016(), &[mails::to("niemand", 1)]);
    let mut stream = TcpStream::connect(front.exchange.address()).expect("the proxy listens");
    let user = &front.account.user;
    write!(
        stream,
        "a LOGIN {user} {PASSWORD}\r\nb ID NIL\r\nc SELECT INBOX\r\nd UID FETCH 1 (BODYSTRUCTURE)\r\ne NOOP\r\nf LOGOUT\r\n"
    )
    .expect("the proxy reads");
    let said: Vec<String> = BufReader::new(stream).lines().map(|line| line.expect("text")).collect();
    let tagged: Vec<char> = said
        .iter()
        .filter(|line| line.as_bytes()[1] == b' ' && !line.starts_with('*'))
        .map(|line| line.chars().next().expect("a tag"))
        .collect();
    assert_eq!(tagged, ['a', 'b', 'c', 'd', 'e', 'f'], "{said:#?}");
    let at =
        |text: &str| said.iter().position(|line| line.starts_with(text)).unwrap_or_else(|| panic!("{text}: {said:#?}"));
    assert!(
        at("a ") < at("* ID ") && at("* ID ") < at("b ") && at("c ") < at("* 1 FETCH") && at("* 1 FETCH") < at("d ")
    );
    assert_eq!(said[at("e ") - 2..at("e ")], ["* 2 EXISTS", "* 2 EXPUNGE"]);
}

#[test]
fn idle_is_silent() {
    let front = Front::with(&quiet(Profile::exchange_2016()), &[]);
    let mut stream = TcpStream::connect(front.exchange.address()).expect("the proxy listens");
    write!(stream, "a LOGIN {} {PASSWORD}\r\nb SELECT INBOX\r\nc IDLE\r\n", front.account.user)
        .expect("the proxy reads");
    let mut lines = BufReader::new(stream.try_clone().expect("a socket can be doubled")).lines().map(Result::unwrap);
    lines.find(|line| line.starts_with("+ IDLE accepted")).expect("IDLE is accepted");
    front.account.deliver(&[Mail::new("A: b\r\n\r\n")]);
    write!(stream, "DONE\r\nd LOGOUT\r\n").expect("the proxy reads");
    let rest: Vec<String> = lines.take_while(|line| !line.starts_with("d ")).collect();
    let done = rest.iter().position(|line| line.starts_with("c ")).expect("IDLE ends");
    assert!(rest[..done].iter().all(|line| !line.contains("1 EXISTS")), "{rest:#?}");
}
