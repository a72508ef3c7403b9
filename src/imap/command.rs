//! What we say: commands that can only be built from checked parts.
//!
//! A command text is made of constants, numbers and folder names in modified UTF-7, nothing else, so that no text of a
//! mail and no stray line end can become a command.

use std::fmt;

use super::mutf7;
use crate::domain::id::{FolderName, Uid};

/// The kinds of commands this program sends after login.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verb {
    List,
    Select,
    Examine,
    Status,
    Fetch,
    Move,
    Copy,
    Store,
    Expunge,
    Id,
    Quota,
    Rights,
    Logout,
}

impl Verb {
    /// Whether it changes anything on the server.
    pub fn writes(self) -> bool {
        matches!(self, Self::Move | Self::Copy | Self::Store | Self::Expunge)
    }
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::List => "LIST",
            Self::Select => "SELECT",
            Self::Examine => "EXAMINE",
            Self::Status => "STATUS",
            Self::Fetch => "UID FETCH",
            Self::Move => "UID MOVE",
            Self::Copy => "UID COPY",
            Self::Store => "UID STORE",
            Self::Expunge => "UID EXPUNGE",
            Self::Id => "ID",
            Self::Quota => "GETQUOTAROOT",
            Self::Rights => "MYRIGHTS",
            Self::Logout => "LOGOUT",
        })
    }
}

/// One command, without tag and line end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    pub verb: Verb,
    text: String,
}

/// What is asked of each message when a folder is listed.
const LISTING_ITEMS: &str = "(UID FLAGS INTERNALDATE RFC822.SIZE)";

/// What recognises a message again.
const IDENTITY_ITEMS: &str = "(UID INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID DATE FROM RECEIVED)])";

