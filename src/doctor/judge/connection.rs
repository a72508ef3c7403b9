//! From the host name to the login.

use jiff::Timestamp;

use super::counted;
use crate::doctor::facts::{MailboxFacts, Way};
use crate::doctor::finding::{Finding, Kennung, Severity};
use crate::domain::postfach::Security;
use crate::imap::certificate::Certificate;
use crate::imap::connect_error::{ConnectError, Phase, TlsReason};
use crate::imap::refusal::Refusal;

/// Days before its end at which somebody should renew a certificate.
const RENEW_DAYS: i64 = 30;

const DAY_SECONDS: i64 = 86_400;

pub(super) fn connection(facts: &MailboxFacts) -> Vec<Finding> {
    let failure = match &facts.way {
        Way::Failed(error) => Some(error),
        _ => None,
    };
    match &facts.way {
        Way::NoPassword(words) => {
            let advice = "provide the password where the configuration says it stands; nothing was connected";
            return vec![Finding::new(Kennung::Kennwort, Severity::Fehler, "password", words, advice)];
        }
        Way::NoTlsSettings(error) => {
            let advice = "check ca_file, and that the system has its trusted certificates; nothing was connected";
            let found = error.to_string();
            return vec![Finding::new(Kennung::TlsZertifikat, Severity::Fehler, "trusted certificates", found, advice)];
        }
        Way::Spared => {
            let found = "not tried: the password of this account was refused for another mailbox just now";
            let advice = "mend the password first, then ask again; each try brings the account nearer to its lock";
            return vec![Finding::new(Kennung::Anmeldung, Severity::Fehler, "login", found, advice)];
        }
        Way::Failed(_) | Way::LoggedIn => {}
    }
    let place = format!("{}:{}", facts.host, facts.port);
    let Some(address) = facts.seen.address else {
        let (found, advice) = failure.map_or_else(Default::default, |error| (error.to_string(), error.hint()));
        return vec![Finding::new(Kennung::Verbindung, Severity::Fehler, place, found, advice)];
    };
    let mut findings =
        vec![Finding::ok(Kennung::Verbindung, place.clone(), format!("a TCP connection to {}", address.ip()))];
    findings.extend(encryption(facts, failure));
    findings.extend(certificate(facts, failure));
    match failure {
        None => {
            findings.push(Finding::ok(Kennung::ImapDienst, place, "an IMAP server answers"));
            findings.push(Finding::ok(Kennung::Anmeldung, "login", "user name and password are right"));
        }
        Some(ConnectError::Tls { .. } | ConnectError::Timeout { phase: Phase::TlsHandshake }) => {}
        Some(error) => findings.push(after_tcp(error, place)),
    }
    findings
}

/// What went wrong behind a TCP connection, other than TLS.
fn after_tcp(error: &ConnectError, place: String) -> Finding {
    match error {
        ConnectError::LoginRefused { class } => {
            let meaning = match class {
                Refusal::Credentials => {
                    "; doctor tried once. The service tries three times, then every 15 minutes, because each attempt \
                     brings the account nearer to its lock"
                }
                Refusal::Unavailable => {
                    "; this says nothing about the password. The service tries again by itself, with growing waits"
                }
                Refusal::Throttled { .. } => {
                    "; this says nothing about the password. The service waits as long as asked"
                }
                Refusal::Other => "; the service tries again every five minutes",
            };
            let advice = format!("{}{meaning}", error.hint());
            Finding::new(Kennung::Anmeldung, Severity::Fehler, "login", error.to_string(), advice)
        }
        ConnectError::NoLoginMethod
        | ConnectError::Closed { phase: Phase::Login | Phase::CapabilityAfterLogin }
        | ConnectError::Protocol { phase: Phase::Login | Phase::CapabilityAfterLogin }
        | ConnectError::Timeout { phase: Phase::Login | Phase::CapabilityAfterLogin } => {
            Finding::new(Kennung::Anmeldung, Severity::Fehler, "login", error.to_string(), error.hint())
        }
        ConnectError::StarttlsNotOffered | ConnectError::InjectedPlaintext => {
            Finding::new(Kennung::TlsVerfahren, Severity::Fehler, place, error.to_string(), error.hint())
        }
        _ => Finding::new(Kennung::ImapDienst, Severity::Fehler, place, error.to_string(), error.hint()),
    }
}

fn encryption(facts: &MailboxFacts, failure: Option<&ConnectError>) -> Option<Finding> {
    let looked_at = "encryption";
    if facts.security == Security::None {
        let advice = "nothing to do as long as the server runs on this machine";
        let found = "none: a plain connection to this machine itself";
        return Some(Finding::new(Kennung::TlsVerfahren, Severity::Hinweis, looked_at, found, advice));
    }
    if let Some(agreed) = facts.seen.tls {
        let found = format!("{} with {}", agreed.version, agreed.cipher.unwrap_or("an unknown cipher"));
        return Some(Finding::ok(Kennung::TlsVerfahren, looked_at, found));
    }
    match failure {
        // What is wrong with a certificate is said of the certificate.
        Some(ConnectError::Tls { .. }) if !facts.certificates.is_empty() => None,
        Some(error @ (ConnectError::Tls { .. } | ConnectError::Timeout { phase: Phase::TlsHandshake })) => {
            Some(Finding::new(Kennung::TlsVerfahren, Severity::Fehler, looked_at, error.to_string(), error.hint()))
        }
        _ => None,
    }
}

