//! What must hold when all is quiet again, mail by mail.
//!
//! Every mail has a trail: where it was put, from where to where a clerk moved it (COPYUID says so), from where to where
//! the daemon did (the ledger says so). The trail of a mail has no gap, does not split, and ends where the mail lies or
//! where a clerk deleted it. Mails with equal identity fields cannot be told apart by the program; of them the numbers
//! have to be right.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;

use jiff::Timestamp;
use postweiche::parse::fingerprint::FingerprintKey;

use crate::balance::{self, Account, bestand_of};
use crate::books::{Books, Event, Operation, Vorgang};
use crate::diary::{Deed, Diary, Letter, What};
use crate::office::{INBOX, Mailbox, Office};
use crate::post::saat;

/// A folder and a UID in it. The folders of this play never change their UIDVALIDITY.
type Place = (String, u32);

/// Marks that keep the rules off.
const HANDS_OFF: [&str; 4] = ["\\Flagged", "\\Answered", "\\Deleted", "\\Draft"];

/// So many copies that cannot be recognised, and the daemon makes no more in that mailbox for a day.
const MOST_AMBIGUOUS: usize = 3;

/// A mail as it lies in the end.
#[derive(Clone, Debug)]
struct Found {
    place: Place,
    saat: u32,
    flags: Vec<String>,
    internaldate: String,
    bytes: Vec<u8>,
}

/// All that is known of the mails with one identity.
#[derive(Debug, Default)]
struct Case {
    letters: Vec<Letter>,
    deeds: Vec<Deed>,
    found: Vec<Found>,
    vorgaenge: Vec<Vorgang>,
    operations: Vec<Operation>,
    events: Vec<Event>,
}

/// What was counted on the way.
#[derive(Debug, Default)]
#[expect(dead_code, reason = "some are printed only")]
pub struct Tally {
    pub letters: usize,
    pub deeds: usize,
    pub found: usize,
    pub deleted: usize,
    pub twins: usize,
    /// Moves that the daemon recorded.
    pub handed_over: usize,
    /// Moves where a clerk was faster.
    pub elsewhere: usize,
    /// Mails that a person had put back.
    pub returned: usize,
    /// A clerk and the daemon moved one mail in the same moment, and the server carried out both and told each of them
    /// so. Without MOVE also: a clerk took the source or the copy before the daemon could delete the source.
    pub doubled: usize,
    /// Of these, copies about which the ledger says that a person has to look: those whose place was proved, and those
    /// that a kill left without proof.
    pub ambiguous: [usize; 2],
}

/// Holds the end against everything that was done.
///
/// # Panics
///
/// With the stories of the mails about which something is wrong.
pub fn judge(office: &Office, diary: Diary, seed: u64) -> Tally {
    let books = Books::read(&office.config.state_dir());
    let (letters, deeds) = diary.close();
    let mut tally = Tally {
        letters: letters.len(),
        deeds: deeds.len(),
        elsewhere: count(&books, "anderswo"),
        handed_over: books.operations.iter().filter(|one| one.state == "verschoben").count(),
        returned: count(&books, "zurueckgegeben"),
        ambiguous: [true, false].map(|proved| ambiguous(&books.operations, proved)),
        ..Tally::default()
    };
    let mut complaints = check_events(&books);
    let cases = cases(office, letters, deeds, books, &mut complaints);
    let braked = braked(&cases);
    let mut stories = String::new();
    let mut bad = 0;
    for (identity, case) in &cases {
        let mailbox = case.letters[0].mailbox;
        let wrong = case.check(&office.mailboxes[mailbox], braked.contains(&mailbox), &mut tally);
        if !wrong.is_empty() {
            bad += 1;
            if bad <= 5 {
                stories.push_str(&story(office, *identity, case, &wrong));
            }
        }
    }
    complaints.extend(check_balance(office, &cases));
    println!("{tally:#?}");
    assert!(complaints.is_empty() && bad == 0, "seed {seed}: {complaints:#?}\n{bad} mails with trouble\n{stories}");
    tally
}

