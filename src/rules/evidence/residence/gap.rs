//! What stands between a label and a postcode: parts of an address, or something else.

use super::labelled::{Label, LabelArt};
use super::{Umfeld, Wohnworte};
use crate::domain::stammdaten::fold_ort;
use crate::rules::letter::Absatz;
use crate::rules::postcode;
use crate::rules::prepare::Prepared;

/// Most words of an address in a field, and of a sentence that leads to one.
const MAX_FIELD: usize = 14;
const MAX_SENTENCE: usize = 24;
/// Longest way from a label to its number, in bytes.
const LONGEST: usize = 400;
/// Most words of a street before its number.
const STREET_WORDS: usize = 4;
/// Words of a label's line before its colon.
const WORDS_BEFORE_COLON: usize = 3;

/// Whether the label is the name of a field: a colon, a dash or the end of the line follows, or the address itself.
pub(super) fn is_field(absatz: &Absatz, label: &Label) -> bool {
    if label.art == LabelArt::Eigen
        && !absatz.text[label.hit.start..label.hit.end].contains("adress")
        && !absatz.text[label.hit.start..label.hit.end].contains("anschrift")
    {
        return false;
    }
    let line_end = absatz.line_at(label.hit.start).end.max(label.hit.end);
    let rest = &absatz.text[label.hit.end..line_end];
    let has_sign =
        rest.find([':', '=']).is_some_and(|colon| rest[..colon].split_whitespace().count() <= WORDS_BEFORE_COLON);
    has_sign || rest.trim().is_empty() || rest.trim_start().starts_with(['-', '\u{2013}', ','])
}

/// Whether only parts of an address stand there.
pub(super) fn leads_to_address(umfeld: &Umfeld<'_, '_>, art: LabelArt, gap: &str, is_field: bool) -> bool {
    let (worte, mail) = (umfeld.worte, umfeld.mail);
    // `ich wohne bei ihm, er ist in ...`
    if gap.len() > LONGEST || (art == LabelArt::Eigen && worte.gleich.is_in(gap)) {
        return false;
    }
    if worte.verneinung.is_in(gap)
        || worte.anderes_thema.is_in(gap)
        || worte.alt.is_in(&gap[..gap.find(':').unwrap_or(0)])
    {
        // An old address is judged by its period.
        return worte.alt.is_in(&gap[..gap.find(':').unwrap_or(0)]) && !worte.verneinung.is_in(gap);
    }
    let tokens: Vec<&str> = gap.split_whitespace().collect();
    let author = mail.verfasser();
    if begins_with_owner(worte, gap)
        || super::names_somebody_else(worte, gap, author)
        || worte.names_a_person(gap, author)
        || worte.fachleute.is_in(gap)
    {
        return false;
    }
    if is_field {
        let qualifier = gap.find(':').map_or("", |colon| &gap[..colon]);
        return tokens.len() <= MAX_FIELD
            && worte.says_nothing(&worte.sprache.kalender.without_dates(qualifier), author)
            && !begins_with_a_name(worte, mail, gap);
    }
    if tokens.len() > MAX_SENTENCE {
        return false;
    }
    let shares = worte.gemeinsam.is_in(gap);
    let street = street_words(worte, &tokens);
    let dated = worte.sprache.kalender.without_dates(gap);
    let undated: Vec<&str> = dated.split_whitespace().collect();
    undated.iter().all(|token| {
        let word = token.trim_matches(|c: char| !c.is_alphanumeric());
        word.chars().count() <= 1
            || word.bytes().all(|byte| byte.is_ascii_digit())
            || street.contains(&word)
            || worte.fuellwoerter.is_all_of(word)
            || worte.neu.is_all_of(word)
            || worte.eigen.is_all_of(word)
            || worte.zusatz.is_all_of(word)
            || worte.bezeichnungen.is_all_of(word)
            || worte.strassen.fits(word)
            || (shares && (worte.personen.is_all_of(word) || worte.gemeinsam.is_all_of(word)))
            || author.contains(word)
            || !mail.stammdaten.ort(&fold_ort(word), mail.lage.tag).is_empty()
    })
}

/// The words before each house number.
fn street_words<'t>(worte: &Wohnworte, tokens: &[&'t str]) -> Vec<&'t str> {
    let mut words = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        let upto = tokens[..=index].join(" ");
        let is_number = token.starts_with(|c: char| c.is_ascii_digit()) && postcode::ends_in_house_number(&upto);
        if is_number || worte.strassen.fits(token.trim_matches(|c: char| !c.is_alphanumeric())) {
            let before =
                tokens[..index].iter().rev().take(STREET_WORDS).take_while(|word| !word.ends_with([':', ',', ';']));
            let street = std::iter::once(token).chain(before);
            words.extend(street.map(|word| word.trim_matches(|c: char| !c.is_alphanumeric())));
        }
    }
    words
}

/// `Anschrift der Firma`, `Adresse von Oma`; but `von mir`.
fn begins_with_owner(worte: &Wohnworte, gap: &str) -> bool {
    let first = gap.split_whitespace().next().unwrap_or_default();
    gap.starts_with(char::is_whitespace)
        && worte.fremder_besitz_danach.is_all_of(first)
        && !gap.trim_start().starts_with("von mir")
}

