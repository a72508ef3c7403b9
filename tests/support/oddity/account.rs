//! An account in memory and the plain answers of a well-behaved server about it.

use std::collections::BTreeMap;

/// A mail in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    pub uid: u32,
    pub bytes: Vec<u8>,
    /// Marked as deleted.
    pub deleted: bool,
}

/// A folder.
#[derive(Clone, Debug)]
pub struct Folder {
    pub uid_validity: u32,
    pub uid_next: u32,
    pub mails: Vec<Stored>,
}

/// All folders of an account, by name on the wire.
#[derive(Clone, Debug)]
pub struct Account {
    pub capabilities: &'static str,
    folders: BTreeMap<String, Folder>,
}

pub const INBOX: &str = "INBOX";
pub const KIEL: &str = "INBOX/Agentur Kiel";
pub const FLENSBURG: &str = "INBOX/Agentur Flensburg";

const ALL: &str = "IMAP4rev1 UIDPLUS MOVE UNSELECT IDLE NAMESPACE LITERAL+";
const DATE: &str = "16-Apr-2024 09:12:00 +0200";

/// What a client asked, taken apart.
pub struct Asked<'a> {
    pub tag: &'a str,
    /// Without the tag.
    pub command: &'a str,
}

impl Account {
    /// An account with these mails in INBOX, UIDs from 1 on.
    pub fn new(mails: Vec<Vec<u8>>) -> Account {
        let folders = [INBOX, KIEL, FLENSBURG]
            .into_iter()
            .zip(14..)
            .map(|(name, uid_validity)| (name.to_string(), Folder { uid_validity, uid_next: 1, mails: Vec::new() }));
        let mut account = Account { capabilities: ALL, folders: folders.collect() };
        mails.into_iter().for_each(|bytes| {
            account.put(INBOX, bytes);
        });
        account
    }

    /// Makes an empty folder.
    pub fn make(&mut self, name: &str) {
        let folder = Folder { uid_validity: 99, uid_next: 1, mails: Vec::new() };
        self.folders.insert(name.to_string(), folder);
    }

    pub fn folder(&self, name: &str) -> &Folder {
        self.folders.get(name).unwrap_or_else(|| panic!("no folder {name}"))
    }

    pub fn folder_mut(&mut self, name: &str) -> &mut Folder {
        self.folders.get_mut(name).unwrap_or_else(|| panic!("no folder {name}"))
    }

    pub fn count(&self, name: &str) -> usize {
        self.folder(name).mails.len()
    }

    /// Adds a mail; returns its UID.
    pub fn put(&mut self, folder: &str, bytes: Vec<u8>) -> u32 {
        let folder = self.folder_mut(folder);
        let uid = folder.uid_next;
        folder.uid_next += 1;
        folder.mails.push(Stored { uid, bytes, deleted: false });
        uid
    }

    /// Moves mails out of INBOX; returns old and new UIDs.
    pub fn move_out(&mut self, uids: &[u32], target: &str) -> Vec<(u32, u32)> {
        let mut pairs = Vec::new();
        for &uid in uids {
            let inbox = self.folder_mut(INBOX);
            let Some(position) = inbox.mails.iter().position(|mail| mail.uid == uid) else { continue };
            let mail = inbox.mails.remove(position);
            pairs.push((uid, self.put(target, mail.bytes)));
        }
        pairs
    }

    /// Copies mails of INBOX; returns old and new UIDs.
    pub fn copy_out(&mut self, uids: &[u32], target: &str) -> Vec<(u32, u32)> {
        let wanted = |mail: &&Stored| uids.contains(&mail.uid);
        let copies: Vec<Stored> = self.folder(INBOX).mails.iter().filter(wanted).cloned().collect();
        copies.into_iter().map(|mail| (mail.uid, self.put(target, mail.bytes))).collect()
    }

    /// Marks mails of a folder as deleted, or takes the mark back.
    pub fn mark(&mut self, folder: &str, uids: &[u32], deleted: bool) {
        let mails = self.folder_mut(folder).mails.iter_mut();
        mails.filter(|mail| uids.contains(&mail.uid)).for_each(|mail| mail.deleted = deleted);
    }

    /// Removes those of these mails that are marked.
    pub fn expunge(&mut self, folder: &str, uids: &[u32]) {
        self.folder_mut(folder).mails.retain(|mail| !(mail.deleted && uids.contains(&mail.uid)));
    }

