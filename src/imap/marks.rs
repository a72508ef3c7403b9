//! Looking at a watched folder: whether anything has changed, and what its messages show.

use super::command::{Command, UidSet};
use super::error::ImapError;
use super::exchange::Session;
use super::fetch::MOST_SET_BYTES;
use super::folder::{self, Opened};
use super::reply::{FetchItem, Untagged};
use super::windows::Windows;
use crate::domain::id::{FolderName, Uid};

/// Messages in one answer.
const WINDOW: u32 = 20_000;

/// What one message shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    pub uid: Uid,
    pub flagged: bool,
    pub keywords: Vec<String>,
    /// The raw header fields that were asked for.
    pub header: Vec<u8>,
}

/// Opens a folder for looking. The second number is HIGHESTMODSEQ, where the server offers CONDSTORE.
///
/// # Errors
/// As every command.
pub async fn open(session: &mut Session, name: &FolderName) -> Result<(Opened, Option<u64>), ImapError> {
    let condstore = session.capabilities().condstore;
    let mut modseq = None;
    let opened = folder::open(session, Command::examine_watched(name, condstore), |untagged| {
        if let Untagged::HighestModSeq(number) = untagged {
            modseq = Some(number);
        }
    })
    .await?;
    Ok((opened, modseq.filter(|_| condstore)))
}

/// What all messages of the opened folder show, ascending by UID; with `header` also their `Keywords:` field. Gives each to
/// `each` and returns how many the server counts and did not show.
///
/// # Errors
/// As every command.
pub async fn show(
    session: &mut Session,
    opened: &Opened,
    header: bool,
    mut each: impl FnMut(Shown),
) -> Result<u32, ImapError> {
    let (mut shown, mut expunged) = (0u32, 0u32);
    if opened.exists > 0 {
        let mut windows = Windows::new(Uid(1), opened, WINDOW);
        while let Some(window) = windows.next() {
            let before = shown;
            session
                .exec(&Command::list_marks(window.first, window.last, header), |untagged| match untagged {
                    Untagged::Message(FetchItem { uid: Some(uid), flags: Some(flags), keywords, body, .. })
                        if uid >= window.first && window.last.is_none_or(|last| uid <= last) =>
                    {
                        shown += 1;
                        let header = body.unwrap_or_default();
                        each(Shown { uid, flagged: flags.flagged, keywords, header });
                    }
                    Untagged::Expunge => expunged += 1,
                    _ => {}
                })
                .await?;
            windows.found((shown - before) as usize);
        }
    }
    Ok(opened.exists.saturating_sub(shown.saturating_add(expunged)))
}

/// What these messages of the opened folder show, each with its subject and `Keywords:` field.
///
/// # Errors
/// As every command.
pub async fn show_with_subject(
    session: &mut Session,
    uids: &[Uid],
    mut each: impl FnMut(Shown),
) -> Result<(), ImapError> {
    for set in UidSet::pack(uids, uids.len().max(1), MOST_SET_BYTES) {
        session
            .exec(&Command::subject_and_marks(&set), |untagged| match untagged {
                Untagged::Message(FetchItem { uid: Some(uid), flags: Some(flags), keywords, body, .. })
                    if set.uids().binary_search(&uid).is_ok() =>
                {
                    each(Shown { uid, flagged: flags.flagged, keywords, header: body.unwrap_or_default() });
                }
                _ => {}
            })
            .await?;
    }
    Ok(())
}
