//! The core of the main job once more, at Exchange in its versions; and what Exchange does that no other server does.
#![forbid(unsafe_code)]

#[path = "../support/mod.rs"]
mod support;

mod doctor;
mod front;
mod interruption;
mod limits;
mod people;
mod samples;
mod switches;
mod trouble;
