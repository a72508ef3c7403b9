//! Whose address a label announces.

use super::labelled::{Label, LabelArt, last_words};
use super::{Umfeld, Wohnworte, names_somebody_else};
use crate::rules::letter::{Absatz, Teil};
use crate::rules::names::Namen;

/// Bytes before a label in which its paragraph may speak of others.
const PARAGRAPH: usize = 1_500;
/// Words before *umgezogen* among which its subject stands.
const SUBJECT: usize = 5;
/// Words between *ich* and *wohnhaft*.
const NEAR: usize = 4;
/// Most words of a name, and perhaps a number, with which the sender introduces himself.
const MAX_INTRODUCTION: usize = 6;

/// Whether it is the sender's own: it says so itself, or it stands as a field at the beginning of a line and nothing
/// around it speaks of somebody or something else.
pub(super) fn is_the_sender(umfeld: &Umfeld<'_, '_>, index: usize, label: &Label) -> bool {
    let Umfeld { worte, mail, absaetze, .. } = umfeld;
    let place = Place::new(worte, &absaetze[index], label);
    let author = mail.verfasser();
    let is_anothers = worte.fremder_besitz.is_in(last_words(place.clause, 2));
    if is_anothers || is_within_quotation_marks(place.paragraph) {
        return false;
    }
    match label.art {
        LabelArt::Eigen => says_it_himself(worte, author, &place),
        LabelArt::Umzug => says_mine(worte, place.clause) || moves_himself(worte, author, &place),
        LabelArt::Neutral if says_mine(worte, place.clause) => {
            let is_plural = worte.mehrzahl.is_in(last_words(place.clause, 2));
            !(is_plural && signs_for_a_body(worte, absaetze))
        }
        LabelArt::Neutral => {
            (worte.zusatz_only(place.field) || follows_his_name(worte, author, &place))
                && !umfeld.acts_for_others()
                && !speaks_of_others(worte, author, place.paragraph)
                && !is_about_something_else(worte, &place)
                && !announces_something(worte, author, absaetze, index, &place)
        }
    }
}

/// `ich bin umgezogen`: the sender, and nobody else in the sentence.
fn moves_himself(worte: &Wohnworte, author: &Namen, place: &Place<'_>) -> bool {
    worte.ich.is_in(last_words(place.clause, SUBJECT)) && !speaks_of_others(worte, author, place.sentence)
}

/// `Gudula Offermanns, Anschrift: ...`, `hier ist Gudula Offermanns Anschrift ...`
fn follows_his_name(worte: &Wohnworte, author: &Namen, place: &Place<'_>) -> bool {
    let name = last_words(place.clause, 2);
    let introduces_himself = || {
        worte
            .vorstellung
            .find(place.clause)
            .last()
            .is_some_and(|hit| (1..=MAX_INTRODUCTION).contains(&place.clause[hit.end..].split_whitespace().count()))
    };
    let names_himself = author.begin(place.line) || (!name.trim().is_empty() && author.is_named_in(name));
    (names_himself || introduces_himself()) && !speaks_of_others(worte, author, place.line)
}

/// `meine`, `meine neue` directly before the label.
fn says_mine(worte: &Wohnworte, clause: &str) -> bool {
    let mut words = clause.split_whitespace().rev();
    let qualifies = |word: &&str| [&worte.zusatz, &worte.neu, &worte.alt].iter().any(|words| words.is_all_of(word));
    match words.next() {
        Some(last) if worte.eigen.is_all_of(last) => true,
        Some(last) if qualifies(&last) => words.next().is_some_and(|word| worte.eigen.is_all_of(word)),
        _ => false,
    }
}

/// Somebody else's words in the middle of a sentence.
fn is_within_quotation_marks(before: &str) -> bool {
    before.matches(['"', '\u{201e}', '\u{201c}', '\u{201d}', '\u{ab}', '\u{bb}']).count() % 2 == 1
}

/// The sentence speaks of a course, a doctor or the like before the label; or the one before does, and not of the sender.
fn is_about_something_else(worte: &Wohnworte, place: &Place<'_>) -> bool {
    let names_it = |said: &str| worte.anderes_thema.is_in(said) || worte.fachleute.is_in(said);
    let above = place.paragraph[..place.paragraph.len().saturating_sub(place.sentence.len())].trim_end();
    let said = &above[worte.sprache.saetze.around(above, above.len().saturating_sub(2)).start..];
    names_it(place.sentence) || (names_it(said) && !worte.ich.is_in(said))
}

