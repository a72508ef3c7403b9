//! What becomes of a command: it is passed on, or answered here.

use std::time::Instant;

use super::super::proxy::Action;
use super::super::utf7;
use super::Notes;
use super::profile::Profile;
use super::session::{Answer, Open, Session, name, verb};

const ARGUMENT: &str = "BAD Command Argument Error. 11";
const UNKNOWN: &str = "BAD Command Error. 12";
const NOT_CONNECTED: &str = "BAD User is authenticated but not connected.";

/// Commands that a server needs a capability for.
const NEEDED: [(&str, &str); 8] = [
    ("MOVE", "MOVE"),
    ("UID MOVE", "MOVE"),
    ("UNSELECT", "UNSELECT"),
    ("ENABLE", "ENABLE"),
    ("SORT", "SORT"),
    ("UID SORT", "SORT"),
    ("STARTTLS", "STARTTLS"),
    ("GETQUOTAROOT", "QUOTA"),
];

/// Flags that it keeps.
pub const FLAGS: [&str; 6] = ["\\Seen", "\\Answered", "\\Flagged", "\\Deleted", "\\Draft", "$MDNSent"];

/// A structure as Exchange has been seen to send it.
const MALFORMED: &str = "* 1 FETCH (BODYSTRUCTURE ((NIL NIL NIL NIL NIL \"7BIT\" 0 NIL NIL NIL NIL) \"MIXED\" (NIL NIL) \
                         attachment) ENVELOPE (NIL NIL ((\"Microsoft Exchange Server\" NIL NIL \
                         \".MISSING-HOST-NAME.\")) NIL NIL NIL NIL NIL NIL))\r\n";

pub fn take(
    profile: &Profile,
    session: &mut Session,
    notes: &mut Notes,
    others: &[String],
    begins: bool,
    line: &str,
) -> Action {
    if session.leaving {
        return Action::Swallow;
    }
    session.heard = Instant::now();
    let line_end = line.trim_end();
    let Some((tag, command)) = line_end.split_once(' ').filter(|_| begins) else {
        if line_end.eq_ignore_ascii_case("DONE") {
            session.idling = false;
        }
        return Action::Pass;
    };
    let known = verb(command);
    if is_forbidden(&known, command) {
        notes.forbidden.push(command.to_owned());
    }
    let answer = trouble(profile, session, notes, command).or_else(|| refuse(profile, session, line, &known, command));
    let answer = answer.or_else(|| invent(profile, session, &known, command));
    let mut passed_on = if answer.is_some() { format!("{tag} NOOP\r\n") } else { line.to_owned() };
    match known.as_str() {
        "LOGIN" | "AUTHENTICATE" if answer.as_ref().is_none_or(|answer| answer.tagged.starts_with("OK")) => {
            let user = name(command, 1).to_owned();
            let together = others.iter().filter(|other| **other == user).count() + 1;
            notes.most_connections = notes.most_connections.max(together);
            if together > profile.most_connections {
                return Action::ReplaceAndCut(Vec::new());
            }
            session.user = Some(user);
        }
        "IDLE" => session.idling = true,
        // Whoever reads a message that cannot be rendered marks it read.
        "UID FETCH" if answer.is_some() && stand_in(profile, command).is_some() => {
            let uid = stand_in(profile, command).unwrap_or_default();
            passed_on = format!("{tag} UID STORE {uid} +FLAGS.SILENT (\\Seen)\r\n");
        }
        _ => {}
    }
    session.leaving = answer.as_ref().is_some_and(|answer| answer.bye.is_some());
    session.open.push_back(Open { tag: tag.to_owned(), command: command.to_owned(), answer });
    Action::Replace(passed_on.into_bytes())
}

/// What must not be asked of Exchange: structures that it sends malformed, bodies that it marks read or replaces, keywords
/// that it does not have, an EXPUNGE of what others have marked.
fn is_forbidden(verb: &str, command: &str) -> bool {
    let command = command.to_ascii_uppercase();
    let has = |word: &str| command.contains(word);
    match verb {
        "FETCH" | "UID FETCH" => has("STRUCTURE") || has("ENVELOPE") || has("BODY[") || has("RFC822 ") || has("ALL"),
        "STORE" | "UID STORE" => keyword(&command),
        "SEARCH" | "UID SEARCH" => has("KEYWORD") || has("CHARSET"),
        "EXPUNGE" | "CLOSE" | "LSUB" | "ENABLE" => true,
        _ => false,
    }
}

fn keyword(command: &str) -> bool {
    let flags = command.split(['(', ')']).nth(1).unwrap_or_default().split_whitespace();
    flags.into_iter().any(|flag| !FLAGS.iter().any(|known| known.eq_ignore_ascii_case(flag)))
}