fn count(books: &Books, art: &str) -> usize {
    books.events.iter().filter(|event| event.art == art).count()
}

fn ambiguous(operations: &[Operation], proved: bool) -> usize {
    operations.iter().filter(|one| one.state == "mehrdeutig" && one.copy_uid.is_some() == proved).count()
}

/// For each Agentur, the balance of all days comes to what lies in its folder on the server.
fn check_balance(office: &Office, cases: &BTreeMap<u32, Case>) -> Vec<String> {
    let told: Vec<(&Case, Account)> = cases.values().filter_map(|case| Some((case, case.account()?.ok()?))).collect();
    let mut ends: BTreeMap<String, i64> = BTreeMap::new();
    for ((day, agentur), lines) in balance::sum(told.iter().map(|(_, account)| account)) {
        let end = ends.entry(agentur.clone()).or_default();
        let begin = *end;
        *end += lines.zugang - lines.bearbeitet - lines.abgegeben - lines.ohne_kennzeichen;
        println!("{day} {agentur}: {begin} + {lines:?} = {end}");
    }
    let mut lying: BTreeMap<String, i64> = ends.keys().map(|agentur| (agentur.clone(), 0)).collect();
    for (case, _) in &told {
        if let Some(agentur) = case.bestand(&office.mailboxes[case.letters[0].mailbox]) {
            *lying.entry(agentur.to_owned()).or_default() += 1;
        }
    }
    let differs = |(agentur, end): (&String, &i64)| {
        let lies = lying[agentur];
        (lies != *end).then(|| format!("the balance of {agentur} comes to {end}, and {lies} lie in its folder"))
    };
    ends.iter().filter_map(differs).collect()
}

/// Mailboxes in which nothing more is copied, because too many copies could not be recognised.
fn braked(cases: &BTreeMap<u32, Case>) -> BTreeSet<usize> {
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    for case in cases.values() {
        let ambiguous = ambiguous(&case.operations, true) + ambiguous(&case.operations, false);
        *counts.entry(case.letters[0].mailbox).or_default() += ambiguous;
    }
    counts.into_iter().filter(|(_, count)| *count >= MOST_AMBIGUOUS).map(|(mailbox, _)| mailbox).collect()
}

/// No operation without exactly one end, no end without its one event.
fn check_events(books: &Books) -> Vec<String> {
    let mut complaints = Vec::new();
    let mut of_operation: HashMap<i64, Vec<&Event>> = HashMap::new();
    let mut arrivals: HashMap<i64, usize> = HashMap::new();
    for event in &books.events {
        match event.operation {
            Some(operation) => of_operation.entry(operation).or_default().push(event),
            None if event.art == "uebergeben" && event.rolle == "dienst" => {
                complaints.push(format!("handed over without operation: {event:?}"))
            }
            None if event.art == "eingegangen" => *arrivals.entry(event.vorgang).or_default() += 1,
            None => {}
        }
    }
    for operation in &books.operations {
        let events = of_operation.remove(&operation.id).unwrap_or_default();
        let arts: Vec<&str> = events.iter().map(|event| &*event.art).collect();
        let expected: &[&str] = match &*operation.state {
            "verschoben" => &["uebergeben"],
            "verschwunden" => &["anderswo"],
            "mehrdeutig" => &["mehrdeutig"],
            "abgelehnt" => &[],
            _ => &["an end"],
        };
        if arts != expected || events.iter().any(|event| event.vorgang != operation.vorgang) {
            complaints.push(format!("{operation:?} has the events {arts:?}"));
        }
    }
    complaints.extend(of_operation.keys().map(|operation| format!("events of operation {operation}, which is none")));
    for vorgang in &books.vorgaenge {
        let arrived = arrivals.get(&vorgang.id).copied().unwrap_or_default();
        if arrived != 1 {
            complaints.push(format!("{vorgang:?} arrived {arrived} times"));
        }
    }
    complaints
}

