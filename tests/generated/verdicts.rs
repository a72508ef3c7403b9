//! Every generated mail gets the verdict that follows from what it was made to hold.

use std::collections::BTreeSet;

use super::compose::compose;
use super::engine::{explain, read, register, verdict};
use super::make::case;
use super::mime::{Encoding, write};
use super::model::Tier;
use super::reference::{PROFILE, Verdict};
use super::report::{Report, cases, told};
use super::rng::Rng;

#[test]
fn every_mail_gets_the_verdict_of_what_it_holds() {
    let (mut report, mut reached, mut mailboxes) = (Report::default(), BTreeSet::new(), BTreeSet::new());
    let mut tiers: BTreeSet<Tier> = BTreeSet::new();
    for seed in 0..cases(2400) {
        let case = case(register(), seed);
        let encoding = Encoding::of(&case, &mut Rng::new(seed ^ 0xe0c0));
        let raw = write(&compose(&case), &encoding);
        let message = read(&raw);
        for profil in PROFILE {
            let expected = case.verdict(profil, register());
            let explanation = explain(&message, &case.region, profil);
            let found = verdict(&explanation);
            let kind = explanation.decision.vorgangsart.as_str();
            report.check(found == expected && kind == case.art.as_str(), || {
                format!(
                    "seed {seed} {:?} {:?} {profil:?}: {found:?}, not {expected:?}, kind {kind}\n{:?} {encoding:?}\n{}",
                    case.tier,
                    case.art,
                    case.evidence,
                    told(&raw, &explanation)
                )
            });
            if let Verdict::Agentur(slug) = expected {
                reached.insert(slug);
            }
        }
        tiers.insert(case.tier);
        mailboxes.insert(case.region);
    }
    report.finish();
    assert_eq!(reached.len(), register().agenturen.len(), "Agenturen reached");
    assert_eq!((mailboxes.len(), tiers.len()), (5, Tier::ALL.len()));
}
