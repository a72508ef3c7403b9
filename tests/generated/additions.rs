//! What else stands in a mail moves it to no other Agentur.

use super::compose::compose;
use super::engine::{explain, read, register, verdict};
use super::mail::{Letter, Mail, Mailbox, Paragraph, Programm, Quote, Text};
use super::make::{case, home, person};
use super::mime::{Encoding, write};
use super::model::{Art, Case, HomeAt, Level};
use super::reference::{PROFILE, Verdict};
use super::register::Agentur;
use super::report::{Report, cases, told};
use super::rng::Rng;
use super::spelling;

/// What an addition may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Effect {
    /// Nothing.
    None,
    /// A BG-Nummer or Kindergeldnummer makes it another body's, unless A (To, Cc), K or D are there.
    OtherBody,
}

/// What it puts below the signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Below {
    Nothing,
    Text,
    Mail,
    /// It takes the place of the signature.
    Signature,
}

struct Addition {
    name: &'static str,
    effect: Effect,
    below: Below,
    /// Adds it to the mail; the Agentur is one that the mail must not be moved to.
    add: fn(&mut Mail, &Agentur, &mut Rng),
}

fn additions() -> Vec<Addition> {
    let none = |name, add| Addition { name, effect: Effect::None, below: Below::Nothing, add };
    let below = |name, below, add| Addition { name, effect: Effect::None, below, add };
    vec![
        none("a foreign address with its code", |mail, wrong, rng| {
            let code = rng.pick(&["F", "A", "CH", "B", "NL", "PL", "L", "CZ", "DK", "I"]);
            let home = home(register(), rng, wrong);
            insert(mail, rng, vec![format!("Mein Bruder, {}, {code}-{} {}", home.street, home.plz, home.ort)]);
        }),
        none("an address in a foreign country", |mail, wrong, rng| {
            let country = rng.pick(&["Österreich", "Schweiz", "Frankreich", "Polen", "Italien", "Belgien", "Türkei"]);
            let home = home(register(), rng, wrong);
            insert(
                mail,
                rng,
                vec![format!("Adresse im Urlaub: {}, {}", home.street, home.plz_ort()), (*country).to_owned()],
            );
        }),
        none("a company with its address", |mail, wrong, rng| {
            let company = rng.pick(&[
                "Kolbinger Maschinenbau GmbH",
                "Bäckerei Sandrock e.K.",
                "Gebr. Holl KG",
                "Lebenshilfe Talstadt e.V.",
                "Nordlicht AG",
                "Firma Perlhuhn",
                "Dr. med. Ute Sander",
                "Rechtsanwalt Tilmann Groß",
                "Klinik am Park",
                "Caritas Sozialdienst",
                "Jobcenter Talstadt",
                "Hotel zum Löwen",
                "Personalabteilung Horn & Söhne",
                "Steuerberater Krauth",
                "Stadtverwaltung, Sozialamt",
                "AOK Krankenkasse",
            ]);
            let home = home(register(), rng, wrong);
            insert(mail, rng, vec![(*company).to_owned(), home.street.clone(), home.plz_ort()]);
        }),
        none("the employer in a sentence", |mail, wrong, rng| {
            let home = home(register(), rng, wrong);
            let sentence = format!(
                "Mein letzter Arbeitgeber war die Perlhuhn Logistik GmbH, {}, mit Sitz dort seit 1998.",
                home.line()
            );
            insert(mail, rng, vec![sentence]);
        }),
        none("an office's postal address", |mail, wrong, rng| {
            let home = home(register(), rng, wrong);
            insert(
                mail,
                rng,
                vec![
                    "Kopie ging an:".to_owned(),
                    "Agentur für Arbeit, Leistungsabteilung".to_owned(),
                    home.street.clone(),
                    home.plz_ort(),
                ],
            );
        }),
        none("a P.O. box", |mail, wrong, rng| {
            let home = home(register(), rng, wrong);
            let lines = vec![format!("Post bitte an: Postfach {}, {}", rng.digits(4), home.plz_ort())];
            insert(mail, rng, lines);
        }),
        none("an invoice number that is a postcode", |mail, wrong, rng| {
            let plz = home(register(), rng, wrong).plz;
            let word = rng.pick(&[
                "Rechnungsnummer",
                "Aktenzeichen",
                "Rechnung Nr.",
                "Vorgang",
                "Personalnummer",
                "Betriebsnummer 123",
            ]);
            insert(mail, rng, vec![format!("{word} {plz}")]);
        }),
        none("a postcode in running text", |mail, wrong, rng| {
            let home = home(register(), rng, wrong);
            insert(
                mail,
                rng,
                vec![format!("Am Dienstag war ich zum Probearbeiten in {}, das hat gut geklappt.", home.plz_ort())],
            );
        }),
        none("the home of a relative", |mail, wrong, rng| {
            let home = home(register(), rng, wrong);
            let who = rng.pick(&[
                "Meine Tochter wohnt jetzt in",
                "Mein Vater wohnt in",
                "Anschrift meiner Mutter:",
                "Die Adresse meines Mandanten:",
            ]);
            insert(mail, rng, vec![format!("{who} {}", home.plz_ort())]);
        }),
        none("an old address", |mail, wrong, rng| {
            let home = home(register(), rng, wrong);
            let label = rng.pick(&["Alte Anschrift:", "Bisherige Anschrift:", "bisherige Adresse:"]);
            insert(mail, rng, vec![format!("{label} {}", home.line())]);
        }),
        none("an address of the future", |mail, wrong, rng| {
            let home = home(register(), rng, wrong);
            let label = rng.pick(&[
                "Neue Anschrift ab 01.07.2024:",
                "Neue Adresse ab dem 1. Juni 2024:",
                "ab 15.05.2024 neue Anschrift:",
            ]);
            insert(mail, rng, vec![format!("{label} {}", home.line())]);
        }),
        none("an IBAN", |mail, wrong, rng| {
            let plz = home(register(), rng, wrong).plz;
            let iban = format!("IBAN: DE{} {} {} {plz}", rng.digits(2), rng.digits(4), rng.digits(4));
            insert(mail, rng, vec![iban, "BIC COBADEFFXXX".to_owned()]);
        }),
        none("a Sozialversicherungsnummer", |mail, _, rng| {
            let number = match rng.below(3) {
                0 => format!("{}J{}", rng.digits(8), rng.digits(3)),
                1 => format!("{} {} A {}", rng.digits(2), rng.digits(6), rng.digits(3)),
                _ => format!("{} {} K {} {}", rng.digits(2), rng.digits(6), rng.digits(2), rng.digits(1)),
            };
            insert(mail, rng, vec![format!("Sozialversicherungsnummer {number}")]);
        }),
        none("telephone numbers", |mail, wrong, rng| {
            let prefix = wrong.dienststellen.first().cloned().unwrap_or_default();
            let lines = vec![
                format!("Tel. 0{prefix} / {} {}", rng.digits(3), rng.digits(4)),
                format!("Mobil: 0170 {} {}", rng.digits(3), rng.digits(5)),
            ];
            insert(mail, rng, lines);
        }),
        none("a Kundennummer of nine and of eleven characters", |mail, wrong, rng| {
            let prefix = wrong.dienststellen.first().cloned().unwrap_or_default();
            let lines = vec![format!("Zeichen {prefix}A{} und {prefix}B{}", rng.digits(5), rng.digits(7))];
            insert(mail, rng, lines);
        }),
        none("an office's address in the text", |mail, wrong, rng| {
            let address = rng.pick(&wrong.adressen).clone();
            insert(mail, rng, vec![format!("Ich hatte schon an {address} geschrieben, ohne Antwort.")]);
        }),
        none("an office as a display name", |mail, wrong, rng| {
            let address = rng.pick(&wrong.adressen).clone();
            mail.cc.push(Mailbox::new(&address, &format!("freundin{}@web.example", rng.digits(3))));
        }),
        none("a colleague's personal address", |mail, wrong, _| {
            let (local, domain) = wrong.adressen[0].split_once('@').unwrap();
            mail.cc.push(Mailbox::new("", &format!("{local}.Anna@{domain}")));
        }),
        none("a disclaimer", |mail, wrong, rng| {
            let home = home(register(), rng, wrong);
            append(mail, vec![
                "Diese E-Mail enthält vertrauliche Informationen. Wenn Sie nicht der richtige Adressat sind, löschen Sie sie bitte.".to_owned(),
                format!("Sonnenhof GmbH · Sitz der Gesellschaft: {} · HRB {}", home.plz_ort(), rng.digits(5)),
            ]);
        }),
        none("what a telephone appends", |mail, _, rng| {
            append(
                mail,
                vec![
                    (*rng.pick(&[
                        "Von meinem iPhone gesendet",
                        "Gesendet von Outlook für Android",
                        "Diese Nachricht wurde von meinem Android-Gerät mit GMX Mail gesendet.",
                    ]))
                    .to_owned(),
                ],
            );
        }),
        below("an afterthought", Below::Text, |mail, wrong, rng| {
            let home = home(register(), rng, wrong);
            append(mail, vec![format!("PS: Am Freitag bin ich bei meiner Schwester in {}.", home.plz_ort())]);
        }),
        below("a body that writes for a customer", Below::Signature, |mail, wrong, rng| {
            let body = rng.pick(&[
                "Rechtsanwältin, Kanzlei Groß & Partner",
                "Rechtlicher Betreuer, Betreuungsbüro Nord",
                "Personalabteilung",
                "Sozialdienst, Klinik am Park gGmbH",
                "Caritas-Beratungsstelle",
                "Steuerberater",
                "Praxis Dr. med. Sander",
                "Perlhuhn Logistik GmbH & Co. KG",
                "Stadtverwaltung, Sozialamt",
            ]);
            let home = home(register(), rng, wrong);
            sign(mail, &[body, &home.street, &home.plz_ort(), "Tel. 0911 405 12"]);
        }),
        below("a signature abroad", Below::Signature, |mail, wrong, rng| {
            let home = home(register(), rng, wrong);
            let (code, country) = *rng.pick(&[
                ("F-", "Frankreich"),
                ("", "Österreich"),
                ("CH-", ""),
                ("A-", "Austria"),
                ("PL-", ""),
                ("", "Polska"),
                ("", "France"),
                ("L-", ""),
            ]);
            sign(mail, &[&home.street, &format!("{code}{}", home.plz_ort()), country]);
        }),
        below("a signature with a P.O. box", Below::Signature, |mail, wrong, rng| {
            let home = home(register(), rng, wrong);
            sign(mail, &[&format!("Postfach {} {}", rng.digits(2), rng.digits(2)), &home.plz_ort()]);
        }),
        none("somebody for whom the writer asks", |mail, wrong, rng| {
            let (home, who) = (home(register(), rng, wrong), person(rng));
            let phrase = *rng.pick(&[
                "Mein Mandant {n}, wohnhaft {a}",
                "Anschrift von Frau {n}: {a}",
                "für meinen Sohn {n}, Adresse: {a}",
                "Unsere Mitarbeiterin {n}, wohnhaft in {a}",
            ]);
            let line = phrase.replace("{n}", &who.name).replace("{a}", &home.line());
            insert(mail, rng, vec![line]);
        }),
        below("somebody's mail, answered", Below::Mail, |mail, wrong, rng| quote(mail, wrong, false, rng)),
        below("somebody's mail, passed on", Below::Mail, |mail, wrong, rng| quote(mail, wrong, true, rng)),
        Addition {
            name: "a BG-Nummer",
            effect: Effect::OtherBody,
            below: Below::Nothing,
            add: |mail, _, rng| {
                let lines = vec![format!("BG-Nummer: {}//{}", rng.digits(5), rng.digits(7))];
                insert(mail, rng, lines);
            },
        },
        Addition {
            name: "a Kindergeldnummer",
            effect: Effect::OtherBody,
            below: Below::Nothing,
            add: |mail, wrong, rng| {
                let prefix = wrong.dienststellen.first().cloned().unwrap_or_else(|| "735".to_owned());
                let lines = vec![format!("Kindergeldnummer {prefix}FK{}", rng.digits(6))];
                insert(mail, rng, lines);
            },
        },
    ]
}

