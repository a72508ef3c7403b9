//! A small blocking IMAP client for tests: independent of the code under test, loud about everything unexpected.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::utf7;
use super::wire::{Value, announced_literal, show, values};

/// A mail to put into a folder.
#[derive(Clone, Debug, Default)]
pub struct Mail {
    pub bytes: Vec<u8>,
    /// As on the wire: `\Seen`.
    pub flags: Vec<String>,
    /// As on the wire: `03-Apr-2024 08:00:00 +0200`; `None`: now.
    pub internaldate: Option<String>,
}

impl Mail {
    pub fn new(bytes: impl Into<Vec<u8>>) -> Mail {
        Mail { bytes: bytes.into(), ..Mail::default() }
    }
}

/// A mail as a folder holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    pub uid: u32,
    /// Sorted, without `\Recent`, which belongs to the session and not to the mail.
    pub flags: Vec<String>,
    pub internaldate: String,
    pub bytes: Vec<u8>,
}

/// What SELECT told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Selected {
    pub uid_validity: u32,
    pub uid_next: u32,
    pub exists: u32,
}

/// Everything of a mail that must survive a move.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Trace {
    pub sha256: String,
    pub internaldate: String,
    pub flags: Vec<String>,
}

/// A whole account: folder name to its mails, sorted, so that two snapshots of the same contents are equal.
pub type Snapshot = BTreeMap<String, Vec<Trace>>;

pub struct ImapClient {
    stream: BufReader<TcpStream>,
    tags: u32,
}

impl ImapClient {
    /// Connects and reads the greeting.
    pub fn connect(address: SocketAddr) -> ImapClient {
        let stream = TcpStream::connect(address).unwrap_or_else(|error| panic!("connect to {address}: {error}"));
        // A server that hangs shall fail the test, not stop it.
        stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a timeout above zero is valid");
        stream.set_nodelay(true).expect("a connected socket takes options");
        let mut client = ImapClient { stream: BufReader::with_capacity(1 << 16, stream), tags: 0 };
        let greeting = client.response();
        assert!(greeting.starts_with(b"* OK"), "greeting: {}", show(&greeting));
        client
    }

    pub fn login(&mut self, user: &str, password: &str) {
        self.ok(&format!("LOGIN {} {}", quoted(user), quoted(password)));
    }

    /// Sends a command and returns its untagged responses.
    ///
    /// # Panics
    ///
    /// If the server does not answer OK.
    pub fn ok(&mut self, command: &str) -> Vec<Vec<u8>> {
        let (status, responses) = self.command(command);
        assert!(status.starts_with("OK"), "{}: {status}", command.split(' ').next().unwrap_or_default());
        responses
    }

    /// Sends a command; returns the tagged status (`NO [TRYCREATE] ...`) and the untagged responses.
    pub fn command(&mut self, command: &str) -> (String, Vec<Vec<u8>>) {
        let tag = self.next_tag();
        self.write(format!("{tag} {command}\r\n").as_bytes());
        self.finish(&tag)
    }

