//! From rules as written to rules that run: every word is looked up, every problem is collected.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

use toml::Spanned;

use crate::diagnostic::{Diagnostic, Source};
use crate::domain::agentur::AgenturId;
use crate::domain::decision::{EvidenzArt, Grund, Vorgangsart};
use crate::domain::stammdaten::{Stammdaten, fold_ort};

use super::Regeln;
use super::blocks::{Einleitung, Label, Zitatzeichen};
use super::classify::{Aktion, VorgangsartRegel};
use super::condition::Bedingung;
use super::decide::Abwaegung;
use super::distance::nearest;
use super::evidence::address::{AddressFinder, Quelle};
use super::evidence::field::FieldFinder;
use super::file::{self, Word, Words};
use super::fold::fold;
use super::glob::Glob;
use super::imitation::Hausdomains;
use super::pattern;
use super::prepare::Begriffe;
use super::preview::Vorschau;
use super::read::{At, Written};

/// Checks the meaning of all that is written. None if something is missing; problems are added to `problems`.
pub(super) fn compile(
    written: &Written<'_>,
    stammdaten: &Stammdaten,
    problems: &mut Vec<Diagnostic>,
) -> Option<Regeln> {
    let mut compiler = Compiler { written, problems };
    compiler.report_missing();
    let begriffe = compiler.begriffe();
    let vorgangsarten = compiler.vorgangsarten();
    let address = compiler.address();
    let field = compiler.field(stammdaten);
    let abwaegung = compiler.abwaegung();
    let vorschau = written.noch_nicht_gewogen.as_ref().map(|at| Vorschau {
        hinweisworte: compiler.words(at.source, &at.value.hinweisworte).iter().map(|word| fold(word)).collect(),
    });
    Some(Regeln {
        begriffe: begriffe?,
        vorgangsarten: vorgangsarten?,
        address: address?,
        field: field?,
        abwaegung: abwaegung?,
        vorschau: vorschau?,
    })
}

struct Compiler<'c, 's> {
    written: &'c Written<'s>,
    problems: &'c mut Vec<Diagnostic>,
}

/// Places that a level of evidence A may name.
const ORTE: [(&str, Quelle); 6] = [
    ("to", Quelle::To),
    ("cc", Quelle::Cc),
    ("received-for", Quelle::ReceivedFor),
    ("zitat-empfaenger", Quelle::ZitatEmpfaenger),
    ("anhang-empfaenger", Quelle::AnhangEmpfaenger),
    ("zitat-absender", Quelle::ZitatAbsender),
];

impl Compiler<'_, '_> {
    /// One problem for each table that no file has.
    fn report_missing(&mut self) {
        let written = self.written;
        let tables = [
            ("[haus]", written.haus.is_some()),
            ("[[vorgangsart]]", !written.vorgangsart.is_empty()),
            ("[evidenz.empfaenger_liegenschaft]", written.empfaenger_liegenschaft.is_some()),
            ("[evidenz.eservice_feld]", written.eservice_feld.is_some()),
            ("[evidenz.noch_nicht_gewogen]", written.noch_nicht_gewogen.is_some()),
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
        for word in words {
            if fold(word.get_ref()).is_empty() {
                self.problem(source, word.span(), "an empty word would fit everything".to_owned(), None);
            } else {
                kept.push(word.get_ref().as_str());
            }
        }
        kept
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
            haus: Hausdomains::new(&domains, &exceptions, haus.value.nachahmung_hoechstabstand),
            systemabsender,
            zeichen: self.zeichen(zitat, max_bloecke, max_adressen),
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

    fn zeichen(&mut self, zitat: &At<'_, file::Zitat>, max_bloecke: usize, max_adressen: usize) -> Zitatzeichen {
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
                Ok((word, muster)) => einleitungen.push(Einleitung { erstes_wort: word, muster }),
                Err(problem) => self.problems.push(*problem),
            }
        }
        let weiterleitungsmarken = self.folded(source, &value.weiterleitungsmarken);
        Zitatzeichen { labels, weiterleitungsmarken, einleitungen, max_bloecke, max_adressen }
    }

