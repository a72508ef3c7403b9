//! The way of a mail from folder to folder, and what is told of it.

use crate::desk::{Desk, HANDED_OVER, KIEL, at_each_exchange};
use crate::support::mails;

/// A mail that the program has handed over to Kiel takes this way.
#[track_caller]
pub fn way(folders: &[&str], expected: &[&str]) {
    at_each_exchange(&[mails::to("Kiel", 1)], |desk| walk(desk, folders, expected));
}

/// The same where numbers stay: what is no row of the table is shown once.
#[track_caller]
pub fn further_way(folders: &[&str], expected: &[&str]) {
    walk(&Desk::new(&[mails::to("Kiel", 1)]), folders, expected);
}

#[track_caller]
pub fn walk(desk: &Desk, folders: &[&str], expected: &[&str]) {
    desk.once();
    let mut from = KIEL;
    for to in folders {
        desk.mark(from, to);
        from = to;
    }
    desk.expect_life(&HANDED_OVER, expected);
    desk.expect_quiet();
    // Nobody has moved it on.
    desk.only(from);
}
