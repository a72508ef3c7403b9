//! A configuration of Postweiche for test servers, in a temporary directory of its own.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::dovecot::{Dovecot, PASSWORD};
use super::guard::Guard;

/// How one mailbox is reached and treated.
#[derive(Clone, Debug)]
pub struct Postfach {
    /// Also the SC region.
    pub name: String,
    pub host: String,
    pub port: u16,
    /// `none`, `tls` or `starttls`.
    pub security: String,
    pub ca_file: Option<PathBuf>,
    pub user: String,
    pub password: String,
    /// Further lines of its table. A key that stands here replaces the one this module would write.
    pub extra: String,
}

impl Postfach {
    /// A mailbox without encryption at `address`, whose user is called as it is.
    pub fn plain(name: &str, address: SocketAddr) -> Postfach {
        Postfach {
            name: name.into(),
            host: address.ip().to_string(),
            port: address.port(),
            security: "none".into(),
            ca_file: None,
            user: name.into(),
            password: PASSWORD.into(),
            extra: String::new(),
        }
    }

    /// A mailbox at the TLS port of `dovecot`.
    pub fn tls(name: &str, dovecot: &Dovecot) -> Postfach {
        Postfach {
            host: "localhost".into(),
            security: "tls".into(),
            ca_file: Some(dovecot.ca_file()),
            ..Postfach::plain(name, dovecot.tls_address())
        }
    }

    /// Further lines of its table.
    pub fn extra(mut self, lines: &str) -> Postfach {
        self.extra.push_str(lines);
        self.extra.push('\n');
        self
    }
}

/// A configuration file with everything it names, removed when dropped or when this process ends.
#[derive(Debug)]
pub struct ConfigDir {
    dir: Guard,
}

impl ConfigDir {
    /// One mailbox in `betrieb` for each of the server's accounts, without encryption.
    pub fn for_dovecot(dovecot: &Dovecot) -> ConfigDir {
        let address = dovecot.address();
        ConfigDir::new(dovecot.users().iter().map(|user| Postfach::plain(user, address)), "")
    }

    /// The given mailboxes in `betrieb`, with further lines for `[dienst]`; master data and rules are the shipped ones.
    pub fn new(postfaecher: impl IntoIterator<Item = Postfach>, dienst: &str) -> ConfigDir {
        let config = ConfigDir { dir: Guard::directory("postweiche-config") };
        let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
        let state = config.state_dir();
        std::fs::DirBuilder::new().mode(0o700).create(&state).expect("the directory is ours");
        let mut text = format!(
            "[dienst]\nstate_dir = {}\n{dienst}\n\n[stammdaten]\ndir = {}\n\n[regelwerk]\ndir = {}\n",
            toml_path(&state),
            toml_path(&repository.join("config/stammdaten")),
            toml_path(&repository.join("rules")),
        );
        for (index, postfach) in postfaecher.into_iter().enumerate() {
            let password_file = config.dir().join(format!("password-{index}"));
            write_secret(&password_file, &postfach.password);
            config.write_postfach(&mut text, &postfach, &password_file);
        }
        std::fs::write(config.file(), text).expect("the directory is ours");
        config
    }

    fn write_postfach(&self, text: &mut String, postfach: &Postfach, password_file: &Path) {
        let address = format!("{}@arbeitsagentur.example", postfach.name);
        let mut lines = vec![
            ("name", toml_text(&postfach.name)),
            ("address", toml_text(&address)),
            ("host", toml_text(&postfach.host)),
            ("port", postfach.port.to_string()),
            ("security", toml_text(&postfach.security)),
            ("user", toml_text(&postfach.user)),
            ("password", format!("{{ file = {} }}", toml_path(password_file))),
            ("betriebsart", toml_text("betrieb")),
            ("profil", toml_text("streng")),
            ("ordner", toml_text("INBOX/{ordner}")),
        ];
        lines.extend(postfach.ca_file.as_ref().map(|file| ("ca_file", toml_path(file))));
        let replaced = |key: &str| {
            postfach.extra.lines().any(|line| line.split_once('=').is_some_and(|(name, _)| name.trim() == key))
        };
        lines.retain(|(key, _)| !replaced(key));
        text.push_str("\n[[postfach]]\n");
        for (key, value) in lines {
            writeln!(text, "{key} = {value}").expect("writing to a string cannot fail");
        }
        text.push_str(&postfach.extra);
    }