    /// What a well-behaved server answers. `selected` is the folder that is open in this session.
    pub fn answer(&mut self, asked: &Asked<'_>, selected: &mut String) -> Vec<u8> {
        let Asked { tag, command } = asked;
        let words: Vec<&str> = command.splitn(2, ' ').collect();
        let text = match words[0].to_ascii_uppercase().as_str() {
            "CAPABILITY" => format!("* CAPABILITY {}\r\n", self.capabilities),
            "LIST" if command.ends_with("\"\"") => "* LIST (\\Noselect) \"/\" \"\"\r\n".to_string(),
            "LIST" => {
                let lines = self.folders.keys().map(|name| format!("* LIST (\\HasNoChildren) \"/\" \"{name}\"\r\n"));
                lines.collect()
            }
            "SELECT" | "EXAMINE" => match named(command).filter(|name| self.folders.contains_key(*name)) {
                Some(name) => {
                    *selected = name.to_string();
                    opened(self.folder(name))
                }
                None => return format!("{tag} NO [NONEXISTENT] no such folder\r\n").into(),
            },
            "STATUS" => match named(command).and_then(|name| self.folders.get(name).map(|folder| (name, folder))) {
                Some((name, Folder { uid_validity, uid_next, .. })) => {
                    format!("* STATUS \"{name}\" (UIDVALIDITY {uid_validity} UIDNEXT {uid_next})\r\n")
                }
                None => return format!("{tag} NO [NONEXISTENT] no such folder\r\n").into(),
            },
            "LOGOUT" => "* BYE see you\r\n".to_string(),
            "UID" if is_move(command) => {
                let target = named(command).expect("UID MOVE names a folder").to_string();
                let pairs = self.move_out(&uids(command), &target);
                format!("* OK {}\r\n", copyuid(self.folder(&target), &pairs))
            }
            "UID" if command.starts_with("UID COPY ") => {
                let target = named(command).expect("UID COPY names a folder").to_string();
                let pairs = self.copy_out(&uids(command), &target);
                return format!("{tag} OK {} done\r\n", copyuid(self.folder(&target), &pairs)).into();
            }
            "UID" if command.starts_with("UID STORE ") => {
                self.mark(selected, &uids(command), command.contains("+FLAGS"));
                String::new()
            }
            "UID" if command.starts_with("UID EXPUNGE ") => {
                self.expunge(selected, &uids(command));
                String::new()
            }
            "UID" => {
                let mut answer = self.fetch(command, selected);
                answer.extend_from_slice(format!("{tag} OK done\r\n").as_bytes());
                return answer;
            }
            _ => String::new(),
        };
        format!("{text}{tag} OK done\r\n").into()
    }

    /// The FETCH lines for a UID FETCH, items in the order of the command.
    pub fn fetch(&self, command: &str, selected: &str) -> Vec<u8> {
        let asked = uids(command);
        let mut answer = Vec::new();
        for (index, mail) in self.folder(selected).mails.iter().enumerate() {
            if asked.contains(&mail.uid) {
                answer.extend(fetch_line(index + 1, mail, command));
            }
        }
        answer
    }
}

/// One FETCH line with everything the command asks for.
pub fn fetch_line(number: usize, mail: &Stored, command: &str) -> Vec<u8> {
    let Stored { uid, bytes, deleted } = mail;
    let flags = if *deleted { "\\Seen \\Deleted" } else { "\\Seen" };
    let mut line =
        format!("* {number} FETCH (UID {uid} FLAGS ({flags}) INTERNALDATE \"{DATE}\" RFC822.SIZE {}", bytes.len());
    let fields;
    let body: &[u8] = if command.contains("HEADER.FIELDS") {
        line.push_str(" BODY[HEADER.FIELDS (MESSAGE-ID DATE FROM RECEIVED)]");
        fields = identity(bytes);
        &fields
    } else if command.contains("BODY.PEEK[]") {
        line.push_str(" BODY[]<0>");
        &bytes[..bytes.len().min(65_536)]
    } else {
        line.push_str(")\r\n");
        return line.into();
    };
    line.push_str(&format!(" {{{}}}\r\n", body.len()));
    let mut line = line.into_bytes();
    line.extend_from_slice(body);
    line.extend_from_slice(b")\r\n");
    line
}

/// The four fields asked for; mails here fold no lines.
fn identity(bytes: &[u8]) -> Vec<u8> {
    let wanted = ["message-id:", "date:", "from:", "received:"];
    let lines = bytes.split_inclusive(|&byte| byte == b'\n').take_while(|line| !line.starts_with(b"\r\n"));
    let is_wanted = |line: &&[u8]| {
        let line = String::from_utf8_lossy(line).to_ascii_lowercase();
        wanted.iter().any(|name| line.starts_with(name))
    };
    let mut fields: Vec<u8> = lines.filter(is_wanted).flatten().copied().collect();
    fields.extend_from_slice(b"\r\n");
    fields
}

fn opened(Folder { uid_validity, uid_next, mails }: &Folder) -> String {
    format!(
        "* {} EXISTS\r\n* 0 RECENT\r\n* FLAGS (\\Seen \\Answered \\Flagged \\Deleted \\Draft $MDNSent)\r\n\
         * OK [UIDVALIDITY {uid_validity}] UIDVALIDITY value\r\n* OK [UIDNEXT {uid_next}] The next unique identifier\r\n",
        mails.len()
    )
}

/// `[COPYUID 15 1:3 7:9]`, or with empty sets what Exchange says of mails that are gone.
pub fn copyuid(target: &Folder, pairs: &[(u32, u32)]) -> String {
    let list =
        |pick: fn(&(u32, u32)) -> u32| pairs.iter().map(|pair| pick(pair).to_string()).collect::<Vec<_>>().join(",");
    format!("[COPYUID {} {} {}]", target.uid_validity, list(|pair| pair.0), list(|pair| pair.1))
}

pub fn is_move(command: &str) -> bool {
    command.to_ascii_uppercase().starts_with("UID MOVE ")
}

/// The folder in quotation marks.
pub fn named(command: &str) -> Option<&str> {
    command.split('"').nth(1)
}

/// The UIDs of a UID command; `*` is 1000.
pub fn uids(command: &str) -> Vec<u32> {
    let set = command.split(' ').nth(2).unwrap_or_default();
    let number = |text: &str| text.parse::<u32>().unwrap_or(1000);
    set.split(',')
        .flat_map(|range| {
            let (first, last) = range.split_once(':').unwrap_or((range, range));
            number(first)..=number(last).min(1000)
        })
        .collect()
}
