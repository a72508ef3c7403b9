//! A message with what several rules need of it, each thing worked out once and only if asked for.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use crate::domain::decision::Fundort;
use crate::domain::message::{Message, Note};
use crate::domain::stammdaten::Stammdaten;

use super::Lage;
use super::authentication::Pruefung;
use super::blocks::{Block, BlockArt, Bloecke, Zitatzeichen};
use super::fold::fold;
use super::imitation::{Hausdomains, reads_the_same};
use super::kundennummer;
use super::letter::{self, Absatz, Briefworte};
use super::names::Namen;
use super::passages::{self, Passages};

/// Most attached messages looked at.
const MAX_ATTACHED: usize = 50;
/// Most From addresses looked at; a mail with more has no known sender.
const MAX_SENDERS: usize = 20;

/// What the rule files say about senders, subjects and other people's words.
#[derive(Clone, Debug)]
pub(super) struct Begriffe {
    pub haus: Hausdomains,
    /// How the receiving server confirms a sender.
    pub pruefung: Pruefung,
    /// Name and addresses (lower case) of each system sender.
    pub systemabsender: Vec<(String, Vec<String>)>,
    pub zeichen: Zitatzeichen,
    pub brief: Briefworte,
    /// Folded subject prefixes without the colon.
    pub weiterleitung_praefixe: Vec<String>,
    pub antwort_praefixe: Vec<String>,
    /// Most addresses read from one place.
    pub max_adressen: usize,
}

/// Who wrote a message, as far as its From field tells.
#[derive(Clone, Debug, Default)]
pub(super) struct Absender {
    /// Lower case, each once.
    pub adressen: BTreeSet<String>,
    /// The system sender, if From names it and nobody else.
    pub system: Option<String>,
    /// From names an address of the house.
    pub intern: bool,
    /// From looks like the house or a system sender, and is not.
    pub nachgeahmt: bool,
}

impl Absender {
    fn new(message: &Message, begriffe: &Begriffe) -> Self {
        let adressen: BTreeSet<String> = message
            .from
            .iter()
            .take(MAX_SENDERS)
            .map(|from| from.address.trim().trim_end_matches('.').to_ascii_lowercase())
            .collect();
        let domain = |address: &str| address.rsplit_once('@').map_or(String::new(), |(_, domain)| domain.to_owned());
        let local = |address: &str| address.rsplit_once('@').map_or(String::new(), |(local, _)| local.to_owned());
        let system_of = |address: &String| {
            begriffe.systemabsender.iter().find(|(_, theirs)| theirs.contains(address)).map(|(name, _)| name.clone())
        };
        let systems: Vec<String> = adressen.iter().filter_map(system_of).collect();
        let alone = message.from.len() == 1 && !message.has(Note::SeveralSenders);
        let copies_system = |address: &String| {
            let local = local(address);
            let is_foreign = !begriffe.haus.contains(&domain(address));
            let systems = begriffe.systemabsender.iter().flat_map(|(_, theirs)| theirs);
            let mut names = systems.filter_map(|theirs| theirs.rsplit_once('@')).map(|(local, _)| local);
            !local.is_empty() && names.any(|name| (is_foreign || name != local) && reads_the_same(name, &local))
        };
        Absender {
            intern: adressen.iter().any(|address| begriffe.haus.contains(&domain(address))),
            nachgeahmt: (!systems.is_empty() && !alone)
                || adressen.iter().filter(|address| system_of(address).is_none()).any(|address| {
                    // `eservice@house@evil`: the house inside the local part is there to be seen.
                    local(address).contains('@')
                        || copies_system(address)
                        || begriffe.haus.is_imitated_by(&domain(address))
                }),
            system: systems.into_iter().next().filter(|_| alone),
            adressen,
        }
    }
}

/// One message on its way through the rules.
#[derive(Debug)]
pub(super) struct Prepared<'a> {
    pub message: &'a Message,
    pub lage: &'a Lage<'a>,
    pub stammdaten: &'a Stammdaten,
    pub begriffe: &'a Begriffe,
    pub absender: Absender,
    attached: Vec<&'a Message>,
    attached_is_complete: bool,
    subject: OnceCell<String>,
    bloecke: OnceCell<Vec<Bloecke>>,
    own: OnceCell<BTreeSet<String>>,
    passages: OnceCell<Passages<'a>>,
    verfasser: OnceCell<Namen>,
    own_text: OnceCell<String>,
    letter: OnceCell<Vec<Absatz>>,
    has_kundennummer: OnceCell<bool>,
}

