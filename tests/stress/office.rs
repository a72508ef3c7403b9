//! Five mailboxes on one server, and the daemon's configuration for them.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, RwLock};
use std::time::Duration;

use crate::support::config::{ConfigDir, Postfach};
use crate::support::dovecot::{Dovecot, Options, SC_REGIONS};
use crate::support::mails::{Agentur, agenturen};
use crate::support::proxy::transcript::Transcript;
use crate::support::proxy::{Line, Proxy, Side, pass};

pub const INBOX: &str = "INBOX";
/// Where clerks put what is done.
pub const ERLEDIGT: &str = "Erledigt";

/// Folders below that of each Agentur: what lies there is processed.
pub const MARKS: [&str; 2] = ["Bearbeitet", "Zu löschen"];

/// Between the daemon and the server: clerks and kills find it with commands under way.
const ROUND_TRIP: Duration = Duration::from_millis(20);

/// Agenturen of each mailbox that have a folder.
const WITH_FOLDER: usize = 6;

/// Dovecot writes down what happens to each mail, for the story of one that went astray.
const MAIL_LOG: &str = "mail_plugins = notify mail_log\nplugin {\n  mail_log_events = delete expunge save copy \
    mailbox_rename\n  mail_log_fields = uid box msgid\n}";

/// How the daemon gets mail from one folder into another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Move,
    /// UIDPLUS without MOVE. The clerks' MOVE works all the same.
    Copy,
}

const WITHOUT_MOVE: &str = "imap_capability = IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ UNSELECT \
    UIDPLUS NAMESPACE";

impl Mode {
    /// What the daemon may send to change something.
    pub fn writes(self) -> &'static [&'static str] {
        match self {
            Mode::Move => &["UID MOVE "],
            Mode::Copy => &["UID COPY ", "UID STORE ", "UID EXPUNGE "],
        }
    }
}

/// The server with the mailboxes, each behind a proxy that the daemon uses and the clerks do not.
pub struct Office {
    pub mode: Mode,
    pub dovecot: Dovecot,
    pub mailboxes: Vec<Mailbox>,
    pub config: ConfigDir,
    /// Commands that change something, as far as the daemon has sent them.
    pub moves: Arc<AtomicUsize>,
}

pub struct Mailbox {
    pub region: &'static str,
    pub agenturen: Vec<Agentur>,
    /// Has no folder: its mail stays in INBOX.
    pub without_folder: Agentur,
    /// What the daemon said to the server.
    pub transcript: Transcript,
    /// Folders that a clerk has renamed for a while. Held for reading by whoever uses a folder.
    pub away: RwLock<BTreeSet<String>>,
    _proxy: Proxy,
}

impl Office {
    pub fn open(mode: Mode) -> Office {
        let options = Options::default().config(MAIL_LOG);
        let options = if mode == Mode::Copy { options.config(WITHOUT_MOVE) } else { options };
        let dovecot = Dovecot::start(options);
        let all = agenturen();
        let moves = Arc::new(AtomicUsize::new(0));
        let mut postfaecher = Vec::new();
        let mut mailboxes = Vec::new();
        for region in SC_REGIONS {
            let mut own = all.iter().filter(|agentur| agentur.region == region).cloned();
            let agenturen: Vec<Agentur> = own.by_ref().take(WITH_FOLDER).collect();
            let without_folder = own.next().expect("a region has more Agenturen");
            let folders = folders(&agenturen);
            dovecot.create_folders(region, &folders.iter().map(String::as_str).collect::<Vec<_>>());
            let transcript = Transcript::default();
            let count = moves.clone();
            let write_down = transcript.before(pass());
            let proxy = Proxy::start(
                dovecot.address(),
                ROUND_TRIP,
                Box::new(move |line: Line<'_>| {
                    if line.side == Side::Client && mode.writes().iter().any(|verb| line.contains(verb)) {
                        count.fetch_add(1, Ordering::SeqCst);
                    }
                    write_down(line)
                }),
            );
            postfaecher.push(Postfach::plain(region, proxy.address()));
            let away = RwLock::default();
            mailboxes.push(Mailbox { region, agenturen, without_folder, transcript, away, _proxy: proxy });
        }
        let quick = "poll_interval_seconds = 1\nretry_initial_seconds = 1\nretry_max_seconds = 1\n\
            beobachtung_seconds = 1\nbeobachtung_befehle_pro_minute = 100000";
        Office { mode, dovecot, mailboxes, config: ConfigDir::new(postfaecher, quick), moves }
    }

    /// What Dovecot wrote down about mails with this text in their Message-ID.
    pub fn log_about(&self, message_id: &str) -> Vec<String> {
        let log = self.dovecot.log();
        log.lines().filter(|line| line.contains(message_id)).map(str::to_owned).collect()
    }
}

impl Mailbox {
    /// All folders with mail in them.
    pub fn folders(&self) -> Vec<String> {
        let mut folders = folders(&self.agenturen);
        folders.push(INBOX.to_owned());
        folders
    }
}

/// All folders but INBOX. Those below others come behind them.
fn folders(agenturen: &[Agentur]) -> Vec<String> {
    let of_agentur = |agentur: &Agentur| {
        let marks = MARKS.map(|mark| format!("{}/{mark}", agentur.folder));
        [agentur.folder.clone()].into_iter().chain(marks)
    };
    agenturen.iter().flat_map(of_agentur).chain([ERLEDIGT.to_owned()]).collect()
}

/// Whether this folder, or the one it lies below, has another name for the moment.
pub fn is_away(away: &BTreeSet<String>, folder: &str) -> bool {
    away.iter()
        .any(|renamed| folder == renamed || folder.strip_prefix(&**renamed).is_some_and(|rest| rest.starts_with('/')))
}
