//! The same text as HTML, in the manner of the programs that people write with.

use super::mail::{Paragraph, Programm, Quote, Text};
use super::plain::{head, is_marked};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Paragraphs with line breaks.
    Simple,
    /// Everything in capitals, without closing tags.
    Old,
    /// One `MsoNormal` paragraph for each line.
    Outlook,
    /// One `div` for each line.
    Gmail,
    Apple,
    /// Nothing but line breaks.
    Breaks,
    /// A paragraph of its own for each line.
    Spaced,
    /// A table as newsletters and forms have it: a row for each line.
    Table,
}

impl Style {
    pub const ALL: [Style; 8] = [
        Style::Simple,
        Style::Old,
        Style::Outlook,
        Style::Gmail,
        Style::Apple,
        Style::Breaks,
        Style::Spaced,
        Style::Table,
    ];
}

/// A whole document; with `entities`, letters beyond ASCII are written as references.
pub fn write(text: &Text, style: Style, entities: bool) -> String {
    let mut body = String::new();
    add(text, style, &mut body);
    let head = match style {
        Style::Outlook => {
            "<html xmlns:o=\"urn:schemas-microsoft-com:office:office\"><head>\
             <meta name=\"Generator\" content=\"Microsoft Word 15 (filtered medium)\"><style><!--\n\
             p.MsoNormal, li.MsoNormal {margin:0cm; font-size:11.0pt; color:#12345;}\n--></style></head>\
             <body lang=\"DE\" link=\"#0563C1\"><div class=\"WordSection1\">\n"
        }
        Style::Old => "<HTML><HEAD><TITLE>Nachricht</TITLE></HEAD><BODY BGCOLOR=\"#FFFFFF\">\n",
        Style::Gmail => "<div dir=\"ltr\">",
        Style::Apple => {
            "<html><head><meta http-equiv=\"Content-Type\" content=\"text/html\"></head><body style=\"overflow-wrap: break-word;\">"
        }
        _ => "<!DOCTYPE html><html><head><style>td{width:52062px}</style></head><body>",
    };
    let tail = match style {
        Style::Outlook => "</div></body></html>\n",
        Style::Gmail => "</div>\n",
        Style::Old => "</BODY></HTML>\n",
        _ => "</body></html>\n",
    };
    let whole = format!("{head}{body}{tail}");
    if entities { with_references(&whole) } else { whole }
}

fn add(text: &Text, style: Style, out: &mut String) {
    add_paragraphs(&lines_of(&text.letter.all()), style, out);
    for quote in &text.quotes {
        add_quote(quote, style, out);
    }
    add_paragraphs(&lines_of(&text.below), style, out);
}

fn lines_of(paragraphs: &[Paragraph]) -> Vec<Vec<String>> {
    let lines = |paragraph: &Paragraph| match paragraph {
        Paragraph::Text(text) => vec![text.clone()],
        Paragraph::Lines(lines) => lines.clone(),
    };
    paragraphs.iter().map(lines).collect()
}

fn add_paragraphs(paragraphs: &[Vec<String>], style: Style, out: &mut String) {
    for (index, lines) in paragraphs.iter().enumerate() {
        let lines: Vec<String> = lines.iter().map(|line| escaped(line)).collect();
        let is_first = index == 0;
        match style {
            Style::Spaced => lines.iter().for_each(|line| out.push_str(&format!("<p>{line}</p>\n"))),
            Style::Simple => out.push_str(&format!("<p>{}</p>\n", lines.join("<br>\n"))),
            Style::Old => out.push_str(&format!("<P><FONT FACE=Arial>{}</FONT>\n", lines.join("<BR>"))),
            Style::Outlook => {
                if !is_first {
                    out.push_str("<p class=\"MsoNormal\"><o:p>&nbsp;</o:p></p>\n");
                }
                for line in &lines {
                    let line = if line.is_empty() { "&nbsp;" } else { line };
                    out.push_str(&format!("<p class=\"MsoNormal\">{line}<o:p></o:p></p>\n"));
                }
            }
            Style::Gmail | Style::Apple => {
                if !is_first {
                    out.push_str("<div><br></div>");
                }
                for line in &lines {
                    let line = if line.is_empty() { "<br>" } else { line };
                    out.push_str(&format!("<div>{line}</div>"));
                }
            }
            Style::Breaks => {
                out.push_str(&format!("{}{}", if is_first { "" } else { "<br><br>\n" }, lines.join("<br>\n")))
            }
            Style::Table => {
                let rows: String = lines.iter().map(|line| row(line)).collect();
                out.push_str(&format!("<table border=\"0\" cellpadding=\"0\">{rows}</table><br>\n"));
            }
        }
    }
}