impl<'a> Prepared<'a> {
    pub fn new(message: &'a Message, lage: &'a Lage<'a>, stammdaten: &'a Stammdaten, begriffe: &'a Begriffe) -> Self {
        let (attached, attached_is_complete) = flatten(message);
        Prepared {
            message,
            lage,
            stammdaten,
            begriffe,
            absender: Absender::new(message, begriffe),
            attached,
            attached_is_complete,
            subject: OnceCell::new(),
            bloecke: OnceCell::new(),
            own: OnceCell::new(),
            passages: OnceCell::new(),
            verfasser: OnceCell::new(),
            own_text: OnceCell::new(),
            letter: OnceCell::new(),
            has_kundennummer: OnceCell::new(),
        }
    }

    /// The subject, folded.
    pub fn subject(&self) -> &str {
        self.subject.get_or_init(|| fold(&self.message.subject))
    }

    /// Attached messages at any depth, outer before inner.
    pub fn attached(&self) -> &[&'a Message] {
        &self.attached
    }

    /// The message itself, then the attached ones.
    pub fn messages(&self) -> impl Iterator<Item = &'a Message> + '_ {
        std::iter::once(self.message).chain(self.attached.iter().copied())
    }

    /// Whether fields of the header may be missing, so that neither kind nor recipients are certain. A mail that simply
    /// names no sender is none of those.
    pub fn header_is_incomplete(&self) -> bool {
        self.message.from.len() > MAX_SENDERS
            || [Note::HeaderTruncated, Note::NoHeader, Note::ParserFailed]
                .into_iter()
                .any(|note| self.message.has(note))
    }

    /// Whether only a part of what the sender wrote could be read, here or in an attached message.
    pub fn text_is_incomplete(&self) -> bool {
        !self.attached_is_complete
            || self.messages().any(|message| message.has(Note::TextTruncated) || message.has(Note::TooDeep))
    }

    /// Whether attachments, attached messages or more text may follow that were not read.
    pub fn parts_are_missing(&self) -> bool {
        self.messages().any(|message| message.has(Note::PartsMissing))
    }

    /// Forwarded and quoted messages: of the text, then of each attached message's text.
    pub fn bloecke(&self) -> &[Bloecke] {
        self.bloecke.get_or_init(|| self.messages().map(|message| self.begriffe.zeichen.read(&message.text)).collect())
    }

    /// Whether a block is a customer's message. A sender without address may be a colleague where the house writes, and
    /// counts as a customer elsewhere.
    pub fn is_from_customer(&self, block: &Block) -> bool {
        let is_named = !self.absender.intern || !block.absender.is_empty();
        is_named && !block.absender.iter().any(|address| self.is_house(address))
    }

