//! A: the address of a local office, by levels; the first level with a hit counts.

use crate::domain::agentur::AgenturSet;
use crate::domain::decision::{EvidenzArt, Fundort};
use crate::domain::message::Note;
use crate::rules::addresses;
use crate::rules::explanation::{Ausschluss, Fundstelle, Verworfen};
use crate::rules::glob::{Glob, any_matches};
use crate::rules::prepare::Prepared;

use super::{Finder, Fund};

/// RFC 5321, 4.5.3.1.3: a path has at most 256 octets with its angle brackets.
const MAX_ADDRESS: usize = 254;

/// Where addresses may be taken from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::rules) enum Quelle {
    To,
    Cc,
    /// A header field by its name in lower case.
    Kopfzeile(String),
    /// The `for <...>` clause of `Received`.
    ReceivedFor,
    ZitatEmpfaenger,
    AnhangEmpfaenger,
    ZitatAbsender,
}

impl Quelle {
    fn fundort(&self) -> Fundort {
        match self {
            Quelle::To => Fundort::To,
            Quelle::Cc => Fundort::Cc,
            Quelle::Kopfzeile(name) => match name.as_str() {
                "resent-to" => Fundort::ResentTo,
                "delivered-to" => Fundort::DeliveredTo,
                "x-original-to" => Fundort::XOriginalTo,
                "x-envelope-to" => Fundort::XEnvelopeTo,
                _ => Fundort::Kopfzeile,
            },
            Quelle::ReceivedFor => Fundort::ReceivedFor,
            Quelle::ZitatEmpfaenger => Fundort::ZitatEmpfaenger,
            Quelle::AnhangEmpfaenger => Fundort::AnhangEmpfaenger,
            Quelle::ZitatAbsender => Fundort::ZitatAbsender,
        }
    }

    fn fundstelle(&self, wortlaut: String, agenturen: AgenturSet) -> Fundstelle {
        Fundstelle { art: EvidenzArt::EmpfaengerLiegenschaft, agenturen, fundort: self.fundort(), wortlaut }
    }

    fn discard(&self, wortlaut: String, warum: Ausschluss) -> Verworfen {
        Verworfen { art: EvidenzArt::EmpfaengerLiegenschaft, fundort: self.fundort(), wortlaut, warum }
    }

    /// Whether it lies in the text or in attached messages, which may be cut off.
    fn is_inside(&self) -> bool {
        matches!(self, Quelle::ZitatEmpfaenger | Quelle::AnhangEmpfaenger | Quelle::ZitatAbsender)
    }
}

/// Finds office addresses.
#[derive(Clone, Debug)]
pub(in crate::rules) struct AddressFinder {
    /// Best first.
    pub stufen: Vec<Vec<Quelle>>,
    /// What must stand after `Stamm.` for a team mailbox; compared with each word of that part.
    pub teamwoerter: Vec<Glob>,
    /// A part that begins with a digit names a team, too.
    pub ziffer_genuegt: bool,
    /// Addresses of other bodies, never an office.
    pub nie: Vec<Glob>,
}

impl Finder for AddressFinder {
    fn find(&self, mail: &Prepared<'_>) -> Fund {
        let mut fund = Fund { unlesbar: mail.header_is_incomplete(), ..Fund::default() };
        for stufe in &self.stufen {
            let is_beaten = !fund.evidenz.is_empty();
            for quelle in stufe {
                let (addresses, complete) = addresses_at(quelle, mail);
                fund.unlesbar |= !is_beaten && !complete;
                for address in addresses {
                    match self.office(&address, mail) {
                        Ok(_) if is_beaten => fund.verworfen.push(quelle.discard(address, Ausschluss::BessererFundort)),
                        Ok(agenturen) => fund.evidenz.push(quelle.fundstelle(address, agenturen)),
                        Err(Some(warum)) => fund.verworfen.push(quelle.discard(address, warum)),
                        Err(None) => {}
                    }
                }
            }
        }
        fund.evidenz.sort_by(|a, b| (a.fundort, &a.wortlaut).cmp(&(b.fundort, &b.wortlaut)));
        fund.evidenz.dedup();
        fund
    }
}

impl AddressFinder {
    /// Whether an office is written to directly, in To or Cc.
    pub fn in_to_or_cc(&self, mail: &Prepared<'_>) -> bool {
        [Quelle::To, Quelle::Cc]
            .iter()
            .any(|quelle| addresses_at(quelle, mail).0.iter().any(|address| self.office(address, mail).is_ok()))
    }

