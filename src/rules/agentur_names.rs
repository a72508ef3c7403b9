//! Which Agentur a name means.

use std::collections::{BTreeSet, HashMap};

use jiff::civil::Date;

use crate::domain::agentur::{AgenturId, AgenturSet};
use crate::domain::stammdaten::{Stammdaten, fold_ort};

/// All Agenturen by name and slug, also those no longer or not yet valid.
#[derive(Clone, Debug, Default)]
pub(super) struct Agenturnamen(HashMap<String, Vec<AgenturId>>);

impl Agenturnamen {
    pub fn new(stammdaten: &Stammdaten) -> Self {
        let mut namen: HashMap<String, Vec<AgenturId>> = HashMap::new();
        for (agentur, index) in stammdaten.agenturen().iter().zip(0u16..) {
            for key in BTreeSet::from([fold_ort(&agentur.name), fold_ort(&agentur.slug)]) {
                namen.entry(key).or_default().push(AgenturId(index));
            }
        }
        Agenturnamen(namen)
    }

    /// The Agenturen that a name (spelled as towns are) means on a day: an Agentur by its name; else a Geschäftsstelle by
    /// its town; else any town; else a former Agentur by the one that works for it now.
    pub fn named(&self, name: &str, stammdaten: &Stammdaten, day: Date) -> AgenturSet {
        let ids = self.0.get(name).map(Vec::as_slice).unwrap_or_default();
        let is_valid = |&id: &AgenturId| stammdaten.agentur(id).gueltigkeit.contains(day);
        let current = || ids.iter().copied().filter(is_valid).collect();
        let former = || ids.iter().map(|&id| stammdaten.vertretung(id, day)).filter(is_valid).collect();
        let ways: [&dyn Fn() -> AgenturSet; 4] =
            [&current, &|| stammdaten.liegenschaft(name, day), &|| stammdaten.ort(name, day), &former];
        ways.iter().map(|way| way()).find(|named| !named.is_empty()).unwrap_or_default()
    }
}
