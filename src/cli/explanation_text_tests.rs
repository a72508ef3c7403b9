//! Whole pages, as a person sees them.

use super::*;
use crate::domain::agentur::{Agentur, Gueltigkeit};
use crate::domain::decision::Vorgangsart;
use crate::domain::postfach::Profil;
use crate::domain::stammdaten::Stammdaten;
use crate::rules::explanation::{Ausschluss, Verworfen};

const GOETTINGEN: AgenturId = AgenturId(0);
const BRAUNSCHWEIG: AgenturId = AgenturId(1);

fn stammdaten() -> Stammdaten {
    let row = |slug: &str, name: &str| Agentur {
        slug: slug.to_owned(),
        name: name.to_owned(),
        sc_region: "sc-nord".to_owned(),
        regionaldirektion: String::new(),
        bundesland: String::new(),
        ordner: name.to_owned(),
        verteiler: None,
        gueltigkeit: Gueltigkeit::default(),
    };
    Stammdaten::new(vec![row("goettingen", "Göttingen"), row("braunschweig-goslar", "Braunschweig-Goslar")])
}

fn found(art: EvidenzArt, agenturen: &[AgenturId], fundort: Fundort, wortlaut: &str) -> Fundstelle {
    Fundstelle { art, agenturen: agenturen.iter().copied().collect(), fundort, wortlaut: wortlaut.to_owned() }
}

fn not_counted(art: EvidenzArt, fundort: Fundort, wortlaut: &str, warum: Ausschluss) -> Verworfen {
    Verworfen { art, fundort, wortlaut: wortlaut.to_owned(), warum }
}

/// A mail for a person, with nothing in it.
fn nothing() -> Explanation {
    Explanation {
        decision: Decision {
            vorgangsart: Vorgangsart::FreieEmail,
            entscheidung: Entscheidung::Ungeklaert,
            regel: "entscheidung.kein_hinweis".to_owned(),
            grund: Grund::KeinHinweis,
            evidenz: Vec::new(),
            zweiter: None,
        },
        gefunden: Vec::new(),
        verworfen: Vec::new(),
        stimmen: Vec::new(),
        mehrheit_ab: 2,
        nach_hinweisen: None,
    }
}

fn page(explanation: Explanation, ordner: Option<&str>, is_reply: bool, needed: Option<&str>) -> String {
    text(&Explained {
        datei: "mail.eml".to_owned(),
        postfach: "sc-nord",
        profil: Profil::Streng,
        explanation,
        ordner: ordner.map(str::to_owned),
        is_reply,
        needed: needed.map(str::to_owned),
        stammdaten: &stammdaten(),
        regelwerk: "0",
    })
}

