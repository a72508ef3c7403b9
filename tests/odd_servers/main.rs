//! Servers that answer as no server here does: Exchange in its versions, and worse. Whatever they say, no mail is lost
//! or doubled, only what is proved counts as done, and a stuck server is given up in time.
#![forbid(unsafe_code)]

#[path = "../support/mod.rs"]
mod support;

use support::oddity::{account, server};

mod copies;
mod doctor;
mod faults;
mod listings;
mod moves;
mod polls;
mod reading;
mod recovery;
mod renumbered;
mod returned;
mod sessions;
mod watched;
