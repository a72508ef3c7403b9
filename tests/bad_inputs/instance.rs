//! Two instances on one state directory.

use crate::support::config::ConfigDir;
use crate::support::{binary, mails, wait};
use crate::{ACCOUNTS, KIEL};

#[test]
fn f27_a_second_instance_is_refused_until_the_first_is_gone() {
    let account = ACCOUNTS.with(&[KIEL], &[mails::to("Kiel", 1)]);
    let config = ConfigDir::new([account.postfach("sc-nord")], "poll_interval_seconds = 1");
    let mut first = binary::spawn(&["run"], &config.file());
    wait::eventually("the first one works", || account.client().examine(KIEL).exists == 1);
    let holder = format!("process {}", first.child.id());
    for command in [&["once"][..], &["run"], &["once", "--format", "json"]] {
        let outcome = binary::run(command, &config.file()).expect_code(1);
        let outcome = outcome.expect_words(&["another instance is at work here", &holder]);
        assert_eq!(outcome.stdout, "");
    }
    // What only reads may go on beside it.
    binary::run(&["check"], &config.file()).expect_code(0);

    first.signal("KILL");
    first.child.wait().expect("it was started here");
    binary::once(&config.file()).expect_code(0);
}
