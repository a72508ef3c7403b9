//! Spellings of a Kundennummer, from a grammar of separators, groups and characters.

use super::rng::Rng;

const SEPARATORS: &[&str] = &["", " ", "-", ".", "/", "\u{a0}", "\u{202f}", "\u{2009}"];

/// In one piece, as in a file name.
pub fn tame(rng: &mut Rng, dienststelle: &str) -> String {
    format!("{dienststelle}{}{}", letter(rng), rng.digits(6))
}

/// Any spelling; with a line break where the place has lines.
pub fn any(rng: &mut Rng, dienststelle: &str, with_breaks: bool) -> String {
    let groups = Groups::any(rng, dienststelle);
    let written = groups.joined(rng, with_breaks);
    match rng.below(12) {
        0 => full_width(&written),
        1 => with_invisible(rng, &written),
        _ => written,
    }
}

/// A number in its groups: `735`, `A`, `123`, `456`.
#[derive(Clone, Debug)]
pub struct Groups(pub Vec<String>);

impl Groups {
    pub fn any(rng: &mut Rng, dienststelle: &str) -> Self {
        let digits = rng.digits(6);
        let size = *rng.pick(&[6, 6, 3, 2]);
        let mut groups = vec![dienststelle.to_owned(), letter(rng).to_string()];
        groups.extend((0..6 / size).map(|at| digits[at * size..(at + 1) * size].to_owned()));
        Groups(groups)
    }

    /// With separators, the same one everywhere or another one around the letter; at most one of them is a line break.
    pub fn joined(&self, rng: &mut Rng, with_breaks: bool) -> String {
        let (around, inner) = (*rng.pick(SEPARATORS), *rng.pick(&SEPARATORS[1..]));
        let inner = if around.is_empty() || rng.chance(30) { inner } else { around };
        let broken = (with_breaks && rng.chance(15)).then(|| rng.below(self.0.len() - 1));
        let mut written = String::new();
        for (index, group) in self.0.iter().enumerate() {
            written.push_str(group);
            if index + 1 < self.0.len() {
                let separator = if index < 2 { around } else { inner };
                written.push_str(if broken == Some(index) { "\n" } else { separator });
            }
        }
        written
    }
}

fn letter(rng: &mut Rng) -> char {
    let letter = char::from(b'A' + u8::try_from(rng.below(26)).unwrap());
    if rng.chance(25) { letter.to_ascii_lowercase() } else { letter }
}

/// Digits as in East Asian typesetting.
pub fn full_width(written: &str) -> String {
    let wide = |c: char| if c.is_ascii_digit() { char::from_u32(u32::from(c) + 0xfee0).unwrap() } else { c };
    written.chars().map(wide).collect()
}

/// Characters that nobody sees, in between.
pub fn with_invisible(rng: &mut Rng, written: &str) -> String {
    let mut text = String::new();
    for c in written.chars() {
        text.push(c);
        if rng.chance(30) && !c.is_whitespace() {
            text.push(*rng.pick(&['\u{200b}', '\u{ad}', '\u{2060}', '\u{feff}', '\u{200d}']));
        }
    }
    text
}
