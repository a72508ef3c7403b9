//! Patterns with `*`, as admins write them for addresses and header values.

/// A pattern in which `*` stands for anything, also nothing. Compares folded text (see [`super::fold`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Glob {
    /// The literal pieces between the stars; always at least one.
    pieces: Vec<String>,
}

impl Glob {
    /// Reads a pattern; its literal pieces are compared in lower case.
    pub fn new(pattern: &str) -> Self {
        Glob { pieces: pattern.to_lowercase().split('*').map(str::to_owned).collect() }
    }

    /// Whether the whole of `text` (lower case) fits. Linear in `text` for each piece.
    pub fn matches(&self, text: &str) -> bool {
        let (first, rest) = self.pieces.split_first().expect("split gives at least one piece");
        let Some((last, middle)) = rest.split_last() else {
            return text == first;
        };
        let Some(mut text) = text.strip_prefix(first.as_str()).and_then(|text| text.strip_suffix(last.as_str())) else {
            return false;
        };
        for piece in middle {
            match text.find(piece.as_str()) {
                Some(at) => text = &text[at + piece.len()..],
                None => return false,
            }
        }
        true
    }
}

/// Whether any of the patterns fits.
pub(super) fn any_matches(globs: &[Glob], text: &str) -> bool {
    globs.iter().any(|glob| glob.matches(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_anything() {
        for (pattern, text, fits) in [
            ("Postmaster@*", "postmaster@x.example", true),
            ("postmaster@*", "apostmaster@x.example", false),
            ("*@jobcenter*", "a@jobcenter-ge.example", true),
            ("*@jobcenter*", "a@mein-jobcenter.example", false),
            ("*team*", "141-teams", true),
            ("a*a", "a", false),
            ("a*a", "aa", true),
            ("*b*c*", "abbcd", true),
            ("*c*b*", "abcd", false),
            ("*", "", true),
            ("", "", true),
            ("", "a", false),
        ] {
            assert_eq!(Glob::new(pattern).matches(text), fits, "{pattern} on {text}");
        }
    }
}
