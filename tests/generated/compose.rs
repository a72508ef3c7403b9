//! From a case to the mail that holds all of it.

use super::mail::{Letter, Mail, Mailbox, Paragraph, Programm, Quote, Text};
use super::model::{Art, Case, HomeAt, Level, Manner, OtherHome, Place};
use super::rng::Rng;

const ESERVICE: &str = "eservice-noreply@arbeitsagentur.example";

/// Layouts of a signature with an address, and of a letter head.
pub const SIGNATURES: usize = 16;
pub const HEADS: usize = 6;

/// The mail of a case; the same case gives the same mail.
pub fn compose(case: &Case) -> Mail {
    let mut rng = Rng::new(case.seed ^ 0xc0de);
    let mut mail = Mail {
        from: vec![Mailbox::new(&shown_name(case, &mut rng), &case.author.address)],
        to: Vec::new(),
        cc: Vec::new(),
        subject: subject(case, &mut rng),
        fields: Vec::new(),
        text: Text { letter: if case.art.is_form() { form(case) } else { letter(case, &mut rng) }, ..Text::default() },
        attachments: case
            .numbers
            .iter()
            .filter(|number| number.place == Place::Attachment)
            .map(|number| file_name(&number.written, &mut rng))
            .collect(),
        attached: None,
    };
    if mail.attachments.is_empty() && rng.chance(15) {
        mail.attachments.push(
            (*rng.pick(&["AU-Bescheinigung.pdf", "Scan0012.jpg", "Kündigung.pdf", "IMG_20240415.jpg"])).to_owned(),
        );
    }
    for office in [&case.office, &case.lower].into_iter().flatten() {
        for address in &office.addresses {
            place_office(&mut mail, case, office.level, address, &mut rng);
        }
    }
    of_its_kind(&mut mail, case, &mut rng);
    if mail.to.is_empty() || (rng.chance(10) && case.art == Art::FreieEmail) {
        mail.to.push(Mailbox::new("", &case.mailbox()));
    }
    mail
}

/// The display name: as people and providers write it, or none.
fn shown_name(case: &Case, rng: &mut Rng) -> String {
    let name = &case.author.name;
    let (given, family) = name.split_once(' ').unwrap_or(("", name));
    // Where nothing but the name makes a signature, it must be there.
    let is_needed = case.home.as_ref().is_some_and(|(_, at)| *at == HomeAt::LastBlock);
    match rng.below(10) {
        0 => format!("{family}, {given}"),
        1 => name.to_lowercase(),
        2 if !is_needed => String::new(),
        3 if !is_needed => case.author.address.clone(),
        4 if !is_needed => "Sonnenschein".to_owned(),
        _ => name.clone(),
    }
}

fn subject(case: &Case, rng: &mut Rng) -> String {
    let mut subject = in_manner(&case.subject, case.manner);
    for number in case.numbers.iter().filter(|number| number.place == Place::Subject) {
        subject = match rng.below(3) {
            0 => format!("{} {subject}", number.written),
            1 => format!("{subject}, Kd.-Nr. {}", number.written),
            _ => format!("{subject} - {}", number.written),
        };
    }
    subject
}

fn file_name(number: &str, rng: &mut Rng) -> String {
    match rng.below(4) {
        0 => format!("{number}.pdf"),
        1 => format!("Krankmeldung_{number}.pdf"),
        2 => format!("{number} Bescheinigung für Mai.pdf"),
        _ => format!("Antrag-{number}.docx"),
    }
}

fn in_manner(text: &str, manner: Manner) -> String {
    match manner {
        Manner::AsUsual => text.to_owned(),
        Manner::Capitals => text.to_uppercase(),
        Manner::Small | Manner::Dictated => text.to_lowercase(),
    }
}

