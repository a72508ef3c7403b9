//! Checked master data: which address, number, postcode or town names which Agenturen on a given day.
//!
//! Built once by [`crate::config`] from the CSV files through [`Stammdaten::new`] and the `add_*` functions, then only
//! asked. Every question takes the day that counts: the day the mail arrived (Europe/Berlin). An unknown key gives an
//! empty set, never an error; several answers are a set.

use std::borrow::Cow;
use std::collections::HashMap;

use jiff::civil::Date;
use unicode_normalization::UnicodeNormalization;

use super::agentur::{Agentur, AgenturId, AgenturSet, Gueltigkeit};

/// Agenturen valid for a key during a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Eintrag {
    agentur: AgenturId,
    gueltigkeit: Gueltigkeit,
}

/// `Stamm.*@domain`: team and specialist mailboxes of an office.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Muster {
    /// What stands before the first dot after the office's own name, lower case.
    stamm: String,
    domain: String,
    eintrag: Eintrag,
}

/// A redirect of all mail of one Agentur to another for a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Vertretung {
    von: AgenturId,
    an: AgenturId,
    gueltigkeit: Gueltigkeit,
}

/// Names that lead to Agenturen, such as postcodes. Most are valid without end and are kept small.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Verzeichnis {
    immer: HashMap<String, AgenturSet>,
    befristet: HashMap<String, Vec<Eintrag>>,
}

impl Verzeichnis {
    fn add(&mut self, key: String, agentur: AgenturId, gueltigkeit: Gueltigkeit) {
        if gueltigkeit == Gueltigkeit::default() {
            self.immer.entry(key).or_default().insert(agentur);
        } else {
            self.befristet.entry(key).or_default().push(Eintrag { agentur, gueltigkeit });
        }
    }

    fn get(&self, key: &str, day: Date) -> AgenturSet {
        let mut agenturen = self.immer.get(key).cloned().unwrap_or_default();
        if let Some(eintraege) = self.befristet.get(key) {
            agenturen.extend(valid(eintraege.iter(), day));
        }
        agenturen
    }
}

/// All master data, checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stammdaten {
    agenturen: Vec<Agentur>,
    by_slug: HashMap<String, AgenturId>,
    adressen: HashMap<String, Vec<Eintrag>>,
    /// What stands before the `@` of those, folded: the town of the office.
    liegenschaften: HashMap<String, Vec<Eintrag>>,
    muster: Vec<Muster>,
    dienststellen: HashMap<String, Vec<Eintrag>>,
    plz: Verzeichnis,
    orte: Verzeichnis,
    vertretungen: Vec<Vertretung>,
}

impl Stammdaten {
    /// Master data with these Agenturen and nothing else yet. A slug that occurs twice keeps its first row (the
    /// caller has reported it).
    pub fn new(agenturen: Vec<Agentur>) -> Self {
        let mut by_slug = HashMap::with_capacity(agenturen.len());
        for (agentur, index) in agenturen.iter().zip(0u16..) {
            by_slug.entry(agentur.slug.clone()).or_insert(AgenturId(index));
        }
        Stammdaten { agenturen, by_slug, ..Stammdaten::default() }
    }

    /// An exact office address; case does not matter.
    pub fn add_adresse(&mut self, adresse: &str, agentur: AgenturId, gueltigkeit: Gueltigkeit) {
        let eintrag = Eintrag { agentur, gueltigkeit };
        if let Some((ort, _)) = adresse.rsplit_once('@') {
            self.liegenschaften.entry(fold_ort(ort)).or_default().push(eintrag);
        }
        self.adressen.entry(adresse.to_lowercase()).or_default().push(eintrag);
    }

    /// A pattern `Stamm.*@domain`; `stamm` and `domain` are given without the `.*@`.
    pub fn add_muster(&mut self, stamm: &str, domain: &str, agentur: AgenturId, gueltigkeit: Gueltigkeit) {
        self.muster.push(Muster {
            stamm: stamm.to_lowercase(),
            domain: domain.to_lowercase(),
            eintrag: Eintrag { agentur, gueltigkeit },
        });
    }

    /// A three-digit number; calling it again for the same number makes a set (split offices).
    pub fn add_dienststelle(&mut self, nummer: &str, agentur: AgenturId, gueltigkeit: Gueltigkeit) {
        self.dienststellen.entry(nummer.to_owned()).or_default().push(Eintrag { agentur, gueltigkeit });
    }

    /// A delivery postcode (`art = zustellung`); other kinds are not added at all. Called again it makes a set.
    pub fn add_plz(&mut self, plz: &str, agentur: AgenturId, gueltigkeit: Gueltigkeit) {
        self.plz.add(plz.to_owned(), agentur, gueltigkeit);
    }

