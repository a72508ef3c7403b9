//! The closed words of decisions, said in sentences.
//!
//! Ledger, logs and JSON keep the closed words; people at a terminal get these.

use crate::domain::decision::{EvidenzArt, Fundort};
use crate::rules::explanation::Ausschluss;

/// Why something was decided, from the word of its reason.
pub fn reason(grund: &str) -> &'static str {
    match grund {
        "gespraech" => "an earlier mail of the conversation is with the Agentur",
        "ausnahme" => "an exception of the admins says so",
        "eservice_feld" => "the form itself names the Agentur",
        "empfaenger_liegenschaft" => "written to an address of the Agentur",
        "plz" => "the sender lives there, by postcode",
        "ortsname" => "the sender lives there, by town",
        "kundennummer_praefix" => "the customer number points there",
        "anrede" => "the letter names the Agentur",
        "mehrheit" => "most of the evidence agrees",
        "vertretung" => "the evidence names an Agentur that another one works for today",
        "bounce" => "a delivery report",
        "evm-sonstige" => "another change notice, which stays with the Service Center",
        "kontaktformular" => "a contact form, which stays with the Service Center",
        "postfachnachricht" => "a message from the online mailbox, which stays with the Service Center",
        "autoreply" => "an automatic reply",
        "rundschreiben" => "a circular",
        "intern" => "an internal mail",
        "spam-ish" => "marked as spam",
        "fremd-jobcenter" => "a matter of the Jobcenter",
        "fremd-sonstige" => "a matter of another body",
        "fremd-familienkasse" => "a matter of the Familienkasse",
        "widerspruch" => "the evidence names several Agenturen",
        "kein_hinweis" => "no evidence at all",
        "nur_hinweise" => "only hints, and hints never decide alone here",
        "nicht_auswertbar" => "a part of it could not be read, and it could change the answer",
        "regel_abgelaufen" => "only an exception names an Agentur, and its validity has ended",
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
        "bestand_unklar" => "it was there when the ledger was lost and may have been put back: a person decides",
        "wiederaufbau" => "the ledger was lost: this cycle only looks, the next one moves",
        "zurueckgestellt" => "it could not be read several times, or reading it ended the program; it is left unread",
        "mehrdeutig" => "copied, and the copy is not where the server said: both stay for a person",
        "kopie_unklar" => "copies cannot be recognised on this server, so no more are made for a day",
        "nur_lesbar" => "the INBOX can only be read",
        "beobachtet" => "only watched",
        _ => "see the handbook for this word",
    }
}

/// What a kind of evidence is.
pub fn evidence(art: EvidenzArt) -> &'static str {
    match art {
        EvidenzArt::Gespraech => "earlier mail of the conversation",
        EvidenzArt::Ausnahme => "exception of the admins",
        EvidenzArt::EserviceFeld => "field Zuständige Dienststelle",
        EvidenzArt::EmpfaengerLiegenschaft => "office address",
        EvidenzArt::Plz => "residence (postcode)",
        EvidenzArt::Ortsname => "residence (town)",
        EvidenzArt::KundennummerPraefix => "customer number",
        EvidenzArt::Anrede => "salutation",
    }
}

/// The same among votes, where postcode and town are one.
pub fn vote(art: EvidenzArt) -> &'static str {
    match art {
        EvidenzArt::Plz | EvidenzArt::Ortsname => "residence",
        art => evidence(art),
    }
}

/// Where something was found.
pub fn place(fundort: Fundort) -> &'static str {
    match fundort {
        Fundort::To => "in To",
        Fundort::Cc => "in Cc",
        Fundort::ResentTo => "in Resent-To",
        Fundort::DeliveredTo => "in Delivered-To",
        Fundort::XOriginalTo => "in X-Original-To",
        Fundort::XEnvelopeTo => "in X-Envelope-To",
        Fundort::Kopfzeile => "in another header field",
        Fundort::ReceivedFor => "in the Received lines",
        Fundort::ZitatEmpfaenger => "among the recipients of the forwarded mail",
        Fundort::AnhangEmpfaenger => "among the recipients of the attached mail",
        Fundort::ZitatAbsender => "as sender of the quoted mail",
        Fundort::Feld => "in a field of the form",
        Fundort::Betreff => "in the subject",
        Fundort::Text => "in the text",
        Fundort::Anhangname => "in the name of an attachment",
        Fundort::Anschrift => "in an address with a label",
        Fundort::Signatur => "in the signature",
        Fundort::Briefkopf => "in the letter head",
        Fundort::Anrede => "in the salutation or address line",
        Fundort::Gespraech => "by its reply fields",
        Fundort::Regel => "in the rules",
    }
}

/// Why something does not count.
pub fn ignored(warum: Ausschluss) -> &'static str {
    match warum {
        Ausschluss::FremdeStelle => "it stands in the paragraph of a company or another body",
        Ausschluss::FremdeWorte => "it stands in words that are not the sender's own",
        Ausschluss::AnderePerson => "it is said of another person",
        Ausschluss::AlteAnschrift => "it is an address that is no longer valid",
        Ausschluss::KuenftigeAnschrift => "it is an address that is valid only after the mail arrived",
        Ausschluss::NeuereAnschrift => "another address is the sender's new one",
        Ausschluss::Ausland => "it is an address abroad",
        Ausschluss::Postfach => "it is a post-office box",
        Ausschluss::KeineAnschrift => "it stands neither behind a label nor in signature or letter head",
        Ausschluss::KeinePostleitzahl => "it is no delivery postcode of the table",
        Ausschluss::OrtMehrdeutig => "it is no town of the table, or a name that several Agenturen share",
        Ausschluss::UnbekannteDienststelle => "its first three digits are no known Dienststelle",
        Ausschluss::BessererFundort => "a better place holds such evidence already",
        Ausschluss::EigeneAdresse => "it is the sender's own address or the mailbox's",
        Ausschluss::Person => "it is a person's address, not an office's",
        Ausschluss::NichtGueltig => "the exception is not valid on the day of arrival",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::domain::decision::Grund;

    #[test]
    fn every_reason_has_words_of_its_own() {
        let moves = EvidenzArt::ALL.map(Grund::Evidenz).into_iter().chain([Grund::Mehrheit, Grund::Vertretung]);
        let gruende = moves.chain(Grund::to_stay());
        for grund in gruende {
            assert_ne!(reason(grund.as_str()), reason("?"), "{}", grund.as_str());
        }
    }

    #[test]
    fn every_exclusion_and_kind_of_evidence_has_words_of_its_own() {
        let exclusions: BTreeSet<&str> = Ausschluss::ALL.map(ignored).into();
        assert_eq!(exclusions.len(), Ausschluss::ALL.len());
        let kinds: BTreeSet<&str> = EvidenzArt::ALL.map(evidence).into();
        assert_eq!(kinds.len(), EvidenzArt::ALL.len());
        for words in exclusions.into_iter().chain(kinds) {
            assert!(words.len() > 8 && !words.ends_with('.'), "{words}");
        }
    }
}
