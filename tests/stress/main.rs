//! Long days: clerks at work while the daemon is killed, a soak, and the search for what must not be found anywhere.
//!
//! Each runs in a short form with all other tests, and at full length under `make stress` and `make soak`. Chance comes
//! from a seed that is printed; `POSTWEICHE_STRESS_SEED` sets it.
#![forbid(unsafe_code)]

#[path = "../support/mod.rs"]
mod support;

mod balance;
mod books;
mod clerk;
mod clerks;
mod diary;
mod kills;
mod leaks;
mod office;
mod post;
// Also used, and used in full, by the tests with generated mails.
#[allow(dead_code)]
#[path = "../generated/rng.rs"]
mod rng;
mod settings;
mod soak;
mod verdict;
