//! Faults in what an admin wrote: exit code 2, every fault with its place and what to do.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use crate::support::binary;
use crate::support::config::{ConfigDir, Postfach, replace_in};

/// How an installation is spoilt, and what has to be said about it.
struct Case {
    what: &'static str,
    spoil: fn(&ConfigDir),
    words: &'static [&'static str],
}

const CASES: &[Case] = &[
    Case {
        what: "a misspelt key",
        spoil: |config| config.replace("[dienst]", "[dienst]\npoll_intervall_seconds = 5"),
        words: &["postweiche.toml:2:", "poll_intervall_seconds", "did you mean \"poll_interval_seconds\"?"],
    },
    Case {
        what: "a missing key",
        spoil: |config| config.replace("host = \"127.0.0.1\"\n", ""),
        words: &["mailbox \"sc-nord\"", "\"host\" is missing", "add "],
    },
    Case {
        what: "a broken table",
        spoil: |config| config.replace("[stammdaten]", "[stammdaten"),
        words: &["postweiche.toml:", "not valid TOML"],
    },
    Case {
        what: "a number out of range",
        spoil: |config| config.replace("[dienst]", "[dienst]\npoll_interval_seconds = 0"),
        words: &["\"poll_interval_seconds\" is out of range", "1 to 86400"],
    },
    Case {
        what: "no protection to another machine",
        spoil: |config| config.replace("\"127.0.0.1\"", "\"mail.example\""),
        words: &["without protection only to this machine itself", "\"tls\" or \"starttls\""],
    },
    Case {
        what: "no mailbox",
        spoil: |config| {
            let text = fs::read_to_string(config.file()).expect("it is text");
            let (before, _) = text.split_once("[[postfach]]").expect("a mailbox");
            fs::write(config.file(), before).expect("the directory is ours");
        },
        words: &["add a table [[postfach]]"],
    },
    Case {
        what: "not UTF-8",
        spoil: |config| fs::write(config.file(), b"[dienst]\n# Z\xfcrich\n").expect("the directory is ours"),
        words: &["postweiche.toml", "line 2: not UTF-8 text"],
    },
    Case {
        what: "a directory in place of the configuration",
        spoil: |config| in_place_of(&config.file()),
        words: &["postweiche.toml", "cannot read the file"],
    },
    Case {
        what: "an unknown Agentur",
        spoil: |config| {
            let file = config.own_stammdaten().join("dienststellen.csv");
            replace_in(&file, ",greifswald", ",greifswalde");
        },
        words: &["dienststellen.csv:2:", "unknown Agentur \"greifswalde\"", "did you mean \"greifswald\"?"],
    },
    Case {
        what: "an address of two Agenturen",
        spoil: |config| {
            let file = config.own_stammdaten().join("liegenschaften.csv");
            replace_in(&file, "Husum@arbeitsagentur.example", "Kiel@arbeitsagentur.example");
        },
        words: &["liegenschaften.csv:", "Kiel@arbeitsagentur.example belongs to two Agenturen", "also in line"],
    },
    Case {
        what: "two Agenturen in one folder",
        spoil: |config| {
            let file = config.own_stammdaten().join("agenturen.csv");
            replace_in(&file, "Agentur Kiel", "Agentur Flensburg");
        },
        words: &["agenturen.csv:", "two Agenturen of one SC region have the same folder", "also in line"],
    },
    Case {
        what: "INBOX as a target",
        spoil: |config| config.replace("\"INBOX/{ordner}\"", "\"INBOX\""),
        words: &["ordner"],
    },
    Case {
        what: "a lost leading zero",
        spoil: |config| replace_in(&config.own_stammdaten().join("dienststellen.csv"), "030,", "30,"),
        words: &["dienststellen.csv:2:", "must be three digits", "Excel drops leading zeros"],
    },
    Case {
        what: "a directory in place of a table",
        spoil: |config| in_place_of(&config.own_stammdaten().join("agenturen.csv")),
        words: &["agenturen.csv", "cannot read the file"],
    },
    Case {
        what: "master data that are missing",
        spoil: |config| {
            let stammdaten = config.own_stammdaten();
            for name in ["dienststellen.csv", "plz.csv"] {
                fs::remove_file(stammdaten.join(name)).expect("the copy is ours");
            }
        },
        words: &["dienststellen.csv: there is no such file", "plz.csv: there is no such file", "plz,agentur,art"],
    },
    Case {
        what: "no rule files",
        spoil: |config| fs::remove_dir_all(config.own_rules()).expect("the copy is ours"),
        words: &["the rule files cannot be read", "[regelwerk] dir"],
    },
    Case {
        what: "an empty directory of rules",
        spoil: |config| {
            for entry in fs::read_dir(config.own_rules()).expect("the copy is ours") {
                fs::remove_file(entry.expect("the copy is ours").path()).expect("the copy is ours");
            }
        },
        words: &["/rules: there are no rule files (*.toml) in this directory", "[regelwerk] dir"],
    },
    Case {
        what: "a table that no rule file holds",
        spoil: |config| fs::remove_file(config.own_rules().join("30-entscheidung.toml")).expect("the copy is ours"),
        words: &["/rules/*.toml: the rule set has no usable [entscheidung]"],
    },
    Case {
        what: "a rule file that is not UTF-8",
        spoil: |config| {
            fs::write(config.own_rules().join("50-neu.toml"), b"# Z\xfcrich\n").expect("the copy is ours");
        },
        words: &["50-neu.toml: line 1: not UTF-8 text", "save the file as UTF-8"],
    },
    Case {
        what: "a broken rule file",
        spoil: |config| {
            let rules = config.own_rules();
            fs::write(rules.join("00-kaputt.toml"), "[[vorgangsart]\n").expect("the copy is ours");
        },
        words: &["00-kaputt.toml:1:"],
    },
    Case {
        what: "several faults in several files",
        spoil: |config| {
            config.replace("[dienst]", "[dienst]\npoll_intervall_seconds = 5\nmove_batch = 0");
            let stammdaten = config.own_stammdaten();
            replace_in(&stammdaten.join("dienststellen.csv"), ",greifswald", ",greifswalde");
            replace_in(&stammdaten.join("plz.csv"), "01053,", "1053,");
            in_place_of(&stammdaten.join("orte.csv"));
        },
        words: &["poll_intervall_seconds", "\"move_batch\"", "\"greifswalde\"", "must be five digits", "orte.csv"],
    },
];

