//! The floor: a client that knows where every mail belongs and sends only what cannot be avoided.
//!
//! Five connections at once; on each: log in, select INBOX, read header and 32 kB of text of all mails in one FETCH and
//! throw them away, one UID MOVE for each folder without waiting in between, log out. It parses nothing but literals and
//! tags. No client that reads the mails can be faster by more than noise.
//!
//! It runs in a process of its own, this program again, so that it is measured like the others.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::Command;

use crate::lab::Lab;
use crate::support::dovecot::{PASSWORD, SC_REGIONS};
use crate::support::utf7;
use crate::support::wire::announced_literal;

/// Makes this program the floor; the file of moves follows.
pub const FLAG: &str = "--floor";

const FETCH: &str = "UID FETCH 1:* (BODY.PEEK[HEADER] BODY.PEEK[TEXT]<0.32768>)";

/// Writes down the answers, and the command that uses them.
pub fn command(lab: &Lab, address: SocketAddr, dir: &Path) -> Command {
    let mut plan = format!("{address}\n");
    for (agentur, uids) in lab.agenturen.iter().zip(lab.uids_by_agentur()) {
        if !uids.is_empty() {
            let account = SC_REGIONS[agentur.account];
            let folder = utf7::encode(&agentur.folder);
            writeln!(plan, "{account}\tUID MOVE {} \"{folder}\"", ranges(&uids))
                .expect("writing to a string cannot fail");
        }
    }
    let file = dir.join("plan");
    std::fs::write(&file, plan).expect("the directory is ours");
    let mut command = Command::new(std::env::current_exe().expect("a running program has a path"));
    command.arg(FLAG).arg(file);
    command
}

/// 1,2,3,7 is `1:3,7`.
fn ranges(uids: &[u32]) -> String {
    let runs = uids.chunk_by(|one, next| one + 1 == *next);
    let written = runs.map(|run| match run {
        [only] => only.to_string(),
        [first, .., last] => format!("{first}:{last}"),
        [] => unreachable!("a run holds at least one"),
    });
    written.collect::<Vec<_>>().join(",")
}

/// The work itself.
pub fn run(plan: &str) {
    let plan = std::fs::read_to_string(plan).expect("the plan was written");
    let (address, moves) = plan.split_once('\n').expect("the address stands first");
    std::thread::scope(|scope| {
        for account in SC_REGIONS {
            let moves = moves.lines().filter_map(|line| line.split_once('\t')).filter(|(name, _)| *name == account);
            let moves: Vec<&str> = moves.map(|(_, command)| command).collect();
            scope.spawn(move || serve(address, account, &moves));
        }
    });
}

fn serve(address: &str, account: &str, moves: &[&str]) {
    let mut stream = BufReader::with_capacity(1 << 16, TcpStream::connect(address).expect("the server listens"));
    stream.get_ref().set_nodelay(true).expect("a connected socket takes options");
    drain_until(&mut stream, b"* OK");
    converse(&mut stream, &[&format!("LOGIN {account} {PASSWORD}")]);
    converse(&mut stream, &["SELECT INBOX", FETCH]);
    converse(&mut stream, &[moves, &["LOGOUT"]].concat());
}

/// Sends commands in one go and waits for the answers to all.
fn converse(stream: &mut BufReader<TcpStream>, commands: &[&str]) {
    let lines: Vec<String> =
        commands.iter().enumerate().map(|(index, command)| format!("{index} {command}\r\n")).collect();
    stream.get_mut().write_all(lines.concat().as_bytes()).expect("the server reads");
    for index in 0..commands.len() {
        drain_until(stream, format!("{index} OK").as_bytes());
    }
}

/// Reads responses and throws them away, up to the one that begins like this.
fn drain_until(stream: &mut BufReader<TcpStream>, beginning: &[u8]) {
    let mut line = Vec::new();
    let mut begins = true;
    loop {
        line.clear();
        let length = stream.read_until(b'\n', &mut line).expect("the server answers");
        assert!(length > 0, "the server closed the connection");
        if begins && line.starts_with(beginning) {
            return;
        }
        let refused = begins && line.first() != Some(&b'*');
        assert!(!refused, "refused: {}", String::from_utf8_lossy(&line));
        let literal = announced_literal(&line);
        begins = literal.is_none();
        let mut left = literal.unwrap_or(0);
        while left > 0 {
            let available = stream.fill_buf().expect("the server sends what it announced").len().min(left);
            assert!(available > 0, "the server closed the connection");
            stream.consume(available);
            left -= available;
        }
    }
}
