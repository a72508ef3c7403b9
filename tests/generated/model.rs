//! What a generated mail is about, before it is a mail: who writes, from where, to which office, with which number.

use super::reference::{Evidence, Profil, Verdict, routed};
use super::register::{Agenturen, Register};
use super::texts::Sprache;

/// Somebody with a name and an address of their own.
#[derive(Clone, Debug)]
pub struct Person {
    pub name: String,
    pub address: String,
}

/// Where somebody lives.
#[derive(Clone, Debug)]
pub struct Home {
    pub street: String,
    pub plz: String,
    pub ort: String,
    pub agenturen: Agenturen,
}

impl Home {
    /// Postcode and town.
    pub fn plz_ort(&self) -> String {
        format!("{} {}", self.plz, self.ort)
    }

    /// All on one line.
    pub fn line(&self) -> String {
        format!("{}, {}", self.street, self.plz_ort())
    }
}

/// Where the address of an office stands; in the order of the levels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    To,
    Cc,
    /// This header field.
    Field(&'static str),
    /// `for <...>` in a trace field.
    Received,
    /// Recipient of the customer's earlier mail, which the customer passes on.
    ForwardedTo,
    /// The same, attached as a message.
    Attached,
    /// Sender of a quoted mail.
    Quoted,
    /// The same, and in it recipient of the customer's own mail that it answers.
    Thread,
}

/// Offices at one level.
#[derive(Clone, Debug)]
pub struct Office {
    pub level: Level,
    pub addresses: Vec<String>,
}

/// Where the sender's address stands in the letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HomeAt {
    /// Behind the closing formula; the number chooses the layout.
    Signature(usize),
    /// A block under the text that begins with the name, without a closing formula.
    LastBlock,
    /// Block at the top; the number chooses the layout.
    Head(usize),
    /// Behind a label; the line is `homes[index]` of the language.
    Label(usize),
    /// The same at the end of a paragraph about something else.
    LabelInText(usize),
    /// Behind a label that stands alone, on the next lines.
    LabelAbove,
}

/// Other addresses of the sender; but for the last kind, they do not count.
#[derive(Clone, Debug)]
pub enum OtherHome {
    /// In the signature, while the letter names a new one.
    OldInSignature(Home),
    /// In the signature, while the letter names one that is new since a day before the mail.
    BeforeMove(Home),
    /// Called old in the text.
    CalledOld(Home),
    /// A new one, from a day after the mail.
    Future(Home),
    /// A second one, which counts as the first does.
    Second(Home),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    Subject,
    Text,
    Attachment,
}

/// A Kundennummer as it is written, where it stands, and who it leads to.
#[derive(Clone, Debug)]
pub struct Number {
    pub place: Place,
    pub written: String,
    pub agenturen: Agenturen,
}

/// What kind of message it is made to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Art {
    FreieEmail,
    EvmAu,
    EvmSonstige,
    Kontaktformular,
    Postfachnachricht,
    Autoreply,
    Bounce,
    Rundschreiben,
    Intern,
    Spam,
    /// To a Jobcenter only.
    AnJobcenter,
    /// To a Jobcenter and an Agentur.
    AnBeide,
    BgNummer,
    Familienkasse,
    Kindergeldnummer,
    Verdaechtig,
}

impl Art {
    /// All that stay or are left whatever the evidence says.
    pub const UNROUTED: [Art; 14] = [
        Art::EvmSonstige,
        Art::Kontaktformular,
        Art::Postfachnachricht,
        Art::Autoreply,
        Art::Bounce,
        Art::Rundschreiben,
        Art::Intern,
        Art::Spam,
        Art::AnJobcenter,
        Art::AnBeide,
        Art::BgNummer,
        Art::Familienkasse,
        Art::Kindergeldnummer,
        Art::Verdaechtig,
    ];

    /// The word of the requirement.
    pub fn as_str(self) -> &'static str {
        match self {
            Art::FreieEmail | Art::AnBeide => "freie-email",
            Art::EvmAu => "evm-au",
            Art::EvmSonstige => "evm-sonstige",
            Art::Kontaktformular => "kontaktformular",
            Art::Postfachnachricht => "postfachnachricht",
            Art::Autoreply => "autoreply",
            Art::Bounce => "bounce",
            Art::Rundschreiben => "rundschreiben",
            Art::Intern => "intern",
            Art::Spam => "spam-ish",
            Art::AnJobcenter | Art::BgNummer => "fremd-jobcenter",
            Art::Familienkasse | Art::Kindergeldnummer => "fremd-familienkasse",
            Art::Verdaechtig => "verdaechtig",
        }
    }

    /// Filled in by a program: fields instead of a letter.
    pub fn is_form(self) -> bool {
        matches!(self, Art::EvmAu | Art::EvmSonstige | Art::Kontaktformular | Art::Postfachnachricht | Art::Verdaechtig)
    }
}

/// The tiers in which the routing is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// Office in To.
    T1,
    /// Office elsewhere.
    T2,
    /// Kundennummer.
    T3,
    /// Residence.
    T4,
    /// Several pieces of evidence, agreeing or not.
    T5,
    /// Nothing, or not for an Agentur.
    T6,
    /// Broken bytes.
    T7,
    /// Other languages and manners.
    T8,
}

impl Tier {
    pub const ALL: [Tier; 8] = [Tier::T1, Tier::T2, Tier::T3, Tier::T4, Tier::T5, Tier::T6, Tier::T7, Tier::T8];
}

/// In which letters somebody writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    AsUsual,
    Capitals,
    Small,
    /// Without signs and lines, as a telephone takes it down.
    Dictated,
}

/// One mail to be.
#[derive(Clone, Debug)]
pub struct Case {
    pub seed: u64,
    pub tier: Tier,
    pub art: Art,
    /// The mailbox it arrives in.
    pub region: String,
    pub author: Person,
    pub sprache: &'static Sprache,
    pub manner: Manner,
    pub office: Option<Office>,
    /// An office at a lower level than `office`: does not count.
    pub lower: Option<Office>,
    pub home: Option<(Home, HomeAt)>,
    pub other_home: Option<OtherHome>,
    /// A town named without postcode.
    pub town: Option<String>,
    pub numbers: Vec<Number>,
    /// The Agentur's name in the salutation or the address line.
    pub spoken_to: Option<String>,
    /// The field *Zuständige Dienststelle*.
    pub dienststelle: Option<String>,
    pub subject: String,
    pub salutation: String,
    pub paragraphs: Vec<String>,
    pub closing: String,
    /// What all of this amounts to.
    pub evidence: Evidence,
}

impl Case {
    /// What is to become of it.
    pub fn verdict(&self, profil: Profil, register: &Register) -> Verdict {
        match self.art {
            Art::FreieEmail | Art::EvmAu => routed(&self.evidence, profil, &self.region, register),
            Art::AnBeide | Art::Verdaechtig => Verdict::Ungeklaert,
            _ => Verdict::Bleibt,
        }
    }

    /// The Agenturen of all homes.
    pub fn residence(&self) -> Agenturen {
        let second = match &self.other_home {
            Some(OtherHome::Second(home)) => Some(home),
            _ => None,
        };
        let homes = self.home.iter().map(|(home, _)| home).chain(second);
        homes.flat_map(|home| home.agenturen.iter().cloned()).collect()
    }

    /// Address of the mailbox it arrives in.
    pub fn mailbox(&self) -> String {
        format!("{}@arbeitsagentur.example", self.region)
    }
}