fn letter(case: &Case, rng: &mut Rng) -> Letter {
    let say = |text: &str| in_manner(text, case.manner);
    let mut letter = Letter { salutation: say(&case.salutation), ..Letter::default() };
    letter.paragraphs = case.paragraphs.iter().map(|text| Paragraph::Text(say(text))).collect();
    for number in case.numbers.iter().filter(|number| number.place == Place::Text) {
        let line = say(&rng.pick(case.sprache.numbers).replace("{k}", &number.written));
        let at = rng.below(letter.paragraphs.len() + 1);
        letter.paragraphs.insert(at, Paragraph::Lines(line.split('\n').map(str::to_owned).collect()));
    }
    if let Some(town) = &case.town {
        let phrase =
            rng.pick(&["Ich wohne in {o}.", "Wohnort: {o}", "Ich wohne seit zwei Jahren in {o}.", "Wohnhaft in {o}"]);
        letter.paragraphs.push(Paragraph::Text(say(&phrase.replace("{o}", town))));
    }
    letter.signature = vec![Paragraph::Lines(vec![say(&case.closing), say(&case.author.name)])];
    place_home(&mut letter, case, rng);
    if let Some(other) = &case.other_home {
        place_other_home(&mut letter, case, other);
    }
    if rng.chance(20) {
        let line = rng.pick(&[
            "Von meinem iPhone gesendet",
            "Gesendet mit der GMX Mail App",
            "Diese E-Mail wurde mit Avast Antivirus geprüft.",
        ]);
        letter.appended.push(Paragraph::lines([*line]));
    }
    if let Some(name) = &case.spoken_to {
        speak_to(&mut letter, &say(name), case, rng);
    }
    if case.manner == Manner::Dictated { dictated(&letter, case) } else { letter }
}

/// Everything in one breath; without what a person or a day in the same sentence would put in doubt.
fn dictated(letter: &Letter, case: &Case) -> Letter {
    let said = |paragraph: &Paragraph| match paragraph {
        Paragraph::Text(text) => {
            case.paragraphs.iter().all(|said| in_manner(said, case.manner) != *text).then(|| text.clone())
        }
        Paragraph::Lines(lines) => Some(lines.join(" ")),
    };
    let mut words = vec![format!("hallo hier ist {}", in_manner(&case.author.name, case.manner))];
    words.extend(letter.paragraphs.iter().filter_map(said));
    words.push("ich wollte nur sagen dass ich die bescheinigung noch schicke danke".to_owned());
    let without_signs =
        |word: &str| word.trim_end_matches(['.', ',', ':', '?', '!', ')']).trim_start_matches('(').to_owned();
    let text = words.join(" ").split(' ').map(without_signs).collect::<Vec<_>>().join(" ");
    Letter { paragraphs: vec![Paragraph::Text(text)], ..Letter::default() }
}

fn place_home(letter: &mut Letter, case: &Case, rng: &mut Rng) {
    let Some((home, at)) = &case.home else { return };
    let say = |text: &str| in_manner(text, case.manner);
    let (street, plz_ort, line) = (say(&home.street), say(&home.plz_ort()), say(&home.line()));
    let (name, closing) = (say(&case.author.name), say(&case.closing));
    let phone = format!("Tel. 0{} {}", rng.digits(3), rng.digits(6));
    let block = |lines: &[&str]| Paragraph::lines(lines.iter().copied());
    match at {
        HomeAt::Signature(layout) => {
            letter.signature = match layout {
                0 => vec![block(&[&closing, &name, &street, &plz_ort])],
                1 => vec![block(&[&closing]), block(&[&name, &line, &phone])],
                2 => vec![block(&[&closing, &format!("{name}, {line}")])],
                3 => vec![block(&[&closing]), block(&[&format!("{name} | {street} | {plz_ort}")])],
                4 => vec![block(&[&closing, &name]), block(&["-- ", &name, &street, &format!("D-{plz_ort}")])],
                5 => vec![block(&[&closing, &name]), block(&[&street, &format!("DE-{plz_ort}"), &phone])],
                6 => vec![block(&[&closing, "", &name, &format!("{street} · {plz_ort}")])],
                7 => vec![block(&[&format!("{} {name}", closing.trim_end_matches(','))]), block(&[&street, &plz_ort])],
                8 => vec![block(&[&closing, &name, &phone, &street, &plz_ort])],
                9 => vec![block(&[&closing]), block(&[&name]), block(&[&street]), block(&[&plz_ort])],
                10 => vec![block(&[&closing, &name, &format!("{street} - {plz_ort}"), &phone, &case.author.address])],
                11 => vec![block(&[&closing, &name, "Hinterhaus, 2. Stock", &street, &plz_ort])],
                12 => vec![block(&[
                    &closing,
                    &name,
                    &format!("E-Mail: {}", case.author.address),
                    &format!("{phone} · {line}"),
                ])],
                13 => vec![block(&[&closing, &name]), block(&["___________________", &name, &line])],
                14 => vec![block(&[&closing, &name, "geb. am 03.11.1984", &street, &plz_ort, "(Deutschland)"])],
                _ => vec![block(&[&closing]), block(&[&name, &street, &plz_ort, "Deutschland", &case.author.address])],
            };
        }
        HomeAt::LastBlock => letter.signature = vec![block(&[&name, &street, &plz_ort, &phone])],
        HomeAt::Head(layout) => letter.head.extend(head(*layout, [&name, &street, &plz_ort, &phone], case, rng)),
        HomeAt::LabelInText(index) => {
            let said = say(&case.sprache.homes[*index].replace("{adr}", &line).replace("{ort}", &plz_ort));
            // A day in the same line could be the first one of a new address.
            let is_undated = |text: &str| !text.bytes().any(|byte| byte.is_ascii_digit());
            let names_nobody =
                |text: &str| !["Frau", "Tochter", "Nachbarn", "Bekannten"].iter().any(|who| text.contains(who));
            let first = case
                .paragraphs
                .iter()
                .find(|text| is_undated(text) && names_nobody(text))
                .map_or(String::new(), |text| say(text));
            letter.paragraphs.push(Paragraph::Text(format!("{first} {said}").trim().to_owned()));
        }
        HomeAt::Label(index) => {
            let said = case.sprache.homes[*index].replace("{adr}", &line).replace("{ort}", &plz_ort);
            let label = match case.other_home {
                Some(OtherHome::OldInSignature(_)) => format!("Neue Anschrift: {line}"),
                Some(OtherHome::BeforeMove(_)) => format!("Neue Anschrift seit 01.04.2024: {line}"),
                _ => say(&said),
            };
            let at = rng.below(letter.paragraphs.len() + 1);
            letter.paragraphs.insert(at, Paragraph::Lines(vec![label]));
        }
        HomeAt::LabelAbove => letter.paragraphs.push(block(&["Anschrift:", &street, &plz_ort])),
    }
}

