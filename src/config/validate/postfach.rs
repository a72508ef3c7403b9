//! One `[[postfach]]`.

use std::net::IpAddr;
use std::ops::Range;
use std::time::Duration;

use toml::Spanned;
use toml::de::DeTable;

use super::Surroundings;
use super::password::secret_source;
use crate::config::adresse::is_address;
use crate::config::ordner::{pruefordner_problem, template_problem, with_inbox};
use crate::config::redact::is_credential_name;
use crate::config::table::{Findings, TableReader};
use crate::config::{LoginMethod, Postfach};
use crate::domain::kennzeichen::Leser;
use crate::domain::postfach::{Betriebsart, Profil, Security};

const SECURITY: [(&str, Security); 3] =
    [("tls", Security::Tls), ("starttls", Security::Starttls), ("none", Security::None)];
const ANMELDUNG: [(&str, LoginMethod); 3] =
    [("auto", LoginMethod::Auto), ("login", LoginMethod::Login), ("plain", LoginMethod::Plain)];
const BETRIEBSART: [(&str, Betriebsart); 5] = [
    ("aus", Betriebsart::Aus),
    ("beobachten", Betriebsart::Beobachten),
    ("schatten", Betriebsart::Schatten),
    ("betrieb", Betriebsart::Betrieb),
    ("auslauf", Betriebsart::Auslauf),
];
const PROFIL: [(&str, Profil); 2] = [("streng", Profil::Streng), ("weit", Profil::Weit)];

const ORDNER: &str = "INBOX/{ordner}";
const WEEK: u64 = 7 * 24 * 3600;

/// A mailbox as far as it could be read, with what must be unique and its place.
#[derive(Debug)]
pub struct Entry {
    pub name: Option<Spanned<String>>,
    pub address: Option<Spanned<String>>,
    /// Host, port and user.
    pub account: Option<Spanned<String>>,
    /// Only if complete.
    pub postfach: Option<Postfach>,
}

/// Reads the mailbox that is the `number`th in the file.
pub fn read(
    number: usize,
    header: Range<usize>,
    table: &DeTable<'_>,
    surroundings: &Surroundings,
    findings: &mut Findings,
) -> Entry {
    let given = table.get("name").and_then(|name| name.get_ref().as_str());
    let what = match given {
        Some(name) => format!("mailbox {name:?}"),
        None => format!("mailbox number {number}"),
    };
    // What help proposes; a name that cannot be that of a credential cannot be proposed as one.
    let example = given.filter(|name| is_credential_name(name)).unwrap_or("sc-nord");
    let mut table = TableReader::new(what, header, table);
    let name = table.required_text(findings, "name", "name = \"sc-nord\", which is also the SC region");
    let address = table.required_text(findings, "address", &format!("address = \"{example}@arbeitsagentur.example\""));
    let address = address.filter(|address| check(address, address_problem, "address", &table, findings));
    let host = table.required_text(findings, "host", "host = \"mail.example\"");
    let host = host.filter(|host| check(host, host_problem, "host", &table, findings));
    let security = table.word(findings, "security", &SECURITY, Security::Tls);
    if let Some(host) = &host {
        refuse_unprotected(security, host, &mut table, findings);
    }
    let default_port = if security == Security::Tls { 993 } else { 143 };
    let port = table.number(findings, "port", 1..=65535, default_port);
    let port = u16::try_from(port).expect("the range ends at 65535");
    let user = table.required_text(findings, "user", &format!(r"user = 'DOMAIN\svc-postweiche\{example}'"));
    let ordner = table.text(findings, "ordner").unwrap_or(Spanned::new(0..0, ORDNER));
    check(&ordner, template_problem, "ordner", &table, findings);
    let pruefordner = table.text(findings, "pruefordner");
    if let Some(folder) = &pruefordner {
        check(folder, pruefordner_problem, "pruefordner", &table, findings);
    }

    let account = host
        .as_ref()
        .zip(user.as_ref())
        .map(|(host, user)| Spanned::new(user.span(), format!("{} {port} {}", host.get_ref(), user.get_ref())));
    let ca_file = table.text(findings, "ca_file").map(|path| {
        let resolved = surroundings.resolve(path.get_ref());
        if !resolved.exists() {
            let title = format!("{}: there is no file {}", table.what(), resolved.display());
            findings.push(findings.error(path.span(), title).warning().label("not found"));
        }
        resolved
    });
    let login = table.word(findings, "anmeldung", &ANMELDUNG, LoginMethod::default());
    if table.value("password").is_none() {
        table.missing(
            findings,
            "password",
            &format!("password = {{ credential = \"{example}\" }}, {{ file = \"...\" }} or {{ env = \"...\" }}"),
        );
    }
    let password = secret_source(&mut table, findings, "password", surroundings);
    let betriebsart = table.word(findings, "betriebsart", &BETRIEBSART, Betriebsart::Schatten);
    let profil = table.word(findings, "profil", &PROFIL, Profil::Streng);
    let start_datum = table.date(findings, "start_datum");
    let karenz = Duration::from_secs(table.number(findings, "karenz_seconds", 0..=WEEK, 0));
    let leser = readers(&mut table, findings);
    table.finish(findings);

    let complete = name.as_ref().zip(address.as_ref()).zip(host.as_ref()).zip(user.as_ref()).zip(password);
    let postfach = complete.map(|((((name, address), host), user), password)| Postfach {
        name: (*name.get_ref()).to_owned(),
        address: (*address.get_ref()).to_owned(),
        host: (*host.get_ref()).to_owned(),
        port,
        security,
        ca_file,
        login,
        user: (*user.get_ref()).to_owned(),
        password,
        betriebsart,
        profil,
        ordner: (*ordner.get_ref()).to_owned(),
        pruefordner: pruefordner.map(|folder| with_inbox(folder.get_ref())),
        start_datum,
        karenz,
        leser,
    });
    Entry { name: spanned(name), address: spanned(address), account, postfach }
}

