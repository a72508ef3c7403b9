//! `[aufbewahrung]`: how long the ledger keeps what.

use crate::config::Aufbewahrung;
use crate::config::table::{Findings, TableReader};
use crate::domain::loeschklasse::Fristen;

/// Ten years: far more than any purpose could need.
const MOST_DAYS: u64 = 3650;
const MOST_MONTHS: u64 = 120;

pub fn read(table: Option<TableReader<'_>>, findings: &mut Findings) -> Aufbewahrung {
    let empty = toml::de::DeTable::new();
    let mut table = table.unwrap_or_else(|| TableReader::new("[aufbewahrung]", 0..0, &empty));
    let default = Fristen::default();
    let mut days = |key, least, default: u32| small(table.number(findings, key, least..=MOST_DAYS, default.into()));
    let hashes_tage = days("hashes_tage", 1, default.hashes_tage);
    let hashes_hoechstens_tage = days("hashes_hoechstens_tage", 1, default.hashes_hoechstens_tage);
    // A week: what happened in it is looked into every day.
    let ereignisse_tage = days("ereignisse_tage", 7, default.ereignisse_tage);
    let mut months = |key, default: u32| small(table.number(findings, key, 1..=MOST_MONTHS, default.into()));
    let tageswerte_monate = months("tageswerte_monate", default.tageswerte_monate);
    let protokolle_monate = months("protokolle_monate", default.protokolle_monate);
    let automatisch = table.flag(findings, "automatisch", true);
    if hashes_tage > hashes_hoechstens_tage {
        let span = ["hashes_tage", "hashes_hoechstens_tage"].into_iter().find_map(|key| table.value(key));
        let title = "[aufbewahrung]: \"hashes_tage\" is larger than \"hashes_hoechstens_tage\"";
        let label = format!("{hashes_tage} days against {hashes_hoechstens_tage}");
        findings.push(findings.error(span.map_or(table.header(), |value| value.span()), title).label(label));
    }
    table.finish(findings);
    let fristen =
        Fristen { hashes_tage, hashes_hoechstens_tage, ereignisse_tage, tageswerte_monate, protokolle_monate };
    Aufbewahrung { fristen, automatisch }
}

fn small(number: u64) -> u32 {
    u32::try_from(number).expect("the ranges end at a few thousand")
}
