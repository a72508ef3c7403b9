//! Words with `*` and phrases without, as admins list them, found in folded text.

use super::glob::Glob;
use super::phrases::Phrases;

/// Some words.
#[derive(Clone, Debug)]
pub(super) struct Vocabulary {
    /// Single words with `*`.
    pub globs: Vec<Glob>,
    /// The rest.
    pub phrases: Phrases,
}

impl Vocabulary {
    /// Whether one of them stands in the text; words for which `skip` holds do not count for patterns.
    pub fn any_in(&self, text: &str, skip: impl Fn(&str) -> bool) -> bool {
        self.phrases.is_in(text)
            || (!self.globs.is_empty()
                && words(text).any(|word| self.globs.iter().any(|glob| glob.matches(word)) && !skip(word)))
    }

    /// Whether this word is one of them.
    pub fn fits(&self, word: &str) -> bool {
        self.globs.iter().any(|glob| glob.matches(word)) || self.phrases.is_all_of(word)
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '-').filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_and_phrases_are_found() {
        let phrases = |words: &[&str]| Phrases::new(words.iter().map(|&word| word.to_owned()).collect()).unwrap();
        let words = Vocabulary { globs: vec![Glob::new("*klinik")], phrases: phrases(&["e. v."]) };
        let street = |word: &str| word == "am-klinik";
        for (text, found) in [
            ("die uniklinik,", true),
            ("uni-klinik", true),
            ("verein e. v. x", true),
            ("klinikum", false),
            ("am-klinik", false),
            ("am-klinik der klinik", true),
            ("", false),
        ] {
            assert_eq!(words.any_in(text, street), found, "{text}");
        }
        assert!(words.fits("klinik") && words.fits("e. v.") && !words.fits("klinikum") && !words.fits("v."));
        let without = Vocabulary { globs: Vec::new(), phrases: phrases(&["ag"]) };
        assert!(without.any_in("x ag", |_| true) && !without.any_in("klinik", |_| false));
    }
}
