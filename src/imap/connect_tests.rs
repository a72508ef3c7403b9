use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::super::connect_error::{GreetingFault, Retry, TlsReason};
use super::super::refusal::Refusal;
use super::super::scripted::play;
use super::super::tls::client_config;
use super::*;

const USER: &str = r"DOMAIN\svc\postfach";
const PASSWORD: &str = r#"ge"heim\"#;

const HAPPY: &str = r#"
    S: * OK The Microsoft Exchange IMAP4 service is ready. [TQBJAEMA]
    C: C1 CAPABILITY
    S: * CAPABILITY IMAP4rev1 AUTH=PLAIN LOGINDISABLED-NOT
    S: C1 OK CAPABILITY completed.
    C: A0001 LOGIN "DOMAIN\\svc\\postfach" "ge\"heim\\"
    S: A0001 OK LOGIN completed.
    C: A0002 CAPABILITY
    S: * CAPABILITY IMAP4rev1 AUTH=PLAIN LOGINDISABLED UIDPLUS MOVE
    S: A0002 OK CAPABILITY completed.
"#;

fn endpoint(security: Security) -> Endpoint {
    Endpoint { host: "127.0.0.1".into(), port: 0, security, tls: None, login: Login::Auto }
}

/// What comes of a login to a server that keeps to the script.
async fn log_in(endpoint: &Endpoint, password: &str, script: &str) -> Result<Capabilities, ConnectError> {
    let (client, server) = duplex(4096);
    let password = SecretString::from(password);
    let timeouts = Timeouts::default();
    let login = async {
        let connected = open(Box::new(client), endpoint, USER, &password, &timeouts).await;
        connected.map(|connected| connected.capabilities)
    };
    tokio::join!(login, play(server, script)).0
}

async fn plain(script: &str) -> Result<Capabilities, ConnectError> {
    log_in(&endpoint(Security::None), PASSWORD, script).await
}

#[tokio::test]
async fn login_ends_with_the_capabilities_of_the_mailbox() {
    let capabilities = plain(HAPPY).await.unwrap();
    assert!(capabilities.move_ && capabilities.uidplus && capabilities.auth_plain);
}

#[tokio::test]
async fn untagged_lines_in_between_are_no_trouble() {
    plain(
        r#"
        S: * ok
        C: C1 CAPABILITY
        S: * OK [ALERT] Maintenance at eight.
        S: * XUNKNOWN )(
        S: * CAPABILITY IMAP4rev1
        S: C1 OK
        S: * OK still here
        C: A0001 LOGIN "DOMAIN\\svc\\postfach" "ge\"heim\\"
        S: * CAPABILITY IMAP4rev1
        S: A0001 OK [CAPABILITY IMAP4rev1 MOVE] Logged in
        C: A0002 CAPABILITY
        S: * NO disk is filling up
        S: * CAPABILITY IMAP4rev1
        S: A0002 OK done
        "#,
    )
    .await
    .unwrap();
}

#[tokio::test]
async fn plain_is_used_where_login_is_disabled() {
    let script = r#"
        S: * OK ready
        C: C1 CAPABILITY
        S: * CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=PLAIN
        S: C1 OK done
        C: A0001 AUTHENTICATE PLAIN
        S: +
        C: AERPTUFJTlxzdmNccG9zdGZhY2gAZ2UiaGVpbVw=
        S: A0001 OK done
        C: A0002 CAPABILITY
        S: * CAPABILITY IMAP4rev1 MOVE
        S: A0002 OK done
        "#;
    assert!(plain(script).await.unwrap().move_);
    let wanted = script.replace("LOGINDISABLED ", "").replace("S: +", "S: + ");
    log_in(&Endpoint { login: Login::Plain, ..endpoint(Security::None) }, PASSWORD, &wanted).await.unwrap();
    let umlaut =
        wanted.replace("AERPTUFJTlxzdmNccG9zdGZhY2gAZ2UiaGVpbVw=", "AERPTUFJTlxzdmNccG9zdGZhY2gAU2NobMO8c3NlbA==");
    log_in(&endpoint(Security::None), "Schlüssel", &umlaut).await.unwrap();
}

#[tokio::test]
async fn an_error_report_of_the_server_is_acknowledged() {
    let refused = plain(
        r#"
        S: * OK ready
        C: C1 CAPABILITY
        S: * CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=PLAIN
        S: C1 OK done
        C: A0001 AUTHENTICATE PLAIN
        S: +
        C: AERPTUFJTlxzdmNccG9zdGZhY2gAZ2UiaGVpbVw=
        S: + eyJzdGF0dXMiOiI0MDAifQ==
        C:
        S: A0001 NO AUTHENTICATE failed.
        "#
        .replace("C:\n", "C: \n")
        .as_str(),
    )
    .await;
    assert_eq!(refused, Err(ConnectError::LoginRefused { class: Refusal::Credentials }));
}

