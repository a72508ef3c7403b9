//! The real binary: arguments in, exit code and output out.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::canary;

/// What a finished run left.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// `None`: ended by a signal.
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Outcome {
    /// The JSON value that the run printed.
    ///
    /// # Panics
    ///
    /// If the output is anything else.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("output is not JSON ({error}): {self:#?}"))
    }

    /// What `once --format json` says of the mailbox of this name.
    ///
    /// # Panics
    ///
    /// If there is no such mailbox.
    pub fn mailbox(&self, name: &str) -> serde_json::Value {
        let summary = self.json();
        let mailboxes = summary["mailboxes"].as_array().unwrap_or_else(|| panic!("no summary: {self:#?}"));
        let mailbox = mailboxes.iter().find(|mailbox| mailbox["name"] == name);
        mailbox.unwrap_or_else(|| panic!("nothing about {name}: {self:#?}")).clone()
    }

    /// # Panics
    ///
    /// If standard error lacks one of these words.
    pub fn expect_words(self, words: &[&str]) -> Outcome {
        for word in words {
            assert!(self.stderr.contains(word), "standard error does not say {word:?}: {self:#?}");
        }
        self
    }

    /// # Panics
    ///
    /// If the run ended otherwise; the text shows its output.
    pub fn expect_code(self, code: i32) -> Outcome {
        assert_eq!(self.code, Some(code), "unexpected exit code: {self:#?}");
        self
    }
}

/// Where the binary lies: cargo tells tests and benchmarks; an example finds it beside its own directory.
pub fn path() -> PathBuf {
    if let Some(path) = option_env!("CARGO_BIN_EXE_postweiche") {
        return path.into();
    }
    let own = std::env::current_exe().expect("a running program has a path");
    let path =
        own.ancestors().nth(2).expect("an example lies in a directory of the target directory").join("postweiche");
    assert!(path.is_file(), "{} is not built; `cargo build --bin postweiche` does it", path.display());
    path
}

/// A command that runs the binary with `--config`, without whatever this process has in its environment for it.
pub fn command(arguments: &[&str], config: &Path) -> Command {
    let mut command = Command::new(path());
    command.args(arguments).arg("--config").arg(config);
    for name in
        ["RUST_LOG", "POSTWEICHE_LOG", "POSTWEICHE_CONFIG", "NOTIFY_SOCKET", "STATE_DIRECTORY", "CREDENTIALS_DIRECTORY"]
    {
        command.env_remove(name);
    }
    command.stdin(Stdio::null());
    command
}

/// Runs the binary to its end.
pub fn run(arguments: &[&str], config: &Path) -> Outcome {
    finish(&mut command(arguments, config))
}

/// Runs one cycle with a summary for programs.
pub fn once(config: &Path) -> Outcome {
    run(&["once", "--format", "json"], config)
}

/// Runs a prepared command to its end.
///
/// # Panics
///
/// If it says what a test has planted as a canary.
pub fn finish(command: &mut Command) -> Outcome {
    let output = command.output().expect("the binary starts");
    let planted = canary::planted();
    planted.check("standard error", &output.stderr);
    // These two answer with words of the files they are given.
    if !command.get_args().any(|argument| argument == "explain" || argument == "test") {
        planted.check("standard output", &output.stdout);
    }
    Outcome {
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Starts the binary and leaves it running, its output on pipes; killed when dropped.
pub fn spawn(arguments: &[&str], config: &Path) -> Running {
    let child = command(arguments, config).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    Running { child: child.expect("the binary starts") }
}

/// The same with its log in a file, for runs so long that a pipe that nobody reads would fill and stop it.
pub fn spawn_with_log(arguments: &[&str], config: &Path, log: &Path) -> Running {
    let log = std::fs::File::options().create(true).append(true).open(log).expect("the log can be written");
    let child = command(arguments, config).stdout(Stdio::null()).stderr(log).spawn();
    Running { child: child.expect("the binary starts") }
}

/// A binary at work.
#[derive(Debug)]
pub struct Running {
    pub child: Child,
}

impl Running {
    /// Sends a signal by name: `TERM`, `INT`, `HUP`, `KILL`.
    pub fn signal(&self, name: &str) {
        let status = Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status();
        assert!(status.expect("kill runs").success(), "the process is gone");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
