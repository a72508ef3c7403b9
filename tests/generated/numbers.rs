//! Every spelling of a Kundennummer is found, and nothing that only looks like one.

use postweiche::domain::decision::EvidenzArt;
use postweiche::rules::explanation::Explanation;

use super::engine::{explain, read, register, rules};
use super::mail::{Letter, Mail, Mailbox, Paragraph, Text};
use super::mime::{Encoding, Shape, write};
use super::plain::Breaks;
use super::reference::Profil;
use super::register::{Agentur, Agenturen};
use super::report::{Report, cases, told};
use super::rng::Rng;
use super::spelling::{Groups, any, full_width};

const REGION: &str = "sc-west";

/// What the program took for Kundennummern: the Agenturen behind them.
pub fn by_number(explanation: &Explanation) -> Agenturen {
    let found = explanation.gefunden.iter().filter(|found| found.art == EvidenzArt::KundennummerPraefix);
    found.flat_map(|found| &found.agenturen).map(|&id| rules().stammdaten().agentur(id).slug.clone()).collect()
}

/// Any Agentur with a number of its own.
fn issuer(rng: &mut Rng) -> Agentur {
    loop {
        let agentur = rng.pick(&register().agenturen);
        if !agentur.dienststellen.is_empty() {
            return agentur.clone();
        }
    }
}

/// A mail about nothing else.
fn mail_saying(lines: &str) -> Mail {
    let letter = Letter {
        salutation: "Guten Tag,".to_owned(),
        paragraphs: vec![Paragraph::lines(lines.split('\n')), Paragraph::Text("bitte rufen Sie mich an.".to_owned())],
        signature: vec![Paragraph::lines(["Viele Grüße", "Dorothea Quast"])],
        ..Letter::default()
    };
    Mail {
        from: vec![Mailbox::new("Dorothea Quast", "quast@web.example")],
        to: vec![Mailbox::new("", &format!("{REGION}@arbeitsagentur.example"))],
        cc: Vec::new(),
        subject: "Rückruf".to_owned(),
        fields: Vec::new(),
        text: Text { letter, ..Text::default() },
        attachments: Vec::new(),
        attached: None,
    }
}

/// An HTML mail with exactly this body.
fn html_mail(body: &str) -> Vec<u8> {
    format!(
        "From: quast@web.example\r\nTo: {REGION}@arbeitsagentur.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/html; charset=utf-8\r\n\r\n<html><body><p>Guten Tag,</p>{body}<p>Viele Gr&uuml;&szlig;e<br>Quast</p></body></html>\r\n"
    )
    .into_bytes()
}

fn check(report: &mut Report, raw: &[u8], written: &str, expected: &Agenturen) {
    let explanation = explain(&read(raw), REGION, Profil::Weit);
    let found = by_number(&explanation);
    report
        .check(found == *expected, || format!("{written:?}: {found:?}, not {expected:?}\n{}", told(raw, &explanation)));
}

#[test]
fn every_spelling_of_a_number_is_found() {
    let mut report = Report::default();
    for seed in 0..cases(500) {
        let mut rng = Rng::new(seed ^ 0x9a);
        let agentur = issuer(&mut rng);
        let dienststelle = rng.pick(&agentur.dienststellen).clone();
        let written = any(&mut rng, &dienststelle, true);
        let frame = rng.pick(&[
            "{k}",
            "Kundennummer:{k}",
            "({k})",
            "Nr. {k}, danke",
            "Kd-Nr. {k}.",
            "\"{k}\"",
            "Kundennummer\t{k}\tBitte",
            "„{k}“",
        ]);
        let encoding = Encoding { breaks: Breaks::None, ..Encoding::any(&mut rng) };
        let raw = write(&mail_saying(&frame.replace("{k}", &written)), &encoding);
        check(&mut report, &raw, &written, &Agenturen::from([agentur.slug]));
    }
    report.finish();
}

