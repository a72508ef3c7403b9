//! Compiles the words by which the parts of a text and the homes in it are recognised.

use std::ops::Range;

use crate::diagnostic::Source;
use crate::rules::calendar::{Kalender, Kalenderworte};
use crate::rules::evidence::residence::{Formularfelder, ResidenceFinder, Wohnworte};
use crate::rules::file::Words;
use crate::rules::fold::fold;
use crate::rules::glob::Glob;
use crate::rules::language::Sprache;
use crate::rules::letter::Briefworte;
use crate::rules::phrases::Phrases;
use crate::rules::prepare::Begriffe;
use crate::rules::sentence::Satzgrenzen;
use crate::rules::vocabulary::Vocabulary;

use super::Compiler;

const MONTHS: usize = 12;

impl Compiler<'_, '_> {
    /// The parts of a letter.
    pub(super) fn brief(&mut self) -> Option<Briefworte> {
        let at = self.written.brief.as_ref()?;
        let (source, value, place) = (at.source, &at.value, &at.span);
        Some(Briefworte {
            anreden: self.phrases(source, &value.anreden, place)?,
            titel: self.phrases(source, &value.titel, place)?,
            grussformeln: self.phrases(source, &value.grussformeln, place)?,
            schlussworte: self.phrases(source, &value.schlussworte, place)?,
            fusszeilen: self.phrases(source, &value.fusszeilen, place)?,
            nachschrift: self.phrases(source, &value.nachschrift, place)?,
        })
    }

    /// Sentences, calendar, and words that join.
    fn sprache(&mut self) -> Option<Sprache> {
        let at = self.written.sprache.as_ref()?;
        let (source, value, place) = (at.source, &at.value, &at.span);
        let months = value.monate.get_ref();
        if months.len() != MONTHS {
            let title = format!("a year has {MONTHS} months, not {}", months.len());
            self.problem(source, value.monate.span(), title, None);
        }
        let monate: Vec<Vec<String>> = months.iter().map(|names| self.folded(source, names)).collect();
        let worte = Kalenderworte {
            beginn: self.folded(source, &value.beginn),
            sofort: self.folded(source, &value.sofort),
            bis: self.folded(source, &value.bis),
            seit: self.folded(source, &value.seit),
            davor: self.folded(source, &value.davor),
            monate,
        };
        for words in [&value.beginn, &value.sofort, &value.bis, &value.seit, &value.davor] {
            self.filled(source, words, place.clone());
        }
        let without_stop = |word: String| word.trim_end_matches('.').to_owned();
        let kalender = Kalender::new(&worte).map_err(|error| {
            let title = format!("the words of the calendar are too many: {error}");
            self.problem(source, place.clone(), title, None);
        });
        Some(Sprache {
            saetze: Satzgrenzen {
                abkuerzungen: self.folded(source, &value.abkuerzungen).into_iter().map(without_stop).collect(),
                strassenkuerzel: self.folded(source, &value.strassenkuerzel).into_iter().map(without_stop).collect(),
                monate: worte.monate.into_iter().flatten().collect(),
            },
            kalender: kalender.ok()?,
            und: self.phrases(source, &value.und, place)?,
            nebensatz: self.phrases(source, &value.nebensatz, place)?,
        })
    }

