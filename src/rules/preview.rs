//! What evidence that is not weighed yet could still say.
//!
//! Home, Kundennummer and name are not read as evidence by this version. So that nothing is handed over which they
//! would have sent elsewhere, this scanner takes *everything* that might be such evidence, far too much rather than
//! too little, and answers one question: could the decision be another one? If so, the message stays.

use crate::domain::agentur::{AgenturId, AgenturSet};
use crate::domain::decision::{Evidenz, Grund};
use crate::domain::message::Message;
use crate::domain::stammdaten::fold_ort;

use super::decide::Urteil;
use super::fold::{fold, is_invisible};
use super::kundennummer;
use super::prepare::{Prepared, searchable};

/// Most numbers of one kind that are looked up; beyond, everything is possible.
const MAX_LOOKUPS: usize = 2_000;
/// Most words that are looked up as town names; beyond, every town is possible.
const MAX_WORDS: usize = 8_000;
/// Most words of one town name, e.g. `Neustadt an der Weinstraße`.
const MAX_TOWN_WORDS: usize = 5;

/// The signs of evidence that is not weighed yet, from the rule files.
#[derive(Clone, Debug, Default)]
pub(super) struct Vorschau {
    /// Folded words before which or after which an office or a home is named.
    pub hinweisworte: Vec<String>,
}

/// All that could be named.
struct Possible {
    by_number: AgenturSet,
    by_postcode: AgenturSet,
    /// Parts of the mail were not read: they could hold the one that is missing.
    parts_missing: bool,
    /// There was more than is looked up.
    unbounded: bool,
}

impl Vorschau {
    /// Checks a decision that rests on the evidence weighed so far: it stands, or it is left open.
    pub fn check(&self, mail: &Prepared<'_>, evidenz: &[Evidenz], urteil: Urteil) -> Urteil {
        let possible = Possible::new(mail);
        let changes = possible.unbounded
            || match urteil.agentur {
                Some(agentur) => possible.overrules(agentur, mail, || self.has_hint_words(mail)),
                None => possible.chooses(evidenz) || self.has_hint_words(mail),
            };
        if changes {
            Urteil { agentur: None, grund: Grund::NichtAuswertbar, zweiter: urteil.agentur.or(urteil.zweiter) }
        } else {
            urteil
        }
    }

    fn has_hint_words(&self, mail: &Prepared<'_>) -> bool {
        !self.hinweisworte.is_empty()
            && mail.messages().any(|message| {
                written(message).any(|text| {
                    let text = fold(text);
                    self.hinweisworte.iter().any(|word| text.contains(word.as_str()))
                })
            })
    }
}

impl Possible {
    fn new(mail: &Prepared<'_>) -> Self {
        let mut possible = Possible {
            by_number: AgenturSet::new(),
            by_postcode: AgenturSet::new(),
            parts_missing: mail.parts_are_missing(),
            unbounded: false,
        };
        let day = mail.lage.tag;
        let mut lookups = 0;
        for text in mail.messages().flat_map(anywhere) {
            for found in kundennummer::find_loosely(text) {
                lookups += 1;
                if lookups > MAX_LOOKUPS {
                    possible.unbounded = true;
                    return possible;
                }
                possible.by_number.extend(mail.stammdaten.dienststelle(&found.dienststelle, day));
            }
        }
        lookups = 0;
        for message in mail.messages() {
            for plz in written(message).flat_map(five_digits) {
                lookups += 1;
                if lookups > MAX_LOOKUPS {
                    possible.unbounded = true;
                    return possible;
                }
                possible.by_postcode.extend(mail.stammdaten.plz(&plz));
            }
        }
        possible
    }

    /// Whether number and home could agree on another Agentur: only together they overrule an address. Where parts are
    /// missing, one of the two is enough, since the other may stand there.
    fn overrules(&self, decided: AgenturId, mail: &Prepared<'_>, names_a_home: impl Fn() -> bool) -> bool {
        let names_another = |set: &AgenturSet| set.iter().any(|&agentur| agentur != decided);
        if self.parts_missing && (names_another(&self.by_number) || names_another(&self.by_postcode)) {
            return true;
        }
        let others: AgenturSet = self.by_number.iter().copied().filter(|&agentur| agentur != decided).collect();
        if !others.is_empty() && (!others.is_disjoint(&self.by_postcode) || could_live_in(mail, &others)) {
            return true;
        }
        // Any word may be a town, so here one counts only if a home seems to be named.
        self.parts_missing && names_a_home() && could_live_in(mail, &all_but(decided, mail))
    }