impl Command {
    /// The text to be sent.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// `LIST "" ""`: the separator.
    pub fn list_root() -> Self {
        Command { verb: Verb::List, text: r#"LIST "" """#.to_owned() }
    }

    /// `LIST "" "*"`: all folders.
    pub fn list_all() -> Self {
        Command { verb: Verb::List, text: r#"LIST "" "*""#.to_owned() }
    }

    /// SELECT, for a folder that mail is moved out of.
    pub fn select(folder: &FolderName) -> Self {
        Command { verb: Verb::Select, text: format!("SELECT {}", quoted(folder)) }
    }

    /// EXAMINE, for a folder that is only looked at.
    pub fn examine(folder: &FolderName) -> Self {
        Command { verb: Verb::Examine, text: format!("EXAMINE {}", quoted(folder)) }
    }

    /// STATUS of a folder that is not selected.
    pub fn status(folder: &FolderName) -> Self {
        Command { verb: Verb::Status, text: format!("STATUS {} (UIDVALIDITY UIDNEXT)", quoted(folder)) }
    }

    /// UID, flags, INTERNALDATE and size of all messages with UIDs in this range; no end means `*`.
    ///
    /// `n:*` always answers with at least the last message, even if its UID is below `n` (RFC 3501, 6.4.8): whoever
    /// reads the answer compares.
    pub fn list_messages(first: Uid, last: Option<Uid>) -> Self {
        Command { verb: Verb::Fetch, text: format!("UID FETCH {} {LISTING_ITEMS}", range(first, last)) }
    }

    /// The first `limit` bytes of these messages, without marking them read.
    pub fn fetch(uids: &UidSet, limit: u32) -> Self {
        Command {
            verb: Verb::Fetch,
            text: format!("UID FETCH {uids} (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[]<0.{limit}>)"),
        }
    }

    /// The header fields that identify a message, of these messages.
    pub fn identify(uids: &UidSet) -> Self {
        Command { verb: Verb::Fetch, text: format!("UID FETCH {uids} {IDENTITY_ITEMS}") }
    }

    /// The same of a range of UIDs; no end means `*`, see [`Command::list_messages`].
    pub fn identify_range(first: Uid, last: Option<Uid>) -> Self {
        Command { verb: Verb::Fetch, text: format!("UID FETCH {} {IDENTITY_ITEMS}", range(first, last)) }
    }

    /// EXAMINE of a folder that is watched. With `condstore` the answer holds HIGHESTMODSEQ (RFC 7162).
    pub fn examine_watched(folder: &FolderName, condstore: bool) -> Self {
        let parameter = if condstore { " (CONDSTORE)" } else { "" };
        Command { verb: Verb::Examine, text: format!("EXAMINE {}{parameter}", quoted(folder)) }
    }

    /// UID and flags of all messages with UIDs in this range, and their `Keywords:` field if wanted; no end means `*`, see
    /// [`Command::list_messages`].
    pub fn list_marks(first: Uid, last: Option<Uid>, header: bool) -> Self {
        let items = if header { "(UID FLAGS BODY.PEEK[HEADER.FIELDS (KEYWORDS)])" } else { "(UID FLAGS)" };
        Command { verb: Verb::Fetch, text: format!("UID FETCH {} {items}", range(first, last)) }
    }

    /// Only the flags of these messages: enough to see that they are there.
    pub fn flags(uids: &UidSet) -> Self {
        Command { verb: Verb::Fetch, text: format!("UID FETCH {uids} (UID FLAGS)") }
    }

    /// UID MOVE (RFC 6851). Only [`super::mover`] asks for it.
    pub(super) fn move_to(uids: &UidSet, target: &FolderName) -> Self {
        Command { verb: Verb::Move, text: format!("UID MOVE {uids} {}", quoted(target)) }
    }

    /// UID COPY. Only [`super::mover`] asks for it.
    pub(super) fn copy_to(uids: &UidSet, target: &FolderName) -> Self {
        Command { verb: Verb::Copy, text: format!("UID COPY {uids} {}", quoted(target)) }
    }

    /// Marks these messages as deleted. Only [`super::mover`] asks for it.
    pub(super) fn mark_deleted(uids: &UidSet) -> Self {
        Command { verb: Verb::Store, text: format!("UID STORE {uids} +FLAGS.SILENT (\\Deleted)") }
    }

    /// Takes that mark back. Only [`super::mover`] asks for it.
    pub(super) fn unmark_deleted(uids: &UidSet) -> Self {
        Command { verb: Verb::Store, text: format!("UID STORE {uids} -FLAGS.SILENT (\\Deleted)") }
    }

    /// UID EXPUNGE (RFC 4315): removes exactly these, as far as they are marked. Only [`super::mover`] asks for it.
    pub(super) fn expunge(uids: &UidSet) -> Self {
        Command { verb: Verb::Expunge, text: format!("UID EXPUNGE {uids}") }
    }

    /// Only whether these messages have a `Keywords:` field, and what is in it.
    pub fn keywords_field(uids: &UidSet) -> Self {
        Command { verb: Verb::Fetch, text: format!("UID FETCH {uids} (UID BODY.PEEK[HEADER.FIELDS (KEYWORDS)])") }
    }

    /// Flags, subject and `Keywords:` field of these messages.
    pub fn subject_and_marks(uids: &UidSet) -> Self {
        let items = "(UID FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT KEYWORDS)])";
        Command { verb: Verb::Fetch, text: format!("UID FETCH {uids} {items}") }
    }

    /// ID (RFC 2971): asks what the server is and says nothing of us.
    pub fn id() -> Self {
        Command { verb: Verb::Id, text: "ID NIL".to_owned() }
    }

    /// GETQUOTAROOT (RFC 2087): how full what the folder belongs to is.
    pub fn quota(folder: &FolderName) -> Self {
        Command { verb: Verb::Quota, text: format!("GETQUOTAROOT {}", quoted(folder)) }
    }

    /// MYRIGHTS (RFC 4314).
    pub fn my_rights(folder: &FolderName) -> Self {
        Command { verb: Verb::Rights, text: format!("MYRIGHTS {}", quoted(folder)) }
    }

    /// LOGOUT.
    pub fn logout() -> Self {
        Command { verb: Verb::Logout, text: "LOGOUT".to_owned() }
    }
}

fn range(first: Uid, last: Option<Uid>) -> String {
    last.map_or_else(|| format!("{first}:*"), |last| format!("{first}:{last}"))
}

/// A folder name as a quoted string in modified UTF-7 (RFC 3501, 5.1.3), which is plain ASCII without line ends.
fn quoted(folder: &FolderName) -> String {
    format!("\"{}\"", mutf7::encode(&folder.0).replace('\\', "\\\\").replace('"', "\\\""))
}

/// Some UIDs in the compact form of a `sequence-set` (RFC 3501, section 9). A range never names a UID that is not meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UidSet {
    text: String,
    uids: Vec<Uid>,
}

impl UidSet {
    /// Packs UIDs into sets of at most `max_count` UIDs and `max_bytes` characters each. Order and doublets do not
    /// matter; the sets come in ascending order.
    pub fn pack(uids: &[Uid], max_count: usize, max_bytes: usize) -> Vec<UidSet> {
        let mut sorted = uids.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        let mut sets: Vec<UidSet> = Vec::new();
        // Ranges are cut at `max_count` first, so that the packing below never has to split one.
        for run in sorted.chunk_by(|a, b| b.0 - a.0 == 1).flat_map(|run| run.chunks(max_count.max(1))) {
            let piece = match run {
                [one] => one.to_string(),
                [first, .., last] => format!("{first}:{last}"),
                [] => continue,
            };
            match sets.last_mut() {
                Some(set)
                    if set.uids.len() + run.len() <= max_count && set.text.len() + 1 + piece.len() <= max_bytes =>
                {
                    set.text.push(',');
                    set.text.push_str(&piece);
                    set.uids.extend_from_slice(run);
                }
                _ => sets.push(UidSet { text: piece, uids: run.to_vec() }),
            }
        }
        sets
    }

