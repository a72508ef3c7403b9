//! The closed words of decisions, said in sentences.
//!
//! Ledger, logs and JSON keep the closed words; people at a terminal get these.

/// Why something was decided, from the word of its reason.
pub fn reason(grund: &str) -> &'static str {
    match grund {
        "eservice_feld" => "the form itself names the Agentur",
        "empfaenger_liegenschaft" => "written to an address of the Agentur",
        "plz" => "the sender lives there, by postcode",
        "ortsname" => "the sender lives there, by town",
        "kundennummer_praefix" => "the customer number points there",
        "anrede" => "the letter names the Agentur",
        "mehrheit" => "most of the evidence agrees",
        "vertretung" => "the evidence names an Agentur that another one works for today",
        "bounce" => "a delivery report",
        "evm-sonstige" => "another change notice: stays with the Service Center",
        "kontaktformular" => "a contact form: stays with the Service Center",
        "postfachnachricht" => "a message from the online mailbox: stays with the Service Center",
        "autoreply" => "an automatic reply",
        "rundschreiben" => "a circular",
        "intern" => "an internal mail",
        "spam-ish" => "marked as spam",
        "fremd-jobcenter" => "a matter of the Jobcenter",
        "fremd-familienkasse" => "a matter of the Familienkasse",
        "widerspruch" => "the evidence names several Agenturen",
        "kein_hinweis" => "no evidence at all",
        "nur_hinweise" => "only hints, and hints never decide alone here",
        "nicht_auswertbar" => "holds evidence not weighed yet",
        "andere_sc_region" => "the Agentur belongs to another region",
        "mehrere_rechtskreise" => "signs of several bodies at once",
        "absender_unbestaetigt" => "the sender only looks like a system sender",
        "ordner_fehlt" => "the folder of the Agentur cannot be opened",
        "schatten" => "shadow mode: decided, not moved",
        "altbestand" => "older than the start date",
        "karenz" => "too young yet",
        "nachverfolgung" => "flagged: somebody is at work on it",
        "beantwortet" => "answered: somebody is at work on it",
        "entwurf" => "a draft",
        "geloescht_markiert" => "marked as deleted",
        "zurueckgegeben" => "a person put it back: rules never move it again",
        "nicht_abrufbar" => "the server lists it and does not show it",
        "nicht_bestaetigt" => "the server did not prove the move, and it is still here",
        "postfach_voll" => "the server refused the move: no room in the mailbox",
        "keine_berechtigung" => "the server refused the move: the account may not do that",
        "nicht_verstanden" => "the server refused the move: it does not understand the command",
        "abgelehnt" => "the server refused the move without saying why",
        "schon_weg" => "somebody took a mail of the same set away meanwhile; the next run tries again",
        "ungeprueft" => "perhaps put back by a person; where it was handed over to cannot be looked into",
        "journal_widerspruch" => "the journal knows another end of its move",
        "nur_lesbar" => "the INBOX can only be read",
        "beobachtet" => "only watched",
        _ => "see the handbook for this word",
    }
}

/// Where evidence was found, from the word of its place.
pub fn place(fundort: &str) -> &'static str {
    match fundort {
        "to" => "To",
        "cc" => "Cc",
        "resent-to" => "Resent-To",
        "delivered-to" => "Delivered-To",
        "x-original-to" => "X-Original-To",
        "x-envelope-to" => "X-Envelope-To",
        "received-for" => "the Received lines",
        "zitat-empfaenger" => "the recipients of the forwarded mail",
        "anhang-empfaenger" => "the recipients of the attached mail",
        "zitat-absender" => "the sender of the quoted mail",
        "feld" => "a field of the form",
        "betreff" => "the subject",
        "text" => "the text",
        "anhangname" => "the name of an attachment",
        _ => "another place",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::decision::{EvidenzArt, Grund, Vorgangsart};

    #[test]
    fn every_reason_has_words_of_its_own() {
        let arten = [
            EvidenzArt::EserviceFeld,
            EvidenzArt::EmpfaengerLiegenschaft,
            EvidenzArt::Plz,
            EvidenzArt::Ortsname,
            EvidenzArt::KundennummerPraefix,
            EvidenzArt::Anrede,
        ];
        let stays = Vorgangsart::ALL
            .into_iter()
            .filter(|art| !matches!(art, Vorgangsart::FreieEmail | Vorgangsart::EvmAu | Vorgangsart::Verdaechtig));
        let gruende = arten.map(Grund::Evidenz).into_iter().chain(stays.map(Grund::Vorgangsart)).chain([
            Grund::Mehrheit,
            Grund::Vertretung,
            Grund::Widerspruch,
            Grund::KeinHinweis,
            Grund::NurHinweise,
            Grund::NichtAuswertbar,
            Grund::AndereScRegion,
            Grund::MehrereRechtskreise,
            Grund::OrdnerFehlt,
            Grund::AbsenderUnbestaetigt,
        ]);
        for grund in gruende {
            assert_ne!(reason(grund.as_str()), reason("?"), "{}", grund.as_str());
        }
    }
}
