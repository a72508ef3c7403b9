//! The condition of an exception: tests on fields of a message, joined by *all*, *any* and *not*.
//!
//! A test has three answers. Where only a part of a mail was read, a word that was not seen may still be there; then
//! nobody knows, and *not* does not turn that into a yes.

use std::cell::OnceCell;

use regex::Regex;

use super::authentication::{self, Pruefergebnis};
use super::fold::fold;
use super::glob::Glob;
use super::prepare::Prepared;

/// A condition.
#[derive(Clone, Debug)]
pub(super) enum Ausdruck {
    Alle(Vec<Ausdruck>),
    Eine(Vec<Ausdruck>),
    Nicht(Box<Ausdruck>),
    Probe(Probe),
}

/// One test.
#[derive(Clone, Debug)]
pub(super) enum Probe {
    /// Some value of the field fits.
    Wert(Feld, Vergleich),
    /// The field has a value, or has none.
    Vorhanden(Feld, bool),
    /// The mail has at least so many bytes.
    Mindestens(u64),
    /// The mail has at most so many bytes.
    Hoechstens(u64),
    /// The mail lies in one of these mailboxes.
    Postfach(Vec<String>),
    /// The receiving server says one of these.
    Pruefergebnis(Vec<Pruefergebnis>),
}

/// A field with values that are text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Feld {
    Absender,
    AbsenderDomain,
    /// To and Cc.
    Empfaenger,
    An,
    Cc,
    Betreff,
    Text,
    /// A header field by its name in lower case.
    Kopfzeile(String),
    Anhangname,
}

impl Feld {
    /// Addresses keep their foreign letters, so that none turns into a Latin one; all else is compared folded.
    pub fn holds_addresses(&self) -> bool {
        matches!(self, Self::Absender | Self::AbsenderDomain | Self::Empfaenger | Self::An | Self::Cc)
    }

    /// A word of a rule in the spelling in which values are compared.
    pub fn spelled(&self, word: &str) -> String {
        if self.holds_addresses() { word.trim().to_ascii_lowercase() } else { fold(word) }
    }
}

/// What a value must be.
#[derive(Clone, Debug)]
pub(super) enum Vergleich {
    /// One of these, as a whole.
    Ist(Vec<String>),
    Enthaelt(String),
    /// Holds this between characters that are neither letter nor digit.
    Wort(String),
    Glob(Glob),
    Regex(Regex),
}

impl Vergleich {
    fn fits(&self, value: &str) -> bool {
        match self {
            Self::Ist(words) => words.iter().any(|word| word == value),
            Self::Enthaelt(word) => value.contains(word.as_str()),
            Self::Wort(word) => has_word(value, word),
            Self::Glob(glob) => glob.matches(value),
            Self::Regex(regex) => regex.is_match(value),
        }
    }
}

fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

impl Ausdruck {
    /// Whether the message meets it; none if that cannot be said.
    pub fn holds(&self, werte: &Werte<'_, '_>) -> Option<bool> {
        match self {
            Self::Alle(parts) => join(parts, werte, false),
            Self::Eine(parts) => join(parts, werte, true),
            Self::Nicht(inner) => inner.holds(werte).map(|holds| !holds),
            Self::Probe(probe) => probe.holds(werte),
        }
    }

    /// What it costs to find out, for putting cheap ones first. Only the order matters.
    pub fn kosten(&self) -> u8 {
        match self {
            Self::Alle(parts) | Self::Eine(parts) => parts.iter().map(Self::kosten).max().unwrap_or_default(),
            Self::Nicht(inner) => inner.kosten(),
            Self::Probe(probe) => probe.kosten(),
        }
    }
}

/// The answer is `decisive` as soon as one part says so, and unknown if none does and one does not know.
fn join(parts: &[Ausdruck], werte: &Werte<'_, '_>, decisive: bool) -> Option<bool> {
    let mut answer = Some(!decisive);
    for part in parts {
        match part.holds(werte) {
            Some(holds) if holds == decisive => return Some(decisive),
            Some(_) => {}
            None => answer = None,
        }
    }
    answer
}

