//! Servers that cannot be reached, must not be trusted, or do not let us in. The other mailboxes are served.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::time::{Duration, Instant};

use rcgen::CertificateParams;

use crate::support::accounts::Account;
use crate::support::binary::{self, Outcome};
use crate::support::config::{ConfigDir, Postfach};
use crate::support::dovecot::PASSWORD;
use crate::support::mails;
use crate::support::script::{ScriptedServer, Talk};
use crate::{ACCOUNTS, COTTBUS, tls_trap::TlsTrap};

/// A sound mailbox beside the one in trouble.
fn neighbour() -> Account<'static> {
    ACCOUNTS.with(&[COTTBUS], &[mails::to("Cottbus", 1)])
}

/// Runs `once` as talkative as can be over a mailbox in trouble and its neighbour: the trouble is told in these words,
/// the neighbour is served, and no password is in what is said.
fn in_trouble(postfach: Postfach, words: &[&str]) -> Outcome {
    let neighbour = neighbour();
    let password = postfach.password.clone();
    let config = ConfigDir::new([postfach, neighbour.postfach("sc-ost")], "connect_timeout_seconds = 2");
    let mut command = binary::command(&["once", "--format", "json"], &config.file());
    command.envs([("POSTWEICHE_LOG", "trace"), ("RUST_LOG", "trace")]);
    let outcome = binary::finish(&mut command).expect_code(1);
    let mailbox = outcome.mailbox("sc-nord");
    assert_eq!((&mailbox["ok"], &mailbox["moved"]), (&false.into(), &0.into()), "{mailbox}");
    let told = format!("{} {}", mailbox["error"], mailbox["hint"]);
    for word in words {
        assert!(told.contains(word), "{word:?} is not in {told}");
    }
    assert_eq!(outcome.mailbox("sc-ost")["moved"], 1, "{outcome:#?}");
    assert_eq!(neighbour.count(COTTBUS), 1);
    for secret in [password.as_str(), PASSWORD] {
        assert!(!outcome.stdout.contains(secret) && !outcome.stderr.contains(secret), "a password was said");
    }
    outcome
}

/// A loopback port nobody listens on.
fn deaf_address() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has free ports");
    listener.local_addr().expect("a bound socket has an address")
}

#[test]
fn f44_a_wrong_password_is_told_and_not_repeated() {
    let account = ACCOUNTS.with(&[], &[mails::to("Kiel", 1)]);
    let before = account.snapshot();
    let wrong = Postfach { password: "falsch-4711-geheim".into(), ..account.postfach("sc-nord") };
    in_trouble(wrong, &["user name or password is wrong", "check user name and password"]);
    assert_eq!(account.snapshot(), before);
}

#[test]
fn a_missing_password_is_told_with_its_place() {
    let account = ACCOUNTS.fresh();
    for (source, word) in [
        ("password = { file = \"/gibt/es/nicht\" }", "/gibt/es/nicht"),
        ("password = { env = \"GIBT_ES_NICHT\" }", "GIBT_ES_NICHT"),
        ("password = { credential = \"sc-nord\" }", "CREDENTIALS_DIRECTORY"),
    ] {
        in_trouble(account.postfach("sc-nord").extra(source), &[word, "provide the password"]);
    }
}

#[test]
fn a_server_that_is_not_there_is_told() {
    in_trouble(Postfach::plain("sc-nord", deaf_address()), &["connection refused", "check host and port"]);
    let unknown = Postfach {
        host: "gibt-es-nicht.invalid".into(),
        security: "tls".into(),
        ..Postfach::plain("sc-nord", deaf_address())
    };
    in_trouble(unknown, &["address", "name service"]);
}

#[test]
fn f45_a_server_that_must_not_be_trusted_learns_nothing() {
    let named = |name: &str| CertificateParams::new([name.to_string()]).expect("a valid name");
    let mut expired = named("localhost");
    expired.not_after = rcgen::date_time_ymd(2024, 1, 1);
    // Only in the old place for a name, which nobody looks at any more.
    let mut common_name = CertificateParams::default();
    common_name.distinguished_name.push(rcgen::DnType::CommonName, "localhost");
    for (what, certificate, trusted, words) in [
        ("unknown authority", named("localhost"), false, &["not trusted", "ca_file"][..]),
        ("another name", named("mail.example"), true, &["for another host name", "use the host name"]),
        ("expired", expired, true, &["not valid at this time", "renew the certificate"]),
        ("common name only", common_name, true, &["for another host name"]),
    ] {
        let trap = TlsTrap::start(certificate);
        let dir = ConfigDir::new([], "");
        let ca_file = dir.dir().join("ca.pem");
        std::fs::write(&ca_file, trap.certificate()).expect("the directory is ours");
        let postfach = Postfach {
            host: "localhost".into(),
            security: "tls".into(),
            ca_file: trusted.then_some(ca_file),
            ..Postfach::plain("sc-nord", trap.address())
        };
        in_trouble(postfach, words);
        assert_eq!(trap.finish(), b"", "{what}: said to a server that must not be trusted");
    }
}

