//! After the ledger was lost: look through the folders of the Agenturen before anything is moved again.
//!
//! What lies there was sorted, by the program or by people. Written down again, it is recognised when somebody drags it
//! back. It can be interrupted at any point and begins anew then; what is known already is not added again.

use jiff::Timestamp;
use tracing::{info, warn};

use super::dienst::Dienst;
use super::error::CycleError;
use super::link::Link;
use super::recovery::unless_refused;
use crate::config::Postfach;
use crate::domain::id::{FolderName, Uid};
use crate::domain::vorgang::Wiedergefunden;
use crate::imap::error::ImapError;
use crate::imap::fetch::identify_from;
use crate::imap::folder;
use crate::plan::target::target_folder;
use crate::rules::RuleSet;

/// Messages in one commit.
const BATCH: usize = 1_000;

/// Writes down what lies in the folders of all Agenturen. Leaves some folder open that is not INBOX.
///
/// # Errors
/// Then nothing is marked as done, and the next cycle begins anew.
pub async fn rebuild(link: &mut Link, dienst: &Dienst, config: &Postfach, rules: &RuleSet) -> Result<(), CycleError> {
    warn!(mailbox = %config.name, "the ledger was lost or is an older one: looking through the folders; nothing is moved in this cycle");
    let (mut seen, mut added) = (0, 0);
    for agentur in rules.stammdaten().agenturen() {
        let Some(folder) = target_folder(&config.folder_for(agentur), link.folders.separator) else { continue };
        if !link.folders.selectable.contains(&folder) {
            continue;
        }
        let (count, new) = one(link, dienst, config, rules, &folder, &agentur.slug).await?;
        seen += count;
        added += new;
    }
    dienst.ledger.rebuilt(&config.name, Timestamp::now()).await?;
    info!(mailbox = %config.name, seen, added, "the folders are written down again");
    Ok(())
}

/// One folder: how many messages it holds, and how many of them were unknown.
async fn one(
    link: &mut Link,
    dienst: &Dienst,
    config: &Postfach,
    rules: &RuleSet,
    folder: &FolderName,
    agentur: &str,
) -> Result<(usize, u64), CycleError> {
    let opened = match folder::examine(&mut link.session, folder).await {
        Ok(opened) => opened,
        Err(ImapError::Refused { refusal, .. }) if !refusal.concerns_account() => {
            warn!(mailbox = %config.name, agentur, reason = refusal.class.as_str(), "the folder of this Agentur cannot be opened; what it holds stays unknown");
            return Ok((0, 0));
        }
        Err(error) => return Err(error.into()),
    };
    let mut found = Vec::new();
    let looked = identify_from(&mut link.session, &opened, Uid(1), |message| {
        found.push(Wiedergefunden {
            uid: message.uid,
            fingerprint: dienst.key.fingerprint(&message.fields, message.internal_date),
            message_id: dienst.key.message_id(&message.fields),
            eingang: message.internal_date,
            size: message.size,
        });
    })
    .await;
    if unless_refused(looked)?.is_none() {
        warn!(mailbox = %config.name, agentur, "a message in the folder of this Agentur cannot be identified; what was not seen stays unknown");
    }
    let count = found.len();
    let mut added = 0;
    while !found.is_empty() {
        let batch = found.drain(..found.len().min(BATCH)).collect();
        let place = (folder.clone(), opened.uidvalidity);
        let version = rules.version();
        added += dienst.ledger.rebuild(&config.name, place, agentur, batch, version, config.betriebsart).await?;
    }
    Ok((count, added))
}
