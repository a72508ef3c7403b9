//! Listing a folder: UID, flags, date and size of every message.

use super::command::Command;
use super::error::ImapError;
use super::exchange::Session;
use super::folder::Opened;
use super::reply::{FetchItem, Untagged};
use crate::domain::id::Uid;
use crate::domain::listed::Listed;

/// UIDs asked for at once to begin with. Where UIDs are sparse the next window is wider, so that a folder with few
/// messages and a high UIDNEXT does not cost thousands of commands.
const FIRST_WINDOW: u32 = 20_000;

/// Lists the selected folder, ascending by UID, each message once.
///
/// Windows of UIDs keep a single answer, and so its deadline, bounded also for 200,000 messages. Incomplete and
/// unsolicited FETCH lines are ignored: their message appears in the next listing.
pub async fn list(session: &mut Session, opened: &Opened) -> Result<Vec<Listed>, ImapError> {
    let mut listed: Vec<Listed> = Vec::new();
    if opened.exists == 0 {
        return Ok(listed);
    }
    let Some(uidnext) = opened.uidnext else {
        window(session, Uid(1), None, &mut listed).await?;
        return Ok(sorted(listed));
    };
    let mut first: u32 = 1;
    let mut width = FIRST_WINDOW;
    while first < uidnext.0 {
        // One command suffices where every message fits into a window anyway.
        let last = if opened.exists <= FIRST_WINDOW { u32::MAX } else { first.saturating_add(width - 1) };
        let last = last.min(uidnext.0 - 1);
        let before = listed.len();
        window(session, Uid(first), Some(Uid(last)), &mut listed).await?;
        if listed.len() - before < FIRST_WINDOW as usize / 4 {
            width = width.saturating_mul(8);
        } else {
            width = FIRST_WINDOW;
        }
        let Some(next) = last.checked_add(1) else { break };
        first = next;
    }
    Ok(sorted(listed))
}

async fn window(
    session: &mut Session,
    first: Uid,
    last: Option<Uid>,
    listed: &mut Vec<Listed>,
) -> Result<(), ImapError> {
    session
        .exec(&Command::list_messages(first, last), |untagged| {
            if let Untagged::Message(FetchItem {
                uid: Some(uid),
                flags: Some(flags),
                internal_date: Some(internal_date),
                size,
                ..
            }) = untagged
                && uid >= first
                && last.is_none_or(|last| uid <= last)
            {
                listed.push(Listed { uid, flags, eingang: internal_date, size: size.unwrap_or(0) });
            }
        })
        .await?;
    Ok(())
}

fn sorted(mut listed: Vec<Listed>) -> Vec<Listed> {
    listed.sort_by_key(|message| message.uid);
    listed.dedup_by_key(|message| message.uid);
    listed
}