    /// A town; `ort` is folded here by [`fold_ort`]. Called again for the same name it makes a set.
    pub fn add_ort(&mut self, ort: &str, agentur: AgenturId, gueltigkeit: Gueltigkeit) {
        self.orte.add(fold_ort(ort), agentur, gueltigkeit);
    }

    /// All mail of `von` goes to `an` during the period.
    pub fn add_vertretung(&mut self, von: AgenturId, an: AgenturId, gueltigkeit: Gueltigkeit) {
        self.vertretungen.push(Vertretung { von, an, gueltigkeit });
    }

    /// All Agenturen, in file order; the index is the [`AgenturId`].
    pub fn agenturen(&self) -> &[Agentur] {
        &self.agenturen
    }

    /// The Agentur behind an id.
    ///
    /// # Panics
    /// If the id is not of these master data, which would be a programming error.
    pub fn agentur(&self, id: AgenturId) -> &Agentur {
        &self.agenturen[usize::from(id.0)]
    }

    /// The Agentur called so in the files.
    pub fn by_slug(&self, slug: &str) -> Option<AgenturId> {
        self.by_slug.get(slug).copied()
    }

    /// Agenturen with exactly this office address on `day`.
    pub fn adresse(&self, adresse: &str, day: Date) -> AgenturSet {
        match self.adressen.get(&adresse.to_lowercase()) {
            Some(eintraege) => valid(eintraege.iter(), day),
            None => AgenturSet::new(),
        }
    }

    /// Agenturen with an office called so on `day`, after the name in its address, in any spelling of case and umlauts.
    /// An office has a town of its own where [`Self::ort`] may know several.
    pub fn liegenschaft(&self, ort: &str, day: Date) -> AgenturSet {
        match self.liegenschaften.get(&fold_ort(ort)) {
            Some(eintraege) => valid(eintraege.iter(), day),
            None => AgenturSet::new(),
        }
    }

    /// Agenturen whose pattern `Stamm.*@domain` covers this address on `day`, each with the part of the local part
    /// after `Stamm.` in lower case (`131-vermittlung`). Whether that part names a team is for the rules to say.
    pub fn muster(&self, adresse: &str, day: Date) -> Vec<(AgenturId, String)> {
        let adresse = adresse.to_lowercase();
        let Some((local, domain)) = adresse.rsplit_once('@') else {
            return Vec::new();
        };
        self.muster
            .iter()
            .filter(|muster| muster.domain == domain && muster.eintrag.gueltigkeit.contains(day))
            .filter_map(|muster| {
                let rest = local.strip_prefix(muster.stamm.as_str())?.strip_prefix('.')?;
                Some((muster.eintrag.agentur, rest.to_owned()))
            })
            .collect()
    }

    /// Agenturen behind a three-digit number on `day`; an abolished number gives its successors.
    pub fn dienststelle(&self, nummer: &str, day: Date) -> AgenturSet {
        match self.dienststellen.get(nummer) {
            Some(eintraege) => valid(eintraege.iter(), day),
            None => AgenturSet::new(),
        }
    }

    /// Agenturen of a delivery postcode on `day`.
    pub fn plz(&self, plz: &str, day: Date) -> AgenturSet {
        self.plz.get(plz, day)
    }

    /// Agenturen of a town name on `day`, in any spelling of case and umlauts.
    pub fn ort(&self, ort: &str, day: Date) -> AgenturSet {
        self.orte.get(&fold_ort(ort), day)
    }

    /// Agenturen called so (name or slug), in any spelling of case and umlauts.
    pub fn agentur_named(&self, name: &str, day: Date) -> AgenturSet {
        let folded = fold_ort(name);
        self.agenturen
            .iter()
            .zip(0u16..)
            .filter(|(agentur, _)| agentur.gueltigkeit.contains(day))
            .filter(|(agentur, _)| fold_ort(&agentur.name) == folded || fold_ort(&agentur.slug) == folded)
            .map(|(_, index)| AgenturId(index))
            .collect()
    }

    /// Who works for `agentur` on `day`: itself, or its Vertretung. One step only, so a ring cannot loop.
    pub fn vertretung(&self, agentur: AgenturId, day: Date) -> AgenturId {
        self.vertretungen
            .iter()
            .find(|vertretung| vertretung.von == agentur && vertretung.gueltigkeit.contains(day))
            .map_or(agentur, |vertretung| vertretung.an)
    }
}

fn valid<'a>(eintraege: impl Iterator<Item = &'a Eintrag>, day: Date) -> AgenturSet {
    eintraege.filter(|eintrag| eintrag.gueltigkeit.contains(day)).map(|eintrag| eintrag.agentur).collect()
}

