//! The author's name, to tell his words about himself from words about others.

use super::fold::fold;

/// Most words of the beginning of a line among which a name is looked for.
const FIRST_WORDS: usize = 3;
/// Most words of a line that is a name.
const NAME_WORDS: usize = 5;

/// The parts of a name, folded: from the display name and from the address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Namen {
    teile: Vec<String>,
}

impl Namen {
    /// Reads what stands in From: `Offermanns, Gudula <gudula.offermanns@web.example>`.
    pub fn new<'n>(senders: impl IntoIterator<Item = &'n str>) -> Self {
        let mut teile = Vec::new();
        for sender in senders {
            // The domain says nothing about a person.
            for part in sender.split_whitespace() {
                let part = part.split_once('@').map_or(part, |(local, _)| local);
                let folded = fold(part);
                let words = folded.split(|c: char| !c.is_alphabetic()).filter(|word| word.chars().count() >= 3);
                teile.extend(words.map(str::to_owned));
            }
        }
        teile.sort();
        teile.dedup();
        Namen { teile }
    }

    /// Whether nothing is known.
    pub fn is_unknown(&self) -> bool {
        self.teile.is_empty()
    }

    /// Whether a folded word is part of the name.
    pub fn contains(&self, word: &str) -> bool {
        let word = word.trim_matches(|c: char| !c.is_alphabetic());
        word.split('-').any(|part| self.teile.iter().any(|known| known == part))
    }

    /// Whether a folded name is the author's: each of its words, where more than one of his is known. Words too short to
    /// be compared alone are nobody's name.
    pub fn is_named_in(&self, name: &str) -> bool {
        let mut words = name.split_whitespace().filter(|word| word.chars().filter(|c| c.is_alphabetic()).count() >= 3);
        if self.teile.len() < 2 {
            return words.any(|word| self.contains(word));
        }
        words.next().is_some_and(|first| self.contains(first)) && words.all(|word| self.contains(word))
    }

    /// Whether a folded line begins with the name, with initials or a title perhaps, and says little else. Relatives share
    /// the last name, so the first word counts where more than one is known.
    pub fn begin(&self, line: &str) -> bool {
        let start = line.split([',', ';', '|', '\u{b7}']).next().unwrap_or_default();
        if start.split_whitespace().count() > NAME_WORDS {
            return false;
        }
        let mut words = start.split_whitespace().filter(|word| !is_initial_or_title(word)).take(FIRST_WORDS);
        if self.teile.len() < 2 {
            words.any(|word| self.contains(word))
        } else {
            words.next().is_some_and(|word| self.contains(word))
        }
    }
}

/// `G.`, `Dr.`
fn is_initial_or_title(word: &str) -> bool {
    word.chars().count() <= 2 || word.ends_with('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_known_from_display_name_and_address() {
        let namen = Namen::new(["Offermanns, Gudula", "g.offermanns-ott99@web.example"]);
        for (line, begins) in [
            ("gudula offermanns", true),
            ("g. offermanns", true),
            ("dr. ott", true),
            ("offermanns, koelnstrasse 211, 52349 dueren", true),
            ("web", false),
            ("petra meier", false),
            ("petra offermanns", false),
            ("offermanns gudula", true),
            ("gudula maria offermanns", true),
            ("ich, gudula, wollte nur einmal fragen", false),
            ("gudula hat gesagt dass sie morgen nicht kommt", false),
            ("", false),
        ] {
            assert_eq!(namen.begin(line), begins, "{line}");
        }
        assert!(Namen::new(["x1@y.example"]).is_unknown());
    }

    #[test]
    fn words_of_the_name() {
        let (two, one) = (Namen::new(["Gudula Offermanns"]), Namen::new(["gudula@web.example"]));
        for (word, known) in
            [("gudula", true), ("(gudula),", true), ("maier-offermanns", true), ("gudul", false), ("", false)]
        {
            assert_eq!(two.contains(word), known, "{word}");
        }
        for (name, by_two, by_one) in [
            ("gudula offermanns", true, true),
            ("gudula", true, true),
            ("g. offermanns", true, false),
            ("gudula meier", false, true),
            ("petra meier", false, false),
        ] {
            assert_eq!((two.is_named_in(name), one.is_named_in(name)), (by_two, by_one), "{name}");
        }
        // Three letters make a part of a name, two do not.
        let short = Namen::new(["Ott Li"]);
        assert!(short.contains("ott") && !short.contains("li") && !two.is_unknown());
        assert_eq!(Namen::new(["ott@a.example", "Ott"]), Namen::new(["OTT"]));
    }

    #[test]
    fn how_much_a_line_may_say_besides_the_name() {
        let (two, one) = (Namen::new(["Gudula Offermanns"]), Namen::new(["gudula@web.example"]));
        for (line, by_two, by_one) in [
            ("gudula a b c d", true, true),
            ("gudula a b c d e", false, false),
            ("gudula a b c d, e", true, true),
            ("prof. dr. gudula", true, true),
            ("el gudula", true, true),
            ("frau gudula", false, true),
            ("eva petra gudula", false, true),
            ("eva petra maria gudula", false, false),
            ("frau, gudula", false, false),
        ] {
            assert_eq!((two.begin(line), one.begin(line)), (by_two, by_one), "{line}");
        }
    }
}
