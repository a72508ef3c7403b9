//! From a seed to a case: chance chooses, and with each choice notes what it means as evidence.

use super::compose::{HEADS, SIGNATURES};
use super::model::{Art, Case, Home, HomeAt, Level, Manner, Number, Office, OtherHome, Person, Place, Tier};
use super::reference::Evidence;
use super::register::{Agentur, Agenturen, Register, plain};
use super::rng::Rng;
use super::spelling;
use super::texts::{ANDERE, DEUTSCH, HAUSNUMMERN, NACHNAMEN, STRASSEN, Sprache, VORNAMEN};

const TEAMS: &[&str] =
    &["141-Reha", "131-Vermittlung", "Eingangszone", "Team-U25", "BCA", "BIZ", "Leistung", "211-Beratung"];

/// The case of a seed. Following seeds go round all tiers and all Agenturen.
pub fn case(register: &Register, seed: u64) -> Case {
    let tier = Tier::ALL[usize::try_from(seed).unwrap() % Tier::ALL.len()];
    case_of(register, seed, tier)
}

/// The case of a seed in a tier.
pub fn case_of(register: &Register, seed: u64, tier: Tier) -> Case {
    let mut rng = Rng::new(seed);
    let at = usize::try_from(seed).unwrap() * 7 % register.agenturen.len();
    let mut maker = Maker { register, main: &register.agenturen[at], rng: &mut rng };
    let mut case = maker.blank(seed, tier);
    let dictated = case.manner == Manner::Dictated;
    match tier {
        Tier::T1 => maker.office(&mut case, true, false),
        Tier::T2 => maker.office(&mut case, false, false),
        Tier::T3 => maker.by_number(&mut case),
        Tier::T4 => maker.by_home(&mut case),
        Tier::T5 | Tier::T7 | Tier::T8 => maker.mixed(&mut case),
        Tier::T6 => maker.unrouted(&mut case),
    }
    if let (true, Some((_, at))) = (dictated, &mut case.home) {
        // Nothing but words can show what is an address.
        *at = HomeAt::Label(*maker.rng.pick(&[0, 1, 5, 6, 8]));
    }
    case
}

struct Maker<'r> {
    register: &'r Register,
    /// The Agentur that the case is about.
    main: &'r Agentur,
    rng: &'r mut Rng,
}

