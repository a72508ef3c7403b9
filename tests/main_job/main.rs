//! The main job, shown with the real binary on a real server: mail goes to the folder of its Agentur and nowhere else,
//! nothing is lost, doubled or altered, and a second run changes nothing.
#![forbid(unsafe_code)]

#[path = "../support/mod.rs"]
mod support;

mod conversation;
mod folders;
mod modes;
mod people;
mod samples;