    fn vorgangsarten(&mut self) -> Option<Vec<VorgangsartRegel>> {
        let written = self.written;
        let mut rules: Vec<VorgangsartRegel> = Vec::new();
        for (index, at) in written.vorgangsart.iter().enumerate() {
            let is_last = index + 1 == written.vorgangsart.len();
            let always = at.value.wenn.is_empty();
            if is_last != always {
                let title =
                    if is_last { "the last rule must apply always" } else { "no rule after this one is reached" };
                let help = "exactly one rule has no wenn: the last of the last file";
                self.problem(at.source, at.value.name.span(), title.to_owned(), Some(help.to_owned()));
            }
            let Some(rule) = self.vorgangsart(at) else { continue };
            if rules.iter().any(|other| other.regel == rule.regel) {
                let help = "give one of them another name with regel = \"...\"".to_owned();
                self.problem(at.source, at.value.name.span(), format!("{} exists twice", rule.regel), Some(help));
            }
            rules.push(rule);
        }
        let last = written.vorgangsart.last()?;
        for art in Vorgangsart::ALL {
            if !written.vorgangsart.iter().any(|at| at.value.name.get_ref() == art.as_str()) {
                let title = format!("no rule is about {}", art.as_str());
                self.problem(last.source, last.value.name.span(), title, Some("add a [[vorgangsart]]".to_owned()));
            }
        }
        Some(rules)
    }

    fn vorgangsart(&mut self, at: &At<'_, file::Vorgangsart>) -> Option<VorgangsartRegel> {
        let (source, value) = (at.source, &at.value);
        let kinds = Vorgangsart::ALL.map(|art| (art.as_str(), art));
        let art = self.choice(source, &value.name, "kind of message", &kinds);
        let aktion = self.aktion(source, value);
        let mut wenn = Vec::new();
        for alternative in &value.wenn {
            let all = self.bedingungen(source, alternative.get_ref());
            if all.is_empty() {
                let title = "this wenn asks for nothing and would fit everything".to_owned();
                self.problem(source, alternative.span(), title, None);
            }
            wenn.push(all);
        }
        let name = value.regel.as_ref().unwrap_or(&value.name).get_ref();
        Some(VorgangsartRegel {
            art: art?,
            regel: format!("vorgangsart.{name}"),
            aktion: aktion?,
            beschreibung: value.beschreibung.clone(),
            wenn,
        })
    }

    fn aktion(&mut self, source: &Source, value: &file::Vorgangsart) -> Option<Aktion> {
        let reasons = [Grund::AbsenderUnbestaetigt, Grund::MehrereRechtskreise].map(|grund| (grund.as_str(), grund));
        let grund = match &value.grund {
            Some(word) => Some(self.choice(source, word, "reason", &reasons)?),
            None => None,
        };
        let actions = [Aktion::Zuordnen, Aktion::VerbleibtSc, Aktion::Fremd, Aktion::Automatisch]
            .into_iter()
            .chain([Aktion::Klaeren(grund.unwrap_or(Grund::KeinHinweis))])
            .map(|aktion| (aktion.as_str(), aktion))
            .collect::<Vec<_>>();
        let aktion = self.choice(source, &value.aktion, "aktion", &actions)?;
        if matches!(aktion, Aktion::Klaeren(_)) != grund.is_some() {
            let title = "grund belongs to aktion = \"ungeklaert\", and only to it".to_owned();
            self.problem(source, value.aktion.span(), title, None);
        }
        Some(aktion)
    }

