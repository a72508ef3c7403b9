use super::test_support::*;
use super::*;
use crate::diagnostic::render;
use crate::domain::decision::Grund;
use crate::domain::message::{Attachment, Note};
use crate::rules::explanation::Ausschluss;

const BONN_AT: &str = "Bonn@arbeitsagentur.example";
const FORM: &str = "kontaktformular-noreply@arbeitsagentur.example";

/// The shipped rules with these exceptions.
fn try_with(exceptions: &str) -> (Option<RuleSet>, Vec<Diagnostic>) {
    let mut files = shipped_files();
    files.push(Source { path: "60-eigene.toml".into(), text: exceptions.into() });
    compile(&files, Arc::new(stammdaten()), &[])
}

fn with(exceptions: &str) -> RuleSet {
    let (rules, problems) = try_with(exceptions);
    rules.unwrap_or_else(|| panic!("{}\n{exceptions}", render(&problems, false)))
}

/// An exception with this condition and target.
fn exception(name: &str, wenn: &str, rest: &str) -> String {
    format!("[[ausnahme]]\nname = \"{name}\"\nbeschreibung = \"x\"\nticket = \"T-1\"\nwenn = {wenn}\n{rest}\n")
}

fn with_attachment(message: Message, name: &str) -> Message {
    let attachment = Attachment { name: Some(name.to_owned()), content_type: "application/pdf".to_owned() };
    Message { attachments: vec![attachment], ..message }
}

