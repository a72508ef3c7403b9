//! What must hold after every fault: another start finds nothing to do.

use std::path::Path;

use crate::support::binary;

/// # Panics
///
/// If another cycle sends a command that changes something, adds an event, or does not end well.
pub fn another_start_is_quiet(config: &Path) {
    let outcome = binary::once(config).expect_code(0);
    let summary = outcome.json();
    assert_eq!((&summary["write_commands"], &summary["events"]), (&0.into(), &0.into()), "{summary}");
}
