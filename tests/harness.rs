//! The test harness itself: what every other test relies on.
#![forbid(unsafe_code)]

mod support;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use support::dovecot::{Dovecot, Options, PASSWORD};
use support::imap_client::{ImapClient, Mail};
use support::proxy::fault::{Fault, Place, Spot};
use support::proxy::{Action, Count, Line, Proxy, Side, Watch, at_nth};
use support::script::ScriptedServer;
use support::tls::Identity;

const MAIL: &str = "From: kunde@post.example\r\nSubject: Gr\u{fc}\u{df}e\r\n\r\nGuten Tag {7}\r\n\r\n";

fn dovecot() -> &'static Dovecot {
    static SHARED: OnceLock<Dovecot> = OnceLock::new();
    SHARED.get_or_init(|| Dovecot::start(Options::default()))
}

/// Waits for something that another process is about to do.
fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < Duration::from_secs(10), "not within ten seconds: {what}");
        std::thread::yield_now();
    }
}

/// Whether a process of the group is alive; zombies wait for their parent only.
fn group_lives(group: u32) -> bool {
    let processes = std::fs::read_dir("/proc").expect("Linux");
    let stats = processes.flatten().filter_map(|entry| std::fs::read_to_string(entry.path().join("stat")).ok());
    // After the name in parentheses: state, parent, group.
    stats.filter_map(|stat| stat.rsplit_once(") ").map(|(_, rest)| rest.to_string())).any(|rest| {
        let mut fields = rest.split(' ');
        !matches!(fields.next(), Some("Z" | "X")) && fields.nth(1) == Some(&group.to_string())
    })
}

#[test]
fn an_account_holds_what_was_put_into_it() {
    let dovecot = Dovecot::start(Options::default().users(&[r"DOMAIN\svc\sc-nord"]));
    let user = r"DOMAIN\svc\sc-nord";
    let folders = ["INBOX/Agentur Köln", "INBOX/Agentur St. Wendel", "INBOX/Agentur A&B"];
    dovecot.create_folders(user, &folders);
    dovecot.create_folders(user, &folders);
    let date = "03-Apr-2024 08:00:00 +0200";
    let mail = Mail { flags: vec!["\\Seen".into()], internaldate: Some(date.into()), ..Mail::new(MAIL) };
    dovecot.deliver(user, "INBOX", &[mail.clone(), Mail::new("A: b\r\n\r\n")]);

    let mut client = dovecot.client(user);
    let before = client.snapshot();
    assert_eq!(before.keys().map(String::as_str).collect::<Vec<_>>(), [&["INBOX"][..], &folders].concat().sorted());
    assert_eq!(before["INBOX"].len(), 2);

    let selected = client.select("INBOX");
    assert_eq!((selected.exists, selected.uid_next), (2, 3));
    client.move_to(&[1], "INBOX/Agentur Köln");
    client.store(&[2], "+FLAGS", "\\Flagged");
    assert_eq!(client.fetch_all()[0].flags, ["\\Flagged"]);

    client.examine("INBOX/Agentur Köln");
    let [moved] = &client.fetch_all()[..] else { panic!("one mail was moved") };
    assert_eq!((&moved.bytes, &moved.flags), (&mail.bytes, &mail.flags));
    assert_eq!(moved.internaldate, date);
    let after = client.snapshot();
    assert_eq!(
        after["INBOX/Agentur Köln"][0],
        before["INBOX"].iter().find(|trace| trace.internaldate == date).unwrap().clone()
    );
    client.logout();
}

trait Sorted {
    fn sorted(self) -> Self;
}

impl<T: Ord> Sorted for Vec<T> {
    fn sorted(mut self) -> Self {
        self.sort();
        self
    }
}

#[test]
fn instances_do_not_know_each_other() {
    let other = Dovecot::start(Options::default().config("imap_capability = +XPOSTWEICHE"));
    other.create_folders("sc-ost", &["INBOX/Agentur Cottbus"]);
    assert_eq!(dovecot().client("sc-ost").list(), ["INBOX"]);
    assert_ne!(dovecot().dir(), other.dir());
    let capabilities = other.client("sc-ost").ok("CAPABILITY");
    assert!(String::from_utf8_lossy(&capabilities[0]).contains("XPOSTWEICHE"));
}

