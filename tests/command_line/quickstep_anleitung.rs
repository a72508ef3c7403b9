//! `quickstep-anleitung`: the page for an office, by the configuration as it is.

use crate::support::binary;

const COMMAND: &str = "quickstep-anleitung";

#[test]
fn the_page_names_the_folders_as_they_are_configured() {
    let config = crate::config();
    let page = binary::run(&[COMMAND, "--agentur", "kiel"], &config.file()).expect_code(0).stdout;
    assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>\n"), "{page}");
    for words in
        ["Agentur für Arbeit Kiel", "sc-nord@arbeitsagentur.example", "<b>Agentur Kiel</b>", "<b>Zu löschen</b>"]
    {
        assert!(page.contains(words), "{words}");
    }
    // A mark without a name has no QuickStep.
    assert!(!page.contains("In Bearbeitung"), "{page}");
    let file = config.dir().join("kiel.html");
    let named = ["--agentur", "kiel", "--mailbox", "sc-nord", "--out", file.to_str().expect("a plain path")];
    let outcome = binary::run(&[&[COMMAND], &named[..]].concat(), &config.file()).expect_code(0);
    assert_eq!((outcome.stdout.as_str(), std::fs::read_to_string(&file).expect("it was written")), ("", page));
}

#[test]
fn names_of_the_configuration_are_used() {
    let config = crate::config();
    let own = "[kennzeichen]\nbearbeitet = [\"Fertig & weg\"]\nzu_loeschen = []\nin_bearbeitung = [\"Offen\"]\n\n[stammdaten]";
    config.replace("[stammdaten]", own);
    let page = binary::run(&[COMMAND, "--agentur", "kiel"], &config.file()).expect_code(0).stdout;
    assert!(page.contains("<b>Fertig &amp; weg</b>") && page.contains("<b>Offen</b>"), "{page}");
    assert!(!page.contains("EZ Zu löschen") && !page.contains("Fertig & weg"), "{page}");
}

#[test]
fn an_agentur_that_is_not_served_is_told_with_those_that_are() {
    let config = crate::config();
    for (arguments, words) in [
        (&["--agentur", "kiehl"][..], "no Agentur is called \"kiehl\"; there are kiel, aachen-dueren, "),
        (&["--agentur", "kiel", "--mailbox", "sc-ost"], "kiel belongs to sc-nord, not to sc-ost; there are "),
        (&["--agentur", "kiel", "--mailbox", "sc-mond"], "no mailbox is called \"sc-mond\""),
    ] {
        let outcome = binary::run(&[&[COMMAND], arguments].concat(), &config.file()).expect_code(2);
        assert_eq!(outcome.stdout, "");
        outcome.expect_words(&[words]);
    }
    config.replace("name = \"sc-nord\"", "name = \"sc-mitte\"");
    let outcome = binary::run(&[COMMAND, "--agentur", "kiel"], &config.file());
    outcome.expect_code(2).expect_words(&["kiel belongs to sc-nord, which is no mailbox of the configuration"]);
}

#[test]
fn a_page_that_cannot_be_written_is_told() {
    let config = crate::config();
    let out = config.dir().join("fehlt/kiel.html");
    let arguments = [COMMAND, "--agentur", "kiel", "--out", out.to_str().expect("a plain path")];
    binary::run(&arguments, &config.file()).expect_code(1).expect_words(&["kiel.html cannot be written"]);
}
