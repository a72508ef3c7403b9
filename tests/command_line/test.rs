//! `test`: a folder of mails against a truth file.

use std::path::{Path, PathBuf};

use crate::support::binary::{self, Outcome};
use crate::support::config::ConfigDir;
use crate::{config, mail};

/// Mails whose verdicts are plain to see, and a truth file about them.
struct Folder {
    config: ConfigDir,
    dir: PathBuf,
}

impl Folder {
    fn new(truth: &str) -> Folder {
        let config = config();
        let dir = config.dir().join("mails");
        std::fs::create_dir(&dir).unwrap();
        for (name, to) in [
            ("bonn.eml", "Bonn@arbeitsagentur.example"),
            ("hagen.eml", "Hagen@arbeitsagentur.example"),
            ("leer.eml", "sc-west@arbeitsagentur.example"),
        ] {
            std::fs::write(dir.join(name), mail(to, "")).unwrap();
        }
        std::fs::write(
            dir.join("abwesend.eml"),
            mail("Bonn@arbeitsagentur.example", "Auto-Submitted: auto-replied\r\n"),
        )
        .unwrap();
        std::fs::write(dir.join("truth.csv"), truth).unwrap();
        Folder { config, dir }
    }

    fn test(&self, further: &[&str]) -> Outcome {
        let truth = self.dir.join("truth.csv");
        let arguments = [&["test", utf8(&self.dir), "--truth", utf8(&truth)], further].concat();
        binary::run(&arguments, &self.config.file())
    }
}

fn utf8(path: &Path) -> &str {
    path.to_str().expect("temporary directories have plain names")
}

#[test]
fn a_folder_that_is_right_ends_with_0() {
    let folder = Folder::new(
        "ziel_streng;file;region;ziel\nbonn;bonn.eml;sc-west;bonn\nungeklaert;leer.eml;sc-west;ungeklaert\n\
         verbleibt-sc;abwesend.eml;sc-west;verbleibt-sc\n",
    );
    let answer = folder.test(&[]).expect_code(0).stdout;
    for words in [
        "profil streng: 3 of 3 mails ended where they should (100.0 %)",
        "profil weit: 3 of 3 mails",
        "note: 1 mail file without a row in the truth file: hagen.eml",
    ] {
        assert!(answer.contains(words), "{words:?} is not in\n{answer}");
    }
    let answer = folder.test(&["--profil", "weit"]).expect_code(0).stdout;
    assert!(!answer.contains("profil streng"), "{answer}");
}

#[test]
fn deviations_are_counted_by_what_they_are_and_explained() {
    let folder = Folder::new(
        "file,tier,region,vorgang,ziel,ziel_streng\nbonn.eml,T1,sc-west,evm-au,hagen,bonn\n\
         hagen.eml,T1,sc-west,freie-email,verbleibt-sc,hagen\nleer.eml,T2,sc-west,freie-email,bonn,ungeklaert\n\
         abwesend.eml,T2,sc-west,autoreply,ungeklaert,bonn\n",
    );
    let outcome = folder.test(&["--format", "json"]).expect_code(1);
    let profile = &outcome.json()["profile"];
    for (profil, verdicts) in [
        ("streng", &[("right", 2), ("wrong_kind", 1), ("wrongly_kept", 1), ("wrong_folder", 0)][..]),
        ("weit", &[("wrong_folder", 1), ("wrongly_moved", 1), ("left_over", 1), ("wrong_pile", 1), ("right", 0)]),
    ] {
        let report = profile.as_array().unwrap().iter().find(|report| report["profil"] == profil).unwrap();
        assert_eq!(report["total"]["mails"], 4, "{report}");
        for (verdict, count) in verdicts {
            assert_eq!(report["total"][verdict], *count, "{profil} {verdict}: {report}");
        }
    }
    let weit = &profile[1];
    assert_eq!((&weit["tiers"]["T2"]["left_over"], &weit["kinds"]["evm-au"]["wrong_folder"]), (&1.into(), &1.into()));
    let worst = &weit["deviations"][0];
    assert_eq!((&worst["verdict"], &worst["expected"]), (&"wrong_folder".into(), &"hagen".into()));
    assert_eq!(worst["explanation"]["agentur"], "bonn");
    let text = folder.test(&["--profil", "weit"]).expect_code(1).stdout;
    for words in ["wrong folder (T1): expected hagen, kind evm-au\n", "  Goes to Agentur für Arbeit Bonn, folder"] {
        assert!(text.contains(words), "{words:?} is not in\n{text}");
    }
}

#[test]
fn every_fault_of_the_truth_file_is_told() {
    let rows = "file,region,vorgang,ziel,ziel_streng\n";
    for (truth, words) in [
        ("file,region,ziel\nbonn.eml,sc-west,bonn\n".to_owned(), &["the header lacks ziel_streng"][..]),
        (String::new(), &["the file is empty"]),
        (
            format!(
                "{rows}fehlt.eml,sc-west,,bonn,bonn\nbonn.eml,sc-west,,bon,bonn\nhagen.eml,sc-west,,hagen,nirgends\n"
            ),
            &[
                "fehlt.eml cannot be read",
                "unknown Agentur \"bon\"",
                "did you mean \"bonn\"?",
                "unknown Agentur \"nirgends\"",
            ],
        ),
        (
            format!("{rows}bonn.eml,sc-mond,brief,bonn,bonn\n"),
            &["no mailbox \"sc-mond\"", "there are sc-nord", "unknown kind of mail \"brief\"", "freie-email"],
        ),
        (
            format!("{rows}bonn.eml,sc-west,,bonn,bonn\nbonn.eml,sc-west,,bonn,bonn\n"),
            &["\"bonn.eml\" in \"sc-west\" has two rows"],
        ),
    ] {
        let outcome = Folder::new(&truth).test(&[]).expect_code(2).expect_words(words);
        assert_eq!(outcome.stdout, "", "{truth}");
    }
}

#[test]
fn a_missing_folder_or_truth_file_is_told() {
    let folder = Folder::new("file,region,ziel,ziel_streng\n");
    let (dir, truth) = (utf8(&folder.dir), folder.dir.join("truth.csv"));
    for (arguments, words) in [
        (&["test", "/fehlt", "--truth", utf8(&truth)][..], &["/fehlt", "cannot be read"][..]),
        (&["test", dir, "--truth", "/fehlt.csv"], &["/fehlt.csv"]),
        (&["test", dir], &["--truth"]),
        (&["test"], &["DIR", "--truth"]),
    ] {
        binary::run(arguments, &folder.config.file()).expect_code(2).expect_words(words);
    }
}