/// What stands at the top of a letter.
fn head(layout: usize, [name, street, plz_ort, phone]: [&str; 4], case: &Case, rng: &mut Rng) -> Vec<Paragraph> {
    let block = |lines: &[&str]| Paragraph::lines(lines.iter().copied());
    let ort = plz_ort.split_once(' ').map_or("", |(_, ort)| ort);
    let date = block(&[&format!("{ort}, den 15.04.2024")]);
    // The office's own address below the sender's.
    let other = rng.pick(&["Bahnhofstr. 12", "Postfach 10 20 30", "Am Stadtgraben 4"]);
    let office = block(&["Agentur für Arbeit", other, "45127 Essen"]);
    match layout {
        0 => vec![block(&[name, street, plz_ort]), date],
        1 => vec![block(&[name, street, plz_ort, phone]), office, date],
        2 => vec![block(&[&format!("{name}, {street}, {plz_ort}")]), office],
        3 => vec![
            block(&["Absender:", name, street, plz_ort]),
            date,
            block(&["Widerspruch gegen den Bescheid vom 02.04.2024"]),
        ],
        4 => vec![block(&[name, street, plz_ort, &format!("E-Mail {}", case.author.address)]), office, date],
        _ => vec![block(&[&format!("{name} · {street} · {plz_ort}")]), date],
    }
}

fn place_other_home(letter: &mut Letter, case: &Case, other: &OtherHome) {
    let (name, closing) = (case.author.name.clone(), case.closing.clone());
    match other {
        OtherHome::OldInSignature(home) | OtherHome::BeforeMove(home) => {
            letter.signature = vec![Paragraph::Lines(vec![closing, name, home.street.clone(), home.plz_ort()])];
        }
        OtherHome::Second(home) => {
            letter.paragraphs.push(Paragraph::Lines(vec![format!("Nebenwohnsitz: {}", home.line())]));
        }
        OtherHome::CalledOld(home) => {
            letter.paragraphs.push(Paragraph::Lines(vec![format!("Alte Anschrift: {}", home.line())]))
        }
        OtherHome::Future(home) => {
            letter.paragraphs.push(Paragraph::Lines(vec![format!("Neue Anschrift ab 01.07.2024: {}", home.line())]));
        }
    }
}

fn speak_to(letter: &mut Letter, name: &str, case: &Case, rng: &mut Rng) {
    let say = |text: &str| in_manner(text, case.manner);
    match rng.below(3) {
        0 => letter.salutation = say(&format!("Sehr geehrte Damen und Herren der Agentur für Arbeit {name},")),
        1 => letter.head.push(Paragraph::Lines(vec![say("An die"), say(&format!("Agentur für Arbeit {name}"))])),
        _ => letter.head.push(Paragraph::Lines(vec![say(&format!("An die Agentur für Arbeit {name}"))])),
    }
}

