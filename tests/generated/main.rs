//! Mails that nobody wrote: made from a seed out of what they are to hold, and judged by what must follow from that.
//!
//! A case (`model`, `make`) says who writes, from where, to which office, with which number; `reference` says what must
//! become of it. `compose` makes a mail of it, `mime` its bytes, in many layouts and encodings. Each other file is a
//! property. `PROPTEST_CASES` or `POSTWEICHE_STRESS` ask for more cases; with `POSTWEICHE_FAILURES=DIR`, all failures
//! are written to files there.

mod compose;
mod engine;
mod forward;
mod html;
mod mail;
mod make;
mod mime;
mod model;
mod plain;
mod reference;
mod register;
mod report;
mod rng;
mod spelling;
mod texts;

mod additions;
mod homes;
mod numbers;
mod order;
mod places;
mod reencoding;
mod residence;
mod threads;
mod verdicts;