/// A paragraph anywhere between salutation and closing formula.
fn insert(mail: &mut Mail, rng: &mut Rng, lines: Vec<String>) {
    let paragraphs = &mut mail.text.letter.paragraphs;
    // What would be the first paragraph of a mail without salutation could be the head of a letter.
    let at = rng.below(paragraphs.len()) + 1;
    // A label alone belongs to what follows it.
    let splits = |at: usize| {
        at > 0 && matches!(&paragraphs[at - 1], Paragraph::Lines(lines) if lines.len() == 1 && lines[0].ends_with(':'))
    };
    let at = if splits(at) { paragraphs.len() } else { at };
    paragraphs.insert(at, Paragraph::Lines(lines));
}

/// Closing formula and name stay, the rest is new.
fn sign(mail: &mut Mail, lines: &[&str]) {
    let first = mail.text.letter.signature.first().cloned();
    let Some(Paragraph::Lines(mut signature)) = first else { return };
    signature.extend(lines.iter().filter(|line| !line.is_empty()).map(|&line| line.to_owned()));
    mail.text.letter.signature = vec![Paragraph::Lines(signature)];
}

fn append(mail: &mut Mail, lines: Vec<String>) {
    mail.text.letter.appended.push(Paragraph::Lines(lines));
}

/// Another person's mail with home and number of their own, below the text.
fn quote(mail: &mut Mail, wrong: &Agentur, forwarded: bool, rng: &mut Rng) {
    let who = person(rng);
    let home = home(register(), rng, wrong);
    let number =
        wrong.dienststellen.first().map(|dienststelle| spelling::any(rng, dienststelle, false)).unwrap_or_default();
    let letter = Letter {
        salutation: "Lieber Nachbar,".to_owned(),
        paragraphs: vec![
            Paragraph::Text("so habe ich es damals bei mir gemacht, vielleicht hilft dir das weiter.".to_owned()),
            Paragraph::lines([
                format!("Meine Anschrift: {}", home.line()).as_str(),
                format!("Kundennummer {number}").as_str(),
            ]),
        ],
        signature: vec![Paragraph::lines(["Viele Grüße", &who.name, &home.street, &home.plz_ort()])],
        ..Letter::default()
    };
    mail.text.quotes.push(Quote {
        programm: *rng.pick(&Programm::ALL),
        forwarded,
        from: Mailbox::new(&who.name, &who.address),
        to: mail.from.clone(),
        cc: Vec::new(),
        subject: "Dein Antrag".to_owned(),
        text: Text { letter, ..Text::default() },
    });
    mail.subject = format!("{} {}", if forwarded { "WG:" } else { "AW:" }, mail.subject);
}

