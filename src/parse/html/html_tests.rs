//! Documents as mail programs write them, and as nobody should.

use super::*;

fn check(cases: &[(&str, &str)]) {
    let wrong: Vec<_> = cases
        .iter()
        .map(|(html, expected)| (html, to_text(html, false), expected))
        .filter(|(_, text, expected)| text != **expected)
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn blocks_rows_and_cells_stay_apart() {
    check(&[
        (
            "<table><tr><td>PLZ</td><td>22301</td></tr><tr><td>Ort</td><td>Hamburg</td></tr></table>",
            "PLZ 22301\nOrt Hamburg",
        ),
        ("<table><tr><td><p>PLZ</p></td><td><p>22301</p></td></tr></table>", "PLZ 22301"),
        ("<table><tr><td>Kundennummer<td>684<td>D<td>770015</table>", "Kundennummer 684 D 770015"),
        ("<table><td>PLZ<td>22301<tr><td>Ort<td>Kiel</table>", "PLZ 22301\nOrt Kiel"),
        ("<td>PLZ</td><td>22301</td>", "PLZ 22301"),
        ("<div>PLZ</div><div>22301</div>", "PLZ\n22301"),
        ("a<br>b<BR/>c", "a\nb\nc"),
        ("<p>eins</p><p>zwei</p>", "eins\n\nzwei"),
        ("<ul><li>eins<li>zwei</ul>", "eins\nzwei"),
        ("x<ul><li>eins<ul><li>innen</ul><li>zwei</ul>y", "x\n\neins\ninnen\nzwei\n\ny"),
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
        ("  a \n\t b&#32;&#10; c <i>", "a b c"),
        ("<h1>Betreff</h1>Text", "Betreff\n\nText"),
        ("a<hr>b", "a\n\nb"),
        ("<pre>a\n  b\n\nc</pre>", "a\nb\n\nc"),
        ("<div style='white-space: pre-wrap'>a\nb</div>c\nd", "a\nb\nc d"),
        ("", ""),
    ]);
}

#[test]
fn a_paragraph_of_the_reader_is_one() {
    let letter = "Guten Tag,\n\nanbei die Bescheinigung.\n\nMax Muster\nMusterstr. 1\n90762 Fürth";
    let outlook = "<style><!-- p.MsoNormal {margin:0cm} --></style><div class=WordSection1>\
        <p class=MsoNormal>Guten Tag,<o:p></o:p></p>\n<p class=MsoNormal><o:p>&nbsp;</o:p></p>\n\
        <p class=MsoNormal>anbei die Bescheinigung.</p><p class=MsoNormal>&nbsp;</p>\
        <p class=MsoNormal>Max Muster<o:p></o:p></p><p class=MsoNormal>Musterstr. 1</p><p class=MsoNormal>90762 F&uuml;rth</p></div>";
    let without_sheet = outlook.replace("<style><!-- p.MsoNormal {margin:0cm} --></style>", "");
    let owa = "<style>P {margin-top:0;margin-bottom:0;}</style><p>Guten Tag,</p><p><br></p>\
        <p>anbei die Bescheinigung.</p><p>&nbsp;</p><p>Max Muster</p><p>Musterstr. 1</p><p>90762 Fürth</p>";
    let zero = outlook.replace("class=MsoNormal", "style=\"margin:0cm;font-size:11pt\"");
    let zero_below = outlook.replace("class=MsoNormal", "style='margin-bottom:0'");
    let gmail = "<div dir=\"ltr\"><div>Guten Tag,</div><div><br></div><div>anbei die Bescheinigung.</div><div><br></div>\
        <div>Max Muster</div><div>Musterstr. 1</div><div>90762 Fürth<br></div></div>";
    let breaks =
        "Guten Tag,<br>\n<br>\nanbei die Bescheinigung.<br><br><br>Max Muster<br>Musterstr. 1<br>90762 Fürth<br>";
    let paragraphs = "<p>Guten Tag,</p>\n<p>anbei die Bescheinigung.</p><p>Max Muster<br>Musterstr. 1<br>\u{a0}90762 Fürth\u{a0}</p>";
    let spaced = "<div style=\"margin: 0 0 8pt 0\">Guten Tag,</div><div style=\"margin-bottom:1em\">anbei die \
        Bescheinigung.</div>Max Muster<div>Musterstr. 1</div>90762 Fürth";
    for html in [outlook, &without_sheet, owa, &zero, &zero_below, gmail, breaks, paragraphs, spaced] {
        assert_eq!(to_text(html, false), letter, "{html}");
    }
}

#[test]
fn quotations_keep_their_marks() {
    check(&[
        ("a<blockquote>b<br>c</blockquote>d", "a\n\n> b\n> c\n\nd"),
        ("a<blockquote style='margin:0 0 0 .8ex'>b</blockquote>d", "a\n> b\nd"),
        ("<blockquote><p>a</p><p>b</p></blockquote>", "> a\n>\n> b"),
        ("<blockquote>a<blockquote>b<div><br></div>c</blockquote>d</blockquote>", "> a\n>\n> > b\n> >\n> > c\n>\n> d"),
        ("<table><tr><td>a</td><td><blockquote>b</blockquote></td><td>c</table>", "a\n> b\nc"),
        ("<blockquote>a<table><tr><td>b</td><td>c</td></tr></table>", "> a\n> b c"),
        ("<div>a<blockquote>b</div>c", "a\n\n> b\n\nc"),
        ("</blockquote>a", "a"),
    ]);
    let deep = format!("{}a</div>b", "<blockquote><div>".repeat(1_000));
    assert!(to_text(&deep, false).lines().all(|line| line.starts_with("> ")), "what is too deep stays quoted");
}

#[test]
fn tables_come_out_row_by_row() {
    check(&[
        (
            "<table><tr><td>Anschrift</td><td>Musterstr. 1<br>22301 Hamburg</td></tr></table>",
            "Anschrift Musterstr. 1\n22301 Hamburg",
        ),
        ("<table><tr><td>a<br>b</td><td>c<br>d</td><td>e</table>", "a\nb\nc\nd\ne"),
        ("<table><tr><td>a<tr><td>&nbsp;<td><tr><td>b</table>", "a\n\nb"),
        ("<table><tr><td>a<tr><td><tr><td>b</table>", "a\nb"),
        ("x<table><tr><td><img></td><td><p>a</p></td><td>&nbsp;</td><td>&nbsp;b</td></tr></table>y", "x\na b\ny"),
        ("<table><tr><td><table><tr><td>a</td><td>b</td></tr></table></td><td>c</td></tr></table>", "a b c"),
        ("<table><tr><td>a</td><td><table><tr><td>b<td>c<tr><td>d</table></td></tr></table>e", "a b c\nd\ne"),
        ("<table><tr><td><p>a</p><p>b</p></td><td>c</td></tr></table>", "a\n\nb\nc"),
        ("<table><tr><td>a</div></table></div><td>b", "a\nb"),
    ]);
}

#[test]
fn what_is_not_shown_says_nothing() {
    check(&[
        ("<div style='display:none'>Vorschau<div>innen</div></div>Text", "Text"),
        ("a<span style=\"DISPLAY: none !important\">735A<b>1</b></span>b", "ab"),
        ("a<img style='display:none'>b", "ab"),
        ("a\u{200b}&shy;b \u{feff}c", "a\u{200b}\u{ad}b \u{feff}c"),
    ]);
}

#[test]
fn plain_text_that_says_to_be_html_keeps_its_lines() {
    check(&[("Guten Tag\n\n3 < 4\n  Max", "Guten Tag\n\n3 < 4\nMax"), ("a\nb<br>", "a b")]);
}

#[test]
fn an_end_within_markup_leaves_no_scraps() {
    for html in ["Gru&szlig", "Gru&sz", "Gru&", "Gru<", "Gru<table sty", "Gru<a href=\"x", "Gru<!-- x"] {
        assert_eq!(to_text(html, true), "Gru", "{html}");
    }
}

#[test]
fn the_text_of_a_beginning_is_the_beginning_of_the_text() {
    let html = "<style>p{margin:0}</style><table><tr><td>Name<td>Max<br>Muster<td>x<tr><td>&nbsp;<tr><td>PLZ<td>&nbsp;9</table>\
        <p>eins</p><p>&nbsp;</p><blockquote>z&uuml;&nbsp;<blockquote><p style='margin:1em'>drei</p></blockquote>vier\
        </blockquote><div style='display:none'>f&uuml;nf</div><pre>sechs\n\n sieben</pre>&nbsp;<br>acht";
    let whole = to_text(html, false);
    for end in (0..html.len()).filter(|&end| html.is_char_boundary(end)) {
        let cut = to_text(&html[..end], true);
        assert!(whole.starts_with(&cut), "{end}: {cut:?}");
    }
}

#[test]
fn bombs_keep_their_words_and_end_in_time() {
    let repeated = |text: &str| text.repeat(limits::HTML / text.len() - 1);
    let bombs = [
        repeated("<div>"),
        repeated("<table><tr><td>"),
        repeated("<table>"),
        repeated("<blockquote><ul><li>"),
        repeated("<blockquote>x"),
        repeated("<b><i>"),
        repeated("<p>x"),
        repeated("<div></b>"),
        repeated("<"),
        repeated("&"),
        repeated("&amp"),
        repeated("<!--"),
        repeated("<!---->"),
        format!("{}{}", "<table><tr><td>".repeat(12), repeated("<tr><td>a<td>b")),
        format!("{}<pre>{}", "<blockquote>".repeat(300), repeated("x\n")),
        repeated("<a href=\""),
        repeated("<a b='\" "),
        repeated("<style>p{margin:0}.x,"),
        repeated("</div>"),
        repeated("<td>x"),
        repeated("<tr>"),
        repeated("&nbsp;"),
        repeated("<span style='display:none'>"),
    ];
    for bomb in bombs {
        let started = std::time::Instant::now();
        let text = to_text(&format!("Anfang <p>mitte</p>{bomb}"), false);
        assert!(text.starts_with("Anfang\n"), "{:?}", &bomb[..20]);
        assert!(text.len() < 2 * limits::HTML, "{:?} {}", &bomb[..20], text.len());
        assert!(started.elapsed().as_secs() < 10, "{:?} {:?}", &bomb[..20], started.elapsed());
    }
}
