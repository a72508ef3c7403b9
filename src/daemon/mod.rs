//! Wires core and shells: who works when, on what, and what happens after trouble.
//!
//! [`supervisor`] runs one [`worker`] per mailbox; a worker repeats [`cycle`], which reads like the sentence of the
//! program. A cycle's longer steps have files of their own: [`reading`] (fetch, judge, record), `conversation`
//! (whom its earlier mails are with), [`recognise`] (was it here before), [`strangers`] (the same of what is not read),
//! [`handover`] (sort by folder) with `flight` (intend, move, settle) or `copying` (where a server has no MOVE), [`recovery`] (what became of an operation
//! whose end nobody saw), and [`observe`] (what clerks did). [`judge`] holds the threads that parse and decide; [`account`]
//! keeps mailboxes that log in with one account from wearing out its password. Beside the workers, [`aufbewahrung`]
//! deletes once a day what the ledger need not keep.
//!
//! Whatever ends a cycle, a lost connection, a full disk, a signal or a power cut, the next one begins with the open
//! operations of the ledger and finds out from the server what became of them. There is one path for all of it.

pub mod account;
mod allowance;
pub mod aufbewahrung;
pub mod backoff;
mod caution;
pub mod clock;
mod conversation;
mod copying;
pub mod cycle;
pub mod dienst;
pub mod error;
mod flight;
pub mod handover;
pub mod hash_key;
pub mod in_hand;
pub mod instance;
pub mod judge;
pub mod link;
pub mod look;
pub mod mailbox;
pub mod observe;
pub mod pace;
pub mod passwords;
mod quiet;
pub mod reading;
pub mod rebuild;
pub mod recognise;
pub mod reconnects;
pub mod recovery;
pub mod report;
mod set_aside;
pub mod shutdown;
pub mod strangers;
pub mod supervisor;
pub mod worker;
