//! Folder names that have to survive: umlauts, `&`, spaces, dots, and other separators than "/".

use crate::support::binary;
use crate::support::config::{ConfigDir, Postfach, replace_in};
use crate::support::dovecot::{Dovecot, Options};
use crate::support::mails;

/// Three Agenturen of sc-west: one that exists, and two whose names are hard.
const NEW_AGENTUREN: &str = "\
brandenburg-havelland,Brandenburg & Havelland,sc-west,Nordrhein-Westfalen,Nordrhein-Westfalen,Agentur Brandenburg & Havelland
st-wendel,St. Wendel,sc-west,Nordrhein-Westfalen,Nordrhein-Westfalen,Agentur St. Wendel
";
const NEW_LIEGENSCHAFTEN: &str = "\
brandenburg-havelland,Havelland@arbeitsagentur.example,
st-wendel,Wendel@arbeitsagentur.example,
";

#[test]
fn hard_names_work_with_every_separator() {
    for (separator, wendel_exists) in [('/', true), ('.', false)] {
        let namespace = format!("namespace inbox {{\n  inbox = yes\n  separator = {separator}\n}}");
        let dovecot = Dovecot::start(Options::default().users(&["sc-west"]).config(&namespace));
        let folder = |name: &str| format!("INBOX{separator}Agentur {name}");
        let names = ["Düsseldorf", "Brandenburg & Havelland", "St. Wendel"];
        let possible = &names[..if wendel_exists { 3 } else { 2 }];
        dovecot.create_folders("sc-west", &possible.iter().map(|name| folder(name)).collect::<Vec<_>>());
        // What a wrong translation of "Agentur St. Wendel" would hit.
        if !wendel_exists {
            dovecot.create_folders("sc-west", &["INBOX.Agentur St. Wendel"]);
        }
        let mails = ["Duesseldorf", "Havelland", "Wendel"].iter().zip(0..).map(|(to, number)| mails::to(to, number));
        dovecot.deliver("sc-west", "INBOX", &mails.collect::<Vec<_>>());

        let config = ConfigDir::new([Postfach::plain("sc-west", dovecot.address())], "");
        let stammdaten = config.own_stammdaten();
        append(&stammdaten.join("agenturen.csv"), NEW_AGENTUREN);
        append(&stammdaten.join("liegenschaften.csv"), NEW_LIEGENSCHAFTEN);
        let outcome = binary::once(&config.file()).expect_code(0);
        let mailbox = outcome.mailbox("sc-west");
        let snapshot = dovecot.client("sc-west").snapshot();
        for name in possible {
            assert_eq!(snapshot[&folder(name)].len(), 1, "{separator} {name}: {outcome:#?}");
        }
        assert_eq!(mailbox["moved"], possible.len(), "{mailbox}");
        if wendel_exists {
            assert_eq!(snapshot["INBOX"].len(), 0);
        } else {
            assert_eq!(snapshot["INBOX"].len(), 1, "nothing is guessed");
            assert_eq!(mailbox["left"]["ordner_fehlt"], 1, "{mailbox}");
            assert_eq!(snapshot["INBOX.Agentur St. Wendel"].len(), 0);
            outcome.expect_words(&["st-wendel"]);
        }
    }
}

#[test]
fn a_target_need_not_lie_below_inbox() {
    let dovecot = Dovecot::start(Options::default().users(&["sc-nord"]));
    dovecot.create_folders("sc-nord", &["Ablage/Agentur Kiel"]);
    dovecot.deliver("sc-nord", "INBOX", &[mails::to("Kiel", 1)]);
    let postfach = Postfach::plain("sc-nord", dovecot.address()).extra("ordner = \"Ablage/{ordner}\"");
    let config = ConfigDir::new([postfach], "");
    binary::once(&config.file()).expect_code(0);
    assert_eq!(dovecot.client("sc-nord").snapshot()["Ablage/Agentur Kiel"].len(), 1);
}

/// Adds lines to a CSV file.
fn append(file: &std::path::Path, lines: &str) {
    let text = std::fs::read_to_string(file).expect("the copy is ours");
    let first = text.lines().next().expect("a header").to_string();
    replace_in(file, &first, &format!("{first}\n{}", lines.trim_end()));
}
