//! What a test found, for people and for programs.

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{CellAlignment, ContentArrangement, Table};
use serde::Serialize;
use serde_json::Value;

use super::comparison::Verdict;
use super::tally::{Counts, Tally};
use crate::cli::visible::{MOST_FILE_NAME, visible};

/// A whole test.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Version of the rule set.
    pub regelwerk: String,
    pub profile: Vec<ProfilReport>,
    /// Mail files of the folder without a row in the truth file.
    pub without_row: Vec<String>,
}

/// What came out under one profile.
#[derive(Debug, Serialize)]
pub struct ProfilReport {
    pub profil: &'static str,
    #[serde(flatten)]
    pub tally: Tally,
    /// Everything that is not right, the worst first.
    pub deviations: Vec<Deviation>,
}

/// A mail that did not end as it should.
#[derive(Debug, Serialize)]
pub struct Deviation {
    pub verdict: &'static str,
    #[serde(skip)]
    pub order: Verdict,
    /// `file` of the truth file.
    pub file: String,
    pub tier: String,
    /// The target in the words of the truth file.
    pub expected: String,
    /// The kind in the truth file, if it says.
    pub expected_kind: Option<&'static str>,
    /// The answer of `explain`.
    pub explanation: Value,
    #[serde(skip)]
    pub text: String,
}

impl Report {
    /// Whether everything is right.
    pub fn is_all_right(&self) -> bool {
        self.profile.iter().all(|profil| profil.deviations.is_empty())
    }

    /// For people.
    pub fn text(&self) -> String {
        let parts: Vec<String> = self.profile.iter().map(ProfilReport::text).collect();
        let mut text = parts.join("\n");
        if !self.without_row.is_empty() {
            let names: Vec<String> = self.without_row.iter().map(|name| visible(name, MOST_FILE_NAME)).collect();
            text.push_str(&format!(
                "\nnote: {} without a row in the truth file: {}\n",
                amount(names.len() as u64, "mail file"),
                names.join(", ")
            ));
        }
        text
    }
}

impl ProfilReport {
    fn text(&self) -> String {
        let total = &self.tally.total;
        let mut text = format!(
            "profil {}: {} of {} ended where they should ({})\n{}\n",
            self.profil,
            total.right_place(),
            amount(total.mails(), "mail"),
            percent(total.right_place(), total.mails()),
            self.table()
        );
        for verdict in Verdict::ALL.into_iter().filter(|&verdict| total.of(verdict) > 0 && verdict != Verdict::Right) {
            text.push_str(&format!("  {}: {}\n", verdict.words(), verdict.meaning()));
        }
        for deviation in &self.deviations {
            text.push_str(&deviation.text());
        }
        text
    }

    fn table(&self) -> Table {
        let mut table = Table::new();
        table.load_style(UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Dynamic);
        table.set_header(["", "mails"].into_iter().chain(Verdict::ALL.map(Verdict::words)));
        table.add_row(row("all", &self.tally.total));
        for (tier, counts) in &self.tally.tiers {
            table.add_row(row(tier, counts));
        }
        for (kind, counts) in &self.tally.kinds {
            table.add_row(row(kind, counts));
        }
        for column in 1..=1 + Verdict::ALL.len() {
            if let Some(column) = table.column_mut(column) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        table
    }
}

/// Zeros are left blank, so that what is there meets the eye.
fn row(name: &str, counts: &Counts) -> Vec<String> {
    let number = |count: u64| if count == 0 { String::new() } else { count.to_string() };
    let verdicts = Verdict::ALL.into_iter().map(|verdict| number(counts.of(verdict)));
    [name.to_owned(), counts.mails().to_string()].into_iter().chain(verdicts).collect()
}

impl Deviation {
    fn text(&self) -> String {
        let kind = self.expected_kind.map(|kind| format!(", kind {kind}")).unwrap_or_default();
        let tier = if self.tier.is_empty() { String::new() } else { format!(" ({})", self.tier) };
        format!("\n{}{tier}: expected {}{kind}\n{}", self.order.words(), self.expected, self.text)
    }
}

fn amount(number: u64, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// Rounded down, so that 100 % means all.
fn percent(part: u64, whole: u64) -> String {
    let tenths = (part * 1000).checked_div(whole).unwrap_or(1000);
    format!("{}.{} %", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_all_of_it_is_a_hundred_percent() {
        for (part, whole, words) in
            [(0, 0, "100.0 %"), (9999, 10000, "99.9 %"), (58, 58, "100.0 %"), (1, 3, "33.3 %"), (0, 7, "0.0 %")]
        {
            assert_eq!(percent(part, whole), words);
        }
    }
}
