//! Crash points are in the program under test, and only there.

use crate::support::binary;

/// A word that stands in every program with crash points.
const MARK: &[u8] = b"POSTWEICHE_CRASH_AT";

#[test]
fn the_program_under_test_has_crash_points() {
    let program = std::fs::read(binary::path()).expect("the binary was built");
    assert!(program.windows(MARK.len()).any(|window| window == MARK), "the other test would prove nothing");
}
