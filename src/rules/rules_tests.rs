use proptest::prelude::*;

use super::test_support::*;
use super::*;
use crate::diagnostic::render;
use crate::domain::agentur::Gueltigkeit;
use crate::domain::decision::Vorgangsart;
use crate::domain::message::{Address, Attachment, HeaderField, Note};

fn check(cases: Vec<(&str, Message, &str)>) {
    let rules = rules();
    for (what, message, expected) in cases {
        let decision = rules.classify(&message, &LAGE);
        let got = match decision.vorgangsart {
            Vorgangsart::FreieEmail => outcome(rules, &decision),
            art => format!("{} {}", art.as_str(), outcome(rules, &decision)),
        };
        assert_eq!(got, expected, "{what}: {decision:?}");
    }
}

const BONN_AT: &str = "Bonn@arbeitsagentur.example";
const KOELN_AT: &str = "Koeln@arbeitsagentur.example";
const ESERVICE: &str = "eservice-noreply@arbeitsagentur.example";

#[test]
fn kinds_of_message() {
    let au = "Art der Veränderung: Arbeitsunfähigkeit\nZuständige Dienststelle: Agentur für Arbeit Bonn";
    let from_eservice = || mail().with_from(&[ESERVICE]);
    let to_bonn = || mail().with_to(&[BONN_AT]);
    let colleague = || to_bonn().with_from(&["g.thoms@arbeitsagentur.example"]);
    let forwarded =
        "Von: Kunde <kunde@web.example>\nGesendet: Montag\nAn: Bonn@arbeitsagentur.example\nBetreff: x\n\nx";
    let between_us =
        "Von: Lenz <lenz@arbeitsagentur.example>\nGesendet: x\nAn: Koeln@arbeitsagentur.example\nBetreff: x\n\nx";
    let report = Message { content_type: "multipart/report".to_owned(), ..to_bonn() };
    check(vec![
        ("a report", report, "bounce bounce"),
        ("a mailer", to_bonn().with_from(&["MAILER-DAEMON@mx.example"]), "bounce bounce"),
        ("a mailer without domain", to_bonn().with_from(&["MAILER-DAEMON"]), "bounce bounce"),
        (
            "not delivered",
            to_bonn().with_header("Return-Path", "<>").with_subject("Nicht zustellbar: Krank"),
            "bounce bounce",
        ),
        (
            "late",
            to_bonn().with_header("Return-Path", "<>").with_subject("Warnung: Nachricht verzögert"),
            "bounce bounce",
        ),
        (
            "no way back",
            to_bonn().with_header("Return-Path", "<>").with_subject("Undelivered Mail Returned to Sender"),
            "bounce bounce",
        ),
        ("a customer's subject", to_bonn().with_subject("Undelivered Mail Returned to Sender"), "bonn"),
        ("eService AU", from_eservice().with_text(au), "evm-au bonn"),
        (
            "eService AU in caps",
            mail().with_from(&["ESERVICE-noreply@Arbeitsagentur.example"]).with_text(au),
            "evm-au bonn",
        ),
        (
            "AU and something else",
            from_eservice().with_text(&au.replace(": Arbeits", ": Umzug, Folgebescheinigung Arbeits")),
            "evm-au bonn",
        ),
        (
            "ill child",
            from_eservice().with_text("Art der Veränderung: Arbeitsunfähigkeit wegen Erkrankung eines Kindes"),
            "evm-sonstige evm-sonstige",
        ),
        (
            "AU in the remark",
            from_eservice().with_text(&format!("Art der Veränderung: Umzug\nBemerkung: x\n{au}")),
            "evm-sonstige evm-sonstige",
        ),
        (
            "AU behind an empty field",
            from_eservice().with_text(&format!("Art der Veränderung:\nBemerkung: x\n{au}")),
            "evm-sonstige evm-sonstige",
        ),
        (
            "AU in a list of answers",
            from_eservice().with_text("Art der Veränderung: Sonstiges\n- eine Arbeitsunfähigkeit liegt nicht vor: ja"),
            "evm-sonstige evm-sonstige",
        ),
        (
            "moved",
            from_eservice().with_text("Art der Veränderung: Umzug\nArbeitsunfähigkeit: nein"),
            "evm-sonstige evm-sonstige",
        ),
        (
            "form",
            to_bonn().with_from(&["kontaktformular-noreply@arbeitsagentur.example"]),
            "kontaktformular kontaktformular",
        ),
        (
            "inbox",
            to_bonn().with_from(&["postfach-noreply@arbeitsagentur.example"]),
            "postfachnachricht postfachnachricht",
        ),
        ("a subject that lies", to_bonn().with_subject("eService Veränderungsmitteilung").with_text(au), "bonn"),
        ("replied", to_bonn().with_header("Auto-Submitted", "auto-replied; owner-email=x"), "autoreply autoreply"),
        ("precedence", to_bonn().with_header("Precedence", "auto_reply"), "autoreply autoreply"),
        ("generated alone", to_bonn().with_header("Auto-Submitted", "auto-generated"), "bonn"),
        ("suppress alone", to_bonn().with_header("X-Auto-Response-Suppress", "All"), "bonn"),
        (
            "generated and suppress",
            to_bonn().with_header("Auto-Submitted", "auto-generated").with_header("X-Auto-Response-Suppress", "All"),
            "autoreply autoreply",
        ),
        (
            "generated and no way back",
            to_bonn().with_header("Auto-Submitted", "auto-generated").with_header("Return-Path", "<>"),
            "autoreply autoreply",
        ),
        ("newsletter", to_bonn().with_header("List-Unsubscribe", "<x>"), "rundschreiben rundschreiben"),
        ("newsletter with number", to_bonn().with_header("List-Id", "<x>").with_text("323A123456"), "bonn"),
        (
            "unknown number",
            to_bonn().with_header("Precedence", "bulk").with_text("999A123456"),
            "rundschreiben rundschreiben",
        ),
        ("colleague", colleague(), "intern intern"),
        ("colleague in a subdomain", to_bonn().with_from(&["x@sub.arbeitsagentur.example"]), "intern intern"),
        ("colleague answers", colleague().with_subject("AW: x").with_text(forwarded), "intern intern"),
        (
            "colleague answers behind a tag",
            colleague().with_subject("[EXTERN] AW: x").with_text(forwarded),
            "intern intern",
        ),
        ("colleague answers again", colleague().with_subject("AW [2]: x").with_text(forwarded), "intern intern"),
        ("colleague answers Re[2]", colleague().with_subject("Re[2]: x").with_text(forwarded), "intern intern"),
        ("colleague answers in two words", colleague().with_subject("AW/RE: x").with_text(forwarded), "intern intern"),
        ("colleague answers a ticket", colleague().with_subject("[#123] Re: x").with_text(forwarded), "intern intern"),
        ("colleague answers without prefix", colleague().with_subject("Krank").with_text(forwarded), "intern intern"),
        (
            "colleague answers with a new subject",
            colleague().with_cc(&[KOELN_AT]).with_subject("Ihre Mail").with_text(forwarded),
            "intern intern",
        ),
        (
            "colleague is away",
            colleague().with_subject("Automatische Antwort: x").with_text(forwarded),
            "intern intern",
        ),
        ("colleague has read", colleague().with_subject("Gelesen: WG: x").with_text(forwarded), "intern intern"),
        (
            "colleague answers what was forwarded",
            colleague()
                .with_subject("Krank")
                .with_text(&format!("{forwarded}\n---- Weitergeleitete Nachricht ----\n{forwarded}")),
            "intern intern",
        ),
        (
            "colleague forwards under a mark",
            colleague().with_subject("Krank").with_text(&format!("---- Weitergeleitete Nachricht ----\n{forwarded}")),
            "bonn",
        ),
        ("colleague forwards behind a tag", colleague().with_subject("[intern] Fwd: x").with_text(forwarded), "bonn"),
        (
            "colleague forwards a colleague by name",
            colleague()
                .with_subject("WG: Dienstplan")
                .with_text(&forwarded.replace("Kunde <kunde@web.example>", "Müller, Hans")),
            "intern intern",
        ),
        ("colleague attaches a mail without sender", colleague().with_attached(mail().with_from(&[])), "intern intern"),
        (
            "colleague quotes",
            colleague().with_text("ja\nAm 3.4. schrieb Kunde <kunde@web.example>:\n> x"),
            "intern intern",
        ),
        ("colleague forwards", colleague().with_subject("WG: x").with_text(forwarded), "bonn"),
        ("colleague forwards a colleague", colleague().with_subject("WG: x").with_text(between_us), "intern intern"),
        ("colleague attaches", colleague().with_attached(mail()), "bonn"),
        ("spam flag", to_bonn().with_header("X-Spam-Flag", "YES"), "spam-ish spam-ish"),
        ("spam status", to_bonn().with_header("X-Spam-Status", "Yes, score=9"), "spam-ish spam-ish"),
        ("spam status no", to_bonn().with_header("X-Spam-Status", "No, score=1"), "bonn"),
        ("SCL 5", to_bonn().with_header("X-MS-Exchange-Organization-SCL", "5"), "spam-ish spam-ish"),
        ("SCL 4", to_bonn().with_header("X-MS-Exchange-Organization-SCL", "4"), "bonn"),
        ("SCL inside", to_bonn().with_header("X-Forefront-Antispam-Report", "CIP:1;SCL:9;x"), "spam-ish spam-ish"),
        ("spam with number", to_bonn().with_header("X-Spam-Flag", "YES").with_text("Nr. 323A123456"), "bonn"),
    ]);
}