/// A field has its label and its value in cells of their own.
fn row(line: &str) -> String {
    match line.split_once(": ") {
        Some((label, value)) if label.len() < 40 => format!("<tr><th>{label}:</th><td>{value}</td></tr>"),
        _ => format!("<tr><td colspan=\"2\">{line}</td></tr>"),
    }
}

fn add_quote(quote: &Quote, style: Style, out: &mut String) {
    let (above, lines) = head(quote);
    let lines: Vec<String> = lines.iter().map(|line| escaped(line.trim())).collect();
    let mut inner = String::new();
    // Whoever wrote it may have used another program; the one that quotes keeps their markup.
    add(&quote.text, style, &mut inner);
    match quote.programm {
        Programm::Outlook | Programm::OutlookEnglish | Programm::OutlookRule => {
            let bold = |line: &String| match line.split_once(": ") {
                Some((label, value)) => format!("<b>{label}:</b> {value}"),
                None => line.clone(),
            };
            let lines: Vec<String> = lines.iter().map(bold).collect();
            out.push_str(&format!(
                "<div><div style=\"border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm\">\
                 <p class=\"MsoNormal\">{}<o:p></o:p></p></div></div>\n<p class=\"MsoNormal\"><o:p>&nbsp;</o:p></p>\n{inner}",
                lines.join("<br>\n")
            ));
        }
        Programm::Gmx => out.push_str(&format!(
            "<div>&nbsp;<div style=\"margin: 10px 5px 5px 10px; padding: 10px 0 10px 10px; border-left:2px solid #C3D9E5;\">\
             <div style=\"margin:0 0 10px 0;\">{}</div>\n<div name=\"quoted-content\">{inner}</div></div></div>",
            lines
                .iter()
                .map(|line| match line.split_once(": ") {
                    Some((label, value)) => format!("<b>{label}:</b>&nbsp;{value}"),
                    None => line.clone(),
                })
                .collect::<Vec<_>>()
                .join("<br>\n")
        )),
        Programm::Thunderbird if quote.forwarded => {
            let rows: String = lines
                .iter()
                .map(|line| {
                    let (label, value) = line.split_once(':').unwrap_or((line, ""));
                    format!("<tr><th nowrap align=\"RIGHT\" valign=\"BASELINE\">{label}: </th><td>{}</td></tr>\n", value.trim())
                })
                .collect();
            out.push_str(&format!(
                "<div class=\"moz-forward-container\"><br><br>{}<table class=\"moz-email-headers-table\"><tbody>{rows}</tbody></table><br><br>{inner}</div>",
                above.join("<br>")
            ));
        }
        Programm::Thunderbird => out.push_str(&format!(
            "<div class=\"moz-cite-prefix\">{}<br></div><blockquote type=\"cite\" cite=\"mid:a1@mail.example\">{inner}</blockquote>",
            lines.join(" ")
        )),
        Programm::Gmail => {
            let head = if quote.forwarded {
                format!("{}<br>{}<br></div><br><br>{inner}</div>", above.join("<br>"), lines.join("<br>"))
            } else {
                format!(
                    "{}<br></div><blockquote class=\"gmail_quote\" style=\"margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex\">{inner}</blockquote></div>",
                    lines.join("")
                )
            };
            out.push_str(&format!("<br><div class=\"gmail_quote\"><div dir=\"ltr\" class=\"gmail_attr\">{head}"));
        }
        Programm::Apple => {
            debug_assert!(is_marked(quote));
            let heads: String = lines.iter().map(|line| format!("<div>{line}</div>")).collect();
            out.push_str(&if quote.forwarded {
                format!("<br><div>Anfang der weitergeleiteten Nachricht:<br><br><blockquote type=\"cite\">{heads}<br><div>{inner}</div></blockquote></div>")
            } else {
                format!("<br><div><br><blockquote type=\"cite\">{heads}<br><div>{inner}</div></blockquote></div>")
            });
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\u{a0}', "&nbsp;")
}

fn with_references(html: &str) -> String {
    let mut out = String::new();
    for c in html.chars() {
        match c {
            'ä' => out.push_str("&auml;"),
            'ü' => out.push_str("&uuml;"),
            'ß' => out.push_str("&szlig;"),
            c if c.is_ascii() => out.push(c),
            c if u32::from(c) % 2 == 0 => out.push_str(&format!("&#{};", u32::from(c))),
            c => out.push_str(&format!("&#x{:X};", u32::from(c))),
        }
    }
    out
}
