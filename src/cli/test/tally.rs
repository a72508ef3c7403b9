//! Verdicts, counted.

use std::collections::BTreeMap;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::comparison::Verdict;

/// How many mails got which verdict.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts(BTreeMap<Verdict, u64>);

impl Counts {
    fn add(&mut self, verdict: Verdict) {
        *self.0.entry(verdict).or_default() += 1;
    }

    /// All mails.
    pub fn mails(&self) -> u64 {
        self.0.values().sum()
    }

    /// Mails with this verdict.
    pub fn of(&self, verdict: Verdict) -> u64 {
        self.0.get(&verdict).copied().unwrap_or_default()
    }

    /// Mails that ended where they should.
    pub fn right_place(&self) -> u64 {
        Verdict::ALL.into_iter().filter(|verdict| verdict.is_right_place()).map(|verdict| self.of(verdict)).sum()
    }
}

/// `mails`, then every verdict, also those that do not occur.
impl Serialize for Counts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1 + Verdict::ALL.len()))?;
        map.serialize_entry("mails", &self.mails())?;
        for verdict in Verdict::ALL {
            map.serialize_entry(verdict.as_str(), &self.of(verdict))?;
        }
        map.end()
    }
}

/// All counts under one profile.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    pub total: Counts,
    /// By tier of the truth file, where it has any.
    pub tiers: BTreeMap<String, Counts>,
    /// By kind of mail: the one in the truth file, or else the one found.
    pub kinds: BTreeMap<&'static str, Counts>,
}

impl Tally {
    /// Counts one mail. An empty tier is none.
    pub fn add(&mut self, tier: &str, kind: &'static str, verdict: Verdict) {
        self.total.add(verdict);
        if !tier.is_empty() {
            self.tiers.entry(tier.to_owned()).or_default().add(verdict);
        }
        self.kinds.entry(kind).or_default().add(verdict);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_counts_in_total_tier_and_kind() {
        let mut tally = Tally::default();
        tally.add("T1", "freie-email", Verdict::Right);
        tally.add("T1", "evm-au", Verdict::WrongKind);
        tally.add("", "freie-email", Verdict::WrongFolder);
        assert_eq!((tally.total.mails(), tally.total.right_place()), (3, 2));
        let tiers: Vec<_> = tally.tiers.iter().map(|(tier, counts)| (tier.as_str(), counts.mails())).collect();
        assert_eq!(tiers, [("T1", 2)]);
        assert_eq!(tally.kinds["freie-email"].of(Verdict::WrongFolder), 1);
        let json = serde_json::to_value(&tally.kinds["evm-au"]).unwrap();
        assert_eq!((&json["mails"], &json["wrong_kind"], &json["wrong_folder"]), (&1.into(), &1.into(), &0.into()));
    }
}