#[test]
fn other_bodies() {
    let jobcenter = "Jobcenter-Bonn@jobcenter.example";
    let famka = "Familienkasse-Bonn@arbeitsagentur.example";
    let people: Vec<String> = (0..205).map(|number| format!("x{number}@y.example")).collect();
    let crowd: Vec<&str> = people.iter().map(String::as_str).chain([jobcenter]).collect();
    check(vec![
        ("to a Jobcenter", mail().with_to(&[jobcenter]), "fremd-jobcenter fremd-jobcenter"),
        ("Jobcenter and office", mail().with_to(&[jobcenter]).with_cc(&[BONN_AT]), "mehrere_rechtskreise"),
        ("Jobcenter and number", mail().with_cc(&[jobcenter]).with_text("323A123456"), "mehrere_rechtskreise"),
        ("BG number", mail().with_text("BG 12345//0001234"), "fremd-jobcenter fremd-jobcenter"),
        ("BG number by the way", mail().with_to(&[BONN_AT]).with_text("BG 12345//0001234"), "bonn"),
        ("BG number, office in Cc", mail().with_cc(&[BONN_AT]).with_text("12345//0001234"), "bonn"),
        (
            "BG number, office only further down",
            mail().with_header("Delivered-To", BONN_AT).with_text("12345//0001234"),
            "fremd-jobcenter fremd-jobcenter",
        ),
        ("no BG number", mail().with_text("12345/0001234 112345//00012345"), "kein_hinweis"),
        ("to a Familienkasse", mail().with_to(&[famka]), "fremd-familienkasse fremd-familienkasse"),
        ("Familienkasse and office", mail().with_to(&[famka, BONN_AT]), "mehrere_rechtskreise"),
        ("Kindergeld number", mail().with_text("325FK118204"), "fremd-familienkasse fremd-familienkasse"),
        ("Kindergeld number, office", mail().with_to(&[BONN_AT]).with_text("325 FK 118204"), "bonn"),
        (
            "a Jobcenter's team by number is no office",
            mail().with_to(&["Bonn.141-Jobcenter@arbeitsagentur.example"]),
            "fremd-jobcenter fremd-jobcenter",
        ),
        ("a Jobcenter behind a crowd", mail().with_to(&[BONN_AT]).with_cc(&crowd), "mehrere_rechtskreise"),
        (
            "a Jobcenter's team is no office",
            mail().with_to(&["Bonn.Jobcenter-Team@arbeitsagentur.example"]),
            "fremd-jobcenter fremd-jobcenter",
        ),
    ]);
}

