//! A mail as bytes (RFC 5322, 2045-2047, 2231, 3676), in any of many encodings.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::html::{self, Style};
use super::mail::{Mail, Mailbox};
use super::model::{Case, HomeAt};
use super::plain::{self, Breaks};
use super::rng::Rng;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charset {
    Utf8,
    Latin1,
    Latin9,
    Windows,
}

/// What the mail says about its charset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    TheTruth,
    /// Latin-1 bytes said to be UTF-8, and UTF-8 bytes said to be Latin-1.
    TheOther,
    Nothing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transfer {
    /// Raw bytes.
    EightBit,
    QuotedPrintable,
    Base64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Plain,
    Html,
    /// `multipart/alternative`.
    Both,
    BothInMixed,
    /// HTML with a picture, beside the plain text.
    BothRelated,
    /// The plain part says only that there is another.
    Placeholder,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Words {
    /// Bytes as they are (RFC 6532, or broken).
    Raw,
    Q,
    B,
    /// Many encoded words, each on its line.
    Split,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encoding {
    pub charset: Charset,
    pub said: Said,
    pub transfer: Transfer,
    pub shape: Shape,
    pub style: Style,
    /// HTML with references for all letters beyond ASCII.
    pub references: bool,
    pub breaks: Breaks,
    pub words: Words,
    pub bare_lf: bool,
    /// Header fields on many lines.
    pub folded: bool,
}

pub const USUAL: Encoding = Encoding {
    charset: Charset::Utf8,
    said: Said::TheTruth,
    transfer: Transfer::EightBit,
    shape: Shape::Plain,
    style: Style::Simple,
    references: false,
    breaks: Breaks::None,
    words: Words::Q,
    bare_lf: false,
    folded: false,
};

impl Encoding {
    /// Any of them that keeps the layout of a case: where each line is a paragraph, nothing shows which lines belong
    /// together above the closing formula.
    pub fn of(case: &Case, rng: &mut Rng) -> Self {
        let mut encoding = Encoding::any(rng);
        if encoding.style == Style::Spaced && !Self::allows_spaced(case) {
            encoding.style = Style::Breaks;
        }
        encoding
    }

    /// Whether a case keeps its meaning where each line is a paragraph.
    pub fn allows_spaced(case: &Case) -> bool {
        let needs_blocks = |at: &HomeAt| matches!(at, HomeAt::Head(_) | HomeAt::LastBlock | HomeAt::LabelAbove);
        !case.home.as_ref().is_some_and(|(_, at)| needs_blocks(at))
    }

    /// Any of them.
    pub fn any(rng: &mut Rng) -> Self {
        Encoding {
            charset: *rng.pick(&[Charset::Utf8, Charset::Utf8, Charset::Latin1, Charset::Latin9, Charset::Windows]),
            said: *rng.pick(&[Said::TheTruth, Said::TheTruth, Said::TheTruth, Said::TheOther, Said::Nothing]),
            transfer: *rng.pick(&[Transfer::EightBit, Transfer::QuotedPrintable, Transfer::Base64]),
            shape: *rng.pick(&[
                Shape::Plain,
                Shape::Plain,
                Shape::Html,
                Shape::Html,
                Shape::Both,
                Shape::BothInMixed,
                Shape::BothRelated,
                Shape::Placeholder,
            ]),
            style: *rng.pick(&Style::ALL),
            references: rng.chance(30),
            breaks: *rng.pick(&[Breaks::None, Breaks::Hard, Breaks::Flowed]),
            words: *rng.pick(&[Words::Raw, Words::Q, Words::B, Words::Split]),
            bare_lf: rng.chance(20),
            folded: rng.chance(40),
        }
    }
}

/// A part of a mail: its fields, and its body with CRLF.
struct Part {
    fields: Vec<String>,
    body: Vec<u8>,
}

/// How a mail is put together besides its encoding.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Order {
    /// Attachments stand before the text, the richer alternative before the plainer.
    pub parts_reversed: bool,
    /// Fields of the header in the order of this seed.
    pub fields_shuffled: Option<u64>,
    pub letters: Letters,
}

/// Upper and lower case of field names and addresses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Letters {
    #[default]
    AsWritten,
    Upper,
    Lower,
}

/// The mail as it arrives.
pub fn write(mail: &Mail, encoding: &Encoding) -> Vec<u8> {
    write_in_order(mail, encoding, &Order::default())
}

pub fn write_in_order(mail: &Mail, encoding: &Encoding, order: &Order) -> Vec<u8> {
    let bytes = message(mail, encoding, order, 0);
    if encoding.bare_lf { without_cr(&bytes) } else { bytes }
}

fn without_cr(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().copied().filter(|&byte| byte != b'\r').collect()
}

