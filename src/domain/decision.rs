//! What was decided about a message, and why, in closed words that may be stored.
//!
//! A [`Decision`] never holds text of the mail: evidence is named by kind and place. The ledger and the logs keep the
//! words of this file; `as_str` of each enum is the one spelling.

use super::agentur::{AgenturId, AgenturSet};

/// Kind of message (Vorgangsart), in the order in which it is tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Vorgangsart {
    Bounce,
    Verdaechtig,
    EvmAu,
    EvmSonstige,
    Kontaktformular,
    Postfachnachricht,
    Autoreply,
    Rundschreiben,
    Intern,
    SpamIsh,
    FremdJobcenter,
    FremdFamilienkasse,
    /// Another body that the rules name by its addresses.
    FremdSonstige,
    FreieEmail,
}

impl Vorgangsart {
    /// All kinds, in order.
    pub const ALL: [Self; 14] = [
        Self::Bounce,
        Self::Verdaechtig,
        Self::EvmAu,
        Self::EvmSonstige,
        Self::Kontaktformular,
        Self::Postfachnachricht,
        Self::Autoreply,
        Self::Rundschreiben,
        Self::Intern,
        Self::SpamIsh,
        Self::FremdJobcenter,
        Self::FremdFamilienkasse,
        Self::FremdSonstige,
        Self::FreieEmail,
    ];

    /// The word in rule files, ledger and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bounce => "bounce",
            Self::Verdaechtig => "verdaechtig",
            Self::EvmAu => "evm-au",
            Self::EvmSonstige => "evm-sonstige",
            Self::Kontaktformular => "kontaktformular",
            Self::Postfachnachricht => "postfachnachricht",
            Self::Autoreply => "autoreply",
            Self::Rundschreiben => "rundschreiben",
            Self::Intern => "intern",
            Self::SpamIsh => "spam-ish",
            Self::FremdJobcenter => "fremd-jobcenter",
            Self::FremdFamilienkasse => "fremd-familienkasse",
            Self::FremdSonstige => "fremd-sonstige",
            Self::FreieEmail => "freie-email",
        }
    }
}

/// What kind of evidence names an Agentur.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EvidenzArt {
    /// An earlier mail of the same conversation is with that Agentur.
    Gespraech,
    /// An explicit rule of the admins.
    Ausnahme,
    /// D: the field *Zuständige Dienststelle* of an eService mail.
    EserviceFeld,
    /// A: the address of a local office.
    EmpfaengerLiegenschaft,
    /// W by postcode.
    Plz,
    /// W by town name only.
    Ortsname,
    /// K: the prefix of a Kundennummer.
    KundennummerPraefix,
    /// N: the salutation or address line.
    Anrede,
}

impl EvidenzArt {
    /// All kinds, strongest first as the shipped rules have it.
    pub const ALL: [Self; 8] = [
        Self::Gespraech,
        Self::Ausnahme,
        Self::EserviceFeld,
        Self::EmpfaengerLiegenschaft,
        Self::Plz,
        Self::Ortsname,
        Self::KundennummerPraefix,
        Self::Anrede,
    ];

    /// The word in ledger, reports and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Gespraech => "gespraech",
            Self::Ausnahme => "ausnahme",
            Self::EserviceFeld => "eservice_feld",
            Self::EmpfaengerLiegenschaft => "empfaenger_liegenschaft",
            Self::Plz => "plz",
            Self::Ortsname => "ortsname",
            Self::KundennummerPraefix => "kundennummer_praefix",
            Self::Anrede => "anrede",
        }
    }
}

/// Where in a message an evidence stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fundort {
    To,
    Cc,
    ResentTo,
    DeliveredTo,
    XOriginalTo,
    XEnvelopeTo,
    /// Another header field that the rules name.
    Kopfzeile,
    ReceivedFor,
    /// Recipient lines of the innermost forwarded or quoted message.
    ZitatEmpfaenger,
    /// To or Cc of an attached message.
    AnhangEmpfaenger,
    /// Sender lines of a quoted block, and the line that introduces a quotation.
    ZitatAbsender,
    /// A labelled field of a system mail.
    Feld,
    Betreff,
    Text,
    Anhangname,
    /// Behind a word such as *Anschrift* or *wohnhaft*.
    Anschrift,
    /// In the signature.
    Signatur,
    /// In the sender's block at the top of a letter.
    Briefkopf,
    /// In the salutation or the address line.
    Anrede,
    /// The fields that tie a reply to an earlier mail.
    Gespraech,
    /// Nowhere: a rule of the admins says so.
    Regel,
}

