use jiff::civil::date;

use super::*;
use crate::diagnostic::render;
use crate::domain::agentur::{AgenturId, AgenturSet};

const AGENTUREN: &str = "slug,name,sc_region,regionaldirektion,bundesland,ordner\n\
    essen,Essen,sc-west,Nordrhein-Westfalen,Nordrhein-Westfalen,Agentur Essen\n\
    goettingen,Göttingen,sc-nord,Niedersachsen-Bremen,Niedersachsen,Agentur Göttingen\n\
    hagen,Hagen,sc-west,Nordrhein-Westfalen,Nordrhein-Westfalen,Agentur Hagen\n";

const ESSEN: AgenturId = AgenturId(0);
const GOETTINGEN: AgenturId = AgenturId(1);
const HAGEN: AgenturId = AgenturId(2);

/// Good files, some of them replaced.
fn load_files(replaced: &[(&str, &[u8])]) -> LoadedStammdaten {
    let dir = tempfile::tempdir().unwrap();
    for (name, content) in [
        ("agenturen.csv", AGENTUREN),
        ("dienststellen.csv", "dienststelle,agentur\n343,essen\n"),
        ("liegenschaften.csv", "agentur,adresse\nessen,Essen@office.example\n"),
        ("plz.csv", "plz,agentur,art\n45127,essen,zustellung\n"),
        ("orte.csv", "ort,agentur\nEssen,essen\n"),
    ] {
        std::fs::write(dir.path().join(name), content).unwrap();
    }
    for (name, content) in replaced {
        std::fs::write(dir.path().join(name), content).unwrap();
    }
    let mut loaded = load_stammdaten(dir.path());
    for problem in &mut loaded.problems {
        for path in problem.path.iter_mut().chain(problem.place.iter_mut().map(|(source, _)| &mut source.path)) {
            *path = path.strip_prefix(dir.path()).unwrap().to_owned();
        }
    }
    loaded
}

/// The problems of one replaced file, one a line.
fn problems(name: &str, content: &str) -> Vec<String> {
    load_files(&[(name, content.as_bytes())]).problems.iter().map(ToString::to_string).collect()
}

fn set(ids: &[AgenturId]) -> AgenturSet {
    ids.iter().copied().collect()
}

#[test]
fn good_files_answer() {
    let loaded = load_files(&[
        ("dienststellen.csv", b"dienststelle,agentur,gueltig_bis\n042,essen,\n042,hagen,30.06.2024\n"),
        (
            "liegenschaften.csv",
            b"agentur,adresse,muster\nessen,Essen@office.example,Essen.*@office.example\n\
              essen,Werden@office.example,Essen.*@office.example\n",
        ),
        (
            "plz.csv",
            b"plz,agentur,art,gueltig_ab,gueltig_bis\n01067,essen| hagen,zustellung,,\n45001,essen,sonstige,,\n\
              58095,essen,zustellung,,30.06.2024\n58095,hagen,zustellung,01.07.2024,\n",
        ),
        (
            "orte.csv",
            "ort,agentur,gueltig_ab\nNeustadt,essen,\nneustadt,hagen,\nneustadt,goettingen,2024-07-01\n\
             Göttingen,goettingen,\n"
                .as_bytes(),
        ),
        ("vertretungen.csv", b"von,an,gueltig_ab,gueltig_bis\nhagen,essen,2024-07-01,2024-07-31\n"),
    ]);
    assert_eq!(loaded.problems, []);
    assert_eq!(loaded.quellen.len(), 6);
    let daten = loaded.stammdaten.unwrap();
    let (june, july) = (date(2024, 6, 30), date(2024, 7, 1));
    assert_eq!(daten.dienststelle("042", june), set(&[ESSEN, HAGEN]));
    assert_eq!(daten.dienststelle("042", july), set(&[ESSEN]));
    assert_eq!(daten.adresse("WERDEN@office.example", june), set(&[ESSEN]));
    assert_eq!(daten.muster("essen.team@office.example", june), [(ESSEN, "team".to_owned())]);
    assert_eq!(daten.plz("01067", june), set(&[ESSEN, HAGEN]));
    assert_eq!(daten.plz("45001", june), set(&[]));
    assert_eq!(daten.ort("Neustadt", june), set(&[ESSEN, HAGEN]));
    assert_eq!((daten.plz("58095", june), daten.plz("58095", july)), (set(&[ESSEN]), set(&[HAGEN])));
    assert_eq!(daten.ort("Neustadt", july), set(&[ESSEN, GOETTINGEN, HAGEN]));
    assert_eq!(daten.ort("GOETTINGEN", june), set(&[GOETTINGEN]));
    assert_eq!((daten.vertretung(HAGEN, june), daten.vertretung(HAGEN, july)), (HAGEN, ESSEN));
}

