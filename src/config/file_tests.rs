use std::time::Duration;

use jiff::civil::date;

use super::*;
use crate::config::{LoginMethod, SecretSource};
use crate::diagnostic::{Severity, render};
use crate::domain::postfach::{Betriebsart, Profil, Security};

/// The smallest mailbox.
const POSTFACH: &str = r#"
[[postfach]]
name = "sc-nord"
address = "sc-nord@office.example"
host = "mail.example"
user = 'DOMAIN\svc\sc-nord'
password = { env = "PW_NORD" }
"#;

fn load_text(text: &str) -> Loaded {
    load_bytes(text.as_bytes(), None)
}

/// Loads a file of this content; paths in messages are cut down to the file name.
fn load_bytes(content: &[u8], state_directory: Option<&str>) -> Loaded {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("postweiche.toml");
    std::fs::write(&path, content).unwrap();
    let mut loaded = load_in(&path, state_directory.map(Into::into));
    for problem in &mut loaded.problems {
        for path in problem.path.iter_mut().chain(problem.place.iter_mut().map(|(source, _)| &mut source.path)) {
            *path = "postweiche.toml".into();
        }
    }
    loaded
}

/// All problems, one a line.
fn problems(text: &str) -> Vec<String> {
    load_text(text).problems.iter().map(ToString::to_string).collect()
}

#[test]
fn the_smallest_file_gets_all_defaults() {
    let loaded = load_bytes(format!("\u{feff}{POSTFACH}").as_bytes(), None);
    assert_eq!(loaded.problems, []);
    let config = loaded.config.unwrap();
    let dienst = &config.dienst;
    assert_eq!(dienst.state_dir, Path::new("/var/lib/postweiche"));
    assert_eq!(dienst.hash_key, None);
    let seconds = [
        dienst.poll_interval,
        dienst.connect_timeout,
        dienst.greeting_timeout,
        dienst.read_timeout,
        dienst.command_timeout,
        dienst.retry_initial,
        dienst.retry_max,
    ];
    assert_eq!(seconds.map(|duration| duration.as_secs()), [30, 20, 30, 60, 120, 5, 900]);
    assert_eq!((dienst.move_batch, dienst.pipeline_depth), (50, 8));
    let [postfach] = &config.postfaecher[..] else { panic!("one mailbox") };
    assert_eq!((postfach.port, postfach.security, postfach.login), (993, Security::Tls, LoginMethod::Auto));
    assert_eq!((postfach.betriebsart, postfach.profil), (Betriebsart::Schatten, Profil::Streng));
    assert_eq!(
        (postfach.ordner.as_str(), postfach.start_datum, postfach.karenz),
        ("INBOX/{ordner}", None, Duration::ZERO)
    );
    assert_eq!(postfach.password, SecretSource::Env("PW_NORD".to_owned()));
}

#[test]
fn what_is_written_is_what_holds() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("postweiche.toml");
    let text = r#"
        [dienst]
        state_dir = "state"
        poll_interval_seconds = 1
        hash_key = { file = "key" }
        move_batch = 1_000
        [stammdaten]
        dir = "daten"
        [regelwerk]
        dir = "/etc/regeln"
        [[postfach]]
        name = "sc-nord"
        address = "sc-nord@office.example"
        host = "127.0.0.2"
        security = "none"
        anmeldung = "plain"
        user = "u"
        betriebsart = "betrieb"
        profil = "weit"
        ordner = "Postfach/{ordner}/Eingang"
        pruefordner = "inbox/Prüfen"
        start_datum = 2024-04-03
        karenz_seconds = 60
        [postfach.password]
        credential = "sc-nord""#;
    std::fs::write(&path, text).unwrap();
    let loaded = load_in(&path, Some("/run/a:/run/b".into()));
    assert_eq!(loaded.problems, []);
    let config = loaded.config.unwrap();
    assert_eq!(config.dienst.state_dir, dir.path().join("state"));
    assert_eq!(config.dienst.hash_key, Some(SecretSource::File(dir.path().join("key"))));
    assert_eq!((config.dienst.poll_interval, config.dienst.move_batch), (Duration::from_secs(1), 1000));
    assert_eq!(config.stammdaten_dir, dir.path().join("daten"));
    assert_eq!(config.regelwerk_dir, Path::new("/etc/regeln"));
    let postfach = &config.postfaecher[0];
    assert_eq!((postfach.port, postfach.security, postfach.login), (143, Security::None, LoginMethod::Plain));
    assert_eq!((postfach.betriebsart, postfach.profil), (Betriebsart::Betrieb, Profil::Weit));
    assert_eq!((postfach.start_datum, postfach.karenz), (Some(date(2024, 4, 3)), Duration::from_secs(60)));
    assert_eq!(postfach.password, SecretSource::Credential("sc-nord".to_owned()));
}