#[test]
fn each_field_and_operator() {
    let sender = || mail().with_from(&["Listen@Bildung.example"]);
    // With a Kundennummer it is no circular.
    let listed =
        || mail().with_text("323A123456").with_header("List-Id", "Über <a.example>").with_header("list-id", "Zweite");
    for (wenn, message, holds) in [
        ("{ feld = \"absender\", ist = \"listen@bildung.example\" }", sender(), true),
        ("{ feld = \"absender\", ist = \"listen@bildung.example\" }", mail(), false),
        ("{ feld = \"absender\", in = [\"x@y.example\", \"LISTEN@bildung.example\"] }", sender(), true),
        ("{ feld = \"absender\", glob = \"listen@*\" }", sender(), true),
        // A letter that looks Latin is another letter.
        ("{ feld = \"absender\", glob = \"listen@*\" }", mail().with_from(&["\u{ff4c}isten@bildung.example"]), false),
        ("{ feld = \"absender_domain\", ist = \"bildung.example\" }", sender(), true),
        (
            "{ feld = \"absender_domain\", ist = \"bildung.example\" }",
            mail().with_from(&["a@x.bildung.example"]),
            false,
        ),
        ("{ feld = \"an\", ist = \"zwei@x.example\" }", mail().with_to(&["eins@x.example", "Zwei@x.example"]), true),
        ("{ feld = \"an\", ist = \"zwei@x.example\" }", mail().with_cc(&["zwei@x.example"]), false),
        ("{ feld = \"cc\", ist = \"zwei@x.example\" }", mail().with_cc(&["zwei@x.example"]), true),
        ("{ feld = \"empfaenger\", regex = 'zwei|drei' }", mail().with_cc(&["zwei@x.example"]), true),
        // Each recipient on its own.
        (
            "{ feld = \"empfaenger\", glob = \"eins*zwei*\" }",
            mail().with_to(&["eins@x.example", "zwei@x.example"]),
            false,
        ),
        (
            "{ feld = \"betreff\", enthaelt = \"Münchner Messe\" }",
            mail().with_subject("AW: MUENCHNER\u{a0} Messe 24"),
            true,
        ),
        ("{ feld = \"betreff\", glob = \"Angebot*\" }", mail().with_subject("Ihr Angebot"), false),
        ("{ feld = \"betreff\", wort = \"Reha\" }", mail().with_subject("Frau Rehage, reha-team"), true),
        ("{ feld = \"betreff\", wort = \"Reha\" }", mail().with_subject("Frau Rehage"), false),
        ("{ feld = \"betreff\", vorhanden = false }", mail().with_subject("  "), true),
        ("{ feld = \"text\", regex = 'Krank[a-z]+ in muenchen' }", mail().with_text("Krankenhaus\nin München"), true),
        ("{ feld = \"text\", ist = \"guten tag\" }", mail(), true),
        ("{ feld = \"kopfzeile\", name = \"List-ID\", enthaelt = \"ueber\" }", listed(), true),
        ("{ feld = \"kopfzeile\", name = \"list-id\", ist = \"zweite\" }", listed(), true),
        ("{ feld = \"kopfzeile\", name = \"List-Id\", vorhanden = true }", listed(), true),
        ("{ feld = \"kopfzeile\", name = \"X-Y\", vorhanden = true }", listed(), false),
        ("{ feld = \"kopfzeile\", name = \"X-Y\", vorhanden = false }", listed(), true),
        ("{ feld = \"anhangname\", glob = \"*.xlsx\" }", with_attachment(mail(), "Übersicht.XLSX"), true),
        ("{ feld = \"anhangname\", enthaelt = \"uebersicht\" }", with_attachment(mail(), "Übersicht.XLSX"), true),
        ("{ feld = \"anhangname\", vorhanden = true }", mail(), false),
        ("{ feld = \"groesse\", mindestens = 20000 }", mail(), true),
        ("{ feld = \"groesse\", mindestens = 20001 }", mail(), false),
        ("{ feld = \"groesse\", hoechstens = 20000 }", mail(), true),
        ("{ feld = \"groesse\", hoechstens = 19999 }", mail(), false),
        ("{ feld = \"postfach\", ist = \"sc-west\" }", mail(), true),
        ("{ feld = \"postfach\", in = [\"sc-nord\"] }", mail(), false),
        ("{ not = { feld = \"postfach\", ist = \"sc-nord\" } }", mail(), true),
        ("{ all = [{ feld = \"text\", wort = \"Tag\" }, { feld = \"betreff\", wort = \"Frage\" }] }", mail(), true),
        ("{ all = [{ feld = \"text\", wort = \"Tag\" }, { feld = \"betreff\", wort = \"x\" }] }", mail(), false),
        ("{ any = [{ feld = \"text\", wort = \"x\" }, { feld = \"betreff\", wort = \"Frage\" }] }", mail(), true),
        (
            "{ any = [{ feld = \"text\", wort = \"x\" }, { not = { feld = \"betreff\", wort = \"Frage\" } }] }",
            mail(),
            false,
        ),
    ] {
        let rules = with(&exception("probe", wenn, "agentur = \"koeln\""));
        let decision = rules.classify(&message, &LAGE);
        assert_eq!(decision.regel == "ausnahme.probe", holds, "{wenn}: {decision:?}");
    }
}

#[test]
fn an_exception_outweighs_other_evidence_and_names_itself() {
    let rules = with(&exception("messe", "{ feld = \"betreff\", wort = \"Messe\" }", "agentur = \"koeln\""));
    let message = mail().with_to(&[BONN_AT]).with_subject("Messe");
    let explanation = rules.explain(&message, &LAGE);
    let decision = &explanation.decision;
    assert_eq!((decision.entscheidung.agentur(), decision.grund.as_str()), (Some(KOELN), "ausnahme"));
    assert_eq!((decision.regel.as_str(), decision.zweiter), ("ausnahme.messe", Some(BONN)));
    let first = &explanation.gefunden[0];
    assert_eq!((first.art.as_str(), first.fundort.as_str(), first.wortlaut.as_str()), ("ausnahme", "regel", "messe"));
    assert_eq!(explanation.gefunden.len(), 2);
    assert_eq!(outcome(&rules, &rules.classify(&mail().with_to(&[BONN_AT]), &LAGE)), "bonn");
}

