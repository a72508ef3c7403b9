//! A server in memory that keeps to a script: for exact replies that no real server here would send.

use std::time::Duration;

use secrecy::SecretString;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, duplex};
use tokio::task::JoinHandle;

use super::connect::{Endpoint, Io, Timeouts, open};
use super::exchange::{Deadlines, Session};
use super::sasl::Login;
use crate::domain::postfach::Security;

/// Plays the server: `S:` is said, `C:` must be heard, `...` at the end is silence instead of a closed connection.
/// Whatever else the client sends fails the test.
pub async fn play(stream: impl Io, script: &str) {
    let mut stream = BufReader::new(stream);
    let mut silent = false;
    for line in script.lines().map(str::trim_start).filter(|line| !line.is_empty()) {
        if let Some(said) = line.strip_prefix("S: ") {
            // A client that has given up need not listen to the end.
            let _ = stream.write_all(format!("{said}\r\n").as_bytes()).await;
            let _ = stream.flush().await;
        } else if let Some(expected) = line.strip_prefix("C: ") {
            let mut heard = String::new();
            stream.read_line(&mut heard).await.unwrap();
            assert_eq!(heard.trim_end(), expected, "in\n{script}");
        } else {
            assert_eq!(line, "...", "in\n{script}");
            silent = true;
        }
    }
    if !silent {
        let _ = stream.shutdown().await;
    }
    let mut rest = String::new();
    // A client that drops TLS without a farewell is an error of no interest here.
    let _ = stream.read_to_string(&mut rest).await;
    assert_eq!(rest, "", "after\n{script}");
}

/// What a usual server says until the login is done. The next command has the tag `A0003`.
const LOGIN: &str = r#"
    S: * OK ready
    C: C1 CAPABILITY
    S: * CAPABILITY IMAP4rev1
    S: C1 OK done
    C: A0001 LOGIN "user" "password"
    S: A0001 OK done
    C: A0002 CAPABILITY
    S: * CAPABILITY IMAP4rev1 MOVE UIDPLUS
    S: A0002 OK done
"#;

/// A session with a server that goes on with this script after the login. The handle ends when the script has been
/// kept; it panics if the client did anything else.
pub async fn session(script: &'static str) -> (Session, JoinHandle<()>) {
    let (client, server) = duplex(1 << 16);
    let server = tokio::spawn(async move { play(server, &format!("{LOGIN}{script}")).await });
    let endpoint =
        Endpoint { host: "127.0.0.1".into(), port: 0, security: Security::None, tls: None, login: Login::Auto };
    let connected =
        open(Box::new(client), &endpoint, "user", &SecretString::from("password"), &Timeouts::default()).await;
    let deadlines = Deadlines { read: Duration::from_secs(60), command: Duration::from_secs(120) };
    (Session::new(connected.expect("the login is scripted"), deadlines), server)
}