    /// Whether something could choose where nothing was decided.
    fn chooses(&self, evidenz: &[Evidenz]) -> bool {
        let named: AgenturSet = evidenz.iter().flat_map(|piece| piece.agenturen.iter().copied()).collect();
        let could = |set: &AgenturSet| !set.is_empty() && (named.is_empty() || !set.is_disjoint(&named));
        could(&self.by_number) || could(&self.by_postcode) || !self.by_number.is_disjoint(&self.by_postcode)
    }
}

fn all_but(agentur: AgenturId, mail: &Prepared<'_>) -> AgenturSet {
    (0u16..).map(AgenturId).take(mail.stammdaten.agenturen().len()).filter(|&other| other != agentur).collect()
}

/// All that somebody wrote into a message: each alternative of it, and the subject.
fn written(message: &Message) -> impl Iterator<Item = &str> {
    [message.subject.as_str(), message.text.as_str(), message.alternative_text.as_str()].into_iter()
}

/// All places of a message where a Kundennummer may stand, whichever alternative a reader sees.
fn anywhere(message: &Message) -> impl Iterator<Item = &str> {
    searchable(message).chain([message.alternative_text.as_str()])
}

/// Whether a town of one of these Agenturen is named anywhere, as a home or not.
fn could_live_in(mail: &Prepared<'_>, agenturen: &AgenturSet) -> bool {
    let mut words = 0;
    for text in mail.messages().flat_map(written) {
        let text = fold_ort(text);
        let starts: Vec<usize> = std::iter::once(0).chain(text.match_indices(' ').map(|(at, _)| at + 1)).collect();
        words += starts.len();
        if words > MAX_WORDS {
            return true;
        }
        for (index, &start) in starts.iter().enumerate() {
            for count in 1..=MAX_TOWN_WORDS.min(starts.len() - index) {
                let end = starts.get(index + count).map_or(text.len(), |next| next - 1);
                if !mail.stammdaten.ort(&text[start..end]).is_disjoint(agenturen) {
                    return true;
                }
            }
        }
    }
    false
}

/// All runs of exactly five digits, full-width ones and such with invisible characters inside included.
fn five_digits(text: &str) -> impl Iterator<Item = String> + '_ {
    /// First byte of the full-width digits in UTF-8.
    const FULL_WIDTH: u8 = 0xef;
    let (mut at, mut run) = (0, String::with_capacity(6));
    std::iter::from_fn(move || {
        loop {
            if run.is_empty() {
                // Most text is no digit: look at bytes until one may come.
                let may_be_digit = |byte: u8| byte.is_ascii_digit() || byte == FULL_WIDTH;
                at += text.as_bytes()[at..].iter().position(|&byte| may_be_digit(byte))?;
            }
            let next = text[at..].chars().next();
            at += next.map_or(0, char::len_utf8);
            match next {
                Some(c) if is_invisible(c) => {}
                Some(c @ '0'..='9') => run.push(c),
                Some(c @ '\u{ff10}'..='\u{ff19}') => run.extend(char::from_digit(u32::from(c) - 0xff10, 10)),
                _ if run.len() == 5 => return Some(std::mem::take(&mut run)),
                None => return None,
                Some(_) => run.clear(),
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_digits_and_no_other_number_could_be_a_postcode() {
        let text =
            "52349 Düren, D-03046, 123456, 1234, x79312x 4\u{200b}5127, \u{ff19}\u{ff14}\u{ff10}\u{ff13}\u{ff12}";
        assert_eq!(five_digits(text).collect::<Vec<_>>(), ["52349", "03046", "79312", "45127", "94032"]);
        assert_eq!(five_digits("").count(), 0);
    }
}