    /// The innermost (last) customer's message of a text; a sentence that introduces a quotation makes no message.
    pub fn innermost_customer_block<'b>(&self, text: &'b Bloecke) -> Option<&'b Block> {
        text.bloecke.iter().rev().find(|block| block.art != BlockArt::Einleitung && self.is_from_customer(block))
    }

    /// Whether a customer's message is forwarded in it, as part of the text or attached.
    ///
    /// Answers quote just as forwards do. So the text is taken for forwarded only if the subject says so, or a line above
    /// the outermost block does and the subject does not say *answer*.
    pub fn forwards_customer(&self) -> bool {
        let is_forwarded = |block: &Block| block.art != BlockArt::Einleitung && self.is_from_customer(block);
        let says_forwarded = || {
            let prefix = subject_prefix(self.subject());
            let is_one_of = |known: &[String]| prefix.is_some_and(|prefix| known.iter().any(|known| known == prefix));
            let is_marked = || {
                let outermost = self.bloecke().first().and_then(|text| text.bloecke.first());
                outermost.is_some_and(|block| block.art == BlockArt::Weiterleitung)
            };
            is_one_of(&self.begriffe.weiterleitung_praefixe)
                || (!is_one_of(&self.begriffe.antwort_praefixe) && is_marked())
        };
        self.innermost_customer_attached().is_some()
            || (self.bloecke().iter().flat_map(|text| &text.bloecke).any(is_forwarded) && says_forwarded())
    }

    /// Where the innermost attached message of a customer stands in [`Self::messages`].
    pub fn innermost_customer_attached(&self) -> Option<usize> {
        let is_customers = |message: &&Message| {
            !message.from.is_empty()
                && message.from.iter().all(|from| {
                    let address = from.address.trim().to_ascii_lowercase();
                    address.contains('@') && !self.is_house(&address)
                })
        };
        self.attached.iter().rposition(is_customers).map(|index| index + 1)
    }

    /// The mail is a customer's message that somebody of the house passes on.
    pub fn is_passed_on(&self) -> bool {
        self.absender.intern && self.forwards_customer()
    }

    /// Whose words the mail holds.
    pub fn passages(&self) -> &Passages<'a> {
        self.passages.get_or_init(|| passages::read(self))
    }

    /// The name of whoever wrote the author's words.
    pub fn verfasser(&self) -> &Namen {
        self.verfasser.get_or_init(|| Namen::new(self.passages().verfasser.iter().map(String::as_str)))
    }

    /// The author's words as a letter.
    pub fn letter(&self) -> &[Absatz] {
        self.letter.get_or_init(|| letter::read(&self.passages().eigene, &self.begriffe.brief, self.verfasser()))
    }

    /// Whether a folded line begins as a salutation does.
    pub fn begins_with_salutation(&self, line: &str) -> bool {
        self.begriffe.brief.anreden.at_start_of(line).is_some()
    }

    /// The author's words, with their line breaks.
    fn own_text(&self) -> &str {
        self.own_text.get_or_init(|| self.passages().eigene.join("\n"))
    }

    /// Where the author may have written a Kundennummer. Of a message that is passed on, subject and attachments are
    /// the author's own.
    pub fn number_places(&self, fundort: Fundort) -> Vec<&str> {
        let attached = self.is_passed_on().then(|| self.innermost_customer_attached()).flatten();
        let messages = || std::iter::once(self.message).chain(attached.and_then(|index| self.messages().nth(index)));
        match fundort {
            Fundort::Betreff => messages().map(|message| message.subject.as_str()).collect(),
            Fundort::Anhangname => messages()
                .flat_map(|message| &message.attachments)
                .filter_map(|attachment| attachment.name.as_deref())
                .collect(),
            _ => vec![self.own_text()],
        }
    }

    fn is_house(&self, address: &str) -> bool {
        address.rsplit_once('@').is_some_and(|(_, domain)| self.begriffe.haus.contains(domain))
    }

    /// Whether an address (lower case) is the author's own or the mailbox's; neither is evidence.
    ///
    /// Where the house forwards a customer's message, that customer is the author.
    pub fn is_own(&self, address: &str) -> bool {
        self.own.get_or_init(|| self.own_addresses()).contains(address)
    }

    fn own_addresses(&self) -> BTreeSet<String> {
        let mut own = BTreeSet::from([self.lage.address.to_ascii_lowercase()]);
        if self.is_passed_on() {
            for text in self.bloecke() {
                own.extend(self.innermost_customer_block(text).iter().flat_map(|block| block.absender.clone()));
            }
            let innermost = self.attached.last().map(|message| message.from.as_slice()).unwrap_or_default();
            own.extend(innermost.iter().map(|from| from.address.trim().to_ascii_lowercase()));
        } else {
            own.extend(self.absender.adressen.iter().cloned());
        }
        own
    }

    /// Whether the author names a Kundennummer of a known Dienststelle: in subject, text or the name of an attachment.
    pub fn has_kundennummer(&self) -> bool {
        *self.has_kundennummer.get_or_init(|| {
            [Fundort::Betreff, Fundort::Text, Fundort::Anhangname].into_iter().any(|fundort| {
                self.number_places(fundort)
                    .into_iter()
                    .flat_map(kundennummer::find)
                    .any(|found| !self.stammdaten.dienststelle(&found.dienststelle, self.lage.tag).is_empty())
            })
        })
    }
}

/// The outermost prefix of a folded subject, without its number: `re` of `[extern] re[2]: wg: x`.
fn subject_prefix(subject: &str) -> Option<&str> {
    let mut rest = subject;
    // Gateways and ticket systems put their tags in front.
    while let Some((_, behind)) = rest.strip_prefix('[').and_then(|tag| tag.split_once(']')) {
        rest = behind.trim_start();
    }
    let (prefix, _) = rest.split_once(':')?;
    prefix.split(|c: char| !c.is_alphanumeric()).next().filter(|word| !word.is_empty())
}

/// Where a Kundennummer may stand.
pub(super) fn searchable(message: &Message) -> impl Iterator<Item = &str> {
    [message.subject.as_str(), message.text.as_str()]
        .into_iter()
        .chain(message.attachments.iter().filter_map(|attachment| attachment.name.as_deref()))
}

/// Attached messages of any depth, outer before inner, up to a bound; and whether these are all.
fn flatten(message: &Message) -> (Vec<&Message>, bool) {
    let mut all: Vec<&Message> = message.attached.iter().take(MAX_ATTACHED).collect();
    let mut complete = message.attached.len() <= MAX_ATTACHED;
    let mut at = 0;
    while at < all.len() {
        let inner = &all[at].attached;
        let room = MAX_ATTACHED - all.len();
        complete &= inner.len() <= room;
        all.extend(inner.iter().take(room));
        at += 1;
    }
    (all, complete)
}

#[cfg(test)]
#[path = "prepare_tests.rs"]
mod tests;