#[test]
fn files_from_excel_are_read() {
    for content in [
        &b"\xef\xbb\xbfart;plz;agentur\r\nzustellung;01067;essen\r\n;;\r\n"[..],
        b"Plz,Art,Agentur\n\n 01067 , zustellung ,\"essen\"",
        b"agentur;art;plz;;\nessen;zustellung;01067;;\n",
        b"\xef\xbb\xbfsep=;\r\nplz;agentur;art\r\n01067;essen;zustellung\r\n",
        b"sep=,\nplz,agentur,art\n01067,essen,zustellung\n",
    ] {
        let loaded = load_files(&[("plz.csv", content)]);
        assert_eq!(loaded.problems, []);
        assert_eq!(loaded.stammdaten.unwrap().plz("01067", date(2024, 4, 16)), set(&[ESSEN]), "{content:?}");
    }
}

#[test]
fn each_fault_has_its_place_and_message() {
    let agentur = |row: &str| format!("{AGENTUREN}{row}\n");
    let rows = |header: &str, row: &str| format!("{header}\n{row}\n");
    let liegenschaft = |row: &str| rows("agentur,adresse,muster,gueltig_ab,gueltig_bis", row);
    let vertretung = |row: &str| rows("von,an,gueltig_ab,gueltig_bis", row);
    for (name, content, expected) in [
        ("agenturen.csv", agentur("essen,E,sc-ost,R,B,Agentur E"), ":5:1: this Agentur occurs twice"),
        ("agenturen.csv", agentur("Köln,K,sc-west,R,B,Agentur K"), ":5:1: \"Köln\" cannot be a slug"),
        ("agenturen.csv", agentur("koeln,Köln,sc-west,R,B,agentur essen"), ":5:24: two Agenturen of one SC region"),
        ("agenturen.csv", agentur("koeln,Köln,sc-west,R,B,Agentur//K"), ":5:24: the folder has an empty part"),
        ("agenturen.csv", agentur("koeln,,sc-west,R,B,Agentur K"), ":5:7: \"name\" is empty"),
        ("dienststellen.csv", rows("dienststelle,agentur", "34,essen"), ":2:1: \"34\" is no Dienststelle"),
        ("dienststellen.csv", rows("dienststelle,agentur", "343,essn"), ":2:5: unknown Agentur \"essn\""),
        (
            "dienststellen.csv",
            rows("dienststelle,agentur", "343,essen\n343,essen"),
            ":3:1: this number already names this Agentur",
        ),
        ("liegenschaften.csv", liegenschaft("essen,Essen,,,"), ":2:7: \"Essen\" is no address"),
        (
            "liegenschaften.csv",
            liegenschaft("essen,E.*@office.example,,,"),
            ":2:7: \"E.*@office.example\" is no address",
        ),
        (
            "liegenschaften.csv",
            liegenschaft("essen,E@office.example,E*@office.example,,"),
            ":2:24: \"E*@office.example\"",
        ),
        (
            "liegenschaften.csv",
            liegenschaft("essen,E@office.example,.*@office.example,,"),
            ":2:24: \".*@office.example\"",
        ),
        (
            "liegenschaften.csv",
            liegenschaft("essen,E@office.example,,,\nhagen,e@OFFICE.example,,,"),
            ":3:7: e@OFFICE.example belongs to two Agenturen",
        ),
        (
            "liegenschaften.csv",
            liegenschaft("essen,E@office.example,E.*@office.example,,\nhagen,H@office.example,e.*@office.example,,"),
            ":3:24: e.*@office.example belongs to two Agenturen",
        ),
        ("liegenschaften.csv", liegenschaft("essen,E@office.example,,2024-13-01,"), ":2:25: \"2024-13-01\" is no day"),
        (
            "liegenschaften.csv",
            liegenschaft("essen,E@office.example,,2024-05-01,30.04.2024"),
            ":2:36: gueltig_bis lies before gueltig_ab",
        ),
        ("plz.csv", rows("plz,agentur,art", "1067,essen,zustellung"), ":2:1: \"1067\" is no postcode"),
        ("plz.csv", rows("plz,agentur,art", "01067,essen|hagn,zustellung"), ":2:7: unknown Agentur \"hagn\""),
        ("plz.csv", rows("plz,agentur,art", "01067,essen,Zustellung"), ":2:13: unknown art \"Zustellung\""),
        (
            "plz.csv",
            rows("plz,agentur,art", "01067,essen,zustellung\n01067,hagen,zustellung"),
            ":3:1: postcode 01067 occurs twice",
        ),
        ("plz.csv", rows("plz,agentur,art", "01067,essen"), ":2:1: the row has 2 cells, the header 3"),
        ("plz.csv", rows("plz,agentur,art", "01067,essen,hagen,zustellung"), ":2:1: the row has 4 cells, the header 3"),
        (
            "plz.csv",
            rows("plz,agentur,art", "\"01067,essen,zustellung\n01069,essen,sonstige"),
            ":2:1: a cell goes over",
        ),
        ("plz.csv", rows("plz,agentur,art,quelle", "01067,essen,sonstige,x"), ":1:17: unknown column \"quelle\""),
        ("plz.csv", rows("plz,agentur", "01067,essen"), ":1:1: the header lacks art"),
        ("plz.csv", rows("plz,agentur,art,plz", "01067,essen,zustellung,1"), ":1:17: the column \"plz\" occurs twice"),
        ("plz.csv", "sep=;\nplz;agentur;art\n1067;essen;zustellung\n".to_owned(), ":3:1: \"1067\" is no postcode"),
        ("plz.csv", "sep=;\n".to_owned(), ": the file is empty"),
        ("plz.csv", String::new(), ": the file is empty"),
        ("orte.csv", rows("ort,agentur", "---,essen"), ":2:1: \"---\" is no name of a town"),
        (
            "vertretungen.csv",
            vertretung("hagen,hagen,2024-01-01,2024-01-31"),
            ":2:7: an Agentur cannot stand in for itself",
        ),
        ("vertretungen.csv", vertretung("hagen,essen,2024-01-01,"), ":2:24: \"gueltig_bis\" is empty"),
        (
            "vertretungen.csv",
            vertretung("hagen,goettingen,2024-01-01,2024-01-31"),
            ":2:7: the two Agenturen belong to different SC regions",
        ),
        (
            "vertretungen.csv",
            vertretung("hagen,essen,2024-01-01,2024-01-31\nhagen,essen,2024-01-31,2024-02-28"),
            ":3:7: this Agentur already has a Vertretung",
        ),
    ] {
        let found = problems(name, &content);
        assert_eq!(found.len(), 1, "{content}: {found:?}");
        assert!(found[0].starts_with(&format!("{name}{expected}")), "{content}: {found:?}");
    }
}

