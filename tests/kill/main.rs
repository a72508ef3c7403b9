//! The program is killed at named points (`src/crash.rs`) and started again: nothing is lost, nothing is doubled, and
//! ledger and server agree.
//!
//! Needs the feature `crash-points`: `cargo test --features crash-points --test kill`.
#![forbid(unsafe_code)]

#[path = "../support/mod.rs"]
mod support;

mod journal;
mod points;
mod poison;
mod sweep;
