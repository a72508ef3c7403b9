//! The rule files as they are written: the shape of each table, with the place of everything that can be wrong.
//!
//! What each key means is explained in the rule files themselves, for the people who edit them.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

/// A word or list of words, and where it stands.
pub(super) type Word = Spanned<String>;
pub(super) type Words = Vec<Spanned<String>>;

/// `[haus]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Haus {
    pub domains: Spanned<Words>,
    pub nachahmung_hoechstabstand: usize,
    #[serde(default)]
    pub nachahmung_ausnahmen: Words,
    pub pruefender_server: Option<Word>,
}

/// One `[[vorgangsart]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Vorgangsart {
    pub name: Word,
    /// Name of the rule, where one kind has several.
    pub regel: Option<Word>,
    pub aktion: Word,
    pub grund: Option<Word>,
    pub beschreibung: String,
    /// Any of these; none: always.
    #[serde(default)]
    pub wenn: Vec<Spanned<Wenn>>,
}

/// One `[[vorgangsart.wenn]]`: all that is given must hold.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wenn {
    pub inhaltstyp: Option<Words>,
    pub absender: Option<Words>,
    pub systemabsender: Option<Word>,
    pub kein_systemabsender: Option<bool>,
    pub absender_intern: Option<bool>,
    pub absender_nachgeahmt: Option<bool>,
    pub authentifizierung_gescheitert: Option<bool>,
    pub leerer_return_path: Option<bool>,
    pub betreff: Option<Words>,
    #[serde(default)]
    pub kopfzeile: BTreeMap<String, Words>,
    pub kopfzeile_zahl: Option<KopfzeileZahl>,
    pub feld: Option<Feld>,
    pub empfaenger: Option<Words>,
    pub leitet_kundenmail_weiter: Option<bool>,
    pub amtsadresse: Option<bool>,
    pub kundennummer: Option<bool>,
    pub eservice_feld: Option<bool>,
    pub nummer: Option<Word>,
}

/// A number in a header field.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KopfzeileZahl {
    pub name: String,
    pub nach: Option<String>,
    pub mindestens: i64,
}

/// A labelled field of a system mail.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Feld {
    pub bezeichnungen: Words,
    pub enthaelt: Words,
    #[serde(default)]
    pub enthaelt_nicht: Words,
}

/// `[evidenz.empfaenger_liegenschaft]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EmpfaengerLiegenschaft {
    pub stufe: Spanned<Vec<Stufe>>,
    pub teamwoerter: Words,
    pub ziffer_genuegt: bool,
    #[serde(default)]
    pub nie_gruppen: Words,
}

/// One level of places.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Stufe {
    #[serde(default)]
    pub orte: Words,
    #[serde(default)]
    pub kopfzeilen: Words,
}

/// `[evidenz.eservice_feld]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EserviceFeld {
    pub systemabsender: Word,
    pub bezeichnungen: Words,
    pub fuellwoerter: Words,
    pub trenner: Words,
}

/// `[evidenz.noch_nicht_gewogen]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NochNichtGewogen {
    pub hinweisworte: Words,
}

/// `[entscheidung]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entscheidung {
    pub allein: Words,
    pub stimmen: Words,
    pub mindestens: Spanned<usize>,
    pub reihenfolge: Spanned<Words>,
}

/// `[profil.streng]` and `[profil.weit]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Profil {
    pub hinweise: Words,
}

/// `[zitat]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Zitat {
    pub weiterleitung_praefixe: Words,
    pub antwort_praefixe: Words,
    pub weiterleitungsmarken: Words,
    pub absender: Words,
    pub empfaenger: Words,
    /// Each list holds the words for one thing.
    pub weitere: Vec<Words>,
    pub einleitungen: Words,
}

/// `[grenzen]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Grenzen {
    pub adressen: Spanned<usize>,
    pub bloecke: Spanned<usize>,
}
