use std::path::PathBuf;

use jiff::Timestamp;
use jiff::civil::date;

use super::*;
use crate::config::Kennzeichenwahl;
use crate::daemon::hash_key::KeyPlace;
use crate::doctor::facts::{
    Directory, Flags, Identity, Inside, ListedFolders, ListingFacts, ServiceFacts, Space, Target,
};
use crate::domain::id::{FolderName, Uid, UidValidity};
use crate::domain::kennzeichen::{Kennzeichen, Kennzeichennamen, Leser};
use crate::domain::postfach::{Betriebsart, Security};
use crate::imap::capability::Capabilities;
use crate::imap::certificate::Certificate;
use crate::imap::command::Verb;
use crate::imap::connect::{Negotiated, Seen};
use crate::imap::connect_error::{ConnectError, Phase, TlsReason};
use crate::imap::folder::Opened;
use crate::imap::refusal::Refusal;
use crate::imap::reply::{FolderFlags, ListedFolder, Resource, ResourceKind, Rights};
use crate::plan::target::target_folder;
use crate::store::Survey;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn certificate() -> Certificate {
    Certificate {
        subject: "CN=imap".to_owned(),
        issuer: "CN=Haus-CA".to_owned(),
        names: vec!["imap.haus.example".to_owned()],
        not_before: at("2024-01-01T00:00:00Z"),
        not_after: at("2025-01-01T00:00:00Z"),
    }
}

const EXCHANGE: FolderFlags =
    FolderFlags { seen: true, flagged: true, answered: true, new_keywords: false, keywords: Vec::new() };

fn wahl() -> Kennzeichenwahl {
    let names = [
        ("Bearbeitet", Kennzeichen::Bearbeitet),
        ("EZ Bearbeitet", Kennzeichen::Bearbeitet),
        ("Bearbeitet/AU", Kennzeichen::BearbeitetAu),
        ("Zu löschen", Kennzeichen::ZuLoeschen),
        ("Zurück an SC", Kennzeichen::ZurueckAnSc),
    ];
    Kennzeichenwahl {
        namen: Kennzeichennamen::new(names.map(|(name, mark)| (name.to_owned(), mark)).into()),
        sc_ordner: Vec::new(),
        loeschen_impliziert_bearbeitet: true,
    }
}

/// A sound mailbox behind TLS, on 2024-04-16.
pub(super) fn facts() -> MailboxFacts {
    let inside = Inside {
        capabilities: Some(Capabilities { move_: true, uidplus: true, idle: true, ..Capabilities::default() }),
        inbox: Some(Opened { uidvalidity: UidValidity(14), uidnext: Some(Uid(3)), exists: 2, read_only: true }),
        flags: Flags { there: Some(EXCHANGE), kept: Some(EXCHANGE) },
        listing: Some(ListingFacts { missing: 0, newest: Some(at("2024-04-16T09:00:00Z")) }),
        rights: Some(Rights { read: true, remove: true }),
        identity: Some(Identity { compared: 2, equal: 2 }),
        ..Inside::default()
    };
    MailboxFacts {
        host: "imap.haus.example".to_owned(),
        port: 993,
        security: Security::Tls,
        betriebsart: Betriebsart::Aus,
        leser: Vec::new(),
        wahl: wahl(),
        now: at("2024-04-16T10:00:00Z"),
        today: date(2024, 4, 16),
        way: Way::LoggedIn,
        seen: Seen {
            address: Some("192.0.2.7:993".parse().unwrap()),
            tls: Some(Negotiated { version: "TLS 1.3", cipher: Some("TLS13_AES_256_GCM_SHA384") }),
            before_login: Some(Capabilities::default()),
        },
        certificates: vec![certificate()],
        trusted_by_ca_file: Some(true),
        inside,
    }
}

/// The sound mailbox, with something done to what was heard in it.
fn with(change: impl FnOnce(&mut Inside)) -> Vec<Finding> {
    let mut facts = facts();
    change(&mut facts.inside);
    mailbox(&facts)
}