#[test]
fn the_certificate_can_be_trusted() {
    use rustls::pki_types::{CertificateDer, ServerName, pem::PemObject};
    let certificate = CertificateDer::from_pem_file(dovecot().ca_file()).expect("a PEM file");
    let mut roots = rustls::RootCertStore::empty();
    roots.add(certificate).expect("a certificate");
    let config = rustls::ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    for name in ["localhost", "127.0.0.1"] {
        let name = ServerName::try_from(name).expect("a server name");
        let connection = rustls::ClientConnection::new(config.clone().into(), name).expect("a valid configuration");
        let stream = std::net::TcpStream::connect(dovecot().tls_address()).expect("dovecot listens");
        let mut greeting = String::new();
        let mut stream = BufReader::new(rustls::StreamOwned::new(connection, stream));
        stream.read_line(&mut greeting).expect("the certificate is accepted");
        assert!(greeting.starts_with("* OK"));
    }
    let capabilities = ImapClient::connect(dovecot().address()).ok("CAPABILITY");
    assert!(String::from_utf8_lossy(&capabilities[0]).contains("STARTTLS"));
}

#[test]
fn wrong_passwords_and_unknown_accounts_are_refused() {
    for (user, password) in [("sc-nord", "falsch"), ("niemand", PASSWORD)] {
        let (status, _) = ImapClient::connect(dovecot().address()).command(&format!("LOGIN {user} {password}"));
        assert!(status.starts_with("NO"), "{user}: {status}");
    }
}

#[test]
fn kicked_sessions_end() {
    let dovecot = Dovecot::start(Options::default());
    let mut client = dovecot.client("sc-sued");
    dovecot.kick_all();
    eventually("the session ends", || {
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| client.ok("NOOP"))).is_err()
    });
}

#[test]
fn nothing_is_left_after_the_end() {
    let dovecot = Dovecot::start(Options::default());
    let (dir, group) = (dovecot.dir().to_path_buf(), dovecot.group());
    let _session = dovecot.client("sc-west");
    assert!(group_lives(group));
    drop(dovecot);
    eventually("the processes end", || !group_lives(group));
    assert!(!dir.exists());
}

/// Runs this test binary again as the owner of an instance and kills it.
#[test]
fn nothing_is_left_after_the_owner_was_killed() {
    let own = std::env::current_exe().expect("a running program has a path");
    let mut owner = Command::new(own)
        .args(["--exact", "owner_that_waits_to_be_killed", "--nocapture"])
        .env(TO_BE_KILLED, "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("this binary starts");
    let output = BufReader::new(owner.stdout.take().expect("the output is a pipe"));
    let told =
        output.lines().map(|line| line.expect("text")).find_map(|line| Some(line.split_once("owns ")?.1.to_string()));
    let told = told.expect("the owner tells what it owns");
    let (group, dir) = told.split_once(' ').expect("group and directory");
    let (group, dir) = (group.parse().expect("a number"), PathBuf::from(dir));
    assert!(group_lives(group) && dir.is_dir());

    owner.kill().expect("the owner runs");
    owner.wait().expect("the owner ends");
    eventually("the processes end", || !group_lives(group));
    eventually("the directory goes", || !dir.exists());
}

/// Set in the process that plays the owner.
const TO_BE_KILLED: &str = "POSTWEICHE_TEST_TO_BE_KILLED";

/// The other half of [`nothing_is_left_after_the_owner_was_killed`]; does nothing by itself.
#[test]
fn owner_that_waits_to_be_killed() {
    if std::env::var_os(TO_BE_KILLED).is_none() {
        return;
    }
    let dovecot = Dovecot::start(Options::default());
    let _session = dovecot.client("sc-west");
    println!("owns {} {}", dovecot.group(), dovecot.dir().display());
    let mut nothing = String::new();
    std::io::stdin().read_line(&mut nothing).expect("the input is a pipe");
}

#[test]
fn the_proxy_counts_commands_and_what_they_wait_for() {
    let proxy = Proxy::delaying(dovecot().address(), Duration::from_millis(20));
    let started = Instant::now();
    let mut client = ImapClient::connect(proxy.address());
    client.login("sc-nord", PASSWORD);
    client.examine("INBOX");
    client.logout();
    assert!(started.elapsed() >= Duration::from_millis(100), "two round trips for the greeting, one for each command");
    assert_eq!(proxy.counts(), [Count { commands: 3, round_trips: 3 }]);
}

#[test]
fn commands_sent_together_share_a_round_trip() {
    use std::io::Write;
    let proxy = Proxy::delaying(dovecot().address(), Duration::from_millis(20));
    let mut stream = std::net::TcpStream::connect(proxy.address()).expect("the proxy listens");
    write!(stream, "a LOGIN sc-nord {PASSWORD}\r\nb EXAMINE {{5+}}\r\nINBOX\r\nc NOOP\r\n").expect("the proxy reads");
    let mut lines = BufReader::new(stream.try_clone().expect("a socket can be doubled")).lines().map(Result::unwrap);
    lines.find(|line| line.starts_with("c OK")).expect("NOOP is answered");
    write!(stream, "d LOGOUT\r\n").expect("the proxy reads");
    lines.find(|line| line.starts_with("d OK")).expect("LOGOUT is answered");
    assert_eq!(proxy.counts(), [Count { commands: 4, round_trips: 2 }]);
}

#[test]
fn the_proxy_cuts_swallows_rewrites_and_stalls() {
    let noop = |action: Action, side: Side, pattern: &'static str| {
        let proxy = Proxy::filtering(dovecot().address(), at_nth(side, 2, pattern, action));
        let mut client = ImapClient::connect(proxy.address());
        client.login("sc-nord", PASSWORD);
        client.ok("NOOP");
        let second = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| client.command("NOOP").0));
        let alive = ImapClient::connect(proxy.address()).command("NOOP").0.starts_with("OK");
        assert!(alive, "the fault happens once");
        second
    };
    assert!(noop(Action::CutBefore, Side::Client, "NOOP").is_err());
    assert!(noop(Action::CutBefore, Side::Server, "NOOP completed").is_err());
    assert!(noop(Action::CutAfter, Side::Server, "NOOP completed").is_ok());
    let rewritten = noop(Action::Replace(b"t3 BAD rewritten\r\n".to_vec()), Side::Server, "NOOP completed");
    assert_eq!(rewritten.expect("an answer"), "BAD rewritten");

    let stalled = Proxy::filtering(dovecot().address(), at_nth(Side::Client, 1, "NOOP", Action::Stall));
    let mut stream = std::net::TcpStream::connect(stalled.address()).expect("the proxy listens");
    stream.set_read_timeout(Some(Duration::from_millis(100))).expect("a timeout above zero is valid");
    std::io::Write::write_all(&mut stream, b"a NOOP\r\nb LOGOUT\r\n").expect("the proxy reads");
    let silence = BufReader::new(stream).lines().nth(1).expect("no end").expect_err("no answer");
    assert!(matches!(silence.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut));
}

