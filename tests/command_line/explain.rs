//! `explain`: the page for a person, the object for a program.

use std::collections::BTreeSet;

use crate::support::binary;
use crate::{config, mail};

#[test]
fn the_page_says_where_it_goes_and_why() {
    let config = config();
    let file = config.dir().join("mail.eml");
    let header = "In-Reply-To: <1@post.example>\r\n";
    std::fs::write(&file, mail("Bonn@arbeitsagentur.example, Siegburg@arbeitsagentur.example", header)).unwrap();
    let path = file.to_str().unwrap();
    let page = binary::run(&["explain", "--mailbox", "sc-west", path], &config.file()).expect_code(0).stdout;
    for words in [
        "Goes to Agentur für Arbeit Bonn, folder INBOX/",
        "office address bonn@arbeitsagentur.example in To: Bonn",
        "1 of 1 vote for Bonn (office address); a majority takes 2",
        "only the daemon knows them",
    ] {
        assert!(page.contains(words), "{words:?} is not in\n{page}");
    }
    let page = binary::run(&["explain", "--mailbox", "sc-nord", path], &config.file()).expect_code(0).stdout;
    let flat = page.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("(andere_sc_region)") && flat.contains("Needed the mailbox of sc-west"), "{page}");
    assert!(page.lines().all(|line| line == path || line.chars().count() <= 100), "{page}");
}

#[test]
fn the_object_has_the_promised_keys_and_every_piece_of_evidence() {
    let config = config();
    let file = config.dir().join("mail.eml");
    let to = "Bonn@arbeitsagentur.example, Siegburg@arbeitsagentur.example, Hagen@arbeitsagentur.example";
    std::fs::write(&file, mail(to, "")).unwrap();
    let arguments = ["explain", "--mailbox", "sc-west", "--format", "json", "--profil", "weit", file.to_str().unwrap()];
    let answer = binary::run(&arguments, &config.file()).expect_code(0).json();
    let keys: BTreeSet<&str> = answer.as_object().unwrap().keys().map(String::as_str).collect();
    let expected = "agentur datei entscheidung evidenz grund mehrheit_ab ordner postfach regel regelwerk stimmen \
                    verworfen vorgangsart zweiter";
    assert_eq!(keys, expected.split_whitespace().collect());
    let pieces = answer["evidenz"].as_array().unwrap();
    let words: BTreeSet<&str> = pieces.iter().map(|piece| piece["wortlaut"].as_str().unwrap()).collect();
    let each = ["bonn", "hagen", "siegburg"].map(|town| format!("{town}@arbeitsagentur.example"));
    assert_eq!(words, each.iter().map(String::as_str).collect());
    let agenturen: BTreeSet<&str> = pieces.iter().map(|piece| piece["agentur"][0].as_str().unwrap()).collect();
    assert_eq!(agenturen, ["bonn", "hagen"].into());
    assert!(pieces.iter().all(|piece| piece["art"] == "empfaenger_liegenschaft" && piece["fundort"] == "to"));
    let votes = answer["stimmen"].as_array().unwrap();
    assert_eq!(votes.len(), 2, "{answer}");
    assert_eq!(votes[0]["arten"], serde_json::json!(["empfaenger_liegenschaft"]));
    assert_eq!((&answer["mehrheit_ab"], &answer["grund"]), (&2.into(), &"widerspruch".into()));
}

#[test]
fn a_mail_cannot_steer_the_terminal() {
    let config = config();
    let file = config.dir().join("mail.eml");
    let to = "=?utf-8?q?=1b[2J?= <Bonn\u{1b}[31m@arbeitsagentur.example>, \u{202e}Bonn@arbeitsagentur.example, \
              Bonn.\u{9b}2JTeam@arbeitsagentur.example, <Bonn@arbeitsagentur.example>";
    std::fs::write(&file, mail(to, "Subject: \u{1b}]0;x\u{7}\r\n")).unwrap();
    for format in ["text", "json"] {
        let arguments = ["explain", "--mailbox", "sc-west", "--format", format, file.to_str().unwrap()];
        let answer = binary::run(&arguments, &config.file()).expect_code(0).stdout;
        let steers = |c: char| (c.is_control() && c != '\n') || matches!(c, '\u{202a}'..='\u{202e}');
        assert!(answer.contains("onn") && !answer.contains(steers), "{answer:?}");
    }
}
