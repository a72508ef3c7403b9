//! How far two words are apart: for look-alike domains, misspelt closing formulas, and hints about misspelt names.

/// Levenshtein distance in characters, if it is at most `limit`.
pub(super) fn within(a: &str, b: &str, limit: usize) -> Option<usize> {
    // A word longer than this in bytes cannot be near: each character has at most four.
    if a.len() > 4 * (b.len() + limit) || b.len() > 4 * (a.len() + limit) {
        return None;
    }
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    if a.len().abs_diff(b.len()) > limit {
        return None;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let change = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
    }
    Some(row[b.len()]).filter(|&distance| distance <= limit)
}

/// The candidate nearest to a misspelt word, if one is near enough to be meant.
pub(super) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (word.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .filter_map(|candidate| Some((within(word, candidate, limit)?, candidate)))
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words_are_found() {
        assert_eq!(within("arbeitsagentur", "arbeitsagenture", 2), Some(1));
        assert_eq!(within("kitten", "sitting", 3), Some(3));
        assert_eq!(within("kitten", "sitting", 2), None);
        assert_eq!(within("", "ab", 2), Some(2));
        assert_eq!(nearest("absendr", ["aktion", "absender", "betreff"]), Some("absender"));
        assert_eq!(nearest("xyz", ["aktion", "absender"]), None);
    }

    #[test]
    fn far_words_are_not_measured() {
        for (a, b, limit, expected) in [
            ("ab", "ba", 2, Some(2)),
            ("abc", "abc", 0, Some(0)),
            ("abc", "abd", 0, None),
            ("abc", "a", 1, None),
            ("abc", "a", 2, Some(2)),
            ("\u{1f600}\u{1f600}", "", 2, Some(2)),
            ("", "\u{1f600}\u{1f600}", 2, Some(2)),
            ("", "\u{1f600}\u{1f600}", 1, None),
            ("ab", "xaby", 2, Some(2)),
        ] {
            assert_eq!(within(a, b, limit), expected, "{a} {b} {limit}");
        }
        assert_eq!(nearest("ab", ["cb", "a"]), Some("cb"));
        assert_eq!(nearest("abcdef", ["abcdxx", "abcdxf"]), Some("abcdxf"));
        assert_eq!((nearest("abcde", ["abcxx"]), nearest("abcdef", ["abcdxx"])), (None, Some("abcdxx")));
    }
}