fn certificate(facts: &MailboxFacts, failure: Option<&ConnectError>) -> Vec<Finding> {
    let Some(own) = facts.certificates.first() else { return Vec::new() };
    let looked_at = format!("certificate of {}", facts.host);
    let chain = chain(&facts.certificates);
    let whom = match failure {
        Some(error @ ConnectError::Tls { reason }) => {
            let (found, advice) = fault(own, *reason, facts, error);
            let found = format!("{found}; {chain}");
            Finding::new(Kennung::TlsZertifikat, Severity::Fehler, looked_at.clone(), found, advice)
        }
        _ => {
            let authority = match facts.trusted_by_ca_file {
                Some(true) => "trusted by ca_file",
                _ => "trusted by the authorities of the system",
            };
            Finding::ok(Kennung::TlsZertifikat, looked_at.clone(), format!("{authority}; {chain}"))
        }
    };
    let (needed, needless) = needed(&facts.certificates, facts.seen.tls.is_some(), facts.now);
    let mut findings = vec![whom, expiry(&needed, facts.now, looked_at.clone())];
    findings.extend(needless.first().map(|one| {
        let found = format!("the server also sends {}, which expired on {}", one.subject, day(one.not_after));
        let advice = "have it taken from what the server sends; TLS was content without it";
        Finding::new(Kennung::TlsAblauf, Severity::Hinweis, looked_at, found, advice)
    }));
    findings
}

/// Why a certificate was not accepted, and what to do.
fn fault(own: &Certificate, reason: TlsReason, facts: &MailboxFacts, error: &ConnectError) -> (String, String) {
    let names = own.names.join(", ");
    match reason {
        TlsReason::WrongName if own.names.is_empty() => (
            "it names no host: a common name (CN) alone does not count".to_owned(),
            format!("have it issued again with {} as subject alternative name (DNS)", facts.host),
        ),
        TlsReason::WrongName => (
            format!("it is for {names} and not for {}", facts.host),
            "use one of these names as host, or have it issued again with this one".to_owned(),
        ),
        TlsReason::UntrustedIssuer => {
            let ca_file = if facts.trusted_by_ca_file.is_some() { "neither ca_file nor " } else { "" };
            let nor = if ca_file.is_empty() { "no authority of the system vouches" } else { "the system vouches" };
            (format!("{ca_file}{nor} for it"), error.hint().to_owned())
        }
        TlsReason::Expired if facts.now < own.not_before => (
            format!("it is not valid before {}, and it is {} here", day(own.not_before), day(facts.now)),
            "check the clock of this machine; if it is right, that of whoever issued the certificate".to_owned(),
        ),
        _ => (error.to_string(), error.hint().to_owned()),
    }
}

/// Who vouches for whom.
fn chain(certificates: &[Certificate]) -> String {
    let links = certificates.iter().map(|one| {
        if one.issuer == one.subject {
            format!("{} (by itself)", one.subject)
        } else {
            format!("{} (by {})", one.subject, one.issuer)
        }
    });
    format!("chain: {}", links.collect::<Vec<_>>().join(", "))
}

/// The certificates that count, and those that the server sends in vain: expired, not its own, and TLS was content.
fn needed(all: &[Certificate], verified: bool, now: Timestamp) -> (Vec<&Certificate>, Vec<&Certificate>) {
    let own = all.first();
    all.iter().partition(|&one| !verified || Some(one) == own || one.not_after >= now)
}

/// The certificate of the chain that ends first counts.
fn expiry(certificates: &[&Certificate], now: Timestamp, looked_at: String) -> Finding {
    let end = certificates.iter().map(|one| one.not_after).min().unwrap_or(now);
    let left = end.as_second() - now.as_second();
    let days = left.div_euclid(DAY_SECONDS);
    let advice = "renew the certificate of the server";
    if left < 0 {
        let found = format!("expired on {}, {} ago", day(end), counted(-days, "day", "days"));
        return Finding::new(Kennung::TlsAblauf, Severity::Fehler, looked_at, found, format!("{advice} now"));
    }
    let found = format!("valid until {}, {} more", day(end), counted(days, "day", "days"));
    if days < RENEW_DAYS {
        Finding::new(Kennung::TlsAblauf, Severity::Warnung, looked_at, found, advice)
    } else {
        Finding::ok(Kennung::TlsAblauf, looked_at, found)
    }
}

fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}
