//! Home, Kundennummer and salutation, found in mails and weighed.

use super::explanation::Ausschluss;
use super::test_support::*;
use super::*;
use crate::domain::decision::EvidenzArt;
use crate::domain::message::{Address, Attachment};

/// Evidence of a kind as `bonn+koeln@signatur`, and `-` with the reason for what was discarded.
fn found(rules: &RuleSet, message: &Message, art: EvidenzArt) -> String {
    let explanation = rules.explain(message, &LAGE);
    let slug = |&id: &AgenturId| rules.stammdaten().agentur(id).slug.clone();
    let found = explanation.gefunden.iter().filter(|piece| piece.art == art).map(|piece| {
        format!("{}@{}", piece.agenturen.iter().map(slug).collect::<Vec<_>>().join("+"), piece.fundort.as_str())
    });
    let discarded = explanation.verworfen.iter().filter(|piece| piece.art == art);
    let discarded = discarded.map(|piece| format!("-{}", piece.warum.as_str()));
    found.chain(discarded).collect::<Vec<_>>().join(" ")
}

fn check(art: EvidenzArt, cases: Vec<(&str, Message, &str)>) {
    let rules = rules();
    let wrong: Vec<String> = cases
        .into_iter()
        .map(|(what, message, expected)| (what, found(rules, &message, art), expected))
        .filter(|(_, found, expected)| found != expected)
        .map(|(what, found, expected)| format!("{what}: {found:?} instead of {expected:?}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A mail of Gudula Offermanns.
fn from_gudula(text: &str) -> Message {
    let from =
        vec![Address { name: Some("Gudula Offermanns".into()), address: "gudula.offermanns@web.example".into() }];
    Message { from, ..mail().with_text(text) }
}

fn cases<'a>(texts: &[(&'a str, &'a str)]) -> Vec<(&'a str, Message, &'a str)> {
    texts.iter().map(|&(text, expected)| (text, from_gudula(text), expected)).collect()
}

#[test]
fn homes_behind_a_label() {
    check(
        EvidenzArt::Plz,
        cases(&[
            ("Hallo,\nmeine Anschrift: Weg 5, 53111 Bonn.", "bonn@anschrift"),
            ("Hallo,\nAdresse\nWeg 5\n53111 Bonn", "bonn@anschrift"),
            ("Hallo,\nmeine Anschrift lautet:\n\nWeg 5\n53111 Bonn", "bonn@anschrift"),
            ("Hallo,\nich wohne seit Mai in der Hauptstr. 5 in 53111 Bonn und bin krank.", "bonn@anschrift"),
            ("Hallo,\nich, wohnhaft Weg 5, 53111 Bonn, bin krank", "bonn@anschrift"),
            ("Hallo,\nPLZ: 53111", "bonn@anschrift"),
            ("Hallo,\nPLZ/Ort: D-53111 Bonn", "bonn@anschrift"),
            ("Hello,\nI live in 53111 Bonn.", "bonn@anschrift"),
            ("Hallo,\nAnschrift: \u{ff15}\u{ff13}1\u{200b}11 Bonn", "bonn@anschrift"),
            ("Hallo,\nich wohne bei meinen Eltern in 53111 Bonn", "bonn@anschrift"),
            ("Hallo,\nich wohne in 53111 Bonn und in 45127 Essen", "bonn@anschrift essen@anschrift"),
            ("Hallo,\nHauptwohnsitz: 53111 Bonn\nNebenwohnsitz: 45127 Essen", "bonn@anschrift essen@anschrift"),
            // Somebody else's.
            ("Hallo,\nich wohne hier und arbeite in 53111 Bonn", "-keine_anschrift"),
            ("Hallo,\nich war in 53111 Bonn", "-keine_anschrift"),
            ("Hallo,\nmeine E-Mail-Adresse ist neu. 53111 Bonn", "-keine_anschrift"),
            ("Hallo,\nAnschrift des Kurses: 53111 Bonn", "-keine_anschrift"),
            ("Hallo,\nmeine Tochter ist krank, Anschrift: 53111 Bonn", "-andere_person"),
            ("Hallo,\nes geht um Bo, wohnhaft in 53111 Bonn.", "-andere_person"),
            ("Hallo,\nder Brief ist von Jo Wu, wohnhaft in 53111 Bonn.", "-andere_person"),
            ("Hallo,\nAnschrift: Jo Wu, Weg 5, 53111 Bonn", "-keine_anschrift"),
            ("Hallo,\nseine Adresse: 53111 Bonn", "-andere_person"),
            ("Hallo,\nAnschrift: Petra Meier, Weg 5, 53111 Bonn", "-keine_anschrift"),
            ("Hallo,\nAnschrift: Gudula Offermanns, Weg 5, 53111 Bonn", "bonn@anschrift"),
            ("Hallo,\nes geht um Herrn Peter Ott, wohnhaft in 53111 Bonn", "-andere_person"),
            ("Hallo,\nPeter Groß, wohnhaft in 53111 Bonn, zieht um", "-andere_person"),
            ("Hallo,\nAdresse der Stahl GmbH: 53111 Bonn", "-fremde_stelle"),
            ("Hallo,\nAdresse: Stahl GmbH\nWeg 5\n53111 Bonn", "-fremde_stelle"),
            ("Hallo,\nich habe bei der Stahl GmbH gekündigt.\n\nAdresse: Weg 5, 53111 Bonn", "bonn@anschrift"),
            ("Hallo,\nAdresse: Klinikstraße 5, 53111 Bonn", "bonn@anschrift"),
            ("Hallo,\nAdresse: Postfach 12, 53111 Bonn", "-postfach"),
            ("Hallo,\nAdresse: Weg 5, F-53111 Bonn", "-ausland"),
            ("Hallo,\nAdresse: Weg 5, 53111 Bonn, Österreich", "-ausland"),
            ("Hallo,\nAdresse: Weg 5, 53111 Bonn\nFrance", "-ausland"),
            ("Hallo,\nAdresse: Weg 5, 53111 Bad\nHonnef", "bonn@anschrift"),
            ("Hallo,\nAdresse: Weg 5, 53111 Bonn, Deutschland", "bonn@anschrift"),
            ("Hallo,\nRechnung Nr. 53111, Adresse: Kundennummer 45127", "-keine_anschrift -keine_anschrift"),
        ]),
    );
}

#[test]
fn old_new_and_future_homes() {
    check(
        EvidenzArt::Plz,
        cases(&[
            ("Hallo,\nneue Anschrift: Weg 5, 53111 Bonn", "bonn@anschrift"),
            ("Hallo,\nmeine alte Anschrift: Weg 5, 53111 Bonn", "-alte_anschrift"),
            ("Hallo,\nAnschrift alt: 53111 Bonn\nAnschrift neu: 45127 Essen", "essen@anschrift -alte_anschrift"),
            ("Hallo,\nneue Anschrift ab 01.07.2024: 53111 Bonn", "-kuenftige_anschrift"),
            ("Hallo,\nneue Anschrift: Weg 5, 53111 Bonn (ab 1. Juli)", "-kuenftige_anschrift"),
            ("Hallo,\nab dem 1.7. ist meine neue Anschrift Weg 5, 53111 Bonn", "-kuenftige_anschrift"),
            ("Hallo,\nneue Anschrift seit 01.04.2024: 53111 Bonn", "bonn@anschrift"),
            ("Hallo,\nder Kurs beginnt am 01.07.2024. Neue Anschrift: 53111 Bonn", "-andere_person"),
            ("Hallo,\nich bin seit 01.03.2024 hier. Neue Anschrift: 53111 Bonn", "bonn@anschrift"),
            (
                "Hallo,\nneue Anschrift: 53111 Bonn\n\nGruß\nGudula\nWeg 5\n45127 Essen",
                "bonn@anschrift -neuere_anschrift",
            ),
            (
                "Hallo,\nneue Anschrift ab 01.07.2024: 53111 Bonn\n\nGruß\nGudula\nWeg 5\n45127 Essen",
                "essen@signatur -kuenftige_anschrift",
            ),
            ("Hallo,\nbin umgezogen nach Weg 5, 53111 Bonn", "bonn@anschrift"),
            (
                "Hallo,\nich bin umgezogen.\n\nBisherige Anschrift: 53111 Bonn\n\nNeue Anschrift: 45127 Essen",
                "essen@anschrift -alte_anschrift",
            ),
        ]),
    );
}

#[test]
fn homes_in_signature_and_letter_head() {
    check(
        EvidenzArt::Plz,
        cases(&[
            ("Hallo,\nx\n\nMit freundlichen Grüßen\nGudula Offermanns\nWeg 5\n53111 Bonn", "bonn@signatur"),
            ("Hallo,\nx\n\nMit freundlichen Grüßen\n\nGudula Offermanns\n\nWeg 5\n\n53111 Bonn", "bonn@signatur"),
            ("Hallo,\nx\nmit freundlichen Grüssen Gudula Offermanns, Weg 5, 53111 Bonn", "bonn@signatur"),
            ("Hallo,\nx\nMit freundlichen Grüsen\nG. Offermanns · Weg 5 · 53111 Bonn", "bonn@signatur"),
            ("hallo bin krank bis freitag viele grüße gudula offermanns weg 5 53111 bonn", "bonn@signatur"),
            ("Hallo,\nx\n\nGudula Offermanns\nWeg 5\n53111 Bonn", "bonn@signatur"),
            ("Hallo,\nx\nGudula Offermanns\nWeg 5\n53111 Bonn", "bonn@signatur"),
            ("Hallo,\nx\n\nPetra Meier\nWeg 5\n53111 Bonn", "-keine_anschrift"),
            ("Hallo,\nx\n-- \nGudula\nWeg 5\n53111 Bonn", "bonn@signatur"),
            ("Hallo,\nx\n\nDanke\nGudula\nWeg 5\n53111 Bonn", "bonn@signatur"),
            ("Hallo,\nDanke\nfür alles. Kurs in\n53111 Bonn\n\nGruß\nGudula", "-keine_anschrift"),
            ("Hallo,\nx\n\nGruß\nGudula\nStahl GmbH\nWeg 5\n53111 Bonn", "-fremde_stelle"),
            ("Hallo,\nx\n\nGruß\nGudula\n\nStahl GmbH\n\nWeg 5\n53111 Bonn", "-fremde_stelle"),
            ("Hallo,\nx\n\nGruß\nGudula\nTel. 02281 53111", "-keine_anschrift"),
            ("Hallo,\nx\n\nGruß\nGudula\nAz. 53111 Bonn", "-keine_anschrift"),
            ("Hallo,\nx\n\nGruß\nGudula\n\nPS: Der Kurs ist am Markt 5, 53111 Bonn", "-keine_anschrift"),
            ("Hallo,\nx\n\nGruß\nGudula\n\nGesendet von unterwegs, Weg 5, 53111 Bonn", "-keine_anschrift"),
            (
                "Gudula Offermanns\nWeg 5\n53111 Bonn\n\nAgentur für Arbeit\nMarkt 1\n45127 Essen\n\nSehr geehrte Frau Ott,\nx",
                "bonn@briefkopf -fremde_stelle",
            ),
            ("Petra Meier\nWeg 5\n53111 Bonn\n\nHallo,\nx\n\nGudula", "-keine_anschrift"),
            ("Frau Gudula Offermanns\nWeg 5\n53111 Bonn\n\nHallo,\nx", "-keine_anschrift"),
            ("Gudula Offermanns\nWeg 5\n53111 Bonn", "bonn@signatur"),
        ]),
    );
}

#[test]
fn towns_without_a_postcode() {
    check(
        EvidenzArt::Ortsname,
        cases(&[
            ("Hallo,\nich wohne in Siegburg.", "bonn@anschrift"),
            ("Hallo,\nWohnort: KÖLN", "koeln@anschrift"),
            ("Hallo,\nich wohne seit Mai in Essen, und zwar gern", "essen@anschrift"),
            ("Hallo,\nbin wohnhaft in Ko\u{308}ln-Deutz", "koeln@anschrift"),
            ("Hallo,\nich wohne in Husum", "-ort_mehrdeutig"),
            ("Hallo,\nich wohne in Nirgendwo", ""),
            ("Hallo,\nich war in Bonn", ""),
            ("Hallo,\nich wohne noch hier und suche in Bonn", ""),
            ("Hallo,\nab 1.7. wohne ich in Bonn", "-kuenftige_anschrift"),
            ("Hallo,\nich wohne in Bonn, Österreich", "-ausland"),
            ("Hallo,\nmeine Tochter ist krank.\nWohnort: Bonn", "-andere_person"),
            ("Hallo,\nich wohne in Bonn\n\nGruß\nGudula\nWeg 5\n50667 Köln", ""),
        ]),
    );
}

#[test]
fn whose_words_count() {
    let colleague =
        |text: &str| mail().with_from(&["g.thoms@arbeitsagentur.example"]).with_subject("WG: x").with_text(text);
    let head = "Von: Petra Meier <kunde@web.example>\nGesendet: x\nAn: x@y.example\nBetreff: x\n\n";
    let inner = format!(
        "zur Bearbeitung\n\nGruß\nG. Thoms\nMarkt 1\n45127 Essen\n\n{head}Hallo\n\nGruß\nPetra Meier\nWeg 5\n53111 Bonn"
    );
    let deeper = format!("{inner}\n\nAm 3.4. schrieb Ott <o@z.example>:\n> Gruß\n> Ott\n> Weg 1\n> 50667 Köln\n");
    let quoting = "ja\n\nGruß\nGudula\nWeg 5\n53111 Bonn\n\nAm 3.4. schrieb Ott <o@z.example>:\n> Gruß\n> Ott\n> Weg 1\n> 50667 Köln\n";
    let between =
        "Am 3.4. schrieb Ott <o@z.example>:\n> wohnhaft in 50667 Köln?\n\nNein, ich wohne in 53111 Bonn.\n\n> Danke";
    let wrapped = "> Und dann schrieb ich noch, dass ich inzwischen umgezogen bin, wohnhaft in\n50667 Köln";
    let outlook = format!("ja, ich wohne in 53111 Bonn\n\n{head}ich wohne in 50667 Köln");
    let inside = mail().with_text("Hallo\n\nGruß\nKunde\nWeg 5\n53111 Bonn");
    check(
        EvidenzArt::Plz,
        vec![
            ("forwarded by the house", colleague(&inner), "bonn@signatur -fremde_worte"),
            ("with a quotation inside", colleague(&deeper), "bonn@signatur -fremde_worte -fremde_worte"),
            (
                "attached by the house",
                colleague("Gruß\nG. Thoms\nMarkt 1\n45127 Essen").with_attached(inside.clone()),
                "bonn@signatur -fremde_worte",
            ),
            ("attached by a customer", from_gudula("siehe Anhang").with_attached(inside), "-fremde_worte"),
            ("quoted", from_gudula(quoting), "bonn@signatur -fremde_worte"),
            ("answered in between", from_gudula(between), "bonn@anschrift -fremde_worte"),
            ("rest of a wrapped quotation", from_gudula(wrapped), "-fremde_worte"),
            ("forwarded by a customer", from_gudula(&outlook), "bonn@anschrift -fremde_worte"),
        ],
    );
    check(
        EvidenzArt::KundennummerPraefix,
        vec![
            ("own", from_gudula("323A123456"), "bonn@text"),
            ("quoted", from_gudula("x\n> 323A123456"), "-fremde_worte"),
            ("of the colleague", colleague(&format!("zu 357A123456\n\n{head}ohne Nummer")), "-fremde_worte"),
            ("of the customer", colleague(&format!("hallo\n\n{head}323A123456")), "bonn@text"),
            ("attached by the house", colleague("x").with_attached(mail().with_subject("323A123456")), "bonn@betreff"),
        ],
    );
}

#[test]
fn the_best_place_of_a_number_counts() {
    let attachment =
        |name: &str| vec![Attachment { name: Some(name.to_owned()), content_type: "application/pdf".to_owned() }];
    let with = |subject: &str, text: &str, name: &str| Message {
        attachments: attachment(name),
        ..mail().with_subject(subject).with_text(text)
    };
    check(
        EvidenzArt::KundennummerPraefix,
        vec![
            (
                "subject first",
                with("323A123456", "357A123456", "343A123456.pdf"),
                "bonn@betreff -besserer_fundort -besserer_fundort",
            ),
            ("then text", with("x", "357A123456", "343A123456.pdf"), "koeln@text -besserer_fundort"),
            ("then name", with("x", "y", "AU_343A123456.pdf"), "essen@anhangname"),
            ("two in one place", with("x", "323A123456, 357A123456", ""), "bonn@text koeln@text"),
            ("a split number", with("x", "399A123456", ""), "bonn+koeln@text"),
            (
                "unknown in the better place",
                with("999A123456", "357A123456", ""),
                "koeln@text -unbekannte_dienststelle",
            ),
        ],
    );
}

#[test]
fn offices_that_are_spoken_to() {
    check(
        EvidenzArt::Anrede,
        cases(&[
            ("An die Agentur für Arbeit Bonn\n\nHallo", "bonn@anrede"),
            ("Agentur für Arbeit Köln\nMarkt 1\n\nSehr geehrte Frau Ott", "koeln@anrede"),
            ("An die\nAgentur für Arbeit\nKöln\n\nHallo", "koeln@anrede"),
            ("Sehr geehrte Damen und Herren der Agentur für Arbeit Essen,\nx", "essen@anrede"),
            ("Hallo Arbeitsagentur in Siegburg,\nx", "bonn@anrede"),
            ("Hallo,\nich war bei der Agentur für Arbeit Bonn", ""),
            ("ich war bei der Agentur für Arbeit Bonn", ""),
            ("Hallo,\nx\n\nGruß\nGudula\nAgentur für Arbeit Bonn", ""),
            ("An die Agentur für Arbeit\nMarkt 1\n45127 Essen\n\nHallo", ""),
            ("An die Agentur für Arbeit Nirgendwo\n\nHallo", ""),
        ]),
    );
}

#[test]
fn the_form_of_a_system_mail() {
    let form = |fields: &str| {
        mail()
            .with_from(&["eservice-noreply@arbeitsagentur.example"])
            .with_text(&format!("Art der Veränderung: Arbeitsunfähigkeit\n{fields}"))
    };
    check(
        EvidenzArt::Plz,
        vec![
            ("address", form("Anschrift: Weg 5, 53111 Bonn"), "bonn@feld"),
            ("postcode and town", form("PLZ / Ort\n53111 Bonn"), "bonn@feld"),
            (
                "beside a doctor",
                form("Anschrift: Weg 5, 53111 Bonn\nArzt: Dr. med. Ott, 50667 Köln\nKrankenkasse: AOK"),
                "bonn@feld",
            ),
            ("of the employer", form("Anschrift des Arbeitgebers: Stahl GmbH, 53111 Bonn"), "-andere_person"),
            ("a new one", form("Anschrift: 53111 Bonn\nNeue Anschrift: 50667 Köln"), "koeln@feld -neuere_anschrift"),
            (
                "a new one later",
                form("Anschrift: 53111 Bonn\nNeue Anschrift: 50667 Köln ab 01.07.2024"),
                "bonn@feld -kuenftige_anschrift",
            ),
            ("a remark", form("Bemerkung: Kurs in 53111 Bonn"), ""),
        ],
    );
    check(EvidenzArt::Ortsname, vec![("a town", form("Wohnort: Siegburg"), "bonn@feld")]);
}

#[test]
fn discarded_words_are_named_and_bounded() {
    let rules = rules();
    let text = format!("Hallo,\nich war in 53111 Bonn.\n> {}", "53111 Bonn ".repeat(300));
    let explanation = rules.explain(&from_gudula(&text), &LAGE);
    assert_eq!(explanation.verworfen[0].wortlaut, "53111");
    assert!(explanation.verworfen.len() < 100);
    assert!(Ausschluss::ALL.iter().all(|warum| !warum.as_str().is_empty()));
}

#[test]
fn votes_are_counted_for_people() {
    let rules = rules();
    let message =
        from_gudula("Hallo, 357A123456\n\nGruß\nGudula\nWeg 5\n50667 Köln").with_to(&["Bonn@arbeitsagentur.example"]);
    let explanation = rules.explain(&message, &LAGE);
    let votes: Vec<(AgenturId, usize)> =
        explanation.stimmen.iter().map(|votes| (votes.agentur, votes.arten.len())).collect();
    assert_eq!(votes, [(KOELN, 2), (BONN, 1)]);
    assert_eq!((explanation.mehrheit_ab, explanation.nach_hinweisen), (2, Some(KOELN)));
    assert_eq!(explanation.decision.zweiter, Some(BONN));
}
