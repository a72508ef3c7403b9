//! Compiles the rules about kinds of message.

use std::ops::Range;

use crate::diagnostic::Source;
use crate::domain::decision::{Grund, Vorgangsart};
use crate::rules::classify::{Aktion, VorgangsartRegel};
use crate::rules::condition::Bedingung;
use crate::rules::file::{self, Words};
use crate::rules::fold::fold;
use crate::rules::glob::Glob;
use crate::rules::read::At;

use super::Compiler;

impl Compiler<'_, '_> {
    /// All rules in order; what can never be reached or is missing is reported.
    pub(super) fn vorgangsarten(&mut self) -> Option<Vec<VorgangsartRegel>> {
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
            if is_last && let Some(day) = at.value.gueltig_ab.as_ref().or(at.value.gueltig_bis.as_ref()) {
                let title = "the last rule must apply always, also on other days".to_owned();
                self.problem(at.source, day.span(), title, Some("take the date out".to_owned()));
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
        let gueltigkeit = self.gueltigkeit(source, value.gueltig_ab.as_ref(), value.gueltig_bis.as_ref());
        let mut wenn = Vec::new();
        for alternative in &value.wenn {
            let all = self.bedingungen(source, alternative.get_ref(), alternative.span());
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
            gueltigkeit,
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
    fn bedingungen(&mut self, source: &Source, wenn: &file::Wenn, place: Range<usize>) -> Vec<Bedingung> {
        let mut all = Vec::new();
        let lists = [&wenn.inhaltstyp, &wenn.absender, &wenn.empfaenger, &wenn.betreff].into_iter().flatten();
        let lists = lists
            .chain(wenn.kopfzeile.values())
            .chain(wenn.feld.iter().flat_map(|feld| [&feld.bezeichnungen, &feld.enthaelt]));
        for words in lists {
            self.filled(source, words, place.clone());
        }
        let names = wenn.kopfzeile.keys().chain(wenn.kopfzeile_zahl.iter().map(|number| &number.name));
        for name in names {
            self.header_name(source, name, place.clone());
        }
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
        all.extend(wenn.absender_unbestaetigt.map(Bedingung::AbsenderUnbestaetigt));
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
            let known: Vec<(&str, &str)> = self.written.nummer.keys().map(|key| (&**key, &**key)).collect();
            let name = self.choice(source, name, "nummer", &known);
            let regex = name.and_then(|name| self.nummern.get(name)).cloned();
            all.extend(regex.map(Bedingung::Nummer));
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
}