#[test]
fn systemd_says_where_the_state_lies() {
    let loaded = load_bytes(POSTFACH.as_bytes(), Some("/run/a:/run/b"));
    assert_eq!(loaded.config.unwrap().dienst.state_dir, Path::new("/run/a"));
}

#[test]
fn each_fault_has_its_message() {
    for (line, expected) in [
        ("port = 0", "\"port\" is out of range"),
        ("port = 65536", "\"port\" is out of range"),
        ("port = -1", "\"port\" is out of range"),
        ("port = \"993\"", "\"port\" must be a whole number"),
        ("security = \"ssl\"", "unknown security \"ssl\""),
        ("security = \"none\"", "without protection only to this machine itself, not to mail.example"),
        ("anmeldung = \"oauth\"", "unknown anmeldung \"oauth\""),
        ("betriebsart = \"Betrieb\"", "unknown betriebsart \"Betrieb\""),
        ("profil = true", "\"profil\" must be a text in quotes"),
        ("ordner = \"INBOX/Agenturen\"", "does not contain {ordner}"),
        ("ordner = \"INBOX\"", "does not contain {ordner}"),
        ("ordner = \"INBOX/{ordner}/{name}\"", "another placeholder"),
        ("ordner = \"INBOX//{ordner}\"", "has an empty part"),
        ("ordner = \"/{ordner}\"", "has an empty part"),
        ("pruefordner = \"INBOX/{ordner}\"", "contains a placeholder"),
        ("pruefordner = \"Inbox\"", "is the INBOX itself"),
        ("pruefordner = \"INBOX/\"", "has an empty part"),
        ("pruefordner = \"INBOX/*\"", "wildcards"),
        ("start_datum = \"2024-04-03\"", "must be a date without quotes"),
        ("start_datum = 2024-04-03T10:00:00", "is not a plain date"),
        ("start_datum = 2024-02-30", "not valid TOML"),
        ("karenz_seconds = 99999999", "\"karenz_seconds\" is out of range"),
        ("karenz = 5", "unknown key \"karenz\""),
        ("ca_file = \"\"", "\"ca_file\" is empty"),
        ("ca_file = \"/nicht/da.pem\"", "there is no file /nicht/da.pem"),
    ] {
        let found = problems(&format!("{POSTFACH}{line}\n"));
        assert_eq!(found.len(), 1, "{line}: {found:?}");
        assert!(found[0].contains(expected), "{line}: {found:?}");
        assert!(found[0].starts_with("postweiche.toml:8:"), "{line}: {found:?}");
    }
    for (line, expected) in [
        ("poll_interval_seconds = 0", "out of range"),
        ("move_batch = 1001", "out of range"),
        ("pipeline_depth = 65", "out of range"),
        ("retry_initial_seconds = 901", "\"retry_initial_seconds\" is larger than \"retry_max_seconds\""),
        ("command_timeout_seconds = 59", "\"read_timeout_seconds\" is larger than \"command_timeout_seconds\""),
        ("state_dir = 1", "\"state_dir\" must be a text in quotes"),
        ("hash_key = { file = \"a\", env = \"B\" }", "names 2 places"),
        ("hash_key = {}", "names 0 places"),
        ("hash_key = 5", "must say where the secret stands, but is a whole number"),
    ] {
        let found = problems(&format!("[dienst]\n{line}\n{POSTFACH}"));
        assert_eq!(found.len(), 1, "{line}: {found:?}");
        assert!(found[0].contains(expected), "{line}: {found:?}");
    }
    for (written, replaced, expected) in [
        ("host = \"mail.example\"", "host = \"imaps://mail.example\"", "must be the bare name"),
        ("host = \"mail.example\"", "host = \"mail.example:993\"", "must be the bare name"),
        ("host = \"mail.example\"", "host = \"svc@mail.example\"", "must be the bare name"),
        ("sc-nord@office.example", "sc-nord", "is not an address"),
        ("user = ", "usr = ", "\"user\" is missing"),
        ("password = { env = \"PW_NORD\" }", "", "\"password\" is missing"),
        ("[[postfach]]", "[postfach]", "mailboxes are a list of tables"),
        ("[[postfach]]", "[[postfächer]]", "not valid TOML"),
        ("[[postfach]]", "[[postfaecher]]", "no mailbox is configured"),
    ] {
        let text = POSTFACH.replace(written, replaced);
        let found = problems(&text);
        assert!(found.iter().any(|problem| problem.contains(expected)), "{replaced}: {found:?}");
        assert!(load_text(&text).config.is_none());
    }
}