/// `im Auftrag von ...`, `ich schreibe für meine Mutter`: then an address that nobody calls his own is theirs.
pub(super) fn acts_for_others(worte: &Wohnworte, text: &str) -> bool {
    worte.vertretung.is_in(text)
        || worte.personen.find(text).any(|hit| {
            let before = last_words(&text[..hit.start], 4);
            worte.zugunsten.is_in(before) && before.split(' ').any(|word| worte.eigen.is_all_of(word))
        })
}

/// The signature names a company, so *we* are that.
fn signs_for_a_body(worte: &Wohnworte, absaetze: &[Absatz]) -> bool {
    absaetze.iter().any(|absatz| absatz.teil == Teil::Signatur && worte.names_a_body(&absatz.text))
}

/// What stands before a label.
struct Place<'t> {
    /// Its line.
    line: &'t str,
    /// Its line, as far as it is the same sentence.
    field: &'t str,
    /// Its sentence.
    sentence: &'t str,
    /// The end of its sentence that no sign divides.
    clause: &'t str,
    /// Its paragraph.
    paragraph: &'t str,
    /// The label itself.
    label: &'t str,
    /// Where it begins.
    at: usize,
}

impl<'t> Place<'t> {
    fn new(worte: &Wohnworte, absatz: &'t Absatz, label: &Label) -> Self {
        let text = &absatz.text;
        let at = label.hit.start;
        let (line_start, sentence_start) = (absatz.line_at(at).start, worte.sprache.saetze.around(text, at).start);
        let sentence = &text[sentence_start..at];
        let clause = sentence.rfind([',', ';', ':', '|', '(', ')']).map_or(sentence, |sign| &sentence[sign + 1..]);
        Place {
            line: &text[line_start..at],
            field: &text[line_start.max(sentence_start)..at],
            sentence,
            clause,
            paragraph: &text[text.floor_char_boundary(at.saturating_sub(PARAGRAPH))..at],
            label: &text[at..label.hit.end],
            at,
        }
    }
}

/// `ich wohne` does. `wohnhaft` needs somebody: *ich*, the sender's name, or nobody else at the beginning of a line.
fn says_it_himself(worte: &Wohnworte, author: &Namen, place: &Place<'_>) -> bool {
    if !worte.ohne_person.is_all_of(place.label) {
        return true;
    }
    let before = last_words(place.sentence, NEAR);
    let name = last_words(place.sentence.trim_end_matches([',', ' ']), 2);
    let names_author = !author.is_unknown() && !name.is_empty() && author.is_named_in(name);
    worte.ich.is_in(last_words(place.clause, NEAR))
        || worte.zusatz_only(place.field) && !speaks_of_others(worte, author, place.paragraph)
        || names_author && !names_somebody_else(worte, before, author)
        || (place.clause.trim().is_empty() && ends_in_ich(worte, before))
        || begins_with_himself(worte, author, place.sentence)
}

/// `Ich, Gudula Offermanns, geb. am ..., wohnhaft in ...`
fn begins_with_himself(worte: &Wohnworte, author: &Namen, sentence: &str) -> bool {
    let Some((first, _)) = sentence.trim_start().split_once(',') else { return false };
    (worte.ich.is_all_of(first) || author.begin(first)) && !speaks_of_others(worte, author, sentence)
}

/// `ich, wohnhaft in ...`
fn ends_in_ich(worte: &Wohnworte, before: &str) -> bool {
    worte.ich.is_all_of(last_words(before.trim_end_matches([',', ' ']), 1))
}

/// A relative, a client, somebody with a title or a name.
fn speaks_of_others(worte: &Wohnworte, author: &Namen, text: &str) -> bool {
    worte.names_a_person(text, author) || names_somebody_else(worte, text, author)
}

