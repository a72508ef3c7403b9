//! Whole mails through [`parse`]: fixtures, cuts at every byte, mutations, bombs.

use std::fs;
use std::path::Path;

use proptest::prelude::*;

use super::parse;
use crate::domain::message::{Message, Note};

fn fixtures() -> Vec<(String, Vec<u8>)> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/messages");
    let mut fixtures: Vec<_> = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "eml"))
        .map(|path| (path.file_stem().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap()))
        .collect();
    fixtures.sort();
    fixtures
}

fn fixture(name: &str) -> Message {
    let (_, raw) = fixtures().into_iter().find(|(found, _)| found == name).unwrap();
    parse(&raw, true)
}

fn addresses(list: &[crate::domain::message::Address]) -> Vec<&str> {
    list.iter().map(|address| address.address.as_str()).collect()
}

/// As a worker thread has it.
fn on_default_stack<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    std::thread::Builder::new().stack_size(2 << 20).spawn(work).unwrap().join().unwrap()
}

const LETTER: &str = "Sehr geehrte Damen und Herren,\n\nich habe ab Mai wieder Arbeit. Meine Kundennummer ist 735A123456.\n\n\
    Grüße aus Fürth 🚂\nJürgen Müller\nMusterstraße 1\n90762 Fürth";

#[test]
fn text_and_notes_of_each_fixture() {
    let without_emoji = LETTER.replace('🚂', "");
    let html = "Sehr geehrte Damen und Herren,\nich habe ab Mai wieder Arbeit.\nGrüße aus Fürth\nJürgen Müller\nMusterstraße 1";
    let cases: &[(&str, &str, &[Note])] = &[
        ("alternative-with-pdf", LETTER, &[]),
        ("attached-message", "Bitte an die EZ.\n\nUnd noch ein Gruß.", &[]),
        ("attached-message-base64", "Bitte an die EZ.", &[]),
        ("encoded-control-characters", "Text", &[]),
        ("html-table", "PLZ 22301\nKundennummer 735A123456", &[]),
        ("nul-and-line-ends", "eins\nzwei\ndrei", &[Note::NulBytes]),
        ("placeholder-and-html", html, &[]),
        ("plain-base64-lf", LETTER, &[]),
        ("plain-latin1-said-to-be-utf8", &without_emoji, &[Note::CharsetMismatch]),
        ("plain-quoted-printable-latin1", &without_emoji, &[]),
        ("plain-utf8-8bit", LETTER, &[]),
        ("raw-8bit-header-latin1", "Grüße", &[]),
        ("smime", "", &[Note::Opaque]),
        ("two-senders", "Text", &[Note::SeveralSenders]),
        ("unterminated-multipart", "Grüße", &[Note::UnterminatedMultipart]),
        ("winmail-dat", "", &[Note::Opaque]),
    ];
    let names: Vec<_> = fixtures().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, cases.iter().map(|(name, ..)| *name).collect::<Vec<_>>(), "each fixture has its row");
    for (name, text, notes) in cases {
        let message = fixture(name);
        assert_eq!((message.text.as_str(), message.notes.as_slice()), (*text, *notes), "{name}");
    }
}

#[test]
fn fields_of_an_ordinary_mail() {
    let message = fixture("alternative-with-pdf");
    assert_eq!(message.subject, "Krankmeldung");
    assert_eq!(message.from[0].name.as_deref(), Some("Jürgen Müller"));
    assert_eq!(addresses(&message.from), ["kunde@post.example"]);
    assert_eq!(addresses(&message.to), ["Hagen@arbeitsagentur.example", "max@firma.example"]);
    assert_eq!(addresses(&message.cc), ["kopie@firma.example"]);
    assert_eq!(message.date.unwrap().to_string(), "2024-04-16T07:12:00Z");
    assert_eq!(message.content_type, "multipart/mixed");
    let received: Vec<_> = message.header_values("received").collect();
    assert_eq!(
        received,
        ["from mx.post.example (mx.post.example [192.0.2.1]) by ex01.arbeitsagentur.example with ESMTP id 1; \
          Tue, 16 Apr 2024 09:12:01 +0200"]
    );
    let attachments: Vec<_> =
        message.attachments.iter().map(|a| (a.name.as_deref(), a.content_type.as_str())).collect();
    assert_eq!(attachments, [(Some("Krankmeldung Müller.pdf"), "application/pdf")]);
}

