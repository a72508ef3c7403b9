//! What we hear, converted at the door: the parser's types do not go further than this file.

use std::borrow::Cow;
use std::collections::HashMap;
use std::time::Duration;

use async_imap::imap_proto::rfc2087::{Quota, QuotaResourceName};
use async_imap::imap_proto::rfc4314::AclRight;
use async_imap::imap_proto::rfc4315::UidSetMember;
use async_imap::imap_proto::{AttributeValue, MailboxDatum, NameAttribute, Outcome, Response, ResponseCode, Status};
use async_imap::imap_proto::{RequestId, StatusAttribute};
use jiff::Timestamp;

use super::error::{Refusal, RefusalClass};
use super::{mutf7, throttle};
use crate::domain::id::{FolderName, Uid, UidValidity};
use crate::domain::listed::Flags;

/// One response line.
#[derive(Debug)]
pub enum Reply {
    /// The end of the command with this tag.
    Tagged(RequestId, Tagged),
    /// Data that may or may not belong to a command of ours.
    Untagged(Untagged),
    /// The server ends the connection; with a wait if it names one.
    Bye(Option<Duration>),
}

/// How a command ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tagged {
    /// `None`: OK.
    pub refusal: Option<Refusal>,
    /// `[COPYUID ...]`, as COPY and some servers' MOVE answer.
    pub copyuid: Option<CopyUid>,
    /// `[READ-ONLY]`.
    pub read_only: bool,
}

/// Untagged data that matters to somebody here.
#[derive(Debug)]
pub enum Untagged {
    Exists(u32),
    Expunge,
    UidValidity(UidValidity),
    UidNext(Uid),
    /// HIGHESTMODSEQ (RFC 7162): changes with every change in the folder.
    HighestModSeq(u64),
    CopyUid(CopyUid),
    Folder(ListedFolder),
    Status {
        folder: Option<FolderName>,
        uidvalidity: Option<UidValidity>,
        uidnext: Option<Uid>,
    },
    Message(FetchItem),
    /// The flags that there are in the folder (FLAGS).
    Flags(FolderFlags),
    /// Those that can be kept there (PERMANENTFLAGS). A folder that is only looked at may say that there are none.
    PermanentFlags(FolderFlags),
    /// How full something is.
    Quota(Vec<Resource>),
    /// What the account may do with a folder.
    Rights(Rights),
    /// What the server says it is.
    Product {
        name: Option<String>,
        version: Option<String>,
    },
    /// Anything else; ignored.
    Other,
}

/// `COPYUID` (RFC 4315): the new place of each message, pairwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopyUid {
    pub target: UidValidity,
    pub pairs: Vec<(Uid, Uid)>,
}

/// More pairs than any command of ours can name.
const MOST_PAIRS: u64 = 10_000;

/// One line of LIST.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedFolder {
    /// `None` if the name is not valid modified UTF-7: such a folder is never selected.
    pub name: Option<FolderName>,
    pub separator: Option<char>,
    pub selectable: bool,
}

/// One FETCH response. The items come in any order and any may be missing.
#[derive(Debug, Default)]
pub struct FetchItem {
    pub uid: Option<Uid>,
    pub flags: Option<Flags>,
    /// Flags of the mailbox's own making (RFC 3501, 2.3.2).
    pub keywords: Vec<String>,
    pub internal_date: Option<Timestamp>,
    pub size: Option<u32>,
    /// The requested part of the message; absent if the server sent NIL or nothing.
    pub body: Option<Vec<u8>>,
}

/// Flags by which marks of people can be seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FolderFlags {
    pub seen: bool,
    pub flagged: bool,
    pub answered: bool,
    /// `\*`: anybody may make new keywords.
    pub new_keywords: bool,
    /// The keywords that are named, other than those with `$`, which programs set.
    pub keywords: Vec<String>,
}

/// One limit of a quota.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resource {
    pub kind: ResourceKind,
    pub usage: u64,
    pub limit: u64,
}

/// What a quota limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResourceKind {
    /// In units of 1024 bytes.
    Storage,
    /// Messages.
    Messages,
}

/// Rights that matter for moving mail (RFC 4314).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rights {
    /// `r`: read messages.
    pub read: bool,
    /// `t` and `e`, or the older `d`: take messages away.
    pub remove: bool,
}

impl Reply {
    pub(super) fn from_proto(response: &Response<'_>) -> Self {
        match response {
            Response::Done { tag, status, outcome } => {
                Reply::Tagged(RequestId(tag.0.clone()), Tagged::from_proto(status, outcome))
            }
            Response::Data { status: Status::Bye, outcome } => {
                Reply::Bye(outcome.information.as_deref().and_then(throttle::suggested_wait))
            }
            Response::Data { outcome, .. } => Reply::Untagged(from_code(outcome.code.as_ref())),
            Response::Expunge(_) => Reply::Untagged(Untagged::Expunge),
            Response::MailboxData(data) => Reply::Untagged(from_mailbox_data(data)),
            Response::Fetch(_, attributes) => Reply::Untagged(Untagged::Message(from_attributes(attributes))),
            Response::Quota(quota) => Reply::Untagged(Untagged::Quota(resources(quota))),
            Response::MyRights(mine) => Reply::Untagged(Untagged::Rights(rights(&mine.rights))),
            Response::Id(fields) => Reply::Untagged(product(fields.as_ref())),
            _ => Reply::Untagged(Untagged::Other),
        }
    }
}

