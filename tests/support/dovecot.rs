//! A private Dovecot on loopback: a real IMAP server with "/" as separator that needs no privileges and leaves nothing.
//!
//! Runs as root (mail belongs to `nobody` then, because Dovecot refuses mail of root) and as an ordinary user. Everything,
//! its log included, lies in one temporary directory. Instances live side by side. [`Guard`] sees to their end.
//!
//! Mail is kept as sdbox: no file name restrictions ("Agentur St. Wendel" holds a dot), and moving is cheap.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use super::guard::{Guard, new_directory};
use super::imap_client::{ImapClient, Mail};

/// Password of every account.
pub const PASSWORD: &str = "weichen-stellung-1";

/// The five shared mailboxes of the example master data.
pub const SC_REGIONS: [&str; 5] = ["sc-nord", "sc-ost", "sc-west", "sc-suedwest", "sc-sued"];

/// INTERNALDATE is told in the server's time: that of Berlin, in a form that needs no time zone database.
const TIME_ZONE: &str = "CET-1CEST,M3.5.0,M10.5.0/3";

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

/// Every instance greets in words of its own.
fn greeting(dir: &Path) -> String {
    format!("private server in {}", dir.display())
}

fn home(dir: &Path, users: &[String], user: &str) -> PathBuf {
    let index = users.iter().position(|name| name == user).unwrap_or_else(|| panic!("no account {user}"));
    dir.join("mail").join(index.to_string())
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

fn write_files(dir: &Path, options: &Options, port: u16, tls_port: u16) {
    let write = |name: &str, text: &str| std::fs::write(dir.join(name), text).expect("the directory is ours");
    let certificate = rcgen::generate_simple_self_signed(["localhost".into(), "127.0.0.1".into()])
        .expect("a certificate for localhost can be made");
    write("cert.pem", &certificate.cert.pem());
    write("key.pem", &certificate.signing_key.serialize_pem());

    let mail = dir.join("mail");
    std::fs::create_dir(&mail).expect("the directory is ours");
    let owner = Owner::of(dir);
    if owner.is_root {
        std::os::unix::fs::chown(&mail, Some(owner.uid), Some(owner.gid)).expect("root may give files away");
    }
    let mut users = String::new();
    for user in &options.users {
        let home = home(dir, &options.users, user);
        // Dovecot escapes the name before it looks it up.
        let user = user.replace('\\', r"\\");
        writeln!(users, "{user}:{{PLAIN}}{PASSWORD}:{}:{}::{}::", owner.uid, owner.gid, home.display())
            .expect("writing to a string cannot fail");
    }
    write("users", &users);
    write("dovecot.conf", &configuration(dir, &owner, port, tls_port, &options.extra));
}

/// Who owns the mail.
struct Owner {
    uid: u32,
    gid: u32,
    is_root: bool,
}

impl Owner {
    /// The user who made `dir`; for root the traditional `nobody`, whom every Linux has.
    fn of(dir: &Path) -> Owner {
        let created = std::fs::metadata(dir).expect("the directory is ours");
        match created.uid() {
            0 => Owner { uid: 65534, gid: 65534, is_root: true },
            uid => Owner { uid, gid: created.gid(), is_root: false },
        }
    }
}

fn configuration(dir: &Path, owner: &Owner, port: u16, tls_port: u16, extra: &str) -> String {
    let greeting = greeting(dir);
    let dir = dir.display();
    let identity = if owner.is_root {
        String::new()
    } else {
        // Without root all its processes run as the one user there is.
        format!(
            "default_internal_user = {0}\ndefault_login_user = {0}\ndefault_internal_group = {1}",
            id_name("-un"),
            id_name("-gn")
        )
    };
    format!(
        r#"base_dir = {dir}/run
state_dir = {dir}/state
log_path = {dir}/log
import_environment = TZ={TIME_ZONE}
protocols = imap
listen = 127.0.0.1
login_greeting = {greeting}
disable_plaintext_auth = no
ssl = yes
ssl_cert = <{dir}/cert.pem
ssl_key = <{dir}/key.pem
auth_username_chars =
auth_username_format = %u
auth_failure_delay = 0
auth_verbose = yes
mail_location = sdbox:~/mail
mail_fsync = never
mail_max_userip_connections = 1000
first_valid_uid = 1
default_vsz_limit = 0
{identity}
namespace inbox {{
  inbox = yes
  separator = /
}}
passdb {{
  driver = passwd-file
  args = {dir}/users
}}
userdb {{
  driver = passwd-file
  args = {dir}/users
}}
service imap-login {{
  # One long-lived process for all logins instead of one for each.
  service_count = 0
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
service anvil {{
  chroot =
  # Failed logins from one address would be answered more and more slowly.
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
{extra}
"#
    )
}

/// Name of the user or group of this process.
fn id_name(option: &str) -> String {
    let output = Command::new("id").arg(option).output().expect("id runs");
    String::from_utf8_lossy(&output.stdout).trim().to_string()
}
