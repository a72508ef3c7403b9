//! What to do with each message of a listing: read it, hand it over, or leave it alone.
//!
//! The listing is the truth and the ledger is compared with it; no watermark decides what is skipped.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use super::moves::Candidate;
use crate::domain::id::{Fingerprint, Uid};
use crate::domain::listed::{Flags, Listed};
use crate::domain::versuch::ZURUECKGESTELLT;
use crate::domain::vorgang::{KnownMail, VorgangId};

/// The word for mail that arrived before the start.
const ALTBESTAND: &str = "altbestand";

/// When a message is left alone whatever it says.
#[derive(Clone, Copy, Debug)]
pub struct Zurueckhaltung {
    pub now: Timestamp,
    /// Mail that arrived before is Altbestand.
    pub start: Option<Timestamp>,
    /// Mail younger than this waits.
    pub karenz: Duration,
}

/// A message decided before that is to be handed over, with what recognises it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    pub candidate: Candidate,
    pub listed: Listed,
    pub fingerprint: Fingerprint,
}

/// A message to be read and decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ToRead {
    pub listed: Listed,
    /// The Vorgang that is decided again because the rules have changed; `None`: never seen here.
    pub again: Option<VorgangId>,
}

/// The result of comparing.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Triage {
    pub read: Vec<ToRead>,
    /// Decided before and still here: to be handed over now, if there is a folder.
    pub hand_over: Vec<Waiting>,
    /// Left alone and not known here, ascending: each may be one that is known elsewhere. Altbestand is not.
    pub strangers: Vec<Uid>,
    /// How many messages stay, by closed word.
    pub left: BTreeMap<String, u64>,
    /// Known here and no longer listed.
    pub gone: Vec<Uid>,
    /// Some message waits only for time to pass.
    pub waiting: bool,
}

/// Compares. Both lists ascend by UID.
pub fn triage(listed: &[Listed], known: &[KnownMail], rule: &Zurueckhaltung) -> Triage {
    let mut triage = Triage::default();
    let mut known = known.iter().peekable();
    for &message in listed {
        while let Some(missing) = known.next_if(|mail| mail.uid < message.uid) {
            triage.gone.push(missing.uid);
        }
        let mail = known.next_if(|mail| mail.uid == message.uid);
        triage.sort_in(message, mail, rule);
    }
    triage.gone.extend(known.map(|mail| mail.uid));
    triage
}

impl Triage {
    /// The same where nothing is decided: all that is not known here is left alone, and whatever is listed stays.
    #[must_use]
    pub fn undecided(mut self) -> Triage {
        let beobachtet = self.left.values().sum::<u64>() + (self.read.len() + self.hand_over.len()) as u64;
        let unknown = self.read.iter().filter(|message| message.again.is_none());
        self.strangers.extend(unknown.map(|message| message.listed.uid));
        self.strangers.sort_unstable();
        Triage {
            strangers: self.strangers,
            left: BTreeMap::from([("beobachtet".to_owned(), beobachtet)]),
            gone: self.gone,
            ..Triage::default()
        }
    }

    fn sort_in(&mut self, message: Listed, mail: Option<&KnownMail>, rule: &Zurueckhaltung) {
        if let Some(word) = hands_off(&message, rule) {
            self.waiting |= word == "karenz";
            if mail.is_none() && word != ALTBESTAND {
                self.strangers.push(message.uid);
            }
            return self.leave(word);
        }
        match mail {
            None => self.read.push(ToRead { listed: message, again: None }),
            Some(KnownMail { halt: Some(halt), .. }) => self.leave(halt.as_str()),
            // Set aside once: whether it still is will show.
            Some(mail) if mail.grund == ZURUECKGESTELLT => {
                self.read.push(ToRead { listed: message, again: Some(mail.vorgang) });
            }
            // Another date at the same UID is another mail: a mailbox that was restored can give its numbers anew.
            Some(mail) if !mail.current || mail.eingang != message.eingang => {
                self.read.push(ToRead { listed: message, again: Some(mail.vorgang) });
            }
            Some(KnownMail { vorgang, uid, fingerprint, agentur: Some(agentur), .. }) => {
                let candidate = Candidate { vorgang: *vorgang, uid: *uid, agentur: agentur.clone() };
                self.hand_over.push(Waiting { candidate, listed: message, fingerprint: *fingerprint });
            }
            Some(mail) => self.leave(&mail.grund),
        }
    }

    fn leave(&mut self, word: &str) {
        *self.left.entry(word.to_owned()).or_default() += 1;
    }
}

/// Why a message is left alone, if it is.
pub fn hands_off(message: &Listed, rule: &Zurueckhaltung) -> Option<&'static str> {
    let Flags { flagged, answered, draft, deleted } = message.flags;
    if rule.start.is_some_and(|start| message.eingang < start) {
        Some(ALTBESTAND)
    } else if deleted {
        Some("geloescht_markiert")
    } else if draft {
        Some("entwurf")
    } else if flagged {
        Some("nachverfolgung")
    } else if answered {
        Some("beantwortet")
    } else if rule.now.duration_since(message.eingang).abs() < signed(rule.karenz) {
        // A mail from further in the future shows that one of the two clocks is wrong, and waits for neither.
        Some("karenz")
    } else {
        None
    }
}