    /// The finder of evidence W.
    pub(super) fn residence(&mut self, begriffe: Option<&Begriffe>) -> Option<ResidenceFinder> {
        let at = self.written.wohnsitz.as_ref()?;
        let (source, value, place) = (at.source, &at.value, &at.span);
        let formular = Formularfelder {
            anschrift: self.folded(source, &value.formularfelder),
            neu: self.folded(source, &value.formularfelder_neu),
            ort: self.folded(source, &value.formularfelder_ort),
        };
        let worte = Wohnworte {
            bezeichnungen: self.phrases(source, &value.bezeichnungen, place)?,
            eigene: self.phrases(source, &value.eigene, place)?,
            ohne_person: self.phrases(source, &value.ohne_person, place)?,
            umzug: self.phrases(source, &value.umzug, place)?,
            ort_genuegt: self.phrases(source, &value.ort_genuegt, place)?,
            ich: self.phrases(source, &value.ich, place)?,
            vorstellung: self.phrases(source, &value.vorstellung, place)?,
            eigen: self.phrases(source, &value.eigen, place)?,
            mehrzahl: self.phrases(source, &value.mehrzahl, place)?,
            gleich: self.phrases(source, &value.gleich, place)?,
            neu: self.phrases(source, &value.neu, place)?,
            alt: self.phrases(source, &value.alt, place)?,
            zusatz: self.phrases(source, &value.zusatz, place)?,
            fuellwoerter: self.phrases(source, &value.fuellwoerter, place)?,
            verneinung: self.phrases(source, &value.verneinung, place)?,
            bedingung: self.phrases(source, &value.bedingung, place)?,
            ungueltig: self.phrases(source, &value.ungueltig, place)?,
            kuenftig: self.phrases(source, &value.kuenftig, place)?,
            personen: self.phrases(source, &value.personen, place)?,
            fachleute: self.phrases(source, &value.fachleute, place)?,
            anreden: begriffe?.brief.anreden.clone(),
            fremder_besitz: self.phrases(source, &value.fremder_besitz, place)?,
            fremder_besitz_danach: self.phrases(source, &value.fremder_besitz_danach, place)?,
            anschriftteile: self.phrases(source, &value.anschriftteile, place)?,
            vertretung: self.phrases(source, &value.vertretung, place)?,
            namensfelder: self.phrases(source, &value.namensfelder, place)?,
            gemeinsam: self.phrases(source, &value.gemeinsam, place)?,
            titel: self.phrases(source, &value.titel, place)?,
            anderes_thema: self.phrases(source, &value.anderes_thema, place)?,
            gueltig: self.phrases(source, &value.gueltig, place)?,
            umzug_von: self.phrases(source, &value.umzug_von, place)?,
            umzug_nach: self.phrases(source, &value.umzug_nach, place)?,
            selbst: self.phrases(source, &value.selbst, place)?,
            aufenthalt: self.phrases(source, &value.aufenthalt, place)?,
            geburt: self.phrases(source, &value.geburt, place)?,
            zugunsten: self.phrases(source, &value.zugunsten, place)?,
            sprache: self.sprache()?,
            fremde_stellen: self.vocabulary(source, &value.fremde_stellen, place)?,
            postfach: self.phrases(source, &value.postfach, place)?,
            laender: self.phrases(source, &value.laender, place)?,
            nummernworte: self.phrases(source, &value.nummernworte, place)?,
            strassen: self.vocabulary(source, &value.strassen, place)?,
        };
        Some(ResidenceFinder { worte, formular })
    }

    /// Phrases that are searched for as whole words.
    pub(super) fn phrases(&mut self, source: &Source, words: &Words, place: &Range<usize>) -> Option<Phrases> {
        self.filled(source, words, place.clone());
        let folded = self.folded(source, words);
        self.built(source, folded, place)
    }

    /// Words with `*`, and phrases without.
    fn vocabulary(&mut self, source: &Source, words: &Words, place: &Range<usize>) -> Option<Vocabulary> {
        self.filled(source, words, place.clone());
        for word in words.iter().filter(|word| word.get_ref().contains('*') && word.get_ref().contains(' ')) {
            let help = "write the word with the star alone".to_owned();
            self.problem(source, word.span(), "a pattern with * is about one word".to_owned(), Some(help));
        }
        let (globs, phrases): (Vec<&str>, Vec<&str>) =
            self.words(source, words).into_iter().partition(|word| word.contains('*'));
        let phrases = phrases.into_iter().map(fold).collect();
        Some(Vocabulary {
            globs: globs.into_iter().map(|word| Glob::new(&fold(word))).collect(),
            phrases: self.built(source, phrases, place)?,
        })
    }

    fn built(&mut self, source: &Source, folded: Vec<String>, place: &Range<usize>) -> Option<Phrases> {
        Phrases::new(folded)
            .map_err(|error| {
                let title = format!("these words cannot be searched for: {error}");
                self.problem(source, place.clone(), title, None);
            })
            .ok()
    }
}
