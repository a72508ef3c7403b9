//! The same mail in other bytes gets the same verdict.

use super::compose::compose;
use super::engine::{explain, read, register, verdict};
use super::forward;
use super::html::Style;
use super::mail::{Mail, Programm};
use super::make::case;
use super::mime::{Charset, Encoding, Said, Shape, Transfer, USUAL, Words, write};
use super::model::{Art, Case, Level};
use super::plain::Breaks;
use super::reference::PROFILE;
use super::report::{Report, cases, told};
use super::rng::Rng;

/// Encodings that differ from the usual one in one respect, or in a few that go together.
fn encodings() -> Vec<(String, Encoding)> {
    let mut all: Vec<(String, Encoding)> = Vec::new();
    let mut add = |name: &str, change: &dyn Fn(&mut Encoding)| {
        let mut encoding = USUAL;
        change(&mut encoding);
        all.push((name.to_owned(), encoding));
    };
    for transfer in [Transfer::EightBit, Transfer::QuotedPrintable, Transfer::Base64] {
        for charset in [Charset::Utf8, Charset::Latin1, Charset::Latin9, Charset::Windows] {
            for said in [Said::TheTruth, Said::TheOther, Said::Nothing] {
                let name = format!("{transfer:?} {charset:?} {said:?}");
                add(&name, &|it| (it.transfer, it.charset, it.said) = (transfer, charset, said));
            }
        }
    }
    for breaks in [Breaks::Hard, Breaks::Flowed] {
        add(&format!("{breaks:?}"), &|it| it.breaks = breaks);
        add(&format!("{breaks:?}, quoted-printable"), &|it| {
            (it.breaks, it.transfer) = (breaks, Transfer::QuotedPrintable)
        });
    }
    for style in Style::ALL {
        add(&format!("html {style:?}"), &|it| (it.shape, it.style) = (Shape::Html, style));
        add(&format!("html {style:?}, all ASCII"), &|it| {
            (it.shape, it.style, it.references) = (Shape::Html, style, true)
        });
        for shape in [Shape::Both, Shape::BothInMixed, Shape::BothRelated, Shape::Placeholder] {
            add(&format!("{shape:?} {style:?}"), &|it| {
                (it.shape, it.style, it.transfer) = (shape, style, Transfer::QuotedPrintable);
            });
        }
    }
    for words in [Words::Raw, Words::Q, Words::B, Words::Split] {
        add(&format!("header {words:?}"), &|it| it.words = words);
        add(&format!("header {words:?}, folded"), &|it| (it.words, it.folded) = (words, true));
    }
    add("bare line feeds", &|it| it.bare_lf = true);
    add("bare line feeds in parts", &|it| (it.bare_lf, it.shape, it.folded) = (true, Shape::BothInMixed, true));
    all
}

fn compare(report: &mut Report, case: &Case, expected_of: &[u8], raw: &[u8], name: &str) {
    let (before, after) = (read(expected_of), read(raw));
    for profil in PROFILE {
        let (usual, other) = (explain(&before, &case.region, profil), explain(&after, &case.region, profil));
        report.check(verdict(&usual) == verdict(&other), || {
            format!(
                "seed {} {profil:?} {name}: {:?}, not {:?}\n{:?}\n{}",
                case.seed,
                verdict(&other),
                verdict(&usual),
                case.evidence,
                told(raw, &other)
            )
        });
    }
}

#[test]
fn no_encoding_changes_a_verdict() {
    let (mut report, encodings) = (Report::default(), encodings());
    for seed in 0..cases(700) {
        let case = case(register(), seed);
        let mail = compose(&case);
        let usual = write(&mail, &USUAL);
        let mut rng = Rng::new(seed);
        // All of them over the run, a few of them for each mail.
        for _ in 0..2 {
            let (name, encoding) = rng.pick(&encodings);
            if encoding.style == Style::Spaced && !Encoding::allows_spaced(&case) {
                continue;
            }
            compare(&mut report, &case, &usual, &write(&mail, encoding), name);
        }
    }
    report.finish();
}

#[test]
fn a_colleague_who_passes_a_mail_on_changes_no_verdict() {
    let mut report = Report::default();
    for seed in 0..cases(700) {
        let case = case(register(), seed);
        if !can_be_passed_on(&case) {
            continue;
        }
        let mail = compose(&case);
        let usual = write(&mail, &USUAL);
        let mut rng = Rng::new(seed);
        for (name, passed_on) in passed_on(&case, &mail, &mut rng) {
            let encoding = Encoding::of(&case, &mut rng);
            compare(&mut report, &case, &usual, &write(&passed_on, &encoding), &format!("{name} {encoding:?}"));
        }
    }
    report.finish();
}

/// A forwarded mail shows its To and Cc alike and nothing of its other fields.
fn can_be_passed_on(case: &Case) -> bool {
    let level = case.office.as_ref().map(|office| office.level);
    case.art == Art::FreieEmail && case.lower.is_none() && level.is_none_or(|level| level <= Level::Cc)
}

fn passed_on(case: &Case, mail: &Mail, rng: &mut Rng) -> Vec<(String, Mail)> {
    let mailbox = case.mailbox();
    let programm = *rng.pick(&Programm::ALL);
    let times = 1 + rng.below(2);
    vec![
        (format!("{times} times in the text by {programm:?}"), forward::in_text(mail, &mailbox, programm, times, rng)),
        (format!("{times} times attached"), forward::attached(mail, &mailbox, times, rng)),
    ]
}
