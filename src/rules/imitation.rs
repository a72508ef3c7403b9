//! Senders that only look like the house: a foreign domain that reads like ours, or a system sender's name elsewhere.

use unicode_normalization::UnicodeNormalization;

use super::distance;
use super::fold::is_invisible;
use super::punycode;

/// Domains of the Bundesagentur, and how near a foreign one may come.
#[derive(Clone, Debug, Default)]
pub(super) struct Hausdomains {
    /// Lower case ASCII.
    domains: Vec<String>,
    /// The part of each domain that people recognise, e.g. `arbeitsagentur`, as a skeleton.
    namen: Vec<String>,
    /// Foreign domains that may look alike, with their subdomains.
    ausnahmen: Vec<String>,
    hoechstabstand: usize,
}

/// A name shorter than this has too many honest neighbours; it must be met exactly.
const MIN_NAME: usize = 8;

impl Hausdomains {
    pub fn new(domains: &[String], ausnahmen: &[String], hoechstabstand: usize) -> Self {
        let namen = domains.iter().map(|domain| skeleton(second_level(domain)).replace('.', "")).collect();
        let lower = |names: &[String]| names.iter().map(|name| name.to_ascii_lowercase()).collect();
        Hausdomains { domains: lower(domains), namen, ausnahmen: lower(ausnahmen), hoechstabstand }
    }

    /// Whether `domain` (lower case) is one of ours or a subdomain.
    pub fn contains(&self, domain: &str) -> bool {
        covers(&self.domains, domain)
    }

    /// Whether a result about `domain` says something about the sender's domain `from`: they are the same, or both belong
    /// to one domain of the house.
    pub fn aligned(&self, domain: &str, from: &str) -> bool {
        let share = |ours: &String| is_within(ours, domain) && is_within(ours, from);
        domain == from || self.domains.iter().any(share)
    }

    /// Whether a foreign domain (lower case) reads like one of ours: it holds our name, or nearly, perhaps in foreign
    /// letters, as Punycode, or with digits for letters.
    pub fn is_imitated_by(&self, domain: &str) -> bool {
        let domain = domain.trim_end_matches('.');
        if self.contains(domain) || covers(&self.ausnahmen, domain) {
            return false;
        }
        let skeleton = skeleton(domain);
        let joined: String = skeleton.chars().filter(|&c| c != '.' && c != '-').collect();
        self.namen.iter().any(|name| {
            if name.len() < MIN_NAME {
                return skeleton.split(['.', '-']).any(|part| part == name);
            }
            joined.contains(name.as_str())
                || skeleton
                    .split(['.', '-'])
                    .chain(skeleton.split('.'))
                    .any(|part| distance::within(part, name, self.hoechstabstand).is_some())
        })
    }
}

fn covers(domains: &[String], domain: &str) -> bool {
    domains.iter().any(|ours| is_within(ours, domain))
}