#[test]
fn targets_that_differ_hold_a_message_back() {
    let all = "{ feld = \"betreff\", vorhanden = true }";
    let to = |name: &str, agentur: &str| exception(name, all, &format!("agentur = \"{agentur}\""));
    let stays = |name: &str, state: &str| exception(name, all, &format!("bleibt = \"{state}\""));
    for (exceptions, entscheidung, grund, regel) in [
        (to("a", "koeln") + &to("b", "koeln"), "uebergeben", "ausnahme", "ausnahme.a"),
        (to("a", "koeln") + &to("b", "bonn"), "ungeklaert", "widerspruch", "entscheidung.widerspruch"),
        (to("a", "koeln") + &stays("b", "fremd"), "ungeklaert", "widerspruch", "entscheidung.widerspruch"),
        (stays("a", "fremd") + &stays("b", "automatisch"), "ungeklaert", "widerspruch", "entscheidung.widerspruch"),
        (stays("a", "verbleibt_sc"), "verbleibt_sc", "ausnahme", "ausnahme.a"),
        (stays("a", "fremd") + &stays("b", "fremd"), "fremd", "ausnahme", "ausnahme.a"),
        (stays("a", "automatisch"), "automatisch", "ausnahme", "ausnahme.a"),
        (stays("a", "ungeklaert"), "ungeklaert", "ausnahme", "ausnahme.a"),
        (to("a", "kiel"), "ungeklaert", "andere_sc_region", "entscheidung.andere_sc_region"),
    ] {
        let decision = with(&exceptions).classify(&mail().with_to(&[BONN_AT]), &LAGE);
        let got = (decision.entscheidung.as_str(), decision.grund.as_str(), decision.regel.as_str());
        assert_eq!(got, (entscheidung, grund, regel), "{exceptions}");
    }
}

#[test]
fn only_the_kinds_it_names_are_touched() {
    let all = "{ feld = \"groesse\", mindestens = 1 }";
    let unnamed = with(&exception("alle", all, "agentur = \"koeln\""));
    let form = with(&exception("form", all, "agentur = \"koeln\"\nvorgangsarten = [\"kontaktformular\"]"));
    let free = with(&exception("frei", all, "agentur = \"koeln\"\nvorgangsarten = [\"freie-email\"]"));
    let jobcenter = mail().with_to(&["Jobcenter-Bonn@jobcenter.example"]).with_cc(&[BONN_AT]);
    for (rules, message, expected) in [
        (&unnamed, mail(), "koeln"),
        (&unnamed, mail().with_from(&[FORM]), "kontaktformular"),
        (&unnamed, jobcenter.clone(), "mehrere_rechtskreise"),
        (&unnamed, mail().with_from(&["mailer-daemon@x.example"]), "bounce"),
        (&unnamed, mail().with_from(&["x@arbeitsagentur-dienste.example"]), "absender_unbestaetigt"),
        (&form, mail(), "kein_hinweis"),
        (&form, mail().with_from(&[FORM]), "koeln"),
        // What of it could not be read may change the answer here, too.
        (&form, Message { notes: vec![Note::TextTruncated], ..mail().with_from(&[FORM]) }, "nicht_auswertbar"),
        (&form, Message { notes: vec![Note::HeaderTruncated], ..mail().with_from(&[FORM]) }, "nicht_auswertbar"),
        (&free, jobcenter, "koeln"),
    ] {
        assert_eq!(outcome(rules, &rules.classify(&message, &LAGE)), expected, "{message:?}");
    }
}

