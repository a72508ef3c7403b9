//! What must hold for a kind of message: the tests behind `[[vorgangsart.wenn]]`.

use regex::Regex;

use super::Regeln;
use super::authentication::{self, Pruefergebnis};
use super::evidence::Finder;
use super::fields;
use super::glob::{Glob, any_matches};
use super::prepare::{Prepared, searchable};

/// One test.
#[derive(Clone, Debug)]
pub(super) enum Bedingung {
    /// The outermost content type fits.
    Inhaltstyp(Vec<Glob>),
    /// An address of From fits.
    Absender(Vec<Glob>),
    /// From is this system sender.
    Systemabsender(String),
    /// From is no system sender.
    KeinSystemabsender(bool),
    /// From is of the house.
    AbsenderIntern(bool),
    /// From only looks like the house or a system sender.
    AbsenderNachgeahmt(bool),
    /// The rule files name a way of confirmation, and none confirms the sender.
    AbsenderUnbestaetigt(bool),
    /// The return path is `<>` (RFC 5321, 4.5.5).
    LeererReturnPath(bool),
    /// The folded subject fits.
    Betreff(Vec<Glob>),
    /// A header field called so has a value that fits (lower case).
    Kopfzeile(String, Vec<Glob>),
    /// A header field holds a number of at least so much, perhaps behind a word (lower case).
    KopfzeileZahl { name: String, nach: Option<String>, mindestens: i64 },
    /// A labelled field (the first so labelled) holds one of the words and none of the others; all folded.
    Feld { bezeichnungen: Vec<String>, enthaelt: Vec<String>, enthaelt_nicht: Vec<String> },
    /// An address of To or Cc fits.
    Empfaenger(Vec<Glob>),
    /// A customer's message is forwarded in it.
    LeitetKundenmailWeiter(bool),
    /// An office is in To or Cc.
    Amtsadresse(bool),
    /// A Kundennummer of a known Dienststelle stands in it.
    Kundennummer(bool),
    /// An eService field names the Dienststelle.
    EserviceFeld(bool),
    /// A number of this shape stands in subject or text.
    Nummer(Regex),
}

impl Bedingung {
    /// Whether the message meets it.
    pub fn holds(&self, mail: &Prepared<'_>, regeln: &Regeln) -> bool {
        let message = mail.message;
        match self {
            Self::Inhaltstyp(globs) => any_matches(globs, &message.content_type),
            Self::Absender(globs) => mail.absender.adressen.iter().any(|address| any_matches(globs, address)),
            Self::Systemabsender(name) => mail.absender.system.as_ref() == Some(name),
            Self::KeinSystemabsender(wanted) => mail.absender.system.is_none() == *wanted,
            Self::AbsenderIntern(wanted) => mail.absender.intern == *wanted,
            Self::AbsenderNachgeahmt(wanted) => mail.absender.nachgeahmt == *wanted,
            Self::AbsenderUnbestaetigt(wanted) => {
                let is_confirmed = || authentication::ergebnis(mail) == Pruefergebnis::Bestaetigt;
                (mail.begriffe.pruefung.is_configured() && !is_confirmed()) == *wanted
            }
            Self::LeererReturnPath(wanted) => {
                let mut paths = message.header_values("return-path").map(str::trim);
                paths.any(|path| path == "<>" || path.is_empty()) == *wanted
            }
            Self::Betreff(globs) => any_matches(globs, mail.subject()),
            Self::Kopfzeile(name, globs) => {
                message.header_values(name).any(|value| any_matches(globs, &value.trim().to_lowercase()))
            }
            Self::KopfzeileZahl { name, nach, mindestens } => message
                .header_values(name)
                .filter_map(|value| number(value, nach.as_deref()))
                .any(|number| number >= *mindestens),
            Self::Feld { bezeichnungen, enthaelt, enthaelt_nicht } => {
                let fields = fields::all(&message.text, bezeichnungen);
                let says = |value: &fields::Value, words: &[String]| {
                    words.iter().any(|word| value.text.contains(word.as_str()))
                };
                // The form comes first; what looks like the field again further down may be the customer's own words.
                fields.first().is_some_and(|first| says(first, enthaelt))
                    && !fields.iter().any(|value| says(value, enthaelt_nicht))
            }
            Self::Empfaenger(globs) => message
                .to
                .iter()
                .chain(&message.cc)
                .any(|to| any_matches(globs, &to.address.trim().to_ascii_lowercase())),
            Self::LeitetKundenmailWeiter(wanted) => mail.forwards_customer() == *wanted,
            Self::Amtsadresse(wanted) => regeln.address.in_to_or_cc(mail) == *wanted,
            Self::Kundennummer(wanted) => mail.has_kundennummer() == *wanted,
            Self::EserviceFeld(wanted) => regeln.field.find(mail).evidenz.is_empty() != *wanted,
            Self::Nummer(shape) => searchable(message).take(2).any(|text| shape.is_match(text)),
        }
    }
}

/// The number at the beginning of a value, or behind a word in it.
fn number(value: &str, nach: Option<&str>) -> Option<i64> {
    let value = value.to_lowercase();
    let rest = match nach {
        Some(word) => &value[value.find(word)? + word.len()..],
        None => value.as_str(),
    };
    let rest = rest.trim_start();
    let end = rest
        .char_indices()
        .find(|&(at, c)| !(c.is_ascii_digit() || at == 0 && c == '-'))
        .map_or(rest.len(), |(at, _)| at);
    rest[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_header_fields() {
        for (value, nach, expected) in [
            ("5", None, Some(5)),
            (" -1 ", None, Some(-1)),
            ("9;x", None, Some(9)),
            ("CIP:1.2.3.4;SCL:6;SRV:;", Some("scl:"), Some(6)),
            ("CIP:1.2.3.4", Some("scl:"), None),
            ("viel", None, None),
            ("", None, None),
            ("99999999999999999999", None, None),
        ] {
            assert_eq!(number(value, nach), expected, "{value}");
        }
    }
}