/// Whether `domain` is `ours` or a subdomain.
fn is_within(ours: &str, domain: &str) -> bool {
    domain.strip_suffix(ours).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// The label before the last dot: `arbeitsagentur` of `mail.arbeitsagentur.example`.
fn second_level(domain: &str) -> &str {
    let mut labels = domain.rsplit('.');
    let last = labels.next().unwrap_or(domain);
    labels.next().unwrap_or(last)
}

/// Whether two local parts look the same to a reader.
pub(super) fn reads_the_same(one: &str, other: &str) -> bool {
    skeleton(one) == skeleton(other)
}

/// What a domain looks like to a reader: Punycode decoded, accents dropped, look-alike letters as the Latin ones.
fn skeleton(domain: &str) -> String {
    let mut seen = String::with_capacity(domain.len());
    for (index, label) in domain.split('.').enumerate() {
        if index > 0 {
            seen.push('.');
        }
        let decoded = label.strip_prefix("xn--").and_then(punycode::decode);
        let label = decoded.as_deref().unwrap_or(label);
        let plain = label.chars().filter(|&c| !is_invisible(c)).nfkd().flat_map(char::to_lowercase);
        seen.extend(plain.filter(|&c| !is_combining(c)).map(latin));
    }
    seen.replace("rn", "m").replace("vv", "w")
}

fn is_combining(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

/// The Latin letter that a Cyrillic or Greek letter or a digit is taken for.
fn latin(c: char) -> char {
    match c {
        'а' | 'α' => 'a',
        'Ь' | 'ь' | 'β' => 'b',
        'с' | 'ϲ' => 'c',
        'ԁ' => 'd',
        'е' | 'є' | 'ε' | '3' => 'e',
        'ɡ' | '9' => 'g',
        'һ' | 'н' => 'h',
        'і' | 'ı' | 'ι' | 'ї' | '1' | 'l' | '|' | 'ӏ' => 'i',
        'ј' => 'j',
        'к' | 'κ' => 'k',
        'м' => 'm',
        'п' | 'η' => 'n',
        'о' | 'ο' | 'σ' | '0' => 'o',
        'р' | 'ρ' => 'p',
        'г' => 'r',
        'ѕ' | '5' => 's',
        'т' | 'τ' | '7' => 't',
        'υ' | 'и' | 'ц' => 'u',
        'ν' | 'ѵ' => 'v',
        'ѡ' | 'ω' => 'w',
        'х' | 'χ' => 'x',
        'у' | 'γ' => 'y',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn look_alikes_are_seen_and_honest_neighbours_left_alone() {
        let house =
            Hausdomains::new(&["arbeitsagentur.example".to_owned()], &["arbeitsagentur-messe.example".to_owned()], 2);
        for domain in [
            "arbeitsagentur-dienste.example",
            "arbeitsagentur.example.evil.example",
            "arbeits-agentur.example",
            "arbeits.agentur.example",
            "arbeitsagenturen.example",
            "arbeitsagentr.example",
            "arbeitsagentur.com",
            "arbeitsagentur.example.",
            "xarbeitsagentur.example",
            "arbeitsаgentur.example",
            "аrbeitsagentur.example",
            "ärbeitsagentur.example",
            "arbe1t5agentur.example",
            "xn--rbeitsagentur-v1k.example",
            "arbeits\u{200b}agentur.example",
        ] {
            let imitates = domain != "arbeitsagentur.example.";
            assert_eq!(house.is_imitated_by(domain), imitates, "{domain}");
        }
        for domain in [
            "arbeitsagentur.example",
            "mail.arbeitsagentur.example",
            "arbeitsagentur-messe.example",
            "web.example",
            "arbeit.example",
            "agentur.example",
            "xn--mller-kva.example",
            "",
            ".",
            "xn--.example",
        ] {
            assert!(!house.is_imitated_by(domain), "{domain}");
        }
        assert!(house.contains("a.arbeitsagentur.example"));
        assert!(!house.contains("xarbeitsagentur.example"));
    }

    #[test]
    fn short_names_must_be_met_exactly() {
        let house = |name: &str| Hausdomains::new(&[format!("{name}.example")], &[], 2);
        for (name, domain, imitates) in [
            ("abcdefg", "abcdefg.evil", true),
            ("abcdefg", "x-abcdefg.evil", true),
            ("abcdefg", "abcdefgh.evil", false),
            ("abcdefg", "xabcdefg.evil", false),
            ("abcdefgh", "abcdefghij.evil", true),
            ("abcdefgh", "xabcdefghx.evil", true),
            ("abcdefgh", "abcdefxyz.evil", false),
            ("abcdefgh", "abc-defgh.evil", true),
            ("abcdefgh", "xxabc-dexgh.evil", false),
            ("abcdefgh", "abxd-efgh.evil", true),
            ("abcdefgh", "abcdefgh.example.", false),
        ] {
            assert_eq!(house(name).is_imitated_by(domain), imitates, "{name} {domain}");
        }
        let two = Hausdomains::new(&["a.example".to_owned(), "B.Example".to_owned()], &["C.example".to_owned()], 0);
        assert!(two.contains("b.example") && two.contains("x.a.example") && !two.contains("xa.example"));
        for (domain, from, aligned) in [
            ("a.example", "x.a.example", true),
            ("x.a.example", "y.a.example", true),
            ("a.example", "b.example", false),
            ("z.example", "z.example", true),
            ("z.example", "x.z.example", false),
        ] {
            assert_eq!(two.aligned(domain, from), aligned, "{domain} {from}");
        }
        assert_eq!((second_level("mail.a.example"), second_level("a"), second_level("")), ("a", "a", ""));
        assert!(reads_the_same("esеrv1ce", "eservice") && reads_the_same("rnax", "max") && reads_the_same("vvo", "wo"));
        assert!(!reads_the_same("eservice", "service"));
    }

    #[test]
    fn look_alike_letters() {
        for (letters, latin) in [
            ("аα", "aa"),
            ("Ььβ", "bbb"),
            ("сϲ", "cc"),
            ("ԁ", "d"),
            ("еєε3", "eeee"),
            ("ɡ9", "gg"),
            ("һн", "hh"),
            ("іıιї1l|ӏ", "iiiiiiii"),
            ("ј", "j"),
            ("кκ", "kk"),
            ("м", "m"),
            ("пη", "nn"),
            ("оοσ0", "oooo"),
            ("рρ", "pp"),
            ("г", "r"),
            ("ѕ5", "ss"),
            ("тτ7", "ttt"),
            ("υиц", "uuu"),
            ("νѵ", "vv"),
            ("ѡω", "ww"),
            ("хχ", "xx"),
            ("уγ", "yy"),
            ("q", "q"),
        ] {
            assert_eq!(letters.chars().map(super::latin).collect::<String>(), latin, "{letters}");
        }
    }
}