#[test]
fn a_missing_ca_file_is_told() {
    let ca_file = Some("/gibt/es/nicht.pem".into());
    let outcome = in_trouble(Postfach { ca_file, ..Postfach::tls("sc-nord", ACCOUNTS.dovecot()) }, &["ca_file"]);
    outcome.expect_words(&["there is no file /gibt/es/nicht.pem"]);
}

#[test]
fn a_trusted_server_is_spoken_to_in_both_kinds_of_tls() {
    for (security, address) in [("tls", ACCOUNTS.dovecot().tls_address()), ("starttls", ACCOUNTS.dovecot().address())] {
        let account = ACCOUNTS.with(&["INBOX/Agentur Kiel"], &[mails::to("Kiel", 1)]);
        let postfach = Postfach {
            host: "localhost".into(),
            port: address.port(),
            security: security.into(),
            ca_file: Some(ACCOUNTS.dovecot().ca_file()),
            ..account.postfach("sc-nord")
        };
        let config = ConfigDir::new([postfach], "");
        let outcome = binary::once(&config.file()).expect_code(0);
        assert_eq!(outcome.mailbox("sc-nord")["moved"], 1, "{security}");
    }
}

#[test]
fn f45_no_tls_where_tls_is_asked_for_means_no_password() {
    type Script = fn(&mut Talk);
    let cases: [(&str, Script, &[&str]); 4] = [
        ("tls", |talk| talk.send("* OK ready\r\n"), &["does not speak TLS", "starttls on port 143"]),
        (
            "starttls",
            |talk| {
                talk.send("* OK ready\r\n");
                talk.expect("CAPABILITY", "* CAPABILITY IMAP4rev1 MOVE UIDPLUS\r\n{tag} OK done\r\n");
            },
            &["does not offer STARTTLS"],
        ),
        (
            "starttls",
            |talk| {
                talk.send("* OK ready\r\n");
                talk.expect("CAPABILITY", "* CAPABILITY IMAP4rev1 STARTTLS\r\n{tag} OK done\r\n");
                talk.expect("STARTTLS", "{tag} OK go\r\n* OK [CAPABILITY IMAP4rev1 MOVE UIDPLUS] injected\r\n");
            },
            &["between STARTTLS and TLS"],
        ),
        ("none", |talk| talk.send("* PREAUTH who are you\r\n"), &["logged in already"]),
    ];
    for (security, script, words) in cases {
        let server = ScriptedServer::start(script);
        let postfach = Postfach {
            host: "localhost".into(),
            security: security.into(),
            ..Postfach::plain("sc-nord", server.address())
        };
        in_trouble(postfach, words);
        let said = server.finish().join("\n");
        assert!(!said.contains(PASSWORD) && !said.contains("LOGIN"), "{security}: {said}");
    }
}

#[test]
fn f13_a_silent_server_is_given_up_in_time() {
    // One mailbox for each moment at which a server can fall silent.
    let moments = ["greeting", "CAPABILITY", "LOGIN", "LIST", "SELECT"];
    let regions = ["sc-nord", "sc-west", "sc-suedwest", "sc-sued", "sc-nord-2"];
    let silent = |moment: &'static str| {
        ScriptedServer::start(move |talk| {
            if moment != "greeting" {
                talk.send("* OK ready\r\n");
                talk.usual("IMAP4rev1 MOVE UIDPLUS");
                if moment == "SELECT" {
                    talk.expect("LIST \"\" \"*\"", "* LIST () \"/\" INBOX\r\n{tag} OK done\r\n");
                }
                talk.hear(moment);
            }
            talk.stay_silent();
        })
    };
    let servers = moments.map(silent);
    let neighbour = neighbour();
    let postfaecher = regions.iter().zip(&servers).map(|(region, server)| Postfach::plain(region, server.address()));
    let limits = "connect_timeout_seconds = 1\ngreeting_timeout_seconds = 1\nread_timeout_seconds = 1\n\
                  command_timeout_seconds = 1";
    let config = ConfigDir::new(postfaecher.chain([neighbour.postfach("sc-ost")]), limits);
    let started = Instant::now();
    let outcome = binary::once(&config.file()).expect_code(1);
    // A connection that broke is made anew twice.
    assert!(started.elapsed() < Duration::from_secs(10), "took {:?}", started.elapsed());
    for (region, moment) in regions.iter().zip(moments) {
        let mailbox = outcome.mailbox(region);
        let told = mailbox["error"].as_str().unwrap_or_else(|| panic!("{moment}: {mailbox}"));
        assert!(told.contains("no answer in time") || told.contains("no complete answer within 1 s"), "{told}");
    }
    assert_eq!(outcome.mailbox("sc-ost")["moved"], 1);
}