impl Maker<'_> {
    fn blank(&mut self, seed: u64, tier: Tier) -> Case {
        let sprache: &Sprache = if tier == Tier::T8 && self.rng.chance(75) { self.rng.pick(ANDERE) } else { &DEUTSCH };
        let manner = match tier {
            Tier::T8 if self.rng.chance(25) => Manner::Capitals,
            Tier::T8 if self.rng.chance(25) => Manner::Small,
            Tier::T8 if sprache.name == "deutsch" && self.rng.chance(60) => Manner::Dictated,
            _ => Manner::AsUsual,
        };
        let region = if self.rng.chance(8) {
            self.register.other(self.rng, &[]).region.clone()
        } else {
            self.main.region.clone()
        };
        let count = 1 + self.rng.below(sprache.paragraphs.len().min(4));
        let mut paragraphs: Vec<String> = sprache.paragraphs.iter().map(|text| (*text).to_owned()).collect();
        self.rng.shuffle(&mut paragraphs);
        paragraphs.truncate(count);
        Case {
            seed,
            tier,
            art: Art::FreieEmail,
            region,
            author: self.person(),
            sprache,
            manner,
            office: None,
            lower: None,
            home: None,
            other_home: None,
            town: None,
            numbers: Vec::new(),
            spoken_to: None,
            dienststelle: None,
            subject: (*self.rng.pick(sprache.subjects)).to_owned(),
            salutation: (*self.rng.pick(sprache.salutations)).to_owned(),
            paragraphs,
            closing: (*self.rng.pick(sprache.closings)).to_owned(),
            evidence: Evidence::default(),
        }
    }

    fn person(&mut self) -> Person {
        person(self.rng)
    }

    /// Another Agentur, in the same region where there is one: a mistake would be a wrong folder.
    fn stranger(&mut self) -> Agentur {
        for _ in 0..40 {
            let other = self.register.other(self.rng, &[self.main.slug.as_str()]);
            if other.region == self.main.region {
                return other.clone();
            }
        }
        self.register.other(self.rng, &[self.main.slug.as_str()]).clone()
    }

    fn address_of(&mut self, agentur: &Agentur) -> String {
        let address = self.rng.pick(&agentur.adressen).clone();
        let (local, domain) = address.split_once('@').unwrap();
        match self.rng.below(6) {
            0 => format!("{local}.{}@{domain}", self.rng.pick(TEAMS)),
            1 => address.to_lowercase(),
            2 => address.to_uppercase(),
            _ => address,
        }
    }

    fn low_level(&mut self) -> Level {
        *self.rng.pick(&[
            Level::Cc,
            Level::Cc,
            Level::Field("Resent-To"),
            Level::Field("Delivered-To"),
            Level::Field("X-Original-To"),
            Level::Field("X-Envelope-To"),
            Level::Received,
            Level::ForwardedTo,
            Level::ForwardedTo,
            Level::Quoted,
            Level::Quoted,
            Level::Thread,
            Level::Thread,
            Level::Attached,
            Level::Attached,
        ])
    }

    /// One or two offices in To, or lower.
    fn office(&mut self, case: &mut Case, in_to: bool, two: bool) {
        let main = self.main.clone();
        let mut addresses = vec![self.address_of(&main)];
        case.evidence.a.insert(main.slug.clone());
        let level = if in_to { Level::To } else { self.low_level() };
        if two && level <= Level::Cc {
            let other = self.stranger();
            addresses.push(self.address_of(&other));
            case.evidence.a.insert(other.slug);
        }
        self.rng.shuffle(&mut addresses);
        case.office = Some(Office { level, addresses });
        if self.rng.chance(15) && level < Level::Received {
            let other = self.stranger();
            let addresses = vec![self.address_of(&other)];
            let lower = if level < Level::Cc { Level::Cc } else { Level::Quoted };
            case.lower = Some(Office { level: lower, addresses });
        }
    }

    fn by_number(&mut self, case: &mut Case) {
        let main = self.main.clone();
        if self.rng.chance(25) {
            case.art = Art::EvmAu;
            return self.number_of(case, &main, Place::Text);
        }
        let place = *self.rng.pick(&[Place::Subject, Place::Text, Place::Text, Place::Text, Place::Attachment]);
        self.number_of(case, &main, place);
        // The best place counts.
        if place < Place::Attachment && self.rng.chance(30) {
            let other = self.stranger();
            let kept = case.evidence.k.clone();
            let worse = if place == Place::Subject { Place::Text } else { Place::Attachment };
            self.number_of(case, &other, worse);
            if !kept.is_empty() {
                case.evidence.k = kept;
            }
        }
    }

    /// Adds a number of an Agentur, if it has one of its own.
    fn number_of(&mut self, case: &mut Case, agentur: &Agentur, place: Place) {
        if agentur.dienststellen.is_empty() {
            return;
        }
        let dienststelle = self.rng.pick(&agentur.dienststellen).clone();
        let agenturen = Agenturen::from([agentur.slug.clone()]);
        let written = match place {
            Place::Attachment => spelling::tame(self.rng, &dienststelle),
            _ => spelling::any(self.rng, &dienststelle, place == Place::Text),
        };
        case.evidence.k.extend(agenturen.iter().cloned());
        case.numbers.push(Number { place, written, agenturen });
    }

    fn by_home(&mut self, case: &mut Case) {
        let main = self.main.clone();
        if self.rng.chance(20) {
            case.art = Art::EvmAu;
        }
        if case.art == Art::FreieEmail && self.rng.chance(15) {
            return self.town_of(case, &main);
        }
        self.home_of(case, &main);
        if case.art == Art::FreieEmail && self.rng.chance(30) {
            self.another_home(case);
        }
    }

    fn town_of(&mut self, case: &mut Case, agentur: &Agentur) {
        let usable: Vec<&String> = agentur.orte.iter().filter(|ort| is_plain_name(ort)).collect();
        if usable.is_empty() {
            return;
        }
        let ort = (*self.rng.pick(&usable)).clone();
        case.evidence.w_town.insert(agentur.slug.clone());
        case.town = Some(ort);
        case.home = None;
    }

    /// A home of an Agentur at some place of the letter.
    fn home_of(&mut self, case: &mut Case, agentur: &Agentur) {
        if agentur.plz.is_empty() {
            return;
        }
        let home = home(self.register, self.rng, agentur);
        let labels = case.sprache.homes.len();
        let at = match self.rng.below(12) {
            0..=3 => HomeAt::Signature(self.rng.below(SIGNATURES)),
            4 => HomeAt::LastBlock,
            5..=6 => HomeAt::Head(self.rng.below(HEADS)),
            7..=9 => HomeAt::Label(self.rng.below(labels)),
            10 => HomeAt::LabelInText(self.rng.below(labels)),
            _ => HomeAt::LabelAbove,
        };
        case.evidence.w.extend(home.agenturen.iter().cloned());
        case.home = Some((home, at));
    }

    fn another_home(&mut self, case: &mut Case) {
        let other = self.stranger();
        if other.plz.is_empty() || case.home.is_none() || case.sprache.name != "deutsch" {
            return;
        }
        let other = home(self.register, self.rng, &other);
        let at = &mut case.home.as_mut().unwrap().1;
        case.other_home = Some(match self.rng.below(5) {
            0 => {
                *at = HomeAt::Label(0);
                OtherHome::OldInSignature(other)
            }
            1 => OtherHome::CalledOld(other),
            3 => {
                *at = HomeAt::Label(0);
                OtherHome::BeforeMove(other)
            }
            2 => {
                *at = HomeAt::Label(0);
                OtherHome::Second(other)
            }
            _ => {
                *at = HomeAt::Signature(self.rng.below(SIGNATURES));
                OtherHome::Future(other)
            }
        });
        case.evidence.w = case.residence();
    }

    /// Any mixture of A, W, K and N: of the same Agentur, of others, of sets.
    fn mixed(&mut self, case: &mut Case) {
        if self.rng.chance(15) {
            return self.form(case);
        }
        let (second, third) = (self.stranger(), self.stranger());
        let main = self.main.clone();
        if self.rng.chance(65) {
            let in_to = self.rng.chance(70);
            let two = self.rng.chance(20);
            self.office(case, in_to, two);
        }
        let who = |rng: &mut Rng| match rng.below(10) {
            0..=4 => main.clone(),
            5..=7 => second.clone(),
            _ => third.clone(),
        };
        match self.rng.below(10) {
            0..=4 => {
                let whose = who(self.rng);
                self.home_of(case, &whose);
            }
            5 => {
                let whose = who(self.rng);
                self.town_of(case, &whose);
            }
            6 => self.shared_home(case),
            _ => {}
        }
        if self.rng.chance(60) {
            let place = *self.rng.pick(&[Place::Subject, Place::Text, Place::Text, Place::Attachment]);
            let whose = who(self.rng);
            self.number_of(case, &whose, place);
            if self.rng.chance(15) && place != Place::Attachment {
                let whose = who(self.rng);
                self.number_of(case, &whose, place);
            }
        }
        // An office named in the same breath as an address would make it the office's.
        let is_apart = case.manner != Manner::Dictated;
        if self.rng.chance(20) && is_apart && case.sprache.name == "deutsch" {
            let whose = who(self.rng);
            case.evidence.n.insert(whose.slug);
            case.spoken_to = Some(whose.name);
        }
    }

    /// A postcode that several Agenturen share; one of them is the case's, where it has such a one.
    fn shared_home(&mut self, case: &mut Case) {
        let mine: Vec<&String> =
            self.register.geteilte_plz.iter().filter(|plz| self.register.plz[*plz].contains(&self.main.slug)).collect();
        let plz = if mine.is_empty() {
            self.rng.pick(&self.register.geteilte_plz).clone()
        } else {
            (*self.rng.pick(&mine)).clone()
        };
        let mut home = home(self.register, self.rng, &self.main.clone());
        home.agenturen = self.register.plz[&plz].clone();
        home.plz = plz;
        case.evidence.w = home.agenturen.clone();
        case.home = Some((home, HomeAt::Signature(self.rng.below(SIGNATURES))));
    }

    /// An eService mail with any of number, address and field.
    fn form(&mut self, case: &mut Case) {
        case.art = Art::EvmAu;
        let main = self.main.clone();
        let other = self.stranger();
        if self.rng.chance(60) {
            let whose = if self.rng.chance(50) { &main } else { &other };
            self.number_of(case, whose, Place::Text);
        }
        if self.rng.chance(60) {
            let whose = if self.rng.chance(50) { &main } else { &other };
            self.home_of(case, whose);
        }
        if self.rng.chance(60) {
            case.evidence.d.insert(main.slug.clone());
            case.dienststelle = Some(match self.rng.below(4) {
                3 => self.geschaeftsstelle(&main),
                0 if !main.dienststellen.is_empty() => self.rng.pick(&main.dienststellen).clone(),
                1 => main.name.clone(),
                _ => format!("Agentur für Arbeit {}", main.name),
            });
        }
    }

    /// A branch office by its town, where that is no Agentur's name; else the Agentur.
    fn geschaeftsstelle(&mut self, agentur: &Agentur) -> String {
        let mut towns = agentur.adressen.iter().filter_map(|address| address.split_once('@')).map(|(town, _)| town);
        let names: Vec<String> = self.register.agenturen.iter().map(|other| plain(&other.name)).collect();
        match towns.rfind(|town| !names.contains(&plain(town))) {
            Some(town) => format!("Geschäftsstelle {town}"),
            None => agentur.name.clone(),
        }
    }

    fn unrouted(&mut self, case: &mut Case) {
        if self.rng.chance(15) {
            return;
        }
        case.art = *self.rng.pick(&Art::UNROUTED);
        let main = self.main.clone();
        match case.art {
            Art::Autoreply | Art::Bounce | Art::Intern => self.mixed_lightly(case),
            Art::Rundschreiben | Art::Spam | Art::AnBeide => self.office(case, true, false),
            Art::EvmSonstige | Art::Kontaktformular | Art::Postfachnachricht | Art::Verdaechtig => {
                self.number_of(case, &main, Place::Text);
            }
            _ => {}
        }
        case.lower = None;
    }

    fn mixed_lightly(&mut self, case: &mut Case) {
        let main = self.main.clone();
        self.office(case, true, false);
        self.number_of(case, &main, Place::Text);
    }
}