#[test]
fn an_address_may_change_hands() {
    let content = "agentur,adresse,gueltig_ab,gueltig_bis\nessen,E@office.example,,2024-06-30\nhagen,E@office.example,2024-07-01,\n";
    assert_eq!(problems("liegenschaften.csv", content), [""; 0]);
}

#[test]
fn a_ring_of_vertretungen_is_a_warning() {
    let content =
        "von,an,gueltig_ab,gueltig_bis\nhagen,essen,2024-01-01,2024-01-31\nessen,hagen,2024-01-15,2024-02-15\n";
    let loaded = load_files(&[("vertretungen.csv", content.as_bytes())]);
    assert_eq!(loaded.problems.len(), 2, "{:?}", loaded.problems);
    assert!(loaded.problems.iter().all(|problem| problem.title.contains("ring")), "{:?}", loaded.problems);
    assert!(loaded.stammdaten.is_some());
    let apart = content.replace("2024-01-15", "2024-02-01");
    assert_eq!(problems("vertretungen.csv", &apart), [""; 0]);
}

#[test]
fn only_vertretungen_may_be_missing() {
    let dir = tempfile::tempdir().unwrap();
    let missing = || -> Vec<String> {
        let loaded = load_stammdaten(dir.path());
        assert_eq!(loaded.stammdaten.is_some(), loaded.problems.is_empty());
        assert!(loaded.problems.iter().all(|problem| problem.severity == Severity::Error));
        let names = loaded.problems.iter().map(|problem| problem.path.as_ref().unwrap().file_name().unwrap());
        names.map(|name| name.to_str().unwrap().to_owned()).collect()
    };
    let files = ["agenturen.csv", "dienststellen.csv", "liegenschaften.csv", "plz.csv", "orte.csv"];
    assert_eq!(missing(), files);
    std::fs::write(dir.path().join("agenturen.csv"), AGENTUREN).unwrap();
    for (number, name) in (1..).zip(&files[1..]) {
        assert_eq!(missing(), files[number..]);
        let help = load_stammdaten(dir.path()).problems[0].help.clone().unwrap();
        let (_, header) = help.rsplit_once("only the line ").unwrap();
        std::fs::write(dir.path().join(name), format!("{header}\n")).unwrap();
    }
    assert_eq!(missing(), [""; 0], "a file may hold nothing but its header");
    std::fs::create_dir(dir.path().join("vertretungen.csv")).unwrap();
    assert_eq!(missing(), ["vertretungen.csv"], "what is there must be readable");
}