#[test]
fn a_majority_shows_its_votes_and_what_did_not_count() {
    let explanation = Explanation {
        decision: Decision {
            entscheidung: Entscheidung::Uebergeben(GOETTINGEN),
            regel: "entscheidung.mehrheit".to_owned(),
            grund: Grund::Mehrheit,
            zweiter: Some(BRAUNSCHWEIG),
            ..nothing().decision
        },
        gefunden: vec![
            found(
                EvidenzArt::EmpfaengerLiegenschaft,
                &[BRAUNSCHWEIG],
                Fundort::To,
                "braunschweig@arbeitsagentur.example",
            ),
            found(EvidenzArt::Plz, &[GOETTINGEN, BRAUNSCHWEIG], Fundort::Signatur, "37073"),
            found(EvidenzArt::KundennummerPraefix, &[GOETTINGEN], Fundort::Betreff, "231A123456"),
        ],
        verworfen: vec![
            not_counted(EvidenzArt::Plz, Fundort::Text, "38100", Ausschluss::FremdeStelle),
            not_counted(EvidenzArt::Plz, Fundort::Text, "38100", Ausschluss::FremdeStelle),
            not_counted(EvidenzArt::Plz, Fundort::Text, "F-54290", Ausschluss::Ausland),
            not_counted(
                EvidenzArt::KundennummerPraefix,
                Fundort::Text,
                "999\u{1b}[31mA123456",
                Ausschluss::UnbekannteDienststelle,
            ),
        ],
        stimmen: vec![
            Stimmen { agentur: GOETTINGEN, arten: vec![EvidenzArt::Plz, EvidenzArt::KundennummerPraefix] },
            Stimmen { agentur: BRAUNSCHWEIG, arten: vec![EvidenzArt::EmpfaengerLiegenschaft] },
        ],
        ..nothing()
    };
    let expected = "\
mail.eml
  Goes to Agentur für Arbeit Göttingen, folder INBOX/Göttingen: most of the evidence agrees
  (mehrheit).
  Kind freie-email, mailbox sc-nord, profile streng, rule entscheidung.mehrheit.
  Evidence
    office address braunschweig@arbeitsagentur.example in To: Braunschweig-Goslar
    residence (postcode) 37073 in the signature: Göttingen or Braunschweig-Goslar
    customer number 231A123456 in the subject: Göttingen
  Ignored
    residence (postcode) 38100 in the text: it stands in the paragraph of a company or another body
    residence (postcode) F-54290 in the text: it is an address abroad
    customer number 999[31mA123456 in the text: its first three digits are no known Dienststelle
  Votes
    2 of 3 votes for Göttingen (residence, customer number); 1 for Braunschweig-Goslar (office
      address)
  Runner-up
    Braunschweig-Goslar
";
    assert_eq!(page(explanation, Some("INBOX/Göttingen"), false, None), expected);
}

#[test]
fn what_stays_says_what_was_missing() {
    let hint = Explanation {
        decision: Decision {
            regel: "entscheidung.nur_hinweise".to_owned(),
            grund: Grund::NurHinweise,
            zweiter: Some(GOETTINGEN),
            ..nothing().decision
        },
        gefunden: vec![found(EvidenzArt::KundennummerPraefix, &[GOETTINGEN], Fundort::Text, "231 A 123\n456")],
        stimmen: vec![Stimmen { agentur: GOETTINGEN, arten: vec![EvidenzArt::KundennummerPraefix] }],
        ..nothing()
    };
    let expected = "\
mail.eml
  Stays where it is, for a person (ungeklaert): only hints, and hints never decide alone here
  (nur_hinweise).
  Kind freie-email, mailbox sc-nord, profile streng, rule entscheidung.nur_hinweise.
  It is a reply: earlier mails of its conversation are not asked here, only the daemon knows them.
  Evidence
    customer number 231 A 123 456 in the text: Göttingen
  Votes
    1 of 1 vote for Göttingen (customer number); a majority takes 2
  The hints name
    Göttingen
  Needed
    something
";
    assert_eq!(page(hint, None, true, Some("something")), expected);
}

#[test]
fn a_kind_that_stays_needs_no_evidence() {
    let contact = Explanation {
        decision: Decision {
            vorgangsart: Vorgangsart::Kontaktformular,
            entscheidung: Entscheidung::VerbleibtSc,
            regel: "vorgangsart.kontaktformular".to_owned(),
            grund: Grund::Vorgangsart(Vorgangsart::Kontaktformular),
            ..nothing().decision
        },
        ..nothing()
    };
    let expected = "\
mail.eml
  Stays where it is (verbleibt_sc): a contact form, which stays with the Service Center
  (kontaktformular).
  Kind kontaktformular, mailbox sc-nord, profile streng, rule vorgangsart.kontaktformular.
  Evidence
    not looked for: the kind of mail decides
";
    assert_eq!(page(contact, None, false, None), expected);
}

#[test]
fn a_mail_full_of_numbers_gives_a_short_page() {
    let verworfen = (0..5_000).map(|number| {
        let number = format!("{number:05}{}", "9".repeat(1_000));
        not_counted(EvidenzArt::Plz, Fundort::Text, &number, Ausschluss::KeinePostleitzahl)
    });
    let page = page(Explanation { verworfen: verworfen.collect(), ..nothing() }, None, false, None);
    assert!(page.contains("    and 4988 more\n"), "{page}");
    assert!(page.len() < 4_000, "{}", page.len());
}

#[test]
fn the_second_agentur_is_called_what_it_is() {
    for (grund, heading) in [
        (Grund::Vertretung, "Works today for"),
        (Grund::AndereScRegion, "Belongs to"),
        (Grund::OrdnerFehlt, "Belongs to"),
        (Grund::NichtAuswertbar, "What could be read names"),
        (Grund::Evidenz(EvidenzArt::Plz), "Runner-up"),
    ] {
        let decision = Decision { grund, zweiter: Some(BRAUNSCHWEIG), ..nothing().decision };
        let page = page(Explanation { decision, ..nothing() }, None, false, None);
        assert!(page.contains(&format!("\n  {heading}\n    Braunschweig-Goslar\n")), "{page}");
    }
}