#[tokio::test]
async fn greetings() {
    let malformed = GreetingFault::Malformed;
    for (greeting, fault) in [
        ("", GreetingFault::Eof),
        ("S: * BYE Too many connections", GreetingFault::Bye),
        ("S: * PREAUTH Welcome", GreetingFault::Preauth),
        ("S: 220 mail.example ESMTP", malformed),
        ("S: A1 OK ready", malformed),
        ("S: * 1 EXISTS", malformed),
        ("S: ", malformed),
    ] {
        assert_eq!(plain(greeting).await, Err(ConnectError::Greeting(fault)), "{greeting}");
    }
}

#[tokio::test]
async fn no_way_to_log_in_is_said_without_a_try() {
    for (capabilities, login, password) in [
        ("LOGINDISABLED", Login::Auto, PASSWORD),
        ("LOGINDISABLED AUTH=PLAIN", Login::LoginCommand, PASSWORD),
        ("AUTH=NTLM", Login::Plain, PASSWORD),
        ("AUTH=NTLM", Login::Auto, "Schlüssel"),
    ] {
        let script = format!(
            "S: * OK ready\nC: C1 CAPABILITY\nS: * CAPABILITY IMAP4rev1 {capabilities}\nS: C1 OK CAPABILITY completed."
        );
        let endpoint = Endpoint { login, ..endpoint(Security::None) };
        assert_eq!(log_in(&endpoint, password, &script).await, Err(ConnectError::NoLoginMethod), "{capabilities}");
    }
}

#[tokio::test]
async fn refusals_of_a_login() {
    let wait = Duration::from_millis(92_415);
    for (answer, class, retry) in [
        ("NO LOGIN failed.", Refusal::Credentials, Retry::Credentials),
        ("NO [UNAVAILABLE] Try later", Refusal::Unavailable, Retry::Soon),
        (
            "BAD Request is throttled. Suggested Backoff Time: 92415 milliseconds",
            Refusal::Throttled { wait: Some(wait) },
            Retry::Later(wait),
        ),
        ("BAD Command Argument Error. 11", Refusal::Other, Retry::Later(Duration::from_secs(300))),
    ] {
        let login = HAPPY.split("S: A0001").next().unwrap();
        let error = plain(&format!("{login}S: A0001 {answer}")).await.unwrap_err();
        assert_eq!(error, ConnectError::LoginRefused { class }, "{answer}");
        assert_eq!(error.retry(), retry, "{answer}");
    }
}

#[tokio::test]
async fn refusals_of_the_capability_command() {
    let before = "S: * OK ready\nC: C1 CAPABILITY\n";
    let (after, _) = HAPPY.split_once("S: * CAPABILITY IMAP4rev1 AUTH=PLAIN LOGINDISABLED UIDPLUS").unwrap();
    let (phase, later) = (Phase::Capability, Phase::CapabilityAfterLogin);
    for (script, error) in [
        (format!("{before}S: C1 NO no"), ConnectError::Protocol { phase }),
        (format!("{before}S: C1 BAD what"), ConnectError::Protocol { phase }),
        (format!("{before}S: C1 OK without a list"), ConnectError::Protocol { phase }),
        (format!("{before}S: C2 OK another tag"), ConnectError::Protocol { phase }),
        (format!("{before}S: * BYE gone"), ConnectError::Closed { phase }),
        (format!("{before}S: {}", "x".repeat(2 << 20)), ConnectError::Protocol { phase }),
        (format!("{after}S: A0002 NO no"), ConnectError::Protocol { phase: later }),
        (format!("{after}S: A0002 OK without a list"), ConnectError::Protocol { phase: later }),
        (format!("{after}S: * BYE Session invalidated"), ConnectError::Closed { phase: later }),
        (format!("{after}S: nonsense"), ConnectError::Protocol { phase: later }),
        (
            format!("{after}S: A0002 BAD User is authenticated but not connected."),
            ConnectError::LoginRefused { class: Refusal::Unavailable },
        ),
    ] {
        let head = script.chars().take(300).collect::<String>();
        assert_eq!(plain(&script).await, Err(error), "{head}");
    }
}

/// The happy script up to just before each line of the server, with the phase that waits for that line.
fn cut_scripts() -> Vec<(String, Phase)> {
    let phases = [
        Phase::Greeting,
        Phase::Capability,
        Phase::Capability,
        Phase::Login,
        Phase::CapabilityAfterLogin,
        Phase::CapabilityAfterLogin,
    ];
    let cuts: Vec<usize> = HAPPY.match_indices("S: ").map(|(at, _)| at).collect();
    assert_eq!(cuts.len(), phases.len());
    cuts.into_iter().map(|at| HAPPY[..at].to_owned()).zip(phases).collect()
}

