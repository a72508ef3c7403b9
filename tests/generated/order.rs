//! Neither the order of fields and parts matters, nor upper and lower case of field names and addresses.

use super::compose::compose;
use super::engine::{explain, read, register, verdict};
use super::make::case;
use super::mime::{Encoding, Letters, Order, write, write_in_order};
use super::reference::PROFILE;
use super::report::{Report, cases, told};
use super::rng::Rng;

#[test]
fn order_and_case_of_fields_and_parts_do_not_matter() {
    let mut report = Report::default();
    for seed in 0..cases(600) {
        let case = case(register(), seed);
        let mut rng = Rng::new(seed ^ 0x0de2);
        let encoding = Encoding::of(&case, &mut rng);
        let mail = compose(&case);
        let usual = write(&mail, &encoding);
        let order = Order {
            parts_reversed: rng.chance(60),
            fields_shuffled: rng.chance(70).then_some(seed),
            letters: *rng.pick(&[Letters::AsWritten, Letters::Upper, Letters::Lower]),
        };
        let other = write_in_order(&mail, &encoding, &order);
        let (before, after) = (read(&usual), read(&other));
        for profil in PROFILE {
            let expected = verdict(&explain(&before, &case.region, profil));
            let explanation = explain(&after, &case.region, profil);
            let found = verdict(&explanation);
            report.check(found == expected, || {
                format!("seed {seed} {profil:?} {order:?}: {found:?}, not {expected:?}\n{}", told(&other, &explanation))
            });
        }
    }
    report.finish();
}