/// The line above says whose or what's address follows: `Name: Eva Lang`, `Mein neuer Betrieb:`.
fn announces_something(
    worte: &Wohnworte,
    author: &Namen,
    absaetze: &[Absatz],
    index: usize,
    place: &Place<'_>,
) -> bool {
    let label_start = place.at;
    let own_lines = place.paragraph.len() > place.line.len();
    let name_above = absaetze[index].lines_before(label_start).filter_map(|line| worte.name_in(line)).last();
    if name_above.is_some_and(|name| !author.is_unknown() && !author.is_named_in(&name)) {
        return true;
    }
    if own_lines && is_somebodys_name(worte, author, &absaetze[index], label_start) {
        return true;
    }
    let above = index.checked_sub(1).map(|above| &absaetze[above]).filter(|_| !own_lines);
    above.is_some_and(|above| {
        above.zeilen.len() == 1
            && above.text.ends_with(':')
            && (worte.anderes_thema.is_in(&above.text) || speaks_of_others(worte, author, &above.text))
    })
}

/// The line above is short, says nothing of the sender and could be a name: `Der Schüler Tim Roth`.
fn is_somebodys_name(worte: &Wohnworte, author: &Namen, absatz: &Absatz, at: usize) -> bool {
    let Some(line) = absatz.lines_before(at).last() else { return false };
    !author.is_unknown()
        && (2..=4).contains(&line.split_whitespace().count())
        && !line.bytes().any(|byte| byte.is_ascii_digit())
        && !line.ends_with([':', '.', '!', '?', ','])
        && !worte.anreden.is_in(line)
        && !worte.ich.is_in(line)
        && !worte.eigen.is_in(line)
        && !worte.strassen.fits(last_words(line, 1))
        && !line.split_whitespace().any(|word| author.contains(word))
}

#[cfg(test)]
mod tests {
    use super::super::labelled;
    use super::super::tests::{absatz, gudula, with_letter, worte};
    use super::*;

    #[test]
    fn words_about_the_sender() {
        for (clause, mine) in [
            ("meine ", true),
            ("meine neue ", true),
            ("meine private ", true),
            ("meine alte ", true),
            ("meine schoene ", false),
            ("meine neue private ", false),
            ("schoene neue ", false),
            ("neue ", false),
            ("", false),
        ] {
            assert_eq!(says_mine(worte(), clause), mine, "{clause}");
        }
        for (text, within) in
            [("er sagt: \"ich", true), ("\"a\" ", false), ("\u{201e}a\u{201c} \u{ab}b", true), ("", false)]
        {
            assert_eq!(is_within_quotation_marks(text), within, "{text}");
        }
        for (before, ends) in [("ich, ", true), ("ich", true), ("ich auch, ", false), ("", false)] {
            assert_eq!(ends_in_ich(worte(), before), ends, "{before}");
        }
        for (sentence, begins) in [
            ("ich, gudula, ", true),
            (" gudula offermanns, geb. gestern, ", true),
            ("petra, geb. gestern, ", false),
            ("ich wohne", false),
            ("ich, also mutter, ", false),
            ("ich war, ", false),
        ] {
            assert_eq!(begins_with_himself(worte(), &gudula(), sentence), begins, "{sentence}");
        }
    }

    #[test]
    fn words_about_others() {
        for (text, acts) in [
            ("im auftrag", true),
            ("fuer meine mutter", true),
            ("fuer die mutter", false),
            ("meine mutter", false),
            ("meine liebe mutter", false),
            ("fuer meine a b c mutter", false),
            ("ich wohne hier", false),
        ] {
            assert_eq!(acts_for_others(worte(), text), acts, "{text}");
        }
        let signs = |teil| signs_for_a_body(worte(), &[absatz(teil, &["stahl gmbh"])]);
        assert!(signs(Teil::Signatur) && !signs(Teil::Text));
        assert!(!signs_for_a_body(worte(), &[absatz(Teil::Signatur, &["gudula"])]));
        for (text, others) in [("mutter", true), ("herr meier", true), ("herr offermanns", false), ("ich", false)] {
            assert_eq!(speaks_of_others(worte(), &gudula(), text), others, "{text}");
        }
    }

    #[test]
    fn a_name_on_the_line_above() {
        for (line, is_name) in [
            ("tim roth", true),
            ("der schueler tim roth", true),
            ("tim", false),
            ("a b c d e", false),
            ("tim roth 5", false),
            ("tim roth:", false),
            ("tim roth.", false),
            ("hallo tim", false),
            ("ich und tim", false),
            ("mein freund tim", false),
            ("schoene gasse", false),
            ("tim offermanns", false),
        ] {
            let absatz = absatz(Teil::Text, &["x", line, "anschrift"]);
            let at = absatz.zeilen[2].start;
            assert_eq!(is_somebodys_name(worte(), &gudula(), &absatz, at), is_name, "{line}");
            assert!(!is_somebodys_name(worte(), &Namen::default(), &absatz, at));
        }
        assert!(!is_somebodys_name(worte(), &gudula(), &absatz(Teil::Text, &["anschrift"]), 0));
    }

