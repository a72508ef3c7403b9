//! INBOX: what is in it, whether it can be moved out of, and whether its mails can be recognised.

use jiff::Timestamp;

use super::counted;
use crate::doctor::facts::Inside;
use crate::doctor::finding::{Finding, Kennung, Severity};
use crate::imap::certificate::Certificate;
use crate::imap::reply::{Resource, ResourceKind};

/// Fill levels in percent.
const FILLING: u64 = 80;
const FULL: u64 = 95;

/// A mail from a future as near as this proves nothing.
const CLOCK_TOLERANCE_SECONDS: i64 = 60;
/// From here on a waiting time and the day of arrival are wrong.
const CLOCK_WARNING_SECONDS: i64 = 300;

pub(super) fn inbox(inside: &Inside) -> Vec<Finding> {
    let Some(opened) = inside.inbox else { return Vec::new() };
    let messages = counted(opened.exists, "message", "messages");
    let uidnext = if opened.uidnext.is_some() { "" } else { "; without UIDNEXT, so that each poll lists it anew" };
    let mut findings = vec![Finding::ok(
        Kennung::Posteingang,
        "INBOX",
        format!("{messages} (UIDVALIDITY {}){uidnext}", opened.uidvalidity),
    )];
    if let Some(listing) = inside.listing.filter(|listing| listing.missing > 0) {
        let found =
            format!("{} counted by the server and not listed", counted(listing.missing, "message is", "messages are"));
        let advice = "run doctor again; if it stays so, look at the mailbox with another program: the service leaves such \
                      mail alone (nicht_abrufbar)";
        findings.push(Finding::new(Kennung::PosteingangLuecken, Severity::Warnung, "INBOX", found, advice));
    }
    findings.push(rights(inside));
    findings
}

fn rights(inside: &Inside) -> Finding {
    let looked_at = "rights on the INBOX";
    match inside.rights {
        Some(rights) if rights.read && rights.remove => {
            Finding::ok(Kennung::PosteingangRechte, looked_at, "mail can be read and moved out of it")
        }
        Some(_) => Finding::new(
            Kennung::PosteingangRechte,
            Severity::Fehler,
            looked_at,
            "the account may not move mail out of it",
            "give the service account full access to the mailbox",
        ),
        None => Finding::new(
            Kennung::PosteingangRechte,
            Severity::Hinweis,
            looked_at,
            "cannot be told: the server has no ACL, and doctor only looks (EXAMINE)",
            "make sure that the account has full access; if not, the service says nur_lesbar or keine_berechtigung",
        ),
    }
}

pub(super) fn fill_level(inside: &Inside) -> Vec<Finding> {
    let Some(capabilities) = inside.capabilities else { return Vec::new() };
    let looked_at = "fill level";
    let limited = inside.quota.iter().flatten().filter(|resource| resource.limit > 0).copied();
    let levels: Vec<Finding> = limited.map(level).collect();
    if !levels.is_empty() {
        return levels;
    }
    let found = match (&inside.quota, capabilities.quota) {
        (Some(_), _) => return vec![Finding::ok(Kennung::Fuellstand, looked_at, "no limit is set")],
        (None, true) => "cannot be told: the server did not answer",
        (None, false) => "cannot be told: the server has no QUOTA",
    };
    let advice = "watch the size of the mailbox on the server: mail that a full mailbox refuses may count as received";
    vec![Finding::new(Kennung::Fuellstand, Severity::Hinweis, looked_at, found, advice)]
}

fn level(resource: Resource) -> Finding {
    let percent = u128::from(resource.usage) * 100 / u128::from(resource.limit);
    let percent = u64::try_from(percent).unwrap_or(u64::MAX);
    let (what, amount) = match resource.kind {
        ResourceKind::Storage => {
            ("fill level (storage)", format!("{} of {} MiB", resource.usage / 1024, resource.limit / 1024))
        }
        ResourceKind::Messages => ("fill level (messages)", format!("{} of {}", resource.usage, resource.limit)),
    };
    let found = format!("{percent} % ({amount})");
    let advice = "make room in the mailbox or raise its limit: mail that a full mailbox refuses may count as received";
    match percent {
        FULL.. => Finding::new(Kennung::Fuellstand, Severity::Fehler, what, found, advice),
        FILLING.. => Finding::new(Kennung::Fuellstand, Severity::Warnung, what, found, advice),
        _ => Finding::ok(Kennung::Fuellstand, what, found),
    }
}

pub(super) fn identity(inside: &Inside) -> Option<Finding> {
    let identity = inside.identity?;
    let looked_at = "identity fields over two connections";
    let compared = counted(identity.compared, "message", "messages");
    Some(match identity.compared - identity.equal {
        0 if identity.compared == 0 => Finding::new(
            Kennung::Identitaet,
            Severity::Hinweis,
            looked_at,
            "cannot be told: there is no message in the INBOX that could be read twice",
            "run doctor again when there is mail",
        ),
        0 => Finding::ok(Kennung::Identitaet, looked_at, format!("{compared} compared, all equal")),
        differing => Finding::new(
            Kennung::Identitaet,
            Severity::Fehler,
            looked_at,
            format!("{compared} compared, {differing} differ"),
            "leave the mailbox on schatten and report this with product and version of the server: mail that looks \
             different each time is not recognised after a move",
        ),
    })
}

/// IMAP has no clock. Mail from the future is the only sign.
pub(super) fn clock(inside: &Inside, certificates: &[Certificate], now: Timestamp) -> Option<Finding> {
    let listing = inside.listing?;
    let looked_at = "clocks of server and this machine";
    let ahead = |at: Timestamp| at.as_second() - now.as_second();
    let newest = listing.newest.map(ahead).filter(|&seconds| seconds > CLOCK_TOLERANCE_SECONDS);
    let Some(seconds) = newest else {
        let by = if certificates.is_empty() { "" } else { ", and the certificate is valid by ours" };
        let found = format!(
            "no mail in the INBOX lies in the future by our clock{by}; whether the server's clock is behind cannot be told over IMAP"
        );
        return Some(Finding::ok(Kennung::Uhr, looked_at, found));
    };
    let found = format!("the newest mail arrived {seconds} s in the future: the clocks differ by at least that much");
    let advice = "synchronise both clocks (NTP): waiting times and the day of arrival depend on them";
    let severity = if seconds >= CLOCK_WARNING_SECONDS { Severity::Warnung } else { Severity::Hinweis };
    Some(Finding::new(Kennung::Uhr, severity, looked_at, found, advice))
}
