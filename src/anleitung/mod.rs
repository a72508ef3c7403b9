//! The QuickStep guide of one Agentur: what its staff set up in Outlook so that their marks can be read, and how they try
//! it out once.
//!
//! [`Anleitung`] is what the guide says, [`seite`] makes a page of it, in German and for people who know Outlook and
//! nothing of this program. [`quickstep`] holds the QuickSteps, [`selbsttest`] the test mails that `doctor` looks for.
//! Pure: the same value gives the same page.

mod markup;
pub mod outlook;
pub mod quickstep;
pub mod seite;
pub mod selbsttest;

use jiff::civil::Date;

use crate::domain::kennzeichen::Leser;
use quickstep::QuickStep;

/// What the guide of one Agentur says. All texts are as configured; whoever shows them escapes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anleitung {
    /// As people write it: "Agentur für Arbeit Kiel".
    pub agentur: String,
    /// What `doctor --selbsttest` takes.
    pub slug: String,
    /// The mailbox's name in the configuration.
    pub postfach: String,
    /// The mailbox's own address.
    pub adresse: String,
    /// The folder of the Agentur in that mailbox, with `/` as hierarchy.
    pub ordner: String,
    /// In the order in which they are set up and tried.
    pub quicksteps: Vec<QuickStep>,
    /// How marks are read there besides the folder that a mail lies in.
    pub leser: Vec<Leser>,
    /// Whether the mark for deletion says that a Vorgang was processed.
    pub loeschen_impliziert_bearbeitet: bool,
    /// The day on which the page is made.
    pub stand: Date,
}

impl Anleitung {
    /// Whether the folder lies below the INBOX, which German Outlook calls "Posteingang".
    fn is_below_inbox(&self) -> bool {
        self.ordner.split('/').next().is_some_and(|first| first.eq_ignore_ascii_case("INBOX"))
    }

    /// Whether Outlook's categories are read as marks, and not only seen by people.
    fn kategorien_zaehlen(&self) -> bool {
        self.leser.iter().any(|leser| matches!(leser, Leser::Schluesselwort | Leser::KeywordsKopfzeile))
    }
}
