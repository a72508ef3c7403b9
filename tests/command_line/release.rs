//! What must not be in a program that is released.

/// A test that kills the program at its crash points makes sure that this word is in a program that has them.
#[cfg(not(feature = "crash-points"))]
#[test]
fn no_crash_points() {
    let mark = b"POSTWEICHE_CRASH_AT";
    let program = std::fs::read(crate::support::binary::path()).expect("the binary was built");
    assert!(!program.windows(mark.len()).any(|window| window == mark), "built with the feature crash-points");
}
