//! A home counts at every place where people write it; what fails is told by place, with one mail for each.

use std::collections::BTreeMap;

use super::compose::compose;
use super::engine::{explain, read, register};
use super::make::case_of;
use super::mime::{USUAL, write};
use super::model::{Art, Case, HomeAt, OtherHome, Tier};
use super::reference::Profil;
use super::report::{cases, told};
use super::residence::residence;

/// How often a place was tried, how often it failed, and the last mail with which it did.
#[derive(Default)]
struct Tried {
    times: usize,
    failed: usize,
    example: String,
}

fn place(case: &Case) -> String {
    let at = match &case.home.as_ref().unwrap().1 {
        HomeAt::Label(index) => format!("'{}' on its line", case.sprache.homes[*index]),
        HomeAt::LabelInText(index) => format!("'{}' behind a sentence", case.sprache.homes[*index]),
        other => format!("{other:?}"),
    };
    let beside = match &case.other_home {
        None => "",
        Some(OtherHome::OldInSignature(_)) => ", the old one in the signature",
        Some(OtherHome::BeforeMove(_)) => ", the former one in the signature",
        Some(OtherHome::CalledOld(_)) => ", an old one in the text",
        Some(OtherHome::Future(_)) => ", a future one in the text",
        Some(OtherHome::Second(_)) => ", a second one",
    };
    format!("{at}, {:?}{beside}", case.manner)
}

#[test]
fn a_home_counts_wherever_it_stands() {
    let mut all: BTreeMap<String, Tried> = BTreeMap::new();
    for seed in 0..cases(2400) {
        let tier = if seed % 2 == 0 { Tier::T4 } else { Tier::T8 };
        let case = case_of(register(), seed, tier);
        if case.art != Art::FreieEmail || case.home.is_none() {
            continue;
        }
        let raw = write(&compose(&case), &USUAL);
        let explanation = explain(&read(&raw), &case.region, Profil::Weit);
        let tried = all.entry(place(&case)).or_default();
        tried.times += 1;
        if !residence(&explanation).iter().eq(&case.evidence.w) {
            tried.failed += 1;
            tried.example = format!("seed {seed}, expected {:?}\n{}", case.evidence.w, told(&raw, &explanation));
        }
    }
    let failed: Vec<_> = all.iter().filter(|(_, tried)| tried.failed > 0).collect();
    let list: Vec<String> =
        failed.iter().map(|(place, tried)| format!("{} of {}: {place}", tried.failed, tried.times)).collect();
    let examples: Vec<&str> = failed.iter().map(|(_, tried)| tried.example.as_str()).take(6).collect();
    assert!(all.len() > 40, "places tried");
    assert!(failed.is_empty(), "not found at\n{}\n\n{}", list.join("\n"), examples.join("\n----------\n"));
}
