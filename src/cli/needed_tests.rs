//! What would have been needed, by the shipped rules.

use std::path::Path;

use super::*;
use crate::cli::load::load;
use crate::domain::decision::Decision;
use crate::domain::decision::EvidenzArt::{
    Anrede as N, EmpfaengerLiegenschaft as A, KundennummerPraefix as K, Ortsname as O, Plz as W,
};
use crate::rules::explanation::Stimmen;

/// Kinds of evidence with the Agenturen they name.
type Named<'a> = &'a [(EvidenzArt, &'a [AgenturId])];

/// A mail that stays for this reason.
fn stays(grund: Grund, zweiter: Option<AgenturId>, evidenz: Named<'_>) -> Explanation {
    let regel = format!("vorgangsart.{}", grund.as_str());
    let (vorgangsart, entscheidung) = (Vorgangsart::FreieEmail, Entscheidung::Ungeklaert);
    let gefunden = evidenz.iter().map(|&(art, agenturen)| Fundstelle {
        art,
        agenturen: agenturen.iter().copied().collect(),
        fundort: Fundort::Text,
        wortlaut: String::new(),
    });
    Explanation {
        decision: Decision { vorgangsart, entscheidung, regel, grund, evidenz: Vec::new(), zweiter },
        gefunden: gefunden.collect(),
        verworfen: Vec::new(),
        stimmen: Vec::new(),
        mehrheit_ab: 2,
        nach_hinweisen: None,
    }
}

#[test]
fn every_reason_says_what_was_missing() {
    let setup = load(Path::new("config/postweiche.toml")).unwrap();
    let rules = &setup.rules;
    let id = |slug: &str| rules.stammdaten().by_slug(slug).unwrap();
    let (bonn, hagen, trier) = (id("bonn"), id("hagen"), id("trier"));
    let rows: &[(Grund, Option<AgenturId>, Named<'_>, Profil, &str)] = &[
        (
            Grund::KeinHinweis,
            None,
            &[],
            Profil::Streng,
            "evidence of one of these kinds for one Agentur: earlier mail of the conversation, exception of the \
             admins, office address or residence (postcode); or residence (town) and customer number together",
        ),
        (
            Grund::KeinHinweis,
            None,
            &[],
            Profil::Weit,
            "evidence of one of these kinds for one Agentur: earlier mail of the conversation, exception of the \
             admins, office address, residence (postcode), residence (town), customer number or salutation",
        ),
        (
            Grund::NurHinweise,
            Some(bonn),
            &[(K, &[bonn])],
            Profil::Streng,
            "one more piece of evidence for Bonn: earlier mail of the conversation, exception of the admins, office \
             address, residence (postcode) or residence (town); or the profile weit",
        ),
        (
            Grund::NurHinweise,
            Some(bonn),
            &[(N, &[bonn])],
            Profil::Streng,
            "one more piece of evidence for Bonn: earlier mail of the conversation, exception of the admins, office \
             address or residence (postcode); or the profile weit",
        ),
        (
            Grund::NurHinweise,
            Some(bonn),
            &[(O, &[bonn]), (K, &[hagen])],
            Profil::Streng,
            "one more piece of evidence for Bonn: earlier mail of the conversation, exception of the admins, office \
             address or residence (postcode); or the profile weit",
        ),
        (
            Grund::Widerspruch,
            None,
            &[(A, &[bonn, hagen])],
            Profil::Streng,
            "one more piece of evidence for one of Bonn and Hagen: earlier mail of the conversation, exception of the \
             admins, residence (postcode), residence (town), customer number or salutation",
        ),
        (
            Grund::Widerspruch,
            None,
            &[(A, &[bonn, hagen]), (W, &[trier])],
            Profil::Weit,
            "one more piece of evidence for one of Bonn and Hagen: earlier mail of the conversation, exception of the \
             admins or customer number",
        ),
        (
            Grund::AndereScRegion,
            Some(bonn),
            &[(A, &[bonn])],
            Profil::Streng,
            "the mailbox of sc-west, the region of Agentur für Arbeit Bonn; if that is not its region, see sc_region \
             in agenturen.csv",
        ),
        (
            Grund::Vorgangsart(Vorgangsart::Kontaktformular),
            None,
            &[],
            Profil::Streng,
            "another kind of mail: kontaktformular is not handed over, see vorgangsart.kontaktformular in the rules",
        ),
    ];
    for (grund, zweiter, evidenz, profil, expected) in rows {
        let words = needed(&stays(*grund, *zweiter, evidenz), *profil, rules);
        assert_eq!(words.as_deref(), Some(*expected), "{grund:?} {evidenz:?}");
    }
    for grund in [Grund::NichtAuswertbar, Grund::MehrereRechtskreise, Grund::OrdnerFehlt, Grund::AbsenderUnbestaetigt] {
        assert!(needed(&stays(grund, Some(bonn), &[]), Profil::Streng, rules).is_some(), "{grund:?}");
    }
    let mut moved = stays(Grund::Mehrheit, None, &[]);
    moved.decision.entscheidung = Entscheidung::Uebergeben(bonn);
    assert_eq!(needed(&moved, Profil::Streng, rules), None);
}

#[test]
fn a_tie_of_majorities_is_between_its_leaders() {
    let ids = [AgenturId(4), AgenturId(5), AgenturId(6)];
    let mut tie = stays(Grund::Widerspruch, None, &[(A, &ids), (K, &ids[1..])]);
    tie.stimmen = [(ids[1], vec![A, K]), (ids[2], vec![A, K]), (ids[0], vec![A])]
        .map(|(agentur, arten)| Stimmen { agentur, arten })
        .into();
    assert_eq!(contenders(&tie), ids[1..].iter().copied().collect());
    tie.mehrheit_ab = 3;
    assert_eq!(contenders(&tie), ids.into());
}