/// What must become of the mail with the addition; without it, it became what `plain` says.
fn expected(case: &Case, effect: Effect, plain: &Verdict) -> Verdict {
    let evidence = &case.evidence;
    let in_header = case.office.as_ref().is_some_and(|office| office.level <= Level::Cc);
    let another = effect == Effect::OtherBody && !in_header && evidence.k.is_empty() && evidence.d.is_empty();
    let routed = matches!(case.art, Art::FreieEmail);
    if another && routed { Verdict::Bleibt } else { plain.clone() }
}

#[test]
fn no_addition_moves_a_mail_elsewhere() {
    let (mut report, additions) = (Report::default(), additions());
    for seed in 0..cases(1500) {
        let case = case(register(), seed);
        if case.art.is_form() {
            continue;
        }
        let mut rng = Rng::new(seed ^ 0xadd);
        let addition = rng.pick(&additions);
        if !fits(&case, addition) {
            continue;
        }
        let wrong = stranger_near(&case, &mut rng);
        let mut mail = compose(&case);
        let encoding = Encoding::of(&case, &mut rng);
        let before = read(&write(&mail, &encoding));
        (addition.add)(&mut mail, &wrong, &mut rng);
        let raw = write(&mail, &encoding);
        let message = read(&raw);
        for profil in PROFILE {
            let expected = expected(&case, addition.effect, &verdict(&explain(&before, &case.region, profil)));
            let explanation = explain(&message, &case.region, profil);
            let found = verdict(&explanation);
            report.check(found == expected, || {
                let elsewhere = matches!(found, Verdict::Agentur(_)).then_some("WRONG FOLDER").unwrap_or_default();
                format!(
                    "seed {seed} {profil:?} {}: {found:?}, not {expected:?} {elsewhere}\n{:?} {encoding:?}\n{}",
                    addition.name,
                    case.evidence,
                    told(&raw, &explanation)
                )
            });
        }
    }
    report.finish();
}

