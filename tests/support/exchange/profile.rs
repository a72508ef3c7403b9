//! The switches, and ready profiles.

use std::time::Duration;

/// How COPYUID comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CopyUid {
    /// `[COPYUID 52 86 1146]` in a line without a beginning.
    Bare,
    /// `* OK [COPYUID ...]`.
    Untagged,
    /// In the tagged OK.
    Tagged,
    /// `* OK [COPYUID 14  ]`, whatever was moved.
    Empty,
    None,
}

/// What a person does in Outlook that gives a message another UID: the old one is gone, and the same message is in the
/// same folder under a new one. Which of these do differs from one installation to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renumbers {
    OnCategory,
    OnFlag,
    OnEdit,
    Never,
}

impl Renumbers {
    /// All ways.
    pub const ALL: [Renumbers; 4] = [Self::OnCategory, Self::OnFlag, Self::OnEdit, Self::Never];
}

/// A command that goes wrong.
#[derive(Clone, Debug)]
pub struct Trouble {
    /// The beginning of the command.
    pub at: &'static str,
    /// How often, from the first such command on.
    pub times: usize,
    /// What is said, without tag.
    pub says: String,
    /// Time until it is said.
    pub after: Duration,
    /// What is said when the connection is closed behind it; `None`: it stays open.
    pub bye: Option<&'static str>,
    /// From now on every command is refused with "authenticated but not connected".
    pub disconnects: bool,
}

impl Trouble {
    fn new(at: &'static str, says: impl Into<String>) -> Trouble {
        Trouble { at, times: 1, says: says.into(), after: Duration::ZERO, bye: None, disconnects: false }
    }

    /// Asked to wait, late, and then hung up on.
    pub fn throttled(at: &'static str, milliseconds: u64) -> Trouble {
        let says = format!("BAD Request is throttled. Suggested Backoff Time: {milliseconds} milliseconds");
        Trouble { after: Duration::from_millis(200), bye: Some(""), ..Trouble::new(at, says) }
    }

    /// Let in, and then refused everything.
    pub fn not_connected() -> Trouble {
        Trouble { disconnects: true, ..Trouble::new("LOGIN", "OK LOGIN completed.") }
    }

    /// An OK that holds an error, and a session that is of no use.
    pub fn hidden_error() -> Trouble {
        let says = r#"OK [Error="Cross Server access is not allowed for mailbox" Service=Imap4] LOGIN completed."#;
        Trouble { disconnects: true, ..Trouble::new("LOGIN", says) }
    }

    /// The token of the session has expired in the middle of it.
    pub fn token_expired(at: &'static str) -> Trouble {
        let bye = Some("* BYE Session invalidated - AccessTokenExpired\r\n");
        Trouble { bye, ..Trouble::new(at, "") }
    }

    pub fn times(self, times: usize) -> Trouble {
        Trouble { times, ..self }
    }
}

/// What Exchange is like here.
#[derive(Clone, Debug)]
pub struct Profile {
    pub name: &'static str,
    /// What comes after `* OK ` at the beginning.
    pub greeting: String,
    pub before_login: String,
    pub after_login: String,
    pub copyuid: CopyUid,
    /// Says `[COPYUID 14  ]` for a move of messages that are gone.
    pub empty_set_for_vanished: bool,
    /// How INBOX is spelled in LIST.
    pub inbox: &'static str,
    /// UIDVALIDITY of every INBOX.
    pub inbox_uidvalidity: u32,
    /// RFC822.SIZE is an estimate.
    pub estimated_sizes: bool,
    /// UIDs of messages that cannot be rendered.
    pub unrenderable: Vec<u32>,
    /// Folders that LIST leaves out and nobody can open, as if `/` were in their names.
    pub hidden: Vec<String>,
    /// STATUS tells what it told the first time on this connection.
    pub stale_status: bool,
    /// Something arrives and vanishes again inside every command.
    pub chatter: bool,
    /// What [`Outlook`](super::outlook::Outlook) does to UIDs.
    pub renumbers: Renumbers,
    /// Categories are shown in the header field `Keywords`, also those set later and under the same UID.
    pub shows_categories: bool,
    pub troubles: Vec<Trouble>,
    /// Connections of one user.
    pub most_connections: usize,
    /// Bytes of a command.
    pub longest_command: usize,
    /// Errors after which the connection is closed.
    pub most_errors: usize,
    pub login_limit: Duration,
    pub idle_limit: Duration,
}

