//! The only code that talks IMAP.

pub mod capability;
pub mod connect;
pub mod connect_error;
mod dial;
mod dialogue;
mod incoming;
mod login;
pub mod mutf7;
pub mod refusal;
pub mod sasl;
pub mod throttle;
pub mod tls;
pub mod wire;
