//! The closed words of the ledger, said in German sentences: for reports that officials read.
//!
//! The English ones are in `words`.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::domain::ereignis::{Art, Rolle, Status};
use crate::domain::stammdaten::Stammdaten;
use crate::domain::vorgang::Haltegrund;

/// Why something was decided, from the word of its reason.
pub fn grund(wort: &str) -> &'static str {
    match wort {
        "gespraech" => "eine frühere Mail des Gesprächs ist bei der Agentur",
        "ausnahme" => "eine Ausnahme der Regelverwaltung sagt es",
        "eservice_feld" => "das Formular nennt die Agentur",
        "empfaenger_liegenschaft" => "an eine Anschrift der Agentur geschrieben",
        "plz" => "der Absender wohnt dort, nach der Postleitzahl",
        "ortsname" => "der Absender wohnt dort, nach dem Ort",
        "kundennummer_praefix" => "die Kundennummer weist dorthin",
        "anrede" => "Anrede oder Anschriftzeile nennt die Agentur",
        "mehrheit" => "die meisten Hinweise stimmen überein",
        "vertretung" => "die Hinweise nennen eine Agentur, die an diesem Tag von einer anderen vertreten wird",
        "bounce" => "ein Zustellbericht",
        "evm-sonstige" => "eine andere Veränderungsmitteilung, die beim Service Center bleibt",
        "kontaktformular" => "ein Kontaktformular, das beim Service Center bleibt",
        "postfachnachricht" => "eine Postfachnachricht, die beim Service Center bleibt",
        "autoreply" => "eine automatische Antwort",
        "rundschreiben" => "ein Rundschreiben",
        "intern" => "eine Mail aus dem Haus",
        "spam-ish" => "als Werbung gekennzeichnet",
        "fremd-jobcenter" => "Sache eines Jobcenters",
        "fremd-familienkasse" => "Sache der Familienkasse",
        "fremd-sonstige" => "Sache einer anderen Stelle",
        "widerspruch" => "die Hinweise nennen mehrere Agenturen",
        "kein_hinweis" => "kein Hinweis auf eine Agentur",
        "nur_hinweise" => "nur schwache Hinweise, die hier nie allein entscheiden",
        "nicht_auswertbar" => "ein Teil war nicht lesbar und könnte etwas ändern",
        "regel_abgelaufen" => "nur eine abgelaufene Ausnahme nennt eine Agentur",
        "andere_sc_region" => "die Agentur gehört zu einer anderen Region",
        "mehrere_rechtskreise" => "Zeichen mehrerer Rechtskreise zugleich",
        "absender_unbestaetigt" => "der Absender sieht nur wie ein Systemabsender aus",
        "ordner_fehlt" => "der Ordner der Agentur lässt sich nicht öffnen",
        "zurueckgestellt" => "mehrmals nicht lesbar, ungelesen zurückgestellt",
        "direkt" => "gleich im Ordner der Agentur gefunden",
        "manuell" => "von Hand in den Ordner der Agentur gelegt",
        "wiederaufgebaut" => "nach Verlust des Buchs im Ordner der Agentur gefunden",
        "impliziert" => "folgt aus dem Löschkennzeichen",
        "au" => "als Arbeitsunfähigkeit gekennzeichnet",
        _ => "siehe Handbuch zu diesem Wort",
    }
}

/// What a kind of evidence is.
pub fn hinweis(art: &str) -> &'static str {
    match art {
        "gespraech" => "frühere Mail des Gesprächs",
        "ausnahme" => "Ausnahme der Regelverwaltung",
        "eservice_feld" => "Feld Zuständige Dienststelle",
        "empfaenger_liegenschaft" => "Anschrift der Agentur",
        "plz" => "Wohnsitz (Postleitzahl)",
        "ortsname" => "Wohnsitz (Ort)",
        "kundennummer_praefix" => "Kundennummer",
        "anrede" => "Anrede",
        _ => "anderer Hinweis",
    }
}

/// Where something was found.
pub fn fundort(wort: &str) -> &'static str {
    match wort {
        "to" => "in An",
        "cc" => "in Kopie (Cc)",
        "resent-to" => "in Resent-To",
        "delivered-to" => "in Delivered-To",
        "x-original-to" => "in X-Original-To",
        "x-envelope-to" => "in X-Envelope-To",
        "kopfzeile" => "in einer anderen Kopfzeile",
        "received-for" => "in den Received-Zeilen",
        "zitat-empfaenger" => "unter den Empfängern der weitergeleiteten Mail",
        "anhang-empfaenger" => "unter den Empfängern der angehängten Mail",
        "zitat-absender" => "als Absender der zitierten Mail",
        "feld" => "in einem Feld des Formulars",
        "betreff" => "im Betreff",
        "text" => "im Text",
        "anhangname" => "im Namen eines Anhangs",
        "anschrift" => "in einer bezeichneten Anschrift",
        "signatur" => "in der Signatur",
        "briefkopf" => "im Briefkopf",
        "anrede" => "in Anrede oder Anschriftzeile",
        "gespraech" => "nach den Antwortfeldern",
        "regel" => "in den Regeln",
        _ => "an anderer Stelle",
    }
}

