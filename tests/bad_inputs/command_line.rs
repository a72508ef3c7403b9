//! Faults on the command line.

use std::path::Path;

use crate::support::binary;
use crate::support::config::{ConfigDir, Postfach};

#[test]
fn each_fault_has_its_exit_code_and_words() {
    let config = ConfigDir::new([Postfach::plain("sc-nord", ([127, 0, 0, 1], 1).into())], "");
    let file = config.file();
    let missing = config.dir().join("fehlt.toml");
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/samples/01-direkt-an-agentur.eml");
    for (arguments, config, code, words) in [
        (&["once"][..], missing.as_path(), 2, &["fehlt.toml", "cannot read the file"][..]),
        (&["run"], &missing, 2, &["fehlt.toml"]),
        (&["once", "--frobnicate"], &file, 2, &["--frobnicate", "Usage"]),
        (&["fahren"], &file, 2, &["fahren"]),
        (&[], &file, 2, &["Usage"]),
        (&["once", "--format", "xml"], &file, 2, &["xml", "json"]),
        (&["explain", sample], &file, 2, &["--mailbox"]),
        (&["explain", "--mailbox", "sc-mond", sample], &file, 2, &["no mailbox is called \"sc-mond\"", "sc-nord"]),
        (&["explain", "--mailbox", "sc-nord", "fehlt.eml"], &file, 1, &["fehlt.eml", "cannot be read"]),
        (&["explain", "--mailbox", "sc-nord", "/"], &file, 1, &["cannot be read"]),
        (&["explain", "--mailbox", "sc-nord", "--eingang", "gestern", sample], &file, 2, &["gestern"]),
    ] {
        binary::run(arguments, config).expect_code(code).expect_words(words);
    }
}

#[test]
fn one_unreadable_file_does_not_keep_the_others_from_being_explained() {
    let config = ConfigDir::new([Postfach::plain("sc-suedwest", ([127, 0, 0, 1], 1).into())], "");
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/samples/01-direkt-an-agentur.eml");
    let sample = sample.to_str().expect("plain names");
    let outcome = binary::run(&["explain", "--mailbox", "sc-suedwest", "fehlt.eml", sample], &config.file());
    let outcome = outcome.expect_code(1).expect_words(&["fehlt.eml"]);
    assert!(outcome.stdout.contains("wiesbaden"), "{outcome:#?}");
}
