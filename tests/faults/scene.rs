//! What the cases share: a service whose log can be read while it runs, and the end that every case must come to.

use std::fs::File;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::ACCOUNTS;
use crate::support::accounts::Account;
use crate::support::binary::{self, Running};
use crate::support::config::{ConfigDir, Postfach};
use crate::support::ledger;
use crate::support::proxy::{Filter, Proxy};
use crate::support::wait::eventually;

/// A running `postweiche run`, killed when dropped.
pub struct Service {
    running: Running,
    log: PathBuf,
}

impl Service {
    pub fn start(config: &ConfigDir) -> Service {
        let log = config.dir().join("log");
        let file = File::create(&log).expect("the directory is ours");
        let mut command = binary::command(&["run"], &config.file());
        let child = command.stdout(Stdio::null()).stderr(file).spawn().expect("the binary starts");
        Service { running: Running { child }, log }
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).expect("the log is text")
    }

    /// Waits until the log says this so many times.
    pub fn until_said(&self, words: &str, times: usize) -> String {
        eventually(&format!("{words:?} is said {times} times"), || self.log().matches(words).count() >= times);
        self.log()
    }

    /// Ends it as a service manager does; it must end well and in less than ten seconds.
    pub fn stop(mut self) -> String {
        let started = Instant::now();
        self.running.signal("TERM");
        let status = self.running.child.wait().expect("it was started here");
        let took = started.elapsed();
        assert_eq!(status.code(), Some(0), "{}", self.log());
        assert!(took < Duration::from_secs(10), "took {took:?}: {}", self.log());
        self.log()
    }

    pub fn kill(mut self) {
        self.running.signal("KILL");
        self.running.child.wait().expect("it was started here");
    }
}

/// The account behind a proxy with this filter.
pub fn behind(account: &Account<'_>, filter: Filter, dienst: &str) -> (Proxy, ConfigDir) {
    let proxy = Proxy::filtering(ACCOUNTS.dovecot().address(), filter);
    let postfach = Postfach { port: proxy.address().port(), ..account.postfach("sc-nord") };
    (proxy, ConfigDir::new([postfach], dienst))
}

/// What was seen once becomes an event when it is seen again, and what is gone when two rounds have not found it: three
/// rounds tell everything.
pub fn observe_to_the_end(config: &ConfigDir) {
    for _ in 0..3 {
        binary::once(&config.file()).expect_code(0);
    }
}

/// What every case comes to: nothing is open, and another start changes nothing and notes nothing.
pub fn check_at_rest(config: &ConfigDir, what: &str) {
    assert_eq!(ledger::open_operations(&config.state_dir()), 0, "{what}: open operations");
    let summary = binary::once(&config.file()).expect_code(0).json();
    assert_eq!((&summary["write_commands"], &summary["events"]), (&0.into(), &0.into()), "{what}: {summary}");
}

/// Changes a folder as an administrator of Dovecot can.
pub fn doveadm(arguments: &[&str]) {
    let config = ACCOUNTS.dovecot().dir().join("dovecot.conf");
    let output = std::process::Command::new("doveadm").arg("-c").arg(config).args(arguments).output();
    let output = output.expect("doveadm runs");
    assert!(output.status.success(), "doveadm {arguments:?}: {output:?}");
}
