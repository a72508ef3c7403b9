//! A Vorgang (a tracked message) as the ledger keeps it, and the operations on it: closed words, numbers, pseudonyms and
//! times, nothing readable of a mail.

use jiff::Timestamp;

use super::decision::Decision;
use super::id::{Fingerprint, FolderName, MessageIdHash, Place, RegelwerkVersion, Uid, UidValidity};
use super::kennzeichen::Kennzeichen;
use super::postfach::Betriebsart;
use super::stammdaten::Stammdaten;

/// Internal number of a Vorgang (a tracked message); what people see instead of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VorgangId(pub i64);

/// Internal number of a journalled operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OperationId(pub i64);

/// A decision in closed words, master data keys resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionRecord {
    pub vorgangsart: &'static str,
    pub entscheidung: &'static str,
    /// Slug of the Agentur it is to be handed over to.
    pub agentur: Option<String>,
    pub regel: String,
    pub grund: &'static str,
    /// `art:slug|slug@fundort`, one piece of evidence after the other, separated by blanks.
    pub evidenz: String,
    /// Slug of the runner-up.
    pub zweiter: Option<String>,
}

impl DecisionRecord {
    /// The storable form of a decision.
    pub fn new(decision: &Decision, stammdaten: &Stammdaten) -> Self {
        let slug = |id| stammdaten.agentur(id).slug.clone();
        let evidenz = decision
            .evidenz
            .iter()
            .map(|evidenz| {
                let slugs: Vec<_> = evidenz.agenturen.iter().map(|&id| slug(id)).collect();
                format!("{}:{}@{}", evidenz.art.as_str(), slugs.join("|"), evidenz.fundort.as_str())
            })
            .collect::<Vec<_>>()
            .join(" ");
        DecisionRecord {
            vorgangsart: decision.vorgangsart.as_str(),
            entscheidung: decision.entscheidung.as_str(),
            agentur: decision.entscheidung.agentur().map(slug),
            regel: decision.regel.clone(),
            grund: decision.grund.as_str(),
            evidenz,
            zweiter: decision.zweiter.map(slug),
        }
    }
}

/// A message seen and decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zuordnung {
    /// The Vorgang that is decided again; `None`: seen for the first time.
    pub vorgang: Option<VorgangId>,
    pub place: Place,
    pub fingerprint: Fingerprint,
    /// What replies will name it by; `None`: it has no usable Message-ID.
    pub message_id: Option<MessageIdHash>,
    /// INTERNALDATE: when it arrived.
    pub eingang: Timestamp,
    /// RFC822.SIZE, an estimate on some servers; kept as a class only.
    pub size: u32,
    /// The mark that its `Keywords:` field showed; later only another one counts. `None`: nobody has read it.
    pub kopfzeile: Option<Option<Kennzeichen>>,
    pub decision: DecisionRecord,
    /// It may have been sorted before the ledger was lost: if it is new here, it is held.
    pub bestand_unklar: bool,
    pub regelwerk: RegelwerkVersion,
    pub betriebsart: Betriebsart,
}

/// A message the ledger knows in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownMail {
    pub vorgang: VorgangId,
    pub uid: Uid,
    pub fingerprint: Fingerprint,
    /// INTERNALDATE of the message it was made for.
    pub eingang: Timestamp,
    /// The closed word of its last decision's reason.
    pub grund: String,
    /// Slug of the Agentur, if it is to be handed over.
    pub agentur: Option<String>,
    /// Whether the last decision was made by the rule set asked about.
    pub current: bool,
    /// Why rules never move it again, if they must not.
    pub halt: Option<Haltegrund>,
}

/// The word for rule and reason of what was written down again after a loss.
pub const WIEDERAUFGEBAUT: &str = "wiederaufgebaut";

/// Why rules never move a message again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Haltegrund {
    /// A person put it there, or a move of it ended so that another one could double it.
    Zurueckgegeben,
    /// It was there when the ledger was lost: a person may have put it there.
    BestandUnklar,
    /// It may lie in two folders.
    Mehrdeutig,
}

impl Haltegrund {
    /// The word in the ledger, and for why it stays.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Zurueckgegeben => "zurueckgegeben",
            Self::BestandUnklar => "bestand_unklar",
            Self::Mehrdeutig => "mehrdeutig",
        }
    }

    /// The reason with this word; a word of another program counts as the strongest one.
    pub fn from_word(word: &str) -> Self {
        [Self::BestandUnklar, Self::Mehrdeutig]
            .into_iter()
            .find(|grund| grund.as_str() == word)
            .unwrap_or(Self::Zurueckgegeben)
    }
}