/// Sorts everything by identity.
fn cases(
    office: &Office,
    letters: Vec<Letter>,
    deeds: Vec<Deed>,
    books: Books,
    complaints: &mut Vec<String>,
) -> BTreeMap<u32, Case> {
    let secret = std::fs::read(office.config.state_dir().join("hash.key")).expect("the daemon made a key");
    let key = FingerprintKey::new(secret).expect("the daemon's key is long enough");
    let mut cases: BTreeMap<u32, Case> = BTreeMap::new();
    let mut identity_of = HashMap::new();
    let mut by_fingerprint = HashMap::new();
    for letter in letters {
        identity_of.insert(letter.saat, letter.identity);
        let mailbox = office.mailboxes[letter.mailbox].region;
        let fingerprint = key.fingerprint(&letter.mail.bytes, letter.eingang).0;
        by_fingerprint.insert((mailbox.to_owned(), fingerprint), letter.identity);
        cases.entry(letter.identity).or_default().letters.push(letter);
    }
    for deed in deeds {
        cases.entry(identity_of[&deed.saat]).or_default().deeds.push(deed);
    }
    for found in look(office) {
        match identity_of.get(&found.saat) {
            Some(identity) => cases.entry(*identity).or_default().found.push(found),
            None => complaints.push(format!("a mail from nowhere: {found:?}")),
        }
    }
    let mut case_of = HashMap::new();
    for vorgang in books.vorgaenge {
        match by_fingerprint.get(&(vorgang.mailbox.clone(), vorgang.fingerprint)) {
            Some(identity) => {
                case_of.insert(vorgang.id, *identity);
                cases.entry(*identity).or_default().vorgaenge.push(vorgang);
            }
            None => complaints.push(format!("no mail belongs to {vorgang:?}")),
        }
    }
    for operation in books.operations {
        if let Some(identity) = case_of.get(&operation.vorgang) {
            cases.entry(*identity).or_default().operations.push(operation);
        }
    }
    for event in books.events {
        if let Some(identity) = case_of.get(&event.vorgang) {
            cases.entry(*identity).or_default().events.push(event);
        }
    }
    cases
}

/// Every mail of every mailbox.
fn look(office: &Office) -> Vec<Found> {
    let mut all = Vec::new();
    for mailbox in &office.mailboxes {
        let mut client = office.dovecot.client(mailbox.region);
        let folders = client.list();
        let known = mailbox.folders();
        assert_eq!(folders.iter().collect::<BTreeSet<_>>(), known.iter().collect(), "{}", mailbox.region);
        for folder in folders {
            let exists = client.examine(&folder).exists as usize;
            let mails = if exists == 0 { Vec::new() } else { client.fetch_all() };
            assert_eq!(mails.len(), exists, "{folder}: EXISTS and FETCH disagree");
            all.extend(mails.into_iter().map(|mail| Found {
                place: (folder.clone(), mail.uid),
                saat: saat(&String::from_utf8_lossy(&mail.bytes)).unwrap_or(u32::MAX),
                flags: mail.flags,
                internaldate: mail.internaldate,
                bytes: mail.bytes,
            }));
        }
    }
    all
}

impl Case {
    /// What is wrong about these mails.
    fn check(&self, mailbox: &Mailbox, braked: bool, tally: &mut Tally) -> Vec<String> {
        let mut wrong = Vec::new();
        self.check_contents(&mut wrong);
        self.check_targets(&mut wrong);
        self.check_places(&mut wrong);
        let doubled = self.doubled();
        if self.letters.len() == 1 {
            self.check_trail(&mut wrong);
            if !braked {
                self.check_stay(&mut wrong);
            }
        }
        self.check_numbers(doubled, &mut wrong);
        self.check_bestand(mailbox, &mut wrong);
        tally.found += self.found.len();
        tally.deleted += (self.letters.len() + doubled).saturating_sub(self.found.len());
        tally.twins += if self.letters.len() > 1 { self.letters.len() } else { 0 };
        tally.doubled += doubled;
        wrong
    }