#[test]
fn without_agenturen_nobody_is_unknown() {
    let found = load_files(&[("agenturen.csv", b"name\nEssen\n")]).problems;
    assert_eq!(found.len(), 1, "{found:?}");
}

#[test]
fn text_that_is_not_utf8_is_told_by_line() {
    let loaded = load_files(&[("orte.csv", b"ort,agentur\nEssen,essen\nG\xf6ttingen,goettingen\nK\xf6ln,essen\n")]);
    let [problem] = &loaded.problems[..] else { panic!("{:?}", loaded.problems) };
    assert_eq!(problem.to_string(), "orte.csv: line 3: not UTF-8 text, and 1 more line");
    assert!(loaded.stammdaten.is_none());
}

#[test]
fn a_flood_of_problems_is_cut() {
    let mut content = "plz,agentur,art\n".to_owned();
    for number in 0..2000 {
        content += &format!("{number:05},unbekannt,zustellung\n");
    }
    let loaded = load_files(&[("plz.csv", content.as_bytes())]);
    assert_eq!(loaded.problems.len(), MOST_PROBLEMS + 1);
    let last = loaded.problems.last().unwrap();
    assert_eq!(last.to_string(), "plz.csv: and 1950 more problems in this file, 1950 of them errors");
    assert_eq!(last.severity, Severity::Error);
}

#[test]
fn problems_look_like_this() {
    let loaded = load_files(&[(
        "liegenschaften.csv",
        "agentur;adresse;gueltig_bis\r\nessen;Essen@office.example;\r\ngottingen;Größe@office.example;31.06.2024\r\n"
            .as_bytes(),
    )]);
    let shown = render(&loaded.problems, false);
    let expected = r#"
error: "31.06.2024" is no day
 --> liegenschaften.csv:3:32
  |
3 | gottingen;Größe@office.example;31.06.2024
  |                                ^^^^^^^^^^
  |
  = help: write 2024-04-03 or 03.04.2024

error: unknown Agentur "gottingen"
 --> liegenschaften.csv:3:1
  |
3 | gottingen;Größe@office.example;31.06.2024
  | ^^^^^^^^^ not in agenturen.csv
  |
  = help: did you mean "goettingen"?
"#;
    assert_eq!(shown.trim(), expected.trim(), "\n{shown}");
}