#[test]
fn the_day_of_arrival_decides_about_validity() {
    let all = "{ feld = \"betreff\", wort = \"Messe\" }";
    let period = "gueltig_ab = 2024-04-10\ngueltig_bis = 2024-04-20";
    let rules = with(&exception("messe", all, &format!("agentur = \"koeln\"\n{period}")));
    let day = |day| Lage { tag: jiff::civil::date(2024, 4, day), ..LAGE };
    let message = || mail().with_subject("Messe");
    for (tag, message, expected) in [
        (9, message(), "kein_hinweis"),
        (10, message(), "koeln"),
        (20, message(), "koeln"),
        (21, message(), "regel_abgelaufen"),
        (21, message().with_to(&[BONN_AT]), "bonn"),
        (21, mail(), "kein_hinweis"),
        (21, Message { notes: vec![Note::TextTruncated], ..message() }, "nicht_auswertbar"),
    ] {
        assert_eq!(outcome(&rules, &rules.classify(&message, &day(tag))), expected, "{tag}");
    }
    for tag in [9, 21] {
        let explanation = rules.explain(&message(), &day(tag));
        let [discarded] = explanation.verworfen.as_slice() else { panic!("{explanation:?}") };
        assert_eq!((discarded.warum, discarded.wortlaut.as_str()), (Ausschluss::NichtGueltig, "messe"));
    }
    assert_eq!(rules.classify(&message(), &day(21)).regel, "ausnahme.messe");
    let stays = with(&exception("messe", all, &format!("bleibt = \"fremd\"\n{period}")));
    assert_eq!(stays.classify(&message(), &day(21)).grund, Grund::KeinHinweis);
}

#[test]
fn what_cannot_be_known_holds_a_message_back() {
    let cut = |message: Message| Message { notes: vec![Note::PartsMissing], ..message };
    let list = "{ feld = \"anhangname\", enthaelt = \"liste\" }";
    let sender = "{ feld = \"absender\", ist = \"kunde@web.example\" }";
    let other = "{ feld = \"absender\", ist = \"x@web.example\" }";
    let big = "{ feld = \"groesse\", mindestens = 20000 }";
    let unknown = Lage { groesse: None, ..LAGE };
    let pair = || mail().with_to(&[BONN_AT]).with_from(&["kunde@web.example", "zwei@web.example"]);
    let to_bonn = || mail().with_to(&[BONN_AT]);
    for (wenn, lage, message, expected) in [
        (list.to_owned(), LAGE, cut(to_bonn()), "nicht_auswertbar"),
        (list.to_owned(), LAGE, cut(with_attachment(to_bonn(), "Liste.pdf")), "koeln"),
        (format!("{{ not = {list} }}"), LAGE, cut(to_bonn()), "nicht_auswertbar"),
        (format!("{{ not = {list} }}"), LAGE, cut(with_attachment(to_bonn(), "Liste.pdf")), "bonn"),
        // Another part settles it.
        (format!("{{ all = [{list}, {other}] }}"), LAGE, cut(to_bonn()), "bonn"),
        (format!("{{ all = [{list}, {sender}] }}"), LAGE, cut(to_bonn()), "nicht_auswertbar"),
        (format!("{{ any = [{list}, {sender}] }}"), LAGE, cut(to_bonn()), "koeln"),
        (format!("{{ any = [{list}, {other}] }}"), LAGE, cut(to_bonn()), "nicht_auswertbar"),
        (big.to_owned(), unknown, to_bonn(), "nicht_auswertbar"),
        // Nobody knows who of two wrote it.
        (sender.to_owned(), LAGE, pair(), "nicht_auswertbar"),
        (other.to_owned(), LAGE, pair(), "bonn"),
    ] {
        let rules = with(&exception("probe", &wenn, "agentur = \"koeln\""));
        assert_eq!(outcome(&rules, &rules.classify(&message, &lage)), expected, "{wenn}");
    }
}