    /// Nothing is altered.
    fn check_contents(&self, wrong: &mut Vec<String>) {
        for found in &self.found {
            let same = self.letters.iter().any(|letter| letter.saat == found.saat && letter.mail.bytes == found.bytes);
            if !same {
                wrong.push(format!("altered at {:?}", found.place));
            }
            let date = Timestamp::strptime("%d-%b-%Y %H:%M:%S %z", found.internaldate.trim());
            if date.ok() != Some(self.letters[0].eingang) {
                wrong.push(format!("another date of arrival at {:?}: {}", found.place, found.internaldate));
            }
        }
    }

    /// The program moves from INBOX to the one right folder and nowhere else.
    fn check_targets(&self, wrong: &mut Vec<String>) {
        for operation in &self.operations {
            if operation.source.0 != INBOX || Some(&operation.target) != self.letters[0].target.as_ref() {
                wrong.push(format!("a wrong move: {operation:?}"));
            }
        }
    }

    /// The ledger and the server agree.
    fn check_places(&self, wrong: &mut Vec<String>) {
        let lies = |place: &Place| self.found.iter().any(|found| found.place == *place);
        for vorgang in self.vorgaenge.iter().filter(|vorgang| vorgang.present) {
            let place = (vorgang.folder.clone(), vorgang.uid);
            if !lies(&place) {
                wrong.push(format!("the ledger says that it lies at {place:?}"));
            }
        }
        for found in self.found.iter().filter(|found| found.place.0 == INBOX && !found.is_marked()) {
            let known =
                |vorgang: &Vorgang| vorgang.present && (vorgang.folder.as_str(), vorgang.uid) == (INBOX, found.place.1);
            if !self.vorgaenge.iter().any(known) {
                wrong.push(format!("the ledger does not know of {:?}", found.place));
            }
        }
    }

    /// How many mails may be there once more: see [`Tally::doubled`].
    fn doubled(&self) -> usize {
        let by_clerks: HashMap<Place, Place> = self.deeds.iter().filter_map(Deed::hop).collect();
        let doubles = |operation: &&Operation| {
            let by_clerk = by_clerks.get(&operation.source);
            match &*operation.state {
                "verschoben" if by_clerk.is_some_and(|to| *to != operation.hop().1) => true,
                "mehrdeutig" => true,
                // The copy was made, and not found when it was looked for.
                "verschwunden" => by_clerk.is_some() && self.unseen_hop(&operation.source).is_some(),
                _ => operation.may_have_copied() && self.unseen_hop(&operation.source).is_some(),
            }
        };
        self.operations.iter().filter(doubles).count()
    }

    fn handed_over(&self) -> impl Iterator<Item = &Operation> {
        self.operations.iter().filter(|operation| operation.state == "verschoben")
    }