impl Probe {
    fn holds(&self, werte: &Werte<'_, '_>) -> Option<bool> {
        match self {
            Self::Wert(feld, vergleich) => werte.any(feld, |value| vergleich.fits(value)),
            Self::Vorhanden(feld, wanted) => werte.any(feld, |value| !value.is_empty()).map(|found| found == *wanted),
            Self::Mindestens(bytes) => werte.mail.lage.groesse.map(|size| size >= *bytes),
            Self::Hoechstens(bytes) => werte.mail.lage.groesse.map(|size| size <= *bytes),
            Self::Postfach(names) => Some(names.iter().any(|name| name == werte.mail.lage.region)),
            Self::Pruefergebnis(wanted) => Some(wanted.contains(&authentication::ergebnis(werte.mail))),
        }
    }

    fn kosten(&self) -> u8 {
        match self {
            Self::Mindestens(_) | Self::Hoechstens(_) | Self::Postfach(_) => 0,
            Self::Wert(Feld::Text, Vergleich::Regex(_)) => 4,
            Self::Wert(Feld::Text, _) | Self::Vorhanden(Feld::Text, _) => 3,
            Self::Wert(_, Vergleich::Regex(_)) | Self::Pruefergebnis(_) => 2,
            Self::Wert(..) | Self::Vorhanden(..) => 1,
        }
    }
}

/// The values of one message in the spelling in which they are compared, each worked out once and only if asked for.
pub(super) struct Werte<'m, 'a> {
    mail: &'m Prepared<'a>,
    an: OnceCell<Vec<String>>,
    cc: OnceCell<Vec<String>>,
    text: OnceCell<String>,
    anhangnamen: OnceCell<Vec<String>>,
}

impl<'m, 'a> Werte<'m, 'a> {
    pub fn new(mail: &'m Prepared<'a>) -> Self {
        let (an, cc, text, anhangnamen) = (OnceCell::new(), OnceCell::new(), OnceCell::new(), OnceCell::new());
        Werte { mail, an, cc, text, anhangnamen }
    }

    /// Whether a value fits; none if that cannot be said: there may be more values, or several senders.
    fn any(&self, feld: &Feld, fits: impl Fn(&str) -> bool) -> Option<bool> {
        let (message, absender) = (self.mail.message, &self.mail.absender.adressen);
        let found = match feld {
            Feld::Absender => absender.iter().any(|address| fits(address)),
            Feld::AbsenderDomain => {
                absender.iter().filter_map(|address| address.rsplit_once('@')).any(|(_, domain)| fits(domain))
            }
            Feld::Empfaenger => self.an().iter().chain(self.cc()).any(|address| fits(address)),
            Feld::An => self.an().iter().any(|address| fits(address)),
            Feld::Cc => self.cc().iter().any(|address| fits(address)),
            Feld::Betreff => fits(self.mail.subject()),
            Feld::Text => fits(self.text.get_or_init(|| fold(&message.text))),
            Feld::Kopfzeile(name) => message.header_values(name).any(|value| fits(&fold(value))),
            Feld::Anhangname => self.anhangnamen().iter().any(|name| fits(name)),
        };
        let is_certain = match feld {
            Feld::Absender | Feld::AbsenderDomain => !found || absender.len() == 1,
            Feld::Text | Feld::Betreff => found || !self.mail.text_is_incomplete(),
            Feld::Anhangname => found || !(self.mail.parts_are_missing() || self.mail.text_is_incomplete()),
            Feld::Empfaenger | Feld::An | Feld::Cc | Feld::Kopfzeile(_) => found || !self.mail.header_is_incomplete(),
        };
        is_certain.then_some(found)
    }

    fn an(&self) -> &[String] {
        self.an.get_or_init(|| self.mail.message.to.iter().map(|to| Feld::An.spelled(&to.address)).collect())
    }

