//! Compiles the conditions of exceptions.

use std::collections::BTreeSet;
use std::ops::Range;

use toml::Spanned;

use crate::diagnostic::Source;
use crate::domain::stammdaten::Stammdaten;
use crate::rules::authentication::Pruefergebnis;
use crate::rules::file::{Knoten, Word, Words};
use crate::rules::glob::Glob;
use crate::rules::pattern;
use crate::rules::predicate::{Ausdruck, Feld, Probe, Vergleich};

use super::{Compiler, is_domain, is_plain_address};

/// What a test may be about.
#[derive(Clone, Debug)]
enum Gegenstand {
    Werte(Feld),
    /// A header field; its name stands beside it.
    Kopfzeile,
    Groesse,
    Postfach,
    Pruefergebnis,
}

const FELDER: [(&str, Gegenstand); 12] = [
    ("absender", Gegenstand::Werte(Feld::Absender)),
    ("absender_domain", Gegenstand::Werte(Feld::AbsenderDomain)),
    ("empfaenger", Gegenstand::Werte(Feld::Empfaenger)),
    ("an", Gegenstand::Werte(Feld::An)),
    ("cc", Gegenstand::Werte(Feld::Cc)),
    ("betreff", Gegenstand::Werte(Feld::Betreff)),
    ("text", Gegenstand::Werte(Feld::Text)),
    ("kopfzeile", Gegenstand::Kopfzeile),
    ("anhangname", Gegenstand::Werte(Feld::Anhangname)),
    ("groesse", Gegenstand::Groesse),
    ("postfach", Gegenstand::Postfach),
    ("pruefergebnis", Gegenstand::Pruefergebnis),
];

