//! What a NO or BAD to a login means.

use std::time::Duration;

use thiserror::Error;

use super::throttle::suggested_wait;

/// Why a server refused a login.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    #[error("user name or password is wrong")]
    Credentials,
    #[error("the mailbox or the server is not available")]
    Unavailable,
    #[error("the server asks for fewer requests")]
    Throttled { wait: Option<Duration> },
    #[error("the server does not say why")]
    Other,
}

/// Words that say that the refusal is not about the password, in lower case: response codes of RFC 5530 and texts of
/// Exchange. "Authenticated but not connected" comes for a mailbox that is missing, moved, or not open to the account.
const UNAVAILABLE: [&str; 8] = [
    "[unavailable]",
    "[inuse]",
    "[limit]",
    "[serverbug]",
    "server unavailable",
    "temporar",
    "authenticated but not connected",
    "too many",
];

/// Words for a closed door that no other password opens.
const OTHER: [&str; 4] = ["[contactadmin]", "[privacyrequired]", "[noperm]", "[alert]"];

/// Words about the password itself.
const CREDENTIALS: [&str; 4] = ["[authenticationfailed]", "[authorizationfailed]", "[expired]", "has expired"];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    No,
    Bad,
}

impl Refusal {
    /// Reads status and text of the tagged line. A NO without known words is taken for a wrong password, as RFC 3501
    /// (6.2.2, 6.2.3) has it and Exchange does (`NO LOGIN failed.`): that is the class with the fewest attempts.
    pub(super) fn of(status: Status, text: &str) -> Self {
        let text = text.to_ascii_lowercase();
        let any = |words: &[&str]| words.iter().any(|word| text.contains(word));
        let wait = suggested_wait(&text);
        if wait.is_some() || text.contains("throttled") {
            Self::Throttled { wait }
        } else if text.contains("[error=") {
            // Free text of servers behind the one we speak to: no word in it counts.
            Self::Unavailable
        } else if any(&CREDENTIALS) {
            Self::Credentials
        } else if any(&UNAVAILABLE) {
            Self::Unavailable
        } else if status == Status::Bad || any(&OTHER) {
            Self::Other
        } else {
            Self::Credentials
        }
    }

    pub(super) fn hint(self) -> &'static str {
        match self {
            Self::Credentials => "check user name and password, and that the account is not locked and may use IMAP",
            Self::Unavailable => {
                "usually passes by itself; if not, check that the mailbox exists, is not being moved, and that the \
                 account has full access to it"
            }
            Self::Throttled { .. } => {
                "passes by itself; if it comes often, raise the poll interval or the server's limit"
            }
            Self::Other => "look into the log of the server; the account may not be allowed to use IMAP",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_of_real_servers() {
        let wait = Some(Duration::from_millis(92_415));
        for (status, text, refusal) in [
            (Status::No, "LOGIN failed.", Refusal::Credentials),
            (Status::No, "AUTHENTICATE failed.", Refusal::Credentials),
            (Status::No, "[AUTHENTICATIONFAILED] Authentication failed.", Refusal::Credentials),
            (Status::No, "[UNAVAILABLE] Temporary authentication failure.", Refusal::Unavailable),
            (Status::No, "Server Unavailable. 15", Refusal::Unavailable),
            (Status::Bad, "User is authenticated but not connected.", Refusal::Unavailable),
            (
                Status::Bad,
                "Request is throttled. Suggested Backoff Time: 92415 milliseconds",
                Refusal::Throttled { wait },
            ),
            (Status::No, "[EXPIRED] Renew your token.", Refusal::Credentials),
            (Status::Bad, "[ALERT] The password has expired.", Refusal::Credentials),
            (Status::No, "[Error=\"TokenExpired: it has expired\"] LOGIN completed.", Refusal::Unavailable),
            (Status::No, "Request is throttled.", Refusal::Throttled { wait: None }),
            (Status::No, "[CONTACTADMIN] Ask.", Refusal::Other),
            (Status::Bad, "Command Argument Error. 11", Refusal::Other),
        ] {
            assert_eq!(Refusal::of(status, text), refusal, "{text}");
        }
    }
}
