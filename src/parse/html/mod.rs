//! HTML becomes the lines that a reader sees.
//!
//! Blocks and rows of tables end lines, margins and empty lines become blank lines, quotations get their `>`. Nothing is
//! laid out: text flows through [`markup`] (tags), [`layout`] (what they mean), [`writer`] (lines) once, from front to
//! back, so time and memory are linear in the size, and the text of a beginning is the beginning of the text.
//!
//! Tables come out row by row, a line for each, cells apart by a blank. If a cell has several lines, the next one begins
//! a new line.

mod entity;
mod layout;
mod markup;
mod style;
mod writer;

use self::layout::Layout;
use super::limits;

/// The visible text of `html`. `cut`: it is only the beginning.
pub(super) fn to_text(html: &str, cut: bool) -> String {
    let end = html.floor_char_boundary(limits::HTML);
    let cut = cut || end < html.len();
    let html = if cut { without_cut_markup(&html[..end]) } else { html };
    // Plain text that only says to be HTML keeps its lines.
    let is_plain = !cut && !markup::has_tags(html);
    let mut layout = Layout::new(is_plain);
    for token in markup::tokens(html) {
        layout.take(token);
        if layout.is_full() {
            break;
        }
    }
    layout.into_text()
}

/// Without a tag or a character reference that is not finished at the end.
fn without_cut_markup(html: &str) -> &str {
    let html = match html.rfind('<') {
        Some(open) if !html[open..].contains('>') => &html[..open],
        _ => html,
    };
    match html.rfind('&') {
        Some(start)
            if html.len() - start <= entity::LONGEST
                && html[start + 1..].bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'#') =>
        {
            &html[..start]
        }
        _ => html,
    }
}

#[cfg(test)]
#[path = "html_tests.rs"]
mod tests;