pub(super) fn find(findings: &[Finding], id: Kennung) -> Option<&Finding> {
    findings.iter().find(|finding| finding.id == id)
}

/// Among the findings is this one, with these words in what was found or advised.
pub(super) fn check(findings: &[Finding], id: Kennung, severity: Severity, words: &str) {
    let finding = find(findings, id).unwrap_or_else(|| panic!("nothing about {id:?} in {findings:#?}"));
    assert_eq!(finding.advice.is_none(), severity == Severity::Ok, "advice goes with what is not well: {finding:?}");
    let text = format!("{}: {} -> {:?}", finding.looked_at, finding.found, finding.advice);
    assert!(finding.severity == severity && text.contains(words), "not {severity:?} {words:?}: {finding:?}");
}

#[test]
fn dates_of_certificates_have_their_limits() {
    for (now, severity, words) in [
        ("2024-04-16T10:00:00Z", Severity::Ok, "valid until 2025-01-01"),
        ("2024-12-02T00:00:00Z", Severity::Ok, "30 days more"),
        ("2024-12-02T00:00:01Z", Severity::Warnung, "29 days more"),
        ("2024-12-31T12:00:00Z", Severity::Warnung, "0 days more"),
        ("2025-01-02T12:00:00Z", Severity::Fehler, "expired on 2025-01-01, 2 days ago"),
    ] {
        check(&mailbox(&MailboxFacts { now: at(now), ..facts() }), Kennung::TlsAblauf, severity, words);
    }
}

#[test]
fn an_old_certificate_that_nobody_needs_is_only_mentioned() {
    let old = Certificate { subject: "CN=Alt-CA".into(), not_after: at("2020-01-01T00:00:00Z"), ..certificate() };
    let mut facts = facts();
    facts.certificates.push(old);
    check(&mailbox(&facts), Kennung::TlsAblauf, Severity::Ok, "valid until 2025-01-01");
    let hints: Vec<Finding> = mailbox(&facts).into_iter().filter(|finding| finding.severity != Severity::Ok).collect();
    check(&hints, Kennung::TlsAblauf, Severity::Hinweis, "CN=Alt-CA, which expired on 2020-01-01");
    // Where TLS did not come about, it may be the reason.
    facts.way = Way::Failed(ConnectError::Tls { reason: TlsReason::Expired });
    facts.seen.tls = None;
    check(&mailbox(&facts), Kennung::TlsAblauf, Severity::Fehler, "expired on 2020-01-01");
}

#[test]
fn the_folder_for_what_cannot_be_read_is_looked_at_like_the_others() {
    let path = "INBOX/Prüfen";
    let of = |listed: &[(&str, bool)], answers| {
        let mut all = facts();
        let line = |&(name, selectable): &(&str, bool)| ListedFolder {
            name: Some(FolderName(name.to_owned())),
            separator: Some('/'),
            selectable,
        };
        all.inside.folders = Some(ListedFolders { separator: Some('/'), lines: listed.iter().map(line).collect() });
        all.inside.pruefordner = Some(Target {
            agentur: String::new(),
            slug: String::new(),
            folder: target_folder(path, Some('/')),
            path: path.to_owned(),
            ordner: path.to_owned(),
            later: false,
            answers,
        });
        let findings = mailbox(&all).into_iter();
        findings.filter(|finding| finding.looked_at.contains("(pruefordner)")).collect::<Vec<_>>()
    };
    check(&of(&[(path, true)], Some(true)), Kennung::OrdnerGefunden, Severity::Ok, "can be opened");
    check(&of(&[(path, true)], Some(false)), Kennung::OrdnerGesperrt, Severity::Warnung, "refuses");
    check(&of(&[("INBOX/Pruefen", true)], None), Kennung::OrdnerFehlt, Severity::Warnung, "stays in the INBOX");
}

