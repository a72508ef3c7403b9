//! Text whose lines flow (RFC 3676, `format=flowed`): lines that were broken for the way are joined again.

/// A line of its own, whatever its blank looks like.
const SIGNATURE_MARK: &str = "-- ";

/// `text` as its author saw it. `delete_space`: the blank before a soft line break is not part of the text (`DelSp=yes`).
/// `cut`: it is only the beginning.
///
/// Quoted lines begin with "> ", once for each quotation. Lines end in `\n`.
pub(super) fn unwrapped(text: &str, delete_space: bool, cut: bool) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 16);
    // Quotations around the line above, if that goes on.
    let mut goes_on: Option<usize> = None;
    for (number, line) in text.lines().enumerate() {
        let content = line.trim_start_matches('>');
        let quotes = line.len() - content.len();
        let content = content.strip_prefix(' ').unwrap_or(content);
        if cut && SIGNATURE_MARK.starts_with(content) && ends_in(text, line) {
            // What it becomes is not known.
            break;
        }
        let is_signature_mark = content == SIGNATURE_MARK;
        if goes_on != Some(quotes) || is_signature_mark {
            if number > 0 {
                out.push('\n');
            }
            out.extend(std::iter::repeat_n("> ", quotes));
        }
        if content.ends_with(' ') && !is_signature_mark {
            out.push_str(if delete_space { &content[..content.len() - 1] } else { content });
            goes_on = Some(quotes);
        } else {
            out.push_str(content);
            goes_on = None;
        }
        if out.ends_with("> ") && content.is_empty() {
            out.pop();
        }
    }
    out
}

/// `line` is the last one of `text` and lacks its end.
fn ends_in(text: &str, line: &str) -> bool {
    text.as_bytes().as_ptr_range().end == line.as_bytes().as_ptr_range().end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn soft_line_breaks_go_and_all_else_stays() {
        let cases = [
            ("Meine Nummer ist 735 \nA 123456.\n\nGruß\n", "Meine Nummer ist 735 A 123456.\n\nGruß"),
            ("eins \nzwei \n\ndrei", "eins zwei \ndrei"),
            (">> eins \n>> zwei\n> drei \nvier", "> > eins zwei\n> drei \nvier"),
            ("> eins\n>\n> zwei\n", "> eins\n>\n> zwei"),
            ("> \n> x", ">\n> x"),
            ("eins \n-- \nMax \nMuster", "eins \n-- \nMax Muster"),
            ("> eins \n> -- \n> Max", "> eins \n> -- \n> Max"),
            (" > kein Zitat\n From hier\n  zwei", "> kein Zitat\nFrom hier\n zwei"),
            ("\n\nx\n", "\n\nx"),
            ("", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(unwrapped(text, false, false), expected, "{text:?}");
        }
        assert_eq!(unwrapped("735A12 \n3456 und  \n90762", true, false), "735A123456 und 90762");
    }

    #[test]
    fn the_text_of_a_beginning_is_the_beginning_of_the_text() {
        let text = "eins \nzwei\n> drei \n>> vier \n> fünf \nsechs \n-- \nMax \n-- kein Ende\n>\n>> x";
        for delete_space in [false, true] {
            let whole = unwrapped(text, delete_space, false);
            for end in (0..text.len()).filter(|&end| text.is_char_boundary(end)) {
                let cut = unwrapped(&text[..end], delete_space, true);
                assert!(whole.starts_with(cut.trim_end()), "{end}: {cut:?} {whole:?}");
            }
        }
    }
}
