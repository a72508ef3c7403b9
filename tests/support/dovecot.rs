//! A private Dovecot on loopback: a real IMAP server with "/" as separator that needs no privileges and leaves nothing.
//!
//! Runs as root (mail belongs to `nobody` then, because Dovecot refuses mail of root) and as an ordinary user. Everything,
//! its log included, lies in one temporary directory. Instances live side by side. [`Guard`] sees to their end.
//!
//! Mail is kept as sdbox: no file name restrictions ("Agentur St. Wendel" holds a dot), and moving is cheap.

mod setup;

use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use self::setup::{greeting, home, write_files};
use super::guard::{Guard, new_directory};
use super::imap_client::{ImapClient, Mail};

/// Password of every account.
pub const PASSWORD: &str = "weichen-stellung-1";

/// The five shared mailboxes of the example master data.
pub const SC_REGIONS: [&str; 5] = ["sc-nord", "sc-ost", "sc-west", "sc-suedwest", "sc-sued"];

const START_LIMIT: Duration = Duration::from_secs(30);

/// What an instance shall be like. The default has the accounts of [`SC_REGIONS`].
#[derive(Clone, Debug)]
pub struct Options {
    users: Vec<String>,
    extra: String,
}

impl Default for Options {
    fn default() -> Options {
        Options { users: SC_REGIONS.map(String::from).to_vec(), extra: String::new() }
    }
}

impl Options {
    /// Accounts instead of the five; any login name without a colon, such as `DOMAIN\svc\sc-nord`.
    pub fn users(mut self, users: &[&str]) -> Options {
        self.users = users.iter().map(|user| user.to_string()).collect();
        self
    }

    /// Further lines of Dovecot configuration; they win over ours.
    pub fn config(mut self, lines: &str) -> Options {
        self.extra.push_str(lines);
        self.extra.push('\n');
        self
    }
}

/// A running instance; stopped and removed when dropped, and also when this process ends in any other way.
#[derive(Debug)]
pub struct Dovecot {
    guard: Guard,
    users: Vec<String>,
    port: u16,
    tls_port: u16,
}

impl Dovecot {
    /// Starts an instance and waits until it greets.
    ///
    /// # Panics
    ///
    /// If Dovecot is missing or does not start within 30 seconds; the text holds its log.
    pub fn start(options: Options) -> Dovecot {
        let program = program();
        // Somebody else may take a free port before Dovecot does, and then Dovecot gives up.
        for _ in 0..5 {
            if let Some(dovecot) = Dovecot::try_start(&program, &options) {
                return dovecot;
            }
        }
        panic!("dovecot found its ports taken five times in a row");
    }

    fn try_start(program: &Path, options: &Options) -> Option<Dovecot> {
        let dir = new_directory("postweiche-dovecot");
        let [port, tls_port] = free_ports();
        write_files(&dir, options, port, tls_port);
        let config = dir.join("dovecot.conf");
        let config = config.to_str().expect("temporary directories have plain names");
        let guard = Guard::process(dir, program, &["-F", "-c", config]);
        let mut dovecot = Dovecot { guard, users: options.users.clone(), port, tls_port };
        let started = Instant::now();
        loop {
            if dovecot.greets() {
                return Some(dovecot);
            }
            if !dovecot.guard.is_running() {
                let log = dovecot.log();
                if log.contains("Address already in use") {
                    return None;
                }
                panic!("dovecot ended at once; its log:\n{log}");
            }
            assert!(started.elapsed() < START_LIMIT, "dovecot does not greet; its log:\n{}", dovecot.log());
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Whether this very instance (and not another one that got the same port) answers.
    fn greets(&self) -> bool {
        let Ok(stream) = TcpStream::connect_timeout(&self.address(), Duration::from_secs(1)) else { return false };
        stream.set_read_timeout(Some(Duration::from_secs(5))).expect("a timeout above zero is valid");
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line).is_ok() && line.contains(&greeting(self.dir()))
    }

    /// Where plain IMAP (with STARTTLS) is spoken.
    pub fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port).into()
    }

    /// Where IMAP over TLS is spoken.
    pub fn tls_address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.tls_port).into()
    }

    /// PEM file with the certificate, valid for `localhost` and 127.0.0.1, that a client has to trust.
    pub fn ca_file(&self) -> PathBuf {
        self.dir().join("cert.pem")
    }

    /// The directory that holds everything of this instance.
    pub fn dir(&self) -> &Path {
        self.guard.dir()
    }

    /// The process group of this instance.
    pub fn group(&self) -> u32 {
        self.guard.group().expect("an instance is a process")
    }

    /// The accounts.
    pub fn users(&self) -> &[String] {
        &self.users
    }

    /// The directory with the mail of one account.
    pub fn home(&self, user: &str) -> PathBuf {
        home(self.dir(), &self.users, user)
    }

    /// Log and console output so far.
    pub fn log(&self) -> String {
        let read = |name| std::fs::read_to_string(self.dir().join(name)).unwrap_or_default();
        read("output") + &read("log")
    }

    /// A logged-in connection of the test client.
    pub fn client(&self, user: &str) -> ImapClient {
        let mut client = ImapClient::connect(self.address());
        client.login(user, PASSWORD);
        client
    }

    /// Creates folders (`INBOX/Agentur Köln`); those that exist are left alone.
    pub fn create_folders<S: AsRef<str>>(&self, user: &str, folders: &[S]) {
        let mut client = self.client(user);
        let existing = client.list();
        for folder in folders.iter().map(AsRef::as_ref).filter(|folder| !existing.iter().any(|name| name == folder)) {
            client.create(folder);
        }
    }

    /// Puts mails into a folder, in order.
    pub fn deliver(&self, user: &str, folder: &str, mails: &[Mail]) {
        self.client(user).append_all(folder, mails);
    }

    /// Ends every session of every account at once, as an administrator or a server in trouble does.
    pub fn kick_all(&self) {
        let config = self.dir().join("dovecot.conf");
        let output = Command::new("doveadm").arg("-c").arg(config).args(["kick", "*"]).output().expect("doveadm runs");
        // 68: nobody was logged in.
        assert!(matches!(output.status.code(), Some(0 | 68)), "doveadm kick failed: {output:?}");
    }
}

/// Dovecot lies in a directory that ordinary users may not have in their PATH.
fn program() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(["/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin"].map(PathBuf::from))
        .map(|dir| dir.join("dovecot"))
        .find(|file| file.is_file())
        .expect("dovecot is installed (Debian: dovecot-imapd; `make test` installs it)")
}

/// Ports nobody listens on at this moment. Both are held until both are known, so that they differ.
fn free_ports() -> [u16; 2] {
    [(); 2]
        .map(|()| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has free ports"))
        .map(|listener| listener.local_addr().expect("a bound socket has an address").port())
}