#[test]
fn a_certificate_that_is_refused_says_why() {
    let named =
        |names: &[&str]| Certificate { names: names.iter().map(|&name| name.into()).collect(), ..certificate() };
    let young = Certificate { not_before: at("2024-06-01T00:00:00Z"), ..certificate() };
    for (reason, own, by_file, words) in [
        (TlsReason::UntrustedIssuer, certificate(), Some(false), "neither ca_file nor the system vouches for it"),
        (TlsReason::UntrustedIssuer, certificate(), None, "no authority of the system vouches for it"),
        (TlsReason::UntrustedIssuer, certificate(), None, "CN=imap (by CN=Haus-CA)"),
        (TlsReason::WrongName, named(&["mail.example"]), None, "it is for mail.example and not for imap.haus.example"),
        (TlsReason::WrongName, named(&[]), None, "a common name (CN) alone does not count"),
        (TlsReason::Expired, young, None, "it is not valid before 2024-06-01, and it is 2024-04-16 here"),
        (TlsReason::Expired, certificate(), None, "not valid at this time"),
    ] {
        let mut facts = facts();
        facts.way = Way::Failed(ConnectError::Tls { reason });
        facts.seen.tls = None;
        facts.certificates = vec![own];
        facts.trusted_by_ca_file = by_file;
        let findings = mailbox(&facts);
        check(&findings, Kennung::TlsZertifikat, Severity::Fehler, words);
        assert_eq!(find(&findings, Kennung::Anmeldung), None, "nothing was said to such a server");
    }
}

#[test]
fn the_way_to_a_login_ends_where_it_ended() {
    let refused = |class| Way::Failed(ConnectError::LoginRefused { class });
    for (way, id, words) in [
        (Way::NoPassword("the secret in file x is empty".into()), Kennung::Kennwort, "the secret in file x is empty"),
        (Way::Failed(ConnectError::StarttlsNotOffered), Kennung::TlsVerfahren, "STARTTLS"),
        (refused(Refusal::Credentials), Kennung::Anmeldung, "doctor tried once"),
        (refused(Refusal::Unavailable), Kennung::Anmeldung, "nothing about the password"),
        (Way::Failed(ConnectError::NoLoginMethod), Kennung::Anmeldung, "AUTH=PLAIN"),
        (Way::Failed(ConnectError::Closed { phase: Phase::Capability }), Kennung::ImapDienst, "closed the connection"),
    ] {
        let mut facts = MailboxFacts { way, ..facts() };
        if id == Kennung::TlsVerfahren {
            facts.seen.tls = None;
            facts.certificates.clear();
        }
        let findings = mailbox(&facts);
        check(&findings, id, Severity::Fehler, words);
        assert_eq!(find(&findings, Kennung::Verschieben), None, "{findings:?}");
    }
    let nowhere = MailboxFacts { way: Way::Failed(ConnectError::Resolve), seen: Seen::default(), ..facts() };
    let words = "imap.haus.example:993: the host name has no address";
    check(&mailbox(&nowhere), Kennung::Verbindung, Severity::Fehler, words);
    let plain = MailboxFacts { security: Security::None, certificates: Vec::new(), ..facts() };
    check(&mailbox(&plain), Kennung::TlsVerfahren, Severity::Hinweis, "this machine itself");
}

#[test]
fn capabilities_have_consequences() {
    for (move_, uidplus, severity, words) in [
        (true, true, Severity::Ok, "MOVE mode"),
        (true, false, Severity::Ok, "MOVE mode"),
        (false, true, Severity::Hinweis, "COPY mode"),
        (false, false, Severity::Fehler, "neither MOVE nor UIDPLUS"),
    ] {
        let list = Capabilities { move_, uidplus, ..Capabilities::default() };
        let findings = with(|inside| inside.capabilities = Some(list));
        check(&findings, Kennung::Verschieben, severity, words);
        let differ = if move_ { "only after login: MOVE" } else { "" };
        check(&findings, Kennung::FaehigkeitenAnmeldung, Severity::Ok, differ);
    }
    for (condstore, severity) in [(true, Severity::Ok), (false, Severity::Hinweis)] {
        let list = Capabilities { condstore, ..Capabilities::default() };
        check(&with(|inside| inside.capabilities = Some(list)), Kennung::FaehigkeitCondstore, severity, "CONDSTORE");
    }
}