/// File permissions mean nothing to root; a directory cannot be read as a file by anybody.
fn in_place_of(file: &Path) {
    fs::remove_file(file).expect("the file is ours");
    fs::create_dir(file).expect("the directory is ours");
}

fn sound() -> ConfigDir {
    ConfigDir::new([Postfach::plain("sc-nord", ([127, 0, 0, 1], 1).into())], "")
}

#[test]
fn every_fault_is_told_with_its_place_and_what_to_do() {
    binary::run(&["check"], &sound().file()).expect_code(0);
    for Case { what, spoil, words } in CASES {
        let config = sound();
        spoil(&config);
        println!("{what}");
        for command in ["check", "run"] {
            let outcome = binary::run(&[command], &config.file()).expect_code(2).expect_words(words);
            assert_eq!(outcome.stdout, "", "{what}: {command:?}");
        }
        assert_eq!(fs::read_dir(config.state_dir()).expect("ours").count(), 0, "{what}: nothing was begun");
    }
}

#[test]
fn one_cause_is_one_error() {
    let config = sound();
    for entry in fs::read_dir(config.own_rules()).expect("the copy is ours") {
        fs::remove_file(entry.expect("the copy is ours").path()).expect("the copy is ours");
    }
    let outcome = binary::run(&["check"], &config.file()).expect_code(2);
    assert_eq!(outcome.stderr.matches("error: ").count(), 1, "{}", outcome.stderr);
}