#[tokio::test]
async fn a_server_may_hang_up_at_any_moment() {
    for (script, phase) in cut_scripts() {
        let expected = match phase {
            Phase::Greeting => ConnectError::Greeting(GreetingFault::Eof),
            phase => ConnectError::Closed { phase },
        };
        assert_eq!(plain(&script).await, Err(expected), "{script}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_may_fall_silent_at_any_moment() {
    for (script, phase) in cut_scripts() {
        assert_eq!(plain(&format!("{script}\n...")).await, Err(ConnectError::Timeout { phase }), "{script}");
    }
    let tls = Endpoint { tls: Some(client_config(None).unwrap()), ..endpoint(Security::Tls) };
    let (client, _server) = duplex(4096);
    let error = open(Box::new(client), &tls, USER, &PASSWORD.into(), &Timeouts::default()).await.unwrap_err();
    assert_eq!(error, ConnectError::Timeout { phase: Phase::TlsHandshake });
}

#[tokio::test(start_paused = true)]
async fn a_server_that_trickles_has_one_deadline() {
    let (client, mut server) = duplex(4096);
    let trickle = async {
        server.write_all(b"* OK ready\r\n").await.unwrap();
        while server.write_all(b"* OK wait\r\n").await.is_ok() {
            tokio::time::sleep(Duration::from_secs(50)).await;
        }
    };
    let (endpoint, password, timeouts) = (endpoint(Security::None), PASSWORD.into(), Timeouts::default());
    let login = async { open(Box::new(client), &endpoint, USER, &password, &timeouts).await.map(drop) };
    let start = tokio::time::Instant::now();
    assert_eq!(tokio::join!(login, trickle).0, Err(ConnectError::Timeout { phase: Phase::Capability }));
    assert!(start.elapsed() < Duration::from_secs(180));
}

#[tokio::test]
async fn starttls_is_never_left_out() {
    let starttls = Endpoint { tls: Some(client_config(None).unwrap()), ..endpoint(Security::Starttls) };
    let greeted = "S: * OK ready\nC: C1 CAPABILITY\nS: * CAPABILITY IMAP4rev1";
    let offered = format!("{greeted} STARTTLS LOGINDISABLED\nS: C1 OK done\nC: C2 STARTTLS\n");
    for (script, error) in [
        (format!("{greeted}\nS: C1 OK done"), ConnectError::StarttlsNotOffered),
        (format!("{offered}S: C2 NO not today"), ConnectError::Protocol { phase: Phase::Starttls }),
        (offered.clone(), ConnectError::Closed { phase: Phase::Starttls }),
    ] {
        assert_eq!(log_in(&starttls, PASSWORD, &script).await, Err(error), "{script}");
    }
}

#[tokio::test]
async fn text_injected_before_tls_ends_the_attempt() {
    let starttls = Endpoint { tls: Some(client_config(None).unwrap()), ..endpoint(Security::Starttls) };
    let (client, mut server) = duplex(4096);
    let inject = async {
        // In one packet, as an attacker would.
        server.write_all(b"* OK ready\r\n* CAPABILITY IMAP4rev1 STARTTLS\r\nC1 OK\r\n").await.unwrap();
        server.write_all(b"C2 OK begin\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n").await.unwrap();
        let mut heard = String::new();
        server.read_to_string(&mut heard).await.unwrap();
        heard
    };
    let (password, timeouts) = (PASSWORD.into(), Timeouts::default());
    let login = async { open(Box::new(client), &starttls, USER, &password, &timeouts).await.map(drop) };
    let (result, heard) = tokio::join!(login, inject);
    assert_eq!(result, Err(ConnectError::InjectedPlaintext));
    assert_eq!(heard, "C1 CAPABILITY\r\nC2 STARTTLS\r\n");
}

/// A certificate for these names, and a server and a client that use and trust it.
struct House {
    acceptor: TlsAcceptor,
    trusting: Arc<rustls::ClientConfig>,
}

impl House {
    fn new(name: &str, expires: i32) -> Self {
        let key = rcgen::KeyPair::generate().unwrap();
        let mut params = rcgen::CertificateParams::new([name.to_owned()]).unwrap();
        params.not_after = rcgen::date_time_ymd(expires, 1, 1);
        let certificate = params.self_signed(&key).unwrap();
        let ca_file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(ca_file.path(), certificate.pem()).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::try_from(key.serialize_der()).unwrap())
            .unwrap();
        House { acceptor: Arc::new(config).into(), trusting: client_config(Some(ca_file.path())).unwrap() }
    }
}

/// Connects over loopback. The server says what it saw: whether the client accepted it.
async fn over_loopback(house: &House, tls: Arc<rustls::ClientConfig>) -> (Result<Capabilities, ConnectError>, bool) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let endpoint = Endpoint { port, tls: Some(tls), ..endpoint(Security::Tls) };
    let server = async {
        let (tcp, _) = listener.accept().await.unwrap();
        match house.acceptor.accept(tcp).await {
            Ok(stream) => {
                play(stream, HAPPY).await;
                true
            }
            Err(_) => false,
        }
    };
    let (password, timeouts) = (PASSWORD.into(), Timeouts::default());
    let login = async { connect(&endpoint, USER, &password, &timeouts).await.map(|connected| connected.capabilities) };
    tokio::join!(login, server)
}