#[test]
fn every_problem_has_its_place() {
    let valid = "{ feld = \"betreff\", wort = \"x\" }";
    let to_bonn = "agentur = \"bonn\"";
    let cases = [
        (exception("a", "{ feld = \"betref\", wort = \"x\" }", to_bonn), "unknown feld \"betref\"", "betreff?"),
        (exception("a", "{ feld = \"betreff\", enthalt = \"x\" }", to_bonn), "unknown key enthalt", "enthaelt?"),
        (exception("a", "{ feld = \"betreff\" }", to_bonn), "a test of betreff has one operator, here are 0", ""),
        (
            exception("a", "{ feld = \"betreff\", wort = \"x\", glob = \"y\" }", to_bonn),
            "a test of betreff has one operator, here are 2",
            "all = [...]",
        ),
        (exception("a", "{ wort = \"x\" }", to_bonn), "a condition is one of all, any, not", ""),
        (exception("a", "{}", to_bonn), "a condition is one of all, any, not", ""),
        (exception("a", "{ all = [], feld = \"text\" }", to_bonn), "a condition is one of all, any, not", ""),
        (exception("a", "{ all = [] }", to_bonn), "nothing to join", ""),
        (exception("a", "{ any = [] }", to_bonn), "nothing to join", ""),
        (exception("a", "{ feld = \"absender\", in = [] }", to_bonn), "an empty list fits nothing", ""),
        (exception("a", "{ feld = \"text\", wort = \" \" }", to_bonn), "an empty word", ""),
        (exception("a", "{ feld = \"absender\", ist = \"*@x.example\" }", to_bonn), "is not an address", "glob"),
        (exception("a", "{ feld = \"absender_domain\", ist = \"@x.example\" }", to_bonn), "is not a domain", ""),
        (exception("a", "{ feld = \"text\", mindestens = 1 }", to_bonn), "this operator does not fit text", "wort"),
        (exception("a", "{ feld = \"groesse\", ist = \"1\" }", to_bonn), "does not fit groesse", "hoechstens"),
        (exception("a", "{ feld = \"postfach\", glob = \"sc*\" }", to_bonn), "does not fit postfach", "ist, in"),
        (exception("a", "{ feld = \"postfach\", ist = \"sc-wst\" }", to_bonn), "unknown mailbox", "sc-west?"),
        (
            exception("a", "{ feld = \"pruefergebnis\", ist = \"bestaetigt\" }", to_bonn),
            "without a way of confirmation",
            "vertrauenskopf",
        ),
        (exception("a", "{ feld = \"kopfzeile\", ist = \"x\" }", to_bonn), "needs a name", "List-Id"),
        (exception("a", "{ feld = \"text\", name = \"x\", ist = \"x\" }", to_bonn), "name belongs to", ""),
        (
            exception("a", "{ feld = \"kopfzeile\", name = \"X Y\", vorhanden = true }", to_bonn),
            "is not the name of a header field",
            "",
        ),
        (exception("a", "{ feld = \"text\", regex = 'München' }", to_bonn), "never meet an umlaut", "ae, oe"),
        (exception("a", "{ feld = \"text\", regex = '(' }", to_bonn), "the regular expression is not valid", ""),
        (
            exception("a", "{ feld = \"text\", regex = 'x(b|\\w{3000})y' }", to_bonn),
            "the regular expression is too big",
            "fewer or smaller",
        ),
        (exception("a", valid, "agentur = \"bon\""), "unknown Agentur \"bon\"", "did you mean bonn?"),
        (exception("a", valid, "agentur = \"xyzxyz\""), "unknown Agentur", "agenturen.csv"),
        (exception("a", valid, "bleibt = \"fremt\""), "unknown state \"fremt\"", "did you mean fremd?"),
        (exception("a", valid, ""), "the exception \"a\" has no target", ""),
        (exception("a", valid, "agentur = \"bonn\"\nbleibt = \"fremd\""), "has two targets", ""),
        (exception("a", valid, to_bonn).replace("ticket = \"T-1\"\n", ""), "the exception \"a\" has no ticket", ""),
        (exception("a", valid, to_bonn).replace("T-1", " "), "the exception \"a\" has no ticket", ""),
        (exception("A b", valid, to_bonn), "cannot be the name of an exception", ""),
        (exception("a", valid, to_bonn).repeat(2), "the exception \"a\" exists twice", ""),
        (
            exception("a", valid, "agentur = \"bonn\"\ngueltig_ab = 2024-05-01\ngueltig_bis = 2024-04-30"),
            "gueltig_bis lies before gueltig_ab",
            "",
        ),
        (exception("a", valid, "agentur = \"bonn\"\ngueltig_ab = 2024-05-01T10:00:00"), "is no day", ""),
        (exception("a", valid, "agentur = \"bonn\"\nvorgangsarten = [\"bounce\"]"), "no exception touches", ""),
        (exception("a", valid, "agentur = \"bonn\"\nvorgangsarten = []"), "an empty list", ""),
        (exception("a", valid, "agentur = \"bonn\"\nvorgangsarten = [\"interm\"]"), "unknown kind", "intern?"),
        (exception("a", valid, to_bonn).replace("[[ausnahme]]", "[ausnahme]"), "must be written as [[ausnahme]]", ""),
    ];
    for (exceptions, expected, help) in &cases {
        let (rules, problems) = try_with(exceptions);
        let text = render(&problems, false);
        assert!(rules.is_none(), "{exceptions}");
        assert!(text.contains(expected) && text.contains(help), "{expected}, {help} missing in\n{text}");
        assert_eq!(problems.len(), 1, "{text}");
        assert!(problems[0].to_string().starts_with("60-eigene.toml:"), "{text}");
    }
    let together: String = cases.iter().take(20).map(|(exceptions, ..)| exceptions.as_str()).collect();
    let (_, problems) = try_with(&together);
    assert!(problems.len() >= 20, "{}", render(&problems, false));
}