    /// The UIDs, ascending.
    pub fn uids(&self) -> &[Uid] {
        &self.uids
    }
}

impl fmt::Display for UidSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(uids: &[u32], max_count: usize, max_bytes: usize) -> Vec<String> {
        let uids: Vec<_> = uids.iter().copied().map(Uid).collect();
        UidSet::pack(&uids, max_count, max_bytes).iter().map(UidSet::to_string).collect()
    }

    #[test]
    fn sets_are_compact_and_bounded() {
        for (uids, max_count, max_bytes, expected) in [
            (&[][..], 50, 8000, vec![]),
            (&[7], 50, 8000, vec!["7"]),
            (&[3, 1, 2, 9, 2], 50, 8000, vec!["1:3,9"]),
            (&[1, 2, 3, 4, 5], 2, 8000, vec!["1:2", "3:4", "5"]),
            (&[1, 3, 5, 7], 50, 3, vec!["1,3", "5,7"]),
            (&[1, 2, 4, 4294967295], 3, 8000, vec!["1:2,4", "4294967295"]),
        ] {
            assert_eq!(packed(uids, max_count, max_bytes), expected, "{uids:?}");
        }
    }

    #[test]
    fn a_folder_name_cannot_become_a_command() {
        let command = Command::select(&FolderName("a\"b\\c\r\nA1 LOGOUT".to_owned()));
        assert!(!command.text().contains(['\r', '\n']), "{}", command.text());
        assert_eq!(
            Command::select(&FolderName("Agentur Düsseldorf".into())).text(),
            "SELECT \"Agentur D&APw-sseldorf\""
        );
    }

    #[test]
    fn nothing_is_asked_that_breaks_the_parser_or_marks_mail_read() {
        let uids = UidSet::pack(&[Uid(1)], 1, 100);
        let folder = FolderName::inbox();
        for command in [
            Command::list_messages(Uid(1), None),
            Command::fetch(&uids[0], 65536),
            Command::identify(&uids[0]),
            Command::identify_range(Uid(1), None),
            Command::move_to(&uids[0], &folder),
            Command::copy_to(&uids[0], &folder),
            Command::mark_deleted(&uids[0]),
            Command::unmark_deleted(&uids[0]),
            Command::expunge(&uids[0]),
            Command::keywords_field(&uids[0]),
            Command::subject_and_marks(&uids[0]),
        ] {
            for forbidden in ["BODYSTRUCTURE", "ENVELOPE", "BODY[", "CLOSE", "\\Seen"] {
                assert!(!command.text().contains(forbidden), "{forbidden} in {}", command.text());
            }
            // Without UIDs it would remove what others have marked.
            assert!(!command.text().starts_with("EXPUNGE"), "{}", command.text());
        }
    }
}