/// One spelling for town and office names: compatibility forms replaced (NFKC), lower case, umlauts written out,
/// invisible characters dropped, runs of anything else one blank.
pub fn fold_ort(name: &str) -> String {
    // ASCII and the letters of Latin-1 are their own normal form, and nearly all there is.
    let normal: Cow<'_, str> = if name.chars().all(|c| c.is_ascii() || matches!(c, '\u{c0}'..='\u{ff}')) {
        Cow::Borrowed(name)
    } else {
        Cow::Owned(name.chars().filter(|&c| !is_invisible(c)).nfkc().collect())
    };
    let mut folded = String::with_capacity(normal.len());
    for character in normal.chars().flat_map(char::to_lowercase) {
        match character {
            'ä' => folded.push_str("ae"),
            'ö' => folded.push_str("oe"),
            'ü' => folded.push_str("ue"),
            'ß' => folded.push_str("ss"),
            c if c.is_alphanumeric() => folded.push(c),
            _ if folded.is_empty() || folded.ends_with(' ') => {}
            _ => folded.push(' '),
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

/// Characters that nobody sees: soft hyphen, zero-width and bidirectional control characters, variation selectors.
pub fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{feff}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}')
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn agentur(slug: &str, name: &str) -> Agentur {
        Agentur {
            slug: slug.to_owned(),
            name: name.to_owned(),
            sc_region: "sc-west".to_owned(),
            regionaldirektion: "Nordrhein-Westfalen".to_owned(),
            bundesland: "Nordrhein-Westfalen".to_owned(),
            ordner: format!("Agentur {name}"),
            verteiler: None,
            gueltigkeit: Gueltigkeit::default(),
        }
    }

    #[test]
    fn towns_agree_in_every_spelling() {
        for (written, folded) in [
            ("Düsseldorf", "duesseldorf"),
            ("DUESSELDORF", "duesseldorf"),
            ("Aachen-Düren", "aachen dueren"),
            ("  Frankfurt (Oder) ", "frankfurt oder"),
            ("Gießen", "giessen"),
            ("Mu\u{308}nchen", "muenchen"),
            ("Lü\u{ad}beck\u{200b}", "luebeck"),
            ("\u{ff2b}iel\u{a0}West", "kiel west"),
            ("---", ""),
        ] {
            assert_eq!(fold_ort(written), folded, "{written}");
        }
    }

    #[test]
    fn a_pattern_gives_the_rest_of_the_local_part() {
        let mut daten = Stammdaten::new(vec![agentur("essen", "Essen")]);
        daten.add_muster("Essen", "Office.example", AgenturId(0), Gueltigkeit::default());
        let day = date(2024, 4, 16);
        assert_eq!(daten.muster("ESSEN.141-Reha@office.example", day), [(AgenturId(0), "141-reha".to_owned())]);
        for other in ["essen@office.example", "essener.team@office.example", "essen.team@office.example.evil", "essen"]
        {
            assert!(daten.muster(other, day).is_empty(), "{other}");
        }
    }

    #[test]
    fn validity_decides_by_the_day_of_arrival() {
        let mut daten = Stammdaten::new(vec![agentur("a", "A"), agentur("b", "B")]);
        let until = Gueltigkeit { ab: None, bis: Some(date(2024, 6, 30)) };
        let from = Gueltigkeit { ab: Some(date(2024, 7, 1)), bis: None };
        daten.add_dienststelle("095", AgenturId(0), until);
        daten.add_dienststelle("095", AgenturId(1), from);
        daten.add_vertretung(AgenturId(0), AgenturId(1), until);
        daten.add_plz("99867", AgenturId(0), until);
        daten.add_plz("99867", AgenturId(1), from);
        daten.add_ort("Gotha", AgenturId(0), Gueltigkeit::default());
        daten.add_ort("GOTHA", AgenturId(1), from);
        for (day, plz, ort) in [
            (date(2024, 6, 30), AgenturSet::from([AgenturId(0)]), AgenturSet::from([AgenturId(0)])),
            (date(2024, 7, 1), AgenturSet::from([AgenturId(1)]), AgenturSet::from([AgenturId(0), AgenturId(1)])),
        ] {
            assert_eq!(daten.plz("99867", day), plz, "{day}");
            assert_eq!(daten.ort("gotha", day), ort, "{day}");
        }
        assert_eq!(daten.dienststelle("095", date(2024, 6, 30)), AgenturSet::from([AgenturId(0)]));
        assert_eq!(daten.dienststelle("095", date(2024, 7, 1)), AgenturSet::from([AgenturId(1)]));
        assert_eq!(daten.vertretung(AgenturId(0), date(2024, 6, 30)), AgenturId(1));
        assert_eq!(daten.vertretung(AgenturId(0), date(2024, 7, 1)), AgenturId(0));
    }
}