/// A mail that a form of the house sends: one line for each field.
fn form(case: &Case) -> Letter {
    let mut lines = vec!["Vorgang: Veränderungsmitteilung".to_owned()];
    lines.push(match case.art {
        Art::EvmAu => (*Rng::new(case.seed).pick(&[
            "Art der Veränderung: Arbeitsunfähigkeit",
            "Art der Veränderung: Arbeitsunfähigkeit (Folgebescheinigung)",
            "Art der Veränderung: Umzug, Arbeitsunfähigkeit",
            "Art der Veränderung: Ende der Arbeitsunfähigkeit",
        ]))
        .to_owned(),
        _ => (*Rng::new(case.seed)
            .pick(&["Art der Veränderung: Umzug", "Art der Veränderung: Erkrankung eines Kindes"]))
        .to_owned(),
    });
    lines.push(format!("Name: {}", case.author.name));
    lines.extend(case.numbers.iter().map(|number| format!("Kundennummer: {}", number.written.replace('\n', " "))));
    if let Some((home, _)) = &case.home {
        match Rng::new(case.seed ^ 0xf0).below(4) {
            0 => lines.push(format!("PLZ / Ort: {}", home.plz_ort())),
            1 => lines.extend([
                format!("Straße: {}", home.street),
                format!("PLZ: {}", home.plz),
                format!("Ort: {}", home.ort),
            ]),
            2 => lines.push(format!("Adresse: {}", home.line())),
            _ => lines.push(format!("Anschrift: {}", home.line())),
        }
    }
    lines.extend(case.dienststelle.iter().map(|name| format!("Zuständige Dienststelle: {name}")));
    Letter { paragraphs: vec![Paragraph::Lines(lines)], ..Letter::default() }
}

fn place_office(mail: &mut Mail, case: &Case, level: Level, address: &str, rng: &mut Rng) {
    let name = *rng.pick(&["", "", "Agentur für Arbeit", "_BA-Postfach", "Arbeitsamt"]);
    let office = Mailbox::new(name, address);
    let author = Mailbox::new(&case.author.name, &case.author.address);
    let programm = *rng.pick(&Programm::ALL);
    match level {
        Level::To => mail.to.push(office),
        Level::Cc => mail.cc.push(office),
        Level::Field(name) => mail.fields.push((name.to_owned(), format!("<{address}>"))),
        Level::Received => mail.fields.insert(
            0,
            ("Received".to_owned(), format!("from mx1.mail.example by mx2.mail.example with ESMTPS id 4x7 for <{address}>; Tue, 16 Apr 2024 09:11:58 +0200")),
        ),
        Level::ForwardedTo => {
            mail.subject = format!("{}{}", rng.pick(&["WG: ", "Fwd: ", "Fw: "]), mail.subject);
            mail.text.quotes.push(Quote {
                programm,
                forwarded: true,
                from: author,
                to: vec![office],
                cc: Vec::new(),
                subject: case.subject.clone(),
                text: Text { letter: short_letter("bitte um kurze Rückmeldung zu meinem Anliegen.", &case.author.name), ..Text::default() },
            });
        }
        Level::Attached => {
            let mut letter = short_letter("anbei mein Antrag.", &case.author.name);
            letter.signature.push(Paragraph::lines(["Kundennummer 035A123456", "Am Deich 4", "18055 Rostock"]));
            mail.attached = Some(Box::new(Mail {
                from: vec![author],
                to: vec![office],
                cc: Vec::new(),
                subject: case.subject.clone(),
                fields: Vec::new(),
                text: Text { letter, ..Text::default() },
                attachments: Vec::new(),
                attached: None,
            }));
        }
        Level::Thread => {
            let (answer, own) = (*rng.pick(&Programm::ALL), *rng.pick(&Programm::ALL));
            let mut earlier = short_letter("anbei mein Antrag.", &case.author.name);
            // Where the customer lived then, or somebody else does: quoted words say nothing.
            earlier.signature.push(Paragraph::lines(["Kundennummer 035A123456", "Am Deich 4", "18055 Rostock"]));
            let quote = |programm, from, to, letter, quotes| Quote {
                programm,
                forwarded: false,
                from,
                to: vec![to],
                cc: Vec::new(),
                subject: format!("AW: {}", case.subject),
                text: Text { letter, quotes, ..Text::default() },
            };
            let inner = quote(own, author.clone(), office.clone(), earlier, Vec::new());
            let answered = short_letter("bitte reichen Sie die Bescheinigung noch nach.", "Ihr Team");
            mail.subject = format!("{}{}", rng.pick(&["Re: ", "AW: "]), mail.subject);
            mail.text.quotes.push(quote(answer, office, author, answered, vec![inner]));
        }
        Level::Quoted => {
            mail.subject = format!("{}{}", rng.pick(&["Re: ", "AW: "]), mail.subject);
            mail.text.quotes.push(Quote {
                programm,
                forwarded: false,
                from: office,
                to: vec![author],
                cc: Vec::new(),
                subject: case.subject.clone(),
                text: Text { letter: short_letter("bitte reichen Sie die Bescheinigung noch nach.", "Ihr Team"), ..Text::default() },
            });
        }
    }
}