fn trouble(profile: &Profile, session: &mut Session, notes: &mut Notes, command: &str) -> Option<Answer> {
    for (number, trouble) in profile.troubles.iter().enumerate() {
        let so_far = notes.troubles.entry(number).or_default();
        if command.starts_with(trouble.at) && *so_far < trouble.times {
            *so_far += 1;
            session.disconnected |= trouble.disconnects;
            let (after, bye) = (trouble.after, trouble.bye);
            return Some(Answer { after, bye, ..Answer::tagged(trouble.says.clone()) });
        }
    }
    None
}

/// What it refuses.
fn refuse(profile: &Profile, session: &Session, line: &str, verb: &str, command: &str) -> Option<Answer> {
    let upper = command.to_ascii_uppercase();
    let has = |word: &str| upper.contains(word);
    let before_login = session.user.is_none();
    let offered = if before_login { &profile.before_login } else { &profile.after_login };
    let offers = |capability: &str| offered.split(' ').any(|word| word == capability);
    let lacks = NEEDED.iter().any(|(needing, capability)| *needing == verb && !offers(capability));
    let open_to_all = ["CAPABILITY", "NOOP", "LOGOUT", "LOGIN", "AUTHENTICATE", "ID", "STARTTLS"];
    let charset = upper.split("CHARSET ").nth(1).and_then(|rest| rest.split(' ').next());
    let words = match verb {
        _ if line.len() > profile.longest_command => ARGUMENT,
        _ if session.disconnected && verb != "LOGOUT" => {
            return Some(Answer { bye: Some("* BYE Connection closed. 14\r\n"), ..Answer::tagged(NOT_CONNECTED) });
        }
        _ if lacks => UNKNOWN,
        _ if before_login && !open_to_all.contains(&verb) => "BAD Command received in Invalid state.",
        "AUTHENTICATE" if command.split(' ').count() > 2 && !offers("SASL-IR") => ARGUMENT,
        "SEARCH" | "UID SEARCH" if charset.is_some_and(|charset| charset != "US-ASCII") => {
            "NO [BADCHARSET (US-ASCII)] The specified charset is not supported."
        }
        "SEARCH" | "UID SEARCH" if has("KEYWORD ") && !has("KEYWORD $MDNSENT") => ARGUMENT,
        "SEARCH" | "UID SEARCH" if has("RETURN (") => ARGUMENT,
        "STORE" | "UID STORE" if keyword(&upper) => ARGUMENT,
        "FETCH" | "UID FETCH" if has("MODSEQ") || has("CHANGEDSINCE") => ARGUMENT,
        "SELECT" | "EXAMINE" | "STATUS" if hides(profile, name(command, 1)) => {
            return Some(Answer::tagged(format!("NO {} doesn't exist.", name(command, 1))));
        }
        _ => return None,
    };
    Some(Answer::tagged(words))
}

pub fn hides(profile: &Profile, wire_name: &str) -> bool {
    profile.hidden.iter().any(|folder| utf7::encode(folder) == wire_name)
}

/// What it says otherwise than the server behind.
fn invent(profile: &Profile, session: &Session, verb: &str, command: &str) -> Option<Answer> {
    let before_login = session.user.is_none();
    let upper = command.to_ascii_uppercase();
    let untagged = match verb {
        "CAPABILITY" => {
            format!("* CAPABILITY {}\r\n", if before_login { &profile.before_login } else { &profile.after_login })
        }
        "ID" => "* ID (\"name\" \"Microsoft.Exchange.Imap4.Imap4Server\" \"version\" \"15.1\")\r\n".into(),
        "FETCH" | "UID FETCH" if upper.contains("STRUCTURE") || upper.contains("ENVELOPE") => MALFORMED.into(),
        "UID FETCH" => {
            let uid = stand_in(profile, command)?;
            let mail = format!(
                "From: \"Microsoft Exchange Server\"\r\nSubject: Retrieval using the IMAP4 protocol failed for the \
                 following message: {uid}\r\n\r\nThe server couldn't retrieve the following message.\r\n"
            );
            format!("* 1 FETCH (UID {uid} FLAGS (\\Seen) BODY[] {{{}}}\r\n{mail})\r\n", mail.len())
        }
        _ => return None,
    };
    Some(Answer { untagged, ..Answer::tagged(format!("OK {} completed.", verb.trim_start_matches("UID "))) })
}

/// The message that cannot be rendered, if the command reads exactly that one, and not by PEEK.
fn stand_in(profile: &Profile, command: &str) -> Option<u32> {
    let uid = command.split(' ').nth(2)?.parse().ok()?;
    (command.contains("BODY[]") && profile.unrenderable.contains(&uid)).then_some(uid)
}