/// What a client reads of this answer when it breaks in this manner, and how the connection ends.
fn broken(place: Place, action: Action, tls: Option<&Identity>) -> (String, std::io::Result<usize>) {
    use std::io::{Read, Write};
    let server = ScriptedServer::start(|talk| {
        talk.send("* OK ready\r\n");
        talk.expect("FETCH", "* 1 FETCH (BODY[] {10}\r\n0123456789)\r\n{tag} OK done\r\n");
        talk.stay_silent();
    });
    let fault = Arc::new(Fault::new(place, action));
    let watch = fault.clone() as Arc<dyn Watch>;
    let proxy = match tls {
        None => Proxy::watching(server.address(), watch),
        Some(identity) => Proxy::watching_tls(server.address(), identity.config.clone(), watch),
    };
    let stream = std::net::TcpStream::connect(proxy.address()).expect("the proxy listens");
    stream.set_read_timeout(Some(Duration::from_millis(300))).expect("a timeout above zero is valid");
    let mut stream: Box<dyn ReadWrite> = match tls {
        None => Box::new(stream),
        Some(identity) => Box::new(rustls::StreamOwned::new(identity.client(), stream)),
    };
    let (mut heard, mut byte) = (Vec::new(), [0]);
    let end = loop {
        match stream.read(&mut byte) {
            Ok(1) => heard.push(byte[0]),
            end => break end,
        }
        if heard == b"* OK ready\r\n" {
            stream.write_all(b"a FETCH 1 BODY[]\r\n").expect("the proxy reads");
        }
    };
    assert!(fault.happened());
    (String::from_utf8(heard).expect("text"), end)
}

trait ReadWrite: std::io::Read + std::io::Write {}
impl<T: std::io::Read + std::io::Write> ReadWrite for T {}

