//! Mails as customers and mail programs write them, of about the size that is asked for; the same in every run.
//!
//! A letter of their own with a number and a signature, below it the conversation so far.

use std::fmt::Write as _;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// How a mail is written.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    Plain,
    Flowed,
    QuotedPrintable,
    Base64,
    Outlook,
    Alternative,
    Newsletter,
}

impl Kind {
    pub const ALL: [Kind; 7] = [
        Kind::Plain,
        Kind::Flowed,
        Kind::QuotedPrintable,
        Kind::Base64,
        Kind::Outlook,
        Kind::Alternative,
        Kind::Newsletter,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Kind::Plain => "plain",
            Kind::Flowed => "flowed",
            Kind::QuotedPrintable => "quoted-printable",
            Kind::Base64 => "base64",
            Kind::Outlook => "Outlook HTML",
            Kind::Alternative => "plain and HTML",
            Kind::Newsletter => "tables in tables",
        }
    }
}

/// The mail with this number: at least `size` bytes, and not much more.
pub fn mail(kind: Kind, size: usize, number: usize) -> Vec<u8> {
    let mut lines = 0;
    loop {
        let mail = compose(kind, &letter(lines, number), number);
        if mail.len() >= size {
            return mail;
        }
        // Nine tenths of what is missing, by the most that a line can take.
        lines += 1 + (size - mail.len()) / 600;
    }
}

const SENTENCES: [&str; 10] = [
    "vielen Dank für Ihr Schreiben und die schnelle Antwort auf meine Frage.",
    "Anbei sende ich Ihnen die Unterlagen, um die Sie mich gebeten haben.",
    "Leider konnte ich am 12.04.2024 niemanden unter 0911 1234567 erreichen.",
    "Die Rechnung 20240412 über 1.345,00 € liegt als Kopie bei.",
    "Mein früherer Arbeitgeber hat die Bescheinigung noch nicht geschickt.",
    "Über eine Rückmeldung bis Freitag würde ich mich sehr freuen.",
    "Die Sozialversicherungsnummer lautet 65170839J003, die Steuernummer folgt.",
    "Am Donnerstag bin ich ab 10:30 Uhr zu Hause und gut zu erreichen.",
    "Ich möchte den Termin gern um einen Tag verschieben, wenn das möglich ist.",
    "Größere Änderungen haben sich seit dem letzten Mal nicht ergeben.",
];

const TOWNS: [&str; 6] = ["24103 Kiel", "22301 Hamburg", "90762 Fürth", "03046 Cottbus", "52349 Düren", "45127 Essen"];

/// The lines of a letter, with this many of a conversation below it.
fn letter(conversation: usize, number: usize) -> Vec<String> {
    let town = TOWNS[number % TOWNS.len()];
    let sentence = |at: usize| SENTENCES[(number + at) % SENTENCES.len()].to_owned();
    let mut lines: Vec<String> = ["Sehr geehrte Damen und Herren,", ""].map(str::to_owned).into();
    lines.extend((0..4).map(sentence));
    lines.push(format!("Meine Kundennummer ist 131A{:06}.", number * 7919 % 1_000_000));
    let signature = ["", "Mit freundlichen Grüßen", "Robin Beispiel", "Musterstraße 12", town, ""];
    lines.extend(signature.map(str::to_owned));
    for at in 0..conversation {
        match at % 16 {
            0 => lines.extend(
                [
                    "-----Ursprüngliche Nachricht-----",
                    "Von: Kiel <Kiel@arbeitsagentur.example>",
                    "Gesendet: Montag, 15. April 2024 18:40",
                    "An: Robin Beispiel <robin@post.example>",
                    "Betreff: Ihre Unterlagen",
                    "",
                ]
                .map(str::to_owned),
            ),
            13 => lines.push(String::new()),
            14 => lines.push("Muster GmbH, Personalabteilung".to_owned()),
            15 => lines.push(format!("Postfach 1234, {}", TOWNS[at % TOWNS.len()])),
            _ => lines.push(sentence(at)),
        }
    }
    lines
}

fn compose(kind: Kind, lines: &[String], number: usize) -> Vec<u8> {
    let text = lines.join("\r\n");
    let mut mail = header(number);
    let plain = "Content-Type: text/plain; charset=utf-8";
    let html = "Content-Type: text/html; charset=utf-8";
    let quoted = "Content-Transfer-Encoding: quoted-printable";
    match kind {
        Kind::Plain => write!(mail, "{plain}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}\r\n"),
        Kind::Flowed => write!(mail, "{plain}; format=flowed\r\n\r\n{}", flowed(lines)),
        Kind::QuotedPrintable => write!(mail, "{plain}\r\n{quoted}\r\n\r\n{}", quoted_printable(&text)),
        Kind::Base64 => write!(mail, "{plain}\r\nContent-Transfer-Encoding: base64\r\n\r\n{}", base64(&text)),
        Kind::Outlook => write!(mail, "{html}\r\n{quoted}\r\n\r\n{}", quoted_printable(&outlook(lines))),
        Kind::Newsletter => {
            write!(mail, "{html}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{}", newsletter(lines))
        }
        Kind::Alternative => write!(
            mail,
            "Content-Type: multipart/alternative; boundary=\"=_b\"\r\n\r\n--=_b\r\n{plain}\r\n{quoted}\r\n\r\n{}\r\n\
             --=_b\r\n{html}\r\n{quoted}\r\n\r\n{}\r\n--=_b--\r\n",
            quoted_printable(&text),
            quoted_printable(&outlook(lines)),
        ),
    }
    .expect("writing to a string cannot fail");
    mail.into_bytes()
}

