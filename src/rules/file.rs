//! The rule files as they are written: the shape of each table, with the place of everything that can be wrong.
//!
//! What each key means is explained in the rule files themselves, for the people who edit them.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

/// A word or list of words, and where it stands.
pub(super) type Word = Spanned<String>;
pub(super) type Words = Vec<Spanned<String>>;
/// A day, and where it stands.
pub(super) type Tag = Spanned<Datetime>;

/// `[haus]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Haus {
    pub domains: Spanned<Words>,
    pub nachahmung_hoechstabstand: usize,
    #[serde(default)]
    pub nachahmung_ausnahmen: Words,
    pub pruefender_server: Option<Word>,
    pub vertrauenskopf: Option<Vertrauenskopf>,
}

/// A header field that confirms a sender, and the values that do.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Vertrauenskopf {
    pub name: Word,
    pub werte: Spanned<Words>,
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
    pub gueltig_ab: Option<Tag>,
    pub gueltig_bis: Option<Tag>,
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
    pub absender_unbestaetigt: Option<bool>,
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

/// One `[[ausnahme]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ausnahme {
    pub name: Word,
    pub beschreibung: String,
    pub ticket: Option<Word>,
    pub wenn: Spanned<Knoten>,
    pub agentur: Option<Word>,
    pub bleibt: Option<Word>,
    pub gueltig_ab: Option<Tag>,
    pub gueltig_bis: Option<Tag>,
    /// Kinds it may touch; none: those that are handed over.
    pub vorgangsarten: Option<Spanned<Words>>,
}

/// A condition: several under `all` or `any`, one under `not`, or one test with `feld` and an operator.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Knoten {
    pub all: Option<Spanned<Vec<Spanned<Knoten>>>>,
    pub any: Option<Spanned<Vec<Spanned<Knoten>>>>,
    pub not: Option<Box<Spanned<Knoten>>>,
    pub feld: Option<Word>,
    /// Of the header field, where `feld` is one.
    pub name: Option<Word>,
    pub ist: Option<Word>,
    #[serde(rename = "in")]
    pub eines: Option<Spanned<Words>>,
    pub enthaelt: Option<Word>,
    pub wort: Option<Word>,
    pub glob: Option<Word>,
    pub regex: Option<Word>,
    pub vorhanden: Option<Spanned<bool>>,
    pub mindestens: Option<Spanned<u64>>,
    pub hoechstens: Option<Spanned<u64>>,
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

/// `[evidenz.wohnsitz]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wohnsitz {
    pub bezeichnungen: Words,
    pub eigene: Words,
    pub ohne_person: Words,
    pub umzug: Words,
    pub ort_genuegt: Words,
    pub ich: Words,
    pub vorstellung: Words,
    pub eigen: Words,
    pub mehrzahl: Words,
    pub neu: Words,
    pub alt: Words,
    pub zusatz: Words,
    pub gleich: Words,
    pub fuellwoerter: Words,
    pub verneinung: Words,
    pub bedingung: Words,
    pub ungueltig: Words,
    pub kuenftig: Words,
    pub personen: Words,
    pub fachleute: Words,
    pub fremder_besitz: Words,
    pub fremder_besitz_danach: Words,
    pub anschriftteile: Words,
    pub vertretung: Words,
    pub namensfelder: Words,
    pub gemeinsam: Words,
    pub titel: Words,
    pub anderes_thema: Words,
    pub gueltig: Words,
    pub umzug_von: Words,
    pub umzug_nach: Words,
    pub selbst: Words,
    pub aufenthalt: Words,
    pub geburt: Words,
    pub zugunsten: Words,
    pub fremde_stellen: Words,
    pub postfach: Words,
    pub laender: Words,
    pub nummernworte: Words,
    pub strassen: Words,
    pub formularfelder: Words,
    pub formularfelder_neu: Words,
    pub formularfelder_ort: Words,
}

/// `[evidenz.kundennummer_praefix]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KundennummerPraefix {
    pub fundorte: Spanned<Words>,
}

/// `[evidenz.anrede]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Anrede {
    pub agenturworte: Words,
    pub adresszeilen: Words,
    pub fuellwoerter: Words,
}

/// `[brief]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Brief {
    pub anreden: Words,
    pub titel: Words,
    pub grussformeln: Words,
    pub schlussworte: Words,
    pub fusszeilen: Words,
    pub nachschrift: Words,
}

/// `[sprache]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sprache {
    pub abkuerzungen: Words,
    pub strassenkuerzel: Words,
    /// Twelve lists.
    pub monate: Spanned<Vec<Words>>,
    pub beginn: Words,
    pub sofort: Words,
    pub bis: Words,
    pub seit: Words,
    pub davor: Words,
    pub und: Words,
    pub nebensatz: Words,
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
    pub zitatmarken: Words,
    pub einleitungen: Words,
    pub einleitungsworte: Words,
}

/// `[grenzen]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Grenzen {
    pub adressen: Spanned<usize>,
    pub bloecke: Spanned<usize>,
}
