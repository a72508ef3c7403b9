//! A text as lines, the way mail programs write it without markup.

use super::mail::{Paragraph, Programm, Quote, Text};

/// One line of a plain text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Marks of quotation.
    pub depth: usize,
    pub text: String,
    /// A running text that may be broken.
    pub flows: bool,
}

/// All lines of a text.
pub fn lines(text: &Text) -> Vec<Line> {
    let mut all = Vec::new();
    add(text, 0, &mut all);
    all
}

fn add(text: &Text, depth: usize, all: &mut Vec<Line>) {
    let fixed = |text: &str| Line { depth, text: text.to_owned(), flows: false };
    for (index, paragraph) in text.letter.all().iter().enumerate() {
        if index > 0 {
            all.push(fixed(""));
        }
        add_paragraph(paragraph, depth, all);
    }
    for quote in &text.quotes {
        if !text.letter.all().is_empty() {
            all.push(fixed(""));
        }
        let inner = depth + usize::from(is_marked(quote));
        let head_depth = depth + usize::from(is_marked(quote) && quote.programm == Programm::Apple && quote.forwarded);
        let (above, head) = head(quote);
        all.extend(above.iter().map(|line| fixed(line)));
        all.extend(head.into_iter().map(|text| Line { depth: head_depth, text, flows: false }));
        all.push(Line { depth: inner, text: String::new(), flows: false });
        add(&quote.text, inner, all);
    }
    for paragraph in &text.below {
        all.push(fixed(""));
        add_paragraph(paragraph, depth, all);
    }
}

fn add_paragraph(paragraph: &Paragraph, depth: usize, all: &mut Vec<Line>) {
    match paragraph {
        Paragraph::Text(text) => all.push(Line { depth, text: text.clone(), flows: true }),
        Paragraph::Lines(lines) => {
            all.extend(lines.iter().map(|line| Line { depth, text: line.clone(), flows: false }));
        }
    }
}

/// Whether the program marks the words with `>`.
pub fn is_marked(quote: &Quote) -> bool {
    match quote.programm {
        Programm::Outlook | Programm::OutlookEnglish | Programm::OutlookRule | Programm::Gmx => false,
        Programm::Thunderbird | Programm::Gmail => !quote.forwarded,
        Programm::Apple => true,
    }
}

/// What stands above the words: lines of the program, and copied header lines.
pub fn head(quote: &Quote) -> (Vec<String>, Vec<String>) {
    let from = quote.from.shown();
    let list =
        |all: &[super::mail::Mailbox]| all.iter().map(super::mail::Mailbox::shown).collect::<Vec<_>>().join("; ");
    let to = list(&quote.to);
    let subject = &quote.subject;
    let cc = |label: &str| (!quote.cc.is_empty()).then(|| format!("{label}: {}", list(&quote.cc)));
    let german = |von: &str| {
        let mut lines =
            vec![format!("{von}: {from}"), "Gesendet: Montag, 15. April 2024 18:40".to_owned(), format!("An: {to}")];
        lines.extend(cc("Cc"));
        lines.push(format!("Betreff: {subject}"));
        lines
    };
    match (quote.programm, quote.forwarded) {
        (Programm::Outlook, _) => (vec!["-----Ursprüngliche Nachricht-----".to_owned()], german("Von")),
        (Programm::OutlookRule, _) => (vec!["________________________________".to_owned()], german("Von")),
        (Programm::OutlookEnglish, _) => {
            let mut lines =
                vec![format!("From: {from}"), "Sent: Monday, April 15, 2024 6:40 PM".to_owned(), format!("To: {to}")];
            lines.extend(cc("Cc"));
            lines.push(format!("Subject: {subject}"));
            (vec!["-----Original Message-----".to_owned()], lines)
        }
        (Programm::Gmx, _) => {
            let mut lines = vec![
                "Gesendet: Montag, 15. April 2024 um 18:40 Uhr".to_owned(),
                format!("Von: {from}"),
                format!("An: {to}"),
            ];
            lines.extend(cc("Cc"));
            lines.push(format!("Betreff: {subject}"));
            (Vec::new(), lines)
        }
        (Programm::Thunderbird, true) => {
            let mut lines = vec![
                format!("Betreff: \t{subject}"),
                "Datum: \tMon, 15 Apr 2024 18:40:00 +0200".to_owned(),
                format!("Von: \t{from}"),
                format!("An: \t{to}"),
            ];
            lines.extend(cc("Kopie (CC)"));
            (vec!["-------- Weitergeleitete Nachricht --------".to_owned()], lines)
        }
        (Programm::Gmail, true) => {
            let mut lines = vec![
                format!("Von: {from}"),
                "Date: Mo., 15. Apr. 2024 um 18:40 Uhr".to_owned(),
                format!("Subject: {subject}"),
                format!("To: {to}"),
            ];
            lines.extend(cc("Cc"));
            (vec!["---------- Forwarded message ---------".to_owned()], lines)
        }
        (Programm::Apple, true) => {
            let mut lines = vec![
                format!("Von: {from}"),
                format!("Betreff: {subject}"),
                "Datum: 15. April 2024 um 18:40:00 MESZ".to_owned(),
                format!("An: {to}"),
            ];
            lines.extend(cc("Kopie"));
            (vec!["Anfang der weitergeleiteten Nachricht:".to_owned(), String::new()], lines)
        }
        (Programm::Thunderbird, false) => (Vec::new(), vec![format!("Am 15.04.24 um 18:40 schrieb {from}:")]),
        (Programm::Gmail, false) => (
            Vec::new(),
            vec![
                format!("Am Mo., 15. Apr. 2024 um 18:40 Uhr schrieb {} <", quote.from.name),
                format!("{}>:", quote.from.address),
            ],
        ),
        (Programm::Apple, false) => (Vec::new(), vec![format!("Am 15.04.2024 um 18:40 schrieb {from}:")]),
    }
}

/// How lines are ended and broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breaks {
    /// Running text on one line, however long.
    None,
    /// Broken for good.
    Hard,
    /// Broken so that a reader can join it again (RFC 3676).
    Flowed,
}

const WIDTH: usize = 70;

/// The text with line feeds.
pub fn write(text: &Text, breaks: Breaks) -> String {
    let mut out = String::new();
    for line in lines(text) {
        let marks = if line.depth > 0 { format!("{} ", ">".repeat(line.depth)) } else { String::new() };
        let pieces = if line.flows && breaks != Breaks::None { wrapped(&line.text) } else { vec![line.text.clone()] };
        let last = pieces.len() - 1;
        for (index, piece) in pieces.iter().enumerate() {
            let mut piece = piece.clone();
            if breaks == Breaks::Flowed {
                if index < last {
                    piece.push(' ');
                } else if piece != "-- " {
                    piece.truncate(piece.trim_end().len());
                }
                let needs_stuffing = line.depth == 0 && (piece.starts_with([' ', '>']) || piece.starts_with("From "));
                if needs_stuffing {
                    piece.insert(0, ' ');
                }
            }
            let full = format!("{marks}{piece}");
            // A mark alone has no blank behind it.
            out.push_str(if piece.is_empty() { full.trim_end() } else { &full });
            out.push('\n');
        }
    }
    out
}

fn wrapped(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().unwrap();
        if !line.is_empty() && line.chars().count() + word.chars().count() > WIDTH {
            lines.push(word.to_owned());
        } else {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}
