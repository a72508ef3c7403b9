//! By which marks it could be seen what clerks have done with a mail.

use super::counted;
use crate::doctor::facts::Inside;
use crate::doctor::finding::{Finding, Kennung, Severity};

pub(super) fn marks(inside: &Inside) -> Vec<Finding> {
    let mut findings: Vec<Finding> = by_folder(inside).into_iter().collect();
    findings.extend(by_flags(inside));
    findings.extend(by_field(inside));
    findings
}

/// Moving is the one thing that shows on every server.
fn by_folder(inside: &Inside) -> Option<Finding> {
    let listed = inside.folders.as_ref()?;
    let separator = listed.separator?;
    let below = |name: &str| {
        let targets = inside.targets.iter().filter_map(|target| target.folder.as_ref());
        targets
            .into_iter()
            .any(|target| name.strip_prefix(target.0.as_str()).is_some_and(|rest| rest.starts_with(separator)))
    };
    let count = listed.lines.iter().filter(|line| line.name.as_ref().is_some_and(|name| below(&name.0))).count();
    let folders = counted(count, "folder lies", "folders lie");
    let found = format!("marks by folder work on every server; {folders} below those of the Agenturen");
    Some(Finding::ok(Kennung::KennzeichenOrdner, "marks by folder", found))
}

fn by_flags(inside: &Inside) -> Vec<Finding> {
    // A folder that is only looked at may say that no flag can be kept; then what there is at all has to do.
    let kept = inside.permanent_flags.filter(|flags| *flags != Default::default());
    let Some(flags) = kept.or(inside.flags) else { return Vec::new() };
    let sure = if kept.is_some() { "" } else { "; whether they are kept cannot be told by looking only (EXAMINE)" };
    let advice = "use marks by folder";
    let lacks = |id, looked_at: &str, found: &str| Finding::new(id, Severity::Hinweis, looked_at, found, advice);
    let flagged = if flags.flagged {
        let answered = if flags.answered { " and \\Answered" } else { "" };
        Finding::ok(Kennung::KennzeichenMarkierung, "marks by flag", format!("\\Flagged{answered} are there{sure}"))
    } else {
        lacks(Kennung::KennzeichenMarkierung, "marks by flag", "the server has no \\Flagged")
    };
    let seen = if flags.seen {
        let found = format!("\\Seen is there{sure}; it is a weak sign, since looking at a mail may set it");
        Finding::ok(Kennung::KennzeichenGelesen, "read and unread", found)
    } else {
        lacks(Kennung::KennzeichenGelesen, "read and unread", "the server has no \\Seen")
    };
    let keywords = match (flags.new_keywords, flags.keywords) {
        (true, _) => {
            Finding::ok(Kennung::KennzeichenSchluesselwort, "marks by keyword", "everybody may set keywords (\\*)")
        }
        (false, 0) if kept.is_none() => lacks(
            Kennung::KennzeichenSchluesselwort,
            "marks by keyword",
            "none is in use; whether keywords could be set cannot be told by looking only (EXAMINE)",
        ),
        (false, 0) => lacks(
            Kennung::KennzeichenSchluesselwort,
            "marks by keyword",
            "the server keeps no keywords, as Exchange does not: categories do not show as flags",
        ),
        (false, count) => {
            let found = format!("{} in use{sure}", counted(count, "keyword is", "keywords are"));
            Finding::ok(Kennung::KennzeichenSchluesselwort, "marks by keyword", found)
        }
    };
    vec![flagged, seen, keywords]
}

fn by_field(inside: &Inside) -> Option<Finding> {
    let (of, with) = inside.keywords?;
    let looked_at = "marks by Keywords field";
    let found = format!("{with} of {} a Keywords field", counted(of, "message has", "messages have"));
    let advice = if with == 0 {
        "set a category on a mail of the INBOX in Outlook and run doctor again: only if the count grows does the server show \
         categories. Else use marks by folder"
    } else {
        "senders can write this field too: set and remove a category on a mail in Outlook and see whether the count follows"
    };
    Some(Finding::new(Kennung::KennzeichenKopfzeile, Severity::Hinweis, looked_at, found, advice))
}