    /// Follows the one mail from where it was put.
    fn check_trail(&self, wrong: &mut Vec<String>) {
        let letter = &self.letters[0];
        let mut hops: BTreeMap<Place, BTreeSet<Place>> = BTreeMap::new();
        // If the daemon dies between intent and move, and a clerk does just what was intended, then the next start finds
        // it done: one hop, claimed by two.
        for (from, to) in self.deeds.iter().filter_map(Deed::hop).chain(self.handed_over().map(Operation::hop)) {
            hops.entry(from).or_default().insert(to);
        }
        let mut visited = BTreeSet::new();
        let mut ends = BTreeSet::new();
        let mut open = vec![(letter.folder.clone(), letter.uid)];
        while let Some(place) = open.pop() {
            if !visited.insert(place.clone()) {
                wrong.push(format!("two moves to {place:?}"));
                continue;
            }
            let mut next = hops.remove(&place).unwrap_or_default();
            let stays = next.is_empty();
            next.extend(self.unseen_hop(&place));
            if next.is_empty() || stays && self.stays_doubled(&place) {
                ends.insert(place);
            }
            open.extend(next);
        }
        wrong.extend(hops.keys().map(|from| format!("moved from {from:?}, where it never came")));
        for end in &ends {
            let lies = self.found.iter().any(|found| found.place == *end);
            let deleted = self.deeds.iter().any(|deed| deed.deletes_from(end));
            if !lies && !deleted {
                wrong.push(format!("lost: its trail ends at {end:?}"));
            }
        }
        for found in self.found.iter().filter(|found| !ends.contains(&found.place)) {
            wrong.push(format!("no trail leads to {:?}", found.place));
        }
    }

    /// Where the daemon brought a mail from here without having recorded it as moved: it was killed after a move, and a
    /// clerk took the mail or its folder away before the next start looked for it; or a copy could not be recognised.
    fn unseen_hop(&self, place: &Place) -> Option<Place> {
        let unproved = |operation: &&Operation| {
            matches!(&*operation.state, "verschwunden" | "mehrdeutig") || operation.may_have_copied()
        };
        let operation = self.operations.iter().filter(|operation| operation.source == *place).find(unproved)?;
        let put = |letter: &Letter| (letter.folder.clone(), letter.uid);
        let by_clerks = self.deeds.iter().filter_map(Deed::hop).map(|(_, to)| to);
        let led_to: BTreeSet<Place> =
            by_clerks.chain(self.handed_over().map(|one| one.hop().1)).chain(self.letters.iter().map(put)).collect();
        let was_at = self.deeds.iter().map(|deed| (deed.folder.clone(), deed.uid));
        let mut seen = self.found.iter().map(|found| found.place.clone()).chain(was_at);
        seen.find(|candidate| candidate.0 == operation.target && !led_to.contains(candidate))
    }

    /// Whether the daemon has left a mail here although it has copied it.
    fn stays_doubled(&self, place: &Place) -> bool {
        let left = |operation: &Operation| matches!(&*operation.state, "mehrdeutig" | "abgelehnt");
        self.operations.iter().any(|operation| operation.source == *place && left(operation))
    }

    /// Only what has a reason lies in INBOX in the end.
    fn check_stay(&self, wrong: &mut Vec<String>) {
        let brought_back = |deed: &Deed| matches!(&deed.what, What::Move { to, .. } if to == INBOX);
        let left_for_a_person = self.operations.iter().any(|operation| operation.state == "mehrdeutig");
        if self.letters[0].target.is_none() || self.deeds.iter().any(brought_back) || left_for_a_person {
            return;
        }
        for found in self.found.iter().filter(|found| found.place.0 == INBOX && !found.is_marked()) {
            wrong.push(format!("nothing keeps it at {:?}", found.place));
        }
    }

    /// It is in the Bestand of the Agentur in whose folder it lies, as the events say: the balance, mail by mail.
    fn check_bestand(&self, mailbox: &Mailbox, wrong: &mut Vec<String>) {
        match self.account() {
            None => {}
            Some(Err(told)) => wrong.push(format!("the balance does not hold: {told}")),
            Some(Ok(account)) => {
                let lies = self.bestand(mailbox);
                if account.agentur() != lies {
                    wrong.push(format!("in the Bestand of {:?}, and lies with {lies:?}", account.agentur()));
                }
            }
        }
    }

    /// What the events of the one Vorgang say. Of mails that cannot be told apart, or that lie in two places, nothing can
    /// be said.
    fn account(&self) -> Option<Result<Account, String>> {
        let (0 | 1, [_], [vorgang]) = (self.found.len(), &self.letters[..], &self.vorgaenge[..]) else { return None };
        Some(Account::of(self.events.iter().filter(|event| event.vorgang == vorgang.id)))
    }

