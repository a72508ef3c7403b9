//! Silence, drips, late answers, and the end of the process.