#[test]
fn imitations() {
    let suspicious = "verdaechtig absender_unbestaetigt";
    let from = |address: &str| mail().with_to(&[BONN_AT]).with_from(&[address]);
    check(vec![
        ("system name elsewhere", from("eservice-noreply@web.example"), suspicious),
        ("look-alike", from("kunde@arbeitsagentur-dienste.example"), suspicious),
        ("homograph", from("kunde@arbeitsаgentur.example"), suspicious),
        ("punycode", from("kunde@xn--rbeitsagentur-v1k.example"), suspicious),
        ("house in front", from("eservice-noreply@arbeitsagentur.example@evil.example"), suspicious),
        ("together with another", mail().with_from(&[ESERVICE, "x@evil.example"]), suspicious),
        ("honest", from("kunde@xn--mller-kva.example"), "bonn"),
        ("no sender", mail().with_to(&[BONN_AT]).with_from(&[]), "bonn"),
    ]);
}

#[test]
fn a_forged_system_sender_is_suspicious_where_the_server_is_known() {
    let mut files = shipped_files();
    let commented = "# pruefender_server =";
    assert!(files[0].text.contains(commented));
    files[0].text = files[0].text.replacen(commented, "pruefender_server =", 1).into();
    let (with_server, problems) = compile(&files, Arc::new(stammdaten()), &[]);
    let with_server = with_server.unwrap_or_else(|| panic!("{}", render(&problems, false)));
    let au = "Art der Veränderung: Arbeitsunfähigkeit\nZuständige Dienststelle: Köln";
    let form = || mail().with_from(&[ESERVICE]).with_text(au);
    let failed =
        |message: Message| message.with_header("Authentication-Results", "mx.arbeitsagentur.example; dmarc=fail");
    for (message, expected) in [
        (form(), "absender_unbestaetigt"),
        (failed(form()), "absender_unbestaetigt"),
        (failed(form().with_header("Authentication-Results", "mx.arbeitsagentur.example; dmarc=pass")), "koeln"),
        (failed(mail().with_to(&[BONN_AT])), "bonn"),
    ] {
        assert_eq!(outcome(&with_server, &with_server.classify(&message, &LAGE)), expected);
        let rules = rules();
        assert_ne!(outcome(rules, &rules.classify(&message, &LAGE)), "absender_unbestaetigt");
    }
}