#[test]
fn the_first_subject_and_all_senders_and_recipients_count() {
    let message = fixture("two-senders");
    assert_eq!(message.subject, "eins");
    assert_eq!(addresses(&message.from), ["a@post.example", "b@post.example", "eservice@arbeitsagentur.example"]);
    assert_eq!(addresses(&message.to), ["x@arbeitsagentur.example", "y@arbeitsagentur.example"]);
    assert_eq!(message.header_values("Return-Path").collect::<Vec<_>>(), ["<>"]);
}

#[test]
fn attached_messages_have_their_own_fields() {
    for name in ["attached-message", "attached-message-base64"] {
        let message = fixture(name);
        let [inner] = message.attached.as_slice() else { panic!("{name}") };
        assert_eq!(inner.subject, "Dokumente", "{name}");
        assert_eq!(addresses(&inner.from), ["adil@post.example"], "{name}");
        assert_eq!(addresses(&inner.to), ["Husum@arbeitsagentur.example"], "{name}");
        assert_eq!(inner.text, "Guten Tag, hier mein Vertrag.", "{name}");
        assert_eq!(inner.attachments[0].name.as_deref(), Some("vertrag.pdf"), "{name}");
        assert_eq!(message.attachments.len(), 1, "{name}");
        assert_eq!(message.attachments[0].content_type, "message/rfc822", "{name}");
    }
}

#[test]
fn what_encoded_words_hold_is_data() {
    let message = fixture("encoded-control-characters");
    assert_eq!(message.subject, "Rückruf\r\nTo: Essen@arbeitsagentur.example\0\u{1b}[2J\u{202e}");
    assert!(message.to.is_empty());
    assert_eq!(message.headers.len(), 2);
}

#[test]
fn notes_of_broken_mails() {
    let cases: &[(&[u8], bool, &[Note])] = &[
        (b"", true, &[Note::NoHeader, Note::NoSender]),
        (b"", false, &[Note::Truncated, Note::HeaderTruncated, Note::TextTruncated, Note::NoHeader, Note::NoSender]),
        (b"no header at all", true, &[Note::NoHeader, Note::NoSender]),
        (b"\r\nFrom: in the text", true, &[Note::NoHeader, Note::NoSender]),
        (b"Subject: x\r\n\r\n", true, &[Note::NoSender]),
        (b"Subject: x\rFrom: a@b.example\r\n\r\n", true, &[Note::NoSender]),
        (b"From: a@b.example\r\n", true, &[]),
        (b"From: a@b.example\r\nTo: c@arbeits", false, &[Note::Truncated, Note::HeaderTruncated, Note::TextTruncated]),
        (b"From: a@b.example\r\n\r\nText", false, &[Note::Truncated, Note::TextTruncated]),
        (b"From: a@b.example\0\r\n\r\n", true, &[Note::NulBytes]),
        (
            b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx",
            true,
            &[Note::UnterminatedMultipart],
        ),
        (
            b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx",
            false,
            &[Note::Truncated, Note::TextTruncated, Note::PartsMissing],
        ),
        (
            b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b\r\n\
              Content-Type: application/pdf\r\n\r\nx",
            false,
            &[Note::Truncated, Note::PartsMissing],
        ),
        (
            b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\
              Content-Type: application/pdf\r\n\r\nx",
            false,
            &[Note::Truncated, Note::TextTruncated, Note::PartsMissing],
        ),
        (
            b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--\r\nx",
            false,
            &[Note::Truncated],
        ),
        (
            b"From: a@b.example\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b\r\n\
              Content-Type: text/html\r\n\r\n<style>",
            false,
            &[Note::Truncated, Note::TextTruncated, Note::PartsMissing],
        ),
    ];
    // A picture behind the text is cut off, and nothing of the text.
    let picture = "From: a@b.example\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\nGuten Tag\n--b\n\
        Content-Type: multipart/related; boundary=c\n\n--c\nContent-Type: text/html\n\nGuten Tag<img src=cid:1>\n--c\n\
        Content-Type: image/png\n\niVBOR";
    let placeholder = picture.replacen("Guten Tag", "Bitte in HTML lesen", 1);
    for (raw, complete, notes) in cases.iter().chain(&[
        (picture.as_bytes(), false, &[Note::Truncated, Note::PartsMissing][..]),
        (placeholder.as_bytes(), false, &[Note::Truncated, Note::PartsMissing][..]),
    ]) {
        assert_eq!(parse(raw, *complete).notes, *notes, "{:?}", String::from_utf8_lossy(raw));
    }
}

