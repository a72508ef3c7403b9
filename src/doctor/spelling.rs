//! The folder that somebody probably meant.

use crate::config::nearest;
use crate::domain::stammdaten::fold_ort;

/// What a listed folder has to do with a missing one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Likeness<'a> {
    /// The same but for case, umlauts, blanks or hyphens.
    Spelling(&'a str),
    /// A folder of this name lies elsewhere.
    Elsewhere(&'a str),
    /// Nearly the same letters.
    Near(&'a str),
}

impl<'a> Likeness<'a> {
    /// The folder.
    pub fn name(self) -> &'a str {
        match self {
            Self::Spelling(name) | Self::Elsewhere(name) | Self::Near(name) => name,
        }
    }

    /// In words, before the name.
    pub fn words(self) -> &'static str {
        match self {
            Self::Spelling(_) => "it is spelled differently there",
            Self::Elsewhere(_) => "a folder of this name lies elsewhere",
            Self::Near(_) => "the nearest name is",
        }
    }
}

/// The folder of `listed` that is most like `wanted`, if one is near enough to help.
pub fn likeness<'a>(
    wanted: &str,
    separator: Option<char>,
    listed: impl Iterator<Item = &'a str> + Clone,
) -> Option<Likeness<'a>> {
    let key = |name: &str| components(name, separator).map(spelling).collect::<Vec<_>>();
    let last = |name: &str| components(name, separator).next_back().map(spelling);
    let (whole, end) = (key(wanted), last(wanted));
    let same = listed.clone().find(|name| key(name) == whole).map(Likeness::Spelling);
    same.or_else(|| listed.clone().find(|name| last(name) == end).map(Likeness::Elsewhere))
        .or_else(|| listed.clone().find(|name| is_near(wanted, name)).map(Likeness::Near))
}

/// Whether few letters differ, in the words in which the two differ at all: all folders of Agenturen begin alike.
fn is_near(wanted: &str, name: &str) -> bool {
    let (wanted, name) = (wanted.to_lowercase(), name.to_lowercase());
    let words = |text: &'_ str| text.split_inclusive([' ', '/', '.', '\\']).map(str::to_owned).collect::<Vec<_>>();
    let (wanted, name) = (words(&wanted), words(&name));
    let alike = wanted.iter().zip(&name).take_while(|(wanted, name)| wanted == name).count();
    nearest(&wanted[alike..].concat(), [name[alike..].concat().as_str()]).is_some()
}

fn components(name: &str, separator: Option<char>) -> impl DoubleEndedIterator<Item = &str> {
    name.split(move |c| Some(c) == separator)
}

/// What is the same in all spellings of a name.
fn spelling(name: &str) -> String {
    fold_ort(name).replace(' ', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_that_was_meant() {
        use Likeness::{Elsewhere, Near, Spelling};
        let listed = [
            "INBOX",
            "INBOX/agentur koeln",
            "INBOX/Agentur Aachen Düren",
            "Agentur Kiel",
            "INBOX/Agentur Flensbrug",
            "INBOX/Bonn",
        ];
        for (wanted, expected) in [
            ("INBOX/Agentur Köln", Some(Spelling("INBOX/agentur koeln"))),
            ("INBOX/Agentur Aachen-Düren", Some(Spelling("INBOX/Agentur Aachen Düren"))),
            ("INBOX/Agentur Ko\u{308}ln", Some(Spelling("INBOX/agentur koeln"))),
            ("INBOX/Agentur Kiel", Some(Elsewhere("Agentur Kiel"))),
            ("INBOX/Agentur Flensburg", Some(Near("INBOX/Agentur Flensbrug"))),
            ("INBOX/Agentur Bad Hersfeld-Fulda", None),
            ("INBOX/Agentur Heide", None),
            ("INBOX/Agentur Emden", None),
        ] {
            assert_eq!(likeness(wanted, Some('/'), listed.into_iter()), expected, "{wanted}");
        }
    }
}