/// Every other mail is addressed to an office, the others to the mailbox.
fn header(number: usize) -> String {
    let to = if number.is_multiple_of(2) { "Kiel" } else { "sc-nord" };
    let mut header = "Return-Path: <robin@post.example>\r\n".to_owned();
    for hop in ["ex01.arbeitsagentur.example", "mx.post.example", "smtp.post.example"] {
        write!(
            header,
            "Received: from [192.0.2.7] by {hop} with ESMTPS id {number:012x};\r\n\tTue, 16 Apr 2024 09:12:01 +0200\r\n"
        )
        .expect("writing to a string cannot fail");
    }
    write!(
        header,
        "From: Robin Beispiel <robin@post.example>\r\nTo: <{to}@arbeitsagentur.example>\r\n\
         Subject: =?utf-8?Q?R=C3=BCckfrage?= {number}\r\nDate: Tue, 16 Apr 2024 09:12:00 +0200\r\n\
         Message-ID: <{number}@post.example>\r\nMIME-Version: 1.0\r\n"
    )
    .expect("writing to a string cannot fail");
    header
}

fn outlook(lines: &[String]) -> String {
    let mut html = "<html xmlns:o=\"urn:schemas-microsoft-com:office:office\">\r\n<head><style><!--\r\n\
        p.MsoNormal, li.MsoNormal, div.MsoNormal\r\n\t{margin:0cm;\r\n\tfont-size:11.0pt;\r\n\tfont-family:\"Calibri\",sans-serif;}\r\n\
        --></style></head><body lang=DE link=\"#0563C1\" style='word-wrap:break-word'><div class=WordSection1>\r\n"
        .to_owned();
    for line in lines {
        let content = if line.is_empty() { "&nbsp;".to_owned() } else { escaped(line) };
        write!(html, "<p class=MsoNormal><span style='mso-fareast-language:EN-US'>{content}<o:p></o:p></span></p>\r\n")
            .expect("writing to a string cannot fail");
    }
    html + "</div></body></html>"
}

fn newsletter(lines: &[String]) -> String {
    const TABLE: &str = "<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\">";
    let mut html =
        format!("<html><head><style>a {{color:#004a96}}</style></head><body>{TABLE}<tr><td align=\"center\">");
    for pair in lines.chunks(2) {
        let cells: String = pair
            .iter()
            .map(|line| format!("<td style=\"padding:0 12px 8px;font:14px/20px Arial\">{}</td>\r\n", escaped(line)))
            .collect();
        write!(html, "{TABLE}<tbody><tr><td>{TABLE}<tr>{cells}</tr></table></td></tr></tbody></table>\r\n")
            .expect("writing to a string cannot fail");
    }
    html + "</td></tr></table></body></html>"
}

fn escaped(line: &str) -> String {
    line.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('ü', "&uuml;").replace('ß', "&szlig;")
}

/// Broken at every eighth word.
fn flowed(lines: &[String]) -> String {
    let broken = |line: &String| {
        let words: Vec<&str> = line.split(' ').collect();
        words.chunks(8).map(|words| words.join(" ")).collect::<Vec<_>>().join(" \r\n")
    };
    lines.iter().map(broken).collect::<Vec<_>>().join("\r\n")
}

fn base64(text: &str) -> String {
    let encoded = STANDARD.encode(text);
    let lines: Vec<&str> = encoded.as_bytes().chunks(76).filter_map(|line| std::str::from_utf8(line).ok()).collect();
    lines.join("\r\n")
}

fn quoted_printable(text: &str) -> String {
    let mut out = String::new();
    let mut column = 0;
    for byte in text.bytes() {
        let is_direct = matches!(byte, b'\r' | b'\n' | b' '..=b'<' | b'>'..=b'~');
        let width = if is_direct { 1 } else { 3 };
        if column + width > 75 && byte != b'\r' && byte != b'\n' {
            out.push_str("=\r\n");
            column = 0;
        }
        if is_direct {
            out.push(char::from(byte));
        } else {
            write!(out, "={byte:02X}").expect("writing to a string cannot fail");
        }
        column = if byte == b'\n' { 0 } else { column + width };
    }
    out
}
