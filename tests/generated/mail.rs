//! A mail as its writer sees it, before any program turns it into bytes.

/// A paragraph: one text that a program may break anywhere, or lines that stay as they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Paragraph {
    Text(String),
    Lines(Vec<String>),
}

impl Paragraph {
    pub fn lines<'t>(lines: impl IntoIterator<Item = &'t str>) -> Self {
        Paragraph::Lines(lines.into_iter().map(str::to_owned).collect())
    }
}

/// The words of one person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Letter {
    /// Above the salutation.
    pub head: Vec<Paragraph>,
    pub salutation: String,
    pub paragraphs: Vec<Paragraph>,
    /// With the closing formula as its first line, where there is one.
    pub signature: Vec<Paragraph>,
    /// What a program or a company appends, and afterthoughts.
    pub appended: Vec<Paragraph>,
}

impl Letter {
    pub fn all(&self) -> Vec<Paragraph> {
        let mut all = self.head.clone();
        if !self.salutation.is_empty() {
            all.push(Paragraph::Lines(vec![self.salutation.clone()]));
        }
        [&self.paragraphs, &self.signature, &self.appended].iter().for_each(|part| all.extend(part.iter().cloned()));
        all
    }
}

/// The mail program that quotes or passes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Programm {
    Outlook,
    OutlookEnglish,
    /// A rule instead of words above the header lines.
    OutlookRule,
    Thunderbird,
    Gmail,
    Apple,
    Gmx,
}

impl Programm {
    pub const ALL: [Programm; 7] = [
        Programm::Outlook,
        Programm::OutlookEnglish,
        Programm::OutlookRule,
        Programm::Thunderbird,
        Programm::Gmail,
        Programm::Apple,
        Programm::Gmx,
    ];
}

/// A name with its address; the name may be empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailbox {
    pub name: String,
    pub address: String,
}

impl Mailbox {
    pub fn new(name: &str, address: &str) -> Self {
        Mailbox { name: name.to_owned(), address: address.to_owned() }
    }

    /// As programs show it.
    pub fn shown(&self) -> String {
        if self.name.is_empty() { self.address.clone() } else { format!("{} <{}>", self.name, self.address) }
    }
}

/// Somebody's earlier mail, quoted or passed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    pub programm: Programm,
    /// Passed on, not answered.
    pub forwarded: bool,
    pub from: Mailbox,
    pub to: Vec<Mailbox>,
    pub cc: Vec<Mailbox>,
    pub subject: String,
    pub text: Text,
}

/// Words of the writer, and below them those of others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    pub letter: Letter,
    pub quotes: Vec<Quote>,
    /// The writer again, below what is quoted.
    pub below: Vec<Paragraph>,
}

/// The whole mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    pub from: Vec<Mailbox>,
    pub to: Vec<Mailbox>,
    pub cc: Vec<Mailbox>,
    pub subject: String,
    /// Further fields, ready to be written.
    pub fields: Vec<(String, String)>,
    pub text: Text,
    /// Names of attached files.
    pub attachments: Vec<String>,
    pub attached: Option<Box<Mail>>,
}