    #[test]
    fn whose_label_it_is() {
        let far = format!("Mutter{}\nAnschrift", " x".repeat(750));
        let near = format!("Mutter{}\nAnschrift", " x".repeat(745));
        for (text, own) in [
            ("ich wohne", true),
            ("er sagt: \"ich wohne", false),
            ("Meine Anschrift", true),
            ("seine Anschrift", false),
            ("Anschrift", true),
            ("xxx yyy Anschrift", false),
            ("Gudula Offermanns, Anschrift", true),
            ("hier ist Gudula Anschrift", true),
            ("von Gudula Offermanns Anschrift", true),
            ("von Petra Meier Anschrift", false),
            ("hier ist Petra Meier Anschrift", true),
            ("hier ist aaa bbb ccc ddd eee fff Anschrift", true),
            ("hier ist aaa bbb ccc ddd eee fff ggg Anschrift", false),
            ("hier ist meine Mutter Anschrift", false),
            // Somebody or something else in the paragraph.
            ("Meine Mutter ist krank.\nAnschrift", false),
            (&near, false),
            (&far, true),
            ("Ich betreue jemand.\n\nAnschrift", false),
            ("Der Kurs ist gut.\nAnschrift", false),
            ("Der Arzt ist gut.\nAnschrift", false),
            ("Ich gehe in den Kurs.\nAnschrift", true),
            ("x.\nAnschrift", true),
            // Announced above.
            ("Name: Eva Lang\nAnschrift", false),
            ("Name: Offermanns, Gudula\nAnschrift", true),
            ("x:\n\nAnschrift", true),
            ("Neuer Betrieb:\n\nAnschrift", false),
            ("Neuer Betrieb\n\nAnschrift", true),
            ("x\nNeuer Betrieb:\n\nAnschrift", true),
            ("Herr Meier:\n\nAnschrift", false),
            ("Tim Roth\nAnschrift", false),
            // `wohnhaft` needs somebody.
            ("wohnhaft", true),
            ("ich, wohnhaft", true),
            ("ich bin hier in wohnhaft", true),
            ("xxx yyy, wohnhaft", false),
            ("Gudula Offermanns, wohnhaft", true),
            ("Petra Meier, wohnhaft", false),
            ("Ich, Gudula, geb. gestern, wohnhaft", true),
            ("Petra, geb. gestern, wohnhaft", false),
            // `umgezogen` needs the sender, too.
            ("ich bin umgezogen", true),
            ("ich a b c d umgezogen", true),
            ("ich a b c d e umgezogen", false),
            ("meine Mutter ist umgezogen", false),
            ("ich und Herr Meier umgezogen", false),
            ("xx umgezogen", false),
            // *We* of a company.
            ("unsere Anschrift", true),
            ("unsere Anschrift\n\nGruß\nGudula\nStahl GmbH", false),
            ("meine Anschrift\n\nGruß\nGudula\nStahl GmbH", true),
        ] {
            let found = with_letter(&format!("Hallo,\n\n{text}"), |umfeld| {
                let index = umfeld.labels.iter().position(|labels| !labels.is_empty()).unwrap();
                is_the_sender(umfeld, index, umfeld.labels[index].last().unwrap())
            });
            assert_eq!(found, own, "{}", &text[text.len().saturating_sub(60)..]);
        }
    }

    #[test]
    fn what_stands_before_a_label() {
        let absatz = absatz(Teil::Text, &["erst das. dann", "und nun, hier anschrift: x"]);
        let label = labelled::labels(worte(), &absatz.text)[0];
        let place = Place::new(worte(), &absatz, &label);
        assert_eq!((place.line, place.field), ("und nun, hier ", "und nun, hier "));
        assert_eq!((place.sentence, place.clause), (" dann und nun, hier ", " hier "));
        assert_eq!((place.paragraph, place.label), ("erst das. dann und nun, hier ", "anschrift"));
    }
}
