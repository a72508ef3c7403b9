//! Words of a mail, made fit for a terminal.
//!
//! A mail is other people's data: escape sequences, line breaks and direction marks in it must not steer the terminal
//! of whoever asks about it.

use crate::domain::stammdaten::is_invisible;

/// Most characters shown of one piece of a mail.
pub const MOST_WORDS: usize = 60;

/// Most characters shown of the name of a file.
pub const MOST_FILE_NAME: usize = 300;

/// The visible characters of `text` on one line, at most `most` of them: what is invisible or steers is dropped, runs of
/// blanks and line breaks become one blank, and what is cut off leaves an ellipsis.
pub fn visible(text: &str, most: usize) -> String {
    let mut line = String::new();
    let mut length = 0;
    let mut gap = false;
    for c in text.chars() {
        if c.is_whitespace() {
            gap = length > 0;
        } else if !(c.is_control() || is_invisible(c) || steers(c)) {
            if length + usize::from(gap) >= most {
                line.push('…');
                return line;
            }
            if gap {
                line.push(' ');
                length += 1;
            }
            line.push(c);
            length += 1;
            gap = false;
        }
    }
    line
}

/// Marks of interlinear annotations, and tags.
fn steers(c: char) -> bool {
    matches!(c, '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_mail_steers_the_terminal() {
        for (text, shown) in [
            ("52349 Düren", "52349 Düren"),
            ("  52349 \r\n\tDüren\n", "52349 Düren"),
            ("a\u{2028}b\u{2029}c\u{a0}d\u{85}e", "a b c d e"),
            ("\u{1b}[31mrot\u{1b}[0m", "[31mrot[0m"),
            ("\u{1b}]0;Titel\u{7}x\0y\u{7f}z\u{9b}2J", "]0;Titelxyz2J"),
            ("\u{202e}nerüD\u{202c} \u{2066}x\u{2069}", "nerüD x"),
            ("52\u{200b}3\u{ad}49\u{feff}\u{e0041}", "52349"),
            ("", ""),
            ("\n\u{1b}\n", ""),
            ("1234567890", "1234567890"),
            ("12345678901", "1234567890…"),
            ("123456789 \u{200b} 0", "123456789…"),
            ("123456789\u{200b}\n", "123456789"),
        ] {
            assert_eq!(visible(text, 10 + 40 * usize::from(!text.starts_with('1'))), shown, "{text:?}");
        }
    }
}