/// What was decided, from the word of the outcome.
pub fn entscheidung(wort: &str) -> &'static str {
    match wort {
        "uebergeben" => "zu übergeben",
        "verbleibt_sc" => "bleibt beim Service Center",
        "fremd" => "bleibt, Sache einer anderen Stelle",
        "automatisch" => "bleibt, von einer Maschine geschrieben",
        _ => "ungeklärt, bleibt für einen Menschen",
    }
}

/// What happened.
pub fn ereignis(art: Art) -> &'static str {
    match art {
        Art::Eingegangen => "eingegangen",
        Art::Zugeordnet => "zugeordnet",
        Art::Ungeklaert => "ungeklärt geblieben",
        Art::VerbleibtSc => "beim Service Center geblieben",
        Art::Fremd => "als Sache einer anderen Stelle geblieben",
        Art::Automatisch => "als automatische Mail geblieben",
        Art::Uebergeben => "übergeben",
        Art::Anderswo => "aus dem Posteingang verschwunden, ehe der Dienst verschieben konnte",
        Art::Mehrdeutig => "vielleicht doppelt, der Dienst lässt die Finger davon",
        Art::Umgeordnet => "umgeordnet",
        Art::Zurueckgegeben => "an das Service Center zurückgegeben",
        Art::InBearbeitung => "in Bearbeitung genommen",
        Art::BearbeitungBeendet => "Kennzeichen weggenommen",
        Art::Bearbeitet => "bearbeitet",
        Art::Wiedereroeffnet => "wiedereröffnet",
        Art::VorgangsartBerichtigt => "Art des Vorgangs berichtigt",
        Art::Loeschvorgemerkt => "zum Löschen vorgemerkt",
        Art::VormerkungAufgehoben => "Vormerkung zum Löschen aufgehoben",
        Art::Geloescht => "gelöscht",
        Art::Verschwunden => "ohne Kennzeichen verschwunden",
        Art::Wiedergesehen => "wiedergesehen",
    }
}

/// Whose doing it was, if that is known.
pub fn rolle(rolle: Rolle) -> Option<&'static str> {
    match rolle {
        Rolle::Dienst => Some("Dienst"),
        Rolle::Sc => Some("Service Center"),
        Rolle::Eingangszone => Some("Eingangszone"),
        Rolle::Unbekannt => None,
    }
}

/// How far a Vorgang is.
pub fn status(status: Status) -> &'static str {
    match status {
        Status::Eingegangen => "eingegangen, noch nicht entschieden",
        Status::Entschieden => "entschieden, bei keiner Agentur",
        Status::Uebergeben => "bei der Agentur, ohne Kennzeichen",
        Status::InBearbeitung => "bei der Agentur in Bearbeitung",
        Status::Bearbeitet => "bearbeitet",
        Status::Loeschvorgemerkt => "zum Löschen vorgemerkt",
        Status::Zurueckgegeben => "an das Service Center zurückgegeben",
        Status::Geloescht => "gelöscht",
        Status::Verschwunden => "ohne Kennzeichen verschwunden",
    }
}

/// Why rules never move it again.
pub fn haltegrund(grund: Haltegrund) -> &'static str {
    match grund {
        Haltegrund::Zurueckgegeben => {
            "ein Mensch hat ihn dorthin gelegt, oder ein zweiter Versuch könnte ihn verdoppeln"
        }
        Haltegrund::BestandUnklar => {
            "er war schon da, als das Buch verloren ging; ein Mensch kann ihn zurückgelegt haben"
        }
        Haltegrund::Mehrdeutig => "er liegt vielleicht in zwei Ordnern",
    }
}

/// The class of its size.
pub fn groesse(klasse: &str) -> &'static str {
    match klasse {
        "bis_10_kb" => "bis 10 KB",
        "bis_100_kb" => "bis 100 KB",
        "bis_1_mb" => "bis 1 MB",
        "bis_10_mb" => "bis 10 MB",
        _ => "über 10 MB",
    }
}

/// The name of an Agentur; of one that the master data no longer have, the slug.
pub fn agentur<'a>(slug: &'a str, stammdaten: &'a Stammdaten) -> &'a str {
    stammdaten.by_slug(slug).map_or(slug, |id| stammdaten.agentur(id).name.as_str())
}

/// A day, as it is written in letters.
pub fn tag(tag: Date) -> String {
    tag.strftime("%d.%m.%Y").to_string()
}

/// A moment, with hour and minute.
pub fn zeitpunkt(moment: Timestamp, zone: &TimeZone) -> String {
    moment.to_zoned(zone.clone()).strftime("%d.%m.%Y %H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::domain::decision::{EvidenzArt, Grund};

    #[test]
    fn every_reason_has_words_of_its_own() {
        let moves = EvidenzArt::ALL.map(Grund::Evidenz).into_iter().chain([Grund::Mehrheit, Grund::Vertretung]);
        let gruende = moves.chain(Grund::to_stay());
        let mut met = BTreeSet::from([grund("?")]);
        for one in gruende {
            assert!(met.insert(grund(one.as_str())), "{}", one.as_str());
        }
    }

    #[test]
    fn every_event_and_kind_of_evidence_has_words_of_its_own() {
        assert_eq!(BTreeSet::from(Art::ALL.map(ereignis)).len(), Art::ALL.len());
        let kinds = EvidenzArt::ALL.map(|art| hinweis(art.as_str()));
        assert_eq!(BTreeSet::from(kinds).len(), EvidenzArt::ALL.len());
        assert!(!kinds.contains(&hinweis("?")));
    }
}