impl Tagged {
    fn from_proto(status: &Status, outcome: &Outcome<'_>) -> Self {
        let information = outcome.information.as_deref().unwrap_or_default();
        Tagged {
            refusal: (*status != Status::Ok).then(|| refusal(status, outcome.code.as_ref(), information)),
            copyuid: match &outcome.code {
                Some(ResponseCode::CopyUid(target, from, to)) => copyuid(*target, from, to),
                _ => None,
            },
            read_only: matches!(outcome.code, Some(ResponseCode::ReadOnly)),
        }
    }
}

/// The closed word for a refusal. The text itself goes no further: it may name folders and accounts.
fn refusal(status: &Status, code: Option<&ResponseCode<'_>>, information: &str) -> Refusal {
    let wait = throttle::suggested_wait(information);
    let has = |words: &[&str]| {
        let text = information.to_ascii_uppercase();
        words.iter().any(|word| text.contains(word))
    };
    let class = if wait.is_some() || has(&["[THROTTLED]", "[LIMIT]", "IS THROTTLED"]) {
        RefusalClass::Throttled
    } else if matches!(code, Some(ResponseCode::TryCreate)) || has(&["[NONEXISTENT]", "DOESN'T EXIST"]) {
        RefusalClass::NoSuchFolder
    } else if has(&["[OVERQUOTA]", "QUOTA EXCEEDED"]) {
        RefusalClass::OverQuota
    } else if has(&["[EXPUNGEISSUED]"]) {
        RefusalClass::AlreadyGone
    } else if has(&["[NOPERM]", "PERMISSION DENIED", "[ACL]"]) {
        RefusalClass::NoPermission
    } else if has(&["AUTHENTICATED BUT NOT CONNECTED", "[ERROR="]) {
        RefusalClass::NotConnected
    } else if has(&["[UNAVAILABLE]", "[INUSE]", "[SERVERBUG]", "SERVER UNAVAILABLE"]) {
        RefusalClass::Unavailable
    } else if *status == Status::Bad {
        RefusalClass::NotUnderstood
    } else {
        RefusalClass::Other
    };
    Refusal { class, wait }
}

fn from_code(code: Option<&ResponseCode<'_>>) -> Untagged {
    match code {
        Some(ResponseCode::UidValidity(number)) => Untagged::UidValidity(UidValidity(*number)),
        Some(ResponseCode::UidNext(number)) => Untagged::UidNext(Uid(*number)),
        Some(ResponseCode::PermanentFlags(flags)) => Untagged::PermanentFlags(folder_flags(flags)),
        Some(ResponseCode::HighestModSeq(number)) => Untagged::HighestModSeq(*number),
        Some(ResponseCode::CopyUid(target, from, to)) => {
            copyuid(*target, from, to).map_or(Untagged::Other, Untagged::CopyUid)
        }
        _ => Untagged::Other,
    }
}

/// The pairs of a COPYUID, or nothing if it proves nothing: the sets differ in size, or are absurdly large.
fn copyuid(target: u32, from: &[UidSetMember], to: &[UidSetMember]) -> Option<CopyUid> {
    let count = |members: &[UidSetMember]| {
        members
            .iter()
            .map(|member| match member {
                UidSetMember::UidRange(range) => u64::from(range.start().abs_diff(*range.end())) + 1,
                UidSetMember::Uid(_) => 1,
            })
            .sum::<u64>()
    };
    if count(from) != count(to) || count(from) > MOST_PAIRS {
        return None;
    }
    // "4:2" means the same as "2:4" (RFC 3501, section 9).
    let uids = |members: &[UidSetMember]| -> Vec<Uid> {
        members
            .iter()
            .flat_map(|member| match member {
                UidSetMember::UidRange(range) => *range.start().min(range.end())..=*range.start().max(range.end()),
                UidSetMember::Uid(uid) => *uid..=*uid,
            })
            .map(Uid)
            .collect()
    };
    Some(CopyUid { target: UidValidity(target), pairs: uids(from).into_iter().zip(uids(to)).collect() })
}

