//! What becomes of a line of the server behind.

use std::fmt::Write as _;

use super::super::proxy::Action;
use super::Notes;
use super::command::{FLAGS, hides};
use super::outlook::categories;
use super::profile::{CopyUid, Profile};
use super::session::{Answer, Open, Session, name, verb};

/// Codes that Exchange has, too.
const CODES: [&str; 4] = ["[APPENDUID ", "[READ-WRITE]", "[READ-ONLY]", "[TRYCREATE]"];

pub fn replace(line: String) -> Action {
    Action::Replace(format!("{line}\r\n").into_bytes())
}

pub fn take(profile: &Profile, session: &mut Session, notes: &mut Notes, line: &str) -> Action {
    session.swallowing = false;
    let text = line.trim_end();
    match text.strip_prefix("* ") {
        Some(_) if session.idling => Action::Swallow,
        Some(rest) => untagged(profile, session, rest, line),
        None if text.starts_with("+ idling") => replace("+ IDLE accepted, awaiting DONE command.".into()),
        None if text.starts_with('+') => Action::Pass,
        None => {
            let (tag, rest) = text.split_once(' ').unwrap_or((text, ""));
            tagged(profile, session, notes, tag, rest)
        }
    }
}

fn untagged(profile: &Profile, session: &mut Session, rest: &str, line: &str) -> Action {
    let (first, after) = rest.split_once(' ').unwrap_or((rest, ""));
    let number = first.parse::<u32>().ok();
    let is_inbox = |name: &str| name.eq_ignore_ascii_case("INBOX");
    match (first, number, after.split(' ').next().unwrap_or_default()) {
        ("FLAGS", ..) => replace(format!("* FLAGS ({})", FLAGS.join(" "))),
        ("BYE", ..) => replace("* BYE Microsoft Exchange Server IMAP4 server signing off.".into()),
        ("CAPABILITY", ..) => Action::Swallow,
        ("LIST", ..) => listed(profile, after),
        ("STATUS", ..) => status(profile, session, after),
        ("OK", ..) if after.starts_with("[COPYUID ") => {
            let code = after.split_inclusive(']').next().unwrap_or_default();
            session.copyuid = Some(code.to_owned());
            match profile.copyuid {
                CopyUid::Bare => replace(code.to_owned()),
                CopyUid::Untagged => replace(format!("* OK {code}")),
                CopyUid::Empty => replace(format!("* OK [COPYUID {}  ]", profile.inbox_uidvalidity)),
                CopyUid::Tagged | CopyUid::None => Action::Swallow,
            }
        }
        ("OK", ..) if after.starts_with("[UIDVALIDITY ") && is_inbox(name(session.current(), 1)) => {
            replace(format!("* OK [UIDVALIDITY {}] UIDVALIDITY value", profile.inbox_uidvalidity))
        }
        ("OK", ..) if after.starts_with("[PERMANENTFLAGS ") => {
            replace(format!("* OK [PERMANENTFLAGS ({})] Permanent flags", FLAGS.join(" ")))
        }
        ("OK", ..) if ["[HIGHESTMODSEQ", "[NOMODSEQ", "[CLOSED"].iter().any(|code| after.starts_with(code)) => {
            Action::Swallow
        }
        (_, Some(_), "RECENT") => replace("* 0 RECENT".into()),
        (_, Some(count), "EXISTS") => {
            session.exists = count;
            Action::Pass
        }
        (_, Some(_), "EXPUNGE") => {
            session.exists = session.exists.saturating_sub(1);
            Action::Pass
        }
        (_, Some(_), "FETCH") => fetched(profile, session, line),
        _ => Action::Pass,
    }
}

fn listed(profile: &Profile, rest: &str) -> Action {
    let Some((attributes, wire_name)) = rest.split_once(" \"/\" ") else { return Action::Pass };
    let wire_name = wire_name.trim_matches('"');
    if hides(profile, wire_name) {
        return Action::Swallow;
    }
    match wire_name.strip_prefix("INBOX") {
        Some(below) if below.is_empty() || below.starts_with('/') => {
            replace(format!("* LIST {attributes} \"/\" \"{}{below}\"", profile.inbox))
        }
        _ => Action::Pass,
    }
}

fn status(profile: &Profile, session: &mut Session, rest: &str) -> Action {
    let Some((wire_name, items)) = rest.split_once(" (") else { return Action::Pass };
    let mut items = items.to_owned();
    if wire_name.trim_matches('"').eq_ignore_ascii_case("INBOX")
        && let Some((before, after)) = items.clone().split_once("UIDVALIDITY ")
    {
        let rest = after.trim_start_matches(|c: char| c.is_ascii_digit());
        items = format!("{before}UIDVALIDITY {}{rest}", profile.inbox_uidvalidity);
    }
    let first = session.statuses.entry(wire_name.to_owned()).or_insert_with(|| items.clone());
    let told = if profile.stale_status { first } else { &items };
    replace(format!("* STATUS {wire_name} ({told}"))
}