#[test]
fn loopback_needs_no_protection() {
    for (host, allowed) in
        [("localhost", true), ("127.8.9.1", true), ("::1", true), ("10.0.0.1", false), ("localhost.example", false)]
    {
        let text = POSTFACH.replace("mail.example", host) + "security = \"none\"\n";
        assert_eq!(load_text(&text).config.is_some(), allowed, "{host}");
    }
}

#[test]
fn mailboxes_differ_in_name_address_and_account() {
    let other = POSTFACH.replace("sc-nord\"", "sc-ost\"").replace("sc-nord@", "sc-ost@").replace("sc-nord'", "sc-ost'");
    assert_eq!(problems(&format!("{POSTFACH}{other}")), [""; 0]);
    for (written, replaced, expected) in [
        ("name = \"sc-ost\"", "name = \"SC-Nord\"", "two mailboxes have this name"),
        ("sc-ost@office.example", "SC-NORD@office.example", "two mailboxes have this address"),
        (r"svc\sc-ost", r"svc\sc-nord", "two mailboxes log in to the same account"),
    ] {
        let found = problems(&format!("{POSTFACH}{}", other.replace(written, replaced)));
        assert!(found.len() == 1 && found[0].contains(expected), "{replaced}: {found:?}");
    }
}

#[test]
fn everything_is_reported_at_once_in_the_order_of_the_file() {
    let text = "[dienst]\npoll_intervall_seconds = 30\nmove_batch = \"viel\"\n[regelwerk]\nordner = \"x\"\n[[postfach]]\n\
                name = \"sc-nord\"\nport = 70000\nbetriebsart = \"an\"\n";
    let lines: Vec<usize> = load_text(text).problems.iter().map(|problem| problem.line_column().unwrap().0).collect();
    assert_eq!(lines, [2, 3, 5, 6, 6, 6, 6, 8, 9]);
    let loaded = load_text(text);
    assert!(loaded.config.is_none() && loaded.stammdaten_dir.is_some() && loaded.regelwerk_dir.is_some());
}

#[test]
fn syntax_errors_hide_nothing_and_invent_nothing() {
    let text =
        POSTFACH.replace("host = \"mail.example\"", "host = mail.example") + "port = 99999\nprofil = = \"weit\"\n";
    let found = load_text(&text).problems;
    let lines: Vec<usize> = found.iter().map(|problem| problem.line_column().unwrap().0).collect();
    assert!(found.iter().filter(|problem| problem.title.starts_with("not valid TOML")).count() >= 2, "{found:?}");
    assert!(lines.contains(&5) && lines.contains(&8) && lines.contains(&9), "{found:?}");
    assert!(lines.iter().all(|line| [5, 8, 9].contains(line)), "{found:?}");
}

#[test]
fn an_unclosed_brace_is_one_fault() {
    let nord = POSTFACH.replace(" }", "") + "betriebsart = \"betrib\"\n";
    let ost = POSTFACH.replace("sc-nord", "sc-ost") + "port = 0\n";
    let found = problems(&format!("{nord}{ost}"));
    assert_eq!(
        found,
        [
            "postweiche.toml:7:12: not valid TOML: the { is never closed",
            "postweiche.toml:8:15: mailbox \"sc-nord\": unknown betriebsart \"betrib\"",
            "postweiche.toml:16:8: mailbox \"sc-ost\": \"port\" is out of range",
        ]
    );
}

