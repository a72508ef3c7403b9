//! What is said about one thing that was looked at.

use serde::{Serialize, Serializer};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// As it should be.
    Ok,
    /// Good to know.
    Hinweis,
    /// Works now, and somebody should look.
    Warnung,
    /// Does not work.
    Fehler,
}

impl Severity {
    /// The word in answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Hinweis => "hinweis",
            Self::Warnung => "warnung",
            Self::Fehler => "fehler",
        }
    }
}

/// What a finding is about: a closed set of words, which programs and the handbook know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kennung {
    /// Host name, port, TCP.
    Verbindung,
    /// Version and cipher, or that there is no encryption.
    TlsVerfahren,
    /// Whom the certificate is for, and who vouches for it.
    TlsZertifikat,
    TlsAblauf,
    /// Greeting and CAPABILITY: an IMAP server that is willing to talk.
    ImapDienst,
    Kennwort,
    Anmeldung,
    /// Whether the INBOX behind the account can be opened.
    Posteingang,
    PosteingangLuecken,
    PosteingangRechte,
    Verschieben,
    FaehigkeitUidplus,
    FaehigkeitIdle,
    FaehigkeitCondstore,
    FaehigkeitLiteral,
    /// What differs between the lists before and after login.
    FaehigkeitenAnmeldung,
    Produkt,
    Trennzeichen,
    OrdnerListe,
    OrdnerGefunden,
    OrdnerFehlt,
    /// The name cannot exist on this server.
    OrdnerUnmoeglich,
    /// Probably there, and hidden by Exchange because of a "/" in its name.
    OrdnerVerborgen,
    OrdnerNichtGelistet,
    OrdnerGesperrt,
    KennzeichenOrdner,
    /// Folders called like no mark, where only marks should be.
    KennzeichenUnbekannt,
    KennzeichenMarkierung,
    KennzeichenGelesen,
    KennzeichenSchluesselwort,
    KennzeichenKopfzeile,
    /// Whether the test mails of an office are there.
    SelbsttestMails,
    /// Whether a QuickStep did what it should.
    SelbsttestQuickstep,
    Fuellstand,
    Identitaet,
    Uhr,
    /// A question that the server did not answer.
    Abbruch,
    Zustandsordner,
    Verzeichnis,
    VerzeichnisSchema,
    VerzeichnisPruefung,
    VorgaengeOffen,
    Beiseitegelegt,
    Speicherplatz,
    Dateieintraege,
    Schluessel,
    Dienst,
}

impl Kennung {
    /// All of them.
    pub const ALL: [Kennung; 47] = [
        Self::Verbindung,
        Self::TlsVerfahren,
        Self::TlsZertifikat,
        Self::TlsAblauf,
        Self::ImapDienst,
        Self::Kennwort,
        Self::Anmeldung,
        Self::Posteingang,
        Self::PosteingangLuecken,
        Self::PosteingangRechte,
        Self::Verschieben,
        Self::FaehigkeitUidplus,
        Self::FaehigkeitIdle,
        Self::FaehigkeitCondstore,
        Self::FaehigkeitLiteral,
        Self::FaehigkeitenAnmeldung,
        Self::Produkt,
        Self::Trennzeichen,
        Self::OrdnerListe,
        Self::OrdnerGefunden,
        Self::OrdnerFehlt,
        Self::OrdnerUnmoeglich,
        Self::OrdnerVerborgen,
        Self::OrdnerNichtGelistet,
        Self::OrdnerGesperrt,
        Self::KennzeichenOrdner,
        Self::KennzeichenUnbekannt,
        Self::KennzeichenMarkierung,
        Self::KennzeichenGelesen,
        Self::KennzeichenSchluesselwort,
        Self::KennzeichenKopfzeile,
        Self::SelbsttestMails,
        Self::SelbsttestQuickstep,
        Self::Fuellstand,
        Self::Identitaet,
        Self::Uhr,
        Self::Abbruch,
        Self::Zustandsordner,
        Self::Verzeichnis,
        Self::VerzeichnisSchema,
        Self::VerzeichnisPruefung,
        Self::VorgaengeOffen,
        Self::Beiseitegelegt,
        Self::Speicherplatz,
        Self::Dateieintraege,
        Self::Schluessel,
        Self::Dienst,
    ];

