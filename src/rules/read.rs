//! Reads all rule files into one [`Written`], table by table, and collects every problem on the way.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::ops::Range;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use crate::diagnostic::{Diagnostic, Source};

use super::distance::nearest;
use super::file;

/// A value and the file it comes from.
#[derive(Debug)]
pub(super) struct At<'s, T> {
    pub source: &'s Source,
    pub span: Range<usize>,
    pub value: T,
}

/// Everything that is written, of all files together.
#[derive(Debug, Default)]
pub(super) struct Written<'s> {
    pub haus: Option<At<'s, file::Haus>>,
    pub systemabsender: BTreeMap<String, At<'s, file::Words>>,
    pub adressgruppe: BTreeMap<String, At<'s, file::Words>>,
    pub nummer: BTreeMap<String, At<'s, file::Word>>,
    pub vorgangsart: Vec<At<'s, file::Vorgangsart>>,
    pub ausnahme: Vec<At<'s, file::Ausnahme>>,
    pub empfaenger_liegenschaft: Option<At<'s, file::EmpfaengerLiegenschaft>>,
    pub eservice_feld: Option<At<'s, file::EserviceFeld>>,
    pub wohnsitz: Option<At<'s, file::Wohnsitz>>,
    pub kundennummer_praefix: Option<At<'s, file::KundennummerPraefix>>,
    pub anrede: Option<At<'s, file::Anrede>>,
    pub brief: Option<At<'s, file::Brief>>,
    pub sprache: Option<At<'s, file::Sprache>>,
    pub entscheidung: Option<At<'s, file::Entscheidung>>,
    pub streng: Option<At<'s, file::Profil>>,
    pub weit: Option<At<'s, file::Profil>>,
    pub zitat: Option<At<'s, file::Zitat>>,
    pub grenzen: Option<At<'s, file::Grenzen>>,
}

type Value<'i> = Spanned<DeValue<'i>>;

/// Tables that may stand at the top of a rule file.
const TABLES: [&str; 13] = [
    "haus",
    "systemabsender",
    "adressgruppe",
    "nummer",
    "vorgangsart",
    "ausnahme",
    "evidenz",
    "entscheidung",
    "profil",
    "zitat",
    "brief",
    "sprache",
    "grenzen",
];

/// Reads the files in their order.
pub(super) fn read<'s>(files: &'s [Source], problems: &mut Vec<Diagnostic>) -> Written<'s> {
    let mut written = Written::default();
    for source in files {
        let (table, errors) = DeTable::parse_recoverable(&source.text);
        if !errors.is_empty() {
            problems.extend(errors.iter().map(|error| syntax(source, error)));
            continue;
        }
        let mut reader = Reader { source, problems, written: &mut written };
        for (key, value) in in_order(table.into_inner()) {
            reader.table(key.get_ref(), key.span(), value);
        }
    }
    written
}

/// Keys come sorted by name; people read a file from top to bottom.
fn in_order(table: DeTable<'_>) -> Vec<(Spanned<String>, Value<'_>)> {
    let mut entries: Vec<_> = table
        .into_iter()
        .map(|(key, value)| (Spanned::new(key.span(), key.into_inner().into_owned()), value))
        .collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}

fn syntax(source: &Source, error: &toml::de::Error) -> Diagnostic {
    Diagnostic::error(source, error.span().unwrap_or(0..0), error.message()).label("this is not TOML")
}

struct Reader<'r, 's> {
    source: &'s Source,
    problems: &'r mut Vec<Diagnostic>,
    written: &'r mut Written<'s>,
}

