//! The observation, at a real server with simulated clerks: what they do becomes the right events in the ledger, what they
//! undo becomes none, what they have moved stays where they put it, and who they are is never asked.
//!
//! | file | shows |
//! |---|---|
//! | [`arrival`], [`marks`], [`departure`], [`correction`] | each transition of the life cycle, at an Exchange that renumbers messages on category, on flag, on edit, and never |
//! | [`copies`], [`crowds`], [`folders`] | what looks odd and is no reason for a wrong event |
//! | [`people_win`] | rules never move what a person moved |
//! | [`strangers`] | mail in INBOX that is not read is recognised all the same |
//! | [`readers`] | marks that are no folders |
//! | [`privacy`] | no clerk is read or stored |
//! | [`figures`] | how many commands it takes |
#![forbid(unsafe_code)]

#[path = "../support/mod.rs"]
mod support;

mod arrival;
mod copies;
mod correction;
mod crowds;
mod departure;
mod desk;
mod figures;
mod folders;
mod marks;
mod people_win;
mod privacy;
mod readers;
mod strangers;
mod way;