#[test]
fn a_level_needs_places_that_exist() {
    for (from, to, expected) in [
        ("\"Delivered-To\"", "\"Delivered To\"", "is not the name of a header field"),
        ("orte = [\"cc\"]", "orte = []", "an empty list"),
        ("bezeichnungen = [\"Zuständige Dienststelle\"]", "bezeichnungen = []", "an empty list"),
    ] {
        let mut files = shipped_files();
        assert!(files[1].text.contains(from), "{from}");
        files[1].text = files[1].text.replacen(from, to, 1).into();
        let (rules, problems) = compile(&files, Arc::new(stammdaten()), &[]);
        let text = render(&problems, false);
        assert!(rules.is_none() && text.contains(expected), "{expected} missing in\n{text}");
    }
}

#[test]
fn office_addresses_by_level() {
    let quote = |an: &str| format!("Von: K <kunde@web.example>\nGesendet: x\nAn: {an}\nBetreff: x\n\nx");
    let to = |address: &str| mail().with_to(&[address]);
    check(vec![
        ("exact", to("BONN@ARBEITSAGENTUR.EXAMPLE"), "bonn"),
        ("team by number", to("Bonn.141-x@arbeitsagentur.example"), "bonn"),
        ("team by word", to("Bonn.Reha-SB@arbeitsagentur.example"), "bonn"),
        ("person", to("Bonn.Volker@arbeitsagentur.example"), "kein_hinweis"),
        ("person like a team", to("Bonn.Rehage@arbeitsagentur.example"), "kein_hinweis"),
        ("look-alike office", to("Bonn@arbeitsagentur.example.evil.example"), "kein_hinweis"),
        ("foreign letter", to("\u{212a}oeln@arbeitsagentur.example"), "kein_hinweis"),
        (
            "display name",
            Message {
                to: vec![Address { name: Some(BONN_AT.to_owned()), address: "x@y.example".to_owned() }],
                ..mail()
            },
            "kein_hinweis",
        ),
        ("To before Cc", to(BONN_AT).with_cc(&[KOELN_AT]), "bonn"),
        ("Cc", mail().with_cc(&["x@y.example", KOELN_AT]), "koeln"),
        ("two offices", mail().with_to(&[BONN_AT, KOELN_AT]), "widerspruch"),
        ("two of one Agentur", mail().with_to(&[BONN_AT, "Siegburg@arbeitsagentur.example"]), "bonn"),
        ("Resent-To", mail().with_header("Resent-To", "Agentur <Bonn@arbeitsagentur.example>"), "bonn"),
        ("Received", mail().with_header("Received", "from a by b for <bonn@arbeitsagentur.example>; x"), "bonn"),
        (
            "Received, as the sender says",
            mail().with_header("Received", "from a (HELO for <bonn@arbeitsagentur.example>) by b; x"),
            "kein_hinweis",
        ),
        (
            "Received, comments inside comments",
            mail().with_header(
                "Received",
                "from a (x (\\) y) for <koeln@arbeitsagentur.example>) by b for <bonn@arbeitsagentur.example>",
            ),
            "bonn",
        ),
        (
            "third level disagrees",
            mail().with_header("Delivered-To", BONN_AT).with_header("X-Original-To", KOELN_AT),
            "widerspruch",
        ),
        ("quoted recipient", mail().with_text(&quote(BONN_AT)), "bonn"),
        ("header before quotation", mail().with_header("Delivered-To", KOELN_AT).with_text(&quote(BONN_AT)), "koeln"),
        ("innermost", mail().with_text(&format!("{}\n{}", quote(KOELN_AT), quote(BONN_AT))), "bonn"),
        (
            "innermost customer",
            mail().with_text(&format!(
                "{}\nVon: L <l@arbeitsagentur.example>\nGesendet: x\nAn: {KOELN_AT}\nBetreff: x\n",
                quote(BONN_AT)
            )),
            "bonn",
        ),
        ("attached", mail().with_attached(to(BONN_AT)), "bonn"),
        ("attached within attached", mail().with_attached(mail().with_attached(to(BONN_AT))), "bonn"),
        (
            "introduction",
            mail().with_text("x\nAm 3.4.24 um 9:00 schrieb Bonn <Bonn@arbeitsagentur.example>:\n> x"),
            "bonn",
        ),
        ("running text", mail().with_text("Ich schrieb an Bonn@arbeitsagentur.example, vergeblich."), "kein_hinweis"),
        (
            "own address",
            mail().with_from(&["Bonn.Team1@arbeitsagentur.example"]).with_subject("WG: x").with_text(&quote(KOELN_AT)),
            "koeln",
        ),
        ("another region", to("Kiel@arbeitsagentur.example"), "andere_sc_region"),
    ]);
}

