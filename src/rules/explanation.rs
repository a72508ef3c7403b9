//! Everything that went into a decision, for the person who asks why.
//!
//! Other than a [`Decision`], an explanation holds words of the mail. It is shown to whoever brought the mail file and
//! is never logged or stored.

use crate::domain::agentur::{AgenturId, AgenturSet};
use crate::domain::decision::{Decision, Evidenz, EvidenzArt, Fundort};

/// A decision with all that was found and not found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    pub decision: Decision,
    /// All evidence, strongest kind first.
    pub gefunden: Vec<Fundstelle>,
    /// What looked like evidence and did not count.
    pub verworfen: Vec<Verworfen>,
    /// Who has how many votes of the majority, most first.
    pub stimmen: Vec<Stimmen>,
    /// Votes that make a majority.
    pub mehrheit_ab: usize,
    /// What the evidence alone says, before Vertretung, region and folder.
    pub nach_hinweisen: Option<AgenturId>,
}

/// One piece of evidence with the words that it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fundstelle {
    pub art: EvidenzArt,
    /// The Agenturen it names; never empty.
    pub agenturen: AgenturSet,
    pub fundort: Fundort,
    /// As it stands in the mail: an address, a postcode, a number, a name. Short.
    pub wortlaut: String,
}

impl Fundstelle {
    /// The part that may be stored.
    pub fn evidenz(&self) -> Evidenz {
        Evidenz { art: self.art, agenturen: self.agenturen.clone(), fundort: self.fundort }
    }
}

/// Something that looked like evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verworfen {
    pub art: EvidenzArt,
    pub fundort: Fundort,
    /// As it stands in the mail. Short.
    pub wortlaut: String,
    pub warum: Ausschluss,
}

/// Why something does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ausschluss {
    /// In the same paragraph as a company or another body.
    FremdeStelle,
    /// In words that are not the author's: forwarded, quoted, or the forwarder's own.
    FremdeWorte,
    /// Said of another person or thing, or at least not clearly of the sender.
    AnderePerson,
    /// An address that is no longer valid.
    AlteAnschrift,
    /// An address that is valid only after the mail arrived.
    KuenftigeAnschrift,
    /// Another address is the sender's new one.
    NeuereAnschrift,
    /// In a foreign country.
    Ausland,
    /// A post-office box.
    Postfach,
    /// Neither behind a label nor in signature or letter head.
    KeineAnschrift,
    /// No delivery postcode of the table.
    KeinePostleitzahl,
    /// No town, or a name that several Agenturen share.
    OrtMehrdeutig,
    /// The first three digits are no known Dienststelle.
    UnbekannteDienststelle,
    /// A better place holds such evidence already.
    BessererFundort,
    /// The sender's own address or the mailbox's.
    EigeneAdresse,
    /// A person's address, not an office's.
    Person,
    /// An exception outside its validity.
    NichtGueltig,
}

impl Ausschluss {
    /// The word in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FremdeStelle => "fremde_stelle",
            Self::FremdeWorte => "fremde_worte",
            Self::AnderePerson => "andere_person",
            Self::AlteAnschrift => "alte_anschrift",
            Self::KuenftigeAnschrift => "kuenftige_anschrift",
            Self::NeuereAnschrift => "neuere_anschrift",
            Self::Ausland => "ausland",
            Self::Postfach => "postfach",
            Self::KeineAnschrift => "keine_anschrift",
            Self::KeinePostleitzahl => "keine_postleitzahl",
            Self::OrtMehrdeutig => "ort_mehrdeutig",
            Self::UnbekannteDienststelle => "unbekannte_dienststelle",
            Self::BessererFundort => "besserer_fundort",
            Self::EigeneAdresse => "eigene_adresse",
            Self::Person => "person",
            Self::NichtGueltig => "nicht_gueltig",
        }
    }

    /// All of them.
    pub const ALL: [Self; 16] = [
        Self::FremdeStelle,
        Self::FremdeWorte,
        Self::AnderePerson,
        Self::AlteAnschrift,
        Self::KuenftigeAnschrift,
        Self::NeuereAnschrift,
        Self::Ausland,
        Self::Postfach,
        Self::KeineAnschrift,
        Self::KeinePostleitzahl,
        Self::OrtMehrdeutig,
        Self::UnbekannteDienststelle,
        Self::BessererFundort,
        Self::EigeneAdresse,
        Self::Person,
        Self::NichtGueltig,
    ];
}

/// Votes for one Agentur.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stimmen {
    pub agentur: AgenturId,
    /// The kinds of evidence that name it, of those that vote.
    pub arten: Vec<EvidenzArt>,
}