#[test]
fn help_fits_its_place() {
    let help = |text: &[u8]| -> Vec<String> {
        load_bytes(text, None).problems.into_iter().map(|problem| problem.help.unwrap()).collect()
    };
    let ost = POSTFACH.replace("sc-nord", "sc-ost");
    let missing = help(ost.replace("password = ", "# ").as_bytes());
    assert_eq!(missing, ["add password = { credential = \"sc-ost\" }, { file = \"...\" } or { env = \"...\" }"]);
    let unknown = help(format!("{ost}zugang = 1\n").as_bytes());
    let known: Vec<&str> = unknown[0].trim_start_matches("known are ").split(", ").collect();
    let distinct: BTreeSet<&str> = known.iter().copied().collect();
    assert_eq!(known.len(), distinct.len(), "{known:?}");
    assert!(!help(b"# gr\xfc\xdfe\n")[0].contains("Excel"));
}

#[test]
fn an_unreadable_file_is_an_error() {
    let missing = load(Path::new("/nicht/da/postweiche.toml"));
    assert!(missing.config.is_none() && has_errors(&missing.problems));
    assert!(missing.problems[0].to_string().contains("cannot read the file"));
    let latin = load_bytes(b"# gut\n# gr\xfc\xdfe\n", None);
    assert_eq!(latin.problems[0].to_string(), "postweiche.toml: line 2: not UTF-8 text");
}

#[test]
fn a_password_in_the_file_is_never_shown() {
    for password in [
        "\"Sommer-47\"",
        "\"\"\"\nSommer-47\"\"\"",
        "{ text = \"Sommer-47\" }",
        "{ env = \"Sommer-47\" }",
        "{ credential = \"../Sommer-47\" }",
        "{ file = \"a\", wert = \"Sommer-47\" }",
        "[\"Sommer-47\"]",
        "\"Sommer-47",
        "Sommer-47",
        "\"Sommer-47\" x",
        "{ env = \"Sommer-47\"",
    ] {
        let loaded = load_text(&POSTFACH.replace("{ env = \"PW_NORD\" }", password));
        assert!(has_errors(&loaded.problems), "{password}");
        let shown = format!("{}{loaded:?}", render(&loaded.problems, false));
        assert!(!shown.contains("Sommer-47"), "{password}:\n{shown}");
    }
}

#[test]
fn problems_look_like_this() {
    let check = |text: &str, expected: &str| {
        let shown = render(&load_text(text).problems, false);
        assert_eq!(shown.trim(), expected.trim(), "\n{shown}");
    };
    check(
        &format!("{POSTFACH}betriebsart = \"schaten\"\n"),
        r#"
error: mailbox "sc-nord": unknown betriebsart "schaten"
 --> postweiche.toml:8:15
  |
8 | betriebsart = "schaten"
  |               ^^^^^^^^^ not a known betriebsart
  |
  = help: did you mean "schatten"? known are "aus", "beobachten", "schatten", "betrieb", "auslauf"
"#,
    );
    check(
        &POSTFACH.replace("user = ", "uesr = "),
        r#"
error: mailbox "sc-nord": "user" is missing
 --> postweiche.toml:2:1
  |
2 | [[postfach]]
  | ^^^^^^^^^^^^ in this table
  |
  = help: add user = 'DOMAIN\svc-postweiche\sc-nord'

error: mailbox "sc-nord": unknown key "uesr"
 --> postweiche.toml:6:1
  |
6 | uesr = ********************
  | ^^^^ not known here
  |
  = help: did you mean "user"?
"#,
    );
    check(
        &POSTFACH.replace("{ env = \"PW_NORD\" }", "\"geheim\""),
        r#"
error: postweiche.toml: line 7: mailbox "sc-nord": "password" holds the secret itself
 |
 = help: write { file = "..." }, { env = "..." } or { credential = "..." }; change the secret, since it has been in a file that many can read
"#,
    );
}

#[test]
fn warnings_do_not_stop() {
    let loaded = load_text(&format!("{POSTFACH}ca_file = \"fehlt.pem\"\n"));
    assert_eq!(loaded.problems.iter().map(|problem| problem.severity).collect::<Vec<_>>(), [Severity::Warning]);
    assert!(loaded.config.is_some());
}
