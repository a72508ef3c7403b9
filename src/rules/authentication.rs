//! Whether the receiving server confirms the sender: by its `Authentication-Results` (RFC 8601), or by a header field
//! that it takes out of all mail from outside.

use crate::domain::message::Message;

use super::fold::is_invisible;
use super::imitation::Hausdomains;
use super::prepare::Prepared;

/// What the receiving server says about a sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pruefergebnis {
    Bestaetigt,
    Gescheitert,
    /// Nothing that counts: no field, no result, or none for the domain in From.
    OhneErgebnis,
}

impl Pruefergebnis {
    pub const ALL: [Self; 3] = [Self::Bestaetigt, Self::Gescheitert, Self::OhneErgebnis];

    /// The word in the rule files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bestaetigt => "bestaetigt",
            Self::Gescheitert => "gescheitert",
            Self::OhneErgebnis => "ohne_ergebnis",
        }
    }
}

/// The ways of confirmation that the rule files name. One that confirms is enough, unless the server found the sender
/// to be forged.
#[derive(Clone, Debug, Default)]
pub(super) struct Pruefung {
    pub server: Option<Server>,
    pub vertrauenskopf: Option<Vertrauenskopf>,
}

/// Who writes the `Authentication-Results` that count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Server {
    /// The server of this name (lower case).
    Name(String),
    /// A server that leaves its name out, as Microsoft 365 does.
    OhneNamen,
}

/// A header field with which the server marks mail from within.
#[derive(Clone, Debug)]
pub(super) struct Vertrauenskopf {
    /// Lower case.
    pub name: String,
    /// Values that confirm, lower case.
    pub werte: Vec<String>,
}

/// What the configured ways say about the sender of a mail.
pub(super) fn ergebnis(mail: &Prepared<'_>) -> Pruefergebnis {
    let mut addresses = mail.absender.adressen.iter();
    let domain = match (addresses.next(), addresses.next()) {
        (Some(only), None) => only.rsplit_once('@').map(|(_, domain)| domain),
        _ => None,
    };
    mail.begriffe.pruefung.judge(mail.message, domain, &mail.begriffe.haus)
}

impl Pruefung {
    pub fn is_configured(&self) -> bool {
        self.server.is_some() || self.vertrauenskopf.is_some()
    }

    /// `from` is the domain in From (lower case), if there is one and no other.
    fn judge(&self, message: &Message, from: Option<&str>, haus: &Hausdomains) -> Pruefergebnis {
        let values = message.header_values("authentication-results");
        let server =
            self.server.as_ref().map_or(Pruefergebnis::OhneErgebnis, |server| server.judge(values, from, haus));
        match (server, &self.vertrauenskopf) {
            (Pruefergebnis::OhneErgebnis, Some(kopf)) if kopf.confirms(message) => Pruefergebnis::Bestaetigt,
            _ => server,
        }
    }
}

impl Vertrauenskopf {
    /// Several fields that do not say the same confirm nothing.
    fn confirms(&self, message: &Message) -> bool {
        let mut values = message.header_values(&self.name).map(|value| value.trim().to_lowercase());
        values.next().is_some_and(|first| self.werte.contains(&first) && values.all(|other| other == first))
    }
}

