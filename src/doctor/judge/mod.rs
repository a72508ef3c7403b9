//! Facts become findings. Pure: the same facts give the same findings.

mod capability;
mod connection;
mod folders;
mod inbox;
mod mark_folders;
mod marks;
mod selbsttest;
mod service;

pub use service::service;

use super::facts::{MailboxFacts, Question, Way};
use super::finding::{Finding, Kennung, Severity};
use crate::imap::error::{ImapError, RefusalClass};

/// What is to be said of a mailbox, in the order in which things were looked at.
pub fn mailbox(facts: &MailboxFacts) -> Vec<Finding> {
    let mut findings = connection::connection(facts);
    if matches!(facts.way, Way::LoggedIn) {
        let inside = &facts.inside;
        if inside.selbsttest.is_some() {
            findings.extend(folders::folders(inside));
            findings.extend(selbsttest::selbsttest(facts));
            findings.extend(inside.trouble.iter().map(|(question, error)| trouble(*question, error)));
            return findings;
        }
        findings.extend(capability::capabilities(inside, facts.seen.before_login.as_ref()));
        findings.extend(inbox::inbox(inside));
        findings.extend(folders::folders(inside));
        findings.extend(mark_folders::mark_folders(facts));
        findings.extend(marks::marks(facts));
        findings.extend(inbox::fill_level(inside));
        findings.extend(inbox::identity(inside));
        findings.extend(inbox::clock(inside, &facts.certificates, facts.now));
        findings.extend(inside.trouble.iter().map(|(question, error)| trouble(*question, error)));
    }
    findings
}

/// A question without an answer. That no mailbox is behind the account has a finding of its own.
fn trouble(question: Question, error: &ImapError) -> Finding {
    let found = format!("{}: {error}", question.as_str());
    if let ImapError::Refused { refusal, .. } = error
        && refusal.class == RefusalClass::NotConnected
    {
        let advice = "the password is right, and no mailbox is behind the account: give it full access to the mailbox, \
                      check that IMAP is enabled for the mailbox, and the last part of the user name (the alias)";
        let found = format!("authenticated but not connected ({})", question.as_str());
        return Finding::new(Kennung::Posteingang, Severity::Fehler, "mailbox behind the account", found, advice);
    }
    if question == Question::Inbox {
        return Finding::new(Kennung::Posteingang, Severity::Fehler, "INBOX", found, error.hint());
    }
    let severity = if question.is_optional() { Severity::Hinweis } else { Severity::Fehler };
    Finding::new(Kennung::Abbruch, severity, "answers of the server", found, error.hint())
}

/// "1 message", "2 messages".
fn counted(count: impl TryInto<u64>, one: &str, many: &str) -> String {
    let count = count.try_into().unwrap_or(u64::MAX);
    format!("{count} {}", if count == 1 { one } else { many })
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;
