//! The mails: always the same for the same number, of realistic shape, with a known place for each.
//!
//! 30 kB on average: four fifths are letters of 4 to 10 kB, a fifth carries an attachment of about 90 kB (123 kB as
//! BASE64). 97 of 100 are addressed to an office of an Agentur; the others name none and stay.

use std::fmt::Write as _;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::offices::Agentur;
use crate::support::dovecot::SC_REGIONS;
use crate::support::imap_client::Mail;

/// Carries the number of the mail, by which its place is checked.
pub const NUMBER_HEADER: &str = "X-Bench-Number: ";

const SENTENCES: [&str; 12] = [
    "vielen Dank für das freundliche Gespräch von gestern.",
    "Anbei sende ich Ihnen die Unterlagen, um die Sie mich gebeten haben.",
    "Leider konnte ich Sie in der vergangenen Woche nicht erreichen.",
    "Könnten Sie mir bitte mitteilen, ob noch etwas fehlt?",
    "Am Donnerstag bin ich ab zehn Uhr zu Hause und gut zu erreichen.",
    "Mein bisheriger Arbeitgeber hat mir die Bescheinigung heute zugeschickt.",
    "Über eine kurze Rückmeldung würde ich mich sehr freuen.",
    "Die Prüfung habe ich bestanden, das Zeugnis liegt bei.",
    "Für den Rückruf genügt die Nummer, die Ihnen vorliegt.",
    "Ich möchte den vereinbarten Termin gern um einen Tag verschieben.",
    "Größere Änderungen haben sich seit meinem letzten Schreiben nicht ergeben.",
    "Bitte bestätigen Sie mir den Eingang dieser Nachricht.",
];

const SUBJECTS: [&str; 6] = [
    "Unterlagen",
    "=?utf-8?Q?Meine_Unterlagen_f=C3=BCr_Sie?=",
    "Terminverschiebung",
    "=?utf-8?Q?R=C3=BCckfrage?=",
    "Bescheinigung",
    "Nachtrag zu meinem Schreiben",
];

/// Which mailbox a mail reaches, and where it belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Truth {
    /// Index into [`SC_REGIONS`].
    pub account: usize,
    /// Index into the Agenturen; `None`: stays in INBOX.
    pub agentur: Option<usize>,
}

/// The mail with this number and its place.
pub fn mail(number: usize, agenturen: &[Agentur]) -> (Truth, Mail) {
    let mut dice = Dice(number as u64);
    let (truth, recipient) = recipient(&mut dice, agenturen);
    let bytes = compose(number, &recipient, &mut dice);
    let (day, hour, minute) = (1 + number % 28, number / 28 % 24, number % 60);
    let internaldate = Some(format!("{day:02}-May-2024 {hour:02}:{minute:02}:00 +0200"));
    (truth, Mail { internaldate, ..Mail::new(bytes) })
}

fn recipient(dice: &mut Dice, agenturen: &[Agentur]) -> (Truth, String) {
    if dice.below(100) < 3 {
        let account = dice.below(SC_REGIONS.len());
        return (Truth { account, agentur: None }, format!("{}@arbeitsagentur.example", SC_REGIONS[account]));
    }
    let index = dice.below(agenturen.len());
    let agentur = &agenturen[index];
    let address = dice.one_of(&agentur.addresses);
    let written = match dice.below(4) {
        0 => address.to_lowercase(),
        1 => format!("<{address}>"),
        2 => format!("\"{address}\" <{address}>"),
        _ => address.clone(),
    };
    (Truth { account: agentur.account, agentur: Some(index) }, written)
}