    /// The Agentur with which the server has it.
    fn bestand<'m>(&self, mailbox: &'m Mailbox) -> Option<&'m str> {
        self.found.first().and_then(|found| bestand_of(mailbox, &found.place.0))
    }

    fn check_numbers(&self, doubled: usize, wrong: &mut Vec<String>) {
        let mails = self.letters.len();
        // Once moved, a mail is not moved again, also if a person has put it back.
        if self.handed_over().count() > mails + doubled {
            wrong.push(format!("handed over {} times", self.handed_over().count()));
        }
        if self.vorgaenge.len() > mails + doubled {
            wrong.push(format!("{} Vorgänge for {mails} mails", self.vorgaenge.len()));
        }
        let seeds: BTreeSet<u32> = self.letters.iter().map(|letter| letter.saat).collect();
        let mut extra = 0;
        for seed in seeds {
            let delivered = self.letters.iter().filter(|letter| letter.saat == seed).count();
            let found = self.found.iter().filter(|found| found.saat == seed).count();
            let deletions = self.deeds.iter().filter(|deed| deed.saat == seed && deed.what == What::Delete).count();
            if found + deletions < delivered {
                wrong.push(format!("lost: of {delivered} with Saat {seed} {found} are there, {deletions} deleted"));
            }
            extra += found.saturating_sub(delivered);
        }
        if extra > doubled {
            wrong.push(format!("{extra} too many, {doubled} of them explained"));
        }
    }
}

impl Operation {
    /// COPY mode: an attempt that a kill cut off may have made a copy that a clerk took away before the next start, so
    /// that the attempt counts as one that did nothing.
    fn may_have_copied(&self) -> bool {
        self.weg == "copy" && (self.state == "abgelehnt" || self.attempt > 1)
    }

    /// A move that is recorded as proved.
    fn hop(&self) -> (Place, Place) {
        let uid = self.target_uid.expect("a proved move has a place");
        (self.source.clone(), (self.target.clone(), uid))
    }
}

impl Found {
    fn is_marked(&self) -> bool {
        self.flags.iter().any(|flag| HANDS_OFF.contains(&flag.as_str()))
    }
}

impl Deed {
    /// A move that the server has carried out.
    fn hop(&self) -> Option<(Place, Place)> {
        match &self.what {
            What::Move { to, uid: Some(new) } => Some(((self.folder.clone(), self.uid), (to.clone(), *new))),
            _ => None,
        }
    }

    fn deletes_from(&self, place: &Place) -> bool {
        self.what == What::Delete && (self.folder.as_str(), self.uid) == (place.0.as_str(), place.1)
    }
}

/// Everything that happened to the mails of a case.
fn story(office: &Office, identity: u32, case: &Case, wrong: &[String]) -> String {
    let mut story = format!("\n== identity {identity}: {wrong:#?}\n");
    let mut line = |text: String| writeln!(story, "  {text}").expect("writing to a string cannot fail");
    for letter in &case.letters {
        let Letter { saat, mailbox, folder, uid, target, .. } = letter;
        line(format!(
            "put: Saat {saat} into {} {folder}/{uid}, belongs to {target:?}",
            office.mailboxes[*mailbox].region
        ));
    }
    case.deeds.iter().for_each(|deed| line(deed.to_string()));
    case.vorgaenge.iter().for_each(|vorgang| line(format!("{vorgang:?}")));
    case.operations.iter().for_each(|operation| line(format!("{operation:?}")));
    case.events.iter().for_each(|event| line(format!("{event:?}")));
    for found in &case.found {
        line(format!("lies: Saat {} at {:?} {:?}", found.saat, found.place, found.flags));
    }
    office.log_about(&format!("<saat-{identity}@")).into_iter().for_each(|text| line(format!("server: {text}")));
    story
}