/// Default folders of a German mailbox, as an Exchange lists them beside INBOX.
pub const LOCALISED: [&str; 6] =
    ["Gesendete Elemente", "Entwürfe", "Gelöschte Elemente", "Junk-E-Mail", "Kalender", "Kontakte"];

impl Profile {
    /// Early builds of 2013: COPY only.
    pub fn exchange_2013() -> Profile {
        let rest = "UIDPLUS ID CHILDREN IDLE NAMESPACE LITERAL+";
        Profile {
            name: "Exchange 2013",
            before_login: format!("IMAP4 IMAP4rev1 AUTH=PLAIN AUTH=NTLM AUTH=GSSAPI {rest}"),
            after_login: format!("IMAP4 IMAP4rev1 AUTH=PLAIN AUTH=NTLM AUTH=GSSAPI {rest} XPROXY3"),
            copyuid: CopyUid::Bare,
            empty_set_for_vanished: false,
            ..Profile::exchange_2016()
        }
    }

    /// 2016, 2019 and Subscription Edition.
    pub fn exchange_2016() -> Profile {
        let first = "IMAP4 IMAP4rev1 AUTH=PLAIN AUTH=NTLM AUTH=GSSAPI SASL-IR UIDPLUS MOVE ID UNSELECT";
        let last = "CHILDREN IDLE NAMESPACE LITERAL+";
        Profile {
            name: "Exchange 2016",
            greeting: "The Microsoft Exchange IMAP4 service is ready.".into(),
            before_login: format!("{first} {last}"),
            after_login: format!("{first} CLIENTNETWORKPRESENCELOCATION {last}"),
            copyuid: CopyUid::Untagged,
            empty_set_for_vanished: false,
            inbox: "INBOX",
            inbox_uidvalidity: 14,
            estimated_sizes: true,
            unrenderable: Vec::new(),
            hidden: Vec::new(),
            stale_status: true,
            chatter: true,
            renumbers: Renumbers::Never,
            shows_categories: false,
            troubles: Vec::new(),
            most_connections: 16,
            longest_command: 10_240,
            most_errors: 10,
            login_limit: Duration::from_secs(60),
            idle_limit: Duration::from_secs(1800),
        }
    }

    /// Exchange Online, with a list that shows MOVE after login only.
    pub fn exchange_online() -> Profile {
        let last = "CHILDREN IDLE NAMESPACE LITERAL+";
        let rest = "CLIENTACCESSRULES CLIENTNETWORKPRESENCELOCATION BACKENDAUTHENTICATE";
        Profile {
            name: "Exchange Online",
            greeting: "The Microsoft Exchange IMAP4 service is ready. [RgBSADIAUAAyADgAMQBDAEEAMAAwADkAMgA=]".into(),
            before_login: format!("IMAP4 IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 SASL-IR UIDPLUS ID UNSELECT {last}"),
            after_login: format!(
                "IMAP4 IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 SASL-IR UIDPLUS MOVE ID UNSELECT {rest} {last}"
            ),
            empty_set_for_vanished: true,
            inbox: "Inbox",
            ..Profile::exchange_2016()
        }
    }

    /// Every version that the authority may have.
    pub fn all() -> [Profile; 3] {
        [Profile::exchange_2013(), Profile::exchange_2016(), Profile::exchange_online()]
    }

    pub fn has_move(&self) -> bool {
        self.after_login.split(' ').any(|word| word == "MOVE")
    }
}