    /// Adds the table `[kennzeichen]` with these lines.
    pub fn kennzeichen(&self, lines: &str) {
        self.replace("[stammdaten]", &format!("[kennzeichen]\n{lines}\n\n[stammdaten]"));
    }

    /// Replaces a piece of the configuration file.
    ///
    /// # Panics
    ///
    /// If the file does not hold `from`.
    pub fn replace(&self, from: &str, to: &str) {
        replace_in(&self.file(), from, to);
    }

    /// From now on the master data are a copy of the shipped ones, which a test may change.
    pub fn own_stammdaten(&self) -> PathBuf {
        self.own_copy("config/stammdaten")
    }

    /// From now on the master data are what the shipped ones say of these Agenturen: read in a moment, for tests that
    /// start the program hundreds of times.
    pub fn few_agenturen(&self, slugs: &[&str]) {
        let own = self.own_stammdaten();
        for entry in std::fs::read_dir(&own).expect("the directory is ours") {
            let file = entry.expect("the directory is ours").path();
            if file.extension().is_some_and(|extension| extension == "csv") {
                let text = std::fs::read_to_string(&file).expect("the file is text");
                let names_one = |line: &str| line.split(',').any(|field| slugs.contains(&field));
                let kept = text.lines().enumerate().filter(|(number, line)| *number == 0 || names_one(line));
                let kept: Vec<&str> = kept.map(|(_, line)| line).collect();
                std::fs::write(&file, kept.join("\n") + "\n").expect("the directory is ours");
            }
        }
    }

    /// From now on the rule files are a copy of the shipped ones, which a test may change.
    pub fn own_rules(&self) -> PathBuf {
        self.own_copy("rules")
    }

    fn own_copy(&self, shipped: &str) -> PathBuf {
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join(shipped);
        let own = self.dir().join(shipped.file_name().expect("it is a directory of the repository"));
        std::fs::create_dir(&own).expect("the directory is ours");
        for entry in std::fs::read_dir(&shipped).expect("the repository can be read") {
            let file = entry.expect("the repository can be read").path();
            let name = file.file_name().expect("an entry has a name");
            std::fs::copy(&file, own.join(name)).expect("the directory is ours");
        }
        self.replace(&toml_path(&shipped), &toml_path(&own));
        own
    }

    /// The directory of all of it.
    pub fn dir(&self) -> &Path {
        self.dir.dir()
    }

    /// What `--config` takes.
    pub fn file(&self) -> PathBuf {
        self.dir().join("postweiche.toml")
    }

    /// Where the ledger will be.
    pub fn state_dir(&self) -> PathBuf {
        self.dir().join("state")
    }
}

/// Replaces a piece of a text file.
///
/// # Panics
///
/// If the file does not hold `from`.
pub fn replace_in(file: &Path, from: &str, to: &str) {
    let text = std::fs::read_to_string(file).expect("the file is text");
    assert!(text.contains(from), "{} does not hold {from:?}", file.display());
    std::fs::write(file, text.replacen(from, to, 1)).expect("the directory is ours");
}

fn write_secret(file: &Path, secret: &str) {
    use std::io::Write;
    let opened = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
    opened.and_then(|mut file| writeln!(file, "{secret}")).expect("the directory is ours");
}

fn toml_text(text: &str) -> String {
    toml::Value::String(text.into()).to_string()
}

fn toml_path(path: &Path) -> String {
    toml_text(path.to_str().expect("temporary directories have plain names"))
}