    /// The word in answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Verbindung => "verbindung",
            Self::TlsVerfahren => "tls_verfahren",
            Self::TlsZertifikat => "tls_zertifikat",
            Self::TlsAblauf => "tls_ablauf",
            Self::ImapDienst => "imap_dienst",
            Self::Kennwort => "kennwort",
            Self::Anmeldung => "anmeldung",
            Self::Posteingang => "posteingang",
            Self::PosteingangLuecken => "posteingang_luecken",
            Self::PosteingangRechte => "posteingang_rechte",
            Self::Verschieben => "verschieben",
            Self::FaehigkeitUidplus => "faehigkeit_uidplus",
            Self::FaehigkeitIdle => "faehigkeit_idle",
            Self::FaehigkeitCondstore => "faehigkeit_condstore",
            Self::FaehigkeitLiteral => "faehigkeit_literal",
            Self::FaehigkeitenAnmeldung => "faehigkeiten_anmeldung",
            Self::Produkt => "produkt",
            Self::Trennzeichen => "trennzeichen",
            Self::OrdnerListe => "ordner_liste",
            Self::OrdnerGefunden => "ordner_gefunden",
            Self::OrdnerFehlt => "ordner_fehlt",
            Self::OrdnerUnmoeglich => "ordner_unmoeglich",
            Self::OrdnerVerborgen => "ordner_verborgen",
            Self::OrdnerNichtGelistet => "ordner_nicht_gelistet",
            Self::OrdnerGesperrt => "ordner_gesperrt",
            Self::KennzeichenOrdner => "kennzeichen_ordner",
            Self::KennzeichenUnbekannt => "kennzeichen_unbekannt",
            Self::KennzeichenMarkierung => "kennzeichen_markierung",
            Self::KennzeichenGelesen => "kennzeichen_gelesen",
            Self::KennzeichenSchluesselwort => "kennzeichen_schluesselwort",
            Self::KennzeichenKopfzeile => "kennzeichen_kopfzeile",
            Self::SelbsttestMails => "selbsttest_mails",
            Self::SelbsttestQuickstep => "selbsttest_quickstep",
            Self::Fuellstand => "fuellstand",
            Self::Identitaet => "identitaet",
            Self::Uhr => "uhr",
            Self::Abbruch => "abbruch",
            Self::Zustandsordner => "zustandsordner",
            Self::Verzeichnis => "verzeichnis",
            Self::VerzeichnisSchema => "verzeichnis_schema",
            Self::VerzeichnisPruefung => "verzeichnis_pruefung",
            Self::VorgaengeOffen => "vorgaenge_offen",
            Self::Beiseitegelegt => "beiseitegelegt",
            Self::Speicherplatz => "speicherplatz",
            Self::Dateieintraege => "dateieintraege",
            Self::Schluessel => "schluessel",
            Self::Dienst => "dienst",
        }
    }
}

impl Serialize for Kennung {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub id: Kennung,
    pub severity: Severity,
    /// What was looked at.
    pub looked_at: String,
    /// What was found there.
    pub found: String,
    /// What to do; nothing where all is well.
    pub advice: Option<String>,
}

impl Finding {
    /// All is well.
    pub fn ok(id: Kennung, looked_at: impl Into<String>, found: impl Into<String>) -> Self {
        Finding { id, severity: Severity::Ok, looked_at: looked_at.into(), found: found.into(), advice: None }
    }

    pub fn new(
        id: Kennung,
        severity: Severity,
        looked_at: impl Into<String>,
        found: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Finding { id, severity, looked_at: looked_at.into(), found: found.into(), advice: Some(advice.into()) }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_handbook_explains_every_word_and_no_other() {
        let handbook = include_str!("../../deploy/handbuch.md");
        let (_, chapter) = handbook.split_once("\n## Selbstprüfung").expect("the chapter is there");
        let (chapter, _) = chapter.split_once("\n## ").expect("another chapter follows");
        let cells = chapter.lines().filter_map(|line| line.strip_prefix("| `")?.split_once(" |"));
        let explained: BTreeSet<&str> =
            cells.flat_map(|(words, _)| words.split(", ")).map(|word| word.trim_matches('`')).collect();
        let words: BTreeSet<&str> = Kennung::ALL.map(Kennung::as_str).into();
        assert_eq!(words.len(), Kennung::ALL.len(), "each has a word of its own");
        assert_eq!(explained, words);
    }
}
