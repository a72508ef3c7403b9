//! Processes and directories that never outlive the process that asked for them.
//!
//! A destructor is not enough: it does not run when the owner is killed, interrupted or aborts. So a small shell, in a
//! process group of its own where no Ctrl-C reaches it, holds the reading end of a pipe. However the owner ends, the
//! kernel closes the writing end; the shell then kills the guarded process group and removes the directory. The regular
//! way out is the same one: [`Guard`] closes the pipe and waits for the shell.
//!
//! Should somebody kill that shell itself, the guarded processes stay; nobody guards the guard.

use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};

/// Reads the process group to kill (an empty line: none), then waits for the end of its input.
const WATCHDOG: &str = r#"trap "" HUP INT TERM
read -r group
while read -r _; do :; done
[ -n "$group" ] && kill -s KILL -- "-$group"
rm -rf -- "$1" 2>/dev/null || rm -rf -- "$1""#;

/// Waits for permission before it becomes the guarded program, so that nothing runs that the watchdog does not know.
const STARTER: &str = r#"read -r _ && exec "$@" </dev/null"#;

/// A temporary directory, and at most one process group that works in it.
#[derive(Debug)]
pub struct Guard {
    dir: PathBuf,
    watchdog: Child,
    /// Open as long as the guarded things are to live.
    lifeline: Option<ChildStdin>,
    process: Option<Child>,
}

impl Guard {
    /// A new empty directory `name-XXXXXX` below the system's temporary directory. Others may pass through, not look in.
    pub fn directory(name: &str) -> Guard {
        let dir = new_directory(name);
        Guard::over(dir, None)
    }

    /// Starts `program` with its arguments in a process group of its own, working in `dir`, which is removed with it.
    ///
    /// The program gets no input; its output goes to the file `output` in `dir`.
    pub fn process(dir: PathBuf, program: &Path, arguments: &[&str]) -> Guard {
        let output = std::fs::File::create(dir.join("output")).expect("the temporary directory is writable");
        let process = Command::new("sh")
            .args(["-c", STARTER, "sh"])
            .arg(program)
            .args(arguments)
            .current_dir(&dir)
            .stdin(Stdio::piped())
            .stdout(output.try_clone().expect("a file handle can be doubled"))
            .stderr(output)
            .process_group(0)
            .spawn()
            .expect("sh starts");
        Guard::over(dir, Some(process))
    }

    fn over(dir: PathBuf, mut process: Option<Child>) -> Guard {
        let mut watchdog = Command::new("sh")
            .args(["-c", WATCHDOG, "watchdog"])
            .arg(&dir)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .expect("sh starts");
        let mut lifeline = watchdog.stdin.take().expect("the watchdog's input is a pipe");
        let group = process.as_ref().map(|process| process.id().to_string()).unwrap_or_default();
        writeln!(lifeline, "{group}").expect("the watchdog listens");
        if let Some(process) = &mut process {
            let mut permission = process.stdin.take().expect("the starter's input is a pipe");
            writeln!(permission).expect("the starter listens");
        }
        Guard { dir, watchdog, lifeline: Some(lifeline), process }
    }

    /// The guarded directory.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The guarded process group, if there is one.
    pub fn group(&self) -> Option<u32> {
        self.process.as_ref().map(Child::id)
    }

    /// Whether the guarded process still runs.
    pub fn is_running(&mut self) -> bool {
        self.process.as_mut().is_some_and(|process| matches!(process.try_wait(), Ok(None)))
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        drop(self.lifeline.take());
        // Nothing useful can be done about a failure here, and a panic while another one unwinds would abort.
        let _ = self.watchdog.wait();
        if let Some(process) = &mut self.process {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

/// A new directory that its caller has to hand to a [`Guard`].
pub fn new_directory(name: &str) -> PathBuf {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::Builder::new()
        .prefix(&format!("{name}-"))
        .tempdir()
        .expect("the temporary directory is writable")
        .keep();
    std::fs::set_permissions(&dir, std::fs::Permissions::from_mode(0o711)).expect("the directory is ours");
    dir
}
