//! Folders: which there are, and opening one.

use std::collections::HashSet;

use super::command::{Command, Verb};
use super::error::ImapError;
use super::exchange::{Event, Session};
use super::reply::{ListedFolder, Untagged};
use crate::domain::id::{FolderName, Uid, UidValidity};

/// What LIST said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folders {
    /// The hierarchy separator; `None` where the server has no hierarchy.
    pub separator: Option<char>,
    /// Folders that can be opened.
    pub selectable: HashSet<FolderName>,
}

/// A folder that was opened with SELECT or EXAMINE.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opened {
    pub uidvalidity: UidValidity,
    /// Absent on some servers (Courier).
    pub uidnext: Option<Uid>,
    pub exists: u32,
    pub read_only: bool,
}

/// What STATUS said of a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status {
    pub uidvalidity: UidValidity,
    pub uidnext: Option<Uid>,
}

/// Asks for the separator and all folders.
pub async fn list(session: &mut Session) -> Result<Folders, ImapError> {
    let (separator, lines) = list_lines(session).await?;
    let selectable = lines.into_iter().filter(|folder| folder.selectable).filter_map(|folder| folder.name).collect();
    Ok(Folders { separator, selectable })
}

/// The same, with the folders that cannot be opened or named.
pub async fn list_lines(session: &mut Session) -> Result<(Option<char>, Vec<ListedFolder>), ImapError> {
    let mut separator = None;
    // The root line carries the separator even when there is no folder but INBOX (RFC 3501, 6.3.8).
    session
        .exec(&Command::list_root(), |untagged| {
            if let Untagged::Folder(folder) = untagged {
                separator = folder.separator;
            }
        })
        .await?;
    let mut lines = Vec::new();
    session
        .exec(&Command::list_all(), |untagged| {
            if let Untagged::Folder(folder) = untagged {
                lines.push(folder);
            }
        })
        .await?;
    Ok((separator, lines))
}

/// Opens a folder for moving mail out of it.
pub async fn select(session: &mut Session, folder: &FolderName) -> Result<Opened, ImapError> {
    open(session, Command::select(folder), |_| {}).await
}

/// Opens a folder for looking only.
pub async fn examine(session: &mut Session, folder: &FolderName) -> Result<Opened, ImapError> {
    open(session, Command::examine(folder), |_| {}).await
}

/// The same, and gives what else is said of it, such as its flags, to `each`.
pub async fn examine_hearing(
    session: &mut Session,
    folder: &FolderName,
    each: impl FnMut(Untagged),
) -> Result<Opened, ImapError> {
    open(session, Command::examine(folder), each).await
}

pub(super) async fn open(
    session: &mut Session,
    command: Command,
    mut each: impl FnMut(Untagged),
) -> Result<Opened, ImapError> {
    let (mut uidvalidity, mut uidnext, mut exists) = (None, None, None);
    let tagged = session
        .exec(&command, |untagged| match untagged {
            Untagged::UidValidity(number) => uidvalidity = Some(number),
            Untagged::UidNext(number) => uidnext = Some(number),
            Untagged::Exists(number) => exists = Some(number),
            // Before EXISTS it is about the folder that was open until now.
            Untagged::Expunge => exists = exists.map(|number| number.saturating_sub(1)),
            other => each(other),
        })
        .await?;
    let verb = command.verb;
    // A missing UIDVALIDITY is an error and never "a change": without it no UID means anything. 0 is none (RFC 3501, 9).
    let uidvalidity =
        uidvalidity.filter(|number| number.0 > 0).ok_or(ImapError::Incomplete { verb, what: "UIDVALIDITY" })?;
    let exists = exists.ok_or(ImapError::Incomplete { verb, what: "EXISTS" })?;
    Ok(Opened { uidvalidity, uidnext, exists, read_only: tagged.read_only })
}

/// STATUS of several folders, `depth` commands under way at once. `None`: the server refuses that folder.
///
/// # Errors
/// A refusal that concerns the account ends it: it says nothing about a folder.
pub async fn status(
    session: &mut Session,
    folders: &[FolderName],
    depth: usize,
) -> Result<Vec<Option<Status>>, ImapError> {
    let mut heard = vec![None; folders.len()];
    let mut answers = vec![None; folders.len()];
    let mut trouble = None;
    let mut exchange = session.exchange(Verb::Status)?;
    let mut waiting = folders.iter();
    let mut latest = 0;
    loop {
        while trouble.is_none()
            && exchange.open() < depth.max(1)
            && let Some(folder) = waiting.next()
        {
            exchange.send(&Command::status(folder)).await?;
        }
        let event = match exchange.next().await {
            // A server that hangs up behind a refusal has said why.
            Err(_) if trouble.is_some() => break,
            event => event?,
        };
        match event {
            None => break,
            Some(Event::Untagged(Untagged::Status { folder, uidvalidity, uidnext })) => {
                // By its name where it can be read; else it belongs to the oldest command that waits.
                let named = folder.and_then(|name| folders.iter().position(|folder| *folder == name));
                if let Some(slot) = heard.get_mut(named.unwrap_or(latest)) {
                    *slot = uidvalidity.map(|uidvalidity| Status { uidvalidity, uidnext });
                }
            }
            Some(Event::Untagged(_)) => {}
            Some(Event::Done { number, tagged }) => {
                latest = number + 1;
                match tagged.refusal {
                    None => answers[number] = heard[number],
                    Some(refusal) if refusal.concerns_account() => trouble = Some(refusal),
                    Some(_) => {}
                }
            }
        }
    }
    trouble.map_or(Ok(answers), |refusal| Err(ImapError::Refused { verb: Verb::Status, refusal }))
}
