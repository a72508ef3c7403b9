//! Colleagues of the house who pass a customer's mail on.

use super::mail::{Letter, Mail, Mailbox, Paragraph, Programm, Quote, Text};
use super::rng::Rng;

const REMARKS: &[&str] = &[
    "zur weiteren Bearbeitung",
    "diese Mail lag heute in meinem Eingang, die Kundin ist mir nicht bekannt.",
    "z. K. und mit der Bitte um Übernahme.",
    "FYI",
    "Das gehört wohl zu Ihnen.",
];

/// Somebody of the house, whose own office stands in the signature and means nothing.
fn colleague(rng: &mut Rng) -> (Mailbox, Letter) {
    let (name, address) = *rng.pick(&[
        ("Lenz, Beate", "beate.lenz@arbeitsagentur.example"),
        ("Konstantin Reuter", "konstantin.reuter@arbeitsagentur.example"),
        ("Meißner, Grit", "grit.meissner2@arbeitsagentur.example"),
    ]);
    let mut letter = Letter { paragraphs: vec![Paragraph::Text((*rng.pick(REMARKS)).to_owned())], ..Letter::default() };
    if rng.chance(60) {
        letter.salutation = "Hallo zusammen,".to_owned();
        letter.signature = vec![
            Paragraph::lines(["Mit freundlichen Grüßen"]),
            Paragraph::lines([
                name,
                "Agentur für Arbeit Koblenz-Mayen",
                "Rudolf-Virchow-Str. 5",
                "56073 Koblenz",
                "Tel. 0261 405123",
            ]),
        ];
    }
    (Mailbox::new(name, address), letter)
}

/// Passed on inside the text, by so many colleagues one after the other.
pub fn in_text(mail: &Mail, mailbox: &str, programm: Programm, times: usize, rng: &mut Rng) -> Mail {
    let mut from = mail.from[0].clone();
    let (mut to, mut cc, mut text) = (mail.to.clone(), mail.cc.clone(), mail.text.clone());
    let mut subject = mail.subject.clone();
    for _ in 0..times {
        let (who, letter) = colleague(rng);
        let quote = Quote { programm, forwarded: true, from, to, cc, subject: subject.clone(), text };
        text = Text { letter, quotes: vec![quote], ..Text::default() };
        subject = format!("{}: {subject}", if programm == Programm::Gmail { "Fwd" } else { "WG" });
        (from, to, cc) = (who, vec![Mailbox::new("SC Region", mailbox)], Vec::new());
    }
    Mail {
        from: vec![from],
        to,
        cc,
        subject,
        fields: Vec::new(),
        text,
        attachments: mail.attachments.clone(),
        attached: None,
    }
}

/// Passed on as an attached message, by so many colleagues one inside the other.
pub fn attached(mail: &Mail, mailbox: &str, times: usize, rng: &mut Rng) -> Mail {
    let mut outer = mail.clone();
    for _ in 0..times {
        let (who, letter) = colleague(rng);
        outer = Mail {
            from: vec![who],
            to: vec![Mailbox::new("", mailbox)],
            cc: Vec::new(),
            subject: format!("WG: {}", outer.subject),
            fields: Vec::new(),
            text: Text { letter, ..Text::default() },
            attachments: Vec::new(),
            attached: Some(Box::new(outer)),
        };
    }
    outer
}