/// What the shipped file shows as examples, without the `#` in front.
#[test]
fn the_examples_of_the_shipped_file_are_rules() {
    let shipped = shipped_files();
    let text = &shipped.last().unwrap().text;
    let mut examples = String::new();
    let mut inside = false;
    for line in text.lines() {
        inside = line == "# [[ausnahme]]" || inside && line != "#";
        if inside {
            examples.push_str(&line[2..]);
            examples.push('\n');
        }
    }
    assert_eq!(examples.matches("[[ausnahme]]").count(), 3);
    let rules = with(&examples);
    let order = rules.order();
    let line = order.iter().find(|line| line.starts_with("ausnahme.messe")).unwrap();
    let start = "ausnahme.messe: verbleibt_sc, from 2024-05-01 until 2024-06-30, ticket INC-20533 - ";
    assert!(line.starts_with(start), "{line}");
    let from = mail().with_from(&["listen@bildung.example"]).with_subject("Die Teilnehmerliste");
    assert_eq!(outcome(&rules, &rules.classify(&from, &LAGE)), "essen");
}

#[test]
fn a_kind_may_have_a_period_too() {
    let mut files = shipped_files();
    let kind = "name = \"kontaktformular\"\n";
    files[0].text = files[0].text.replacen(kind, &format!("{kind}gueltig_bis = 2024-04-15\n"), 1).into();
    let (rules, problems) = compile(&files, Arc::new(stammdaten()), &[]);
    let rules = rules.unwrap_or_else(|| panic!("{}", render(&problems, false)));
    let message = mail().with_from(&[FORM]);
    let yesterday = Lage { tag: TAG.yesterday().unwrap(), ..LAGE };
    assert_eq!(outcome(&rules, &rules.classify(&message, &yesterday)), "kontaktformular");
    assert_eq!(outcome(&rules, &rules.classify(&message, &LAGE)), "intern");
    assert!(rules.order().iter().any(|line| line.contains("verbleibt_sc, until 2024-04-15 - ")));

    let last = "aktion = \"uebergeben\"\nbeschreibung = \"alles andere";
    files[0].text = files[0].text.replacen(last, &format!("gueltig_ab = 2024-04-15\n{last}"), 1).into();
    let (rules, problems) = compile(&files, Arc::new(stammdaten()), &[]);
    let text = render(&problems, false);
    assert!(rules.is_none() && text.contains("the last rule must apply always, also on other days"), "{text}");
}
