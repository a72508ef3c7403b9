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
    domains
        .iter()
        .any(|ours| domain.strip_suffix(ours.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')))
}

/// The label before the last dot: `arbeitsagentur` of `mail.arbeitsagentur.example`.
fn second_level(domain: &str) -> &str {
    let mut labels = domain.rsplit('.');
    let last = labels.next().unwrap_or(domain);
    labels.next().unwrap_or(last)
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
}