fn short_letter(text: &str, name: &str) -> Letter {
    Letter {
        salutation: "Guten Tag,".to_owned(),
        paragraphs: vec![Paragraph::Text(text.to_owned())],
        signature: vec![Paragraph::lines(["Mit freundlichen Grüßen", name])],
        ..Letter::default()
    }
}

/// Sender, fields and words by which the kind of a message is known.
fn of_its_kind(mail: &mut Mail, case: &Case, rng: &mut Rng) {
    let mut field = |name: &str, value: &str| mail.fields.push((name.to_owned(), value.to_owned()));
    let number = |text: String| Paragraph::Text(text);
    match case.art {
        Art::FreieEmail => {}
        Art::EvmAu | Art::EvmSonstige => {
            field("Auto-Submitted", "auto-generated");
            mail.from = vec![Mailbox::new("eService der Bundesagentur für Arbeit", ESERVICE)];
        }
        Art::Kontaktformular => mail.from = vec![Mailbox::new("", "kontaktformular-noreply@arbeitsagentur.example")],
        Art::Postfachnachricht => mail.from = vec![Mailbox::new("", "postfach-noreply@arbeitsagentur.example")],
        Art::Autoreply => match rng.below(3) {
            0 => field("Auto-Submitted", "auto-replied"),
            1 => field("X-Autoreply", "yes"),
            _ => field("Precedence", "auto_reply"),
        },
        Art::Bounce => mail.from = vec![Mailbox::new("Mail Delivery System", "MAILER-DAEMON@mx.mail.example")],
        Art::Rundschreiben => match rng.below(3) {
            0 => field("List-Id", "<aktuell.verlag.example>"),
            1 => field("List-Unsubscribe", "<mailto:weg@verlag.example>"),
            _ => field("Precedence", "bulk"),
        },
        Art::Intern => {
            mail.from = vec![Mailbox::new("Vogt, Renate", "renate.vogt@arbeitsagentur.example")];
            if rng.chance(50) {
                // An answer that quotes a customer is still internal.
                mail.subject = format!("AW: {}", mail.subject);
                mail.text.quotes.push(Quote {
                    programm: *rng.pick(&Programm::ALL),
                    forwarded: false,
                    from: Mailbox::new("Jürgen Ahrendt", "j.ahrendt@web.example"),
                    to: mail.from.clone(),
                    cc: Vec::new(),
                    subject: case.subject.clone(),
                    text: Text { letter: short_letter("wann ist der Termin?", "Jürgen Ahrendt"), ..Text::default() },
                });
            }
        }
        Art::Spam => match rng.below(3) {
            0 => field("X-Spam-Flag", "YES"),
            1 => field("X-Spam-Status", "Yes, score=9.1"),
            _ => field("X-MS-Exchange-Organization-SCL", "6"),
        },
        Art::AnJobcenter | Art::AnBeide => {
            mail.to.push(Mailbox::new("Jobcenter", "jobcenter-hagen@jobcenter-ge.example"))
        }
        Art::Familienkasse => mail.to.push(Mailbox::new("", "Familienkasse-Nord@arbeitsagentur.example")),
        Art::BgNummer => {
            let text = format!("Meine BG-Nummer ist {}//{}.", rng.digits(5), rng.digits(7));
            mail.text.letter.paragraphs.push(number(text));
        }
        Art::Kindergeldnummer => {
            let text = format!("Kindergeldnummer 325FK{}", rng.digits(6));
            mail.text.letter.paragraphs.push(number(text));
        }
        Art::Verdaechtig => {
            let domain = rng.pick(&["arbeitsagentur-service.example", "arbeitsagemtur.example", "mail.example.org"]);
            mail.from = vec![Mailbox::new("eService", &format!("eservice-noreply@{domain}"))];
        }
    }
}
