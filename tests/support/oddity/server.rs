//! A server over an account in memory, well-behaved but for one quirk, and the program run against it.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::account::{Account, Asked};
use crate::support::binary::{self, Outcome, Running};
use crate::support::config::{ConfigDir, Postfach};
use crate::support::mails;
use crate::support::script::{ScriptedServer, Talk};

/// What a quirk makes of a command.
pub enum Reply {
    /// As a well-behaved server does.
    Usual,
    /// What a well-behaved server says, with something done to it.
    Rewritten(Box<dyn Fn(&str) -> String>),
    /// These bytes, in which `{tag}` is the command's tag.
    Say(String),
    /// The same, with bytes that are no text.
    SayBytes(Vec<u8>),
    /// These bytes, and the connection is closed.
    SayAndClose(String),
    /// These bytes one by one and slowly, without end.
    Drip(&'static str),
}

/// A quirk that comes and goes: off at first. Clones are one switch.
#[derive(Clone, Debug, Default)]
pub struct Switch(Arc<AtomicBool>);

impl Switch {
    pub fn is_on(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }

    /// Returns what it was.
    pub fn turn(&self, on: bool) -> bool {
        self.0.swap(on, Ordering::SeqCst)
    }

    /// `true` the first time it is asked while it is off: for what happens once.
    pub fn first(&self) -> bool {
        !self.turn(true)
    }
}

/// The program at a server with a quirk.
pub struct Oddity {
    account: Arc<Mutex<Account>>,
    commands: Arc<Mutex<Vec<String>>>,
    server: ScriptedServer,
    config: ConfigDir,
}

impl Oddity {
    /// A server whose account has one mail for Kiel, with UID 1, and one for Flensburg, with UID 2.
    pub fn new(quirk: impl Fn(&Asked<'_>, &mut Account) -> Reply + Send + Sync + 'static) -> Oddity {
        Oddity::of(Account::new(vec![mails::to("Kiel", 1).bytes, mails::to("Flensburg", 2).bytes]), quirk)
    }

    pub fn of(account: Account, quirk: impl Fn(&Asked<'_>, &mut Account) -> Reply + Send + Sync + 'static) -> Oddity {
        let account = Arc::new(Mutex::new(account));
        let commands = Arc::new(Mutex::new(Vec::new()));
        let server = ScriptedServer::start({
            let (account, commands) = (account.clone(), commands.clone());
            move |talk| serve(talk, &account, &commands, &quirk)
        });
        let limits = "connect_timeout_seconds = 2\ngreeting_timeout_seconds = 2\nread_timeout_seconds = 2\n\
                      command_timeout_seconds = 3";
        let config = ConfigDir::new([Postfach::plain("sc-nord", server.address())], limits);
        Oddity { account, commands, server, config }
    }

    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// Runs one cycle.
    pub fn once(&self) -> Outcome {
        binary::once(&self.config.file())
    }

    /// Runs one cycle that must succeed; gives what it says of the mailbox. Every mail seen was moved or is left for a
    /// reason.
    pub fn good_run(&self) -> serde_json::Value {
        let mailbox = self.once().expect_code(0).mailbox("sc-nord");
        let number = |name: &str| mailbox[name].as_u64().expect("a number");
        let left: u64 = mailbox["left"].as_object().expect("reasons").values().filter_map(|count| count.as_u64()).sum();
        assert_eq!(number("seen"), number("moved") + left, "{mailbox}");
        mailbox
    }

    /// Starts the service with a poll every second; it ends when dropped.
    pub fn serve(&self) -> Running {
        self.config.replace("[dienst]", "[dienst]\npoll_interval_seconds = 1");
        binary::spawn(&["run"], &self.config.file())
    }

    /// Somebody else is at work in the account.
    pub fn change<T>(&self, change: impl FnOnce(&mut Account) -> T) -> T {
        change(&mut self.account.lock().expect("no script panics"))
    }

    /// The mails of a folder.
    pub fn mails(&self, folder: &str) -> Vec<Vec<u8>> {
        self.change(|account| account.folder(folder).mails.iter().map(|mail| mail.bytes.clone()).collect())
    }

    /// How many mails lie in a folder.
    pub fn count(&self, folder: &str) -> usize {
        self.account.lock().expect("no script panics").count(folder)
    }

    /// How many commands with this in them were heard so far.
    pub fn heard(&self, pattern: &str) -> usize {
        self.commands.lock().expect("no script panics").iter().filter(|command| command.contains(pattern)).count()
    }

    /// The commands heard so far that contain this; forgotten here are all.
    pub fn take_commands(&self, pattern: &str) -> Vec<String> {
        let all = std::mem::take(&mut *self.commands.lock().expect("no script panics"));
        all.into_iter().filter(|command| command.contains(pattern)).collect()
    }

    pub fn config(&self) -> &ConfigDir {
        &self.config
    }

    pub fn state_dir(&self) -> std::path::PathBuf {
        self.config.state_dir()
    }
}

fn serve(
    talk: &mut Talk,
    account: &Mutex<Account>,
    commands: &Mutex<Vec<String>>,
    quirk: &impl Fn(&Asked<'_>, &mut Account) -> Reply,
) {
    let mut selected = String::new();
    talk.send("* OK The Microsoft Exchange IMAP4 service is ready.\r\n");
    while let Some(heard) = talk.next_command() {
        let asked = Asked { tag: &heard.tag, command: &heard.command };
        commands.lock().expect("no script panics").push(heard.command.clone());
        let answer = {
            let mut account = account.lock().expect("no script panics");
            match quirk(&asked, &mut account) {
                Reply::Usual => Reply::SayBytes(account.answer(&asked, &mut selected)),
                Reply::Rewritten(rewrite) => {
                    let usual = account.answer(&asked, &mut selected);
                    Reply::Say(rewrite(&String::from_utf8_lossy(&usual)))
                }
                other => other,
            }
        };
        match answer {
            Reply::Say(text) => talk.send(text.replace("{tag}", &heard.tag)),
            Reply::SayBytes(bytes) => talk.send(bytes),
            Reply::SayAndClose(text) => {
                talk.send(text.replace("{tag}", &heard.tag));
                return;
            }
            Reply::Drip(text) => {
                // The pace of the server, not a wait of the test.
                while text.bytes().all(|byte| {
                    std::thread::sleep(Duration::from_millis(50));
                    talk.try_send([byte])
                }) {}
                return;
            }
            Reply::Usual | Reply::Rewritten(_) => unreachable!("it was answered above"),
        }
    }
}