/// What is said of the folder of one Agentur, on a server with these folders, each selectable or not.
fn folder(ordner: &str, separator: char, listed: &[(&str, bool)], answers: Option<bool>) -> Vec<Finding> {
    let line = |&(name, selectable): &(&str, bool)| ListedFolder {
        name: Some(FolderName(name.to_owned())),
        separator: Some(separator),
        selectable,
    };
    with(|inside| {
        inside.folders = Some(ListedFolders { separator: Some(separator), lines: listed.iter().map(line).collect() });
        inside.targets = vec![Target { answers, ..target(ordner, separator) }];
    })
}

#[test]
fn a_folder_is_there_or_it_is_said_what_is_wrong() {
    const KOELN: &str = "Agentur Köln";
    let listed = [("INBOX/Agentur Köln", true), ("INBOX/Agentur Köln/Bearbeitet", true)];
    let there = folder(KOELN, '/', &listed, Some(true));
    check(&there, Kennung::OrdnerGefunden, Severity::Ok, "1 of 1");
    check(&there, Kennung::KennzeichenOrdner, Severity::Hinweis, "Bearbeitet 1 of 1");
    let only_inbox = ("INBOX", true);
    for (ordner, separator, listed, answers, id, words) in [
        (
            KOELN,
            '/',
            ("INBOX/agentur koeln", true),
            Some(false),
            Kennung::OrdnerFehlt,
            "there: \"INBOX/agentur koeln\"",
        ),
        (KOELN, '/', ("Agentur Köln", true), Some(false), Kennung::OrdnerFehlt, "lies elsewhere: \"Agentur Köln\""),
        (KOELN, '/', only_inbox, None, Kennung::OrdnerFehlt, "no listed name is near"),
        ("Agentur St. Wendel", '.', only_inbox, None, Kennung::OrdnerUnmoeglich, "holds the separator '.'"),
        ("Agentur Altenburg/Gera", '/', only_inbox, Some(false), Kennung::OrdnerVerborgen, "Exchange hides"),
        (KOELN, '/', only_inbox, Some(true), Kennung::OrdnerNichtGelistet, "FolderVisible"),
        (KOELN, '/', ("INBOX/Agentur Köln", true), Some(false), Kennung::OrdnerGesperrt, "refuses"),
        (KOELN, '/', ("INBOX/Agentur Köln", false), Some(false), Kennung::OrdnerGesperrt, "Noselect"),
    ] {
        check(&folder(ordner, separator, &[listed], answers), id, Severity::Fehler, words);
    }
}

/// A mailbox with the default names of marks, in which these folders are listed.
fn office(leser: &[Leser], listed: &[&str]) -> MailboxFacts {
    let mut facts = MailboxFacts { leser: leser.to_vec(), betriebsart: Betriebsart::Betrieb, ..facts() };
    let line = |name: &&str| ListedFolder {
        name: Some(FolderName((*name).to_owned())),
        separator: Some('/'),
        selectable: true,
    };
    facts.inside.folders = Some(ListedFolders { separator: Some('/'), lines: listed.iter().map(line).collect() });
    facts.inside.targets = ["heide", "kiel"].into_iter().map(|slug| target(slug, '/')).collect();
    facts
}

fn target(ordner: &str, separator: char) -> Target {
    let path = format!("INBOX/{ordner}");
    Target {
        agentur: "Agentur für Arbeit X".to_owned(),
        slug: ordner.to_owned(),
        folder: target_folder(&path, Some(separator)),
        path,
        ordner: ordner.to_owned(),
        later: false,
        answers: None,
    }
}

