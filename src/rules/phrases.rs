//! Sets of words and phrases, found in folded text in one go.

use std::collections::HashSet;

use aho_corasick::{AhoCorasick, MatchKind};

/// Phrases from a rule file, folded.
#[derive(Clone, Debug)]
pub(super) struct Phrases {
    machine: AhoCorasick,
    phrases: Vec<String>,
    /// Without signs at their ends.
    words: HashSet<String>,
}

/// Where a phrase stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hit {
    pub start: usize,
    pub end: usize,
    /// Which one it is.
    pub index: usize,
}

impl Phrases {
    /// Takes folded phrases; none of them is empty.
    ///
    /// # Errors
    /// If there are too many to be searched for at once.
    pub fn new(phrases: Vec<String>) -> Result<Self, aho_corasick::BuildError> {
        let machine = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&phrases)?;
        let words = phrases.iter().map(|phrase| without_signs(phrase).to_owned()).collect();
        Ok(Phrases { machine, phrases, words })
    }

    /// All phrases that stand in the text as whole words, in order; the longest where several begin.
    pub fn find<'t>(&'t self, text: &'t str) -> impl Iterator<Item = Hit> + 't {
        self.machine
            .find_iter(text)
            .map(|found| Hit { start: found.start(), end: found.end(), index: found.pattern().as_usize() })
            .filter(move |hit| {
                // A phrase that ends in a sign may touch what follows.
                let ends_in_letter = text[..hit.end].ends_with(char::is_alphanumeric);
                let goes_on = ends_in_letter && text[hit.end..].starts_with(char::is_alphanumeric);
                !(goes_on || text[..hit.start].ends_with(is_part_of_word))
            })
    }

    /// Whether one of them stands there.
    pub fn is_in(&self, text: &str) -> bool {
        self.find(text).next().is_some()
    }

    /// Where the phrase at the beginning of the text ends, leaving signs in front aside.
    pub fn at_start_of(&self, text: &str) -> Option<usize> {
        let first = text.find(char::is_alphanumeric)?;
        self.find(text).next().filter(|hit| hit.start <= first).map(|hit| hit.end)
    }

    /// Whether the text is one of them and nothing else but signs.
    pub fn is_all_of(&self, text: &str) -> bool {
        self.words.contains(without_signs(text))
    }

    /// The phrases.
    pub fn all(&self) -> &[String] {
        &self.phrases
    }
}

fn without_signs(text: &str) -> &str {
    text.trim_matches(|c: char| !c.is_alphanumeric())
}

/// A word goes on over a hyphen: the address in `e-mail-adresse` is none.
fn is_part_of_word(c: char) -> bool {
    c.is_alphanumeric() || c == '-'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_words_are_found() {
        let phrases = Phrases::new(["adresse", "neue adresse", "e.k.", "ag"].map(str::to_owned).to_vec()).unwrap();
        for (text, found) in [
            ("meine adresse: x", vec!["adresse"]),
            ("neue adresse (adresse)", vec!["neue adresse", "adresse"]),
            ("e-mail-adresse", vec![]),
            ("adressen", vec![]),
            ("stahl e.k., x ag", vec!["e.k.", "ag"]),
            ("tag", vec![]),
            ("", vec![]),
        ] {
            let hits: Vec<&str> = phrases.find(text).map(|hit| &text[hit.start..hit.end]).collect();
            assert_eq!(hits, found, "{text}");
        }
        assert_eq!(phrases.at_start_of("*adresse* x"), Some(8));
        assert_eq!(phrases.at_start_of("die adresse"), None);
        assert!(phrases.is_all_of("neue adresse:") && !phrases.is_all_of("adresse x"));
    }

    #[test]
    fn words_end_where_letters_end() {
        let phrases = Phrases::new(["neu", "e.k."].map(str::to_owned).to_vec()).unwrap();
        for (text, is_in) in [
            ("neu", true),
            ("(neu)", true),
            ("neu-isenburg", true),
            ("alt-neu", false),
            ("neu1", false),
            ("1neu", false),
            ("e.k.x", true),
            ("xe.k.", false),
        ] {
            assert_eq!(phrases.is_in(text), is_in, "{text}");
        }
        for (text, start, all) in [
            ("neu x", Some(3), false),
            ("- neu x", Some(5), false),
            ("x neu", None, false),
            ("- neu!", Some(5), true),
            ("e.k", None, true),
            ("--", None, false),
        ] {
            assert_eq!((phrases.at_start_of(text), phrases.is_all_of(text)), (start, all), "{text}");
        }
        assert_eq!(phrases.find("e.k. neu").map(|hit| hit.index).collect::<Vec<_>>(), [1, 0]);
        assert_eq!(phrases.all(), ["neu", "e.k."]);
    }
}