#[test]
fn a_number_is_found_in_any_markup() {
    let mut report = Report::default();
    for seed in 0..cases(500) {
        let mut rng = Rng::new(seed ^ 0x9b);
        let agentur = issuer(&mut rng);
        let dienststelle = rng.pick(&agentur.dienststellen).clone();
        let Groups(groups) = Groups::any(&mut rng, &dienststelle);
        let one = groups.concat();
        let chars = |between: &str| one.chars().map(|c| format!("<span>{c}</span>")).collect::<Vec<_>>().join(between);
        let body = match rng.below(9) {
            0 => format!("<table><tr><td>Kundennummer</td><td>{one}</td></tr></table>"),
            1 => format!("<table><tr><td>{}</td></tr></table>", groups.join("</td><td>")),
            2 => format!("<p>Nr. {}</p>", chars("")),
            3 => format!("<p><b>{}</b><i>{}</i></p>", &one[..5], &one[5..]),
            4 => format!("<p>{}</p>", groups.join("&nbsp;")),
            5 => format!("<p>{}</p>", groups.join("&#8239;")),
            6 => format!("<p>{}&shy;{}&#x200B;{}</p>", &one[..3], &one[3..6], &one[6..]),
            7 => format!("<p>{}</p>", one.chars().map(|c| format!("&#{};", u32::from(c))).collect::<String>()),
            _ => format!("<p>Kundennummer<br>{}<br>\n{}</p>", groups[0], groups[1..].join(" ")),
        };
        check(&mut report, &html_mail(&body), &body, &Agenturen::from([agentur.slug]));
    }
    report.finish();
}

/// A number with something wrong about it.
fn spoilt(rng: &mut Rng, groups: &[String]) -> String {
    let groups = groups.to_vec();
    let separator = *rng.pick(&[" ", "-", ".", "/", "\u{a0}"]);
    let whole = if rng.chance(50) && groups.len() == 3 { groups.concat() } else { groups.join(separator) };
    let invisible = if rng.chance(20) { "\u{200b}" } else { "" };
    let wrong = *rng.pick(&["7", "x", "ä", "B", "０", "ß"]);
    match rng.below(6) {
        0 => format!("{wrong}{invisible}{whole}"),
        1 => format!("{whole}{invisible}{wrong}"),
        // Nine and eleven characters.
        2 => whole[..whole.len() - 1].to_owned(),
        3 => format!("{whole}{}", rng.digits(1)),
        // Nine and eleven digits alone.
        4 => {
            let count = *rng.pick(&[9, 11]);
            rng.digits(count)
        }
        _ => format!("{}{}{}", groups[0], "AB", &groups[2..].concat()),
    }
}

#[test]
fn nothing_that_only_looks_like_a_number_is_taken_for_one() {
    let mut report = Report::default();
    for seed in 0..cases(500) {
        let mut rng = Rng::new(seed ^ 0x9c);
        let agentur = issuer(&mut rng);
        let dienststelle = rng.pick(&agentur.dienststellen).clone();
        let Groups(groups) = Groups::any(&mut rng, &dienststelle);
        let written = match rng.below(10) {
            0 => format!("{}J{}", rng.digits(8), rng.digits(3)),
            1 => format!("{} {} A {}", rng.digits(2), rng.digits(6), rng.digits(3)),
            2 => format!("{}//{}", rng.digits(5), rng.digits(7)),
            3 => format!("DE{} {dienststelle}0 {} {} {}", rng.digits(2), rng.digits(4), rng.digits(4), rng.digits(4)),
            4 => format!("{dienststelle}FK{}", rng.digits(6)),
            5 => format!("0{dienststelle} {}", rng.digits(6)),
            6 => full_width(&spoilt(&mut rng, &groups)),
            _ => spoilt(&mut rng, &groups),
        };
        let encoding = Encoding { shape: Shape::Plain, breaks: Breaks::None, ..Encoding::any(&mut rng) };
        let raw = write(&mail_saying(&format!("Meine Nummer: {written}")), &encoding);
        check(&mut report, &raw, &written, &Agenturen::new());
    }
    report.finish();
}

#[test]
fn a_number_of_no_known_office_is_no_evidence() {
    let mut report = Report::default();
    for number in 0..1000 {
        let dienststelle = format!("{number:03}");
        let written = any(&mut Rng::new(number), &dienststelle, false);
        let raw = write(&mail_saying(&format!("Kundennummer {written}")), &super::mime::USUAL);
        let expected = register().dienststellen.get(&dienststelle).cloned().unwrap_or_default();
        check(&mut report, &raw, &written, &expected);
    }
    report.finish();
}