    fn cc(&self) -> &[String] {
        self.cc.get_or_init(|| self.mail.message.cc.iter().map(|cc| Feld::Cc.spelled(&cc.address)).collect())
    }

    fn anhangnamen(&self) -> &[String] {
        self.anhangnamen.get_or_init(|| {
            let names = self.mail.message.attachments.iter().filter_map(|attachment| attachment.name.as_deref());
            names.map(fold).collect()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::message::{Attachment, Message, Note};
    use crate::rules::Lage;
    use crate::rules::test_support::{self, LAGE, mail};

    fn holds(message: &Message, ausdruck: &Ausdruck) -> Option<bool> {
        let rules = test_support::rules();
        let mail = Prepared::new(message, &LAGE, rules.stammdaten(), &rules.regeln.begriffe);
        ausdruck.holds(&Werte::new(&mail))
    }

    fn says(feld: Feld, word: &str) -> Ausdruck {
        Ausdruck::Probe(Probe::Wert(feld, Vergleich::Enthaelt(word.to_owned())))
    }

    #[test]
    fn words_stand_alone() {
        for (text, is_word) in [
            ("kurs", true),
            ("der kurs!", true),
            ("kurse", false),
            ("exkurs", false),
            ("kurs1 kurs", true),
            ("ökurs", false),
            ("kursö", false),
            ("", false),
        ] {
            assert_eq!(has_word(text, "kurs"), is_word, "{text}");
        }
    }

    #[test]
    fn three_answers_are_joined() {
        let yes = || says(Feld::Betreff, "frage");
        let no = || says(Feld::Betreff, "antwort");
        let message = Message { notes: [Note::TextTruncated].into(), ..mail() };
        let unknown = || says(Feld::Text, "unbekannt");
        for (ausdruck, expected) in [
            (yes(), Some(true)),
            (no(), None),
            (unknown(), None),
            (Ausdruck::Alle(vec![yes(), yes()]), Some(true)),
            (Ausdruck::Alle(vec![unknown(), yes()]), None),
            (Ausdruck::Eine(vec![unknown(), yes()]), Some(true)),
            (Ausdruck::Eine(vec![unknown(), unknown()]), None),
            (Ausdruck::Nicht(Box::new(unknown())), None),
            (Ausdruck::Nicht(Box::new(yes())), Some(false)),
            (Ausdruck::Alle(vec![]), Some(true)),
            (Ausdruck::Eine(vec![]), Some(false)),
        ] {
            assert_eq!(holds(&message, &ausdruck), expected, "{ausdruck:?}");
        }
        for (ausdruck, expected) in [
            (Ausdruck::Alle(vec![yes(), no()]), Some(false)),
            (Ausdruck::Eine(vec![no(), no()]), Some(false)),
            (Ausdruck::Eine(vec![no(), yes()]), Some(true)),
            (Ausdruck::Nicht(Box::new(no())), Some(true)),
        ] {
            assert_eq!(holds(&mail(), &ausdruck), expected, "{ausdruck:?}");
        }
    }

    #[test]
    fn sizes_and_mailboxes() {
        let names = |names: &[&str]| Probe::Postfach(names.iter().map(|&name| name.to_owned()).collect());
        for (probe, expected) in [
            (Probe::Mindestens(20_000), Some(true)),
            (Probe::Mindestens(20_001), Some(false)),
            (Probe::Hoechstens(20_000), Some(true)),
            (Probe::Hoechstens(19_999), Some(false)),
            (names(&["sc-nord", "sc-west"]), Some(true)),
            (names(&["sc-nord"]), Some(false)),
            (Probe::Vorhanden(Feld::Betreff, true), Some(true)),
            (Probe::Vorhanden(Feld::Betreff, false), Some(false)),
            (Probe::Vorhanden(Feld::Anhangname, false), Some(true)),
        ] {
            assert_eq!(holds(&mail(), &Ausdruck::Probe(probe.clone())), expected, "{probe:?}");
        }
        let rules = test_support::rules();
        let (message, lage) = (mail(), Lage { groesse: None, ..LAGE });
        let mail = Prepared::new(&message, &lage, rules.stammdaten(), &rules.regeln.begriffe);
        assert_eq!(Ausdruck::Probe(Probe::Mindestens(1)).holds(&Werte::new(&mail)), None);
    }

    #[test]
    fn what_was_not_read_may_be_there() {
        let attachment = Attachment { name: Some("AU.pdf".into()), content_type: "application/pdf".into() };
        let whole = Message {
            attachments: vec![attachment],
            ..mail().with_cc(&["C@b.example"]).with_header("X-Art", "Ä B").with_text("Der TEXT")
        };
        for (feld, word, unless) in [
            (Feld::Absender, "kunde@", &[][..]),
            (Feld::AbsenderDomain, "web.example", &[]),
            (Feld::Empfaenger, "c@b", &[Note::HeaderTruncated]),
            (Feld::Empfaenger, "sc-west", &[Note::HeaderTruncated]),
            (Feld::An, "sc-west", &[Note::HeaderTruncated]),
            (Feld::Cc, "c@b", &[Note::HeaderTruncated]),
            (Feld::Betreff, "frage", &[Note::TextTruncated]),
            (Feld::Text, "der text", &[Note::TextTruncated]),
            (Feld::Kopfzeile("x-art".into()), "ae b", &[Note::HeaderTruncated]),
            (Feld::Anhangname, "au.pdf", &[Note::PartsMissing, Note::TextTruncated]),
        ] {
            assert_eq!(holds(&whole, &says(feld.clone(), word)), Some(true), "{feld:?}");
            assert_eq!(holds(&whole, &says(feld.clone(), "nirgends")), Some(false), "{feld:?}");
            for note in [Note::HeaderTruncated, Note::TextTruncated, Note::PartsMissing] {
                let cut = Message { notes: [note].into(), ..whole.clone() };
                let expected = (!unless.contains(&note)).then_some(false);
                assert_eq!(holds(&cut, &says(feld.clone(), "nirgends")), expected, "{feld:?} {note:?}");
                assert_eq!(holds(&cut, &says(feld.clone(), word)), Some(true), "{feld:?} {note:?}");
            }
        }
        assert_eq!(holds(&whole, &says(Feld::AbsenderDomain, "kunde")), Some(false));
        let two = mail().with_from(&["a@web.example", "b@web.example"]);
        assert_eq!(holds(&two, &says(Feld::Absender, "a@")), None);
        assert_eq!(holds(&two, &says(Feld::Absender, "c@")), Some(false));
    }

    #[test]
    fn cheap_tests_come_first() {
        let regex = || Vergleich::Regex(Regex::new("x").unwrap());
        let word = || Vergleich::Wort("x".into());
        let costs = [
            Probe::Postfach(Vec::new()),
            Probe::Wert(Feld::Betreff, word()),
            Probe::Wert(Feld::Betreff, regex()),
            Probe::Wert(Feld::Text, word()),
            Probe::Wert(Feld::Text, regex()),
        ];
        let costs = costs.map(|probe| Ausdruck::Probe(probe).kosten());
        assert!(costs.is_sorted_by(|cheap, dear| cheap < dear), "{costs:?}");
        let parts = || vec![says(Feld::Text, "x"), says(Feld::An, "x")];
        assert_eq!([Ausdruck::Alle(parts()).kosten(), Ausdruck::Eine(parts()).kosten()], [3, 3]);
        assert_eq!(Ausdruck::Nicht(Box::new(says(Feld::Text, "x"))).kosten(), 3);
        assert_eq!(Feld::An.spelled(" Ä@B.example "), "Ä@b.example");
        assert_eq!(Feld::Betreff.spelled(" Ä "), "ae");
    }
}