fn signed(duration: Duration) -> jiff::SignedDuration {
    jiff::SignedDuration::try_from(duration).unwrap_or(jiff::SignedDuration::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::vorgang::Haltegrund;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn listed(uid: u32, flags: Flags) -> Listed {
        Listed { uid: Uid(uid), flags, eingang: at("2024-04-16T07:00:00Z"), size: 1 }
    }

    fn known(uid: u32, agentur: Option<&str>, current: bool, pinned: bool) -> KnownMail {
        KnownMail {
            vorgang: VorgangId(i64::from(uid) + 100),
            uid: Uid(uid),
            fingerprint: Fingerprint([0; 16]),
            eingang: at("2024-04-16T07:00:00Z"),
            grund: "kein_hinweis".to_owned(),
            agentur: agentur.map(str::to_owned),
            current,
            halt: pinned.then_some(Haltegrund::Zurueckgegeben),
        }
    }

    const OPEN: fn() -> Zurueckhaltung =
        || Zurueckhaltung { now: at("2024-04-16T08:00:00Z"), start: None, karenz: Duration::ZERO };

    #[test]
    fn a_listing_is_compared_with_the_ledger() {
        let none = Flags::default();
        let list = [listed(2, none), listed(3, none), listed(5, none), listed(6, none), listed(8, none)];
        let ledger = [
            known(1, None, true, false),
            known(2, Some("kiel"), true, false),
            known(4, Some("kiel"), true, false),
            known(5, None, true, false),
            known(6, Some("kiel"), false, false),
            known(8, Some("kiel"), false, true),
            known(9, None, true, false),
        ];
        let triage = triage(&list, &ledger, &OPEN());
        let read: Vec<_> = triage.read.iter().map(|read| (read.listed.uid.0, read.again)).collect();
        assert_eq!(read, [(3, None), (6, Some(VorgangId(106)))]);
        assert_eq!(triage.hand_over.iter().map(|waiting| waiting.candidate.uid.0).collect::<Vec<_>>(), [2]);
        assert_eq!(triage.gone, [Uid(1), Uid(4), Uid(9)]);
        assert_eq!(triage.left, BTreeMap::from([("kein_hinweis".into(), 1), ("zurueckgegeben".into(), 1)]));
    }

    #[test]
    fn where_nothing_is_decided_all_that_is_unknown_is_a_stranger() {
        let flagged = Flags { flagged: true, ..Flags::default() };
        let list = [1, 2, 3, 4].map(|uid| listed(uid, if uid == 3 { flagged } else { Flags::default() }));
        let ledger = [known(1, Some("kiel"), true, false), known(4, None, false, false), known(5, None, true, false)];
        let triage = triage(&list, &ledger, &OPEN()).undecided();
        let expected = Triage {
            strangers: vec![Uid(2), Uid(3)],
            left: BTreeMap::from([("beobachtet".into(), 4)]),
            gone: vec![Uid(5)],
            ..Triage::default()
        };
        assert_eq!(triage, expected);
    }

    #[test]
    fn another_date_at_a_known_uid_is_another_mail() {
        let mut other = known(1, Some("kiel"), true, false);
        other.eingang = at("2024-04-16T07:00:01Z");
        let triage = triage(&[listed(1, Flags::default())], &[other], &OPEN());
        assert_eq!((triage.read.len(), triage.hand_over.len()), (1, 0));
    }

    #[test]
    fn a_clock_that_jumps_makes_no_mail_wait_for_days() {
        let karenz = Duration::from_secs(600);
        for (now, expected) in [
            ("2024-04-16T06:55:00Z", Some("karenz")),
            ("2024-04-15T07:00:00Z", None),
            ("2023-03-12T07:00:00Z", None),
            ("2025-05-21T07:00:00Z", None),
        ] {
            let rule = Zurueckhaltung { now: at(now), start: None, karenz };
            assert_eq!(hands_off(&listed(1, Flags::default()), &rule), expected, "{now}");
        }
    }

    #[test]
    fn hands_off_what_people_work_on_and_what_is_too_old_or_too_young() {
        let flag = |set: fn(&mut Flags)| {
            let mut flags = Flags::default();
            set(&mut flags);
            flags
        };
        let day = Duration::from_secs(86_400);
        for (flags, start, karenz, expected) in [
            (flag(|f| f.flagged = true), None, Duration::ZERO, Some("nachverfolgung")),
            (flag(|f| f.answered = true), None, Duration::ZERO, Some("beantwortet")),
            (flag(|f| f.draft = true), None, Duration::ZERO, Some("entwurf")),
            (flag(|f| f.deleted = true), None, Duration::ZERO, Some("geloescht_markiert")),
            (Flags::default(), Some(at("2024-04-16T07:00:01Z")), Duration::ZERO, Some("altbestand")),
            (Flags::default(), Some(at("2024-04-16T07:00:00Z")), Duration::ZERO, None),
            (Flags::default(), None, day, Some("karenz")),
            (Flags::default(), None, Duration::from_secs(3600), None),
            (Flags::default(), None, Duration::from_secs(3601), Some("karenz")),
        ] {
            let rule = Zurueckhaltung { start, karenz, ..OPEN() };
            // Also a decided one that has been marked since: somebody is at work on it.
            for ledger in [vec![], vec![known(1, Some("kiel"), true, false)]] {
                let triage = triage(&[listed(1, flags)], &ledger, &rule);
                assert_eq!(triage.left.keys().next().map(String::as_str), expected);
                assert_eq!(triage.waiting, expected == Some("karenz"));
                // Whether an unknown one is known elsewhere is to be found out.
                let strange = ledger.is_empty() && expected.is_some_and(|word| word != ALTBESTAND);
                assert_eq!(triage.strangers.len(), usize::from(strange), "{expected:?}");
            }
        }
    }
}