    /// The Agenturen behind an address (lower case): exact, or as a team mailbox of an office; never none. An address
    /// that is near to count says why it does not.
    fn office(&self, address: &str, mail: &Prepared<'_>) -> Result<AgenturSet, Option<Ausschluss>> {
        // Foreign letters that lower-case to ASCII must not imitate an office.
        if address.len() > MAX_ADDRESS || !address.is_ascii() || any_matches(&self.nie, address) {
            return Err(None);
        }
        let exact = mail.stammdaten.adresse(address, mail.lage.tag);
        let dotted = address.split('@').next().is_some_and(|local| local.contains('.'));
        let (agenturen, otherwise) = if !exact.is_empty() || !dotted {
            (exact, None)
        } else {
            let covering = mail.stammdaten.muster(address, mail.lage.tag);
            let otherwise = (!covering.is_empty()).then_some(Ausschluss::Person);
            let teams = covering.into_iter().filter(|(_, rest)| self.names_a_team(rest));
            (teams.map(|(agentur, _)| agentur).collect(), otherwise)
        };
        match agenturen {
            none if none.is_empty() => Err(otherwise),
            _ if mail.is_own(address) => Err(Some(Ausschluss::EigeneAdresse)),
            agenturen => Ok(agenturen),
        }
    }

    fn names_a_team(&self, rest: &str) -> bool {
        (self.ziffer_genuegt && rest.starts_with(|c: char| c.is_ascii_digit()))
            || rest.split(|c: char| !c.is_alphanumeric()).any(|word| any_matches(&self.teamwoerter, word))
    }
}

/// The addresses at one place in lower case, and whether these are all.
fn addresses_at(quelle: &Quelle, mail: &Prepared<'_>) -> (Vec<String>, bool) {
    let limit = mail.begriffe.max_adressen;
    let mut found = Vec::new();
    let mut complete = !quelle.is_inside() || !inside_may_be_cut(mail);
    match quelle {
        Quelle::To => complete &= take(&mail.message.to, limit, &mut found),
        Quelle::Cc => complete &= take(&mail.message.cc, limit, &mut found),
        Quelle::Kopfzeile(name) => {
            for value in mail.message.header_values(name) {
                complete &= addresses::read(value, limit, &mut found);
            }
        }
        Quelle::ReceivedFor => {
            for value in mail.message.header_values("received") {
                complete &= received_for(value, limit, &mut found);
            }
        }
        Quelle::AnhangEmpfaenger => {
            for attached in mail.attached() {
                complete &= take(&attached.to, limit, &mut found) && take(&attached.cc, limit, &mut found);
            }
        }
        Quelle::ZitatEmpfaenger => {
            for text in mail.bloecke() {
                complete &= !text.ueberlauf;
                if let Some(innermost) = mail.innermost_customer_block(text) {
                    found.extend_from_slice(&innermost.empfaenger);
                }
            }
        }
        Quelle::ZitatAbsender => {
            for text in mail.bloecke() {
                complete &= !text.ueberlauf;
                text.bloecke.iter().for_each(|block| found.extend_from_slice(&block.absender));
            }
        }
    }
    (found, complete)
}

fn take(addresses: &[crate::domain::message::Address], limit: usize, found: &mut Vec<String>) -> bool {
    let room = limit.saturating_sub(found.len());
    found.extend(addresses.iter().take(room).map(|address| address.address.trim().to_ascii_lowercase()));
    addresses.len() <= room
}

/// `for <Mayen@x.example>;` within a trace field (RFC 5321, 4.4).
fn received_for(value: &str, limit: usize, found: &mut Vec<String>) -> bool {
    let value = without_comments(value);
    let mut words = value.split_whitespace();
    while let Some(word) = words.next() {
        if !word.eq_ignore_ascii_case("for") {
            continue;
        }
        let Some(address) = words.next() else { break };
        let address = address.trim_matches(|c| matches!(c, '<' | '>' | ';' | ','));
        if !addresses::read(address, limit, found) {
            return false;
        }
    }
    true
}

/// A field without its comments (RFC 5322, 3.2.2): in a trace field they hold what the sending machine says of itself.
/// After a bracket that is never closed nothing counts.
fn without_comments(value: &str) -> String {
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    value
        .chars()
        .map(|c| {
            let is_escaped = std::mem::take(&mut escaped);
            match c {
                '\\' if !is_escaped => escaped = true,
                '"' if !is_escaped && depth == 0 => quoted = !quoted,
                '(' if !is_escaped && !quoted => depth += 1,
                ')' if !is_escaped && !quoted && depth > 0 => {
                    depth -= 1;
                    return ' ';
                }
                _ => {}
            }
            if depth > 0 || quoted { ' ' } else { c }
        })
        .collect()
}

/// Whether quoted or attached messages may be missing. A mail whose text is complete usually ends within an attachment
/// that it shows; one that shows none could still hold a message.
fn inside_may_be_cut(mail: &Prepared<'_>) -> bool {
    mail.text_is_incomplete()
        || mail.attached().iter().any(|attached| attached.has(Note::HeaderTruncated))
        || (mail.parts_are_missing() && mail.message.attachments.is_empty())
}
