//! All sample mails in all five mailboxes.

use crate::support::sample_run::SampleRun;

#[test]
fn every_sample_goes_where_it_belongs_or_stays() {
    let run = SampleRun::new(|dovecot| dovecot.address());
    let routed = run.check_first_run();
    routed.check_explanations();
    routed.check_second_run();
    routed.check_secrecy();
}
