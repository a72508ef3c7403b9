//! A move changes the residence and nothing else.

use postweiche::domain::decision::{EvidenzArt, Fundort};
use postweiche::rules::explanation::Explanation;

use super::compose::compose;
use super::engine::{explain, read, register, rules, verdict};
use super::make::{case, case_of, home};
use super::mime::{Encoding, write};
use super::model::{HomeAt, Tier};
use super::reference::PROFILE;
use super::report::{Report, cases, told};
use super::rng::Rng;

/// All evidence but that of the residence.
fn others(explanation: &Explanation) -> Vec<(EvidenzArt, Fundort, String)> {
    let is_other = |art| !matches!(art, EvidenzArt::Plz | EvidenzArt::Ortsname);
    let found = explanation.gefunden.iter().filter(|found| is_other(found.art));
    found.map(|found| (found.art, found.fundort, format!("{:?} {}", found.agenturen, found.wortlaut))).collect()
}

pub fn residence(explanation: &Explanation) -> Vec<String> {
    let found =
        explanation.gefunden.iter().filter(|found| found.art == EvidenzArt::Plz).flat_map(|found| &found.agenturen);
    let mut slugs: Vec<String> = found.map(|&id| rules().stammdaten().agentur(id).slug.clone()).collect();
    slugs.sort();
    slugs.dedup();
    slugs
}

#[test]
fn a_number_that_no_home_has_is_no_residence() {
    let mut report = Report::default();
    for seed in 0..cases(700) {
        let mut case = case_of(register(), seed, if seed % 2 == 0 { Tier::T4 } else { Tier::T5 });
        let Some((home, at)) = &mut case.home else { continue };
        if case.art.is_form() || !matches!(at, HomeAt::Signature(_) | HomeAt::Head(_)) || case.other_home.is_some() {
            continue;
        }
        let mut rng = Rng::new(seed ^ 0x50);
        home.plz = match rng.below(2) {
            // P.O. boxes and bulk receivers.
            0 => rng.pick(&register().sonstige_plz).clone(),
            _ => format!("00{}", rng.digits(3)),
        };
        case.evidence.w.clear();
        let raw = write(&compose(&case), &Encoding::of(&case, &mut rng));
        let message = read(&raw);
        for profil in PROFILE {
            let explanation = explain(&message, &case.region, profil);
            let (found, expected) = (verdict(&explanation), case.verdict(profil, register()));
            report.check(found == expected && residence(&explanation).is_empty(), || {
                format!(
                    "seed {seed} {profil:?}: {found:?}, expected {expected:?}\n{:?}\n{}",
                    case.evidence,
                    told(&raw, &explanation)
                )
            });
        }
    }
    report.finish();
}

#[test]
fn another_home_changes_the_residence_and_nothing_else() {
    let mut report = Report::default();
    for seed in 0..cases(1400) {
        let case = case(register(), seed);
        let Some((before, at)) = &case.home else { continue };
        let mut rng = Rng::new(seed ^ 0x40e);
        let there = register().other(&mut rng, &[]).clone();
        let mut moved = case.clone();
        let mut after = home(register(), &mut rng, &there);
        if after.agenturen.is_empty() {
            continue;
        }
        after.street.clone_from(&before.street);
        moved.home = Some((after, *at));
        moved.evidence.w = moved.residence();
        let encoding = Encoding::of(&case, &mut rng);
        let (old, new) = (write(&compose(&case), &encoding), write(&compose(&moved), &encoding));
        let (old, message) = (read(&old), read(&new));
        for profil in PROFILE {
            let (old, explanation) = (explain(&old, &case.region, profil), explain(&message, &case.region, profil));
            let expected = moved.verdict(profil, register());
            let is_routed = !explanation.gefunden.is_empty();
            let found = verdict(&explanation);
            let is_right = others(&old) == others(&explanation)
                && found == expected
                && (!is_routed || residence(&explanation).iter().eq(&moved.evidence.w));
            report.check(is_right, || {
                format!(
                    "seed {seed} {profil:?}: {found:?}, expected {expected:?}\n{:?}\n{}",
                    moved.evidence,
                    told(&new, &explanation)
                )
            });
        }
    }
    report.finish();
}