/// Only the innermost forwarded message tells its recipients, and only the last block of a text can be a signature by its
/// name alone: what stands below takes that away, rightly.
fn fits(case: &Case, addition: &Addition) -> bool {
    let passes_on_own_mail =
        case.office.as_ref().is_some_and(|office| matches!(office.level, Level::ForwardedTo | Level::Thread));
    let ends_with_name = case.home.as_ref().is_some_and(|(_, at)| *at == HomeAt::LastBlock);
    match addition.below {
        Below::Mail => !passes_on_own_mail,
        Below::Text => !ends_with_name,
        Below::Signature => case.home.is_none() && case.town.is_none(),
        Below::Nothing => true,
    }
}

/// An Agentur that the case does not name, in the same mailbox where there is one: a mail could be moved there.
pub fn stranger_near(case: &Case, rng: &mut Rng) -> Agentur {
    let is_near = |other: &&Agentur| other.region == case.region && !names(case, &other.slug);
    let near: Vec<&Agentur> = register().agenturen.iter().filter(is_near).collect();
    (*rng.pick(&near)).clone()
}

fn names(case: &Case, slug: &str) -> bool {
    let evidence = &case.evidence;
    [&evidence.a, &evidence.w, &evidence.w_town, &evidence.k, &evidence.n].iter().any(|set| set.contains(slug))
}