#[test]
fn the_eservice_field() {
    let field = |value: &str| {
        mail()
            .with_from(&[ESERVICE])
            .with_text(&format!("Art der Veränderung: Arbeitsunfähigkeit\nZuständige Dienststelle: {value}"))
    };
    check(vec![
        ("name", field("Agentur für Arbeit Köln"), "evm-au koeln"),
        ("spelling", field("AGENTUR FUER ARBEIT KOELN"), "evm-au koeln"),
        ("number", field("357"), "evm-au koeln"),
        ("name and number", field("357 Köln"), "evm-au koeln"),
        ("name and address", field("Agentur für Arbeit Köln, Butzweilerhofallee 1, 50829 Köln"), "evm-au koeln"),
        ("name and unknown number", field("999 Köln"), "evm-au nicht_auswertbar"),
        ("an unknown town before one known", field("Musterhausen, Köln"), "evm-au nicht_auswertbar"),
        ("a known town before one unknown", field("Köln bzw. Musterhausen"), "evm-au nicht_auswertbar"),
        ("two with a sign", field("Köln & Bonn"), "evm-au widerspruch"),
        ("two with a plus", field("Köln + Bonn"), "evm-au widerspruch"),
        ("two with a word", field("Köln sowie Bonn"), "evm-au widerspruch"),
        ("two, one in brackets", field("Köln (Bonn)"), "evm-au widerspruch"),
        ("two with a dash", field("Köln - Bonn"), "evm-au nicht_auswertbar"),
        ("an unknown town and an office in To", field("Musterhausen").with_to(&[BONN_AT]), "evm-au nicht_auswertbar"),
        ("a Geschäftsstelle that shares its name with a village", field("Husum"), "evm-au bonn"),
        ("Geschäftsstelle", field("Geschäftsstelle Siegburg"), "evm-au bonn"),
        ("it beats the rest", field("Köln\nKundennummer: 323A123456\nPLZ: 53111"), "evm-au koeln"),
        ("two", field("Agentur für Arbeit Köln, Agentur für Arbeit Bonn"), "evm-au widerspruch"),
        ("nobody knows", field("nicht bekannt"), "evm-au kein_hinweis"),
        ("split number", field("399"), "evm-au widerspruch"),
        (
            "one known, one not",
            field("Agentur für Arbeit Köln; Agentur für Arbeit Nirgendwo"),
            "evm-au nicht_auswertbar",
        ),
        ("unknown", field("Agentur für Arbeit Nirgendwo"), "evm-au nicht_auswertbar"),
        ("empty", field("-"), "evm-au kein_hinweis"),
        ("on the next line", field("\nAgentur für Arbeit Köln"), "evm-au koeln"),
        ("perhaps the next field", field("\nAnschrift Hauptstr. 1, Köln"), "evm-au nicht_auswertbar"),
        ("only in eService mails", mail().with_text("Zuständige Dienststelle: Köln"), "kein_hinweis"),
    ]);
}

