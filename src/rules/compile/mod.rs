//! From rules as written to rules that run: every word is looked up, every problem is collected.

mod evidence;
mod exceptions;
mod kinds;
mod predicate;
mod text;
mod trust;
mod validity;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use regex::Regex;
use toml::Spanned;

use crate::diagnostic::{Diagnostic, Source};
use crate::domain::stammdaten::Stammdaten;
use crate::rules::Regeln;
use crate::rules::agentur_names::Agenturnamen;
use crate::rules::blocks::{Label, Zitatzeichen};
use crate::rules::distance::nearest;
use crate::rules::file::{self, Word, Words};
use crate::rules::fold::fold;
use crate::rules::glob::Glob;
use crate::rules::imitation::Hausdomains;
use crate::rules::pattern;
use crate::rules::prepare::Begriffe;
use crate::rules::read::{At, Written};

/// Checks the meaning of all that is written. None if something is missing; problems are added to `problems`.
pub(super) fn compile(
    written: &Written<'_>,
    stammdaten: &Stammdaten,
    problems: &mut Vec<Diagnostic>,
) -> Option<Regeln> {
    let mut compiler = Compiler { written, problems, nummern: BTreeMap::new() };
    compiler.report_missing();
    compiler.nummern();
    for at in written.systemabsender.values().chain(written.adressgruppe.values()) {
        compiler.filled(at.source, &at.value, at.span.clone());
    }
    let begriffe = compiler.begriffe();
    let vorgangsarten = compiler.vorgangsarten();
    let address = compiler.address();
    let namen = Arc::new(Agenturnamen::new(stammdaten));
    let field = compiler.field(&namen);
    let residence = compiler.residence(begriffe.as_ref());
    let number = compiler.number();
    let salutation = compiler.salutation(&namen);
    let abwaegung = compiler.abwaegung();
    let ausnahmen = compiler.ausnahmen(stammdaten);
    Some(Regeln {
        begriffe: begriffe?,
        vorgangsarten: vorgangsarten?,
        ausnahmen,
        address: address?,
        field: field?,
        residence: residence?,
        number: number?,
        salutation: salutation?,
        abwaegung: abwaegung?,
    })
}

struct Compiler<'c, 's> {
    written: &'c Written<'s>,
    problems: &'c mut Vec<Diagnostic>,
    /// Compiled `[nummer]`, without those that are wrong.
    nummern: BTreeMap<&'c str, Regex>,
}

impl Compiler<'_, '_> {
    /// One problem for each table that no file has.
    fn report_missing(&mut self) {
        let written = self.written;
        let tables = [
            ("[haus]", written.haus.is_some()),
            ("[[vorgangsart]]", !written.vorgangsart.is_empty()),
            ("[evidenz.empfaenger_liegenschaft]", written.empfaenger_liegenschaft.is_some()),
            ("[evidenz.eservice_feld]", written.eservice_feld.is_some()),
            ("[evidenz.wohnsitz]", written.wohnsitz.is_some()),
            ("[evidenz.kundennummer_praefix]", written.kundennummer_praefix.is_some()),
            ("[evidenz.anrede]", written.anrede.is_some()),
            ("[brief]", written.brief.is_some()),
            ("[sprache]", written.sprache.is_some()),
            ("[entscheidung]", written.entscheidung.is_some()),
            ("[profil.streng]", written.streng.is_some()),
            ("[profil.weit]", written.weit.is_some()),
            ("[zitat]", written.zitat.is_some()),
            ("[grenzen]", written.grenzen.is_some()),
        ];
        for (table, _) in tables.iter().filter(|(_, is_there)| !is_there) {
            self.problems.push(
                Diagnostic::file("*.toml", format!("the rule set has no usable {table}"))
                    .help("each table of the shipped rules is needed, in any of the files"),
            );
        }
    }

    fn problem(&mut self, source: &Source, span: Range<usize>, title: String, help: Option<String>) {
        let mut problem = Diagnostic::error(source, span, title);
        problem.help = help;
        self.problems.push(problem);
    }