impl Fundort {
    /// The word in ledger and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::To => "to",
            Self::Cc => "cc",
            Self::ResentTo => "resent-to",
            Self::DeliveredTo => "delivered-to",
            Self::XOriginalTo => "x-original-to",
            Self::XEnvelopeTo => "x-envelope-to",
            Self::Kopfzeile => "kopfzeile",
            Self::ReceivedFor => "received-for",
            Self::ZitatEmpfaenger => "zitat-empfaenger",
            Self::AnhangEmpfaenger => "anhang-empfaenger",
            Self::ZitatAbsender => "zitat-absender",
            Self::Feld => "feld",
            Self::Betreff => "betreff",
            Self::Text => "text",
            Self::Anhangname => "anhangname",
            Self::Anschrift => "anschrift",
            Self::Signatur => "signatur",
            Self::Briefkopf => "briefkopf",
            Self::Anrede => "anrede",
            Self::Gespraech => "gespraech",
            Self::Regel => "regel",
        }
    }
}

/// One piece of evidence: what kind, which Agenturen, where found. Never the text itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidenz {
    pub art: EvidenzArt,
    /// The Agenturen it names; never empty.
    pub agenturen: AgenturSet,
    pub fundort: Fundort,
}

/// The outcome, as the command line and the ledger name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Entscheidung {
    /// To be handed over to this Agentur.
    Uebergeben(AgenturId),
    /// No safe target: stays, for a person.
    Ungeklaert,
    /// Not for an Agentur: stays with the Service Center.
    VerbleibtSc,
    /// Another body's matter: stays.
    Fremd,
    /// Made by a machine: stays, never counted.
    Automatisch,
}

impl Entscheidung {
    /// The word in ledger and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Uebergeben(_) => "uebergeben",
            Self::Ungeklaert => "ungeklaert",
            Self::VerbleibtSc => "verbleibt_sc",
            Self::Fremd => "fremd",
            Self::Automatisch => "automatisch",
        }
    }

    /// The Agentur, where there is one.
    pub fn agentur(self) -> Option<AgenturId> {
        match self {
            Self::Uebergeben(id) => Some(id),
            _ => None,
        }
    }
}

/// Why it was decided so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Grund {
    /// This evidence decided.
    Evidenz(EvidenzArt),
    /// At least two of A, W and K agree.
    Mehrheit,
    /// The Agentur found has a Vertretung on that day, which got the message; `zweiter` is the one represented.
    Vertretung,
    /// The kind of message stays where it is.
    Vorgangsart(Vorgangsart),
    /// The evidence names several Agenturen, or contradicts itself.
    Widerspruch,
    /// Nothing usable.
    KeinHinweis,
    /// Only hints, and the profile is `streng`.
    NurHinweise,
    /// Something that could change the answer could not be read, or not to its end.
    NichtAuswertbar,
    /// Nothing but an exception names an Agentur, and its validity has ended.
    RegelAbgelaufen,
    /// The Agentur belongs to another SC region than the mailbox.
    AndereScRegion,
    /// Signs of several Rechtskreise.
    MehrereRechtskreise,
    /// The Agentur has no folder that can be opened.
    OrdnerFehlt,
    /// A system sender that is not confirmed, or an imitation of one.
    AbsenderUnbestaetigt,
}

impl Grund {
    /// Every reason why a message stays.
    #[cfg(test)]
    pub fn to_stay() -> Vec<Grund> {
        let kinds = Vorgangsart::ALL
            .into_iter()
            .filter(|art| !matches!(art, Vorgangsart::FreieEmail | Vorgangsart::EvmAu | Vorgangsart::Verdaechtig));
        let others = [
            Self::Widerspruch,
            Self::KeinHinweis,
            Self::NurHinweise,
            Self::NichtAuswertbar,
            Self::RegelAbgelaufen,
            Self::AndereScRegion,
            Self::MehrereRechtskreise,
            Self::OrdnerFehlt,
            Self::AbsenderUnbestaetigt,
        ];
        kinds.map(Self::Vorgangsart).chain(others).collect()
    }

    /// The word in ledger and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Evidenz(art) => art.as_str(),
            Self::Mehrheit => "mehrheit",
            Self::Vertretung => "vertretung",
            Self::Vorgangsart(art) => art.as_str(),
            Self::Widerspruch => "widerspruch",
            Self::KeinHinweis => "kein_hinweis",
            Self::NurHinweise => "nur_hinweise",
            Self::NichtAuswertbar => "nicht_auswertbar",
            Self::RegelAbgelaufen => "regel_abgelaufen",
            Self::AndereScRegion => "andere_sc_region",
            Self::MehrereRechtskreise => "mehrere_rechtskreise",
            Self::OrdnerFehlt => "ordner_fehlt",
            Self::AbsenderUnbestaetigt => "absender_unbestaetigt",
        }
    }
}

/// The answer of the rules about one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    pub vorgangsart: Vorgangsart,
    pub entscheidung: Entscheidung,
    /// Name of the rule that decided, from the rule files, e.g. `evidenz.empfaenger_liegenschaft`.
    pub regel: String,
    pub grund: Grund,
    /// All evidence found, strongest kind first.
    pub evidenz: Vec<Evidenz>,
    /// The Agentur that the evidence points to although the message is not handed over to it (another region, no
    /// folder), or the next best one.
    pub zweiter: Option<AgenturId>,
}