/// Which marks are read besides those that are folders.
fn readers(table: &mut TableReader<'_>, findings: &mut Findings) -> Vec<Leser> {
    let mut readers = Vec::new();
    let tested = table.date(findings, "keywords_kopfzeile_geprueft");
    for text in table.texts(findings, "kennzeichen_leser").unwrap_or_default() {
        let word = *text.get_ref();
        match Leser::from_word(word) {
            Some(Leser::KeywordsKopfzeile) if tested.is_none() => {
                let title = format!("{}: the reader \"keywords_kopfzeile\" was not tested here", table.what());
                findings.push(findings.error(text.span(), title).help(
                    "not every server shows categories in the Keywords: field. Let an office do the self-test of its QuickStep guide and run postweiche doctor --selbsttest AGENTUR; if it sees the category, write the day under keywords_kopfzeile_geprueft",
                ));
            }
            Some(leser) => readers.push(leser),
            // Folders are always read; naming that reader says so.
            None if word == "ordner" => {}
            None => {
                let known =
                    ["ordner"].into_iter().chain(Leser::ALL.map(Leser::as_str)).collect::<Vec<_>>().join("\", \"");
                let title = format!("{}: unknown kennzeichen_leser {word:?}", table.what());
                findings.push(findings.error(text.span(), title).help(format!("known are \"{known}\"")));
            }
        }
    }
    readers
}

fn spanned(text: Option<Spanned<&str>>) -> Option<Spanned<String>> {
    text.map(|text| Spanned::new(text.span(), (*text.get_ref()).to_owned()))
}

/// Whether a text passes its check; reports it if not.
fn check(
    text: &Spanned<&str>,
    problem: fn(&str) -> Option<&'static str>,
    key: &str,
    table: &TableReader<'_>,
    findings: &mut Findings,
) -> bool {
    let Some(problem) = problem(text.get_ref()) else {
        return true;
    };
    let title = format!("{}: \"{key}\" {problem}", table.what());
    findings.push(findings.error(text.span(), title));
    false
}

fn address_problem(address: &str) -> Option<&'static str> {
    (!is_address(address)).then_some("is not an address of the form name@domain")
}

fn host_problem(host: &str) -> Option<&'static str> {
    if host.parse::<IpAddr>().is_ok() {
        return None;
    }
    if host.contains(['/', ':', '@']) {
        return Some("must be the bare name or number of the server; port, user and password have their own keys");
    }
    host.contains(char::is_whitespace).then_some("holds a blank")
}

/// Passwords and mail do not go over a network in the open.
fn refuse_unprotected(security: Security, host: &Spanned<&str>, table: &mut TableReader<'_>, findings: &mut Findings) {
    if security != Security::None || is_loopback(host.get_ref()) {
        return;
    }
    let span = table.value("security").map_or(host.span(), |value| value.span());
    let title = format!("{}: without protection only to this machine itself, not to {}", table.what(), host.get_ref());
    let problem = findings.error(span, title).label("password and mail would be readable on the network");
    findings.push(problem.help("use \"tls\" or \"starttls\"; \"none\" needs localhost, 127.0.0.1 or ::1 as host"));
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