#[test]
fn which_readers_can_work_is_told_from_what_the_server_keeps() {
    let none = FolderFlags::default;
    let keywords =
        |names: &[&str]| FolderFlags { keywords: names.iter().map(|&name| name.into()).collect(), ..EXCHANGE };
    let all = FolderFlags { new_keywords: true, ..EXCHANGE };
    for (there, kept, unless_configured, configured, words) in [
        (EXCHANGE, Some(EXCHANGE), Severity::Hinweis, Severity::Fehler, "as with Exchange"),
        (EXCHANGE, Some(none()), Severity::Hinweis, Severity::Hinweis, "cannot be told by looking only"),
        (EXCHANGE, None, Severity::Hinweis, Severity::Hinweis, "--selbsttest"),
        (keywords(&["a", "b"]), Some(none()), Severity::Hinweis, Severity::Hinweis, "2 keywords are in use, none"),
        (keywords(&["a", "ez-bearbeitet"]), Some(none()), Severity::Ok, Severity::Ok, "names of marks among them"),
        (EXCHANGE, Some(keywords(&["a"])), Severity::Hinweis, Severity::Fehler, "1 keyword is kept here, none"),
        (EXCHANGE, Some(keywords(&["Bearbeitet"])), Severity::Ok, Severity::Ok, "1 keyword is in use"),
        (EXCHANGE, Some(all), Severity::Ok, Severity::Ok, "\\*"),
    ] {
        for (leser, severity) in [(&[][..], unless_configured), (&[Leser::Schluesselwort], configured)] {
            let mut facts = office(leser, &[]);
            facts.inside.flags = Flags { there: Some(there.clone()), kept: kept.clone() };
            let findings = mailbox(&facts);
            check(&findings, Kennung::KennzeichenSchluesselwort, severity, words);
            check(&findings, Kennung::KennzeichenMarkierung, Severity::Ok, "\\Flagged and \\Answered");
        }
    }
    for (leser, severity) in [(&[][..], Severity::Hinweis), (&[Leser::Markierung], Severity::Fehler)] {
        let mut facts = office(leser, &[]);
        facts.inside.flags.kept = Some(FolderFlags { flagged: false, ..EXCHANGE });
        check(&mailbox(&facts), Kennung::KennzeichenMarkierung, severity, "no \\Flagged");
    }
    for (leser, words) in
        [(&[][..], "keywords_kopfzeile_geprueft"), (&[Leser::KeywordsKopfzeile], "repeat the self-test")]
    {
        let mut facts = office(leser, &[]);
        facts.inside.keywords = Some((20, 1));
        let findings = mailbox(&facts);
        check(&findings, Kennung::KennzeichenKopfzeile, Severity::Hinweis, "1 of 20 messages have a Keywords field");
        check(&findings, Kennung::KennzeichenKopfzeile, Severity::Hinweis, words);
    }
}

#[test]
fn mark_folders_of_all_agenturen_are_one_finding() {
    const ALL: [&str; 8] = [
        "INBOX/heide",
        "INBOX/heide/Bearbeitet",
        "INBOX/heide/Zu löschen",
        "INBOX/heide/Zurück an SC",
        "INBOX/kiel",
        "INBOX/kiel/BEARBEITET",
        "INBOX/kiel/Zu loeschen",
        "INBOX/kiel/Zurueck an SC",
    ];
    let all = mailbox(&office(&[], &ALL));
    check(&all, Kennung::KennzeichenOrdner, Severity::Ok, "Bearbeitet 2 of 2");
    check(&all, Kennung::KennzeichenOrdner, Severity::Ok, "Bearbeitet/AU (optional) 0 of 2");
    assert_eq!(find(&all, Kennung::KennzeichenUnbekannt), None);
    let some = office(&[], &ALL[..7]);
    check(&mailbox(&some), Kennung::KennzeichenOrdner, Severity::Warnung, "Zurück an SC 1 of 2 (missing: kiel)");
    let shadow = MailboxFacts { betriebsart: Betriebsart::Schatten, ..some };
    check(&mailbox(&shadow), Kennung::KennzeichenOrdner, Severity::Hinweis, "create Zurück an SC below");
    let bare = mailbox(&office(&[], &["INBOX/heide", "INBOX/kiel"]));
    let words = "Bearbeitet 0 of 2; Zu löschen 0 of 2; Zurück an SC 0 of 2";
    check(&bare, Kennung::KennzeichenOrdner, Severity::Warnung, words);
    assert_eq!(bare.iter().filter(|finding| finding.id == Kennung::KennzeichenOrdner).count(), 1);
}