fn from_mailbox_data(data: &MailboxDatum<'_>) -> Untagged {
    match data {
        MailboxDatum::Exists(count) => Untagged::Exists(*count),
        MailboxDatum::Flags(flags) => Untagged::Flags(folder_flags(flags)),
        MailboxDatum::List(list) => {
            let separator = list.delimiter.as_deref().and_then(|text| unescaped(text).chars().next());
            Untagged::Folder(ListedFolder {
                name: mutf7::decode(&unescaped(&list.name)).map(|name| folder_name(name, separator)),
                separator,
                selectable: !list.name_attributes.iter().any(|attribute| match attribute {
                    NameAttribute::NoSelect => true,
                    NameAttribute::Extension(name) => name.eq_ignore_ascii_case("\\NonExistent"),
                    _ => false,
                }),
            })
        }
        MailboxDatum::Status { mailbox, status } => {
            let mut uidvalidity = None;
            let mut uidnext = None;
            for attribute in status {
                match attribute {
                    StatusAttribute::UidValidity(number) => uidvalidity = Some(UidValidity(*number)),
                    StatusAttribute::UidNext(number) => uidnext = Some(Uid(*number)),
                    _ => {}
                }
            }
            let folder = mutf7::decode(&unescaped(mailbox)).map(FolderName);
            Untagged::Status { folder, uidvalidity, uidnext }
        }
        _ => Untagged::Other,
    }
}

/// The parser hands out quoted strings with their backslashes. A literal that really holds `\\` or `\"` is read wrongly
/// here; its folder then counts as missing, which is safe.
fn unescaped(text: &str) -> String {
    text.replace("\\\"", "\"").replace("\\\\", "\\")
}

/// Only INBOX ignores case (RFC 3501, 5.1), also as the first component of a longer name.
fn folder_name(name: String, separator: Option<char>) -> FolderName {
    let first = separator.and_then(|separator| name.split(separator).next()).unwrap_or(&name);
    if first.eq_ignore_ascii_case("INBOX") { FolderName(format!("INBOX{}", &name[5..])) } else { FolderName(name) }
}

fn from_attributes(attributes: &[AttributeValue<'_>]) -> FetchItem {
    let mut item = FetchItem::default();
    for attribute in attributes {
        match attribute {
            AttributeValue::Uid(uid) => item.uid = Some(Uid(*uid)),
            AttributeValue::Flags(flags) => {
                item.flags = Some(flags_from_names(flags.iter().map(AsRef::as_ref)));
                let own = flags.iter().filter(|flag| !flag.starts_with('\\'));
                item.keywords = own.map(|flag| flag.to_string()).collect();
            }
            AttributeValue::InternalDate(text) => item.internal_date = internal_date(text),
            AttributeValue::Rfc822Size(size) => item.size = Some(*size),
            AttributeValue::BodySection { data: Some(data), .. } => item.body = Some(data.to_vec()),
            _ => {}
        }
    }
    item
}

fn flags_from_names<'a>(names: impl Iterator<Item = &'a str>) -> Flags {
    let mut flags = Flags::default();
    for name in names {
        match name.to_ascii_lowercase().as_str() {
            "\\flagged" => flags.flagged = true,
            "\\answered" => flags.answered = true,
            "\\draft" => flags.draft = true,
            "\\deleted" => flags.deleted = true,
            _ => {}
        }
    }
    flags
}

fn folder_flags(names: &[Cow<'_, str>]) -> FolderFlags {
    let mut flags = FolderFlags::default();
    for name in names {
        match name.to_ascii_lowercase().as_str() {
            "\\seen" => flags.seen = true,
            "\\flagged" => flags.flagged = true,
            "\\answered" => flags.answered = true,
            "\\*" => flags.new_keywords = true,
            other if !other.starts_with(['\\', '$']) => flags.keywords.push(name.to_string()),
            _ => {}
        }
    }
    flags
}

fn resources(quota: &Quota<'_>) -> Vec<Resource> {
    let known = quota.resources.iter().filter_map(|resource| {
        let kind = match resource.name {
            QuotaResourceName::Storage => ResourceKind::Storage,
            QuotaResourceName::Message => ResourceKind::Messages,
            QuotaResourceName::Atom(_) => return None,
        };
        Some(Resource { kind, usage: resource.usage, limit: resource.limit })
    });
    known.collect()
}

fn rights(rights: &[AclRight]) -> Rights {
    let has = |right| rights.contains(&right);
    let remove = has(AclRight::from('d')) || (has(AclRight::from('t')) && has(AclRight::from('e')));
    Rights { read: has(AclRight::from('r')), remove }
}

fn product(fields: Option<&HashMap<Cow<'_, str>, Cow<'_, str>>>) -> Untagged {
    let field = |wanted: &str| {
        let found = fields?.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        found.map(|(_, value)| value.to_string())
    };
    Untagged::Product { name: field("name"), version: field("version") }
}

/// ` 7-Apr-2024 09:12:00 +0200` (RFC 3501, `date-time`).
fn internal_date(text: &str) -> Option<Timestamp> {
    Timestamp::strptime("%d-%b-%Y %H:%M:%S %z", text.trim()).ok()
}

#[cfg(test)]
#[path = "reply_tests.rs"]
mod tests;