/// `Anschrift: Petra Meier, Hauptstr. 5, ...`: two words without a number, and a piece with one behind them.
fn begins_with_a_name(worte: &Wohnworte, mail: &Prepared<'_>, gap: &str) -> bool {
    let author = mail.verfasser();
    let value = gap.find(':').map_or(gap, |colon| &gap[colon + 1..]);
    let value = value.trim_start_matches(|c: char| !c.is_alphanumeric());
    let mut pieces = value.split([',', '\u{b7}', '|', ';', '/']);
    let (Some(first), Some(second)) = (pieces.next(), pieces.next()) else { return false };
    let words: Vec<&str> = first.split_whitespace().collect();
    words.len() == 2
        && words.iter().all(|word| word.chars().all(|c| c.is_alphabetic() || c == '-'))
        && second.bytes().any(|byte| byte.is_ascii_digit())
        && !words.iter().any(|word| worte.strassen.fits(word) || worte.fuellwoerter.is_all_of(word))
        && !author.is_named_in(first)
}

#[cfg(test)]
mod tests {
    use super::super::labelled;
    use super::super::tests::{absatz, with_letter, worte};
    use super::*;
    use crate::rules::letter::Teil;

    #[test]
    fn labels_that_are_fields() {
        for (text, expected) in [
            ("anschrift: x", true),
            ("anschrift = x", true),
            ("anschrift a b c: x", true),
            ("anschrift a b c d: x", false),
            ("anschrift", true),
            ("anschrift - x", true),
            ("anschrift, x", true),
            ("anschrift x", false),
            ("wohnort: x", true),
            ("wohnort x", false),
            ("ich wohne: x", false),
            ("ich wohne", false),
        ] {
            let absatz = absatz(Teil::Text, &["hier", text, "y: z"]);
            let label = labelled::labels(worte(), &absatz.text)[0];
            assert_eq!(is_field(&absatz, &label), expected, "{text}");
        }
        for (text, expected) in [("anschrift: x", true), ("adresse: x", true), ("wohnort: x", false)] {
            let absatz = absatz(Teil::Text, &[text]);
            let label = Label { art: LabelArt::Eigen, ..labelled::labels(worte(), text)[0] };
            assert_eq!(is_field(&absatz, &label), expected, "own {text}");
        }
    }

    #[test]
    fn only_parts_of_an_address_lead_to_one() {
        use LabelArt::{Eigen, Neutral};
        let of_bytes = |count: usize| format!(":{}", "x".repeat(count - 1));
        let of_words = |count: usize| "x ".repeat(count);
        for (art, gap, as_field, in_sentence) in [
            (Neutral, ": weg 5, ", true, true),
            (Neutral, "", true, true),
            (Neutral, " ist ", true, true),
            (Eigen, " ist ", false, false),
            (Eigen, " in ", true, true),
            (Neutral, &of_bytes(400), true, false),
            (Neutral, &of_bytes(401), false, false),
            (Neutral, ": nicht ", false, false),
            (Neutral, ": kurs ", false, false),
            (Neutral, " alt: kurs ", true, true),
            (Neutral, " alt: nicht ", false, false),
            (Neutral, ": alt ", true, false),
            (Neutral, " der firma ", false, false),
            (Neutral, ": herr meier ", false, false),
            (Neutral, ": mutter ", false, false),
            (Neutral, ": arzt ", false, false),
            (Neutral, ": petra meier, weg 5, ", false, false),
            (Neutral, " privat: weg 5 ", true, true),
            (Neutral, " firmensitz: weg 5 ", false, false),
            (Neutral, " seit 1. mai 2023: weg 5 ", true, true),
            (Neutral, &of_words(14), true, true),
            (Neutral, &of_words(15), false, true),
            (Neutral, &of_words(24), false, true),
            (Neutral, &of_words(25), false, false),
            (Eigen, " xy ", true, false),
            (Eigen, " y 123 ", true, true),
            (Eigen, " schoene gasse ", true, true),
            (Eigen, " schoene ", true, false),
            (Eigen, " schoene 5 ", true, true),
            (Eigen, " neues ", true, true),
            (Eigen, " meine ", true, true),
            (Eigen, " privat ", true, true),
            (Eigen, " wohnort ", true, true),
            (Eigen, " bei eltern ", true, true),
            (Eigen, " samt eltern ", true, true),
            (Eigen, " gudula ", true, true),
            (Eigen, " bonn ", true, true),
            (Eigen, " seit 1. mai 2023 in ", true, true),
        ] {
            let leads = |is_field| with_letter("x", |umfeld| leads_to_address(umfeld, art, gap, is_field));
            assert_eq!((leads(true), leads(false)), (as_field, in_sentence), "{art:?} {gap:?}");
        }
    }

    #[test]
    fn words_of_a_street() {
        for (gap, expected) in [
            ("a b c d e 5", vec!["5", "e", "d", "c", "b"]),
            ("x: c d, e 5,", vec!["5", "e"]),
            ("am alten (markt)", vec!["markt", "alten", "am"]),
            ("5 a b", vec![]),
            ("a b", vec![]),
        ] {
            let tokens: Vec<&str> = gap.split_whitespace().collect();
            assert_eq!(street_words(worte(), &tokens), expected, "{gap}");
        }
    }

    #[test]
    fn owners_and_names() {
        for (gap, owner) in
            [(" der firma", true), ("der firma", false), (" von mir", false), (" von oma", true), (" in bonn", false)]
        {
            assert_eq!(begins_with_owner(worte(), gap), owner, "{gap}");
        }
        for (gap, name) in [
            (": petra meier, weg 5, ", true),
            ("petra meier | weg 5", true),
            (": anna-lena meier/ weg 5", true),
            (": petra, weg 5", false),
            (": petra eva meier, weg 5", false),
            (": petra meier, weg", false),
            (": petra meier 5", false),
            (": petra m3, weg 5", false),
            (": neue gasse, 5", false),
            (": in bonn, 5", false),
            (": gudula offermanns, weg 5", false),
        ] {
            let begins = with_letter("x", |umfeld| begins_with_a_name(worte(), umfeld.mail, gap));
            assert_eq!(begins, name, "{gap}");
        }
    }
}