#[test]
fn doubt_about_the_reading_holds_a_message_back() {
    let bonn = || mail().with_to(&[BONN_AT]);
    let with = |note, message| Message { notes: vec![note], ..message };
    let crowd: Vec<String> = (0..300).map(|number| format!("x{number}@y.example")).collect();
    let mut many: Vec<&str> = crowd.iter().map(String::as_str).collect();
    many.insert(0, BONN_AT);
    let quote = "Von: K <kunde@web.example>\nGesendet: x\nAn: Bonn@arbeitsagentur.example\nBetreff: x\n\nx";
    let au = "Art der Veränderung: Arbeitsunfähigkeit\nZuständige Dienststelle: Köln";
    check(vec![
        ("cut header", with(Note::HeaderTruncated, bonn()), "nicht_auswertbar"),
        ("cut text", with(Note::TextTruncated, bonn()), "nicht_auswertbar"),
        ("cut text of an attached", bonn().with_attached(with(Note::TextTruncated, mail())), "nicht_auswertbar"),
        ("cut behind the text", with(Note::PartsMissing, bonn()), "bonn"),
        ("cut behind home here", with(Note::PartsMissing, bonn().with_text("53111 Bonn")), "bonn"),
        (
            "cut behind home there",
            with(Note::PartsMissing, bonn().with_text("Adresse: 50667 Köln")),
            "nicht_auswertbar",
        ),
        ("cut behind town there", with(Note::PartsMissing, bonn().with_text("Ich wohne in Köln")), "nicht_auswertbar"),
        ("cut behind any town", with(Note::PartsMissing, bonn().with_text("Gruß aus Essen")), "bonn"),
        ("cut behind number there", with(Note::PartsMissing, bonn().with_text("357A123456")), "bonn"),
        (
            "cut field of a form",
            with(Note::TextTruncated, mail().with_from(&[ESERVICE]).with_text(au)),
            "evm-au nicht_auswertbar",
        ),
        ("cut quotation", with(Note::PartsMissing, mail().with_text(quote)), "nicht_auswertbar"),
        (
            "cut within an attachment behind the quotation",
            Message {
                attachments: vec![Attachment { name: None, content_type: "application/pdf".to_owned() }],
                ..with(Note::PartsMissing, mail().with_text(quote))
            },
            "bonn",
        ),
        ("too deep", with(Note::TooDeep, mail().with_attached(bonn())), "nicht_auswertbar"),
        ("a crowd", mail().with_to(&many), "nicht_auswertbar"),
    ]);
}

#[test]
fn validity_and_vertretung_follow_the_day() {
    let until = Gueltigkeit { ab: None, bis: Some(TAG) };
    let from = Gueltigkeit { ab: Some(TAG.tomorrow().unwrap()), bis: None };
    let mut daten = stammdaten();
    daten.add_adresse("Alt@arbeitsagentur.example", BONN, until);
    daten.add_adresse("Alt@arbeitsagentur.example", KOELN, from);
    daten.add_vertretung(ESSEN, KOELN, until);
    daten.add_vertretung(ESSEN, KIEL, from);
    let rules = rules_with(daten);
    let later = Lage { tag: TAG.tomorrow().unwrap(), ..LAGE };
    for (to, today, tomorrow) in
        [("Alt@arbeitsagentur.example", "bonn", "koeln"), ("Essen@arbeitsagentur.example", "koeln", "andere_sc_region")]
    {
        let message = mail().with_to(&[to]);
        assert_eq!(outcome(&rules, &rules.classify(&message, &LAGE)), today, "{to}");
        let decision = rules.classify(&message, &later);
        assert_eq!(outcome(&rules, &decision), tomorrow, "{to}");
        if tomorrow == "andere_sc_region" {
            assert_eq!(decision.zweiter, Some(KIEL));
            let today = rules.classify(&message, &LAGE);
            assert_eq!((today.grund.as_str(), today.zweiter), ("vertretung", Some(ESSEN)));
            assert_eq!(today.regel, "evidenz.empfaenger_liegenschaft");
        }
    }
}