#[test]
fn a_field_that_is_cut_off_is_left_out() {
    let message = parse(b"From: a@b.example\r\nTo: Hagen@arbeitsagentur.example", false);
    assert_eq!(addresses(&message.from), ["a@b.example"]);
    assert!(message.to.is_empty(), "the address may go on: .example.evil.example");
    let message = parse(b"To: a@b.example\r\nFro", false);
    assert_eq!(addresses(&message.to), ["a@b.example"]);
    assert!(parse(b"To: a@b.example\r\n", false).to.is_empty(), "a second line may follow");
}

#[test]
fn the_last_line_of_defence_reads_fields_alone() {
    let message = super::without_library(b"From: a@b.example\r\nSubject: =?utf-8?Q?x?=\r\n\r\nText");
    assert_eq!(message.notes, [Note::ParserFailed]);
    assert_eq!(message.header_values("from").collect::<Vec<_>>(), ["a@b.example"]);
    assert!(message.from.is_empty() && message.text.is_empty());
}

#[test]
fn unusual_structures_give_the_text_there_is() {
    let cases = [
        ("Content-Type: multipart/mixed; boundary=b\n\nnie eine Grenze", "nie eine Grenze"),
        ("Content-Type: multipart/mixed\n\nohne Grenze", "ohne Grenze"),
        ("Content-Type: multipart/mixed; boundary=b\n\nVor\n--b\n\neins\n--b--\nNach", "eins"),
        ("Content-Type: multipart/mixed; boundary=b\n\n--b\n\neins\n--bb\nzwei\n--b--", "eins\n--bb\nzwei"),
        ("Content-Type: multipart/mixed; boundary=b\n\n--b  \n\neins\n--b\n--b\n\nzwei\n--b--", "eins\n\nzwei"),
        ("Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n--b\n\nzwei\n--b--", "zwei"),
        ("Content-Type: text/plain; name=brief.txt\n\nText", "Text"),
        ("Content-Disposition: attachment; filename=brief.txt\n\nText", ""),
        ("Content-Type: quatsch\n\nText", "Text"),
        ("Content-Type: application/pdf\n\nText", ""),
        (
            "Content-Type: multipart/alternative; boundary=b\n\n--b\n\n \n--b\nContent-Type: multipart/related; boundary=c\n\n\
             --c\nContent-Type: text/html\n\n<p>html</p>\n--c--\n--b--",
            "html",
        ),
        (
            "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/html\n\n<p>html</p>\n--b\n\nplain\n--b--",
            "plain",
        ),
        (
            "Content-Type: multipart/alternative; boundary=b\n\n--b\n\nThis is a multi-part message\n--b--",
            "This is a multi-part message",
        ),
        (
            "Content-Type: multipart/mixed; boundary=b\n\n--b\n\neins\n--b\nContent-Disposition: attachment; filename=x.txt\n\n\
             geheim\n--b\nContent-Type: text/html\n\n<b>zwei</b>\n--b--",
            "eins\n\nzwei",
        ),
    ];
    for (raw, text) in cases {
        assert_eq!(parse(raw.as_bytes(), true).text, text, "{raw}");
        let crlf = raw.replace('\n', "\r\n");
        assert_eq!(parse(crlf.as_bytes(), true).text, text, "{raw} with CR LF");
    }
}