impl<'s> Reader<'_, 's> {
    fn table(&mut self, key: &str, span: Range<usize>, value: Value<'_>) {
        match key {
            "haus" => self.written.haus = self.once(self.written.haus.is_some(), key, span, value),
            "systemabsender" => {
                let entries = self.named(key, value);
                self.insert(entries, |written| &mut written.systemabsender);
            }
            "adressgruppe" => {
                let entries = self.named(key, value);
                self.insert(entries, |written| &mut written.adressgruppe);
            }
            "nummer" => {
                let entries = self.named(key, value);
                self.insert(entries, |written| &mut written.nummer);
            }
            "vorgangsart" => {
                let all = self.list(key, value);
                self.written.vorgangsart.extend(all);
            }
            "ausnahme" => {
                let all = self.list(key, value);
                self.written.ausnahme.extend(all);
            }
            "evidenz" => self.subtables(key, value, Self::evidenz),
            "profil" => self.subtables(key, value, Self::profil),
            "entscheidung" => {
                self.written.entscheidung = self.once(self.written.entscheidung.is_some(), key, span, value);
            }
            "zitat" => self.written.zitat = self.once(self.written.zitat.is_some(), key, span, value),
            "sprache" => self.written.sprache = self.once(self.written.sprache.is_some(), key, span, value),
            "brief" => self.written.brief = self.once(self.written.brief.is_some(), key, span, value),
            "grenzen" => self.written.grenzen = self.once(self.written.grenzen.is_some(), key, span, value),
            _ => self.unknown(key, span, &TABLES),
        }
    }

    fn evidenz(&mut self, key: &str, span: Range<usize>, value: Value<'_>) {
        match key {
            "empfaenger_liegenschaft" => {
                let again = self.written.empfaenger_liegenschaft.is_some();
                self.written.empfaenger_liegenschaft = self.once(again, key, span, value);
            }
            "eservice_feld" => {
                self.written.eservice_feld = self.once(self.written.eservice_feld.is_some(), key, span, value);
            }
            "wohnsitz" => self.written.wohnsitz = self.once(self.written.wohnsitz.is_some(), key, span, value),
            "kundennummer_praefix" => {
                let again = self.written.kundennummer_praefix.is_some();
                self.written.kundennummer_praefix = self.once(again, key, span, value);
            }
            "anrede" => self.written.anrede = self.once(self.written.anrede.is_some(), key, span, value),
            _ => self.unknown(
                key,
                span,
                &["empfaenger_liegenschaft", "eservice_feld", "wohnsitz", "kundennummer_praefix", "anrede"],
            ),
        }
    }

    fn profil(&mut self, key: &str, span: Range<usize>, value: Value<'_>) {
        match key {
            "streng" => self.written.streng = self.once(self.written.streng.is_some(), key, span, value),
            "weit" => self.written.weit = self.once(self.written.weit.is_some(), key, span, value),
            _ => self.unknown(key, span, &["streng", "weit"]),
        }
    }

    fn subtables(&mut self, key: &str, value: Value<'_>, read: fn(&mut Self, &str, Range<usize>, Value<'_>)) {
        let span = value.span();
        match value.into_inner() {
            DeValue::Table(table) => {
                for (key, value) in in_order(table) {
                    read(self, key.get_ref(), key.span(), value);
                }
            }
            _ => self.problem(span, format!("{key} must be a table")),
        }
    }

    /// Tables of which there are many.
    fn list<T: DeserializeOwned>(&mut self, key: &str, value: Value<'_>) -> Vec<At<'s, T>> {
        let span = value.span();
        let DeValue::Array(elements) = value.into_inner() else {
            self.problem(span, format!("{key} must be written as [[{key}]]"));
            return Vec::new();
        };
        let mut all = Vec::new();
        for element in elements {
            let span = element.span();
            if let Some(value) = self.value(element) {
                all.push(At { source: self.source, span, value });
            }
        }
        all
    }

    /// A table of which there is one in all files.
    fn once<T: DeserializeOwned>(
        &mut self,
        again: bool,
        key: &str,
        span: Range<usize>,
        value: Value<'_>,
    ) -> Option<At<'s, T>> {
        if again {
            self.problems.push(
                Diagnostic::error(self.source, span.clone(), format!("{key} is given twice"))
                    .label("again here")
                    .help("keep one of them; the files of the rule set belong together"),
            );
        }
        let value = self.value(value)?;
        Some(At { source: self.source, span, value })
    }

    /// A table whose keys are names that the admin chooses.
    fn named<T: DeserializeOwned>(&mut self, key: &str, value: Value<'_>) -> Vec<(String, At<'s, T>)> {
        let span = value.span();
        let DeValue::Table(table) = value.into_inner() else {
            self.problem(span, format!("{key} must be a table"));
            return Vec::new();
        };
        let mut entries = Vec::new();
        for (name, value) in in_order(table) {
            if let Some(value) = self.value(value) {
                let at = At { source: self.source, span: name.span(), value };
                entries.push((name.into_inner(), at));
            }
        }
        entries
    }

    fn insert<T>(
        &mut self,
        entries: Vec<(String, At<'s, T>)>,
        into: for<'w> fn(&'w mut Written<'s>) -> &'w mut BTreeMap<String, At<'s, T>>,
    ) {
        for (name, at) in entries {
            match into(self.written).entry(name) {
                Entry::Vacant(free) => {
                    free.insert(at);
                }
                Entry::Occupied(taken) => {
                    let title = format!("{} is given twice", taken.key());
                    self.problem(at.span, title);
                }
            }
        }
    }

    /// Reads one value. An unknown key is reported and taken out, so that the next problem shows, too.
    fn value<T: DeserializeOwned>(&mut self, mut value: Value<'_>) -> Option<T> {
        let mut faulty = false;
        loop {
            let error = match T::deserialize(ValueDeserializer::from(value.clone())) {
                Ok(read) => return Some(read).filter(|_| !faulty),
                Err(error) => error,
            };
            faulty = true;
            let span = error.span().unwrap_or_else(|| value.span());
            let message = error.message();
            let Some(unknown) = message.strip_prefix("unknown field `").and_then(|rest| rest.split('`').next()) else {
                self.problem(span, message.to_owned());
                return None;
            };
            let known: Vec<&str> = message.split('`').skip(1).step_by(2).skip(1).collect();
            self.unknown(unknown, span.clone(), &known);
            if !remove_key(value.get_mut(), &span) {
                return None;
            }
        }
    }

    fn unknown(&mut self, key: &str, span: Range<usize>, known: &[&str]) {
        let help = match nearest(key, known.iter().copied()) {
            Some(near) => format!("did you mean {near}?"),
            None => format!("known here: {}", known.join(", ")),
        };
        self.problems.push(
            Diagnostic::error(self.source, span, format!("unknown key {key}")).label("not known here").help(help),
        );
    }

    fn problem(&mut self, span: Range<usize>, title: String) {
        self.problems.push(Diagnostic::error(self.source, span, title));
    }
}

/// Takes the key at this place out of a table, however deep it stands.
fn remove_key(value: &mut DeValue<'_>, span: &Range<usize>) -> bool {
    match value {
        DeValue::Table(table) => {
            let key = table.keys().find(|key| key.span() == *span).cloned();
            match key {
                Some(key) => table.remove(&key).is_some(),
                None => table.iter_mut().any(|(_, value)| remove_key(value.get_mut(), span)),
            }
        }
        DeValue::Array(array) => array.iter_mut().any(|value| remove_key(value.get_mut(), span)),
        _ => false,
    }
}