#[test]
fn a_decision_names_rule_and_evidence() {
    let rules = rules();
    let decision = rules.classify(&mail().with_to(&[BONN_AT]), &LAGE);
    assert_eq!(decision.regel, "evidenz.empfaenger_liegenschaft");
    assert_eq!(decision.evidenz.len(), 1);
    assert_eq!(decision.evidenz[0].fundort.as_str(), "to");
    let decision = rules.classify(&mail(), &LAGE);
    assert_eq!(decision.regel, "entscheidung.kein_hinweis");
    let decision = rules.classify(&mail().with_from(&["postmaster@x.example"]), &LAGE);
    assert_eq!(decision.regel, "vorgangsart.bounce");
    let order = rules.order();
    assert!(order[0].starts_with("vorgangsart.bounce"), "{order:?}");
    assert_eq!(order.len(), Vorgangsart::ALL.len() + 1 + 5);
}

#[test]
fn all_problems_of_all_files_come_at_once() {
    let mut files = shipped_files();
    let change = |source: &mut Source, from: &str, to: &str| {
        assert!(source.text.contains(from), "{from}");
        source.text = source.text.replacen(from, to, 1).into();
    };
    change(&mut files[0], "aktion = \"automatisch\"", "aktoin = \"automatisch\"");
    change(&mut files[0], "systemabsender = \"kontaktformular\"", "systemabsender = \"kontaktformula\"");
    change(&mut files[0], "[0-9]{5}\\s", "[0-9]{5\\s");
    change(&mut files[0], "name = \"intern\"", "name = \"interm\"");
    change(&mut files[1], "orte = [\"cc\"]", "orte = [\"ccc\"]\nkopfzeile = 1");
    change(&mut files[2], "mindestens = 2", "mindestens = 1");
    change(&mut files[2], "\"plz\", \"ortsname\", \"kundennummer_praefix\", \"anrede\",\n]", "\"plz\", \"anrede\"]");
    change(&mut files[3], "[grenzen]", "[grenze]");
    let (rules, problems) = compile(&files, Arc::new(stammdaten()), &[]);
    assert!(rules.is_none());
    let text = render(&problems, false);
    for part in [
        "unknown key aktoin",
        "did you mean aktion?",
        "missing field `aktion`",
        "unknown system sender \"kontaktformula\"",
        "did you mean kontaktformular?",
        "the regular expression is not valid",
        "unknown kind of message \"interm\"",
        "did you mean intern?",
        "unknown key kopfzeile",
        "did you mean kopfzeilen?",
        "a majority needs at least 2",
        "reihenfolge names ortsname 0 times",
        "unknown key grenze",
        "did you mean grenzen?",
        "the rule set has no usable [grenzen]",
    ] {
        assert!(text.contains(part), "{part} missing in\n{text}");
    }
}

