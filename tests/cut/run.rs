//! One mailbox through two rounds of mail, with a fault in one of them.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use crate::cases::{Case, Kind};
use crate::support::accounts::Accounts;
use crate::support::imap_client::Mail;
use crate::support::mails;
use crate::support::proxy::fault::{Fault, Recorder};
use crate::support::proxy::{Proxy, Watch};
use crate::support::scene::{FLENSBURG, HEIDE, INBOX, KIEL, Scene};
use crate::support::tls::Identity;

/// The server of TLS connections. Made once: a key takes its time.
static IDENTITY: LazyLock<Identity> = LazyLock::new(|| Identity::new(&["127.0.0.1"]));

/// Deadlines with which a stuck server is given up soon.
const DEADLINES: &str = "connect_timeout_seconds = 2\ngreeting_timeout_seconds = 1\nread_timeout_seconds = 1\n\
                         command_timeout_seconds = 2\n";

/// What came of a fault.
pub struct Verdict {
    /// Whether the conversation came to its place.
    pub happened: bool,
    pub wrong: Vec<String>,
    /// Operations that ended in doubt, and say so.
    pub doubtful: usize,
    /// How long the next start took.
    pub recovery: Duration,
}

/// A mailbox that is read through proxies.
pub struct Line<'a> {
    scene: Scene<'a>,
}

impl<'a> Line<'a> {
    pub fn new(accounts: &'a Accounts) -> Line<'a> {
        let scene = Scene::set(accounts, 0);
        scene.config.replace("[dienst]\n", &format!("[dienst]\n{DEADLINES}"));
        Line { scene }
    }

    /// What each round of a clean pass says.
    pub fn record(mut self) -> [Arc<Recorder>; 2] {
        [0, 1].map(|round| {
            if round == 1 {
                self.second_round();
            }
            let recorder = Arc::new(Recorder::default());
            self.once_through(&Proxy::watching(self.scene.account.address(), recorder.clone()), false);
            recorder
        })
    }

    /// Runs a case to its end.
    pub fn run(mut self, case: &Case) -> Verdict {
        if case.round == 1 {
            self.scene.once_with(&[]).expect_code(0);
            self.second_round();
        }
        let fault = Arc::new(Fault::new(case.place, case.action.clone()));
        let (upstream, watch) = (self.scene.account.address(), fault.clone() as Arc<dyn Watch>);
        let tls = case.kind == Kind::TlsEnd;
        let proxy = match tls {
            true => Proxy::watching_tls(upstream, IDENTITY.config.clone(), watch),
            false => Proxy::watching(upstream, watch),
        };
        let mut wrong = self.once_through(&proxy, tls);
        drop(proxy);
        let (found, recovery) = self.scene.recover();
        wrong.extend(found);
        Verdict { happened: fault.happened(), wrong, doubtful: self.scene.doubtful(), recovery }
    }

    /// New mail beside what the first round left: one that looks like a mail that was moved, an answer, a new one, and
    /// one that says nothing.
    fn second_round(&mut self) {
        let answer = "From: kunde@post.example\r\nTo: sc-nord@arbeitsagentur.example\r\nSubject: AW: Anfrage\r\n\
                      Date: Wed, 17 Apr 2024 09:12:00 +0200\r\nMessage-ID: <antwort@post.example>\r\n\
                      In-Reply-To: <anfrage-1@post.example>\r\n\r\nVielen Dank.\r\n";
        let date = Some("17-Apr-2024 09:00:00 +0200".into());
        self.scene.deliver(&[
            (Mail { flags: vec!["\\Seen".into()], ..mails::to("Kiel", 0) }, KIEL),
            (Mail { internaldate: date, ..Mail::new(answer) }, FLENSBURG),
            (mails::to("Heide", 21), HEIDE),
            (mails::to("niemand", 22), INBOX),
        ]);
    }

    /// One cycle through a proxy, which may fail but not die. Afterwards the mailbox is read directly again.
    fn once_through(&self, proxy: &Proxy, tls: bool) -> Vec<String> {
        let config = &self.scene.config;
        let plain = std::fs::read_to_string(config.file()).expect("the configuration is text");
        let own_port = self.scene.account.address().port();
        config.replace(&format!("port = {own_port}\n"), &format!("port = {}\n", proxy.address().port()));
        if tls {
            let ca_file = config.dir().join("ca.pem");
            std::fs::write(&ca_file, &IDENTITY.certificate).expect("the directory is ours");
            config.replace("security = \"none\"", &format!("security = \"tls\"\nca_file = \"{}\"", ca_file.display()));
        }
        let outcome = self.scene.once_with(&[]);
        std::fs::write(config.file(), plain).expect("the directory is ours");
        let sound = matches!(outcome.code, Some(0 | 1)) && !outcome.stderr.contains("panicked");
        if sound { Vec::new() } else { vec![format!("the run with the fault died: {outcome:#?}")] }
    }
}
