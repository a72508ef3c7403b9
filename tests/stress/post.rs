//! Mails with a seed, and the feeder that delivers them.

use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::diary::{Diary, Letter};
use crate::office::{INBOX, Mailbox, Office};
use crate::rng::Rng;
use crate::settings::Settings;
use crate::support::imap_client::{ImapClient, Mail};

/// 16 April 2024, 09:00 in Berlin.
const BEGIN: i64 = 1_713_250_800;

/// Makes mails that differ, and now and then twins.
pub struct Writer {
    pub rng: Rng,
    next: u32,
    latest: Option<Letter>,
}

impl Writer {
    /// A writer whose seeds begin with `first`.
    pub fn new(rng: Rng, first: u32) -> Writer {
        Writer { rng, next: first, latest: None }
    }

    /// A mail for a folder of this mailbox, not delivered yet.
    pub fn write(&mut self, number: usize, mailbox: &Mailbox, folder: &str) -> Letter {
        let twin = self.latest.take().filter(|latest| latest.mailbox == number && self.rng.chance(8));
        let mut letter = match twin {
            // Byte-identical, or only as far as the ledger looks.
            Some(twin) if self.rng.chance(50) => twin,
            Some(twin) => {
                let saat = self.number();
                let mail = self.text(saat, twin.identity, &recipient(&twin.mail));
                Letter { saat, mail, ..twin }
            }
            None => {
                let saat = self.number();
                let (address, target) = self.recipient(mailbox);
                let mail = self.text(saat, saat, &address);
                Letter {
                    saat,
                    identity: saat,
                    mailbox: number,
                    folder: String::new(),
                    uid: 0,
                    target,
                    eingang: arrival(saat),
                    mail,
                }
            }
        };
        folder.clone_into(&mut letter.folder);
        self.latest = Some(letter.clone());
        letter
    }

    fn number(&mut self) -> u32 {
        self.next += 1;
        self.next - 1
    }

    fn recipient(&mut self, mailbox: &Mailbox) -> (String, Option<String>) {
        match self.rng.below(100) {
            0..80 => {
                let agentur = self.rng.pick(&mailbox.agenturen);
                (agentur.address.clone(), Some(agentur.folder.clone()))
            }
            80..90 => (mailbox.without_folder.address.clone(), None),
            _ => ("Niemand@arbeitsagentur.example".to_owned(), None),
        }
    }

    fn text(&mut self, saat: u32, identity: u32, address: &str) -> Mail {
        let body = "Guten Tag,\r\nich habe eine Frage.\r\n".repeat(1 + self.rng.below(20) * self.rng.below(10));
        let text = format!(
            "From: kunde-{identity}@post.example\r\nTo: {address}\r\nSubject: Anfrage {saat}\r\n\
             Date: Tue, 16 Apr 2024 09:12:00 +0200\r\nMessage-ID: <saat-{identity}@post.example>\r\n\
             X-Saat: {saat}\r\n\r\n{body}"
        );
        let internaldate = arrival(identity).to_zoned(jiff::tz::TimeZone::UTC).strftime("%d-%b-%Y %H:%M:%S +0000");
        Mail { internaldate: Some(internaldate.to_string()), ..Mail::new(text) }
    }
}

/// When a mail arrives, as the server is told.
fn arrival(identity: u32) -> Timestamp {
    Timestamp::from_second(BEGIN + i64::from(identity % 36_000)).expect("a time of our days")
}

fn recipient(mail: &Mail) -> String {
    let text = String::from_utf8_lossy(&mail.bytes);
    let line = text.lines().find_map(|line| line.strip_prefix("To: "));
    line.expect("every mail has a recipient").to_owned()
}

/// The seed that stands in a mail.
pub fn saat(text: &str) -> Option<u32> {
    let (_, rest) = text.split_once("X-Saat: ")?;
    rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// Puts letters into their folder and notes where they are.
pub fn deliver(client: &mut ImapClient, diary: &Diary, mut letters: Vec<Letter>) {
    let Some(first) = letters.first() else { return };
    let mails: Vec<Mail> = letters.iter().map(|letter| letter.mail.clone()).collect();
    let uids = client.append_all(&first.folder.clone(), &mails);
    assert_eq!(uids.len(), letters.len(), "the server tells where it put the mails");
    letters.iter_mut().zip(uids).for_each(|(letter, uid)| letter.uid = uid);
    diary.delivered(letters);
}

/// Delivers all mails in bursts, evenly over the time.
pub fn feed(office: &Office, diary: &Diary, settings: &Settings) {
    let mut clients: Vec<ImapClient> =
        office.mailboxes.iter().map(|mailbox| office.dovecot.client(mailbox.region)).collect();
    let mut writer = Writer::new(Rng::new(settings.seed), 0);
    let begun = Instant::now();
    let mut delivered = 0;
    while delivered < settings.mails {
        let number = writer.rng.below(office.mailboxes.len());
        // Now and then a flood that fills several sets of moves.
        let most = if writer.rng.chance(2) { 300 } else { 12 };
        let count = (1 + writer.rng.below(most)).min(settings.mails - delivered);
        let mailbox = &office.mailboxes[number];
        let letters = (0..count).map(|_| writer.write(number, mailbox, INBOX)).collect();
        deliver(&mut clients[number], diary, letters);
        delivered += count;
        let share = delivered as f64 / settings.mails as f64;
        let due = begun + settings.duration.mul_f64(share);
        std::thread::sleep(due.saturating_duration_since(Instant::now()).min(Duration::from_secs(10)));
    }
}