#[test]
fn structure_of_the_kinds_is_checked() {
    for (from, to, expected) in [
        (
            "beschreibung = \"alles andere",
            "wenn = [{ absender_intern = true }]\nbeschreibung = \"alles andere",
            "must apply always",
        ),
        ("[[vorgangsart.wenn]]\nsystemabsender = \"kontaktformular\"\n", "", "no rule after this one is reached"),
        ("regel = \"mehrere_rechtskreise\"\n", "", "vorgangsart.freie-email exists twice"),
        ("grund = \"absender_unbestaetigt\"\n", "", "grund belongs to"),
        ("absender_nachgeahmt = true", "betreff = [\"\"]", "an empty word"),
        ("name = \"bounce\"", "name = \"intern\"", "no rule is about bounce"),
        ("inhaltstyp = [\"multipart/report\"]", "inhaltstyp = []", "an empty list"),
        ("X-Autoreply = [\"*\"]", "X-Autoreply = []", "an empty list"),
        ("X-Autoreply = [\"*\"]", "\"X Autoreply\" = [\"*\"]", "is not the name of a header field"),
        ("enthaelt = [\"Arbeitsunfähigkeit\"]", "enthaelt = []", "an empty list"),
        (
            "kontaktformular = [\"kontaktformular-noreply@arbeitsagentur.example\"]",
            "kontaktformular = []",
            "an empty list",
        ),
        ("# pruefender_server = \"mx", "pruefender_server = \"m x", "is not the name of a mail server"),
        ("absender_nachgeahmt = true", "", "asks for nothing"),
        ("domains = [\"arbeitsagentur.example\"]", "domains = [\"x\"]", "is not a domain"),
        ("[haus]", "[haus", "this is not TOML"),
        ("[haus]", "[haus]\nnachahmung_hoechstabstand = \"x\"", "duplicate"),
    ] {
        let mut files = shipped_files();
        assert!(files[0].text.contains(from), "{from}");
        files[0].text = files[0].text.replacen(from, to, 1).into();
        let (rules, problems) = compile(&files, Arc::new(stammdaten()), &[]);
        let text = render(&problems, false);
        assert!(rules.is_none() && text.contains(expected), "{expected} missing in\n{text}");
    }
    let (rules, problems) = compile(&[], Arc::new(stammdaten()), &[]);
    assert!(rules.is_none() && !problems.is_empty());
}

/// Text made of what the rules look for, and of anything.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("Von: ".to_owned()),
        Just("An: Bonn@arbeitsagentur.example\n".to_owned()),
        Just("Gesendet: \nBetreff: x\n".to_owned()),
        Just("Am 3. schrieb <Koeln@arbeitsagentur.example>:\n> ".to_owned()),
        Just("Art der Veränderung:\nArbeitsunfähigkeit\n".to_owned()),
        Just("Zuständige Dienststelle\t".to_owned()),
        Just("735 A 12".to_owned()),
        Just("\u{ff13}57A123456 50667 ".to_owned()),
        Just("12345//0001234\u{200b}".to_owned()),
        Just("\"<,;[@>ß\0\n".to_owned()),
        any::<String>(),
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

fn address() -> impl Strategy<Value = Address> {
    let known = prop_oneof![
        Just(BONN_AT.to_owned()),
        Just(ESERVICE.to_owned()),
        Just("Bonn.Team@arbeitsagentur.example".to_owned()),
        Just("xn--@xn--a.arbeitsagentur".to_owned()),
        any::<String>(),
    ];
    (proptest::option::of(any::<String>()), known).prop_map(|(name, address)| Address { name, address })
}

fn message() -> impl Strategy<Value = Message> {
    let addresses = || prop::collection::vec(address(), 0..4);
    let name = prop_oneof![
        Just("received".to_owned()),
        Just("delivered-to".to_owned()),
        Just("x-forefront-antispam-report".to_owned()),
        any::<String>(),
    ];
    let header = (name, text()).prop_map(|(name, value)| HeaderField { name, value });
    let attachment = (proptest::option::of(text()), any::<String>())
        .prop_map(|(name, content_type)| Attachment { name, content_type });
    let leaf = (
        prop::collection::vec(header, 0..4),
        addresses(),
        addresses(),
        addresses(),
        text(),
        any::<String>(),
        text(),
        prop::collection::vec(attachment, 0..3),
    )
        .prop_map(|(headers, from, to, cc, subject, content_type, text, attachments)| Message {
            headers,
            from,
            to,
            cc,
            subject,
            content_type,
            text,
            attachments,
            ..Message::default()
        });
    let leaf = leaf.boxed();
    (leaf.clone(), prop::collection::vec(leaf, 0..2)).prop_map(|(message, attached)| Message { attached, ..message })
}

proptest! {
    #[test]
    fn anything_gets_one_answer(message in message(), weit in any::<bool>()) {
        let rules = rules();
        let lage = Lage { profil: if weit { Profil::Weit } else { Profil::Streng }, ..LAGE };
        let decision = rules.classify(&message, &lage);
        prop_assert_eq!(&decision, &rules.classify(&message, &lage));
        if let Some(agentur) = decision.entscheidung.agentur() {
            prop_assert!(decision.evidenz.iter().any(|piece| piece.agenturen.contains(&agentur)));
        }
    }
}
