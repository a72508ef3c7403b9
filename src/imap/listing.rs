//! Listing a folder: UID, flags, date and size of every message.

use super::command::Command;
use super::error::ImapError;
use super::exchange::Session;
use super::folder::Opened;
use super::reply::{FetchItem, Untagged};
use super::windows::{Window, Windows};
use crate::domain::id::Uid;
use crate::domain::listed::Listed;

/// Messages in one answer.
const WINDOW: u32 = 20_000;

/// What a folder lists.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// Ascending by UID, each message once.
    pub messages: Vec<Listed>,
    /// Messages that the server counts and did not describe (so far as what left meanwhile is known): unreadable lines,
    /// or an OK without data. A listing that lacks some proves nothing about what is gone.
    pub missing: u32,
}

/// Lists the selected folder. Incomplete and unsolicited FETCH lines are passed over; what they were about is missing.
pub async fn list(session: &mut Session, opened: &Opened) -> Result<Listing, ImapError> {
    let mut messages: Vec<Listed> = Vec::new();
    let mut expunged = 0;
    if opened.exists > 0 {
        let mut windows = Windows::new(Uid(1), opened, WINDOW);
        while let Some(window) = windows.next() {
            let before = messages.len();
            session
                .exec(&Command::list_messages(window.first, window.last), |untagged| match untagged {
                    Untagged::Message(item) => messages.extend(listed(item, window)),
                    Untagged::Expunge => expunged += 1,
                    _ => {}
                })
                .await?;
            windows.found(messages.len() - before);
        }
    }
    messages.sort_by_key(|message| message.uid);
    messages.dedup_by_key(|message| message.uid);
    let described = u32::try_from(messages.len()).unwrap_or(u32::MAX).saturating_add(expunged);
    Ok(Listing { messages, missing: opened.exists.saturating_sub(described) })
}

fn listed(item: FetchItem, window: Window) -> Option<Listed> {
    let FetchItem { uid: Some(uid), flags: Some(flags), internal_date: Some(eingang), size, .. } = item else {
        return None;
    };
    let asked = uid >= window.first && window.last.is_none_or(|last| uid <= last);
    asked.then(|| Listed { uid, flags, eingang, size: size.unwrap_or(0) })
}
