//! All sample mails in all five mailboxes.

use crate::support::exchange::Exchange;
use crate::support::exchange::profile::Profile;
use crate::support::sample_run::SampleRun;

#[test]
fn every_sample_goes_where_it_belongs_or_stays() {
    for profile in Profile::all() {
        println!("{}", profile.name);
        let mut exchange = None;
        let run = SampleRun::new(|dovecot| exchange.insert(Exchange::before(dovecot.address(), profile)).address());
        run.check_first_run().check_second_run();
        let exchange = exchange.expect("it was started before the run");
        assert_eq!(exchange.forbidden(), [""; 0]);
        assert_eq!((exchange.errors(), exchange.most_connections()), (0, 1));
    }
}