#[test]
fn a_key_that_does_not_do_needs_a_person() {
    for (content, words) in [
        (None, &["hash_key: cannot read the secret in file", "provide the key"][..]),
        (Some("kurz\n"), &["hash_key: the key is shorter than 16 bytes", "openssl rand -hex 32"]),
    ] {
        let config = sound();
        config.replace("[dienst]", "[dienst]\nhash_key = { file = \"key\" }");
        if let Some(content) = content {
            fs::write(config.dir().join("key"), content).expect("the directory is ours");
        }
        for command in ["run", "once"] {
            let outcome = binary::run(&[command], &config.file()).expect_code(2).expect_words(words);
            assert!(!outcome.stderr.contains("kurz"), "{}", outcome.stderr);
        }
    }
}

#[test]
fn a_key_that_others_can_read_is_a_warning() {
    let config = sound();
    config.replace("[dienst]", "[dienst]\nhash_key = { file = \"key\" }");
    let key = config.dir().join("key");
    fs::write(&key, "0123456789abcdef\n").expect("the directory is ours");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).expect("the file is ours");
    binary::run(&["check"], &config.file()).expect_code(0).expect_words(&["the secret can be read or changed", "/key"]);
}

/// `postweiche check | true`: a pipe whose reader is gone before the first line.
#[test]
fn a_reader_that_has_gone_is_no_failure() {
    let mail = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let (sound, faulty) = (sound(), self::sound());
    faulty.replace("[dienst]", "[dienst]\npoll_intervall_seconds = 5");
    for (command, config, code) in [
        (&["check"][..], &sound, 0),
        (&["explain", "--mailbox", "sc-nord", mail], &sound, 0),
        (&["explain", "--mailbox", "sc-nord", mail, "/nicht/da.eml"], &sound, 1),
        (&["check"], &faulty, 2),
    ] {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let errors = writer.try_clone().expect("a pipe");
        let mut process = Command::new(env!("CARGO_BIN_EXE_postweiche"));
        let process = process.args(command).arg("--config").arg(config.file()).stdout(writer).stderr(errors);
        let status = process.status().expect("the program starts");
        assert_eq!(status.code(), Some(code), "{command:?}");
    }
}

#[test]
fn no_command_works_on_a_faulty_configuration() {
    let config = sound();
    config.replace("[dienst]", "[dienst]\npoll_intervall_seconds = 5");
    for command in [&["once"][..], &["once", "--format", "json"], &["explain", "--mailbox", "sc-nord", "/dev/null"]] {
        binary::run(command, &config.file()).expect_code(2).expect_words(&["poll_intervall_seconds"]);
    }
}

#[test]
fn a_password_in_the_configuration_is_refused_and_not_repeated() {
    for (written, hint) in [
        ("password = \"geheim-4711\"", "holds the secret itself"),
        ("password = { text = \"geheim-4711\" }", "unknown key"),
        ("password = { file = \"geheim-4711\", env = \"geheim-4711\" }", "names 2 places"),
        ("pasword = \"geheim-4711\"", "did you mean \"password\"?"),
        ("password = \"geheim-4711", "not valid TOML"),
        ("pw = \"geheim-4711\"", "unknown key \"pw\""),
        ("credentials = \"geheim-4711\"", "unknown key \"credentials\""),
        ("password = { env = \"A\" }\nca_file = 1\nzugang = \"geheim-4711\"", "unknown key \"zugang\""),
    ] {
        let config = sound();
        let text = fs::read_to_string(config.file()).expect("it is text");
        let line = text.lines().find(|line| line.starts_with("password = ")).expect("a password").to_string();
        config.replace(&line, written);
        let outcome = binary::run(&["check"], &config.file()).expect_code(2).expect_words(&[hint]);
        let said = outcome.stdout + &outcome.stderr;
        let leaks = written.contains("geheim-4711") && !written.contains("file =") && said.contains("geheim-4711");
        assert!(!leaks, "{written}: {said}");
    }
    let config = sound();
    config.replace("\"127.0.0.1\"", "\"imaps://svc:geheim-4711@mail.example\"");
    let outcome = binary::run(&["check"], &config.file()).expect_code(2).expect_words(&["must be the bare name"]);
    assert!(!(outcome.stdout + &outcome.stderr).contains("geheim-4711"));
}
