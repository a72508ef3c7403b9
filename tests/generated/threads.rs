//! Whose words they are: nothing that others say in a conversation is evidence, and all that the author says is.

use super::additions::stranger_near;
use super::compose::compose;
use super::engine::{explain, read, register, verdict};
use super::mail::{Letter, Mailbox, Paragraph, Programm, Quote, Text};
use super::make::{case_of, home, person};
use super::mime::{Encoding, write};
use super::model::{Art, Case, HomeAt, Tier};
use super::plain::is_marked;
use super::reference::PROFILE;
use super::register::Agentur;
use super::report::{Report, cases, told};
use super::rng::Rng;
use super::spelling;

/// What others said before, with homes and numbers of their own.
fn earlier(wrong: &Agentur, to: &Mailbox, depth: usize, rng: &mut Rng) -> Quote {
    let who = person(rng);
    let home = home(register(), rng, wrong);
    let number = wrong.dienststellen.first().map_or(String::new(), |first| spelling::any(rng, first, false));
    let label = *rng.pick(&["Meine Anschrift:", "Ich wohne in der", "Adresse:"]);
    let mut letter = Letter {
        salutation: (*rng.pick(&["Hallo,", "Guten Tag,", "Liebe Frau Sommer,", ""])).to_owned(),
        paragraphs: vec![
            Paragraph::Text(
                "das hatte ich damals auch, bei mir ging es so aus, dass am Ende alles nachgezahlt wurde.".to_owned(),
            ),
            Paragraph::lines([format!("{label} {}", home.line()).as_str(), format!("Kundennummer {number}").as_str()]),
        ],
        ..Letter::default()
    };
    if rng.chance(70) {
        letter.signature = vec![Paragraph::lines(["Viele Grüße", &who.name, &home.street, &home.plz_ort()])];
    }
    let from = Mailbox::new(&who.name, &who.address);
    let quotes = if depth > 0 { vec![earlier(wrong, &from, depth - 1, rng)] } else { Vec::new() };
    Quote {
        programm: *rng.pick(&Programm::ALL),
        forwarded: rng.chance(20),
        from,
        to: vec![to.clone()],
        cc: Vec::new(),
        subject: "Nachzahlung".to_owned(),
        text: Text { letter, quotes, ..Text::default() },
    }
}

/// A letter with something of the author's own, whose layout bears words below it.
fn case(seed: u64) -> Option<Case> {
    let tier = *Rng::new(seed).pick(&[Tier::T1, Tier::T3, Tier::T4, Tier::T5, Tier::T5]);
    let case = case_of(register(), seed, tier);
    let has_no_quote = case.office.as_ref().is_none_or(|office| office.level < super::model::Level::ForwardedTo);
    let fits = case.art == Art::FreieEmail && has_no_quote && case.lower.is_none();
    fits.then_some(case)
}

#[test]
fn what_others_say_below_a_letter_is_no_evidence() {
    let mut report = Report::default();
    for seed in 0..cases(700) {
        let Some(case) = case(seed) else { continue };
        let mut rng = Rng::new(seed ^ 0x7ead);
        let wrong = stranger_near(&case, &mut rng);
        let mut mail = compose(&case);
        let author = mail.from[0].clone();
        for _ in 0..=rng.below(3) {
            let depth = rng.below(3);
            mail.text.quotes.push(earlier(&wrong, &author, depth, &mut rng));
        }
        mail.subject = format!("AW: {}", mail.subject);
        check(&mut report, &case, &write(&mail, &Encoding::of(&case, &mut rng)));
    }
    report.finish();
}

#[test]
fn an_answer_below_what_it_quotes_is_the_authors() {
    let mut report = Report::default();
    for seed in 0..cases(700) {
        let Some(case) = case(seed) else { continue };
        let is_above = case.home.as_ref().is_some_and(|(_, at)| matches!(at, HomeAt::Head(_)));
        if is_above || case.spoken_to.is_some() {
            continue;
        }
        let mut rng = Rng::new(seed ^ 0xb07);
        let wrong = stranger_near(&case, &mut rng);
        let mut mail = compose(&case);
        let quote = earlier(&wrong, &mail.from[0], 0, &mut rng);
        let quote = Quote { forwarded: false, ..quote };
        if !is_marked(&quote) {
            continue;
        }
        // The letter moves below the quotation; a salutation above it stays in some mails.
        let mut letter = std::mem::take(&mut mail.text.letter);
        if rng.chance(50) {
            mail.text.letter.salutation = std::mem::take(&mut letter.salutation);
        }
        mail.text.below = letter.all();
        mail.text.quotes.push(quote);
        mail.subject = format!("Re: {}", mail.subject);
        check(&mut report, &case, &write(&mail, &Encoding::of(&case, &mut rng)));
    }
    report.finish();
}

fn check(report: &mut Report, case: &Case, raw: &[u8]) {
    let message = read(raw);
    for profil in PROFILE {
        let (explanation, expected) = (explain(&message, &case.region, profil), case.verdict(profil, register()));
        let found = verdict(&explanation);
        report.check(found == expected, || {
            format!(
                "seed {} {profil:?}: {found:?}, not {expected:?}\n{:?}\n{}",
                case.seed,
                case.evidence,
                told(raw, &explanation)
            )
        });
    }
}