#[test]
fn a_connection_breaks_at_any_line_and_any_byte_in_every_manner() {
    use std::io::ErrorKind::{ConnectionReset, TimedOut, WouldBlock};
    let identity = Identity::new(&["localhost"]);
    let line = |side, number| Place { connection: 0, side, spot: Spot::Line(number) };
    let byte = |offset| Place { connection: 0, side: Side::Server, spot: Spot::Byte { literal: 0, offset } };
    let (greeting, all) = ("* OK ready\r\n", "* OK ready\r\n* 1 FETCH (BODY[] {10}\r\n0123456789)\r\na OK done\r\n");
    for tls in [None, Some(&identity)] {
        for (place, action, heard) in [
            (line(Side::Server, 1), Action::CutBefore, greeting),
            (line(Side::Client, 0), Action::CutBefore, greeting),
            (line(Side::Server, 3), Action::CutAfter, all),
            (byte(0), Action::CutBefore, &all[..36]),
            (byte(9), Action::CutBefore, &all[..45]),
        ] {
            let (found, end) = broken(place, action.clone(), tls);
            assert_eq!((&*found, end.ok()), (heard, Some(0)), "{place:?} {action:?}: a polite end");
        }
    }
    for (place, action, heard) in [
        (line(Side::Server, 2), Action::ResetBefore, &all[..46]),
        (line(Side::Server, 2), Action::ResetAfter, &all[..49]),
        (byte(4), Action::ResetBefore, &all[..40]),
    ] {
        let (found, end) = broken(place, action.clone(), None);
        assert_eq!(found, heard, "{place:?} {action:?}");
        assert_eq!(end.expect_err("a reset").kind(), ConnectionReset, "{place:?} {action:?}");
    }
    for (place, action, heard) in [
        (line(Side::Server, 3), Action::Swallow, &all[..49]),
        (byte(7), Action::Stall, &all[..43]),
        (byte(2), Action::Swallow, "* OK ready\r\n* 1 FETCH (BODY[] {10}\r\n01)\r\na OK done\r\n"),
        (line(Side::Server, 3), Action::Drip(Duration::from_secs(9)), &all[..49]),
        (line(Side::Server, 3), Action::Drip(Duration::from_millis(1)), all),
        (line(Side::Server, 1), Action::Delay(Duration::from_millis(100)), all),
    ] {
        let (found, end) = broken(place, action.clone(), None);
        assert_eq!(found, heard, "{place:?} {action:?}");
        assert!(matches!(end.expect_err("silence").kind(), WouldBlock | TimedOut), "{place:?} {action:?}");
    }
}

#[test]
fn literals_are_no_lines() {
    let proxy = Proxy::filtering(
        dovecot().address(),
        Box::new(|line: Line<'_>| if line.contains("Guten Tag") { Action::Swallow } else { Action::Pass }),
    );
    let mut client = ImapClient::connect(proxy.address());
    client.login("sc-suedwest", PASSWORD);
    client.append("INBOX", &Mail::new(MAIL));
    client.examine("INBOX");
    assert_eq!(client.fetch_all()[0].bytes, MAIL.as_bytes());
}

#[test]
fn a_scripted_server_keeps_to_its_script() {
    let server = ScriptedServer::start(|talk| {
        talk.send("* OK ready\r\n");
        talk.usual("IMAP4rev1");
        talk.expect("select", "* 3 EXISTS\r\n* OK [UIDVALIDITY 7] fine\r\n{tag} OK done\r\n");
    });
    let mut client = ImapClient::connect(server.address());
    client.login("sc-nord", PASSWORD);
    let selected = client.select("INBOX");
    assert_eq!((selected.exists, selected.uid_validity), (3, 7));
    assert_eq!(server.finish(), [format!("LOGIN \"sc-nord\" \"{PASSWORD}\""), "SELECT \"INBOX\"".into()]);
}

#[test]
fn a_scripted_server_reports_a_deviation() {
    let server = ScriptedServer::start(|talk| {
        talk.send("* OK ready\r\n");
        talk.expect("SELECT", "{tag} OK done\r\n");
    });
    let mut client = ImapClient::connect(server.address());
    let answer = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| client.ok("EXPUNGE")));
    assert!(answer.is_err(), "the connection was closed");
    assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| server.finish())).is_err());
}

#[test]
fn passwords_of_a_configuration_are_private() {
    use std::os::unix::fs::PermissionsExt;
    let config = support::config::ConfigDir::for_dovecot(dovecot());
    let mode = |file: &Path| std::fs::metadata(file).expect("the file exists").permissions().mode() & 0o777;
    assert_eq!(mode(&config.dir().join("password-0")), 0o600);
    let text = std::fs::read_to_string(config.file()).expect("the file exists");
    let parsed: toml::Table = text.parse().expect("valid TOML");
    assert_eq!(parsed["postfach"].as_array().map(Vec::len), Some(5));
    assert!(!text.contains(PASSWORD));
}