    /// All folders that can be selected.
    pub fn list(&mut self) -> Vec<String> {
        let responses = self.ok(r#"LIST "" "*""#);
        let lists = responses.iter().map(|response| values(response)).filter(|values| values[1].is("LIST"));
        let selectable = lists.filter(|values| !values[2].list().iter().any(|flag| flag.is("\\Noselect")));
        selectable.map(|values| utf7::decode(&values[4].text())).collect()
    }

    pub fn create(&mut self, folder: &str) {
        self.ok(&format!("CREATE {}", wire_name(folder)));
    }

    pub fn select(&mut self, folder: &str) -> Selected {
        self.open("SELECT", folder)
    }

    /// As [`ImapClient::select`], but changes nothing, not even `\Recent`.
    pub fn examine(&mut self, folder: &str) -> Selected {
        self.open("EXAMINE", folder)
    }

    fn open(&mut self, verb: &str, folder: &str) -> Selected {
        let responses = self.ok(&format!("{verb} {}", wire_name(folder)));
        let mut selected = Selected::default();
        for response in responses {
            let text = String::from_utf8_lossy(&response);
            let number = |name: &str| text.split_once(name)?.1.split(']').next()?.parse().ok();
            selected.uid_validity = number("[UIDVALIDITY ").unwrap_or(selected.uid_validity);
            selected.uid_next = number("[UIDNEXT ").unwrap_or(selected.uid_next);
            if let Some(count) = text.trim_end().strip_prefix("* ").and_then(|text| text.strip_suffix(" EXISTS")) {
                selected.exists = count.parse().expect("EXISTS has a number");
            }
        }
        selected
    }

    /// Every mail of the selected folder, by UID.
    pub fn fetch_all(&mut self) -> Vec<Fetched> {
        let responses = self.ok("UID FETCH 1:* (UID FLAGS INTERNALDATE BODY.PEEK[])");
        let mut mails: Vec<Fetched> = responses.iter().filter_map(|response| fetched(response)).collect();
        mails.sort_by_key(|mail| mail.uid);
        mails
    }

    pub fn append(&mut self, folder: &str, mail: &Mail) {
        self.append_all(folder, std::slice::from_ref(mail));
    }

    /// Appends in order, many mails in one command (MULTIAPPEND, LITERAL+). Returns the new UIDs as far as the server
    /// tells them (UIDPLUS).
    pub fn append_all(&mut self, folder: &str, mails: &[Mail]) -> Vec<u32> {
        let mut uids = Vec::new();
        for batch in mails.chunks(200) {
            let tag = self.next_tag();
            let mut command = format!("{tag} APPEND {}", wire_name(folder)).into_bytes();
            for mail in batch {
                let date = mail.internaldate.as_ref().map(|date| format!("\"{date}\" ")).unwrap_or_default();
                let flags = mail.flags.join(" ");
                command.extend_from_slice(format!(" ({flags}) {date}{{{}+}}\r\n", mail.bytes.len()).as_bytes());
                command.extend_from_slice(&mail.bytes);
            }
            command.extend_from_slice(b"\r\n");
            self.write(&command);
            let (status, _) = self.finish(&tag);
            assert!(status.starts_with("OK"), "APPEND: {status}");
            uids.extend(code(&status, "APPENDUID").map(|words| uids_of(words[1])).unwrap_or_default());
        }
        uids
    }

    /// Changes flags of mails of the selected folder: `store(&[7], "+FLAGS", "\\Seen")`.
    pub fn store(&mut self, uids: &[u32], item: &str, flags: &str) {
        self.ok(&format!("UID STORE {} {item} ({flags})", set(uids)));
    }

    /// Moves mails of the selected folder, as a clerk does.
    pub fn move_to(&mut self, uids: &[u32], folder: &str) {
        self.ok(&format!("UID MOVE {} {}", set(uids), wire_name(folder)));
    }

    /// Moves everything out of the selected folder with one command.
    pub fn move_all_to(&mut self, folder: &str) {
        self.ok(&format!("UID MOVE 1:* {}", wire_name(folder)));
    }

    /// Copies mails of the selected folder.
    pub fn copy_to(&mut self, uids: &[u32], folder: &str) {
        self.ok(&format!("UID COPY {} {}", set(uids), wire_name(folder)));
    }

    /// Moves one mail of the selected folder. Gives its new UID if the server says that it moved it, else the server's
    /// answer: another session may have been faster, or the folder may be gone.
    pub fn try_move(&mut self, uid: u32, folder: &str) -> Result<u32, String> {
        let (status, responses) = self.command(&format!("UID MOVE {uid} {}", wire_name(folder)));
        let lines: Vec<String> = responses.iter().map(|response| show(response)).collect();
        let told = lines.iter().map(String::as_str).chain([status.as_str()]).find_map(|line| code(line, "COPYUID"));
        let new = told.and_then(|words| uids_of(words.get(2)?).first().copied());
        new.filter(|_| status.starts_with("OK")).ok_or(status)
    }

    /// Deletes one mail of the selected folder, whatever else is marked as deleted there. `Err`: the server's refusal.
    pub fn delete(&mut self, uid: u32) -> Result<(), String> {
        self.store(&[uid], "+FLAGS", "\\Deleted");
        let (status, _) = self.command(&format!("UID EXPUNGE {uid}"));
        if status.starts_with("OK") { Ok(()) } else { Err(status) }
    }

    pub fn rename(&mut self, from: &str, to: &str) {
        self.ok(&format!("RENAME {} {}", wire_name(from), wire_name(to)));
    }

    /// Removes a folder with all that is in it.
    pub fn remove(&mut self, folder: &str) {
        self.ok(&format!("DELETE {}", wire_name(folder)));
    }

    /// Leaves the selected folder and removes nothing.
    pub fn unselect(&mut self) {
        self.ok("UNSELECT");
    }

    /// The whole account, read without changing anything.
    pub fn snapshot(&mut self) -> Snapshot {
        let mut snapshot = Snapshot::new();
        for folder in self.list() {
            let count = self.examine(&folder).exists as usize;
            let mails = if count == 0 { Vec::new() } else { self.fetch_all() };
            assert_eq!(mails.len(), count, "{folder}: EXISTS and FETCH disagree");
            let mut traces: Vec<Trace> = mails.into_iter().map(Trace::from).collect();
            traces.sort();
            snapshot.insert(folder, traces);
        }
        snapshot
    }

    pub fn logout(mut self) {
        self.ok("LOGOUT");
    }

    fn next_tag(&mut self) -> String {
        self.tags += 1;
        format!("t{}", self.tags)
    }

    fn write(&mut self, bytes: &[u8]) {
        self.stream.get_mut().write_all(bytes).expect("the server reads");
    }

    fn finish(&mut self, tag: &str) -> (String, Vec<Vec<u8>>) {
        let mut responses = Vec::new();
        loop {
            let response = self.response();
            if let Some(status) = response.strip_prefix(tag.as_bytes()).and_then(|rest| rest.strip_prefix(b" ")) {
                return (show(status).trim_end().to_string(), responses);
            }
            responses.push(response);
        }
    }

    /// One response with its literals, as it came.
    fn response(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        loop {
            let read = self.stream.read_until(b'\n', &mut bytes).expect("the server answers in time");
            assert!(read > 0, "the server closed the connection after: {}", show(&bytes));
            let Some(length) = announced_literal(&bytes) else { return bytes };
            let start = bytes.len();
            bytes.resize(start + length, 0);
            self.stream.read_exact(&mut bytes[start..]).expect("the server sends what it announced");
        }
    }
}

impl From<Fetched> for Trace {
    fn from(mail: Fetched) -> Trace {
        let sha256 = Sha256::digest(&mail.bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        Trace { sha256, internaldate: mail.internaldate, flags: mail.flags }
    }
}

fn fetched(response: &[u8]) -> Option<Fetched> {
    let response = values(response);
    if !response.get(2)?.is("FETCH") {
        return None;
    }
    let items = response[3].list();
    let item = |name: &str| {
        let pair = items.chunks_exact(2).find(|pair| pair[0].is(name));
        pair.map(|pair| &pair[1]).unwrap_or_else(|| panic!("FETCH without {name}"))
    };
    let mut flags: Vec<String> = item("FLAGS").list().iter().map(Value::text).collect();
    flags.retain(|flag| flag != "\\Recent");
    flags.sort();
    Some(Fetched {
        uid: item("UID").text().parse().expect("a UID is a number"),
        flags,
        internaldate: item("INTERNALDATE").text(),
        bytes: item("BODY[]").bytes().to_vec(),
    })
}

/// The words of a response code: `COPYUID 7 3:4 8:9` gives `7`, `3:4`, `8:9`.
fn code<'l>(line: &'l str, name: &str) -> Option<Vec<&'l str>> {
    let (_, rest) = line.split_once(&format!("[{name} "))?;
    Some(rest.split_once(']')?.0.split(' ').collect())
}

/// The numbers of a UID set, in the order given.
fn uids_of(set: &str) -> Vec<u32> {
    let number = |text: &str| text.parse::<u32>().expect("a UID is a number");
    let range = |part: &str| match part.split_once(':') {
        Some((first, last)) => (number(first)..=number(last)).collect(),
        None => vec![number(part)],
    };
    set.split(',').flat_map(range).collect()
}

fn wire_name(folder: &str) -> String {
    quoted(&utf7::encode(folder))
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn set(uids: &[u32]) -> String {
    uids.iter().map(u32::to_string).collect::<Vec<_>>().join(",")
}