/// What a loss of the ledger means for a mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verlustlage {
    /// When a cycle was completed last before it, if that is known.
    pub letzter_zyklus: Option<Timestamp>,
    /// When the loss was noticed.
    pub bemerkt: Timestamp,
    /// The folders have been looked through since.
    pub wiederaufgebaut: bool,
}

impl Verlustlage {
    /// Whether a mail that arrived then may have been sorted before the loss, and put back by a person.
    pub fn may_have_been_sorted(&self, eingang: Timestamp) -> bool {
        // Servers tell whole seconds.
        // A note whose time lies in the future would hold all that comes.
        let last = self.letzter_zyklus.unwrap_or(self.bemerkt).min(self.bemerkt);
        eingang.as_second() < last.as_second()
    }
}

/// A message found in the folder of an Agentur after a loss.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wiedergefunden {
    pub uid: Uid,
    pub fingerprint: Fingerprint,
    pub message_id: Option<MessageIdHash>,
    /// INTERNALDATE.
    pub eingang: Timestamp,
    /// RFC822.SIZE; 0 if the server did not say.
    pub size: u32,
}

/// How a message gets into another folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weg {
    /// UID MOVE (RFC 6851).
    Move,
    /// UID COPY, then `\Deleted` and UID EXPUNGE of the source (RFC 4315), for servers without MOVE.
    Copy,
}

impl Weg {
    /// The word in the ledger.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Move => "move",
            Self::Copy => "copy",
        }
    }

    /// The way with this word in the ledger.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Move, Self::Copy].into_iter().find(|weg| weg.as_str() == word)
    }
}

/// A move that is about to be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intent {
    pub vorgang: VorgangId,
    pub weg: Weg,
    pub source: Place,
    pub target: FolderName,
    /// What STATUS said of the target before, where it said so: a lower bound for the new UID.
    pub target_uidvalidity: Option<UidValidity>,
    pub target_uidnext: Option<Uid>,
}

/// An operation whose end is not recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenOperation {
    pub id: OperationId,
    pub vorgang: VorgangId,
    pub source: Place,
    pub target: FolderName,
    pub target_uidvalidity: Option<UidValidity>,
    pub target_uidnext: Option<Uid>,
    pub fingerprint: Fingerprint,
    /// 1 for the first try.
    pub attempt: u32,
    pub weg: Weg,
    /// Where the proved copy lies in the target, if the source is all that is left to be dealt with.
    pub kopie: Option<(UidValidity, Uid)>,
}

/// A copy that the server has proved; the source is still there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kopie {
    pub operation: OperationId,
    pub uidvalidity: UidValidity,
    pub uid: Uid,
}

/// How an operation ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Proved: the message lies there.
    Moved { uidvalidity: UidValidity, uid: Uid },
    /// It is in neither folder: somebody else was faster.
    Gone,
    /// Proved: it still lies in the source. The reason is a closed word.
    NotMoved { grund: &'static str },
    /// It may lie in both; nothing more is done by the program.
    Ambiguous(Zweifel),
}

/// Why it cannot be known whether a message was copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zweifel {
    /// Nobody heard the answer: the program or the connection ended in between.
    Unterbrochen,
    /// The server answered, and what lies in the folder does not agree with it.
    Unerkannt,
}

impl Zweifel {
    /// The word in the ledger.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unterbrochen => "unterbrochen",
            Self::Unerkannt => "unerkannt",
        }
    }
}

/// The end of one operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    pub operation: OperationId,
    pub outcome: Outcome,
}

/// Where a Vorgang was seen last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    pub vorgang: VorgangId,
    pub place: Place,
    /// Whether it lies there as far as the ledger knows; `false`: a later listing did not show it any more.
    pub present: bool,
}

/// What became of a decision that was to be noted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recorded {
    pub vorgang: VorgangId,
    /// Why rules do not move it, if they must not.
    pub halt: Option<Haltegrund>,
}

/// How many Vorgänge of a mailbox ended up alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SummaryRow {
    pub postfach: String,
    /// Closed words of the last decision.
    pub entscheidung: String,
    pub agentur: Option<String>,
    pub grund: String,
    /// All Vorgänge decided so.
    pub vorgaenge: u64,
    /// How many of them the program has moved.
    pub uebergeben: u64,
}