fn compose(number: usize, recipient: &str, dice: &mut Dice) -> Vec<u8> {
    let mut mail = String::with_capacity(130_000);
    header(&mut mail, number, recipient, dice);
    let boundary = format!("=_{number:08x}");
    let attachment = dice.below(5) == 0;
    let kind = if attachment { "mixed" } else { "alternative" };
    line(&mut mail, &format!("Content-Type: multipart/{kind}; boundary=\"{boundary}\""));
    line(&mut mail, "");

    let sentences: Vec<&str> = (0..8 + dice.below(24)).map(|_| *dice.one_of(&SENTENCES)).collect();
    part(&mut mail, &boundary, "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit");
    line(&mut mail, "Guten Tag,\r\n");
    sentences.iter().for_each(|sentence| line(&mut mail, sentence));
    line(&mut mail, "\r\nMit freundlichen Grüßen\r\nRobin Beispiel\r\n");
    if attachment {
        let head = "Content-Type: application/pdf; name=\"Unterlagen.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\
                    Content-Disposition: attachment; filename=\"Unterlagen.pdf\"";
        part(&mut mail, &boundary, head);
        for _ in 0..1_450 + dice.below(350) {
            let mut bytes = [0; 57];
            bytes.chunks_mut(8).for_each(|chunk| chunk.copy_from_slice(&dice.next().to_le_bytes()[..chunk.len()]));
            STANDARD.encode_string(bytes, &mut mail);
            line(&mut mail, "");
        }
    } else {
        part(&mut mail, &boundary, "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit");
        line(&mut mail, "<html><body style=\"font-family: sans-serif; font-size: 11pt; color: #202020\">");
        line(&mut mail, "<p class=\"anrede\">Guten Tag,</p>");
        for sentence in &sentences {
            line(&mut mail, &format!("<p style=\"margin: 0 0 8pt 0; line-height: 1.4\">{sentence}</p>"));
        }
        line(&mut mail, "<p>Mit freundlichen Grüßen<br>Robin Beispiel</p></body></html>");
    }
    line(&mut mail, &format!("--{boundary}--"));
    mail.into_bytes()
}

/// A header as it looks after three hops, with the signature that large providers add.
fn header(mail: &mut String, number: usize, recipient: &str, dice: &mut Dice) {
    let (day, hour) = (1 + number % 28, number / 28 % 24);
    let date = format!("{day} May 2024 {hour:02}:{:02}:00 +0200", number % 60);
    line(mail, &format!("Return-Path: <absender{number}@post.example>"));
    for hop in ["mx.arbeitsagentur.example", "relay.post.example", "smtp.post.example"] {
        let id = dice.next();
        line(mail, &format!("Received: from [203.0.113.{}] by {hop} with ESMTPS", dice.below(256)));
        line(mail, &format!("\tid {id:016X} (version=TLS1_3 cipher=TLS_AES_256_GCM_SHA384);\r\n\t{date}"));
    }
    line(mail, "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=post.example; s=s2024;");
    line(mail, "\th=from:to:subject:date:message-id:mime-version:content-type;\r\n\tb=");
    for _ in 0..6 {
        let signature: String = (0..4).map(|_| format!("{:016x}", dice.next())).collect();
        line(mail, &format!("\t {signature}"));
    }
    line(mail, "X-Mailer: Beispielpost 7.3 (Web)\r\nX-Spam-Status: No, score=-0.9 required=6.3");
    line(mail, &format!("{NUMBER_HEADER}{number}"));
    line(mail, &format!("From: Robin Beispiel <absender{number}@post.example>"));
    line(mail, &format!("To: {recipient}"));
    line(mail, &format!("Subject: {}", dice.one_of(&SUBJECTS)));
    line(mail, &format!("Date: {date}"));
    line(mail, &format!("Message-ID: <{:016x}.{number}@post.example>\r\nMIME-Version: 1.0", dice.next()));
}

fn part(mail: &mut String, boundary: &str, head: &str) {
    line(mail, &format!("--{boundary}\r\n{head}\r\n"));
}

fn line(mail: &mut String, text: &str) {
    write!(mail, "{text}\r\n").expect("writing to a string cannot fail");
}

/// SplitMix64 (Steele, Lea, Flood 2014): small, and the same everywhere.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    fn one_of<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}