#[tokio::test]
async fn a_trusted_certificate_lets_the_login_through() {
    let house = House::new("127.0.0.1", 4000);
    let (result, accepted) = over_loopback(&house, house.trusting.clone()).await;
    assert!(accepted && result.unwrap().move_);
}

#[tokio::test]
async fn any_other_certificate_sees_no_login() {
    let (good, expired, other) =
        (House::new("127.0.0.1", 4000), House::new("127.0.0.1", 2020), House::new("imap.haus.example", 4000));
    for (house, tls, reason) in [
        (&good, client_config(None).unwrap(), TlsReason::UntrustedIssuer),
        (&good, expired.trusting.clone(), TlsReason::UntrustedIssuer),
        (&expired, expired.trusting.clone(), TlsReason::Expired),
        (&other, other.trusting.clone(), TlsReason::WrongName),
    ] {
        let (result, accepted) = over_loopback(house, tls).await;
        assert_eq!(result, Err(ConnectError::Tls { reason }));
        assert!(!accepted);
    }
}

#[tokio::test]
async fn starttls_asks_again_inside() {
    let house = House::new("127.0.0.1", 4000);
    let endpoint = Endpoint { tls: Some(house.trusting.clone()), ..endpoint(Security::Starttls) };
    let (client, mut server) = duplex(4096);
    let server = async {
        server
            .write_all(b"* OK ready\r\n* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\nC1 OK done\r\n")
            .await
            .unwrap();
        server.read_exact(&mut [0; "C1 CAPABILITY\r\nC2 STARTTLS\r\n".len()]).await.unwrap();
        server.write_all(b"C2 OK begin\r\n").await.unwrap();
        let stream = house.acceptor.accept(server).await.unwrap();
        let inside = HAPPY.split_once("ready. [TQBJAEMA]").unwrap().1;
        play(stream, inside).await;
    };
    let (password, timeouts) = (PASSWORD.into(), Timeouts::default());
    let login = async { open(Box::new(client), &endpoint, USER, &password, &timeouts).await.unwrap().capabilities };
    assert!(tokio::join!(login, server).0.move_);
}

#[tokio::test]
async fn a_server_without_tls_is_recognised() {
    let (client, mut server) = duplex(4096);
    server.write_all(b"* OK The Microsoft Exchange IMAP4 service is ready.\r\n").await.unwrap();
    let tls = Endpoint { tls: Some(client_config(None).unwrap()), ..endpoint(Security::Tls) };
    let error = open(Box::new(client), &tls, USER, &PASSWORD.into(), &Timeouts::default()).await.unwrap_err();
    assert_eq!(error, ConnectError::Tls { reason: TlsReason::NotTls });
}

#[tokio::test]
async fn what_cannot_be_reached_is_told_apart() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    for (host, security, error) in [
        ("127.0.0.1", Security::None, ConnectError::Connect { kind: std::io::ErrorKind::ConnectionRefused }),
        ("192.0.2.1", Security::None, ConnectError::NotLoopback),
        ("not a host", Security::Tls, ConnectError::Resolve),
    ] {
        let endpoint = Endpoint { host: host.into(), port: free, ..endpoint(security) };
        let result = connect(&endpoint, USER, &PASSWORD.into(), &Timeouts::default()).await.map(drop);
        assert_eq!(result, Err(error), "{host}");
    }
}

#[test]
fn a_worker_may_connect_on_any_thread() {
    fn is_send(_: impl Send) {}
    let endpoint = endpoint(Security::None);
    is_send(connect(&endpoint, USER, &PASSWORD.into(), &Timeouts::default()));
}

#[test]
fn errors_hold_no_text_of_the_server() {
    let secret = "A0001 LOGIN svc geheim";
    for error in [
        std::io::Error::other(secret),
        std::io::Error::new(std::io::ErrorKind::InvalidData, secret),
        std::io::Error::new(std::io::ErrorKind::ConnectionReset, secret),
    ] {
        let error = ConnectError::from_io(&error, Phase::Login);
        assert!(!format!("{error:?} {error}").contains("geheim"));
    }
}
