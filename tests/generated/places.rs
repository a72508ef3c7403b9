//! Of subject, text and attachment name, the best place with a number counts.

use postweiche::domain::decision::Fundort;

use super::compose::compose;
use super::engine::{explain, read, register, verdict};
use super::make::case_of;
use super::mime::{Encoding, write};
use super::model::{Number, Place, Tier};
use super::numbers::by_number;
use super::reference::{Evidence, PROFILE};
use super::register::{Agentur, Agenturen};
use super::report::{Report, cases, told};
use super::rng::Rng;
use super::spelling;

#[test]
fn the_best_place_of_a_number_counts() {
    let mut report = Report::default();
    let issuers: Vec<&Agentur> =
        register().agenturen.iter().filter(|agentur| !agentur.dienststellen.is_empty()).collect();
    for seed in 0..cases(700) {
        let mut rng = Rng::new(seed ^ 0xb1ace);
        let mut case = case_of(register(), seed, Tier::T1);
        (case.office, case.lower, case.evidence) = (None, None, Evidence::default());
        let asked = 1 + seed % 7;
        for (bit, place) in [Place::Subject, Place::Text, Place::Attachment].into_iter().enumerate() {
            let count = if asked >> bit & 1 == 0 { 0 } else { 1 + usize::from(rng.chance(20)) };
            for _ in 0..count {
                let agentur = *rng.pick(&issuers);
                let dienststelle = rng.pick(&agentur.dienststellen).clone();
                let written = match place {
                    Place::Attachment => spelling::tame(&mut rng, &dienststelle),
                    _ => spelling::any(&mut rng, &dienststelle, place == Place::Text),
                };
                case.numbers.push(Number { place, written, agenturen: Agenturen::from([agentur.slug.clone()]) });
            }
        }
        let best = case.numbers.iter().map(|number| number.place).min().unwrap();
        let counting = case.numbers.iter().filter(|number| number.place == best);
        case.evidence.k = counting.flat_map(|number| number.agenturen.clone()).collect();
        case.region.clone_from(&register().by_slug(case.evidence.k.first().unwrap()).region);
        let raw = write(&compose(&case), &Encoding::of(&case, &mut rng));
        let place = match best {
            Place::Subject => Fundort::Betreff,
            Place::Text => Fundort::Text,
            Place::Attachment => Fundort::Anhangname,
        };
        let message = read(&raw);
        for profil in PROFILE {
            let explanation = explain(&message, &case.region, profil);
            let is_right = by_number(&explanation) == case.evidence.k
                && explanation.gefunden.iter().all(|found| found.fundort == place)
                && verdict(&explanation) == case.verdict(profil, register());
            report
                .check(is_right, || format!("seed {seed} {profil:?} {:?}\n{}", case.numbers, told(&raw, &explanation)));
        }
    }
    report.finish();
}