    /// The words of a list; an empty word would fit everything.
    fn words<'w>(&mut self, source: &Source, words: &'w Words) -> Vec<&'w str> {
        let mut kept = Vec::with_capacity(words.len());
        let mut seen = HashSet::with_capacity(words.len());
        for word in words {
            let folded = fold(word.get_ref());
            if folded.is_empty() {
                self.problem(source, word.span(), "an empty word would fit everything".to_owned(), None);
            } else if !seen.insert(folded) {
                let title = format!("{:?} stands twice in this list", word.get_ref());
                let help = "case and the spelling of umlauts make no difference";
                self.problems.push(Diagnostic::error(source, word.span(), title).warning().help(help));
            } else {
                kept.push(word.get_ref().as_str());
            }
        }
        kept
    }

    /// A list must name something: with none of its words a rule would never apply, and nobody would see why.
    fn filled(&mut self, source: &Source, words: &Words, place: Range<usize>) {
        if words.is_empty() {
            let help = "name at least one word, or take the key out".to_owned();
            self.problem(source, place, "an empty list fits nothing".to_owned(), Some(help));
        }
    }

    /// A field name as RFC 5322, 2.2 allows it: visible ASCII without a colon.
    fn header_name(&mut self, source: &Source, name: &str, place: Range<usize>) {
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_graphic() && byte != b':') {
            let help = "write it like X-Original-To".to_owned();
            self.problem(source, place, format!("{name:?} is not the name of a header field"), Some(help));
        }
    }

    fn folded(&mut self, source: &Source, words: &Words) -> Vec<String> {
        self.words(source, words).into_iter().map(fold).collect()
    }

    /// Patterns for addresses and header values, which keep their umlauts.
    fn globs(&mut self, source: &Source, words: &Words) -> Vec<Glob> {
        self.words(source, words).into_iter().map(Glob::new).collect()
    }

    /// Looks a word up among known ones.
    fn choice<T: Clone>(&mut self, source: &Source, word: &Word, what: &str, known: &[(&str, T)]) -> Option<T> {
        let found = known.iter().find(|(name, _)| name == word.get_ref()).map(|(_, value)| value.clone());
        if found.is_none() {
            let names: Vec<&str> = known.iter().map(|&(name, _)| name).collect();
            let help = match nearest(word.get_ref(), names.iter().copied()) {
                Some(near) => format!("did you mean {near}?"),
                None => format!("known: {}", names.join(", ")),
            };
            self.problem(source, word.span(), format!("unknown {what} {:?}", word.get_ref()), Some(help));
        }
        found
    }

    fn nummern(&mut self) {
        for (name, at) in &self.written.nummer {
            match pattern::regex(at.source, &at.value) {
                Ok(regex) => {
                    self.nummern.insert(name, regex);
                }
                Err(problem) => self.problems.push(*problem),
            }
        }
    }

    fn begriffe(&mut self) -> Option<Begriffe> {
        let written = self.written;
        let (haus, zitat, grenzen) = (written.haus.as_ref()?, written.zitat.as_ref()?, written.grenzen.as_ref()?);
        let domains = self.domains(haus.source, haus.value.domains.get_ref());
        if domains.is_empty() {
            self.problem(haus.source, haus.value.domains.span(), "the house needs a domain".to_owned(), None);
        }
        let exceptions = self.domains(haus.source, &haus.value.nachahmung_ausnahmen);
        let max_adressen = self.limit(grenzen.source, &grenzen.value.adressen)?;
        let max_bloecke = self.limit(grenzen.source, &grenzen.value.bloecke)?;
        let mut systemabsender = Vec::new();
        for (name, at) in &written.systemabsender {
            let addresses = self.words(at.source, &at.value).into_iter().map(str::to_ascii_lowercase).collect();
            for word in at.value.iter().filter(|word| !is_plain_address(word.get_ref())) {
                let title = format!("{:?} is not an address", word.get_ref());
                let help = "a system sender is a whole address, without *".to_owned();
                self.problem(at.source, word.span(), title, Some(help));
            }
            systemabsender.push((name.clone(), addresses));
        }
        Some(Begriffe {
            pruefung: self.pruefung(haus.source, &haus.value),
            haus: Hausdomains::new(&domains, &exceptions, haus.value.nachahmung_hoechstabstand),
            systemabsender,
            zeichen: self.zeichen(zitat, max_bloecke, max_adressen)?,
            brief: self.brief()?,
            weiterleitung_praefixe: self.folded(zitat.source, &zitat.value.weiterleitung_praefixe),
            antwort_praefixe: self.folded(zitat.source, &zitat.value.antwort_praefixe),
            max_adressen,
        })
    }

    fn limit(&mut self, source: &Source, limit: &Spanned<usize>) -> Option<usize> {
        let is_sound = (1..=10_000).contains(limit.get_ref());
        if !is_sound {
            self.problem(source, limit.span(), "a limit lies between 1 and 10000".to_owned(), None);
        }
        is_sound.then(|| *limit.get_ref())
    }

    fn domains(&mut self, source: &Source, words: &Words) -> Vec<String> {
        for word in words.iter().filter(|word| !is_domain(word.get_ref())) {
            let title = format!("{:?} is not a domain", word.get_ref());
            self.problem(source, word.span(), title, Some("write it like arbeitsagentur.example".to_owned()));
        }
        words.iter().map(|word| word.get_ref().to_ascii_lowercase()).filter(|word| is_domain(word)).collect()
    }

    fn zeichen(
        &mut self,
        zitat: &At<'_, file::Zitat>,
        max_bloecke: usize,
        max_adressen: usize,
    ) -> Option<Zitatzeichen> {
        let (source, value) = (zitat.source, &zitat.value);
        let mut labels = HashMap::new();
        let others = value.weitere.iter().zip(1..).map(|(words, number)| (Label::Weiteres(number), words));
        let named = [(Label::Absender, &value.absender), (Label::Empfaenger, &value.empfaenger)];
        for (label, words) in named.into_iter().chain(others) {
            labels.extend(self.folded(source, words).into_iter().map(|word| (word, label)));
        }
        let mut einleitungen = Vec::new();
        for written in &value.einleitungen {
            match pattern::introduction(source, written) {
                Ok(einleitung) => einleitungen.push(einleitung),
                Err(problem) => self.problems.push(*problem),
            }
        }
        let weiterleitungsmarken = self.folded(source, &value.weiterleitungsmarken);
        let zitatmarken = self.folded(source, &value.zitatmarken);
        let einleitungsworte = self.phrases(source, &value.einleitungsworte, &zitat.span)?;
        Some(Zitatzeichen {
            labels,
            weiterleitungsmarken,
            zitatmarken,
            einleitungen,
            einleitungsworte,
            max_bloecke,
            max_adressen,
        })
    }
}

fn is_domain(text: &str) -> bool {
    text.contains('.')
        && text.split('.').all(|label| !label.is_empty())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'))
}

fn is_plain_address(text: &str) -> bool {
    text.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty() && !local.contains(|c: char| c.is_whitespace() || c == '*') && is_domain(domain)
    })
}
