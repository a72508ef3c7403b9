//! The daemon under test, with its log at hand.

use std::io::Read;
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use crate::support::accounts::Account;
use crate::support::binary::{self, Running};
use crate::support::config::ConfigDir;
use crate::support::wait::eventually;

/// A running `postweiche run`; killed when dropped.
pub struct Daemon {
    running: Running,
}

impl Daemon {
    pub fn start(config: &ConfigDir) -> Daemon {
        Daemon { running: binary::spawn(&["run"], &config.file()) }
    }

    pub fn process(&self) -> u32 {
        self.running.child.id()
    }

    pub fn signal(&self, name: &str) {
        self.running.signal(name);
    }

    /// Waits for its end; returns how it ended, how long that took, and its log.
    pub fn wait(mut self) -> (ExitStatus, Duration, String) {
        let started = Instant::now();
        let status = self.running.child.wait().expect("it was started here");
        let took = started.elapsed();
        let mut log = String::new();
        let mut stderr = self.running.child.stderr.take().expect("its log is a pipe");
        stderr.read_to_string(&mut log).expect("the log is text");
        (status, took, log)
    }

    /// Ends it as a service manager does.
    pub fn stop(self) -> String {
        self.signal("TERM");
        let (status, took, log) = self.wait();
        assert_eq!(status.code(), Some(0), "{log}");
        assert!(took < Duration::from_secs(5), "took {took:?}: {log}");
        log
    }
}

/// Waits until a folder holds so many mails.
pub fn until_count(account: &Account<'_>, folder: &str, count: u32) {
    let mut client = account.client();
    eventually(&format!("{folder} holds {count}"), || client.examine(folder).exists == count);
}