    /// The tests of one `wenn`, cheap ones first.
    fn bedingungen(&mut self, source: &Source, wenn: &file::Wenn) -> Vec<Bedingung> {
        let mut all = Vec::new();
        if let Some(words) = &wenn.inhaltstyp {
            all.push(Bedingung::Inhaltstyp(self.globs(source, words)));
        }
        if let Some(name) = &wenn.systemabsender {
            let known: Vec<(&str, &str)> = self.written.systemabsender.keys().map(|key| (&**key, &**key)).collect();
            let name = self.choice(source, name, "system sender", &known);
            all.extend(name.map(|name| Bedingung::Systemabsender(name.to_owned())));
        }
        all.extend(wenn.kein_systemabsender.map(Bedingung::KeinSystemabsender));
        all.extend(wenn.absender_intern.map(Bedingung::AbsenderIntern));
        all.extend(wenn.absender_nachgeahmt.map(Bedingung::AbsenderNachgeahmt));
        if let Some(words) = &wenn.absender {
            all.push(Bedingung::Absender(self.globs(source, words)));
        }
        for (name, words) in &wenn.kopfzeile {
            all.push(Bedingung::Kopfzeile(name.to_ascii_lowercase(), self.globs(source, words)));
        }
        all.extend(wenn.kopfzeile_zahl.as_ref().map(|number| Bedingung::KopfzeileZahl {
            name: number.name.to_ascii_lowercase(),
            nach: number.nach.as_ref().map(|word| word.to_lowercase()),
            mindestens: number.mindestens,
        }));
        all.extend(wenn.leerer_return_path.map(Bedingung::LeererReturnPath));
        if let Some(words) = &wenn.empfaenger {
            let groups: Vec<(&str, &At<'_, Words>)> =
                self.written.adressgruppe.iter().map(|(name, at)| (&**name, at)).collect();
            let mut globs = Vec::new();
            for word in words {
                if let Some(at) = self.choice(source, word, "adressgruppe", &groups) {
                    globs.extend(self.globs(at.source, &at.value));
                }
            }
            all.push(Bedingung::Empfaenger(globs));
        }
        if let Some(words) = &wenn.betreff {
            all.push(Bedingung::Betreff(self.words(source, words).iter().map(|word| Glob::new(&fold(word))).collect()));
        }
        if let Some(name) = &wenn.nummer {
            let known: Vec<(&str, &At<'_, Word>)> = self.written.nummer.iter().map(|(key, at)| (&**key, at)).collect();
            if let Some(at) = self.choice(source, name, "nummer", &known) {
                match pattern::regex(at.source, &at.value) {
                    Ok(regex) => all.push(Bedingung::Nummer(regex)),
                    Err(problem) => self.problems.push(*problem),
                }
            }
        }
        if let Some(feld) = &wenn.feld {
            all.push(Bedingung::Feld {
                bezeichnungen: self.folded(source, &feld.bezeichnungen),
                enthaelt: self.folded(source, &feld.enthaelt),
                enthaelt_nicht: self.folded(source, &feld.enthaelt_nicht),
            });
        }
        all.extend(wenn.amtsadresse.map(Bedingung::Amtsadresse));
        all.extend(wenn.eservice_feld.map(Bedingung::EserviceFeld));
        all.extend(wenn.leitet_kundenmail_weiter.map(Bedingung::LeitetKundenmailWeiter));
        all.extend(wenn.kundennummer.map(Bedingung::Kundennummer));
        all
    }

    fn address(&mut self) -> Option<AddressFinder> {
        let at = self.written.empfaenger_liegenschaft.as_ref()?;
        let mut stufen = Vec::new();
        for stufe in at.value.stufe.get_ref() {
            let mut quellen = Vec::new();
            for word in &stufe.orte {
                quellen.extend(self.choice(at.source, word, "place", &ORTE));
            }
            let kopfzeilen = self.words(at.source, &stufe.kopfzeilen);
            quellen.extend(kopfzeilen.into_iter().map(|name| Quelle::Kopfzeile(name.to_ascii_lowercase())));
            stufen.push(quellen);
        }
        let groups: Vec<(&str, &At<'_, Words>)> =
            self.written.adressgruppe.iter().map(|(name, at)| (&**name, at)).collect();
        let mut nie = Vec::new();
        for word in &at.value.nie_gruppen {
            if let Some(group) = self.choice(at.source, word, "adressgruppe", &groups) {
                nie.extend(self.globs(group.source, &group.value));
            }
        }
        let teamwoerter = self.folded(at.source, &at.value.teamwoerter).iter().map(|word| Glob::new(word)).collect();
        Some(AddressFinder { stufen, teamwoerter, ziffer_genuegt: at.value.ziffer_genuegt, nie })
    }

    fn field(&mut self, stammdaten: &Stammdaten) -> Option<FieldFinder> {
        let at = self.written.eservice_feld.as_ref()?;
        let known: Vec<(&str, &str)> = self.written.systemabsender.keys().map(|key| (&**key, &**key)).collect();
        let systemabsender = self.choice(at.source, &at.value.systemabsender, "system sender", &known);
        let mut namen: HashMap<String, Vec<AgenturId>> = HashMap::new();
        for (agentur, index) in stammdaten.agenturen().iter().zip(0u16..) {
            for key in BTreeSet::from([fold_ort(&agentur.name), fold_ort(&agentur.slug)]) {
                namen.entry(key).or_default().push(AgenturId(index));
            }
        }
        let fuellwoerter = self.words(at.source, &at.value.fuellwoerter);
        let mut fuellwoerter: Vec<String> = fuellwoerter.into_iter().map(fold_ort).collect();
        // The longer one first: "Agentur für Arbeit" before "Agentur".
        fuellwoerter.sort_by_key(|word| std::cmp::Reverse(word.len()));
        Some(FieldFinder {
            systemabsender: systemabsender?.to_owned(),
            felder: self.folded(at.source, &at.value.bezeichnungen),
            fuellwoerter,
            trenner: self.words(at.source, &at.value.trenner).into_iter().map(separator).collect(),
            namen,
        })
    }

    fn abwaegung(&mut self) -> Option<Abwaegung> {
        let written = self.written;
        let (at, streng, weit) = (written.entscheidung.as_ref()?, written.streng.as_ref()?, written.weit.as_ref()?);
        let reihenfolge = self.arten(at.source, at.value.reihenfolge.get_ref());
        let mut counts: BTreeMap<EvidenzArt, usize> = EvidenzArt::ALL.iter().map(|&art| (art, 0)).collect();
        reihenfolge.iter().for_each(|art| *counts.entry(*art).or_default() += 1);
        for (art, count) in counts.into_iter().filter(|&(_, count)| count != 1) {
            let title = format!("reihenfolge names {} {count} times", art.as_str());
            let help = "every kind of evidence stands there exactly once".to_owned();
            self.problem(at.source, at.value.reihenfolge.span(), title, Some(help));
        }
        if *at.value.mindestens.get_ref() < 2 {
            let title = "a majority needs at least 2".to_owned();
            self.problem(at.source, at.value.mindestens.span(), title, None);
        }
        Some(Abwaegung {
            allein: self.arten(at.source, &at.value.allein),
            stimmen: self.arten(at.source, &at.value.stimmen),
            mindestens: *at.value.mindestens.get_ref(),
            reihenfolge,
            hinweise_streng: self.arten(streng.source, &streng.value.hinweise).into_iter().collect(),
            hinweise_weit: self.arten(weit.source, &weit.value.hinweise).into_iter().collect(),
        })
    }

    fn arten(&mut self, source: &Source, words: &Words) -> Vec<EvidenzArt> {
        let known = EvidenzArt::ALL.map(|art| (art.as_str(), art));
        words.iter().filter_map(|word| self.choice(source, word, "kind of evidence", &known)).collect()
    }
}

/// A word between two offices stands alone; a sign may touch its neighbours.
fn separator(written: &str) -> String {
    let word = fold(written);
    if word.chars().any(char::is_alphanumeric) { format!(" {word} ") } else { word }
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