#[test]
fn folders_called_like_no_mark_are_counted_and_never_named() {
    let listed =
        ["INBOX/kiel", "INBOX/kiel/Frau Muster 123A", "INBOX/kiel/Ablage", "INBOX/heide", "INBOX/heide/Ablage"];
    let findings = mailbox(&office(&[], &listed));
    check(&findings, Kennung::KennzeichenUnbekannt, Severity::Warnung, "3 are called like no mark: heide 1, kiel 2");
    assert!(!format!("{findings:?}").contains("Muster"), "{findings:?}");
}

#[test]
fn without_a_hierarchy_there_are_no_mark_folders() {
    let mut facts = office(&[], &["kiel"]);
    facts.inside.folders.as_mut().unwrap().separator = None;
    check(&mailbox(&facts), Kennung::KennzeichenOrdner, Severity::Fehler, "no folders below");
}

#[test]
fn levels_identity_and_clock_have_their_limits() {
    for (usage, limit, severity) in [
        (79, 100, Severity::Ok),
        (80, 100, Severity::Warnung),
        (94, 100, Severity::Warnung),
        (95, 100, Severity::Fehler),
        (300, 100, Severity::Fehler),
        (1, 0, Severity::Ok),
        (u64::MAX, u64::MAX, Severity::Fehler),
    ] {
        let resource = Resource { kind: ResourceKind::Storage, usage, limit };
        let words = if limit == 0 { "no limit" } else { "%" };
        check(&with(|inside| inside.quota = Some(vec![resource])), Kennung::Fuellstand, severity, words);
    }
    check(&mailbox(&facts()), Kennung::Fuellstand, Severity::Hinweis, "no QUOTA");
    for (compared, equal, severity) in [(0, 0, Severity::Hinweis), (20, 20, Severity::Ok), (20, 19, Severity::Fehler)] {
        let identity = Identity { compared, equal };
        check(&with(|inside| inside.identity = Some(identity)), Kennung::Identitaet, severity, "");
    }
    for (newest, severity, words) in [
        ("2024-04-16T10:01:00Z", Severity::Ok, "cannot be told"),
        ("2024-04-16T10:02:00Z", Severity::Hinweis, "120 s"),
        ("2024-04-16T10:05:00Z", Severity::Warnung, "at least that much"),
    ] {
        let listing = ListingFacts { missing: 0, newest: Some(at(newest)) };
        check(&with(|inside| inside.listing = Some(listing)), Kennung::Uhr, severity, words);
    }
}

#[test]
fn what_is_missing_in_the_inbox_is_told() {
    let gaps = ListingFacts { missing: 1, newest: None };
    let findings = with(|inside| inside.listing = Some(gaps));
    check(&findings, Kennung::PosteingangLuecken, Severity::Warnung, "1 message is counted");
    let readable = Rights { read: true, remove: false };
    check(&with(|inside| inside.rights = Some(readable)), Kennung::PosteingangRechte, Severity::Fehler, "full access");
    check(&with(|inside| inside.rights = None), Kennung::PosteingangRechte, Severity::Hinweis, "cannot be told");
}

#[test]
fn an_account_without_a_mailbox_is_no_wrong_password() {
    let refusal = crate::imap::error::Refusal { class: RefusalClass::NotConnected, wait: None };
    let error = ImapError::Refused { verb: Verb::Examine, refusal };
    let findings = with(|inside| *inside = Inside { trouble: vec![(Question::Inbox, error)], ..Inside::default() });
    check(&findings, Kennung::Posteingang, Severity::Fehler, "authenticated but not connected");
    check(&findings, Kennung::Anmeldung, Severity::Ok, "are right");
}