/// Somebody.
pub fn person(rng: &mut Rng) -> Person {
    let (given, family) = (*rng.pick(VORNAMEN), *rng.pick(NACHNAMEN));
    let ascii = |name: &str| {
        plain(name)
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { 'x' })
            .filter(|c| *c != ' ')
            .collect::<String>()
    };
    let domain = rng.pick(&["web.example", "gmx.example", "posteo.example", "mail.example.org", "t-online.example"]);
    let local = match rng.below(4) {
        0 => format!("{}.{}", ascii(given), ascii(family)),
        1 => format!("{}{}", ascii(family), rng.digits(2)),
        2 => format!("{}_{}", &ascii(given)[..1], ascii(family)),
        _ => format!("sternchen{}", rng.digits(4)),
    };
    Person { name: format!("{given} {family}"), address: format!("{local}@{domain}") }
}

/// A home in the district of an Agentur.
pub fn home(register: &Register, rng: &mut Rng, agentur: &Agentur) -> Home {
    let plz = if agentur.plz.is_empty() { "99999".to_owned() } else { rng.pick(&agentur.plz).clone() };
    let orte: Vec<&String> = agentur.orte.iter().filter(|ort| is_plain_name(ort)).collect();
    let ort = if orte.is_empty() { agentur.name.clone() } else { (*rng.pick(&orte)).clone() };
    let agenturen = register.plz.get(&plz).cloned().unwrap_or_default();
    Home { street: format!("{} {}", rng.pick(STRASSEN), rng.pick(HAUSNUMMERN)), plz, ort, agenturen }
}

/// A town's name without signs that belong to lists and tables.
fn is_plain_name(ort: &str) -> bool {
    ort.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '-')) && ort.chars().count() >= 4
}