fn fetched(profile: &Profile, session: &mut Session, line: &str) -> Action {
    let uid: Option<u32> = number_after(line, "UID ");
    let renders = uid.is_none_or(|uid| !profile.unrenderable.contains(&uid));
    if !renders && session.current().contains("BODY.PEEK[]") {
        session.swallowing = true;
        return Action::Swallow;
    }
    let mut line = line.to_owned();
    let mut shown = None;
    if let Some((before, after)) = line.clone().split_once("FLAGS (")
        && let Some((flags, after)) = after.split_once(')')
    {
        shown = Some(categories(flags.split(' '))).filter(|names| profile.shows_categories && !names.is_empty());
        let kept: Vec<&str> = flags.split(' ').filter(|flag| FLAGS.contains(flag)).collect();
        line = format!("{before}FLAGS ({}){after}", kept.join(" "));
    }
    if profile.estimated_sizes
        && let Some(size) = number_after(&line, "RFC822.SIZE ")
    {
        line = line.replace(&format!("RFC822.SIZE {size}"), &format!("RFC822.SIZE {}", size + size / 7 + 31));
    }
    match shown.and_then(|categories| with_keywords(&line, &categories)) {
        Some(line) => {
            session.swallowing = true;
            Action::Replace(line.into_bytes())
        }
        None => Action::Replace(line.into_bytes()),
    }
}

/// A whole response with these categories in the field that was asked for; what the server behind has there is not said.
fn with_keywords(line: &str, categories: &[String]) -> Option<String> {
    let (before, _) = line.split_once("BODY[HEADER.FIELDS (KEYWORDS)] {")?;
    let field = format!("Keywords: {}\r\n\r\n", categories.join(", "));
    Some(format!("{before}BODY[HEADER.FIELDS (KEYWORDS)] {{{}}}\r\n{field})\r\n", field.len()))
}

fn number_after(line: &str, word: &str) -> Option<u32> {
    let digits = line.split(word).nth(1)?;
    digits.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

fn tagged(profile: &Profile, session: &mut Session, notes: &mut Notes, tag: &str, rest: &str) -> Action {
    let position = session.open.iter().position(|open| open.tag == tag);
    let Some(Open { command, answer, .. }) = position.and_then(|position| session.open.remove(position)) else {
        return Action::Pass;
    };
    let own = answer.is_some();
    let answer = answer.unwrap_or_else(|| answer_of(profile, session, &command, rest));
    session.pause = answer.after;
    let mut text = String::new();
    if profile.chatter && session.selected.is_some() && !own {
        let next = session.exists + 1;
        write!(text, "* {next} EXISTS\r\n* {next} EXPUNGE\r\n").expect("writing to a string cannot fail");
    }
    text += &answer.untagged;
    if !answer.tagged.is_empty() {
        text += &format!("{tag} {}\r\n", answer.tagged);
    }
    let is_error = answer.tagged.starts_with("BAD");
    session.errors += usize::from(is_error);
    notes.errors += usize::from(is_error);
    let too_many = (session.errors >= profile.most_errors).then_some("* BYE Connection closed. 14\r\n");
    match answer.bye.or(too_many) {
        Some(bye) => Action::ReplaceAndCut((text + bye).into_bytes()),
        None => Action::Replace(text.into_bytes()),
    }
}

/// What Exchange says where the server behind says `rest`.
fn answer_of(profile: &Profile, session: &mut Session, command: &str, rest: &str) -> Answer {
    let verb = verb(command);
    let short = verb.trim_start_matches("UID ");
    let (status, text) = rest.split_once(' ').unwrap_or((rest, ""));
    let code = text.split_inclusive(']').next().filter(|code| CODES.iter().any(|known| code.starts_with(known)));
    let code = code.map(|code| format!("{code} ")).unwrap_or_default();
    match (status, short) {
        ("OK", "SELECT" | "EXAMINE") => {
            session.selected = Some(name(command, 1).to_owned());
            session.statuses.clear();
        }
        (_, "SELECT" | "EXAMINE") => session.selected = None,
        (_, "LOGIN" | "AUTHENTICATE") if status != "OK" => session.user = None,
        _ => {}
    }
    let tagged_code = text.starts_with("[COPYUID ").then(|| text.split_inclusive(']').next().map(str::to_owned));
    // MOVE tells its code before it is done, COPY only then.
    let told = session.copyuid.take();
    match (status, short) {
        ("OK", "MOVE") if told.is_some() && !matches!(profile.copyuid, CopyUid::Tagged | CopyUid::None) => {
            Answer::tagged("OK MOVE completed.")
        }
        ("OK", "MOVE" | "COPY") => moved(profile, short, told.or(tagged_code.flatten())),
        ("OK", _) => Answer::tagged(format!("OK {code}{short} completed.")),
        ("NO", "SELECT" | "EXAMINE" | "STATUS") => Answer::tagged(format!("NO {} doesn't exist.", name(command, 1))),
        ("NO", _) => Answer::tagged(format!("NO {code}{short} failed.")),
        _ => Answer::tagged("BAD Command Argument Error. 11"),
    }
}

fn moved(profile: &Profile, verb: &str, copyuid: Option<String>) -> Answer {
    let done = format!("OK {verb} completed.");
    let empty = || format!("* OK [COPYUID {}  ]\r\n", profile.inbox_uidvalidity);
    let (untagged, tagged) = match (copyuid, profile.copyuid) {
        (None, _) if profile.empty_set_for_vanished => (empty(), done),
        (None, _) | (Some(_), CopyUid::None) => (String::new(), done),
        (Some(code), CopyUid::Bare) => (format!("{code}\r\n"), done),
        (Some(code), CopyUid::Untagged) => (format!("* OK {code}\r\n"), done),
        (Some(code), CopyUid::Tagged) => (String::new(), format!("OK {code} {verb} completed.")),
        (Some(_), CopyUid::Empty) => (empty(), done),
    };
    Answer { untagged, ..Answer::tagged(tagged) }
}