fn machine() -> ServiceFacts {
    ServiceFacts {
        state_dir: PathBuf::from("/var/lib/postweiche"),
        dir: Some(Directory { mode: 0o700, ours: true, writable: true }),
        ledger: Ok(Survey { schema: 5, known: 5, sound: true, open_operations: Some(0), set_aside: Some(0) }),
        ledger_writable: true,
        space: Some(Space { bytes: 2 << 30, inodes: Some(1_000_000) }),
        key: Ok(KeyPlace::Configured),
        holder: None,
    }
}

#[test]
fn a_sound_machine_has_nothing_to_complain_of() {
    for finding in service(&machine()) {
        assert_eq!(finding.severity, Severity::Ok, "{finding:?}");
    }
}

#[test]
fn the_rights_of_the_state_directory_are_told() {
    let dir = |mode, ours, writable| Some(Directory { mode, ours, writable });
    for (dir, ledger_writable, severity, words) in [
        (None, true, Severity::Hinweis, "the first start makes it"),
        (None, false, Severity::Fehler, "StateDirectory="),
        (dir(0o755, true, true), true, Severity::Warnung, "0755"),
        (dir(0o700, false, true), true, Severity::Hinweis, "as the user of the service"),
        (dir(0o700, true, false), false, Severity::Fehler, "chown"),
    ] {
        let facts = ServiceFacts { dir, ledger_writable, ..machine() };
        check(&service(&facts), Kennung::Zustandsordner, severity, words);
    }
    let facts = ServiceFacts { ledger_writable: false, ..machine() };
    check(&service(&facts), Kennung::Verzeichnis, Severity::Fehler, "nothing is moved");
}

#[test]
fn the_state_of_the_ledger_is_told() {
    for (schema, sound, open, aside, id, severity, words) in [
        (4, true, 0, 0, Kennung::VerzeichnisSchema, Severity::Hinweis, "4; this program has 5"),
        (6, true, 0, 0, Kennung::VerzeichnisSchema, Severity::Fehler, "newer version"),
        (5, false, 0, 0, Kennung::VerzeichnisPruefung, Severity::Fehler, "backup"),
        (5, true, 3, 0, Kennung::VorgaengeOffen, Severity::Hinweis, "3 moves"),
        (5, true, 0, 1, Kennung::Beiseitegelegt, Severity::Warnung, "1 message"),
    ] {
        let survey = Survey { schema, known: 5, sound, open_operations: Some(open), set_aside: Some(aside) };
        check(&service(&ServiceFacts { ledger: Ok(survey), ..machine() }), id, severity, words);
    }
}

#[test]
fn room_on_the_disk_has_its_limits() {
    for (mib, inodes, id, severity) in [
        (1024, 10_000, Kennung::Speicherplatz, Severity::Ok),
        (1023, 10_000, Kennung::Speicherplatz, Severity::Warnung),
        (199, 10_000, Kennung::Speicherplatz, Severity::Fehler),
        (1024, 10_000, Kennung::Dateieintraege, Severity::Ok),
        (1024, 9_999, Kennung::Dateieintraege, Severity::Warnung),
        (1024, 99, Kennung::Dateieintraege, Severity::Fehler),
    ] {
        let space = Some(Space { bytes: mib << 20, inodes: Some(inodes) });
        check(&service(&ServiceFacts { space, ..machine() }), id, severity, "free");
    }
}

#[test]
fn key_and_running_service_are_told() {
    let made = ServiceFacts { key: Ok(KeyPlace::Generated), ..machine() };
    check(&service(&made), Kennung::Schluessel, Severity::Hinweis, "beside the ledger");
    let busy = ServiceFacts { holder: Some("process 7".into()), ..machine() };
    check(&service(&busy), Kennung::Dienst, Severity::Ok, "process 7");
}
