//! Messages that failed before: read last and alone, or not at all.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use tracing::error;

use super::dienst::Dienst;
use super::error::CycleError;
use crate::domain::id::{FolderName, Uid, UidValidity};
use crate::domain::versuch::{Versuch, Vorsicht};
use crate::imap::listing::Listing;
use crate::plan::triage::ToRead;
use crate::store::Attempts;

/// What is to be read, and how carefully.
pub(super) struct Caution {
    pub(super) read: Vec<ToRead>,
    /// Failed before: to be read last, each alone, in this order.
    pub(super) suspects: Vec<Suspect>,
    /// Failed too often: not to be read.
    pub(super) aside: Vec<ToRead>,
}

/// A message that failed before.
pub(super) struct Suspect {
    pub(super) message: ToRead,
    /// It may end the process: nothing else may be read at the same time, of whatever mailbox.
    pub(super) allein: bool,
}

/// Keeps messages that failed before apart, and sets aside those that failed too often. `told` are those set aside that
/// were reported.
pub(super) async fn caution(
    dienst: &Dienst,
    name: &str,
    uidvalidity: UidValidity,
    listing: &Listing,
    read: Vec<ToRead>,
    told: &mut HashSet<(UidValidity, Uid)>,
) -> Result<Caution, CycleError> {
    let folder = FolderName::inbox();
    let Attempts { here: attempts, outdated } = dienst.ledger.attempts(name, &folder, uidvalidity).await?;
    let mut caution = Caution { read, suspects: Vec::new(), aside: Vec::new() };
    let held: HashMap<Uid, &Versuch> = attempts.iter().map(|versuch| (versuch.uid, versuch)).collect();
    let mut failed: Vec<ToRead> =
        caution.read.extract_if(.., |message| held.contains_key(&message.listed.uid)).collect();
    // Few failures first, and what may end the process or the connection after what may not.
    failed.sort_by_key(|message| {
        let versuch = held[&message.listed.uid];
        (versuch.abstuerze, versuch.fehler, message.listed.uid)
    });
    for message in failed {
        let uid = message.listed.uid;
        if held[&uid].vorsicht(Timestamp::now()) == Vorsicht::Zuletzt {
            caution.suspects.push(Suspect { message, allein: held[&uid].abstuerze > 0 });
            continue;
        }
        caution.aside.push(message);
        if told.insert((uidvalidity, uid)) {
            error!(mailbox = %name, uid = uid.0, "this mail could not be read several times; it is set aside unread. A person has to look at it");
        }
    }
    if listing.missing == 0 {
        let is_listed = |uid: &Uid| listing.messages.binary_search_by_key(uid, |message| message.uid).is_ok();
        let left: Vec<Uid> = attempts.iter().map(|versuch| versuch.uid).filter(|uid| !is_listed(uid)).collect();
        if !left.is_empty() || outdated {
            dienst.ledger.forget_attempts(name, &folder, uidvalidity, left).await?;
        }
    }
    Ok(caution)
}
