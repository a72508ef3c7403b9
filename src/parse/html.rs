//! HTML becomes text in which blocks, table rows and cells stay apart.
//!
//! The HTML is first reduced to its [`skeleton`], since the converter takes time quadratic in the depth
//! of nesting and pads the columns of tables; what is too deep or too wide for it loses its tables and keeps its words.

use html2text::config;
use html2text::render::TrivialDecorator;
use mail_parser::decoders::html::html_to_text;

use super::limits;
use super::skeleton::{self, Shape};

/// So wide that no paragraph is wrapped; a Kundennummer or an address stays on its line.
const WIDTH: usize = 10_000;

/// The visible text of `html`. `cut`: it is only the beginning.
pub(super) fn to_text(html: &str, cut: bool) -> String {
    let end = html.floor_char_boundary(limits::HTML);
    let cut = cut || end < html.len();
    let html = if cut { without_cut_markup(&html[..end]) } else { html };
    let text = skeleton::of(html, Shape::Tables)
        .and_then(|skeleton| convert(&skeleton))
        .or_else(|| skeleton::of(html, Shape::Flat).and_then(|skeleton| convert(&skeleton)));
    tidy(&text.unwrap_or_default())
}

/// The words of `html` in their order, line breaks kept and nothing else of its layout. Far cheaper than [`to_text`].
pub(super) fn to_words(html: &str) -> String {
    let html = without_cut_markup(&html[..html.floor_char_boundary(limits::HTML)]);
    skeleton::of(html, Shape::Flat).map(|skeleton| html_to_text(&skeleton)).unwrap_or_default()
}

fn convert(html: &str) -> Option<String> {
    config::with_decorator(TrivialDecorator::new())
        .no_table_borders()
        .allow_width_overflow()
        .string_from_read(html.as_bytes(), WIDTH)
        .ok()
}

/// Without a tag or an entity that is not finished at the end.
fn without_cut_markup(html: &str) -> &str {
    const LONGEST_ENTITY: usize = 34;
    let html = match html.rfind('<') {
        Some(open) if !html[open..].contains('>') => &html[..open],
        _ => html,
    };
    match html.rfind('&') {
        Some(start)
            if html.len() - start <= LONGEST_ENTITY
                && html[start + 1..].bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'#') =>
        {
            &html[..start]
        }
        _ => html,
    }
}

/// One blank between words, none at line ends, at most one empty line: padding of columns is no information.
fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(limits::TEXT));
    for line in text.lines() {
        let mut words = line.split([' ', '\t']).filter(|word| !word.is_empty());
        if let Some(first) = words.next() {
            out.push_str(first);
            for word in words {
                out.push(' ');
                out.push_str(word);
            }
        }
        if !out.is_empty() && !out.ends_with("\n\n") {
            out.push('\n');
        }
    }
    out.truncate(out.trim_end().len());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_rows_and_cells_stay_apart() {
        let cases = [
            (
                "<table><tr><td>PLZ</td><td>22301</td></tr><tr><td>Ort</td><td>Hamburg</td></tr></table>",
                "PLZ 22301\nOrt Hamburg",
            ),
            ("<table><tr><td><p>PLZ</p></td><td><p>22301</p></td></tr></table>", "PLZ 22301"),
            ("<table><tr><td>Kundennummer<td>684<td>D<td>770015</table>", "Kundennummer 684 D 770015"),
            ("<td>PLZ</td><td>22301</td>", "PLZ 22301"),
            ("<div>PLZ</div><div>22301</div>", "PLZ\n22301"),
            ("a<br>b<BR/>c", "a\nb\nc"),
            ("<p>eins</p><p>zwei</p>", "eins\n\nzwei"),
            ("<ul><li>eins<li>zwei</ul>", "eins\nzwei"),
            ("eins<section>zwei</section>drei", "eins\nzwei\ndrei"),
            ("684<b>D</b><span>770</span>015", "684D770015"),
            ("Gr&uuml;&szlig; Gott &amp; &#8364; &lt;b&gt;", "Grüß Gott & € <b>"),
            ("3 < 4 und 5 > 4", "3 < 4 und 5 > 4"),
            ("a<style>b { c: d }</style>e<script>if (f < g) h();</script>i<!-- j <b> k -->l", "aeil"),
            ("<head><title>x</title></head><body>y</body>", "y"),
            ("a<!-->b<!--->c<!-- --!>d", "abcd"),
            ("<o:p>x</o:p><![if !mso]>y<![endif]><?xml z ?>w", "xyw"),
            ("<a title=\">\" href='>'>x</a>", "x"),
            ("a &lt;br&gt; b", "a <br> b"),
            ("x<style>nie beendet", "x"),
            ("<p>a", "a"),
            ("", ""),
        ];
        let wrong: Vec<_> = cases
            .iter()
            .map(|(html, expected)| (html, to_text(html, false), expected))
            .filter(|(_, text, expected)| text != **expected)
            .collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn words_without_layout_keep_numbers_together_and_neighbours_apart() {
        for (html, expected) in [
            ("684<b>D</b><span>770</span>015", "684D770015"),
            ("<td>PLZ</td><td>22301</td>", "PLZ 22301"),
            ("<div>PLZ</div><div>22301</div>", "PLZ 22301"),
            ("L&uuml;beck &#50;2301 6&shy;84", "Lübeck 22301 6\u{ad}84"),
            ("<style>p { x: 1 }</style>x<!-- 131A123456 -->", "x"),
        ] {
            let words = to_words(html).split_whitespace().collect::<Vec<_>>().join(" ");
            assert_eq!(words, expected, "{html}");
        }
    }

    #[test]
    fn an_end_within_markup_leaves_no_scraps() {
        for html in ["Gru&szlig", "Gru&sz", "Gru&", "Gru<", "Gru<table sty", "Gru<a href=\"x", "Gru<!-- x"] {
            assert_eq!(to_text(html, true), "Gru", "{html}");
        }
    }

    #[test]
    fn bombs_lose_their_layout_and_keep_their_words() {
        let repeated = |text: &str| text.repeat(limits::HTML / text.len() - 1);
        let wide_table = format!("<table><tr><td>{}</td></tr>{}", "x ".repeat(5_000), "<tr><td>a<td>b".repeat(7_000));
        let bombs = [
            repeated("<div>"),
            repeated("<table><tr><td>"),
            repeated("<table>"),
            repeated("<blockquote><ul><li>"),
            repeated("<b><i>"),
            repeated("<p>x"),
            repeated("<div></b>"),
            repeated("<"),
            repeated("&"),
            repeated("<!--"),
            repeated("<!---->"),
            format!("{}{}", "<table><tr><td>".repeat(12), repeated("<tr><td>a<td>b")),
            repeated("<a href=\""),
            repeated("</div>"),
            repeated("<td>x"),
            wide_table,
        ];
        for bomb in bombs {
            let text = to_text(&format!("Anfang <p>mitte</p>{bomb}"), false);
            assert!(text.starts_with("Anfang\n"), "{:?}", &bomb[..20]);
            assert!(text.len() < 4 * limits::HTML, "{:?} {}", &bomb[..20], text.len());
        }
    }
}