impl Server {
    /// What the topmost field of this server says. Fields of other servers, and further ones below, may come from the
    /// sender and say nothing.
    ///
    /// DMARC decides; where there is no DMARC result, SPF or DKIM for the domain in From does.
    fn judge<'v>(
        &self,
        values: impl Iterator<Item = &'v str>,
        from: Option<&str>,
        haus: &Hausdomains,
    ) -> Pruefergebnis {
        let mut fields = values.map(Field::read);
        let Some(field) = fields.find(|field| self.wrote(field)) else { return Pruefergebnis::OhneErgebnis };
        let statements: Vec<Statement<'_>> = field.text.split(';').filter_map(Statement::read).collect();
        let of = |methods: &'static [&str]| statements.iter().filter(|one| methods.contains(&one.method));
        let mut dmarc = of(&["dmarc"]).filter(|one| one.result != "none").peekable();
        let (confirmed, failed) = if dmarc.peek().is_some() {
            let (mut confirmed, mut failed) = (true, false);
            for one in dmarc {
                let about = one.property("header.from").map(|domain| domain.trim_end_matches('.'));
                confirmed &= one.result == "pass" && from.is_some() && (about.is_none() || about == from);
                failed |= one.result == "fail";
            }
            (confirmed && !failed, failed)
        } else {
            let passes = |one: &Statement<'_>| {
                one.result == "pass" && one.domain().zip(from).is_some_and(|(domain, from)| haus.aligned(domain, from))
            };
            let confirmed = of(&["spf", "dkim"]).any(passes);
            let fails = |one: &Statement<'_>| matches!(one.result, "fail" | "softfail" | "permerror");
            (confirmed, !confirmed && of(&["spf", "dkim"]).any(fails))
        };
        match (confirmed && field.is_sound, failed) {
            (_, true) => Pruefergebnis::Gescheitert,
            (true, false) => Pruefergebnis::Bestaetigt,
            (false, false) => Pruefergebnis::OhneErgebnis,
        }
    }

    /// A field begins with the name of who wrote it, perhaps with a version behind it; without a name, with a result.
    fn wrote(&self, field: &Field) -> bool {
        let first = field.text.split(';').next().unwrap_or_default();
        match self {
            Self::Name(name) => first.split_whitespace().next() == Some(name),
            Self::OhneNamen => first.contains('='),
        }
    }
}

/// A field value in lower case, without comments and quotation marks; what was quoted has no meaning for the structure.
#[derive(Debug)]
struct Field {
    text: String,
    /// All comments and quotations end.
    is_sound: bool,
}

impl Field {
    fn read(value: &str) -> Field {
        let mut text = String::with_capacity(value.len());
        let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
        for c in value.chars().filter(|&c| !is_invisible(c)).flat_map(char::to_lowercase) {
            let is_plain = c.is_alphanumeric() || matches!(c, '@' | '.' | '-' | '_');
            match c {
                _ if escaped => escaped = false,
                '\\' if quoted || depth > 0 => escaped = true,
                '"' if depth == 0 => quoted = !quoted,
                _ if quoted => text.push(if is_plain { c } else { '?' }),
                '(' => depth += 1,
                ')' if depth > 0 => {
                    depth -= 1;
                    text.push(' ');
                }
                _ if depth > 0 => {}
                // RFC 8601, 2.2 allows blanks around the sign.
                '=' => {
                    text.truncate(text.trim_end().len());
                    text.push(c);
                }
                c if c.is_whitespace() && text.ends_with('=') => {}
                c => text.push(c),
            }
        }
        Field { text, is_sound: depth == 0 && !quoted && !escaped }
    }
}

/// `method=result ptype.property=value ...`
#[derive(Debug)]
struct Statement<'f> {
    method: &'f str,
    result: &'f str,
    properties: Vec<(&'f str, &'f str)>,
}

impl<'f> Statement<'f> {
    fn read(text: &'f str) -> Option<Self> {
        let mut words = text.split_whitespace();
        let (method, result) = words.next()?.split_once('=')?;
        let method = method.split('/').next()?;
        Some(Statement { method, result, properties: words.filter_map(|word| word.split_once('=')).collect() })
    }

    fn property(&self, name: &str) -> Option<&'f str> {
        self.properties.iter().find(|(known, _)| *known == name).map(|&(_, value)| value)
    }

    /// The domain that SPF or DKIM is about.
    fn domain(&self) -> Option<&'f str> {
        let value = match self.method {
            "spf" => self.property("smtp.mailfrom"),
            _ => self.property("header.d").or_else(|| self.property("header.i")),
        }?;
        Some(value.rsplit('@').next().unwrap_or(value).trim_end_matches('.'))
    }
}

#[cfg(test)]
#[path = "authentication_tests.rs"]
mod tests;