fn message(mail: &Mail, encoding: &Encoding, order: &Order, depth: usize) -> Vec<u8> {
    let mut fields = vec![
        address_field("From", &mail.from, encoding, order),
        address_field("To", &mail.to, encoding, order),
        text_field("Subject", &mail.subject, encoding),
        "Date: Tue, 16 Apr 2024 09:12:00 +0200".to_owned(),
        format!("Message-ID: <gen-{depth}-{}@mail.example.org>", mail.subject.len()),
        "MIME-Version: 1.0".to_owned(),
    ];
    if !mail.cc.is_empty() {
        fields.push(address_field("Cc", &mail.cc, encoding, order));
    }
    fields.extend(mail.fields.iter().map(|(name, value)| field(name, std::slice::from_ref(value), encoding)));
    let part = body(mail, encoding, order, depth);
    fields.extend(part.fields);
    if let Some(seed) = order.fields_shuffled {
        Rng::new(seed).shuffle(&mut fields);
    }
    let mut bytes = Vec::new();
    for line in fields {
        let (name, value) = line.split_once(':').unwrap();
        let name = match order.letters {
            Letters::AsWritten => name.to_owned(),
            Letters::Upper => name.to_uppercase(),
            Letters::Lower => name.to_lowercase(),
        };
        bytes.extend_from_slice(format!("{name}:{value}\r\n").as_bytes());
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(&part.body);
    bytes
}

fn body(mail: &Mail, encoding: &Encoding, order: &Order, depth: usize) -> Part {
    let plain = || {
        let text = plain::write(&mail.text, encoding.breaks);
        let parameter = if encoding.breaks == Breaks::Flowed { "; format=flowed" } else { "" };
        text_part("plain", &text, parameter, encoding)
    };
    let html = || text_part("html", &html::write(&mail.text, encoding.style, encoding.references), "", encoding);
    let alternative = |first: Part, second: Part| {
        let mut parts = vec![first, second];
        if order.parts_reversed {
            parts.reverse();
        }
        multipart("alternative", parts, depth)
    };
    let text = match encoding.shape {
        Shape::Plain => plain(),
        Shape::Html => html(),
        Shape::Both | Shape::BothInMixed => alternative(plain(), html()),
        Shape::BothRelated => {
            let picture = Part {
                fields: vec![
                    "Content-Type: image/png".into(),
                    "Content-Transfer-Encoding: base64".into(),
                    "Content-ID: <logo1>".into(),
                ],
                body: b"iVBORw0KGgo=\r\n".to_vec(),
            };
            alternative(plain(), multipart("related", vec![html(), picture], depth))
        }
        Shape::Placeholder => {
            let note = "Diese Nachricht ist im HTML-Format.\n";
            alternative(text_part("plain", note, "", encoding), html())
        }
    };
    let mut others: Vec<Part> = mail.attachments.iter().map(|name| file(name, encoding)).collect();
    others.extend(mail.attached.iter().map(|inner| Part {
        fields: vec!["Content-Type: message/rfc822".into(), "Content-Disposition: attachment".into()],
        body: message(inner, encoding, order, depth + 1),
    }));
    if others.is_empty() && encoding.shape != Shape::BothInMixed {
        return text;
    }
    let mut parts = vec![text];
    parts.append(&mut others);
    if order.parts_reversed {
        parts.reverse();
    }
    multipart("mixed", parts, depth)
}

fn multipart(kind: &str, parts: Vec<Part>, depth: usize) -> Part {
    let boundary = format!("=_{kind}_{depth}_b1");
    let mut body = b"This is a multi-part message in MIME format.\r\n".to_vec();
    for part in parts {
        body.extend_from_slice(format!("--{boundary}\r\n").as_bytes());
        for line in part.fields {
            body.extend_from_slice(format!("{line}\r\n").as_bytes());
        }
        body.extend_from_slice(b"\r\n");
        body.extend_from_slice(&part.body);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    Part { fields: vec![format!("Content-Type: multipart/{kind};\r\n boundary=\"{boundary}\"")], body }
}

fn text_part(kind: &str, text: &str, parameter: &str, encoding: &Encoding) -> Part {
    let (bytes, charset) = encoded(&text.replace('\n', "\r\n"), encoding.charset);
    let label = match (encoding.said, charset) {
        (Said::TheTruth, charset) => format!("; charset={}", label(charset)),
        (Said::TheOther, Charset::Utf8) => "; charset=\"iso-8859-1\"".to_owned(),
        (Said::TheOther, _) => "; charset=UTF-8".to_owned(),
        (Said::Nothing, _) => String::new(),
    };
    let (transfer, body) = match encoding.transfer {
        Transfer::EightBit if bytes.is_ascii() => ("7bit", bytes),
        Transfer::EightBit => ("8bit", bytes),
        Transfer::QuotedPrintable => ("quoted-printable", quoted_printable(&bytes)),
        Transfer::Base64 => ("base64", base64_lines(&bytes)),
    };
    Part {
        fields: vec![
            format!("Content-Type: text/{kind}{label}{parameter}"),
            format!("Content-Transfer-Encoding: {transfer}"),
        ],
        body,
    }
}

fn label(charset: Charset) -> &'static str {
    match charset {
        Charset::Utf8 => "utf-8",
        Charset::Latin1 => "ISO-8859-1",
        Charset::Latin9 => "iso-8859-15",
        Charset::Windows => "\"windows-1252\"",
    }
}

/// The bytes in the charset, or in UTF-8 where it lacks a letter.
fn encoded(text: &str, charset: Charset) -> (Vec<u8>, Charset) {
    let target = match charset {
        Charset::Utf8 => encoding_rs::UTF_8,
        Charset::Latin9 => encoding_rs::ISO_8859_15,
        // The letters from U+00A0 on are the same in both.
        Charset::Latin1 | Charset::Windows => encoding_rs::WINDOWS_1252,
    };
    let (bytes, _, lost) = target.encode(text);
    let fits = !lost && (charset != Charset::Latin1 || text.chars().all(|c| u32::from(c) <= 0xff));
    if fits { (bytes.into_owned(), charset) } else { (text.as_bytes().to_vec(), Charset::Utf8) }
}

fn quoted_printable(bytes: &[u8]) -> Vec<u8> {
    let mut out = String::new();
    for line in bytes.split_inclusive(|&byte| byte == b'\n') {
        let (line, end) = line.strip_suffix(b"\r\n").map_or((line, ""), |line| (line, "\r\n"));
        let mut width = 0;
        for (index, &byte) in line.iter().enumerate() {
            let is_last = index + 1 == line.len();
            let plain = (33..=126).contains(&byte) && byte != b'=' || (byte == b' ' && !is_last);
            let piece = if plain { char::from(byte).to_string() } else { format!("={byte:02X}") };
            if width + piece.len() > 75 {
                out.push_str("=\r\n");
                width = 0;
            }
            width += piece.len();
            out.push_str(&piece);
        }
        out.push_str(end);
    }
    out.into_bytes()
}

fn base64_lines(bytes: &[u8]) -> Vec<u8> {
    let text = STANDARD.encode(bytes);
    text.as_bytes().chunks(76).flat_map(|line| [line, b"\r\n"].concat()).collect()
}

fn file(name: &str, encoding: &Encoding) -> Part {
    let disposition = if name.is_ascii() {
        format!("Content-Disposition: attachment;\r\n filename=\"{name}\"")
    } else if encoding.words == Words::Q || encoding.words == Words::Raw {
        let escaped: String = name
            .bytes()
            .map(|byte| {
                if byte.is_ascii_alphanumeric() || byte == b'.' {
                    char::from(byte).to_string()
                } else {
                    format!("%{byte:02X}")
                }
            })
            .collect();
        format!("Content-Disposition: attachment;\r\n filename*=utf-8''{escaped}")
    } else {
        format!("Content-Disposition: attachment;\r\n filename=\"{}\"", words(name, Words::B).join(" "))
    };
    Part {
        fields: vec!["Content-Type: application/pdf".into(), disposition, "Content-Transfer-Encoding: base64".into()],
        body: b"JVBERi0xLjQK\r\n".to_vec(),
    }
}

fn address_field(name: &str, all: &[Mailbox], encoding: &Encoding, order: &Order) -> String {
    let one = |mailbox: &Mailbox| {
        let address = match order.letters {
            Letters::AsWritten => mailbox.address.clone(),
            Letters::Upper => mailbox.address.to_uppercase(),
            Letters::Lower => mailbox.address.to_lowercase(),
        };
        if mailbox.name.is_empty() {
            return address;
        }
        let name = if mailbox.name.is_ascii() || encoding.words == Words::Raw {
            format!("\"{}\"", mailbox.name)
        } else {
            words(&mailbox.name, encoding.words).join(" ")
        };
        format!("{name} <{address}>")
    };
    let last = all.len().saturating_sub(1);
    let pieces: Vec<String> = all
        .iter()
        .enumerate()
        .map(|(index, mailbox)| format!("{}{}", one(mailbox), if index < last { "," } else { "" }))
        .collect();
    field(name, &pieces, encoding)
}

fn text_field(name: &str, text: &str, encoding: &Encoding) -> String {
    if text.is_ascii() && encoding.words != Words::Split {
        let pieces: Vec<String> = text.split(' ').map(str::to_owned).collect();
        return field(name, &pieces, encoding);
    }
    match encoding.words {
        Words::Raw => field(name, &[text.to_owned()], encoding),
        how => field(name, &words(text, how), encoding),
    }
}

/// A field; where it is folded, each piece is on a line of its own.
fn field(name: &str, pieces: &[String], encoding: &Encoding) -> String {
    let is_foldable = pieces.iter().all(|piece| !piece.is_empty());
    let between = if encoding.folded && is_foldable { "\r\n " } else { " " };
    format!("{name}: {}", pieces.join(between))
}

/// RFC 2047.
fn words(text: &str, how: Words) -> Vec<String> {
    let size = if how == Words::Split { 7 } else { 14 };
    let chars: Vec<char> = text.chars().collect();
    let word = |chunk: &[char]| {
        let piece: String = chunk.iter().collect();
        if how == Words::Q {
            let escape = |byte: u8| match byte {
                b' ' => "_".to_owned(),
                byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
                byte => format!("={byte:02X}"),
            };
            format!("=?utf-8?Q?{}?=", piece.bytes().map(escape).collect::<String>())
        } else {
            format!("=?UTF-8?B?{}?=", STANDARD.encode(piece))
        }
    };
    chars.chunks(size).map(word).collect()
}