/// What a value is compared with, as written.
#[derive(Clone, Copy, Debug)]
enum Operator<'k> {
    Ist(&'k Word),
    In(&'k Spanned<Words>),
    Enthaelt(&'k Word),
    Wort(&'k Word),
    Glob(&'k Word),
    Regex(&'k Word),
    Vorhanden(&'k Spanned<bool>),
    Mindestens(&'k Spanned<u64>),
    Hoechstens(&'k Spanned<u64>),
}

impl<'k> Operator<'k> {
    /// All that a test has, in the order in which help names them.
    fn given(knoten: &'k Knoten) -> Vec<Self> {
        let operators = [
            knoten.ist.as_ref().map(Self::Ist),
            knoten.eines.as_ref().map(Self::In),
            knoten.enthaelt.as_ref().map(Self::Enthaelt),
            knoten.wort.as_ref().map(Self::Wort),
            knoten.glob.as_ref().map(Self::Glob),
            knoten.regex.as_ref().map(Self::Regex),
            knoten.vorhanden.as_ref().map(Self::Vorhanden),
            knoten.mindestens.as_ref().map(Self::Mindestens),
            knoten.hoechstens.as_ref().map(Self::Hoechstens),
        ];
        operators.into_iter().flatten().collect()
    }

    fn place(self) -> Range<usize> {
        match self {
            Self::Ist(word) | Self::Enthaelt(word) | Self::Wort(word) | Self::Glob(word) | Self::Regex(word) => {
                word.span()
            }
            Self::In(words) => words.span(),
            Self::Vorhanden(wanted) => wanted.span(),
            Self::Mindestens(bytes) | Self::Hoechstens(bytes) => bytes.span(),
        }
    }
}

impl Compiler<'_, '_> {
    /// A condition, cheap parts first.
    pub(super) fn ausdruck(
        &mut self,
        source: &Source,
        written: &Spanned<Knoten>,
        stammdaten: &Stammdaten,
    ) -> Option<Ausdruck> {
        let knoten = written.get_ref();
        let operators = Operator::given(knoten);
        match (&knoten.all, &knoten.any, &knoten.not, &knoten.feld) {
            (Some(parts), None, None, None) if operators.is_empty() => {
                self.parts(source, parts, stammdaten).map(Ausdruck::Alle)
            }
            (None, Some(parts), None, None) if operators.is_empty() => {
                self.parts(source, parts, stammdaten).map(Ausdruck::Eine)
            }
            (None, None, Some(inner), None) if operators.is_empty() => {
                self.ausdruck(source, inner, stammdaten).map(|inner| Ausdruck::Nicht(Box::new(inner)))
            }
            (None, None, None, Some(feld)) => {
                self.probe(source, knoten, feld, &operators, stammdaten).map(Ausdruck::Probe)
            }
            _ => {
                let title = "a condition is one of all, any, not, or a test with feld".to_owned();
                let help = "write { feld = \"absender\", ist = \"a@b.example\" }, and join several by all = [...]";
                self.problem(source, written.span(), title, Some(help.to_owned()));
                None
            }
        }
    }

    fn parts(
        &mut self,
        source: &Source,
        parts: &Spanned<Vec<Spanned<Knoten>>>,
        stammdaten: &Stammdaten,
    ) -> Option<Vec<Ausdruck>> {
        if parts.get_ref().is_empty() {
            let help = "name at least one condition, or take the key out".to_owned();
            self.problem(source, parts.span(), "nothing to join".to_owned(), Some(help));
            return None;
        }
        let all: Vec<_> = parts.get_ref().iter().map(|part| self.ausdruck(source, part, stammdaten)).collect();
        let mut all: Vec<Ausdruck> = all.into_iter().collect::<Option<_>>()?;
        all.sort_by_key(Ausdruck::kosten);
        Some(all)
    }

    fn probe(
        &mut self,
        source: &Source,
        knoten: &Knoten,
        feld: &Word,
        operators: &[Operator<'_>],
        stammdaten: &Stammdaten,
    ) -> Option<Probe> {
        let gegenstand = self.choice(source, feld, "feld", &FELDER);
        let kopfzeile = self.kopfzeile(source, knoten, feld);
        let [operator] = operators else {
            let title = format!("a test of {} has one operator, here are {}", feld.get_ref(), operators.len());
            let place = operators.get(1).map_or(feld.span(), |second| second.place());
            self.problem(source, place, title, Some("several tests are joined by all = [...]".to_owned()));
            return None;
        };
        match (gegenstand?, *operator) {
            (Gegenstand::Groesse, Operator::Mindestens(bytes)) => Some(Probe::Mindestens(*bytes.get_ref())),
            (Gegenstand::Groesse, Operator::Hoechstens(bytes)) => Some(Probe::Hoechstens(*bytes.get_ref())),
            (Gegenstand::Groesse, other) => self.misfit(source, feld, other, "mindestens, hoechstens"),
            (Gegenstand::Postfach, Operator::Ist(word)) => self.postfach(source, &[word], stammdaten),
            (Gegenstand::Postfach, Operator::In(words)) => {
                self.filled(source, words.get_ref(), words.span());
                self.postfach(source, &words.get_ref().iter().collect::<Vec<_>>(), stammdaten)
            }
            (Gegenstand::Pruefergebnis, Operator::Ist(word)) => self.pruefergebnis(source, feld, &[word]),
            (Gegenstand::Pruefergebnis, Operator::In(words)) => {
                self.filled(source, words.get_ref(), words.span());
                self.pruefergebnis(source, feld, &words.get_ref().iter().collect::<Vec<_>>())
            }
            (Gegenstand::Postfach | Gegenstand::Pruefergebnis, other) => self.misfit(source, feld, other, "ist, in"),
            (Gegenstand::Kopfzeile, other) => self.werte(source, feld, Feld::Kopfzeile(kopfzeile?), other),
            (Gegenstand::Werte(values), other) => self.werte(source, feld, values, other),
        }
    }

    /// The name that belongs to a test of a header field, and only to it.
    fn kopfzeile(&mut self, source: &Source, knoten: &Knoten, feld: &Word) -> Option<String> {
        match (&knoten.name, feld.get_ref() == "kopfzeile") {
            (Some(name), true) => {
                self.header_name(source, name.get_ref(), name.span());
                Some(name.get_ref().to_ascii_lowercase())
            }
            (None, true) => {
                let help = "say which one, such as name = \"List-Id\"".to_owned();
                self.problem(source, feld.span(), "a test of kopfzeile needs a name".to_owned(), Some(help));
                None
            }
            (Some(name), false) => {
                self.problem(source, name.span(), "name belongs to feld = \"kopfzeile\"".to_owned(), None);
                None
            }
            (None, false) => None,
        }
    }

    fn misfit(&mut self, source: &Source, feld: &Word, operator: Operator<'_>, fitting: &str) -> Option<Probe> {
        let title = format!("this operator does not fit {}", feld.get_ref());
        self.problem(source, operator.place(), title, Some(format!("{} goes with {fitting}", feld.get_ref())));
        None
    }

    fn postfach(&mut self, source: &Source, words: &[&Word], stammdaten: &Stammdaten) -> Option<Probe> {
        let regions: BTreeSet<&str> = stammdaten.agenturen().iter().map(|row| row.sc_region.as_str()).collect();
        let known: Vec<(&str, &str)> = regions.into_iter().map(|region| (region, region)).collect();
        let names: Vec<_> = words.iter().map(|word| self.choice(source, word, "mailbox", &known)).collect();
        let names: Option<Vec<_>> = names.into_iter().collect();
        Some(Probe::Postfach(names?.into_iter().map(str::to_owned).collect()))
    }

    fn pruefergebnis(&mut self, source: &Source, feld: &Word, words: &[&Word]) -> Option<Probe> {
        let haus = self.written.haus.as_ref().map(|at| &at.value);
        if haus.is_some_and(|haus| haus.pruefender_server.is_none() && haus.vertrauenskopf.is_none()) {
            let title = "without a way of confirmation there is no pruefergebnis".to_owned();
            let help = "name pruefender_server or vertrauenskopf in [haus]".to_owned();
            self.problem(source, feld.span(), title, Some(help));
        }
        let known = Pruefergebnis::ALL.map(|ergebnis| (ergebnis.as_str(), ergebnis));
        let wanted: Vec<_> = words.iter().map(|word| self.choice(source, word, "pruefergebnis", &known)).collect();
        Some(Probe::Pruefergebnis(wanted.into_iter().collect::<Option<_>>()?))
    }

    /// A test of a field whose values are text.
    fn werte(&mut self, source: &Source, written: &Word, feld: Feld, operator: Operator<'_>) -> Option<Probe> {
        let vergleich = match operator {
            Operator::Vorhanden(wanted) => return Some(Probe::Vorhanden(feld, *wanted.get_ref())),
            Operator::Mindestens(_) | Operator::Hoechstens(_) => {
                return self.misfit(source, written, operator, "ist, in, enthaelt, wort, glob, regex, vorhanden");
            }
            Operator::Ist(word) => Vergleich::Ist(vec![self.whole(source, &feld, word)?]),
            Operator::In(words) => {
                self.filled(source, words.get_ref(), words.span());
                let wholes: Vec<_> = words.get_ref().iter().map(|word| self.whole(source, &feld, word)).collect();
                Vergleich::Ist(wholes.into_iter().collect::<Option<_>>()?)
            }
            Operator::Enthaelt(word) => Vergleich::Enthaelt(self.spelled(source, &feld, word)?),
            Operator::Wort(word) => Vergleich::Wort(self.spelled(source, &feld, word)?),
            Operator::Glob(word) => Vergleich::Glob(Glob::new(&self.spelled(source, &feld, word)?)),
            Operator::Regex(word) => Vergleich::Regex(self.regex(source, &feld, word)?),
        };
        Some(Probe::Wert(feld, vergleich))
    }

    /// A whole value; one that no mail can have is a mistake.
    fn whole(&mut self, source: &Source, feld: &Feld, word: &Word) -> Option<String> {
        let spelled = self.spelled(source, feld, word)?;
        let (is_possible, what) = match feld {
            Feld::AbsenderDomain => (is_domain(&spelled), "a domain"),
            feld if feld.holds_addresses() => (is_plain_address(&spelled), "an address"),
            _ => (true, ""),
        };
        if !is_possible {
            let help = "patterns with * are written with glob".to_owned();
            self.problem(source, word.span(), format!("{:?} is not {what}", word.get_ref()), Some(help));
        }
        is_possible.then_some(spelled)
    }

    fn spelled(&mut self, source: &Source, feld: &Feld, word: &Word) -> Option<String> {
        let spelled = feld.spelled(word.get_ref());
        if spelled.is_empty() {
            self.problem(source, word.span(), "an empty word would fit everything".to_owned(), None);
        }
        Some(spelled).filter(|spelled| !spelled.is_empty())
    }

    /// An expression; it sees the spelling in which values are compared, where some letters never occur.
    fn regex(&mut self, source: &Source, feld: &Feld, word: &Word) -> Option<regex::Regex> {
        if !feld.holds_addresses() && word.get_ref().contains(['ä', 'ö', 'ü', 'ß', 'Ä', 'Ö', 'Ü', 'ẞ']) {
            let help = "it sees ae, oe, ue and ss; write these".to_owned();
            self.problem(source, word.span(), "the expression would never meet an umlaut".to_owned(), Some(help));
            return None;
        }
        match pattern::regex_any_case(source, word) {
            Ok(regex) => Some(regex),
            Err(problem) => {
                self.problems.push(*problem);
                None
            }
        }
    }
}