#[test]
fn the_text_of_a_beginning_is_the_beginning_of_the_text() {
    for (name, raw) in fixtures() {
        let whole = parse(&raw, true);
        for end in 0..raw.len() {
            let cut = parse(&raw[..end], false);
            assert!(cut.notes.contains(&Note::Truncated), "{name} {end}");
            assert!(!cut.notes.contains(&Note::ParserFailed), "{name} {end}");
            assert!(!cut.notes.contains(&Note::UnterminatedMultipart), "{name} {end}");
            let cut_text = cut.text.strip_suffix('\u{FFFD}').unwrap_or(&cut.text);
            assert!(whole.text.starts_with(cut_text), "{name} {end}: {cut_text:?}");
            assert!(whole.from.starts_with(&cut.from) && whole.to.starts_with(&cut.to), "{name} {end}");
            assert!(cut.attached.len() <= whole.attached.len(), "{name} {end}");
            for (cut, whole) in cut.attached.iter().zip(&whole.attached) {
                assert!(whole.text.starts_with(&cut.text), "{name} {end}: {:?}", cut.text);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn no_mutation_brings_the_parser_down(
        which in any::<prop::sample::Index>(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), edit()), 1..12),
        complete in any::<bool>(),
    ) {
        let fixtures = fixtures();
        let mut raw = fixtures[which.index(fixtures.len())].1.clone();
        for (place, edit) in edits {
            let at = place.index(raw.len() + 1);
            let end = (at + edit.0).min(raw.len());
            raw.splice(at..end, edit.1);
        }
        let message = parse(&raw, complete);
        prop_assert!(!message.notes.contains(&Note::ParserFailed));
        prop_assert!(message.notes.is_sorted());
        prop_assert!(!message.text.contains(['\r', '\0']));
    }

    #[test]
    fn no_noise_brings_the_parser_down(raw in prop::collection::vec(any::<u8>(), 0..2_000), complete in any::<bool>()) {
        prop_assert!(!parse(&raw, complete).notes.contains(&Note::ParserFailed));
    }
}

/// How many bytes go, and what comes in their place.
fn edit() -> impl Strategy<Value = (usize, Vec<u8>)> {
    let scraps = [
        "\r\n",
        "\n\n",
        "\0",
        "--",
        "=?utf-8?Q?",
        "?=",
        "=?utf-8?B?",
        ";",
        "\"",
        "<",
        ">",
        "(",
        ":",
        "\\",
        "boundary=",
        "''",
        "%",
        "\u{FEFF}",
        "Content-Type: ",
        "message/rfc822",
        "multipart/mixed",
        "*0*=",
        "<table>",
        "<!--",
        "&#",
        "From : ",
        "=",
    ];
    let scrap = prop::sample::select(scraps.to_vec()).prop_map(|scrap| scrap.as_bytes().to_vec());
    let bytes = prop::collection::vec(any::<u8>(), 0..8);
    (0..40_usize, prop_oneof![scrap.boxed(), bytes.boxed()])
}

#[test]
fn bombs_end_within_their_limits() {
    let header = "From: a@b.example\r\nSubject: Bombe\r\n";
    let nested_messages = "Content-Type: message/rfc822\r\n\r\n".repeat(10_000);
    let nested_multiparts: String =
        (0..5_000).map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n")).collect();
    let headers: String = (0..300_000).map(|n| format!("X-{n}: y\r\n")).collect();
    let parts = format!("Content-Type: multipart/mixed; boundary=b\r\n\r\n{}", "--b\r\n\r\nx\r\n".repeat(500_000));
    let large = format!("\r\n{}", "x".repeat(99).as_str().to_owned() + "\r\n").repeat(500_000);
    let digest = format!(
        "Content-Type: multipart/digest; boundary=b\r\n\r\n{}--b--\r\n",
        "--b\r\n\r\nSubject: x\r\n\r\ny\r\n".repeat(100)
    );
    let recipients = format!("To: {}\r\n\r\nText", "a@b.example,".repeat(15_000));
    let message_id = format!("Message-ID: <{}@b.example>\r\n\r\nText", "x".repeat(100_000));
    let comments = format!("To: {}\r\n\r\nText", "(".repeat(200_000));
    let words = format!("To: {}\r\n\r\nText", "=?utf-8?Q?x?= ".repeat(15_000));
    let cases: Vec<(&str, String, Vec<Note>)> = vec![
        ("nested messages", nested_messages, vec![Note::Truncated, Note::TooDeep]),
        ("nested multiparts", nested_multiparts, vec![Note::TooDeep]),
        ("headers", headers, vec![Note::Truncated, Note::HeaderTruncated]),
        ("fields", format!("{}\r\nText", "X: y\r\n".repeat(1_005)), vec![Note::Truncated, Note::HeaderTruncated]),
        ("parts", parts, vec![Note::Truncated, Note::TooDeep]),
        ("large", large, vec![Note::Truncated]),
        ("digest", digest, vec![Note::TooDeep]),
        ("recipients", recipients, vec![Note::Truncated, Note::HeaderTruncated]),
        ("message id", message_id, vec![Note::Truncated]),
        ("comments", comments, vec![Note::Truncated]),
        ("words", words, vec![]),
    ];
    for (name, bomb, notes) in cases {
        let raw = format!("{header}{bomb}");
        let message = on_default_stack(move || parse(raw.as_bytes(), true));
        for note in notes {
            assert!(message.notes.contains(&note), "{name}: {:?}", message.notes);
        }
        assert!(!message.notes.contains(&Note::ParserFailed), "{name}");
        assert_eq!(message.subject, "Bombe", "{name}");
        assert_eq!(addresses(&message.from), ["a@b.example"], "{name}");
        assert!(message.headers.len() <= 1_000, "{name}");
        assert!(message.text.len() <= 128 * 1024, "{name}");
        assert!(message.attachments.len() <= 200 && message.attached.len() <= 20, "{name}");
        assert!(depth(&message) <= 8, "{name}");
    }
}

#[test]
fn the_html_counts_where_the_plain_text_only_points_to_it() {
    let alternative = |plain: &str, html: &str| {
        format!(
            "Content-Type: multipart/alternative; boundary=b\n\n--b\n\n{plain}\n--b\nContent-Type: text/html\n\n{html}\n--b--"
        )
    };
    let html = "<p>Meine Nummer ist 131<b>A</b>123456</p>";
    let (from_html, long) = ("Meine Nummer ist 131A123456", "Diese Seite ist HTML. ".repeat(20));
    let cases = [
        ("Diese Nachricht ist im HTML-Format.", html, from_html),
        ("Ihr Mailprogramm kann kein\nHtml anzeigen", html, from_html),
        ("This is a multi-part message in MIME format.", html, from_html),
        ("Mehrteilige Nachricht", html, from_html),
        ("Your client does not support this.", html, from_html),
        (" \n\n", html, from_html),
        ("Grüße, 131A123456", html, "Grüße, 131A123456"),
        (&long, html, long.trim_end()),
        ("Bitte in HTML lesen", "<img src=x>", "Bitte in HTML lesen"),
    ];
    for (plain, html, expected) in cases {
        let raw = alternative(plain, html);
        let message = parse(raw.as_bytes(), true);
        assert_eq!(message.text, expected, "{plain}");
        // Of a beginning, nothing is said that the whole does not say.
        for end in 0..raw.len() {
            let cut = parse(&raw.as_bytes()[..end], false);
            assert!(expected.starts_with(&cut.text), "{plain} {end}: {:?}", cut.text);
            assert!(cut.text == expected || cut.has(Note::TextTruncated), "{plain} {end}: {:?}", cut.notes);
        }
    }
}

#[test]
fn one_text_however_it_is_sent() {
    let text = "Guten Tag,\n\nmeine Nummer ist 735 A 123 456.\n\n> Alt,\n>\n> > älter\n\nMax Müller\nMusterstr. 1\n90762 Fürth";
    let html = "<p>Guten Tag,</p><p>meine Nummer ist <b>735</b> A&#32;123 456.</p>\
        <blockquote><p>Alt,</p><blockquote>&auml;lter</blockquote></blockquote>\
        <div>Max M&uuml;ller</div><div>Musterstr. 1</div><div>90762 F&uuml;rth</div>";
    let flowed = "Guten Tag,\n\nmeine Nummer ist 735 \nA 123 456.\n\n> Alt,\n>\n>> älter\n\nMax Müller\nMusterstr. 1\n90762 Fürth\n";
    let base64 = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, text);
    let quoted: String = text.bytes().map(|byte| format!("={byte:02X}=\n")).collect();
    let plain = "Content-Type: text/plain; charset=utf-8\n";
    let cases = [
        format!("{plain}\n{text}"),
        format!("{plain}Content-Transfer-Encoding: base64\n\n{base64}"),
        format!("{plain}Content-Transfer-Encoding: quoted-printable\n\n{quoted}"),
        format!("Content-Type: text/plain; charset=us-ascii\n\n{text}"),
        format!("Content-Type: text/plain; charset=utf-8; format=flowed\n\n{flowed}"),
        format!(
            "Content-Type: text/plain; charset=utf-8; format=flowed; delsp=yes\n\n{}",
            flowed.replace("735 \nA 123 4", "735  \nA 12 \n3 4")
        ),
        format!("Content-Type: text/html; charset=utf-8\n\n{html}"),
        format!(
            "Content-Type: multipart/alternative; boundary=b\n\n--b\n{plain}\n{text}\n--b\nContent-Type: text/html\n\n{html}\n--b--"
        ),
    ];
    for raw in cases {
        assert_eq!(parse(raw.as_bytes(), true).text, text, "{raw}");
        assert_eq!(parse(raw.replace('\n', "\r\n").as_bytes(), true).text, text, "{raw} with CR LF");
    }
}

fn depth(message: &Message) -> usize {
    message.attached.iter().map(|inner| 1 + depth(inner)).max().unwrap_or(0)
}
